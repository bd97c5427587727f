"""Whether a treadmill can tilt as fast as a workout asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from coach.core.plan import Row
from coach.core.workout import Facing

TINY = 1e-6


class Late(NamedTuple):
    """A step that is over before its incline is there."""

    row: Row
    got_pct: float
    goal_pct: float
    needed_s: float


def inclines_late(rows: Sequence[Row], per_s: float) -> Iterator[Late]:
    """Forward steps that are over before the incline is there; where the belt stood it has time to tilt."""
    now_pct = 0.0
    for row in rows:
        target = row.segment.target
        if target is None or row.segment.facing is not Facing.FORWARD:
            now_pct = 0.0
            continue
        goal_pct = target.incline_pct if target.end_incline_pct is None else target.end_incline_pct
        now_pct = target.incline_pct if row.stands else now_pct
        needed_s = abs(goal_pct - now_pct) / per_s
        if row.planned_s is None or needed_s <= row.planned_s + TINY:
            now_pct = goal_pct
            continue
        way_pct = per_s * row.planned_s
        now_pct += way_pct if goal_pct > now_pct else -way_pct
        yield Late(row, round(now_pct, 1), goal_pct, needed_s)
