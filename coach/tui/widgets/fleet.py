"""The table of a board: a line for each treadmill, alarms with a second one, as many as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from coach.network.board import Group, Row
from coach.seen.board import COLUMNS, NAME, NONE_YET, below, cells, heads
from coach.seen.units import Units
from coach.tui.widgets.pane import Line, Span, centred, fitted, length

WIDE: Final = 110  # columns from which the wide form has room
ARMED: Final = "ALL STOP: press a again"


@dataclass(frozen=True, slots=True)
class Fleet:
    """The rows, and the first that is drawn."""

    rows: tuple[Row, ...] = ()
    top: int = 0
    units: Units = Units.KMH
    empty: str = NONE_YET

    def moved(self, by: int, height: int) -> Fleet:
        """So many rows on, and never past the last."""
        return replace(self, top=max(min(self.top + by, _last_top(self.rows, height)), 0))


def draw_fleet(fleet: Fleet, width: int, height: int) -> list[Line]:
    """The rows from the first one on; where more are above or below, the last line says so."""
    if not fleet.rows:
        return [fitted(((f" {fleet.empty}", "dim"),), width)]
    top = fleet.moved(0, height).top
    if not top and sum(map(_tall, fleet.rows)) <= height:
        return [line for row in fleet.rows for line in _lines(row, fleet.units, width)]
    lines: list[Line] = []
    last = top
    for row in fleet.rows[top:]:
        if len(lines) + _tall(row) > height - 1:
            break
        lines += _lines(row, fleet.units, width)
        last += 1
    gap: list[Line] = [()] * (height - 1 - len(lines))
    return [*lines, *gap, fitted(((f" {_hidden(fleet.rows, top, last)}", "turn"),), width)]


def _tall(row: Row) -> int:
    return 2 if row.group is Group.ALARM else 1 + len(below(row))


def _last_top(rows: Sequence[Row], height: int) -> int:
    """The first row from which on all that follow have room."""
    if sum(map(_tall, rows)) <= height:
        return 0
    left = height - 1
    for at in range(len(rows) - 1, -1, -1):
        left -= _tall(rows[at])
        if left < 0:
            return min(at + 1, len(rows) - 1)
    return 0


def draw_heads(units: Units, width: int, height: int) -> list[Line]:
    """What stands over the columns."""
    del height
    return [fitted(_set([(head, "dim") for head in heads(units)], width), width)]


def draw_loud(texts: Sequence[Span], width: int, height: int) -> list[Line]:
    """Texts in the middle of fields of colour; with rows to spare the field is as high as there is room."""
    above = max(height - len(texts), 0) // 2
    role = texts[0][1] if texts else "text"
    lines: list[Line] = [fitted((), width, role)] * above
    lines += [centred(((text, its_role),), width, its_role) for text, its_role in texts]
    return [*lines, *[fitted((), width, role)] * (height - len(lines))][:height]


def _hidden(rows: Sequence[Row], first: int, last: int) -> str:
    """How many rows are not on the screen; alarms among them are told."""
    out = (*rows[:first], *rows[last:])
    if not out:
        return ""
    parts = [f"{first} above" if first else "", f"{len(rows) - last} below" if last < len(rows) else ""]
    alarms = sum(row.group is Group.ALARM for row in out)
    told = f", ‼ {alarms} of them in alarm" if alarms else ""
    return f"{' and '.join(part for part in parts if part)}{told}: ↑ ↓"


def _lines(row: Row, units: Units, width: int) -> list[Line]:
    spans = _set(cells(row, units, wide=width >= WIDE), width)
    if row.group is not Group.ALARM:
        more = [fitted(((f"   ‼ {text}", "on-alarm"),), width, "on-alarm") for text in below(row)]
        return [fitted(spans, width), *more]
    loud: Line = (("".join(text for text, _ in spans), "on-alarm"),)
    words = "   ‼ " + "; ".join(below(row))
    return [fitted(loud, width, "on-alarm"), fitted(((words, "on-alarm"),), width, "on-alarm")]


def _short(name: str, room: int) -> str:
    """A name that has no room loses its middle: names of one studio differ at the end."""
    if len(name) <= room:
        return name
    tail = (room - 1) * 2 // 3
    return f"{name[: room - 1 - tail]}…{name[-tail:]}"


def _set(texts: Sequence[Span], width: int) -> Line:
    """Texts in their columns; the last takes what is left."""
    out: list[Span] = []
    left = width
    for (text, role), column in zip(texts, COLUMNS, strict=True):
        room = column.wide if width >= WIDE else column.usual
        room = min(room or left, left)
        if room <= 0:
            break
        text = _short(text, room) if column.head == NAME else text
        blank = max(room - length(((text, role),)), 0)
        cell = ((" " * blank, "text"), (text, role)) if column.right else ((text, role),)
        out += [*fitted(cell, room), (" ", "text")]
        left -= room + 1
    return tuple(out)
