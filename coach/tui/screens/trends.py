"""Trends: backward minutes by week, what the heart does at the same speed, the level, and the next backward day."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from coach.core.error import CoachError
from coach.tui.frame import Bar, Keys
from coach.tui.past import Outlook
from coach.tui.screens.paged import PagedScreen, sentence
from coach.tui.standing import told
from coach.tui.widgets.page import Page, draw_page
from coach.tui.widgets.pane import Pane

KEYS: Final = (("↑ ↓", "read on"), ("h", "help"), ("q", "back"))


class TrendsScreen(PagedScreen):
    """One page; it counts sessions on real belts only."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("t", "leave", "Back", show=False)]

    def __init__(self) -> None:
        super().__init__()
        self._outlook: Outlook | None = None

    def compose(self) -> ComposeResult:
        """Bar, page, keys."""
        yield Bar("Trends", id="bar")
        yield Pane[Page](draw_page, id="page")
        yield Keys(id="keys")

    def on_mount(self) -> None:
        """Say what it is, and read it."""
        whose = " · ".join(part for part in ("Trends", self.app.settings.runner) if part)
        self.query_one(Bar).tell(whose, "sessions on real belts")
        self.query_one(Keys).show(KEYS)
        self._read()

    def on_resize(self) -> None:
        """The chart is as large as there is room."""
        self.call_after_refresh(self._draw)

    @work(thread=True, group="past", exclusive=True, exit_on_error=False)
    def _read(self) -> None:
        try:
            outlook = self.app.outside.memory().outlook()
        except CoachError as error:
            self.app.call_from_thread(self.failed, sentence(str(error)))
            return
        self.app.call_from_thread(self._take, outlook)

    def _take(self, outlook: Outlook) -> None:
        self._outlook = outlook
        self._draw()

    def _draw(self) -> None:
        if self._outlook is not None and self.is_attached:
            size = self.query_one("#page").size
            self.show_page(told(self._outlook, self.app.settings.units, size.width - 2, size.height))
