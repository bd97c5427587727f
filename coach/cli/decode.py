"""`coach decode`: bytes of a machine or a strap as fields and problems, for programs and for people."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from coach.cli import options
from coach.cli.app import complain, out
from coach.core import ftms
from coach.core.error import CoachError, DecodeError
from coach.core.ftms import NAMES, Op, Parameter, Problem, Status, Stopping
from coach.core.heart import HEART_RATE_MEASUREMENT, decode_heart_rate

Fields: TypeAlias = dict[str, object]
Read: TypeAlias = tuple[Fields, tuple[Problem, ...]]


class InputError(CoachError, ValueError):
    """What was typed is not hex, or names no characteristic that coach reads; `rule` says which."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


NOT_HEX: Final = "not-hex"
UNKNOWN: Final = "unknown-characteristic"
LINES: Final = "-"  # instead of a UUID: lines of standard input

Uuid = Annotated[
    str,
    typer.Argument(
        metavar="UUID|FILE",
        help="2acd, 0x2ACD or the 128-bit form; - reads `UUID HEX` lines. Or a file of `coach capture`.",
    ),
]
Hex = Annotated[list[str] | None, typer.Argument(metavar="HEX", help="The value; blanks are allowed.")]


def command(uuid: Uuid, value: Hex = None, *, as_json: options.Json = False) -> None:
    """Say what a value of the Fitness Machine or the Heart Rate Service means, or all that a capture has.

    Damaged bytes are told as problems; the exit code is 1 only for what is not hex, an unknown UUID, or a file that is
    not a capture.
    """
    if uuid == LINES and not value:
        failed = False
        for decoded in decode_lines(_standard_input()):
            failed = failed or refused(decoded)
            _tell(decoded, as_json=as_json)
        if failed:
            raise typer.Exit(1)
        return
    if not value and (Path(uuid).suffix or Path(uuid).is_file()):
        _retell(Path(uuid), as_json=as_json)
        return
    if not value:
        raise typer.BadParameter("give the bytes too, such as 2acd '08 00 20 03 0a 00 00 00'", param_hint="HEX")
    _tell(decode(uuid, " ".join(value)), as_json=as_json)


def _retell(file: Path, *, as_json: bool) -> None:
    from coach.cli.captured import Retold
    from coach.link.captured import load_capture

    capture = load_capture(file)
    retold = Retold(frozenset(f"{uuid:04x}" for uuid in CHARACTERISTICS), decode, describe)
    for line in retold.facts(capture) if as_json else retold.lines(capture):
        out(line)


def _tell(decoded: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        out(json.dumps(decoded, ensure_ascii=False))
        return
    for line in describe(decoded):
        (complain if refused(decoded) else out)(line)


def _standard_input() -> Iterable[str]:
    return sys.stdin if sys.stdin is not None else ()


def decode(uuid_text: str, hex_text: str) -> dict[str, object]:
    """Read one value: `characteristic`, `name`, `fields` and `problems`, ready for JSON.

    A field that was not sent is left out, one that was sent as not available is None. Damaged bytes are problems.

    Raises:
        InputError: the value is not hex, or the UUID is none that coach reads.
    """
    uuid = _uuid(uuid_text)
    value = _octets(hex_text)
    name, read = CHARACTERISTICS[uuid]
    try:
        fields, problems = read(value)
    except DecodeError as error:
        fields, problems = {}, (Problem("too-short", str(error)),)
    return _object(f"{uuid:04x}", name, fields, problems)


def decode_lines(lines: Iterable[str]) -> Iterator[dict[str, object]]:
    """Read `UUID HEX` lines, skipping blank ones; one that cannot be read is an object that is `refused`."""
    for place, line in enumerate(lines, 1):
        words = line.split()
        if not words:
            continue
        try:
            yield decode(words[0], " ".join(words[1:]))
        except InputError as error:
            yield _object(None, None, {}, (Problem(error.rule, f"line {place}: {error}"),))


def refused(decoded: Mapping[str, object]) -> bool:
    """The line was not hex or named no known characteristic: exit code 1."""
    return decoded["characteristic"] is None


def describe(decoded: Mapping[str, object]) -> list[str]:
    """Say the same for people, a line for each field and problem."""
    fields, problems = decoded["fields"], decoded["problems"]
    assert isinstance(fields, dict)
    assert isinstance(problems, list)
    heading = [] if refused(decoded) else [f"{decoded['name']} ({decoded['characteristic']})"]
    said = [f"  {_label(name):24}{_worded(name, value)}" for name, value in fields.items()]
    return heading + said + [f"  problem[{problem['rule']}]: {problem['message']}" for problem in problems]


def _uuid(text: str) -> int:
    match = re.fullmatch(r"(?:0x|0000)?([0-9a-f]{4})(-?0000-?1000-?8000-?00805f9b34fb)?", text.strip().lower())
    if match is None or int(match[1], 16) not in CHARACTERISTICS:
        names = ", ".join(f"{uuid:04x}" for uuid in CHARACTERISTICS)
        raise InputError(UNKNOWN, f"{text.strip()!r} is not a characteristic that coach reads; it reads {names}")
    return int(match[1], 16)


def _octets(text: str) -> bytes:
    digits = "".join(text.split())
    if not re.fullmatch(r"(?:[0-9a-fA-F]{2})*", digits):
        raise InputError(
            NOT_HEX, f"{text.strip()!r} is not hex: pairs of 0 to 9 and a to f, blanks between them allowed"
        )
    return bytes.fromhex(digits)


def _object(uuid: str | None, name: str | None, fields: Fields, problems: tuple[Problem, ...]) -> dict[str, object]:
    told = [{"rule": problem.rule, "message": problem.message} for problem in problems]
    return {"characteristic": uuid, "name": name, "fields": fields, "problems": told}


def _treadmill_data(value: bytes) -> Read:
    data = ftms.decode_treadmill_data(value)
    numbers = dict(zip(NAMES, data.numbers, strict=True))
    sent = {name: number for name, number in numbers.items() if number is not None or name in data.unavailable}
    return {**sent, "more_data": data.more_data}, data.problems


def _feature(value: bytes) -> Read:
    feature = ftms.decode_feature(value)
    machine = [name for name in ftms.MACHINE_FEATURES if name in feature.machine]
    target = [name for name in ftms.TARGET_SETTINGS if name in feature.target]
    return {"machine_features": machine, "target_settings": target}, feature.problems


def _speed_range(value: bytes) -> Read:
    speeds = ftms.decode_speed_range(value)
    return {"min_kmh": speeds.min_kmh, "max_kmh": speeds.max_kmh, "step_kmh": speeds.step_kmh}, speeds.problems


def _inclination_range(value: bytes) -> Read:
    inclines = ftms.decode_inclination_range(value)
    return {"min_pct": inclines.min_pct, "max_pct": inclines.max_pct, "step_pct": inclines.step_pct}, inclines.problems


def _resistance_range(value: bytes) -> Read:
    levels = ftms.decode_resistance_range(value)
    return {
        "min_level": levels.min_level,
        "max_level": levels.max_level,
        "step_level": levels.step_level,
    }, levels.problems


def _heart_rate_range(value: bytes) -> Read:
    beats = ftms.decode_heart_rate_range(value)
    return {"min_bpm": beats.min_bpm, "max_bpm": beats.max_bpm, "step_bpm": beats.step_bpm}, beats.problems


def _power_range(value: bytes) -> Read:
    powers = ftms.decode_power_range(value)
    return {"min_w": powers.min_w, "max_w": powers.max_w, "step_w": powers.step_w}, powers.problems


def _training_status(value: bytes) -> Read:
    training = ftms.decode_training_status(value)
    status = training.status.name.lower() if isinstance(training.status, ftms.Training) else training.status
    return _present(status=status, text=training.text), training.problems


def _machine_status(value: bytes) -> Read:
    status = ftms.decode_machine_status(value)
    row = ftms.EVENTS.get(status.event)
    parameter = _parameter(status.parameter, stopping=status.event == Status.STOPPED)
    return _present(event=row.name if row else int(status.event), parameter=parameter), status.problems


RESULTS: Final = {
    ftms.Result.SUCCESS: "success",
    ftms.Result.NOT_SUPPORTED: "op_not_supported",
    ftms.Result.INVALID_PARAMETER: "invalid_parameter",
    ftms.Result.FAILED: "operation_failed",
    ftms.Result.NOT_PERMITTED: "control_not_permitted",
}


def _control_point(value: bytes) -> Read:
    if value[:1] == bytes([Op.RESPONSE]):
        response = ftms.decode_response(value)
        result = RESULTS[response.result] if isinstance(response.result, ftms.Result) else response.result
        return _present(op=_op(response.op), result=result, parameter=_parameter(response.parameter or None)), ()
    request = ftms.decode_request(value)
    parameter = _parameter(request.parameter, stopping=request.op == Op.STOP)
    return _present(op=_op(request.op), parameter=parameter), request.problems


def _heart_rate(value: bytes) -> Read:
    heart = decode_heart_rate(value)
    rr_s = [round(interval_s, 4) for interval_s in heart.rr_s]
    always: Fields = {"heart_rate_bpm": heart.bpm or None, "contact": heart.contact}
    return always | _present(energy_kj=heart.energy_kj, rr_s=rr_s or None), heart.problems


def _op(op: Op | int) -> str | int:
    row = ftms.OPERATIONS.get(op)
    return row.name if row else int(op)


def _parameter(parameter: Parameter, *, stopping: bool = False) -> object:
    match parameter:
        case bytes():
            return parameter.hex()
        case tuple():
            return list(parameter)
        case int() if stopping and parameter in list(Stopping):
            return Stopping(parameter).name.lower()
    return parameter


def _present(**fields: object) -> Fields:
    return {name: value for name, value in fields.items() if value is not None}


CHARACTERISTICS: Final[dict[int, tuple[str, Callable[[bytes], Read]]]] = {
    ftms.FEATURE: ("Fitness Machine Feature", _feature),
    ftms.TREADMILL_DATA: ("Treadmill Data", _treadmill_data),
    ftms.TRAINING_STATUS: ("Training Status", _training_status),
    ftms.SPEED_RANGE: ("Supported Speed Range", _speed_range),
    ftms.INCLINATION_RANGE: ("Supported Inclination Range", _inclination_range),
    ftms.RESISTANCE_RANGE: ("Supported Resistance Level Range", _resistance_range),
    ftms.HEART_RATE_RANGE: ("Supported Heart Rate Range", _heart_rate_range),
    ftms.POWER_RANGE: ("Supported Power Range", _power_range),
    ftms.CONTROL_POINT: ("Fitness Machine Control Point", _control_point),
    ftms.MACHINE_STATUS: ("Fitness Machine Status", _machine_status),
    HEART_RATE_MEASUREMENT: ("Heart Rate Measurement", _heart_rate),
}

_UNITS: Final = {
    "km_per_min": "km/min",
    "kmh": "km/h",
    "pct": "%",
    "deg": "°",
    "kcal": "kcal",
    "kj": "kJ",
    "bpm": "bpm",
    "m": "m",
    "s": "s",
    "n": "N",
    "w": "W",
}


def _unit(name: str) -> str:
    return next((unit for unit in _UNITS if name.endswith(f"_{unit}")), "")


def _label(name: str) -> str:
    return name.removesuffix(f"_{_unit(name)}").replace("_", " ")


def _worded(name: str, value: object) -> str:
    match value:
        case None:
            return "not available"
        case bool():
            return "yes" if value else "no"
        case list():
            words = ", ".join(str(item).replace("_", " ") for item in value) or "none"
        case _:
            words = str(value).replace("_", " ") if name != "text" else _printable(str(value))
    return f"{words} {_UNITS.get(_unit(name), '')}".rstrip()


def _printable(text: str) -> str:
    """A text of a machine as a terminal may have it."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
