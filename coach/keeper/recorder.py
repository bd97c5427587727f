"""The journal of a kept session: one that cannot be written is told once, kept, and never stops a session."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from tempfile import gettempdir
from time import monotonic
from typing import Final

from coach import places
from coach.core.plan import Plan
from coach.core.session import Session
from coach.history.account import Account
from coach.history.summary import CUT_OFF, summarised
from coach.keeper.run import Inbox
from coach.keeper.wire import Note
from coach.sinks.behind import Behind
from coach.sinks.claim import Name, free_name
from coach.sinks.header import Origin
from coach.sinks.journal import Journal
from coach.sinks.marker import Marker, mark

LEAVES_S: Final = 5.0  # so long the end of a session waits for its journal

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a session is recorded in the end."""

    path: str  # nothing: it is not
    lost: str = ""  # what is wrong with that, in a sentence


class Recorder:
    """Writes the journal of one session, and says by a marker that it is open."""

    def __init__(self, path: str, plan: Plan, origin: Origin, inbox: Inbox, name: Name = Name.FRESH) -> None:
        """Begin it, now or as soon as that can be done; notes in the inbox say what is wrong and when it is not."""
        self._origin, self._name = origin, name
        self._sessions = places.journals(simulated=origin.simulated)
        self._marker: Marker | None = None
        self._begun = self._ended = False  # its session, and its file
        self._until_s: float | None = None
        self._file = Behind(Path(path), lambda text: inbox.put(Note(text)), name=name, opened=self._mark)
        self.journal = Journal(self._file, plan, origin)

    @property
    def path(self) -> Path:
        """Of the journal."""
        return self._file.path

    @property
    def recording(self) -> bool:
        """What happens is written down."""
        return self._file.writing

    def end(self, session: Session, account: Account | None) -> None:
        """Write what the session came to, and the last line. Never raises: the belt is not done with yet.

        Args:
            session: its last state.
            account: what is summed up; None: there is no time for that, and the history makes it of the events.
        """
        self._begun = True
        ended, reason = session.progress.ended or CUT_OFF, session.progress.reason
        try:
            came_to = None if account is None else summarised(account, self._origin, ended, reason).facts()
            self.journal.end(ended, reason, session, came_to)
            self._ended = True
        except Exception:  # an error of our own: the events are there, and what they come to can be made again
            log.exception("the session is not summed up")
            with suppress(Exception):  # then it stays open, and whoever starts next closes it
                self.journal.end(ended, reason, session)
                self._ended = True

    def settle(self, timeout_s: float) -> bool:
        """Wait until all is on the disk; True when it is, or when LEAVES_S have passed since this was first asked."""
        if self._until_s is None:
            self._until_s = monotonic() + LEAVES_S
        left_s = max(self._until_s - monotonic(), 0.0)
        return self._file.settle(min(timeout_s, left_s)) or monotonic() >= self._until_s

    def where(self) -> Recorded:
        """Where the session is; what could not be written where it belongs goes to the folder for temporary files."""
        file = self._file
        if file.settled or not file.unwritten:
            return Recorded(str(file.path))
        other = free_name(Path(gettempdir()) / file.path.name)
        with suppress(OSError):
            file.rescue(other)
            take = f"`coach history --import {quote(str(other))}` takes it in"
            return Recorded(str(other), f"{file.path} cannot be written. The recording is in {other}: {take}.")
        lines = f"{file.unwritten} lines" if file.unwritten > 1 else "1 line"
        return Recorded("", f"{lines} of the recording could not be written to {file.path} and are lost.")

    def close(self) -> None:
        """Close the file. A session that never began leaves none."""
        settled = self._file.settled
        self._file.close(0.0 if self._until_s is not None else LEAVES_S)
        if not self._begun and self._name is Name.FRESH and self._marker is not None:
            with suppress(OSError):
                self._file.path.unlink()
        if self._marker is not None and ((settled and self._ended) or not self._begun):
            self._marker.remove()

    def _mark(self, path: Path) -> None:
        with suppress(OSError):  # then only a look at all journals will find it
            self._marker = mark(self._sessions, path)
