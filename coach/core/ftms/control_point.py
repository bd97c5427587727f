"""The Control Point, 2AD9: one procedure is one request and one response (FTMS 4.16); an operation is a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

from coach.core.error import DecodeError
from coach.core.ftms.wire import BYTE, INCLINE, SIGNED, SPEED, TENTH, TRIPLE, WORD, Number, Problem, known, shown, spare

Parameter: TypeAlias = float | tuple[float, ...] | bytes | None  # a tuple: several numbers; bytes: unknown code


class Op(IntEnum):
    """What a client may ask for (FTMS table 4.15)."""

    REQUEST_CONTROL = 0x00
    RESET = 0x01
    TARGET_SPEED = 0x02  # km/h
    TARGET_INCLINATION = 0x03  # %
    TARGET_RESISTANCE = 0x04
    TARGET_POWER = 0x05  # W
    TARGET_HEART_RATE = 0x06  # bpm
    START = 0x07  # or resume
    STOP = 0x08  # or pause: the parameter says which
    TARGETED_ENERGY = 0x09  # kcal
    TARGETED_STEPS = 0x0A
    TARGETED_STRIDES = 0x0B
    TARGETED_DISTANCE = 0x0C  # m
    TARGETED_TIME = 0x0D  # s
    TIME_IN_2_ZONES = 0x0E  # s each
    TIME_IN_3_ZONES = 0x0F  # s each
    TIME_IN_5_ZONES = 0x10  # s each
    BIKE_SIMULATION = 0x11  # wind m/s, grade %, rolling resistance, wind resistance kg/m
    WHEEL_CIRCUMFERENCE = 0x12  # mm
    SPIN_DOWN = 0x13  # 1 start, 2 ignore
    TARGETED_CADENCE = 0x14  # rpm
    RESPONSE = 0x80  # the machine's answer, never a request


class Stopping(IntEnum):
    """The parameter of STOP, and of the status that tells of it."""

    STOP = 1
    PAUSE = 2


class Result(IntEnum):
    """How a procedure ended (FTMS table 4.24)."""

    SUCCESS = 0x01  # the target was accepted, not that the belt moved
    NOT_SUPPORTED = 0x02
    INVALID_PARAMETER = 0x03
    FAILED = 0x04
    NOT_PERMITTED = 0x05  # control is not with this client


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of operations or of events: its name in documents, and the numbers that follow the code."""

    name: str
    numbers: tuple[Number, ...] = ()


SIMULATION: Final = (
    Number(2, signed=True, per=1000),
    Number(2, signed=True, per=100),
    Number(1, per=10000),
    Number(1, per=100),
)
CADENCE: Final = Number(2, per=2)

OPERATIONS: Final[dict[int, Row]] = {
    Op.REQUEST_CONTROL: Row("request_control"),
    Op.RESET: Row("reset"),
    Op.TARGET_SPEED: Row("set_target_speed", (SPEED,)),
    Op.TARGET_INCLINATION: Row("set_target_inclination", (INCLINE,)),
    Op.TARGET_RESISTANCE: Row("set_target_resistance", (TENTH,)),
    Op.TARGET_POWER: Row("set_target_power", (SIGNED,)),
    Op.TARGET_HEART_RATE: Row("set_target_heart_rate", (BYTE,)),
    Op.START: Row("start_or_resume"),
    Op.STOP: Row("stop_or_pause", (BYTE,)),
    Op.TARGETED_ENERGY: Row("set_targeted_expended_energy", (WORD,)),
    Op.TARGETED_STEPS: Row("set_targeted_steps", (WORD,)),
    Op.TARGETED_STRIDES: Row("set_targeted_strides", (WORD,)),
    Op.TARGETED_DISTANCE: Row("set_targeted_distance", (TRIPLE,)),
    Op.TARGETED_TIME: Row("set_targeted_training_time", (WORD,)),
    Op.TIME_IN_2_ZONES: Row("set_targeted_time_in_2_hr_zones", (WORD,) * 2),
    Op.TIME_IN_3_ZONES: Row("set_targeted_time_in_3_hr_zones", (WORD,) * 3),
    Op.TIME_IN_5_ZONES: Row("set_targeted_time_in_5_hr_zones", (WORD,) * 5),
    Op.BIKE_SIMULATION: Row("set_indoor_bike_simulation", SIMULATION),
    Op.WHEEL_CIRCUMFERENCE: Row("set_wheel_circumference", (Number(2, per=10),)),
    Op.SPIN_DOWN: Row("spin_down_control", (BYTE,)),
    Op.TARGETED_CADENCE: Row("set_targeted_cadence", (CADENCE,)),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a client writes to the Control Point."""

    op: Op | int
    parameter: Parameter = None
    problems: tuple[Problem, ...] = ()


def decode_request(value: bytes) -> Request:
    """Read a request, as a machine does; a parameter that is too short is None and a problem.

    Raises:
        DecodeError: the value is empty.
    """
    if not value:
        raise DecodeError("a request without an operation: no octets")
    return Request(known(Op, value[0]), *read_parameter(OPERATIONS.get(value[0]), value[1:]))


def encode_request(request: Request) -> bytes:
    """Write a request, rounding its numbers to the wire unit.

    Raises:
        ValueError: a number does not fit, or the operation takes other parameters.
    """
    return bytes([request.op]) + write_parameter(OPERATIONS.get(request.op), request.parameter)


@dataclass(frozen=True, slots=True)
class Response:
    """What the machine indicates on the Control Point."""

    op: Op | int  # that was asked for
    result: Result | int
    parameter: bytes = b""  # only spin down has one


def decode_response(value: bytes) -> Response:
    """Read the machine's answer to a request.

    Raises:
        DecodeError: the value is shorter than three octets or not a response.
    """
    if len(value) < 3 or value[0] != Op.RESPONSE:
        raise DecodeError(f"not a Control Point response: {shown(value)}")
    return Response(known(Op, value[1]), known(Result, value[2]), value[3:])


def encode_response(response: Response) -> bytes:
    """Write the machine's answer; ValueError for a code that does not fit into an octet."""
    return bytes([Op.RESPONSE, response.op, response.result]) + response.parameter


def read_parameter(row: Row | None, value: bytes, *, padded: bool = False) -> tuple[Parameter, tuple[Problem, ...]]:
    """Read what follows a code; `padded` allows zeros behind it. Without a row the octets stay as they are."""
    if row is None:
        return value or None, ()
    octets = sum(number.octets for number in row.numbers)
    if len(value) < octets:
        return None, (Problem("truncated", f"{row.name} takes {octets} octets of parameter and has {len(value)}"),)
    numbers, at = [], 0
    for number in row.numbers:
        numbers.append(number.read(value, at))
        at += number.octets
    rest = value[octets:]
    problems = () if padded and not any(rest) else spare(len(rest))
    if not numbers:
        return None, problems
    return (numbers[0] if len(numbers) == 1 else tuple(numbers)), problems


def write_parameter(row: Row | None, parameter: Parameter) -> bytes:
    """Write what follows a code; ValueError when it is not what the row says."""
    if isinstance(parameter, bytes) and row is None:
        return parameter
    numbers = _numbers(parameter)
    if numbers is None or len(numbers) != len(row.numbers if row else ()):
        raise ValueError(f"{row.name if row else 'an unknown code'} does not take {parameter!r}")
    return b"".join(number.write(value) for number, value in zip(row.numbers if row else (), numbers, strict=True))


def _numbers(parameter: Parameter) -> tuple[float, ...] | None:
    match parameter:
        case None:
            return ()
        case bytes():
            return None
        case tuple():
            return parameter
    return (parameter,)
