"""What people do to a served treadmill and strap, and what breaks, in words; each happens when it is said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from typing import Final

from coach.air.strap import ServedStrap
from coach.air.treadmill import ServedTreadmill
from coach.link.fault import Fault, FaultError, FaultKind, parse_fault_now
from coach.link.simulated import MAX_PACE, MIN_PACE

STEP_KMH: Final = 0.5  # of the console's keys
WORDS: Final = (
    "key (out, and in again), start, stop, +, - (the console), self-start, drop, take-control, pace N, mend;"
    " or a fault such as mute:10, refuse:30, heart=185:60, strap-off"
)


class Hands:
    """The hands on one treadmill, and on the strap of who is on it."""

    def __init__(self, mill: ServedTreadmill, strap: ServedStrap | None = None) -> None:
        self._mill = mill
        self._strap = strap
        treadmill = mill.treadmill
        self._words: dict[str, tuple[Callable[[], None], str]] = {
            "start": (lambda: mill.hand(treadmill.console_start), "Start pressed on the console"),
            "stop": (lambda: mill.hand(treadmill.console_stop), "Stop pressed on the console"),
            "+": (lambda: mill.console_change(STEP_KMH), f"{STEP_KMH:g} km/h faster on the console"),
            "-": (lambda: mill.console_change(-STEP_KMH), f"{STEP_KMH:g} km/h slower on the console"),
            "self-start": (lambda: mill.hand(treadmill.self_start), "the belt starts by itself"),
            "take-control": (lambda: mill.hand(treadmill.take_control), "somebody else takes control"),
            "drop": (lambda: self._drop(0.0), "the link is dropped"),
            "mend": (mill.mend, "what was broken is whole again"),
        }

    def do(self, text: str) -> str:
        """Do what a word says; what was done, for who said it.

        Raises:
            FaultError: it is no such word.
        """
        word = text.strip().lower()
        if word == "key":
            return self._key()
        if word in self._words:
            act, said = self._words[word]
            act()
            return said
        name, _, amount = word.partition(" ")
        if name == "pace":
            return self._pace(amount)
        try:
            fault = parse_fault_now(word)
        except FaultError:
            raise FaultError(f"{word or 'nothing'} is not something to do here; there are {WORDS}") from None
        self.break_now(fault)
        return f"{word} from now on"

    def break_now(self, fault: Fault) -> None:
        """Make a fault happen at this instant; its seconds are the machine's.

        Raises:
            FaultError: it is none of a machine or a strap.
        """
        mill, treadmill = self._mill, self._mill.treadmill
        now_s, lasts_s = mill.clock.now_s(), fault.duration_s if fault.duration_s is not None else inf
        end_s = now_s + lasts_s
        match fault.kind:
            case FaultKind.DROP:
                self._drop(fault.duration_s or 0.0)
            case FaultKind.MUTE:
                treadmill.mute(end_s)
            case FaultKind.GARBAGE:
                treadmill.garbage(end_s)
            case FaultKind.REFUSE:
                treadmill.refuse(end_s)
            case FaultKind.STOP_IGNORED:
                treadmill.ignore_stop(end_s)
            case FaultKind.KEY:
                mill.hand(treadmill.pull_key)
                self._after(lasts_s, lambda: mill.hand(treadmill.put_key))
            case FaultKind.CONSOLE:
                change_kmh = fault.amount or 0.0
                mill.console_change(change_kmh)
                self._after(lasts_s, lambda: mill.console_change(-change_kmh))
            case FaultKind.CONSOLE_STOP:
                mill.hand(treadmill.console_stop)
            case FaultKind.SELF_START:
                mill.hand(treadmill.self_start)
            case _:
                self._break_strap(fault, end_s)

    def later(self, fault: Fault) -> None:
        """Make a fault happen so many of the machine's seconds from now.

        Raises:
            FaultError: it is counted from a place in a workout, which a machine does not know, or is none of a machine.
        """
        check(fault)
        self._after(fault.when.offset_s, lambda: self.break_now(fault))

    def _break_strap(self, fault: Fault, end_s: float) -> None:
        check(fault)
        if self._strap is None:
            raise FaultError(f"{fault.kind} needs a strap, and none is served")
        strap = self._strap.look()
        match fault.kind:
            case FaultKind.STRAP_OFF:
                strap.take_off(end_s)
            case FaultKind.STRAP_FROZEN:
                strap.freeze(end_s)
            case _:
                strap.fix(fault.amount or 0.0, end_s)

    def _key(self) -> str:
        treadmill = self._mill.treadmill
        pulled = treadmill.key_in
        self._mill.hand(treadmill.pull_key if pulled else treadmill.put_key)
        return "the safety key is out" if pulled else "the safety key is back in"

    def _pace(self, amount: str) -> str:
        try:
            self._mill.clock.set_pace(float(amount))
        except ValueError:
            raise FaultError(f"give a pace from {MIN_PACE:g} to {MAX_PACE:g}, such as pace 10") from None
        return f"pace {self._mill.clock.pace:g}"

    def _drop(self, away_s: float) -> None:
        self._mill.presence.spawn(self._away(away_s))

    async def _away(self, away_s: float) -> None:
        await self._mill.advertise(on=False)
        await self._mill.kick()
        await asyncio.sleep(away_s / self._mill.clock.pace)
        await self._mill.advertise(on=True)

    def _after(self, wait_s: float, act: Callable[[], None]) -> None:
        if wait_s < inf:
            self._mill.presence.spawn(self._wait(wait_s, act))

    async def _wait(self, wait_s: float, act: Callable[[], None]) -> None:
        await asyncio.sleep(wait_s / self._mill.clock.pace)
        act()


_OF_STRAPS: Final = frozenset({FaultKind.STRAP_OFF, FaultKind.STRAP_FROZEN, FaultKind.HEART})
_OF_MACHINES: Final = frozenset(
    {
        FaultKind.DROP,
        FaultKind.MUTE,
        FaultKind.GARBAGE,
        FaultKind.REFUSE,
        FaultKind.STOP_IGNORED,
        FaultKind.KEY,
        FaultKind.CONSOLE,
        FaultKind.CONSOLE_STOP,
        FaultKind.SELF_START,
    }
)


def check(fault: Fault) -> None:
    """See whether a fault can happen to a machine or a strap that knows of no session.

    Raises:
        FaultError: it cannot; the message says why.
    """
    if fault.kind not in _OF_MACHINES | _OF_STRAPS:
        raise FaultError(f"{fault.kind} happens to the runner or the computer, not to a treadmill")
    if fault.when.anchor is not None:
        raise FaultError(f"a treadmill knows of no {fault.when.anchor}; give seconds from the first connection")
