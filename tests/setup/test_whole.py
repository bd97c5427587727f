"""A whole set-up on a rehearsed radio: what is due, what is kept, and what comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from coach.core.error import LinkError
from coach.core.machine import MILES, Units
from coach.known import Known, KnownUnits
from coach.link.machine_file import SimMachine, find_machine
from coach.link.sighting import Sighting
from coach.machines import Store, profile_for
from coach.people import People
from coach.setup.air import Reading, signal, told
from coach.setup.rehearsal import STRAP, SimAir
from coach.setup.screening import FURTHER, QUESTIONS
from coach.setup.simulated import SimBench
from coach.setup.step import Step
from coach.setup.unit import units_of
from coach.setup.whole import FINE, PROBLEM, Files, SetUp
from tests.setup.scripted import Scripted
from tests.setup.willing import Willing

NOW = "2026-03-01T09:00:00+00:00"
HEALTH: list[str | bool | int] = ["1980", *[False] * (len(QUESTIONS) + len(FURTHER)), "yes", "3.2"]
STRAP_ON: list[str | bool | int] = [0, True]
KEYBOARD: list[str | bool | int] = [1]
SOUND: list[str | bool | int] = ["", True]
ACCEPT: list[str | bool | int] = [0, True]
PROVE: list[str | bool | int] = [""]
TEST: list[str | bool | int] = [True, True]  # nobody on it; it stopped by itself


class Quiet:
    """Sounds without a sound."""

    def alarm(self) -> str:
        return ""

    def phrase(self, text: str) -> str:
        del text
        return ""


class Away(SimAir):
    """A computer without a radio."""

    def straps(self) -> Sequence[Sighting]:
        raise LinkError("Bluetooth is switched off")

    treadmills = straps


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(People(tmp_path / "people.json"), Store(tmp_path / "machines.json"))


def set_up(
    files: Files,
    *answers: str | bool | int,
    only: Step | None = None,
    machine: str | SimMachine = "home",
    radio: bool = True,
) -> tuple[int, Scripted]:
    asker = Scripted(["", *answers])
    bench = SimBench(find_machine(machine) if isinstance(machine, str) else machine)
    air = SimAir(bench) if radio else Away(bench)
    return SetUp(asker, Willing(), files, air, Quiet(), lambda: NOW).run(only), asker


WHOLE = [*HEALTH, *STRAP_ON, *KEYBOARD, *SOUND, *ACCEPT, *PROVE, *TEST]


def test_from_nothing_to_all_done(files: Files) -> None:
    code, asker = set_up(files, *WHOLE)
    assert (code, asker.answers) == (FINE, [])
    assert all(files.done(step) == NOW for step in Step)
    known = files.known
    assert known is not None
    assert (known.name, known.simulated, known.units) == ("SIM-home", True, KnownUnits())
    assert profile_for(known).decel_kmh_s == pytest.approx(0.5, rel=0.05)
    assert files.store.straps()[0].address == STRAP.address
    assert "Step 7 of 7" in asker.all_said
    assert "about 14 min in all" in asker.all_said
    assert asker.said[-1].startswith("All is set up.")
    assert set_up(files)[1].said[-1].startswith("Everything is set up.")


@pytest.mark.parametrize("many", range(len(WHOLE)))
def test_left_at_any_question_it_goes_on_from_there(files: Files, many: int) -> None:
    code, asker = set_up(files, *WHOLE[:many])
    assert (code, asker.said[-1]) == (FINE, "Left. What is done is kept, and coach setup goes on from there.")
    done = {step for step in Step if files.done(step)}
    again = Scripted([""])
    setting = SetUp(again, Willing(), files, SimAir(SimBench(find_machine("home"))), Quiet(), lambda: NOW)
    setting.run()
    assert not any(line.startswith(f"  {step} ") for line in again.said for step in done)


def test_each_step_can_be_done_again_by_its_name(files: Files) -> None:
    set_up(files, *WHOLE)
    for step, answers in (
        (Step.SCREENING, HEALTH[1:]),
        (Step.STRAP, STRAP_ON),
        (Step.KEYBOARD, KEYBOARD),
        (Step.SOUND, SOUND),
        (Step.TREADMILL, ACCEPT),
        (Step.PROOF, PROVE),
        (Step.TEST, TEST),
    ):
        code, asker = set_up(files, *answers, only=step)
        assert (code, asker.answers) == (FINE, [])


@pytest.mark.parametrize(("step", "first"), [(Step.PROOF, Step.TREADMILL), (Step.TEST, Step.PROOF)])
def test_what_must_come_first_is_said(files: Files, step: Step, first: Step) -> None:
    if step is Step.TEST:
        set_up(files, *ACCEPT, only=Step.TREADMILL)
    code, asker = set_up(files, only=step)
    assert code == PROBLEM
    assert any(f"coach setup {first}" in line for line in asker.said)


def test_without_a_radio_the_rest_is_done_and_it_says_why(files: Files) -> None:
    code, asker = set_up(files, *HEALTH, *KEYBOARD, *SOUND, radio=False)
    assert (code, asker.answers) == (PROBLEM, [])
    assert asker.all_said.count("Bluetooth is switched off.") == 2
    assert {step for step in Step if files.done(step)} == {Step.SCREENING, Step.KEYBOARD, Step.SOUND}


def test_nothing_chosen_is_fine_for_a_strap_and_leaves_the_treadmill_open(files: Files) -> None:
    set_up(files, 2, only=Step.STRAP)
    assert (files.done(Step.STRAP), files.store.straps()) == (NOW, ())
    _, asker = set_up(files, 1, 0, False, 2, only=Step.TREADMILL)  # look again, not this one, none
    assert (files.done(Step.TREADMILL), files.store.machines()) == (None, ())
    assert "is another kind of machine, not a treadmill" in asker.all_said


def test_a_machine_that_ignores_stop_is_tested_and_says_no_to_backward(files: Files) -> None:
    set_up(files, *ACCEPT, only=Step.TREADMILL, machine="stop-ignored")
    set_up(files, *PROVE, only=Step.PROOF, machine="stop-ignored")
    _, asker = set_up(files, True, only=Step.TEST, machine="stop-ignored")
    known = files.known
    assert known is not None
    assert known.tested_at == NOW
    assert profile_for(known).stop_works is False
    assert "no backward running" in asker.all_said
    assert "REMEMBER: this belt is taken to run on" in asker.all_said


@pytest.mark.parametrize(("answer", "keeps"), [(True, False), (False, True)])
def test_a_belt_that_a_hand_may_have_stopped_is_taken_to_run_on(files: Files, answer: bool, keeps: bool) -> None:
    set_up(files, *ACCEPT, only=Step.TREADMILL)
    set_up(files, *PROVE, only=Step.PROOF)
    _, asker = set_up(files, True, answer, only=Step.TEST)
    known = files.known
    assert known is not None
    assert profile_for(known).keeps_on_link_loss is keeps
    assert ("REMEMBER" in asker.all_said) is keeps


def test_a_new_test_forgets_what_it_did_not_measure_unless_it_keeps_something_off(files: Files) -> None:
    set_up(files, *ACCEPT, only=Step.TREADMILL)
    set_up(files, *PROVE, only=Step.PROOF)
    assert files.known is not None
    old: dict[str, float | bool | str] = {
        "keeps_on_link_loss": False,
        "stop_works": False,
        "disobeys": "does not obey Stop",
        "min_write_gap_s": 0.8,
    }
    files.store.amend(files.known.address, lambda one: replace(one, found={**one.found, **old}))
    set_up(files, True, False, only=Step.TEST)
    found = files.known.found
    assert "keeps_on_link_loss" not in found
    assert "disobeys" not in found
    assert (found["stop_works"], found["min_write_gap_s"], found["start_kmh"]) == (True, 0.8, 0.8)


def test_not_now_measures_nothing(files: Files) -> None:
    set_up(files, *ACCEPT, only=Step.TREADMILL)
    set_up(files, *PROVE, only=Step.PROOF)
    set_up(files, False, only=Step.TEST)
    assert files.done(Step.TEST) is None


@pytest.mark.parametrize("machine", ["mph-both", "silent-stopped", "starts-fast"])
def test_testing_twice_finds_the_same(files: Files, machine: str) -> None:
    set_up(files, *ACCEPT, only=Step.TREADMILL, machine=machine)
    set_up(files, *PROVE, only=Step.PROOF, machine=machine)
    set_up(files, *TEST, only=Step.TEST, machine=machine)
    first = files.known
    set_up(files, *TEST, only=Step.TEST, machine=machine)
    second = files.known
    assert first is not None
    assert second is not None
    assert second.units == first.units
    assert second.found["start_kmh"] == pytest.approx(first.found["start_kmh"], abs=0.02)
    assert second.found["start_kmh"] == pytest.approx(find_machine(machine).start_kmh, abs=0.02)


@pytest.mark.parametrize(
    ("answers", "units"),
    [
        ([0, "3"], KnownUnits(1.0, 1.0, answered=True)),
        ([1, "1.9"], KnownUnits(1.0, 1.0, answered=True)),
        ([1, "3"], KnownUnits(MILES, MILES, answered=True)),
        ([0, "7"], KnownUnits(1.0, 1.0, answered=False)),
        ([2], KnownUnits(1.0, 1.0, answered=False)),
    ],
)
def test_a_machine_that_echoes_is_asked_for_its_console(
    files: Files, answers: list[str | bool | int], units: KnownUnits
) -> None:
    set_up(files, *ACCEPT, only=Step.TREADMILL, machine="echo-target")
    set_up(files, *PROVE, only=Step.PROOF, machine="echo-target")
    set_up(files, *TEST, *answers, only=Step.TEST, machine="echo-target")
    known = files.known
    assert known is not None
    assert known.units == units


@pytest.mark.parametrize(
    ("shown", "miles", "units"),
    [
        (3.0, False, Units()),
        (2.8, False, Units()),
        (2.7, False, None),
        (1.9, True, Units()),
        (3.0, True, Units(MILES, MILES)),
        (4.8, False, Units(MILES, MILES)),
        (2.4, True, None),
    ],
)
def test_what_a_console_shows_tells_the_unit(shown: float, miles: bool, units: Units | None) -> None:
    assert units_of(shown, miles=miles, asked_kmh=3.0) == units


def test_the_list_says_what_is_done_and_when(files: Files) -> None:
    set_up(files, *KEYBOARD, only=Step.KEYBOARD)
    lines = list(files.listed())
    assert sum("done 2026-03-01" in line for line in lines) == 1
    assert sum("not done" in line for line in lines) == len(Step) - 1


def test_one_of_several_is_named_and_a_new_name_is_nobody(files: Files) -> None:
    for address, name in (("AA:01", "Omega Z"), ("AA:02", "Omega T")):
        files.store.remember(Known(address, name, accepted_at=NOW))
    assert Files(files.people, files.store, treadmill="omega t").known == files.store.machine("AA:02")
    assert Files(files.people, files.store, treadmill="WalkingPad").known is None


@pytest.mark.parametrize(
    ("sighting", "words"),
    [
        (Sighting("AA", "T\x1b9", -55), "T?9, near (-55 dBm), AA"),
        (Sighting("AA", "", -70), "(no name), in the room (-70 dBm), AA"),
        (Sighting("AA", "T9", -90), "T9, far (-90 dBm), AA"),
        (Sighting("AA", "T9", None, held=True), "T9, connected to this computer, AA"),
    ],
)
def test_how_a_device_stands_in_the_list(sighting: Sighting, words: str) -> None:
    assert told(sighting) == words
    assert signal(sighting) in words
    assert Reading("x").good
