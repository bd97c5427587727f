"""One session in real time with everything on, looked at from outside while it runs.

The full screen in a real terminal, keeper, guard, simulated treadmill, a voice whose player takes as long as each sound
and makes none, a real broker, the page with a browser that draws it, and the journal. Linux only.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic
from typing import IO, Final

from coach.sinks.replay import replay
from tests.history.report.browser import PROGRAM
from tests.page.chromium import Tablet
from tests.sinks.mosquitto import Listener, Mosquitto, mosquitto
from tests.soak.growth import Growth, Limit, growth, p99, told
from tests.soak.player import silent_player
from tests.soak.watched import MB, PASSING, Seen, look, processes
from tests.tui.terminal import Terminal

SIZE: Final = (120, 40)
DEVICE: Final = "mill"
EVERY_S: Final = 30.0
HOST: Final = "127.0.0.1"
TURN_S: Final = 75.0  # of an intermediate runner, the virtual one
LIMITS: Final = {
    "rss_mb": Limit(1.0),  # in a third: eight hours of that are still a small program
    "files": Limit(0.5),  # none: half a file is not
    "threads": Limit(0.5),
    "cpu_ms_s": Limit(3.0, 0.25),  # others may use the machine meanwhile, and caches are shared
}
UNITS: Final = {"rss_mb": "MB", "files": "files", "threads": "threads", "cpu_ms_s": "ms/s"}
COUNTED: Final = {"files", "threads"}  # a sound that plays has some of its own for a moment
LATE_MS: Final = Limit(1.0)
LATEST_MS: Final = Limit(2.0)  # above a thread of our own: both wake late where others use the machine
FLOOR_S: Final = 0.05
DRIFT_MS: Final = Limit(1.0)
BETWEEN: Final = Limit(1.0, 0.1)  # two messages, or two views
HEAP_MB: Final = Limit(0.3)
WITHOUT_MB: Final = Limit(1.0)  # the recording moves in memory as it grows, and leaves room of its own size behind
LASTING: Final = ("cockpit", "keeper", "guard", "treadmill", "page", "broker")


def workout(minutes: float) -> str:
    """A session that takes about so long, turns included, with a change of speed every minute or so."""
    blocks = min(5, int((minutes - 10) // 6))
    if blocks < 1:
        return f"{minutes * 60:.0f}s@4"
    faster_s = (minutes * 60 - 600) / blocks - 120 - 2 * TURN_S
    rounds = max(int(faster_s // 90), 1)
    each_s = faster_s / rounds / 2
    forward = f"{rounds}x({each_s:.0f}s@5/{each_s:.0f}s@6)"
    return f"warm-up 5min@4/{blocks}x(back 2min@2/{forward})/cool-down 5min@4"


@dataclass(frozen=True, slots=True)
class Window:
    """How late the simulated treadmill was asked within one window, in ms."""

    late_ms: float  # median
    latest_ms: float  # p99
    floor_ms: float  # p99 of a thread of our own
    drift_ms: float  # the least: what is never made good again


class Floor:
    """A thread with a deadline every FLOOR_S, as the keeper's loop has them: how late this computer wakes anybody."""

    def __init__(self) -> None:
        self._over = Event()
        self._late_s: list[float] = []
        self._thread = Thread(target=self._wake, daemon=True)
        self._thread.start()

    def _wake(self) -> None:
        due_s = monotonic() + FLOOR_S
        while not self._over.wait(max(due_s - monotonic(), 0.0)):
            now_s = monotonic()
            self._late_s.append(now_s - due_s)
            due_s = now_s + FLOOR_S

    def window_s(self) -> float:
        """The p99 since the last look."""
        late_s, self._late_s = self._late_s, []
        return p99(late_s)

    def close(self) -> None:
        """No more of that."""
        self._over.set()
        self._thread.join()


@dataclass
class Truths:
    """The witness of the simulated treadmill, read on as it is written: each call with the instant that it was due."""

    path: Path
    pace: float = 1.0  # of the session's clock
    floor: Floor = field(default_factory=Floor)
    zero_s: float | None = None
    _file: IO[str] | None = None

    def window(self) -> Window | None:
        """What has come since the last look."""
        late_s, floor_s = list(self._late()), self.floor.window_s()
        if not late_s:
            return None
        return Window(median(late_s) * 1e3, p99(late_s) * 1e3, floor_s * 1e3, min(late_s) * 1e3)

    def _late(self) -> Iterator[float]:
        if self._file is None:
            if not self.path.exists():
                return
            self._file = self.path.open(encoding="utf-8")
        calls = [one["mono"] - one["at_s"] / self.pace for one in map(json.loads, self._lines(self._file))]
        if calls and self.zero_s is None:
            self.zero_s = min(calls)
        yield from (one - (self.zero_s or 0.0) for one in calls)

    @staticmethod
    def _lines(file: IO[str]) -> Iterator[str]:
        while True:
            at = file.tell()
            if not (line := file.readline()).endswith("\n"):
                file.seek(at)  # the rest of it comes later
                return
            yield line

    def close(self) -> None:
        """Read no more."""
        self.floor.close()
        if self._file is not None:
            self._file.close()


@dataclass
class Record:
    """All samples: of each process, of the lateness, and of what was told and drawn."""

    at_s: list[float] = field(default_factory=list)
    seen: list[dict[str, Seen]] = field(default_factory=list)
    passing: list[int] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    between_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # two of a kind
    heap_mb: list[float] = field(default_factory=list)  # of the page in the browser
    recording_mb: list[float] = field(default_factory=list)  # the keeper has it in memory, to write it again elsewhere

    def rows(self) -> Iterator[dict[str, object]]:
        """Every sample of every process as a row of the CSV."""
        for number, (at_s, seen) in enumerate(zip(self.at_s, self.seen, strict=True)):
            for role, one in seen.items():
                yield {
                    "at_s": round(at_s, 1),
                    "process": role,
                    "rss_mb": round(one.rss_mb, 3),
                    "pss_mb": round(one.pss_mb, 3),
                    "files": one.files,
                    "threads": one.threads,
                    "cpu_ms_s": round(self.share(number, role), 1),
                }

    def share(self, number: int, role: str) -> float:
        """Milliseconds of a processor that a process used in each second up to a sample."""
        now, before = self.seen[number][role], self.seen[number - 1].get(role) if number else None
        if before is None or before.pid != now.pid:
            return 0.0
        return (now.cpu_s - before.cpu_s) / (self.at_s[number] - self.at_s[number - 1]) * 1e3

    def verdict(self) -> Iterator[Growth]:
        """Of each process that lasts, and of all else that could become slower or fewer."""
        for role in LASTING:
            rows = [row for row in self.rows() if row["process"] == role]
            for name, limit in LIMITS.items():
                figures = [float(str(row[name])) for row in rows]
                yield growth(f"{role}, {name}", UNITS[name], figures, limit, min if name in COUNTED else median)
        both = [(seen.get("keeper"), own_mb) for seen, own_mb in zip(self.seen, self.recording_mb, strict=True)]
        without = [keeper.rss_mb - own_mb for keeper, own_mb in both if keeper is not None]
        yield growth("keeper, rss_mb less its recording", "MB", without, WITHOUT_MB)
        yield growth("late, median of a window", "ms", [one.late_ms for one in self.windows], LATE_MS)
        above_ms = [one.latest_ms - one.floor_ms for one in self.windows]
        yield growth("late, p99 of a window above the floor", "ms", above_ms, LATEST_MS)
        yield growth("drift of the clock", "ms", [one.drift_ms for one in self.windows], DRIFT_MS)
        for name, figures in self.between_ms.items():
            yield growth(f"between two {name}", "ms", figures, BETWEEN)
        if self.heap_mb:
            yield growth("page in the browser, heap", "MB", self.heap_mb, HEAP_MB)


@dataclass
class Stage:
    """A session with all that looks on."""

    terminal: Terminal
    broker: Mosquitto
    listener: Listener
    tablet: Tablet | None
    truths: Truths
    record: Record = field(default_factory=Record)
    began_s: float = field(default_factory=monotonic)
    _drawn: int = 0
    _looked_s: float = field(default_factory=monotonic)

    def over(self) -> bool:
        """The session is done, or its cockpit has ended."""
        return "keeper" not in processes(self.terminal.home).values()

    def sample(self) -> None:
        """Look at everything once, and print a line; not any more when the keeper has gone."""
        found = processes(self.terminal.home)
        if "keeper" not in found.values():
            return
        assert self.broker.process is not None
        lasting = {role: pid for pid, role in found.items() if role != PASSING} | {"broker": self.broker.process.pid}
        seen = {role: one for role, pid in lasting.items() if (one := look(pid)) is not None}
        record, now_s = self.record, monotonic()
        record.at_s.append(now_s - self.began_s)
        record.seen.append(seen)
        record.recording_mb.append(_recorded_mb(self.terminal.home))
        record.passing.append(sum(role == PASSING for role in found.values()))
        if (window := self.truths.window()) is not None:
            record.windows.append(window)
        self._count(now_s)
        print(self._line(), flush=True)

    def _count(self, now_s: float) -> None:
        heard = 0
        while not self.listener.heard.empty():
            heard += self.listener.heard.get() is not None
        self._add("messages of MQTT", heard, now_s)
        if self.tablet is not None:
            self.tablet.call("HeapProfiler.collectGarbage")
            self.record.heap_mb.append(self.tablet.call("Runtime.getHeapUsage")["usedSize"] / 1e6)
            drawn = int(self.tablet.value("newest === null ? 0 : newest.n"))
            self._add("views of the page", drawn - self._drawn, now_s)
            self._drawn = drawn
        self._looked_s = now_s

    def _add(self, what: str, count: int, now_s: float) -> None:
        self.record.between_ms[what].append((now_s - self._looked_s) / max(count, 1) * 1e3)

    def _line(self) -> str:
        record, number = self.record, len(self.record.at_s) - 1
        shown = "  ".join(
            f"{role} {one.rss_mb:.1f} MB {one.files} f {one.threads} t {record.share(number, role):.0f} ms/s"
            for role, one in record.seen[-1].items()
        )
        window = record.windows[-1] if record.windows else Window(0.0, 0.0, 0.0, 0.0)
        late = f"late {window.late_ms:.1f} p99 {window.latest_ms:.1f} floor {window.floor_ms:.1f} ms"
        between = " ".join(f"{figures[-1]:.0f}" for figures in record.between_ms.values())
        return f"{record.at_s[-1]:6.0f} s  {shown}  {late}  between {between} ms"


def run(minutes: float, every_s: float, out: Path | None, *, pace: float = 1.0, browser: bool = True) -> bool:
    """Run the session, and print samples, verdict and how it ended; True: nothing grows and it finished.

    Args:
        minutes: of the session, about.
        every_s: from sample to sample.
        out: where the samples go as CSV; the lateness beside it.
        pace: for a short look, time goes faster by so much, also in turns; then there is no voice.
        browser: the page is drawn, where there is a browser.
    """
    with TemporaryDirectory() as folder, ExitStack() as stack:
        stage = _opened(Path(folder), minutes, pace, stack, browser=browser and PROGRAM is not None)
        drawn = "drawn by a browser" if stage.tablet is not None else "served, and nobody draws it"
        print(f"{workout(minutes)}; the page is {drawn}", flush=True)
        never = Event()
        next_s = monotonic() + every_s
        while not stage.over():
            never.wait(max(min(next_s - monotonic(), 1.0), 0.0))
            if monotonic() >= next_s:
                next_s += every_s
                stage.sample()
                if out is not None:
                    _write(out, stage.record)
        kept = told(stage.record.verdict())
        return _finished(stage.terminal) and kept


def _opened(folder: Path, minutes: float, pace: float, stack: ExitStack, *, browser: bool) -> Stage:
    broker = stack.enter_context(mosquitto(folder / "broker"))
    listener = stack.enter_context(Listener(broker, f"coach/{DEVICE}/#"))
    env = {
        "COACH_PLAYER": str(silent_player(folder)),
        "COACH_MQTT__HOST": HOST,
        "COACH_MQTT__PORT": str(broker.port),
        "COACH_MQTT__DEVICE": DEVICE,
    }
    words = ["--level", "intermediate", "--auto", "--voice", "full", "--share-address", HOST]
    words += ["--timelapse", f"{pace:g}", "--lapse-turns"] if pace > 1 else []
    terminal = stack.enter_context(Terminal(folder / "runner", ["run", workout(minutes), *words], SIZE, env))
    found = re.search(r"http://\S+/", terminal.until("http://"))
    assert found is not None
    tablet = None
    if browser:
        tablet = Tablet(folder / "browser")
        stack.callback(tablet.close)
        tablet.call("Network.disable")
    terminal.keys("h")
    terminal.until("BELT STARTS", "FORWARD")
    if tablet is not None:
        tablet.visit(found[0])
        tablet.until("newest !== null")
    truths = Truths(terminal.truth_file, pace)
    stack.callback(truths.close)
    return Stage(terminal, broker, listener, tablet, truths)


def _recorded_mb(home: Path) -> float:
    return sum(path.stat().st_size for path in home.glob("data/journals/simulated/*.jsonl")) / MB


def _write(out: Path, record: Record) -> None:
    rows = list(record.rows())
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with out.with_suffix(".late.csv").open("w", encoding="utf-8", newline="") as file:
        late = csv.writer(file)
        late.writerow([one.name for one in fields(Window)])
        late.writerows(astuple(one) for one in record.windows)


def _finished(terminal: Terminal) -> bool:
    recording = terminal.recorded()
    ended = recording.end.ended if recording.end is not None else "not at all"
    equal = replay(recording).equal
    print(f"Ended {ended}, belt at {terminal.kmh:g} km/h, {len(recording.entries)} events, replayed equal: {equal}.")
    return ended == "finished" and equal and terminal.kmh == 0
