"""A person at the terminal of a command: reads what it shows, and types what he says to each question."""

from __future__ import annotations

import errno
import os
import select
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic, sleep

LONGEST_S = 60.0
PROMPT = "> "
REACTION_S = 0.15  # a question must have stood for 1.5 s of the machine's time; at --pace 20 that is half of this
KEYS: Mapping[str, str] = {  # lines of a machine test and of the presenter's step that want a single key, and the key
    "Press Enter, and it starts": "\r",
    "Put the safety key back": "3",
    "Too early": "\r",
    "Press its main button": "\x1b[6~",
    "1 of 3.": "\x1b[6~",
    "2 of 3.": "\x1b[6~",
}


_COACH = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C is one
from coach.__main__ import main
main()
"""


@dataclass(frozen=True)
class Talked:
    """What was shown, and how the command ended."""

    text: str
    code: int


def talk(
    words: Sequence[str], say: Mapping[str, str], home: str, *, otherwise: str = "", keys: Mapping[str, str] = KEYS
) -> Talked:
    """Run a command of coach in a terminal until it ends.

    `say` maps a part of a question to the line that answers it; `otherwise` is typed, as it is, at any other question.
    `keys` maps a part of a line that is no question to what is pressed.
    """
    import pty

    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", _COACH, *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "COACH_HOME": home, "TERM": "dumb"},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        text = _talk(ours, lambda tail: _answer(tail, say, otherwise, keys))
        return Talked(text, child.wait(20))
    finally:
        child.kill()
        child.wait()
        os.close(ours)


def _talk(terminal: int, answer: Callable[[str], str | None]) -> str:
    text, answered, until_s = "", 0, monotonic() + LONGEST_S
    while monotonic() < until_s:
        if not select.select([terminal], [], [], max(until_s - monotonic(), 0.0))[0]:
            break
        try:
            data = os.read(terminal, 65536)
        except OSError as error:
            if error.errno == errno.EIO:  # the command has ended
                return text
            raise
        text += data.decode(errors="replace").replace("\r\n", "\n")
        typed = answer(text[answered:])
        if typed is not None:
            answered = len(text)
            if not typed.endswith("\n"):
                sleep(REACTION_S)
            os.write(terminal, typed.encode())
    raise AssertionError(f"the command did not end; it showed\n{text}")


def _answer(tail: str, say: Mapping[str, str], otherwise: str, keys: Mapping[str, str]) -> str | None:
    lines = tail.splitlines()
    if tail.endswith(PROMPT) and len(lines) > 1:
        question = lines[-2]
        for part, typed in say.items():
            if part in question:
                return f"{typed}\n"
        if otherwise:
            return otherwise
        raise AssertionError(f"nobody knows what to say to {question!r}")
    if tail.endswith("\n"):  # on a busy machine several lines come in one piece
        return next((key for line in reversed(lines) for part, key in keys.items() if part in line), None)
    return None
