"""Exports in a process of their own: reading a session again takes seconds, and nobody on a belt may wait for it.

`exported()` starts the process and waits for its one line of JSON; the file itself comes through a folder of its own,
so that a worker that breaks down or hangs leaves nothing behind where the user wants his file.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory
from typing import Final

from coach.core.error import CoachError
from coach.history.export.activity import Activity, ExportError, Format, Sport, activity
from coach.sinks.journal import read_journal
from coach.sinks.replay import NONSENSE, SENSELESS
from coach.spawn import Process, spawn

MODULE: Final = "coach.history.export.worker"
LEAST_S: Final = 60.0  # a worker has so long at the least; it takes 4 s for a session of 45 min
LONGER_S_PER_MB: Final = 60.0  # and so much more for each megabyte of a journal, which is an hour and a half
ENDS_S: Final = 5.0  # a process that was killed is gone by then


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be exported, and how."""

    journal: Path
    to: Format
    sport: Sport | None = None  # by what was mostly done
    began: datetime | None = None  # the wall clock at the first second, where the journal does not tell
    laps: bool = False  # CSV: a row for each lap
    samples: bool = False  # JSON: with every second


@dataclass(frozen=True, slots=True)
class Exported:
    """A session as a file's content, with what is pasted beside it."""

    content: bytes
    title: str
    description: str
    simulated: bool
    as_run: bool  # by the rules of today too


def exported(order: Order, *, patience_s: float | None = None, start: Callable[..., Process] = spawn) -> Exported:
    """Export in a process of its own, and wait for it.

    Args:
        order: what is to be exported.
        patience_s: how long the process may take; by default as long as a journal of its size needs, many times over.
        start: starts a process as coach.spawn.spawn().

    Raises:
        ExportError: it cannot be written so, or the process broke down or hung; there is no file then.
    """
    with TemporaryDirectory(prefix="coach-export-") as folder:
        place = Path(folder) / "export"
        told = _answer(start(MODULE, *_words(order, place)), patience_s or _patience_s(order.journal), order.to)
        error = told.get("error")
        if isinstance(error, str):
            raise ExportError(error)
        try:
            content = place.read_bytes()
        except OSError:
            raise _broken(order.to) from None
    return Exported(
        content, str(told["title"]), str(told["description"]), told["simulated"] is True, told["as_run"] is True
    )


def _patience_s(journal: Path) -> float:
    try:
        return LEAST_S + journal.stat().st_size / 1e6 * LONGER_S_PER_MB
    except OSError:
        return LEAST_S


def _answer(process: Process, patience_s: float, to: Format) -> Mapping[str, object]:
    """The worker's line.

    Raises:
        ExportError: there is none.
    """
    try:
        line, _ = process.communicate(timeout=patience_s)
    except TimeoutExpired:
        _end(process)
        raise ExportError(
            f"writing the session as {to.upper()} took longer than {patience_s:.0f} s and was given up; nothing is"
            " written"
        ) from None
    except BaseException:
        _end(process)
        raise
    with suppress(ValueError):
        told = json.loads(line)
        if process.returncode == 0 and isinstance(told, dict) and ("error" in told or "title" in told):
            return told
    raise _broken(to)


def _end(process: Process) -> None:
    process.kill()
    with suppress(TimeoutExpired):
        process.communicate(timeout=ENDS_S)


def _broken(to: Format) -> ExportError:
    return ExportError(f"the part of coach that writes {to.upper()} files broke down; nothing is written")


def _words(order: Order, place: Path) -> Sequence[str]:
    options = [f"--sport={order.sport.value}"] if order.sport is not None else []
    options += [f"--began={order.began.isoformat()}"] if order.began is not None else []
    options += ["--laps"] if order.laps else []
    options += ["--samples"] if order.samples else []
    return (*options, "--", str(order.journal.absolute()), order.to.value, str(place))


# In the process


def main(words: Sequence[str]) -> int:
    """Write a session into a file that is not there yet, and answer with one line of JSON."""
    parser = ArgumentParser(prog=MODULE, description=__doc__)
    parser.add_argument("journal", type=Path)
    parser.add_argument("format", type=Format)
    parser.add_argument("output", type=Path)
    parser.add_argument("--sport", type=Sport)
    parser.add_argument("--began", type=datetime.fromisoformat)
    parser.add_argument("--laps", action="store_true")
    parser.add_argument("--samples", action="store_true")
    read = parser.parse_args(words)
    order = Order(read.journal, read.format, read.sport, read.began, read.laps, read.samples)
    print(json.dumps(_done(order, read.output)), flush=True)
    return 0


def _done(order: Order, place: Path) -> dict[str, object]:
    try:
        one = _read(order)
        content = content_of(one, order)
        with place.open("xb") as file:
            file.write(content)
    except CoachError as error:
        return {"error": str(error)}
    except OSError as error:
        return {"error": f"{error.filename}: cannot be written: {(error.strerror or str(error)).lower()}"}
    return {
        "title": one.title,
        "description": one.description,
        "simulated": one.summary.simulated,
        "as_run": one.track.as_run,
    }


def _read(order: Order) -> Activity:
    """The session that was ordered.

    Raises:
        CoachError: it cannot be read, or there is nothing to export.
    """
    try:
        return activity(read_journal(order.journal), began=order.began, sport=order.sport)
    except CoachError:
        raise
    except SENSELESS as error:  # a recording that no coach wrote
        raise ExportError(f"{order.journal}: {NONSENSE}") from error


def content_of(one: Activity, order: Order) -> bytes:
    """An activity in the format that was ordered.

    Raises:
        ExportError: the format cannot hold it.
    """
    match order.to:
        case Format.FIT:
            from coach.history.export.fit import fit_bytes

            return fit_bytes(one)
        case Format.TCX:
            from coach.history.export.tcx import tcx_bytes

            return tcx_bytes(one)
        case Format.CSV:
            from coach.history.export.table import laps_bytes, seconds_bytes

            return laps_bytes(one) if order.laps else seconds_bytes(one)
        case Format.JSON:
            from coach.history.export.facts import facts_bytes

            return facts_bytes(one, samples=order.samples)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
