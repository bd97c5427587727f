"""Figures of a live session: how late the write at a boundary is, drift, and what cockpit and keeper use."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic
from typing import Final

from tests.bench.row import Found, LeftOutError, Row, under
from tests.bench.used import cpu_s, own_mb, resident_mb
from tests.keeper import boundaries
from tests.tui.terminal import STEADY_S, Terminal

SIZE: Final = (120, 40)
WATCHED_S: Final = 20.0
BOUNDARIES: Final = 30
QUICK_BOUNDARIES: Final = 6
BUDGET_MS: Final = 5.0
BLOCKED: Final = {  # what is blocked in a session with screen, voice, journal and MQTT on
    "": "nothing blocked",
    "screen": "screen blocked",
    "voice": "voice blocked",
    "journal": "journal blocked",
    "broker": "MQTT blocked",
}
MORE_BLOCKED: Final = {
    "folder": "folder of the journal gone",
    "flood": "MQTT flooded with commands",
    "page": "page behind the treadmill frozen",
}
DRIFT: Final = Row("timing drift over 45 min", "0 beside the jitter")
SESSION: Final = (
    Row("cockpit at 4 Hz, 120x40: processor", "under 100 ms a second"),
    Row("cockpit at 4 Hz, 120x40: memory", "under 60 MB"),
    Row("keeper: processor", "under 30 ms a second"),
    Row("keeper: memory", "under 60 MB"),
)
FIRST_FRAME: Final = Row("first frame of the library, start of Python included", "under 1 s")


def boundary_row(how: str) -> Row:
    """The write at the boundary of a segment, over what else wakes the same loop."""
    return Row(f"boundary to write, p99 above the timer floor, {how}", f"under {BUDGET_MS:g} ms")


def boundary_figure(blocked: str) -> Callable[[bool], Iterator[Found]]:
    """The figure with one thing blocked."""

    def measured(quick: bool) -> Iterator[Found]:
        _needs("mosquitto")
        with TemporaryDirectory() as folder:
            late_ms = boundaries.measure(Path(folder), QUICK_BOUNDARIES if quick else BOUNDARIES, blocked).p99_s() * 1e3
        yield under(late_ms, BUDGET_MS, f"{late_ms:.1f} ms")

    return measured


def drift_figure(quick: bool) -> Iterator[Found]:
    """A keeper runs 45 min in time-lapse, with as many deadlines as in 45 min: if each were late the end would be."""
    _needs()
    with TemporaryDirectory() as folder:
        found = boundaries.drift(Path(folder), 150.0 if quick else 60.0)
    shown = f"{found.drift_s * 1e3:.1f} ms, jitter {found.jitter_s * 1e3:.1f} ms"
    yield Found(shown, abs(found.drift_s) <= found.jitter_s)


def session_figures(quick: bool) -> Iterator[Found]:
    """What both processes use in a session on the whole screen."""
    _needs("tmux")
    watched_s = WATCHED_S / 2 if quick else WATCHED_S
    with TemporaryDirectory() as folder, Terminal(Path(folder), ["run", "20min@3", "--auto"], SIZE) as terminal:
        terminal.until("FORWARD")
        Event().wait(STEADY_S)
        processes = terminal.cockpit, terminal.keeper
        before_s, began_s = [cpu_s(process) for process in processes], monotonic()
        Event().wait(watched_s)
        passed_s = monotonic() - began_s
        for process, used_s, budget_ms in zip(processes, before_s, (100, 30), strict=True):
            cpu_ms, size_mb = (cpu_s(process) - used_s) / passed_s * 1e3, resident_mb(process)
            yield under(cpu_ms, budget_ms, f"{cpu_ms:.0f} ms a second")
            yield under(size_mb, 60, f"{size_mb:.0f} MB, {own_mb(process):.0f} of them its own")


def first_frame_figure(quick: bool) -> Iterator[Found]:
    """As a user waits for it."""
    _needs("tmux")
    frame_s = min(_first_frame_s() for _ in range(1 if quick else 3))
    yield under(frame_s, 1, f"{frame_s:.2f} s")


def _first_frame_s() -> float:
    with TemporaryDirectory() as folder:
        began_s = monotonic()
        with Terminal(Path(folder), [], SIZE) as terminal:
            terminal.until("Workouts")
            return monotonic() - began_s


def _needs(*programs: str) -> None:
    """What these figures come from.

    Raises:
        LeftOutError: it is not here.
    """
    if sys.platform != "linux":
        raise LeftOutError("measured on Linux only")
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise LeftOutError(f"{missing[0]} is not installed")
