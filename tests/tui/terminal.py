"""A real terminal for a test: the cockpit runs in tmux, keys go in as from a keyboard, the screen comes out as text."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from coach.sinks.journal import Recording, read_journal
from tests.keeper.stand import PATIENCE_S, Truth, running, wait_for

LOOK_S = 0.1
LEAVES_S = 0.6
STEADY_S = 2.3  # a yes wants heartbeats of 2 s, and no press in the second before it (safety.md 4)
DIGIT = re.compile(r"[Tt]ype (?:the digit on the screen: )?([1-4])")

needs_tmux = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("tmux") is None, reason="tmux is not installed, so there is no terminal"
)


class Terminal:
    """One tmux server with one window; `coach` words are run in it, for a user of its own."""

    def __init__(
        self, folder: Path, words: Sequence[str], size: tuple[int, int] = (80, 24), env: dict[str, str] | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.home, self.truth_file, self._code = folder / "home", folder / "truth.jsonl", folder / "code"
        self._socket = str(folder / "tmux")
        settings = {"COACH_HOME": str(self.home), "COACH_TRUTH": str(self.truth_file), **(env or {})}
        told = " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
        command = shlex.join([sys.executable, "-m", "coach", *words])
        shell = f"{told} {command}; echo $? >{shlex.quote(str(self._code))}; exec cat"
        self._open = True
        self._tmux("-f", os.devnull, "new-session", "-d", "-s", "s", "-x", str(size[0]), "-y", str(size[1]), shell)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the window, as a user does; the cockpit is gone soon after."""
        children = self._children() if self._open else []
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], check=False, capture_output=True)
        self._open = False
        for child in children:
            wait_for(partial(lambda process: not running(process), child))

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-S", self._socket, *words], check=True, capture_output=True, text=True, timeout=PATIENCE_S
        )
        return done.stdout

    def screen(self) -> str:
        """What is on it."""
        return "\n".join(line.rstrip() for line in self._tmux("capture-pane", "-p", "-t", "s").splitlines())

    def keys(self, *names: str) -> None:
        """Keys by tmux's names: Space, Escape, Enter, Up, C-c."""
        self._tmux("send-keys", "-t", "s", *names)

    def until(self, *words: str, hand: Callable[[str], None] | None = None, timeout_s: float = PATIENCE_S) -> str:
        """The first screen with one of these words; `hand` looks at every screen meanwhile."""
        until_s, never = monotonic() + timeout_s, Event()
        while True:
            screen = self.screen()
            if any(word in screen for word in words):
                return screen
            assert monotonic() < until_s, f"never {words}:\n{screen}"
            if hand is not None:
                hand(screen)
            never.wait(LOOK_S)

    def code(self) -> int:
        """The exit code of the cockpit, once it has ended."""
        wait_for(self._ended)
        return int(self._code.read_text())

    def leave(self) -> int:
        """Leave the last screen, which does not take a key that was meant for the one before; the exit code."""
        until_s, never = monotonic() + PATIENCE_S, Event()
        while not self._ended():
            assert monotonic() < until_s, f"never left:\n{self.screen()}"
            self.keys("q")
            never.wait(LEAVES_S)
        return self.code()

    def _ended(self) -> bool:
        return self._code.exists() and bool(self._code.read_text().strip())

    @property
    def keeper(self) -> int:
        """The process id of the keeper."""
        (lock,) = self.home.glob("data/locks/*.lock")
        return int(json.loads(lock.read_text())["pid"])

    @property
    def cockpit(self) -> int:
        """The process id of the cockpit, which runs."""
        (process,) = self._children()
        return process

    def _children(self) -> list[int]:
        shell = int(self._tmux("list-panes", "-F", "#{pane_pid}").strip())
        return [int(child) for child in Path(f"/proc/{shell}/task/{shell}/children").read_text().split()]

    @property
    def truth(self) -> Truth:
        """What the belt did so far."""
        if not self.truth_file.exists():
            return Truth([])
        return Truth([json.loads(line) for line in self.truth_file.read_text().splitlines() if line.endswith("}")])

    @property
    def kmh(self) -> float:
        """How fast the belt truly is."""
        lines = self.truth.lines
        return float(str(lines[-1]["kmh"])) if lines else 0.0

    def recorded(self) -> Recording:
        """The journal."""
        (path,) = self.home.glob("data/journals/simulated/*.jsonl")
        return read_journal(path)


class Hand:
    """A runner who does what the screen asks: types the digit, presses where a press is wanted."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._pressed_s = monotonic()
        self.pressed: list[str] = []

    def __call__(self, screen: str) -> None:
        """Look at a screen, and press where it asks."""
        key = self._key(screen)
        if key is None or monotonic() - self._pressed_s < STEADY_S:
            return
        self._pressed_s = monotonic()
        self.pressed.append(key)
        self._terminal.keys(key)

    def _key(self, screen: str) -> str | None:
        if "TYPE THIS DIGIT" not in screen and "FACE REAR" not in screen and "READY" not in screen:
            return None
        digit = DIGIT.search(screen)
        if digit is not None:
            return digit[1]
        return "Enter" if re.search(r"[Pp]ress when (?:ready|you)", screen) else None
