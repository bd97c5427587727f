"""Advice at its limits: just below, on and just above each, and what it says against what a session does."""

from collections.abc import Iterator
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.level import LEVELS
from coach.core.machine import MachineProfile, Range
from coach.core.wish import Phase
from coach.core.workout import Facing, Level, Workout
from coach.script.advice import EASY_SHARE, LAST_S, NARROW_KMH, USUAL_PCT_S, WALK_KMH, WARM_UP_S, advice
from coach.script.check import check_text, load
from coach.script.device import Machine
from coach.script.find import shipped
from coach.script.legs import Extent, change, needed, reached
from coach.script.model import Script
from tests.core.build import world
from tests.script.drawn import workouts

WARM = "  - warm-up: 5 min @ 5 km/h\n"
COOL = "  - cool-down: 5 min @ 5 km/h\n"


def told(steps: str, top: str = "", machine: Machine | None = None) -> list[str]:
    """The rules that some steps break."""
    return [
        problem.rule for problem in check_text(f"format: 1\nname: Test\n{top}steps:\n{steps}", machine=machine).problems
    ]


def step(text: str, *keys: str) -> str:
    return "".join((f"  - {text}\n", *(f"    {key}\n" for key in keys)))


# Warming up


@pytest.mark.parametrize(("by", "rules"), [(-0.1, ["no-warmup"]), (0.0, []), (0.1, [])])
def test_warming_up_takes_three_minutes(by: float, rules: list[str]) -> None:
    assert told(step(f"warm-up: {WARM_UP_S + by} s @ 5 km/h") + step("forward: 5 min @ 9 km/h") + COOL) == rules


@pytest.mark.parametrize(("by", "rules"), [(-0.1, []), (0.0, []), (0.1, ["no-warmup"])])
def test_a_walk_is_no_faster_than_seven(by: float, rules: list[str]) -> None:
    assert told(step(f"forward: 5 min @ {WALK_KMH + by} km/h") + step("forward: 5 min @ 9 km/h") + COOL) == rules


@pytest.mark.parametrize(("by", "rules"), [(-0.1, []), (0.0, []), (0.1, ["no-warmup"])])
def test_a_warm_up_that_is_called_so_is_at_most_a_share_of_the_fastest(by: float, rules: list[str]) -> None:
    easy = step(f"warm-up: 5 min @ {EASY_SHARE * 12 + by:.2f} km/h")
    assert told(easy + step("forward: 5 min @ 12 km/h") + COOL.replace("5 min @ 5", "5 min @ 6")) == rules


@pytest.mark.parametrize(("end", "rules"), [(8.3, []), (8.4, ["no-warmup"])])
def test_of_a_ramp_the_slow_part_counts(end: float, rules: list[str]) -> None:
    """From 5 km/h in five minutes, 7 km/h is reached after 180 s where the end is 8.33."""
    assert told(step(f"forward: 5 min @ 5 -> {end} km/h") + step("forward: 5 min @ 9 km/h") + COOL) == rules


@pytest.mark.parametrize(("seconds", "rules"), [(179, ["no-warmup"]), (180, [])])
def test_a_turn_to_the_rear_wants_a_warm_up(seconds: int, rules: list[str]) -> None:
    steps = step(f"warm-up: {seconds} s @ 5 km/h") + step("backward: 1 min @ 2 km/h") + COOL
    assert told(steps, "level: beginner\n") == rules


def test_what_safety_says_is_not_said_again() -> None:
    steps = step("warm-up: 30 s @ 5 km/h") + step("backward: 1 min @ 2 km/h") + COOL
    assert told(steps, "level: beginner\n") == ["backward-too-fast"]
    steps = WARM + step("backward: 1 min @ 2 km/h") + step("forward: 170 s @ 9 km/h")
    assert told(steps, "level: beginner\n") == ["no-cooldown"]


# The end


@pytest.mark.parametrize(("by", "rules"), [(-0.1, ["ends-fast"]), (0.0, []), (0.1, [])])
def test_the_last_minute_is_easy(by: float, rules: list[str]) -> None:
    assert told(WARM + step("forward: 5 min @ 9 km/h") + step(f"forward: {LAST_S + by} s @ 5 km/h")) == rules


@pytest.mark.parametrize(("end", "rules"), [("7", []), ("7.1", ["ends-fast"])])
def test_an_end_is_easy_up_to_a_walk(end: str, rules: list[str]) -> None:
    assert told(WARM + step("forward: 5 min @ 9 km/h") + step(f"forward: 2 min @ {end} km/h")) == rules


@pytest.mark.parametrize("last", ["open @ 9 km/h", "20 min @ 6 km/h"])
def test_a_step_that_the_runner_ends_and_a_walk_need_no_cool_down(last: str) -> None:
    assert told(WARM + step(f"forward: {last}")) == []


# Bridges and jumps


@pytest.mark.parametrize(("speed", "rules"), [("5.9", []), ("6", []), ("6.1", ["bridge-inserted"])])
def test_a_bridge_is_told_where_the_plan_has_one(speed: str, rules: list[str]) -> None:
    steps = WARM + step(f"forward: 2 min @ {speed} km/h") + step("backward: 1 min @ 2 km/h") + COOL
    assert told(steps, "level: beginner\n") == rules


@pytest.mark.parametrize(("speed", "rules"), [("8.9", []), ("9", []), ("9.1", ["jump-split"])])
def test_a_rise_of_more_than_four_is_told(speed: str, rules: list[str]) -> None:
    assert told(WARM + step(f"forward: 2 min @ {speed} km/h") + COOL) == rules
    assert told(WARM + step(f"forward: 2 min @ {speed} -> {speed} km/h") + COOL) == []  # scripted, one write a step


def test_a_fall_and_a_start_are_no_jump() -> None:
    assert told(WARM + step("forward: 30 s @ 5 -> 15 km/h") + step("forward: 2 min @ 15 km/h") + COOL) == []
    assert told(WARM + step("rest: 1 min") + step("forward: 2 min @ 12 km/h") + COOL) == []


# Backward


@pytest.mark.parametrize("level", [level for level in Level if level is not Level.REHAB])
@pytest.mark.parametrize(("by", "rules"), [(-1, ["backward-too-short"]), (0, []), (1, [])])
def test_the_first_backward_step_needs_half_a_minute_and_its_ramp(level: Level, by: int, rules: list[str]) -> None:
    seconds = ceil(30 + 0.4 * 2 / LEVELS[level].ramp_kmh_s - 1e-9)
    steps = WARM + step(f"backward: {seconds + by} s @ 2 km/h") + step("backward: 2 min @ 1 km/h") + COOL
    assert told(steps, f"level: {level}\n") == rules


@pytest.mark.parametrize(("seconds", "rules"), [("9.9", ["backward-too-short"]), ("10", []), ("10.1", [])])
def test_a_later_backward_step_needs_its_ramp(seconds: str, rules: list[str]) -> None:
    steps = step("warm-up: 5 min @ 6 km/h") + step("backward: 60 s @ 1 km/h") + step(f"backward: {seconds} s @ 3 km/h")
    assert told(steps + step("backward: 1 min @ 2 km/h") + COOL, "level: beginner\n") == rules


def test_behind_a_rest_the_ramp_is_over_before_the_clock_begins() -> None:
    block = step("backward: 60 s @ 2 km/h") + step("rest: 1 min") + step("backward: 5 s @ 3 km/h")
    assert told(step("warm-up: 5 min @ 6 km/h") + block + COOL, "level: beginner\n") == []


@pytest.mark.parametrize("kilometres", [0.015, 0.018, 0.019, 0.02])
def test_a_distance_counts_the_metres_of_its_ramp(kilometres: float) -> None:
    """Half a minute at 1.8 km/h is 15 m, and 6 s from there to 3 km/h are 4 m."""
    steps = step("warm-up: 5 min @ 6 km/h") + step(f"backward: {kilometres} km @ 3 km/h")
    expected = ["backward-too-short"] if kilometres < 0.019 else []
    assert told(steps + step("backward: 1 min @ 2 km/h") + COOL, "level: beginner\n") == expected


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [20, 30, 32, 36, 45])
def test_a_session_gets_as_fast_as_is_said(seconds: int) -> None:
    """The reckoning of backward-too-short against the whole core on a simulated belt."""
    text = "format: 1\nname: Test\nlevel: beginner\nsteps:\n" + step("warm-up: 3 min @ 6 km/h")
    text += (
        step(f"backward: {seconds} s @ 3 km/h") + step("backward: 60 s @ 1 km/h") + step("cool-down: 3 min @ 4 km/h")
    )
    loaded = check_text(text)
    assert loaded.workout is not None
    too_short = [one.message for one in loaded.problems if one.rule == "backward-too-short"]
    fastest = max(backward_speeds(loaded.workout))
    assert (fastest < 3 - 0.1) is bool(too_short)
    if too_short:
        said = float(too_short[0].split(" gets to ")[1].split(" km/h")[0])
        assert fastest == pytest.approx(said, abs=0.3)


def backward_speeds(workout: Workout) -> Iterator[float]:
    """The true speeds of a session while the runner walks backward."""
    for one in world("home", workout=workout).run_until(1200.0):
        progress = one.session.progress
        if progress.facing is Facing.BACKWARD and progress.phase is Phase.RUN:
            yield one.true_kmh


# Inclines


@pytest.mark.parametrize(("by", "rules"), [(-0.1, ["incline-not-reached"]), (0.0, []), (0.1, [])])
def test_an_incline_needs_its_time(by: float, rules: list[str]) -> None:
    hill = step(f"forward: {8 / USUAL_PCT_S + by} s @ 5 km/h, 8 %")
    assert told(WARM + hill + COOL) == rules
    assert told(WARM + hill.replace("8 %", "0 -> 8 %") + COOL) == rules


def test_the_way_down_counts_too_and_a_stand_gives_time() -> None:
    hill = step("forward: 1 min @ 5 km/h, 8 %")
    assert told(WARM + hill + step("forward: 10 s @ 5 km/h") + hill + COOL) == ["incline-not-reached"]
    assert told(step("forward: 10 s @ 5 km/h, 12 %") + COOL) == []


def machine(incline_pct_s: float | None = None) -> Machine:
    profile = MachineProfile(name="Model X", known=True, incline_pct_s=incline_pct_s)
    return Machine(profile=profile, speeds=Range(0.8, 18.0, 0.1), inclines=Range(0.0, 12.0, 0.5))


def test_with_a_machine_its_own_incline_counts() -> None:
    steps = WARM + step("forward: 20 s @ 5 km/h, 8 %") + COOL
    assert told(steps, machine=machine(incline_pct_s=0.2)) == ["incline-not-reached"]
    assert told(steps, machine=machine(incline_pct_s=0.4)) == []
    assert told(steps.replace("20 s", "10 s"), machine=machine()) == ["incline-not-reached"]  # nobody has measured
    assert told(steps.replace("20 s", "10 s"), machine=machine(incline_pct_s=2.0)) == []


# Hearts


@pytest.mark.parametrize(("by", "rules"), [(-0.1, ["heart-hold-narrow"]), (0.0, []), (0.1, [])])
def test_a_heart_step_has_room(by: float, rules: list[str]) -> None:
    held = step("forward: 5 min @ 6 km/h", "heart: zone 2", f"within: 6 .. {6 + NARROW_KMH + by:.2f} km/h")
    assert told(WARM + held) == rules


@pytest.mark.parametrize(
    ("bound", "comes"),
    [
        ("< 49 bpm", False), ("< 50 bpm", True), ("> 219 bpm", True), ("> 220 bpm", False),
        ("< 30 %max", True), ("> 99 %max", True), ("> 100 %max", False),
        ("< 9 %hrr", False), ("< 10 %hrr", True), ("> 99 %hrr", True), ("> 100 %hrr", False),
        ("< 34 %lthr", False), ("< 35 %lthr", True), ("> 114 %lthr", True), ("> 115 %lthr", False),
    ],
)  # fmt: skip
def test_a_bound_is_one_that_hearts_have(bound: str, comes: bool) -> None:
    assert told(step("forward: 5 min @ 6 km/h", f"until: heart {bound}")) == ([] if comes else ["unreachable-until"])


@pytest.mark.parametrize(("bound", "rules"), [(149, []), (150, ["unreachable-until"]), (151, ["unreachable-until"])])
def test_a_bound_lies_below_the_limit_of_the_file(bound: int, rules: list[str]) -> None:
    top = "limits: {heart: 150 bpm}\n"
    assert told(step("forward: 5 min @ 6 km/h", f"until: heart > {bound} bpm"), top) == rules
    assert told(step("forward: 5 min @ 6 km/h", f"until: heart < {bound} bpm"), top) == []
    assert told(step("forward: 5 min @ 6 km/h", "until: heart > 95 %max"), top) == []  # of whom?


# All of it


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_workout_gives_no_cause_for_advice(name: str) -> None:
    assert load(name).problems == ()


def test_of_several_steps_on_a_line_the_one_is_named() -> None:
    found = load("5min@5/1min@10/1min@5/1min@11/3min@5").problems
    assert [(problem.rule, problem.column) for problem in found] == [("jump-split", 8), ("jump-split", 23)]


@given(workouts())
def test_advice_is_told_once_for_its_place_and_never_an_error(workout: Workout) -> None:
    found = list(advice(Script(), workout, None))
    assert not any(problem.error for problem in found)
    assert len({(problem.rule, problem.line, problem.column) for problem in found}) == len(found)


@given(st.floats(0.5, 20), st.floats(0.5, 20), st.floats(0.05, 2), st.floats(1, 600), st.booleans())
def test_a_leg_is_whole_exactly_when_its_extent_is_there(
    first: float, last: float, per_s: float, amount: float, metres: bool
) -> None:
    legs, extent = (change(first, last, per_s),), Extent(amount, metres=metres)
    at = reached(legs, extent)
    assert min(first, last) - 1e-6 <= at <= max(first, last) + 1e-6
    if needed(legs, extent) <= amount:
        assert at == last
