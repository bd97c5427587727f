"""The watch over the belt: which trips hold and which are latched. The worst wins; a fresh yes on a STILL belt clears.

Nothing here writes to the belt: govern() in safety.py acts on what stands here, the engine goes its way by it.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

from coach.core.belt import Belt
from coach.core.cause import causes
from coach.core.dose import Dose
from coach.core.event import (
    CockpitSilent,
    Event,
    FocusFound,
    FocusLost,
    GuardFound,
    GuardLost,
    Heard,
    Key,
    LinkFound,
    Pressed,
    SoundFound,
    SoundLost,
)
from coach.core.ftms import CONTROL_POINT, MACHINE_STATUS, Op, Result, Status
from coach.core.guard import Guard, Since
from coach.core.heart import Strap
from coach.core.heed import heed
from coach.core.plan import Plan
from coach.core.sent import Sent
from coach.core.since import console_kmh, lasting, measure
from coach.core.trip import COURSES, ORDER, Action, Off, Trip, action
from coach.core.wish import Wish

BAD_STARTS: Final = 2  # starts that were too fast: backward off (safety.md 6a, STARTING)
EASE_KMH: Final = 0.5  # what a heart over its ceiling takes off (safety.md 8)


def watch(
    plan: Plan, guard: Guard, dose: Dose, belt: Belt, strap: Strap, sent: Sent, wish: Wish, event: Event
) -> tuple[Guard, tuple[Trip, ...]]:
    """Look at one event: the guard after it and the trips that it raised, worst first.

    `wish` is that of the step before: what was asked of the belt when this was heard.
    """
    guard = heed(plan, _hear(guard, belt, event), belt, sent, wish, event.at_s)
    if guard.anew:
        guard = replace(guard, anew=False)
    if wish.bad_starts >= BAD_STARTS and not guard.backward_off:
        guard = replace(guard, backward_off="it starts too fast")
    if (strap.worn_bpm is None) != (guard.heartless_at_s < inf):
        guard = replace(guard, heartless_at_s=_heartless_at_s(strap, event.at_s))
    since = lasting(plan, guard, belt, strap, sent, wish, event.at_s)
    if since is not guard.since or sent.target_at_s != guard.judged_at_s:
        part = measure(guard, belt, sent, wish, since)
        guard = replace(guard, since=since, judged_at_s=sent.target_at_s, part=part)
    notes, rear = causes(plan, guard, dose, belt, strap, sent, wish, event), wish.facing.rear
    if Trip.CONSOLE in notes & guard.notes and not rear:  # pressed once more, before the first was written
        set_kmh = console_kmh(guard, belt, sent, wish, event.at_s)
        if set_kmh is not None and set_kmh != guard.console_kmh:
            guard = replace(guard, console=guard.console + 1, console_kmh=set_kmh)
    if rear == guard.rear and notes == guard.notes:
        return guard, ()
    new = {trip for trip in notes if trip not in guard.notes or action(trip, rear=rear) > action(trip, rear=guard.rear)}
    raised = sorted(new, key=lambda trip: (-action(trip, rear=rear), ORDER.index(trip)))
    hold = any(action(trip, rear=rear) is Action.HOLD for trip in notes)
    guard = replace(guard, notes=notes, rear=rear, hold=hold)
    for trip in raised:
        guard = _latch(_note(guard, trip, belt, sent, wish, event.at_s), trip, event.at_s, rear=rear)
    return heed(plan, guard, belt, sent, wish, event.at_s), tuple(raised)


def _heartless_at_s(strap: Strap, at_s: float) -> float:
    """A strap that was never heard is missing from the start of the block; one that fell silent, since then."""
    if strap.worn_bpm is not None:
        return inf
    return at_s if strap.good_at_s > -inf else -inf


def _hear(guard: Guard, belt: Belt, event: Event) -> Guard:
    """Events that are facts by themselves."""
    if isinstance(event, Heard):
        return _told(guard, belt, event.uuid)
    match event:
        case SoundLost():
            return replace(guard, sound=False)
        case SoundFound():
            return replace(guard, sound=True)
        case GuardLost():
            return replace(guard, guarded=False)
        case GuardFound():
            return replace(guard, guarded=True)
        case FocusLost(at_s):
            return replace(guard, focus_at_s=min(guard.focus_at_s, at_s))
        case FocusFound():
            return replace(guard, focus_at_s=inf)
        case CockpitSilent(_, ended):
            return replace(guard, cockpit=Trip.COCKPIT_LOST if ended else Trip.COCKPIT_SILENT)
        case LinkFound():
            return replace(guard, since=Since(row=guard.since.row))
        case Pressed(_, key):
            wait = guard.wait and not (belt.link and key in {Key.YES, Key.FASTER, Key.MUCH_FASTER})
            cockpit = guard.cockpit if guard.cockpit is Trip.COCKPIT_LOST else None
            if (wait, cockpit) == (guard.wait, guard.cockpit):
                return guard
            released_at_s = event.at_s if guard.wait and not wait else guard.released_at_s
            return replace(guard, wait=wait, cockpit=cockpit, released_at_s=released_at_s)
        case _:
            return guard


def _told(guard: Guard, belt: Belt, uuid: int) -> Guard:
    """Whether the machine says that control was taken away, or given back."""
    if uuid == MACHINE_STATUS and belt.status is not None:
        lost = belt.status.event == Status.CONTROL_LOST
        return replace(guard, control=False) if lost else guard
    if uuid == CONTROL_POINT and not guard.control and belt.response is not None:
        back = belt.response.op == Op.REQUEST_CONTROL and belt.response.result == Result.SUCCESS
        return replace(guard, control=True) if back else guard
    return guard


def _note(guard: Guard, trip: Trip, belt: Belt, sent: Sent, wish: Wish, at_s: float) -> Guard:
    """What a trip leaves behind beside its action."""
    rear = wish.facing.rear
    off = COURSES[trip].backward_off
    if not guard.backward_off and (off is Off.ALWAYS or (off is Off.REAR and rear)):
        guard = replace(guard, backward_off=trip)
    match trip:
        case Trip.STOP_IGNORED:
            return replace(guard, trusted=False)
        case Trip.LINK_LOST:
            return guard if guard.prompted and not rear else replace(guard, wait=True)
        case Trip.CONSOLE:
            set_kmh = console_kmh(guard, belt, sent, wish, at_s)
            if set_kmh is None:
                set_kmh = (belt.kmh or 0.0) / (1.0 if rear else guard.part)
            return replace(guard, console=guard.console + 1, console_kmh=set_kmh, since=Since(row=wish.row))
        case Trip.CONSOLE_FASTER:
            return replace(guard, again=guard.again + 1, console_faster_at_s=at_s, since=Since(row=wish.row))
        case Trip.NOT_FOLLOWED:
            return replace(guard, again=guard.again + (0 if rear else 1))
        case Trip.CONSOLE_INCLINE:
            return replace(guard, incline_again=True, since=Since(row=wish.row))
        case Trip.HEART_HIGH:
            now_kmh = guard.set_kmh if guard.set_kmh is not None else belt.kmh or 0.0
            eased_kmh = max(now_kmh - EASE_KMH, belt.creep_kmh)
            return replace(guard, eased_at_s=at_s, ease_kmh=eased_kmh, ease_row=wish.row)
        case _:
            return guard


def _latch(guard: Guard, trip: Trip, at_s: float, *, rear: bool) -> Guard:
    does = action(trip, rear=rear)
    if does < Action.END_BLOCK or (guard.latched is not None and guard.latched_action > does):
        return guard
    anew = guard.latched is not None and guard.latched_at_s == at_s
    return replace(guard, latched=trip, latched_action=does, latched_at_s=at_s, anew=anew)
