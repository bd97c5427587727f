"""How a set-point gets from one speed to another: legs of steady change, and how far they come within a step."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt
from typing import Final, NamedTuple

from coach.core.cap import FIRST_S, FIRST_SHARE
from coach.core.machine import LOWEST_CREEP_KMH
from coach.core.plan import Row
from coach.core.safety import DOWN_KMH_S
from coach.core.workout import ExtentUnit

TINY: Final = 1e-6  # of reckoning with floats


class Leg(NamedTuple):
    """Some seconds in which a speed changes steadily."""

    seconds: float
    first_kmh: float
    last_kmh: float

    @property
    def metres(self) -> float:
        """How far the belt runs in it."""
        return self.seconds * (self.first_kmh + self.last_kmh) / 7.2

    def after(self, part: float) -> float:
        """The speed where a part of its metres is run."""
        square = self.first_kmh**2 + (self.last_kmh**2 - self.first_kmh**2) * part
        return sqrt(max(square, 0.0))


class Extent(NamedTuple):
    """How long a step is, in seconds or in metres."""

    amount: float
    metres: bool = False

    def of(self, leg: Leg) -> float:
        """How much of it a leg takes."""
        return leg.metres if self.metres else leg.seconds


def extent_of(row: Row) -> Extent | None:
    """The extent of a planned row; None where the runner ends it."""
    if row.segment.extent.unit is ExtentUnit.DISTANCE:
        return Extent(row.segment.extent.amount, metres=True)
    return None if row.planned_s is None else Extent(row.planned_s)


def change(first_kmh: float, last_kmh: float, per_s: float) -> Leg:
    """From one speed to another at a rate."""
    return Leg(abs(last_kmh - first_kmh) / per_s, first_kmh, last_kmh)


def needed(legs: Sequence[Leg], extent: Extent) -> float:
    """How long a step must be for all of its legs, in its own unit."""
    return sum(extent.of(leg) for leg in legs)


def reached(legs: Sequence[Leg], extent: Extent) -> float:
    """The speed at the end of a step."""
    left = extent.amount
    for leg in legs:
        whole = extent.of(leg)
        if left < whole - TINY:
            part = left / whole
            return leg.after(part) if extent.metres else leg.first_kmh + (leg.last_kmh - leg.first_kmh) * part
        left -= whole
    return legs[-1].last_kmh if legs else 0.0


class Rise(NamedTuple):
    """How a backward row gets to its speed."""

    row: Row
    legs: tuple[Leg, ...]
    slow_kmh: float  # while the first half minute lasts
    goal_kmh: float
    extent: Extent | None


def rises(rows: Sequence[Row], up_kmh_s: float) -> list[Rise]:
    """The way to its speed of each backward row that has one, by the ramp that the set-points have (safety.md 3, 6a).

    Where the belt stood the way to the first speed is no part of the row, since its clock starts behind it. In the
    first half minute of a session a share of the speed is the most, whichever rows it falls in.
    """
    found = list[Rise]()
    run_s, kmh = 0.0, LOWEST_CREEP_KMH
    for row in rows:
        target = row.segment.target
        if target is None or not row.segment.facing.rear:
            continue
        goal_kmh = target.speed_kmh if target.end_kmh is None else target.end_kmh
        extent = extent_of(row)
        slow_s = max(FIRST_S - run_s, 0.0)
        slow_kmh = max(LOWEST_CREEP_KMH, FIRST_SHARE * max(target.speed_kmh, goal_kmh))
        begin_kmh = (min(target.speed_kmh, slow_kmh) if slow_s else target.speed_kmh) if row.stands else kmh
        legs = _rise(begin_kmh, min(slow_kmh, goal_kmh), goal_kmh, slow_s, up_kmh_s)
        found.append(Rise(row, legs, slow_kmh, goal_kmh, extent))
        kmh = goal_kmh if extent is None else reached(legs, extent)
        run_s += inf if row.planned_s is None else row.planned_s
    return found


def _rise(first_kmh: float, slow_kmh: float, goal_kmh: float, slow_s: float, up_kmh_s: float) -> tuple[Leg, ...]:
    legs = list[Leg]()
    if slow_s:
        way = change(first_kmh, slow_kmh, up_kmh_s if slow_kmh > first_kmh else DOWN_KMH_S)
        held_s = max(slow_s - way.seconds, 0.0)
        legs += [way, Leg(held_s, slow_kmh, slow_kmh)]
        first_kmh = slow_kmh
    return (*legs, change(first_kmh, goal_kmh, up_kmh_s if goal_kmh > first_kmh else DOWN_KMH_S))
