"""Budgets of a live session in a real terminal: `python -m tests.bench.live`.

First frame of the Library, processor and memory of cockpit and keeper at 120x40, and how late the write at a boundary
is with each sink blocked. Nothing here is asserted in a test; the exit code is 1 when a budget is missed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic

from tests.bench.__main__ import Figure
from tests.keeper.boundaries import measure
from tests.keeper.network import TROUBLES
from tests.tui.terminal import STEADY_S, Terminal

SIZE = (120, 40)
WATCHED_S = 20.0
BOUNDARIES = 100
TICKS_S = os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure, print a table, and say whether all budgets are kept."""
    kept = True
    for figure in measured():
        kept = kept and figure.kept
        print(
            f"{figure.what:58} {figure.budget:>20} {figure.found:>14}  {'kept' if figure.kept else 'MISSED'}",
            flush=True,
        )
    return 0 if kept else 1


def measured() -> Iterator[Figure]:
    """One figure after the other."""
    frame_s = min(_first_frame_s() for _ in range(3))
    yield Figure("first frame of the Library, Python's start included", "under 1 s", f"{frame_s:.2f} s", frame_s < 1)
    yield from _session()
    for blocked in ("", "screen", "voice", "journal", "folder", *TROUBLES):
        with TemporaryDirectory() as folder:
            late_ms = measure(Path(folder), BOUNDARIES, blocked).p99_s() * 1e3
        what = f"boundary to write, p99 above the floor, {blocked or 'nothing'} blocked"
        yield Figure(what, "under 5 ms", f"{late_ms:.1f} ms", late_ms < 5)


def _first_frame_s() -> float:
    with TemporaryDirectory() as folder:
        began_s = monotonic()
        with Terminal(Path(folder), [], SIZE) as terminal:
            terminal.until("Workouts")
            return monotonic() - began_s


def _session() -> Iterator[Figure]:
    with TemporaryDirectory() as folder, Terminal(Path(folder), ["run", "20min@3", "--auto"], SIZE) as terminal:
        terminal.until("FORWARD")
        Event().wait(STEADY_S)
        before = {name: _cpu_s(process) for name, process in _processes(terminal).items()}
        Event().wait(WATCHED_S)
        for name, process in _processes(terminal).items():
            budget_ms = 100 if name == "cockpit" else 30
            cpu_ms = (_cpu_s(process) - before[name]) / WATCHED_S * 1e3
            yield Figure(f"{name}, processor", f"under {budget_ms} ms/s", f"{cpu_ms:.0f} ms/s", cpu_ms < budget_ms)
            size_mb = _resident_mb(process)
            yield Figure(f"{name}, memory", "under 60 MB", f"{size_mb:.0f} MB", size_mb < 60)


def _processes(terminal: Terminal) -> dict[str, int]:
    return {"cockpit": terminal.cockpit, "keeper": terminal.keeper}


def _cpu_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_S


def _resident_mb(process: int) -> float:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())
