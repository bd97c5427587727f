"""The page before a session, for a runner who does not hear: what a voice is to others, it is to him."""

from __future__ import annotations

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

    def __init__(self, share: Share) -> None:
        super().__init__(Path())
        self._share = share
        self._once = Lock()
        self._rehearsal: Rehearsal | None = None
        self.mute = UNWATCHED

    @property
    def watched(self) -> bool:
        """A screen has drawn it within the last seconds."""
        watched = self._served().watching > 0
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

    def _served(self) -> Rehearsal:
        with self._once:
            if self._rehearsal is None:
                self._rehearsal = Rehearsal(self._share)
            return self._rehearsal

    def _shown(self, word: str, *do: str, alarm: bool = False) -> Thread:
        thread = Thread(target=lambda: self._served().show(word, *do, alarm=alarm), name="sight", daemon=True)
        thread.start()
        return thread
