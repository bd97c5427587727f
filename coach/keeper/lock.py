"""One controller for each treadmill: a lock that the system takes back when its holder dies, however that is."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from getpass import getuser
from pathlib import Path
from tempfile import gettempdir
from time import monotonic, sleep
from typing import IO, Final

from coach import places
from coach.core.error import CoachError
from coach.system.lock import take

PATIENCE_S: Final = 3.0  # a keeper whose cockpit has left is gone by then
LOOK_S: Final = 0.05  # sooner than anybody notices


def lock_folder() -> Path:
    """Where locks are: the user's own folder, or the temporary one where that cannot be written."""
    folder = places.locks()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".try").write_text("", encoding="utf-8")
    except OSError:
        return Path(gettempdir()) / f"coach-{getuser()}"
    return folder


class HeldError(CoachError):
    """Another process drives this treadmill; the message names it."""


class Lock:
    """Holds a treadmill for as long as this object or its process lives."""

    def __init__(self, folder: Path, machine: str, what: str, *, patience_s: float = PATIENCE_S) -> None:
        """Take the lock; one that is about to be given back is awaited.

        Raises:
            HeldError: another process has it.
            OSError: the folder cannot be used.
        """
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{re.sub(r'[^A-Za-z0-9]+', '-', machine).strip('-') or 'treadmill'}.lock"
        self._file = path.open("a+", encoding="utf-8")
        if not _taken(self._file, patience_s):
            holder = _holder(self._file)
            self._file.close()
            raise HeldError(f"The treadmill {machine} is driven by {holder}; one treadmill has one coach")
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps({"pid": os.getpid(), "what": what}) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Give it back."""
        self._file.close()


@contextmanager
def apart(address: str, name: str) -> Iterator[None]:
    """Nobody else of this user drives this device meanwhile: on Linux all programs share one link to it.

    Raises:
        HeldError: somebody does.
    """
    with ExitStack() as locks:
        for known_as in {address, name} - {""}:  # a session's lock has the one or the other
            lock = Lock(lock_folder(), f"air:{known_as}", "a look at it", patience_s=0.0)
            locks.callback(lock.close)
        yield


def _taken(file: IO[str], patience_s: float) -> bool:
    until_s = monotonic() + patience_s
    while not _take(file):
        if monotonic() >= until_s:
            return False
        sleep(LOOK_S)
    return True


def _holder(file: IO[str]) -> str:
    try:
        file.seek(0)
        told = json.loads(file.readline())
        return f"process {int(told['pid'])} ({told['what']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def _take(file: IO[str]) -> bool:
    try:
        return take(file.fileno())
    except OSError:  # where nothing can be locked, nobody may drive
        return False
