"""Starts one of coach's own processes: in a session of its own, with no pipe that is not its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

from coach.system.process import apart


def spawn(module: str, *words: str, stdout: int | None = subprocess.PIPE, log: IO[str] | None = None) -> Process:
    """Run `python -m module words...` with pipes for standard input and, unless told otherwise, output.

    Ctrl-C, Ctrl-Z and the end of the terminal reach only who started it (safety.md 9). `log` takes standard error.

    Raises:
        OSError: it cannot be started.
    """
    home = str(Path(__file__).resolve().parents[1])
    known = os.environ.get("PYTHONPATH")
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module, *words],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=log if log is not None else subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([home, known] if known else [home]), "PYTHONUTF8": "1"},
        close_fds=True,
        **apart(),
    )


Process = subprocess.Popen[bytes]
