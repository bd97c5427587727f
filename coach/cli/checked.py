"""What a check found, as a terminal, a program or GitHub reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

from coach.script.check import STDIN, Loaded
from coach.script.find import SHORTHAND
from coach.script.problem import Problem

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
_NO_FILES: Final = frozenset({STDIN, SHORTHAND})
HINT: Final = "coach rule NAME explains a rule, with an example."

# What GitHub would take for the end of a line, of a property or of the list of them (workflow commands).
_IN_MESSAGE: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY: Final = _IN_MESSAGE | {":": "%3A", ",": "%2C"}


class Form(StrEnum):
    """How problems are told."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def told(checked: Sequence[Loaded], form: Form) -> Iterator[str]:
    """The lines of a report."""
    match form:
        case Form.TEXT:
            yield from _text(checked)
        case Form.JSON:
            yield json.dumps(facts(checked), ensure_ascii=False, indent=2)
        case Form.GITHUB:
            yield from (command(problem) for loaded in checked for problem in loaded.problems)


def report(loaded: Loaded) -> str:
    """The problems of one workout, and their number."""
    count = f"{loaded.file}: {counted([loaded])}"
    return f"{loaded.rendered()}\n{count}" if loaded.problems else count


def total(checked: Sequence[Loaded]) -> str:
    """The numbers of all."""
    noun = "workout" if any(loaded.file in _NO_FILES for loaded in checked) else "file"
    return f"{_many(len(checked), noun)}: {counted(checked)}"


def counted(checked: Sequence[Loaded]) -> str:
    """How many errors and warnings there are, and how many an author has silenced."""
    errors = sum(len(loaded.errors) for loaded in checked)
    warnings = sum(len(loaded.problems) for loaded in checked) - errors
    silenced = sum(len(loaded.silenced) for loaded in checked)
    parts = [_many(errors, "error")] * bool(errors) + [_many(warnings, "warning")] * bool(warnings)
    return ", ".join((parts or ["no problems"]) + [f"{silenced} silenced"] * bool(silenced))


def facts(checked: Sequence[Loaded]) -> dict[str, object]:
    """All of it as JSON has it."""
    return {
        "schema": SCHEMA,
        "files": [_file_facts(loaded) for loaded in checked],
        "problems": [_problem_facts(problem) for loaded in checked for problem in loaded.problems],
    }


def command(problem: Problem) -> str:
    """A problem as a workflow command, which GitHub shows beside the line."""
    properties = {
        "file": problem.file,
        "line": str(problem.line),
        "col": str(problem.column),
        "title": problem.rule,
    }
    listed = ",".join(f"{name}={_escaped(value, _IN_PROPERTY)}" for name, value in properties.items())
    message = problem.message if problem.help is None else f"{problem.message}\nhelp: {problem.help}"
    return f"::{problem.severity} {listed}::{_escaped(message, _IN_MESSAGE)}"


def _text(checked: Sequence[Loaded]) -> Iterator[str]:
    yield from map(report, checked)
    if len(checked) > 1:
        yield total(checked)
    if any(loaded.problems for loaded in checked):
        yield HINT


def _file_facts(loaded: Loaded) -> dict[str, object]:
    errors = len(loaded.errors)
    return {
        "file": loaded.file,
        "title": loaded.title,
        "errors": errors,
        "warnings": len(loaded.problems) - errors,
        "silenced": [{"line": one.line, "rule": one.rule} for one in loaded.silenced],
    }


def _problem_facts(problem: Problem) -> dict[str, object]:
    from coach.script.rule import group_of

    return {**problem.facts(), "group": group_of(problem.rule)}


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in text)


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
