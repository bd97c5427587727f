"""What is asked at Ready in numbers: pain before the session, and how the next morning of an earlier one was. Pure.

A number is typed only while no keeper is open, so that no digit of it can be one that starts a belt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from coach.history.question import SCALES, WORDS, Question
from coach.tui.outside import Morning
from coach.tui.readiness import Bottom
from coach.tui.talk import typed_number

KEY: Final = "p"  # asks now


@dataclass(frozen=True, slots=True)
class Before:
    """What was told so far, and what stands there of an answer."""

    wanted: bool = False  # the workout asks for pain
    needed: bool = False  # and without it nothing is run backward: the next check of the gate
    pain: int | None = None  # as it was told, 0 to 10
    morning: Morning | None = None  # what is due
    opened: bool = False  # by the key
    typed: str = ""

    @property
    def question(self) -> Question | None:
        """What is asked now."""
        if not (self.opened or self.needed):
            return None
        if self.morning is not None:
            return Question.MORNING
        return Question.BEFORE if self.wanted else None

    @property
    def askable(self) -> bool:
        """There is something that the key would ask."""
        return self.wanted or self.morning is not None


@dataclass(frozen=True, slots=True)
class Told:
    """An answer; None: the question was passed over."""

    question: Question
    number: int | None


def press(before: Before, key: str) -> tuple[Before, Told | None] | None:
    """What a key does to what is asked, and the answer that it completes. None: the key is not for this."""
    question = before.question
    if question is None:
        return None
    if key == "enter" and before.typed:
        return _answered(before, Told(question, int(before.typed)))
    if key == "enter":
        must = question is Question.BEFORE and before.needed
        return (before, None) if must else _answered(before, Told(question, None))
    if key == "backspace" and before.typed:
        return replace(before, typed=before.typed[:-1]), None
    if key == "escape" and before.opened:
        return replace(before, opened=False, typed=""), None
    typed = typed_number(before.typed, key)
    return None if typed is None else (replace(before, typed=typed), None)


def _answered(before: Before, told: Told) -> tuple[Before, Told]:
    if told.question is Question.MORNING:
        after = replace(before, morning=None, typed="")
    else:
        pain = before.pain if told.number is None else told.number
        after = replace(before, pain=pain, opened=False, typed="")
    return replace(after, opened=after.opened and after.question is not None), told


def bottom_of(before: Before) -> Bottom:
    """The question, what stands there of an answer, and what Enter does."""
    question = before.question
    assert question is not None
    words = before.morning.words if before.morning is not None else WORDS[question]
    must = question is Question.BEFORE and before.needed
    way = "Enter keeps it." if before.typed else "Type a number, then Enter." + ("" if must else " Enter alone skips.")
    return Bottom("BEFORE YOU START", f"{words}  {before.typed}_\n{SCALES[question]}.\n{way}", role="turn")


def keys_of(before: Before) -> tuple[tuple[str, str], ...]:
    """For the foot of the screen."""
    must = before.question is Question.BEFORE and before.needed
    enter = (("Enter", "keep"),) if before.typed else () if must else (("Enter", "skip"),)
    return (("0-9 ← →", "number"), *enter)


def note_of(before: Before) -> str:
    """What the key would ask, in a line; nothing where it would ask nothing new."""
    if before.morning is not None:
        return f"{before.morning.words} Press {KEY}."
    if before.wanted and before.pain is None:
        return f"{WORDS[Question.BEFORE]} Press {KEY}."
    return ""
