"""The journal of a session: JSON lines, one event each, written as it happens; and read again.

The first line is the header: all that the session was run by. Then comes a line for each event with the writes that
its fold step handed out, then what it came to (coach/history/summary.py), and how it ended, with a digest of the final
state. Behind the end stands what the runner said of it later.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from coach.core.event import Event
from coach.core.plan import Plan
from coach.core.session import Outcome, Session
from coach.sinks.canonical import digest
from coach.sinks.claim import claim_empty
from coach.sinks.header import Origin, header, read_header, said_before
from coach.sinks.line import JournalError, Json, decode_event, encode_event, mapping_of, number_in, one_line, text_in
from coach.sinks.torn import read_lines

BREAKS_OFF: Final = "the recording breaks off"  # why a session ended whose journal has no end


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a journal and the writes that came of it."""

    event: Event
    writes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class End:
    """The last line."""

    ended: str
    reason: str
    digest: str
    recovered: bool = False  # the journal was cut off, and closed later


@dataclass(frozen=True, slots=True)
class Guarded:
    """What a guard did, so many seconds after it took over."""

    what: str  # keeper-lost, stop, pause, control, still, unreachable
    after_s: float


@dataclass(frozen=True, slots=True)
class Recording:
    """A journal that was read; `end` is None where the writer did not come to it."""

    plan: Plan
    origin: Origin
    entries: tuple[Entry, ...]
    end: End | None
    torn: bool = False  # something was cut off at its end, and left away
    guard: tuple[Guarded, ...] = ()  # the keeper was lost: what the guard did
    summary: Mapping[str, object] | None = None  # what the session came to, as its keeper had it
    said: tuple[Mapping[str, object], ...] = ()  # by the runner, before and later, oldest first


class Sheet(Protocol):
    """What a journal is written on: a text file, or one behind a thread."""

    def write(self, text: str, /) -> int:
        """Take text."""

    def flush(self) -> None:
        """Let it be out when this returns."""

    def close(self) -> None:
        """Take no more."""


class Journal:
    """Writes a journal to an open file; each line is out before the call returns."""

    def __init__(self, file: Sheet, plan: Plan, origin: Origin) -> None:
        self._file = file
        self._line(header(plan, origin))

    @classmethod
    def open(cls, path: str | Path, plan: Plan, origin: Origin) -> Journal:
        """Begin a journal; what was in the file is gone.

        Raises:
            OSError: it cannot be written, or another session writes it.
        """
        number = claim_empty(Path(path)).number
        return cls(os.fdopen(number, "w", encoding="utf-8", newline="\n"), plan, origin)

    def take(self, event: Event, outcome: Outcome) -> None:
        """Write the line of one event."""
        line = encode_event(event)
        if outcome.writes:
            line["writes"] = [write.hex() for write in outcome.writes]
        self._line(line)

    def end(self, ended: str, reason: str, session: Session, summary: Mapping[str, Json] | None = None) -> None:
        """Write what the session came to, and the line that ends it."""
        for line in last_lines(ended, reason, session, summary):
            self._line(line)

    def close(self) -> None:
        """Close the file, whether the session has ended or not."""
        self._file.close()

    def _line(self, line: Mapping[str, object]) -> None:
        self._file.write(one_line(line))
        self._file.flush()


def last_lines(
    ended: str, reason: str, session: Session, summary: Mapping[str, Json] | None, *, recovered: bool = False
) -> Iterator[Mapping[str, Json]]:
    """What ends a journal; `recovered`: by somebody who found it cut off."""
    if summary is not None:
        yield {"summary": dict(summary)}
    yield {"ended": ended, "reason": reason, "digest": digest(session)} | ({"recovered": True} if recovered else {})


def read_journal(path: str | Path) -> Recording:
    """Read a journal; what was cut off at its end is left away.

    Raises:
        JournalError: it is no journal, or a line before its end cannot be read.
    """
    try:
        text = Path(path).read_bytes().decode(errors="replace")
    except OSError as error:
        raise JournalError(f"{path}: cannot be read: {error.strerror}") from error
    return parse_journal(text, str(path))


def parse_journal(text: str, file: str = "journal") -> Recording:
    """Read the text of a journal.

    Raises:
        JournalError: as read_journal().
    """
    found = read_lines(text)
    if not found.whole or found.whole[0][0] != 1:
        raise JournalError(f"{file}:1: is not a journal: its header is missing" if text else f"{file}: is empty", 1)
    if found.damaged:
        raise JournalError(f"{file}:{found.damaged}: cannot be read", found.damaged)
    (_, head), *rest = found.whole
    try:
        plan, origin = read_header(head)
    except JournalError as error:
        raise JournalError(f"{file}:1: {error}", 1) from error
    entries, guard, said = list[Entry](), list[Guarded](), list(said_before(head))
    end: End | None = None
    summary: Mapping[str, object] | None = None
    for number, line in rest:
        try:
            if "guard" in line:
                guard.append(Guarded(text_in(line, "guard"), number_in(line, "after_s")))
            elif "event" in line:
                entries.append(Entry(decode_event(line), _writes(line)))
            elif "summary" in line:
                summary = mapping_of(line["summary"])
            elif "said" in line:
                said.append(mapping_of(line["said"]))
            else:
                recovered = line.get("recovered") is True
                end = End(text_in(line, "ended"), text_in(line, "reason"), text_in(line, "digest"), recovered)
        except (ValueError, KeyError) as error:
            raise JournalError(f"{file}:{number}: cannot be read: {error}", number) from error
    return Recording(plan, origin, tuple(entries), end, found.torn, tuple(guard), summary, tuple(said))


def _writes(line: Mapping[str, object]) -> tuple[bytes, ...]:
    writes = line.get("writes", [])
    if not isinstance(writes, list):
        raise JournalError("writes is not a list")
    return tuple(bytes.fromhex(str(write)) for write in writes)
