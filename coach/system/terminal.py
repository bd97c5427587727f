"""The terminal: single keys as they are sent, what it answers to a question, and whether it draws colours."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Event
from time import monotonic
from typing import Final, Protocol

from coach.system import SYSTEM

ESC_S: Final = 0.03  # a lone Esc is Esc after this; an arrow brings its other bytes at once
LONGEST_BURST: Final = 256  # bytes of presses that came at once
POLL_S: Final = 0.02  # where the system cannot wait for a key and for something else
_FIRST: Final = "\x00\xe0"  # of two signs, by which Windows tells the keys that have no letter
_SECOND: Final = {"H": "\x1b[A", "P": "\x1b[B", "M": "\x1b[C", "K": "\x1b[D", "Q": "\x1b[6~"}  # and xterm's names


class Keys(Protocol):
    """Keys of the terminal of this process."""

    def single(self) -> None:
        """From here on keys come singly and unseen; Ctrl-C stays what it is."""

    def sent(self, wait_s: float | None = None) -> str:
        """What a press sends, by xterm's names; empty when the time is over or somebody called `wake`.

        Raises:
            OSError: the terminal is gone.
            KeyboardInterrupt: Ctrl-C came as a key.
        """

    def wake(self) -> None:
        """Whoever waits for a key waits no longer, and never again; for another thread."""

    def forget(self) -> None:
        """What was typed so far is no press."""

    def close(self) -> None:
        """The terminal is as it was."""


class Console(Protocol):
    """What msvcrt offers of a console of Windows."""

    def kbhit(self) -> bool:
        """A key was pressed."""

    def getwch(self) -> str:
        """The next sign, awaited."""


class ConsoleKeys:
    """Keys of a console of Windows, which gives them singly at any time and cannot wait for one with a limit."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._left = Event()

    def single(self) -> None:
        """They are."""

    def sent(self, wait_s: float | None = None) -> str:
        """A key that is waited for could not be given back, so it is asked for again and again."""
        until_s = None if wait_s is None else monotonic() + wait_s
        while not self._left.is_set():
            if self._console.kbhit():
                return self._sign()
            if until_s is not None and monotonic() >= until_s:
                return ""
            _ = self._left.wait(POLL_S if until_s is None else min(POLL_S, max(until_s - monotonic(), 0.0)))
        return ""

    def _sign(self) -> str:
        sign = self._console.getwch()
        if sign == "\x03":
            raise KeyboardInterrupt
        if sign not in _FIRST:
            return sign
        second = self._console.getwch()
        return _SECOND.get(second, f"\x1b[0;{ord(second)}~")  # no key of ours, and one that can be learned

    def wake(self) -> None:
        """At its next look."""
        self._left.set()

    def forget(self) -> None:
        """All that waits is read."""
        while self._console.kbhit():
            _ = self._console.getwch()

    def close(self) -> None:
        """Nothing was changed."""


def colours(variables: Mapping[str, str], system: str = SYSTEM) -> bool:
    """A terminal of this system draws colours; of those of Windows the newer one, which says so."""
    return system != "win32" or "WT_SESSION" in variables


if sys.platform == "win32":
    import msvcrt

    def keys(number: int | None = None) -> Keys:
        """The keys of this console."""
        del number
        return ConsoleKeys(msvcrt)

    def in_background(number: int) -> bool:
        """Windows has no jobs of a shell."""
        del number
        return False

    def ask(number: int, question: bytes, over: Callable[[bytes], object], wait_s: float) -> bytes | None:
        """Nothing is asked: an answer would come as keys."""
        del number, question, over, wait_s
        return None

else:
    import select
    import termios
    import tty

    class TerminalKeys:
        """Keys of a terminal, which is put back by whoever changed it."""

        def __init__(self, number: int) -> None:
            self._number = number
            self._before: list[int | list[bytes | int]] | None = None
            self._woken, self._waker = os.pipe()

        def single(self) -> None:
            """Ctrl-C stays a signal."""
            if self._before is None:
                self._before = termios.tcgetattr(self._number)
                tty.setcbreak(self._number, termios.TCSADRAIN)

        def sent(self, wait_s: float | None = None) -> str:
            """An Esc waits a moment for what may follow."""
            wait_s = None if wait_s is None else max(wait_s, 0.0)
            ready = select.select([self._number, self._woken], [], [], wait_s)[0]
            if not ready or self._woken in ready:
                return ""
            data = os.read(self._number, LONGEST_BURST)
            if data == b"\x1b" and select.select([self._number], [], [], ESC_S)[0]:
                data += os.read(self._number, LONGEST_BURST)
            if not data:
                raise OSError("the terminal is gone")
            return data.decode(errors="replace")

        def wake(self) -> None:
            """At once."""
            waker, self._waker = self._waker, -1
            if waker >= 0:
                os.close(waker)

        def forget(self) -> None:
            """Also a line that is not whole."""
            with suppress(termios.error, OSError, ValueError):  # the terminal may be gone
                termios.tcflush(self._number, termios.TCIFLUSH)

        def close(self) -> None:
            """As it was before `single`; not while somebody waits for a key."""
            self.wake()
            os.close(self._woken)
            before, self._before = self._before, None
            if before is not None:
                with suppress(termios.error, OSError):  # the terminal may be gone
                    termios.tcsetattr(self._number, termios.TCSADRAIN, before)

    def keys(number: int | None = None) -> Keys:
        """The keys of a terminal; without a number of standard input."""
        return TerminalKeys(sys.stdin.fileno() if number is None else number)

    def in_background(number: int) -> bool:
        """The terminal belongs to another job of its shell, and stops who reads it."""
        return os.tcgetpgrp(number) != os.getpgrp()

    def ask(number: int, question: bytes, over: Callable[[bytes], object], wait_s: float) -> bytes | None:
        """What a terminal answers until that is `over`; its mode is put back whatever happens, None is never asked."""
        before = termios.tcgetattr(number)
        try:
            tty.setraw(number, termios.TCSAFLUSH)
            os.write(number, question)
            return _read(number, over, monotonic() + wait_s)
        finally:
            termios.tcsetattr(number, termios.TCSAFLUSH, before)

    def _read(number: int, over: Callable[[bytes], object], until_s: float) -> bytes:
        told = b""
        while not over(told):
            ready, _, _ = select.select([number], [], [], max(until_s - monotonic(), 0.0))
            part = os.read(number, 1024) if ready else b""
            if not part:
                break
            told += part
        return told
