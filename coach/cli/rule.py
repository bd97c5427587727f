"""`coach rule`: what a rule of `coach check` says and why, with a workout that breaks it and one that keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import wrap
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import out
from coach.script.ignore import FORM
from coach.script.problem import printable, render
from coach.script.rule import SILENCED, Group, Of, Rule, Silence, rules

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
WIDTH: Final = 80  # columns of the narrowest usual terminal
_FIRM: Final = "*"  # behind a rule that no comment silences, or no comment wholly

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="The word in brackets: error[NAME].")]


def command(name: Name = None, *, as_json: options.Json = False) -> None:
    """List the rules of `coach check`, or explain one with a bad and a good example."""
    if name is None:
        _tell({"rules": [_short(rule) for rule in rules().values()]}, listed(), as_json=as_json)
    else:
        rule = named(name)
        _tell({"rule": _facts(rule)}, explained(rule), as_json=as_json)


def _tell(facts: dict[str, object], lines: Iterator[str], *, as_json: bool) -> None:
    if as_json:
        out(json.dumps({"schema": SCHEMA, **facts}, ensure_ascii=False, indent=2))
        return
    for line in lines:
        out(line)


def named(name: str) -> Rule:
    """The rule of that name.

    Raises:
        typer.BadParameter: there is none; the message has the nearest.
    """
    from coach.script.problem import close_to

    word = name.strip().strip("[]")
    rule = rules().get(word)
    if rule is None:
        near = close_to(word.lower().replace("_", "-").replace(" ", "-"), rules())
        raise typer.BadParameter(
            f"there is no rule {name!r}; {near or 'coach rule lists all rules'}", param_hint="NAME"
        )
    return rule


def listed() -> Iterator[str]:
    """All rules with a line for each, by group."""
    column = max(map(len, rules())) + 5
    for group in Group:
        found = [rule for rule in rules().values() if rule.group is group]
        comment = f"a comment silences those without {_FIRM}" if group in SILENCED else "no comment silences them"
        yield f"{group}  {group.words}; {comment}"
        for rule in found:
            firm = f" {_FIRM}" * (group in SILENCED and rule.silence is not Silence.ALL)
            name = f"  {rule.name + firm:<{column - 2}}"
            yield from wrap(rule.says, WIDTH, initial_indent=name, subsequent_indent=" " * column)
        yield ""
    yield "coach rule NAME explains one, with an example."


def explained(rule: Rule) -> Iterator[str]:
    """A rule for a terminal of 80 columns; only what `check` says may be wider."""
    yield f"{rule.name}  [{rule.group}: {rule.group.words}]"
    yield from wrap(f"{rule.says[0].upper()}{rule.says[1:]}.", WIDTH)
    yield ""
    yield from wrap(rule.because, WIDTH)
    yield ""
    yield from _example("Bad", rule, rule.bad)
    yield from _said(rule)
    yield from _example("Good", rule, rule.good)
    yield from how_to_silence(rule)


def how_to_silence(rule: Rule) -> Iterator[str]:
    """What its author may do where a rule does not fit."""
    if not rule.silenced:
        yield "No comment silences it."
        return
    yield "Where it does not fit, a comment silences it on its line, alone on the line"
    yield "above, or before the first key for the whole file:"
    yield f"    {FORM.format(rule.name)}"
    if rule.silence is Silence.WARNINGS:
        yield "It silences the warnings; where it is an error it is of safety, and stays."
    if rule.group is Group.DEVICE:
        yield "That is for `coach check` only; `coach run` goes by the machine."


def _example(title: str, rule: Rule, text: str) -> Iterator[str]:
    yield f"{title}, on {rule.machine['name']}:" if "name" in rule.machine else f"{title}:"
    if rule.of is Of.WORDS:
        yield from wrap(text, WIDTH, initial_indent="    ", subsequent_indent="    ")
    else:
        yield from (f"    {printable(line)}" for line in text.split("\n"))
    yield ""


def _said(rule: Rule) -> Iterator[str]:
    from coach.script.example import problems_of

    problems = problems_of(rule, rule.bad)
    if problems:
        yield "coach check says:"
        yield from (f"    {line}" for line in render(problems, rule.bad).split("\n"))
        yield ""


def _short(rule: Rule) -> dict[str, object]:
    return {"name": rule.name, "group": rule.group, "says": rule.says, "silenced": rule.silenced}


def _facts(rule: Rule) -> dict[str, object]:
    from coach.script.example import problems_of

    return _short(rule) | {
        "because": rule.because,
        "of": rule.of,
        "bad": rule.bad,
        "good": rule.good,
        "machine": dict(rule.machine) or None,
        "problems": [problem.facts() for problem in problems_of(rule, rule.bad)],
    }
