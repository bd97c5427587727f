"""The talk when a session is over: one question at a time, and what a key says to it. Nothing here draws or writes.

Who only wants to leave never has to answer: until a first answer was begun, Enter is not the talk's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from coach.history.question import NUMBERS, SCALES, WORDS, Question, answered, marked, said_in_words
from coach.history.rating import LONGEST_NOTE, MOST, UNSAID, Rating
from coach.tui.widgets.pane import Line

HEIGHT: Final = 4  # rows that it takes on the screen
CHOICES: Final = ("y", "n")  # of a question that is answered by yes or no


@dataclass(frozen=True, slots=True)
class Talk:
    """Where the talk is."""

    questions: tuple[Question, ...] = ()
    held: tuple[int, ...] = ()  # backward blocks that were marked as held on the rails
    at: int = 0  # which question; behind the last one all was said
    typed: str = ""  # of the answer: digits, y or n, or the note
    begun: bool = False  # an answer was begun; from then on Enter passes a question over
    writing: bool = False  # of a note, to which every letter belongs
    kept: Rating = UNSAID  # what was said so far
    trouble: str = ""  # why something could not be kept

    @property
    def question(self) -> Question | None:
        """What is asked now."""
        return self.questions[self.at] if self.at < len(self.questions) else None


def press(talk: Talk, key: str, sign: str | None) -> tuple[Talk, Rating] | None:
    """What a key does: the talk after it and what is now to be kept. None: the key is not the talk's.

    Args:
        talk: before it.
        key: its name, as Textual has it.
        sign: the letter or number that it types; None where it types none.
    """
    question = talk.question
    if question is None:
        return None
    if talk.writing:
        return _written(talk, key, sign)
    match key:
        case "enter" if talk.typed:
            return _kept(talk, answered(question, talk.typed))
        case "enter" if talk.begun:
            return _on(talk, 1), UNSAID
        case "tab":
            return _on(talk, 1), UNSAID
        case "shift+tab" if talk.at:
            return _on(talk, -1), UNSAID
        case "backspace" if talk.typed:
            return replace(talk, typed=talk.typed[:-1]), UNSAID
        case _:
            typed = _typed(question, talk.typed, key, sign)
    if typed is None:
        return None
    writing = question is Question.NOTE
    return replace(talk, typed="" if writing else typed, begun=True, writing=writing), UNSAID


def _typed(question: Question, typed: str, key: str, sign: str | None) -> str | None:
    """What stands there after a key; None: it has no meaning here."""
    letter = (sign or "").casefold()
    if question in NUMBERS:
        return typed_number(typed, key)
    if question is Question.NOTE:
        return letter if letter == "n" else None
    if key in {"left", "right"}:
        return CHOICES[typed == CHOICES[0]]
    return letter if letter in CHOICES else None


def typed_number(typed: str, key: str) -> str | None:
    """A number from 0 to 10 after a key: digits type it, one that does not fit begins anew, arrows go up and down."""
    if len(key) == 1 and key in "0123456789":
        return f"{typed}{key}" if f"{typed}{key}" == str(MOST) else key
    if key in {"left", "right"}:
        now = int(typed) if typed else 0
        step = 0 if not typed else 1 if key == "right" else -1
        return str(min(max(now + step, 0), MOST))
    return None


def _written(talk: Talk, key: str, sign: str | None) -> tuple[Talk, Rating] | None:
    match key:
        case "ctrl+c":
            return None
        case "enter" if talk.typed.strip():
            return _kept(replace(talk, writing=False), answered(Question.NOTE, talk.typed))
        case "enter" | "escape":
            return replace(talk, writing=False, typed=""), UNSAID
        case "backspace":
            return replace(talk, typed=talk.typed[:-1]), UNSAID
        case _ if sign is not None and sign.isprintable():
            return replace(talk, typed=(talk.typed + sign)[:LONGEST_NOTE]), UNSAID
        case _:
            return talk, UNSAID


def _kept(talk: Talk, rating: Rating) -> tuple[Talk, Rating]:
    return replace(_on(talk, 1), kept=rating.over(talk.kept), trouble=""), rating


def _on(talk: Talk, by: int) -> Talk:
    return replace(talk, at=talk.at + by, typed="", begun=True)


# How it looks.


def draw_talk(talk: Talk, width: int, height: int) -> list[Line]:
    """The question, its scale, and what was kept."""
    question = talk.question
    kept = said_in_words(talk.kept)
    last = ((f" {talk.trouble}", "alarm"),) if talk.trouble else ((f" Kept: {kept}." if kept else "", "text"),)
    if question is None:
        lines: list[Line] = [(), last]
    elif talk.writing:
        room = max(width - len(" Note: _") - 1, 1)
        lines = [_rule(talk, width), ((" Note: ", "dim"), (f"{talk.typed[-room:]}_", "strong")), (), last]
    else:
        lines = [_rule(talk, width), _asked(question, talk.typed), _scale(question, talk), last]
    return lines[:height]


def _rule(talk: Talk, width: int) -> Line:
    text = f" {talk.at + 1} of {len(talk.questions)} "
    return ((f" ──{text}".ljust(max(width - 1, 0), "─"), "dim"),)


def _asked(question: Question, typed: str) -> Line:
    words = ((f" {WORDS[question]}  ", "strong"),)
    if question in NUMBERS:
        return (*words, *(_choice(str(number), typed) for number in range(MOST + 1)))
    if question is Question.NOTE:
        return (*words, ("n", "key"), (" writes one", "text"))
    return (*words, _choice("y", typed, "yes"), _choice("n", typed, "no"))


def _choice(value: str, typed: str, rest: str = "") -> tuple[str, str]:
    """A number, or a word that its first letter chooses; the one that was typed stands in brackets."""
    shown = rest or value
    return (f"[{shown}]", "cursor") if typed == value else (f" {shown} ", "text")


def _scale(question: Question, talk: Talk) -> Line:
    if question is Question.RAILS:
        blocks = marked(talk.held)
        return ((f" {'Marked with g: ' + blocks + '. ' if blocks else ''}y or n for all blocks.", "dim"),)
    return ((f" {SCALES.get(question, '')}", "dim"),)


def keys_of(talk: Talk) -> tuple[tuple[str, str], ...]:
    """The keys of the talk for the foot of the screen, and those that leave."""
    question, leave = talk.question, ("Enter q Esc", "leave")
    if question is None:
        return (leave,)
    if talk.writing:
        return (("Enter", "keep"), ("Esc", "no note"))
    answers = {Question.NOTE: ("n", "note"), Question.RAILS: ("y n", "answer"), Question.FELL: ("y n", "answer")}
    answer = answers.get(question, ("0-9 ← →", "answer"))
    if talk.typed:
        return (("Enter", "keep"), answer, ("q Esc", "leave"))
    return (answer, ("Enter", "skip"), ("q Esc", "leave")) if talk.begun else (answer, leave)
