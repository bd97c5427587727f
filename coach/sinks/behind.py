"""A text file behind a thread: what is flushed is with the system when flush() returns, unless the disk is slow.

A disk that stalls, fills up or goes away never stops the fold: what cannot be written is kept and tried again.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Condition, Event, Thread
from time import monotonic
from typing import Final

PATIENCE_S: Final = 0.003  # a flush waits so long; a write to the page cache takes a tenth of a millisecond
SYNC_S: Final = 1.0  # what is older is on the disk (safety.md 2.10)
AGAIN_S: Final = 2.0  # between tries after an error
MOST: Final = 200_000  # lines kept for a disk that does not take them: hours
LEAVES_S: Final = 5.0


class Behind:
    """Takes the place of a text file: write(), flush(), close()."""

    def __init__(self, path: Path, told: Callable[[str], None] = lambda _: None) -> None:
        """Begin a new file.

        Args:
            path: of the file; what was in it is gone.
            told: called once when writing fails, and once when it works again; from the thread of this object.

        Raises:
            OSError: it cannot be written.
        """
        self.path = path
        self.writing = True  # the last try was good
        self._told = told
        self._number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
        self._lines: deque[bytes] = deque(maxlen=MOST)
        self._change = Condition()
        self._closed = self._slow = self._busy = False
        self._leave = Event()
        self._dirty = False
        self._threads = [Thread(target=work, name="journal", daemon=True) for work in (self._write, self._sync)]
        for thread in self._threads:
            thread.start()

    def write(self, text: str) -> int:
        """Hand text over."""
        with self._change:
            self._lines.append(text.encode(errors="replace"))
            self._change.notify_all()
        return len(text)

    def flush(self) -> None:
        """Wait until all is with the system; not at all where the disk was slow the last time."""
        if self._slow:
            return
        until_s = monotonic() + PATIENCE_S
        with self._change:
            while self._lines or self._busy:
                if not self._change.wait(max(until_s - monotonic(), 0.0)) or not self.writing:
                    self._slow = True
                    return

    def close(self) -> None:
        """Write what waits, as far as that goes within LEAVES_S."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        self._threads[0].join(LEAVES_S)
        self._leave.set()
        self._threads[1].join(LEAVES_S)

    def _write(self) -> None:
        rest = b""
        while True:
            with self._change:
                while not (self._lines or rest or self._closed):
                    self._busy = self._slow = False
                    self._change.notify_all()
                    self._change.wait()
                if not self.writing and not self._closed:
                    self._change.wait(AGAIN_S)
                if not rest:
                    rest = b"".join(self._lines)
                    self._lines.clear()
                self._busy = True
                last = self._closed
            rest = self._out(rest)
            if last:
                break
        with self._change:
            self._busy = False
            self._change.notify_all()

    def _out(self, data: bytes) -> bytes:
        """Write; what is left where that fails."""
        try:
            while data:
                data = data[os.write(self._number, data) :]
                self._dirty = True
        except OSError as error:
            if self.writing:
                self.writing = False
                self._told(f"Not recorded at the moment: {self.path}: {(error.strerror or str(error)).lower()}")
        else:
            if not self.writing:
                self.writing = True
                self._told(f"Recorded again: {self.path}")
        return data

    def _sync(self) -> None:
        """Once a second, in a thread of its own: it may take long, and lines go on to the system meanwhile."""
        left = False
        while not left:
            left = self._leave.wait(SYNC_S)
            if self._dirty:
                self._dirty = False
                with suppress(OSError):  # a pipe or a device has nothing to synchronise
                    os.fsync(self._number)
        os.close(self._number)
