"""The last lines of a journal, read from its end: whether it has one, and whether anybody may be about to write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from typing import Final

from coach.sinks.torn import read_object

PIECE_BYTES: Final = 1 << 12  # more than most journals have behind their last event
LAST_WORDS: Final = frozenset({"still", "unreachable"})  # of a guard


def has_end(number: int) -> bool:
    """The last line of an open journal that is neither of a guard nor of the runner is the end."""
    return next(("ended" in told for told in _told_last(number) if "guard" not in told), False)


def is_over(number: int) -> bool:
    """The end, or the last word of a guard, is the last line of an open journal but for what the runner said."""
    return next(("ended" in told or told.get("guard") in LAST_WORDS for told in _told_last(number)), False)


def _told_last(number: int) -> Iterator[dict[str, object]]:
    """The whole lines, the last first, without what the runner said; what cannot be read was cut off."""
    for line in islice(_backwards(number), 1, None):  # behind the last line's end is nothing that counts
        told = read_object(line)
        if told is not None and ("journal" in told or "said" not in told):
            yield told


def _backwards(number: int) -> Iterator[bytes]:
    """What stands between the line ends of a file, the last first."""
    left, size, rest = os.lseek(number, 0, os.SEEK_END), PIECE_BYTES, b""
    while left:
        size = min(size, left)
        left = os.lseek(number, left - size, os.SEEK_SET)
        rest, *lines = (os.read(number, size) + rest).split(b"\n")
        yield from reversed(lines)
        size *= 2  # a long line is read in few pieces
    yield rest
