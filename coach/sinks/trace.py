"""The trace: one JSON line at every event of a session, for those who want to draw or check a curve."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

from coach.core.event import Event
from coach.core.session import Session
from coach.sinks.line import name_of


class Trace:
    """Writes what holds after each event."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    @classmethod
    def open(cls, path: str | Path) -> Trace:
        """Begin a trace in a new file.

        Raises:
            OSError: it cannot be written.
        """
        return cls(Path(path).open("w", encoding="utf-8", newline="\n"))

    def take(self, event: Event, session: Session, true_kmh: float | None) -> None:
        """Write the line of one event; `true_kmh` is what the belt itself does, where that is known."""
        progress, belt = session.progress, session.belt
        line = {
            "at_s": round(event.at_s, 3),
            "event": name_of(event),
            "target_kmh": _rounded(session.guard.set_kmh),
            "reported_kmh": _rounded(belt.kmh),
            "true_kmh": _rounded(true_kmh),
            "facing": progress.facing.value,
            "phase": progress.phase.value,
            "heart_bpm": session.strap.bpm,
            "row": progress.row + 1,
        }
        self._file.write(json.dumps(line) + "\n")

    def close(self) -> None:
        """End the file."""
        self._file.close()


def _rounded(kmh: float | None) -> float | None:
    return None if kmh is None else round(kmh, 3)
