"""The keeper's end of the guard: starts it, tells it what the belt last said, and sends it home in the end."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from subprocess import TimeoutExpired
from threading import Event
from time import monotonic
from typing import IO, Final

from coach.keeper.orders import GUARD
from coach.keeper.pipe import Outlet, listen
from coach.spawn import Process, spawn

REPORT_S: Final = 0.5  # at most so often
MOST_STARTS: Final = 3  # a guard that dies is started again, so often
LEAVES_S: Final = 2.0  # a guard that does not go by then is ended
READY_S: Final = 5.0  # a guard is loaded in a tenth of a second
LONGEST: Final = 4096  # bytes of a line that it says

log = logging.getLogger(__name__)


class Sentry:
    """A guard that sleeps until this process ends without having said so (safety.md 9)."""

    def __init__(self, duty: Mapping[str, object], stderr: IO[str] | None = None) -> None:
        """Start it.

        Args:
            duty: its first line: machine, profile, record, report, alarm.
            stderr: where its own errors go.

        Raises:
            OSError: it cannot be started.
        """
        self._duty = json.dumps({"guard": GUARD, **duty}).encode() + b"\n"
        self._stderr = stderr
        self._starts = 0
        self._told_s = -REPORT_S
        self._told: tuple[float | None, bool, str, bool, bool] | None = None
        self._process, self._out = self._start()

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """It is asleep and would wake up; one that has died is started again."""
        if self._process.poll() is None:
            return self._ready.is_set()
        if self._starts >= MOST_STARTS:
            return False
        log.error("the guard has ended with %s; starting another", self._process.returncode)
        try:
            self._process, self._out = self._start()
        except OSError:
            self._starts = MOST_STARTS
            return False
        return True

    def ready(self) -> bool:
        """Wait until it sleeps, with all that it needs loaded; False where that takes too long."""
        return self._ready.wait(READY_S)

    def report(self, kmh: float | None, *, rear: bool, phase: str, starting: bool, mute: bool) -> None:
        """What the belt last said.

        Args:
            kmh: its speed.
            rear: the runner may face the rear.
            phase: where the session is.
            starting: a Start was written and nothing has moved yet.
            mute: nobody wants to hear this belt, for it is simulated.
        """
        now_s, told = monotonic(), (kmh, rear, phase, starting, mute)
        stands = not kmh and (self._told is None or self._told[0] != kmh)  # a guard must not stop a belt that stands
        if told == self._told or (now_s - self._told_s < REPORT_S and not starting and not stands):
            return
        self._told_s, self._told = now_s, told
        line = {"kmh": kmh, "rear": rear, "phase": phase, "starting": starting, "mute": mute}
        self._out.put(json.dumps(line).encode() + b"\n", newest=True)

    def close(self) -> None:
        """All is well: it may go home."""
        self._out.put(b'{"closed": true}\n')
        self._out.close(LEAVES_S)
        try:
            self._process.wait(LEAVES_S)
        except TimeoutExpired:
            log.warning("the guard does not go home")

    def _start(self) -> tuple[Process, Outlet]:
        self._starts += 1
        self._told = None
        self._ready = ready = Event()
        process = spawn("coach.keeper.guard", log=self._stderr)
        assert process.stdin is not None
        assert process.stdout is not None
        listen(process.stdout, "from-guard", lambda _: ready.set(), lambda: None, LONGEST)
        out = Outlet(process.stdin, "to-guard")
        out.put(self._duty)
        return process, out
