"""A test stand for real processes: a session is run, something is killed, and the true belt is looked at."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic

from coach.core.ftms import Op
from coach.sinks.journal import Recording, read_journal

PATIENCE_S = 60.0
LOOK_S = 0.02
STANDS_KMH = 0.05


@dataclass
class Truth:
    """What the belt truly did, by the monotonic clock of the computer."""

    lines: list[dict[str, object]]

    def kmh_after(self, mono_s: float) -> list[tuple[float, float]]:
        """Instant and speed."""
        return [
            (float(str(one["mono"])), float(str(one["kmh"]))) for one in self.lines if float(str(one["mono"])) > mono_s
        ]

    def stood_s(self, mono_s: float) -> float:
        """When the belt stood, seen from an instant on; it stands at the end."""
        speeds = self.kmh_after(mono_s)
        assert speeds[-1][1] <= STANDS_KMH
        return next(at_s for at_s, kmh in speeds if kmh <= STANDS_KMH)

    def slowing_s(self, mono_s: float) -> float:
        """When the first write that slows the belt came, seen from an instant on."""
        last = float("inf")
        for at_s, data in self._writes():
            if data[0] == Op.TARGET_SPEED:
                kmh = _target_kmh(data)
                slower, last = kmh < last, kmh
                if at_s > mono_s and slower:
                    return at_s
            if at_s > mono_s and data[0] == Op.STOP:
                return at_s
        raise AssertionError("nothing slowed the belt")

    def starts(self, mono_s: float) -> int:
        """How many times the belt was started from an instant on."""
        return sum(data[0] == Op.START for at_s, data in self._writes() if at_s > mono_s)

    def slows(self, mono_s: float, kmh: float) -> bool:
        """At an instant at which it ran so fast it had been told to go slower, by the last set-point of its Start."""
        last = float("inf")
        for at_s, data in self._writes():
            if at_s <= mono_s and data[0] in {Op.TARGET_SPEED, Op.START, Op.STOP}:
                last = _target_kmh(data) if data[0] == Op.TARGET_SPEED else float("inf")
        return last < kmh - STANDS_KMH

    def _writes(self) -> list[tuple[float, bytes]]:
        return [(float(str(one["mono"])), bytes.fromhex(str(one["write"]))) for one in self.lines if "write" in one]


def _target_kmh(value: bytes) -> float:
    return int.from_bytes(value[1:3], "little") / 100


def wait_for(what: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
    """Look until something is so."""
    until_s, never = monotonic() + timeout_s, Event()
    while not what():
        assert monotonic() < until_s, "never"
        never.wait(LOOK_S)


@dataclass
class Stand:
    """One session in processes of its own."""

    folder: Path
    words: list[str]
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.truth_file, self.journal = self.folder / "truth.jsonl", self.folder / "session.jsonl"
        command = [sys.executable, "-m", "coach", *self.words, "--plain", "--journal", str(self.journal)]
        env = os.environ | {"COACH_TRUTH": str(self.truth_file)} | self.env
        self.cockpit = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, text=True
        )
        self.said: list[str] = []
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Stand:
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGCONT, signal.SIGKILL):
            if self.cockpit.poll() is None:
                self.cockpit.send_signal(number)
        self.cockpit.wait(PATIENCE_S)
        assert self.cockpit.stdin is not None
        with suppress(OSError):
            self.cockpit.stdin.close()
        self._reader.join(PATIENCE_S)
        assert self.cockpit.stdout is not None
        self.cockpit.stdout.close()

    def _read(self) -> None:
        assert self.cockpit.stdout is not None
        for line in self.cockpit.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def until(self, words: str, timeout_s: float = PATIENCE_S) -> str:
        """The next line with these words in it."""
        until_s = monotonic() + timeout_s
        while True:
            try:
                line = self._lines.get(timeout=max(until_s - monotonic(), 0.0))
            except Empty:
                raise AssertionError(f"never said {words!r}: {self.said[-20:]}") from None
            assert line is not None, f"ended without {words!r}: {self.said[-20:]}"
            self.said.append(line)
            if words in line:
                return line

    def type(self, *words: str) -> bool:
        """Words on the cockpit's standard input, one a line."""
        assert self.cockpit.stdin is not None
        self.cockpit.stdin.write("".join(f"{word}\n" for word in words))
        self.cockpit.stdin.flush()
        return True

    def rest(self, timeout_s: float = PATIENCE_S) -> str:
        """All that is said until the cockpit ends."""
        self.cockpit.wait(timeout_s)
        self._reader.join(PATIENCE_S)
        while (line := self._lines.get()) is not None:
            self.said.append(line)
        return "".join(self.said)

    @property
    def kmh(self) -> float:
        """How fast the belt truly is."""
        lines = self.truth().lines if self.truth_file.exists() else []
        return float(str(lines[-1]["kmh"])) if lines else 0.0

    @property
    def keeper(self) -> int:
        """The process id of the keeper, as its locks tell it: of the treadmill, and of a strap on the air."""
        lock = min(Path(os.environ["COACH_HOME"]).glob("data/locks/*.lock"))
        return int(json.loads(lock.read_text())["pid"])

    def truth(self) -> Truth:
        """What the belt did so far."""
        return Truth([json.loads(line) for line in self.truth_file.read_text().splitlines() if line.endswith("}")])

    def stands(self, timeout_s: float = PATIENCE_S) -> Truth:
        """Wait until the belt stands."""
        wait_for(lambda: self.kmh == 0, timeout_s)
        return self.truth()

    def recorded(self) -> Recording:
        """The journal."""
        return read_journal(self.journal)


def running(process: int) -> bool:
    """There is such a process, and it is no zombie."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
