"""Files that a command writes for its user: whole or not at all, and what keeps them from it in one sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from coach.core.error import CoachError
from coach.written import write_file

EXAMPLE: Final = "mine.yaml"
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)

_DESCRIPTORS: Final = re.compile(r"/dev/[^/]*$|/dev/fd/|/proc/")  # also where a shell has put a file behind them


def place(file: Path, content: str | bytes, *, over: bool) -> None:
    """Write a file where the user wants it; folders are never made.

    Raises:
        FileExistsError: there is a file, and `over` was not said.
        CoachError: it cannot be written; what was there is as it was.
    """
    refuse(file)
    try:
        write_file(file, content.encode() if isinstance(content, str) else content, over=over)
    except FileExistsError:
        raise
    except FileNotFoundError:
        raise no_folder(file.parent) from None
    except (OSError, ValueError, RuntimeError) as error:  # a NUL, a loop of links
        raise CoachError(f"{file}: cannot be written: {_reason(error)}") from error


def no_folder(folder: object) -> CoachError:
    """A folder is not there, in one sentence."""
    return CoachError(f"there is no folder {folder}; make it, or choose another")


def refuse(file: Path, example: str = EXAMPLE) -> None:
    """Say of a place that no file is put there.

    Raises:
        CoachError: it is a directory or a device, or its name is one on Windows.
    """
    try:
        if file.name.partition(".")[0].rstrip().lower() in _DEVICES and not file.exists():
            raise CoachError(f"{file}: Windows keeps this name for a device; choose another")
        if file.is_dir():
            raise CoachError(f"{file} is a directory; name a file in it, such as {file / example}")
        if (file.exists() and not file.is_file()) or _DESCRIPTORS.match(file.absolute().as_posix()):
            raise CoachError(f"{file} is a pipe or a device, no plain file; choose another")
    except (OSError, ValueError, RuntimeError) as error:
        raise CoachError(f"{file}: cannot be written: {_reason(error)}") from error


def refuse_folder(typed: str, example: str = EXAMPLE) -> None:
    """Say of what was typed that it is the name of a folder, which a path no longer shows.

    Raises:
        CoachError: it ends in a slash.
    """
    if typed.endswith(("/", "\\")):
        raise CoachError(f"{typed} is a directory; name a file in it, such as {typed}{example}")


def _reason(error: Exception) -> str:
    if isinstance(error, RuntimeError):
        return "its links go in a circle"
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not a path"
    return reason.lower()
