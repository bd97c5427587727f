import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.error import DecodeError
from coach.core.ftms import (
    OPERATIONS,
    Op,
    Request,
    Response,
    Result,
    Stopping,
    decode_request,
    decode_response,
    encode_request,
    encode_response,
)

h = bytes.fromhex

REQUESTS = {  # typed from FTMS table 4.15
    "request control": ("00", Request(Op.REQUEST_CONTROL)),
    "reset": ("01", Request(Op.RESET)),
    "8.2 km/h": ("02 3403", Request(Op.TARGET_SPEED, 8.2)),
    "8.5 km/h": ("02 5203", Request(Op.TARGET_SPEED, 8.5)),
    "0 km/h": ("02 0000", Request(Op.TARGET_SPEED, 0.0)),
    "1.5 %": ("03 0f00", Request(Op.TARGET_INCLINATION, 1.5)),
    "-1 %": ("03 f6ff", Request(Op.TARGET_INCLINATION, -1.0)),
    "resistance": ("04 69", Request(Op.TARGET_RESISTANCE, 10.5)),
    "power": ("05 38ff", Request(Op.TARGET_POWER, -200)),
    "heart rate": ("06 82", Request(Op.TARGET_HEART_RATE, 130)),
    "start": ("07", Request(Op.START)),
    "stop": ("08 01", Request(Op.STOP, Stopping.STOP)),
    "pause": ("08 02", Request(Op.STOP, Stopping.PAUSE)),
    "energy": ("09 2c01", Request(Op.TARGETED_ENERGY, 300)),
    "steps": ("0a 1027", Request(Op.TARGETED_STEPS, 10000)),
    "strides": ("0b 8813", Request(Op.TARGETED_STRIDES, 5000)),
    "distance": ("0c 40420f", Request(Op.TARGETED_DISTANCE, 1_000_000)),
    "time": ("0d 100e", Request(Op.TARGETED_TIME, 3600)),
    "two zones": ("0e 0100 0200", Request(Op.TIME_IN_2_ZONES, (1, 2))),
    "three zones": ("0f 0100 0200 0300", Request(Op.TIME_IN_3_ZONES, (1, 2, 3))),
    "five zones": ("10 0100 0200 0300 0400 0500", Request(Op.TIME_IN_5_ZONES, (1, 2, 3, 4, 5))),
    "bike simulation": ("11 e803 9cff 28 33", Request(Op.BIKE_SIMULATION, (1.0, -1.0, 0.004, 0.51))),
    "wheel": ("12 6651", Request(Op.WHEEL_CIRCUMFERENCE, 2083.8)),
    "spin down": ("13 01", Request(Op.SPIN_DOWN, 1)),
    "cadence": ("14 b500", Request(Op.TARGETED_CADENCE, 90.5)),
    "unknown": ("77 0102", Request(0x77, b"\1\2")),
    "unknown and bare": ("77", Request(0x77)),
}


@pytest.mark.parametrize(("hex_text", "request_"), REQUESTS.values(), ids=REQUESTS.keys())
def test_a_request_is_written_and_read_as_the_specification_has_it(hex_text: str, request_: Request) -> None:
    assert encode_request(request_) == h(hex_text)
    assert decode_request(h(hex_text)) == request_


def test_every_operation_has_its_row_and_its_bytes_here() -> None:
    assert set(OPERATIONS) == set(Op) - {Op.RESPONSE}
    assert {request_.op for _, request_ in REQUESTS.values()} >= set(OPERATIONS)


def test_every_target_speed_is_sent_to_the_nearest_hundredth() -> None:
    for code in range(2501):
        assert encode_request(Request(Op.TARGET_SPEED, code / 100)) == b"\2" + code.to_bytes(2, "little")


def test_every_target_inclination_is_sent_to_the_nearest_tenth() -> None:
    for code in range(-150, 401):
        assert encode_request(Request(Op.TARGET_INCLINATION, code / 10)) == b"\3" + code.to_bytes(
            2, "little", signed=True
        )


UNWRITABLE = {
    "below 0": Request(Op.TARGET_SPEED, -0.01),
    "above 655.35": Request(Op.TARGET_SPEED, 655.36),
    "no number": Request(Op.TARGET_SPEED, float("nan")),
    "without end": Request(Op.TARGET_SPEED, float("-inf")),
    "steeper than fits": Request(Op.TARGET_INCLINATION, 3276.8),
    "no parameter": Request(Op.TARGET_SPEED),
    "too many": Request(Op.TARGET_SPEED, (1.0, 2.0)),
    "bytes": Request(Op.TARGET_SPEED, b"\0\0"),
    "one that is not taken": Request(Op.START, 1),
    "a number for an unknown code": Request(0x77, 1),
    "a code of two octets": Request(0x100),
}


@pytest.mark.parametrize("request_", UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_what_does_not_fit_is_never_written(request_: Request) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        encode_request(request_)


ODD_REQUESTS = {
    "a speed that is cut off": ("02 34", Request(Op.TARGET_SPEED), ["truncated"]),
    "stop without a parameter": ("08", Request(Op.STOP), ["truncated"]),
    "stop with a reserved one": ("08 03", Request(Op.STOP, 3), []),
    "start with one": ("07 00", Request(Op.START), ["trailing-octets"]),
    "a longer speed": ("02 3403 00", Request(Op.TARGET_SPEED, 8.2), ["trailing-octets"]),
}


@pytest.mark.parametrize(("hex_text", "request_", "rules"), ODD_REQUESTS.values(), ids=ODD_REQUESTS.keys())
def test_an_odd_request_is_read_and_doubted(hex_text: str, request_: Request, rules: list[str]) -> None:
    read = decode_request(h(hex_text))

    assert (read.op, read.parameter) == (request_.op, request_.parameter)
    assert [problem.rule for problem in read.problems] == rules


RESPONSES = {
    "control granted": ("80 00 01", Response(Op.REQUEST_CONTROL, Result.SUCCESS)),
    "not supported": ("80 03 02", Response(Op.TARGET_INCLINATION, Result.NOT_SUPPORTED)),
    "out of range": ("80 02 03", Response(Op.TARGET_SPEED, Result.INVALID_PARAMETER)),
    "started already": ("80 07 04", Response(Op.START, Result.FAILED)),
    "not in control": ("80 08 05", Response(Op.STOP, Result.NOT_PERMITTED)),
    "reserved": ("80 77 06", Response(0x77, 6)),
    "spin down": ("80 13 01 90019001", Response(Op.SPIN_DOWN, Result.SUCCESS, h("90019001"))),
}


@pytest.mark.parametrize(("hex_text", "response"), RESPONSES.values(), ids=RESPONSES.keys())
def test_a_response_is_read_and_written_as_the_specification_has_it(hex_text: str, response: Response) -> None:
    assert decode_response(h(hex_text)) == response
    assert encode_response(response) == h(hex_text)


@pytest.mark.parametrize("hex_text", ["", "80", "80 07", "07 07 01"])
def test_what_is_no_response_is_an_error_that_shows_the_bytes(hex_text: str) -> None:
    with pytest.raises(DecodeError, match=hex_text or "no octets"):
        decode_response(h(hex_text))


@given(st.binary(max_size=20))
def test_any_bytes_are_a_request_or_no_request_at_all(value: bytes) -> None:
    if not value:
        with pytest.raises(DecodeError):
            decode_request(value)
        return
    request_ = decode_request(value)
    assert request_.op == value[0]
    if not request_.problems:
        assert encode_request(request_) == value


@given(st.binary(max_size=20))
def test_any_bytes_are_a_response_or_a_decode_error(value: bytes) -> None:
    try:
        assert encode_response(decode_response(value)) == value
    except DecodeError:
        assert len(value) < 3 or value[0] != 0x80
