"""Known models: every entry of the file keeps the law that only a capture may make coach less careful."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.error import MachineError
from coach.core.machine import MILES, MachineProfile, Preamble, Reported, StartWhenRunning, Units
from coach.link.habits import Habits, Unlock
from coach.link.models import Model, fits, model, model_of, models, read_models

UNKNOWN = MachineProfile()
CAREFUL: dict[str, Callable[[object], bool]] = {  # what a field may be without a capture, where it may differ at all
    "min_write_gap_s": lambda value: isinstance(value, float) and value >= UNKNOWN.min_write_gap_s,
    "start_delay_s": lambda value: isinstance(value, float) and value >= UNKNOWN.start_delay_s,
    "start_kmh": lambda value: isinstance(value, float) and value >= UNKNOWN.start_kmh,
    "settle_s": lambda value: isinstance(value, float) and value >= UNKNOWN.settle_s,
    "answer_s": lambda value: isinstance(value, float) and value >= UNKNOWN.answer_s,
    "accel_kmh_s": lambda value: isinstance(value, float) and value <= UNKNOWN.accel_kmh_s,
    "decel_kmh_s": lambda value: isinstance(value, float) and value <= UNKNOWN.decel_kmh_s,
    "pause_stops": lambda value: value is False,
    "stop_works": lambda value: value is False,
    "stop_resets": lambda value: value is True,
    "remote_start": lambda value: value is False,
    "speed_control": lambda value: value is False,
    "speed_needs_start": lambda value: value is True,
    "incline_control": lambda value: value is False,
    "silent_when_stopped": lambda value: value is True,  # and then the runner says that the belt stands
    "stray_zeros": lambda value: value is True,
    "reported": lambda value: value is Reported.TARGET,
    "incline_reported": lambda value: value is False,
    "unit_doubtful": lambda value: value is True,
    # these four only narrow what a machine says that it takes
    "lowest_kmh": lambda value: isinstance(value, float) and value > 0,
    "incline_min_pct": lambda value: isinstance(value, float) and value <= 0,
    "incline_max_pct": lambda value: isinstance(value, float) and value >= 0,
    "incline_step_pct": lambda value: isinstance(value, float) and value > 0,
}
PAGE = """\
[one]
names = ["ABC*"]
source = "a page"
note = "A sentence."
"""
WRONG = {  # what is added to a good entry, and what is said of it
    "no TOML": ("x =", "page.toml: is not TOML: "),
    "an unknown key": ("sped_control = false", "page.toml: one: sped_control: is not a key of a model"),
    "a fact for the test only": ("keeps_on_link_loss = false", "page.toml: one: keeps_on_link_loss: is not a key"),
    "a text for a flag": ('stop_works = "no"', "page.toml: one: stop_works: must be true or false"),
    "a flag for a number": ("settle_s = true", "page.toml: one: settle_s: must be a number from 0 to 30"),
    "too much": ("settle_s = 31", "page.toml: one: settle_s: must be a number from 0 to 30"),
    "no choice": ('reported = "often"', "page.toml: one: reported: must be actual or target"),
    "no unit": ('target_unit = "miles"', "page.toml: one: target_unit: must be kmh or mph"),
    "less careful: pace": ("min_write_gap_s = 0.3", "one: min_write_gap_s: makes coach less careful"),
    "less careful: start": ("start_delay_s = 3", "one: start_delay_s: makes coach less careful"),
    "less careful: ramp": ("decel_kmh_s = 0.4", "one: decel_kmh_s: makes coach less careful"),
    "less careful: answer": ('ack = "telemetry"', "one: ack: makes coach less careful"),
    "less careful: preamble": ('preamble = "every"', "one: preamble: makes coach less careful"),
    "less careful: toggle": ('start_when_running = "ok"', "one: start_when_running: makes coach less careful"),
    "less careful: unlock": (
        '[[one.unlock]]\nuuid = "24e2521c-f63b-48ed-85be-c5330d00fdf7"\nvalue = "71"',
        "one: unlock: makes coach less careful",
    ),
    "an unlock without a place": ('[[one.unlock]]\nvalue = "71"', "one: unlock: needs a uuid and a value"),
    "an unlock that is none": ("unlock = 3", "one: unlock: must be a list of tables"),
    "no UUID": ('[[one.unlock]]\nuuid = "2AD9"\nvalue = "71"', "one.unlock: uuid: must be a UUID of 128 bit"),
    "no octets": (
        '[[one.unlock]]\nuuid = "24e2521c-f63b-48ed-85be-c5330d00fdf7"\nvalue = "7"',
        "one.unlock: value: must be octets in hex",
    ),
    "an unknown key of an unlock": (
        '[[one.unlock]]\nuuid = "24e2521c-f63b-48ed-85be-c5330d00fdf7"\nvalue = "71"\nwait = 3',
        "one.unlock: wait: is not a key of an unlock",
    ),
    "the same name twice": (
        '[two]\nnames = ["abc *"]\nsource = "s"\nnote = "n"\n[three]\nnames = ["aBC*"]\nsource = "s"\nnote = "n"',
        "page.toml: three: names: 'aBC*' is a name of one too",
    ),
    "too short a name": ('[two]\nnames = ["A*"]\nsource = "s"\nnote = "n"', "two: names: 'A*' must have two letters"),
    "a star within": ('[two]\nnames = ["A*BC"]\nsource = "s"\nnote = "n"', "two: names: 'A*BC' must have two letters"),
    "no speed": ('unit_of_console = ["incline"]', "one: unit_of_console: must be a list of target, report or both"),
    "no list of names": ('[two]\nnames = "ABC"\nsource = "s"\nnote = "n"', "two: names: must be a list of texts"),
    "no note": ('[two]\nnames = []\nsource = "s"', "page.toml: two: note: must be a text"),
    "no source": ('[two]\nnames = []\nnote = "n"', "page.toml: two: source: must be a text"),
}


def advertised(pattern: str) -> str:
    """A name as a machine of that pattern advertises it."""
    return pattern.replace("?", "7").replace("*", "0419")


@pytest.mark.parametrize("one", models(), ids=lambda one: one.key)
def test_an_entry_is_whole_and_for_its_owner(one: Model) -> None:
    assert one.source
    assert one.note.endswith(".")
    assert one.note.count(".") <= 1 + sum(sign.isdigit() for sign in one.note)
    assert len(one.note) <= 150
    assert model(one.key) is one


@pytest.mark.parametrize(("pattern", "one"), [(name, one) for one in models() for name in one.names])
def test_a_pattern_takes_its_own_names_and_no_other_entry_does(pattern: str, one: Model) -> None:
    for name in (advertised(pattern), advertised(pattern).lower(), f" {advertised(pattern)} "):
        assert model_of(name) is one


@pytest.mark.parametrize("one", [one for one in models() if not one.captured], ids=lambda one: one.key)
def test_without_a_capture_an_entry_only_makes_coach_more_careful(one: Model) -> None:
    for key in fields(MachineProfile):
        value, usual = getattr(one.profile, key.name), getattr(UNKNOWN, key.name)
        assert value == usual or CAREFUL[key.name](value), key.name
    assert one.habits.unlock == ()
    assert one.habits.cccd_gap_s >= Habits().cccd_gap_s


@pytest.mark.parametrize("one", models(), ids=lambda one: one.key)
def test_no_entry_says_what_only_a_test_or_the_runner_can(one: Model) -> None:
    said = one.profile
    assert (said.known, said.simulated, said.unit_answered, said.keeps_on_link_loss) == (False, False, False, True)
    assert (said.report_period_s, said.disobeys) == (None, "")
    assert one.units_in_miles.target >= one.units.target
    assert one.units_in_miles.report >= one.units.report
    assert one.units in (Units(), Units(target=MILES), Units(report=MILES), Units(MILES, MILES))


def test_the_promised_models_are_there() -> None:
    assert len(models()) >= 45
    named = {
        "KS-HD-Z1D": "kingsmith-z1",
        "KS-HD-A1": "kingsmith-hd",
        "KS-MC21-D06BFD": "kingsmith-mc21",
        "THERUN  T15": "therun-t15",
        "MOBVOI TMP": "mobvoi-tmp",
        "Mobvoi TM 1": "mobvoi",
        "FS-9B02FD": "fitshow",
        "FS-BT-T4": "fitshow-bt-t4",
        "YS_W2PRO_02395": "yesoul-w2-pro",
        "T318_1234": "horizon-t318",
        "MRK-T10-D59A": "merach",
        "TP1": "toputure-tp1",
        "SW123456789012": "sw-treadmill",
    }
    assert {name: found.key if (found := model_of(name)) else None for name in named} == named


@pytest.mark.parametrize("name", ["", " ", "SIM-HOME", "TP12", "SW12345678901", "XKS-HD-Z1D", "iPhone", "*", "?"])
def test_other_names_are_of_no_model(name: str) -> None:
    assert model_of(name) is None


@given(st.text())
def test_any_name_can_be_asked_for(name: str) -> None:
    found = model_of(name)
    assert found is None or any(fits(pattern, name) for pattern in found.names)


def test_the_whole_name_and_the_longer_pattern_win() -> None:
    assert fits("ABC*", "abcd")
    assert fits("ABC *", "ABC  d")
    assert not fits("ABC *", "ABCd")
    assert not fits("ABC", "ABCD")
    assert not fits("A.C*", "ABC")
    assert fits("A?C", "abc")
    assert not fits("A?C", "abbc")
    found = [model_of(name) for name in ("TUNTURI T60-1", "MOBVOI TM1", "MOBVOI TMP1")]
    assert all(one is not other for one, other in pairwise(found))


def test_the_code_of_the_z1_is_the_captured_one() -> None:
    z1 = model_of("KS-HD-Z1D")
    assert z1 is not None
    written = bytes.fromhex("710005012e5a314474")
    assert z1.habits == Habits(
        cccd_gap_s=0.4,
        unlock=(
            Unlock(
                "24e2521c-f63b-48ed-85be-c5330d00fdf7",
                written,
                response=False,
                answers_on="24e2521c-f63b-48ed-85be-c5330b00fdf7",
            ),
        ),
    )
    assert written[-1] == sum(written[:-1]) % 256
    assert int.from_bytes(written[4:8], "little") == int.from_bytes(b"-Z1D", "little") + 1
    assert [one.key for one in models() if one.habits.unlock] == ["kingsmith-z1"]


def test_what_some_machines_are_known_for() -> None:
    said = {one.key: one for one in models()}
    assert said["vitalwalk-apollo-11"].units == Units(target=MILES)
    assert said["vitalwalk-apollo-11"].profile.start_when_running is StartWhenRunning.FORBIDDEN
    assert said["citysports-wp8"].profile.reported is Reported.TARGET
    assert said["citysports-wp8"].profile.start_delay_s == 3.2
    assert said["merach"].profile.stray_zeros
    assert said["horizon-t318"].profile.silent_when_stopped
    assert said["yesoul-w2-pro"].profile.decel_kmh_s == 0.8
    assert {one.profile.preamble for one in models()} == {Preamble.NONE}
    assert [one.key for one in models() if not one.profile.speed_control] == [
        *("ypoo-mini-pro", "sole-f85", "domyos", "reebok-fr30", "jtx", "lifespan", "kingsmith-mc21", "kingsmith-x21")
    ]
    assert [one.key for one in models() if not one.names] == ["horizon-omega-z"]


@pytest.mark.parametrize(("added", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_entry_is_told_with_its_table_and_key(added: str, said: str) -> None:
    with pytest.raises(MachineError) as wrong:
        read_models(f"{PAGE}{added}\n", "page.toml")
    assert said in str(wrong.value)


@pytest.mark.parametrize(
    ("page", "said"),
    [("one = 3", "page.toml: one: is a value, not a table"), ("[one]", "page.toml: one: names: must be a list")],
)
def test_what_is_no_entry_is_told(page: str, said: str) -> None:
    with pytest.raises(MachineError, match=said):
        read_models(page, "page.toml")


def test_a_captured_entry_may_say_how_a_machine_is() -> None:
    (one,) = read_models(f'{PAGE}captured = true\nstart_delay_s = 3\nack = "telemetry"\ndecel_kmh_s = 0.9\n', "p")
    assert (one.profile.start_delay_s, one.profile.ack, one.profile.decel_kmh_s) == (3, "telemetry", 0.9)
    assert read_models(PAGE, "p")[0].profile == UNKNOWN


def test_nothing_is_read_before_it_is_asked_for_and_no_library_is_needed() -> None:
    code = (
        "import sys\nfrom coach.link import models\nassert models._shipped.cache_info().currsize == 0\n"
        "models.model_of('KS-HD-Z1D')\nassert models._shipped.cache_info().currsize == 1\nprint(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in run.stdout.split()} & {"pydantic", "bleak", "yaml", "typer"} == set()
