"""Texts with units to values: times, distances, speeds, paces, inclines, heart rates, and the three forms with $x.

Nothing here knows files; a text that cannot be read raises UnreadableError with the offset of the part at fault.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import radians, tan
from typing import Final, NamedTuple, NoReturn, TypeAlias

from coach.core.workout import KMH_PER_MPH
from coach.script.problem import UnreadableError, named, number, quoted


class Kind(StrEnum):
    """What a number measures."""

    TIME = "a time"  # s
    DISTANCE = "a distance"  # m
    SPEED = "a speed"  # km/h
    PERCENT = "a percentage"
    COUNT = "a number without a unit"


class Quantity(NamedTuple):
    """A number in s, m, km/h, percent or pieces."""

    kind: Kind
    amount: float


class Reference(NamedTuple):
    """`$x`, `60 % of $x` or `$x + 0.5 km/h`."""

    name: str
    factor: float = 1.0
    plus: Quantity | None = None
    at: int = 0  # offset within its text


Value: TypeAlias = Quantity | Reference


class Ramp(NamedTuple):
    """One value, or two to go between."""

    first: Value
    last: Value | None = None


class Reach(NamedTuple):
    """An extent as written; `to` is None for `open`."""

    value: Value | None
    to: bool = False


class Line(NamedTuple):
    """The one-line form: EXTENT @ SPEED, INCLINE, with the offsets of its parts."""

    extent: Reach
    speed: Ramp | None = None
    incline: Ramp | None = None
    speed_at: int = 0
    incline_at: int = 0


@dataclass(frozen=True, slots=True, eq=False)  # by identity, since it is a key of the caches
class Want:
    """What a field takes, for its messages."""

    what: str
    kinds: tuple[Kind, ...]
    example: str


EXTENT: Final = Want("a time or a distance", (Kind.TIME, Kind.DISTANCE), "5 min, 400 m, to 2.5 km or open")
SPEED: Final = Want("a speed", (Kind.SPEED,), "9 km/h, 5.6 mph, 2.5 m/s, 6:40 /km or a ramp 4 -> 6 km/h")
INCLINE: Final = Want("an incline", (Kind.PERCENT,), "1 %")
TIME: Final = Want("a time", (Kind.TIME,), "90 s, 2 min or 1:30")
COUNT: Final = Want("a number of rounds", (Kind.COUNT,), "3")
DISTANCE: Final = Want("a distance", (Kind.DISTANCE,), "2.5 km")
ANY: Final = Want("a value", tuple(Kind), "4.5 km/h, 5 min, 400 m or 2 %")

FEWEST_METRES: Final = 50.0  # fewer are taken for minutes with a letter too few

_UNITS: Final[dict[str, tuple[Kind, float]]] = {
    "s": (Kind.TIME, 1.0),
    "min": (Kind.TIME, 60.0),
    "h": (Kind.TIME, 3600.0),
    "m": (Kind.DISTANCE, 1.0),
    "km": (Kind.DISTANCE, 1000.0),
    "mi": (Kind.DISTANCE, 1000.0 * KMH_PER_MPH),
    "km/h": (Kind.SPEED, 1.0),
    "mph": (Kind.SPEED, KMH_PER_MPH),
    "m/s": (Kind.SPEED, 3.6),
    "%": (Kind.PERCENT, 1.0),
}
# Other people's spellings, and the one that the language knows.
_SPELLINGS: Final = {
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", '"': "s", "''": "s",
    "mins": "min", "minute": "min", "minutes": "min", "'": "min",
    "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "std": "h", "stunde": "h", "stunden": "h",
    "sek": "s", "sekunde": "s", "sekunden": "s", "minuten": "min", "\u2032": "min", "\u2033": "s",
    "meter": "m", "meters": "m", "metre": "m", "metres": "m", "mtr": "m",
    "kms": "km", "kilometer": "km", "kilometers": "km", "kilometre": "km", "kilometres": "km", "k": "km",
    "mile": "mi", "miles": "mi",
    "kmh": "km/h", "kph": "km/h", "km/std": "km/h", "km/hr": "km/h", "kmph": "km/h", "km per hour": "km/h",
    "mi/h": "mph", "miles/h": "mph", "m/h": "mph", "mps": "m/s",
    "percent": "%", "pct": "%", "per cent": "%", "prozent": "%",
    "min/km": "/km", "min/mi": "/mi", "min/mile": "/mi", "/mile": "/mi", "per km": "/km",
}  # fmt: skip
_FOR_KIND: Final = {
    Kind.TIME: "s", Kind.DISTANCE: "m", Kind.SPEED: "km/h", Kind.PERCENT: "%", Kind.COUNT: "",
}  # fmt: skip

_NUMBER: Final = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_SIMPLE: Final = re.compile(rf"([+-]?)({_NUMBER})[ \t]*(km/h|min|mph|m/s|km|mi|%|s|m|h)")
_METRES: Final = re.compile(rf"({_NUMBER})[ \t]*m")
_COMMON: Final = re.compile(rf"({_NUMBER}) (s|min) @ ({_NUMBER}) km/h(?:, ({_NUMBER}) %)?")
_CLOCK: Final = re.compile(r"([0-9]{1,4}):([0-9]{2})(?::([0-9]{2}))?(?:[ \t]*(/km|/mi))?")
_WITHOUT_UNIT: Final = re.compile(r"[0-9]{1,4}:[0-9]{2}")
_COMPOUND: Final = re.compile(rf"(?:({_NUMBER})[ \t]*h)?[ \t]*(?:({_NUMBER})[ \t]*min)?[ \t]*(?:({_NUMBER})[ \t]*s)?")
_BARE: Final = re.compile(rf"[+-]?{_NUMBER}")
_COUNTED: Final = re.compile(r"[0-9]{1,9}")
NAME: Final = r"[A-Za-z][A-Za-z0-9_-]*"
_REFERENCE: Final = re.compile(rf"(?:({_NUMBER})[ \t]*%[ \t]*of[ \t]+)?\$({NAME})(?:[ \t]+([+-])[ \t]*(\S.*))?")
_UNIT_AT_END: Final = re.compile(r"[0-9][ \t]*(/km|/mi|km/h|mph|m/s|min|km|mi|%|s|m|h)$")
_QUOTES: Final = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"  # that a word processor makes of plain ones
_DECIMAL_COMMA: Final = re.compile(r"(?<![0-9])([0-9]+),([0-9]+)")  # each row of digits is looked at once
_UNIT: Final = r"[A-Za-z/%'\"]*(?:[ \t]*/[ \t]*(?:km|mi)|[ \t]+min/(?:km|mi))?"
_CLOCK_OR_NUMBER: Final = r"[0-9]{1,4}:[0-9]{2}|[0-9]{1,9}(?:\.[0-9]{1,9})?"
_BETWEEN: Final = re.compile(  # two ends as other programs write them
    rf"(?P<first>{_CLOCK_OR_NUMBER})[ \t]*(?P<one>{_UNIT})[ \t]*(?:-|=?>|->|\.\.+|to|bis|/)[ \t]*"
    rf"(?P<last>{_CLOCK_OR_NUMBER})[ \t]*(?P<unit>{_UNIT})"
)
_LOOSE_TIME: Final = re.compile(  # 1h30, 1m30, 1h 30m, 1'30": as other programs write a time
    r"(?:([0-9]{1,2})[ \t]*h(?:rs?|ours?)?[ \t]*)?(?:([0-9]{1,4})[ \t]*(?:m|min|')[ \t]*)?"
    r"(?:([0-9]{1,4})[ \t]*(?:s|sec|\"|'')?)?"
)
_DEGREES: Final = re.compile(rf"({_NUMBER})[ \t]*(?:\u00b0|deg|degrees?|grad)")
_HEART: Final = re.compile(r"z(?:one)?[ _-]*[1-5]|.*[0-9][ \t]*(?:bpm|%[ \t]*(?:max|hrr|lthr))", re.IGNORECASE)
_NO_COMMA: Final = re.compile(rf"(.*(?:km/h|mph|m/s|/km|/mi|\${NAME}))[ \t]*({_NUMBER})[ \t]*%")  # 8 km/h 1 %
_WRONG_SUM: Final = re.compile(rf"\$({NAME})[ \t]*([+-])[ \t]*(\S.*)")
_WRONG_PART: Final = re.compile(
    rf"({_NUMBER})[ \t]*(%|percent|[*x])[ \t]*(?:of[ \t]+)?\$({NAME})|\$({NAME})[ \t]*[*x][ \t]*({_NUMBER})"
)
_INSTEAD: Final = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2010": "-", "\u2011": "-",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u200b": "", "\t": " ",
    "\u2192": "->", "\u00d7": "x", "\u2032": " min", "\u2033": " s", "\uff05": "%", "\uff20": "@",
    "\u2264": "<", "\u2265": ">", "\u2019": " min", "\u201d": " s",
}  # fmt: skip


@lru_cache(maxsize=4096)
def read_value(text: str, want: Want, at: int = 0) -> Value:
    """One value, constant or with a $x; `at` is where the text begins within the field's."""
    if not text.isascii():
        _odd_character(text, at)
    stripped = text.strip()
    at += len(text) - len(text.lstrip())
    if "$" in stripped:
        return _reference(stripped, want, at)
    quantity = _quantity(stripped)
    if quantity is None:
        _diagnose(stripped, want, at)
    if quantity.kind not in want.kinds:
        _other_kind(stripped, quantity, want, at)
    return quantity


@lru_cache(maxsize=4096)
def read_ramp(text: str, want: Want, at: int = 0, between: str = "->") -> Ramp:
    """One value, or two with an arrow (or `..`) between; a unit written once holds for both."""
    if not text.isascii():
        _odd_character(text, at, between)
    first, arrow, last = text.partition(between)
    if not arrow:
        if (ends := _BETWEEN.fullmatch(text.strip())) and "$" not in text:
            _other_ends(text.strip(), ends, want, between, at + len(text) - len(text.lstrip()))
        return Ramp(read_value(text, want, at))
    last_at = at + len(first) + len(between)
    if between in last:
        start = at + len(text) - len(text.lstrip())
        raise UnreadableError("unreadable-value", f"{quoted(text.strip())} has more than two ends", _write(want), start)
    end = read_value(last, want, last_at)
    unit = _UNIT_AT_END.search(last.strip())
    bare = first.strip()
    if unit and (_BARE.fullmatch(bare) or (unit[1] in ("/km", "/mi") and _WITHOUT_UNIT.fullmatch(bare))):
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
    if (short := _METRES.fullmatch(stripped)) and float(short[1]) < FEWEST_METRES:
        message = f"{stripped} is {number(float(short[1]))} metres, which is very short"
        fix = f"did you mean {short[1]} min? metres this few are written as {float(short[1]) / 1000:g} km"
        raise UnreadableError("minutes-or-metres", message, fix, at)
    return Reach(read_value(text, EXTENT, at))


@lru_cache(maxsize=4096)
def read_line(text: str) -> Line:
    """The one-line form of a step."""
    if common := _COMMON.fullmatch(text):
        return _common_line(common)
    if not text.isascii():
        _odd_character(text, 0)
    left, mark, right = text.partition("@")
    if "," in left and not mark:
        _comma_for_at(text)
    if mark and _turned_round(left, right):
        message = "the speed stands before the @, and the extent behind it"
        raise UnreadableError("wrong-unit", message, f"write {right.strip()} @ {left.strip()}", 0)
    extent = read_reach(left)
    if not mark:
        return Line(extent)
    speed_at = len(left) + 1
    if "@" in right:
        raise UnreadableError(
            "unreadable-value", "there are two @ in one step", "a step is EXTENT @ SPEED, INCLINE", text.rindex("@")
        )
    if comma := _DECIMAL_COMMA.search(right):
        _decimal_comma(comma, speed_at)
    speed, comma_sign, incline = right.partition(",")
    _no_speed_alone(speed, speed_at, alone=not comma_sign)
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
        unit = "min" if found.kind is Kind.TIME else _FOR_KIND[found.kind]
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


def unknown_name(name: str, scope: Mapping[str, object], at: int = 0) -> UnreadableError:
    """The problem of a $x that nothing gives a value."""
    fix = close_to(name, scope, "$") or f"give it a value under params:, or with --set {name}=..."
    return UnreadableError("unknown-param", f"${name} has no value", fix, at)


def close_to(word: str, known: Iterable[str], before: str = "") -> str | None:
    """The fix for a misspelt name, where one of those that are known is near."""
    close = difflib.get_close_matches(word[:40], list(known), 1)
    return f"did you mean {before}{close[0]}?" if close else None


def shown(quantity: Quantity) -> str:
    """A quantity with its unit, as a person would write it."""
    amount = quantity.amount
    if quantity.kind is Kind.TIME and abs(amount) >= 120 and amount % 60 == 0:
        return f"{number(amount / 60)} min"
    unit = {Kind.TIME: " s", Kind.DISTANCE: " m", Kind.SPEED: " km/h", Kind.PERCENT: " %", Kind.COUNT: ""}
    return number(amount) + unit[quantity.kind]


def _quantity(text: str) -> Quantity | None:
    if simple := _SIMPLE.fullmatch(text):
        kind, factor = _UNITS[simple[3]]
        return Quantity(kind, float(simple[1] + simple[2]) * factor)
    if clock := _CLOCK.fullmatch(text):
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
        raise _no_sum(text, want, at)
    percent, name, sign, added = found.groups()
    plus = None
    if added is not None:
        value = read_value(added, ANY, at + found.start(4))
        if isinstance(value, Reference):
            raise _no_sum(text, want, at)
        plus = Quantity(value.kind, -value.amount) if sign == "-" else value
    return Reference(name, float(percent) / 100 if percent else 1.0, plus, at)


def _no_sum(text: str, want: Want, at: int) -> UnreadableError:
    """The problem of a text with a $ that is none of the three forms."""
    return UnreadableError("unreadable-value", f"cannot work out {quoted(text)}", f"write {_sum_meant(text, want)}", at)


def _sum_meant(text: str, want: Want) -> str:
    if named_in_braces := re.fullmatch(rf"\$\{{[ \t]*({NAME})[ \t]*\}}", text):
        return f"${named_in_braces[1]}"
    if part := _WRONG_PART.fullmatch(text):
        share = float(part[1] or part[5]) * (1 if part[2] in ("%", "percent") else 100)
        return f"{number(share)} % of ${part[3] or part[4]}"
    if (added := _WRONG_SUM.fullmatch(text)) and "$" not in added[3]:
        unit = f" {_FOR_KIND[want.kinds[0]]}" if _BARE.fullmatch(added[3]) and want is not COUNT else ""
        return f"${added[1]} {added[2]} {added[3]}{unit}"
    if unit_behind := re.fullmatch(rf"\$({NAME})[ \t]+(\S+)", text):
        return f"${unit_behind[1]} alone; its unit stands with its value, such as {unit_behind[1]}: 5 {unit_behind[2]}"
    return "$x, 60 % of $x or $x + 0.5 km/h; values know nothing more"


def _other_ends(text: str, ends: re.Match[str], want: Want, between: str, at: int) -> NoReturn:
    """Two ends that are written as another program has them."""
    unit = _SPELLINGS.get(ends["unit"].lower().strip(), ends["unit"].strip()) or _FOR_KIND[want.kinds[0]]
    ramp = f"{ends['first']} {between} {ends['last']} {unit}".rstrip()
    if between != "->":
        raise UnreadableError("unreadable-value", f"cannot read {quoted(text)} as two speeds", f"write {ramp}", at)
    message = f"{quoted(text)} is a range; the belt has one {want.what.split()[-1]} at a time"
    raise UnreadableError("unreadable-value", message, f"write one of the two, or a ramp: {ramp}", at)


def _write(want: Want) -> str:
    return f"write {want.what}, such as {want.example}"


def _diagnose(text: str, want: Want, at: int) -> NoReturn:
    """Say why a text is no quantity; the order is that of what helps most."""
    if not text:
        raise UnreadableError("value-missing", f"{want.what} is missing here", _write(want), at)
    if comma := _DECIMAL_COMMA.search(text):
        _decimal_comma(comma, at)
    lower = text.lower()
    if re.match(r"[+-]?(nan|inf(inity)?)\b", lower) or re.match(r"[+-]?[0-9.]+e[+-]?[0-9]+", lower):
        raise UnreadableError(
            "not-a-number", f"{quoted(text)} is no plain number", "write digits, such as 5 or 4.5", at
        )
    if re.match(r"[+-]?[0-9]{10}", text) or re.match(r"[+-]?[0-9]+\.[0-9]{10}", text):
        raise UnreadableError("not-a-number", f"{quoted(text)} has more digits than a treadmill can use", None, at)
    if clock := re.fullmatch(r"([0-9]+):([0-9]+)((?::[0-9]+)?)([ \t]*/(?:km|mi))?", text):
        _bad_clock(text, clock, at)
    if percent := re.fullmatch(rf"%[ \t]*({_NUMBER})", text):
        raise UnreadableError("unreadable-value", f"in {quoted(text)} the % comes first", f"write {percent[1]} %", at)
    _diagnose_time(text, want, at)
    if want is EXTENT and (ends := _BETWEEN.fullmatch(text)):
        fix = f"write one of the two, such as {ends['last']} {ends['unit'].strip()}".rstrip()
        raise UnreadableError("unreadable-value", f"{quoted(text)} is a range; a step has one length", fix, at)
    if re.search("km/h|mph|m/s|/km|/mi", text) and Kind.TIME in want.kinds and Kind.DISTANCE in want.kinds:
        _speed_without_at(text, want, at)
    if want is SPEED and (both := _NO_COMMA.fullmatch(text)):
        fix = f"write {both[1].rstrip()}, and incline: {both[2]} % as a key of its own"
        raise UnreadableError("unreadable-value", f"{quoted(text)} is a speed and an incline", fix, at)
    _diagnose_unit(text, want, at)
    fix = _write(want)
    if re.fullmatch(NAME, text) and want is not COUNT:
        fix = f"write ${text} if that is a parameter, else {want.what} such as {want.example.split(',')[0]}"
    raise UnreadableError("unreadable-value", f"cannot read {quoted(text)} as {want.what}", fix, at)


def _diagnose_time(text: str, want: Want, at: int) -> None:
    """A time or a pace as other programs write it."""
    if pace := re.fullmatch(r"([0-9]{1,2})[.']([0-9]{2})(?:\"|'')?[ \t]*(?:min[ \t]*)?/[ \t]*(km|mi)", text):
        fix = f"write {pace[1]}:{pace[2]} /{pace[3]}"
        raise UnreadableError("unreadable-value", f"{quoted(text)} is no pace; a pace has a colon", fix, at)
    if clock := re.fullmatch(r"([0-9]{1,4}:[0-9]{2}(?::[0-9]{2})?)[ \t]*(min|h|s)(?:[a-z]*)", text):
        message = f"{quoted(text)} has a colon and a unit; the colon says it all"
        raise UnreadableError("unreadable-value", message, f"write {clock[1]}", at)
    loose = _LOOSE_TIME.fullmatch(text)
    if Kind.TIME not in want.kinds or loose is None or sum(part is not None for part in loose.groups()) < 2:
        return
    hours, minutes, seconds = loose.groups()
    if hours is not None and minutes is None:  # 1h30 is an hour and a half
        minutes, seconds = seconds, None
    parts = [f"{part} {unit}" for part, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if part is not None]
    raise UnreadableError("unknown-unit", f"cannot read {quoted(text)} as a time", f"write {' '.join(parts)}", at)


def _diagnose_unit(text: str, want: Want, at: int) -> None:
    match = re.fullmatch(r"([0-9]+:[0-9]{2}|[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))[ \t]*(.*)", text)
    if match is None:
        return
    digits, unit = match[1], match[2].strip()
    if not unit:
        _bare(text, want, at)
    if degrees := _DEGREES.fullmatch(text):
        raise UnreadableError("unknown-unit", f"{quoted(unit)} is no unit of an incline", _in_percent(degrees[1]), at)
    known = _SPELLINGS.get(unit.lower()) or (unit.lower() if unit.lower() in _UNITS else None)
    if unit in _UNITS and ":" not in digits:  # then it is the number: 5. or .5
        fixed = f"{float(digits):g} {unit}"
        raise UnreadableError("not-a-number", f"{quoted(text)} begins or ends with a point", f"write {fixed}", at)
    if known is None and (close := difflib.get_close_matches(unit.lower(), [*_UNITS, *_SPELLINGS], 1, 0.7)):
        known = _SPELLINGS.get(close[0], close[0])
    fix = f"did you mean {digits} {known}?" if known else _write(want)
    raise UnreadableError("unknown-unit", f"{quoted(unit)} is no unit that coach knows", fix, at + match.start(2))


def _bare(text: str, want: Want, at: int) -> NoReturn:
    if ":" in text and want is SPEED:
        fix = f"for a pace write {text} /km or {text} /mi"
        raise UnreadableError("bare-number-needs-unit", f"{text} is a time; {want.what} is needed here", fix, at)
    if want is COUNT:
        message = f"{text} is no whole number of rounds"
        raise UnreadableError("out-of-range", message, f"write {max(round(float(text)), 1)}", at)
    few = want is EXTENT and float(text) < FEWEST_METRES
    units = ("min", "km") if few else filter(None, (_FOR_KIND[kind] for kind in want.kinds))
    choices = " or ".join(f"{text} {unit}" for unit in units)
    fix = _write(want) if want is ANY or not choices else f"write {choices}"
    raise UnreadableError("bare-number-needs-unit", f"{text} has no unit; {want.what} is needed here", fix, at)


def _bad_clock(text: str, clock: re.Match[str], at: int) -> NoReturn:
    if clock[4] is not None and not (clock[1] + clock[2]).strip("0"):
        raise UnreadableError(
            "out-of-range", f"a pace of {text} would be endlessly fast", "write one such as 6:00 /km", at
        )
    if len(clock[2]) == 1:
        fixed = f"{clock[1]}:0{clock[2]}{clock[3]}"
        raise UnreadableError("unreadable-value", f"{quoted(text)} has one digit after the colon", f"write {fixed}", at)
    fix = "1:30 is one minute and thirty seconds, 1:30:00 is an hour and a half"
    raise UnreadableError("unreadable-value", f"in {quoted(text)} minutes and seconds go to 59", fix, at)


def _speed_without_at(text: str, want: Want, at: int) -> NoReturn:
    if found := re.fullmatch(
        rf"(.*?\S)[ \t]+(?:at[ \t]+)?((?:{_NUMBER}|[0-9]+:[0-9]+)[ \t]*(?:km/h|mph|m/s|/km|/mi).*)", text
    ):
        fix = f"write {found[1]} @ {found[2]}"
        raise UnreadableError(
            "at-missing", f"an @ is missing before the speed in {quoted(text)}", fix, at + found.start(2)
        )
    raise UnreadableError(
        "wrong-unit", f"{quoted(text)} is a speed; {want.what} is needed here", "a step is EXTENT @ SPEED, INCLINE", at
    )


def _no_speed_alone(text: str, at: int, *, alone: bool) -> None:
    """Say of what stands behind the @ that it is a heart rate, or a speed and an incline without their comma."""
    stripped = text.strip()
    at += len(text) - len(text.lstrip())
    if _HEART.fullmatch(stripped):
        fix = f"write the speed to begin at, and below it heart: {_heart_meant(stripped)} and within: 5 .. 7.5 km/h"
        raise UnreadableError("wrong-unit", f"{quoted(stripped)} is a heart rate; a speed is needed here", fix, at)
    if alone and (both := _NO_COMMA.fullmatch(stripped)):
        message = f"a comma is missing between speed and incline in {quoted(stripped)}"
        raise UnreadableError("unreadable-value", message, f"write {both[1].rstrip()}, {both[2]} %", at)


def _heart_meant(text: str) -> str:
    if zone := re.search("[1-5]$", text):
        return f"zone {zone[0]}"
    band = re.fullmatch(rf"({_NUMBER})[ \t%]*(?:\.\.|-|to)[ \t]*({_NUMBER})[ \t]*(\D+)", text.lower())
    return f"{band[1]}..{band[2]} {''.join(band[3].split())}" if band else "zone 2"


def _turned_round(left: str, right: str) -> bool:
    first, last = _quantity(left.strip()), _quantity(right.strip())
    return first is not None and first.kind is Kind.SPEED and last is not None and last.kind in EXTENT.kinds


def _comma_for_at(text: str) -> NoReturn:
    if comma := _DECIMAL_COMMA.search(text):
        _decimal_comma(comma, 0)
    left, _, right = text.partition(",")
    whole = bool(left.strip() and right.strip())
    fix = f"write {left.strip()} @ {right.strip()}" if whole else "a step is EXTENT @ SPEED, INCLINE"
    raise UnreadableError("at-missing", "a comma stands where an @ is needed", fix, len(left))


def _other_kind(text: str, quantity: Quantity, want: Want, at: int) -> NoReturn:
    if quantity.kind is Kind.COUNT or (want is SPEED and _CLOCK.fullmatch(text)):
        _bare(text, want, at)
    if want is COUNT:
        digits = re.match("[0-9]+", text)
        fix = f"write {digits[0]}" if digits else _write(want)
        raise UnreadableError("wrong-unit", f"{quoted(text)} is {quantity.kind}; {want.what} is needed here", fix, at)
    if quantity.kind is Kind.PERCENT and want is SPEED:
        fix = f"write {text} of $x, with a speed for x under params:"
        raise UnreadableError("wrong-unit", f"{quoted(text)} is a share, and nothing says of what", fix, at)
    if quantity.kind is Kind.SPEED and want is EXTENT:
        _speed_without_at(text, want, at)
    raise UnreadableError(
        "wrong-unit", f"{quoted(text)} is {quantity.kind}; {want.what} is needed here", _write(want), at
    )


def _odd_character(text: str, at: int, between: str = "->") -> NoReturn:
    index = next(index for index, sign in enumerate(text) if not sign.isascii())
    message = f"there is {_article(named(text[index]))} in {quoted(text.strip())}"
    raise UnreadableError("odd-character", message, _plainly(text, index, between), at + index)


def _plainly(text: str, index: int, between: str) -> str | None:
    """The fix for an odd character: the text with plain ones, where those say what was meant."""
    if degrees := _DEGREES.search(text):
        return _in_percent(degrees[1])
    bare = text.strip()
    bare = bare.strip(_QUOTES) if bare[:1] in _QUOTES else bare
    fixed = "".join(between if sign == "\u2026" else _INSTEAD.get(sign, sign) for sign in bare)
    unclear = _INSTEAD.get(text[index]) == "-" and text[index - 1 : index].isdigit()  # 5-6 min says nothing
    return f"write {fixed.strip()}" if fixed.strip() and fixed.isascii() and not unclear else None


def _in_percent(degrees: str) -> str:
    return f"an incline is in percent: {degrees} degrees are {number(round(100 * tan(radians(float(degrees))), 1))} %"


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def _decimal_comma(comma: re.Match[str], at: int) -> NoReturn:
    if len(comma[2]) == 3 and comma[1].strip("0") and len(comma[1]) <= 3:
        message = f"{quoted(comma[0])} has a comma within its number"
        raise UnreadableError("decimal-comma", message, f"write {comma[1]}{comma[2]}", at + comma.start())
    fixed = f"{comma[1]}.{comma[2]}"
    raise UnreadableError(
        "decimal-comma", f"{quoted(comma[0])} has a decimal comma", f"write {fixed}", at + comma.start()
    )
