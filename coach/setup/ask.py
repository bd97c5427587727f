"""The talk of a set-up: what is said and what is asked, without knowing where. The terminal's is in cli/asking.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from coach.core.error import CoachError


class LeftError(CoachError):
    """The person left at a question; what was done before is kept."""


class Asker(Protocol):
    """Somebody who can be asked. Every question may be left, which raises LeftError."""

    def say(self, text: str = "") -> None:
        """One line or several."""

    def yes(self, question: str) -> bool:
        """Yes or no; nothing else is taken for an answer."""

    def text(self, question: str) -> str:
        """A line, without the blanks around it; it may be empty."""

    def choose(self, question: str, choices: Sequence[str]) -> int:
        """The place of one of the choices, counted from 0."""

    def press(self, seconds: float) -> str:
        """All that one key press sent; empty where none came in time."""


def number(asker: Asker, question: str, low: float, high: float) -> float | None:
    """A number in a range; None where the line stays empty."""
    while True:
        line = asker.text(question).replace(",", ".")
        if not line:
            return None
        try:
            value = float(line)
        except ValueError:
            value = high + 1
        if low <= value <= high:
            return value
        asker.say(f"Give a number from {low:g} to {high:g}, or an empty line to leave it out.")
