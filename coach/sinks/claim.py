"""A file that one process alone writes: opened under a lock, and looked after while it is written.

What lies under a name already is never written over, but for the file that the user asked for.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from coach.system.files import AS_IS, NOT_INHERITED
from coach.system.lock import give, take

_OPEN: Final = os.O_RDWR | os.O_CREAT | AS_IS | NOT_INHERITED
OPENS_S: Final = 0.1  # somebody who looks whether a file is written holds its lock for an instant
_LOOK_S: Final = 0.01  # a tenth of the shortest wait
_UNSYNCED: Final = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS})  # of a pipe or a device: nothing to do


class CutError(OSError):
    """The file has become shorter than what was written into it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An open file under our lock; its errors are OSErrors."""

    path: Path
    number: int
    plain: bool  # no pipe and no device: it has places and a length

    def write(self, data: bytes, at: int) -> int:
        """Write at a place; how much was taken.

        Raises:
            CutError: what lies before it is not there any more.
            OSError: it cannot be written.
        """
        if self.plain:
            self._reach(at)
            os.lseek(self.number, at, os.SEEK_SET)
        return os.write(self.number, data)

    def read(self, most: int, at: int) -> bytes:
        """Read at a place, also of a file that has no name any more."""
        os.lseek(self.number, at, os.SEEK_SET)
        return os.read(self.number, most)

    def in_place(self) -> bool:
        """Its path still leads to it."""
        if not self.plain:
            return True
        try:
            named, ours = self.path.stat(), os.fstat(self.number)
        except OSError:
            return False
        return (named.st_dev, named.st_ino) == (ours.st_dev, ours.st_ino)

    def sync(self, size: int) -> None:
        """Let it be on the disk when this returns.

        Raises:
            CutError: less than `size` bytes are there.
            OSError: it is not on the disk.
        """
        try:
            os.fsync(self.number)
        except OSError as error:
            if error.errno not in _UNSYNCED:
                raise
        if self.plain:
            self._reach(size)

    def let_go(self) -> None:
        """Let others have the lock; what is in the file can still be read."""
        with suppress(OSError):
            give(self.number)

    def close(self) -> None:
        """Give it back."""
        with suppress(OSError):
            os.close(self.number)

    def _reach(self, size: int) -> None:
        if os.fstat(self.number).st_size < size:
            raise CutError("somebody has cut it")


class Name(Enum):
    """What is done where the file is there already."""

    FRESH = auto()  # another name is taken
    ASKED = auto()  # the user named it: what was in it is gone


def claim_first(path: Path, name: Name) -> Claim:
    """A file to begin with; `path` of the claim is the one that it became.

    Raises:
        OSError: there can be none.
    """
    return claim_asked(path) if name is Name.ASKED else claim_new(path)


def claim_new(path: Path) -> Claim:
    """A file that was not there; where the name is taken, the next one: walk.jsonl, walk-2.jsonl, walk-3.jsonl.

    Raises:
        OSError: there can be none.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for name in _names(path):
        with suppress(FileExistsError):
            return _locked(name, os.open(name, _OPEN | os.O_EXCL, 0o644))
    raise AssertionError("there is always a next name")


def claim_asked(path: Path) -> Claim:
    """The file that the user asked for, empty; a new one beside it where another session writes it.

    Raises:
        OSError: there can be none.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return claim_empty(path)
    except BlockingIOError:
        return claim_new(path)


def claim_empty(path: Path) -> Claim:
    """A file of which nothing is left, or a new one.

    Raises:
        BlockingIOError: another session writes it.
        OSError: there can be none.
    """
    claim = _locked(path, os.open(path, _OPEN, 0o644))
    if claim.plain:
        os.ftruncate(claim.number, 0)
    return claim


def claim_again(path: Path, ours: Callable[[Path], bool]) -> Claim:
    """The same name once more, for a file that was lost; what somebody else put there is moved aside.

    Args:
        path: of the file.
        ours: what lies there is the beginning of what will be written: it stays until that is written over it.

    Raises:
        OSError: not yet.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not (path.is_file() and ours(path)):
        path.rename(free_name(path.with_name(f"{path.name}.other")))
    return _locked(path, os.open(path, _OPEN, 0o644))


def free_name(path: Path) -> Path:
    """This name or the first of those behind it that nobody has."""
    return next(name for name in _names(path) if not os.path.lexists(name))


def held(number: int, patience_s: float) -> bool:
    """Lock an open file; False where somebody else has it for longer. What cannot be locked is ours without."""
    until_s = monotonic() + patience_s
    with suppress(OSError):
        while not take(number):
            if monotonic() >= until_s:
                return False
            sleep(_LOOK_S)
    return True


def sync_folder(folder: Path) -> None:
    """Let the names in a folder be on the disk; a system that cannot do so does it by itself."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _names(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_stem(f"{path.stem}-{number}") for number in count(2))


def _locked(path: Path, number: int) -> Claim:
    """Lock what was opened; where nothing can be locked it is ours without.

    Raises:
        BlockingIOError: another process writes it.
    """
    plain = stat.S_ISREG(os.fstat(number).st_mode)
    if plain and not held(number, OPENS_S):
        os.close(number)
        raise BlockingIOError(errno.EWOULDBLOCK, "another session writes it", str(path))
    return Claim(path, number, plain)
