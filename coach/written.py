"""Files of the user, written whole or not at all: a failed write leaves what was there."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from errno import EINVAL
from pathlib import Path
from tempfile import mkstemp


def write_file(path: Path, content: bytes, *, over: bool) -> None:
    """Write a file beside its place and put it there when it is whole; an older one keeps its mode.

    Args:
        path: where it goes; a link is followed.
        content: all of it.
        over: also over a file that is there.

    Raises:
        FileExistsError: there is a file, and `over` was not said.
        OSError: it cannot be written; what was there is as it was.
    """
    place = path.resolve()
    if not over and place.exists():
        raise FileExistsError(f"{path} is there already")
    handle, name = mkstemp(dir=place.parent, prefix=f".{place.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        part.chmod(_mode(place))
        if place.exists() and not place.is_file():  # a folder, a pipe or a device is never replaced
            raise OSError(EINVAL, "not a plain file", str(path))
        if over:
            part.replace(place)
        else:
            _put_new(part, place, path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _put_new(part: Path, place: Path, path: Path) -> None:
    """Never over a file that appeared in the meantime, where the file system has links to say so."""
    try:
        place.hardlink_to(part)
    except FileExistsError:
        raise FileExistsError(f"{path} is there already") from None
    except OSError:  # a file system without links
        part.replace(place)


def _mode(place: Path) -> int:
    try:
        return stat.S_IMODE(place.stat().st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
