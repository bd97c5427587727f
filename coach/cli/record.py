"""The journal of a session that is watched; one that fails is told and never stops a session."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from coach.cli.stage import Stage
from coach.core.level import UNLIMITED
from coach.core.session import Session
from coach.link.world import Step
from coach.places import journals
from coach.simulation import version
from coach.sinks.journal import Journal, Origin, text_of


class Record:
    """Writes a journal as long as that works."""

    def __init__(self, stage: Stage, path: Path | None, said: Callable[[str], None]) -> None:
        """Open the file.

        Raises:
            OSError: the file that was asked for cannot be written; one of our own choice is only told.
        """
        self._said = said
        self.path = path or _own_path(stage)
        self._journal: Journal | None = None
        try:
            if path is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self._journal = Journal.open(self.path, stage.plan, _origin(stage))
        except OSError as error:
            if path is not None:
                raise
            self._fail(error)

    def take(self, step: Step) -> None:
        """Write one step."""
        if self._journal is None:
            return
        try:
            self._journal.take(step.event, step.outcome)
        except OSError as error:
            self._fail(error)

    def end(self, ended: str, session: Session) -> None:
        """Write the last line."""
        if self._journal is None:
            return
        try:
            self._journal.end(ended, session.progress.reason, session)
            self._journal.close()
        except OSError as error:
            self._fail(error)
        else:
            self._said(f"Recorded in {self.path}")

    def _fail(self, error: OSError) -> None:
        self._journal = None
        self._said(f"Not recorded any more: {self.path}: {(error.strerror or str(error)).lower()}")


def _own_path(stage: Stage) -> Path:
    """A new file among the simulated sessions, named by the hour and the workout."""
    name = re.sub(r"[^\w]+", "-", stage.plan.workout.name.lower()).strip("-") or "session"
    return journals(simulated=True) / f"{datetime.now(UTC).astimezone():%Y-%m-%d-%H%M%S}-{name[:60]}.jsonl"


def _origin(stage: Stage) -> Origin:
    loaded = stage.loaded
    text = loaded.text if loaded is not None else text_of(stage.plan.workout)
    return Origin(
        script=text,
        sha256=loaded.sha256 if loaded is not None else sha256(text.encode()).hexdigest(),
        allowance=UNLIMITED,
        simulated=True,
        version=version(),
        started=datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
    )
