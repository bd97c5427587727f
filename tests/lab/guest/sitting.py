"""Somebody at a terminal in the guest: what is shown makes him type, press, or go and do something at the treadmill.

Patience is of the guest's clock; nothing here waits for a fixed time and hopes, but a question has to have stood for a
while before it may be answered, as for anybody (safety.md 4).
"""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from threading import Event
from time import monotonic
from types import TracebackType
from typing import Final, Self

from tests.cli.talk import PROMPT

PATIENCE_S: Final = 3600.0  # of the guest's clock
REACTION_S: Final = 2.5  # a question has to stand for 1.5 s, and the first lines come a little before it
Act = Callable[[], object] | str  # a string is typed as it is, after a moment
_OURS: Final = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C is one
from coach.__main__ import main
main()
"""


class Sitting:
    """A command of coach in a terminal, and what its user does at each line that he has a row for.

    `acts` maps a part of a line to what is done when it is shown, each time it is; `answers` maps a part of a question
    to the line that is typed; one that begins with # is the number that stands before that in a list. A question that
    nobody has an answer to fails the test.
    """

    def __init__(self, words: Sequence[str], answers: Mapping[str, str], acts: Mapping[str, Act]) -> None:
        self._answers = answers
        self._acts = acts
        self._rest = ""  # shown, and not a whole line yet
        self.lines: list[str] = []
        self._ours, theirs = pty.openpty()
        wide = b"".join(size.to_bytes(2, sys.byteorder) for size in (50, 200, 0, 0))
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, wide)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _OURS, *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "dumb"},
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if self._ours >= 0:
            os.close(self._ours)

    @property
    def text(self) -> str:
        """All that was shown."""
        return "\n".join([*self.lines, self._rest])

    def until(self, part: str) -> str:
        """Go on until a line has this in it, and give the line."""
        while True:
            line = self._next()
            assert line is not None, f"ended without {part!r}; it showed\n{self.text}"
            if part in line:
                return line

    def rest(self) -> int:
        """Go on until it has ended; its exit code."""
        while self._next() is not None:
            pass
        return self.process.wait(PATIENCE_S)

    def type(self, text: str) -> None:
        """Keys, as they are sent."""
        os.write(self._ours, text.encode())

    def hang_up(self) -> None:
        """The window is closed."""
        os.close(self._ours)
        self._ours = -1

    def _next(self) -> str | None:
        """The next whole line, or the question before a prompt; what belongs to it has been done."""
        until_s = monotonic() + PATIENCE_S
        while True:
            line, found, rest = self._rest.partition("\n")
            if found:
                self._rest = rest
                self.lines.append(line)
                self._do(line)
                return line
            if line == PROMPT:
                self._rest = ""
                self.lines.append(line)
                self._answer()
                continue
            if not select.select([self._ours], [], [], max(until_s - monotonic(), 0.0))[0]:
                raise AssertionError(f"nothing more came; it showed\n{self.text}")
            try:
                data = os.read(self._ours, 65536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                data = b""
            if not data:
                return None
            self._rest += data.decode(errors="replace").replace("\r\n", "\n")

    def _do(self, line: str) -> None:
        for part, act in self._acts.items():
            if part in line:
                Event().wait(REACTION_S)
                if isinstance(act, str):
                    self.type(act)
                else:
                    act()
                return

    def _answer(self) -> None:
        question = next(line for line in reversed(self.lines[:-1]) if line)
        asked = next((line for line in reversed(self.lines) if line.startswith("Which ")), "")
        if question.startswith("Type a number"):
            question = asked
        for part, typed in self._answers.items():
            if part in question:
                Event().wait(REACTION_S)
                self.type(f"{self._numbered(typed[1:]) if typed.startswith('#') else typed}\n")
                return
        raise AssertionError(f"nobody knows what to say to {question!r}; it showed\n{self.text}")

    def _numbered(self, choice: str) -> str:
        """Its number in the list that was shown last."""
        return next(line.split()[0] for line in reversed(self.lines) if choice in line and line.split()[0].isdigit())
