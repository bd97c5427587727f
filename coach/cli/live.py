"""A simulated session on the wall clock: deadlines, a person's presses, and an end with the belt stopped."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from queue import Empty
from time import monotonic
from types import FrameType
from typing import Final

from coach.cli.keyboard import KEYS_HELP, Closed, Inbox, Input, Signalled, Typed, Unseen
from coach.core.event import CockpitSilent, Key
from coach.core.wish import Phase
from coach.link.world import Step, World

TURN_NEAR_S: Final = 10.0  # before a turn time goes at its true speed (design.md 8)
LONGEST_WAIT_S: Final = 0.25  # a signal is seen so soon where it cannot wake us
SECOND_PRESS_S: Final = 0.5  # Ctrl-C means both presses of "Stop the belt and leave? Press again."
LAST_CTRL_C: Final = 3  # the first stops the belt, the second is patience, this one leaves
HINT_S: Final = 2.0  # somebody who types a sentence is told once
LEAVING_S: Final = 2.0  # the session itself has so long to end, once it was asked to
_WAITS: Final = frozenset({Phase.PAUSED, Phase.KEY})
_RUNS: Final = frozenset({Phase.RUN, Phase.BRIDGE, Phase.RESTING})
_ENDING: Final = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGBREAK") if hasattr(signal, name)
)


class LeftError(Exception):
    """The person insisted on leaving before the belt stood."""


def true_speed(world: World) -> bool:
    """A press is awaited or a turn is near or under way: time may not lapse."""
    session = world.session
    progress = session.progress
    if progress.phase not in _RUNS or session.guard.wait or progress.question is not None:
        return True
    rows = world.plan.rows
    turns = progress.row + 1 < len(rows) and rows[progress.row + 1].turn
    return turns and progress.left_s(world.plan, session.belt, world.at_s) <= TURN_NEAR_S


class Live:
    """Plays a world; the caller says how fast time goes and shows what happens."""

    def __init__(
        self,
        world: World,
        inbox: Inbox,
        *,
        pace: Callable[[World], float],
        clock: Callable[[], float] = monotonic,
        goes_on_alone: bool = False,
        said: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`said` shows a line that is not the session's: an answer to a press that it never sees."""
        self._world = world
        self._inbox = inbox
        self._pace = pace
        self._clock = clock
        self._alone = goes_on_alone
        self._said = said
        self._factor = pace(world)
        self._wall_s, self._at_s = clock(), world.at_s
        self._leaving = 0  # times that somebody asked to end
        self._left_at_s = inf
        self._hinted_s = -inf

    def steps(self) -> Iterator[Step]:
        """Every step of the session at its time on the wall clock, until it has ended.

        Raises:
            LeftError: Ctrl-C for the third time.
        """
        world = self._world
        while not world.ended:
            for asked in self._inputs():
                self._take(asked)
            for step in world.run_until(self._now_s()):
                yield step
                if self._pace(world) != self._factor:
                    self._repace(step.event.at_s)
                    break
            if self._gone():
                return

    def _inputs(self) -> Iterator[Input]:
        """Sleep until something is due or somebody presses."""
        wait_s = (self._world.due_s() - self._now_s()) / self._factor
        try:
            yield self._inbox.get(timeout=min(wait_s, LONGEST_WAIT_S)) if wait_s > 0 else self._inbox.get_nowait()
            while True:
                yield self._inbox.get_nowait()
        except Empty:
            return

    def _now_s(self) -> float:
        return self._at_s + (self._clock() - self._wall_s) * self._factor

    def _repace(self, at_s: float) -> None:
        """From this instant of the session on time goes at another speed."""
        self._wall_s, self._at_s, self._factor = self._clock(), at_s, self._pace(self._world)

    def _take(self, asked: Input) -> None:
        at_s = max(self._now_s(), self._world.at_s)
        match asked:
            case Typed():
                self._press(asked, at_s)
            case Closed() if not self._alone:
                self._leave(at_s, "Nobody can press any more. Stopping.")
            case Closed():
                pass
            case Unseen():
                self._leave(at_s, "")
            case Signalled(number) if number == signal.SIGINT:
                self._interrupt(at_s)
            case Signalled(number) if number in _ENDING:
                self._leave(at_s, "Asked to end. Stopping.")
            case Signalled(_):
                self._said("coach does not suspend; the belt is stopped instead.")
                self._world.happen(CockpitSilent(at_s, ended=False))

    def _press(self, typed: Typed, at_s: float) -> None:
        if typed.key is None:
            self._hint(typed.text)
            self._world.press(Key.OTHER, at_s)  # in a turn any press is a stop
        elif typed.key is Key.HELP:
            for line in KEYS_HELP:
                self._said(line)
        else:
            self._world.press(typed.key, at_s, typed.digit)

    def _hint(self, text: str) -> None:
        if self._clock() - self._hinted_s >= HINT_S:
            self._hinted_s = self._clock()
            self._said(f"{text if text.isprintable() and text else 'That key'} does nothing; h shows the keys.")

    def _leave(self, at_s: float, why: str) -> None:
        self._leaving += 1
        self._left_at_s = at_s
        if why:
            self._said(why)
        self._world.happen(CockpitSilent(at_s, ended=True))

    def _interrupt(self, at_s: float) -> None:
        self._leaving += 1
        if self._leaving >= LAST_CTRL_C:
            raise LeftError
        if self._leaving > 1:
            self._said("The belt is being stopped. Ctrl-C once more leaves without waiting.")
            return
        self._left_at_s = at_s
        self._world.press(Key.QUIT, at_s)
        self._world.press(Key.QUIT, at_s + SECOND_PRESS_S)

    def _gone(self) -> bool:
        """Nobody is there to go on, and nothing moves or was ever started."""
        if self._world.at_s < self._left_at_s + LEAVING_S:
            return False
        session = self._world.session
        return session.progress.phase is Phase.CONNECTING or (session.belt.still and session.progress.phase in _WAITS)


@contextmanager
def signals(inbox: Inbox) -> Iterator[None]:
    """Ctrl-C, Ctrl-Z, a closed window and a shutdown are inputs meanwhile, never the end of the program."""
    numbers = [signal.SIGINT, *_ENDING, *(getattr(signal, name) for name in ("SIGTSTP",) if hasattr(signal, name))]
    before = {}

    def note(number: int, _: FrameType | None) -> None:
        inbox.put(Signalled(number))

    try:
        for number in numbers:
            before[number] = signal.signal(number, note)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
