"""Lines over an anonymous pipe: read and written by threads of their own, so that nobody waits for the other side."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Thread
from time import monotonic
from typing import IO, Final

MOST: Final = 10_000  # lines that wait for a side that does not read; older ones are dropped then
_CHUNK: Final = 65536  # what a pipe of Linux holds


class Outlet:
    """Writes lines in order; `put` never waits. A line that only its newest counts replaces the one that waits."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._lines: deque[tuple[bytes, bool]] = deque(maxlen=MOST)
        self._change = Condition()
        self._closed = self._busy = False
        self.broken = False  # the other side is gone
        self._thread = Thread(target=self._write, name=name, daemon=True)
        self._thread.start()

    def put(self, line: bytes, *, newest: bool = False) -> None:
        """Hand a line over."""
        with self._change:
            if newest and self._lines and self._lines[-1][1]:
                self._lines.pop()
            self._lines.append((line, newest))
            self._change.notify_all()

    def drain(self, timeout_s: float) -> bool:
        """Wait until all is written; False where that takes longer."""
        until_s = monotonic() + timeout_s
        with self._change:
            while (self._lines or self._busy) and not self.broken:
                if not self._change.wait(until_s - monotonic()):
                    return False
        return not self.broken

    def close(self, timeout_s: float = 1.0) -> None:
        """Write what waits, as long as that takes at most so long, and close the pipe."""
        self.drain(timeout_s)
        with self._change:
            self._closed = True
            self._change.notify_all()
        self._thread.join(timeout_s)

    def _write(self) -> None:
        while True:
            with self._change:
                while not self._lines and not self._closed:
                    self._change.wait()
                if not self._lines:
                    break
                line, _ = self._lines.popleft()
                self._busy = True
            self._out(line)
            with self._change:
                self._busy = False
                self._change.notify_all()
            if self.broken:
                break
        try:
            self._file.close()
        except OSError:
            self.broken = True

    def _out(self, line: bytes) -> None:
        try:
            self._file.write(line)
            self._file.flush()
        except (OSError, ValueError):  # the other side has closed it, or we have
            self.broken = True


def listen(
    file: IO[bytes], name: str, heard: Callable[[bytes], None], ended: Callable[[], None], longest: int
) -> Thread:
    """Read lines until the pipe ends, and close it; the callbacks come from a thread. A longer line is no line."""

    def read() -> None:
        rest = b""
        while data := _chunk(file):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                heard(line)
            if len(rest) > longest:
                rest = b""
        with suppress(OSError):
            file.close()
        ended()

    thread = Thread(target=read, name=name, daemon=True)
    thread.start()
    return thread


def _chunk(file: IO[bytes]) -> bytes:
    try:
        return file.read1(_CHUNK) if hasattr(file, "read1") else file.read(_CHUNK)
    except (OSError, ValueError):
        return b""
