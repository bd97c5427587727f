"""The cockpit without a screen: lines out, keys in, for logs, pipes and screen readers."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from queue import Empty, SimpleQueue
from time import monotonic
from types import FrameType
from typing import Final

from coach.cli.app import silence
from coach.cli.keyboard import KEYS_HELP, Closed, Inbox, Input, Signalled, Typed, Unseen, listening
from coach.cli.lines import Feed, Lines, coloured, summary
from coach.core.event import Key
from coach.keeper.crew import Crew, Life
from coach.keeper.wire import Done, FromKeeper, Note, Refused, Said, Snapshot
from coach.system.process import freeze
from coach.system.signals import ENDING, SUSPENDING, known

LOOK_S: Final = 0.05  # how often the keeper is heard
LAST_CTRL_C: Final = 3  # the first stops the belt, the second is patience, this one leaves
WAITS_S: Final = 2.0  # what is waited for is told if it lasts
HINT_S: Final = 2.0  # somebody who types a sentence is told once
LOST_S: Final = 60.0  # how long the guard is watched after the keeper was lost
_ENDING: Final = known(ENDING)
_LOST: Final = {
    "": "The guard has not been heard yet.",
    "acting": "The guard has taken over.",
    "stopping": "The guard is stopping the belt.",
    "still": "The guard has stopped the belt: it stands.",
    "unreachable": "The guard does not reach the treadmill.",
}


class LeftError(Exception):
    """The person insisted on leaving before the belt stood."""


class Plain:
    """Shows a kept session as lines, and sends presses."""

    def __init__(
        self,
        crew: Crew,
        inbox: Inbox,
        show: Callable[[str], None],
        *,
        colour: bool,
        alone: bool,
        buttons: frozenset[str] = frozenset(),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`alone`: a simulated runner confirms; `buttons`: what else means yes, as a terminal sends it without Esc."""
        self._crew = crew
        self._inbox = inbox
        self._show = show
        self._alone = alone
        self._buttons = buttons
        self._clock = clock
        self._lines = Lines(crew.plan, colour=colour)
        self._feed = Feed(self._lines)
        self._now: Snapshot | None = None
        self._why = ""  # there is no link
        self._waits = ""  # what the session waits for before it begins
        self._waits_s = inf  # since when; inf once it was told
        self._leaving = 0  # times that somebody asked to end
        self._hinted_s = -inf
        self._lost_s = inf
        self._guarded = ""
        self._heard = False  # somebody pressed a key after the keeper was lost
        self._summed = False
        self.done: Done | None = None
        self.refused = ""

    def run(self) -> None:
        """Until the keeper has ended.

        Raises:
            LeftError: Ctrl-C for the third time.
        """
        while not self.over():
            self.turn(LOOK_S)
        if self._crew.life is Life.LOST and self._crew.guarded != "still":
            self._show("THE BELT MAY STILL MOVE. Stay off it, and pull the clip.")

    def over(self) -> bool:
        """There is nothing more to show."""
        if self._crew.life is Life.LOST:
            return self._crew.guarded == "still" or self._heard or self._clock() - self._lost_s >= LOST_S
        return self._crew.life is Life.OVER

    def turn(self, wait_s: float) -> None:
        """Take what was typed, show what came, and tell the keeper that it was shown."""
        for asked in self._inputs(wait_s):
            self._take(asked)
        newest = None
        for message in self._crew.poll():
            if isinstance(message, Said) and newest is not None:
                self._draw(newest)  # in order of time
                newest = None
            newest = self._told(message) or newest
        if newest is not None:
            self._draw(newest)
        if self.done is not None and not self._summed:
            self._summed = True
            for line in summary(self._crew.plan, self.done):
                self._show(line)
        if self._now is not None and self._crew.life is not Life.LOST:
            self._crew.beat(self._now.serial)
        if self._crew.life is Life.LOST:
            self._mourn()

    def _draw(self, now: Snapshot) -> None:
        if now.link_why and now.link_why != self._why:
            self._show(now.link_why)
        self._now, self._why = now, now.link_why
        if waits := self._waiting(now):
            self._show(waits)
        for line in self._feed.take(now, self._clock()):
            self._show(line)

    def _waiting(self, now: Snapshot) -> str:
        """What keeps the session from beginning, once that has lasted; a belt that moves is said aloud anyway."""
        moves = now.link and (now.kmh or 0.0) > 0
        waits = "" if moves or now.link_why else now.waits
        if waits != self._waits:
            self._waits, self._waits_s = waits, self._clock()
        if not waits or self._clock() - self._waits_s < WAITS_S:
            return ""
        self._waits_s = inf
        return waits

    def _inputs(self, wait_s: float) -> Iterator[Input]:
        try:
            yield self._inbox.get(timeout=wait_s)
            while True:
                yield self._inbox.get_nowait()
        except Empty:
            return

    def _told(self, message: FromKeeper) -> Snapshot | None:
        match message:
            case Snapshot():
                return message
            case Said():
                for line in self._lines.cue(message):
                    self._show(line)
            case Note(text):
                self._show(text)
            case Done():
                self.done = message
            case Refused(reason):
                self.refused = reason
            case _:
                pass
        return None

    def _mourn(self) -> None:
        """The keeper is gone: say what the guard does."""
        if self._lost_s == inf:
            self._lost_s = self._clock()
            self._show("THE PART OF COACH THAT DRIVES THE BELT HAS ENDED. Rails. Step off. Pull the clip.")
        guarded = self._crew.guarded
        if guarded != self._guarded:
            self._guarded = guarded
            self._show(_LOST.get(guarded, guarded))

    # What the person does.

    def _take(self, asked: Input) -> None:
        match asked:
            case Typed():
                self._press(asked)
            case Closed() if not self._alone:
                self._leave("Nobody can press any more. Stopping.")
            case Closed():
                pass
            case Unseen():
                self._leave("")
            case Signalled(number) if number == signal.SIGINT:
                self._interrupt()
            case Signalled(number) if number in _ENDING:
                self._leave("Asked to end. Stopping.")
            case Signalled(_):
                self._suspend()

    def _press(self, typed: Typed) -> None:
        question = self._now.question if self._now is not None else None
        if self._crew.life is Life.LOST:
            self._heard = True
            self._crew.acknowledge()
        elif typed.key is None and typed.text in self._buttons:
            self._crew.press(Key.YES, "", question.serial if question is not None else None)
        elif typed.key is None:
            self._hint(typed.text)
            self._crew.press(Key.OTHER)  # in a turn any press is a stop
        elif typed.key is Key.HELP:
            for line in KEYS_HELP:
                self._show(line)
        else:
            self._crew.press(typed.key, typed.digit, question.serial if question is not None else None)

    def _hint(self, text: str) -> None:
        if self._clock() - self._hinted_s >= HINT_S:
            self._hinted_s = self._clock()
            self._show(f"{text if text.isprintable() and text else 'That key'} does nothing; h shows the keys.")

    def _leave(self, why: str) -> None:
        self._leaving += 1
        if why:
            self._show(why)
        self._crew.close()

    def _interrupt(self) -> None:
        self._leaving += 1
        if self._leaving >= LAST_CTRL_C:
            raise LeftError
        if self._leaving > 1:
            self._show("The belt is being stopped. Ctrl-C once more leaves without waiting.")
            return
        self._crew.press(Key.QUIT)
        self._crew.press(Key.QUIT)

    def _suspend(self) -> None:
        """Ctrl-Z: the belt is stopped, then the shell has its way."""
        self._show("Suspended: the belt is being stopped. `fg` brings the session back; it goes on after a fresh yes.")
        self._crew.press(Key.STOP)
        self._crew.flush()
        freeze()


@contextmanager
def signals(inbox: Inbox) -> Iterator[None]:
    """Ctrl-C, Ctrl-Z, a closed window and a shutdown are inputs meanwhile, never the end of the program."""
    numbers = [signal.SIGINT, *_ENDING, *known(SUSPENDING)]
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


def play(
    crew: Crew, head: Iterator[str], *, alone: bool, buttons: frozenset[str] = frozenset()
) -> tuple[Done | None, str]:
    """Show a kept session until it has ended: what it came to, and why it was refused if it was.

    Raises:
        LeftError: the person left before the belt stood.
    """
    inbox: Inbox = SimpleQueue()
    show = _Show(inbox)
    for line in (*head, *KEYS_HELP):
        show(line)
    plain = Plain(crew, inbox, show, colour=coloured(sys.stdout), alone=alone, buttons=buttons)
    with signals(inbox), listening(inbox):
        try:
            plain.run()
        finally:
            crew.close()
    return plain.done, plain.refused


class _Show:
    """Prints lines for as long as somebody reads them; after that the session is asked to end."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._read = True

    def __call__(self, line: str) -> None:
        if not self._read:
            return
        try:
            print(line, flush=True)
        except (OSError, ValueError):  # the pipe or the terminal is gone
            self._read = False
            silence()
            self._inbox.put(Unseen())
