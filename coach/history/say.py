"""What a runner says of a session later, written behind its journal: one line, whole and on the disk, or nothing.

Who writes a journal holds it (coach/locked.py): a keeper for its session, and whoever says something for a moment.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from coach.core.error import CoachError
from coach.history.rating import Rating
from coach.locked import take
from coach.result import Json
from coach.sinks.journal import FORMAT, one_line

PATIENCE_S: Final = 3.0  # a keeper that has said its last word closes its journal within this
LOOK_S: Final = 0.05
PIECE_BYTES: Final = 1 << 16
LONGEST_HEADER_BYTES: Final = 1 << 24  # 10,000 segments are a quarter of it
_APPEND: Final = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)


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
            if not _held(number, patience_s):
                raise SayError(f"{path.stem} is still being recorded; try again when it has ended")
            if not _journal(number):
                raise SayError(f"{path} is no journal of a session")
            _append(number, line)
        finally:
            os.close(number)
    except OSError as error:
        raise SayError(f"{path}: {(error.strerror or str(error)).lower()}") from error


def _held(number: int, patience_s: float) -> bool:
    """Nobody else writes it now; where nothing can be locked, nobody can know (Archive looks at its age)."""
    until_s = monotonic() + patience_s
    try:
        while not take(number):
            if monotonic() >= until_s:
                return False
            sleep(LOOK_S)
    except OSError:
        return True
    return True


def _journal(number: int) -> bool:
    """It begins with a whole header."""
    head = bytearray()
    os.lseek(number, 0, os.SEEK_SET)
    while b"\n" not in head:
        piece = os.read(number, PIECE_BYTES)
        if not piece or len(head) > LONGEST_HEADER_BYTES:
            return False
        head += piece
    try:
        told = json.loads(head[: head.index(b"\n")])
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("journal") == FORMAT


def _append(number: int, line: bytes) -> None:
    """Behind what is there, in one write, so that lines of two processes stay whole."""
    size = os.lseek(number, 0, os.SEEK_END)
    os.lseek(number, size - 1, os.SEEK_SET)
    line = line if os.read(number, 1) == b"\n" else b"\n" + line
    while line:
        line = line[os.write(number, line) :]
    os.fsync(number)
