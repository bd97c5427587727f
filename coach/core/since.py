"""Conditions that must last before they trip: since when each holds. Nothing changes while only time passes."""

from __future__ import annotations

from math import inf
from typing import Final

from coach.core.belt import Belt
from coach.core.ftms import Status
from coach.core.guard import Guard, Since
from coach.core.heart import Strap
from coach.core.plan import Plan
from coach.core.sent import ECHO_S, MEASURE, Sent
from coach.core.trip import Action
from coach.core.wish import ON_BELT, Phase, Wish
from coach.core.workout import Facing

OVER_KMH: Final = 0.3  # above the cap (safety.md 2.5)
OFF_KMH: Final = 0.5  # off the target: not followed (safety.md 8)
CONSOLE_KMH: Final = 0.4  # a settled difference of more, or of 4 %, is the console (safety.md 8)
CONSOLE_PART: Final = 0.04
KEEPS_S: Final = 3.0  # near what was asked for so long, and as fast as before: settled (safety.md 5)
POISED_S: Final = 1.5  # for who makes it slower: a belt that is too slow only passes by on its way
MEASURED_KMH: Final = 4.0  # at less a difference is no measure of the belt
TREMBLES_S: Final = 20.0  # as near for so long, however its reports tremble; no ramp is so slow
MOVES_S: Final = 1.0  # from a write to what the belt makes of it
SPEAKS_S: Final = 1.0  # so long after a write a status is its own
GOES_KMH: Final = 0.15  # from what it was asked, towards what its console was set to
DRIFTS_KMH: Final = 0.1  # is still as fast; the slowest ramps change as much in two seconds
FOLLOW_S: Final = 15.0  # off the target for so long: not followed (safety.md 8)
INCLINE_PCT: Final = 0.5
INCLINE_S: Final = 20.0  # a machine has so long to reach an incline (safety.md 6a, SLOW)
TINY: Final = 1e-6
_OWN: Final = frozenset({Phase.RUN, Phase.BRIDGE})  # where the console's speed is taken
FAR_OVER_BPM: Final = 10.0  # above the ceiling (safety.md 8)
NEAR_MAX: Final = 0.95  # of a measured maximum (safety.md 8)


def lasting(plan: Plan, guard: Guard, belt: Belt, strap: Strap, sent: Sent, wish: Wish, at_s: float) -> Since:
    """Start, keep or clear the clocks; the same object where none changes."""
    since, kmh, facing = guard.since, belt.kmh if belt.link else None, wish.facing
    anew = since.row not in {-1, wish.row} and facing is Facing.FORWARD  # what did not follow may be asked again
    over = off = console = settled = kept = False
    by_s, near_s, near_kmh = inf, inf, 0.0
    if kmh is not None:
        over = facing is not Facing.FORWARD and kmh > guard.cap_kmh + OVER_KMH
        asked = sent.target_kmh
        if asked is not None and wish.phase in ON_BELT:
            far_off, same = others(kmh, asked), sent.target_at_s == guard.judged_at_s
            away = far_off and (facing is not Facing.FORWARD or others(kmh, asked * guard.part))
            if not away and at_s >= sent.target_at_s + MOVES_S:
                near_s, near_kmh = (since.near, since.near_kmh) if same and since.near < inf else (at_s, kmh)
                by_s = since.by if same and since.by < inf else at_s
            near_for_s, by_for_s = belt.heard_at_s - near_s, belt.heard_at_s - by_s
            if near_for_s >= POISED_S and abs(kmh - near_kmh) > DRIFTS_KMH + TINY:
                near_s, near_kmh, near_for_s = at_s, kmh, 0.0
            still_so = same or not away
            kept = (since.kept and still_so) or near_for_s >= KEEPS_S or by_for_s >= TREMBLES_S
            poised_s = 0.0 if facing.rear or sent.from_kmh < asked else POISED_S
            settled = (since.settled and still_so) or near_for_s >= poised_s
            if at_s >= sent.ramp_until_s:
                excused = anew and abs(kmh - asked) <= MEASURE * asked
                off = far_off and abs(kmh - asked) > OFF_KMH and not excused
                console = away and (kept if facing is Facing.FORWARD and kmh > asked else settled)
    incline = facing is Facing.BACKWARD and _tilted(belt, sent, wish, at_s)
    far, near_max = _racing(plan, strap, wish)
    if (
        wish.row == since.row
        and settled is since.settled
        and kept is since.kept
        and (by_s, near_s, near_kmh) == (since.by, since.near, since.near_kmh)
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
        by=by_s,
        near=near_s,
        near_kmh=near_kmh,
        kept=kept,
        row=wish.row,
    )


def measure(guard: Guard, belt: Belt, sent: Sent, wish: Wish, since: Since) -> float:
    """What the belt makes of a set-point, learned where it has just kept one facing the console; 1: what it is asked.

    Nobody calibrates treadmills, and the console is told from a belt that has always been some percent off.
    """
    asked = sent.target_kmh
    if asked is None or belt.kmh is None or guard.since.kept or not since.kept or wish.facing is not Facing.FORWARD:
        return guard.part
    if asked < MEASURED_KMH or belt.heard_at_s - since.near < KEEPS_S:
        return guard.part
    if abs(belt.kmh - asked) <= DRIFTS_KMH + TINY:
        return 1.0
    return min(max(belt.kmh / asked, 1 - MEASURE), 1 + MEASURE)


def told_kmh(belt: Belt, sent: Sent) -> float | None:
    """What the machine has said by status 05 to be its target since a set-point was written, where it is another."""
    status = belt.status
    ours_s = 0.0 if sent.adopted else SPEAKS_S
    if status is None or status.event != Status.TARGET_SPEED or belt.status_at_s <= sent.target_at_s + ours_s:
        return None
    if not isinstance(status.parameter, float) or sent.target_kmh is None:
        return None
    kmh = status.parameter * belt.units.target
    if kmh < belt.speeds.low - TINY:  # no speed that can be set: the console was stopped
        return None
    late = ((sent.before_kmh, sent.target_at_s), *sent.olds)
    olds = [old_kmh for old_kmh, until_s in late if old_kmh is not None and belt.status_at_s - until_s <= ECHO_S]
    ours = any(abs(kmh - own_kmh) <= belt.speeds.step / 2 + TINY for own_kmh in (sent.target_kmh, *olds))
    return None if ours else kmh


def console_kmh(guard: Guard, belt: Belt, sent: Sent, wish: Wish, at_s: float) -> float | None:
    """What the console was set to by its own word, where the belt bears it out: it is there, or on its way."""
    told = told_kmh(belt, sent)
    if told is None or belt.kmh is None:
        return None
    part = guard.part if wish.facing is Facing.FORWARD else 1.0
    if min(abs(told - belt.kmh), abs(told * part - belt.kmh)) <= CONSOLE_KMH + TINY:
        return told
    asked = (sent.target_kmh or 0.0) * part
    went_kmh = belt.kmh - asked if told * part > asked else asked - belt.kmh
    return told if at_s >= sent.ramp_until_s and went_kmh > GOES_KMH + TINY else None


def followed(guard: Guard, sent: Sent, wish: Wish) -> bool:
    """Facing the console the belt has kept what was asked: who is faster now has pressed there, and is not fought.

    A belt that only passed by on its ramp, and runs faster than it is asked, has not (safety.md 8).
    """
    own = wish.facing is Facing.FORWARD and wish.phase in _OWN and guard.action is Action.NOTE
    return own and guard.since.kept and guard.judged_at_s == sent.target_at_s


def others(kmh: float, asked_kmh: float) -> bool:
    """So far off what was asked that on a belt which had it somebody else set it (safety.md 8)."""
    off_kmh = abs(kmh - asked_kmh)
    return off_kmh > max(CONSOLE_KMH, CONSOLE_PART * asked_kmh) + TINY


def _start(since_s: float, at_s: float) -> float:
    return at_s if since_s == inf else since_s


def _tilted(belt: Belt, sent: Sent, wish: Wish, at_s: float) -> bool:
    if belt.incline_pct is None or sent.incline_pct is None or wish.phase is not Phase.RUN:
        return False
    return at_s - sent.incline_at_s > INCLINE_S and abs(belt.incline_pct - sent.incline_pct) > INCLINE_PCT


def _racing(plan: Plan, strap: Strap, wish: Wish) -> tuple[bool, bool]:
    if strap.bpm is None:
        return False, False
    max_bpm, mean_bpm = plan.runner.measured_max_bpm, strap.mean_bpm or 0.0
    return mean_bpm > ceiling_bpm(plan, wish) + FAR_OVER_BPM, max_bpm is not None and strap.bpm >= NEAR_MAX * max_bpm


def ceiling_bpm(plan: Plan, wish: Wish) -> float:
    """The highest heart rate for this facing; inf where none stops anything (safety.md 7, 8)."""
    if wish.facing is not Facing.FORWARD:
        return inf if plan.runner.beta_blocker else plan.heart_ceiling_bpm
    return plan.runner.forward_ceiling_bpm or inf
