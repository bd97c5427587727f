"""Presses: which are a yes, which stop, which change the speed, and which are nothing (safety.md 4)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from coach.core.event import Key, Pressed
from coach.core.progress import Ask, Progress
from coach.core.wish import Phase
from coach.core.workout import Facing

SAME_S: Final = 0.8  # presses so soon after a yes are the same press
BOUNCE_S: Final = 1.0  # no yes within a second after another press
STEADY_S: Final = 2.0  # heartbeats unbroken
YES_S: Final = 1.5  # a question has stood for so long


class Meaning(StrEnum):
    """What a press comes to."""

    NOTHING = "nothing"
    SAME = "same"  # the press before, again
    EARLY = "early"  # an answer that does not count
    WRONG = "wrong"  # another digit
    YES = "yes"
    STOP = "stop"
    GUIDED = "guided"
    PAUSE = "pause"
    QUIT = "quit"
    TUNE = "tune"  # speed, incline, trim
    SKIP = "skip"
    LAP = "lap"
    RAILS = "rails"  # held in a backward block, or free: a mark, and nothing of it reaches the belt
    BLOCK = "block"
    DEAF = "deaf"  # a key that does nothing while rear; said


_ANSWERS: Final = frozenset({Key.YES, Key.DIGIT})
_TUNES: Final = frozenset(
    {Key.FASTER, Key.SLOWER, Key.MUCH_FASTER, Key.MUCH_SLOWER, Key.STEEPER, Key.FLATTER, Key.UNTRIM}
)
_SLOWER: Final = frozenset({Key.SLOWER, Key.MUCH_SLOWER})
FASTER: Final = frozenset({Key.FASTER, Key.MUCH_FASTER})
STEPS: Final = frozenset({Phase.STARTING, Phase.CONSOLE_START, Phase.STEP_ON, Phase.RAMP, Phase.SLOW, Phase.RAILS})
"""States of the turn in which any press is a stop (safety.md 6)."""


def meaning(progress: Progress, event: Pressed) -> Meaning:
    """Read a press in the state that it meets."""
    if event.key is Key.STOP:
        return Meaning.STOP
    if event.key is Key.HELP:
        return Meaning.NOTHING
    if event.key is Key.QUIT:
        return Meaning.QUIT
    if event.at_s - progress.yes_at_s < SAME_S:
        return Meaning.SAME
    if progress.question is not None and event.key in _ANSWERS:
        return _answer(progress, event)
    if progress.phase in STEPS:
        return Meaning.STOP
    if progress.phase in {Phase.RUN, Phase.BRIDGE}:
        return _running(progress, event)
    return Meaning.NOTHING


def _answer(progress: Progress, event: Pressed) -> Meaning:
    question = progress.question
    assert question is not None
    if question.ask is Ask.DIGIT and event.key is Key.DIGIT and event.digit != question.digit:
        return Meaning.WRONG
    if question.ask is not Ask.DIGIT and event.key is not Key.YES:
        return Meaning.NOTHING
    counts = (
        event.serial == question.serial
        and event.at_s - question.at_s >= question.minimum_s
        and event.at_s - progress.pressed_at_s >= BOUNCE_S
        and event.steady_s >= STEADY_S
    )
    if not counts and progress.phase is Phase.STEP_ON:
        return Meaning.STOP  # the belt moves
    return Meaning.YES if counts else Meaning.EARLY


def _running(progress: Progress, event: Pressed) -> Meaning:
    rear = progress.facing is not Facing.FORWARD
    match event.key:
        case Key.YES:
            return Meaning.GUIDED
        case Key.PAUSE if not rear:
            return Meaning.PAUSE
        case Key.NEXT if not rear:
            return Meaning.SKIP
        case Key.LAP if not rear:
            return Meaning.LAP
        case Key.RAILS if not rear:
            return Meaning.RAILS
        case Key.BLOCK if not rear:
            return Meaning.BLOCK
        case key if key in _TUNES and (not rear or key in _SLOWER):
            return Meaning.TUNE
        case _:
            return Meaning.DEAF if rear else Meaning.NOTHING
