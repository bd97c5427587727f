"""A workout made ready for one machine and one runner: rows in order, bridges put in, turns timed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from coach.core.cue import Due, dues
from coach.core.gates import caps_on, machine_problems, prompt_only
from coach.core.heart import resolve
from coach.core.level import LEVELS, UNLIMITED, Allowance, Caps, caps
from coach.core.machine import LOWEST_CREEP_KMH, MachineProfile, Range, Units
from coach.core.rules import BRIDGE_ABOVE_KMH, Problem, end_kmh, lengths, mean_kmh, problems
from coach.core.runner import ANYBODY, Runner
from coach.core.workout import Extent, ExtentUnit, Facing, Head, HeartRange, Level, Segment, Target, Workout

__all__ = [
    "BRIDGE_KMH",
    "BRIDGE_S",
    "Plan",
    "Problem",
    "Row",
    "free_workout",
    "make_plan",
    "plan_anywhere",
    "problems",
    "refusals",
]

BRIDGE_KMH: Final = 4.0  # one write on the way from running to a turn (safety.md 6a)
BRIDGE_S: Final = 60.0
FREE_BLOCKS: Final = 3  # of a free session: six turns, as many as a beginner may make (safety.md 3)


@dataclass(frozen=True, slots=True)
class Row:
    """A segment with its place in the session; `index` counts from 1, rests and bridges included."""

    index: int
    segment: Segment
    planned_s: float | None
    planned_m: float | None
    turn: bool  # the runner turns before it
    stands: bool  # the belt stands before it: the first row, after a turn, after or before a rest
    dues: tuple[Due, ...] = ()
    heart_bpm: tuple[float, float] | None = None  # of the heart hold
    until_bpm: float | None = None

    @property
    def kind(self) -> str:
        """segment, bridge or rest."""
        return {Head.REST: "rest", Head.BRIDGE: "bridge"}.get(self.segment.head, "segment")


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a session is run by; nothing in it changes while it runs."""

    workout: Workout
    rows: tuple[Row, ...]
    level: Level
    caps: Caps
    profile: MachineProfile
    runner: Runner
    heart_ceiling_bpm: float  # facing the rear
    backward: bool = False  # some row faces the rear, so facing is asked for by digit
    strap: bool = True  # a heart strap is expected
    helper: bool = False  # somebody stands at the console (safety.md 6b)
    free: bool = False  # `coach walk`: forward rows have no end, a key leads to the next block
    units: Units = field(default_factory=Units)  # remembered of this machine; every session agrees and measures anew

    @property
    def planned_s(self) -> float:
        """Length without turns; open rows count nothing."""
        return sum(row.planned_s or 0.0 for row in self.rows)

    @property
    def backward_s(self) -> float:
        """Length facing the rear on a moving belt; open rows count nothing."""
        rows = (row for row in self.rows if row.segment.facing is Facing.BACKWARD and row.segment.target is not None)
        return sum(row.planned_s or 0.0 for row in rows)

    @property
    def turns(self) -> int:
        """How often the runner turns round."""
        return sum(row.turn for row in self.rows)

    @property
    def written(self) -> tuple[Row, ...]:
        """The rows of the author's own segments, one each: without the bridges that were put in."""
        return tuple(row for row in self.rows if row.segment.head is not Head.BRIDGE)

    @property
    def turns_s(self) -> float:
        """Length of all turns and of the stops around rests."""
        return sum(self.turn_s(i) for i, row in enumerate(self.rows) if row.turn or row.kind == "rest")

    def turn_s(self, i: int) -> float:
        """Length of the stop before row `i`, from the table of safety.md 6a and the machine's profile."""
        if not self.profile.known:
            return LEVELS[self.level].turn_s
        before, here = self.rows[i - 1].segment, self.rows[i].segment
        if here.head is Head.REST and i + 1 < len(self.rows) and not self.rows[i + 1].turn:
            here = self.rows[i + 1].segment
        slow_kmh = max(end_kmh(before) - LOWEST_CREEP_KMH, 0.0)
        down = min(0.3, self.profile.decel_kmh_s) if before.facing is Facing.BACKWARD else self.profile.decel_kmh_s
        up = self.caps.ramp_kmh_s if here.facing is Facing.BACKWARD else self.profile.accel_kmh_s
        ramp_s = max(mean_kmh(here) - LOWEST_CREEP_KMH, 0.0) / up
        ready_s = max(self.caps.long_question_s if here.facing is Facing.BACKWARD else 1.5, 5.0)
        start_s = max(4.0, self.profile.start_delay_s) + self.profile.settle_s + 3.0
        step_on_s = 10.0 + (4.0 if self.caps.second_yes else 0.0)
        stop_s = max(self.profile.stop_s(LOWEST_CREEP_KMH), 2.0) + 2.0
        return slow_kmh / down + 1.0 + 5.0 + stop_s + ready_s + start_s + step_on_s + min(ramp_s, 45.0)


BRIDGE: Final = Segment(Head.BRIDGE, Facing.FORWARD, Extent(ExtentUnit.TIME, BRIDGE_S), Target(BRIDGE_KMH))


def bridge_before(row: Row) -> Row:
    """The bridge that a heart too fast for a turn asks for, in front of the row that the turn leads to."""
    segment = replace(BRIDGE, line=row.segment.line, round=row.segment.round)
    return Row(row.index, segment, BRIDGE_S, None, turn=False, stands=False)


def make_plan(
    workout: Workout,
    profile: MachineProfile,
    runner: Runner | None = None,
    *,
    level: Level | None = None,
    allowance: Allowance = UNLIMITED,
    strap: bool = True,
    helper: bool = False,
    free: bool = False,
    units: Units | None = None,
) -> Plan:
    """Put bridges in, time the rows and fix the caps of this session; `units` are those remembered of the machine."""
    runner = runner or Runner()
    row = level or workout.level or Level.BEGINNER
    if free and not allowance.permits(row):  # nothing refuses a free session; its backward blocks stay out
        allowance = replace(allowance, backward_today=False)
    most = caps_on(profile, caps(row, allowance, workout.backward_limit_kmh))
    ceiling = runner.max_bpm * most.heart_pct / 100
    if workout.heart_limit is not None:
        ceiling = min(ceiling, bounds(workout.heart_limit, runner)[1])
    done = replace(workout, segments=_forward_only(workout.segments)) if prompt_only(profile) else workout
    rows = tuple(_rows(done, runner))
    first = Units() if units is None else Units(units.target, units.report)
    return Plan(workout, rows, row, most, profile, runner, ceiling, done.backward, strap, helper, free, first)


def plan_anywhere(workout: Workout) -> Plan:
    """A plan for lengths alone: anybody, on a treadmill that nobody has tested; its heart rates mean nothing."""
    return make_plan(workout, MachineProfile(), ANYBODY)


def _forward_only(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """What coach can prompt for: the forward segments, and the rests between them; all where nothing is forward."""
    forward = [segment for segment in segments if segment.facing is Facing.FORWARD]
    while forward and forward[-1].target is None:
        forward.pop()
    while forward and forward[0].target is None:
        forward.pop(0)
    return tuple(forward) or segments


def refusals(plan: Plan, allowance: Allowance, speeds: Range, inclines: Range) -> tuple[Problem, ...]:
    """Why this plan must not move this belt: errors only, the author's and the machine's."""
    found = (
        *(() if plan.free else problems(plan.workout, plan.level, allowance, heart=plan.strap)),
        *machine_problems(
            plan.workout,
            plan.level,
            plan.profile,
            speeds,
            inclines,
            fastest_kmh=plan.runner.fastest_kmh,
            steepest_pct=plan.runner.steepest_pct,
            helper=plan.helper,
        ),
    )
    return tuple(problem for problem in found if problem.error)


def bounds(band: HeartRange, runner: Runner) -> tuple[float, float]:
    """A band of heart rate in bpm for this runner."""
    return resolve(band, max_bpm=runner.max_bpm, rest_bpm=runner.rest_bpm, threshold_bpm=runner.threshold_bpm)


def _rows(workout: Workout, runner: Runner) -> Iterator[Row]:
    segments = tuple(_bridged(workout.segments))
    facing, moving = Facing.FORWARD, False
    for index, (segment, (length_s, length_m)) in enumerate(zip(segments, lengths(segments), strict=True), 1):
        rest = segment.target is None
        turn = not rest and segment.facing is not facing
        yield Row(
            index,
            segment,
            length_s,
            segment.extent.amount if segment.extent.unit is ExtentUnit.DISTANCE else None if rest else length_m,
            turn,
            turn or not moving,
            dues(segment, length_s),
            None if segment.heart is None else bounds(segment.heart.range, runner),
            None if segment.until is None else bounds(segment.until.bound, runner)[0],
        )
        moving = not rest
        facing = facing if rest else segment.facing


def _bridged(segments: tuple[Segment, ...]) -> Iterator[Segment]:
    for segment, after in zip(segments, (*segments[1:], None), strict=True):
        yield segment
        turns_next = after is not None and after.facing is Facing.BACKWARD and after.target is not None
        if turns_next and segment.facing is Facing.FORWARD and end_kmh(segment) > BRIDGE_ABOVE_KMH:
            yield replace(BRIDGE, line=segment.line, round=segment.round)


def free_workout(speed_kmh: float = 3.0, block_s: float = 60.0, block_kmh: float = 1.5) -> Workout:
    """A free session: forward without an end, and a key leads to each of FREE_BLOCKS backward blocks."""
    ahead = Segment(Head.FORWARD, Facing.FORWARD, Extent(ExtentUnit.OPEN), Target(speed_kmh))
    block = Segment(Head.BACKWARD, Facing.BACKWARD, Extent(ExtentUnit.TIME, block_s), Target(block_kmh))
    segments = (ahead, *(segment for _ in range(FREE_BLOCKS) for segment in (block, ahead)))
    return Workout("Free session", segments, Level.BEGINNER, "Arrows set the speed.")
