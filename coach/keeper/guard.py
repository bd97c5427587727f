"""The guard: sleeps until the keeper's pipe ends without `closed`, and then stops the belt (safety.md 9).

    python -m coach.keeper.guard

Its standard input has its orders and what the belt said (orders.py). All that it needs is loaded before it sleeps. No
signal that can be caught ends it: asleep it leaves by `closed`, on duty when the belt stands.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from time import monotonic
from typing import BinaryIO, Final, Protocol

from coach.core.error import LinkError
from coach.core.event import Heard, LinkFound, LinkLost, Returned, Tick
from coach.keeper.diary import Diary
from coach.keeper.guard_rule import Act, Event, Last, Word, step, take_over
from coach.keeper.lock import HeldError, Lock
from coach.keeper.orders import Hosted, Orders, OrdersError, Sound, closes, read_last, read_orders
from coach.link.remote import HeldTreadmill
from coach.sinks.alarm import Siren, Words, load
from coach.sinks.player import Player
from coach.system.signals import known

TICK_S: Final = 0.1  # the rule looks at the clock so often
AGAIN_S: Final = 0.05  # after the first try to reach the machine; each time twice as long
AGAIN_MOST_S: Final = 5.0  # between tries to reach the belt
UNREACHED_S: Final = 2.0  # the cockpit is told that the machine cannot be reached
REACH_S: Final = 60.0  # a machine that cannot be reached for so long is given up
SIMULATED_DUTY_S: Final = 600.0  # a simulated belt that obeys nothing hurts nobody: its guard leaves after so long
LONGEST: Final = 65536  # bytes of a line
SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGBREAK")


class Link(Protocol):
    """A machine within reach; what goes wrong with it is a LinkError."""

    def write(self, value: bytes) -> None:
        """Write to the control point."""

    def listen(self, timeout_s: float) -> Sequence[Heard | Returned]:
        """What the machine says next, waiting at most so long."""

    def leave(self) -> None:
        """Close the link. Never raises."""


class Voice(Protocol):
    """What cries out; nothing here waits."""

    def sound(self, words: Words) -> None:
        """Begin, or go on with other words."""

    def silence(self) -> None:
        """End it."""


class Guard:
    """A guard on duty."""

    def __init__(
        self,
        orders: Orders,
        last: Last,
        diary: Diary,
        reach: Callable[[], Link],
        voice: Voice | None,
        *,
        clock: Callable[[], float] = monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take over.

        Args:
            orders: which belt, and what is known of it.
            last: what the keeper said last.
            diary: where it is written down.
            reach: gives a link to the machine, or raises a LinkError.
            voice: the alarm; None where nothing is to sound.
            clock: monotonic.
            wait: for so many seconds.
        """
        self._orders, self._diary, self._reach, self._voice = orders, diary, reach, voice
        self._clock, self._wait = clock, wait
        self._began_s = clock()
        self._duty = take_over(last, self._began_s)
        self._reachable = bool(last.phase)  # the keeper had a link once: the belt may move
        self._word = Word.ACTING
        self._diary.say(self._word)
        self._cry(Words.KEEPER)
        self._note("keeper-lost", kmh=last.kmh, phase=last.phase, rear=last.rear)

    def serve(self) -> Word:
        """Stop the belt; the word says how far that went."""
        while not self._over():
            link = self._reached()
            if link is None:
                self._say(Word.UNREACHABLE)
                self._note("unreachable")
                break
            self._stand_by(link)
            if not self._over():
                self._wait(AGAIN_S)  # a machine that is found and lost at once is not asked without a pause
        if self._voice is not None:
            self._voice.silence()
        return self._word

    def _over(self) -> bool:
        now_s = self._clock()
        weary = self._orders.simulated and now_s - self._began_s >= SIMULATED_DUTY_S
        return weary or self._duty.over(now_s)

    def _reached(self) -> Link | None:
        began_s, again_s = self._clock(), AGAIN_S
        patience_s = inf if self._reachable and not self._orders.simulated else REACH_S  # a real belt is never given up
        while (tried_s := self._clock() - began_s) < patience_s:
            with suppress(LinkError):
                return self._reach()
            if tried_s >= UNREACHED_S:
                self._say(Word.UNREACHABLE)
                self._cry(Words.RAILS)
            self._wait(again_s)
            again_s = min(2 * again_s, AGAIN_MOST_S)
        return None

    def _stand_by(self, link: Link) -> None:
        """With a link: write and listen until the belt stands, or the link is gone."""
        try:
            self._take(link, LinkFound(self._clock()))
            while not self._over():
                for event in link.listen(TICK_S):
                    self._take(link, event)
                self._take(link, Tick(self._clock()))
        except LinkError:
            self._duty, _ = step(self._orders.profile, self._duty, LinkLost(self._clock()))
        link.leave()

    def _take(self, link: Link, event: Event) -> None:
        self._duty, acts = step(self._orders.profile, self._duty, event)
        for act in acts:
            _write(link, act)
            self._note(act.name.lower(), kmh=self._duty.kmh)
        if acts:
            self._cry(Words.RAILS if self._duty.disobeyed else Words.KEEPER)
        stood = self._word is Word.STILL
        self._say(self._duty.word)
        if self._word is Word.STILL and not stood:
            self._note("still")

    def _say(self, word: Word) -> None:
        if word is self._word:
            return
        self._word = word
        self._diary.say(word)
        if word is Word.STILL and self._voice is not None:
            self._voice.silence()

    def _cry(self, words: Words) -> None:
        if self._voice is not None:
            self._voice.sound(words)

    def _note(self, what: str, **more: object) -> None:
        now_s = self._clock()
        after_s = round(now_s - self._began_s, 3)
        wall = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._diary.note({"guard": what, "after_s": after_s, "mono": now_s, "wall": wall, **more})


def _write(link: Link, act: Act) -> None:
    """The only way out: nothing but an Act is ever written."""
    link.write(act.value)


def sleep(pipe: BinaryIO) -> Last | None:
    """Read until the pipe ends: None where the keeper ended in order, else what it said last."""
    last = Last()
    with suppress(OSError):
        while line := pipe.readline(LONGEST):
            if closes(line):
                return None
            with suppress(OrdersError):
                last = read_last(line)
    return last


def main() -> int:
    """Sleep, and stop the belt if need be."""
    for number in known(SIGNALS):
        signal.signal(number, _stay)
    try:
        orders = read_orders(sys.stdin.buffer.readline(LONGEST))
    except OrdersError as error:
        print(error, file=sys.stderr)
        return 2
    voice = _voice(orders.sound) if orders.sound is not None else None
    reach = _reach(orders)
    with suppress(OSError):
        print(json.dumps({"ready": True, "pid": os.getpid()}), flush=True)
    last = sleep(sys.stdin.buffer)
    if last is None:
        return 0
    voice = None if last.mute and orders.simulated else voice
    diary = Diary(orders.record, orders.report)
    lock = _lock(*orders.lock)
    word = Guard(orders, last, diary, reach, voice).serve()
    diary.close()
    if lock is not None:
        lock.close()
    return 0 if word is Word.STILL else 1


def _reach(orders: Orders) -> Callable[[], Link]:
    """The way to the machine, with all that it needs loaded."""
    machine = orders.machine
    if isinstance(machine, Hosted):
        return lambda: HeldTreadmill(machine.port, machine.secret)
    from coach.link.held import HeldMachine
    from coach.link.radio import Radio
    from coach.link.sighting import Sighting

    radio, target = Radio(), Sighting(machine.address, machine.name)
    return lambda: HeldMachine(radio, target, machine.habits)


def _lock(folder: str, machine: str) -> Lock | None:
    """Nobody else drives this treadmill while it is being stopped; a lock that is not to be had stops nothing."""
    try:
        return Lock(Path(folder), machine, "its guard is stopping the belt", patience_s=0.0) if folder else None
    except (HeldError, OSError):
        return None


def _voice(sound: Sound) -> Siren:
    player = Player([sound.player]) if sound.player else None
    return Siren(load(Path(sound.folder)), player)


def _stay(_number: int, _frame: object) -> None:
    """Not SIG_IGN, which the players of the alarm would inherit."""


if __name__ == "__main__":
    sys.exit(main())
