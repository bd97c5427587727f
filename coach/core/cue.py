"""What the runner hears: cues as values, their wording and their times (backward-running.md 5).

One instruction in an utterance, seven words at most, verb first. Never "back", "turn around", "left" or "right" as a
command: they mean something else to somebody who faces the other way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Final

from coach.core.runner import SpokenUnit
from coach.core.workout import KMH_PER_MPH, ExtentUnit, Facing, Say, SayAt, Segment


class CueKind(StrEnum):
    """What a cue is for; sinks choose tone and voice by it."""

    QUESTION = "question"  # a press is awaited
    TURN = "turn"  # a state of the turn was entered, or is near
    FASTER = "faster"
    SLOWER = "slower"
    COUNT = "count"  # three, two, one
    NOW = "now"
    TIME = "time"  # how far, how long
    FORM = "form"  # how to move
    SAY = "say"  # the author's
    NOTICE = "notice"  # something happened that the runner should know
    ALARM = "alarm"  # repeats until the belt stands or it is acknowledged


@dataclass(frozen=True, slots=True)
class Cue:
    """Something to say or to sound, due at `at_s`."""

    at_s: float
    kind: CueKind
    text: str


class DueBy(StrEnum):
    """What a due cue waits for."""

    CLOCK = "clock"  # s of the segment clock
    METRES = "metres"  # m of the segment
    LEFT = "left"  # s left of the segment


@dataclass(frozen=True, slots=True)
class Due:
    """A cue that waits for its place in a segment; an empty text is filled in when it is due."""

    by: DueBy
    amount: float
    kind: CueKind
    text: str


FORM_BANK: Final = (
    "Take short, quick steps.",
    "Stay tall, hips over feet.",
    "Keep light hands on the rails.",
    "Land softly on the forefoot.",
    "Relax your shoulders.",
    "Keep your eyes level.",
    "Breathe out slowly.",
    "Let the heels come down last.",
)
FORM_FIRST_S: Final = 15.0  # after the block began, then
FORM_EVERY_S: Final = 60.0  # so that form and status never meet: STATUS_S are whole half minutes
STATUS_S: Final = (30.0, 60.0, 90.0, 120.0)  # then every minute
STATUS_EVERY_S: Final = 60.0
HALF_FROM_S: Final = 90.0  # shorter segments have no halfway bell
LONGEST_S: Final = 3600.0  # dues of an open segment are made for so long
SLOWEST_KMH: Final = 0.5  # a pace is never told of less
UNIT_WORDS: Final = {
    SpokenUnit.KMH: "kilometres an hour",
    SpokenUnit.MPH: "miles an hour",
    SpokenUnit.PACE: "a kilometre",
}
QUIET_END_S: Final = 12.0  # the countdown has the last seconds for itself


def dues(segment: Segment, length_s: float | None) -> tuple[Due, ...]:
    """All cues that belong to a place in this segment, the author's first where two meet."""
    found = [*_author(segment, length_s)]
    if segment.facing is Facing.BACKWARD and segment.target is not None:
        found += _rear(segment, length_s)
    elif segment.target is not None and length_s is not None and length_s >= HALF_FROM_S:
        found.append(Due(DueBy.CLOCK, length_s / 2, CueKind.TIME, "Halfway."))
    return tuple(found)


def _author(segment: Segment, length_s: float | None) -> Iterator[Due]:
    metres = segment.extent.amount if segment.extent.unit is ExtentUnit.DISTANCE else None
    for say in segment.say:
        match say.at:
            case SayAt.START:
                yield Due(DueBy.CLOCK, 0.0, CueKind.SAY, say.text)
            case SayAt.HALF if metres is not None:
                yield Due(DueBy.METRES, metres / 2, CueKind.SAY, say.text)
            case SayAt.HALF:
                if length_s is not None:
                    yield Due(DueBy.CLOCK, length_s / 2, CueKind.SAY, say.text)
            case SayAt.AT_S:
                yield Due(DueBy.CLOCK, say.amount, CueKind.SAY, say.text)
            case SayAt.BEFORE_END_S:
                yield Due(DueBy.LEFT, say.amount, CueKind.SAY, say.text)
            case SayAt.AT_M:
                yield Due(DueBy.METRES, say.amount, CueKind.SAY, say.text)
            case SayAt.BEFORE_END_M:
                if metres is not None:
                    yield Due(DueBy.METRES, metres - say.amount, CueKind.SAY, say.text)
            case SayAt.EVERY_S:
                yield from _every(say, length_s)


def _every(say: Say, length_s: float | None) -> Iterator[Due]:
    due_s, end_s = say.amount, min(length_s or LONGEST_S, LONGEST_S)
    while due_s < end_s:
        yield Due(DueBy.CLOCK, due_s, CueKind.SAY, say.text)
        due_s += say.amount


def _rear(segment: Segment, length_s: float | None) -> Iterator[Due]:
    end_s = min(length_s or LONGEST_S, LONGEST_S) - QUIET_END_S
    status = [due_s for due_s in STATUS_S if due_s < end_s]
    due_s = STATUS_S[-1] + STATUS_EVERY_S
    while due_s < end_s:
        status.append(due_s)
        due_s += STATUS_EVERY_S
    yield from (Due(DueBy.CLOCK, due_s, CueKind.TIME, "") for due_s in status)
    due_s, turn = FORM_FIRST_S, segment.line + (segment.round or 0)
    while due_s < end_s:
        yield Due(DueBy.CLOCK, due_s, CueKind.FORM, FORM_BANK[turn % len(FORM_BANK)])
        due_s, turn = due_s + FORM_EVERY_S, turn + 1


def spoken_speed(speed_kmh: float, unit: SpokenUnit) -> str:
    """A speed as it is spoken in a change: a number, no unit."""
    match unit:
        case SpokenUnit.KMH:
            return f"{speed_kmh:.1f}"
        case SpokenUnit.MPH:
            return f"{speed_kmh / KMH_PER_MPH:.1f}"
        case SpokenUnit.PACE:
            seconds = round(3600 / max(speed_kmh, SLOWEST_KMH))
            return f"{seconds // 60}:{seconds % 60:02}"


def whole_speed(speed_kmh: float, unit: SpokenUnit) -> str:
    """A speed with its unit in words."""
    return f"{spoken_speed(speed_kmh, unit)} {UNIT_WORDS[unit]}"


def spoken_time(seconds: float) -> str:
    """A length of time as it is spoken."""
    if not isfinite(seconds):
        return "no end"
    minutes, rest = divmod(round(seconds / 10) * 10 if seconds > 20 else round(seconds), 60)
    parts = [f"{minutes} minute{'s' * (minutes != 1)}"] if minutes else []
    parts += [f"{rest} seconds"] if rest or not parts else []
    return " ".join(parts)


def status(facing: Facing, speed_kmh: float, left_s: float, bpm: int | None, unit: SpokenUnit) -> str:
    """Where the runner is, for somebody who cannot see it."""
    words = [f"Facing {'rear' if facing.rear else 'console'}", whole_speed(speed_kmh, unit)]
    if isfinite(left_s):
        words.append(f"{spoken_time(left_s)} left")
    if bpm is not None:
        words.append(f"heart {bpm}")
    return ", ".join(words) + "."
