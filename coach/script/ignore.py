"""The comment that silences a rule: `# coach: ignore[rule-name] reason`, with its own problems.

It silences advice and what a machine cannot do, nothing else: no comment keeps a rule of safety or of the language from
being told, nor what a machine lacks to be safe, and none makes a workout run that would not run without it.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from coach.script.problem import Findings, Place, Problem, Severity, close_to, quoted
from coach.script.rule import UNUSED, Group, rules
from coach.script.source import Node, Table, Text, texts

FORM: Final = "# coach: ignore[{}] your reason"
MOST: Final = 200  # comments of one file that are read, and names in them; nobody writes more

_MARK: Final = re.compile(r"#[ \t]*coach[ \t]*:", re.IGNORECASE)
_COMMENT: Final = re.compile(r"#+[ \t]*coach[ \t]*:[ \t]*(.*)", re.IGNORECASE)
_FORM: Final = re.compile(r"#[ \t]*coach:[ \t]*ignore[ \t]*\[([^\[\]]*)\](.*)")
_WORDS: Final = re.compile(r"([A-Za-z_-]*)[ \t]*(\[?)[ \t]*([A-Za-z0-9_-]*)")
_NAME: Final = re.compile(r"[^\s,](?:[^,]*[^\s,])?")
_ORDERS: Final = ("ignore", "disable", "noqa", "silence", "allow", "suppress")
_LIKE: Final = 0.75  # a word so like one of the orders was meant as one; everything else is a remark


class Ignored(NamedTuple):
    """One name in one comment; `line` is None where it holds for the whole file."""

    rule: str
    line: int | None
    place: Place


@dataclass(frozen=True, slots=True)
class Ignores:
    """All that the comments of a file silence."""

    names: tuple[Ignored, ...] = ()
    orders: frozenset[Place] = frozenset()  # where a comment begins that could be read

    def split(
        self, own: Sequence[Problem], on_machine: Sequence[Problem], sure: Container[Group]
    ) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
        """The problems that stay, and those that are silenced; no error of the workout's own, or of safety, ever is.

        A name that silences nothing is a problem of its own, where all rules of its group, one of `sure`, were asked.
        """
        first = {(one.rule, one.line): one for one in reversed(self.names)}
        kept = [problem for problem in own if problem.error]
        may = [problem for problem in own if not problem.error and not self._made(problem)]
        silent, used = list[Problem](), set[Ignored]()
        for problem in (*may, *on_machine):
            name = first.get((problem.rule, problem.line)) or first.get((problem.rule, None))
            if name is not None:
                used.add(name)
            if name is not None and rules()[problem.rule].may_be_silent(error=problem.error):
                silent.append(problem)
            else:
                kept.append(problem)
        kept += [_unused(one) for one in self.names if one not in used and rules()[one.rule].group in sure]
        return tuple(kept), tuple(silent)

    def _made(self, problem: Problem) -> bool:
        """A text was cut by nothing but such a comment behind it; a remark may well be the rest of the text."""
        return problem.rule == "text-cut-by-comment" and (problem.line, problem.column) in self.orders


def read_ignores(text: str, root: Node, findings: Findings) -> Ignores:
    """What the comments of a file silence; those that cannot be read are among the findings."""
    lines = re.split("\r\n|\n|\r", text)
    comments, names = list(islice(_comments(lines, root), MOST + 1)), list[Ignored]()
    for comment in comments[:MOST]:
        line = _line_of(comment, lines, root)
        names += (Ignored(name, line, at) for name, at in _read(lines[comment.line - 1], comment, findings))
    if len(comments) > MOST or len(names) > MOST:
        place = names[MOST].place if len(names) > MOST else comments[MOST]
        message = f"this file silences more than {MOST} times, what comes from here on is not read"
        findings.error(place, "ignore-form", message, "mend what it silences")
    known = tuple(one for one in names[:MOST] if _known(one.rule, one.place, findings))
    orders = (one for one in comments if _FORM.match(lines[one.line - 1], one.column - 1))
    return Ignores(known, frozenset(orders))


def _unused(name: Ignored) -> Problem:
    where = "here" if name.line is not None else "in this file"
    message = f"{name.rule} has nothing to say {where}, so this comment silences nothing"
    fix = "delete the name from the comment"
    return Problem(name.place.line, name.place.column, UNUSED, message, fix, Severity.WARNING)


# Where the comments are


def _comments(lines: Sequence[str], root: Node) -> Iterator[Place]:
    """Where each comment to coach begins; the same signs within a text are text."""
    spans = sorted({(_first(text), Place(text.end_line, text.end_column)) for text in texts(root)})
    firsts = [first for first, _ in spans]
    for number, line in enumerate(lines, 1):
        if _MARK.search(line) is None:
            continue
        for sign in re.finditer("#", line):
            place = Place(number, sign.start() + 1)
            before = bisect_right(firsts, place) - 1
            if before < 0 or spans[before][1] <= place:  # the first # outside of all texts begins the comment
                if _COMMENT.match(line, sign.start()):
                    yield place
                break


def _first(text: Text) -> Place:
    """Where a text begins; one under a | or > begins on the line below, for the sign may have a comment behind it."""
    return Place(text.line + 1, 1) if text.style in ("|", ">") else text.place


def _line_of(comment: Place, lines: Sequence[str], root: Node) -> int | None:
    """The line that a comment is about; None: all of them."""
    if lines[comment.line - 1][: comment.column - 1].strip():
        return comment.line
    if comment.line < _first_line(root):
        return None
    line = comment.line + 1
    while line <= len(lines) and lines[line - 1].lstrip().startswith("#"):
        line += 1
    return line


def _first_line(root: Node) -> int:
    return root.items[0][0].line if isinstance(root, Table) and root.items else root.line


# What a comment says


def _read(line: str, comment: Place, findings: Findings) -> Iterator[tuple[str, Place]]:
    """The names that it has, each with its place."""
    whole = line[comment.column - 1 :]
    found = _FORM.match(whole)
    if found is None:
        _misread(whole, comment, findings)
        return
    names = list(_NAME.finditer(found[1]))
    if not names:
        findings.error(
            comment,
            "ignore-form",
            "this comment names no rule between its brackets",
            f"write {FORM.format('rule-name')}",
        )
    elif not re.search(r"\w", found[2]):
        message = "this comment gives no reason why the rule does not hold here"
        findings.error(comment, "ignore-without-reason", message, f"write {FORM.format(found[1])}")
    for name in islice(names, MOST + 1):
        yield name[0], Place(comment.line, comment.column + found.start(1) + name.start())


def _known(name: str, place: Place, findings: Findings) -> bool:
    """There is such a rule, and a comment may silence it."""
    rule = rules().get(name)
    if rule is None:
        fix = close_to(name.lower().replace("_", "-"), rules()) or "coach rule lists all rules"
        findings.error(place, "ignore-unknown-rule", f"there is no rule {quoted(name)}", fix)
        return False
    if name == UNUSED:
        message = f"{name} is about comments, and no comment silences it"
        findings.error(place, "ignore-refused", message, "delete the comment that silences nothing")
    elif not rule.silenced:
        group = "safety" if rule.group is Group.DEVICE else rule.group.words
        message = f"{name} is a rule of {group}, which no comment silences"
        what = "delete it from the comment" if rule.group is Group.DEVICE else "mend the workout"
        findings.error(place, "ignore-refused", message, f"{what}; coach rule {name} says why and how")
    return rule.silenced


def _misread(whole: str, comment: Place, findings: Findings) -> None:
    """Tell what was meant as an order; a remark that happens to begin with coach: stays one."""
    said = _COMMENT.match(whole)
    words = said and _WORDS.match(said[1])
    if words is None:
        return
    order, bracket, name = words.groups()
    if not bracket and not difflib.get_close_matches(order.lower(), _ORDERS, 1, _LIKE):
        return
    fix = f"write {FORM.format(name if name in rules() else 'rule-name')}"
    findings.error(comment, "ignore-form", f"this comment cannot be read: {quoted(whole.strip())}", fix)
