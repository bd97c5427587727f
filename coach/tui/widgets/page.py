"""A page of lines that is longer than its pane: the part that is on the screen, and a mark where there is more."""

from __future__ import annotations

from dataclasses import dataclass, replace

from coach.tui.widgets.pane import Line, fitted

MORE = "▼ more below"


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, and the first that is drawn."""

    lines: tuple[Line, ...]
    top: int = 0

    def moved(self, by: int, height: int) -> Page:
        """So many lines on, and never past the last."""
        return replace(self, top=max(min(self.top + by, len(self.lines) - height), 0))


def draw_page(page: Page, width: int, height: int) -> list[Line]:
    """The lines from its first one on; the last one gives way to a mark where more follow."""
    top = page.moved(0, height).top
    shown = [fitted(((" ", "text"), *line), width) for line in page.lines[top : top + height]]
    if top + height < len(page.lines) and height > 1:
        shown[-1] = fitted(((" " * max(width - len(MORE) - 1, 0), "text"), (MORE, "dim")), width)
    return shown
