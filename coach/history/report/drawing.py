"""The signed profile of a session as numbers to draw: planned steps, the belt as measured, heart, turns, and cuts.

Time runs without what is no training: waiting before the first step, and pauses, which are marked where they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from coach.core.workout import Facing
from coach.history.statistics import Interval
from coach.history.summary import Summary
from coach.history.track import Sample, Track

LONGEST_GAP_S: Final = 3.0  # between two seconds that one line joins


@dataclass(frozen=True, slots=True)
class Bar:
    """A step as planned; speeds in km/h, without the sign of its facing."""

    from_s: float
    to_s: float
    first_kmh: float
    last_kmh: float
    rear: bool
    bridge: bool
    by_heart: bool  # the two speeds are bounds

    @property
    def top_kmh(self) -> float:
        """The fastest of it."""
        return max(self.first_kmh, self.last_kmh)


Line = tuple[tuple[float, float], ...]  # points of a line: seconds, and km/h or bpm


@dataclass(frozen=True, slots=True)
class Drawing:
    """A session to draw; seconds count from its first motion, pauses cut."""

    length_s: float
    bars: tuple[Bar, ...]
    rests: tuple[tuple[float, float], ...]
    turns: tuple[tuple[float, float], ...]
    cuts: tuple[tuple[float, float], ...]  # where a pause was, and how long it took
    belt: tuple[Line, ...]  # speeds below 0 face the rear
    heart: tuple[Line, ...]

    @property
    def rear(self) -> bool:
        """Something of it faces the rear."""
        return any(bar.rear for bar in self.bars)

    @property
    def moved(self) -> bool:
        """The belt ran at all."""
        return any(kmh for line in self.belt for _, kmh in line)

    @property
    def forward_kmh(self) -> float:
        """The highest speed above the axis, planned or measured."""
        told = [bar.top_kmh for bar in self.bars if not bar.rear]
        return max([*told, *(kmh for line in self.belt for _, kmh in line)], default=0.0)

    @property
    def backward_kmh(self) -> float:
        """The highest speed below it."""
        told = [bar.top_kmh for bar in self.bars if bar.rear]
        return max([*told, *(-kmh for line in self.belt for _, kmh in line)], default=0.0)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Instants of the session clock on the axis of a drawing."""

    from_s: float
    to_s: float
    pauses: tuple[tuple[float, float], ...]

    def at(self, at_s: float) -> float:
        """Where an instant is; what was cut is one place."""
        inside_s = min(max(at_s, self.from_s), self.to_s)
        cut_s = sum(min(end_s, inside_s) - start_s for start_s, end_s in self.pauses if start_s < inside_s)
        return inside_s - self.from_s - cut_s

    def cut(self, at_s: float) -> bool:
        """An instant that is not shown."""
        return not self.from_s <= at_s <= self.to_s or any(start_s < at_s < end_s for start_s, end_s in self.pauses)


def drawing(summary: Summary, intervals: Sequence[Interval], track: Track) -> Drawing:
    """A session as it is drawn: what its track calls the activity."""
    pauses = tuple((one.start_s, one.end_s) for one in track.pauses)
    axis = _Axis(track.start_s, max(track.end_s, track.start_s + 1.0), pauses)
    rows = [row for row in summary.segments if row.start_s is not None]
    samples = track.samples[int(axis.from_s) : int(axis.to_s) + 1]
    belt = ((one.at_s, sign * one.speed_kmh) for one, sign in _signed(samples) if one.speed_kmh is not None)
    return Drawing(
        length_s=axis.at(axis.to_s),
        bars=tuple(_bars(summary, intervals, axis)),
        rests=tuple((axis.at(row.start_s or 0), axis.at(row.end_s or 0)) for row in rows if row.kind == "rest"),
        turns=tuple(
            (axis.at(one.at_s), axis.at(one.at_s + sum(state.s for state in one.states))) for one in summary.turns
        ),
        cuts=tuple((axis.at(start_s), end_s - start_s) for start_s, end_s in pauses),
        belt=tuple(_lines(belt, axis)),
        heart=tuple(_lines(((one.at_s, float(one.bpm)) for one in samples if one.bpm), axis)),
    )


def _bars(summary: Summary, intervals: Sequence[Interval], axis: _Axis) -> Iterator[Bar]:
    """Each step from where it began, as long as it was planned or went on, but never into the next one."""
    begun = [(row, step) for row, step in zip(summary.segments, intervals, strict=True) if row.start_s is not None]
    for number, (row, step) in enumerate(begun):
        if row.target_kmh is None:
            continue
        from_s = axis.at(row.start_s or 0.0)
        end_s = axis.at(row.end_s if row.end_s is not None else summary.elapsed_s)
        next_s = axis.at(begun[number + 1][0].start_s or 0.0) if number + 1 < len(begun) else axis.at(axis.to_s)
        to_s = min(max(end_s, from_s + _planned_s(step)), max(next_s, end_s))
        last_kmh = row.target_kmh if row.target_end_kmh is None else row.target_end_kmh
        rear = row.facing == Facing.BACKWARD
        yield Bar(from_s, to_s, row.target_kmh, last_kmh, rear, row.kind == "bridge", step.by_heart)


def _planned_s(step: Interval) -> float:
    if step.planned_s is not None:
        return step.planned_s
    return step.planned_m / step.target_kmh * 3.6 if step.planned_m is not None and step.target_kmh else 0.0


def _signed(seconds: Sequence[Sample]) -> Iterator[tuple[Sample, int]]:
    """Every second with the side of the axis that it belongs to.

    Where nobody has said which way he faces, that is the side before, until the belt stands, and then the next one.
    """
    ahead = list(_next_sides(seconds))
    side, stood = ahead[0] if ahead else 1, False
    for one, following in zip(seconds, ahead, strict=True):
        stood = (stood or not one.moving) and one.facing is Facing.UNKNOWN
        if one.facing is not Facing.UNKNOWN or (stood and following):
            side = following
        yield one, side or 1


def _next_sides(seconds: Sequence[Sample]) -> Iterator[int]:
    """For every second the side of the facing that is known in it, or next after it; 0 where there is none."""
    sides, side = [0] * len(seconds), 0
    for index in range(len(seconds) - 1, -1, -1):
        facing = seconds[index].facing
        side = side if facing is Facing.UNKNOWN else -1 if facing is Facing.BACKWARD else 1
        sides[index] = side
    yield from sides


def _lines(points: Iterable[tuple[float, float]], axis: _Axis) -> Iterator[Line]:
    """Points as lines, which end at a gap, at a cut and where the side changes."""
    line: list[tuple[float, float]] = []
    last: tuple[float, float] | None = None
    for at_s, value in points:
        if axis.cut(at_s):
            continue
        if last is not None and (at_s - last[0] > LONGEST_GAP_S or value * last[1] < 0):
            yield tuple(line)
            line = []
        line.append((round(axis.at(at_s), 1), value))
        last = at_s, value
    if line:
        yield tuple(line)
