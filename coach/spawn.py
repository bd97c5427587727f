"""Starts one of coach's own processes: in a session of its own, with no pipe that is not its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Final

NEW_GROUP: Final = 0x00000200 | 0x08000000  # Windows: CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW


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
        start_new_session=sys.platform != "win32",
        creationflags=NEW_GROUP if sys.platform == "win32" else 0,
    )


Process = subprocess.Popen[bytes]
