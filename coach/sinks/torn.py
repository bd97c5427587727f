"""The lines of a journal as a crash leaves them: whole ones, and at its end what was cut off.

After a kill the last line may be a part of one. After a power cut there may be blocks of zeros or of anything in place
of the last second. What others write later (the guard, whoever closes it) stands behind that, in lines of its own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from json import JSONDecoder
from typing import Final

OTHERS: Final = frozenset({"guard", "summary", "ended", "said"})  # what stands behind the last event


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines that can be read, with their numbers, counted from 1."""

    whole: tuple[tuple[int, dict[str, object]], ...]
    torn: bool  # something was cut off, or the last line has no end
    damaged: int = 0  # the first line that cannot be read and was not cut off; 0: there is none


def read_lines(text: str) -> Lines:
    """Tell the whole lines of a journal from what was cut off, which is left away.

    Lines that cannot be read were cut off where none but those of others follow; else the journal is damaged there.
    """
    lines = text.split("\n")
    torn = lines[-1] != ""
    if not torn:
        lines.pop()
    whole, unread, damaged = list[tuple[int, dict[str, object]]](), 0, 0
    for number, line in enumerate(lines, 1):
        told = read_object(line)
        if told is None:
            torn, unread = True, unread or number
            continue
        if OTHERS.isdisjoint(told):
            damaged = damaged or unread
        unread = 0
        whole.append((number, told))
    return Lines(tuple(whole), torn, damaged)


def read_object(line: str | bytes) -> dict[str, object] | None:
    """A line as the object that it is; None where it is none, or holds what is no number."""
    try:
        found = _DECODER.decode(line if isinstance(line, str) else line.decode(errors="replace"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def append(number: int, lines: bytes) -> None:
    """Write behind what is in an open file, and let it be on the disk; a last line that was cut off is ended first.

    Raises:
        OSError: it cannot be written.
    """
    size = os.lseek(number, 0, os.SEEK_END)
    if size:
        os.lseek(number, size - 1, os.SEEK_SET)
        lines = lines if os.read(number, 1) == b"\n" else b"\n" + lines
        os.lseek(number, 0, os.SEEK_END)
    while lines:  # mostly one write, so that lines of two processes stay whole
        lines = lines[os.write(number, lines) :]
    os.fsync(number)


def _refused(constant: str) -> float:
    raise ValueError(f"{constant} is not a number")


_DECODER: Final = JSONDecoder(parse_constant=_refused)
