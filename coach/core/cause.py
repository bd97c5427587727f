"""Which trips hold at this instant: each row of safety.md 8 as a condition on what was heard and asked."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Final

from coach.core.belt import Belt, stopped_at_s
from coach.core.dose import Dose
from coach.core.event import Event, Heard
from coach.core.ftms import MACHINE_STATUS, Status
from coach.core.guard import Guard
from coach.core.heart import Strap
from coach.core.plan import Plan
from coach.core.sent import Sent
from coach.core.since import FAR_OVER_BPM, FOLLOW_S, ceiling_bpm, console_kmh
from coach.core.trip import Trip
from coach.core.wish import ON_BELT, READING, STANDING, Phase, Wish
from coach.core.workout import Facing, Level

UNSEEN_S: Final = 3.0  # stale facing FORWARD (safety.md 1), for a belt that is about to be started by hand
SHORTEST_STALE_S: Final = 2.0  # nothing is stale sooner (safety.md 1)
OVER_S: Final = 2.0  # above the cap for so long plus a report: Stop (safety.md 2.5)
FALLS_KMH: Final = 0.3  # a Stop that works has done so much within OBEY_S (safety.md 1, NOT_OBEYED)
OBEY_S: Final = 3.0
STOOD_S: Final = 1.0  # a belt that stood so long after our Stop, and moves again, has not obeyed
RETURN_S: Final = 1.5  # and its write has come back
LATE_S: Final = 4.0  # after the stop time: LATE
SILENT_LATE_S: Final = 9.0  # a machine that falls silent needs 5 s of silence to be STILL
RISES_KMH: Final = 0.3  # within RISES_S of a slowing write: the machine goes the wrong way (safety.md 2.4)
RISES_S: Final = 5.0
CONSOLE_S: Final = 5.0  # a settled difference for so long is the console (safety.md 8)
AGAIN_S: Final = 30.0  # a second time within: guided stop (safety.md 8)
FOCUS_S: Final = 5.0  # press lost while rear: guided stop after (safety.md 4)
OWN_STOP_S: Final = 3.0  # a status 02 within is explained by our own Stop (safety.md 5)
GRACE_S: Final = 60.0  # after a change of speed the heart may be over its ceiling (safety.md 8)
FAR_OVER_S: Final = 20.0  # far above the ceiling for so long is danger
NEAR_MAX_S: Final = 5.0  # as is close to a measured maximum
EASED_S: Final = 45.0  # still high after easing off: the block ends
NONE: Final[frozenset[Trip]] = frozenset()
OVERRUN_S: Final = 0.5  # a block that ends on its cap is no overrun


def causes(
    plan: Plan, guard: Guard, dose: Dose, belt: Belt, strap: Strap, sent: Sent, wish: Wish, event: Event
) -> frozenset[Trip]:
    """All trips that hold now; a trip that is latched may come again."""
    if wish.phase in READING:
        return NONE
    found = [*_machine(plan, guard, belt, sent, wish, event)]
    if not belt.link:
        if not (sent.renews(event.at_s) and wish.phase in STANDING):
            found.append(Trip.LINK_LOST)
    elif (
        event.at_s - belt.heard_at_s >= SHORTEST_STALE_S
        and not _silent_yet(plan, belt, sent)
        and (silence := belt.silence(event.at_s, wish.facing, sent)) >= 1
    ):
        found.append(Trip.STALE if silence >= 2 else Trip.QUIET)
    elif wish.phase is Phase.CONSOLE_START and (belt.still or belt.unheard(sent)) and _unseen(plan, belt, event.at_s):
        found.append(Trip.STALE)
    if belt.kmh is not None and belt.link and not sent.stopping:
        found += _speed(guard, belt, sent, wish, event.at_s)
    alone = not guard.sound or not guard.guarded or guard.cockpit is not None
    if alone or guard.focus_at_s < inf or not guard.control:
        found += _cockpit(guard, belt, sent, wish, event.at_s)
    if wish.phase in ON_BELT:
        found += _heart(plan, guard, strap, wish, event.at_s)
        if wish.facing is Facing.BACKWARD:
            found += _block(plan, guard, dose, belt, event.at_s)
    return frozenset(found) if found else NONE


def _silent_yet(plan: Plan, belt: Belt, sent: Sent) -> bool:
    """A machine that is silent at rest was told to start, or not to, and speaks when its belt moves."""
    return plan.profile.silent_when_stopped and (belt.started(sent) or belt.unheard(sent))


def _unseen(plan: Plan, belt: Belt, at_s: float) -> bool:
    """Somebody was asked to start a belt that stood when it was heard last: it may run by now."""
    limit_s = 2 * max(UNSEEN_S, 4 * belt.period_s)
    return not plan.profile.silent_when_stopped and at_s - max(belt.heard_at_s, belt.link_at_s) >= limit_s


def _machine(plan: Plan, guard: Guard, belt: Belt, sent: Sent, wish: Wish, event: Event) -> Iterator[Trip]:
    at_s, standing = event.at_s, wish.phase in STANDING or wish.stands
    asked = sent.stopping or wish.asks_stop  # the stop is ours, or was asked for
    early = wish.phase is Phase.STARTING and (wish.counts_down or not _started(guard, sent, at_s))
    if isinstance(event, Heard) and event.uuid == MACHINE_STATUS and belt.status is not None:
        match belt.status.event:
            case Status.STOPPED if not standing and not asked and at_s - sent.stop_at_s > OWN_STOP_S:
                yield Trip.CONSOLE_STOP
            case Status.SAFETY_KEY if not belt.still:
                yield Trip.KEY
            case Status.STARTED if standing or early:
                yield Trip.BELT_MOVES
            case _:
                pass
    if belt.moving and (standing or early):
        yield Trip.BELT_MOVES
    if wish.phase in ON_BELT and belt.still and not asked:
        yield Trip.CONSOLE_STOP
    failed = wish.phase is Phase.STOP_FAILED and not belt.still and Trip.STOP_IGNORED in guard.notes
    if failed or (sent.stopping and _ignored(plan, belt, sent, at_s)):
        yield Trip.STOP_IGNORED


def _started(guard: Guard, sent: Sent, at_s: float) -> bool:
    """The Start that was permitted last is written, and what moves now moves by it."""
    written = sent.start_at_s >= guard.started_at_s > -inf
    return written and sent.start_at_s > sent.stop_at_s and sent.started_lately(at_s)


def _ignored(plan: Plan, belt: Belt, sent: Sent, at_s: float) -> bool:
    """NOT_OBEYED or LATE (safety.md 1)."""
    since_s = at_s - sent.stop_at_s
    if belt.still or not belt.link or sent.stop_at_s < belt.link_at_s:  # one on a link that was lost may not have come
        return False
    silent = plan.profile.silent_when_stopped
    if since_s >= OBEY_S and belt.moving and (belt.kmh or 0.0) > sent.stop_from_kmh - FALLS_KMH:
        return True
    if since_s >= OBEY_S and belt.heard_at_s < sent.stop_at_s and not silent:
        return True
    if belt.moving and belt.stood_at_s > sent.stop_at_s + STOOD_S and not plan.profile.stray_zeros:
        return True
    if since_s >= RETURN_S and not sent.stop_returned:
        return True
    if belt.comes(sent, at_s):  # the Stop was refused: what the belt does is seen
        return False
    return at_s >= stopped_at_s(plan.profile, belt, sent) + (SILENT_LATE_S if silent else LATE_S)


def _speed(guard: Guard, belt: Belt, sent: Sent, wish: Wish, at_s: float) -> Iterator[Trip]:
    kmh, since = belt.kmh or 0.0, guard.since
    by_hand = bool(guard.prompted) and not wish.facing.rear  # the speed is the runner's
    if not by_hand and at_s - sent.slowed_at_s <= RISES_S and kmh > sent.slowed_from_kmh + RISES_KMH:
        yield Trip.RISING
    if at_s - since.over >= OVER_S + belt.period_s:
        yield Trip.OVER_CAP
    if wish.phase not in ON_BELT or guard.prompted:
        return
    set_kmh = console_kmh(guard, belt, sent, wish, at_s)
    if at_s - since.console >= CONSOLE_S or set_kmh is not None:
        faster = (kmh if set_kmh is None else set_kmh) > (sent.target_kmh or 0.0)
        if not (faster and wish.facing.rear):
            yield Trip.CONSOLE
        elif at_s - guard.console_faster_at_s <= AGAIN_S and Trip.CONSOLE_FASTER not in guard.notes:
            yield Trip.CONSOLE_AGAIN
        else:
            yield Trip.CONSOLE_FASTER
    elif at_s - since.off >= FOLLOW_S:
        yield Trip.NOT_FOLLOWED


def _cockpit(guard: Guard, belt: Belt, sent: Sent, wish: Wish, at_s: float) -> Iterator[Trip]:
    if not guard.sound:
        yield Trip.SOUND_LOST
    if not guard.guarded:
        yield Trip.UNGUARDED
    if guard.focus_at_s < inf:
        rear_late = wish.facing.rear and at_s - guard.focus_at_s >= FOCUS_S and wish.phase in ON_BELT
        yield Trip.FOCUS_LOST if rear_late else Trip.FOCUS_AWAY
    if guard.cockpit is not None:
        yield guard.cockpit
    stands = wish.by_hand or (belt.still and not belt.started(sent))
    if not guard.control and not (wish.facing.rear and stands):
        yield Trip.CONTROL_LOST


def _heart(plan: Plan, guard: Guard, strap: Strap, wish: Wish, at_s: float) -> Iterator[Trip]:
    if strap.worn_bpm is None:
        if plan.strap or plan.level is Level.REHAB:
            yield Trip.HEART_MISSING if strap.bpm is None else Trip.STRAP_MISSING
        if plan.level is Level.REHAB and wish.facing is Facing.BACKWARD:
            yield Trip.STRAP_REQUIRED
    if strap.bpm is None:
        return
    ceiling = ceiling_bpm(plan, wish)
    over_bpm = (strap.mean_bpm or 0.0) - ceiling if ceiling < inf else -inf
    if at_s - guard.since.far >= FAR_OVER_S or at_s - guard.since.near_max >= NEAR_MAX_S:
        yield Trip.HEART_DANGER
    if over_bpm > FAR_OVER_BPM or (over_bpm > 0 and at_s - guard.changed_at_s >= GRACE_S):
        yield Trip.HEART_HIGH
    if over_bpm > 0 and guard.ease_row == wish.row and at_s - guard.eased_at_s >= EASED_S:
        yield Trip.HEART_STAYS_HIGH


def _block(plan: Plan, guard: Guard, dose: Dose, belt: Belt, at_s: float) -> Iterator[Trip]:
    if belt.creep_kmh > guard.cap_kmh + 1e-6:
        yield Trip.BELOW_MINIMUM
    run_s, block_s = dose.run.read(at_s), dose.block.read(at_s)
    if block_s > plan.caps.block_s + OVERRUN_S or run_s > plan.caps.session_s + OVERRUN_S:
        yield Trip.DOSE
    if at_s - guard.since.incline >= CONSOLE_S:
        yield Trip.INCLINE_STUCK if guard.incline_again else Trip.CONSOLE_INCLINE
