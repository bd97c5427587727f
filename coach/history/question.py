"""What is asked of a session before it, after it and the next morning, and what an answer means.

A workout asks by `ask:`; some things are always worth a word. Every question may be passed over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from coach.core.workout import Facing
from coach.history.past import Past
from coach.history.rating import MOST, Rating, RatingError
from coach.history.summary import Summary

MORNING_DAYS: Final = 3  # so long after its day it is asked how a session's next morning was
Asks = tuple[tuple[str, tuple[str, ...]], ...]  # of a workout: ("after", ("pain", "effort"))


class Question(StrEnum):
    """One thing that is asked; the value is what the answer is called."""

    BEFORE = "pain before"
    EFFORT = "effort"
    PAIN = "pain"
    RAILS = "rails"
    FELL = "fall"
    NOTE = "note"
    MORNING = "pain the next morning"


NUMBERS: Final = frozenset({Question.BEFORE, Question.EFFORT, Question.PAIN, Question.MORNING})
"""Questions that take a number from 0 to 10."""

WORDS: Final[Mapping[Question, str]] = MappingProxyType(
    {
        Question.BEFORE: "Pain now, 0 to 10?",
        Question.EFFORT: "How hard was it, 0 to 10?",
        Question.PAIN: "Pain now, 0 to 10?",
        Question.RAILS: "Facing the rear, did you hold the rails?",
        Question.FELL: "Did you fall?",
        Question.NOTE: "A note for yourself?",
        Question.MORNING: "Pain the next morning, 0 to 10?",
    }
)

SCALES: Final[Mapping[Question, str]] = MappingProxyType(
    {
        Question.BEFORE: "0 none, 10 the worst you can think of; over 5: nothing backward today",
        Question.EFFORT: "0 rest, 3 moderate, 5 hard, 7 very hard, 10 the most there is",
        Question.PAIN: "0 none, 10 the worst you can think of",
        Question.MORNING: "0 none, 10 the worst you can think of",
    }
)
"""What the numbers mean: the CR-10 scale of effort, the numeric scale of pain."""

YES_NO: Final[Mapping[str, bool]] = MappingProxyType({"y": True, "yes": True, "n": False, "no": False})


def asks_morning(asks: Asks) -> bool:
    """The workout wants to know how the knees are the next morning."""
    return "pain" in dict(asks).get("morning", ())


def after(summary: Summary) -> tuple[Question, ...]:
    """What is asked when a session is over, in this order; nothing where the belt never ran."""
    if summary.distance_m <= 0:
        return ()
    return tuple(_after(summary))


def _after(summary: Summary) -> Iterator[Question]:
    backward = ran_backward(summary)
    yield Question.EFFORT
    if backward or "pain" in dict(summary.ask).get("after", ()):
        yield Question.PAIN
    if backward:
        yield Question.RAILS
    if _alarmed_rear(summary):
        yield Question.FELL
    yield Question.NOTE


def ran_backward(summary: Summary) -> bool:
    """Something of it was run facing the rear."""
    return any(one.facing == Facing.BACKWARD and one.time_s > 0 and one.target_kmh for one in summary.segments)


def _alarmed_rear(summary: Summary) -> bool:
    """The safety key or an alarm stopped the belt while somebody faced the rear or turned."""
    stops = [one.at_s for one in summary.trips if one.trip in summary.alarms]
    return summary.key_rear or any(start_s <= at_s <= end_s for start_s, end_s in _rear(summary) for at_s in stops)


def _rear(summary: Summary) -> Iterator[tuple[float, float]]:
    """When somebody may not have faced the console: backward rows and turns, by the clock of the session."""
    for one in summary.segments:
        if one.facing == Facing.BACKWARD and one.start_s is not None:
            yield one.start_s, one.end_s if one.end_s is not None else summary.elapsed_s
    for turn in summary.turns:
        yield turn.at_s, turn.at_s + sum(state.s for state in turn.states)


def answered(question: Question, text: str) -> Rating:
    """What an answer that was typed says; nothing where it is empty.

    Raises:
        RatingError: it is no answer to that question; the message says what is.
    """
    text = text.strip()
    if not text:
        return Rating()
    if question in NUMBERS:
        return _number(question, text)
    match question:
        case Question.RAILS:
            return Rating(rails=_yes_no(text))
        case Question.FELL:
            return Rating(fell=_yes_no(text))
        case _:
            return Rating(note=text)


def rating_of(question: Question, number: int) -> Rating:
    """What a number says as the answer to a question that takes one.

    Raises:
        RatingError: it is not from 0 to 10.
    """
    match question:
        case Question.EFFORT:
            return Rating(effort=number)
        case Question.BEFORE:
            return Rating(pain_before=number)
        case Question.MORNING:
            return Rating(pain_morning=number)
        case _:
            return Rating(pain_after=number)


def _number(question: Question, text: str) -> Rating:
    if not (text.isascii() and text.isdecimal()) or int(text) > MOST:
        raise RatingError(f"type a whole number from 0 to {MOST}")
    return rating_of(question, int(text))


def _yes_no(text: str) -> bool:
    found = YES_NO.get(text.casefold())
    if found is None:
        raise RatingError("type yes or no")
    return found


def said_in_words(rating: Rating) -> str:
    """What was said, as a list of words; nothing where nothing was."""
    told = [
        f"{name} {value}"
        for name, value in (
            ("effort", rating.effort),
            ("pain before", rating.pain_before),
            ("pain", rating.pain_after),
            ("pain the next morning", rating.pain_morning),
        )
        if value is not None
    ]
    if rating.rails is not None:
        told.append("rails held" if rating.rails else "hands free")
    if rating.fell is not None:
        told.append("a fall" if rating.fell else "no fall")
    if rating.note is not None:
        told.append(f"note “{_short(rating.note)}”" if rating.note else "note taken out")
    return ", ".join(told)


NOTE_SIGNS: Final = 24  # of a note in a list of words: the list fits a line


def in_line(text: str) -> str:
    """A text of a file in one line, without what would move a cursor."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _short(note: str) -> str:
    note = in_line(note)
    return note if len(note) <= NOTE_SIGNS else f"{note[: NOTE_SIGNS - 1].rstrip()}…"


def marked(held: Collection[int]) -> str:
    """Which backward blocks were marked as held on the rails, in words; nothing where none was."""
    blocks = sorted(held)
    if not blocks:
        return ""
    if len(blocks) == 1:
        return f"block {blocks[0]}"
    return f"blocks {', '.join(map(str, blocks[:-1]))} and {blocks[-1]}"


def morning_of(sessions: Iterable[Past], today: date) -> Iterator[Past]:
    """Those whose next morning may be asked for today, newest first: on a real belt, run, and nothing was said yet."""
    for one in sessions:
        days = (today - one.on).days
        kept = not (one.simulated or one.deleted or one.open)
        if 0 < days <= MORNING_DAYS and kept and one.distance_m > 0 and one.rating.pain_morning is None:
            yield one
