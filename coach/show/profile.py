"""The signed profile as text: forward bars rise from the axis, backward bars hang hatched, turns are marks on it.

Time runs to the right, turns and stops included; both sides have one scale, so that heights can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from coach.core.plan import Plan
from coach.show.timeline import Bar, bars_of, drawn_s, envelope, within
from coach.show.words import clock, figure

GUTTER: Final = 6  # columns of the speeds at the left, where there is room for them
GUTTER_FROM: Final = 40  # columns
RULER_FROM: Final = 6  # rows
LOWEST: Final = 3  # rows: a bar up, the axis and a bar down


@dataclass(frozen=True, slots=True)
class Signs:
    """What a profile is drawn with; no sign of one facing is a sign of the other."""

    rises: str  # a forward bar in this cell, from nothing to full
    hangs: str  # a backward bar, the same
    axis: str
    rest: str
    turn: str
    open: str  # the end of a row that has none


BLOCKS: Final = Signs(rises=" ▁▂▃▄▅▆▇█", hangs=" ▀▒", axis="─", rest="┄", turn="↻", open="»")
ASCII: Final = Signs(rises=" __==###", hangs=" '/", axis="-", rest=".", turn="T", open=">")


def profile_lines(plan: Plan, width: int, height: int, signs: Signs = BLOCKS) -> list[str]:
    """The profile in at most so many columns and rows; nothing where there is no room for one."""
    bars = bars_of(plan)
    if not bars or bars[-1].to_s <= 0 or width < 2 or height < LOWEST:
        return []
    gutter = GUTTER if width >= GUTTER_FROM else 0
    ruler = height >= RULER_FROM
    forward, backward = _tops(bars)
    up, down = _rows(forward, backward, height - ruler)
    scale = max(forward / max(up, 1), backward / max(down, 1), 1e-9)
    grid = _grid(bars, width - gutter, (up, down), scale, signs)
    labels = _labels(forward, backward, (up, down), scale, signs) if gutter else [""] * len(grid)
    lines = [(label + "".join(row)).rstrip() for label, row in zip(labels, grid, strict=True)]
    while not lines[0]:  # the scale of the other side left it empty
        lines.pop(0)
    while not lines[-1]:
        lines.pop()
    return [*lines, *[(" " * gutter + _ruler(bars, width - gutter)).rstrip()] * ruler]


def legend(plan: Plan, width: int, signs: Signs = BLOCKS) -> list[str]:
    """What the signs of a profile mean, as far as they are in it, as lines; none where there is one sign only."""
    told = [f"{signs.rises[-1]} facing the console"]
    told += [f"{signs.hangs[-1]} facing the rear"] if plan.backward else []
    told += [f"{signs.turn} turn"] if any(row.turn for row in plan.rows) else []
    told += [f"{signs.rest} rest"] if any(row.kind == "rest" for row in plan.rows) else []
    told += [f"{signs.open} no end"] if any(row.planned_s is None for row in plan.rows) else []
    lines = [" " * GUTTER + told[0]]
    for one in told[1:]:
        if len(lines[-1]) + 3 + len(one) <= width:
            lines[-1] += f"   {one}"
        else:
            lines.append(" " * GUTTER + one)
    return lines if len(told) > 1 else []


def _tops(bars: Sequence[Bar]) -> tuple[float, float]:
    """The fastest speeds facing the console and the rear."""
    forward = max((max(bar.speeds_kmh) for bar in bars if not bar.rear), default=0.0)
    return forward, max((max(bar.speeds_kmh) for bar in bars if bar.rear), default=0.0)


def _rows(forward: float, backward: float, rows: int) -> tuple[int, int]:
    """Rows above and below the axis, in the ratio of the speeds, one at least where there is a bar."""
    if not backward:
        return rows - 1, 0
    if not forward:
        return 0, rows - 1
    down = round((rows - 1) * backward / (forward + backward))
    down = min(max(down, 1), rows - 2)
    return rows - 1 - down, down


def _grid(bars: Sequence[Bar], columns: int, rows: tuple[int, int], scale: float, signs: Signs) -> list[list[str]]:
    """Rows of cells, the highest first; a column shows the fastest of what is in it, on either side."""
    up, down = rows
    rising, hanging = envelope(bars, columns)
    axis = [signs.axis] * columns
    for bar in bars:
        if bar.place.row.kind == "rest":
            for x in within(bar.stop_s, bar.to_s, bars[-1].to_s, columns):
                axis[x] = signs.rest
        elif bar.place.open:
            axis[within(bar.from_s, bar.to_s, bars[-1].to_s, columns)[-1]] = signs.open
    for x in _marks(bars, columns):
        axis[x] = signs.turn
    above = [[_cell(signs.rises, kmh / scale, up - 1 - y) for kmh in rising] for y in range(up)]
    below = [[_cell(signs.hangs, kmh / scale, y) for kmh in hanging] for y in range(down)]
    return [*above, axis, *below]


def _cell(parts: str, height: float, row: int) -> str:
    """The part of a bar in a row, counted from the axis; the lowest bar still shows."""
    most = len(parts) - 1
    return parts[min(max(_filled(parts, height) - row * most, 0), most)]


def _filled(parts: str, height: float) -> int:
    """How many parts of cells a bar fills."""
    return max(round(height * (len(parts) - 1)), 1) if height > 0 else 0


def _marks(bars: Sequence[Bar], columns: int) -> list[int]:
    """Where the turns are; each has a column of its own as long as there are columns."""
    middles = [(bar.stop_s + bar.from_s) / 2 / bars[-1].to_s * columns for bar in bars if bar.place.row.turn]
    found: list[int] = []
    for middle in middles:
        found.append(max(min(int(middle), columns - 1), found[-1] + 1 if found else 0))
    for index in range(len(found) - 1, -1, -1):
        found[index] = max(min(found[index], columns - len(found) + index), 0)
    return found


def _labels(forward: float, backward: float, rows: tuple[int, int], scale: float, signs: Signs) -> list[str]:
    """The fastest speed of either side beside the end of its bars, the unit beside the axis."""
    up, down = rows
    labels = [""] * (up + 1 + down)
    labels[up] = "km/h"
    for kmh, parts, sign in ((forward, signs.rises, -1), (backward, signs.hangs, 1)):
        if kmh:
            labels[up + sign * ceil(_filled(parts, kmh / scale) / (len(parts) - 1))] = figure(kmh)
    return [f"{label:>{GUTTER - 1}} " for label in labels]


_RULES_S: Final = (30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200)  # between marks: as clocks are read
_LABEL: Final = 10  # columns at least between two times


def _ruler(bars: Sequence[Bar], columns: int) -> str:
    """Times of the session; what is drawn of an open row has none."""
    total_s, length_s = bars[-1].to_s, bars[-1].place.end_s
    every_s = next((s for s in _RULES_S if s / total_s * columns >= _LABEL), _RULES_S[-1])
    out = [" "] * columns
    for number in range(int(length_s // every_s) + 1):
        at_s = number * every_s
        x, text = int(drawn_s(bars, at_s) / total_s * columns), clock(at_s)
        if x + len(text) <= columns and (not x or out[x - 1] == " "):
            out[x : x + len(text)] = text
    return "".join(out)
