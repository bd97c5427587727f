"""The last lines of a journal, read from its end: whether it has one, and whether anybody may be about to write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from math import inf
from typing import BinaryIO, Final

from coach.sinks.line import JournalError
from coach.sinks.torn import read_object

PIECE_BYTES: Final = 1 << 14  # more than most journals have behind their last event
LAST_WORDS: Final = frozenset({"still", "unreachable"})  # of a guard


def has_end(number: int) -> bool:
    """The last line of an open journal that is neither of a guard nor of the runner is the end."""
    return next(("ended" in told for told in _told_last(number) if "guard" not in told), False)


def is_over(number: int) -> bool:
    """The end, or the last word of a guard, is the last line of an open journal but for what the runner said."""
    return next(("ended" in told or told.get("guard") in LAST_WORDS for told in _told_last(number)), False)


def whole_lines(file: BinaryIO, start: int = 0, longest: float = inf) -> Iterator[bytes]:
    """The whole lines of a file behind a place, the last first; what stands behind the last line's end is left away.

    Raises:
        JournalError: one has more bytes than the longest may have.
        OSError: it cannot be read.
    """
    return islice(_backwards(file, start, longest), 1, None)


def _told_last(number: int) -> Iterator[dict[str, object]]:
    """The whole lines, the last first, without what the runner said; what cannot be read was cut off."""
    with open(number, "rb", buffering=0, closefd=False) as file:
        for line in whole_lines(file):
            told = read_object(line)
            if told is not None and ("journal" in told or "said" not in told):
                yield told


def _backwards(file: BinaryIO, start: int, longest: float) -> Iterator[bytes]:
    """What stands between the line ends, the last first."""
    left, size, rest = file.seek(0, os.SEEK_END), PIECE_BYTES, b""
    while left > start:
        size = min(size, left - start)
        left = file.seek(left - size)
        rest, *lines = (file.read(size) + rest).split(b"\n")
        if len(rest) > longest:
            raise JournalError("has a line that is too long")
        yield from reversed(lines)
        size *= 2  # a long line is read in few pieces
    yield rest
