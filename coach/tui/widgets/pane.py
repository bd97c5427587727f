"""A widget that shows lines: a pure function draws them, only what changed is painted, and a failure shows a dash."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, Generic, TypeAlias, TypeVar

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

DASH: Final = (((NOTHING, "dim"),),)  # what stands where something could not be drawn
LOOKS: Final = {
    "text": ("ink", "paper", False),
    "strong": ("ink", "paper", True),
    "dim": ("ink-dim", "paper", False),
    "good": ("good", "paper", False),
    "hot": ("on-facing", "facing-turn", True),
    "key": ("paper", "ink", True),
    "forward": ("facing-forward", "paper", True),
    "backward": ("facing-backward", "paper", True),
    "turn": ("facing-turn", "paper", True),
    "alarm": ("alarm", "paper", True),
    "past-forward": ("past-forward", "paper", False),
    "past-backward": ("past-backward", "paper", False),
    "cursor": ("facing-turn", "paper", True),
    "trace": ("alarm", "paper", True),
    "on-forward": ("on-facing", "facing-forward", True),
    "on-backward": ("on-facing", "facing-backward", True),
    "on-turn": ("on-facing", "facing-turn", True),
    "on-alarm": ("on-alarm", "alarm", True),
    "on-plain": ("paper", "ink-dim", True),
    "zone-0": ("zone-0", "paper", True),
    "zone-1": ("zone-1", "paper", True),
    "zone-2": ("zone-2", "paper", True),
    "zone-3": ("zone-3", "paper", True),
    "zone-4": ("zone-4", "paper", True),
    "zone-5": ("zone-5", "paper", True),
}
"""How a span of each role looks: colour and ground, bold or not; what it says never depends on it alone."""


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


@cache
def _style(colour: str, ground: str, *, bold: bool) -> Style:
    return Style(color=colour, bgcolor=ground, bold=bold or None)


class Pane(Widget, Generic[T]):
    """Shows a value through its drawing; a drawing or a view that fails is a dash and a line in the log."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Pane { background: $paper; color: $ink; height: 1; width: 1fr; }"

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
        """As the theme has it; a component class of Textual for each role would cost each pane 25 nodes of memory."""
        colour, ground, bold = LOOKS[role]
        variables = self.app.theme_variables
        return _style(variables[colour], variables[ground], bold=bold)

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
