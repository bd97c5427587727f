"""What is remembered of a machine: its units, from the first write on, and ranges that are narrower than it tells."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest

from coach.core import say
from coach.core.belt import begun
from coach.core.event import Heard
from coach.core.ftms import INCLINATION_RANGE, SPEED_RANGE
from coach.core.level import UNLIMITED
from coach.core.machine import MILES, UNKNOWN_SPEED, Range, Units
from coach.core.plan import make_plan
from coach.core.session import advance, first
from coach.core.wish import Phase
from coach.link.profile import profile_of
from coach.link.world import World
from coach.sinks.header import Origin
from coach.sinks.journal import Journal, parse_journal
from coach.sinks.replay import replay
from tests.core.build import BACKWARD, FORWARD, Play, asked_kmh, forward_plan, h, machine, plan, profile, short, world

BOTH = Units(MILES, MILES, agreed=True, measured=True)
ALL = (Units(), Units(target=MILES), Units(report=MILES), BOTH)


def remembering(name: str, units: Units) -> World:
    """The short session on a machine of which these units are remembered."""
    made = world(name, workout=short())
    return replace_plan(name, units) if units != Units() else made


def replace_plan(name: str, units: Units) -> World:
    """The same, from a plan that knows them."""
    made = world(name, workout=short())
    known = make_plan(short(), profile_of(machine(name)), units=units)
    return World(known, made.treadmill, made.strap, made.runner)


def test_what_was_remembered_is_neither_agreed_nor_measured() -> None:
    made = make_plan(short(), profile(), units=BOTH)
    assert made.units == Units(MILES, MILES)
    assert first(made).belt.units == Units(MILES, MILES)
    assert first(plan()).belt == begun(profile(), Units())
    assert first(plan()).belt.units == Units()


def test_a_range_that_cannot_be_read_is_taken_in_the_remembered_unit() -> None:
    now = first(make_plan(short(), profile(), units=BOTH)).belt
    assert now.speeds == Range(0.8 * MILES, 16 * MILES, 0.1 * MILES)
    assert now.raw_speeds == UNKNOWN_SPEED
    assert now.creep_kmh == pytest.approx(0.8 * MILES)


def test_a_range_that_was_read_is_taken_in_the_remembered_unit() -> None:
    made = make_plan(short(), profile(), units=BOTH)
    session, _ = advance(made, first(made), Heard(0.0, SPEED_RANGE, h("32 00 e8 03 0a 00")))
    assert session.belt.speeds == Range(0.5 * MILES, 10 * MILES, 0.1 * MILES)
    assert session.belt.creep_kmh == pytest.approx(0.8046, abs=1e-3)


@pytest.mark.parametrize("name", ["mph-both", "mph-target"])
def test_the_first_set_point_is_creep_in_the_remembered_unit_and_nothing_is_corrected_aloud(name: str) -> None:
    kind = machine(name)
    units = Units(MILES if kind.target_unit == "mph" else 1.0, MILES if kind.report_unit == "mph" else 1.0)
    said, asked, fastest_kmh = [], [], 0.0
    for step in replace_plan(name, units).run_until(900.0):
        said += [cue.text for cue in step.outcome.cues]
        for value in step.outcome.writes:
            if (raw := asked_kmh(value)) is not None:
                asked.append(raw)
                assert raw == pytest.approx((step.session.control.sent.target_kmh or 0.0) / units.target, abs=0.006)
        if step.session.progress.phase in {Phase.STARTING, Phase.STEP_ON} and step.session.progress.starts == 1:
            fastest_kmh = max(fastest_kmh, step.true_kmh)
    assert asked[0] * units.target == pytest.approx(step.session.belt.creep_kmh, abs=0.01)
    assert fastest_kmh <= max(step.session.belt.creep_kmh, kind.start_kmh) + 0.05
    assert say.MILES not in said
    assert step.session.belt.units.measured
    assert step.session.progress.ended == "finished"


@pytest.mark.parametrize("units", ALL, ids=["none", "target", "report", "both"])
@pytest.mark.parametrize("name", ["home", "mph-both", "mph-target"])
def test_whatever_is_remembered_the_belt_is_never_faster_than_the_cap(name: str, units: Units) -> None:
    made = remembering(name, units)
    for step in made.run_until(900.0):
        progress, caps = step.session.progress, made.plan.caps
        if progress.facing is BACKWARD:
            assert step.true_kmh <= caps.speed_kmh + 0.3
        if progress.facing is FORWARD and units != Units():
            assert step.true_kmh <= 6.5
    assert made.ended


def test_the_units_are_journaled_and_the_journal_folds_to_the_same() -> None:
    made = replace_plan("mph-both", BOTH)
    file = StringIO()
    journal = Journal(file, made.plan, Origin("script", "abc", UNLIMITED, simulated=True, version="1"))
    for step in made.run_until(200.0):
        journal.take(step.event, step.outcome)
    recording = parse_journal(file.getvalue())
    assert recording.plan == made.plan
    assert recording.plan.units == Units(MILES, MILES)
    assert replay(recording).equal


# Narrower ranges.

NARROW = replace(profile(), lowest_kmh=1.0, incline_min_pct=0.0, incline_max_pct=10.0, incline_step_pct=1.0)


def test_speeds_begin_where_the_machine_really_begins() -> None:
    made = Play(forward_plan(machine=NARROW)).connect()
    assert made.session.belt.speeds == Range(1.0, 18.0, 0.1)
    assert made.session.belt.creep_kmh == 1.0
    assert Play(forward_plan()).connect().session.belt.creep_kmh == 0.8


def test_without_a_readable_range_speeds_begin_there_too() -> None:
    assert begun(NARROW, Units()).creep_kmh == 1.0


@pytest.mark.parametrize(
    ("lowest_kmh", "low"), [(None, 0.5), (0.3, 0.5), (0.5, 0.5), (1.0, 1.1), (1.1, 1.1), (40.0, 10.0)]
)
def test_the_lowest_speed_stays_on_the_steps_of_the_machine_and_in_its_range(
    lowest_kmh: float | None, low: float
) -> None:
    told = Range(0.5, 10.0, 0.3)
    assert replace(profile(), lowest_kmh=lowest_kmh).speeds(told) == Range(low, 10.0, 0.3)


@pytest.mark.parametrize(
    ("least", "most", "step", "found"),
    [
        (None, None, None, Range(-3.0, 15.0, 0.5)),
        (0.0, 10.0, 1.0, Range(0.0, 10.0, 1.0)),
        (-9.0, 40.0, 0.1, Range(-3.0, 15.0, 0.5)),
        (12.0, 5.0, None, Range(0.0, 0.0, 0.5)),
    ],
)
def test_inclines_are_only_ever_narrowed(
    least: float | None, most: float | None, step: float | None, found: Range
) -> None:
    here = replace(profile(), incline_min_pct=least, incline_max_pct=most, incline_step_pct=step)
    assert here.inclines(Range(-3.0, 15.0, 0.5)) == found


def test_the_live_range_of_inclines_is_narrowed() -> None:
    made = forward_plan(machine=NARROW)
    session, _ = advance(made, first(made), Heard(0.0, INCLINATION_RANGE, h("e2 ff 96 00 05 00")))
    assert session.belt.inclines == Range(0.0, 10.0, 1.0)
