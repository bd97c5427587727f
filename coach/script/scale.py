"""A workout again, faster or slower: an edit of its text at the places of its numbers, which leaves all else as it is.

Speeds are rounded as a treadmill sets them, 0.1 km/h or 0.1 mph, paces to whole seconds; where a backward step uses
one, towards the slower. Heart rates, cues, inclines, distances and limits stay. A value of the runner's own is in no
file, so it stays too, and with it what is added to it or taken away.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

from coach.core.error import ScriptError
from coach.core.workout import ExtentUnit, Facing, Head, Segment, Workout
from coach.script.model import HEADS
from coach.script.problem import Findings
from coach.script.quantity import read_value
from coach.script.read import LONGEST_NAME
from coach.script.source import Listing, Node, Table, Text, read, texts
from coach.script.unit import ANY, NAME, TIME, Kind, Quantity
from coach.script.write import speed_text, time_text

LEAST_PCT: Final = Decimal(20)
MOST_PCT: Final = Decimal(300)
WHOLE: Final = Decimal(100)
TOLD: Final = 0.01  # a result that is off by more than this part is told
TINY: Final = 1e-6  # of reckoning with floats

_STEPS: Final = {"km/h": Decimal("0.1"), "mph": Decimal("0.1"), "m/s": Decimal("0.01")}
_LONG_S: Final = 60  # from here times are rounded to 5 s, below to 1 s

_N: Final = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_CLOCK: Final = r"[0-9]{1,4}:[0-9]{2}(?::[0-9]{2})?"
_REFERENCE: Final = re.compile(rf"(?:{_N}\s*%\s*of\s+)?\$({NAME})")
_SPEED: Final = re.compile(
    rf"(?P<pace>{_CLOCK})(?:\s*(?P<per>/km|/mi))?|(?P<number>{_N})(?:\s*(?P<unit>km/h|mph|m/s))?"
)
_PART: Final = rf"{_N}\s*(?:h|min|s)"
_TIME: Final = re.compile(rf"{_CLOCK}|{_PART}(?:\s*{_PART})*")
_SECONDS: Final = re.compile(rf"({_N})(\s*)s")
_SUFFIX: Final = re.compile(r" at ([0-9.]+) %$")
_SHOWN: Final = {Kind.SPEED: speed_text, Kind.TIME: time_text}
_KEYS: Final = {"speed": Kind.SPEED, "within": Kind.SPEED, "at-least": Kind.TIME}
_COMMENT: Final = re.compile(r"[ \t,\]}]*?( {2,})#")


class ScaleError(ScriptError):
    """A workout that cannot be scaled; the message begins with the place."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """How much of what it has, in percent."""

    speed_pct: Decimal = WHOLE
    time_pct: Decimal = WHOLE

    def factor(self, kind: Kind) -> Decimal:
        """What numbers of a kind are multiplied by."""
        return {Kind.SPEED: self.speed_pct, Kind.TIME: self.time_pct}.get(kind, WHOLE) / WHOLE


@dataclass(frozen=True, slots=True)
class Scaled:
    """A text after its edit."""

    text: str
    name: str
    changed: int  # numbers
    names: frozenset[str]  # that its speeds and times use, where those are scaled


@dataclass(frozen=True, slots=True)
class Off:
    """A result that is not what was asked for, since numbers are rounded."""

    line: int
    before: str
    after: str
    pct: float


class _Piece(NamedTuple):
    """A part of a text in which there may be numbers of a kind."""

    text: Text
    at: int  # offset within it
    part: str
    kind: Kind
    rear: bool = False  # a backward step uses it
    defines: str = ""  # the name that it gives a value
    varies: bool = False  # in a repeat, where that goes before a value of the runner's own

    @property
    def uses(self) -> frozenset[str]:
        """The names in it."""
        return frozenset(found[1] for found in _REFERENCE.finditer(self.part))


class _Edit(NamedTuple):
    start: int
    end: int
    new: str


def scale(text: str, scaling: Scaling, own: Iterable[str] = ()) -> Scaled:
    """Scale the text of a workout that has no error.

    Args:
        text: the workout as it is written.
        scaling: how much of what it has.
        own: the names that have a value of the runner's own.

    Raises:
        ScaleError: a number is written in a way that cannot be edited.
    """
    root = read(text, Findings())
    assert isinstance(root, Table), "a workout without an error is a map"
    pieces = [piece for piece in _with_rear(list(_pieces(root))) if scaling.factor(piece.kind) != 1]
    fixed = _fixed(pieces, own)
    lines = _Lines(text)
    edits = {edit[:2]: edit for piece in pieces for edit in _edited(piece, scaling.factor(piece.kind), lines, fixed)}
    title, name = _named(root, scaling, lines)
    kept = _kept_columns(root, [*edits.values(), name], lines)
    whole = _applied(text, [*edits.values(), name, *kept])
    return Scaled(whole, title, len(edits), frozenset().union(*(piece.uses for piece in pieces)))


def off(before: Workout, after: Workout, scaling: Scaling) -> Iterator[Off]:
    """What the rounding of numbers, and those of somebody else, made of each step: once for each line and change."""
    told = set[Off]()
    for old, new in zip(before.segments, after.segments, strict=True):
        for one, two, kind in _results(old, new):
            found = Off(old.line, _SHOWN[kind](one), _SHOWN[kind](two), 100 * two / one)
            asked = one * float(scaling.factor(kind))
            if one != two and abs(two / asked - 1) > TOLD and found not in told:
                told.add(found)
                yield found


def too_fast(before: Workout, after: Workout, scaling: Scaling) -> Off | None:
    """The first backward step that would be faster than was asked for; one that is not slower at 90 % is faster."""
    for old, new in zip(before.segments, after.segments, strict=True):
        for one, two in zip(_speeds(old), _speeds(new), strict=True):
            if old.facing is Facing.BACKWARD and two > one * float(scaling.factor(Kind.SPEED)) + TINY:
                return Off(old.line, speed_text(one), speed_text(two), 100 * two / one)
    return None


def _results(old: Segment, new: Segment) -> Iterator[tuple[float, float, Kind]]:
    yield from ((one, two, Kind.SPEED) for one, two in zip(_speeds(old), _speeds(new), strict=True))
    if old.extent.unit is ExtentUnit.TIME:
        yield old.extent.amount, new.extent.amount, Kind.TIME


def _speeds(segment: Segment) -> list[float]:
    target, heart = segment.target, segment.heart
    belt = [] if target is None else [target.speed_kmh, *([] if target.end_kmh is None else [target.end_kmh])]
    return belt if heart is None else [*belt, heart.low_kmh, heart.high_kmh]


# Where there are numbers


def _pieces(root: Table) -> Iterator[_Piece]:
    for key, node in root.items:
        if key.value == "params" and isinstance(node, Table):
            yield from (piece for name, value in node.items for piece in _value(name, value))
        elif key.value == "define" and isinstance(node, Table):
            yield from (piece for _, steps in node.items for piece in _steps(steps))
        elif key.value == "steps":
            yield from _steps(node)


def _steps(node: Node) -> Iterator[_Piece]:
    for step in node.items if isinstance(node, Listing) else ():
        if isinstance(step, Table):
            yield from _step(step)


def _step(step: Table) -> Iterator[_Piece]:
    rear = any(key.value == Head.BACKWARD for key, _ in step.items)
    for key, node in step.items:
        if key.value in ("steps", "between"):
            yield from _steps(node)
        elif key.value == "vary" and isinstance(node, Table):
            for name, values in node.items:
                for value in values.items if isinstance(values, Listing) else ():
                    yield from (piece._replace(varies=True) for piece in _value(name, value))
        elif isinstance(node, Text) and key.value in HEADS:
            extent, _, belt = node.value.partition("@")
            yield _Piece(node, 0, extent, Kind.TIME)
            yield _Piece(node, len(extent) + 1, belt.partition(",")[0], Kind.SPEED, rear)
        elif isinstance(node, Text) and key.value in _KEYS:
            yield _Piece(node, 0, node.value, _KEYS[key.value], rear)


def _value(name: Text, node: Node) -> Iterator[_Piece]:
    if isinstance(node, Text):
        value = read_value(node.value, ANY)
        quantity = value if isinstance(value, Quantity) else value.plus
        kind = Kind.COUNT if quantity is None else quantity.kind
        yield _Piece(node, 0, node.value, kind, defines=name.value)


def _with_rear(pieces: list[_Piece]) -> list[_Piece]:
    """Those that a backward step uses by name are its too; they come last, since an alias may be both."""
    names = frozenset[str]()
    found = frozenset[str]().union(*(piece.uses for piece in pieces if piece.rear))
    while found != names:
        names = found
        found = names.union(*(piece.uses for piece in pieces if piece.defines in names))
    return sorted((one._replace(rear=one.rear or one.defines in names) for one in pieces), key=lambda one: one.rear)


def _fixed(pieces: list[_Piece], own: Iterable[str]) -> frozenset[str]:
    """The names whose values are the runner's own, or vary with one that is."""
    names = frozenset[str]()
    found = frozenset(own) - {piece.defines for piece in pieces if piece.varies}
    while found != names:
        names = found
        found = names.union(piece.defines for piece in pieces if piece.varies and piece.uses & names)
    return names


# What becomes of them


def _edited(piece: _Piece, factor: Decimal, lines: _Lines, fixed: frozenset[str]) -> Iterator[_Edit]:
    part = _REFERENCE.sub(lambda found: " " * len(found[0]), piece.part)
    stays = _without_offsets(piece.part, part, fixed)
    spots = list((_SPEED if piece.kind is Kind.SPEED else _TIME).finditer(part))
    units = [found["per"] or found["unit"] for found in spots] if piece.kind is Kind.SPEED else []
    after = lines.start(piece.text)
    for found in spots:
        if not stays[found.start()].strip():
            continue
        start, end = piece.at + found.start(), piece.at + found.end()
        if piece.kind is Kind.TIME:
            new = _time(found[0], factor)
        else:
            end = piece.at + found.end("pace" if found["pace"] else "number")
            minus = part[: found.start()].rstrip().endswith("-")
            new = _speed(found, units[-1], factor, _rounding(rear=piece.rear, minus=minus))
        spot = lines.find(piece.text, start, end, after)
        after = spot.end
        yield spot._replace(new=new)


def _without_offsets(written: str, part: str, fixed: frozenset[str]) -> str:
    """The part without what stands behind a name that is not scaled: both ends of a ramp are looked at."""
    begin = 0
    for arrow in (*re.finditer(r"->|\.\.", written), None):
        end = len(written) if arrow is None else arrow.start()
        found = _REFERENCE.search(written, begin, end)
        if found and found[1] in fixed:
            part = part[:begin] + " " * (end - begin) + part[end:]
        begin = end if arrow is None else arrow.end()
    return part


def _rounding(*, rear: bool, minus: bool) -> str:
    """The way of a speed; what is taken away from one goes the other way."""
    if not rear:
        return ROUND_HALF_UP
    return ROUND_CEILING if minus else ROUND_FLOOR


def _speed(found: re.Match[str], unit: str, factor: Decimal, rounding: str) -> str:
    if found["pace"]:  # more seconds are slower
        other = {ROUND_FLOOR: ROUND_CEILING, ROUND_CEILING: ROUND_FLOOR}.get(rounding, rounding)
        return _clock(found["pace"], int((_clocked(found["pace"]) / factor).to_integral_value(other)))
    step = _STEPS[found["unit"] or unit]
    number = (Decimal(found["number"]) * factor / step).to_integral_value(rounding) * step
    shown = f"{number:f}"
    return shown if "." in found["number"] and unit != "m/s" else shown.rstrip("0").rstrip(".")


def _time(written: str, factor: Decimal) -> str:
    clock = re.fullmatch(_CLOCK, written)
    quantity = read_value(" ".join(written.split()), TIME)
    assert isinstance(quantity, Quantity), "its references were taken out"
    exact_s = Decimal(quantity.amount) * factor
    step = 5 if exact_s >= _LONG_S else 1
    whole_s = max(int((exact_s / step).to_integral_value(ROUND_HALF_UP)) * step, 1)
    if clock:
        return _clock(written, whole_s)
    seconds = _SECONDS.fullmatch(written)
    return f"{whole_s}{seconds[2]}s" if seconds else time_text(whole_s)


def _clocked(written: str) -> Decimal:
    seconds = 0
    for part in written.split(":"):
        seconds = seconds * 60 + int(part)
    return Decimal(seconds)


def _clock(written: str, seconds: int) -> str:
    """Seconds in the form in which others were written: 5:00, 05:00 or 1:05:00."""
    first, *others = written.split(":")
    minutes, rest = divmod(seconds, 60)
    if len(others) == 1:
        return f"{minutes:0{len(first)}}:{rest:02}" if first[0] == "0" else f"{minutes}:{rest:02}"
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _named(root: Table, scaling: Scaling, lines: _Lines) -> tuple[str, _Edit]:
    """What the workout is called now, and the edit of its name; one that would be too long stays."""
    node = next(node for key, node in root.items if key.value == "name")
    assert isinstance(node, Text), "a workout without an error has a name"
    raw = lines.raw(node).rstrip()
    end = lines.start(node) + len(raw) - (node.style in ("'", '"'))
    before = _SUFFIX.search(raw[: end - lines.start(node)])
    pct = scaling.speed_pct * (Decimal(before[1]) / WHOLE if before else 1)
    new = f" at {_plain(pct)} %" if scaling.speed_pct != WHOLE or scaling.time_pct == WHOLE else ""
    if scaling.time_pct != WHOLE:
        new += f" in {_plain(scaling.time_pct)} % of the time"
    old = " ".join(node.value.split())
    cut = len(before[0]) if before and scaling.speed_pct != WHOLE else 0
    title = old[: len(old) - cut] + new
    if len(title) > LONGEST_NAME:
        return old, _Edit(end, end, "")
    return title, _Edit(end - cut, end, new)


def _plain(number: Decimal) -> str:
    return f"{number.quantize(Decimal('0.1')):f}".rstrip("0").rstrip(".")


def _kept_columns(root: Table, edits: list[_Edit], lines: _Lines) -> Iterator[_Edit]:
    """Comments behind what was changed stay in their columns; two blanks are left before them."""
    ends = dict[int, int]()
    for text in texts(root):
        ends[text.end_line] = max(ends.get(text.end_line, 0), text.end_column)
    grown = dict[int, int]()
    for edit in edits:
        line = lines.number(edit.start)
        if line == lines.number(edit.end):
            grown[line] = grown.get(line, 0) + len(edit.new) - (edit.end - edit.start)
    for line, more in grown.items():
        start = lines.starts[line - 1] + ends.get(line, 1) - 1
        found = _COMMENT.match(lines.text, start) if line in ends else None
        if found and more:
            width = max(len(found[1]) - more, 2)
            yield _Edit(found.start(1), found.end(1), " " * width)


def _applied(text: str, edits: list[_Edit]) -> str:
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


class _Lines:
    """A text by line and column."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in re.finditer("\r\n|\n|\r", text))]

    def number(self, index: int) -> int:
        """The line of a character, from 1."""
        return bisect_right(self.starts, index)

    def start(self, text: Text) -> int:
        """Where a scalar begins, its quote or sign included."""
        return self.starts[text.line - 1] + text.column - 1

    def raw(self, text: Text) -> str:
        """A scalar as it stands in the file."""
        end = self.starts[text.end_line - 1] if text.end_line <= len(self.starts) else len(self.text)
        return self.text[self.start(text) : end + text.end_column - 1]

    def find(self, text: Text, start: int, end: int, after: int) -> _Edit:
        """The place in the file of a part of a scalar's value; in one that goes over lines, behind what was found.

        Raises:
            ScaleError: it stands there in another form.
        """
        raw, begins = self.raw(text), self.start(text)
        whole = raw.rfind(text.value)
        if whole >= 0:
            return _Edit(begins + whole + start, begins + whole + end, "")
        part = r"\s+".join(map(re.escape, text.value[start:end].split()))
        found = re.compile(rf"(?<![0-9.:]){part}(?![0-9.:])").search(self.text, after, begins + len(raw))
        if found is None:
            raise ScaleError(f"line {text.line}: this value cannot be scaled; write it on one line without escapes")
        return _Edit(found.start(), found.end(), "")
