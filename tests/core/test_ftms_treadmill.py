import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.error import DecodeError
from coach.core.ftms import (
    MERGE_S,
    Pending,
    Problem,
    TreadmillData,
    decode_treadmill_data,
    encode_treadmill_data,
    merge,
)
from coach.core.ftms.treadmill import FIELDS, NAMES

CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "captures" / "treadmill-frames.jsonl"
h = bytes.fromhex

NO_ENERGY_RATES = {"energy_per_hour_kcal", "energy_per_minute_kcal"}
LIFE_FITNESS = frozenset({"ramp_angle_deg", "elevation_loss_m"} | NO_ENERGY_RATES)

SPECIFIED = "every field, from the specification"
GOLDEN = {  # machines, as recorded (ftms.md 5)
    "Life Fitness": (
        "9e04730233022500003c00ff7f0000ff7f0200ffffff1f00",
        TreadmillData(
            speed_kmh=6.27,
            average_speed_kmh=5.63,
            distance_m=37,
            incline_pct=6.0,
            elevation_gain_m=0.0,
            energy_kcal=2,
            elapsed_s=31,
            unavailable=LIFE_FITNESS,
        ),
    ),
    "Life Fitness, heart rate": (
        "9e0517059202fb00000000ff7f7c00ff7f1b00ffffff698a00",
        TreadmillData(
            speed_kmh=13.03,
            average_speed_kmh=6.58,
            distance_m=251,
            incline_pct=0.0,
            elevation_gain_m=12.4,
            energy_kcal=27,
            heart_rate_bpm=105,
            elapsed_s=138,
            unavailable=LIFE_FITNESS,
        ),
    ),
    "Life Fitness, remaining": (
        "9e0c5000bd025301000000ff7f7c00ff7f2300ffffffad003b00",
        TreadmillData(
            speed_kmh=0.8,
            average_speed_kmh=7.01,
            distance_m=339,
            incline_pct=0.0,
            elevation_gain_m=12.4,
            energy_kcal=35,
            elapsed_s=173,
            remaining_s=59,
            unavailable=LIFE_FITNESS,
        ),
    ),
    "Matrix, first part": (
        "9f0061003600000000ff7f0000ffff05006e0002",
        TreadmillData(
            average_speed_kmh=0.97,
            distance_m=54,
            incline_pct=0.0,
            elevation_gain_m=0.0,
            energy_kcal=5,
            energy_per_hour_kcal=110,
            energy_per_minute_kcal=2,
            more_data=True,
            unavailable=frozenset({"ramp_angle_deg", "elevation_loss_m"}),
        ),
    ),
    "Matrix, last part": (
        "001f71000002cc003c06ff7f1a00",
        TreadmillData(
            speed_kmh=1.13,
            metabolic_equivalent=0.2,
            elapsed_s=204,
            remaining_s=1596,
            power_w=26,
            unavailable=frozenset({"heart_rate_bpm", "force_n"}),
        ),
    ),
    "Technogym, first part": (
        "1f0084012a00000000000001000000",
        TreadmillData(
            average_speed_kmh=3.88,
            distance_m=42,
            incline_pct=0.0,
            ramp_angle_deg=0.0,
            elevation_gain_m=0.1,
            elevation_loss_m=0.0,
            more_data=True,
        ),
    ),
    "Technogym, last part": (
        "80064e020200ffffff372700",
        TreadmillData(
            speed_kmh=5.9,
            energy_kcal=2,
            metabolic_equivalent=5.5,
            elapsed_s=39,
            unavailable=frozenset(NO_ENERGY_RATES),
        ),
    ),
    "Matrix, cut off": (
        "9e1fc60394023e01005a00ff7f3200ffff2500f4",
        TreadmillData(
            speed_kmh=9.66,
            average_speed_kmh=6.6,
            distance_m=318,
            incline_pct=9.0,
            elevation_gain_m=5.0,
            energy_kcal=37,
            unavailable=frozenset({"ramp_angle_deg", "elevation_loss_m"}),
            problems=(
                Problem(
                    "truncated",
                    "the frame ends with 1 of the 2 octets of energy_per_hour_kcal; that and what follows is dropped",
                ),
            ),
        ),
    ),
    "Yesoul": (
        "8624fa00d900a605005500ffffff5709f30d00",
        TreadmillData(
            speed_kmh=2.5,
            average_speed_kmh=2.17,
            distance_m=1446,
            energy_kcal=85,
            elapsed_s=2391,
            steps=3571,
            unavailable=frozenset(NO_ENERGY_RATES),
        ),
    ),
    "KingSmith, short steps": (
        "0424fa0000000002000000",
        TreadmillData(speed_kmh=2.5, distance_m=0, elapsed_s=2, steps=0),
    ),
    "Horizon, idle": (
        "8404000000000000000000000000",
        TreadmillData(
            speed_kmh=0.0,
            distance_m=0,
            energy_kcal=0,
            energy_per_hour_kcal=0,
            energy_per_minute_kcal=0,
            elapsed_s=0,
        ),
    ),
    "Urevo, idle": (
        "9c25" + 24 * "00",
        TreadmillData(
            speed_kmh=0.0,
            distance_m=0,
            incline_pct=0.0,
            ramp_angle_deg=0.0,
            elevation_gain_m=0.0,
            elevation_loss_m=0.0,
            energy_kcal=0,
            energy_per_hour_kcal=0,
            energy_per_minute_kcal=0,
            elapsed_s=0,
            steps=0,
            unavailable=frozenset({"heart_rate_bpm"}),
        ),
    ),
    "TRUE, as far as it was quoted": (
        "fe17320136013200003200",
        TreadmillData(
            speed_kmh=3.06,
            average_speed_kmh=3.1,
            distance_m=50,
            incline_pct=5.0,
            problems=(
                Problem(
                    "truncated",
                    "the frame ends with 0 of the 2 octets of ramp_angle_deg; that and what follows is dropped",
                ),
            ),
        ),
    ),
    "CitySports": (
        "8424c8002100000100ffffff3c00400000",
        TreadmillData(
            speed_kmh=2.0,
            distance_m=33,
            energy_kcal=1,
            elapsed_s=60,
            steps=64,
            unavailable=frozenset(NO_ENERGY_RATES),
        ),
    ),
    SPECIFIED: (
        "fe3f e803 b004 010203 0f00 f6ff 6400 3200 02 03 2c01 9001 07 78 55 100e 0807 ecff c800 563412",
        TreadmillData(
            speed_kmh=10.0,
            average_speed_kmh=12.0,
            distance_m=0x030201,
            incline_pct=1.5,
            ramp_angle_deg=-1.0,
            elevation_gain_m=10.0,
            elevation_loss_m=5.0,
            pace_km_per_min=0.2,
            average_pace_km_per_min=0.3,
            energy_kcal=300,
            energy_per_hour_kcal=400,
            energy_per_minute_kcal=7,
            heart_rate_bpm=120,
            metabolic_equivalent=8.5,
            elapsed_s=3600,
            remaining_s=1800,
            force_n=-20,
            power_w=200,
            steps=0x123456,
        ),
    ),
}


@pytest.mark.parametrize(("hex_text", "data"), GOLDEN.values(), ids=GOLDEN.keys())
def test_a_recorded_frame_is_read_whole(hex_text: str, data: TreadmillData) -> None:
    assert decode_treadmill_data(h(hex_text)) == data


@pytest.mark.parametrize(
    "name",
    [
        "Technogym, first part",
        "Matrix, first part",
        "Matrix, last part",
        "Yesoul",
        "CitySports",
        "Urevo, idle",
        SPECIFIED,
    ],
)
def test_a_value_is_written_as_the_machine_wrote_it(name: str) -> None:
    hex_text, data = GOLDEN[name]

    assert encode_treadmill_data(data) == h(hex_text)


def test_steps_are_written_in_16_bits_for_machines_that_do() -> None:
    hex_text, data = GOLDEN["KingSmith, short steps"]

    assert encode_treadmill_data(data, steps_bits=16) == h(hex_text)


@pytest.mark.parametrize(("hex_text", "data"), GOLDEN.values(), ids=GOLDEN.keys())
def test_no_prefix_of_a_frame_raises_past_its_flags(hex_text: str, data: TreadmillData) -> None:
    value = h(hex_text)
    for octets in range(2, len(value)):
        part = decode_treadmill_data(value[:octets])
        assert part.more_data == data.more_data
        assert all(number in (None, whole) for number, whole in zip(part.numbers[:-1], data.numbers, strict=False))


@pytest.mark.parametrize("value", [b"", b"\x08"], ids=["nothing", "half of the flags"])
def test_a_frame_without_flags_is_an_error_that_shows_the_bytes(value: bytes) -> None:
    with pytest.raises(DecodeError, match=value.hex() or "no octets"):
        decode_treadmill_data(value)


def test_a_column_holds_the_type_of_its_row() -> None:
    data = decode_treadmill_data(h(GOLDEN[SPECIFIED][0]))

    assert [type(number) for number in data.numbers] == [int if row.number.per == 1 else float for row in FIELDS]


def test_the_rows_are_the_fields_in_order() -> None:
    numbered = TreadmillData(*range(len(NAMES)))

    assert numbered.numbers == tuple(range(len(NAMES)))
    assert repr(numbered).startswith("TreadmillData(" + ", ".join(f"{name}={n}" for n, name in enumerate(NAMES)))


def test_a_record_of_the_decoder_equals_one_of_the_constructor_and_can_be_replaced() -> None:
    data = decode_treadmill_data(h("0000 2003"))

    assert (data, hash(data)) == (TreadmillData(speed_kmh=8.0), hash(TreadmillData(speed_kmh=8.0)))
    assert replace(data, steps=3) == TreadmillData(speed_kmh=8.0, steps=3)


WIDTHS = {  # flags, what follows the speed, the fields, rules
    "a pace in 8 bits": ("2000", "02", {"pace_km_per_min": 0.2}, []),
    "a pace in 16 bits, in s per 500 m": ("2000", "b400", {"pace_km_per_min": 0.1667}, []),
    "a pace in 16 bits at rest": ("2000", "0000", {"pace_km_per_min": 0.0}, []),
    "both paces in 8 bits": ("6000", "0203", {"pace_km_per_min": 0.2, "average_pace_km_per_min": 0.3}, []),
    "both paces in 16 bits": ("6000", "b400 7800", {"pace_km_per_min": 0.1667, "average_pace_km_per_min": 0.25}, []),
    "both paces and an octet": (
        "6000",
        "0203 ff",
        {"pace_km_per_min": 0.2, "average_pace_km_per_min": 0.3},
        ["trailing-octets"],
    ),
    "steps in 24 bits": ("0020", "563412", {"steps": 0x123456}, []),
    "steps in 16 bits": ("0020", "3412", {"steps": 0x1234}, []),
    "steps cut off": ("0020", "34", {}, ["truncated"]),
    "a pace in 8 and steps in 24 bits before 16 and 16": (
        "2020",
        "02 563412",
        {"pace_km_per_min": 0.2, "steps": 0x123456},
        [],
    ),
    "a pace in 8 and steps in 16 bits": ("2020", "02 3412", {"pace_km_per_min": 0.2, "steps": 0x1234}, []),
    "a pace in 16 and steps in 24 bits": ("2020", "7800 563412", {"pace_km_per_min": 0.25, "steps": 0x123456}, []),
    "two paces in 8 and steps in 16 bits": (
        "6020",
        "02 03 3412",
        {"pace_km_per_min": 0.2, "average_pace_km_per_min": 0.3, "steps": 0x1234},
        [],
    ),
    "two paces in 16 and steps in 16 bits": (
        "6020",
        "7800 7800 3412",
        {"pace_km_per_min": 0.25, "average_pace_km_per_min": 0.25, "steps": 0x1234},
        [],
    ),
    "a pace before reserved data stays narrow": (
        "2080",
        "02 ff",
        {"pace_km_per_min": 0.2},
        ["reserved-bits", "trailing-octets"],
    ),
    "reserved bits without data": ("0040", "", {}, ["reserved-bits"]),
    "trailing octets": ("0004", "1e00 aabb", {"elapsed_s": 30}, ["trailing-octets"]),
}


@pytest.mark.parametrize(("flags", "rest", "fields", "rules"), WIDTHS.values(), ids=WIDTHS.keys())
def test_the_width_that_uses_the_frame_up_is_taken(
    flags: str, rest: str, fields: dict[str, float], rules: list[str]
) -> None:
    data = decode_treadmill_data(h(f"{flags} 2003 {rest}"))

    sent = {name: number for name, number in zip(NAMES, data.numbers, strict=True) if number is not None}
    assert (sent, [problem.rule for problem in data.problems]) == ({"speed_kmh": 8.0, **fields}, rules)


ABSENT = {
    "ramp angle": ("0800", "0a00 ff7f", "ramp_angle_deg"),
    "inclination": ("0800", "ff7f 0a00", "incline_pct"),
    "gain, as Life Fitness has it": ("1000", "ff7f 0000", "elevation_gain_m"),
    "loss, as Matrix has it": ("1000", "0000 ffff", "elevation_loss_m"),
    "energy": ("8000", "ffff 0100 01", "energy_kcal"),
    "energy per hour": ("8000", "0100 ffff 01", "energy_per_hour_kcal"),
    "energy per minute": ("8000", "0100 0100 ff", "energy_per_minute_kcal"),
    "heart rate": ("0001", "00", "heart_rate_bpm"),
    "force": ("0010", "ff7f 0000", "force_n"),
    "power": ("0010", "0000 ff7f", "power_w"),
}


@pytest.mark.parametrize(("flags", "rest", "name"), ABSENT.values(), ids=ABSENT.keys())
def test_not_available_is_not_a_number(flags: str, rest: str, name: str) -> None:
    data = decode_treadmill_data(h(f"{flags} 2003 {rest}"))

    assert (data.numbers[NAMES.index(name)], data.unavailable) == (None, frozenset({name}))


@pytest.mark.parametrize("first", range(0, 65536, 8192))
def test_every_speed_code_survives_the_way_there_and_back(first: int) -> None:
    for code in range(first, first + 8192):
        value = b"\0\0" + code.to_bytes(2, "little")
        data = decode_treadmill_data(value)
        assert data.speed_kmh == code / 100
        assert encode_treadmill_data(data) == value


@pytest.mark.parametrize("row", [row for row in FIELDS if row.number.octets == 2], ids=lambda row: row.name)
def test_every_code_of_two_octets_is_written_as_it_was_read(row: object) -> None:
    assert isinstance(row, type(FIELDS[0]))
    number = row.number
    low, high = number.bounds
    for code in range(low, high + 1, 3):
        if code not in number.absent:
            value = code.to_bytes(2, "little", signed=number.signed)
            assert number.write(number.read(value)) == value


@pytest.mark.parametrize(
    ("speed_kmh", "wire"), [(8.2, "3403"), (2.3, "e600"), (9.2, "9803"), (10.2, "fc03"), (0.005, "0000")]
)
def test_speeds_are_rounded_at_the_wire(speed_kmh: float, wire: str) -> None:
    assert encode_treadmill_data(TreadmillData(speed_kmh=speed_kmh)) == h("0000" + wire)


UNWRITABLE = {
    "speed below 0": TreadmillData(speed_kmh=-0.01),
    "speed above 655.35": TreadmillData(speed_kmh=655.36),
    "speed that is not a number": TreadmillData(speed_kmh=float("nan")),
    "speed without end": TreadmillData(speed_kmh=float("inf")),
    "no speed in the last part": TreadmillData(elapsed_s=1),
    "speed in an earlier part": TreadmillData(speed_kmh=1.0, more_data=True),
    "distance in 25 bits": TreadmillData(speed_kmh=1.0, distance_m=1 << 24),
    "inclination that means not available": TreadmillData(speed_kmh=1.0, incline_pct=3276.7),
    "elapsed time not available": TreadmillData(speed_kmh=1.0, unavailable=frozenset({"elapsed_s"})),
    "a field that is none": TreadmillData(speed_kmh=1.0, unavailable=frozenset({"mood"})),
}


@pytest.mark.parametrize("data", UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_what_does_not_fit_is_refused(data: TreadmillData) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        encode_treadmill_data(data)


@pytest.mark.parametrize(("pace_bits", "steps_bits"), [(12, 24), (8, 32)])
def test_a_width_that_no_machine_has_is_refused(pace_bits: int, steps_bits: int) -> None:
    with pytest.raises(ValueError, match="bits"):
        encode_treadmill_data(TreadmillData(speed_kmh=1.0), pace_bits=pace_bits, steps_bits=steps_bits)


def test_a_pace_in_16_bits_is_written_in_s_per_500_m() -> None:
    data = TreadmillData(speed_kmh=10.0, pace_km_per_min=0.1667, average_pace_km_per_min=0.0)

    assert encode_treadmill_data(data, pace_bits=16) == h("6000 e803 b400 0000")


def test_the_other_of_a_pair_goes_out_as_not_available() -> None:
    assert encode_treadmill_data(TreadmillData(speed_kmh=8.0, incline_pct=1.0)) == h("0800 2003 0a00 ff7f")


FIRST, LAST = (decode_treadmill_data(h(GOLDEN[f"Matrix, {part} part"][0])) for part in ("first", "last"))
WHOLE = TreadmillData(
    speed_kmh=1.13,
    average_speed_kmh=0.97,
    distance_m=54,
    incline_pct=0.0,
    elevation_gain_m=0.0,
    energy_kcal=5,
    energy_per_hour_kcal=110,
    energy_per_minute_kcal=2,
    metabolic_equivalent=0.2,
    elapsed_s=204,
    remaining_s=1596,
    power_w=26,
    unavailable=frozenset({"ramp_angle_deg", "elevation_loss_m", "heart_rate_bpm", "force_n"}),
)


def test_a_split_record_is_published_with_its_last_part() -> None:
    waiting, nothing = merge(None, FIRST, 100.0)
    done, record = merge(waiting, LAST, 100.2)

    assert (waiting, nothing) == (Pending(FIRST, 100.0), None)
    assert (done, record) == (None, WHOLE)


@pytest.mark.parametrize(
    ("late_s", "record"),
    [(MERGE_S - 0.01, WHOLE), (MERGE_S, WHOLE), (MERGE_S + 0.01, LAST)],
    ids=["before", "at", "past"],
)
def test_parts_that_wait_too_long_are_dropped(late_s: float, record: TreadmillData) -> None:
    assert merge(Pending(FIRST, 0.0), LAST, late_s) == (None, record)


def test_a_record_of_one_part_is_published_at_once() -> None:
    assert merge(None, LAST, 1.0) == (None, LAST)


def test_three_parts_are_one_record_and_wait_from_the_first() -> None:
    second = TreadmillData(steps=7, more_data=True)

    assert merge(Pending(FIRST, 1.0), second, 1.5) == (Pending(replace(FIRST, steps=7), 1.0), None)


def test_a_later_part_wins_and_may_take_a_number_back() -> None:
    earlier = TreadmillData(energy_kcal=5, force_n=3, more_data=True, unavailable=frozenset({"power_w", "incline_pct"}))
    later = TreadmillData(speed_kmh=1.0, energy_kcal=6, power_w=9, unavailable=frozenset({"force_n"}))

    assert merge(Pending(earlier, 0.0), later, 0.1)[1] == TreadmillData(
        speed_kmh=1.0, energy_kcal=6, power_w=9, unavailable=frozenset({"force_n", "incline_pct"})
    )


def test_problems_of_all_parts_are_told_once() -> None:
    odd = Problem("reserved-bits", "odd")

    _, record = merge(Pending(TreadmillData(problems=(odd,)), 0.0), TreadmillData(speed_kmh=1.0, problems=(odd,)), 0.1)
    assert record == TreadmillData(speed_kmh=1.0, problems=(odd,))


@given(st.binary(min_size=2, max_size=40))
def test_any_bytes_from_two_octets_on_are_a_value(value: bytes) -> None:
    data = decode_treadmill_data(value)

    assert data.unavailable <= {name for name, number in zip(NAMES, data.numbers, strict=True) if number is None}
    if not data.problems and not value[0] & 0x60 and not value[1] & 0x20:
        assert decode_treadmill_data(encode_treadmill_data(data)) == data


@given(st.lists(st.tuples(st.binary(min_size=2, max_size=40), st.floats(0, 2)), max_size=8))
def test_any_parts_merge_and_a_record_comes_exactly_with_a_last_part(parts: list[tuple[bytes, float]]) -> None:
    pending, at_s = None, 0.0
    for value, passed_s in parts:
        part = decode_treadmill_data(value)
        at_s += passed_s
        pending, record = merge(pending, part, at_s)
        assert (record is None) == part.more_data == (pending is not None)


OURS = {
    "avg_speed_kmh": "average_speed_kmh",
    "ramp_deg": "ramp_angle_deg",
    "elev_pos_m": "elevation_gain_m",
    "elev_neg_m": "elevation_loss_m",
    "energy_per_h": "energy_per_hour_kcal",
    "energy_per_min": "energy_per_minute_kcal",
    "hr_bpm": "heart_rate_bpm",
    "met": "metabolic_equivalent",
    "vendor_steps_bit13": "steps",
}


@pytest.mark.skipif(not CAPTURES.exists(), reason="the captures are not beside the project")
def test_recorded_frames_agree_with_their_notes() -> None:
    seen: Counter[str] = Counter()
    for line in CAPTURES.read_text().splitlines():
        frame = json.loads(line)
        if frame["characteristic_uuid"] != "2ACD":
            continue
        data, notes = decode_treadmill_data(h(frame["hex"])), frame["decoded"]
        numbers = dict(zip(NAMES, data.numbers, strict=True))
        noted = {OURS.get(name, name): number for name, number in notes.items()}
        expected = {name: noted.get(name) for name in NAMES} | {"heart_rate_bpm": noted.get("heart_rate_bpm") or None}
        assert numbers == expected, frame["hex"]
        assert data.more_data == notes["more_data"]
        assert {OURS.get(name, name) for name in notes.get("not_available", ())} <= data.unavailable
        assert bool(data.problems) == ("truncated_at" in notes)
        seen[frame["device"]] += 1
    assert seen.total() >= 17
