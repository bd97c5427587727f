"""A screen with one page that is read on, and a thread that fills it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.worker import Worker, WorkerState

from coach.tui.screens.help import PAST
from coach.tui.screens.moved import MovedScreen
from coach.tui.widgets.page import Page
from coach.tui.widgets.pane import Line, Pane

if TYPE_CHECKING:
    from coach.tui.app import CoachApp

log = logging.getLogger(__name__)

OWN_ERROR = "That failed, an error of coach's own; the log says where."
READING = "Reading …"


class PagedScreen(MovedScreen):
    """A pane `#page`; who inherits composes and fills it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,escape,backspace", "leave", "Back")]
    DEFAULT_CSS = "PagedScreen #page { height: 1fr; }"
    moves = "#page"
    help_first = PAST
    app: CoachApp

    def __init__(self) -> None:
        super().__init__()
        self._page = Page((((READING, "text"),),))

    def show_page(self, lines: Sequence[Line]) -> None:
        """Other lines, from the place on that was being read."""
        pane = self.query_one("#page", Pane)
        self._page = Page(tuple(lines), self._page.top).moved(0, pane.size.height)
        pane.put(self._page)

    def failed(self, why: str) -> None:
        """What was to be done cannot be done; the reason is one sentence."""
        if self.is_attached:
            self.show_page([(), *(((part, "turn"),) for part in wrap(why, max(self.size.width - 2, 20)))])

    def on_mount(self) -> None:
        """Say that it is being read."""
        self.show_page(self._page.lines)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A slip of ours in a thread is told and logged; the screen stays."""
        if event.state is WorkerState.ERROR:
            log.error("%s failed", event.worker.name, exc_info=event.worker.error)
            self.failed(OWN_ERROR)

    def move(self, by: int) -> None:
        """Read on."""
        pane = self.query_one("#page", Pane)
        self._page = self._page.moved(by, pane.size.height)
        pane.put(self._page)

    def action_leave(self) -> None:
        """To what lies below."""
        self.leave()

    def leave(self) -> None:
        """Nothing is left to keep."""
        if self.app.screen is self:
            _ = self.app.pop_screen()


def sentence(text: str) -> str:
    """A message as it stands alone on a screen."""
    whole = text[:1].upper() + text[1:]
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."
