"""Questions about a session as lines of a terminal, before it, after it and the next morning."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from coach.cli.keyboard import closed, forget
from coach.gate import too_much
from coach.history.question import SCALES, WORDS, Question, answered, marked
from coach.history.rating import Rating, RatingError
from coach.history.say import SayError
from coach.setup.ask import Asker, LeftError

if TYPE_CHECKING:
    from coach.cli.morning import Mornings

SKIPS: Final = "Enter skips a question, q leaves."


def answers() -> bool:
    """Somebody sits at a terminal who could answer."""
    streams = sys.stdin, sys.stdout
    if any(stream is None or stream.closed or not stream.isatty() for stream in streams):
        return False
    return not closed()


def ask_all(asker: Asker, questions: Iterable[Question], held: Iterable[int] = ()) -> Iterator[Rating]:
    """Ask one by one: what each answer says, as soon as it was given. Whoever leaves is asked nothing more.

    Args:
        asker: who is asked.
        questions: what.
        held: backward blocks that were marked as held on the rails.
    """
    forget()
    asker.say(SKIPS)
    try:
        for question in questions:
            rating = ask_one(asker, question, held)
            if rating.said:
                yield rating
    except LeftError:
        return


def ask_one(asker: Asker, question: Question, held: Iterable[int] = (), words: str = "") -> Rating:
    """Ask until the answer is one; an empty one says nothing. `words`: other ones than the usual.

    Raises:
        LeftError: the person left.
    """
    while True:
        try:
            return answered(question, asker.text(f"{words or WORDS[question]}{_how(question, tuple(held))}"))
        except RatingError as error:
            asker.say(f"{str(error)[:1].upper()}{str(error)[1:]}, or nothing.")


def _how(question: Question, held: tuple[int, ...]) -> str:
    """What an answer may be, behind the question or under it."""
    match question:
        case Question.RAILS:
            blocks = marked(held)
            return " (yes or no)" + (f"\n  marked with g: {blocks}" if blocks else "")
        case Question.FELL:
            return " (yes or no)"
        case Question.NOTE:
            return " (one line)"
        case _:
            return f"\n  {SCALES[question]}"


def ask_morning(asker: Asker, mornings: Mornings) -> None:
    """Ask how the next morning of a session was, where one is due; what cannot be kept is said.

    Raises:
        LeftError: the person left.
    """
    due = mornings.due()
    if due is None:
        return
    said = ask_one(asker, Question.MORNING, words=due.words)
    try:
        mornings.answer(due, said.pain_morning)
    except SayError as error:
        asker.say(f"Not kept: {error}.")


def ask_pain(asker: Asker, *, backward: bool) -> int | None:
    """Ask for pain where it may be passed over: on the simulator, or where all is forward.

    Raises:
        LeftError: the person left.
    """
    pain = ask_one(asker, Question.BEFORE).pain_before
    if backward and too_much(pain):
        asker.say("On a real belt nothing would be run backward today.")
    return pain
