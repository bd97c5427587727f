"""An outline to YAML that reads back to the same segments: canonical, one key a line, numbers as a person writes them.

Speeds keep the unit in which they are round: 6.437376 km/h is written as 4 mph, 3600/401 km/h as 6:41 /km.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Final

from coach.core.workout import (
    KMH_PER_MPH,
    Extent,
    ExtentUnit,
    HeartHold,
    Say,
    SayAt,
    Segment,
    Target,
    Until,
)
from coach.script.field import heart_text
from coach.script.outline import Outline, Rounds

WIDTH: Final = 100  # columns of a folded text
EXACT: Final = 9  # decimals that the language reads
FEWEST_METRES: Final = 50.0  # fewer are written in kilometres, since 5 m is taken for minutes with a letter too few
ROUND: Final = 1e-9  # a number this near to a round one is round

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9 ._/()+-]*[A-Za-z0-9.()+]|[A-Za-z]")
_SPECIAL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\"\\]")
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\"}


def write(outline: Outline, *, schema: str | None = None) -> str:
    """The text of a workout file; `schema` is where an editor finds its schema, from the file."""
    return "\n".join(_file(outline, schema)) + "\n"


def speed_text(kmh: float) -> str:
    """A speed with its unit, such that it reads back to the same number."""
    for unit, factor in (("km/h", 1.0), ("mph", KMH_PER_MPH), ("m/s", 3.6)):
        if _round(kmh / factor, 4):
            return f"{_number(round(kmh / factor, 4))} {unit}"
    for unit, factor in (("/km", 1.0), ("/mi", KMH_PER_MPH)):
        seconds = 3600.0 * factor / kmh
        if seconds >= 60 and _round(seconds, 0):
            return f"{_pace(round(seconds))} {unit}"
    return f"{_number(kmh)} km/h"


def time_text(seconds: float) -> str:
    """A time as a person writes it: 90 s, 5 min, 1 h."""
    if seconds >= 3600 and _round(seconds / 1800, 0):
        return f"{_number(seconds / 3600)} h"
    if seconds >= 120 and _round(seconds / 30, 0):
        return f"{_number(seconds / 60)} min"
    minutes, rest = divmod(seconds, 60)
    if minutes >= 2 and _round(seconds, 0):
        return f"{minutes:.0f} min {rest:.0f} s"
    return f"{_number(seconds)} s"


def distance_text(metres: float) -> str:
    """A distance as a person writes it: 400 m, 2.5 km, 1 mi."""
    if metres >= FEWEST_METRES and _round(metres / (250 * KMH_PER_MPH), 0) and not _round(metres, 0):
        return f"{_number(round(metres / (1000 * KMH_PER_MPH), 2))} mi"
    if metres < FEWEST_METRES or (metres >= 1000 and _round(metres / 10, 0)):
        return f"{_number(metres / 1000)} km"
    return f"{_number(metres)} m"


def extent_text(extent: Extent) -> str:
    """How long a segment is."""
    match extent.unit:
        case ExtentUnit.TIME:
            return time_text(extent.amount)
        case ExtentUnit.DISTANCE:
            return distance_text(extent.amount)
        case ExtentUnit.TO_MARK:
            return f"to {distance_text(extent.amount)}"
        case ExtentUnit.OPEN:
            return "open"


def target_text(target: Target) -> str:
    """Speed and incline of a segment, either may be a ramp."""
    text = _ramp(speed_text(target.speed_kmh), None if target.end_kmh is None else speed_text(target.end_kmh))
    if target.end_incline_pct is None and target.incline_pct == 0:
        return text
    end = None if target.end_incline_pct is None else f"{_number(target.end_incline_pct)} %"
    return f"{text}, {_ramp(f'{_number(target.incline_pct)} %', end)}"


def scalar(text: str) -> str:
    """A text as a YAML scalar of one line: plain where that is safe, else in double quotes."""
    if _PLAIN.fullmatch(text) and ": " not in text and " #" not in text:
        return text
    return f'"{_SPECIAL.sub(_escaped, text)}"'


def _file(outline: Outline, schema: str | None) -> Iterator[str]:
    if schema is not None:
        yield f"# yaml-language-server: $schema={schema}"
    yield "format: 1"
    yield f"name: {scalar(outline.name)}"
    for key in ("description", "purpose", "source", "author", "language"):
        value: str = getattr(outline, key)
        if value:
            yield from _prose(key, value)
    if outline.level is not None:
        yield f"level: {outline.level}"
    if outline.tags:
        yield f"tags: {_listing(outline.tags)}"
    if outline.ask:
        yield "ask: {" + ", ".join(f"{when}: {_listing(what)}" for when, what in outline.ask) + "}"
    yield from _limits(outline)
    yield "steps:"
    for index, item in enumerate(outline.items):
        yield from (f"  # {line}".rstrip() for line in outline.comments.get(index, ()))
        yield from _item(item, "  ")
    yield from (f"  # {line}".rstrip() for line in outline.comments.get(len(outline.items), ()))


def _limits(outline: Outline) -> Iterator[str]:
    limits = []
    if outline.heart_limit is not None:
        limits.append(f"heart: {heart_text(outline.heart_limit)}")
    if outline.backward_limit_kmh is not None:
        limits.append(f"backward: {speed_text(outline.backward_limit_kmh)}")
    if limits:
        yield "limits: {" + ", ".join(limits) + "}"


def _prose(key: str, text: str) -> Iterator[str]:
    one = " ".join(text.split())
    if len(one) + len(key) + 2 <= WIDTH or _SPECIAL.search(one):
        yield f"{key}: {scalar(one)}"
        return
    yield f"{key}: >-"
    yield from wrap(
        one, WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _listing(words: Iterable[str]) -> str:
    return "[" + ", ".join(map(scalar, words)) + "]"


def _item(item: Segment | Rounds, indent: str) -> Iterator[str]:
    if isinstance(item, Rounds):
        if item.comment:
            yield f"{indent}# {item.comment}"
        yield f"{indent}- repeat: {item.times}"
        yield f"{indent}  steps:"
        for inner in item.items:
            yield from _item(inner, indent + "    ")
        return
    if item.mark is not None:
        yield f"{indent}- mark: {scalar(item.mark)}"
    yield from _segment(item, indent)


def _segment(segment: Segment, indent: str) -> Iterator[str]:
    extent = extent_text(segment.extent)
    target = "" if segment.target is None else f" @ {target_text(segment.target)}"
    yield f"{indent}- {segment.head}: {extent}{target}"
    keys = [*_hold(segment.heart), *_until(segment.until), *_say(segment.say)]
    yield from (f"{indent}  {line}" for line in keys)


def _hold(hold: HeartHold | None) -> Iterator[str]:
    if hold is not None:
        yield f"heart: {heart_text(hold.range)}"
        yield f"within: {speed_text(hold.low_kmh)} .. {speed_text(hold.high_kmh)}"


def _until(until: Until | None) -> Iterator[str]:
    if until is not None:
        yield f"until: heart {'<' if until.below else '>'} {heart_text(until.bound)}"
        if until.at_least_s:
            yield f"at-least: {time_text(until.at_least_s)}"


def _say(cues: tuple[Say, ...]) -> Iterator[str]:
    if not cues:
        return
    if len(cues) == 1 and cues[0].at is SayAt.START:
        yield f"say: {scalar(cues[0].text)}"
        return
    yield "say:"
    yield from (f"  {moment_text(cue)}: {scalar(cue.text)}" for cue in cues)


def moment_text(cue: Say) -> str:
    """When a cue is due, as the key of `say:`."""
    match cue.at:
        case SayAt.START | SayAt.HALF:
            return cue.at.value
        case SayAt.AT_S:
            return time_text(cue.amount)
        case SayAt.BEFORE_END_S:
            return f"-{time_text(cue.amount)}"
        case SayAt.AT_M:
            return distance_text(cue.amount)
        case SayAt.BEFORE_END_M:
            return f"-{distance_text(cue.amount)}"
        case SayAt.EVERY_S:
            return f"every {time_text(cue.amount)}"


def _ramp(first: str, last: str | None) -> str:
    return first if last is None else f"{first} -> {last}"


def _pace(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def _number(value: float) -> str:
    return f"{round(value, EXACT):.{EXACT}f}".rstrip("0").rstrip(".")


def _round(value: float, decimals: int) -> bool:
    return abs(value - round(value, decimals)) <= ROUND * max(1.0, abs(value))


def _escaped(sign: re.Match[str]) -> str:
    return _ESCAPES.get(sign[0], f"\\u{ord(sign[0]):04x}")
