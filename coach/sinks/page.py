"""The page behind the treadmill, seen from the keeper: a process of its own that is fed and never waited for.

If it ends, hangs or never begins, the session goes on and the runner is told once. Of all that it says only two things
have an effect: how many screens watch, and stop.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from math import inf
from subprocess import TimeoutExpired
from threading import Condition, Thread
from time import monotonic
from typing import Final

from coach.core.event import Event, Verb
from coach.core.plan import Plan
from coach.core.progress import Answer
from coach.core.session import Outcome, Session
from coach.keeper.onlooker import Command
from coach.keeper.pipe import Outlet, listen
from coach.keeper.wire import Done, Note, Said, Share, Snapshot, encode
from coach.page.lines import (
    UP_LONGEST,
    LineError,
    NotServed,
    Opening,
    Served,
    Stop,
    Watching,
    Words,
    address,
    opening_line,
    read_up,
    words_line,
)
from coach.sinks.header import Origin, header
from coach.spawn import Process, spawn

FORGOTTEN_S: Final = 1.0  # a page that has not said for so long who watches shows nothing to anybody
STOP_GAP_S: Final = 0.2  # between two stops that are passed on
LEAVES_S: Final = 0.4  # so long its last lines may take
ENDS_S: Final = 40.0  # a page of a lost keeper stays 30 s; one that is closed a few
GONE: Final = "The page behind the treadmill has ended. The session goes on without it."

log = logging.getLogger(__name__)


class Screens:
    """A page that is served: its process, its address, and how many screens watch."""

    def __init__(
        self,
        opening: Opening,
        *,
        told: Callable[[str], None],
        seen: Callable[[bool], None] = lambda _: None,
        stop: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Start it. `told`, `seen` and `stop` are called from threads, and must not wait."""
        self._opening = opening
        self._told, self._seen, self._stop = told, seen, stop
        self._clock = clock
        self._change = Condition()
        self._address = ""
        self._watching = 0
        self._counted_s = self._stopped_s = -inf
        self._on = False  # as `seen` was told
        self._closed = self._ended = self._complained = False
        self._process: Process | None = None
        self._out: Outlet | None = None
        try:
            self._begin()
        except OSError as error:
            self._complain(f"There is no page behind the treadmill: {(error.strerror or str(error)).lower()}.")

    @property
    def address(self) -> str:
        """What a browser is to open; nothing until it is served."""
        return self._address

    @property
    def watching(self) -> int:
        """Screens that have drawn it within the last seconds."""
        with self._change:
            return self._watching if self._clock() - self._counted_s < FORGOTTEN_S else 0

    @property
    def pid(self) -> int | None:
        """Of its process."""
        return None if self._process is None else self._process.pid

    def put(self, line: bytes, *, newest: bool = False) -> None:
        """A line down; never waits."""
        if self._out is not None and not self._out.broken:
            self._out.put(line, newest=newest)

    def close(self) -> None:
        """Say what waits to be said and go, within a second; a page that does not read is ended."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        if self._out is None or self._process is None:
            return
        if not self._out.drain(LEAVES_S):
            self._process.kill()
        self._out.close(LEAVES_S)

    def wait(self, timeout_s: float = ENDS_S) -> bool:
        """Let its process end; False where that takes longer."""
        if self._process is None:
            return True
        try:
            _ = self._process.wait(timeout_s)
        except TimeoutExpired:
            return False
        return True

    def _begin(self) -> None:
        process = spawn("coach.page")
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._out = Outlet(process.stdin, "to-page")
        self._out.put(opening_line(self._opening))
        _ = listen(process.stdout, "from-page", self._hear, self._over, UP_LONGEST)
        Thread(target=self._look, name="page-watched", daemon=True).start()

    # From its threads.

    def _hear(self, line: bytes) -> None:
        try:
            said = read_up(line)
        except LineError as error:
            log.warning("%s", error)
            return
        match said:
            case Served(host, port):
                self._address = address(host, port, self._opening.token)
            case NotServed(why):
                self._complain(f"There is no page behind the treadmill: {why}.")
            case Watching(screens):
                self._count(screens)
            case Stop():
                now_s = self._clock()
                if now_s - self._stopped_s >= STOP_GAP_S:
                    self._stopped_s = now_s
                    self._stop()

    def _count(self, screens: int) -> None:
        with self._change:
            self._watching, self._counted_s = screens, self._clock()
            self._settle()
            self._change.notify_all()

    def _settle(self) -> None:
        """Say when somebody has begun or ceased to watch."""
        on = self._watching > 0 and self._clock() - self._counted_s < FORGOTTEN_S
        if on != self._on:
            self._on = on
            self._seen(on)

    def _look(self) -> None:
        """Notice a page that has become silent."""
        with self._change:
            while not self._closed and not self._ended:
                self._settle()
                left_s = self._counted_s + FORGOTTEN_S - self._clock()
                self._change.wait(max(left_s, 0.05) if self._on else None)

    def _over(self) -> None:
        """Its pipe has ended."""
        with self._change:
            self._ended, self._address, self._watching = True, "", 0
            self._settle()
            self._change.notify_all()
            closed = self._closed
        if not closed:
            self._complain(GONE)
        if self._process is not None and not self.wait():
            self._process.kill()

    def _complain(self, text: str) -> None:
        if not self._complained:
            self._complained = True
            self._told(text)


class Page(Screens):
    """The page of a session (coach/keeper/onlooker.py)."""

    def __init__(
        self,
        share: Share,
        plan: Plan,
        origin: Origin,
        offer: Callable[[Command], None],
        told: Callable[[str], None],
        seen: Callable[[bool], None],
    ) -> None:
        """Start its process; the address is known when it is served."""
        self._offer = offer
        opening = Opening(share.host, share.port, share.token, header(plan, origin))
        super().__init__(opening, told=told, seen=seen, stop=self._stopped)

    def take(self, event: Event, before: Session, session: Session, outcome: Outcome) -> None:
        """What was said."""
        del event, before, session
        for cue in outcome.cues:
            self.put(encode(Said(cue.at_s, cue.kind, cue.text)))

    def show(self, snapshot: Snapshot) -> None:
        """The newest; older ones that were not read yet are forgotten."""
        self.put(encode(snapshot), newest=True)

    def end(self, done: Done) -> None:
        """The last word."""
        self.put(encode(done))

    def _stopped(self) -> None:
        self._offer(Command(Verb.STOP, answered=self._answered))

    def _answered(self, answer: Answer) -> None:
        if not answer.done and answer.why:
            self.put(encode(Note(answer.why)))


class Rehearsal(Screens):
    """The page before a session, for a runner who does not hear: it shows the alarm, and that a press is asked for."""

    def __init__(self, share: Share, told: Callable[[str], None] = lambda _: None) -> None:
        """Start it; it makes room for the page of the session when it is closed."""
        super().__init__(Opening(share.host, share.port, share.token), told=told)

    def show(self, word: str, *do: str, alarm: bool = False) -> None:
        """A word and what to do."""
        self.put(words_line(Words(word, do, alarm)))
