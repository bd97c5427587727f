"""The cockpit's end of a keeper: starts it, hears it, and takes care of one that ends or hangs (safety.md 9)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from math import inf
from pathlib import Path
from queue import Empty, SimpleQueue
from subprocess import TimeoutExpired
from time import monotonic
from typing import IO, Final, Protocol, TypeAlias

from coach.core.event import Key
from coach.core.plan import Plan
from coach.keeper.crew import Life
from coach.keeper.pipe import Outlet, listen
from coach.keeper.pulse import SILENT_S, Pulse
from coach.keeper.wire import (
    BEAT_S,
    LONGEST,
    WIRE,
    Beat,
    Begin,
    Done,
    Focus,
    FromKeeper,
    Hello,
    Leave,
    Mischief,
    Press,
    Refused,
    Say,
    Snapshot,
    Voice,
    WireError,
    encode,
    from_keeper,
)
from coach.places import logs
from coach.spawn import Process, spawn

STARTS_S: Final = 20.0  # a keeper that has not said a word by then is none
DOZED_S: Final = 1.0  # a cockpit that has not looked for so long was held up itself
KILLED_S: Final = 5.0  # a process that was killed is gone by then
FLUSH_S: Final = 1.0  # for the last key presses
LEAVES_S: Final = 30.0  # guided stop from the fastest speed, and the journal's last line

log = logging.getLogger(__name__)

_Came: TypeAlias = FromKeeper | None  # None: its pipe has ended


class Alarm(Protocol):
    """What sounds when the keeper is lost."""

    def start(self) -> None:
        """Sound at once, and every 3 s."""

    def silence(self) -> None:
        """Be silent."""


class Client:
    """A keeper as a child process: what `crew.Crew` asks for."""

    def __init__(
        self,
        plan: Plan,
        begin: Begin,
        *,
        alarm: Alarm | None = None,
        stderr: IO[str] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Start it.

        Raises:
            OSError: it cannot be started.
        """
        self.plan = plan
        self.life = Life.STARTING
        self._report = Path(begin.report) if begin.report else None
        self._alarm = alarm
        self._mute = begin.voice is Voice.CAPTIONS and begin.header.get("simulated") is True
        self._clock = clock
        self._came: SimpleQueue[_Came] = SimpleQueue()
        self._pulse = Pulse()
        self._started_s = self._polled_s = clock()
        self._beat_s = -BEAT_S
        self._beats = self._echo = 0
        self._began = False  # it has said its first word
        self._settled_s = inf  # when it said its last word
        self._process: Process = spawn("coach.keeper", log=stderr)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._out = Outlet(self._process.stdin, "to-keeper")
        self._out.put(encode(begin))
        listen(self._process.stdout, "from-keeper", self._hear, lambda: self._came.put(None), LONGEST)

    @property
    def pid(self) -> int:
        """Of the keeper's process."""
        return self._process.pid

    @property
    def guarded(self) -> str:
        """What the guard did after the keeper was lost, in its newest word."""
        if self._report is None or self.life is not Life.LOST:
            return ""
        try:
            return self._report.read_text(encoding="utf-8").splitlines()[-1]
        except (OSError, IndexError):
            return ""

    def poll(self) -> list[FromKeeper]:
        """All that came since the last call, in order; and a look at whether the keeper lives."""
        now_s, found, ended = self._clock(), [], False
        if now_s - self._polled_s > DOZED_S:
            self._pulse.excuse(now_s)
        self._polled_s = now_s
        with suppress(Empty):
            while True:
                message = self._came.get_nowait()
                if message is None:
                    ended = True
                    continue
                self._take(message, now_s)
                found.append(message)
        self._judge(now_s, ended=ended)
        if self.life is Life.LOST and not self._began:  # no session was on, and no belt is to be cared for
            self.life = Life.OVER
            found.append(Refused(f"The part of coach that drives the belt did not start. {logs()} says why."))
        return found

    def beat(self, serial: int) -> None:
        """A snapshot was drawn."""
        del serial
        now_s = self._clock()
        if now_s - self._beat_s < BEAT_S * 0.9:  # a loop that draws four times a second is never on the dot
            return
        self._beat_s = now_s
        self._beats += 1
        self._out.put(encode(Beat(self._beats, self._echo)))

    def press(self, key: Key, digit: str = "", serial: int | None = None) -> None:
        """A key was pressed."""
        self._out.put(encode(Press(key, digit, serial)))

    def focus(self, *, on: bool) -> None:
        """Whether presses reach the screen."""
        self._out.put(encode(Focus(on)))

    def say(self, voice: Voice) -> None:
        """How much is to be said."""
        self._mute = self._mute and voice is Voice.CAPTIONS
        self._out.put(encode(Say(voice)))

    def mischief(self, fault: str) -> None:
        """Let something go wrong in the simulated world."""
        self._out.put(encode(Mischief(fault)))

    def flush(self) -> None:
        """Wait until all that was said is with the keeper, for a moment at most."""
        self._out.drain(FLUSH_S)

    def acknowledge(self) -> None:
        """The alarm was heard."""
        if self._alarm is not None:
            self._alarm.silence()

    def close(self) -> None:
        """Leave: the keeper stops the belt and ends by itself. An alarm goes on until it is acknowledged."""
        self._out.put(encode(Leave()))

    def wait(self, timeout_s: float = LEAVES_S) -> bool:
        """Let the keeper end; False where it takes longer."""
        try:
            self._process.wait(timeout_s)
        except TimeoutExpired:
            return False
        return True

    def _hear(self, line: bytes) -> None:
        try:
            self._came.put(from_keeper(line))
        except WireError as error:
            log.warning("from the keeper: %s", error)

    def _take(self, message: FromKeeper, now_s: float) -> None:
        self._pulse.beat(now_s)
        self._began = True
        match message:
            case Hello(wire=wire) if wire != WIRE:
                self.close()
            case Beat(number):
                self._echo = number
            case Snapshot() if self.life is Life.STARTING:
                self.life = Life.ALIVE
            case Done() | Refused():
                self._settled_s = now_s
                if isinstance(message, Done) and message.started and not message.still:
                    self._sound()  # the belt may move: an alarm is on until somebody has heard it (safety.md 2.7)
            case _:
                pass

    def _judge(self, now_s: float, *, ended: bool) -> None:
        if self.life in {Life.LOST, Life.OVER}:
            return
        settled = self._settled_s < inf
        if ended:
            if settled:
                self.life = Life.OVER
            else:
                self._lose("ended")
        elif settled and now_s - self._settled_s >= LEAVES_S:
            self.life = Life.OVER
            self._process.kill()
        elif not settled and self._pulse.silent_s(now_s) >= SILENT_S:
            self._lose(f"silent for {self._pulse.silent_s(now_s):.1f} s")
        elif self.life is Life.STARTING and now_s - self._started_s >= STARTS_S:
            self._lose("never began")

    def _lose(self, why: str) -> None:
        """A keeper that is silent is killed and its end awaited, so that the guard acts and nobody else."""
        log.error("the keeper is lost: %s", why)
        self.life = Life.LOST
        self._process.kill()
        if self._began:
            with suppress(TimeoutExpired):
                self._process.wait(KILLED_S)
            self._sound()

    def _sound(self) -> None:
        if self._alarm is not None and not self._mute:
            self._alarm.start()
