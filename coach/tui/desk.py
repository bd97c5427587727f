"""What goes on behind the Done screen: the look into the history and the writing of answers, in order, in a thread.

The screen never waits for it, and what was handed over is written also when the screen is left at once.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from coach.core.error import CoachError
from coach.history.rating import Rating
from coach.keeper.wire import Done
from coach.tui.outside import Aftermath, Afterwards

log = logging.getLogger(__name__)


class Desk:
    """Serves one Done screen; every method returns at once."""

    def __init__(self, outside: Afterwards, done: Done) -> None:
        self._outside, self._done = outside, done
        self._thread = ThreadPoolExecutor(1, "desk")
        self._looked: Future[Aftermath] | None = self._thread.submit(outside.aftermath, done)
        self._written: list[Future[None]] = []

    def looked(self) -> Aftermath | None:
        """What was found, once, as soon as it was."""
        if self._looked is None or not self._looked.done():
            return None
        looked, self._looked = self._looked, None
        return looked.result()

    def keep(self, rating: Rating) -> None:
        """Have an answer written down."""
        self._written.append(self._thread.submit(self._outside.rate, self._done, rating))

    def trouble(self) -> str:
        """Why an answer could not be written, once; nothing where all is well so far."""
        told = ""
        over = [one for one in self._written if one.done()]
        self._written = [one for one in self._written if not one.done()]
        for one in over:
            try:
                one.result()
            except CoachError as error:
                log.warning("an answer was not kept: %s", error)
                told = f"Not kept: {error}."
        return told

    def close(self) -> None:
        """Nothing more will be asked; what waits is still written."""
        self._thread.shutdown(wait=False)
