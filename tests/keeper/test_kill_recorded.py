"""Keepers are killed at any moment, and no step that had returned is missing from their journals (safety.md 2.10)."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Event

import pytest

from coach.core.level import UNLIMITED
from coach.core.plan import make_plan
from coach.history.recover import BusyError, left_open, recover
from coach.keeper.wire import Beat, Begin, Voice, World, encode
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.script.check import load
from coach.sinks.header import Origin, header
from coach.sinks.journal import read_journal
from coach.sinks.marker import marked
from coach.sinks.replay import replay
from tests.keeper.stand import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals"),
]

AT_ONCE = 4
PACE = 100.0
LONGEST_S = 0.6  # between the first step and the kill: a minute of the session

COUNTS = """
import os, sys, threading, time

def wait():
    while "coach.keeper.run" not in sys.modules or not hasattr(sys.modules["coach.keeper.run"], "Keeper"):
        time.sleep(0.001)
    from coach.keeper.run import Keeper
    record, returned = Keeper._record, [0]
    out = os.open(os.environ["RETURNED"], os.O_WRONLY | os.O_CREAT)
    def counted(self, step):
        record(self, step)
        returned[0] += 1
        os.pwrite(out, b"%d" % returned[0], 0)
    Keeper._record = counted

if sys.orig_argv[-1] == "coach.keeper":
    threading.Thread(target=wait, daemon=True).start()
"""


@dataclass
class Killed:
    """A keeper that was killed, and how many of its steps had returned."""

    sessions: Path
    returned: int

    @property
    def journal(self) -> Path:
        """What it left."""
        (path,) = self.sessions.glob("*.jsonl")
        return path


@contextmanager
def keeper(folder: Path) -> Iterator[tuple[Popen[bytes], Path]]:
    """One that runs a simulated session, and the file in which it counts its steps."""
    found = load("20min@1").workout
    assert found is not None
    plan = make_plan(found, profile_of(find_machine("home")))
    origin = Origin("20min@1", "", UNLIMITED, simulated=True, version="0", started="2026-05-20T18:25:30+02:00")
    begin = Begin(
        header(plan, origin),
        World("home", auto=True, timelapse=PACE, lapse_turns=True),
        str(folder / "data" / "journals" / "simulated" / "session.jsonl"),
        voice=Voice.CAPTIONS,
    )
    returned = folder / "returned"
    env = os.environ | {"COACH_HOME": str(folder), "PYTHONPATH": str(folder.parent / "site"), "RETURNED": str(returned)}
    words = [sys.executable, "-m", "coach.keeper"]
    with Popen(words, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, env=env, start_new_session=True) as process:
        assert process.stdin is not None
        process.stdin.write(encode(begin) + encode(Beat(1, 0)))
        process.stdin.flush()
        yield process, returned


def kill(folder: Path, after_s: float) -> Killed:
    """Kill one after so long."""
    folder.mkdir()
    with keeper(folder) as (process, returned):
        wait_for(lambda: returned.exists() and returned.stat().st_size)
        Event().wait(after_s)
        process.send_signal(signal.SIGKILL)
    return Killed(folder / "data" / "journals" / "simulated", int(returned.read_bytes()))


def nothing_is_lost(one: Killed) -> None:
    recording = read_journal(one.journal)
    assert len(recording.entries) >= one.returned
    assert recording.end is None
    assert [marker.journal for marker in marked(one.sessions)] == [one.journal]
    wait_for(lambda: left_open(one.sessions))  # the guard has the journal until the belt stands
    assert left_open(one.sessions) == (one.journal,)
    found = recover(one.journal)
    assert found.events == len(recording.entries)
    assert found.summary.ended == "tripped"
    assert found.guard[-1].what == "still"
    assert replay(one.journal).equal
    assert left_open(one.sessions) == ()


@pytest.mark.parametrize("kills", [40, pytest.param(200, marks=pytest.mark.matrix)])
def test_keepers_that_are_killed_at_any_moment_lose_no_step_that_had_returned(tmp_path: Path, kills: int) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(COUNTS)
    moments_s = [random.Random(number).uniform(0.0, LONGEST_S) for number in range(kills)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        killed = list(pool.map(lambda number: kill(tmp_path / f"{number}", moments_s[number]), range(kills)))
    for one in killed:  # their guards have stopped most belts by now
        nothing_is_lost(one)
    assert max(one.returned for one in killed) > 30  # not only at the begin


def test_a_journal_whose_guard_is_on_duty_is_not_closed(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(COUNTS)
    found = kill(tmp_path / "one", 1.0)
    wait_for(lambda: read_journal(found.journal).guard)
    assert left_open(found.sessions) == ()  # a belt at 1 km/h takes seconds to stand
    with pytest.raises(BusyError):
        recover(found.journal)
    wait_for(lambda: left_open(found.sessions))
    assert read_journal(found.journal).guard[-1].what == "still"
