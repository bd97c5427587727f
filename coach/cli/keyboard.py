"""A person's presses: single keys of a terminal, or words and keys, one a line, from a pipe."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Thread
from typing import Final, TypeAlias

from coach.core.event import Key
from coach.link.fault import FaultError, parse_press

LEAVES_S: Final = 1.0  # who reads the terminal has stopped by then
POLL_S: Final = 0.02  # where the system cannot wait for a key and for something else
ESC_S: Final = 0.03  # a lone Esc is Esc after this; an arrow brings its other bytes at once


@dataclass(frozen=True, slots=True)
class Typed:
    """A key that was pressed; None is one that means nothing."""

    key: Key | None
    digit: str = ""
    text: str = ""  # as it was typed


@dataclass(frozen=True, slots=True)
class Closed:
    """Nobody can press any more: the pipe or the terminal has ended."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """Nobody reads the lines any more."""


@dataclass(frozen=True, slots=True)
class Signalled:
    """The system asks: Ctrl-C, a closed window, a shutdown."""

    number: int


Input: TypeAlias = Typed | Closed | Unseen | Signalled
Inbox: TypeAlias = "SimpleQueue[Input]"  # its put() may be called from a signal handler

KEYS_HELP: Final = (
    "Keys: Space or Esc stop, Enter yes, 1 to 4 the digit asked for, p pause,",
    "  arrows speed (Shift: more) and incline, 0 undo, n next step, l lap,",
    "  g rails held facing the rear, h help, q leave.",
)
_SIGNS: Final = {
    " ": Key.STOP,
    "\x1b": Key.STOP,
    "\r": Key.YES,
    "\n": Key.YES,
    "p": Key.PAUSE,
    "n": Key.NEXT,
    "l": Key.LAP,
    "g": Key.RAILS,
    "b": Key.BLOCK,
    "h": Key.HELP,
    "?": Key.HELP,
    "q": Key.QUIT,
    "+": Key.FASTER,
    "-": Key.SLOWER,
    "0": Key.UNTRIM,
}
_SEQUENCES: Final = {  # what follows Esc, by xterm's and the cursor application mode's names
    "[A": Key.FASTER,
    "[B": Key.SLOWER,
    "[C": Key.STEEPER,
    "[D": Key.FLATTER,
    "OA": Key.FASTER,
    "OB": Key.SLOWER,
    "OC": Key.STEEPER,
    "OD": Key.FLATTER,
    "[1;2A": Key.MUCH_FASTER,
    "[1;2B": Key.MUCH_SLOWER,
    "[6~": Key.YES,  # PageDown, the main button of a presenter
}
_WINDOWS: Final = {
    "H": Key.FASTER,
    "P": Key.SLOWER,
    "M": Key.STEEPER,
    "K": Key.FLATTER,
    "Q": Key.YES,
}
_DIGITS: Final = "1234"


def read_signs(text: str) -> Iterator[Typed]:
    """The keys in what a terminal sent at once; an Esc that begins no sequence is Esc, whatever follows it."""
    while text:
        if text[0] == "\x1b" and text[1:2] in ("[", "O"):
            length = _sequence_length(text)
            yield Typed(_SEQUENCES.get(text[1:length]), text=text[1:length])
        else:
            length = 1
            yield _sign(text[0])
        text = text[length:]


def _sequence_length(text: str) -> int:
    end = next((at for at, sign in enumerate(text[2:], 2) if "@" <= sign <= "~"), len(text) - 1)
    return end + 1


def _sign(sign: str) -> Typed:
    if sign in _DIGITS:
        return Typed(Key.DIGIT, sign, sign)
    return Typed(_SIGNS.get(sign.lower()), text=sign)


def read_word(line: str) -> Typed:
    """The key in a line of a pipe: its name, its sign, or a digit; an empty line is Enter."""
    word = line.strip().lower()
    if not word:
        return Typed(Key.YES, text="enter")
    if len(word) == 1:
        return _sign(word)
    try:
        return Typed(parse_press(f"{word}@0").key, text=word)
    except FaultError:
        return Typed(None, text=word)


def closed() -> bool:
    """There is no standard input, or nothing will ever come from it."""
    if sys.stdin is None or sys.stdin.closed:
        return True
    try:
        number = sys.stdin.fileno()
        if os.isatty(number):
            return _in_background(number)
        return stat.S_ISCHR(os.fstat(number).st_mode)  # the null device; a person comes by a terminal or a pipe
    except (OSError, ValueError):
        return not sys.stdin.readable()


@contextmanager
def listening(inbox: Inbox) -> Iterator[None]:
    """Put presses into the inbox meanwhile; afterwards the terminal is as it was, and its keys are anybody's again."""
    if sys.stdin is None or closed():
        inbox.put(Closed())
        yield
        return
    if not sys.stdin.isatty():
        Thread(target=_read_lines, args=(inbox,), name="keyboard", daemon=True).start()
        yield
        return
    with _terminal(inbox):
        yield


@contextmanager
def _thread(read: Callable[[], None], stop: Callable[[], None]) -> Iterator[None]:
    """A thread that reads meanwhile, and is asked to stop afterwards."""
    thread = Thread(target=read, name="keyboard", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join(LEAVES_S)


def _read_lines(inbox: Inbox) -> None:
    """By os.read, so that no lock of a buffer is held when the program leaves."""
    number, rest = sys.stdin.fileno(), b""
    while True:
        try:
            data = os.read(number, 4096)
        except OSError:
            data = b""
        *lines, rest = (rest + data).split(b"\n") if data else (rest, b"")
        for line in lines if data or lines[0] else ():
            inbox.put(read_word(line.decode(errors="replace")))
        if not data:
            inbox.put(Closed())
            return


if sys.platform == "win32":

    def _in_background(number: int) -> bool:
        del number
        return False

    @contextmanager
    def _terminal(inbox: Inbox) -> Iterator[None]:
        left = Event()
        with _thread(lambda: _read_console(inbox, left), left.set):
            yield

    def forget() -> None:
        """What was typed before anybody asked is no answer."""
        import msvcrt

        while msvcrt.kbhit():
            _ = msvcrt.getwch()

    def _read_console(inbox: Inbox, left: Event) -> None:
        import msvcrt

        while not left.is_set():
            if not msvcrt.kbhit():  # a key that is waited for could not be given back
                _ = left.wait(POLL_S)
                continue
            sign = msvcrt.getwch()
            if sign in "\x00\xe0":
                inbox.put(Typed(_WINDOWS.get(msvcrt.getwch())))
            elif sign == "\x03":
                import signal

                inbox.put(Signalled(signal.SIGINT))
            else:
                inbox.put(_sign(sign))

else:

    def _in_background(number: int) -> bool:
        return os.tcgetpgrp(number) != os.getpgrp()

    @contextmanager
    def _terminal(inbox: Inbox) -> Iterator[None]:
        wake, waker = os.pipe()
        try:
            reads = _thread(lambda: _read_terminal(inbox, wake), lambda: os.close(waker))
            with _cbreak(sys.stdin.fileno()), reads:
                yield
        finally:
            os.close(wake)

    def forget() -> None:
        """What was typed before anybody asked is no answer."""
        import termios

        with suppress(termios.error, OSError, ValueError):  # the terminal may be gone
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)

    @contextmanager
    def _cbreak(number: int) -> Iterator[None]:
        """Keys come singly and unseen; Ctrl-C stays a signal."""
        import termios
        import tty

        before = termios.tcgetattr(number)
        try:
            tty.setcbreak(number)
            yield
        finally:
            with suppress(termios.error, OSError):  # the terminal may be gone
                termios.tcsetattr(number, termios.TCSANOW, before)

    def _read_terminal(inbox: Inbox, wake: int) -> None:
        from select import select

        number = sys.stdin.fileno()
        while True:
            try:
                if wake in select([number, wake], [], [])[0]:
                    return
                data = os.read(number, 256)
                if data == b"\x1b" and select([number], [], [], ESC_S)[0]:
                    data += os.read(number, 256)
            except OSError:
                data = b""
            if not data:
                inbox.put(Closed())
                return
            for typed in read_signs(data.decode(errors="replace")):
                inbox.put(typed)
