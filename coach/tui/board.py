"""The app of the board, and the line to a broker as it needs it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Protocol

from textual.app import App
from textual.binding import Binding, BindingType

from coach.network.board import Board, Sent
from coach.seen.units import Units
from coach.tui.screens.board import BoardScreen
from coach.tui.theme import DEFAULT, PALETTES, known, roles, themes
from coach.tui.way_out import WayOut

log = logging.getLogger(__name__)


class Wire(Protocol):
    """The line to a broker; nothing here waits or raises."""

    @property
    def where(self) -> str:
        """The broker."""

    @property
    def state(self) -> str:
        """`connected`, or why not, in a few words."""

    @property
    def notice(self) -> str:
        """What was told of it last, in a sentence, while that is new."""

    def arrived(self) -> Sequence[tuple[str, bytes]]:
        """Topics and payloads since it was asked last."""

    def stop_all(self) -> Sent:
        """Ask every treadmill to stop."""


class BoardApp(App[None]):
    """One screen over one line."""

    CSS_PATH = Path(__file__).with_name("coach.tcss")
    ENABLE_COMMAND_PALETTE = False
    TITLE = None
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c,ctrl+q", "quit", "Leave", priority=True, show=False)]

    def __init__(self, line: Wire, board: Board, *, units: Units = Units.KMH, theme: str = DEFAULT) -> None:
        super().__init__()
        self.animation_level = "none"
        self.line = line
        self.way_out = WayOut()
        self._board, self._units = board, units
        for one in themes():
            self.register_theme(one)
        self.theme = known(theme)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles, also in a theme that is not ours."""
        return {**super().get_theme_variable_defaults(), **roles(PALETTES[DEFAULT])}

    def on_mount(self) -> None:
        """One screen is all there is."""
        self.way_out.on_signals(self.exit)
        _ = self.push_screen(BoardScreen(self._board, self._units))

    def _handle_exception(self, error: Exception) -> None:
        """To the log: Textual would print a traceback on the terminal. Textual 8.2 has no public way."""
        log.error("the board failed", exc_info=error)
        super()._handle_exception(error)
        self._exit_renderables.clear()
