"""Players of WAV files: one child process for each sound, so that a sound can be cut and none can hang its owner.

A player is a command. Which ones are there is looked up once; the first that works is used and, when it fails, the
next.
Standard library only, and light to import: the guard has this in memory before it sleeps.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Final

from coach.system import SYSTEM
from coach.system.process import apart, end
from coach.system.sound import FILE, Command, players, words

VARIABLE: Final = "COACH_PLAYER"  # a command of the user's own; {} is the file, which else comes last
STARTS_WITHIN_S: Final = 0.5  # a sound that has not begun by then is lost (safety.md 8)
DRAINS_S: Final = 1.5  # a sound server holds so much back before the last of it has sounded


class Fate(StrEnum):
    """What became of a sound."""

    PLAYED = "played"
    CUT = "cut"
    FAILED = "failed"  # no player took it, or it did not end in time


class Playing:
    """A sound on its way; `ended` is called once, in a thread of its own, when its fate is known."""

    def __init__(self, commands: Sequence[Command], limit_s: float, ended: Callable[[Playing], None]) -> None:
        self.asked_at_s = monotonic()
        self.started_at_s: float | None = None
        self.fate: Fate | None = None
        self.used = 0  # which of the commands
        self._limit_s = limit_s
        self._ended = ended
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._cut = False
        self._thread = threading.Thread(target=self._run, args=(tuple(commands),), name="coach sound", daemon=True)
        self._thread.start()

    @property
    def late(self) -> bool:
        """It should have begun by now and has not."""
        return self.started_at_s is None and self.fate is None and monotonic() - self.asked_at_s > STARTS_WITHIN_S

    def cut(self) -> None:
        """End it now."""
        with self._lock:
            self._cut = True
            if self._child is not None:
                end(self._child)

    def join(self, timeout_s: float) -> bool:
        """Wait for its end; false when that does not come."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self, commands: tuple[Command, ...]) -> None:
        fate = Fate.FAILED
        try:
            for self.used, command in enumerate(commands):
                fate = self._try(command)
                if fate is not Fate.FAILED or monotonic() - self.asked_at_s > STARTS_WITHIN_S:
                    break  # what comes after that would be said too late
        finally:  # an owner that waits for the end of a sound would wait for ever
            self.fate = fate
            self._ended(self)

    def _try(self, command: Command) -> Fate:
        try:
            child = _start(command)
        except (OSError, ValueError):  # not there, no memory, or a NUL in a path
            return Fate.CUT if self._cut else Fate.FAILED
        watch = threading.Timer(self._limit_s, end, (child,))
        watch.daemon = True
        with self._lock:
            self._child, self.started_at_s = child, monotonic()
            if self._cut:
                end(child)
        with suppress(RuntimeError):  # no thread to be had: a sound that nobody watches is better than none
            watch.start()
        code = child.wait()
        watch.cancel()
        with self._lock:
            self._child = None
            if self._cut:
                return Fate.CUT
            if code:
                self.started_at_s = None
        return Fate.FAILED if code else Fate.PLAYED


class Player:
    """All commands that play here, the one that worked last first."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self._commands = tuple(commands)
        self._first = 0

    @property
    def commands(self) -> tuple[Command, ...]:
        """All of them, the one that is used now first; {} stands for the file."""
        return self._commands[self._first :] + self._commands[: self._first]

    @property
    def there(self) -> bool:
        """There is something to play with."""
        return bool(self._commands)

    @property
    def name(self) -> str:
        """The program that is used now, or nothing."""
        return self._commands[self._first][0] if self._commands else ""

    def play(self, path: Path, length_s: float, ended: Callable[[Playing], None]) -> Playing:
        """Play a file; a player that fails is followed by the next at once. Returns before anything sounds."""
        at = self._first
        order = [(at + step) % len(self._commands) for step in range(len(self._commands))]
        return self._playing(order, path, length_s, ended)

    def everywhere(self, path: Path, length_s: float, ended: Callable[[Playing], None]) -> list[Playing]:
        """Play a file with every player that is there, at the same time."""
        return [self._playing([at], path, length_s, ended) for at in range(len(self._commands))]

    def _playing(self, order: list[int], path: Path, length_s: float, ended: Callable[[Playing], None]) -> Playing:
        def done(playing: Playing) -> None:
            if playing.fate is Fate.PLAYED:
                self._first = order[playing.used]
            elif playing.fate is Fate.FAILED and order and order[0] == self._first:
                self._first = (order[0] + 1) % len(self._commands)  # the next time another one has its try
            ended(playing)

        return Playing([filled(self._commands[at], path) for at in order], limit_s(length_s), done)


def find_player(setting: str = "", system: str = SYSTEM) -> Player:
    """The player of this computer: what the setting says, else COACH_PLAYER, else all that are installed."""
    own = setting or os.environ.get(VARIABLE, "")
    if not own:
        return Player(players(system))
    try:
        command = words(own, system)
    except ValueError:  # a quote that is not closed
        return Player([])
    return Player([command] if command and shutil.which(command[0]) else [])


def filled(command: Command, path: Path) -> Command:
    """A command with its file: where {} stands, or behind everything."""
    if any(FILE in part for part in command):
        return tuple(part.replace(FILE, str(path)) for part in command)
    return (*command, str(path))


def limit_s(length_s: float) -> float:
    """When a sound of this length must be over, if it began in time."""
    return STARTS_WITHIN_S + length_s + DRAINS_S


def _start(command: Command) -> subprocess.Popen[bytes]:
    """A child apart from us: Ctrl-C does not reach it, and it is ended with all that it started."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, **apart())
