"""What the history keeps of one journal: its line in every list, and the windows that are compared over weeks.

It is made of the journal's two ends; only where they have no summary of today is the whole session folded again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Final

from coach.core.error import CoachError
from coach.core.level import LEVELS
from coach.core.workout import Level
from coach.history.account import Window
from coach.history.ends import Ends, read_ends
from coach.history.past import Past, past
from coach.history.rating import heard
from coach.history.summary import CUT_OFF, Summary, guarded, read_summary, summary_of
from coach.sinks.journal import BREAKS_OFF, read_journal
from coach.sinks.line import JournalError
from coach.sinks.replay import NONSENSE, SENSELESS

LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)  # calendars and sums of days end soon after
LONGEST_S: Final = LEVELS[Level.ADVANCED].week_s  # facing the rear on a real belt: no session has more
LONGEST_NAME: Final = 80  # signs of a runner's name
_FIGURES: Final = tuple(one.name for one in fields(Past) if one.name.endswith(("_s", "_m", "_kcal", "_bpm")))
_TEXTS: Final = ("id", "who", "workout", "sha256", "machine", "ended", "reason")  # JSON can hold what is no text


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal as the history keeps it."""

    past: Past
    mark: str = ""  # of the session, whatever its file is called (coach/history/ends.py)
    dated: bool = True  # its journal tells when it was
    windows: tuple[Window, ...] = ()
    held: tuple[int, ...] = ()  # backward blocks in which the rails were held


def entry_of(path: Path) -> Entry:
    """Read what the history keeps of a journal.

    Raises:
        JournalError: it is none, or it cannot be read; the message goes behind the file's name.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        ends = read_ends(file)
    changed_s = path.stat().st_mtime
    try:
        return _entry(path, ends, summary(path, ends), changed_s)
    except (CoachError, *SENSELESS, MemoryError) as error:
        reason = _without(path, str(error)) if isinstance(error, JournalError) else NONSENSE
        raise JournalError(f"cannot be read: {reason}") from error


def summary(path: Path, ends: Ends) -> Summary:
    """What the session of a journal came to.

    Raises:
        JournalError: the journal has to be read as a whole, and cannot be.
    """
    kept = read_summary(ends.summary) if isinstance(ends.summary, dict) else None
    if kept is None:
        return summary_of(read_journal(path))
    return guarded(kept, acted=ends.guarded)


def whose(ends: Ends) -> str:
    """The runner's name: as he was named last, later or in the header."""
    names = [_name(ends.head.get("who")), *(_name(one.get("who")) for one in ends.said)]
    return next(filter(None, reversed(names)), "")


def _without(path: Path, message: str) -> str:
    """A message on a journal where its name stands already."""
    told = message.removeprefix(f"{path}:").strip()
    return f"line {told}" if told[:1].isdigit() else told


def _name(name: object) -> str:
    return name if isinstance(name, str) and len(name) <= LONGEST_NAME and name.isprintable() else ""


def _entry(path: Path, ends: Ends, came_to: Summary, changed_s: float) -> Entry:
    simulated = ends.head.get("simulated") is not False
    at = _began(ends.head)
    if at is None and not simulated:
        raise JournalError("it does not tell when the session was")
    one = past(path.stem, path, at or datetime.fromtimestamp(changed_s, UTC).astimezone(), came_to, heard(ends.said))
    one = replace(one, simulated=simulated, who=whose(ends), open=ends.end is None)
    if one.open and not ends.guarded:
        one = replace(one, ended=CUT_OFF, reason=BREAKS_OFF)
    must_make_sense(one)
    return Entry(one, ends.mark, at is not None, came_to.windows, came_to.held)


def _began(head: Mapping[str, object]) -> datetime | None:
    """The wall clock in the header; one without a zone is in that of this computer."""
    started = head.get("started")
    with suppress(ValueError, OverflowError, OSError):
        if isinstance(started, str) and started:
            at = datetime.fromisoformat(started)
            at = at if at.tzinfo is not None else at.astimezone()
            return at if at < LATEST else None
    return None


def must_make_sense(one: Past) -> None:
    """Look at the figures and texts of a session.

    Raises:
        ValueError: one cannot be.
        TypeError: one is of another kind.
    """
    if one.backward_s > LONGEST_S and not one.simulated:
        raise ValueError("backward_s")
    for name in _FIGURES:
        value = getattr(one, name)
        if value is not None and not (isfinite(value) and value >= 0):
            raise ValueError(name)
    for name in _TEXTS:
        _ = getattr(one, name).encode()
