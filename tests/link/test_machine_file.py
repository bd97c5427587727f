from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coach.core.error import MachineError
from coach.link.machine_file import (
    NAME_PREFIX,
    Report,
    SimMachine,
    SpeedUnit,
    find_machine,
    load_machine,
    shipped_machines,
)

PROMISED = [
    "home",
    "mph-target",
    "mph-both",
    "start-toggle",
    "echo-target",
    "silent-stopped",
    "no-indications",
    "indication-first",
    "slow-answers",
    "refuses-speed",
    "refuses-start",
    "refuses-until-started",
    "resets-counters",
    "slow-machine",
    "stop-ignored-once",
    "stop-ignored",
    "pause-slows",
    "splits-records",
    "half-steps",
    "minimum-1-6",
    "rising-when-slowing",
    "link-loss-keeps",
    "no-control",
    "ignores-speed",
    "ignores-all",
    "goes-deaf",
]


def test_the_promised_machines_are_shipped() -> None:
    assert set(PROMISED) <= set(shipped_machines())


@pytest.mark.parametrize("name", list(shipped_machines()))
def test_a_shipped_machine_advertises_its_short_name_and_says_who_it_is(name: str) -> None:
    machine = find_machine(name)
    assert machine.name == NAME_PREFIX + name
    assert shipped_machines()[name].read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("name", [name for name in shipped_machines() if name != "home"])
def test_a_shipped_machine_differs_from_home_in_more_than_its_name(name: str) -> None:
    assert replace(find_machine(name), name="SIM-home") != SimMachine(name="SIM-home")


def test_home_differs_from_the_defaults_in_its_jitter_only() -> None:
    assert replace(find_machine("home"), jitter_s=0.0) == SimMachine(name="SIM-home")


def test_a_file_says_only_what_differs() -> None:
    text = 'name = "SIM-x"\nmin_kmh = 1\nreport = "target"\ntarget_unit = "mph"\nrefuses = [0x02, 7]\nsteps_bits = 16\n'
    assert load_machine(text) == SimMachine(
        name="SIM-x",
        min_kmh=1.0,
        start_kmh=1.0,
        resume_kmh=1.0,
        report=Report.TARGET,
        target_unit=SpeedUnit.MPH,
        refuses=(2, 7),
        steps_bits=16,
    )


@pytest.mark.parametrize(
    ("text", "speeds_kmh"),
    [
        ("", (0.8, 0.8)),
        ("min_kmh = 1.6", (1.6, 1.6)),
        ("min_kmh = 0", (0.8, 0.8)),
        ("min_kmh = 0\nmax_kmh = 0.5", (0.5, 0.5)),
        ("min_kmh = 6\nmax_kmh = 1", (1.0, 1.0)),
        ("min_kmh = 1.6\nstart_kmh = 3", (3.0, 1.6)),
    ],
)
def test_a_belt_starts_and_resumes_at_its_lowest_speed_unless_the_file_says_so(
    text: str, speeds_kmh: tuple[float, float]
) -> None:
    machine = load_machine(f'name = "SIM-x"\n{text}')
    assert (machine.start_kmh, machine.resume_kmh) == speeds_kmh


def test_step_0_and_inverted_ranges_are_possible() -> None:
    machine = load_machine('name = "SIM-x"\nstep_kmh = 0\nmin_kmh = 9\nmax_kmh = 1\n')
    assert (machine.step_kmh, machine.min_kmh, machine.max_kmh) == (0, 9, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", '1: a machine needs a name, such as name = "SIM-mine"'),
        ("name = 3", '1: name is 3; it must be text, such as "SIM-mine"'),
        ('name = " "', '1: name is " "; it must be text, such as "SIM-mine"'),
        ('name = "SIM-x"\n\nacel_kmh_s = 1', "3: acel_kmh_s is not a key of a machine; did you mean accel_kmh_s?"),
        ('name = "SIM-x"\nwheels = 4', "2: wheels is not a key of a machine."),
        ('name = "SIM-x"\n[belt]\nmin_kmh = 1', "2: belt is not a key of a machine."),
        ('name = "SIM-x"\nbelt.min_kmh = 1', "2: belt is not a key of a machine."),
        ('name = "SIM-x"\nmin_kmh = "slow"', '2: min_kmh is "slow"; it must be a number from 0 to 60'),
        ('name = "SIM-x"\nmin_kmh = true', "2: min_kmh is true; it must be a number from 0 to 60"),
        ('name = "SIM-x"\nmin_kmh = -1', "2: min_kmh is -1; it must be a number from 0 to 60"),
        ('name = "SIM-x"\nmax_kmh = nan', "2: max_kmh is nan; it must be a number from 0 to 60"),
        ('name = "SIM-x"\nmax_kmh = inf', "2: max_kmh is inf; it must be a number from 0 to 60"),
        ('name = "SIM-x"\ndecel_kmh_s = 0', "2: decel_kmh_s is 0; it must be a number from 0.01 to 20"),
        ('name = "SIM-x"\nreport = "echo"', '2: report is "echo"; it must be actual or target'),
        ('name = "SIM-x"\npause = 1', "2: pause is 1; it must be pause, stop, slow or ignore"),
        ('name = "SIM-x"\nsplit_records = 1', "2: split_records is 1; it must be true or false"),
        ('name = "SIM-x"\nsteps_bits = 8', "2: steps_bits is 8; it must be 0, 16 or 24"),
        ('name = "SIM-x"\nrefuses = 7', "2: refuses is 7; it must be a list of op codes, such as [0x02, 0x07]"),
        ('name = "SIM-x"\nrefuses = [128]', "2: refuses is [128]; it must be a list of op codes from 0x00 to 0x7F"),
        ('name = "SIM-x"\nmin_kmh = 0\nmax_kmh = 0', "3: min_kmh and max_kmh are both 0; such a belt never moves"),
        ('name = "SIM-x"\nmax_kmh = 6\nstart_kmh = 7', "3: start_kmh 7 is above the fastest speed, 6"),
        ('name = "SIM-x"\nmax_kmh = 6\nresume_kmh = 7', "3: resume_kmh 7 is above the fastest speed, 6"),
        ('name = "SIM-x"\njitter_s = 0.1\nreport_period_s = 0.05', "2: jitter_s must be below report_period_s, 0.05"),
        ('name = "SIM-x"\njitter_s = 0.5', "2: jitter_s must be below report_period_s, 0.5"),
        ('name = "SIM-x"\nname = "SIM-y"', "2: is not TOML: Cannot overwrite a value"),
        ('name = "SIM-x"\nmin_kmh =', "2: is not TOML: Invalid value"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MachineError) as caught:
        load_machine(path)
    assert str(caught.value).removeprefix(f"{path}:") == message


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="cannot be read: No such file"):
        find_machine(str(tmp_path / "none.toml"))
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(MachineError, match="is not UTF-8 text"):
        find_machine(str(tmp_path / "odd.toml"))


def test_an_unknown_machine_is_told_with_the_likely_one() -> None:
    with pytest.raises(
        MachineError, match=r"^hom is not a simulated machine; did you mean home\? coach machines lists them"
    ):
        find_machine("hom")
