"""What keeps a machine from backward blocks, at the gate and again in the session (safety.md 3 and 5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.core.cap import cap_of, unit_known
from coach.core.gates import machine_problems
from coach.core.level import UNLIMITED
from coach.core.machine import UNKNOWN_INCLINE, MachineProfile, Preamble, Units
from coach.core.plan import refusals
from coach.core.wish import Phase
from coach.core.workout import Level, Workout
from tests.core.build import (
    BACKWARD,
    SPEEDS,
    TESTED,
    Play,
    asked_kmh,
    backward,
    belt,
    data,
    dose,
    forward,
    forward_plan,
    guard,
    plan,
    rear,
    to_the_rear,
)

BACK = Workout("back", (forward(), backward(kmh=1.2), forward(180.0, 4.0)))
AHEAD = Workout("ahead", (forward(), forward(180.0, 4.0)))
DOUBTFUL = replace(TESTED, unit_doubtful=True)


def rules(workout: Workout, profile: MachineProfile) -> set[str]:
    """The rules that stand in the way."""
    found = machine_problems(workout, Level.REHAB, profile, SPEEDS, UNKNOWN_INCLINE)
    return {problem.rule for problem in found if problem.error}


@pytest.mark.parametrize(
    ("profile", "rule"),
    [
        (TESTED, None),
        (replace(TESTED, preamble=Preamble.ONCE), None),
        (replace(TESTED, preamble=Preamble.EVERY), "needs-start"),
        (replace(TESTED, speed_needs_start=True), "needs-start"),
        (DOUBTFUL, "unit-doubtful"),
        (replace(DOUBTFUL, unit_answered=True), None),
    ],
    ids=["usual", "once", "every", "needs start", "doubtful", "answered"],
)
def test_a_machine_is_kept_from_backward_blocks_only(profile: MachineProfile, rule: str | None) -> None:
    assert rules(BACK, profile) == ({rule} if rule else set())
    assert rules(AHEAD, profile) == set()
    assert {problem.rule for problem in refusals(plan(machine=profile), UNLIMITED, SPEEDS, UNKNOWN_INCLINE)} == (
        {rule} if rule else set()
    )


@pytest.mark.parametrize(
    ("doubtful", "answered", "measured", "known"),
    [
        (False, False, False, False),
        (False, False, True, True),
        (False, True, False, True),
        (True, False, False, False),
        (True, False, True, False),
        (True, True, False, True),
        (True, True, True, True),
    ],
)
def test_where_both_units_may_be_miles_only_the_answer_counts(
    doubtful: bool, answered: bool, measured: bool, known: bool
) -> None:
    profile = replace(TESTED, unit_doubtful=doubtful, unit_answered=answered)
    now = belt(2.0, units=Units(agreed=True, measured=measured))
    assert unit_known(profile, now) is known
    cap_kmh, rule = cap_of(plan(machine=profile), guard(rear=True), dose(), now, rear(), 1000.0)
    assert (rule != "unit-unknown") is known
    assert known or cap_kmh == now.creep_kmh


def test_a_session_on_a_doubtful_machine_turns_nobody() -> None:
    made = Play(plan(machine=DOUBTFUL)).connect()
    made.yes()
    made.until(Phase.RUN).follow(140)
    assert made.session.belt.units.measured
    assert made.progress.row == 2
    assert "No turn now: the unit of the treadmill is not known yet." in made.said


def test_a_doubtful_console_is_told_no_bare_number() -> None:
    made = Play(forward_plan(machine=replace(DOUBTFUL, speed_control=False))).connect()
    made.yes()
    made.run(2.0, 0.0)
    made.run(30.0, 0.8)
    assert next(text for text in made.said if text.startswith("Set ")).endswith("kilometres an hour on the treadmill.")


# An incline that is reported and means nothing.


@pytest.mark.parametrize(("reported", "pct"), [(True, 7.0), (False, None)])
def test_an_incline_that_means_nothing_is_not_reported(reported: bool, pct: float | None) -> None:
    made = Play(forward_plan(machine=replace(TESTED, incline_reported=reported))).connect()
    made.feed(data(made.at_s + 0.5, 0.0, 0, 7.0))
    assert made.session.belt.incline_pct == pct


def test_a_turn_does_not_wait_for_an_incline_that_means_nothing() -> None:
    made = to_the_rear(Phase.SLOW, plan(machine=replace(TESTED, incline_reported=False)))
    for _ in range(60):
        if made.at() is not Phase.SLOW:
            break
        made.kmh = max(made.kmh - 0.25, 0.8)
        made.metres += made.kmh / 7.2
        made.feed(data(made.at_s + 0.5, made.kmh, int(made.metres), 7.0))
    assert made.at() is Phase.RAILS
    assert made.progress.claimed is not BACKWARD
    assert min(kmh for value in made.written() if (kmh := asked_kmh(value)) is not None) == 0.8
