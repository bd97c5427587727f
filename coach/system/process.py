"""Processes: away from the terminal and without a window, frozen, or ended with all that they started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Final, TypedDict

from coach.system import SYSTEM

NEW_GROUP: Final = 0x00000200  # CREATE_NEW_PROCESS_GROUP of Windows
NO_WINDOW: Final = 0x08000000  # CREATE_NO_WINDOW of Windows


class Birth(TypedDict):
    """How a process is started: words for subprocess.Popen."""

    start_new_session: bool
    creationflags: int


def apart(system: str = SYSTEM) -> Birth:
    """In a session of its own: Ctrl-C, Ctrl-Z and the end of the terminal do not reach it (safety.md 9)."""
    if system == "win32":
        return {"start_new_session": False, "creationflags": NEW_GROUP | NO_WINDOW}
    return {"start_new_session": True, "creationflags": 0}


def unseen(system: str = SYSTEM) -> Birth:
    """Beside us, and no window opens for it."""
    return {"start_new_session": False, "creationflags": NO_WINDOW if system == "win32" else 0}


if sys.platform == "win32":

    def end(child: subprocess.Popen[bytes]) -> None:
        """End a process that was started apart; Windows ends it alone."""
        if child.poll() is None:
            child.kill()

    def freeze() -> None:
        """Windows cannot be asked to suspend a program, so it goes on."""

else:

    def end(child: subprocess.Popen[bytes]) -> None:
        """End a process that was started apart, with all that it started."""
        if child.poll() is not None:
            return
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            child.kill()

    def freeze() -> None:
        """Be suspended, as by Ctrl-Z, until the shell lets this process go on."""
        os.kill(os.getpid(), signal.SIGSTOP)
