"""A session: every stage once, left to right. This is the whole program; the rest brings events and takes writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor, inf
from typing import Final

from coach.core import heart
from coach.core.belt import Belt, begun, observe
from coach.core.control import drive
from coach.core.cue import Cue, DueBy
from coach.core.dose import Dose, count
from coach.core.engine import step
from coach.core.event import Event, Heard
from coach.core.ftms import TREADMILL_DATA
from coach.core.guard import Guard
from coach.core.heart import HEART_RATE_MEASUREMENT, HeartRate, Source, Strap, choose
from coach.core.plan import Plan
from coach.core.procedure import Control
from coach.core.progress import Progress
from coach.core.safety import Limit, govern
from coach.core.tell import MARKS
from coach.core.trip import Trip
from coach.core.watch import watch
from coach.core.wish import Phase, Wish
from coach.core.workout import ExtentUnit

TICK_S: Final = 1.0  # a shell brings an event at least so often


@dataclass(frozen=True, slots=True)
class Session:
    """All state there is; it replays from its events to equal states and equal writes."""

    belt: Belt = field(default_factory=Belt)
    strap: Strap = field(default_factory=Strap)  # what is used: the one that is worn, or the treadmill's
    worn: Strap = field(default_factory=Strap)
    own: Strap = field(default_factory=lambda: Strap(source=Source.TREADMILL))  # the treadmill's
    dose: Dose = field(default_factory=Dose)
    guard: Guard = field(default_factory=Guard)
    progress: Progress = field(default_factory=Progress)
    wish: Wish = field(default_factory=Wish)
    control: Control = field(default_factory=Control)


def first(plan: Plan) -> Session:
    """The session before its first event: the machine's unit is the remembered one."""
    miles = plan.units.target != 1 or plan.units.report != 1  # known, so that nobody is told of a correction
    return Session(belt=begun(plan.profile, plan.units), progress=Progress(miles=miles))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one event came to: bytes for the control point, words for the runner, what tripped and what was cut."""

    writes: tuple[bytes, ...] = ()
    cues: tuple[Cue, ...] = ()
    trips: tuple[Trip, ...] = ()
    limit: Limit | None = None
    renew: bool = False  # give the link up and make a new one; true in one step for each time that it is asked for


NOTHING: Final = Outcome()
"""What most events come to."""


def advance(plan: Plan, session: Session, event: Event) -> tuple[Session, Outcome]:
    """Take one event through all stages: observe, count, watch, step, govern, drive."""
    sent, wish, at_s = session.control.sent, session.wish, event.at_s
    belt = observe(plan.profile, session.belt, sent, event)
    worn, own = _listen(session.worn, event), _count(session.own, belt, event)
    strap = choose(worn, own)
    dose = count(session.dose, belt, wish, at_s)
    guard, trips = watch(plan, session.guard, dose, belt, strap, sent, wish, event)
    progress, wish, cues = step(plan, session.progress, guard, dose, belt, strap, sent, trips, wish, event)
    guard, permit = govern(plan, guard, dose, belt, sent, wish, at_s)
    control, writes = drive(plan.profile, session.control, permit, belt, event)
    renew = control.sent.renewals > sent.renewals
    after = Session(belt, strap, worn, own, dose, guard, progress, wish, control)
    if writes or cues or trips or permit.limit is not None or renew:
        return after, Outcome(writes, cues, trips, permit.limit, renew)
    return after, NOTHING


def _listen(strap: Strap, event: Event) -> Strap:
    if isinstance(event, Heard) and event.uuid == HEART_RATE_MEASUREMENT:
        return heart.hear(strap, event.value, event.at_s)
    return heart.age(strap, event.at_s)


def _count(own: Strap, belt: Belt, event: Event) -> Strap:
    """The heart rate in Treadmill Data; 0 is what consoles send that have none, for as long as they have none."""
    heard = isinstance(event, Heard) and event.uuid == TREADMILL_DATA and belt.heard_at_s == event.at_s
    if heard and belt.heart_bpm:
        return heart.hear(own, HeartRate(belt.heart_bpm), event.at_s)
    return heart.age(own, event.at_s)


def wake_at_s(plan: Plan, session: Session, at_s: float) -> float:
    """When the shell must bring an event at the latest, so that nothing that is due comes late."""
    progress, latest_s = session.progress, at_s + TICK_S
    if progress.phase is not Phase.RUN or progress.run_at_s == inf:
        return min(latest_s, progress.at_s + floor(at_s - progress.at_s + 1e-6) + 1)  # states wait whole seconds
    row, zero_s = progress.here(plan), progress.run_at_s - progress.clock_s
    due_s = latest_s
    if row.segment.extent.unit is ExtentUnit.TIME:
        due_s = min(due_s, _mark_s(zero_s + row.segment.extent.amount, progress.marks, at_s))
    for bit, due in enumerate(row.dues):
        if not progress.dues >> bit & 1 and due.by is DueBy.CLOCK and at_s < zero_s + due.amount < due_s:
            due_s = zero_s + due.amount
    return due_s


def _mark_s(end_s: float, marks: int, at_s: float) -> float:
    """The next mark of the countdown or the end of the segment, whichever comes first; inf where both are over."""
    for mark in (*MARKS[marks:], 0):
        if end_s - mark > at_s:
            return end_s - mark
    return inf
