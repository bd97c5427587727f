"""A person's presses: single keys of a terminal, or words and keys, one a line, from a pipe."""

from __future__ import annotations

import os
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Final, TypeAlias

from coach.core.event import Key
from coach.link.fault import FaultError, parse_press
from coach.system.terminal import Keys, in_background, keys

LEAVES_S: Final = 1.0  # who reads the terminal has stopped by then


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
            return in_background(number)
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
    with _single(inbox):
        yield


def forget() -> None:
    """What was typed before anybody asked is no answer."""
    with suppress(OSError, ValueError), closing(keys()) as own:  # standard input may be gone
        own.forget()


@contextmanager
def _single(inbox: Inbox) -> Iterator[None]:
    """A thread reads single keys meanwhile; afterwards it does no longer."""
    with closing(keys()) as own:
        own.single()
        own.forget()
        thread = Thread(target=_read_keys, args=(own, inbox), name="keyboard", daemon=True)
        thread.start()
        try:
            yield
        finally:
            own.wake()
            thread.join(LEAVES_S)


def _read_keys(own: Keys, inbox: Inbox) -> None:
    try:
        while sent := _sent(own, inbox):
            for typed in read_signs(sent):
                inbox.put(typed)
    except OSError:
        inbox.put(Closed())


def _sent(own: Keys, inbox: Inbox) -> str:
    while True:
        try:
            return own.sent()
        except KeyboardInterrupt:
            inbox.put(Signalled(signal.SIGINT))


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
