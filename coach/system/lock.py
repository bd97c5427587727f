"""A lock on an open file, which the system takes back when its holder dies, however that is."""

from __future__ import annotations

import errno
import os
import sys
from typing import Final, Protocol

_FAR: Final = (1 << 31) - 2  # Windows locks a byte: the farthest it can name, behind all text, so that others can read
_HELD: Final = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})


def take(number: int) -> bool:
    """Lock an open file until it is closed; False where somebody else has it.

    Args:
        number: of the open file, which can be written; one that is open twice counts as two.

    Raises:
        OSError: where this file lies, nothing can be locked.
    """
    try:
        _take(number)
    except OSError as error:
        if error.errno in _HELD:
            return False
        raise
    return True


def give(number: int) -> None:
    """Unlock an open file that was taken.

    Raises:
        OSError: it was not.
    """
    _give(number)


class Locking(Protocol):
    """What msvcrt.locking does: lock or unlock some bytes from where the file stands."""

    def __call__(self, number: int, how: int, count: int, /) -> None:
        """Lock or unlock."""


def lock_byte(locking: Locking, number: int, how: int) -> None:
    """Lock or unlock the one byte that means the file, as Windows does it; the file stands where it stood."""
    here = os.lseek(number, 0, os.SEEK_CUR)
    os.lseek(number, _FAR, os.SEEK_SET)
    try:
        locking(number, how, 1)
    finally:
        os.lseek(number, here, os.SEEK_SET)


if sys.platform == "win32":
    import msvcrt

    def _take(number: int) -> None:
        lock_byte(msvcrt.locking, number, msvcrt.LK_NBLCK)

    def _give(number: int) -> None:
        lock_byte(msvcrt.locking, number, msvcrt.LK_UNLCK)

else:
    import fcntl

    def _take(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _give(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_UN)
