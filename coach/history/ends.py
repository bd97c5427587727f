"""A journal's two ends: its header, and the lines behind its last event. What lies between is not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Final

from coach.history.tail import whole_lines
from coach.sinks.header import FORMAT, said_before
from coach.sinks.line import JournalError
from coach.sinks.torn import read_object

LONGEST_LINE_BYTES: Final = 1 << 24  # a header of 10,000 segments is a quarter of it
_EVENT: Final = b'{"at_s"'  # how the line of an event begins


@dataclass(frozen=True, slots=True)
class Ends:
    """What stands before the first and behind the last event of a journal."""

    head: Mapping[str, object]
    summary: object = None  # what the session came to, as its keeper had it
    end: Mapping[str, object] | None = None  # the last line; None: it was cut off, or is still being written
    guarded: bool = False  # a guard had to act
    said: tuple[Mapping[str, object], ...] = ()  # by the runner, before and later, oldest first
    mark: str = ""  # the same for the same session, whatever its file is called and whatever was said of it


def read_ends(file: BinaryIO) -> Ends:
    """Read the ends of a journal; lines there that cannot be read count as not written.

    Raises:
        JournalError: it is no journal, or one of another format.
        OSError: it cannot be read.
    """
    first, head = read_head(file)
    summary: object = None
    end: Mapping[str, object] | None = None
    guarded, said = False, list[Mapping[str, object]]()
    for line in whole_lines(file, len(first), LONGEST_LINE_BYTES):
        if line.startswith(_EVENT):
            break
        told = read_object(line) or {}
        if "guard" in told:
            guarded = True
        elif isinstance(words := told.get("said"), dict):
            said.append(words)
        elif "ended" in told:
            end = end or told
        elif "summary" in told:
            summary = summary or told["summary"]
    return Ends(head, summary, end, guarded, (*said_before(head), *reversed(said)), _mark(first, end))


def read_head(file: BinaryIO) -> tuple[bytes, Mapping[str, object]]:
    """The first line of a journal, as it stands there and as the object that it is.

    Raises:
        JournalError: it is no journal, or one of another format.
        OSError: it cannot be read.
    """
    first = file.readline(LONGEST_LINE_BYTES)
    head = read_object(first)
    if head is None or "journal" not in head or not first.endswith(b"\n"):
        raise JournalError("is not a journal")
    if head["journal"] != FORMAT:
        raise JournalError(f"is a journal of format {head['journal']}, which this version does not read")
    return first, head


def _mark(first: bytes, end: Mapping[str, object] | None) -> str:
    """A digest of the header, which tells the second of its begin and all it was run by, and of the final state."""
    digest = "" if end is None else str(end.get("digest"))
    return sha256(first + digest.encode(errors="replace")).hexdigest()
