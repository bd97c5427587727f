"""Treadmill Data, 2ACD: one row per field in the specification's order; what a flag leaves out takes no octets."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Final

from coach.core.error import DecodeError
from coach.core.ftms.wire import SPEED, TENTH, TRIPLE, WORD, Number, Problem, shown, spare

MERGE_S: Final = 1.0  # one record a second is usual (FTMS 4.19): parts older than that belong to another record
MORE_DATA: Final = 0x0001  # bit 0 is inverted for the speed: clear means the speed is present (FTMS 4.4.1.1)
STEPS: Final = 0x2000  # reserved in FTMS 1.0; Yesoul, CitySports, Urevo and KingSmith count steps there
RESERVED: Final = 0xC000
_PACE: Final = 0x0060


@dataclass(frozen=True)  # no slots: the decoder fills only what was sent, the class holds None for the rest
class TreadmillData:
    """One record, or a part of one; a field that was not sent or is not available is None."""

    speed_kmh: float | None = None
    average_speed_kmh: float | None = None
    distance_m: int | None = None
    incline_pct: float | None = None
    ramp_angle_deg: float | None = None
    elevation_gain_m: float | None = None
    elevation_loss_m: float | None = None
    pace_km_per_min: float | None = None
    average_pace_km_per_min: float | None = None
    energy_kcal: int | None = None
    energy_per_hour_kcal: int | None = None
    energy_per_minute_kcal: int | None = None
    heart_rate_bpm: int | None = None
    metabolic_equivalent: float | None = None
    elapsed_s: int | None = None
    remaining_s: int | None = None
    force_n: int | None = None
    power_w: int | None = None
    steps: int | None = None
    more_data: bool = False  # further parts of this record follow
    unavailable: frozenset[str] = frozenset()  # fields that were sent as not available
    problems: tuple[Problem, ...] = ()

    @property
    def numbers(self) -> tuple[float | None, ...]:
        """The fields in the order of the rows below."""
        return (
            self.speed_kmh,
            self.average_speed_kmh,
            self.distance_m,
            self.incline_pct,
            self.ramp_angle_deg,
            self.elevation_gain_m,
            self.elevation_loss_m,
            self.pace_km_per_min,
            self.average_pace_km_per_min,
            self.energy_kcal,
            self.energy_per_hour_kcal,
            self.energy_per_minute_kcal,
            self.heart_rate_bpm,
            self.metabolic_equivalent,
            self.elapsed_s,
            self.remaining_s,
            self.force_n,
            self.power_w,
            self.steps,
        )


@dataclass(frozen=True, slots=True)
class Field:
    """A row of the format: the field, the flag bit that brings it, and how its number stands."""

    name: str
    bit: int
    number: Number


_ANGLE: Final = Number(2, signed=True, per=10, absent=(0x7FFF,))
_CLIMB: Final = Number(2, per=10, absent=(0xFFFF, 0x7FFF))  # not in FTMS: Matrix, Life Fitness
_FORCE: Final = Number(2, signed=True, absent=(0x7FFF,))
_ENERGY: Final = Number(2, absent=(0xFFFF,))

FIELDS: Final = (
    Field("speed_kmh", 0, SPEED),
    Field("average_speed_kmh", 1, SPEED),
    Field("distance_m", 2, TRIPLE),
    Field("incline_pct", 3, _ANGLE),
    Field("ramp_angle_deg", 3, _ANGLE),
    Field("elevation_gain_m", 4, _CLIMB),
    Field("elevation_loss_m", 4, _CLIMB),
    Field("pace_km_per_min", 5, TENTH),
    Field("average_pace_km_per_min", 6, TENTH),
    Field("energy_kcal", 7, _ENERGY),
    Field("energy_per_hour_kcal", 7, _ENERGY),
    Field("energy_per_minute_kcal", 7, Number(1, absent=(0xFF,))),
    Field("heart_rate_bpm", 8, Number(1, absent=(0,))),  # 0 is what consoles send without a sensor
    Field("metabolic_equivalent", 9, TENTH),
    Field("elapsed_s", 10, WORD),
    Field("remaining_s", 11, WORD),
    Field("force_n", 12, _FORCE),
    Field("power_w", 12, _FORCE),
    Field("steps", 13, TRIPLE),
)
NAMES: Final = tuple(row.name for row in FIELDS)
_WIDTHS: Final = tuple(product((8, 16), (24, 16)))  # of pace and steps, in the order in which they are tried
PACE_500_M: Final = 30.0  # a pace in 16 bits is s per 500 m (newer GATT supplement): km/min = 30 / pace


def decode_treadmill_data(value: bytes) -> TreadmillData:
    """Read one Treadmill Data notification (FTMS 4.4); what is damaged degrades and is told in `problems`.

    Raises:
        DecodeError: the value ends before its flags.
    """
    return _decoded(bytes(value))


@lru_cache(maxsize=256)  # machines that notify every 0.2 s send most frames several times; values are frozen
def _decoded(value: bytes) -> TreadmillData:
    if len(value) < 2:
        raise DecodeError(f"Treadmill Data is shorter than its flags: {shown(value)}")
    plan = _plan(value[0] | value[1] << 8, len(value))
    raws: tuple[int, ...] = plan.shape.unpack_from(value)
    sent = plan.constant.copy()
    unavailable: list[str] = []
    for name, place, per, absent in plan.columns:
        raw = raws[place]
        if absent and raw in absent:
            unavailable.append(name)
        elif per == 1:
            sent[name] = raw
        elif per:
            sent[name] = raw / per
        else:  # 24 bits stand in two numbers of the shape
            sent[name] = raw | raws[place + 1] << 16
    for name, place in plan.paces:
        sent[name] = round(PACE_500_M / raws[place], 4) if raws[place] else 0.0
    if unavailable:
        sent["unavailable"] = frozenset(unavailable)
    return _record(sent)


def _record(sent: dict[str, object]) -> TreadmillData:
    """Make a record of some of its fields in a tenth of the time that the constructor takes for all."""
    record = object.__new__(TreadmillData)
    object.__setattr__(record, "__dict__", sent)
    return record


def encode_treadmill_data(data: TreadmillData, *, steps_bits: int = 24, pace_bits: int = 8) -> bytes:
    """Write one notification, rounding each number to its wire unit.

    A field of a pair that stays None while the other is sent goes out as not available. Machines differ in the
    widths of the step counter (24 or 16) and of the paces (8: km/min; 16: s per 500 m).

    Raises:
        ValueError: a number does not fit, a field has no value for "not available", or the speed and `more_data`
            contradict each other: only the last part of a record carries the speed.
    """
    if data.more_data == (data.speed_kmh is not None):
        raise ValueError("the last part of a record, and only that, carries the speed")
    if unknown := data.unavailable - set(NAMES):
        raise ValueError(f"no such fields: {', '.join(sorted(unknown))}")
    numbers = dict(zip(NAMES, data.numbers, strict=True))
    bits = {row.bit for row in FIELDS if numbers[row.name] is not None or row.name in data.unavailable} - {0}
    flags = sum(1 << bit for bit in bits) | (MORE_DATA if data.more_data else 0)
    out = [flags.to_bytes(2, "little")]
    for row in _layout(flags, pace_bits, steps_bits):
        number = numbers[row.name]
        if number is None:
            out.append(row.number.write_absent())
        elif pace_bits == 16 and 1 << row.bit & _PACE:
            out.append(row.number.write(PACE_500_M / number if number else 0))
        else:
            out.append(row.number.write(number))
    return b"".join(out)


@dataclass(frozen=True, slots=True)
class Pending:
    """The parts of a record whose last part has not come yet."""

    parts: TreadmillData
    since_s: float  # when the first part was heard


def merge(pending: Pending | None, part: TreadmillData, at_s: float) -> tuple[Pending | None, TreadmillData | None]:
    """Join the parts of a split record (FTMS 4.19); the record is there with its last part, else None.

    Parts that wait for longer than MERGE_S are dropped: their last part was lost with the link.
    """
    if pending is not None and at_s - pending.since_s > MERGE_S:
        pending = None
    record = part if pending is None else _joined(pending.parts, part)
    if not part.more_data:
        return None, record
    return Pending(record, at_s if pending is None else pending.since_s), None


def _joined(earlier: TreadmillData, later: TreadmillData) -> TreadmillData:
    sent: dict[str, object] = {}
    for name, old, new in zip(NAMES, earlier.numbers, later.numbers, strict=True):
        sent[name] = old if new is None and name not in later.unavailable else new
    sent["unavailable"] = later.unavailable | {name for name in earlier.unavailable if sent[name] is None}
    sent["problems"] = tuple(dict.fromkeys(earlier.problems + later.problems))
    return _record(sent | {"more_data": later.more_data})


_SHAPES: Final = {(1, False): "B", (2, False): "H", (2, True): "h", (3, False): "HB"}


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that follows from flags and length alone, worked out once for each pair."""

    shape: struct.Struct
    columns: tuple[tuple[str, int, int, tuple[int, ...]], ...]  # name, place in the shape, per (0: 24 bits), absent
    paces: tuple[tuple[str, int], ...]  # name, place in the shape; in s per 500 m
    constant: dict[str, object]  # more_data and problems, where there are any


@lru_cache(maxsize=1024)  # a machine has a handful; bounded against one that makes them up
def _plan(flags: int, octets: int) -> _Plan:
    layout = _fitting(flags, octets)
    shape, at, place = "<H", 2, 1
    columns: list[tuple[str, int, int, tuple[int, ...]]] = []
    paces: list[tuple[str, int]] = []
    problems: list[Problem] = []
    if reserved := flags & RESERVED:
        problems.append(Problem("reserved-bits", f"reserved flags 0x{reserved:04x} and what they bring are ignored"))
    for row in layout:
        number = row.number
        if at + number.octets > octets:
            found = f"{octets - at} of the {number.octets} octets of {row.name}"
            problems.append(Problem("truncated", f"the frame ends with {found}; that and what follows is dropped"))
            break
        if 1 << row.bit & _PACE and number.octets == 2:
            paces.append((row.name, place))
        else:
            per = 0 if number.octets == 3 else number.per
            columns.append((row.name, place, per, number.absent))
        shape += _SHAPES[number.octets, number.signed]
        at += number.octets
        place += 2 if number.octets == 3 else 1
    else:
        problems.extend(spare(octets - at))
    constant: dict[str, object] = {"more_data": True} if flags & MORE_DATA else {}
    if problems:
        constant["problems"] = tuple(problems)
    return _Plan(struct.Struct(shape), tuple(columns), tuple(paces), constant)


def _fitting(flags: int, octets: int) -> tuple[Field, ...]:
    """Choose the widths of pace and steps that use the frame up, the usual ones first.

    Behind reserved flags there may be anything, so there the first that fits is taken.
    """
    layouts = [_layout(flags, *widths) for widths in _WIDTHS]
    sizes = [2 + sum(row.number.octets for row in layout) for layout in layouts]
    if octets in sizes and not flags & RESERVED:
        return layouts[sizes.index(octets)]
    return next((layout for layout, size in zip(layouts, sizes, strict=True) if size <= octets), layouts[0])


@lru_cache(maxsize=1024)
def _layout(flags: int, pace_bits: int, steps_bits: int) -> tuple[Field, ...]:
    """List the fields that flags announce, in order."""
    if (pace_bits, steps_bits) not in _WIDTHS:
        raise ValueError(f"a pace has 8 or 16 bits and steps 24 or 16, not {pace_bits} and {steps_bits}")
    announced = [row for row in FIELDS if (flags ^ MORE_DATA) >> row.bit & 1]
    widths = {"steps": WORD if steps_bits == 16 else TRIPLE}
    if pace_bits == 16:
        widths |= {"pace_km_per_min": WORD, "average_pace_km_per_min": WORD}
    return tuple(replace(row, number=widths.get(row.name, row.number)) for row in announced)
