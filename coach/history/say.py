"""What a runner says of a session later, written behind its journal: one line, whole and on the disk, or nothing.

Who writes a journal holds it (coach/locked.py): a keeper for its session, and whoever says something for a moment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from coach.core.error import CoachError
from coach.history.ends import read_head
from coach.history.rating import Rating
from coach.result import Json
from coach.sinks.claim import held
from coach.sinks.line import JournalError, one_line
from coach.sinks.torn import append
from coach.system.files import AS_IS

PATIENCE_S: Final = 3.0  # a keeper that has said its last word closes its journal within this
_APPEND: Final = os.O_RDWR | os.O_APPEND | AS_IS


class SayError(CoachError):
    """What was said of a session could not be kept; the message is a sentence."""


def say(path: Path, rating: Rating, at: datetime, *, patience_s: float = PATIENCE_S) -> None:
    """Write behind a journal what was said of its session; nothing where nothing was said.

    A last line that was cut off is ended first. When this returns the line is on the disk.

    Args:
        path: of the journal.
        rating: what was said.
        at: when, with its zone.
        patience_s: so long somebody else who writes it is waited for.

    Raises:
        SayError: there is no such journal, it is none, it is still being recorded, or it cannot be written.
    """
    if rating.said:
        tell(path, rating.facts(), at, patience_s=patience_s)


def tell(path: Path, facts: Mapping[str, Json], at: datetime, *, patience_s: float = PATIENCE_S) -> None:
    """Write behind a journal what is said of its session, as facts of any kind; as say().

    Raises:
        SayError: there is no such journal, it is none, it is still being recorded, or it cannot be written.
    """
    line = one_line({"said": {"at": at.isoformat(timespec="seconds"), **facts}}).encode()
    try:
        number = os.open(path, _APPEND)
        try:
            if not held(number, patience_s):
                raise SayError(f"{path.stem} is still being recorded; try again when it has ended")
            if not _journal(number):
                raise SayError(f"{path} is not a journal of a session")
            append(number, line)
        finally:
            os.close(number)
    except OSError as error:
        raise SayError(f"{path}: {(error.strerror or str(error)).lower()}") from error


def _journal(number: int) -> bool:
    """It begins with a whole header."""
    with open(number, "rb", closefd=False) as file:
        file.seek(0)
        try:
            _ = read_head(file)
        except JournalError:
            return False
    return True
