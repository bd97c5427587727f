"""A journal folded again: it must come to the same writes and the same state (safety.md 2.9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coach.core.session import Outcome, Session, advance, first
from coach.sinks.canonical import digest
from coach.sinks.journal import Entry, Recording, read_journal
from coach.sinks.line import JournalError

NONSENSE: Final = "its numbers make no sense"
SENSELESS: Final = (
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
)
"""What reckoning with numbers that no treadmill has sent may end in."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of a journal that was folded again."""

    equal: bool
    difference: str  # in words; empty where there is none
    events: int
    complete: bool  # the journal has its last line
    session: Session


def refold(recording: Recording) -> Iterator[tuple[Entry, Session, Session, Outcome]]:
    """Fold a recording again: each entry with the session before and after it, and what came of it.

    Raises:
        JournalError: its plan or its events have numbers with which nothing can be reckoned.
    """
    session = _first(recording)
    try:
        for entry in recording.entries:
            before = session
            session, outcome = advance(recording.plan, before, entry.event)
            yield entry, before, session, outcome
    except (ValueError, ArithmeticError) as error:
        raise JournalError(NONSENSE) from error


def replay(journal: str | Path | Recording) -> Replay:
    """Fold a journal again and compare its writes and, where it has ended, its final state.

    Raises:
        JournalError: it cannot be read.
    """
    recording = journal if isinstance(journal, Recording) else read_journal(journal)
    session, events, difference = _first(recording), 0, ""
    for entry, _, after, outcome in refold(recording):
        session, events = after, events + 1
        if outcome.writes != entry.writes:
            wrote, writes = _shown(entry.writes), _shown(outcome.writes)
            difference = f"event {events} at {entry.event.at_s:.2f} s: wrote {wrote}, now writes {writes}"
            break
    end = recording.end
    if not difference and end is not None and digest(session) != end.digest:
        difference = "the writes are equal, the final state is another"
    return Replay(not difference, difference, events, end is not None, session)


def _first(recording: Recording) -> Session:
    try:
        return first(recording.plan)
    except (ValueError, ArithmeticError) as error:
        raise JournalError(NONSENSE) from error


def _shown(writes: Iterable[bytes]) -> str:
    return ", ".join(write.hex(" ") for write in writes) or "nothing"
