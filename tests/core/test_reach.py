"""What a machine cannot do of a workout, and what the runner's own limits keep out (safety.md 3, 5 and 7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.core.gates import caps_on, machine_problems
from coach.core.level import UNLIMITED, caps
from coach.core.machine import MachineProfile, Range, Reported
from coach.core.rules import Problem
from coach.core.workout import Extent, ExtentUnit, Facing, Head, Level, Segment, Target, Workout
from tests.core.build import BACKWARD, FORWARD, TESTED, backward, forward, profile, rest

SPEEDS = Range(0.8, 18.0, 0.1)
INCLINES = Range(0.0, 12.0, 0.5)
LEVEL_ONLY = Range(0.0, 0.0, 0.0)
RUNS_ON = replace(TESTED, keeps_on_link_loss=True)
PROMPTED = profile(speed_control=False)
DEAF = profile(disobeys="ignores Stop")


def found(
    *segments: Segment,
    machine: MachineProfile = TESTED,
    level: Level = Level.INTERMEDIATE,
    speeds: Range = SPEEDS,
    inclines: Range = INCLINES,
    fastest_kmh: float = 16.0,
    steepest_pct: float = 15.0,
    helper: bool = False,
) -> tuple[Problem, ...]:
    """What stands in the way of these segments here."""
    return machine_problems(
        Workout("a test", segments, level),
        level,
        machine,
        speeds,
        inclines,
        fastest_kmh=fastest_kmh,
        steepest_pct=steepest_pct,
        helper=helper,
    )


def rules(*problems: Problem) -> list[tuple[str, bool]]:
    """Their names, and whether they refuse."""
    return [(problem.rule, problem.error) for problem in problems]


def tilted(pct: float, end_pct: float | None = None, *, facing: Facing = FORWARD, line: int = 0) -> Segment:
    """A minute with an incline, or with a ramp of it."""
    head = Head.FORWARD if facing is FORWARD else Head.BACKWARD
    return Segment(head, facing, Extent(ExtentUnit.TIME, 60.0), Target(2.0, None, pct, end_pct), line=line)


# Speed and incline.


@pytest.mark.parametrize(
    ("pct", "end_pct", "help_"),
    [
        (3.0, None, None),
        (3.0, 5.0, None),
        (0.5, None, "at least 1 %"),
        (3.0, 0.0, "at least 1 %"),
        (13.0, None, "at most 12 %"),
    ],
)
def test_an_incline_is_told_which_way_it_leaves_the_range_of_the_machine(
    pct: float, end_pct: float | None, help_: str | None
) -> None:
    problems = found(tilted(pct, end_pct), inclines=Range(1.0, 12.0, 0.5))
    assert [problem.help for problem in problems] == ([f"write {help_}"] if help_ else [])


@pytest.mark.parametrize(("kmh", "refused"), [(18.0, False), (18.1, True)])
def test_no_step_is_faster_than_the_machine(kmh: float, refused: bool) -> None:
    wanted = [("speed-over-device", True)] if refused else []
    assert rules(*found(forward(60.0, kmh), fastest_kmh=22.0)) == wanted
    assert rules(*found(forward(60.0, 5.0, end_kmh=kmh), fastest_kmh=22.0)) == wanted


@pytest.mark.parametrize(("kmh", "refused"), [(12.0, False), (12.5, True)])
def test_no_step_is_faster_than_the_runners_limit_and_the_refusal_names_the_line(kmh: float, refused: bool) -> None:
    problems = found(forward(60.0, kmh), fastest_kmh=12.0)
    assert rules(*problems) == ([("speed-over-limit", True)] if refused else [])
    if refused:
        assert "the line forward_cap_kmh = 12.5 lifts it" in problems[0].message
        assert "forward_cap_kmh = 12.5" in problems[0].help


def test_the_forward_limit_is_none_of_the_rear() -> None:
    assert rules(*found(forward(60.0, 4.0), backward(60.0, 2.0), forward(180.0, 1.0), fastest_kmh=1.0)) == [
        ("speed-over-limit", True)
    ]


@pytest.mark.parametrize(("pct", "refused"), [(8.0, False), (8.5, True)])
def test_no_step_is_steeper_than_the_runners_limit_and_the_refusal_names_the_line(pct: float, refused: bool) -> None:
    problems = found(tilted(pct, line=3), steepest_pct=8.0)
    assert rules(*problems) == ([("incline-over-limit", True)] if refused else [])
    assert found(tilted(0.0, pct), steepest_pct=8.0) == tuple(replace(problem, line=0) for problem in problems)
    if refused:
        assert (problems[0].line, problems[0].message) == (
            3,
            "8.5 % is above your limit of 8 %; the line incline_cap_pct = 8.5 lifts it",
        )
        assert "incline_cap_pct = 8.5" in problems[0].help


@pytest.mark.parametrize(("pct", "told"), [(12.0, False), (12.5, True), (0.0, False), (-0.5, True)])
def test_an_incline_out_of_the_machines_range_is_told_forward_and_refused_facing_the_rear(
    pct: float, told: bool
) -> None:
    assert rules(*found(tilted(pct))) == ([("incline-over-device", False)] if told else [])
    assert rules(*found(tilted(0.0, pct))) == ([("incline-over-device", False)] if told else [])
    assert rules(*found(tilted(0.0), tilted(pct, facing=BACKWARD))) == ([("incline-over-device", True)] if told else [])


def test_a_machine_without_incline_says_what_becomes_of_one() -> None:
    ahead, rear = (found(tilted(2.0, facing=facing), inclines=LEVEL_ONLY)[0] for facing in (FORWARD, BACKWARD))
    assert ahead.message == "tested has no incline; this step stays level"
    assert rear.message == "tested has no incline"
    assert ahead.help == rear.help == "leave the incline out"


def test_a_machine_with_less_incline_says_how_much_it_has() -> None:
    ahead, rear = (found(tilted(14.0, facing=facing))[0] for facing in (FORWARD, BACKWARD))
    assert ahead.message == "tested sets inclines from 0 to 12 %; this step stays within that"
    assert rear.message == "tested sets inclines from 0 to 12 %"
    assert ahead.help == rear.help == "write at most 12 %"


def test_a_rest_asks_nothing_of_a_machine() -> None:
    assert found(rest(), speeds=Range(0.8, 1.0, 0.1)) == ()


# Backward.

BLOCK = (forward(60.0, 6.0), backward(60.0, 1.2), forward(180.0, 4.0))


@pytest.mark.parametrize(
    ("level", "low", "step", "rule"),
    [
        (Level.INTERMEDIATE, 1.5, 0.1, None),
        (Level.INTERMEDIATE, 1.6, 0.1, "below-device-minimum"),
        (Level.BEGINNER, 1.2, 0.1, None),
        (Level.BEGINNER, 1.3, 0.1, "below-device-minimum"),
        (Level.INTERMEDIATE, 0.8, 0.5, None),
        (Level.INTERMEDIATE, 0.8, 0.6, "off-device-step"),
        (Level.REHAB, 0.8, 0.3, None),
        (Level.REHAB, 0.8, 0.4, "off-device-step"),
    ],
)
def test_the_lowest_speed_and_the_step_are_those_of_the_level(
    level: Level, low: float, step: float, rule: str | None
) -> None:
    steps = (forward(60.0, 6.0), backward(60.0, 2.0), forward(180.0, 4.0))
    assert rules(*found(*steps, level=level, speeds=Range(low, 18.0, step))) == ([(rule, True)] if rule else [])


@pytest.mark.parametrize(
    ("machine", "rule"),
    [
        (replace(TESTED, report_period_s=1.0), None),
        (replace(TESTED, report_period_s=1.5), "slow-reports"),
        (profile(answer_s=2.0), None),
        (profile(answer_s=2.5), "slow-answers"),
        (profile(start_kmh=1.3), None),
        (profile(start_kmh=1.4), "starts-fast"),
        (replace(TESTED, stop_works=False), "stop-refused"),
        (profile(decel_kmh_s=0.25), None),  # 12 s from 3 km/h
        (profile(decel_kmh_s=0.24), "slow-stop"),
        (profile(remote_start=False), "remote-start-refused"),
        (profile(reported=Reported.TARGET), "echoes-target"),
        (profile(reported=Reported.TARGET, unit_answered=True), None),
    ],
)
def test_each_gate_of_a_machine_has_two_sides(machine: MachineProfile, rule: str | None) -> None:
    assert rules(*found(*BLOCK, machine=machine)) == ([(rule, True)] if rule else [])
    assert found(forward(60.0, 6.0), machine=machine) == ()


@pytest.mark.parametrize(
    ("level", "helper", "refused"),
    [(Level.INTERMEDIATE, False, True), (Level.INTERMEDIATE, True, False), (Level.REHAB, True, True)],
)
def test_its_own_start_key_needs_a_helper_and_never_does_for_rehab(level: Level, helper: bool, refused: bool) -> None:
    problems = found(*BLOCK, machine=profile(remote_start=False), level=level, helper=helper)
    assert rules(*problems) == ([("remote-start-refused", True)] if refused else [])


@pytest.mark.parametrize(("kmh", "refused"), [(1.0, False), (0.9, True)])
def test_no_block_is_slower_than_creep_for_it_would_be_run_faster(kmh: float, refused: bool) -> None:
    steps = (forward(60.0, 6.0), replace(backward(60.0, kmh), line=2), rest(10.0, BACKWARD), forward(180.0, 4.0))
    problems = found(*steps, speeds=Range(1.0, 18.0, 0.1))
    assert [(problem.rule, problem.line) for problem in problems] == ([("below-device-minimum", 2)] if refused else [])


@pytest.mark.parametrize(
    ("level", "lower_kmh"),
    [(Level.REHAB, 2.0), (Level.BEGINNER, 2.0), (Level.INTERMEDIATE, 3.0), (Level.ADVANCED, 4.5)],
)
def test_a_machine_that_runs_on_costs_one_level_of_speed(level: Level, lower_kmh: float) -> None:
    assert caps_on(RUNS_ON, caps(level)).speed_kmh == lower_kmh
    assert caps_on(TESTED, caps(level)) == caps(level)
    assert caps_on(RUNS_ON, caps(level, UNLIMITED, 1.0)).speed_kmh == 1.0


@pytest.mark.parametrize(
    ("machine", "words"),
    [(RUNS_ON, "tested runs on"), (replace(RUNS_ON, known=False), "tested may run on")],
    ids=["tested", "not tested"],
)
def test_a_block_that_is_too_fast_for_that_is_told_and_not_refused(machine: MachineProfile, words: str) -> None:
    assert found(forward(60.0, 9.0), backward(60.0, 3.0), forward(180.0, 4.0), machine=machine) == ()
    (problem,) = found(forward(60.0, 9.0), backward(60.0, 3.1), forward(180.0, 4.0), machine=machine)
    assert (problem.rule, problem.error, problem.help) == ("keeps-going", False, "write at most 3 km/h")
    assert problem.message == f"{words} when the link is lost, so backward is at most 3 km/h on it"


# Machines that take no speeds, or do not obey.


@pytest.mark.parametrize(
    ("machine", "rule"), [(PROMPTED, "speed-control-refused"), (DEAF, "not-obeyed")], ids=["takes none", "ignores"]
)
def test_where_coach_only_prompts_the_backward_blocks_are_left_out(machine: MachineProfile, rule: str) -> None:
    fast = backward(60.0, 30.0)  # nobody will run it
    assert rules(*found(forward(60.0, 6.0), fast, forward(180.0, 4.0), machine=machine)) == [
        (rule, False),
        ("backward-left-out", False),
    ]
    assert rules(*found(forward(60.0, 6.0), machine=machine)) == [(rule, False)]


def test_a_workout_with_nothing_but_backward_blocks_is_refused_there() -> None:
    assert rules(*found(backward(60.0, 2.0), rest(), machine=PROMPTED)) == [
        ("speed-control-refused", False),
        ("backward-left-out", True),
    ]
