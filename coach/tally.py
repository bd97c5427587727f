"""What a session came to: a fold over its steps to results for each row and to totals.

Nothing is decided here and nothing is sent. The same fold counts a live session, a simulated one and a replayed one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Final

from coach.core.belt import Belt
from coach.core.cue import Cue
from coach.core.energy import (
    PRACTISED_SESSIONS,
    energy_margin,
    gross_kcal_per_s,
    net_kcal_per_s,
    vo2_ml_kg_min,
)
from coach.core.event import Event, Pressed
from coach.core.plan import Plan, Row, bridge_before
from coach.core.progress import Progress
from coach.core.safety import Limit
from coach.core.session import Outcome, Session, first
from coach.core.trip import COURSES, Action, Trip, action
from coach.core.wish import Phase
from coach.core.workout import ExtentUnit, Facing

EXTENT: Final = "extent"  # how a row ended
UNTIL: Final = "until"
SKIP: Final = "skip"  # the runner pressed
STOP: Final = "stop"  # the runner stopped and never came back
TRIP: Final = "trip"
SKIPPED: Final = "skipped"  # it never began

OVER_KMH: Final = 0.3  # above the cap: what is counted as over it (safety.md 2.5)
JUMP_KMH: Final = 0.05  # a wish that changes by more is another wish; less is a ramp
TINY: Final = 1e-6  # of reckoning with floats
_TURNING: Final = frozenset({Phase.SLOW, Phase.STOPPING, Phase.READY, Phase.STARTING, Phase.CONSOLE_START})
_STARTS: Final = frozenset({Phase.STARTING, Phase.CONSOLE_START})


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of a row of the plan; speeds and heart rate are means over its time."""

    row: Row
    start_s: float | None
    end_s: float | None
    time_s: float
    distance_m: float
    mean_speed_kmh: float | None
    mean_heart_bpm: float | None
    ended_by: str | None  # None: it is under way


@dataclass(frozen=True, slots=True)
class Side:
    """Totals of the rows that face one way; turns, rests and the way up from creep are not in them."""

    time_s: float = 0.0
    distance_m: float = 0.0
    energy_kcal: float = 0.0  # gross
    max_speed_kmh: float = 0.0  # reported
    net_kcal: float = 0.0  # above rest
    margin_kcal: float = 0.0  # how far off both may be, to both sides


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, from the slowing down to the first second of the next row; None where it did not come so far."""

    at_s: float
    to: Facing
    confirm_s: float | None  # from the question to the yes that counted
    took_s: float | None
    states: tuple[tuple[Phase, float], ...]  # with the seconds in each


@dataclass(frozen=True, slots=True)
class Cut:
    """A rule of safety began to hold back what was wished."""

    at_s: float
    limit: Limit


@dataclass(frozen=True, slots=True)
class Tripped:
    """A trip, and what it did to the belt in the facing that it met."""

    at_s: float
    trip: Trip
    action: Action


@dataclass(slots=True)
class _Count:
    """What is summed up of one row."""

    start_s: float | None = None
    end_s: float | None = None
    time_s: float = 0.0
    distance_m: float = 0.0
    energy_kcal: float = 0.0
    net_kcal: float = 0.0
    margin_kcal: float = 0.0
    max_kmh: float = 0.0
    beats: float = 0.0  # integral of the heart rate over the seconds that have one
    heart_s: float = 0.0
    ended_by: str | None = None


@dataclass(slots=True)
class _Turning:
    """A turn under way."""

    at_s: float
    row: int
    to: Facing
    since_s: float  # in the present state
    states: list[tuple[Phase, float]] = field(default_factory=list)
    confirm_s: float | None = None

    def turn(self, took_s: float | None) -> Turn:
        """The turn as a result."""
        return Turn(self.at_s, self.to, self.confirm_s, took_s, tuple(self.states))


class Tally:
    """Counts a session step by step; what it says holds at the last step."""

    def __init__(
        self, plan: Plan, session: Session | None = None, *, backward_sessions: int = PRACTISED_SESSIONS
    ) -> None:
        """`backward_sessions` is how many the runner has done: the first ones cost more (Heath)."""
        self.plan = plan  # a free session puts a longer one here as it goes
        self._sessions = backward_sessions
        self.session = session or first(plan)
        self.at_s = 0.0
        self.writes = 0
        self.cues: list[Cue] = []
        self.trips: list[Tripped] = []
        self.limits: list[Cut] = []
        self.turns: list[Turn] = []  # those that are over, done or given up
        self.max_true_rear_kmh: float | None = None  # of the belt itself; None without it, or where nobody can be rear
        self.over_cap_s = 0.0  # how long the belt itself was above cap and 0.3 while rear
        self._rear = plan.backward  # in a forward workout facing is never unknown but before the first word
        self._counts: dict[int, _Count] = {}  # by place in the plan; below 0 the bridges that the heart asked for
        self._row: int | None = None  # under way
        self._from_s = 0.0  # since when
        self._from_m = 0.0
        self._limit: Limit | None = None
        self._turn: _Turning | None = None
        self._faced = Facing.FORWARD  # in the last row under way
        self._true_kmh = 0.0
        self._rate_of: tuple[float, float, int] = (-1.0, 0.0, -1)  # what the next line was reckoned for
        self._kcal_s = self._net_s = self._margin_s = 0.0

    def take(
        self, event: Event, before: Session, after: Session, outcome: Outcome, true_kmh: float | None = None
    ) -> None:
        """Count one step of the fold; `true_kmh` is what the belt does after it, where that is known."""
        at_s, was, now = event.at_s, before.progress, after.progress
        if self._row is not None and at_s > self.at_s:
            self._sum(before, at_s - self.at_s)
        if true_kmh is not None and self._rear:
            self._watch(was.facing, at_s, true_kmh)
        if now.phase is not was.phase or now.row != was.row:
            self._move(event, before, after, outcome)
        if outcome.writes:
            self.writes += len(outcome.writes)
        if outcome.cues:
            self.cues.extend(outcome.cues)
        if outcome.trips:
            rear = before.wish.facing.rear
            told = (trip for trip in outcome.trips if COURSES[trip].counts)
            self.trips.extend(Tripped(at_s, trip, action(trip, rear=rear)) for trip in told)
        if outcome.limit is not self._limit:
            self._cut(outcome.limit, at_s)
        self.at_s, self.session = at_s, after

    @property
    def distance_m(self) -> float:
        """All that the belt ran, turns and creep included."""
        return self.session.belt.odometer_m

    def side(self, facing: Facing) -> Side:
        """Totals of the rows that face this way, bridges among them."""
        time_s = distance_m = kcal = top_kmh = net = margin = 0.0
        for index, count in self._counts.items():
            segment = self._row_at(index).segment
            if segment.target is None or segment.facing is not facing:
                continue
            seconds, metres = self._so_far(index, count)
            time_s, distance_m, kcal = time_s + seconds, distance_m + metres, kcal + count.energy_kcal
            net, margin = net + count.net_kcal, margin + count.margin_kcal
            top_kmh = max(top_kmh, count.max_kmh)
        return Side(time_s, distance_m, kcal, top_kmh, net, margin)

    def rows(self, *, over: bool = False) -> tuple[RowResult, ...]:
        """Every row of the plan and the bridges that the heart asked for; at the end, what never began was skipped."""
        return tuple(self._result(index, row, over=over) for index, row in self._places())

    def _places(self) -> Iterator[tuple[int, Row]]:
        for index, row in enumerate(self.plan.rows):
            if -1 - index in self._counts:
                yield -1 - index, self._row_at(-1 - index)
            yield index, row

    def _row_at(self, index: int) -> Row:
        """A row of the plan, or the bridge before one."""
        return self.plan.rows[index] if index >= 0 else bridge_before(self.plan.rows[-1 - index])

    def _result(self, index: int, row: Row, *, over: bool) -> RowResult:
        count = self._counts.get(index)
        if count is None:
            return RowResult(row, None, None, 0.0, 0.0, None, None, SKIPPED if over else None)
        time_s, distance_m = self._so_far(index, count)
        mean_kmh = distance_m / time_s * 3.6 if time_s > 0 and row.segment.target is not None else None
        mean_bpm = count.beats / count.heart_s if count.heart_s > 0 else None
        ended_by, end_s = count.ended_by, count.end_s
        if over and index == self._row:
            ended_by, end_s = TRIP if self.session.progress.troubled or self.session.guard.notes else STOP, self.at_s
        return RowResult(row, count.start_s, end_s, time_s, distance_m, mean_kmh, mean_bpm, ended_by)

    def _so_far(self, index: int, count: _Count) -> tuple[float, float]:
        if index != self._row:
            return count.time_s, count.distance_m
        ran_m = _odometer_m(self.session.belt, self.at_s) - self._from_m
        return count.time_s + self.at_s - self._from_s, count.distance_m + max(ran_m, 0.0)

    # What goes on between two steps.

    def _sum(self, before: Session, elapsed_s: float) -> None:
        assert self._row is not None
        count, belt = self._counts[self._row], before.belt
        kmh = belt.kmh or 0.0
        if kmh > 0:
            if (kmh, belt.incline_pct or 0.0, self._row) != self._rate_of:
                self._rate(kmh, belt.incline_pct or 0.0, self._row)
            count.energy_kcal += self._kcal_s * elapsed_s
            count.net_kcal += self._net_s * elapsed_s
            count.margin_kcal += self._margin_s * elapsed_s
            if kmh > count.max_kmh and before.progress.phase is not Phase.RESTING:
                count.max_kmh = kmh
        bpm = before.strap.bpm
        if bpm is not None:
            count.beats += bpm * elapsed_s
            count.heart_s += elapsed_s

    def _rate(self, kmh: float, incline_pct: float, row: int) -> None:
        facing, weight_kg = self._row_at(row).segment.facing, self.plan.runner.weight_kg
        uptake = vo2_ml_kg_min(kmh, incline_pct, facing, backward_sessions=self._sessions)
        self._rate_of = kmh, incline_pct, row
        self._kcal_s = gross_kcal_per_s(uptake, weight_kg)
        self._net_s = net_kcal_per_s(uptake, weight_kg)
        self._margin_s = self._kcal_s * energy_margin(kmh)

    def _watch(self, facing: Facing, at_s: float, true_kmh: float) -> None:
        """The belt's own speed while the runner may face the rear; between two steps it is a straight line."""
        if facing is not Facing.FORWARD:
            most_kmh = max(self._true_kmh, true_kmh)
            if self.max_true_rear_kmh is None or most_kmh > self.max_true_rear_kmh:
                self.max_true_rear_kmh = most_kmh
            over_kmh = self.plan.caps.speed_kmh + OVER_KMH
            if most_kmh > over_kmh + TINY:
                least_kmh = min(self._true_kmh, true_kmh)
                share = 1.0 if least_kmh >= over_kmh else (most_kmh - over_kmh) / (most_kmh - least_kmh)
                self.over_cap_s += share * (at_s - self.at_s)
        self._true_kmh = true_kmh

    # Changes of state.

    def _move(self, event: Event, before: Session, after: Session, outcome: Outcome) -> None:
        was, now = before.progress, after.progress
        row = self._under_way(now)
        if self._row is not None and (row != self._row or now.phase is Phase.ENDED):
            self._leave(event, before, after, outcome)
        if row is not None and row != self._row:
            self._begin(row, now, after.belt, event.at_s)
        if now.row != was.row:
            self._give_up(was, now)
        if now.phase is Phase.ENDED:
            self._end(now)
        self._turned(was, now, event.at_s)

    def _under_way(self, now: Progress) -> int | None:
        if now.row >= len(self.plan.rows):
            return None
        if now.phase in {Phase.RUN, Phase.RESTING}:
            return now.row
        if now.phase is not Phase.BRIDGE:
            return None
        return now.row if self.plan.rows[now.row].kind == "bridge" else -1 - now.row

    def _begin(self, row: int, now: Progress, belt: Belt, at_s: float) -> None:
        self._row = row
        self._from_s = now.run_at_s if now.run_at_s < inf else at_s
        self._from_m = _odometer_m(belt, self._from_s)
        count = self._counts.setdefault(row, _Count(start_s=self._from_s))
        count.ended_by = count.end_s = None
        self._faced = self._row_at(row).segment.facing

    def _leave(self, event: Event, before: Session, after: Session, outcome: Outcome) -> None:
        """A row stops running: for good where the session goes on with another, else until it is resumed."""
        assert self._row is not None
        index, now = self._row, after.progress
        row, count = self._row_at(index), self._counts[index]
        straight = now.phase in {Phase.RUN, Phase.RESTING} and now.row != index and now.run_at_s < inf
        end_s = min(now.run_at_s, event.at_s) if straight else event.at_s
        count.end_s = end_s
        count.time_s += end_s - self._from_s
        count.distance_m += max(_odometer_m(after.belt, end_s) - self._from_m, 0.0)
        bridged = row.kind == "bridge" and before.progress.phase is Phase.BRIDGE and not now.guided and not now.troubled
        if now.row in {index, -1 - index} and not bridged:
            count.ended_by = TRIP if now.troubled else STOP
        else:
            count.ended_by = EXTENT if bridged else _ended_by(self.plan, row, event, before, after, outcome)
        self._row = None

    def _give_up(self, was: Progress, now: Progress) -> None:
        """A row that was stopped is left for another: what stopped it ended it."""
        count = self._counts.get(was.row)
        if count is not None and count.ended_by == STOP and (was.troubled or now.troubled):
            count.ended_by = TRIP

    def _end(self, now: Progress) -> None:
        count = self._counts.get(now.row)
        if count is not None and count.ended_by in {STOP, TRIP}:
            count.ended_by = TRIP if now.ended == "tripped" else STOP

    def _turned(self, was: Progress, now: Progress, at_s: float) -> None:
        turn, question = self._turn, was.question
        if turn is not None:
            turn.states.append((was.phase, at_s - turn.since_s))
            turn.since_s = at_s
            there = now.phase is Phase.RUN and now.row == turn.row
            if there or now.row != turn.row or now.phase is Phase.ENDED:
                self.turns.append(turn.turn(at_s - turn.at_s if there else None))
                self._turn = turn = None
        goal = self.plan.rows[now.row].segment if now.row < len(self.plan.rows) else None
        begins = now.phase in _TURNING and not now.guided
        if turn is None and begins and goal is not None and goal.target is not None and goal.facing is not self._faced:
            self._turn = turn = _Turning(at_s, now.row, goal.facing, at_s)
        if turn is not None and now.phase in _STARTS and question is not None:
            turn.confirm_s = at_s - question.at_s

    def _cut(self, limit: Limit | None, at_s: float) -> None:
        before, self._limit = self._limit, limit
        if limit is None:
            return
        if before is None or limit.rule != before.rule or abs(limit.asked_kmh - before.asked_kmh) > JUMP_KMH:
            self.limits.append(Cut(at_s, limit))


def _odometer_m(belt: Belt, at_s: float) -> float:
    """The odometer at an instant near the last report, before or after it."""
    if not belt.link or belt.kmh is None or belt.heard_at_s == -inf:
        return belt.odometer_m
    since_s = min(max(at_s - belt.heard_at_s, -2 * belt.period_s), 2 * belt.period_s)
    return belt.odometer_m + belt.kmh * since_s / 3.6


def _ended_by(plan: Plan, row: Row, event: Event, before: Session, after: Session, outcome: Outcome) -> str:
    """Why the session went on to another row."""
    was, at_s = before.progress, event.at_s
    if row.segment.target is None:
        spent = row.planned_s is not None and was.clock(at_s) >= row.planned_s - TINY
    else:
        spent = row.segment.extent.unit is not ExtentUnit.OPEN and was.left_s(plan, after.belt, at_s) <= TINY
    if spent:
        return EXTENT
    if isinstance(event, Pressed):
        return SKIP
    ends_block = any(action(trip, rear=was.facing.rear) >= Action.END_BLOCK for trip in outcome.trips)
    return TRIP if ends_block or row.segment.until is None else UNTIL
