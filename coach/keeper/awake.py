"""The sleep guard: the computer does not fall asleep while a belt is kept. It does not beat a closed lid."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import Final

LEAVES_S: Final = 2.0  # how long letting go may take

log = logging.getLogger(__name__)


class Awake:
    """Holds the computer awake from a thread of its own, so that a slow desktop delays nobody."""

    def __init__(self) -> None:
        self.on = False
        self.settled = Event()  # it is known whether it holds
        self._leave = Event()
        self._thread = Thread(target=self._hold, name="awake", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let it sleep again."""
        self._leave.set()
        self._thread.join(LEAVES_S)

    def _hold(self) -> None:
        from wakepy import keep

        with keep.presenting(on_fail="pass") as mode:
            self.on = bool(mode.active)
            self.settled.set()
            log.info("sleep guard %s", "on" if self.on else "off: this system offers none")
            self._leave.wait()
        self.on = False
