"""A row of the table of budgets: what is measured, against what, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

KEPT, MISSED, LEFT_OUT = "kept", "MISSED", "left out"


@dataclass(frozen=True, slots=True)
class Row:
    """What is measured, and its budget; both are known before anything is measured."""

    what: str
    budget: str


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one row; `kept` is None where it cannot be measured here, and `text` says why."""

    text: str
    kept: bool | None

    @property
    def verdict(self) -> str:
        """In a word."""
        return LEFT_OUT if self.kept is None else KEPT if self.kept else MISSED


Measure: TypeAlias = Callable[[bool], Iterable[Found]]  # called with True where it should be quick


class LeftOutError(Exception):
    """Something that a measurement needs is not on this computer; the message says what."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that are measured together, in their order."""

    rows: tuple[Row, ...]
    measure: Measure
    long: bool = False  # not for those who want it quick

    def found(self, *, quick: bool) -> Iterable[Found]:
        """What came of each row."""
        if quick and self.long:
            return [Found("takes too long for --quick", None)] * len(self.rows)
        try:
            return list(self.measure(quick))
        except LeftOutError as error:
            return [Found(str(error), None)] * len(self.rows)


def under(value: float, most: float, shown: str) -> Found:
    """A figure that has to be under its budget."""
    return Found(shown, value < most)


QUICKEST: Final = 7  # rounds of what takes tenths of a second; the quickest is what the machine can do undisturbed
