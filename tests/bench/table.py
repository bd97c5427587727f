"""All budgets in the order of the table, then figures that have one of their own."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.bench import decode, fold, history, live, network
from tests.bench.row import Found, LeftOutError, Part, Row, under

FASTER: Final = 25.0
DECODE: Final = Row("decode of a Treadmill Data frame, times faster than pyftms 0.4.15", f"at least {FASTER:g}")
COUNTS: Final = (300, 3000)
HISTORY: Final = tuple(
    Row(f"{what}, ten times the sessions", f"{history.SLACK:g} times linear")
    for what in (*history.INSIDE, *history.COMMANDS)
)
TREADMILLS: Final = 100
BOARD: Final = (
    Row(f"`coach board` with {TREADMILLS} treadmills: processor", f"under {network.BUDGET:.0%} of a core"),
    Row(f"messages of QoS 1 of {TREADMILLS} treadmills that are lost", "0"),
)


def decode_figure(_: bool) -> Iterator[Found]:
    """Two ways in which frames repeat are judged; frames of which no two are alike are told."""
    try:
        ratios = decode.ratios()
    except OSError as error:
        raise LeftOutError(str(error)) from error
    judged = ratios[decode.SAME], ratios[decode.FIVE]
    shown = f"{judged[0]:.0f} / {judged[1]:.0f} ({decode.FIRST_SIGHT}: {ratios[decode.FIRST_SIGHT]:.0f})"
    yield Found(shown, min(judged) >= FASTER)


def history_figures(_: bool) -> Iterator[Found]:
    """How the time grows; `python -m tests.bench.history` shows seconds and memory."""
    if sys.platform == "win32":
        raise LeftOutError("not measured on Windows")
    for _what, taken in history.measured(COUNTS):
        over = history.growth(COUNTS, taken)
        yield Found(f"{over:.2f}", over <= history.SLACK)


def board_figures(_: bool) -> Iterator[Found]:
    """`python -m tests.bench.network` says more of it."""
    if sys.platform != "linux" or shutil.which("mosquitto") is None:
        raise LeftOutError("measured on Linux with mosquitto only")
    result = network.measure(TREADMILLS, 30.0, 2)
    yield under(result.board, network.BUDGET, f"{result.board:.0%}")
    yield Found(str(result.lost), not result.lost and not result.gaps)


PARTS: Final = (
    *(Part((live.boundary_row(how),), live.boundary_figure(one)) for one, how in live.BLOCKED.items()),
    Part((live.DRIFT,), live.drift_figure),
    Part((DECODE,), decode_figure),
    Part((fold.ADVANCE,), fold.advance_figure),
    Part((fold.SIMULATE,), fold.simulate_figure),
    Part((fold.HELP,), fold.help_figure),
    Part(live.SESSION, live.session_figures),
    Part((fold.CHECK,), fold.check_figure),
    Part((live.FIRST_FRAME,), live.first_frame_figure),
    Part((fold.FOLDER,), fold.folder_figure),
    *(Part((live.boundary_row(how),), live.boundary_figure(one), long=True) for one, how in live.MORE_BLOCKED.items()),
    Part(BOARD, board_figures, long=True),
    Part(HISTORY, history_figures, long=True),
)


def measured(only: str = "", *, quick: bool = False) -> Iterator[tuple[Row, Found]]:
    """One row after the other; `only` is a word of those that are wanted."""
    for part in PARTS:
        if any(_named(row, only) for row in part.rows):
            yield from (
                (row, found) for row, found in zip(part.rows, part.found(quick=quick), strict=True) if _named(row, only)
            )


def _named(row: Row, word: str) -> bool:
    return word.casefold() in row.what.casefold()


def machine() -> str:
    """Which kind of machine this is."""
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{os.cpu_count()} cores of {_processor()}, {_system()}, Python {python}"


def _processor() -> str:
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line for line in lines if line.startswith("model name")).partition(":")[2].strip()
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return platform.processor() or platform.machine()


def _system() -> str:
    with suppress(OSError, KeyError):
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    return f"{platform.system()} {platform.release()}"


def markdown(rows: Iterable[tuple[Row, Found]]) -> Iterator[str]:
    """A table for the README, of what was measured."""
    yield f"Measured on {machine()}:"
    yield ""
    yield "| what | budget | found | |"
    yield "|---|---|---|---|"
    for row, found in rows:
        if found.kept is not None:
            yield f"| {row.what} | {row.budget} | {found.text} | {found.verdict} |"
