"""What a guard writes down: lines behind the journal of a keeper that is gone, words in a file for the cockpit.

A thread writes them, so that a disk that hangs keeps nobody from the belt. What cannot be written is left out.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Final

from coach.sinks.claim import held
from coach.sinks.torn import append
from coach.system.files import AS_IS

LEAVES_S: Final = 2.0  # a disk that hangs keeps no guard
CLAIMS_S: Final = 1.0  # the journal's lock is free when the keeper is quite gone
_READ_WRITE: Final = os.O_RDWR | os.O_APPEND | AS_IS


class Diary:
    """Takes lines and words and never waits or raises."""

    def __init__(self, record: str, report: str) -> None:
        self._record, self._report = record, report
        self._waiting: SimpleQueue[tuple[str, bytes] | None] = SimpleQueue()
        self._thread = Thread(target=self._write, name="diary", daemon=True)
        self._thread.start()

    def note(self, line: dict[str, object]) -> None:
        """A line for the journal, if there is one."""
        self._waiting.put((self._record, json.dumps(line, separators=(",", ":")).encode() + b"\n"))

    def say(self, word: str) -> None:
        """A word for the cockpit; the newest is the last line of its file."""
        self._waiting.put((self._report, word.encode() + b"\n"))

    def close(self) -> None:
        """Write what waits, as long as that takes at most LEAVES_S."""
        self._waiting.put(None)
        self._thread.join(LEAVES_S)

    def _write(self) -> None:
        claimed: int | None = None
        while (one := self._waiting.get()) is not None:
            path, line = one
            if path:
                with suppress(OSError, ValueError):  # no folder, no room, no such name
                    _append(path, line, create=path == self._report)
            if path and path == self._record and claimed is None:
                claimed = _claimed(path)
        if claimed is not None:
            os.close(claimed)


def _claimed(path: str) -> int | None:
    """Hold the lock of the journal while lines may follow, so that nobody closes it as one that was left open."""
    with suppress(OSError, ValueError):
        number = os.open(path, _READ_WRITE)
        _ = held(number, CLAIMS_S)
        return number
    return None


def _append(path: str, line: bytes, *, create: bool) -> None:
    number = os.open(path, _READ_WRITE | (os.O_CREAT if create else 0), 0o644)
    try:
        append(number, line)
    finally:
        os.close(number)
