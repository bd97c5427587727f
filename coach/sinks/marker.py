"""Which journals are being written: a small file for each, beside the sessions, which outlives whoever is killed.

To look for journals that were left open is then to look into one folder that is almost always empty.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coach.sinks.claim import sync_folder

FOLDER: Final = ".open"  # beside the sessions, so that it goes with them when they are moved


@dataclass(frozen=True, slots=True)
class Marker:
    """Says that a journal was begun and has no end yet."""

    path: Path
    journal: Path

    def remove(self) -> None:
        """The journal has its end, or is gone. Never raises."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def mark(sessions: Path, journal: Path) -> Marker:
    """Say that this process writes a journal.

    Args:
        sessions: folder of the recorded sessions.
        journal: in it, or elsewhere, where the user wanted it.

    Raises:
        OSError: it cannot be said.
    """
    folder = sessions / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{journal.stem}-{os.getpid()}"
    name = journal.relative_to(sessions) if journal.is_relative_to(sessions) else journal.absolute()
    path.write_text(f"{name}\n", encoding="utf-8", errors="surrogateescape")
    sync_folder(folder)
    return Marker(path, journal)


def marked(sessions: Path) -> Iterator[Marker]:
    """The journals that were begun and not ended, or are being written; what cannot be read is left out."""
    with suppress(OSError):
        for path in sorted((sessions / FOLDER).iterdir()):
            with suppress(OSError):
                name = path.read_text(encoding="utf-8", errors="surrogateescape").strip()
                yield Marker(path, sessions / (name or path.name))
