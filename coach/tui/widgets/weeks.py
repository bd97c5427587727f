"""Weeks as columns: minutes as bars with the line of what was allowed, and numbers in the same columns below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from coach.history.report.tell import short_day
from coach.tui.widgets.pane import Line, Span
from coach.tui.widgets.profile import FORWARD_BLOCKS, LINE

GUTTER: Final = 6  # columns of the scale at the left
COLUMN: Final = 8  # columns of a week: a day with its month, and a gap
LOWEST: Final = 4  # rows that a chart needs


@dataclass(frozen=True, slots=True)
class Bar:
    """A week with its minutes and the most that was allowed, where there was a limit."""

    monday: date
    minutes: float
    most: float | None

    @property
    def over(self) -> bool:
        """More was done than was allowed."""
        return self.most is not None and self.minutes > self.most + 0.05


def fitting(width: int) -> int:
    """How many weeks have room."""
    return max((width - GUTTER) // COLUMN, 1)


def draw_bars(bars: Sequence[Bar], width: int, height: int) -> list[Line]:
    """The newest weeks that have room, oldest first: number, bar, axis and day; nothing where there is no room."""
    bars = bars[-fitting(width) :]
    rows = height - 2  # axis and days
    if rows < LOWEST or not bars:
        return []
    most = max((max(bar.minutes, bar.most or 0.0) for bar in bars), default=0.0)
    scale = max(most, 1.0) / (rows - 1.5)  # the number stands above the highest bar, and lines in the middle of a row
    columns = [_column(bar, rows, scale) for bar in bars]
    lines = [(_label(row, scale), *(column[row] for column in columns)) for row in range(rows - 1, -1, -1)]
    axis: Line = ((f"{'0':>{GUTTER - 2}} └" + "─" * COLUMN * len(bars), "dim"),)
    return [*lines, axis, days([bar.monday for bar in bars])]


def _label(row: int, scale: float) -> Span:
    """Every other row has the minutes of its middle."""
    text = f"{(row + 0.5) * scale:.1f}" if row % 2 else ""
    return f"{text:>{GUTTER - 2}} │", "dim"


def _column(bar: Bar, rows: int, scale: float) -> list[Span]:
    """A week from the axis up: the bar, the line of what was allowed, and the number on the bar's side of that line."""
    parts = [min(max(round((bar.minutes / scale - row) * 8), 0), 8) for row in range(rows)]
    cells: list[Span] = [(f"  {FORWARD_BLOCKS[part] * (COLUMN - 4)}  ", "backward") for part in parts]
    line = rows if bar.most is None else min(int(bar.most / scale), rows - 1)
    if line < rows:
        cells[line] = (f" {LINE * (COLUMN - 2)} ", "turn")
    if bar.minutes:
        above = parts.index(0) if 0 in parts else rows - 1
        place = max(above, line + 1) if bar.over else min(above, line - 1)
        text = f"{bar.minutes:.1f}!" if bar.over else f"{bar.minutes:.1f}"
        cells[min(max(place, 0), rows - 1)] = (f"{text:^{COLUMN}}", "turn" if bar.over else "strong")
    return cells


def days(mondays: Sequence[date]) -> Line:
    """The days on which weeks begin, in their columns."""
    return ((" " * GUTTER + "".join(f"{short_day(monday):^{COLUMN}}" for monday in mondays), "dim"),)


def in_columns(mondays: Sequence[date], cells: Mapping[date, str]) -> Line:
    """Words in the columns of their weeks."""
    return ((" " * GUTTER + "".join(f"{cells.get(monday, '·'):^{COLUMN}}" for monday in mondays), "strong"),)
