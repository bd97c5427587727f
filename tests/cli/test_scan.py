"""coach scan: what is said of what is in reach, as values, and the whole of it on a radio of this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from coach.cli.scan import (
    Live,
    Seen,
    abilities,
    chosen,
    kind,
    label,
    next_steps,
    offered,
    signal,
    standing,
    table,
    told,
)
from coach.core.error import MachineError
from coach.keeper.lock import Lock, lock_folder
from coach.known import Known, KnownStrap
from coach.link.facts import MAKER, Characteristic, Facts, Service, full
from coach.link.radio import Radio
from coach.link.sighting import FITNESS_MACHINE, HEART_RATE, Sighting
from coach.link.simulated import SIMULATED_SERVICE
from coach.machines import Store
from tests.lab.rig import Rig
from tests.lab.scripted import Shape

Coach = Callable[..., tuple[int, str, str]]
NOW = datetime(2026, 11, 22, tzinfo=UTC).isoformat()
MACHINE = frozenset({FITNESS_MACHINE})
MILL = Sighting("AA:00:00:00:00:01", "FS-6041F1", -67, MACHINE, 0x01)
QUIET = Sighting("AA:00:00:00:00:02", "", -80, MACHINE)
HELD = Sighting("AA:00:00:00:00:03", "WELLFIT TM1", None, MACHINE, held=True)
SIM = Sighting("AA:00:00:00:00:04", "SIM-home", -50, MACHINE, 0x01)
BIKE = Sighting("AA:00:00:00:00:05", "RIDE", -70, MACHINE, 0x20)
STRAP = Sighting("AA:00:00:00:00:06", "Polar H10 1234", -55, frozenset({HEART_RATE}))
ALL = (HELD, SIM, MILL, STRAP, BIKE, QUIET)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Sighting("a", rssi=-60), "strong, -60 dBm"),
        (Sighting("a", rssi=-61), "good, -61 dBm"),
        (Sighting("a", rssi=-75), "good, -75 dBm"),
        (Sighting("a", rssi=-76), "weak, -76 dBm"),
        (Sighting("a", rssi=-85), "weak, -85 dBm"),
        (Sighting("a", rssi=-86), "very weak, -86 dBm"),
        (Sighting("a", rssi=-60, held=True), "strong, -60 dBm, connected"),
        (Sighting("a", held=True), "connected to this computer"),
        (Sighting("a"), "no signal strength"),
    ],
)
def test_a_signal_has_a_word(one: Sighting, words: str) -> None:
    assert signal(one) == words


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (MILL, "treadmill"),
        (Sighting("a", types=0x21), "treadmill"),
        (QUIET, "fitness machine"),
        (Sighting("a", services=MACHINE, types=0), "fitness machine"),
        (BIKE, "exercise bike"),
        (Sighting("a", types=0x12), "cross trainer and rower"),
        (Sighting("a", types=0x80), "machine of an unknown type"),
        (STRAP, "strap"),
    ],
)
def test_a_device_is_what_it_says(one: Sighting, words: str) -> None:
    assert kind(one) == words


def test_a_treadmill_is_proved_yours_or_not_yet_and_a_simulated_one_is_never_yours() -> None:
    proved, accepted = Known(MILL.address.lower(), "FS", proved_at=NOW), Known(MILL.address, "FS", accepted_at=NOW)
    assert standing(Seen(ALL), MILL) == "not yours yet"
    assert standing(Seen(ALL, (accepted,)), MILL) == "yours, not proved yet"
    assert standing(Seen(ALL, (proved,)), MILL) == "proved"
    assert standing(Seen(ALL, (Known(SIM.address, SIM.name, proved_at=NOW),)), SIM) == "simulated"
    assert standing(Seen(ALL, (Known(MILL.address, "FS", proved_at=NOW, simulated=True),)), MILL) == "simulated"


def test_the_table_has_treadmills_then_straps_then_what_is_neither() -> None:
    known = Seen(ALL, (Known(MILL.address, MILL.name, proved_at=NOW),), (KnownStrap(STRAP.address, STRAP.name, NOW),))
    lines = list(table(known))
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == ["TREADMILLS", "HEART STRAPS", "NOT FOR COACH"]
    assert max(len(line) for line in lines) <= 80
    text = "\n".join(lines)
    for part in ["WELLFIT TM1", "connected to this computer", "(no name)", "does not say that it is a treadmill"]:
        assert part in text
    assert "an exercise bike, not a treadmill" in text
    rows = {line.split("  ")[1]: line.split()[-1] for line in lines if line.startswith("  ") and line[2] != " "}
    assert (rows["FS-6041F1"], rows["SIM-home"], rows["Polar H10 1234"]) == ("proved", "simulated", "yours")
    assert "fitshow:" in text


def test_a_treadmill_that_also_measures_hearts_is_no_strap() -> None:
    both = Sighting("AA:00:00:00:00:07", "T9", -60, MACHINE | {HEART_RATE}, 0x01)
    seen = Seen((both, STRAP))
    assert (seen.treadmills, seen.straps, seen.others) == ([both], [STRAP], [])


def test_a_line_is_not_longer_for_the_longest_words() -> None:
    one = Sighting("11111111-2222-3333-4444-555555555555", "N" * 60, -101, MACHINE, 0x01, held=True)
    lines = list(table(Seen((one,), (Known(one.address, "N", accepted_at=NOW),))))
    assert max(len(line) for line in lines) <= 80
    assert "connected yours, not proved yet" in lines[1]


def test_a_name_cannot_draw_on_the_terminal() -> None:
    assert label("\x1b[2JFS\n1") == "?[2JFS?1"
    assert label("  \t ") == "?"
    assert label(" ") == "(no name)"
    bad = Sighting("a", "\x1b]0;x\x07", -60, MACHINE, 0x01)
    assert "\x1b" not in "".join([*table(Seen((bad,))), *next_steps(Seen((bad,)))])


def test_the_next_step_is_the_likeliest() -> None:
    proved = Known(MILL.address, MILL.name, proved_at=NOW)
    assert "coach run first-steps-back --treadmill FS-6041F1" in "".join(next_steps(Seen(ALL, (proved,))))
    assert "coach setup treadmill" in "".join(next_steps(Seen(ALL)))
    assert "--treadmill SIM-home" in "".join(next_steps(Seen((SIM, STRAP))))
    nothing = list(next_steps(Seen((STRAP, BIKE))))
    assert "another app" in " ".join(nothing)
    assert "coach doctor" in " ".join(nothing)
    assert max(len(line) for line in nothing) <= 80


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("fs-6041f1", MILL),
        ("AA:00:00:00:00:02", QUIET),
        ("aa:00:00:00:00:02", QUIET),
        ("polar", STRAP),
        (" RIDE ", BIKE),
    ],
)
def test_a_device_is_chosen_by_name_part_of_it_or_address(word: str, found: Sighting) -> None:
    assert chosen(ALL, word) is found


def test_a_whole_name_wins_over_a_part_of_another() -> None:
    longer = Sighting("AA:00:00:00:00:09", "FS-6041F1-2", -40, MACHINE)
    assert chosen((longer, MILL), "FS-6041F1") is MILL


@pytest.mark.parametrize(
    ("word", "message"),
    [("s", "fits 2: FS-6041F1 (AA:"), ("nobody", "in reach are WELLFIT TM1 (AA:"), ("", "was not found")],
)
def test_who_cannot_be_chosen_is_told_with_all_that_could(word: str, message: str) -> None:
    with pytest.raises(MachineError) as said:
        chosen((HELD, MILL, SIM) if word != "s" else (MILL, SIM), word)
    assert message in str(said.value)


def test_nothing_in_reach_is_said() -> None:
    with pytest.raises(MachineError, match="nothing is in reach"):
        chosen((), "x")


def test_each_device_is_said_once_as_it_is_heard_and_again_with_its_name() -> None:
    said: list[str] = []
    live = Live(said.append)
    for one in (QUIET, QUIET, MILL, Sighting(QUIET.address, "T5", -60, MACHINE), MILL):
        live(one)
    assert [line.split(",")[0] for line in said] == [
        "... fitness machine (no name)",
        "... treadmill FS-6041F1",
        "... fitness machine T5",
    ]


def test_facts_for_programs() -> None:
    seen = Seen(ALL, (Known(MILL.address, MILL.name, proved_at=NOW),), (KnownStrap(STRAP.address),))
    facts: Any = json.loads(json.dumps(told(seen, 8.0, None)))
    assert (facts["schema"], facts["seconds"], facts["connected"]) == (1, 8.0, None)
    assert [one["name"] for one in facts["treadmills"]] == ["WELLFIT TM1", "SIM-home", "FS-6041F1", None]
    mill = facts["treadmills"][2]
    assert mill.pop("note")
    assert mill == {
        "name": "FS-6041F1",
        "address": MILL.address,
        "rssi_dbm": -67,
        "signal": "good, -67 dBm",
        "held": False,
        "simulated": False,
        "standing": "proved",
        "model": "fitshow",
    }
    assert [(one["address"], one["bound"]) for one in facts["straps"]] == [(STRAP.address, True)]
    assert [(one["name"], one["kind"]) for one in facts["others"]] == [("RIDE", "exercise bike")]


# What a connected one can do.

YESOUL = {0x2ACC: bytes.fromhex("4512000001000000"), 0x2AD4: bytes.fromhex("320062020a00")}  # ftms.md 5


def facts_of(values: dict[int, bytes], control: set[str] | None, *extra: Service, data: int = 0x2ACD) -> Facts:
    rows = [Characteristic(full(data), frozenset({"notify"}))]
    if control is not None:
        rows.append(Characteristic(full(0x2AD9), frozenset(control)))
    return Facts("AA:00:00:00:00:01", "W2\x1bPro", (Service(full(0x1826), tuple(rows)), *extra), values)


def test_a_connected_treadmill_says_what_it_measures_and_takes() -> None:
    able = abilities(facts_of(YESOUL | {MAKER: b"Yesoul\0"}, {"write", "indicate"}))
    assert able == {
        "name": "W2\x1bPro",
        "address": "AA:00:00:00:00:01",
        "maker": "Yesoul",
        "model": None,
        "firmware": None,
        "is": "treadmill",
        "machine_features": ["average_speed", "total_distance", "step_count", "expended_energy", "elapsed_time"],
        "target_settings": ["speed"],
        "speed": {"min_kmh": 0.5, "max_kmh": 6.1, "step_kmh": 0.1},
        "incline": None,
        "control_point": {"properties": ["indicate", "write"], "answers": "indications"},
        "services": ["1826"],
    }


@pytest.mark.parametrize(
    ("control", "words"),
    [
        ({"write", "indicate", "notify"}, "answers by indications"),
        ({"write", "notify"}, "answers by notifications"),
        ({"write"}, "never answers"),
        (None, "tells you what to press"),
    ],
)
def test_how_the_control_point_answers_is_told_without_a_write(control: set[str] | None, words: str) -> None:
    lines = list(offered(facts_of(YESOUL, control)))
    assert words in " ".join(" ".join(lines).split())
    assert lines[0] == "CONNECTED TO W2?Pro"
    assert max(len(line) for line in lines) <= 80


def test_values_that_are_damaged_or_absent_are_nothing() -> None:
    able = abilities(facts_of({0x2AD4: b"\x01", 0x2AD5: b""}, None))
    assert [able[key] for key in ("machine_features", "target_settings", "speed", "incline")] == [None] * 4
    assert abilities(facts_of({}, None, data=0x2AD2))["is"] == "no treadmill: it has no Treadmill Data"
    assert abilities(facts_of({}, None, Service(SIMULATED_SERVICE, ())))["is"] == "simulated treadmill"
    strap = Facts("a", "H10", (Service(full(0x180D), ()),))
    assert abilities(strap)["is"] == "heart strap"


# On the air of this process.


@pytest.fixture
def rig() -> Iterator[Rig]:
    with Rig() as one:
        yield one


@pytest.fixture
def on_air(rig: Rig, coach: Coach, monkeypatch: pytest.MonkeyPatch) -> Coach:
    """The command, whose radio is that of the rig."""

    @contextmanager
    def radio() -> Iterator[Radio]:
        yield rig.radio

    monkeypatch.setattr("coach.cli.scan.Radio", radio)
    return coach


@pytest.mark.slow
def test_scan_finds_what_is_on_the_air_and_connects_to_one(rig: Rig, on_air: Coach) -> None:
    mill = rig.run(rig.lab.treadmill("home"))
    rig.run(rig.lab.strap("sim", mill))
    bike = Shape("RIDE", "C4:00:00:00:01:05", ((0x02, b"\x26\x18"), (0x16, b"\x26\x18\x01\x20\x00")))
    rig.peripheral(bike)
    code, out, err = on_air("scan", "--seconds", "1", "--connect", mill.face.name, "--json")
    facts = json.loads(out)
    assert (code, err) == (0, "")
    assert [(one["name"], one["standing"]) for one in facts["treadmills"]] == [(mill.face.name, "simulated")]
    assert [one["bound"] for one in facts["straps"]] == [False]
    assert [(one["name"], one["kind"]) for one in facts["others"]] == [("RIDE", "exercise bike")]
    assert facts["connected"]["is"] == "simulated treadmill"
    assert facts["connected"]["speed"] == {"min_kmh": 0.8, "max_kmh": 18.0, "step_kmh": 0.1}
    assert facts["connected"]["control_point"]["answers"] == "indications"
    assert mill.writes == []
    rig.until(lambda: mill.connection is None)


@pytest.mark.slow
def test_scan_tells_people_the_same(rig: Rig, on_air: Coach) -> None:
    odd = rig.peripheral()
    Store().remember(Known(odd.shape.address, odd.shape.name, proved_at=NOW))
    code, out, err = on_air("scan", "--seconds", "1", "--connect", "odd")
    assert (code, err) == (0, "")
    assert [line for line in out.splitlines() if line[0] not in " ."] == [
        "TREADMILLS",
        "CONNECTED TO ODD",
        "Next: coach run first-steps-back --treadmill ODD",
    ]
    assert "proved" in out
    assert "0.5 to 6.1 km/h by 0.1" in out
    assert odd.writes == []


@pytest.mark.slow
def test_a_treadmill_that_the_system_holds_connected_is_found_though_it_is_silent(rig: Rig, on_air: Coach) -> None:
    odd = rig.peripheral()
    rig.run(rig.world.hold(odd.shape.address))
    code, out, _ = on_air("scan", "--seconds", "1", "--json")
    (found,) = json.loads(out)["treadmills"]
    assert code == 0
    assert (found["address"], found["held"], found["signal"]) == (odd.shape.address, True, "connected to this computer")


@pytest.mark.slow
def test_a_treadmill_that_somebody_drives_is_not_connected_to(rig: Rig, on_air: Coach) -> None:
    odd = rig.peripheral()
    for known_as in (odd.shape.address, odd.shape.name):
        held = Lock(lock_folder(), f"air:{known_as}", "easy-walk-30")
        code, _, err = on_air("scan", "--seconds", "1", "--connect", "ODD")
        held.close()
        assert code == 1
        assert "easy-walk-30" in err
        assert odd.met == 0


@pytest.mark.slow
def test_without_bluetooth_one_sentence_says_what_to_do(rig: Rig, on_air: Coach) -> None:
    rig.world.off = True
    code, out, err = on_air("scan", "--seconds", "1")
    assert (code, out) == (1, "")
    assert err.startswith("coach: Bluetooth is switched off; switch it on")
    assert len(err.splitlines()) == 1


@pytest.mark.slow
def test_nothing_on_the_air_says_what_it_may_be(on_air: Coach) -> None:
    code, out, _ = on_air("scan", "--seconds", "1")
    assert code == 0
    assert "another app" in " ".join(out.split())
