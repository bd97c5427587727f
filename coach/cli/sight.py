"""The page before a session, for a runner who does not hear: what a voice is to others, it is to him."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread
from typing import Final

from coach.keeper.wire import Share
from coach.sinks.mouth import Mouth
from coach.sinks.page import Rehearsal

UNWATCHED: Final = "no screen shows the page behind the treadmill"
ALARM: Final = ("ALARM", "This is how an alarm looks.", "Rails. Step off. Pull the clip.")
ASKED: Final = "PRESS"


class Sight(Mouth):
    """Shows what a mouth would say; served from the first time that somebody asks whether it is watched."""

    def __init__(self, share: Share, taken: Callable[[], bool] = lambda: False) -> None:
        """`taken`: a session has the address; its own page is served there, and this one never beside it."""
        super().__init__(Path())
        self._share, self._taken = share, taken
        self._once = Lock()
        self._rehearsal: Rehearsal | None = None
        self.mute = UNWATCHED

    @property
    def watched(self) -> bool:
        """A screen has drawn it within the last seconds."""
        rehearsal = self._served()
        watched = rehearsal is not None and rehearsal.watching > 0
        self.mute = "" if watched else UNWATCHED
        return watched

    def say(self, text: str) -> Thread:
        """Show it."""
        return self._shown(ASKED, text)

    def alarm(self) -> Thread:
        """Show how an alarm looks."""
        word, *do = ALARM
        return self._shown(word, *do, alarm=True)

    def close(self) -> None:
        """Make room for the page of the session."""
        with self._once:
            rehearsal, self._rehearsal = self._rehearsal, None
        if rehearsal is not None:
            rehearsal.close()

    def _served(self) -> Rehearsal | None:
        """The page before the session; none while a session has its place."""
        if self._taken():
            return None
        with self._once:
            if self._rehearsal is None:
                self._rehearsal = Rehearsal(self._share)
            return self._rehearsal

    def _shown(self, word: str, *do: str, alarm: bool = False) -> Thread:
        def show() -> None:
            if (rehearsal := self._served()) is not None:
                rehearsal.show(word, *do, alarm=alarm)

        thread = Thread(target=show, name="sight", daemon=True)
        thread.start()
        return thread
