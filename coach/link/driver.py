"""The link to a real treadmill and to a real strap: bytes and instants from the radio to who listens, and writes back.

Nothing is written here that nobody asked for but a vendor's unlock: no Request Control, no Stop. What is told is told
in the radio's thread, in order, with the monotonic clock.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from math import inf
from time import monotonic
from typing import Final, TypeAlias

from coach.core.error import LinkError
from coach.core.event import Heard, LinkFound, LinkLost, Returned
from coach.core.ftms import (
    CONTROL_POINT,
    FITNESS_MACHINE,
    MACHINE_STATUS,
    TRAINING_STATUS,
    TREADMILL_DATA,
    Op,
    Request,
    encode_request,
)
from coach.core.heart import HEART_RATE_MEASUREMENT
from coach.link.ble import Peer
from coach.link.connection import Connection, UnfitError
from coach.link.facts import ABOUT, RANGES, Facts
from coach.link.habits import Habits
from coach.link.radio import Radio
from coach.link.sighting import Sighting
from coach.link.unlock import unlock
from coach.link.writes import STOP, Turn, Write, Writes, ask, back, lose, wake

log = logging.getLogger(__name__)

BATTERY_LEVEL: Final = 0x2A19  # u8, percent
OTHERS: Final = {  # data of machines that are no treadmill (ftms.md 3.1)
    0x2AD2: "an exercise bike",
    0x2AD1: "a rower",
    0x2ACE: "a cross trainer",
    0x2ACF: "a step climber",
    0x2AD0: "a stair climber",
}
HARMLESS: Final = frozenset({STOP, encode_request(Request(Op.REQUEST_CONTROL))})  # however late they come
_LISTENS: Final = frozenset({"notify", "indicate"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no link, as a sentence for the runner."""

    at_s: float
    text: str
    final: bool = False  # and there will be none: it is not what was wanted


@dataclass(frozen=True, slots=True)
class StrapFound:
    """The strap is connected and subscribed."""

    at_s: float


@dataclass(frozen=True, slots=True)
class StrapLost:
    """The strap is out of reach."""

    at_s: float


Told: TypeAlias = LinkFound | LinkLost | Heard | Returned | Trouble
StrapTold: TypeAlias = StrapFound | StrapLost | Heard | Trouble


class _Kept:
    """A link that is kept; the methods are for threads other than the radio's and return at once, but for close()."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def connect(self) -> None:
        """Connect, and keep trying until disconnect(); a link that is lost is sought again at once."""
        self._connection.connect()

    def disconnect(self) -> None:
        """Let the link go, and stay so until connect()."""
        self._connection.disconnect()

    def renew(self) -> None:
        """Let the link go and connect again."""
        self._connection.renew()

    def probe(self) -> None:
        """Find out whether the link lives, as after a sleep: then it is told as found once more, else it is renewed."""
        self._connection.probe()

    def close(self, timeout_s: float) -> None:
        """Let the link go and wait for it, at most so long. Never raises."""
        self._connection.close(timeout_s)


class Driver(_Kept):
    """A treadmill; all methods are for threads other than the radio's and return at once, but for close().

    `tell` hears LinkFound, then what was read (FEATURE, SPEED_RANGE, INCLINATION_RANGE, as far as they are there and
    can be read), then what the machine says; Returned for each write, in their order; LinkLost once for each
    LinkFound, behind the writes that it takes with it; and Trouble when it does not connect. An instant is that of
    the callback, and for what came before LinkFound that of LinkFound.
    """

    def __init__(self, radio: Radio, target: Sighting, habits: Habits, tell: Callable[[Told], None]) -> None:
        self._radio = radio
        self._machine = _Machine(habits, tell)
        super().__init__(Connection(radio, target, self._machine, pair=habits.pair))

    @property
    def facts(self) -> Facts | None:
        """What the machine turned out to be at the last connection; None before the first."""
        return self._machine.facts

    def write(self, value: bytes, link: int | None = None) -> None:
        """Write to the control point; without a link, or where there is none, Returned says so at once.

        One write is with the stack at a time. A Stop throws away what waits before it, and is handed over when what
        the stack has is answered or a second old. A Start never waits.

        Args:
            value: a request.
            link: of how many LinkFound the caller knows; what was meant for an earlier link is not written to this
                one and not told, but for a Stop. None: it is for whichever there is.
        """
        self._radio.soon(self._machine.write, value, link)


class StrapDriver(_Kept):
    """A heart rate strap, kept as the treadmill is; `tell` hears StrapFound, then its battery and its beats.

    A beat is Heard of HEART_RATE_MEASUREMENT, the battery Heard of BATTERY_LEVEL where the strap has one.
    """

    def __init__(self, radio: Radio, target: Sighting, tell: Callable[[StrapTold], None]) -> None:
        self._strap = _Strap(tell)
        super().__init__(Connection(radio, target, self._strap))

    @property
    def facts(self) -> Facts | None:
        """What the strap turned out to be at the last connection; None before the first."""
        return self._strap.facts


class _Listening:
    """What one link says: kept until the link is found, then told as it comes, and dropped when the link is gone."""

    def __init__(self, tell: Callable[[Heard], None]) -> None:
        self.facts: Facts | None = None
        self._tell = tell
        self._peer: Peer | None = None
        self._found = False
        self._values: dict[int, bytes] = {}
        self._about: dict[int, bytes] | None = None
        self._early: list[tuple[int, bytes]] = []

    async def begin(self, peer: Peer, uuids: tuple[int, ...]) -> None:
        """Read what can be read; what the device is called inside is read once for all links."""
        self._peer, self._found, self._early = peer, False, []
        self._values = await peer.read_all(uuids)
        if self._about is None:
            self._about = await peer.read_all(ABOUT)
        self.facts = peer.facts(self._values | self._about)

    async def listen(self, peer: Peer, uuid: int) -> None:
        """Subscribe where that can be done."""
        if peer.properties(uuid) & _LISTENS:
            await peer.listen(uuid, partial(self._hear, peer, uuid))

    def found(self, at_s: float) -> None:
        """Tell what was read and what has come so far."""
        self._found = True
        early, self._early = _fresh(self._early), []
        for uuid, value in (*self._values.items(), *early):
            self._tell(Heard(at_s, uuid, value))

    def end(self) -> None:
        """Nothing is heard any more."""
        self._peer = None

    def _hear(self, peer: Peer, uuid: int, value: bytes) -> None:
        at_s = monotonic()
        if peer is not self._peer:
            return
        if self._found:
            self._tell(Heard(at_s, uuid, value))
        else:
            self._early.append((uuid, value))


def _fresh(early: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """All but the first status: right behind the subscription it may be one of long ago (KingSmith, ftms.md 4.21)."""
    stale = next((place for place, (uuid, _) in enumerate(early) if uuid == MACHINE_STATUS), len(early))
    return early[:stale] + early[stale + 1 :]


class _Machine:
    """The treadmill's end of its connection; everything here happens in the radio's loop."""

    def __init__(self, habits: Habits, tell: Callable[[Told], None]) -> None:
        self._habits = habits
        self._tell = tell
        self._listening = _Listening(tell)
        self._peer: Peer | None = None
        self._links = 0  # that were found so far
        self._writes = Writes()
        self._tasks: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def facts(self) -> Facts | None:
        return self._listening.facts

    async def set_up(self, peer: Peer) -> None:
        _must_be_treadmill(peer)
        await self._listening.begin(peer, RANGES)
        for uuid in (CONTROL_POINT, TREADMILL_DATA):
            await self._listening.listen(peer, uuid)
            await asyncio.sleep(self._habits.cccd_gap_s)
        for uuid in (MACHINE_STATUS, TRAINING_STATUS):
            await _optional(f"no {uuid:04X}", self._listening.listen(peer, uuid))
            await asyncio.sleep(self._habits.cccd_gap_s)
        await unlock(peer, self._habits)

    def found(self, peer: Peer, at_s: float) -> None:
        self._peer = peer
        self._links += 1
        self._end_writes()
        self._writes, turn = lose(self._writes)  # of before a sleep: who asked has forgotten them
        self._carry_out(turn, at_s)
        self._tell(LinkFound(at_s))
        self._listening.found(at_s)

    def lost(self, at_s: float) -> None:
        self._peer = None
        self._listening.end()
        self._end_writes()
        self._writes, turn = lose(self._writes)
        self._carry_out(turn, at_s)
        self._tell(LinkLost(at_s))

    def _end_writes(self) -> None:
        for task in self._tasks:
            task.cancel()

    def trouble(self, at_s: float, text: str, *, final: bool) -> None:
        self._tell(Trouble(at_s, text, final))

    def write(self, value: bytes, link: int | None) -> None:
        at_s = monotonic()
        if link not in {None, self._links} and value != STOP:
            return  # its LinkLost has settled it
        if self._peer is None or not self._peer.has(CONTROL_POINT):
            self._tell(Returned(at_s, ok=False))
            return
        self._writes, turn = ask(self._writes, value, at_s)
        self._carry_out(turn, at_s)

    def _back(self, number: int, *, ok: bool) -> None:
        at_s = monotonic()
        self._writes, turn = back(self._writes, number, at_s, ok=ok)
        self._carry_out(turn, at_s)

    def _wake(self) -> None:
        at_s = monotonic()
        self._writes, turn = wake(self._writes, at_s)
        self._carry_out(turn, at_s)

    def _carry_out(self, turn: Turn, at_s: float) -> None:
        for ok in turn.told:
            self._tell(Returned(at_s, ok))
        for write in turn.handed:
            assert self._peer is not None
            task = asyncio.get_running_loop().create_task(self._send(self._peer, write))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._writes.due_s < inf:
            self._alarm = asyncio.get_running_loop().call_later(max(self._writes.due_s - at_s, 0.0), self._wake)

    async def _send(self, peer: Peer, write: Write) -> None:
        try:
            await peer.write(CONTROL_POINT, write.value, again=write.value in HARMLESS)
        except LinkError as error:
            log.info("a write failed: %s", error)
            self._back(write.number, ok=False)
        else:
            self._back(write.number, ok=True)


class _Strap:
    """The strap's end of its connection; everything here happens in the radio's loop."""

    def __init__(self, tell: Callable[[StrapTold], None]) -> None:
        self._tell = tell
        self._listening = _Listening(tell)

    @property
    def facts(self) -> Facts | None:
        return self._listening.facts

    async def set_up(self, peer: Peer) -> None:
        if not peer.properties(HEART_RATE_MEASUREMENT) & _LISTENS:
            raise UnfitError(f"{peer.name} measures no heart rate")
        await self._listening.begin(peer, (BATTERY_LEVEL,))
        await self._listening.listen(peer, HEART_RATE_MEASUREMENT)
        await _optional("no battery level", self._listening.listen(peer, BATTERY_LEVEL))

    def found(self, _: Peer, at_s: float) -> None:
        self._tell(StrapFound(at_s))
        self._listening.found(at_s)

    def lost(self, at_s: float) -> None:
        self._listening.end()
        self._tell(StrapLost(at_s))

    def trouble(self, at_s: float, text: str, *, final: bool) -> None:
        self._tell(Trouble(at_s, text, final))


def _must_be_treadmill(peer: Peer) -> None:
    if FITNESS_MACHINE not in peer.services:
        raise UnfitError(f"{peer.name} is not a fitness machine that can be connected to (it has no service 1826)")
    if peer.properties(TREADMILL_DATA) & _LISTENS:
        return
    others = [name for uuid, name in OTHERS.items() if peer.has(uuid)]
    what = f"is {others[0]}, not a treadmill" if others else "tells nothing of a belt (it has no Treadmill Data)"
    raise UnfitError(f"{peer.name} {what}")


async def _optional(what: str, act: Awaitable[None]) -> None:
    """Something that a device may refuse and still be of use; where its link is gone, the next thing says so."""
    try:
        await act
    except LinkError as error:
        log.info("%s: %s", what, error)
