import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.error import DecodeError
from coach.core.ftms import (
    MACHINE_FEATURES,
    TARGET_SETTINGS,
    Feature,
    HeartRateRange,
    InclineRange,
    PowerRange,
    Problem,
    ResistanceRange,
    ServiceData,
    SpeedRange,
    decode_feature,
    decode_heart_rate_range,
    decode_inclination_range,
    decode_power_range,
    decode_resistance_range,
    decode_service_data,
    decode_speed_range,
    encode_feature,
    encode_heart_rate_range,
    encode_inclination_range,
    encode_power_range,
    encode_resistance_range,
    encode_service_data,
    encode_speed_range,
)

h = bytes.fromhex

FEATURES = {
    "Yesoul": (
        "4512000001000000",
        Feature(
            frozenset({"average_speed", "total_distance", "step_count", "expended_energy", "elapsed_time"}),
            frozenset({"speed"}),
        ),
    ),
    "CitySports": (
        "4412000001000000",
        Feature(frozenset({"total_distance", "step_count", "expended_energy", "elapsed_time"}), frozenset({"speed"})),
    ),
    "FitShow": (
        "5c16000003000000",
        Feature(
            frozenset(
                {
                    "total_distance",
                    "inclination",
                    "elevation_gain",
                    "step_count",
                    "expended_energy",
                    "heart_rate_measurement",
                    "elapsed_time",
                }
            ),
            frozenset({"speed", "inclination"}),
        ),
    ),
    "all": ("ffff0100ffff0100", Feature(frozenset(MACHINE_FEATURES), frozenset(TARGET_SETTINGS))),
    "none": ("0000000000000000", Feature()),
}


@pytest.mark.parametrize(("hex_text", "feature"), FEATURES.values(), ids=FEATURES.keys())
def test_features_are_read_and_written_bit_by_bit(hex_text: str, feature: Feature) -> None:
    assert decode_feature(h(hex_text)) == feature
    assert encode_feature(feature) == h(hex_text)


def test_the_17_features_of_each_word_have_the_places_of_the_specification() -> None:
    assert (MACHINE_FEATURES.index("user_data_retention"), TARGET_SETTINGS.index("targeted_cadence")) == (16, 16)
    assert (MACHINE_FEATURES.index("elapsed_time"), TARGET_SETTINGS.index("spin_down")) == (12, 15)


ODD_FEATURES = {
    "half": ("45120000", Feature(FEATURES["Yesoul"][1].machine), ["truncated"]),
    "nothing": ("", Feature(), ["truncated"]),
    "longer": ("45120000 01000000 00", FEATURES["Yesoul"][1], ["trailing-octets"]),
    "reserved": ("45120080 01000200", FEATURES["Yesoul"][1], ["reserved-bits", "reserved-bits"]),
}


@pytest.mark.parametrize(("hex_text", "feature", "rules"), ODD_FEATURES.values(), ids=ODD_FEATURES.keys())
def test_odd_features_degrade(hex_text: str, feature: Feature, rules: list[str]) -> None:
    read = decode_feature(h(hex_text))

    assert (read.machine, read.target) == (feature.machine, feature.target)
    assert [problem.rule for problem in read.problems] == rules


def test_a_feature_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="flying"):
        encode_feature(Feature(machine=frozenset({"flying"})))


def test_ranges_are_read_and_written_in_their_units() -> None:
    assert decode_speed_range(h("320062020a00")) == SpeedRange(0.5, 6.1, 0.1)
    assert encode_speed_range(SpeedRange(1.0, 6.0, 0.5)) == h("640058023200")
    assert decode_inclination_range(h("ceff 9600 0500")) == InclineRange(-5.0, 15.0, 0.5)
    assert encode_inclination_range(InclineRange(-5.0, 15.0, 0.5)) == h("ceff96000500")
    assert decode_resistance_range(h("0000 ff00 0a00")) == ResistanceRange(0.0, 25.5, 1.0)
    assert encode_resistance_range(ResistanceRange(0.0, 25.5, 1.0)) == h("0000ff000a00")
    assert decode_heart_rate_range(h("50 c8 01")) == HeartRateRange(80, 200, 1)
    assert encode_heart_rate_range(HeartRateRange(80, 200, 1)) == h("50c801")
    assert decode_power_range(h("9cff 0f27 0100")) == PowerRange(-100, 9999, 1)
    assert encode_power_range(PowerRange(-100, 9999, 1)) == h("9cff0f270100")


ODD_RANGES = {
    "inverted": ("6202 3200 0a00", SpeedRange(6.1, 0.5, 0.1), ["inverted-range"]),
    "step 0": ("3200 6202 0000", SpeedRange(0.5, 6.1, 0.0), ["zero-step"]),
    "one speed": ("3200 3200 0a00", SpeedRange(0.5, 0.5, 0.1), []),
    "all zero": ("0000 0000 0000", SpeedRange(0.0, 0.0, 0.0), ["zero-step"]),
    "longer": ("3200 6202 0a00 00", SpeedRange(0.5, 6.1, 0.1), ["trailing-octets"]),
}


@pytest.mark.parametrize(("hex_text", "speeds", "rules"), ODD_RANGES.values(), ids=ODD_RANGES.keys())
def test_a_range_that_cannot_be_is_read_and_doubted(hex_text: str, speeds: SpeedRange, rules: list[str]) -> None:
    read = decode_speed_range(h(hex_text))

    assert (read.min_kmh, read.max_kmh, read.step_kmh) == (speeds.min_kmh, speeds.max_kmh, speeds.step_kmh)
    assert [problem.rule for problem in read.problems] == rules


@pytest.mark.parametrize("octets", range(6))
def test_a_range_that_is_cut_off_is_an_error(octets: int) -> None:
    with pytest.raises(DecodeError, match=rf"6 octets has {octets}"):
        decode_speed_range(h("320062020a00")[:octets])


@pytest.mark.parametrize("speeds", [SpeedRange(-0.1, 6.0, 0.1), SpeedRange(0.5, 700.0, 0.1)])
def test_a_range_that_does_not_fit_is_refused(speeds: SpeedRange) -> None:
    with pytest.raises(ValueError, match="outside"):
        encode_speed_range(speeds)


TREADMILL = frozenset({"treadmill"})
ADVERTISED = {
    "treadmill": ("01 0100", ServiceData(True, TREADMILL)),
    "not available": ("00 0100", ServiceData(False, TREADMILL)),
    "type swapped": ("01 0001", ServiceData(True, TREADMILL)),
    "rower and bike": ("01 3000", ServiceData(True, frozenset({"rower", "indoor_bike"}))),
    "type in one octet": (
        "01 01",
        ServiceData(True, TREADMILL, (Problem("truncated", "2 of 3 octets of service data"),)),
    ),
    "no type": ("01", ServiceData(True, problems=(Problem("truncated", "1 of 3 octets of service data"),))),
}


@pytest.mark.parametrize(("hex_text", "data"), ADVERTISED.values(), ids=ADVERTISED.keys())
def test_what_radios_advertise_is_understood(hex_text: str, data: ServiceData) -> None:
    assert decode_service_data(h(hex_text)) == data


def test_a_treadmill_advertises_as_the_specification_has_it() -> None:
    assert encode_service_data(ServiceData(True, TREADMILL)) == h("010100")


@given(st.binary(max_size=20))
def test_any_bytes_are_a_value_or_a_decode_error(value: bytes) -> None:
    decode_feature(value)
    for decode in (
        decode_speed_range,
        decode_inclination_range,
        decode_resistance_range,
        decode_heart_rate_range,
        decode_power_range,
        decode_service_data,
    ):
        try:
            decode(value)
        except DecodeError:
            assert len(value) < 6
