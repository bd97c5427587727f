"""Texts with units to values: times, distances, speeds, paces, inclines, heart rates, and the three forms with $x.

Nothing here knows files; a text that cannot be read raises UnreadableError with the offset of the part at fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from coach.core.workout import KMH_PER_MPH
from coach.script import misread
from coach.script.problem import UnreadableError, number, quoted, unknown_name
from coach.script.unit import (
    ANY,
    BARE,
    CLOCK,
    DISTANCE,
    EXTENT,
    FEWEST_METRES,
    FOR_KIND,
    INCLINE,
    NAME,
    NUMBER,
    SPEED,
    UNITS,
    Kind,
    Line,
    Quantity,
    Ramp,
    Reach,
    Reference,
    Value,
    Want,
    shown,
)

_SIMPLE: Final = re.compile(rf"([+-]?)({NUMBER})[ \t]*(km/h|min|mph|m/s|km|mi|%|s|m|h)")
_METRES: Final = re.compile(rf"({NUMBER})[ \t]*m")
_COMMON: Final = re.compile(rf"({NUMBER}) (s|min) @ ({NUMBER}) km/h(?:, ({NUMBER}) %)?")
_WITHOUT_UNIT: Final = re.compile(r"[0-9]{1,4}:[0-9]{2}")
_COMPOUND: Final = re.compile(rf"(?:({NUMBER})[ \t]*h)?[ \t]*(?:({NUMBER})[ \t]*min)?[ \t]*(?:({NUMBER})[ \t]*s)?")
_COUNTED: Final = re.compile(r"[0-9]{1,9}")
_REFERENCE: Final = re.compile(rf"(?:({NUMBER})[ \t]*%[ \t]*of[ \t]+)?\$({NAME})(?:[ \t]+([+-])[ \t]*(\S.*))?")
_UNIT_AT_END: Final = re.compile(r"[0-9][ \t]*(/km|/mi|km/h|mph|m/s|min|km|mi|%|s|m|h)$")


@lru_cache(maxsize=4096)
def read_value(text: str, want: Want, at: int = 0) -> Value:
    """One value, constant or with a $x; `at` is where the text begins within the field's."""
    if not text.isascii():
        misread.odd_character(text, at)
    stripped = text.strip()
    at += len(text) - len(text.lstrip())
    if "$" in stripped:
        return _reference(stripped, want, at)
    quantity = _quantity(stripped)
    if quantity is None:
        misread.diagnose(stripped, want, at)
    if quantity.kind not in want.kinds:
        misread.other_kind(stripped, quantity, want, at)
    return quantity


@lru_cache(maxsize=4096)
def read_ramp(text: str, want: Want, at: int = 0, between: str = "->") -> Ramp:
    """One value, or two with an arrow (or `..`) between; a unit written once holds for both."""
    if not text.isascii():
        misread.odd_character(text, at, between)
    first, arrow, last = text.partition(between)
    if not arrow:
        if (ends := misread.BETWEEN.fullmatch(text.strip())) and "$" not in text:
            misread.other_ends(text.strip(), ends, want, between, at + len(text) - len(text.lstrip()))
        return Ramp(read_value(text, want, at))
    last_at = at + len(first) + len(between)
    if between in last:
        start = at + len(text) - len(text.lstrip())
        raise UnreadableError(
            "unreadable-value", f"{quoted(text.strip())} has more than two ends", misread.to_write(want), start
        )
    end = read_value(last, want, last_at)
    unit = _UNIT_AT_END.search(last.strip())
    bare = first.strip()
    if unit and (BARE.fullmatch(bare) or (unit[1] in ("/km", "/mi") and _WITHOUT_UNIT.fullmatch(bare))):
        first = f"{first.rstrip()} {unit[1]}"
    return Ramp(read_value(first, want, at), end)


@lru_cache(maxsize=4096)
def read_reach(text: str, at: int = 0) -> Reach:
    """An extent: a time, a distance, `to` a distance, or `open`."""
    stripped = text.strip()
    if stripped == "open":
        return Reach(None)
    if stripped.startswith("to "):
        return Reach(read_value(stripped[3:], DISTANCE, at + text.index("to ") + 3), to=True)
    short = _METRES.fullmatch(stripped)
    if short and float(short[1]) == 0:
        raise UnreadableError("out-of-range", f"{stripped} is no distance", "write one such as 400 m", at)
    if short and float(short[1]) < FEWEST_METRES:
        message = f"{stripped} is {number(float(short[1]))} metres, which is very short"
        fix = f"did you mean {short[1]} min? so few metres are written as {float(short[1]) / 1000:g} km"
        raise UnreadableError("minutes-or-metres", message, fix, at)
    return Reach(read_value(text, EXTENT, at))


@lru_cache(maxsize=4096)
def read_line(text: str) -> Line:
    """The one-line form of a step."""
    if common := _COMMON.fullmatch(text):
        return _common_line(common)
    if not text.isascii():
        misread.odd_line(text)
    left, mark, right = text.partition("@")
    if "," in left and not mark:
        misread.comma_for_at(text)
    if mark and _turned_round(left, right):
        message = "the speed stands before the @, and the extent behind it"
        raise UnreadableError("wrong-unit", message, f"write {right.strip()} @ {left.strip()}", 0)
    if mark and BARE.fullmatch(left.strip()) and BARE.fullmatch(speed := right.partition(",")[0].strip()):
        misread.two_bare(left.strip(), speed, right.partition(",")[2])
    extent = read_reach(left)
    if not mark:
        return Line(extent)
    speed_at = len(left) + 1
    if "@" in right:
        raise UnreadableError(
            "unreadable-value", "there are two @ in one step", "a step is EXTENT @ SPEED, INCLINE", text.rindex("@")
        )
    if comma := misread.DECIMAL_COMMA.search(right):
        misread.decimal_comma(comma, speed_at)
    speed, comma_sign, incline = right.partition(",")
    misread.no_speed_alone(speed, speed_at, alone=not comma_sign)
    if "," in incline:
        raise UnreadableError(
            "unreadable-value",
            "there are two commas in one step",
            "a step is EXTENT @ SPEED, INCLINE",
            text.rindex(","),
        )
    incline_at = speed_at + len(speed) + 1
    return Line(
        extent,
        read_ramp(speed, SPEED, speed_at),
        read_ramp(incline, INCLINE, incline_at) if comma_sign else None,
        speed_at + len(speed) - len(speed.lstrip()),
        incline_at + len(incline) - len(incline.lstrip()),
    )


def _common_line(found: re.Match[str]) -> Line:
    """The form of nearly all lines, which is why it is read at once: 5 min @ 9 km/h, 1 %."""
    amount, unit, speed, incline = found.groups()
    return Line(
        Reach(Quantity(Kind.TIME, float(amount) * (60.0 if unit == "min" else 1.0))),
        Ramp(Quantity(Kind.SPEED, float(speed))),
        Ramp(Quantity(Kind.PERCENT, float(incline))) if incline else None,
        found.start(3),
        found.start(4),
    )


def resolve(value: Value, scope: Mapping[str, Quantity], want: Want) -> Quantity:
    """The number behind a value.

    Raises:
        UnreadableError: a name without a value, or one of another kind than is wanted.
    """
    if isinstance(value, Quantity):
        return value
    found = scope.get(value.name)
    if found is None:
        raise unknown_name(value.name, scope, value.at)
    if value.plus is not None and value.plus.kind is not found.kind:
        message = f"${value.name} is {found.kind}, to which {value.plus.kind} cannot be added"
        bare = value.plus.kind is Kind.COUNT
        sign = "-" if value.plus.amount < 0 else "+"
        unit = "min" if found.kind is Kind.TIME else FOR_KIND[found.kind]
        fix = f"write ${value.name} {sign} {number(abs(value.plus.amount))} {unit}" if bare else None
        raise UnreadableError("wrong-unit", message, fix, at=value.at)
    if found.kind is Kind.COUNT and found.kind not in want.kinds:
        message = f"${value.name} is {number(found.amount)} without a unit; {want.what} is needed here"
        fix = f"give its value a unit, such as {want.example.split(',')[0]}"
        raise UnreadableError("bare-number-needs-unit", message, fix, value.at)
    if found.kind not in want.kinds:
        message = f"${value.name} is {shown(found)}, which is {found.kind}; {want.what} is needed here"
        fix = f"give it {want.what}, such as {want.example.split(',')[0]}"
        raise UnreadableError("wrong-unit", message, fix, value.at)
    amount = found.amount * value.factor + (value.plus.amount if value.plus else 0.0)
    return Quantity(found.kind, round(amount, 9))  # 80 % of 6 is 4.8


def _quantity(text: str) -> Quantity | None:
    if simple := _SIMPLE.fullmatch(text):
        kind, factor = UNITS[simple[3]]
        return Quantity(kind, float(simple[1] + simple[2]) * factor)
    if clock := CLOCK.fullmatch(text):
        return _clock(clock)
    if (compound := _COMPOUND.fullmatch(text)) and text:
        hours, minutes, seconds = (float(part or 0) for part in compound.groups())
        return Quantity(Kind.TIME, hours * 3600 + minutes * 60 + seconds)
    return Quantity(Kind.COUNT, float(text)) if _COUNTED.fullmatch(text) else None


def _clock(clock: re.Match[str]) -> Quantity | None:
    parts = [int(part) for part in clock.groups()[:3] if part is not None]
    if parts[-1] > 59 or (len(parts) == 3 and parts[1] > 59):
        return None
    seconds = parts[0] * 60 + parts[1] if len(parts) == 2 else parts[0] * 3600 + parts[1] * 60 + parts[2]
    if clock[4] is None:
        return Quantity(Kind.TIME, float(seconds))
    if not seconds:
        return None
    return Quantity(Kind.SPEED, 3600.0 / seconds * (KMH_PER_MPH if clock[4] == "/mi" else 1.0))


def _reference(text: str, want: Want, at: int) -> Reference:
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise misread.no_sum(text, want, at)
    percent, name, sign, added = found.groups()
    plus = None
    if added is not None:
        value = read_value(added, ANY, at + found.start(4))
        if isinstance(value, Reference):
            raise misread.no_sum(text, want, at)
        plus = Quantity(value.kind, -value.amount) if sign == "-" else value
    return Reference(name, float(percent) / 100 if percent else 1.0, plus, at)


def _turned_round(left: str, right: str) -> bool:
    first, last = _quantity(left.strip()), _quantity(right.strip())
    return first is not None and first.kind is Kind.SPEED and last is not None and last.kind in EXTENT.kinds
