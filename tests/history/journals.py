"""Journals for tests of the history: what the simulator wrote once, with another day, runner, belt and ending."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.history.made import journal

WALK = "1min@5"  # forward only
BACK = "70s@4 / back 90s@2 / 3min@3"  # 90 s facing the rear, with a window
BEGIN = datetime(2026, 5, 4, 18, tzinfo=UTC)  # a Monday

Lines = list[dict[str, object]]


def put(
    folder: Path,
    day: int = 0,
    *,
    workout: str = WALK,
    who: str = "",
    simulated: bool = False,
    ended: str | None = "finished",
    name: str = "",
    summary: Mapping[str, object] | None = None,
    said: Sequence[Mapping[str, object]] = (),
    hour: int = 18,
) -> Path:
    """Write the journal of a session on that day.

    Args:
        folder: of the journals.
        day: so many after BEGIN.
        workout: WALK or BACK.
        who: the name in its header.
        simulated: what its header says.
        ended: how it ended; None: the journal breaks off before its summary.
        name: of the file; else as coach would have called it.
        summary: what is different in its summary.
        said: lines that were said later.
        hour: of its begin.
    """
    at = BEGIN.replace(hour=hour) + timedelta(days=day)
    header, *events, came_to, end = lines(workout)
    told = {"simulated": simulated, "started": at.isoformat(), "who": who}
    written = [{**header, **told}, *events]
    if ended is not None:
        whole = came_to["summary"]
        assert isinstance(whole, dict)
        written.append({"summary": {**whole, **told, "ended": ended, **(summary or {})}})
        written.append({**end, "ended": ended})
    written += [{"said": {"at": at.isoformat(), **one}} for one in said]
    path = folder / f"{name or f'{at:%Y-%m-%d-%H%M%S}-000-session'}.jsonl"
    return write(path, written)


def lines(workout: str = WALK) -> Lines:
    """The lines of a simulated journal."""
    return read(journal(workout))


def read(path: Path) -> Lines:
    """The lines of a journal."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write(path: Path, written: Sequence[Mapping[str, object]]) -> Path:
    """A journal of these lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in written), encoding="utf-8")
    return path
