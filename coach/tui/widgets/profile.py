"""The signed profile: forward bars rise from the axis, backward bars hang from it, turns are marks on it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from coach.core.plan import Plan, Row
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.wire import Snapshot
from coach.tui.units import Units, clock, speed
from coach.tui.widgets.pane import Line, Pane, Span

OPEN_S: Final = 120.0  # how long a row without an end is drawn
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
_TURN_SHARE: Final = {  # how far through a turn a state is
    Phase.BRIDGE: 0.0,
    Phase.SLOW: 0.1,
    Phase.RAILS: 0.3,
    Phase.STOPPING: 0.4,
    Phase.READY: 0.5,
    Phase.STARTING: 0.7,
    Phase.CONSOLE_START: 0.7,
    Phase.STEP_ON: 0.8,
    Phase.RAMP: 0.95,
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the axis: a row, or the turn before one (`row` is then the row that it leads to)."""

    from_s: float
    to_s: float
    row: int
    facing: Facing
    from_kmh: float = 0.0
    to_kmh: float = 0.0
    turn: bool = False

    def kmh(self, at_s: float) -> float:
        """The speed at a place."""
        share = (at_s - self.from_s) / max(self.to_s - self.from_s, 1e-9)
        return self.from_kmh + (self.to_kmh - self.from_kmh) * share


@dataclass(frozen=True, slots=True)
class Shape:
    """A plan as a profile draws it."""

    stretches: tuple[Stretch, ...]
    max_bpm: float

    @property
    def total_s(self) -> float:
        """The length of the axis, turns included."""
        return self.stretches[-1].to_s if self.stretches else 0.0

    def highest_kmh(self, facing: Facing) -> float:
        """The fastest bar on one side."""
        return max((max(s.from_kmh, s.to_kmh) for s in self.stretches if s.facing is facing), default=0.0)

    def at(self, at_s: float) -> Stretch:
        """The stretch at a place of the axis."""
        return self.stretches[max(bisect_right(self.stretches, at_s, key=attrgetter("from_s")) - 1, 0)]


NO_SHAPE: Final = Shape((), 1.0)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a profile shows: the shape, how far the session is, and the heart so far, in bpm by bucket."""

    shape: Shape
    units: Units = Units.KMH
    cursor: float | None = None  # share of the axis
    trace: Mapping[int, int] = field(default_factory=dict)


def shape_of(plan: Plan) -> Shape:
    """The profile of a plan; rows without an end are drawn for two minutes."""
    return Shape(tuple(_stretches(plan)), plan.runner.max_bpm)


def _stretches(plan: Plan) -> Iterator[Stretch]:
    at_s = 0.0
    for index, row in enumerate(plan.rows):
        if row.turn:
            end_s = at_s + plan.turn_s(index)
            yield Stretch(at_s, end_s, index, row.segment.facing, turn=True)
            at_s = end_s
        end_s = at_s + (OPEN_S if row.planned_s is None else row.planned_s)
        yield Stretch(at_s, end_s, index, row.segment.facing, *_speeds(row))
        at_s = end_s


def _speeds(row: Row) -> tuple[float, float]:
    target, heart = row.segment.target, row.segment.heart
    if target is None:
        return 0.0, 0.0
    if heart is not None:
        return (target.speed_kmh,) * 2
    return target.speed_kmh, target.speed_kmh if target.end_kmh is None else target.end_kmh


def cursor_of(plan: Plan, shape: Shape, snapshot: Snapshot) -> float:
    """How far along the axis a session is."""
    if snapshot.row >= len(plan.rows) or not shape.stretches:
        return shape.total_s
    own = [stretch for stretch in shape.stretches if stretch.row == snapshot.row]
    turns = own[0].turn and snapshot.clock_s <= 0
    if turns and not snapshot.runs:
        share = _TURN_SHARE.get(snapshot.phase, 0.5)
        return own[0].from_s + share * (own[0].to_s - own[0].from_s)
    return own[-1].from_s + _row_share(plan.rows[snapshot.row], snapshot) * (own[-1].to_s - own[-1].from_s)


def _row_share(row: Row, snapshot: Snapshot) -> float:
    if row.planned_m:
        return 1 - min(max((snapshot.left_m or 0.0) / row.planned_m, 0.0), 1.0)
    if row.planned_s is None:
        return snapshot.clock_s / (snapshot.clock_s + OPEN_S / 2)
    return min(snapshot.clock_s / row.planned_s, 1.0) if row.planned_s else 1.0


def draw_profile(drawing: Drawing, width: int, height: int) -> list[Line]:
    """The profile in so many columns and rows."""
    shape = drawing.shape
    if not shape.total_s or width < 2 or height < 2:
        return []
    gutter = GUTTER if width >= GUTTER_FROM else 0
    ruler = height >= RULER_FROM
    columns, rows = width - gutter, height - ruler
    up, down = _sides(shape, rows)
    grid = _grid(shape, columns, up, down, drawing.cursor)
    _trace(grid, drawing)
    if drawing.cursor is not None:
        _cursor(grid, drawing.cursor, up)
    labels = _labels(drawing, up, down, gutter)
    lines = [((label, "dim"), *_spans(row)) for label, row in zip(labels, grid, strict=True)]
    return [*lines, ((" " * gutter, "dim"), (_ruler(shape.total_s, columns), "dim"))] if ruler else lines


def _sides(shape: Shape, rows: int) -> tuple[int, int]:
    """Rows above and below the axis, in the ratio of the speeds, one at least where there is a bar."""
    forward, backward = shape.highest_kmh(Facing.FORWARD), shape.highest_kmh(Facing.BACKWARD)
    if not backward:
        return rows - 1, 0
    down = round((rows - 1) * backward / (forward + backward))
    down = min(max(down, 2 if rows >= 6 else 1), rows - 1 if not forward else rows - 2)
    return rows - 1 - down, down


_Cell = tuple[str, str]


def _grid(shape: Shape, columns: int, up: int, down: int, cursor: float | None) -> list[list[_Cell]]:
    """Rows of cells, the highest first."""
    scale = max(shape.highest_kmh(Facing.FORWARD) / max(up, 1), shape.highest_kmh(Facing.BACKWARD) / max(down, 1), 1e-9)
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


def _labels(drawing: Drawing, up: int, down: int, gutter: int) -> list[str]:
    """The highest speeds of both sides at the left."""
    labels = [""] * (up + 1 + down)
    if gutter:
        labels[0] = speed(drawing.shape.highest_kmh(Facing.FORWARD), drawing.units)
        if down:
            labels[-1] = speed(drawing.shape.highest_kmh(Facing.BACKWARD), drawing.units)
    return [f"{label:>{gutter - 1}} " if gutter else "" for label in labels]


_RULES_S: Final = (30, 60, 120, 300, 600, 900, 1200, 1800, 3600)
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
        if self._plan is None or not self._shape.total_s:
            return
        share = cursor_of(self._plan, self._shape, snapshot) / self._shape.total_s
        bucket = min(int(share * BUCKETS), BUCKETS - 1)
        if snapshot.bpm is not None:
            self._trace[bucket] = snapshot.bpm
        self.put(Drawing(self._shape, self._units, (bucket + 0.5) / BUCKETS, dict(self._trace)))
