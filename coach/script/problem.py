"""A problem of a workout: where it is, which rule found it, one sentence, and the fix where one exists."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple

from coach.core.error import ScriptError

SHOWN_CHARACTERS: Final = 40  # of a quoted text; a longer one is not heard to the end anyway
LONGEST_SENTENCE: Final = 250  # characters of a message or a fix
SHOWN_COLUMNS: Final = 100  # of a source line, around the caret
SHOWN_PROBLEMS: Final = 50  # a file with more has one cause behind most of them
PLACELESS: Final = frozenset({"no-such-workout"})  # about what was typed, not about a line of a file


class Severity(StrEnum):
    """An error keeps the workout from running; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Place(NamedTuple):
    """A character of the source; both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, as its author hears it."""

    line: int
    column: int
    rule: str
    message: str
    help: str | None = None
    severity: Severity = Severity.ERROR
    file: str = ""

    @property
    def error(self) -> bool:
        """The workout cannot run like this."""
        return self.severity is Severity.ERROR

    def facts(self) -> dict[str, str | int | None]:
        """The problem as JSON has it; help is null where there is none."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "rule": self.rule,
            "severity": self.severity.value,
            "message": self.message,
            "help": self.help,
        }


class UnreadableError(ScriptError):
    """A text that its field cannot read; `at` is the offset of the offending part within that text."""

    def __init__(self, rule: str, message: str, help: str | None = None, at: int = 0) -> None:  # noqa: A002 - the word of the format
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.help = help
        self.at = at

    def fix(self, otherwise: str) -> str:
        """What would help where there are no parameters to name."""
        return self.help if self.help and "$" not in self.help else otherwise


class Findings:
    """Collects problems in the order of the source, each once."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}
        self.failed = False  # an error was among them

    def add(self, problem: Problem) -> None:
        """Note a problem; what an author's file puts into it is made fit for a terminal."""
        fix = None if problem.help is None else _sentence(problem.help)
        self._found[replace(problem, message=_sentence(problem.message), help=fix)] = None
        self.failed = self.failed or problem.error

    def error(self, place: Place, rule: str, message: str, help: str | None = None) -> None:  # noqa: A002
        """Note an error."""
        self._note(place, rule, message, help, Severity.ERROR)

    def warning(self, place: Place, rule: str, message: str, help: str | None = None) -> None:  # noqa: A002
        """Note a warning."""
        self._note(place, rule, message, help, Severity.WARNING)

    def _note(self, place: Place, rule: str, message: str, fix: str | None, severity: Severity) -> None:
        self.add(Problem(place.line, place.column, rule, message, fix, severity))

    @property
    def all(self) -> tuple[Problem, ...]:
        """All problems, in the order in which they were found."""
        return tuple(self._found)

    def sorted(self, file: str) -> tuple[Problem, ...]:
        """All problems by place, with the name of their file."""
        return by_place(self._found, file)


def by_place(problems: Iterable[Problem], file: str) -> tuple[Problem, ...]:
    """The problems in the order of the source, with the name of their file."""
    ordered = sorted(problems, key=lambda problem: (problem.line, problem.column))
    return tuple(replace(problem, file=file) for problem in ordered)


def quoted(text: str) -> str:
    """The text in double quotes, shortened and made printable."""
    short = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
    return f'"{printable(short)}"'


def printable(text: str) -> str:
    """The text without anything that a terminal would obey."""
    return text if text.isprintable() else "".join(sign if sign.isprintable() else _escaped(sign) for sign in text)


def named(sign: str) -> str:
    """A character by name and number: no-break space (U+00A0)."""
    return f"{unicodedata.name(sign, 'control character').lower()} (U+{ord(sign):04X})"


def number(value: float) -> str:
    """A number as a person writes it: 5, 4.5, 0.25."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) < 1e9 else f"{value:.3g}"


def render(problems: Iterable[Problem], text: str) -> str:
    """All problems with their source line, a caret and the fix, for a terminal without colour."""
    lines = re.split("\r\n|\n|\r", text)
    listed = list(problems)
    parts = [_rendered(problem, lines) for problem in listed[:SHOWN_PROBLEMS]]
    if len(listed) > SHOWN_PROBLEMS:
        parts.append(f"and {len(listed) - SHOWN_PROBLEMS} more problems")
    return "\n".join(parts)


def _sentence(text: str) -> str:
    return printable(text if len(text) <= LONGEST_SENTENCE else text[: LONGEST_SENTENCE - 1] + "…")


def _rendered(problem: Problem, lines: list[str]) -> str:
    place = "" if problem.rule in PLACELESS else f"{problem.file}:{problem.line}:{problem.column}: "
    parts = [f"{place}{problem.severity}[{problem.rule}]: {problem.message}"]
    margin = " " * len(f"{problem.line:5}")
    if 1 <= problem.line <= len(lines) and lines[problem.line - 1].strip():
        shown, caret = _window(lines[problem.line - 1], problem.column - 1)
        parts += [f"{problem.line:5} | {shown}".rstrip(), f"{margin} | {' ' * caret}^"]
    if problem.help is not None:
        parts.append(f"{margin} = help: {problem.help}")
    return "\n".join(parts)


def _window(line: str, column: int) -> tuple[str, int]:
    column = min(column, len(line))
    start = max(0, column - SHOWN_COLUMNS // 2) if len(line) > SHOWN_COLUMNS else 0
    before = "".join(map(_one_sign, line[start:column]))
    after = "".join(map(_one_sign, line[column : start + SHOWN_COLUMNS]))
    return before + after, sum(map(_width, before))


def _one_sign(sign: str) -> str:
    return " " if sign == "\t" else sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}"


def _width(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _escaped(sign: str) -> str:
    return f"\\u{ord(sign):04x}"


def unknown_name(name: str, scope: Mapping[str, object], at: int = 0) -> UnreadableError:
    """The problem of a $x that nothing gives a value."""
    fix = close_to(name, scope, "$") or f"give it a value under params:, or with --set {name}=..."
    return UnreadableError("unknown-param", f"${name} has no value", fix, at)


def close_to(word: str, known: Iterable[str], before: str = "") -> str | None:
    """The fix for a misspelt name, where one of those that are known is near."""
    close = difflib.get_close_matches(word[:40], list(known), 1)
    return f"did you mean {before}{close[0]}?" if close else None
