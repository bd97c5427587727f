"""Signals: by name, since each system has its own; a name that it does not know is none."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Final

OF_TERMINAL: Final = ("SIGINT", "SIGHUP", "SIGTSTP", "SIGTTIN", "SIGTTOU")  # sent to all that run in a terminal
ENDING: Final = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK")  # the system or the user wants a program to go
SUSPENDING: Final = ("SIGTSTP",)  # Ctrl-Z


def known(names: Iterable[str], have: Mapping[str, int] = signal.Signals.__members__) -> tuple[int, ...]:
    """The numbers of those signals that this system has, in the order of the names."""
    return tuple(int(have[name]) for name in names if name in have)


def ignore(names: Iterable[str]) -> None:
    """These signals are for somebody else."""
    for number in known(names):
        signal.signal(number, signal.SIG_IGN)


if sys.platform == "win32":

    def on_loop(names: Iterable[str], act: Callable[[], object]) -> None:
        """No loop of Windows takes signals: Ctrl-C comes as a key, and a closed window ends the process."""
        del names, act

else:

    def on_loop(names: Iterable[str], act: Callable[[], object]) -> None:
        """The running loop does this when one of these signals comes."""
        for number in known(names):
            asyncio.get_running_loop().add_signal_handler(number, act)
