from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product
from math import inf
from os import environ
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.trip import Trip
from coach.core.wish import Phase
from coach.core.workout import Level
from coach.link.machine_file import shipped_machines
from coach.link.profile import profile_of
from tests.core.build import BACKWARD, instants, machine, short, world
from tests.core.oracle import judged
from tests.faults.kinds import FAULTS

MACHINES: Final = tuple(shipped_machines())
ODD: Final = (
    "echo-target",
    "keeps-target",
    "mph-both",
    "never-answers",
    "refuses-start",
    "slow-answers",
    "stop-toggle",
)
TURNERS: Final = ("slow-machine", "mph-target", "lagging-report", "silent-stopped", "runs-fast", "runs-slow")


@pytest.mark.parametrize(
    "name", [*ODD, *(pytest.param(name, marks=pytest.mark.slow) for name in MACHINES if name not in ODD)]
)
def test_every_machine_is_run_to_the_end_within_the_laws(name: str) -> None:
    assert judged(world(name, workout=short())).broken == []


@pytest.mark.parametrize("level", [Level.REHAB, Level.ADVANCED])
def test_every_level_is_run_to_the_end_within_the_laws(level: Level) -> None:
    assert judged(world(workout=short(level), level=level)).broken == []


SAMPLE: Final = Random("cells").sample(list(product(MACHINES, FAULTS, range(24))), 8)


@pytest.mark.parametrize(("name", "fault", "place"), SAMPLE, ids=[f"{n} {f} {p}" for n, f, p in SAMPLE])
def test_no_fault_of_any_machine_in_any_state_breaks_a_law(name: str, fault: str, place: int) -> None:
    places = list(instants(name).values())
    judge = judged(world(name, (fault.format(f"{places[place % len(places)]:.2f}"),), workout=short()))
    assert judge.broken == []


PROMPTING: Final = (
    *("home", "goes-deaf", "refuses-speed", "no-control", "ignores-speed", "ignores-all", "stop-ignored"),
    *("rising-when-slowing", "refuses-start", "starts-fast", "silent-stopped", "mph-both"),
)


@given(
    st.sampled_from(PROMPTING),
    st.booleans(),
    st.booleans(),
    st.sampled_from((inf, 3.0, 8.0, 12.0, 20.0, 40.0, 100.0, 130.0, 138.0, 146.0, 150.0, 160.0, 170.0, 200.0)),
    st.sampled_from(("", *FAULTS)),
    st.integers(0, 260),
)
@settings(max_examples=int(environ.get("WORLDS", "25")), deadline=None, derandomize="WORLDS" not in environ)
def test_no_world_in_which_the_runner_has_to_press_breaks_a_law(
    name: str, believed: bool, deaf_hands: bool, taken_s: float, fault: str, at_s: int
) -> None:
    profile = profile_of(machine(name))
    if believed:  # what is not known yet
        profile = replace(profile, speed_control=True, disobeys="", stop_works=True, remote_start=True)
    faults = (fault.format(at_s),) if fault else ()
    made = world(name, faults, workout=short(), profile=profile, deaf_hands=deaf_hands, taken_s=taken_s)
    assert judged(made).broken == []


@pytest.mark.parametrize("name", TURNERS)
def test_a_machine_that_is_fit_for_it_is_run_backward(name: str) -> None:
    made = world(name, workout=short())
    phases = {(step.session.progress.phase, step.session.progress.facing) for step in made.run_until(900.0)}
    assert (Phase.RUN, BACKWARD) in phases
    assert made.session.progress.ended == "finished"


@pytest.mark.parametrize("key", ["space", "enter", "n", "shift+up", "q", "3"])
@pytest.mark.parametrize("place", [13])
def test_no_press_in_any_state_breaks_a_law(key: str, place: int) -> None:
    places = list(instants("home").values())
    assert judged(world(presses=(f"{key}@{places[place % len(places)]:.2f}",), workout=short())).broken == []


def test_nothing_trips_in_a_session_without_faults() -> None:
    raised = [trip for step in world(workout=short()).run_until(900.0) for trip in step.outcome.trips]
    assert raised == []


def test_no_write_is_made_twice_on_a_machine_that_obeys() -> None:
    written = [write for step in world(workout=short()).run_until(900.0) for write in step.outcome.writes]
    assert len([one for one, two in pairwise(written) if one == two]) == 0
    assert len(written) < 60


def test_a_pulled_key_facing_the_rear_is_the_last_of_backward_today() -> None:
    made = world(faults=("key@backward1+10:8",), workout=short())
    last = list(made.run_until(900.0))[-1].session
    assert last.guard.backward_off == Trip.KEY
