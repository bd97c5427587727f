"""A heart above the runner's own ceiling, facing the console: what coach writes and what it asks for (safety.md 7)."""

from __future__ import annotations

import pytest

from coach.core.machine import MachineProfile
from coach.core.runner import Runner
from coach.core.trip import Trip
from coach.core.wish import Phase
from tests.core.build import TESTED, Play, forward, plan, profile

CEILING = Runner(measured_max_bpm=190, forward_ceiling_bpm=140)


def running(machine: MachineProfile, runner: Runner | None = CEILING) -> Play:
    """Five minutes at 8 km/h with a calm heart so far."""
    made = Play(plan(forward(600.0, 8.0), forward(60.0, 8.0), machine=machine, runner=runner)).connect()
    made.yes()
    if not machine.speed_control:
        made.run(3.0, 0.0).run(4.0, 0.8).run(6.0)
        assert made.at() is Phase.RUN
        return made.run(30.0, 6.0).run(120.0, 8.0)
    return made.until(Phase.RUN).follow(150.0)


def test_where_coach_sets_the_speed_the_belt_is_eased_by_half_a_kilometre_an_hour() -> None:
    made = running(TESTED)
    made.bpm = 145
    made.follow(30.0)
    assert Trip.HEART_HIGH in made.raised
    assert made.kmh == 7.5


def test_where_the_runner_sets_it_he_is_asked_for_the_same() -> None:
    made = running(profile(speed_control=False))
    assert made.progress.told_kmh == 8.0
    made.bpm = 145
    made.run(60.0)
    assert Trip.HEART_HIGH in made.raised
    assert made.progress.prompt is not None
    assert made.progress.prompt.speed_kmh == 7.5
    assert made.session.wish.target_kmh is None


@pytest.mark.parametrize("machine", [TESTED, profile(speed_control=False)], ids=["by coach", "by hand"])
def test_without_a_ceiling_of_his_own_the_heart_changes_nothing(machine: MachineProfile) -> None:
    made = running(machine, Runner(measured_max_bpm=190))
    made.bpm = 165
    (made.follow if machine.speed_control else made.run)(60.0)
    assert made.kmh == 8.0
    assert made.progress.told_kmh in {None, 8.0}
