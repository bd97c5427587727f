"""A plan: rows in order, bridges, lengths, and how long the stops between them take (safety.md 6)."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from coach.core.level import UNLIMITED, Allowance, caps
from coach.core.machine import UNKNOWN_INCLINE, MachineProfile, Units
from coach.core.plan import (
    BRIDGE_KMH,
    BRIDGE_S,
    Plan,
    Row,
    bridge_before,
    free_workout,
    make_plan,
    plan_anywhere,
    refusals,
)
from coach.core.runner import Runner
from coach.core.workout import (
    Extent,
    ExtentUnit,
    Facing,
    Head,
    HeartHold,
    HeartRange,
    HeartUnit,
    Level,
    Segment,
    Target,
    Until,
    Workout,
)
from tests.core.build import BACKWARD, FORWARD, SPEEDS, TESTED, backward, forward, plan, profile, rest

FAST = forward(60.0, 8.0)
OPEN = Segment(Head.FORWARD, FORWARD, Extent(ExtentUnit.OPEN), Target(6.0))
PROMPTED = profile(speed_control=False)


def metres(amount: float, kmh: float = 6.0, unit: ExtentUnit = ExtentUnit.DISTANCE, mark: str | None = None) -> Segment:
    """A forward segment of a distance, or up to one."""
    return Segment(Head.FORWARD, FORWARD, Extent(unit, amount), Target(kmh), mark=mark)


def kinds(a_plan: Plan) -> list[str]:
    """What its rows are, with the facing of a segment."""
    return [row.segment.facing.value if row.kind == "segment" else row.kind for row in a_plan.rows]


# Bridges.


@pytest.mark.parametrize(("kmh", "bridges"), [(6.0, 0), (6.1, 1)])
def test_a_turn_to_the_rear_from_faster_than_six_goes_over_a_bridge(kmh: float, bridges: int) -> None:
    made = plan(forward(60.0, kmh), backward(), forward(180.0, kmh))
    assert kinds(made).count("bridge") == bridges
    assert kinds(made)[1] == ("bridge" if bridges else "backward")


def test_what_counts_is_how_fast_the_segment_ends() -> None:
    assert "bridge" in kinds(plan(forward(60.0, 4.0, end_kmh=8.0), backward(), forward(180.0)))
    assert "bridge" not in kinds(plan(forward(60.0, 8.0, end_kmh=4.0), backward(), forward(180.0)))
    held = replace(FAST, target=Target(5.0), heart=HeartHold(HeartRange(120, 130), 4.0, 7.0))
    assert "bridge" in kinds(plan(held, backward(), forward(180.0)))


def test_a_rest_before_the_turn_needs_no_bridge() -> None:
    assert kinds(plan(FAST, rest(), backward(), forward(180.0))) == ["forward", "rest", "backward", "forward"]


def test_a_bridge_is_no_row_that_the_author_wrote() -> None:
    made = plan(FAST, backward(), forward(180.0, 4.0))
    assert [row.index for row in made.rows] == [1, 2, 3, 4]
    assert [row.index for row in made.written] == [1, 3, 4]
    assert (made.rows[1].planned_s, made.rows[1].segment.target) == (BRIDGE_S, Target(BRIDGE_KMH))


def test_a_bridge_that_the_heart_asks_for_has_the_place_of_the_block_that_it_leads_to() -> None:
    row = plan(forward(), replace(backward(), line=7, round=2), forward(180.0)).rows[1]
    bridge = bridge_before(row)
    assert (bridge.index, bridge.segment.line, bridge.segment.round) == (row.index, 7, 2)
    assert (bridge.kind, bridge.turn, bridge.stands, bridge.planned_s) == ("bridge", False, False, BRIDGE_S)


# Turns and stops.


def test_the_belt_stands_before_the_first_row_after_a_turn_and_around_a_rest() -> None:
    made = plan(forward(), forward(60.0, 4.0), backward(), forward(), rest(), forward(180.0))
    assert [row.stands for row in made.rows] == [True, False, True, True, False, True]
    assert [row.turn for row in made.rows] == [False, False, True, True, False, False]
    assert made.turns == 2


def test_a_rest_is_no_turn_but_what_follows_it_may_be_one() -> None:
    made = plan(forward(), rest(30.0, FORWARD), backward(), rest(30.0, BACKWARD), backward(), forward(180.0))
    assert [row.turn for row in made.rows] == [False, False, True, False, False, True]


# Lengths.


def test_the_length_is_without_turns_and_an_open_row_counts_nothing() -> None:
    made = plan(forward(100.0), OPEN, backward(60.0), rest(20.0, BACKWARD), backward(30.0), forward(180.0))
    assert made.planned_s == 100.0 + 60.0 + 20.0 + 30.0 + 180.0
    assert made.backward_s == 60.0 + 30.0
    assert made.rows[1].planned_s is None


def test_a_distance_takes_as_long_as_its_mean_speed() -> None:
    made = plan(metres(500.0, 6.0), replace(metres(600.0), target=Target(4.0, 8.0)))
    assert [(row.planned_s, row.planned_m) for row in made.rows] == [(300.0, 500.0), (360.0, 600.0)]


def test_to_a_distance_counts_what_came_since_the_mark() -> None:
    made = plan(
        metres(400.0, mark="first"), forward(60.0, 6.0), metres(1000.0, unit=ExtentUnit.TO_MARK), forward(60.0, 6.0)
    )
    assert made.rows[2].planned_m == 500.0  # 400 m and a minute of 100 m are behind
    assert made.rows[2].planned_s == 300.0
    again = plan(
        metres(400.0, mark="first"),
        metres(300.0, mark="second"),
        metres(1000.0, unit=ExtentUnit.TO_MARK),
        metres(1200.0, unit=ExtentUnit.TO_MARK),
        metres(900.0, unit=ExtentUnit.TO_MARK),
    )
    assert [row.planned_m for row in again.rows[2:]] == [700.0, 200.0, 0.0]


def test_a_turn_on_the_way_to_a_mark_covers_some_metres() -> None:
    made = plan(
        metres(400.0, mark="first"), backward(60.0, 3.0), forward(60.0, 6.0), metres(1000.0, unit=ExtentUnit.TO_MARK)
    )
    assert made.rows[3].planned_m == pytest.approx(1000.0 - 400.0 - 50.0 - 100.0 - 2 * 6.0)


@pytest.mark.parametrize("level", list(Level))
def test_where_the_machine_is_unknown_a_turn_takes_what_the_level_says(level: Level) -> None:
    made = plan(forward(), backward(60.0, 1.2), forward(180.0), level=level, machine=MachineProfile())
    assert made.turn_s(1) == made.turn_s(2) == (90 if level in {Level.REHAB, Level.BEGINNER} else 75)
    assert made.turns_s == 2 * made.turn_s(1)


def test_a_turn_on_a_known_machine_is_the_sum_of_its_states() -> None:
    made = plan(forward(60.0, 5.8), backward(60.0, 3.8), forward(180.0, 4.8))
    slow_s, creep_s, rails_s, stop_s = 5.0 / 0.5, 1.0, 5.0, 2.0 + 2.0
    ready_s, start_s, step_on_s, ramp_s = 5.0, 4.0 + TESTED.settle_s + 3.0, 10.0, 3.0 / 0.3
    assert made.turn_s(1) == slow_s + creep_s + rails_s + stop_s + ready_s + start_s + step_on_s + ramp_s
    slow_s, ramp_s = 3.0 / 0.3, 4.0 / 0.5  # down by 0.3 km/h in a second facing the rear
    assert made.turn_s(2) == slow_s + creep_s + rails_s + stop_s + ready_s + start_s + step_on_s + ramp_s
    assert made.turns_s == made.turn_s(1) + made.turn_s(2)


def test_a_slower_machine_takes_longer_to_turn() -> None:
    def turn_s(machine: MachineProfile) -> float:
        return plan(forward(60.0, 5.8), backward(60.0, 3.8), forward(180.0, 4.8), machine=machine).turn_s(1)

    assert turn_s(profile(decel_kmh_s=0.25)) > turn_s(TESTED)
    assert turn_s(profile(start_delay_s=8.0)) == turn_s(TESTED) + 4.0
    assert turn_s(profile(settle_s=TESTED.settle_s + 2.0)) == turn_s(TESTED) + 2.0


def test_a_question_that_stands_longer_and_a_second_press_make_a_turn_longer() -> None:
    first = Allowance(backward_sessions=0)
    steps = (forward(), backward(60.0, 1.0), forward(180.0))
    often, seldom = plan(*steps), plan(*steps, allowance=first)
    assert seldom.turn_s(1) == often.turn_s(1) + 4.0
    assert plan(*steps, level=Level.REHAB).caps.long_question_s == 8.0


def test_a_ramp_is_waited_for_no_longer_than_it_is_given() -> None:
    def turn_s(kmh: float) -> float:
        return plan(forward(), backward(60.0, kmh), forward(180.0), level=Level.REHAB).turn_s(1)

    assert turn_s(5.3) == pytest.approx(turn_s(5.2) + 1.0)  # 45 s at 0.1 km/h in a second
    assert turn_s(6.0) == turn_s(5.3)


def test_a_rest_is_as_long_a_stop_as_the_start_after_it() -> None:
    made = plan(forward(60.0, 5.8), rest(30.0), forward(60.0, 4.8), rest(30.0), backward(60.0, 2.0), forward(180.0))
    turns = sum(made.turn_s(i) for i, row in enumerate(made.rows) if row.turn)
    assert made.turns_s == turns + made.turn_s(1) + made.turn_s(3)
    straight = 5.0 / 0.5 + 1.0 + 5.0 + 4.0 + 5.0 + 4.0 + TESTED.settle_s + 3.0 + 10.0
    assert made.turn_s(1) == straight + 4.0 / 0.5  # up to the speed of what follows
    assert made.turn_s(3) == straight - 2.0  # the turn behind it has that ramp; it comes from 4.8


# What it is run by.


def test_the_level_that_is_given_wins_over_that_of_the_workout_and_a_beginners_is_the_last_resort() -> None:
    workout = Workout("a test", (forward(), backward(60.0, 1.0), forward(180.0)), Level.INTERMEDIATE)
    assert make_plan(workout, TESTED).level is Level.INTERMEDIATE
    assert make_plan(workout, TESTED, level=Level.REHAB).caps == caps(Level.REHAB)
    assert make_plan(replace(workout, level=None), TESTED).level is Level.BEGINNER


def test_the_heart_ceiling_is_the_levels_and_the_workout_may_only_lower_it() -> None:
    runner = Runner(measured_max_bpm=200)
    workout = Workout("a test", (forward(),), Level.INTERMEDIATE)
    assert make_plan(workout, TESTED, runner).heart_ceiling_bpm == 170.0
    lower, higher = (replace(workout, heart_limit=HeartRange(bpm, bpm)) for bpm in (150.0, 190.0))
    assert make_plan(lower, TESTED, runner).heart_ceiling_bpm == 150.0
    assert make_plan(higher, TESTED, runner).heart_ceiling_bpm == 170.0


def test_a_band_of_heart_rate_is_in_beats_of_this_runner() -> None:
    band, bound = HeartRange(60, 70, HeartUnit.MAX), HeartRange(50, 50, HeartUnit.MAX)
    segment = replace(forward(), heart=HeartHold(band, 5.0, 7.0), until=Until(below=True, bound=bound))
    (row,) = make_plan(Workout("a test", (segment,)), TESTED, Runner(measured_max_bpm=200)).rows
    assert (row.heart_bpm, row.until_bpm) == ((120.0, 140.0), 100.0)


def test_only_the_factors_of_remembered_units_are_taken_over() -> None:
    units = Units(target=1.609344, report=1.0, agreed=True, measured=True)
    made = make_plan(Workout("a test", (forward(),)), TESTED, units=units)
    assert made.units == Units(1.609344, 1.0)
    assert make_plan(Workout("a test", (forward(),)), TESTED).units == Units()


def test_anywhere_it_is_anybody_on_a_treadmill_that_nobody_knows() -> None:
    band = HeartRange(90, 95, HeartUnit.THRESHOLD)
    made = plan_anywhere(Workout("a test", (replace(forward(60.0), heart=HeartHold(band, 5.0, 7.0)),)))
    assert (made.planned_s, made.profile.known) == (60.0, False)


# Where coach only prompts.


def test_only_the_forward_segments_are_prompted_for_and_the_rests_between_them() -> None:
    steps = (rest(), backward(), rest(), forward(), rest(), backward(), forward(60.0, 4.0), backward(), rest())
    made = plan(*steps, machine=PROMPTED)
    assert kinds(made) == ["forward", "rest", "forward"]
    assert not made.backward
    assert made.workout.segments == steps


def test_where_nothing_is_forward_all_stays_and_is_refused() -> None:
    made = plan(backward(), rest(30.0, BACKWARD), backward(), machine=PROMPTED)
    assert kinds(made) == ["backward", "rest", "backward"]
    assert {problem.rule for problem in refusals(made, UNLIMITED, SPEEDS, UNKNOWN_INCLINE)} >= {"backward-left-out"}


# A free session.


def test_a_free_session_has_no_end_and_three_blocks_to_choose() -> None:
    made = make_plan(free_workout(5.0, 90.0, 2.0), TESTED, free=True)
    assert kinds(made) == ["forward", *["backward", "forward"] * 3]
    ahead, block = made.rows[0], made.rows[1]
    assert (ahead.planned_s, ahead.segment.extent.amount, ahead.segment.target) == (None, inf, Target(5.0))
    assert (block.planned_s, block.segment.target, made.turns) == (90.0, Target(2.0), 6)


def test_nothing_refuses_a_free_session_but_its_blocks_stay_out_where_the_level_is_not_open() -> None:
    rehab = Allowance(level=Level.REHAB)
    made = make_plan(free_workout(), TESTED, free=True, allowance=rehab)
    assert not made.caps.backward_today
    assert refusals(made, rehab, SPEEDS, UNKNOWN_INCLINE) == ()
    assert make_plan(free_workout(), TESTED, free=True).caps.backward_today


def test_what_is_no_error_refuses_nothing() -> None:
    told = plan(forward(), machine=PROMPTED)
    assert refusals(told, UNLIMITED, SPEEDS, UNKNOWN_INCLINE) == ()
    assert [problem.rule for problem in refusals(plan(forward(60.0, 19.0)), UNLIMITED, SPEEDS, UNKNOWN_INCLINE)] == [
        "speed-over-device"
    ]


def test_a_row_is_named_by_what_the_runner_does() -> None:
    made = plan(FAST, backward(), rest(30.0, BACKWARD), backward(), forward(180.0))
    assert [row.kind for row in made.rows] == ["segment", "bridge", "segment", "rest", "segment", "segment"]
    assert isinstance(made.rows[0], Row)
    assert made.rows[2].segment.facing is Facing.BACKWARD
