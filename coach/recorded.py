"""Which sessions were recorded, by the first and the last line of each journal: nothing is folded again.

A finished session counts with the backward minutes of its own plan; what a runner skipped of them is not seen here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Final

from coach.core.runner import Runner
from coach.core.workout import Facing
from coach.weeks import TRIPPED

TAIL_BYTES: Final = 1000  # the last line is shorter
CUT_OFF: Final = "stopped"  # how a session ended whose journal does not say it
_FACTS: Final = tuple(field.name for field in fields(Runner) if field.name not in ("age", "spoken"))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A session as its journal begins and ends."""

    path: Path
    workout: str  # its title
    sha256: str  # of its file
    started: datetime
    ended: str  # finished, stopped or tripped
    backward_s: float  # planned
    simulated: bool
    runner: Mapping[str, object]  # facts of the person; a journal has no name

    def differs(self, runner: Runner) -> int:
        """In how many facts its runner is another one."""
        facts = asdict(runner)
        return sum(self.runner.get(name) != facts[name] for name in _FACTS if name in self.runner)


def journals(folder: Path, newest: int | None = None) -> list[Path]:
    """The journals of a folder, newest first, by their names; `newest` is how many at the most."""
    try:
        return sorted(folder.glob("*.jsonl"), reverse=True)[:newest]
    except OSError:
        return []


def recorded(folder: Path, newest: int | None = None) -> tuple[Recorded, ...]:
    """The sessions of a folder, oldest first; files that are no journals are left out."""
    found = (one for path in journals(folder, newest) for one in _read(path))
    return tuple(sorted(found, key=lambda one: one.started))


def _read(path: Path) -> Iterator[Recorded]:
    try:
        with path.open("rb") as file:
            head = json.loads(file.readline())
            file.seek(max(path.stat().st_size - TAIL_BYTES, 0))
            last = file.read().rstrip(b"\n").rpartition(b"\n")[2]
        yield Recorded(
            path=path,
            workout=str(head["workout"]["name"]),
            sha256=str(head["sha256"]),
            started=datetime.fromisoformat(head["started"]).astimezone(),
            ended=_ended(last),
            backward_s=sum(map(_backward_s, head["rows"])),
            simulated=head["simulated"] is not False,
            runner=dict(head["runner"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return


def _ended(last: bytes) -> str:
    """What the last line says; a session that was cut off has none, and one that a guard ended has the guard's."""
    try:
        line = json.loads(last)
        return TRIPPED if "guard" in line else str(line.get("ended", CUT_OFF))
    except (ValueError, AttributeError, TypeError):
        return CUT_OFF


def _backward_s(row: Mapping[str, object]) -> float:
    segment, seconds = row["segment"], row["planned_s"]
    if not isinstance(segment, dict) or segment["target"] is None or segment["facing"] != Facing.BACKWARD:
        return 0.0
    return float(seconds) if isinstance(seconds, int | float) else 0.0
