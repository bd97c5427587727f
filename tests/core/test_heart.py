from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.error import DecodeError, ScriptError
from coach.core.heart import (
    ZONE_WORDS,
    Doubt,
    HeartRate,
    Strap,
    age,
    decode_heart_rate,
    encode_heart_rate,
    hear,
    karvonen_bpm,
    resolve,
    tanaka_max_bpm,
    zone_of,
    zone_word,
)
from coach.core.workout import HeartRange, HeartUnit

h = bytes.fromhex

MEASUREMENTS = {  # straps, as recorded (ftms.md 5), and the specification
    "a strap with contact": ("1659a202", HeartRate(89, contact=True, rr_s=(674 / 1024,))),
    "Polar H7, two beats": ("167310020d02", HeartRate(115, contact=True, rr_s=(528 / 1024, 525 / 1024))),
    "Polar H10, worn": ("107572032702", HeartRate(117, rr_s=(882 / 1024, 551 / 1024))),
    "Polar H10, off the body": ("006f", HeartRate(111)),
    "Polar H10, off the body, a beat of 6 s": ("106ffb17", HeartRate(111, rr_s=(6139 / 1024,))),
    "contact not detected": ("0454", HeartRate(84, contact=False)),
    "energy": ("0878 2c01", HeartRate(120, energy_kj=300)),
    "energy at its end, and a beat": ("1e78 ffff 0002", HeartRate(120, contact=True, energy_kj=65535, rr_s=(0.5,))),
    "no reading": ("0000", HeartRate(0)),
}


@pytest.mark.parametrize(("hex_text", "heart"), MEASUREMENTS.values(), ids=MEASUREMENTS.keys())
def test_a_measurement_is_read_and_written_as_straps_have_it(hex_text: str, heart: HeartRate) -> None:
    assert decode_heart_rate(h(hex_text)) == heart
    assert encode_heart_rate(heart) == h(hex_text)


def test_a_heart_rate_may_take_two_octets() -> None:
    assert decode_heart_rate(h("01 2c01")) == HeartRate(300)
    assert encode_heart_rate(HeartRate(120, rr_s=(0.5,)), bpm_bits=16) == h("11 7800 0002")


ODD = {
    "energy cut off": ("08 78 2c", HeartRate(120), ["truncated"]),
    "a beat cut off": ("10 78 0002 00", HeartRate(120, rr_s=(0.5,)), ["truncated"]),
    "beats announced, none sent": ("10 78", HeartRate(120), ["truncated"]),
    "reserved flags": ("e0 78", HeartRate(120), ["reserved-bits"]),
    "beats not announced": ("00 78 0002", HeartRate(120), ["trailing-octets"]),
}


@pytest.mark.parametrize(("hex_text", "heart", "rules"), ODD.values(), ids=ODD.keys())
def test_an_odd_measurement_is_read_and_doubted(hex_text: str, heart: HeartRate, rules: list[str]) -> None:
    read = decode_heart_rate(h(hex_text))

    assert replace(read, problems=()) == heart
    assert [problem.rule for problem in read.problems] == rules


@pytest.mark.parametrize("hex_text", ["", "00", "16", "01 78"])
def test_a_measurement_without_a_heart_rate_is_an_error(hex_text: str) -> None:
    with pytest.raises(DecodeError, match=hex_text or "no octets"):
        decode_heart_rate(h(hex_text))


@pytest.mark.parametrize(
    "heart", [HeartRate(256), HeartRate(-1), HeartRate(60, energy_kj=65536), HeartRate(60, rr_s=(64,))]
)
def test_what_does_not_fit_is_refused(heart: HeartRate) -> None:
    with pytest.raises(ValueError, match="outside"):
        encode_heart_rate(heart)


@given(st.binary(max_size=24))
def test_any_bytes_are_a_measurement_or_a_decode_error(value: bytes) -> None:
    try:
        heart = decode_heart_rate(value)
    except DecodeError:
        assert len(value) < 3
        return
    if not heart.problems:
        assert encode_heart_rate(heart, bpm_bits=16 if value[0] & 1 else 8)[1:] == value[1:]


def heard(*readings: tuple[float, HeartRate | bytes], strap: Strap | None = None) -> Strap:
    strap = strap or Strap()
    for at_s, reading in readings:
        strap = hear(strap, reading, at_s)
    return strap


def each_second(count: int, bpm: int, *, since_s: float = 0.0, beats: bool = False) -> list[tuple[float, HeartRate]]:
    rr_s = (60 / bpm,) if beats else ()
    return [(since_s + second, HeartRate(bpm, rr_s=rr_s)) for second in range(count)]


def told(strap: Strap) -> tuple[int | None, str]:
    return strap.bpm, strap.why


def test_before_the_first_measurement_there_is_no_heart_rate() -> None:
    assert told(age(Strap(), 100.0)) == (None, "no strap heard yet")


def test_a_good_reading_is_the_heart_rate() -> None:
    assert told(heard((0.0, h("1659a202")))) == (89, "")


@pytest.mark.parametrize(
    ("at_s", "expected"), [(4.9, (120, "")), (5.0, (None, "no reading for 5 s")), (60.0, (None, "no reading for 5 s"))]
)
def test_a_reading_holds_for_5_s(at_s: float, expected: tuple[int | None, str]) -> None:
    assert told(age(heard((0.0, HeartRate(120))), at_s)) == expected


def test_0_bpm_is_no_reading_and_wears_the_last_one_out() -> None:
    strap = heard((0.0, HeartRate(120)), (4.0, HeartRate(0)))

    assert told(strap) == (120, "")
    assert told(hear(strap, HeartRate(0), 5.0)) == (None, Doubt.SILENT)


def test_damaged_bytes_are_counted_and_are_no_reading() -> None:
    strap = heard((0.0, HeartRate(120)), (1.0, b"\x16"), (2.0, b""))

    assert (strap.bpm, strap.damaged) == (120, 2)


def test_a_clear_contact_bit_ends_trust_at_once_and_a_set_one_brings_it_back() -> None:
    strap = heard((0.0, HeartRate(120, contact=True)), (1.0, HeartRate(120, contact=False)))

    assert told(strap) == (None, Doubt.CONTACT)
    assert told(hear(strap, HeartRate(121, contact=True), 2.0)) == (121, "")


def test_beats_that_vanish_for_three_frames_end_trust() -> None:
    strap = heard(*each_second(5, 117, beats=True), (5.0, h("0075")), (6.0, h("0075")))

    assert told(strap) == (117, "")
    strap = hear(strap, h("0075"), 7.0)
    assert told(strap) == (None, Doubt.BEATLESS)
    assert told(hear(strap, h("107572032702"), 8.0)) == (117, "")


def test_a_polar_h10_on_the_table_is_not_believed_for_its_stray_beats() -> None:
    strap = heard(*each_second(5, 111, beats=True), *each_second(3, 111, since_s=5.0), (8.0, h("106ffb17")))

    assert told(strap) == (None, Doubt.BEATLESS)


def test_a_set_contact_bit_does_not_excuse_vanished_beats() -> None:
    worn = HeartRate(117, contact=True, rr_s=(0.5,))
    frozen = replace(worn, rr_s=())

    strap = heard((0.0, worn), (1.0, frozen), (2.0, frozen), (3.0, frozen))
    assert told(strap) == (None, Doubt.BEATLESS)


@pytest.mark.parametrize(("seconds", "expected"), [(59, (111, "")), (60, (None, Doubt.FROZEN))])
def test_the_same_number_for_60_s_is_a_frozen_strap(seconds: int, expected: tuple[int | None, str]) -> None:
    assert told(heard(*each_second(seconds + 1, 111))) == expected


def test_another_number_thaws_it() -> None:
    assert told(heard(*each_second(70, 111), (70.0, HeartRate(112)))) == (112, "")


def test_the_same_number_with_beats_is_a_calm_heart() -> None:
    assert told(heard(*each_second(90, 111, beats=True))) == (111, "")


def test_the_same_number_after_silence_is_not_frozen() -> None:
    assert told(heard((0.0, HeartRate(111)), (70.0, HeartRate(111)))) == (111, "")


@pytest.mark.parametrize(("bpm", "expected"), [(120, (120, "")), (119, (None, Doubt.FALL))])
def test_a_fall_of_more_than_40_in_10_s_is_not_believed(bpm: int, expected: tuple[int | None, str]) -> None:
    assert told(heard((0.0, HeartRate(160)), (9.0, HeartRate(150)), (10.0, HeartRate(bpm)))) == expected


def test_a_fall_is_believed_when_it_lasts() -> None:
    strap = heard((0.0, HeartRate(160)), (1.0, HeartRate(100)), (10.0, HeartRate(100)))

    assert told(strap) == (None, Doubt.FALL)
    assert told(hear(strap, HeartRate(100), 10.1)) == (100, "")


@pytest.mark.parametrize(("bpm", "expected"), [(240, (240, "")), (241, (None, Doubt.HIGH))])
def test_what_no_heart_does_is_not_believed(bpm: int, expected: tuple[int | None, str]) -> None:
    assert told(heard((0.0, HeartRate(bpm)))) == expected


def test_the_mean_is_that_of_the_good_readings_of_10_s() -> None:
    strap = heard(
        (0.0, HeartRate(100)), (5.0, HeartRate(120)), (6.0, HeartRate(0)), (7.0, HeartRate(70)), (10.0, HeartRate(140))
    )

    assert strap.mean_bpm == 120
    assert age(strap, 10.1).mean_bpm == 130
    assert age(strap, 15.1).mean_bpm == 140
    assert age(strap, 20.1).mean_bpm is None


def test_a_flood_of_measurements_does_not_grow_the_mean() -> None:
    strap = heard(*((count / 1000, HeartRate(120 + count % 2)) for count in range(12_000)))

    assert len(strap.good) <= 101


@given(st.lists(st.tuples(st.floats(0, 20), st.binary(max_size=12)), max_size=40))
def test_there_is_a_heart_rate_or_a_reason_whatever_a_strap_sends(frames: list[tuple[float, bytes]]) -> None:
    strap, at_s = Strap(), 0.0
    for passed_s, value in frames:
        at_s += passed_s
        strap = hear(strap, value, at_s)
        assert (strap.bpm is None) == bool(strap.why)
        assert strap.bpm is None or at_s - strap.good_at_s < 5.0
        assert age(strap, at_s) == strap


@pytest.mark.parametrize(
    ("bpm", "zone"),
    [
        (0, 0),
        (99, 0),
        (100, 1),
        (119, 1),
        (120, 2),
        (139, 2),
        (140, 3),
        (160, 4),
        (179, 4),
        (180, 5),
        (200, 5),
        (215, 5),
    ],
)
def test_a_zone_begins_at_its_lower_bound(bpm: int, zone: int) -> None:
    assert zone_of(bpm, 200) == zone


def test_zones_have_words() -> None:
    assert [zone_word(zone) for zone in range(6)] == ["rest", *ZONE_WORDS]
    assert ZONE_WORDS[:2] == ("easy", "steady")


def test_maximum_by_age_and_reserve_are_those_of_the_literature() -> None:
    assert tanaka_max_bpm(40) == 180
    assert karvonen_bpm(60, rest_bpm=60, max_bpm=190) == 138


BANDS = {
    "bpm": (HeartRange(120, 135), (120, 135)),
    "percent of maximum": (HeartRange(60, 70, HeartUnit.MAX), (120, 140)),
    "percent of reserve": (HeartRange(50, 60, HeartUnit.RESERVE), (125, 140)),
    "percent of threshold": (HeartRange(90, 100, HeartUnit.THRESHOLD), (153, 170)),
    "zone 2": (HeartRange(2, 2, HeartUnit.ZONE), (120, 140)),
    "zones 1 to 5": (HeartRange(1, 5, HeartUnit.ZONE), (100, 200)),
}


@pytest.mark.parametrize(("band", "bpm"), BANDS.values(), ids=BANDS.keys())
def test_a_band_is_resolved_for_a_runner(band: HeartRange, bpm: tuple[float, float]) -> None:
    assert resolve(band, max_bpm=200, rest_bpm=50, threshold_bpm=170) == bpm


@pytest.mark.parametrize(
    ("band", "message"),
    [
        (HeartRange(50, 60, HeartUnit.RESERVE), "resting heart rate"),
        (HeartRange(50, 60, HeartUnit.THRESHOLD), "threshold heart rate"),
        (HeartRange(0, 1, HeartUnit.ZONE), "zone from 0 to 1"),
        (HeartRange(5, 6, HeartUnit.ZONE), "zone from 5 to 6"),
        (HeartRange(3, 2, HeartUnit.ZONE), "zone from 3 to 2"),
    ],
)
def test_a_band_that_cannot_be_resolved_is_the_authors_error(band: HeartRange, message: str) -> None:
    with pytest.raises(ScriptError, match=message):
        resolve(band, max_bpm=200)
