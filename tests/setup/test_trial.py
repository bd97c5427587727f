"""The machine test on every simulated machine: what it finds agrees with the machine, and nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.event import Event, Heard
from coach.core.ftms import MACHINE_STATUS, Op, decode_request
from coach.core.machine import Ack, MachineProfile, Reported
from coach.core.plan import Plan
from coach.core.session import Session, advance
from coach.core.trip import COURSES, Trip
from coach.core.wish import Phase
from coach.gate import YOUNGEST
from coach.known import profile_with
from coach.link.machine_file import LinkLoss, Report, SimMachine, SpeedUnit, Stop, find_machine, shipped_machines
from coach.setup.findings import Findings, findings
from coach.setup.record import record
from coach.setup.simulated import SimBench
from coach.setup.step import STEPS, Step, total
from coach.setup.trial import FROM_KMH, Trial, trial, words
from tests.setup.willing import Willing

DEAF = {"never-answers"}  # the first pass finds that out, the second the rest
NO_SPEED = {"refuses-speed", "ignores-speed", "no-control", "ignores-all"}
NO_START = {"refuses-start", "slow-answers", "no-control", "ignores-all"}  # the console starts it
STOPS_BADLY = {"stop-ignored", "stop-ignored-once", "no-control", "ignores-all"}
NO_LINK_TEST = {"stop-ignored", "no-control", "ignores-all", "rising-when-slowing"}  # it ends, or stops, before


@dataclass(frozen=True)
class Played:
    """A machine test that was run."""

    trial: Trial
    events: tuple[Event, ...]
    found: Findings


@cache
def played(name: str, *, second: bool = False) -> Played:
    machine = find_machine(name)
    bench = SimBench(machine)
    profile = (
        bench.profile if not machine.silent_when_stopped else profile_with(bench.profile, {"silent_when_stopped": True})
    )
    first = played(name).found if second else None
    tried = trial(profile, first)
    events = bench.run(tried, Willing())
    return Played(tried, events, findings(tried.plan, events, start_kmh(machine)))


def start_kmh(machine: SimMachine) -> float:
    """As a proof would have seen it, in what the machine reports."""
    return machine.start_kmh / (1.609344 if machine.report_unit is SpeedUnit.MPH else 1.0)


def whole(name: str) -> Played:
    return played(name, second=name in DEAF)


@pytest.mark.parametrize("name", shipped_machines())
def test_what_is_found_agrees_with_the_machine(name: str) -> None:
    machine, found = find_machine(name), whole(name).found
    spare_s = machine.report_period_s + machine.report_lag_s + 0.3
    if name not in NO_START:
        assert found.start_delay_s == pytest.approx(machine.start_countdown_s, abs=spare_s)
        assert found.remote_start is True
    assert found.start_kmh == pytest.approx(machine.start_kmh, abs=0.05)
    assert found.report_period_s == pytest.approx(machine.report_period_s, abs=0.03)
    assert found.silent_when_stopped is machine.silent_when_stopped
    assert found.stray_zeros is False
    assert found.ack is (Ack.TELEMETRY if name in DEAF | {"ignores-all"} else Ack.INDICATION)
    if name != "ignores-all":  # which is given up before it is found out
        assert found.speed_control is (name not in NO_SPEED)
    if name not in NO_LINK_TEST:
        assert found.keeps_on_link_loss is (machine.on_link_loss is LinkLoss.KEEP)


@pytest.mark.parametrize("name", sorted(set(shipped_machines()) - NO_SPEED))
def test_ramps_and_stop_agree_with_the_machine(name: str) -> None:
    machine, found = find_machine(name), whole(name).found
    echoes = machine.report is Report.TARGET
    assert found.stop_works is (machine.stop is Stop.STOP)
    assert found.accel_kmh_s == (None if echoes else pytest.approx(machine.accel_kmh_s, rel=0.1))
    assert found.decel_kmh_s == pytest.approx(machine.decel_kmh_s, rel=0.1)
    if name != "minimum-1-6":  # steps of its set-points are too small there for a verdict
        assert found.reported is (Reported.TARGET if echoes else Reported.ACTUAL)
    if found.stop_s is not None:
        ideal_s = (found.stop_from_kmh or 0.0) / machine.decel_kmh_s
        assert ideal_s - 0.1 <= found.stop_s <= ideal_s + machine.report_period_s + machine.report_lag_s + 0.3


@pytest.mark.parametrize("name", sorted(set(shipped_machines()) - STOPS_BADLY - {"rising-when-slowing"}))
def test_counters_key_and_console_agree_with_the_machine(name: str) -> None:
    machine, found = find_machine(name), whole(name).found
    assert found.stop_resets is machine.resets_on_stop
    assert (found.key_status, found.console_status) == (True, True)
    assert (found.backward == "") is (name not in NO_SPEED)


@pytest.mark.parametrize(
    ("name", "miles", "ratio"),
    [("home", "", 1.0), ("mph-target", "targets", 1.61), ("mph-both", "targets and reports", 1.0)],
)
def test_the_unit_is_found(name: str, miles: str, ratio: float) -> None:
    found = whole(name).found
    assert found.miles == miles
    assert found.ratio == pytest.approx(ratio, abs=0.02)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("stop-ignored", "did not obey Stop"),
        ("stop-ignored-once", "did not obey Stop"),
        ("rising-when-slowing", "faster when it was told to slow down"),
        ("refuses-speed", "does not take speeds"),
        ("ignores-speed", "does not take speeds"),
        ("no-control", "did not obey Stop"),
        ("ignores-all", "did not obey Stop"),
    ],
)
def test_backward_is_off_where_the_belt_cannot_be_trusted(name: str, why: str) -> None:
    assert why in whole(name).found.backward


@pytest.mark.parametrize(("decel", "off"), [(0.26, False), (0.24, True)])
def test_backward_is_off_where_stop_takes_more_than_12_s_from_3_kmh(decel: float, off: bool) -> None:
    bench = SimBench(SimMachine(name="SIM-slow", decel_kmh_s=decel))
    tried = trial(bench.profile)
    found = findings(tried.plan, bench.run(tried, Willing()))
    assert (found.backward != "") is off


def test_what_was_not_measured_stays_unknown() -> None:
    tried = trial(MachineProfile())
    assert findings(tried.plan, ()) == Findings()
    assert dict(Findings().found()) == {}
    assert "Stop was not measured" in Findings().backward
    assert not Findings().enough


def test_a_machine_that_never_answers_asks_for_a_second_pass() -> None:
    assert played("never-answers").found.again
    assert not played("never-answers", second=True).found.again


@pytest.mark.parametrize("name", shipped_machines())
def test_every_finding_fits_the_profile(name: str) -> None:
    found = whole(name).found
    profile = profile_with(MachineProfile(), found.found())
    assert profile.decel_kmh_s == (found.decel_kmh_s or MachineProfile().decel_kmh_s)
    assert profile.stop_works is (found.stop_works if found.stop_works is not None else True)


@pytest.mark.parametrize("name", ["home", "stop-ignored", "link-loss-keeps", "half-steps", "refuses-start"])
def test_a_test_that_is_cut_off_anywhere_tells_nothing_wrong(name: str) -> None:
    one = whole(name)
    for part in range(0, len(one.events), 29):
        found = findings(one.trial.plan, one.events[:part])
        for key in ("stop_works", "keeps_on_link_loss", "stop_resets", "speed_control", "remote_start"):
            value = getattr(found, key)
            assert value is None or value is getattr(one.found, key), (key, part)


@given(
    st.lists(st.integers(0, 1200), max_size=400, unique=True), st.sampled_from(["home", "mph-both", "splits-records"])
)
@settings(max_examples=15, deadline=None)
def test_events_that_are_missing_never_raise(missing: list[int], name: str) -> None:
    one, gone = played(name), set(missing)
    rest = [event for number, event in enumerate(one.events) if number not in gone]
    found = findings(one.trial.plan, rest, 0.8)
    profile_with(MachineProfile(), found.found())


def test_a_belt_that_a_stop_has_stopped_tells_nothing_about_the_link() -> None:
    """The belt is on its way to a stand, and to be seen moving, when the link goes."""
    bench = SimBench(find_machine("home"))
    tried = trial(bench.profile)
    stopped = replace(tried, presses=("stop@segment9+11",))
    assert findings(tried.plan, bench.run(stopped, Willing())).keeps_on_link_loss is None
    assert played("rising-when-slowing").found.keeps_on_link_loss is None


def test_a_key_that_is_not_told_and_a_console_that_is_not_told() -> None:
    """The same belt, from a machine that sends no status at all."""
    one = played("home")
    mute = [event for event in one.events if not (isinstance(event, Heard) and event.uuid == MACHINE_STATUS)]
    found = findings(one.trial.plan, mute)
    assert (found.key_status, found.console_status) == (False, False)


@pytest.mark.parametrize("name", shipped_machines())
def test_the_belt_stands_at_the_end_and_pause_is_only_for_a_stop_that_failed(name: str) -> None:
    one = whole(name)
    session, failed = Session(), False
    for event in one.events:
        session, outcome = advance(one.trial.plan, session, event)
        failed = failed or session.progress.phase is Phase.STOP_FAILED
        for value in outcome.writes:
            assert failed or value != b"\x08\x02"
    assert session.progress.phase is Phase.ENDED
    assert (session.belt.kmh or 0.0) <= 0.05


@pytest.mark.parametrize("name", sorted(set(shipped_machines()) - {"rising-when-slowing"}))
def test_no_set_point_is_above_three(name: str) -> None:
    one = whole(name)
    asked = [row.kmh for row in record(one.trial.plan, one.events).writes if row.op == Op.TARGET_SPEED]
    assert max(asked, default=0.0) <= FROM_KMH + 0.01


def test_it_is_an_ordinary_forward_session_of_a_machine_that_nobody_knows() -> None:
    tried = trial(profile_with(MachineProfile(), {"silent_when_stopped": True}))
    plan: Plan = tried.plan
    assert (plan.backward, plan.profile.known, plan.profile.silent_when_stopped) == (False, False, True)
    assert tried.faults == ("drop@segment9+12:20",)
    assert tried.presses == ("stop@segment8+20",)


def test_every_start_waits_for_a_yes() -> None:
    one = played("home")
    session, yes = Session(), 0
    for event in one.events:
        before = session.progress.acknowledged
        session, outcome = advance(one.trial.plan, session, event)
        yes += session.progress.acknowledged - before
        starts = sum(decode_request(value).op == Op.START for value in outcome.writes)
        assert session.control.starts <= yes
        assert starts <= 1


def test_nobody_beside_the_belt_is_told_to_step_on() -> None:
    one = played("home")
    session, said = Session(), []
    for event in one.events:
        session, outcome = advance(one.trial.plan, session, event)
        said += [words(cue.text) for cue in outcome.cues]
    heard = " ".join(said)
    assert "Step on" not in heard
    assert "Hold the rails" not in heard
    assert "Press plus on the console, once." in heard
    assert "Now pull the safety key" in heard


def test_the_steps_say_how_long_they_take() -> None:
    assert total() == sum(about.minutes for about in STEPS.values())
    assert [step for step in Step if not STEPS[step].of_machine][-1] is Step.SOUND
    assert YOUNGEST == 13


def test_that_no_sound_keeps_from_turning_is_not_told_where_nobody_turns() -> None:
    assert words(COURSES[Trip.SOUND_LOST].say_forward) == ""
    assert words(COURSES[Trip.STALE].say_forward) != ""
