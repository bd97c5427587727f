"""The way out of an app when the system wants it to go, also from a terminal that is gone."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Event, Thread
from typing import Final

from coach.system.signals import ENDING, on_loop

LEAVES_S: Final = 8.0  # then the program ends without them


class WayOut:
    """Ends the process where the app does not: of a terminal that is gone Textual may wait for ever to draw a line."""

    def __init__(self) -> None:
        self.left = Event()  # set by who ran the app, when it has ended

    def on_signals(self, act: Callable[[], object]) -> None:
        """Of a signal Textual would die at once and leave the terminal as it is (measured), so signals are ours."""

        def asked() -> None:
            Thread(target=self._anyway, name="leave", daemon=True).start()
            act()

        on_loop((*ENDING, "SIGINT"), asked)

    def _anyway(self) -> None:
        if not self.left.wait(LEAVES_S):
            os._exit(1)
