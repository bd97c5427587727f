"""Journals that nobody ended: the power failed, or the process that wrote them was killed. They are found and closed.

Closing writes behind what is there and takes nothing away. It holds the journal's lock, so that two processes do not
do it at once; where it is killed itself it is done again the next time, and comes to the same.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Final

from coach.core.error import CoachError
from coach.core.session import Session
from coach.history.account import Account
from coach.history.summary import (
    CUT_OFF,
    TRIPPED,
    Summary,
    guarded,
    read_summary,
    refolded,
    summarised,
    summary_of,
)
from coach.history.tail import has_end, is_over
from coach.sinks.claim import free_name, sync_folder
from coach.sinks.header import FORMAT
from coach.sinks.journal import BREAKS_OFF, Guarded, Recording, last_lines, parse_journal
from coach.sinks.line import JournalError, one_line
from coach.sinks.replay import NONSENSE, SENSELESS
from coach.sinks.torn import append, read_lines, read_object
from coach.system.files import AS_IS
from coach.system.lock import take

GUARD_S: Final = 2.0  # after the keeper's last line its guard has the journal, or there is none
RESTS_S: Final = 60.0  # who writes a journal writes more often: for where nothing can be locked, and for empty files
DAMAGED: Final = ".damaged"  # behind the name of a file that is kept as it was found
_BEGINS: Final = b'{"journal":%d,' % FORMAT
_OPEN: Final = os.O_RDWR | os.O_APPEND | AS_IS


class RecoverError(CoachError):
    """A journal that cannot be closed, ever; the message says why, and where it is kept."""


class NotNowError(RecoverError):
    """A journal that cannot be written now."""


class BusyError(RecoverError):
    """A journal that somebody writes still, or may be about to write."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A journal that was closed."""

    path: Path
    summary: Summary
    events: int
    cut_off_bytes: int  # of what could not be read at its end
    guard: tuple[Guarded, ...] = ()  # what a guard did
    aside: Path | None = None  # the file as it was, where more than its end was wrong


def left_open(folder: Path) -> tuple[Path, ...]:
    """The journals of a folder that have no end and that nobody writes now, oldest first; only their tails are read."""
    try:
        with os.scandir(folder) as found:
            paths = sorted(folder / one.name for one in found if one.name.endswith(".jsonl") and one.is_file())
    except OSError:
        return ()
    return tuple(path for path in paths if _left_open(path))


def recover(path: Path) -> Recovered:
    """Close a journal that was left open: end its last line, and write what the session came to, and its end.

    One that is damaged before its end is closed there, and kept beside it as it was. One that has its end is told as
    it is.

    Raises:
        BusyError: somebody writes it still.
        NotNowError: it cannot be written.
        RecoverError: nothing can be read of it; it was renamed, or it is of another version of coach.
    """
    try:
        with _held(path) as number:
            data = _all(number)
            try:
                recording = _parsed(data, path)
                summary, lines = _closing(recording)
            except JournalError as error:
                damage = error
            else:
                append(number, lines)
                return _recovered(path, recording, summary, data)
        return _salvaged(path, data, damage)
    except OSError as error:
        raise NotNowError(f"{path} cannot be closed: {(error.strerror or str(error)).lower()}") from error


def ended(path: Path) -> bool:
    """A journal has its end.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        return has_end(file.fileno())


# Which are open.


def _left_open(path: Path) -> bool:
    try:
        with path.open("rb", buffering=0) as file:
            begins = file.read(len(_BEGINS))
            ours = _BEGINS.startswith(begins) or not begins.strip(b"\0")  # also where the power failed at its begin
            if not ours or has_end(file.fileno()):
                return False
        with _held(path):
            return True
    except (OSError, RecoverError):
        return False


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """An open file that nobody else writes meanwhile.

    Raises:
        BusyError: somebody does.
        RecoverError: it is a pipe or a device.
        OSError: it cannot be opened for writing.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise RecoverError(f"{path} is not a file")
    number = os.open(path, _OPEN)
    try:
        if not _free(path, number):
            raise BusyError(f"{path} is still being written")
        yield number
    finally:
        os.close(number)


def _free(path: Path, number: int) -> bool:
    found = os.fstat(number)
    age_s = abs(time() - found.st_mtime)
    try:
        free = take(number)
    except OSError:  # nothing can be locked there
        free = age_s >= RESTS_S
    named = path.stat()  # somebody else may have put a salvaged one in its place
    same = (named.st_dev, named.st_ino) == (found.st_dev, found.st_ino)
    least_s = GUARD_S if found.st_size else RESTS_S  # a guard, or a keeper, may be about to lock it
    return free and same and (age_s >= least_s or is_over(number))


# Closing.


def _parsed(data: bytes, path: Path) -> Recording:
    return parse_journal(data.decode(errors="replace"), str(path))


def _closing(recording: Recording) -> tuple[Summary, bytes]:
    """What a session came to, and the lines that its journal lacks.

    Raises:
        JournalError: its events make no sense.
    """
    try:
        if recording.end is not None:
            return summary_of(recording), b""
        account, last = refolded(recording)
        kept = read_summary(recording.summary)
        summary = kept or _summarised(account, last, recording)
        ended = TRIPPED if recording.guard else summary.ended
        facts = None if kept is not None else summary.facts()
        lines = last_lines(ended, summary.reason, last, facts, recovered=True)
        text = "".join(map(one_line, lines))
    except SENSELESS as error:
        raise JournalError(NONSENSE) from error
    return guarded(summary, acted=bool(recording.guard)), text.encode()


def _summarised(account: Account, last: Session, recording: Recording) -> Summary:
    progress = last.progress
    ended, reason = (progress.ended, progress.reason) if progress.ended else (CUT_OFF, BREAKS_OFF)
    return summarised(account, recording.origin, ended, reason)


def _recovered(path: Path, recording: Recording, summary: Summary, data: bytes, aside: Path | None = None) -> Recovered:
    raw, whole = data.split(b"\n"), {number for number, _ in read_lines(data.decode(errors="replace")).whole}
    cut_off = sum(len(line) for number, line in enumerate(raw, 1) if number not in whole)
    return Recovered(path, summary, len(recording.entries), cut_off, recording.guard, aside)


# What is damaged before its end.


def _salvaged(path: Path, data: bytes, damage: JournalError) -> Recovered:
    """Keep what is whole, and the file as it was beside it."""
    if damage.line <= 1:
        raise _set_aside(path, data, damage)
    whole = _before(data, damage.line)
    try:
        recording = _parsed(whole, path)
        summary, lines = _closing(recording)
    except JournalError as error:
        raise _set_aside(path, data, error) from error
    aside = _kept_aside(path, data)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    _write(new, whole + lines)
    new.replace(path)
    sync_folder(path.parent)
    return _recovered(path, recording, summary, data, aside)


def _before(data: bytes, damage: int) -> bytes:
    """The lines before the damage; behind it only what a guard or the runner said still means something."""
    raw, whole = data.split(b"\n"), read_lines(data.decode(errors="replace")).whole
    said = [number for number, told in whole if number > damage and {"guard", "said"} & told.keys()]
    return b"".join(raw[number - 1] + b"\n" for number in [*range(1, damage), *said])


def _set_aside(path: Path, data: bytes, damage: JournalError) -> RecoverError:
    """Rename a file of which nothing can be read, so that nobody asks again; another version's stays where it is."""
    head = read_object(data.partition(b"\n")[0])
    if head is not None and head.get("journal") != FORMAT:
        return RecoverError(f"{path} was not written by this version of coach and stays as it is")
    aside = free_name(path.with_name(path.name + DAMAGED))
    path.rename(aside)
    sync_folder(path.parent)
    why = "its beginning is damaged" if damage.line == 1 else str(damage)
    return RecoverError(f"The recording {path.stem} cannot be read: {why}. It is kept as {aside}")


def _kept_aside(path: Path, data: bytes) -> Path:
    aside = path.with_name(path.name + DAMAGED)
    if not (aside.is_file() and aside.read_bytes() == data):  # else this was begun before, and killed
        aside = free_name(aside)
        _write(aside, data)
    return aside


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _all(number: int) -> bytes:
    size, pieces = os.fstat(number).st_size, list[bytes]()
    os.lseek(number, 0, os.SEEK_SET)
    while piece := os.read(number, max(size, 1)):
        pieces.append(piece)
    return b"".join(pieces)
