"""What a machine says it can do: features, ranges and what it advertises; read once, before control is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from coach.core.error import DecodeError
from coach.core.ftms.wire import BYTE, INCLINE, SIGNED, SPEED, Number, Problem, shown, spare

MACHINE_FEATURES: Final = (  # FTMS 4.3.1.1, bit 0 first
    "average_speed",
    "cadence",
    "total_distance",
    "inclination",
    "elevation_gain",
    "pace",
    "step_count",
    "resistance_level",
    "stride_count",
    "expended_energy",
    "heart_rate_measurement",
    "metabolic_equivalent",
    "elapsed_time",
    "remaining_time",
    "power_measurement",
    "force_on_belt_and_power_output",
    "user_data_retention",
)
TARGET_SETTINGS: Final = (  # FTMS 4.3.1.2, bit 0 first
    "speed",
    "inclination",
    "resistance",
    "power",
    "heart_rate",
    "targeted_expended_energy",
    "targeted_steps",
    "targeted_strides",
    "targeted_distance",
    "targeted_training_time",
    "time_in_2_hr_zones",
    "time_in_3_hr_zones",
    "time_in_5_hr_zones",
    "indoor_bike_simulation",
    "wheel_circumference",
    "spin_down",
    "targeted_cadence",
)
MACHINE_TYPES: Final = (  # FTMS 3.1.2, bit 0 first
    "treadmill",
    "cross_trainer",
    "step_climber",
    "stair_climber",
    "rower",
    "indoor_bike",
)


@dataclass(frozen=True, slots=True)
class Feature:
    """Fitness Machine Feature, 2ACC; the bits do not change while the machine lives."""

    machine: frozenset[str] = frozenset()
    target: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def decode_feature(value: bytes) -> Feature:
    """Read the two words of feature bits; octets that are missing count as clear bits."""
    problems = spare(len(value) - 8)
    if len(value) < 8:
        problems = (Problem("truncated", f"{len(value)} of 8 octets; the bits that are missing count as clear"),)
    machine, target = int.from_bytes(value[:4], "little"), int.from_bytes(value[4:8], "little")
    for word, names in ((machine, MACHINE_FEATURES), (target, TARGET_SETTINGS)):
        if reserved := word >> len(names) << len(names):
            problems += (Problem("reserved-bits", f"reserved bits 0x{reserved:08x} are set and ignored"),)
    return Feature(_named(machine, MACHINE_FEATURES), _named(target, TARGET_SETTINGS), problems)


def encode_feature(feature: Feature) -> bytes:
    """Write the two words of feature bits.

    Raises:
        ValueError: a feature that does not exist.
    """
    words = (_bits(feature.machine, MACHINE_FEATURES), _bits(feature.target, TARGET_SETTINGS))
    return b"".join(word.to_bytes(4, "little") for word in words)


@dataclass(frozen=True, slots=True)
class SpeedRange:
    """Supported Speed Range, 2AD4."""

    min_kmh: float
    max_kmh: float
    step_kmh: float
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class InclineRange:
    """Supported Inclination Range, 2AD5."""

    min_pct: float
    max_pct: float
    step_pct: float
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ResistanceRange:
    """Supported Resistance Level Range, 2AD6; levels have no unit."""

    min_level: float
    max_level: float
    step_level: float
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class HeartRateRange:
    """Supported Heart Rate Range, 2AD7."""

    min_bpm: float
    max_bpm: float
    step_bpm: float
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PowerRange:
    """Supported Power Range, 2AD8."""

    min_w: float
    max_w: float
    step_w: float
    problems: tuple[Problem, ...] = ()


_Row: TypeAlias = tuple[Number, Number, Number]  # lowest, highest, step
_STEP_OF_INCLINE: Final = Number(2, per=10)
_SPEEDS: Final[_Row] = (SPEED, SPEED, SPEED)
_INCLINES: Final = (INCLINE, INCLINE, _STEP_OF_INCLINE)
_LEVELS: Final = (INCLINE, INCLINE, _STEP_OF_INCLINE)  # 0.1 like an inclination
_BEATS: Final = (BYTE, BYTE, BYTE)
_WATTS: Final = (SIGNED, SIGNED, Number(2))


def decode_speed_range(value: bytes) -> SpeedRange:
    """Read a Supported Speed Range.

    Raises:
        DecodeError: the value is too short.
    """
    return SpeedRange(*_read(value, _SPEEDS))


def encode_speed_range(range_: SpeedRange) -> bytes:
    """Write a Supported Speed Range; ValueError for what does not fit."""
    return _write((range_.min_kmh, range_.max_kmh, range_.step_kmh), _SPEEDS)


def decode_inclination_range(value: bytes) -> InclineRange:
    """Read a Supported Inclination Range.

    Raises:
        DecodeError: the value is too short.
    """
    return InclineRange(*_read(value, _INCLINES))


def encode_inclination_range(range_: InclineRange) -> bytes:
    """Write a Supported Inclination Range; ValueError for what does not fit."""
    return _write((range_.min_pct, range_.max_pct, range_.step_pct), _INCLINES)


def decode_resistance_range(value: bytes) -> ResistanceRange:
    """Read a Supported Resistance Level Range.

    Raises:
        DecodeError: the value is too short.
    """
    return ResistanceRange(*_read(value, _LEVELS))


def encode_resistance_range(range_: ResistanceRange) -> bytes:
    """Write a Supported Resistance Level Range; ValueError for what does not fit."""
    return _write((range_.min_level, range_.max_level, range_.step_level), _LEVELS)


def decode_heart_rate_range(value: bytes) -> HeartRateRange:
    """Read a Supported Heart Rate Range.

    Raises:
        DecodeError: the value is too short.
    """
    return HeartRateRange(*_read(value, _BEATS))


def encode_heart_rate_range(range_: HeartRateRange) -> bytes:
    """Write a Supported Heart Rate Range; ValueError for what does not fit."""
    return _write((range_.min_bpm, range_.max_bpm, range_.step_bpm), _BEATS)


def decode_power_range(value: bytes) -> PowerRange:
    """Read a Supported Power Range.

    Raises:
        DecodeError: the value is too short.
    """
    return PowerRange(*_read(value, _WATTS))


def encode_power_range(range_: PowerRange) -> bytes:
    """Write a Supported Power Range; ValueError for what does not fit."""
    return _write((range_.min_w, range_.max_w, range_.step_w), _WATTS)


@dataclass(frozen=True, slots=True)
class ServiceData:
    """What a machine advertises under the service UUID (FTMS 3.1)."""

    available: bool
    machine_types: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def decode_service_data(value: bytes) -> ServiceData:
    """Read the advertised flags and machine type, without the UUID.

    The type takes one octet or stands in the wrong order on some radios. All six types fit into one octet and the
    other is reserved, so whichever octet has the bits is right.

    Raises:
        DecodeError: the value is empty.
    """
    if not value:
        raise DecodeError("the service data is empty")
    problems = spare(len(value) - 3)
    if len(value) < 3:
        problems = (Problem("truncated", f"{len(value)} of 3 octets of service data"),)
    types = int.from_bytes(value[1:2]) | int.from_bytes(value[2:3])
    return ServiceData(bool(value[0] & 1), _named(types, MACHINE_TYPES), problems)


def encode_service_data(data: ServiceData) -> bytes:
    """Write the advertised flags and machine type, without the UUID; ValueError for an unknown type."""
    return bytes([data.available]) + _bits(data.machine_types, MACHINE_TYPES).to_bytes(2, "little")


def _named(word: int, names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for bit, name in enumerate(names) if word >> bit & 1)


def _bits(chosen: frozenset[str], names: tuple[str, ...]) -> int:
    if unknown := chosen.difference(names):
        raise ValueError(f"there is no {', '.join(sorted(unknown))} in {', '.join(names)}")
    return sum(1 << names.index(name) for name in chosen)


def _read(value: bytes, row: _Row) -> tuple[float, float, float, tuple[Problem, ...]]:
    octets = sum(number.octets for number in row)
    if len(value) < octets:
        raise DecodeError(f"a range of {octets} octets has {len(value)}: {shown(value)}")
    low, high, step = (number.read(value, at * row[0].octets) for at, number in enumerate(row))
    problems = spare(len(value) - octets)
    if low > high:
        problems += (Problem("inverted-range", f"the lowest value {low:g} is above the highest {high:g}"),)
    if not step:
        problems += (Problem("zero-step", "the step is 0"),)
    return low, high, step, problems


def _write(numbers: tuple[float, float, float], row: _Row) -> bytes:
    return b"".join(number.write(value) for number, value in zip(row, numbers, strict=True))
