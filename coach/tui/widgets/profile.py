"""The signed profile: forward bars rise from the axis, backward bars hang from it, turns are marks on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from coach.core.plan import Plan
from coach.core.workout import Facing
from coach.keeper.wire import Snapshot
from coach.seen.units import Units, clock, speed
from coach.tui.shape import NO_SHAPE, Shape, cursor_of, shape_of
from coach.tui.widgets.pane import Line, Pane, Span

BUCKETS: Final = 240  # the heart trace's places along the session; no screen has many more columns
GUTTER: Final = 6  # columns of the speeds at the left, where there is room for them
GUTTER_FROM: Final = 60  # columns
RULER_FROM: Final = 8  # rows
LOWEST_SHARE: Final = 0.4  # of maximum heart rate: the floor of the trace
FORWARD_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
HATCH: Final = "▒"  # backward, so that it never differs by colour alone
HALF_HATCH: Final = "▀"
TURN_MARK: Final = "↻"
REST_MARK: Final = "┄"
LINE: Final = "━"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a profile shows: the shape, how far the session is, and the heart so far, in bpm by bucket."""

    shape: Shape
    units: Units = Units.KMH
    cursor: float | None = None  # share of the axis
    trace: Mapping[int, int] = field(default_factory=dict)
    line: Shape | None = None  # another shape on the same axis, as a line: what was planned of what was measured

    def highest_kmh(self, facing: Facing) -> float:
        """The fastest that is drawn on one side."""
        return max(one.highest_kmh(facing) for one in (self.shape, self.line) if one is not None)


def draw_profile(drawing: Drawing, width: int, height: int) -> list[Line]:
    """The profile in so many columns and rows."""
    shape = drawing.shape
    if not shape.total_s or width < 2 or height < 2:
        return []
    gutter = GUTTER if width >= GUTTER_FROM else 0
    ruler = height >= RULER_FROM
    columns, rows = width - gutter, height - ruler
    up, down = _sides(drawing, rows)
    scale = _scale(drawing, up, down)
    grid = _grid(shape, columns, up, down, scale, drawing.cursor)
    if drawing.line is not None:
        _draw_line(grid, drawing.line, up, scale, shape.total_s)
    _trace(grid, drawing)
    if drawing.cursor is not None:
        _cursor(grid, drawing.cursor, up)
    labels = _labels(drawing, up, down, scale, gutter)
    lines = [((label, "dim"), *_spans(row)) for label, row in zip(labels, grid, strict=True)]
    return [*lines, ((" " * gutter, "dim"), (_ruler(shape.total_s, columns), "dim"))] if ruler else lines


def _sides(drawing: Drawing, rows: int) -> tuple[int, int]:
    """Rows above and below the axis, in the ratio of the speeds, one at least where there is a bar."""
    forward, backward = drawing.highest_kmh(Facing.FORWARD), drawing.highest_kmh(Facing.BACKWARD)
    if not backward:
        return rows - 1, 0
    down = round((rows - 1) * backward / (forward + backward))
    down = min(max(down, 2 if rows >= 6 else 1), rows - 1 if not forward else rows - 2)
    return rows - 1 - down, down


def _scale(drawing: Drawing, up: int, down: int) -> float:
    """Kilometres an hour to a row."""
    forward, backward = drawing.highest_kmh(Facing.FORWARD), drawing.highest_kmh(Facing.BACKWARD)
    return max(forward / max(up, 1), backward / max(down, 1), 1e-9)


_Cell = tuple[str, str]


def _grid(shape: Shape, columns: int, up: int, down: int, scale: float, cursor: float | None) -> list[list[_Cell]]:
    """Rows of cells, the highest first."""
    grid: list[list[_Cell]] = [[(" ", "text")] * columns for _ in range(up + 1 + down)]
    for x in range(columns):
        at_s = (x + 0.5) / columns * shape.total_s
        stretch = shape.at(at_s)
        past = cursor is not None and at_s < cursor * shape.total_s
        bar = stretch.kmh(at_s) / scale
        grid[up][x] = ("─", "dim")
        if stretch.turn:
            continue
        if stretch.from_kmh == 0 and stretch.to_kmh == 0:
            grid[up][x] = (REST_MARK, "turn")
        elif stretch.facing is Facing.BACKWARD:
            _hang(grid, x, bar, up, "past-backward" if past else "backward")
        else:
            _rise(grid, x, bar, up, "past-forward" if past else "forward")
    for stretch in shape.stretches:
        if stretch.turn:
            middle_s = (stretch.from_s + stretch.to_s) / 2
            grid[up][min(int(middle_s / shape.total_s * columns), columns - 1)] = (TURN_MARK, "turn")
    return grid


def _rise(grid: list[list[_Cell]], x: int, bar: float, up: int, role: str) -> None:
    eighths = max(round(bar * 8), 1)
    for row in range(up):
        part = min(max(eighths - row * 8, 0), 8)
        if part:
            grid[up - 1 - row][x] = (FORWARD_BLOCKS[part], role)


def _hang(grid: list[list[_Cell]], x: int, bar: float, up: int, role: str) -> None:
    halves = max(round(bar * 2), 1)
    for row in range(len(grid) - up - 1):
        part = min(max(halves - row * 2, 0), 2)
        if part:
            grid[up + 1 + row][x] = (HATCH if part == 2 else HALF_HATCH, role)


def _draw_line(grid: list[list[_Cell]], shape: Shape, up: int, scale: float, total_s: float) -> None:
    """A shape as a line; where it has no stretch there is none."""
    for x in range(len(grid[0])):
        at_s = (x + 0.5) / len(grid[0]) * total_s
        stretch = shape.at(at_s) if shape.stretches else None
        if stretch is None or not stretch.from_s <= at_s < stretch.to_s or not max(stretch.from_kmh, stretch.to_kmh):
            continue
        rows = _rows(stretch.kmh(at_s), scale)
        y = up + rows if stretch.facing is Facing.BACKWARD else up - rows
        grid[min(max(y, 0), len(grid) - 1)][x] = (LINE, "turn")


def _trace(grid: list[list[_Cell]], drawing: Drawing) -> None:
    """The heart as dots from 40 % of the maximum at the bottom to the maximum at the top."""
    rows, columns, most = len(grid), len(grid[0]), drawing.shape.max_bpm
    for bucket, bpm in drawing.trace.items():
        share = min(max((bpm / most - LOWEST_SHARE) / (1 - LOWEST_SHARE), 0.0), 1.0)
        first = bucket * columns // BUCKETS
        for x in range(first, max((bucket + 1) * columns // BUCKETS, first + 1)):
            grid[round((1 - share) * (rows - 1))][x] = ("•", "trace")


def _cursor(grid: list[list[_Cell]], share: float, up: int) -> None:
    x = min(int(share * len(grid[0])), len(grid[0]) - 1)
    for y, row in enumerate(grid):
        row[x] = ("╋" if y == up else "┃", "cursor")
    grid[0][x] = ("▼", "cursor")


def _labels(drawing: Drawing, up: int, down: int, scale: float, gutter: int) -> list[str]:
    """The highest speeds of both sides at the left, each where it is drawn."""
    labels = [""] * (up + 1 + down)
    forward, backward = drawing.highest_kmh(Facing.FORWARD), drawing.highest_kmh(Facing.BACKWARD)
    if gutter:
        labels[max(up - _rows(forward, scale), 0)] = speed(forward, drawing.units)
        if down:
            labels[min(up + _rows(backward, scale), up + down)] = speed(backward, drawing.units)
    return [f"{label:>{gutter - 1}} " if gutter else "" for label in labels]


def _rows(kmh: float, scale: float) -> int:
    """How many rows a speed reaches into, one at least."""
    return max(ceil(kmh / scale - 0.01), 1)


_RULES_S: Final = (30, 60, 120, 300, 600, 900, 1200, 1800, 3600)  # between marks: as clocks are read
_LABEL: Final = 10  # columns at least between two times


def _ruler(total_s: float, columns: int) -> str:
    every_s = next((s for s in _RULES_S if s / total_s * columns >= _LABEL), _RULES_S[-1])
    out = [" "] * columns
    for number in range(int(total_s // every_s) + 1):
        x, text = int(number * every_s / total_s * columns), clock(number * every_s)
        if x + len(text) <= columns:
            out[x : x + len(text)] = text
    return "".join(out)


def _spans(row: Sequence[_Cell]) -> Iterator[Span]:
    """Neighbours of one role as one span."""
    text, role = "", row[0][1]
    for sign, its_role in row:
        if its_role != role:
            yield text, role
            text, role = "", its_role
        text += sign
    yield text, role


class Profile(Pane[Drawing]):
    """A plan as a signed profile; shown snapshots move its cursor and leave the heart's trace."""

    DEFAULT_CSS = "Profile { height: 1fr; }"

    def __init__(
        self,
        plan: Plan | None = None,
        *,
        units: Units = Units.KMH,
        id: str | None = None,  # noqa: A002 textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(draw_profile, id=id, classes=classes)
        self._units = units
        self._trace: dict[int, int] = {}
        self._plan: Plan | None = None
        self._shape = NO_SHAPE
        self.show_plan(plan)

    def show_plan(self, plan: Plan | None, units: Units | None = None) -> None:
        """Another plan, from its beginning, perhaps in other units; none is an empty pane."""
        self._units = units or self._units
        self._plan, self._trace = plan, {}
        self._shape = NO_SHAPE if plan is None else shape_of(plan)
        self.put(Drawing(self._shape, self._units))

    def show(self, snapshot: Snapshot) -> None:
        """How far the session is."""
        bucket = self.pass_by(snapshot)
        if bucket is not None:
            self.put(Drawing(self._shape, self._units, (bucket + 0.5) / BUCKETS, dict(self._trace)))

    def pass_by(self, snapshot: Snapshot) -> int | None:
        """Leave the heart's trace of a snapshot, which is not drawn; its place on the axis, where there is one."""
        if self._plan is None or not self._shape.total_s:
            return None
        share = cursor_of(self._plan, self._shape, snapshot) / self._shape.total_s
        bucket = min(int(share * BUCKETS), BUCKETS - 1)
        if snapshot.bpm is not None:
            self._trace[bucket] = snapshot.bpm
        return bucket
