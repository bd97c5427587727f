"""The shape of a session along its axis: stretches at one speed, rows of a plan or what was measured. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from coach.core.plan import Plan, Row
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.wire import Snapshot

OPEN_S: Final = 120.0  # how long a row without an end is drawn
_TURN_SHARE: Final = {  # how far through a turn a state is
    Phase.BRIDGE: 0.0,
    Phase.SLOW: 0.1,
    Phase.RAILS: 0.3,
    Phase.STOPPING: 0.4,
    Phase.READY: 0.5,
    Phase.STARTING: 0.7,
    Phase.CONSOLE_START: 0.7,
    Phase.STEP_ON: 0.8,
    Phase.RAMP: 0.95,
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the axis: a row, or the turn before one (`row` is then the row that it leads to)."""

    from_s: float
    to_s: float
    row: int
    facing: Facing
    from_kmh: float = 0.0
    to_kmh: float = 0.0
    turn: bool = False

    def kmh(self, at_s: float) -> float:
        """The speed at a place."""
        share = (at_s - self.from_s) / max(self.to_s - self.from_s, 1e-9)
        return self.from_kmh + (self.to_kmh - self.from_kmh) * share


@dataclass(frozen=True, slots=True)
class Shape:
    """A plan as a profile draws it."""

    stretches: tuple[Stretch, ...]
    max_bpm: float

    @property
    def total_s(self) -> float:
        """The length of the axis, turns included."""
        return self.stretches[-1].to_s if self.stretches else 0.0

    def highest_kmh(self, facing: Facing) -> float:
        """The fastest bar on one side."""
        return max((max(s.from_kmh, s.to_kmh) for s in self.stretches if s.facing is facing), default=0.0)

    def at(self, at_s: float) -> Stretch:
        """The stretch at a place of the axis."""
        return self.stretches[max(bisect_right(self.stretches, at_s, key=attrgetter("from_s")) - 1, 0)]


NO_SHAPE: Final = Shape((), 1.0)


def shape_of(plan: Plan) -> Shape:
    """The profile of a plan; rows without an end are drawn for two minutes."""
    return Shape(tuple(_stretches(plan)), plan.runner.max_bpm)


def _stretches(plan: Plan) -> Iterator[Stretch]:
    at_s = 0.0
    for index, row in enumerate(plan.rows):
        if row.turn:
            end_s = at_s + plan.turn_s(index)
            yield Stretch(at_s, end_s, index, row.segment.facing, turn=True)
            at_s = end_s
        end_s = at_s + (OPEN_S if row.planned_s is None else row.planned_s)
        yield Stretch(at_s, end_s, index, row.segment.facing, *_speeds(row))
        at_s = end_s


def _speeds(row: Row) -> tuple[float, float]:
    target, heart = row.segment.target, row.segment.heart
    if target is None:
        return 0.0, 0.0
    if heart is not None:
        return (target.speed_kmh,) * 2
    return target.speed_kmh, target.speed_kmh if target.end_kmh is None else target.end_kmh


def cursor_of(plan: Plan, shape: Shape, snapshot: Snapshot) -> float:
    """How far along the axis a session is."""
    if snapshot.row >= len(plan.rows) or not shape.stretches:
        return shape.total_s
    own = [stretch for stretch in shape.stretches if stretch.row == snapshot.row]
    turns = own[0].turn and snapshot.clock_s <= 0
    if turns and not snapshot.runs:
        share = _TURN_SHARE.get(snapshot.phase, 0.5)
        return own[0].from_s + share * (own[0].to_s - own[0].from_s)
    return own[-1].from_s + _row_share(plan.rows[snapshot.row], snapshot) * (own[-1].to_s - own[-1].from_s)


def _row_share(row: Row, snapshot: Snapshot) -> float:
    if row.planned_m:
        return 1 - min(max((snapshot.left_m or 0.0) / row.planned_m, 0.0), 1.0)
    if row.planned_s is None:
        return snapshot.clock_s / (snapshot.clock_s + OPEN_S / 2)
    return min(snapshot.clock_s / row.planned_s, 1.0) if row.planned_s else 1.0
