"""What kills or freezes the processes of a real session: the belt's own log and the journal say what became of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic
from types import MappingProxyType
from typing import Final

from coach.core.event import Pressed
from coach.places import HOME_VARIABLE
from tests.faults.behind import alarm_of, ended_of, told_of, trips_of
from tests.faults.row import NONE, Row, verdict
from tests.keeper.stand import Stand, Truth, wait_for

AT_ONCE: Final = 4  # sessions, which mostly wait
RUN: Final = ("run", "--auto", "--timelapse", "5", "--lapse-turns")
WORKOUT: Final = """
format: 1
name: Short
level: intermediate
steps:
  - warm-up: 75 s @ 5 km/h
  - backward: 60 s @ 2.5 km/h
  - cool-down: 3 min @ 4 km/h
"""
PLACES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = MappingProxyType(
    {  # the facing, and words of the lines of a session in their order
        "forward run": ("forward", ("1/3 warm-up, 0:4",)),
        "slow, to the rear": ("forward", ("1/3 warm-up", "slowing")),
        "ready, to the rear": ("unknown", ("1/3 warm-up", "ready?")),
        "step on, to the rear": ("unknown", ("1/3 warm-up", "stepping on")),
        "rear run": ("backward", ("2/3 backward, 0:3",)),
    }
)
SPARE_S: Final = 1.0  # other processes run beside these
STANDS_S: Final = 30.0
GUIDED_KMH_S: Final = 0.3  # how slowly a belt may be brought to its stop (safety.md 1)
STILL_LATE_S: Final = 5.0  # and so much later it stands (safety.md 9)
WATCHED_S: Final = 3.0  # so long a session that goes on is looked at


def _kill(stand: Stand, names: tuple[str, ...], number: int) -> None:
    for name in names:
        os.kill(_process(stand, name), number)


def _process(stand: Stand, name: str) -> int:
    if name == "cockpit":
        return stand.cockpit.pid
    return stand.keeper if name == "keeper" else _guard(stand)


def _guard(stand: Stand) -> int:
    mark = f"COACH_TRUTH={stand.truth_file}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"coach.keeper.guard" in (folder / "cmdline").read_bytes() and mark in (folder / "environ").read_bytes():
                return int(folder.name)
    raise AssertionError("there is no guard")


KINDS: Final[Mapping[str, tuple[str, tuple[str, ...], int, float | None]]] = MappingProxyType(
    {  # the section, whom, by what, and seconds until the first slowing write
        "cockpit killed": ("9", ("cockpit",), signal.SIGKILL, 0.5),
        "cockpit frozen": ("9", ("cockpit",), signal.SIGSTOP, 3.5),
        "keeper killed": ("9", ("keeper",), signal.SIGKILL, 1.0),
        "keeper frozen": ("9", ("keeper",), signal.SIGSTOP, 3.5 + 1.0),  # the cockpit kills it, then the guard acts
        "cockpit and keeper killed": ("9", ("cockpit", "keeper"), signal.SIGKILL, 1.0),
        "guard killed": ("9", ("guard",), signal.SIGKILL, None),
    }
)


def rows() -> list[Row]:
    """A row for each kind at each place."""
    kinds, places = zip(*product(KINDS, PLACES), strict=True)
    with ProcessPoolExecutor(AT_ONCE, get_context("fork")) as pool:
        return list(pool.map(_row, kinds, places))


def _row(kind: str, place: str) -> Row:
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:  # a guard may be writing its last line
        folder = Path(name)
        os.environ[HOME_VARIABLE] = str(folder / "home")
        workout = folder / "short.yaml"
        workout.write_text(WORKOUT, encoding="utf-8")
        with Stand(folder, [*RUN, str(workout)]) as stand:
            for words in PLACES[place][1]:
                stand.until(words)
            return _met(stand, kind, place)


def _met(stand: Stand, kind: str, place: str) -> Row:
    section, names, number, within_s = KINDS[kind]
    before, lines, kmh = len(stand.recorded().entries), len(stand.said), stand.kmh
    since_s = monotonic()
    _kill(stand, names, number)
    if within_s is None:
        Event().wait(WATCHED_S)
        stand.type("q", "q")
        stand.cockpit.wait(STANDS_S)
    elif kmh > 0:
        wait_for(lambda: stand.kmh == 0, STANDS_S)
    wait_for(lambda: _over(stand, names), STANDS_S)
    if stand.cockpit.poll() is None:
        stand.cockpit.kill()
    said = stand.rest().splitlines()[lines:]
    truth, recording = stand.truth(), stand.recorded()
    slowed, broken = _slowed(truth, since_s, within_s, kmh, goes_on=names == ("cockpit",))
    words = [*told_of(recording, before), *(line for line in said if "HAS ENDED" in line or "guard has" in line)]
    alarm = alarm_of(recording, before, said)
    verdicts = [broken] if broken else []
    if within_s is not None and kmh > 0 and alarm == "no":
        verdicts.append("no alarm")
    answers = sum(isinstance(entry.event, Pressed) for entry in recording.entries[before:])
    rear = PLACES[place][0] != "forward"
    return Row(
        stack="processes",
        machine="home",
        fault=kind,
        place=place,
        facing=PLACES[place][0],
        ended=ended_of(recording),
        trips=trips_of(recording, before),
        alarm=alarm,
        rear=f"{max([kmh, *(one for _, one in truth.kmh_after(since_s))]):.1f}" if rear else "not rear at the fault",
        slowed=slowed,
        told=words[0].strip()
        if words
        else "nothing is said of it"
        if recording.end
        else "the guard sounds, and nobody is left to show words",
        promise=f"{section}: {verdict(verdicts)}",
        laws="law 2: it was started without a yes" if truth.starts(since_s) > answers else NONE,
    )


def _over(stand: Stand, names: tuple[str, ...]) -> bool:
    """The keeper or the guard has written its last line."""
    recording = stand.recorded()
    guarded = bool(recording.guard) and recording.guard[-1].what in {"still", "unreachable"}
    paused = "cockpit" in names and stand.cockpit.poll() is None  # frozen: the session waits for it
    return recording.end is not None or guarded or (paused and stand.kmh == 0)


def _slowed(
    truth: Truth, since_s: float, within_s: float | None, kmh: float, *, goes_on: bool = False
) -> tuple[str, str]:
    """What slowed the belt and what was broken; `goes_on`: the keeper that slows it already is there still."""
    if within_s is None:
        return "none needed: a simulated belt goes on without a guard", ""
    if kmh == 0:
        return "none needed: the belt stands", ""
    took_s = truth.slowing_s(since_s) - since_s
    if goes_on and took_s > within_s and truth.slows(since_s, kmh):
        stood_s, most_s = truth.stood_s(since_s) - since_s, kmh / GUIDED_KMH_S + STILL_LATE_S
        told = f"none needed: it slows already; the next after {took_s:.1f}"
        return told, "" if stood_s <= most_s + SPARE_S else f"stood after {stood_s:.1f} s, {most_s:.1f} s promised"
    return f"{took_s:.1f}", "" if took_s <= within_s + SPARE_S else f"{took_s:.1f} s, {within_s:.1f} s promised"
