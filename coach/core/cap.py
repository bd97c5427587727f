"""How fast and how steep it may be now: each cap with the rule that gives it (safety.md 3, 5 and 7)."""

from __future__ import annotations

from math import inf
from typing import Final

from coach.core.belt import Belt
from coach.core.dose import Dose
from coach.core.guard import Guard
from coach.core.level import FAST_KMH
from coach.core.machine import MachineProfile
from coach.core.plan import Plan
from coach.core.rules import OF_FORWARD
from coach.core.trip import Action
from coach.core.wish import ON_BELT, Wish
from coach.core.workout import Facing

NO_HEART: Final = 0.8  # share of the cap without a heart rate (safety.md 3)
NO_HEART_S: Final = 30.0  # reached so long after the strap was lost
FIRST_S: Final = 30.0  # the first block of a session begins slower for so long (safety.md 3)
FIRST_SHARE: Final = 0.6
SECOND_KMH: Final = 1.0  # above creep: the second set-point of a session (safety.md 5)
CREEP_S: Final = 5.0  # at creep after a standing start, forward (safety.md 7)
GENTLE_KMH: Final = 6.0  # most for GENTLE_S after a standing start or a turn (safety.md 7)
GENTLE_S: Final = 15.0
TINY: Final = 1e-6


def cap_of(plan: Plan, guard: Guard, dose: Dose, belt: Belt, wish: Wish, at_s: float) -> tuple[float, str]:
    """The highest set-point for this facing and the rule that gives it (safety.md 3 and 7)."""
    if wish.facing is Facing.FORWARD:
        return _forward_cap(plan, guard, belt, wish.row)
    if wish.facing is Facing.UNKNOWN:
        return belt.creep_kmh, "facing-unknown"
    cap = min(
        (plan.caps.speed_kmh, "level"),
        (OF_FORWARD * dose.held_kmh, "of-forward"),
        (belt.speeds.high, "machine"),
    )
    if not unit_known(plan.profile, belt):
        cap = min(cap, (belt.creep_kmh, "unit-unknown"))
    if guard.heartless_at_s < inf:
        gone = min((at_s - guard.heartless_at_s) / NO_HEART_S, 1.0)
        cap = min(cap, (plan.caps.speed_kmh * (1 - (1 - NO_HEART) * gone), "no-heart"))
    if guard.ease_row == wish.row and wish.phase in ON_BELT:
        cap = min(cap, (guard.ease_kmh, "heart"))
    return cap


def unit_known(profile: MachineProfile, belt: Belt) -> bool:
    """The machine's unit was measured, or answered where measuring proves nothing (safety.md 5)."""
    return profile.unit_answered or (belt.units.measured and not profile.unit_doubtful)


def _forward_cap(plan: Plan, guard: Guard, belt: Belt, row: int) -> tuple[float, str]:
    cap = min((plan.runner.fastest_kmh, "forward-limit"), (belt.speeds.high, "machine"))
    if guard.stage == 0:
        cap = min(cap, (belt.creep_kmh, "creep-first"))
    elif guard.stage == 1:
        cap = min(cap, (belt.creep_kmh + SECOND_KMH, "second-set-point"))
    if guard.ease_row == row:
        cap = min(cap, (guard.ease_kmh, "heart"))
    return cap


def soft_cap(plan: Plan, guard: Guard, dose: Dose, belt: Belt, wish: Wish, cap_kmh: float, at_s: float) -> float:
    """The cap, and what the first seconds after a start or of the first block take off it."""
    creep_kmh = belt.creep_kmh
    if wish.guided or guard.action is Action.GUIDED:
        return min(cap_kmh, creep_kmh)
    if wish.facing is Facing.FORWARD:
        if at_s < wish.careful_until_s:
            cap_kmh = min(cap_kmh, plan.caps.speed_kmh)
        gentle_from_s = guard.faster_at_s if plan.backward else guard.motion_at_s
        if guard.faster_at_s == inf and at_s - guard.motion_at_s < CREEP_S:
            return min(cap_kmh, creep_kmh)
        if guard.faster_at_s == inf or at_s - gentle_from_s < GENTLE_S:
            return min(cap_kmh, GENTLE_KMH)
        return cap_kmh
    target = plan.rows[wish.row].segment.target if wish.row < len(plan.rows) else None
    if wish.facing is Facing.BACKWARD and target is not None and dose.run.read(at_s) < FIRST_S - TINY:
        return min(cap_kmh, max(creep_kmh, FIRST_SHARE * max(target.speed_kmh, target.end_kmh or 0.0)))
    return cap_kmh


def soft_rule(wish: Wish) -> str:
    """The name of that rule."""
    return "after-start" if wish.facing is Facing.FORWARD else "first-half-minute"


def incline_of(plan: Plan, belt: Belt, wish: Wish) -> float | None:
    """Within the machine's range; facing the rear never negative and never above the row's cap."""
    if wish.incline_pct is None or not plan.profile.incline_control:
        return None
    incline_pct = min(max(wish.incline_pct, belt.inclines.low), belt.inclines.high)
    if wish.facing is Facing.FORWARD:
        return belt.inclines.snap(min(incline_pct, plan.runner.steepest_pct))
    fast = (wish.target_kmh or 0.0) > FAST_KMH
    cap_pct = plan.caps.fast_incline_pct if fast else plan.caps.incline_pct
    if wish.facing is Facing.UNKNOWN:
        cap_pct = 0.0
    wanted_pct = belt.inclines.snap(max(min(incline_pct, cap_pct), 0.0))
    level_pct = wanted_pct if wanted_pct >= 0 else belt.inclines.at_least(0.0)
    return level_pct if level_pct <= cap_pct + TINY else None
