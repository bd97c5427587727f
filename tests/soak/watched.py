"""The processes of a session, seen from outside: memory, files, threads and processor time, as Linux tells them.

They are known by the user they run for: all of them have his COACH_HOME. What each one is stands in its command line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coach.places import HOME_VARIABLE

ROLES: Final = {  # by the module that is run
    "coach": "cockpit",
    "coach.keeper": "keeper",
    "coach.keeper.guard": "guard",
    "coach.link.peripheral": "treadmill",
    "coach.page": "page",
}
PASSING: Final = "players"  # and engines of the voice: they come and go
MB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Seen:
    """A process at one instant."""

    pid: int
    rss_mb: float
    pss_mb: float  # its share of what it has in common with others counted in part
    files: int
    threads: int
    cpu_s: float  # so far


def processes(home: Path) -> dict[int, str]:
    """Those of a user, with what each one is."""
    return {pid: role for pid, user, role in everybody() if user == str(home)}


def everybody() -> Iterator[tuple[int, str, str]]:
    """Every process of coach, its user and its role."""
    name = f"{HOME_VARIABLE}=".encode()
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = next(
                (one for one in path.joinpath("environ").read_bytes().split(b"\0") if one.startswith(name)), b""
            )
            if told:
                yield int(path.name), os.fsdecode(told.removeprefix(name)), _role(path)


def _role(path: Path) -> str:
    words = os.fsdecode(path.joinpath("cmdline").read_bytes()).split("\0")
    module = words[words.index("-m") + 1] if "-m" in words else ""
    return ROLES.get(module, PASSING)


def look(pid: int) -> Seen | None:
    """How it is now; None: it has ended."""
    path = Path(f"/proc/{pid}")
    try:
        pages = int(path.joinpath("statm").read_text().split()[1])
        shares = dict(_sizes(path.joinpath("smaps_rollup").read_text()))
        threads = len(list(path.joinpath("task").iterdir()))
        return Seen(
            pid, pages * os.sysconf("SC_PAGE_SIZE") / MB, shares.get("Pss", 0) / 1024, _files(path), threads, cpu_s(pid)
        )
    except OSError:
        return None


def cpu_s(pid: int) -> float:
    """What a process has used of the processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))


def _files(path: Path) -> int:
    return len(list(path.joinpath("fd").iterdir()))


def _sizes(text: str) -> Iterator[tuple[str, int]]:
    for line in text.splitlines()[1:]:
        name, size, *_ = line.split()
        yield name.rstrip(":"), int(size)
