"""What a machine makes of a workout, at its limits, and against what a session does on it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.gates import machine_problems
from coach.core.machine import LOWEST_CREEP_KMH, UNKNOWN_INCLINE, MachineProfile, Range
from coach.core.wish import Phase
from coach.core.workout import Extent, ExtentUnit, Facing, Head, Level, Segment, Target, Workout
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.sim import VirtualTreadmill
from coach.link.world import ranges
from coach.script.check import check_text
from coach.script.device import OFF_KMH, Machine, device_problems
from tests.core.build import SPEEDS, backward, forward, rest, world
from tests.script.drawn import workouts

PROFILE = MachineProfile(name="Model X", known=True, accel_kmh_s=0.5, decel_kmh_s=0.5, keeps_on_link_loss=False)
MILD = forward(300.0, 5.0)


def machine(speeds: Range = SPEEDS, profile: MachineProfile = PROFILE) -> Machine:
    return Machine(profile=profile, speeds=speeds, inclines=Range(0.0, 12.0, 0.5))


def told(*segments: Segment, on: Machine | None = None, level: Level = Level.INTERMEDIATE) -> list[str]:
    """The rules that a workout breaks on a machine."""
    return [problem.rule for problem in device_problems(Workout("a", segments, level), level, on or machine())]


def simulated(name: str) -> Machine:
    found = find_machine(name)
    profile = profile_of(found)
    speeds, inclines = ranges(profile, VirtualTreadmill(found))
    return Machine(profile=profile, speeds=speeds, inclines=inclines)


# Speeds


@pytest.mark.parametrize(("kmh", "rules"), [(9.9, []), (10.0, []), (10.1, ["speed-over-device"])])
def test_a_machine_goes_no_faster_than_it_says(kmh: float, rules: list[str]) -> None:
    assert told(forward(300.0, 8.0), forward(300.0, kmh), on=machine(Range(0.8, 10.0, 0.1))) == rules


@pytest.mark.parametrize(("kmh", "rules"), [(1.5, ["below-device-minimum"]), (1.6, []), (1.7, [])])
def test_forward_below_the_minimum_the_belt_runs_at_it(kmh: float, rules: list[str]) -> None:
    on = machine(Range(1.6, 10.0, 0.1))
    assert told(MILD, forward(300.0, kmh), on=on) == rules
    assert not any(problem.error for problem in device_problems(Workout("a", (forward(300.0, kmh),)), Level.REHAB, on))


@pytest.mark.parametrize(("kmh", "rules"), [(0.7, ["below-device-minimum"]), (0.8, [])])
def test_nothing_slower_than_creep_is_ever_set(kmh: float, rules: list[str]) -> None:
    assert told(MILD, forward(300.0, kmh), on=machine(Range(0.5, 10.0, 0.1))) == rules


@pytest.mark.parametrize(
    ("off", "rules"), [(OFF_KMH - 0.01, []), (OFF_KMH, ["off-device-step"]), (0.4, ["off-device-step"])]
)
@pytest.mark.parametrize("facing", [Facing.FORWARD, Facing.BACKWARD])
def test_a_speed_between_two_steps_is_told(off: float, rules: list[str], facing: Facing) -> None:
    on = machine(Range(0.5, 12.0, 0.5))
    if facing is Facing.FORWARD:
        assert told(MILD, forward(300.0, 6.0 + off), on=on) == rules
    else:
        assert told(forward(300.0, 6.0), backward(120.0, 2.0 + off), MILD, on=on) == rules


@given(st.floats(0.8, 18.0), st.sampled_from([0.1, 0.2, 0.25, 0.5]))
def test_it_says_what_the_session_would_set(kmh: float, step: float) -> None:
    speeds = Range(0.5, 18.0, step)
    workout = Workout("a", (forward(300.0, speeds.snap(5.0)), forward(3000.0, kmh)))
    problems = device_problems(workout, Level.REHAB, machine(speeds))
    found = [problem for problem in problems if problem.rule == "off-device-step"]
    runs = max(speeds.snap(kmh), speeds.at_least(LOWEST_CREEP_KMH))
    assert bool(found) is (kmh - runs >= OFF_KMH - 1e-6 and kmh >= speeds.at_least(LOWEST_CREEP_KMH) - 1e-6)
    assert all(problem.message.endswith(f"runs at {round(runs, 2):g} km/h") for problem in found)


# The belt's own time


@pytest.mark.parametrize(("seconds", "rules"), [(11.9, ["step-shorter-than-belt-needs"]), (12.0, []), (12.1, [])])
@pytest.mark.parametrize(("first", "last"), [(5.0, 8.0), (8.0, 5.0)])
def test_half_of_a_step_has_its_speed(seconds: float, rules: list[str], first: float, last: float) -> None:
    """3 km/h at 0.5 km/h a second are 6 s."""
    assert told(forward(300.0, first), forward(seconds, last), forward(300.0, last)) == rules


@pytest.mark.parametrize(("seconds", "rules"), [(5.9, ["step-shorter-than-belt-needs"]), (6.0, []), (6.1, [])])
def test_a_ramp_is_no_steeper_than_the_belt(seconds: float, rules: list[str]) -> None:
    assert told(forward(300.0, 5.0), forward(seconds, 5.0, end_kmh=8.0), forward(300.0, 8.0)) == rules


def test_a_rise_in_two_halves_takes_five_seconds_more() -> None:
    quick = machine(profile=replace(PROFILE, accel_kmh_s=10.0))
    assert told(MILD, forward(10.0, 9.0), forward(300.0, 9.0), on=quick) == []
    assert told(MILD, forward(10.0, 9.2), forward(300.0, 9.2), on=quick) == ["step-shorter-than-belt-needs"]
    assert told(MILD, forward(11.0, 9.2), forward(300.0, 9.2), on=quick) == []


@pytest.mark.parametrize(("metres", "rules"), [(21, ["step-shorter-than-belt-needs"]), (22, [])])
def test_a_distance_counts_the_metres_of_the_change(metres: float, rules: list[str]) -> None:
    """6 s at 6.5 km/h are 10.8 m, which is half of 21.7."""
    short = Segment(Head.FORWARD, Facing.FORWARD, Extent(ExtentUnit.DISTANCE, metres), Target(8.0))
    assert told(MILD, short, forward(300.0, 8.0)) == rules


def test_what_came_before_the_clock_is_not_counted() -> None:
    slow = machine(profile=replace(PROFILE, accel_kmh_s=0.2))
    assert told(forward(20.0, 5.0), MILD, on=slow) == []
    assert told(MILD, rest(), forward(20.0, 5.0), MILD, on=slow) == []
    assert told(forward(20.0, 9.0), forward(300.0, 9.0), on=slow) == ["step-shorter-than-belt-needs"]  # from 6 km/h


def test_of_a_machine_that_nobody_tested_no_rate_is_known() -> None:
    assert told(MILD, forward(5.0, 8.0), MILD, on=machine(profile=replace(PROFILE, known=False))) == []


def test_a_slow_belt_is_told_of_backward_steps_too() -> None:
    steps = (forward(300.0, 6.0), backward(60.0, 1.0), backward(20.0, 3.0), forward(300.0, 4.0))
    slow = machine(profile=replace(PROFILE, accel_kmh_s=0.05))
    assert told(*steps, on=slow, level=Level.BEGINNER) == ["step-shorter-than-belt-needs"]
    assert told(*steps, level=Level.BEGINNER) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["home", "slow-machine"])
@pytest.mark.parametrize("seconds", [6, 10, 14, 20, 26, 40])
def test_a_belt_gets_there_where_nothing_is_told(name: str, seconds: int) -> None:
    """The reckoning of step-shorter-than-belt-needs against the whole core on a simulated belt."""
    text = f"format: 1\nname: Test\nsteps:\n  - forward: 3 min @ 5 km/h\n  - forward: {seconds} s @ 8 km/h\n"
    loaded = check_text(f"{text}  - forward: 3 min @ 5 km/h\n", machine=simulated(name))
    assert loaded.workout is not None
    found = [one.message for one in loaded.problems if one.rule == "step-shorter-than-belt-needs" and one.line == 5]
    speeds = [
        one.true_kmh
        for one in world(name, workout=loaded.workout).run_until(900.0)
        if one.session.progress.row == 1 and one.session.progress.phase is Phase.RUN
    ]
    never = bool(found) and "this step is over at" in found[0]
    assert (max(speeds) < 8.0 - 0.35) is never
    if never:
        assert max(speeds) == pytest.approx(float(found[0].split("over at ")[1].split(" ")[0]), abs=0.45)


# All of it


@given(workouts(), st.sampled_from(["home", "half-steps", "slow-machine", "odd-ranges", "mph-both", "refuses-speed"]))
def test_all_that_refuses_a_session_is_told_and_nothing_more_is_an_error(workout: Workout, name: str) -> None:
    on, level = simulated(name), workout.level or Level.BEGINNER
    found = list(device_problems(workout, level, on))
    gates = machine_problems(workout, level, on.profile, on.speeds, on.inclines)
    assert {problem for problem in found if problem.error} == {problem for problem in gates if problem.error}
    assert len(set(found)) == len(found)


def test_a_machine_may_be_named_otherwise_than_its_profile() -> None:
    named = replace(machine(Range(0.8, 10.0, 0.1)), name="Cellar", fastest_kmh=12.0)
    found = list(device_problems(Workout("a", (forward(300.0, 11.0),)), Level.REHAB, named))
    assert [problem.message for problem in found] == ["11 km/h is faster than Cellar can go (10 km/h)"]
    wide = replace(named, speeds=Range(0.8, 20.0, 0.1), inclines=UNKNOWN_INCLINE)
    found = list(device_problems(Workout("a", (MILD, forward(300.0, 13.0))), Level.REHAB, wide))
    assert [problem.rule for problem in found] == ["speed-over-limit"]
