"""Which trips hold at this instant: each row of safety.md 8 as a condition on what was heard and asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Final

from coach.core.belt import Belt, Sent
from coach.core.dose import Dose
from coach.core.event import Event, Heard
from coach.core.ftms import MACHINE_STATUS, Status
from coach.core.heart import Strap
from coach.core.plan import Plan
from coach.core.trip import Trip
from coach.core.wish import ON_BELT, STANDING, Phase, Wish
from coach.core.workout import Facing, Level

if TYPE_CHECKING:
    from coach.core.guard import Guard

OVER_KMH: Final = 0.3  # above the cap for OVER_S plus a report: Stop (safety.md 2.5)
OVER_S: Final = 2.0
FALLS_KMH: Final = 0.3  # a Stop that works has done so much within OBEY_S (safety.md 1, NOT_OBEYED)
OBEY_S: Final = 3.0
RETURN_S: Final = 1.5  # and its write has come back
LATE_S: Final = 4.0  # after the stop time: LATE
SILENT_LATE_S: Final = 9.0  # a machine that falls silent needs 5 s of silence to be STILL
RISES_KMH: Final = 0.3  # within RISES_S of a slowing write: the machine goes the wrong way (safety.md 2.4)
RISES_S: Final = 5.0
OFF_KMH: Final = 0.5  # off the target by more for FOLLOW_S: not followed (safety.md 8)
FOLLOW_S: Final = 15.0
CONSOLE_KMH: Final = 0.4  # a settled difference of more, or of 4 %, for CONSOLE_S is the console (safety.md 8)
CONSOLE_PART: Final = 0.04
CONSOLE_S: Final = 5.0
AGAIN_S: Final = 30.0  # a second time within: guided stop (safety.md 8)
INCLINE_PCT: Final = 0.5
INCLINE_S: Final = 20.0  # a machine has so long to reach an incline (safety.md 6a, SLOW)
FOCUS_S: Final = 5.0  # press lost while rear: guided stop after (safety.md 4)
OWN_STOP_S: Final = 3.0  # a status 02 within is explained by our own Stop (safety.md 5)
OWN_START_S: Final = 15.0  # motion within is explained by a Start that still stands
GRACE_S: Final = 60.0  # after a change of speed the heart may be over its ceiling (safety.md 8)
FAR_OVER_BPM: Final = 10.0
FAR_OVER_S: Final = 20.0
NEAR_MAX: Final = 0.95  # of a measured maximum for NEAR_MAX_S
NEAR_MAX_S: Final = 5.0
EASED_S: Final = 45.0  # still high after easing off: the block ends
OVERRUN_S: Final = 0.5  # a block that ends on its cap is no overrun


@dataclass(frozen=True, slots=True)
class Since:
    """Since when a condition holds that must last before it trips; inf: it does not."""

    over: float = inf
    off: float = inf
    console: float = inf
    incline: float = inf
    far: float = inf
    near_max: float = inf
    settled: bool = False  # the belt has reached the last set-point


def lasting(plan: Plan, guard: Guard, belt: Belt, strap: Strap, sent: Sent, wish: Wish, at_s: float) -> Since:
    """Start, keep or clear the clocks of conditions that must last."""
    since, kmh = guard.since, belt.kmh
    asked = sent.target_kmh if wish.phase in ON_BELT else None
    heard = belt.link and kmh is not None
    off_kmh = abs(kmh - asked) if kmh is not None and asked is not None and heard else 0.0
    tolerance_kmh = 0.0 if asked is None else max(CONSOLE_KMH, CONSOLE_PART * asked)
    fresh = sent.target_at_s != guard.judged_at_s
    settled = asked is not None and ((since.settled and not fresh) or (off_kmh <= tolerance_kmh and heard))
    ramping = at_s < sent.ramp_until_s
    ceiling = _ceiling(plan, wish)
    bpm = strap.mean_bpm if strap.bpm is not None and ceiling < inf else None
    max_bpm = plan.runner.measured_max_bpm
    incline_off = (
        belt.incline_pct is not None
        and sent.incline_pct is not None
        and wish.phase is Phase.RUN
        and wish.facing is Facing.BACKWARD
        and at_s - sent.incline_at_s > INCLINE_S
        and abs(belt.incline_pct - sent.incline_pct) > INCLINE_PCT
    )
    found = Since(
        over=_start(since.over, wish.facing.rear and heard and (kmh or 0.0) > guard.cap_kmh + OVER_KMH, at_s),
        off=_start(since.off, asked is not None and off_kmh > OFF_KMH and not ramping, at_s),
        console=_start(since.console, settled and off_kmh > tolerance_kmh and not ramping, at_s),
        incline=_start(since.incline, incline_off, at_s),
        far=_start(since.far, bpm is not None and bpm > ceiling + FAR_OVER_BPM, at_s),
        near_max=_start(
            since.near_max, max_bpm is not None and strap.bpm is not None and strap.bpm >= NEAR_MAX * max_bpm, at_s
        ),
        settled=settled,
    )
    return since if found == since else found


def _start(since_s: float, holds: bool, at_s: float) -> float:
    return (at_s if since_s == inf else since_s) if holds else inf


def _ceiling(plan: Plan, wish: Wish) -> float:
    if wish.facing.rear:
        return inf if plan.runner.beta_blocker else plan.heart_ceiling_bpm
    return plan.runner.forward_ceiling_bpm or inf


def causes(
    plan: Plan, guard: Guard, dose: Dose, belt: Belt, strap: Strap, sent: Sent, wish: Wish, event: Event
) -> Iterator[Trip]:
    """All trips that hold now; a trip that is latched may come again."""
    at_s = event.at_s
    if wish.phase is Phase.ENDED or wish.phase is Phase.CONNECTING:
        return
    yield from _link(belt, sent, wish, at_s)
    yield from _machine(plan, belt, sent, wish, event)
    yield from _speed(guard, belt, sent, wish, at_s)
    yield from _cockpit(guard, wish, at_s)
    if not guard.control:
        yield Trip.CONTROL_LOST
    if wish.phase in ON_BELT:
        yield from _heart(plan, guard, strap, wish, at_s)
        yield from _block(plan, guard, dose, belt, wish, at_s)


def _link(belt: Belt, sent: Sent, wish: Wish, at_s: float) -> Iterator[Trip]:
    if not belt.link:
        yield Trip.LINK_LOST
        return
    silence = belt.silence(at_s, wish.facing, sent)
    if silence >= 2:
        yield Trip.STALE
    elif silence >= 1:
        yield Trip.QUIET


def _machine(plan: Plan, belt: Belt, sent: Sent, wish: Wish, event: Event) -> Iterator[Trip]:
    at_s, standing = event.at_s, wish.phase in STANDING or wish.stands
    if isinstance(event, Heard) and event.uuid == MACHINE_STATUS and belt.status is not None:
        match belt.status.event:
            case Status.STOPPED if not standing and at_s - sent.stop_at_s > OWN_STOP_S and not sent.stopping:
                yield Trip.CONSOLE_STOP
            case Status.SAFETY_KEY if not belt.still:
                yield Trip.KEY
            case Status.STARTED if standing and not _started(sent, at_s):
                yield Trip.BELT_MOVES
            case _:
                pass
    early = wish.phase is Phase.STARTING and not _started(sent, at_s)
    if belt.moving and (standing or early):
        yield Trip.BELT_MOVES
    if wish.phase in ON_BELT and belt.still and not sent.stopping:
        yield Trip.CONSOLE_STOP
    if sent.stopping and _ignored(plan, belt, sent, at_s):
        yield Trip.STOP_IGNORED


def _started(sent: Sent, at_s: float) -> bool:
    return sent.start_at_s > sent.stop_at_s and at_s - sent.start_at_s <= OWN_START_S


def _ignored(plan: Plan, belt: Belt, sent: Sent, at_s: float) -> bool:
    """NOT_OBEYED or LATE (safety.md 1)."""
    since_s = at_s - sent.stop_at_s
    if belt.still or not belt.link:
        return False
    silent = plan.profile.silent_when_stopped
    if since_s >= OBEY_S and belt.moving and (belt.kmh or 0.0) > sent.stop_from_kmh - FALLS_KMH:
        return True
    if since_s >= OBEY_S and belt.heard_at_s < sent.stop_at_s and not silent:
        return True
    if since_s >= RETURN_S and not sent.stop_returned:
        return True
    return since_s >= plan.profile.stop_s(sent.stop_from_kmh) + (SILENT_LATE_S if silent else LATE_S)


def _speed(guard: Guard, belt: Belt, sent: Sent, wish: Wish, at_s: float) -> Iterator[Trip]:
    kmh = belt.kmh
    if kmh is None or not belt.link or sent.stopping:
        return
    since = guard.since
    if at_s - sent.slowed_at_s <= RISES_S and kmh > sent.slowed_from_kmh + RISES_KMH:
        yield Trip.RISING
    if at_s - since.over >= OVER_S + belt.period_s:
        yield Trip.OVER_CAP
    if wish.phase not in ON_BELT:
        return
    if at_s - since.console >= CONSOLE_S or _other_target(belt, sent):
        faster = kmh > (sent.target_kmh or 0.0)
        if not (faster and wish.facing.rear):
            yield Trip.CONSOLE
        elif at_s - guard.console_faster_at_s <= AGAIN_S and Trip.CONSOLE_FASTER not in guard.notes:
            yield Trip.CONSOLE_AGAIN
        else:
            yield Trip.CONSOLE_FASTER
    elif at_s - since.off >= FOLLOW_S:
        yield Trip.NOT_FOLLOWED


def _other_target(belt: Belt, sent: Sent) -> bool:
    """A status 05 with a speed that we did not ask for, and that the belt has reached."""
    status = belt.status
    if status is None or status.event != Status.TARGET_SPEED or belt.status_at_s <= sent.target_at_s + 1:
        return False
    if not isinstance(status.parameter, float) or sent.target_kmh is None or belt.kmh is None:
        return False
    other_kmh = status.parameter * belt.units.target
    known = (sent.target_kmh, sent.before_kmh if sent.before_kmh is not None else sent.target_kmh)
    return (
        min(abs(other_kmh - kmh) for kmh in known) > belt.speeds.step / 2 and abs(other_kmh - belt.kmh) <= CONSOLE_KMH
    )


def _cockpit(guard: Guard, wish: Wish, at_s: float) -> Iterator[Trip]:
    if not guard.sound:
        yield Trip.SOUND_LOST
    if guard.focus_at_s < inf:
        rear_late = wish.facing.rear and at_s - guard.focus_at_s >= FOCUS_S and wish.phase in ON_BELT
        yield Trip.FOCUS_LOST if rear_late else Trip.FOCUS_AWAY
    if guard.cockpit is not None:
        yield guard.cockpit


def _heart(plan: Plan, guard: Guard, strap: Strap, wish: Wish, at_s: float) -> Iterator[Trip]:
    if strap.bpm is None:
        if plan.strap or plan.level is Level.REHAB:
            yield Trip.HEART_MISSING
        if plan.level is Level.REHAB and wish.facing is Facing.BACKWARD:
            yield Trip.STRAP_REQUIRED
        return
    ceiling = _ceiling(plan, wish)
    over_bpm = (strap.mean_bpm or 0.0) - ceiling if ceiling < inf else -inf
    if at_s - guard.since.far >= FAR_OVER_S or at_s - guard.since.near_max >= NEAR_MAX_S:
        yield Trip.HEART_DANGER
    if over_bpm > FAR_OVER_BPM or (over_bpm > 0 and at_s - guard.changed_at_s >= GRACE_S):
        yield Trip.HEART_HIGH
    if over_bpm > 0 and guard.ease_row == wish.row and at_s - guard.eased_at_s >= EASED_S:
        yield Trip.HEART_STAYS_HIGH


def _block(plan: Plan, guard: Guard, dose: Dose, belt: Belt, wish: Wish, at_s: float) -> Iterator[Trip]:
    if wish.facing is not Facing.BACKWARD:
        return
    if belt.creep_kmh > guard.cap_kmh + 1e-6:
        yield Trip.BELOW_MINIMUM
    run_s, block_s = dose.run.read(at_s), dose.block.read(at_s)
    if block_s > plan.caps.block_s + OVERRUN_S or run_s > plan.caps.session_s + OVERRUN_S:
        yield Trip.DOSE
    if at_s - guard.since.incline >= CONSOLE_S:
        yield Trip.INCLINE_STUCK if guard.incline_again else Trip.CONSOLE_INCLINE
