"""The fields that are no plain quantity: heart ranges, the end of `until`, and the times of `say`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from coach.core.workout import HeartRange, HeartUnit, SayAt
from coach.script.problem import UnreadableError, named, number, quoted
from coach.script.quantity import read_value
from coach.script.unit import Kind, Quantity, Want

HEART_EXAMPLE: Final = "zone 2, 120..135 bpm or 60..70 %max"
UNTIL_EXAMPLE: Final = "heart < 105 bpm"
SAY_EXAMPLE: Final = "start, half, 1:00, -10 s, 50 m or every 30 s"
SAY_TIME: Final = Want("a time or a distance", (Kind.TIME, Kind.DISTANCE), SAY_EXAMPLE)

_RANGES: Final = {  # lowest and highest that mean something
    HeartUnit.BPM: (30.0, 240.0),
    HeartUnit.MAX: (30.0, 100.0),
    HeartUnit.RESERVE: (5.0, 100.0),
    HeartUnit.THRESHOLD: (30.0, 120.0),
    HeartUnit.ZONE: (1.0, 5.0),
}
_NUMBER: Final = r"([0-9]{1,4}(?:\.[0-9]{1,4})?)"
_ZONE: Final = re.compile(r"zone\s+([0-9]{1,4})(?:\s*\.\.\s*([0-9]{1,4}))?")
_RANGE: Final = re.compile(rf"{_NUMBER}\s*(?:(bpm|%max|%hrr|%lthr)\s*)?\.\.\s*{_NUMBER}\s*(bpm|%max|%hrr|%lthr)")
_BOUND: Final = re.compile(rf"{_NUMBER}\s*(bpm|%max|%hrr|%lthr)")
_UNTIL: Final = re.compile(r"heart\s*([<>])\s*(.*)")
_OTHER_ZONE: Final = re.compile(r"z(?:one)?[ _-]*([1-5])(?:\s*(?:\.\.|-|to)\s*z?(?:one)?\s*([1-5]))?", re.IGNORECASE)
_OTHER_BAND: Final = re.compile(rf"{_NUMBER}\s*%?\s*(?:\.\.|-|to|bis)\s*{_NUMBER}\s*(.*)")
_OTHER_UNTIL: Final = re.compile(
    rf"(?:heart|hr|heart ?rate|puls|pulse)?\s*(<=?|>=?|=<|=>|below|under|above|over)?\s*{_NUMBER}\s*([a-z% ]*)",
    re.IGNORECASE,
)
_UNITS: Final = {  # other people's spellings
    "": "bpm", "bpm": "bpm", "/min": "bpm", "beats": "bpm",
    "%": "%max", "% max": "%max", "%max": "%max", "% hrmax": "%max", "%hrmax": "%max", "% of max": "%max",
    "% hr": "%max", "%hr": "%max", "% hrr": "%hrr", "%hrr": "%hrr", "% lthr": "%lthr", "%lthr": "%lthr",
}  # fmt: skip
_ASCII: Final = re.compile(r"[^\x20-\x7e]")


@lru_cache(maxsize=512)
def read_heart(text: str) -> HeartRange:
    """A band: `zone 2`, `zone 2..3`, `120..135 bpm`, `60..70 %max`."""
    text = text.strip()
    if zone := _ZONE.fullmatch(text):
        return _checked(HeartRange(float(zone[1]), float(zone[2] or zone[1]), HeartUnit.ZONE))
    if (band := _RANGE.fullmatch(text)) and band[2] in (None, band[4]):
        return _checked(HeartRange(float(band[1]), float(band[3]), HeartUnit(band[4])))
    _plain(text)
    if "$" in text:
        raise UnreadableError("unreadable-value", "a heart range takes numbers, no $x", f"write {HEART_EXAMPLE}")
    message = f"cannot read {quoted(text)} as a heart range"
    if zone := (_OTHER_ZONE.fullmatch(text) or re.fullmatch(r"([1-5])()", text)):
        written = zone[1] if not zone[2] else f"{zone[1]}..{zone[2]}"
        raise UnreadableError("unreadable-value", message, f"write zone {written}")
    if re.fullmatch(rf"{_NUMBER}(\s*\.\.\s*{_NUMBER})?", text):
        fix = f"write {text} bpm" if ".." in text else f"write {HEART_EXAMPLE}"
        raise UnreadableError("bare-number-needs-unit", f"{text} has no unit; a heart range is needed here", fix)
    if _BOUND.fullmatch(text):
        fix = "a heart range has two ends, such as 120..135 bpm"
        raise UnreadableError("unreadable-value", f"{quoted(text)} is one heart rate, not a range", fix)
    if (band := _OTHER_BAND.fullmatch(text)) and (unit := _UNITS.get(band[3].lower().strip())):
        raise UnreadableError("unreadable-value", message, f"write {band[1]}..{band[2]} {unit}")
    if text[:1] in ("<", ">") and (bound := re.search(_NUMBER, text)):
        low, high = (
            (float(bound[1]) - 15, float(bound[1])) if text[0] == "<" else (float(bound[1]), float(bound[1]) + 15)
        )
        fix = f"write {number(low)}..{number(high)} bpm, or until: heart {text}"
        raise UnreadableError("unreadable-value", f"{quoted(text)} has one end; a heart range has two", fix)
    raise UnreadableError("unreadable-value", message, f"write {HEART_EXAMPLE}")


@lru_cache(maxsize=512)
def read_bound(text: str, at: int = 0) -> HeartRange:
    """One heart rate: `150 bpm`, `85 %max`."""
    stripped = text.strip()
    if bound := _BOUND.fullmatch(stripped):
        return _checked(HeartRange(float(bound[1]), float(bound[1]), HeartUnit(bound[2])), at)
    _plain(stripped, at)
    if re.fullmatch(_NUMBER, stripped):
        fix = f"write {stripped} bpm"
        raise UnreadableError("bare-number-needs-unit", f"{stripped} has no unit; a heart rate is needed here", fix, at)
    raise UnreadableError(
        "unreadable-value", f"cannot read {quoted(stripped)} as a heart rate", "write 150 bpm or 80 %max", at
    )


@lru_cache(maxsize=512)
def read_until(text: str) -> tuple[bool, HeartRange]:
    """`heart < 105 bpm`: whether below, and the bound."""
    stripped = text.strip()
    if (until := _UNTIL.fullmatch(stripped)) and until[2][:1] != "=":
        return until[1] == "<", read_bound(until[2], text.index(stripped) + until.start(2))
    _plain(stripped)
    message = f"cannot read {quoted(stripped)} as an end"
    if re.fullmatch(r"[0-9:.]+\s*(min|s|h|m|km|mi)|[0-9]+:[0-9]+", stripped):
        fix = f"a time or a distance stands behind the head; until: is {UNTIL_EXAMPLE}"
        raise UnreadableError("unreadable-value", message, fix)
    raise UnreadableError("unreadable-value", message, f"write {_until_meant(stripped)}")


def _until_meant(text: str) -> str:
    found = _OTHER_UNTIL.fullmatch(text)
    unit = _UNITS.get(found[3].lower().strip()) if found else None
    if found is None or unit is None:
        return UNTIL_EXAMPLE
    sign = ">" if (found[1] or "<").lower() in (">", ">=", "=>", "above", "over") else "<"
    return f"heart {sign} {found[2]} {unit}"


@lru_cache(maxsize=512)
def read_moment(text: str) -> tuple[SayAt, float]:
    """When a cue is due, and its amount."""
    text = text.strip()
    if text in ("start", "half"):
        return SayAt(text), 0.0
    if text.startswith("every "):
        return SayAt.EVERY_S, _amount(text[6:], 6, (Kind.TIME,)).amount
    before = text.startswith("-")
    quantity = _amount(text[1:] if before else text, int(before), SAY_TIME.kinds)
    if quantity.kind is Kind.TIME:
        return (SayAt.BEFORE_END_S if before else SayAt.AT_S), quantity.amount
    return (SayAt.BEFORE_END_M if before else SayAt.AT_M), quantity.amount


def heart_text(band: HeartRange) -> str:
    """A band as a person would write it."""
    ends = number(band.low) if band.low == band.high else f"{number(band.low)}..{number(band.high)}"
    return f"zone {ends}" if band.unit is HeartUnit.ZONE else f"{ends} {band.unit}"


def _amount(text: str, at: int, kinds: tuple[Kind, ...]) -> Quantity:
    value = read_value(text, Want(SAY_TIME.what if len(kinds) > 1 else "a time", kinds, SAY_EXAMPLE), at)
    if not isinstance(value, Quantity):
        raise UnreadableError("unreadable-value", "the time of a cue takes numbers, no $x", f"write {SAY_EXAMPLE}", at)
    if value.kind is Kind.TIME and "every" not in text and value.amount < 0:
        raise UnreadableError("unreadable-value", f"cannot read {quoted(text)} as a time", f"write {SAY_EXAMPLE}", at)
    return value


def _checked(band: HeartRange, at: int = 0) -> HeartRange:
    low, high = _RANGES[band.unit]
    if band.low > band.high:
        fix = f"write {heart_text(HeartRange(band.high, band.low, band.unit))}"
        raise UnreadableError("out-of-range", f"{heart_text(band)} begins above its end", fix, at)
    if band.low < low or band.high > high:
        limits = heart_text(HeartRange(low, high, band.unit))
        raise UnreadableError("out-of-range", f"{heart_text(band)} is outside {limits}", None, at)
    return band


def _plain(text: str, at: int = 0) -> None:
    if odd := _ASCII.search(text):
        raise UnreadableError("odd-character", f"there is a {named(odd[0])} in {quoted(text)}", None, at + odd.start())
