"""Conditions that must last before they trip: since when each holds. Nothing changes while only time passes."""

from __future__ import annotations

from math import inf
from typing import Final

from coach.core.belt import Belt
from coach.core.guard import Guard, Since
from coach.core.heart import Strap
from coach.core.plan import Plan
from coach.core.sent import Sent
from coach.core.trip import Action
from coach.core.wish import ON_BELT, Phase, Wish
from coach.core.workout import Facing

OVER_KMH: Final = 0.3  # above the cap (safety.md 2.5)
OFF_KMH: Final = 0.5  # off the target: not followed (safety.md 8)
CONSOLE_KMH: Final = 0.4  # a settled difference of more, or of 4 %, is the console (safety.md 8)
CONSOLE_PART: Final = 0.04
KEEPS_S: Final = 3.0  # near what was asked for so long, as constant as a settled report (safety.md 5)
DRIFTS_KMH: Final = 0.1 + 1e-6  # is still as fast; the slowest ramps change as much in two seconds
INCLINE_PCT: Final = 0.5
INCLINE_S: Final = 20.0  # a machine has so long to reach an incline (safety.md 6a, SLOW)
_OWN: Final = frozenset({Phase.RUN, Phase.BRIDGE})  # where the console's speed is taken
FAR_OVER_BPM: Final = 10.0  # above the ceiling (safety.md 8)
NEAR_MAX: Final = 0.95  # of a measured maximum (safety.md 8)


def lasting(plan: Plan, guard: Guard, belt: Belt, strap: Strap, sent: Sent, wish: Wish, at_s: float) -> Since:
    """Start, keep or clear the clocks; the same object where none changes."""
    since, kmh, facing = guard.since, belt.kmh if belt.link else None, wish.facing
    over = off = console = settled = kept = False
    near_s, near_kmh = inf, 0.0
    if kmh is not None:
        over = facing is not Facing.FORWARD and kmh > guard.cap_kmh + OVER_KMH
        asked = sent.target_kmh
        if asked is not None and wish.phase in ON_BELT:
            away = others(kmh, asked)
            same = sent.target_at_s == guard.judged_at_s
            settled = not away or (since.settled and same)
            kept = since.kept and (same or not away)
            if at_s >= sent.ramp_until_s:
                off = away and abs(kmh - asked) > OFF_KMH
                if not away:
                    steady = same and since.near < inf and abs(kmh - since.near_kmh) <= DRIFTS_KMH
                    near_s, near_kmh = (since.near, since.near_kmh) if steady else (at_s, kmh)
                kept = kept or belt.heard_at_s - near_s >= KEEPS_S
                console = away and (kept if facing is Facing.FORWARD and kmh > asked else settled)
    incline = facing is Facing.BACKWARD and _tilted(belt, sent, wish, at_s)
    far, near_max = _racing(plan, strap, wish)
    if (
        settled is since.settled
        and kept is since.kept
        and (near_s, near_kmh) == (since.near, since.near_kmh)
        and over is (since.over != inf)
        and off is (since.off != inf)
        and console is (since.console != inf)
        and incline is (since.incline != inf)
        and far is (since.far != inf)
        and near_max is (since.near_max != inf)
    ):
        return since
    return Since(
        over=_start(since.over, at_s) if over else inf,
        off=_start(since.off, at_s) if off else inf,
        console=_start(since.console, at_s) if console else inf,
        incline=_start(since.incline, at_s) if incline else inf,
        far=_start(since.far, at_s) if far else inf,
        near_max=_start(since.near_max, at_s) if near_max else inf,
        settled=settled,
        near=near_s,
        near_kmh=near_kmh,
        kept=kept,
    )


def followed(guard: Guard, sent: Sent, wish: Wish) -> bool:
    """Facing the console the belt has kept what was asked: who is faster now has pressed there, and is not fought.

    A belt that only passed by on its ramp, and runs faster than it is asked, has not (safety.md 8).
    """
    own = wish.facing is Facing.FORWARD and wish.phase in _OWN and guard.action is Action.NOTE
    return own and guard.since.kept and guard.judged_at_s == sent.target_at_s


def others(kmh: float, asked_kmh: float) -> bool:
    """So far off what was asked that on a belt which had it somebody else set it (safety.md 8)."""
    off_kmh = abs(kmh - asked_kmh)
    return off_kmh > CONSOLE_KMH and off_kmh > CONSOLE_PART * asked_kmh


def _start(since_s: float, at_s: float) -> float:
    return at_s if since_s == inf else since_s


def _tilted(belt: Belt, sent: Sent, wish: Wish, at_s: float) -> bool:
    if belt.incline_pct is None or sent.incline_pct is None or wish.phase is not Phase.RUN:
        return False
    return at_s - sent.incline_at_s > INCLINE_S and abs(belt.incline_pct - sent.incline_pct) > INCLINE_PCT


def _racing(plan: Plan, strap: Strap, wish: Wish) -> tuple[bool, bool]:
    if strap.bpm is None:
        return False, False
    max_bpm, most = plan.runner.measured_max_bpm, ceiling_bpm(plan, wish)
    far = most < inf and strap.bpm > 0 and (strap.mean_bpm or 0.0) > most + FAR_OVER_BPM
    return far, max_bpm is not None and strap.bpm >= NEAR_MAX * max_bpm


def ceiling_bpm(plan: Plan, wish: Wish) -> float:
    """The highest heart rate for this facing; inf where none stops anything (safety.md 7, 8)."""
    if wish.facing is not Facing.FORWARD:
        return inf if plan.runner.beta_blocker else plan.heart_ceiling_bpm
    return plan.runner.forward_ceiling_bpm or inf
