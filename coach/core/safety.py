"""The governor: nothing reaches the belt but through govern(), and only govern() makes a Permit.

It trusts neither the engine nor the machine: whatever is wished, while the runner may face the rear no set-point is
above the cap, none rises faster than its ramp, and a trip that stops the belt stops it in the same step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Final, NamedTuple

from coach.core.belt import READ_S, Belt
from coach.core.cap import cap_of, incline_of, soft_cap, soft_rule
from coach.core.dose import Dose
from coach.core.guard import Guard
from coach.core.level import LEVELS, Allowance, Caps, Row
from coach.core.machine import Reported
from coach.core.plan import Plan
from coach.core.sent import Sent
from coach.core.since import followed
from coach.core.trip import Action, Trip
from coach.core.units import AGREES_KMH, SETTLED_S
from coach.core.wish import READING, Phase, Wish
from coach.core.workout import Facing

__all__ = ["LEVELS", "Allowance", "Caps", "Guard", "Limit", "Permit", "Row", "Trip", "cap_of", "govern"]

UP_EVERY_S: Final = 1.0  # set-points while rear rise at most once a second (safety.md 3)
NEAR_KMH: Final = 0.4  # and only when the report is so near to the last
DOWN_KMH_S: Final = 0.3  # while rear (safety.md 1, GUIDED STOP)
ALARM_DOWN_KMH_S: Final = 0.5
LEAP_KMH: Final = 4.0  # a single rise of more comes in two halves (safety.md 7)
HALF_S: Final = 5.0
UNFOLLOWED_S: Final = 3.0  # on the way to a guided stop the report must fall (safety.md 1)
FALLS_KMH: Final = 0.1
AT_CREEP_KMH: Final = 0.2
UNHEARD_S: Final = 1.0  # while rear: on a link that came back, a report is waited for so long
UNSLOWED_S: Final = 1.5  # and control, which the slowing write needs, until then (safety.md 8, link lost)
ANSWER_S: Final = 8.0  # machines that answer after 6 s refuse a Stop in between: at creep it waits so long
START_WITHIN_S: Final = 1.0  # a permitted Start that could not be written so soon is gone; a yes is 6 s old at most
_WAITING: Final = frozenset({Phase.READY, Phase.RESTING, Phase.PAUSED})
TINY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Limit:
    """A wish that was cut: why, what was asked and what is allowed."""

    rule: str
    asked_kmh: float
    allowed_kmh: float


class Permit(NamedTuple):
    """What may be written to the belt now; drive() takes nothing else."""

    facing: Facing
    target_kmh: float | None  # snapped to the machine's step
    incline_pct: float | None
    start: int
    starting: bool  # the Start may be written now; one that could not be is gone
    stop: int
    pause: int
    again: int  # how often a set-point was to be written again
    green: bool  # every guard is green: a higher target may be written once more
    urgent: bool  # a stop failed: the lowest speed is written again and again
    ask_control: bool  # somebody else has it, and the belt stands or is to stand
    limit: Limit | None
    reads: bool  # nothing but a Stop is written: the belt has not stood yet, or the runner has the console
    followed: bool  # facing the console the belt has had it: what it does now is somebody's own
    renew: bool  # a link that does not answer may be given up: the belt stands, nothing is under way


def govern(
    plan: Plan, guard: Guard, dose: Dose, belt: Belt, sent: Sent, wish: Wish, at_s: float
) -> tuple[Guard, Permit]:
    """Say what may hold now; `sent` is what the belt was told so far."""
    guard = _clear(guard, belt, wish)
    guard = _learn(guard, belt, sent, at_s)
    cap_kmh, rule = cap_of(plan, guard, dose, belt, wish, at_s)
    ask_kmh = wish.target_kmh
    if wish.start > guard.started:
        guard = replace(
            guard,
            started=wish.start,
            started_at_s=at_s if _may_start(guard, belt, wish) else -inf,
            stage=0,
            set_kmh=None,
            faster_at_s=inf,
            motion_at_s=inf,
            fell_at_s=inf,
            fell_kmh=inf,
        )
    guard = _stop(plan, guard, belt, sent, wish, at_s)
    limit = None
    blind = not belt.link or (belt.kmh is None if wish.facing.rear else at_s - belt.link_at_s < READ_S)
    if ask_kmh is not None and not blind:
        allowed_kmh = min(ask_kmh, max(soft_cap(plan, guard, dose, belt, wish, cap_kmh, at_s), 0.0))
        if allowed_kmh < ask_kmh - TINY:
            limit = Limit(rule if cap_kmh <= allowed_kmh + TINY else soft_rule(wish), ask_kmh, allowed_kmh)
        guard = _shape(plan, guard, belt, sent, wish, allowed_kmh, at_s)
    elif guard.set_kmh is not None and not blind:
        guard = replace(guard, set_kmh=None)
    if guard.cap_kmh != cap_kmh:
        guard = replace(guard, cap_kmh=cap_kmh)
    starting = at_s - guard.started_at_s <= START_WITHIN_S and _may_start(guard, belt, wish)
    return guard, _permit(plan, guard, belt, sent, wish, limit, starting=starting)


def _permit(
    plan: Plan, guard: Guard, belt: Belt, sent: Sent, wish: Wish, limit: Limit | None, *, starting: bool
) -> Permit:
    does, urgent = guard.action, wish.phase is Phase.STOP_FAILED
    prompts = bool(guard.prompted) or not guard.control
    by_hand = prompts and (wish.by_hand or not wish.facing.rear) and not urgent
    stopping = does >= Action.PAUSE and does is not Action.GUIDED
    silent = not belt.moving or by_hand or (stopping and not urgent)
    return Permit(
        facing=wish.facing,
        target_kmh=None if silent else guard.set_kmh,
        incline_pct=None if silent else incline_of(plan, belt, wish),
        start=guard.started,
        starting=starting,
        stop=wish.stop + guard.stops,
        pause=wish.pause if urgent else 0,
        again=guard.again,
        green=does is Action.NOTE and sent.start_at_s >= sent.stop_at_s,
        urgent=urgent,
        ask_control=not guard.control and (belt.still or wish.facing.rear or urgent),
        limit=limit,
        reads=wish.phase in READING or (by_hand and not belt.still and not sent.stopping),
        followed=followed(guard, sent, wish),
        renew=wish.phase in _WAITING and belt.still and belt.link,
    )


def _clear(guard: Guard, belt: Belt, wish: Wish) -> Guard:
    """Trips latch until a fresh yes of the person, and only on a belt that is STILL (safety.md 8)."""
    if wish.acknowledged <= guard.acknowledged:
        return guard
    if not belt.still or guard.latched is None:
        return replace(guard, acknowledged=wish.acknowledged)
    return replace(
        guard, acknowledged=wish.acknowledged, latched=None, latched_action=Action.NOTE, wait=False, ease_row=-1
    )


def _may_start(guard: Guard, belt: Belt, wish: Wish) -> bool:
    """Start is an act: only in STARTING, to a belt that is STILL, with nothing latched (safety.md 2.2)."""
    if not belt.still or not belt.link or wish.phase is not Phase.STARTING:
        return False
    return guard.latched is None and not guard.prompted and guard.trusted and guard.control and guard.guarded


def _learn(guard: Guard, belt: Belt, sent: Sent, at_s: float) -> Guard:
    """Follow the first set-points after a Start until the report agrees with them (safety.md 5)."""
    if guard.motion_at_s == inf and belt.moving and not belt.still:
        guard = replace(guard, motion_at_s=at_s)
    if guard.stage == 2 or sent.target_kmh is None or belt.kmh is None or sent.target_at_s < sent.start_at_s:
        return guard
    settled_s = min(at_s - max(belt.steady_at_s, sent.target_at_s), belt.heard_at_s - sent.target_at_s)
    if settled_s < SETTLED_S or abs(belt.kmh - sent.target_kmh) > AGREES_KMH or belt.kmh == 0:
        return guard
    if guard.stage == 0 and not guard.agreed_once:
        return replace(guard, stage=1)
    if guard.stage == 1 and sent.target_kmh <= belt.creep_kmh + TINY:
        return guard
    return replace(guard, stage=2, agreed_once=True)


def _stop(plan: Plan, guard: Guard, belt: Belt, sent: Sent, wish: Wish, at_s: float) -> Guard:
    """Count a Stop of safety's own where a trip asks for one and the engine has not; end guided stops."""
    engine_stops = wish.stop > guard.wished_stops
    if engine_stops:
        guard = replace(guard, wished_stops=wish.stop)
    calm = guard.latched is None and not wish.guided
    if calm or sent.stopping or engine_stops or belt.still:
        return guard if guard.fell_at_s == inf else replace(guard, fell_at_s=inf, fell_kmh=inf)
    does = guard.action
    if does >= Action.STOP and sent.stop_at_s < guard.latched_at_s:
        return replace(guard, stops=guard.stops + 1)
    if not wish.guided and does is not Action.GUIDED:
        return guard if guard.fell_at_s == inf else replace(guard, fell_at_s=inf, fell_kmh=inf)
    if wish.facing.rear and _unslowed(belt, sent, at_s):
        return replace(guard, stops=guard.stops + 1)
    if belt.kmh is None:
        return guard
    if belt.kmh < guard.fell_kmh - FALLS_KMH + TINY or guard.fell_at_s == inf:
        guard = replace(guard, fell_at_s=at_s, fell_kmh=belt.kmh)
    if _at_creep(plan, belt, sent, at_s):
        waited = sent.answered or at_s - guard.fell_at_s >= ANSWER_S
        return replace(guard, stops=guard.stops + 1) if waited else guard
    unfollowed = at_s - guard.fell_at_s >= UNFOLLOWED_S + belt.period_s and belt.kmh > belt.creep_kmh + AT_CREEP_KMH
    return replace(guard, stops=guard.stops + 1) if unfollowed else guard


def _unslowed(belt: Belt, sent: Sent, at_s: float) -> bool:
    """On a link that came back nothing was heard, or no slowing write has left: the guided stop is a Stop."""
    if not belt.link or sent.start_at_s > belt.link_at_s:
        return False
    since_s = at_s - belt.link_at_s
    return since_s >= UNHEARD_S if belt.kmh is None else since_s >= UNSLOWED_S and sent.target_at_s < belt.link_at_s


def _at_creep(plan: Plan, belt: Belt, sent: Sent, at_s: float) -> bool:
    """The belt creeps as it was told; one that echoes its target does so when its ramp is over."""
    if belt.kmh is None or sent.target_kmh is None or sent.target_kmh > belt.creep_kmh + TINY:
        return False
    echoes = plan.profile.reported is Reported.TARGET and at_s < sent.ramp_until_s
    return not echoes and belt.kmh <= belt.creep_kmh + max(AT_CREEP_KMH, belt.speeds.step)


def _shape(plan: Plan, guard: Guard, belt: Belt, sent: Sent, wish: Wish, allowed_kmh: float, at_s: float) -> Guard:
    """Go from the last set-point towards what is allowed: at once downwards facing FORWARD, else by the ramp."""
    goal_kmh = max(belt.speeds.snap(allowed_kmh), belt.creep_kmh)
    last_kmh = guard.set_kmh
    if last_kmh is not None and goal_kmh < last_kmh and belt.kmh is not None and guard.action >= Action.HOLD:
        goal_kmh = max(min(goal_kmh, belt.speeds.snap(belt.kmh)), belt.creep_kmh)  # lower, and never a rise
    if guard.goal_kmh != goal_kmh:
        guard = replace(guard, goal_kmh=goal_kmh)
    if last_kmh is None:
        first_kmh = min(goal_kmh, belt.creep_kmh)
        return replace(guard, set_kmh=first_kmh, set_at_s=at_s, changed_at_s=at_s)
    if wish.facing.rear and (guard.leaping or _ahead(plan, belt, sent, last_kmh, goal_kmh)):
        written_kmh = sent.target_kmh if sent.target_kmh is not None else goal_kmh
        last_kmh = min(last_kmh, max(belt.speeds.snap(written_kmh), belt.creep_kmh))
        guard = _set(guard, belt, last_kmh, at_s)
    if abs(goal_kmh - last_kmh) <= TINY:
        return guard
    if goal_kmh > last_kmh:
        return _up(plan, guard, belt, sent, wish, goal_kmh, at_s)
    return _down(guard, belt, wish, goal_kmh, at_s)


def _ahead(plan: Plan, belt: Belt, sent: Sent, last_kmh: float, goal_kmh: float) -> bool:
    """The last set-point was never written, and is no step of the ramp to the rear: it was one of another facing."""
    if sent.target_kmh is None:
        return last_kmh > goal_kmh + TINY
    above_kmh = last_kmh - sent.target_kmh
    return above_kmh > (TINY if last_kmh > goal_kmh + TINY else _rise_kmh(plan, belt) + TINY)


def _rise_kmh(plan: Plan, belt: Belt) -> float:
    """The most by which a set-point to the rear may rise."""
    return max(belt.speeds.step, plan.caps.ramp_kmh_s * UP_EVERY_S)


def _up(plan: Plan, guard: Guard, belt: Belt, sent: Sent, wish: Wish, goal_kmh: float, at_s: float) -> Guard:
    last_kmh = guard.set_kmh
    assert last_kmh is not None
    waits = guard.wait and guard.action is Action.HOLD and wish.facing is Facing.FORWARD
    if waits and (belt.kmh or 0.0) >= goal_kmh * guard.part - NEAR_KMH:
        return _set(guard, belt, goal_kmh, at_s)  # on a link that came back it was found so fast
    if guard.action >= Action.HOLD or guard.prompted or belt.kmh is None or at_s < guard.step_at_s - TINY:
        return guard
    if wish.facing.rear:
        written = sent.answered and sent.target_kmh is not None and abs(sent.target_kmh - last_kmh) <= TINY
        if (
            guard.stage == 0
            or not written
            or at_s - guard.set_at_s < UP_EVERY_S - TINY
            or abs(belt.kmh - last_kmh) > NEAR_KMH
        ):
            return guard
        next_kmh = belt.speeds.snap(last_kmh + _rise_kmh(plan, belt))
        return _set(guard, belt, max(min(goal_kmh, next_kmh), last_kmh), at_s)
    leaps = goal_kmh - max(last_kmh, belt.kmh) > LEAP_KMH + TINY and not wish.scripted
    if leaps and not guard.leaping:
        halfway_kmh = belt.speeds.snap((goal_kmh + last_kmh) / 2)
        return replace(_set(guard, belt, halfway_kmh, at_s, next_s=HALF_S), leaping=True)
    return _set(guard, belt, goal_kmh, at_s)


def _down(guard: Guard, belt: Belt, wish: Wish, goal_kmh: float, at_s: float) -> Guard:
    last_kmh = guard.set_kmh
    assert last_kmh is not None
    if not wish.facing.rear or wish.phase is Phase.STOP_FAILED:
        return _set(guard, belt, goal_kmh, at_s)
    if at_s < guard.step_at_s - TINY:
        return guard
    if belt.kmh is not None and belt.kmh < last_kmh:
        last_kmh = max(belt.speeds.snap(belt.kmh), goal_kmh)  # a belt that is slower already is not sped up on the way
    per_s = ALARM_DOWN_KMH_S if wish.alarm or guard.latched is not None else DOWN_KMH_S
    fall_kmh = max(belt.speeds.step, per_s)
    next_kmh = max(goal_kmh, belt.speeds.snap(last_kmh - fall_kmh + belt.speeds.step * 0.5))
    return _set(guard, belt, min(next_kmh, last_kmh), at_s, next_s=(last_kmh - next_kmh) / per_s)


def _set(guard: Guard, belt: Belt, set_kmh: float, at_s: float, *, next_s: float = 0.0) -> Guard:
    faster = set_kmh > belt.creep_kmh + TINY and guard.faster_at_s == inf
    return replace(
        guard,
        set_kmh=set_kmh,
        set_at_s=at_s,
        changed_at_s=at_s if guard.set_kmh is None or set_kmh > guard.set_kmh else guard.changed_at_s,
        step_at_s=at_s + next_s,
        leaping=False,
        faster_at_s=at_s if faster else guard.faster_at_s,
    )
