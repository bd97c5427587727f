from __future__ import annotations

import pytest

from coach.core.machine import MILES, Units
from coach.core.units import Trial, learn
from coach.core.workout import Level
from coach.link.profile import profile_of
from tests.core.build import NOW_S, asked_kmh, forward, machine, plan, short, world


def compared(asked: float, reported: float, settled_s: float = 3.0, units: Units | None = None) -> Units:
    """One comparison of what was asked with a report that has been constant for so long."""
    trial = Trial(last_at_s=NOW_S - 0.5, last_raw=reported, steady_at_s=NOW_S - settled_s)
    return learn(units or Units(), trial, NOW_S, reported, 0.1, None, asked, NOW_S - settled_s)[0]


@pytest.mark.parametrize(
    ("asked", "reported", "target", "report"),
    [
        (0.8, 0.8, 1.0, 1.0),
        (0.8, 1.29, MILES, 1.0),
        (0.8, 1.3, MILES, 1.0),
        (0.8, 1.23, 1.0, 1.0),
        (0.8, 1.35, 1.0, 1.0),
        (0.8, 0.5, 1.0, MILES),
        (0.8, 0.47, 1.0, 1.0),
        (0.8, 0.53, 1.0, 1.0),
        (8.0, 12.87, MILES, 1.0),
        (8.0, 4.97, 1.0, MILES),
        (8.0, 13.4, 1.0, 1.0),
        (8.0, 8.3, 1.0, 1.0),
    ],
)
def test_a_ratio_of_a_mile_is_the_other_unit(asked: float, reported: float, target: float, report: float) -> None:
    found = compared(asked, reported)
    assert (found.target, found.report) == (target, report)


@pytest.mark.parametrize(("asked", "reported", "agreed"), [(2.0, 2.3, True), (2.0, 2.31, False), (2.0, 1.69, False)])
def test_asked_and_reported_agree_within_a_third_of_a_kilometre(asked: float, reported: float, agreed: bool) -> None:
    assert compared(asked, reported).agreed is agreed


@pytest.mark.parametrize(("settled_s", "agreed"), [(2.9, False), (3.0, True)])
def test_they_are_compared_on_a_settled_belt_only(settled_s: float, agreed: bool) -> None:
    assert compared(0.8, 0.8, settled_s).agreed is agreed


def test_a_unit_that_was_measured_is_not_judged_again() -> None:
    known = Units(agreed=True, measured=True)
    assert compared(0.8, 1.29, units=known) is known


def reports(*told: tuple[float, float, float]) -> Units:
    """What asked and reported come to, each pair for so many seconds, twice a second."""
    units, trial, at_s = Units(), Trial(), NOW_S
    for asked, reported, seconds in told:
        asked_at_s = at_s
        for _ in range(round(seconds * 2)):
            at_s += 0.5
            units, trial = learn(units, trial, at_s, reported, 0.1, None, asked, asked_at_s)
    return units


@pytest.mark.parametrize(
    ("agreed_kmh", "seconds", "miles"),
    [(2.0, 4.0, False), (5.0, 4.0, False), (1.9, 4.0, True), (0.8, 4.0, True), (5.0, 2.0, True)],
)
def test_who_agreed_at_two_has_the_unit_and_a_press_at_the_console_is_none(
    agreed_kmh: float, seconds: float, miles: bool
) -> None:
    found = reports((agreed_kmh, agreed_kmh, seconds), (5.0, 3.1, 4.0))
    assert (found.report == MILES) is miles


def test_the_fastest_that_agreed_counts() -> None:
    found = reports((5.0, 5.0, 4.0), (1.0, 1.0, 4.0), (5.0, 3.1, 4.0))
    assert found.report == 1


def trial_of(raw: float, true_kmh: float, seconds: int, units: Units | None = None) -> Units:
    """A minute and more at one speed, with the distance that the belt truly covers."""
    now, trial = units or Units(), Trial()
    metres = 0.0
    for second in range(seconds + 1):
        before, metres = int(metres), metres + true_kmh / 3.6
        moved_m = raw * now.report / 3.6
        now, trial = learn(now, trial, NOW_S + second, raw, moved_m, float(int(metres) - before), None, 0.0)
    return now


@pytest.mark.parametrize(("seconds", "measured"), [(59, False), (62, True)])
def test_speed_and_distance_are_compared_over_a_minute(seconds: int, measured: bool) -> None:
    assert trial_of(6.0, 6.0, seconds).measured is measured


@pytest.mark.parametrize(
    ("ratio", "measured", "report"),
    [
        (0.84, False, 1.0),
        (0.87, True, 1.0),
        (1.0, True, 1.0),
        (1.13, True, 1.0),
        (1.17, False, 1.0),
        (1.37, False, 1.0),
        (1.43, False, MILES),
        (1.609344, False, MILES),
        (1.77, False, MILES),
        (1.83, False, 1.0),
        (0.0, False, 1.0),
    ],
)
def test_the_distance_tells_kilometres_from_miles(ratio: float, measured: bool, report: float) -> None:
    found = trial_of(8.0, 8.0 * ratio, 62)
    assert (found.measured, found.report, found.target) == (measured, report, report)


def test_miles_are_measured_in_a_second_minute() -> None:
    assert trial_of(5.0, 5.0 * MILES, 130).measured


@pytest.mark.parametrize("name", ["home", "mph-target", "mph-both", "echo-target", "half-steps", "odd-ranges"])
def test_the_true_speed_of_every_unit_is_never_above_what_was_planned(name: str) -> None:
    made = world(name, workout=short())
    fastest = max(step.true_kmh for step in made.run_until(900.0) if step.session.belt.units.measured)
    assert fastest <= 6.0 + machine(name).step_kmh + 0.05


def test_the_unit_of_targets_is_corrected_on_the_first_creep() -> None:
    made = world("mph-target", workout=short())
    top = max(step.true_kmh for step in made.run_until(60.0))
    assert top <= 6.2
    assert made.session.belt.units.target == MILES
    assert made.session.belt.creep_kmh == pytest.approx(0.80467, abs=0.01)


@pytest.mark.parametrize("name", ["echo-target", "half-steps"])
def test_an_echo_in_kilometres_needs_the_answer_of_the_runner(name: str) -> None:
    assert profile_of(machine(name)).unit_answered
    assert not profile_of(machine("home")).unit_answered


def test_nothing_faster_than_creep_is_written_before_creep_was_agreed() -> None:
    made = world("mph-target", workout=short())
    for step in made.run_until(60.0):
        kmh = [asked for write in step.outcome.writes if (asked := asked_kmh(write)) is not None]
        if kmh and kmh[0] > 0.8 + 1e-6:
            assert step.session.guard.stage >= 1
            return
    raise AssertionError("no faster set-point was written")


def test_the_second_set_point_of_a_session_is_at_most_one_above_creep() -> None:
    made = world(workout=short())
    asked = [kmh for step in made.run_until(80.0) for write in step.outcome.writes if (kmh := asked_kmh(write))]
    assert asked[0] == 0.8
    assert asked[1] <= 1.8 + 1e-6


def test_a_machine_in_both_miles_does_not_run_backward_before_the_distance_was_compared() -> None:
    quick = plan(forward(20.0), level=Level.INTERMEDIATE)
    assert not quick.profile.unit_answered
    made = world("mph-both", workout=short())
    for step in made.run_until(900.0):
        if step.session.progress.facing.value == "backward":
            assert step.session.belt.units.measured
