"""The link to a machine whose driver is gone: the one that the system still holds, or a new one (safety.md 9).

BlueZ keeps a link when the process that used it is killed, and a connected machine does not advertise; so those that
are held are looked at first.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Final, TypeAlias

from coach.core.error import LinkError
from coach.core.event import Heard, Returned
from coach.core.ftms import CONTROL_POINT, MACHINE_STATUS, TREADMILL_DATA
from coach.link.ble import Peer, held
from coach.link.habits import Habits
from coach.link.radio import Radio
from coach.link.sighting import FITNESS_MACHINE, Sighting
from coach.link.unlock import unlock

LOOK_S: Final = 1.0  # to ask the system what it holds
CONNECT_S: Final = 10.0  # to find it too; a machine in connectable mode advertises several times a second

ANSWERS_S: Final = 1.0  # what may come before Stop: to hear its answer, and a vendor's unlock
CLOSE_S: Final = 3.0  # a guard that hangs here helps nobody
SPARE_S: Final = 4.0  # for what comes before the connection

_Said: TypeAlias = "SimpleQueue[Heard | Returned | None]"


class HeldMachine:
    """A machine on the air in the hands of a guard; all of it waits at most a few seconds."""

    def __init__(self, radio: Radio, target: Sighting, habits: Habits) -> None:
        """Take the link over, or make one.

        Raises:
            LinkError: the machine is not there.
        """
        self._radio = radio
        self._said: _Said = SimpleQueue()
        self._lost = False
        self._listens = False
        self._peer = radio.run(self._reach(target, habits), CONNECT_S + SPARE_S)

    def write(self, value: bytes) -> None:
        """Hand a write to the control point over.

        Raises:
            LinkError: the link is gone.
        """
        if self._lost:
            raise LinkError("the link to the treadmill is gone")
        self._radio.spawn(self._write(value))

    def listen(self, timeout_s: float) -> list[Heard | Returned]:
        """What the machine says next, waiting at most so long; instants are those of the monotonic clock.

        Raises:
            LinkError: the link is gone.
        """
        if not self._listens:  # behind the first write, which waits for nothing
            self._listens = True
            self._radio.spawn(self._subscribe())
        said: list[Heard | Returned | None] = []
        with suppress(Empty):
            said.append(self._said.get(timeout=timeout_s))
            while True:
                said.append(self._said.get_nowait())
        if self._lost:
            raise LinkError("the link to the treadmill is gone")
        return [one for one in said if one is not None]

    def leave(self) -> None:
        """Close the link. Never raises."""
        with suppress(LinkError, TimeoutError):
            self._radio.run(self._peer.close(), CLOSE_S)

    async def _reach(self, target: Sighting, habits: Habits) -> Peer:
        fresh = not await _is_held(target)
        peer = await Peer.open(target, lost=self._gone, timeout_s=CONNECT_S, pair=habits.pair)
        try:
            await self._set_up(peer, habits, fresh=fresh)
        except BaseException:
            await peer.close()
            raise
        return peer

    async def _set_up(self, peer: Peer, habits: Habits, *, fresh: bool) -> None:
        with suppress(LinkError, TimeoutError):  # where there are no answers, Stop goes out all the same, and soon
            async with asyncio.timeout(ANSWERS_S):
                await peer.listen(CONTROL_POINT, lambda value: self._hear(CONTROL_POINT, value))
        if fresh:
            with suppress(TimeoutError):
                async with asyncio.timeout(ANSWERS_S):
                    await unlock(peer, habits)

    async def _subscribe(self) -> None:
        for uuid in (TREADMILL_DATA, MACHINE_STATUS):
            with suppress(LinkError):
                await self._peer.listen(uuid, lambda value, uuid=uuid: self._hear(uuid, value))  # type: ignore[misc]

    async def _write(self, value: bytes) -> None:
        try:
            await self._peer.write(CONTROL_POINT, value)
        except LinkError:
            self._said.put(Returned(monotonic(), ok=False))
        else:
            self._said.put(Returned(monotonic(), ok=True))

    def _hear(self, uuid: int, value: bytes) -> None:
        self._said.put(Heard(monotonic(), uuid, value))

    def _gone(self) -> None:
        self._lost = True
        self._said.put(None)


async def _is_held(target: Sighting) -> bool:
    """The link was never lost, and a vendor's unlock still holds."""
    with suppress(LinkError, TimeoutError):
        async with asyncio.timeout(LOOK_S):
            return any(target.means(one.address, one.name) for one in await held((FITNESS_MACHINE,)))
    return False
