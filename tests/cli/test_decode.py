import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.cli.decode import CHARACTERISTICS, InputError, decode, decode_lines, describe, refused

Coach = Callable[..., tuple[int, str, str]]
CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "captures" / "treadmill-frames.jsonl"

FIELDS = {  # characteristic, hex, fields as JSON has them
    "Life Fitness": (
        "2acd",
        "9e04730233022500003c00ff7f0000ff7f0200ffffff1f00",
        {
            "speed_kmh": 6.27,
            "average_speed_kmh": 5.63,
            "distance_m": 37,
            "incline_pct": 6.0,
            "ramp_angle_deg": None,
            "elevation_gain_m": 0.0,
            "elevation_loss_m": None,
            "energy_kcal": 2,
            "energy_per_hour_kcal": None,
            "energy_per_minute_kcal": None,
            "elapsed_s": 31,
            "more_data": False,
        },
    ),
    "Matrix, last part": (
        "2acd",
        "001f71000002cc003c06ff7f1a00",
        {
            "speed_kmh": 1.13,
            "heart_rate_bpm": None,
            "metabolic_equivalent": 0.2,
            "elapsed_s": 204,
            "remaining_s": 1596,
            "force_n": None,
            "power_w": 26,
            "more_data": False,
        },
    ),
    "a pace in 8 and steps in 24 bits": (
        "2acd",
        "2020 2003 02 563412",
        {"speed_kmh": 8.0, "pace_km_per_min": 0.2, "steps": 0x123456, "more_data": False},
    ),
    "a first part": ("2acd", "03002003", {"average_speed_kmh": 8.0, "more_data": True}),
    "FitShow features": (
        "2acc",
        "5c16000003000000",
        {
            "machine_features": [
                "total_distance",
                "inclination",
                "elevation_gain",
                "step_count",
                "expended_energy",
                "heart_rate_measurement",
                "elapsed_time",
            ],
            "target_settings": ["speed", "inclination"],
        },
    ),
    "CitySports speeds": ("2ad4", "640058023200", {"min_kmh": 1.0, "max_kmh": 6.0, "step_kmh": 0.5}),
    "inclinations": ("2ad5", "ceff96000500", {"min_pct": -5.0, "max_pct": 15.0, "step_pct": 0.5}),
    "resistances": ("2ad6", "0000ff000a00", {"min_level": 0.0, "max_level": 25.5, "step_level": 1.0}),
    "heart rates": ("2ad7", "50c801", {"min_bpm": 80, "max_bpm": 200, "step_bpm": 1}),
    "powers": ("2ad8", "00000f270100", {"min_w": 0, "max_w": 9999, "step_w": 1}),
    "training": ("2ad3", "00 01", {"status": "idle"}),
    "training with empty text": ("2ad3", "01 0d", {"status": "manual_mode_quick_start", "text": ""}),
    "training with text": ("2ad3", "01 0e 476f", {"status": "pre_workout", "text": "Go"}),
    "training of a reserved code": ("2ad3", "00 42", {"status": 0x42}),
    "asked for control": ("2ad9", "00", {"op": "request_control"}),
    "asked for 8.2 km/h": ("2ad9", "02 3403", {"op": "set_target_speed", "parameter": 8.2}),
    "asked for 1.5 %": ("2ad9", "030f00", {"op": "set_target_inclination", "parameter": 1.5}),
    "asked to start": ("2ad9", "07", {"op": "start_or_resume"}),
    "asked to stop": ("2ad9", "0801", {"op": "stop_or_pause", "parameter": "stop"}),
    "asked to pause": ("2ad9", "0802", {"op": "stop_or_pause", "parameter": "pause"}),
    "asked to stop in a reserved way": ("2ad9", "0803", {"op": "stop_or_pause", "parameter": 3}),
    "asked for zones": ("2ad9", "0e01000200", {"op": "set_targeted_time_in_2_hr_zones", "parameter": [1, 2]}),
    "asked for something": ("2ad9", "77 0102", {"op": 0x77, "parameter": "0102"}),
    "granted": ("2ad9", "80 00 01", {"op": "request_control", "result": "success"}),
    "not permitted": ("2ad9", "80 02 05", {"op": "set_target_speed", "result": "control_not_permitted"}),
    "answered in a reserved way": ("2ad9", "80 77 06", {"op": 0x77, "result": 6}),
    "answered with a parameter": (
        "2ad9",
        "80 13 01 9001",
        {"op": "spin_down_control", "result": "success", "parameter": "9001"},
    ),
    "speed changed": ("2ada", "056900", {"event": "target_speed_changed", "parameter": 1.05}),
    "stopped at the console": ("2ada", "0201", {"event": "stopped_or_paused_by_user", "parameter": "stop"}),
    "safety key": ("2ada", "03", {"event": "stopped_by_safety_key"}),
    "started at the console": ("2ada", "04", {"event": "started_or_resumed_by_user"}),
    "control lost": ("2ada", "ff", {"event": "control_permission_lost"}),
    "something happened": ("2ada", "77", {"event": 0x77}),
    "a strap": ("2a37", "1659a202", {"heart_rate_bpm": 89, "contact": True, "rr_s": [0.6582]}),
    "a strap without contact": ("2a37", "0454", {"heart_rate_bpm": 84, "contact": False}),
    "a strap with energy": ("2a37", "08782c01", {"heart_rate_bpm": 120, "contact": None, "energy_kj": 300}),
    "a strap without a reading": ("2a37", "0000", {"heart_rate_bpm": None, "contact": None}),
}


@pytest.mark.parametrize(("uuid", "hex_text", "fields"), FIELDS.values(), ids=FIELDS.keys())
def test_sound_bytes_are_fields_without_problems(uuid: str, hex_text: str, fields: dict[str, object]) -> None:
    decoded = decode(uuid, hex_text)

    assert decoded == {"characteristic": uuid, "name": decoded["name"], "fields": fields, "problems": []}
    assert json.loads(json.dumps(decoded)) == decoded


DAMAGED = {
    "no octets": ("2acd", "", {}, ["too-short"]),
    "half of the flags": ("2acd", "08", {}, ["too-short"]),
    "nothing behind the flags": ("2acd", "0000", {"more_data": False}, ["truncated"]),
    "a longer frame": ("2acd", "0000 2003 ff", {"speed_kmh": 8.0, "more_data": False}, ["trailing-octets"]),
    "a range that is cut off": ("2ad4", "3200", {}, ["too-short"]),
    "an inverted range": (
        "2ad4",
        "620232000a00",
        {"min_kmh": 6.1, "max_kmh": 0.5, "step_kmh": 0.1},
        ["inverted-range"],
    ),
    "a short training status": ("2ad3", "01", {}, ["truncated"]),
    "an answer that is cut off": ("2ad9", "8007", {}, ["too-short"]),
    "a request without an operation": ("2ad9", "", {}, ["too-short"]),
    "a speed that is cut off": ("2ada", "0569", {"event": "target_speed_changed"}, ["truncated"]),
    "a strap that says nothing": ("2a37", "", {}, ["too-short"]),
}


@pytest.mark.parametrize(("uuid", "hex_text", "fields", "rules"), DAMAGED.values(), ids=DAMAGED.keys())
def test_damaged_bytes_are_problems(uuid: str, hex_text: str, fields: dict[str, object], rules: list[str]) -> None:
    decoded = decode(uuid, hex_text)

    assert isinstance(decoded["problems"], list)
    assert (decoded["fields"], [problem["rule"] for problem in decoded["problems"]]) == (fields, rules)
    assert all(problem.keys() == {"rule", "message"} for problem in decoded["problems"])
    assert not refused(decoded)


@pytest.mark.parametrize(
    "uuid", ["2acd", "2ACD", "0x2ACD", "0X2acd", " 2acd ", "00002acd", "00002ACD-0000-1000-8000-00805F9B34FB"]
)
def test_a_characteristic_may_be_written_in_many_ways(uuid: str) -> None:
    assert decode(uuid, " 00 00\t2 0 03 ") == decode("2acd", "00002003")


@pytest.mark.parametrize(
    "uuid", ["", "2a", "2a53", "ffff", "1826", "zzzz", "2acd2acd", "24e2521c-f63b-48ed-85be-c5330d00fdf7", "２acd"]
)
def test_an_unknown_characteristic_is_refused(uuid: str) -> None:
    with pytest.raises(InputError, match="2acd, 2ad3") as refusal:
        decode(uuid, "00")
    assert refusal.value.rule == "unknown-characteristic"


@pytest.mark.parametrize("hex_text", ["0", "0g", "0x00", "00 0", "1_0", "-1", "０0"])
def test_what_is_not_hex_is_refused(hex_text: str) -> None:
    with pytest.raises(InputError, match="not hex") as refusal:
        decode("2acd", hex_text)
    assert refusal.value.rule == "not-hex"


def test_lines_are_read_one_by_one_and_bad_ones_are_refused_in_their_place() -> None:
    lines = ["2acd 00 00 20 03\n", "\n", "2acd xx\n", "2a53 00\n", "2ad9\t07\n", "2acd\n"]

    decoded = list(decode_lines(lines))

    assert [refused(each) for each in decoded] == [False, True, True, False, False]
    assert decoded[0] == decode("2acd", "00002003")
    assert decoded[1]["problems"] == [
        {
            "rule": "not-hex",
            "message": "line 3: 'xx' is not hex: pairs of 0 to 9 and a to f, blanks between them allowed",
        }
    ]
    assert decoded[3] == decode("2ad9", "07")
    assert decoded[4] == decode("2acd", "")


def test_people_read_words_and_units() -> None:
    assert describe(decode("2acd", "0801 2003 0f00 ff7f 00 ff")) == [
        "Treadmill Data (2acd)",
        "  speed                   8.0 km/h",
        "  incline                 1.5 %",
        "  ramp angle              not available",
        "  heart rate              not available",
        "  more data               no",
        "  problem[trailing-octets]: octets behind the last field, ignored: 1",
    ]
    assert describe(decode("2a37", "167310020d02")) == [
        "Heart Rate Measurement (2a37)",
        "  heart rate              115 bpm",
        "  contact                 yes",
        "  rr                      0.5156, 0.5127 s",
    ]
    assert describe(decode("2ad3", "010e 615f62")) == [
        "Training Status (2ad3)",
        "  status                  pre workout",
        "  text                    a_b",
    ]
    assert describe(decode("2acc", "0100000000000000"))[1:] == [
        "  machine features        average speed",
        "  target settings         none",
    ]


@given(st.sampled_from([f"{uuid:04x}" for uuid in CHARACTERISTICS]), st.binary(max_size=40))
def test_any_bytes_are_an_object_and_words(uuid: str, value: bytes) -> None:
    decoded = decode(uuid, value.hex())

    assert list(decoded) == ["characteristic", "name", "fields", "problems"]
    assert json.loads(json.dumps(decoded)) == decoded
    assert describe(decoded)[0].endswith(f"({uuid})")


@given(st.text("2acd 0x\t\n-９\u00a0\u2028", max_size=60))
def test_any_line_is_an_object(line: str) -> None:
    assert len(list(decode_lines([line]))) == bool(line.split())


@pytest.mark.skipif(not CAPTURES.exists(), reason="the captures are not beside the project")
def test_every_recorded_frame_of_a_known_characteristic_is_read() -> None:
    frames = [json.loads(line) for line in CAPTURES.read_text().splitlines()]
    known = [frame for frame in frames if frame["characteristic_uuid"].lower() in {f"{u:04x}" for u in CHARACTERISTICS}]

    for frame in known:
        decoded = decode(frame["characteristic_uuid"], frame["hex"])
        fields, notes = decoded["fields"], frame["decoded"]
        assert isinstance(fields, dict)
        assert bool(decoded["problems"]) == ("truncated_at" in notes)
        shared = fields.keys() & notes.keys() - {"heart_rate_bpm"}
        assert {name: fields[name] for name in shared} == {name: notes[name] for name in shared}
        assert fields.get("heart_rate_bpm") == (notes.get("bpm") or notes.get("hr_bpm") or None)
    assert len(known) >= 40


CAPTURE = """\
{"schema": 1, "coach": "0.1.0", "name": "FS-6041F1", "simulated": false, "address": null, "services": [], \
"values": {"2ad4": "320062020a00"}}
{"at_s": 0.512, "uuid": "2acd", "value": "84040000000000000000000000"}
{"at_s": 1.5, "uuid": "0000fff1-1000-8000-0080-00805f9b34fb", "value": "8624fa"}
{"at_s": 2, "uuid": "2acd", "value": "84"}
{"at_s": 71.3, "link": "lost"}
"""


def test_a_capture_is_told_frame_by_frame(coach: Coach, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text(CAPTURE)
    code, out, err = coach("decode", str(file))
    first, *lines = out.splitlines()

    assert (code, err, first) == (0, "", "FS-6041F1, captured by coach 0.1.0")
    assert lines[0] == "      read  Supported Speed Range (2ad4): min 0.5 km/h, max 6.1 km/h, step 0.1 km/h"
    assert lines[1].startswith("     0.512  Treadmill Data (2acd): speed 0.0 km/h, distance 0 m, ")
    assert lines[2] == "     1.500  0000fff1-1000-8000-0080-00805f9b34fb, not of the Bluetooth standard: 86 24 fa"
    assert "problem[too-short]" in lines[3]
    assert lines[4] == "    71.300  link lost"


def test_a_capture_is_facts_for_programs_too(coach: Coach, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text(CAPTURE)
    code, out, _ = coach("decode", str(file), "--json")
    speeds, frame, own, _, lost = (json.loads(line) for line in out.splitlines())

    assert (code, speeds["at_s"], speeds["fields"]["max_kmh"]) == (0, None, 6.1)
    assert (frame["at_s"], frame["characteristic"]) == (0.512, "2acd")
    assert own == {"at_s": 1.5, "characteristic": "0000fff1-1000-8000-0080-00805f9b34fb", "value": "8624fa"}
    assert lost == {"at_s": 71.3, "link": "lost"}


@pytest.mark.parametrize("content", [None, "", "{}\n", "no capture\n"], ids=["gone", "empty", "JSON", "text"])
def test_what_is_not_a_capture_is_named(coach: Coach, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "mine.jsonl"
    if content is not None:
        file.write_text(content)
    code, out, err = coach("decode", str(file))
    assert (code, out) == (1, "")
    assert err.startswith(f"coach: {file}:")
