"""The laps of an activity: stretches of rows, and between them what leads from one to the next.

They follow each other without a gap. A row that was interrupted has a lap for each stretch, so that a lap with a
direction is run in that direction from its first second to its last; so has a row in which the lap key was pressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from coach.core.plan import Plan, Row, bridge_before
from coach.core.workout import Facing, Head
from coach.history.sample import Pause, Sample, Sleep, snapped, wall_s
from coach.history.traced import Direction, Stretch, Traced
from coach.tally import STOP, TRIP

LAP: Final = "lap"  # the runner pressed the lap key: how a lap ended, beside the words of coach/tally.py


class LapKind(StrEnum):
    """What a lap is: a row by its head, or what lies between two rows."""

    WARM_UP = "warm-up"
    FORWARD = "forward"
    BACKWARD = "backward"
    COOL_DOWN = "cool-down"
    REST = "rest"
    BRIDGE = "bridge"
    START = "start"  # from creep to the speed of the next row
    TURN = "turn"
    PAUSE = "pause"
    STOP = "stop"  # before a rest, and at the end


@dataclass(frozen=True, slots=True)
class Lap:
    """A stretch of the activity; instants are whole seconds of the session clock."""

    kind: LapKind
    number: int  # within its kind, from 1: of rows as they are planned, of others as they came
    row: Row | None  # what ran; None between two rows
    direction: Direction
    start_s: float
    end_s: float
    elapsed_s: float  # by the wall clock: with what the computer slept
    timer_s: float  # without pauses
    moving_s: float  # of rows only
    distance_m: float
    mean_bpm: float | None
    max_bpm: int | None
    max_speed_kmh: float  # reported
    kcal: float  # gross, an estimate; of rows only
    ended_by: str  # a word of coach/tally.py or LAP; nothing between two rows

    @property
    def mean_speed_kmh(self) -> float:
        """Over the time of its timer."""
        return self.distance_m / self.timer_s * 3.6 if self.timer_s > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Course:
    """What laps are made from: the seconds of a session, and where its activity begins and ends."""

    samples: tuple[Sample, ...]
    pauses: tuple[Pause, ...]
    sleeps: tuple[Sleep, ...]
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch or a gap on whole seconds."""

    start_s: float
    end_s: float
    stretch: Stretch | None


def _spans(stretches: Sequence[Stretch], start_s: float, end_s: float) -> Iterator[_Span]:
    here_s = start_s
    for stretch in stretches:
        from_s = max(snapped(stretch.start_s, start_s, end_s), here_s)
        to_s = max(snapped(stretch.end_s, start_s, end_s), from_s)
        if here_s < from_s:
            yield _Span(here_s, from_s, None)
        if from_s < to_s:
            yield _Span(from_s, to_s, stretch)
        here_s = to_s
    if here_s < end_s:
        yield _Span(here_s, end_s, None)


def laps_of(traced: Traced, course: Course) -> Iterator[Lap]:
    """The laps of an activity, from its begin to its end."""
    spans = tuple(_spans(traced.stretches, course.start_s, course.end_s))
    plan, ended = traced.plan, _ended(traced)
    numbers = _Numbers(plan)
    faced = Facing.FORWARD
    last = {span.stretch.row: place for place, span in enumerate(spans) if span.stretch is not None}
    for place, span in enumerate(spans):
        if span.stretch is None:
            after = spans[place + 1].stretch if place + 1 < len(spans) else None
            kind = _between(course, span, faced, None if after is None else _row(plan, after.row))
            yield _lap(course, span, kind, numbers.next(kind), None, "")
            continue
        key = span.stretch.row
        row = _row(plan, key)
        if row.segment.target is not None:
            faced = row.segment.facing
        broken = TRIP if span.stretch.troubled else STOP
        ended_by = LAP if span.stretch.lap else ended.get(key, "") if last[key] == place else broken
        yield _lap(course, span, LapKind(row.segment.head.value), numbers.of(key, row), row, ended_by)


def _between(course: Course, span: _Span, faced: Facing, following: Row | None) -> LapKind:
    if following is None or following.segment.target is None:
        return LapKind.STOP
    if following.segment.facing is not faced:
        return LapKind.TURN
    paused = any(pause.start_s < span.end_s and span.start_s < pause.end_s for pause in course.pauses)
    return LapKind.PAUSE if paused else LapKind.START


def _lap(course: Course, span: _Span, kind: LapKind, number: int, row: Row | None, ended_by: str) -> Lap:
    start_s, end_s = span.start_s, span.end_s
    inside = course.samples[int(start_s) : int(end_s)]
    beats = [one.bpm for one in inside if one.bpm is not None]
    away_s = sum(max(min(one.end_s, end_s) - max(one.start_s, start_s), 0.0) for one in course.pauses)
    ran = row is not None and row.segment.target is not None
    return Lap(
        kind=kind,
        number=number,
        row=row,
        direction=Direction.TURN if row is None or not ran else _WAYS[row.segment.facing],
        start_s=start_s,
        end_s=end_s,
        elapsed_s=wall_s(course.sleeps, end_s) - wall_s(course.sleeps, start_s),
        timer_s=end_s - start_s - away_s,
        moving_s=float(sum(one.moving for one in inside)) if ran else 0.0,
        distance_m=round(course.samples[int(end_s)].distance_m - course.samples[int(start_s)].distance_m, 2),
        mean_bpm=sum(beats) / len(beats) if beats else None,
        max_bpm=max(beats, default=None),
        max_speed_kmh=max((one.speed_kmh or 0.0 for one in inside), default=0.0),
        kcal=max(span.stretch.kcal_to - span.stretch.kcal_from, 0.0) if span.stretch is not None and ran else 0.0,
        ended_by=ended_by,
    )


_WAYS: Final = {
    Facing.FORWARD: Direction.FORWARD,
    Facing.BACKWARD: Direction.BACKWARD,
    Facing.UNKNOWN: Direction.UNKNOWN,
}


class _Numbers:
    """Counts laps within their kinds."""

    def __init__(self, plan: Plan) -> None:
        self._so_far: dict[LapKind, int] = {}
        self._of: dict[int, int] = {}  # by place in the plan
        counts: dict[Head, int] = {}
        for place, row in enumerate(plan.rows):
            head = row.segment.head
            counts[head] = counts.get(head, 0) + 1
            if head is not Head.BRIDGE:
                self._of[place] = counts[head]

    def next(self, kind: LapKind) -> int:
        """The next of a kind that no plan counts."""
        self._so_far[kind] = self._so_far.get(kind, 0) + 1
        return self._so_far[kind]

    def of(self, key: int, row: Row) -> int:
        """Of a row; bridges are counted as they come, since a heart may ask for more than are planned."""
        if key not in self._of:
            self._of[key] = self.next(LapKind(row.segment.head.value))
        return self._of[key]


def _row(plan: Plan, key: int) -> Row:
    return plan.rows[key] if key >= 0 else bridge_before(plan.rows[-1 - key])


def _ended(traced: Traced) -> dict[int, str]:
    """What ended each row for good, by its key."""
    rows = traced.plan.rows
    ended = dict[int, str]()
    for result in traced.tally.rows(over=True):
        place = result.row.index - 1
        ended[place if rows[place] is result.row else -1 - place] = result.ended_by or ""
    return ended
