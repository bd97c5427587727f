"""Many simulated treadmills at once on this computer: each a whole session of its own, all told to one broker.

Every session is `coach run --plain --auto` for a user of its own, with keeper, guard, simulated treadmill, voice and
journal. Each must end finished, with a belt that stands and a recording that replays, and leave no process behind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic
from typing import Final

from coach.core.ftms import Op
from coach.places import HOME_VARIABLE
from coach.sinks.journal import read_journal
from coach.sinks.replay import replay
from tests.keeper.stand import STANDS_KMH
from tests.sinks.mosquitto import Listener, Mosquitto, mosquitto
from tests.soak.growth import p99
from tests.soak.player import silent_player
from tests.soak.watched import PASSING, Seen, everybody, look

WORKOUTS: Final = (
    "warm-up 70s@4/back 60s@2/3min@4",
    "4x(30s@5/30s@6)/2min@4",
    "70s@4/back 90s@2/2x(1min@5/1min@4)/1min@4",
)
EVERY_S: Final = 5.0
CALM_S: Final = 30.0  # of the session: all have started
ENDS_S: Final = 30.0  # processes may take so long to be gone
PATIENCE_S: Final = 3600.0
LATE_MS: Final = 100.0  # p99 of all: a tenth of the second in which a set-point may rise (safety.md 3)
CORE: Final = 0.13  # of one, for each: what a screen and a keeper may use together (design 10)
MB: Final = 150.0  # for each, all its processes together
SPEED: Final = f"{int(Op.TARGET_SPEED):02x}"


@dataclass
class Ran:
    """One treadmill and its session."""

    number: int
    folder: Path
    process: subprocess.Popen[bytes]
    samples: list[tuple[float, tuple[Seen, ...]]] = field(default_factory=list)

    @classmethod
    def begun(cls, number: int, folder: Path, broker: Mosquitto, player: Path, words: Sequence[str]) -> Ran:
        """Start it."""
        folder.mkdir()
        env = os.environ | {
            HOME_VARIABLE: str(folder / "home"),
            "COACH_TRUTH": str(folder / "truth.jsonl"),
            "COACH_PLAYER": str(player),
            "COACH_MQTT__HOST": "127.0.0.1",
            "COACH_MQTT__PORT": str(broker.port),
            "COACH_MQTT__DEVICE": device(number),
        }
        command = [sys.executable, "-m", "coach", "run", *words, "--plain", "--auto", "--voice", "full"]
        with (folder / "said").open("wb") as said:
            none = subprocess.DEVNULL
            process = subprocess.Popen(command, env=env, stdin=none, stdout=said, stderr=subprocess.STDOUT)
        return cls(number, folder, process)

    def core(self) -> float:
        """The share of a core that all its processes used, in the middle of its samples."""
        shares = []
        for (before_s, before), (now_s, now) in zip(self.samples, self.samples[1:], strict=False):
            then = {one.pid: one.cpu_s for one in before}
            shares.append(sum(one.cpu_s - then.get(one.pid, 0.0) for one in now) / (now_s - before_s))
        return median(shares) if shares else 0.0

    def mb(self) -> float:
        """The memory of all its processes, at most."""
        return max((sum(one.pss_mb for one in seen) for _, seen in self.samples), default=0.0)


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one treadmill."""

    number: int
    ended: str
    stands: bool
    equal: bool
    told: bool  # the broker was told that it is over
    core: float
    mb: float
    late_s: tuple[float, ...]  # of all that was due
    writes_s: tuple[float, ...]  # of the writes of a speed

    @property
    def kept(self) -> bool:
        """All that was promised."""
        whole = self.ended == "finished" and self.stands and self.equal and self.told
        return whole and len(self.writes_s) > 0

    def line(self) -> str:
        """As a row of the table."""
        return (
            f"{self.number:3} {self.ended:9} {'stands' if self.stands else 'MOVES':6} "
            f"{'equal' if self.equal else 'DIFFERS':7} {'told' if self.told else 'SILENT':6} {self.core:6.3f} core "
            f"{self.mb:6.1f} MB  late p99 {_p99_ms(self.late_s):5.1f} ms  {len(self.writes_s):3} writes of a speed, "
            f"p99 {_p99_ms(self.writes_s):5.1f} ms  {'kept' if self.kept else 'MISSED'}"
        )


def device(number: int) -> str:
    """The name of a treadmill on the broker."""
    return f"mill-{number}"


@dataclass(frozen=True, slots=True)
class Found:
    """What came of all of them."""

    rows: tuple[Row, ...]
    left: int  # processes that are still there
    took_s: float
    broker: float  # share of a core

    def missed(self) -> Iterator[str]:
        """What is not as it was promised, in words."""
        rows = self.rows
        if bad := [row.number for row in rows if not row.kept]:
            yield f"treadmills {', '.join(map(str, bad))}"
        if self.left:
            yield f"processes that are still there: {self.left}"
        if _writes_ms(rows) > LATE_MS:
            yield f"a write of a speed is later than {LATE_MS:.0f} ms"
        if sum(row.core for row in rows) > CORE * len(rows):
            yield f"more than {CORE} of a core for each"
        if sum(row.mb for row in rows) > MB * len(rows):
            yield f"more than {MB:.0f} MB for each"


def run(treadmills: int) -> bool:
    """Run them all, and print a table and a verdict; True: all is kept."""
    return told(measure(treadmills))


def measure(treadmills: int, workouts: Sequence[str] = WORKOUTS, *, pace: float = 1.0) -> Found:
    """Run them all; `pace`: time goes faster by so much, also in turns."""
    words = ["--timelapse", f"{pace:g}", "--lapse-turns"] if pace > 1 else []
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        broker = stack.enter_context(mosquitto(folder / "broker"))
        listener = stack.enter_context(Listener(broker, "coach/+/status"))
        player = silent_player(folder)
        began_s = monotonic()
        ran = []
        for number in range(treadmills):
            one = Ran.begun(number, folder / str(number), broker, player, [workouts[number % len(workouts)], *words])
            stack.callback(_end, one.process)
            ran.append(one)
        share = _watch(ran, broker)
        took_s = monotonic() - began_s
        left, over = _left(ran), _offline(listener, treadmills)
        rows = tuple(_row(one, pace, told=device(one.number) in over) for one in ran)
        return Found(rows, left, took_s, share)


def told(found: Found) -> bool:
    """Print it; True: all is kept."""
    rows = found.rows
    for row in rows:
        print(row.line())
    core, mb = sum(row.core for row in rows), sum(row.mb for row in rows)
    print(
        f"{len(rows)} treadmills, {found.took_s:.0f} s: {core:.2f} cores and {mb:.0f} MB for all, "
        f"{core / len(rows):.3f} and {mb / len(rows):.0f} MB for each; the broker {found.broker:.3f} of a core"
    )
    late_ms = _p99_ms(one for row in rows for one in row.late_s)
    print(
        f"late, p99 of all treadmills: {late_ms:.1f} ms, writes of a speed {_writes_ms(rows):.1f} of {LATE_MS:.0f} ms"
    )
    missed = list(found.missed())
    print(f"Verdict: {'all kept' if not missed else 'MISSED: ' + '; '.join(missed)}.", flush=True)
    return not missed


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(ENDS_S)


def _watch(ran: Sequence[Ran], broker: Mosquitto) -> float:
    """Sample until the last one has ended; the share of a core that the broker used."""
    assert broker.process is not None
    began_s, never, pid = monotonic(), Event(), broker.process.pid
    before = look(pid)
    while any(one.process.poll() is None for one in ran):
        assert monotonic() - began_s < PATIENCE_S, "they never end"
        never.wait(EVERY_S)
        found: dict[str, list[Seen]] = defaultdict(list)
        for number, home, role in everybody():
            if role != PASSING and (seen := look(number)) is not None:
                found[home].append(seen)
        now_s = monotonic()
        for one in ran:
            if one.process.poll() is None:
                one.samples.append((now_s, tuple(found[str(one.folder / "home")])))
    after = look(pid)
    assert before is not None
    assert after is not None
    return (after.cpu_s - before.cpu_s) / (monotonic() - began_s)


def _left(ran: Sequence[Ran]) -> int:
    """Processes that are still there after a while."""
    homes, until_s, never = {str(one.folder / "home") for one in ran}, monotonic() + ENDS_S, Event()
    while (left := sum(home in homes for _, home, _ in everybody())) and monotonic() < until_s:
        never.wait(0.2)
    return left


def _offline(listener: Listener, treadmills: int) -> set[str]:
    """Which treadmills the broker knows to be over, as soon as it is all of them."""
    over: set[str] = set()
    until_s = monotonic() + ENDS_S
    while len(over) < treadmills and monotonic() < until_s and not listener.heard.empty():
        line = listener.next()
        name, told = line.topic.split("/")[1], json.loads(line.payload)
        (over.add if told["status"] == "offline" else over.discard)(name)
    return over


def _row(one: Ran, pace: float, *, told: bool) -> Row:
    (path,) = one.folder.glob("home/data/journals/simulated/*.jsonl")
    recording = read_journal(path)
    lines = [json.loads(line) for line in (one.folder / "truth.jsonl").read_text().splitlines()]
    late, writes = _lateness(lines, pace)
    return Row(
        number=one.number,
        ended=recording.end.ended if recording.end is not None else "cut off",
        stands=lines[-1]["kmh"] <= STANDS_KMH,
        equal=replay(recording).equal,
        told=told,
        core=one.core(),
        mb=one.mb(),
        late_s=late,
        writes_s=writes,
    )


def _lateness(lines: Sequence[dict[str, object]], pace: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Seconds after their instant, once it is calm: of all calls, and of the writes of a speed."""
    calls = [(float(str(one["mono"])), float(str(one["at_s"])), str(one.get("write", ""))) for one in lines]
    calm = [(mono_s - at_s / pace, write) for mono_s, at_s, write in calls if at_s > CALM_S]
    zero_s = min((late_s for late_s, _ in calm), default=0.0)
    late_s = [(mono_late_s - zero_s, write) for mono_late_s, write in calm]
    return tuple(one for one, _ in late_s), tuple(one for one, write in late_s if write.startswith(SPEED))


def _p99_ms(values: Iterable[float]) -> float:
    return p99(values) * 1e3


def _writes_ms(rows: Sequence[Row]) -> float:
    """The p99 of the writes of a speed, of all treadmills together."""
    return _p99_ms(one for row in rows for one in row.writes_s)
