"""A widget that shows lines: a pure function draws them, only what changed is painted, and a failure shows a dash."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import ClassVar, Final, Generic, TypeAlias, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from coach.seen.units import NOTHING

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # without a file to log to, nothing may be written over the screen
T = TypeVar("T")
M = TypeVar("M")

Span: TypeAlias = tuple[str, str]  # text, and the role that gives it its look
Line: TypeAlias = tuple[Span, ...]
Draw: TypeAlias = Callable[[T, int, int], Sequence[Line]]  # of a value, for columns and rows

PALETTE: Final = (  # the colours of the theme that panes are drawn in
    "paper",
    "ink",
    "ink-dim",
    "facing-forward",
    "facing-backward",
    "facing-turn",
    "on-facing",
    "alarm",
    "on-alarm",
    "good",
    "past-forward",
    "past-backward",
    "zone-0",
    "zone-1",
    "zone-2",
    "zone-3",
    "zone-4",
    "zone-5",
)
DASH: Final = (((NOTHING, "dim"),),)  # what stands where something could not be drawn
ROLES: Final = (
    "text",
    "strong",
    "dim",
    "good",
    "hot",
    "key",
    "forward",
    "backward",
    "turn",
    "alarm",
    "past-forward",
    "past-backward",
    "cursor",
    "trace",
    "on-forward",
    "on-backward",
    "on-turn",
    "on-alarm",
    "on-plain",
    "zone-0",
    "zone-1",
    "zone-2",
    "zone-3",
    "zone-4",
    "zone-5",
)
"""How a span looks; what it says never depends on it alone."""


def length(line: Line) -> int:
    """The columns that a line takes."""
    return sum(cell_len(text) for text, _ in line)


def fitted(line: Line, width: int, role: str = "text") -> Line:
    """The line cut or filled up to a width."""
    out: list[Span] = []
    left = width
    for text, its_role in line:
        cells = cell_len(text)
        if cells > left:
            out.append((set_cell_size(text, left), its_role))
            return tuple(out)
        out.append((text, its_role))
        left -= cells
    return (*out, (" " * left, role)) if left else tuple(out)


def centred(line: Line, width: int, role: str = "text") -> Line:
    """The line in the middle of a width."""
    left = max((width - length(line)) // 2, 0)
    return fitted(((" " * left, role), *line), width, role)


def apart(left: Line, right: Line, width: int, role: str = "text") -> Line:
    """Two ends of a line; the right one gives way where there is no room for both."""
    gap = width - length(left) - length(right)
    return fitted((*left, (" " * gap, role), *right), width, role) if gap >= 1 else fitted(left, width, role)


def beside(left: Sequence[Line], right: Sequence[Line], width: int) -> list[Line]:
    """Two blocks side by side, the left one `width` columns wide."""
    rows = max(len(left), len(right))
    padded = [*left, *[()] * (rows - len(left))], [*right, *[()] * (rows - len(right))]
    return [(*fitted(one, width), *other) for one, other in zip(*padded, strict=True)]


class Pane(Widget, Generic[T]):
    """Shows a value through its drawing; a drawing or a view that fails is a dash and a line in the log."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"pane--{role}" for role in ROLES}
    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Pane { background: $paper; color: $ink; height: 1; width: 1fr; }
    Pane > .pane--text { color: $ink; background: $paper; }
    Pane > .pane--strong { color: $ink; background: $paper; text-style: bold; }
    Pane > .pane--dim { color: $ink-dim; background: $paper; }
    Pane > .pane--good { color: $good; background: $paper; }
    Pane > .pane--hot { color: $on-facing; background: $facing-turn; text-style: bold; }
    Pane > .pane--key { color: $paper; background: $ink; text-style: bold; }
    Pane > .pane--forward { color: $facing-forward; background: $paper; text-style: bold; }
    Pane > .pane--backward { color: $facing-backward; background: $paper; text-style: bold; }
    Pane > .pane--turn { color: $facing-turn; background: $paper; text-style: bold; }
    Pane > .pane--alarm { color: $alarm; background: $paper; text-style: bold; }
    Pane > .pane--past-forward { color: $past-forward; background: $paper; }
    Pane > .pane--past-backward { color: $past-backward; background: $paper; }
    Pane > .pane--cursor { color: $facing-turn; background: $paper; text-style: bold; }
    Pane > .pane--trace { color: $alarm; background: $paper; text-style: bold; }
    Pane > .pane--on-forward { color: $on-facing; background: $facing-forward; text-style: bold; }
    Pane > .pane--on-backward { color: $on-facing; background: $facing-backward; text-style: bold; }
    Pane > .pane--on-turn { color: $on-facing; background: $facing-turn; text-style: bold; }
    Pane > .pane--on-alarm { color: $on-alarm; background: $alarm; text-style: bold; }
    Pane > .pane--on-plain { color: $paper; background: $ink-dim; text-style: bold; }
    Pane > .pane--zone-0 { color: $zone-0; background: $paper; text-style: bold; }
    Pane > .pane--zone-1 { color: $zone-1; background: $paper; text-style: bold; }
    Pane > .pane--zone-2 { color: $zone-2; background: $paper; text-style: bold; }
    Pane > .pane--zone-3 { color: $zone-3; background: $paper; text-style: bold; }
    Pane > .pane--zone-4 { color: $zone-4; background: $paper; text-style: bold; }
    Pane > .pane--zone-5 { color: $zone-5; background: $paper; text-style: bold; }
    """

    def __init__(self, draw: Draw[T], *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 textual's name
        super().__init__(id=id, classes=classes)
        self._draw_lines = draw
        self._value: T | None = None
        self._lines: Sequence[Line] | None = None  # of the value at the size for which it was drawn
        self._drawn_size = Size(0, 0)
        self._failed = False

    def put(self, value: T) -> None:
        """Show a value; lines that stay as they are are not painted again."""
        if value == self._value:
            return
        before, self._value = self._lines, value
        self._lines = None if before is None or self.size != self._drawn_size else self._drawn()
        if before is None or self._lines is None or len(before) != len(self._lines):
            self.refresh()
            return
        regions = [
            Region(0, y, self.size.width, 1)
            for y, (old, new) in enumerate(zip(before, self._lines, strict=True))
            if old != new
        ]
        if regions:
            self.refresh(*regions)

    def show_of(self, view: Callable[[M], T], moment: M) -> None:
        """Show what a view makes of a moment."""
        self.attempt(lambda: self.put(view(moment)))

    def attempt(self, act: Callable[[], object]) -> None:
        """Do something for this pane; a slip is a dash and a line in the log, and the screen of a moving belt stays."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 any slip: an exception here would end the app
            self._tell(error)
            self._value, self._lines, self._drawn_size = None, DASH, self.size
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the drawing; Textual asks for it also before the first size is known."""
        width = self.size.width
        plain = self._look("text")
        if self._lines is None or self.size != self._drawn_size:
            self._lines = self._drawn()
        if y >= len(self._lines):
            return Strip.blank(width, plain)
        segments = [Segment(text, self._look(role)) for text, role in self._lines[y] if text]
        return Strip(segments).adjust_cell_length(width, plain)

    def _tell(self, error: Exception) -> None:
        """Tell the log once: what fails four times a second is one failure."""
        if not self._failed:
            self._failed = True
            log.error("%s cannot be drawn", self.id or type(self).__name__, exc_info=error)

    def _look(self, role: str) -> Style:
        return self.get_component_rich_style(f"pane--{role}")

    def _drawn(self) -> Sequence[Line]:
        self._drawn_size = self.size
        if self._value is None or not self.size.width or not self.size.height:
            return ()
        try:
            lines = self._draw_lines(self._value, self.size.width, self.size.height)
        except Exception as error:  # noqa: BLE001 as in attempt(); Textual calls this one
            self._tell(error)
            return DASH
        self._failed = False
        return lines
