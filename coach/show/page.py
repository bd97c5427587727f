"""A workout on the terminal: its texts, the signed profile, every row as a table, and the totals as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from coach.core.plan import Plan
from coach.core.workout import Facing
from coach.show import sentences
from coach.show.facts import Facts, RowFacts
from coach.show.profile import BLOCKS, Signs, legend, profile_lines
from coach.show.words import clock, columns, figure, wrapped

NARROWEST: Final = 60  # columns; a narrower terminal breaks lines by itself
WIDEST: Final = 200  # columns that an eye follows
WIDEST_TEXT: Final = 100  # columns of a sentence: longer lines are hard to read
HEIGHT: Final = 13  # rows of the profile
FACES: Final = {Facing.FORWARD: "console", Facing.BACKWARD: "rear", Facing.UNKNOWN: ""}

_BACKWARD: Final = "\x1b[35m"  # magenta, yellow: what the screen has for the rear and for a turn
_TURN: Final = "\x1b[33m"
_BOLD: Final = "\x1b[1m"
_PLAIN: Final = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Paper:
    """What a page is written on."""

    width: int = 80
    signs: Signs = BLOCKS
    colour: bool = False

    @property
    def text_width(self) -> int:
        """Columns of a sentence."""
        return min(self.width, WIDEST_TEXT)


def page(found: Facts, plan: Plan, paper: Paper) -> Iterator[str]:
    """All lines of it."""
    yield from _head(found, paper)
    profile = profile_lines(plan, paper.width, HEIGHT, paper.signs)
    yield from (_painted(line, paper) for line in [*profile, *legend(plan, paper.width, paper.signs), ""])
    yield from (_coloured(line, row, paper) for line, row in table(found, paper.width))
    yield ""
    for told in (*sentences.totals(found), *sentences.ifs(found)):
        yield from wrapped(told, paper.text_width)
    yield ""
    for told in (*sentences.level(found), sentences.asks(found)):
        yield from wrapped(told, paper.text_width)


def table(found: Facts, width: int) -> list[tuple[str, RowFacts | None]]:
    """Every row, its turn and what the heart does in it; each line with the row that it tells of."""
    heads, lines = _cells(found)
    keep = _fitting(heads, [cells for cells, _ in lines if cells], width)
    widths = {name: max(columns(cells[name]) for cells, _ in lines if cells) for name in keep}
    gap = " " * (2 if sum(widths.values()) + 2 * (len(keep) - 1) <= width else 1)
    told: list[tuple[str, RowFacts | None]] = []
    for cells, row in lines:
        if cells:
            told.append((gap.join(_aligned(name, cells[name], int(widths[name])) for name in keep).rstrip(), row))
        elif row is not None:
            indent = int(widths["#"] + widths["at"]) + 2 * len(gap)
            notes = [line for note in sentences.heart(row) for line in wrapped(note, width - indent)]
            told += [(" " * indent + line, row) for line in notes]
    return told


_Cells = dict[str, str]
_NAMES: Final = ("#", "at", "what", "faces", "length", "km/h", "min/km", "%", "round", "cues", "line")
_LEFT: Final = frozenset({"what", "faces"})
_DROPPED: Final = ("line", "min/km", "cues", "round")  # where the terminal is narrow, in this order


def _head(found: Facts, paper: Paper) -> Iterator[str]:
    for line in wrapped(found.name, paper.width):
        yield f"{_BOLD}{line}{_PLAIN}" if paper.colour else line
    for text in (found.description, found.purpose):
        yield from wrapped(text, paper.text_width)
    yield ""


def _cells(found: Facts) -> tuple[_Cells, list[tuple[_Cells | None, RowFacts | None]]]:
    """The header, and every line: cells, or none where the line tells what the heart does."""
    heads = {name: name for name in _NAMES}
    lines: list[tuple[_Cells | None, RowFacts | None]] = [(heads, None)]
    later = ""
    for row in found.rows:
        if row.stop is not None:
            lines.append((_stop_cells(row, later), row))
        lines.append((_row_cells(row, later), row))
        if row.heart is not None or row.until is not None:
            lines.append((None, row))
        later = "+" if later or row.length_s is None else ""
    return heads, lines


def _stop_cells(row: RowFacts, later: str) -> _Cells:
    assert row.stop is not None
    cells = dict.fromkeys(_NAMES, "")
    cells["at"] = clock(row.stop.at_s) + later
    cells["what"] = "turn to" if row.stop.turn else "stop"
    cells["faces"] = FACES[row.facing] if row.stop.turn else ""
    cells["length"] = clock(row.stop.length_s)
    return cells


def _row_cells(row: RowFacts, later: str) -> _Cells:
    return {
        "#": str(row.index),
        "at": clock(row.start_s) + later,
        "what": row.head,
        "faces": FACES[row.facing],
        "length": sentences.extent(row),
        "km/h": _ramp(row.speed_kmh, row.end_kmh),
        "min/km": _pace(row),
        "%": "" if not row.incline_pct and not row.end_incline_pct else _ramp(row.incline_pct, row.end_incline_pct),
        "round": "" if row.round is None else str(row.round),
        "cues": str(len(row.cues) or ""),
        "line": str(row.line or ""),
    }


def _ramp(first: float | None, last: float | None) -> str:
    if first is None:
        return ""
    return figure(first) if last is None else f"{figure(first)} -> {figure(last)}"


def _pace(row: RowFacts) -> str:
    steady = row.end_kmh is None and row.facing is Facing.FORWARD
    return clock(row.pace_s_km) if steady and row.pace_s_km is not None else ""


def _fitting(heads: _Cells, lines: Sequence[_Cells], width: int) -> list[str]:
    """The columns that say something and for which there is room."""
    told = [cells for cells in lines if cells is not heads]
    keep = [name for name in _NAMES if any(cells[name] for cells in told)]
    if len({cells["line"] for cells in told if cells["line"]}) == 1 and "line" in keep:
        keep.remove("line")  # of a shorthand
    widths = {name: max(columns(cells[name]) for cells in lines) for name in keep}
    for name in _DROPPED:
        if sum(widths[one] for one in keep) + len(keep) - 1 > width and name in keep:
            keep.remove(name)
    return keep


def _aligned(name: str, text: str, width: int) -> str:
    return f"{text:<{width}}" if name in _LEFT else f"{text:>{width}}"


def _coloured(line: str, row: RowFacts | None, paper: Paper) -> str:
    if not paper.colour:
        return line
    if row is None:
        return f"{_BOLD}{line}{_PLAIN}"
    if "turn to" in line:
        return f"{_TURN}{line}{_PLAIN}"
    return f"{_BACKWARD}{line}{_PLAIN}" if row.facing is Facing.BACKWARD else line


def _painted(line: str, paper: Paper) -> str:
    """The signs of a profile in their colours."""
    if not paper.colour:
        return line
    for signs, colour in ((paper.signs.hangs[1:], _BACKWARD), (paper.signs.turn, _TURN)):
        line = re.sub(f"[{re.escape(signs)}]+", lambda found: f"{colour}{found[0]}{_PLAIN}", line)  # noqa: B023
    return line
