"""A session as the network hears of it: payloads from plan, origin, snapshots and steps. Nothing is decided here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from math import isfinite
from types import MappingProxyType
from typing import Final, Literal

from coach.core.event import Event as FoldEvent
from coach.core.heart import Source, zone_of
from coach.core.plan import Plan, Row, bridge_before
from coach.core.progress import Progress
from coach.core.session import Outcome, Session
from coach.core.trip import COURSES
from coach.core.wish import ON_BELT, Phase
from coach.core.workout import Facing
from coach.keeper.wire import Done, Snapshot
from coach.network.payload import (
    FACES,
    IDLE,
    MOST_SEGMENTS,
    Event,
    EventType,
    Faces,
    Sample,
    State,
    Status,
    Step,
    Workout,
    shortened,
)
from coach.result import planned, targets
from coach.seen.digit import undisclosed
from coach.seen.moment import STALE_S, Moment
from coach.seen.rows import left_in_all_s, named
from coach.seen.units import Units
from coach.sinks.header import Origin
from coach.told import reason_words, trip_words

ENDS_STEP_S: Final = 5.0  # to which the end is told; a finer one would change with every breath of the clock
ID_LENGTH: Final = 12  # of a session, in hexadecimal digits
_PASSING: Final = frozenset(
    {
        *("at", "speed_kmh", "incline_pct", "distance_m", "energy_kcal", "heart_bpm", "zone", "left_s"),
        *("target_kmh", "segment_left_s", "ends_at"),
    }
)
"""What goes on all the time: a state that differs in nothing else waits for its turn."""
_TURN_LEFT: Final[Mapping[Phase, tuple[float, float]]] = MappingProxyType(
    {
        Phase.SLOW: (1.0, 0.85),
        Phase.RAILS: (0.85, 0.75),
        Phase.STOPPING: (0.75, 0.6),
        Phase.READY: (0.6, 0.4),
        Phase.STARTING: (0.4, 0.25),
        Phase.CONSOLE_START: (0.4, 0.25),
        Phase.STEP_ON: (0.25, 0.1),
        Phase.RAMP: (0.1, 0.0),
    }
)
"""How much of a stop is left when a state of it is entered and left, about, so that the end does not jump."""


def session_id(origin: Origin) -> str:
    """A name for the session that tells nothing of the runner: the same for the same origin, else another."""
    told = "\n".join((origin.started, origin.sha256, origin.version, origin.who))
    return hashlib.sha256(told.encode()).hexdigest()[:ID_LENGTH]


def state_of(plan: Plan, origin: Origin, snapshot: Snapshot, wall_s: float) -> State:
    """All that there is to know at an instant; without a session, once it has ended."""
    sample, over = sample_of(plan, origin, snapshot, wall_s), _over(snapshot)
    row = _row(plan, snapshot)
    ends_s = None if sample.left_s is None or over else wall_s + sample.left_s / (snapshot.pace or 1.0)
    return State(
        **dict(sample),
        target_kmh=None if over else _within(snapshot.target_kmh, 0, 100),
        segment_left_s=None if over else _within(snapshot.left_s, 0, 1e7, 1),
        ends_at=None if ends_s is None else at_of(round(ends_s / ENDS_STEP_S) * ENDS_STEP_S, "seconds"),
        running=_running(snapshot),
        facing=Faces.IDLE if over else faces(plan, snapshot.facing),
        phase=IDLE if over else snapshot.phase.value,
        segment=None if row is None else shortened(_segment(plan, snapshot, row)),
        segment_index=None if row is None else row.index,
        turns=snapshot.turns,
        link=snapshot.link,
        strap=snapshot.bpm is not None and snapshot.heart_from is Source.STRAP,
        trips=tuple(trip.value for trip in snapshot.trips),
        reason=shortened(reason_words(snapshot.reason)),
        ended=_ended(snapshot.ended),
        simulated=plan.profile.simulated,
    )


def sample_of(plan: Plan, origin: Origin, snapshot: Snapshot, wall_s: float) -> Sample:
    """The numbers at an instant; what is older than it may be is left out."""
    bpm = snapshot.bpm
    if bpm is not None and not (snapshot.heart_age_s or 0.0) <= STALE_S:
        bpm = None
    kcal = snapshot.forward.energy_kcal + snapshot.backward.energy_kcal
    return Sample(
        session=session_id(origin),
        at=at_of(wall_s),
        speed_kmh=_within(snapshot.kmh, 0, 100) if snapshot.link else None,
        incline_pct=_within(snapshot.incline_pct, -100, 100) if snapshot.link else None,
        distance_m=_within(snapshot.distance_m, 0, 1e7, 1) or 0.0,
        energy_kcal=_within(kcal, 0, 1e6, 1) or 0.0,
        heart_bpm=None if bpm is None else min(max(bpm, 0), 300),
        zone=None if bpm is None else zone_of(bpm, plan.runner.max_bpm),
        left_s=_left_s(plan, snapshot),
    )


def status_of(state: State) -> Status:
    """What the status says while coach is there."""
    return Status(status="online", running=state.running, facing=state.facing, phase=state.phase)


def changed(before: State | None, after: State) -> bool:
    """Something happened that the network is to know at once: more than that time passed and numbers went on."""
    return before is None or any(value != getattr(before, name) for name, value in after if name not in _PASSING)


def over(plan: Plan, origin: Origin, wall_s: float, done: Done | None = None) -> State:
    """The state when all is over: nobody is on the belt as far as coach is concerned."""
    kcal = 0.0 if done is None else done.forward.energy_kcal + done.backward.energy_kcal
    return State(
        session=session_id(origin),
        at=at_of(wall_s),
        speed_kmh=0.0 if done is not None and done.still else None,
        incline_pct=None,
        distance_m=0.0 if done is None else _within(done.distance_m, 0, 1e7, 1) or 0.0,
        energy_kcal=_within(kcal, 0, 1e6, 1) or 0.0,
        heart_bpm=None,
        zone=None,
        left_s=None,
        target_kmh=None,
        segment_left_s=None,
        ends_at=None,
        running=False,
        facing=Faces.IDLE,
        phase=IDLE,
        segment=None,
        segment_index=None,
        turns=0 if done is None else sum(turn.took_s is not None for turn in done.turns),
        link=False,
        strap=False,
        trips=(),
        reason="" if done is None else shortened(reason_words(done.reason)),
        ended="" if done is None else _ended(done.ended),
        simulated=plan.profile.simulated,
    )


def workout_of(plan: Plan, origin: Origin) -> Workout:
    """What is being run; of a very long workout the first steps, and how many more there are."""
    return Workout(
        session=session_id(origin),
        name=shortened(plan.workout.name),
        level=plan.level.value,
        began=origin.started[:40] or None,
        planned_s=_within(plan.planned_s, 0, 1e7, 1) or 0.0,
        turns=plan.turns,
        simulated=plan.profile.simulated,
        version=shortened(origin.version, 64),
        segments=tuple(_step(row) for row in plan.rows[:MOST_SEGMENTS]),
        left_out=max(len(plan.rows) - MOST_SEGMENTS, 0),
    )


def events_of(
    plan: Plan, origin: Origin, event: FoldEvent, before: Session, session: Session, outcome: Outcome, wall_s: float
) -> tuple[Event, ...]:
    """What happened in a step of the fold, in the order in which it is to be told."""
    del event
    was, now = before.progress, session.progress
    if not outcome.cues and not outcome.trips and now is was:  # most steps
        return ()
    return tuple(
        Event(
            event_type=kind,
            session=session_id(origin),
            at=at_of(wall_s),
            text=shortened(text),
            facing=Faces.IDLE if now.ended else faces(plan, now.facing),
            name=name or None,
            segment_index=None if index is None else index,
        )
        for kind, text, name, index in _happened(plan, was, now, outcome)
    )


def faces(plan: Plan, facing: Facing) -> Faces:
    """Which way the runner looks; without backward segments nobody looks away from the console."""
    return FACES[facing] if plan.backward else Faces.CONSOLE


def at_of(wall_s: float, to: str = "milliseconds") -> str:
    """An instant as text."""
    return datetime.fromtimestamp(wall_s, UTC).isoformat(timespec=to)


def _happened(
    plan: Plan, was: Progress, now: Progress, outcome: Outcome
) -> Iterator[tuple[EventType, str, str, int | None]]:
    index = now.row + 1 if now.row < len(plan.rows) else None
    for trip in outcome.trips:
        if COURSES[trip].counts:
            words = trip_words(trip)
            yield EventType.TRIP, f"{words[0].upper()}{words[1:]}.", trip.value, index
    if now.turns > was.turns:
        yield EventType.TURN, f"Facing {faces(plan, now.turned)}.", "", index
    row = _begun(plan, was, now)
    if row is not None:
        yield EventType.SEGMENT, named(row, Units.KMH), row.segment.head.value, row.index
    for cue in outcome.cues:
        if cue.text:
            yield EventType.CUE, undisclosed(cue.text), cue.kind.value, index
    if now.ended and not was.ended:
        if now.ended == "finished":
            yield EventType.FINISHED, "The session is finished.", now.ended, None
        else:
            why = reason_words(now.reason)
            yield EventType.STOPPED, f"The session is over: {why or now.ended}.", now.ended, None


def _begun(plan: Plan, was: Progress, now: Progress) -> Row | None:
    """The row that began in this step; one that is taken up again has begun before."""
    here, there = _under_way(plan, now), _under_way(plan, was)
    if here is None or (there is not None and (there.index, there.kind) == (here.index, here.kind)):
        return None
    fresh = there is not None or (now.clock_s == 0.0 and now.metres == 0.0)
    return here if fresh else None


def _under_way(plan: Plan, progress: Progress) -> Row | None:
    if progress.row >= len(plan.rows) or progress.phase not in {Phase.RUN, Phase.RESTING, Phase.BRIDGE}:
        return None
    row = plan.rows[progress.row]
    return bridge_before(row) if progress.phase is Phase.BRIDGE and row.kind != "bridge" else row


def _over(snapshot: Snapshot) -> bool:
    return bool(snapshot.ended) or snapshot.phase is Phase.ENDED


def _running(snapshot: Snapshot) -> bool:
    """The belt moves, or may: also where nothing is heard of it while somebody may stand on it."""
    if _over(snapshot):
        return False
    return (snapshot.kmh or 0.0) > 0 or snapshot.phase in ON_BELT | {Phase.STOP_FAILED, Phase.BELT_MOVES}


def _row(plan: Plan, snapshot: Snapshot) -> Row | None:
    return None if _over(snapshot) or snapshot.row >= len(plan.rows) else plan.rows[snapshot.row]


def _segment(plan: Plan, snapshot: Snapshot, row: Row) -> str:
    bridge = snapshot.phase is Phase.BRIDGE and row.kind != "bridge"
    return named(bridge_before(row) if bridge else row, Units.KMH) if plan.rows else ""


def _left_s(plan: Plan, snapshot: Snapshot) -> float | None:
    """Until the end, with all turns; None where a step is left by a key alone."""
    if _over(snapshot):
        return None
    ahead = plan.rows[snapshot.row + 1 :]
    if snapshot.row < len(plan.rows) and (snapshot.left_s is None or any(row.planned_s is None for row in ahead)):
        return None
    return _within(left_in_all_s(Moment(plan, snapshot)) + _turn_left_s(plan, snapshot), 0, 1e7, 1)


def _turn_left_s(plan: Plan, snapshot: Snapshot) -> float:
    """What is left of the stop that leads to the present row."""
    left = _TURN_LEFT.get(snapshot.phase)
    if left is None or not 0 < snapshot.row < len(plan.rows) or not plan.rows[snapshot.row].stands:
        return 0.0
    whole_s = plan.turn_s(snapshot.row)
    return max(left[0] * whole_s - max(snapshot.at_s - snapshot.since_s, 0.0), left[1] * whole_s)


def _step(row: Row) -> Step:
    speed_kmh, end_kmh = targets(row.segment)
    planned_s, planned_m = planned(row)
    target = row.segment.target
    return Step(
        index=row.index,
        name=row.segment.head.value,
        facing=FACES[row.segment.facing],
        planned_s=_within(planned_s, 0, 1e7),
        planned_m=_within(planned_m, 0, 1e7),
        speed_kmh=_within(speed_kmh, 0, 100),
        end_kmh=_within(end_kmh, 0, 100),
        incline_pct=None if target is None else _within(target.incline_pct, -100, 100),
        turn=row.turn,
    )


def _ended(word: str) -> Literal["", "finished", "stopped", "tripped"]:
    match word:
        case "finished" | "stopped" | "tripped" | "":
            return word
        case _:
            return "stopped"


def _within(value: float | None, low: float, high: float, digits: int = 2) -> float | None:
    """A number as it is told: rounded, and within what the payload may say."""
    if value is None or not isfinite(value):
        return None
    return round(min(max(value, low), high), digits) + 0.0
