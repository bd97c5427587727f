"""How late the write at the boundary of a segment is, with each sink on or blocked: a keeper under a bare cockpit."""

from __future__ import annotations

import json
import os
import stat
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from threading import Event, Thread
from time import monotonic

from coach.core.ftms import Op
from coach.core.level import UNLIMITED
from coach.core.plan import Plan, make_plan
from coach.keeper.wire import Beat, Begin, Done, Voice, World, encode, from_keeper
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.script.check import load
from coach.sinks.header import Origin, header
from coach.spawn import Process, spawn
from tests.keeper.network import TROUBLES, Net, network

PACE = 5.0
STEP_S = 5.0  # of the session: a second of the wall
PLAYER_S = 10.0  # a player that hangs for so long
LONG = "45min@5"
UNTIL_CALM_S = 60.0  # of the session: the start is over and all phrases are rendered

PLAYER = "#!{python}\nimport sys, time\ntime.sleep({seconds})\n"


def workout(boundaries: int) -> str:
    """A minute, and then a change of speed every second of the wall."""
    return f"70s@4/{boundaries // 2}x({STEP_S:.0f}s@5/{STEP_S:.0f}s@4)"


@dataclass(frozen=True, slots=True)
class Lateness:
    """Seconds after their instant on the wall clock, sorted: of boundary writes, and of all else that was due."""

    boundary_s: tuple[float, ...]
    floor_s: tuple[float, ...]

    def p99_s(self) -> float:
        """Of the boundary writes, above the median of everything else that woke the same loop."""
        return _at(self.boundary_s, 0.99) - _at(self.floor_s, 0.5)


@dataclass(frozen=True, slots=True)
class Drift:
    """How much later the end of a session is than its beginning, and how much its deadlines scatter anyway."""

    drift_s: float
    jitter_s: float


def _at(values: tuple[float, ...], share: float) -> float:
    return values[min(ceil(share * len(values)) - 1, len(values) - 1)]


@dataclass
class Bare:
    """A cockpit that beats and confirms, and reads or does not."""

    process: Process
    reads: Event = field(default_factory=Event)
    done: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.reads.set()
        self._threads = [Thread(target=act, daemon=True) for act in (self._beat, self._read)]
        for thread in self._threads:
            thread.start()

    def _beat(self) -> None:
        assert self.process.stdin is not None
        number = 0
        while not self.done.wait(0.5):
            number += 1
            try:
                self.process.stdin.write(encode(Beat(number, 0)))
                self.process.stdin.flush()
            except OSError:
                return

    def _read(self) -> None:
        assert self.process.stdout is not None
        while self.reads.wait() and (line := self.process.stdout.readline()):
            if isinstance(from_keeper(line), Done):
                self.done.set()

    def close(self) -> None:
        """Wait for the end."""
        self.reads.set()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.done.wait(120)
        self.process.stdin.close()
        self.process.wait(60)
        self._threads[1].join(10)
        self.process.stdout.close()


def _plan(text: str) -> Plan:
    found = load(text).workout
    assert found is not None
    return make_plan(found, profile_of(find_machine("home")))


@contextmanager
def _bare(journal: Path, text: str, net: Net | None = None, pace: float = PACE) -> Iterator[Bare]:
    """A keeper that runs a workout; with a network everything is on, without one nothing but the journal."""
    origin = Origin(text, "", UNLIMITED, simulated=True, version="0")
    asked = World("home", auto=True, timelapse=pace, lapse_turns=True)
    begin = Begin(header(_plan(text), origin), asked, str(journal), asked=True, voice=Voice.CAPTIONS)
    if net is not None:
        begin = replace(begin, voice=Voice.FULL, broker=net.broker, share=net.share)
    process = spawn("coach.keeper")
    assert process.stdin is not None
    process.stdin.write(encode(begin))
    process.stdin.flush()
    if net is not None:
        net.begun(process.pid)
    bare = Bare(process)
    try:
        yield bare
    finally:
        bare.close()


def measure(folder: Path, boundaries: int, blocked: str = "") -> Lateness:
    """Run a session with screen, voice, journal, broker and page on, one of them `blocked`, or none.

    `folder`: the journal has none, and is tried again every two seconds. `flood`: four thousand commands a second.
    """
    folder.mkdir(parents=True, exist_ok=True)
    truth = folder / "truth.jsonl"
    player = folder / "player"
    player.write_text(PLAYER.format(python=sys.executable, seconds=PLAYER_S if blocked == "voice" else 0.05))
    player.chmod(player.stat().st_mode | stat.S_IXUSR)
    os.environ.update(COACH_TRUTH=str(truth), COACH_PLAYER=str(player), COACH_HOME=str(folder / "home"))
    journal = (truth if blocked == "folder" else folder) / "session.jsonl"
    fifo = None
    if blocked == "journal":
        os.mkfifo(journal)
        fifo = os.open(journal, os.O_RDWR)  # never read: it is full after 64 KB
    with network(folder, blocked) as net, _bare(journal, workout(boundaries), net) as bare:
        if blocked == "screen":
            bare.reads.clear()
            bare.done.wait((boundaries * STEP_S + 80) / PACE)
            bare.reads.set()
        bare.done.wait(600)
        if fifo is not None:
            os.close(fifo)
    return lateness(truth)


def lateness(truth: Path) -> Lateness:
    """Read what the simulated machine wrote down."""
    late = _late(truth, PACE)
    speed = f"{int(Op.TARGET_SPEED):02x}"
    boundary = tuple(sorted(late_s for late_s, write in late if write is not None and write.startswith(speed)))
    return Lateness(boundary, tuple(sorted(late_s for late_s, write in late if write is None)))


def _late(truth: Path, pace: float) -> list[tuple[float, str | None]]:
    """Of every call its seconds after its instant, and what it wrote."""
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    calls = [(one["mono"], one["at_s"], one.get("write")) for one in lines if one["at_s"] > UNTIL_CALM_S]
    zero_s = min(mono - at_s / pace for mono, at_s, _ in calls)
    return [(mono - at_s / pace - zero_s, write) for mono, at_s, write in calls]


def drift(folder: Path, pace: float) -> Drift:
    """Run 45 min of session at a pace: by the median of its first and last tenth, with the scatter of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = folder / "truth.jsonl"
    os.environ.update(COACH_TRUTH=str(truth), COACH_HOME=str(folder / "home"))
    with _bare(folder / "session.jsonl", LONG, pace=pace) as bare:
        bare.done.wait(600)
    late_s = [late_s for late_s, write in _late(truth, pace) if write is None]
    tenth = len(late_s) // 10
    begin, end = tuple(sorted(late_s[:tenth])), tuple(sorted(late_s[-tenth:]))
    return Drift(_at(end, 0.5) - _at(begin, 0.5), _at(begin, 0.95) - _at(begin, 0.05))


def main() -> None:
    """`python -m tests.keeper.boundaries [BOUNDARIES]`: the budget is 5 ms at p99 above the floor."""
    from tempfile import TemporaryDirectory

    parser = ArgumentParser(prog="python -m tests.keeper.boundaries", description=__doc__)
    parser.add_argument("boundaries", nargs="?", type=int, default=100, help="of each kind")
    boundaries = parser.parse_args().boundaries
    for blocked in ("", "screen", "voice", "journal", "folder", *TROUBLES):
        with TemporaryDirectory() as folder:
            began_s = monotonic()
            found = measure(Path(folder), boundaries, blocked)
        median_ms, p99_ms = _at(found.boundary_s, 0.5) * 1e3, found.p99_s() * 1e3
        print(
            f"{blocked or 'nothing':8} blocked: {len(found.boundary_s)} boundary writes, median {median_ms:.1f} ms, "
            f"p99 above the floor {p99_ms:.1f} ms, most {found.boundary_s[-1] * 1e3:.1f} ms, "
            f"floor {_at(found.floor_s, 0.5) * 1e3:.1f} ms ({monotonic() - began_s:.0f} s)",
            flush=True,
        )


if __name__ == "__main__":
    main()
