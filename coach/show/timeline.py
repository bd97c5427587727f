"""A plan laid out in time: every row and the stop before it for the table, and bars on an axis for the profiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from coach.core.plan import Plan, Row
from coach.core.workout import Facing

OPEN_S: Final = 120.0  # how long a row without an end is drawn


@dataclass(frozen=True, slots=True)
class Place:
    """A row in time. Stops are those of turns and of rests; a row without an end counts nothing."""

    row: Row
    stop_s: float  # 0 where the belt runs on
    start_s: float  # of the row, behind its stop
    length_s: float

    @property
    def end_s(self) -> float:
        """Where the next one begins."""
        return self.start_s + self.length_s

    @property
    def stop_at_s(self) -> float:
        """Where the stop before it begins."""
        return self.start_s - self.stop_s

    @property
    def open(self) -> bool:
        """It goes on until the runner says so."""
        return self.row.planned_s is None


def timeline(plan: Plan) -> tuple[Place, ...]:
    """Every row in its place; the last one ends at `plan.planned_s + plan.turns_s`."""
    return tuple(_places(plan))


def _places(plan: Plan) -> Iterator[Place]:
    at_s = 0.0
    for index, row in enumerate(plan.rows):
        stop_s = plan.turn_s(index) if row.turn or row.kind == "rest" else 0.0
        place = Place(row, stop_s, at_s + stop_s, row.planned_s or 0.0)
        yield place
        at_s = place.end_s


@dataclass(frozen=True, slots=True)
class Bar:
    """A place on the axis of a drawing, where an open row has a length too."""

    place: Place
    stop_s: float  # where the stop before it begins
    from_s: float
    to_s: float

    @property
    def rear(self) -> bool:
        """It hangs from the axis."""
        return self.place.row.segment.facing is Facing.BACKWARD

    @property
    def speeds_kmh(self) -> tuple[float, float]:
        """At its beginning and at its end, 0 for a rest; where the heart decides, the one where it begins."""
        target = self.place.row.segment.target
        if target is None:
            return 0.0, 0.0
        return target.speed_kmh, target.speed_kmh if target.end_kmh is None else target.end_kmh


def bars_of(plan: Plan) -> tuple[Bar, ...]:
    """Every row as a bar."""
    return tuple(_bars(plan))


def drawn_s(bars: Sequence[Bar], at_s: float) -> float:
    """Where an instant of the session is on the axis: behind the open rows that came before it."""
    return at_s + OPEN_S * sum(bar.place.open and bar.place.start_s < at_s for bar in bars)


def envelope(bars: Sequence[Bar], columns: int) -> tuple[list[float], list[float]]:
    """The fastest speed in each column of a drawing, facing the console and facing the rear; 0 where there is none."""
    rising, hanging = [0.0] * columns, [0.0] * columns
    for bar in bars:
        speeds = hanging if bar.rear else rising
        its = within(bar.from_s, bar.to_s, bars[-1].to_s, columns)
        for x in its:
            speeds[x] = max(speeds[x], _kmh(bar, x, its))
    return rising, hanging


def within(from_s: float, to_s: float, total_s: float, columns: int) -> range:
    """The columns whose middle is in a stretch; of a short one the column that it is in."""
    first, last = (ceil(end_s / total_s * columns - 0.5 - 1e-9) for end_s in (from_s, to_s))
    if first < last:
        return range(max(first, 0), min(last, columns))
    x = min(int((from_s + to_s) / 2 / total_s * columns), columns - 1)
    return range(x, x + 1)


def _bars(plan: Plan) -> Iterator[Bar]:
    at_s = 0.0
    for place in timeline(plan):
        from_s = at_s + place.stop_s
        to_s = from_s + (OPEN_S if place.open else place.length_s)
        yield Bar(place, at_s, from_s, to_s)
        at_s = to_s


def _kmh(bar: Bar, x: int, columns: range) -> float:
    """The highest speed in a column; the first and the last one of a ramp have its ends."""
    first, last = bar.speeds_kmh
    left, right = ((edge - columns[0]) / len(columns) for edge in (x, x + 1))
    return max(first + (last - first) * left, first + (last - first) * right)
