"""The journal of a kept session: one that cannot be written is told once and never stops a session."""

from __future__ import annotations

from pathlib import Path

from coach.core.plan import Plan
from coach.core.session import Session
from coach.keeper.run import Inbox
from coach.keeper.wire import Note
from coach.sinks.behind import Behind
from coach.sinks.journal import Journal, Origin


class Recorder:
    """Writes the journal of one session."""

    def __init__(self, path: str, plan: Plan, origin: Origin, inbox: Inbox) -> None:
        """Begin it; where that fails, `journal` is None and a note in the inbox says why."""
        self.path = Path(path)
        self.journal: Journal | None = None
        self._file: Behind | None = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = Behind(self.path, lambda text: inbox.put(Note(text)))
        except OSError as error:
            inbox.put(Note(f"Not recorded: {self.path}: {(error.strerror or str(error)).lower()}"))
        else:
            self.journal = Journal(self._file, plan, origin)

    @property
    def recording(self) -> bool:
        """What happens is written down."""
        return self._file is not None and self._file.writing

    def end(self, session: Session) -> None:
        """Write the last line."""
        if self.journal is not None:
            self.journal.end(session.progress.ended or "stopped", session.progress.reason, session)

    def close(self) -> None:
        """Close the file, whether the session has ended or not."""
        if self.journal is not None:
            self.journal.close()
