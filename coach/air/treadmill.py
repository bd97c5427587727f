"""The simulated treadmill on the air: what VirtualTreadmill says is notified and indicated, when it says it.

There is one belt, the virtual one; this module only carries. Its clock is paced, the radio's is not: at pace 10 a
second of the belt lasts a tenth of one.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Final

from bumble import att
from bumble.core import AdvertisingData
from bumble.device import Connection, Device
from bumble.gatt import Service

from coach.air.clock import PacedClock
from coach.air.gatt import (
    CCCD_IMPROPER,
    IN_PROGRESS,
    Bytes,
    Properties,
    characteristic,
    constant,
    device_information,
    service,
)
from coach.air.presence import Face, Presence
from coach.air.quirks import NO_QUIRKS, Mischief, Quirks
from coach.air.served import Served
from coach.core.event import Heard, Returned
from coach.core.ftms import (
    CONTROL_POINT,
    FEATURE,
    FITNESS_MACHINE,
    INCLINATION_RANGE,
    MACHINE_STATUS,
    SPEED_RANGE,
    TRAINING_STATUS,
    TREADMILL_DATA,
    Response,
    encode_response,
)
from coach.link.machine_file import NAME_PREFIX, Ack
from coach.link.sim import VirtualTreadmill
from coach.link.simulated import PACE, SIMULATED_SERVICE, encode_pace
from coach.link.truth import Truth

log = logging.getLogger(__name__)

ADDRESS: Final = "C4:00:00:00:00:01"  # static random; a second one on the same air needs another
INDOOR_BIKE_DATA: Final = 0x2AD2  # FTMS 4.4; a bike's, which some treadmills offer too
BY_AIR: Final = "air"  # who notes the truth
_SAMPLE_S: Final = 0.1  # simulated, between two looks at a belt whose truth is kept
_SHORTEST_SAMPLE_S: Final = 0.02  # true; at a high pace more looks would say no more
_SETTLED_KMH: Final = 0.005  # half of what the wire can tell
_AVAILABLE: Final = 0x01  # service data: the machine can be used (FTMS 3.1.2)
_TREADMILL: Final = 1 << 0  # bits of the type in the service data (FTMS 3.1.3)
_BIKE: Final = 1 << 5


@dataclass(frozen=True, slots=True)
class Written:
    """A write to the control point, whatever became of it."""

    at_s: float  # of the machine
    mono_s: float  # of this computer
    value: bytes


def simulated_name(name: str) -> str:
    """The name as it goes on the air, where a simulated peripheral always says that it is one (safety.md 5)."""
    return name if name.startswith(NAME_PREFIX) else f"{NAME_PREFIX}{name}"


class ServedTreadmill(Served):
    """One virtual machine as a GATT server; its link is the link of whoever is connected."""

    def __init__(
        self,
        treadmill: VirtualTreadmill,
        clock: PacedClock,
        *,
        model: str,
        quirks: Quirks = NO_QUIRKS,
        truth: Truth | None = None,
        address: str = ADDRESS,
        tell: Callable[[str, bytes], None] = lambda _what, _value: None,
    ) -> None:
        super().__init__()
        self.treadmill: Final = treadmill
        self.clock: Final = clock
        self.quirks: Final = quirks
        self.mischief = Mischief()
        self.writes: list[Written] = []
        self.connections = 0  # so far
        self.face: Final = Face(simulated_name(treadmill.machine.name), address, _structures(quirks), quirks.named)
        self._truth = truth if truth is not None else Truth("")
        self._tell = tell
        self._held: set[asyncio.Future[None]] = set()  # writes that are answered late
        self._returned: deque[asyncio.Future[bool]] = deque()  # writes that the machine has still to return
        self._noted: tuple[float, str] = (0.0, "")
        self._values: dict[int, Bytes] = dict(self._said())
        self._pace = characteristic(PACE, Properties.READ | Properties.NOTIFY, read=lambda _: encode_pace(clock.pace))
        self.services: Final[tuple[Service, ...]] = (
            device_information(model),
            service(FITNESS_MACHINE, [*self._read(), *self._values.values()]),
            service(SIMULATED_SERVICE, [self._pace]),
        )

    # On and off the air.

    async def serve(self, host: Device) -> None:
        """Advertise and serve on a powered host; its services must be on it already.

        Raises:
            LinkError: the controller refuses.
        """
        self._presence = Presence(host, self.face, self._met, self._left)
        self._unheed = self.clock.heed(self._paced)
        self._flush()
        await self._presence.advertise(on=True)

    # The hands of people: each at this instant.

    def hand(self, act: Callable[[float], None]) -> None:
        """Do to the treadmill what a method of VirtualTreadmill does that takes an instant."""
        act(self.clock.now_s())
        self._flush()

    def console_change(self, delta_kmh: float) -> None:
        """Press faster or slower on the console."""
        self.hand(lambda at_s: self.treadmill.console_change(delta_kmh, at_s))

    def mend(self) -> None:
        """End what was made to last: silence, noise, refusal and deafness to Stop."""
        for last in (self.treadmill.mute, self.treadmill.garbage, self.treadmill.refuse, self.treadmill.ignore_stop):
            last(-inf)
        self.mischief = Mischief()

    def look(self) -> VirtualTreadmill:
        """The machine as it is at this instant."""
        self._flush()
        return self.treadmill

    # What is on the server.

    def _read(self) -> Iterator[Bytes]:
        for uuid in (FEATURE, SPEED_RANGE, INCLINATION_RANGE):
            value = self.treadmill.read(uuid)
            if value is not None and (uuid != SPEED_RANGE or self.quirks.speed_range):
                yield constant(uuid, value)

    def _said(self) -> Iterator[tuple[int, Bytes]]:
        data = INDOOR_BIKE_DATA if self.quirks.bike else TREADMILL_DATA
        writing = Properties.WRITE_WITHOUT_RESPONSE if self.quirks.command_only else Properties.WRITE
        answering = Properties.NOTIFY if self.treadmill.machine.ack is Ack.NOTIFY else Properties.INDICATE
        yield data, characteristic(data, Properties.NOTIFY)
        yield (
            TRAINING_STATUS,
            characteristic(TRAINING_STATUS, Properties.READ | Properties.NOTIFY, read=self._training),
        )
        yield (
            CONTROL_POINT,
            characteristic(CONTROL_POINT, writing | answering, write=self._write, encrypted=self.quirks.encrypted),
        )
        yield MACHINE_STATUS, characteristic(MACHINE_STATUS, Properties.NOTIFY)

    def _training(self, _: Connection) -> bytes:
        return self.look().read(TRAINING_STATUS) or b""

    # Who is connected.

    def _met(self) -> None:
        self.connections += 1
        self._tell("connected", b"")
        self._note({"link": "connected"})
        if self.mischief.drop_at_connect:
            self.presence.spawn(self.kick())
        self.hand(self.treadmill.connect)

    def _left(self) -> None:
        for held in self._held:
            held.cancel()
        while self._returned:
            self._returned.popleft().cancel()
        self.hand(self.treadmill.disconnect)
        self._tell("disconnected", b"")
        self._note({"link": "disconnected"})

    # The control point.

    async def _write(self, connection: Connection, value: bytes) -> None:
        self.writes.append(Written(self.clock.now_s(), monotonic(), value))
        self._tell("write", value)
        self._flush()
        self._note({"write": value.hex()})
        if not self._listens(connection, self._values[CONTROL_POINT]):
            raise att.ATT_Error(CCCD_IMPROPER)
        if not value:
            raise att.ATT_Error(att.ATT_INVALID_ATTRIBUTE_LENGTH_ERROR)
        late_s = self.mischief.response_late_s
        forced = self.mischief.results.get(value[0])
        if forced is None:
            ok = await self._through(value)
        else:
            ok = True
            self.presence.send(self._answer(encode_response(Response(value[0], forced))))
        if late_s:
            await self._hold(late_s)
        if not ok:
            raise att.ATT_Error(IN_PROGRESS)

    async def _through(self, value: bytes) -> bool:
        """Whether the machine took the write, when it says so."""
        returned: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._returned.append(returned)
        self.treadmill.write(value, self.clock.now_s())
        self._flush()
        return await returned

    async def _hold(self, late_s: float) -> None:
        """Wait, but no longer than the link lives: nobody could be answered."""
        loop = asyncio.get_running_loop()
        held: asyncio.Future[None] = loop.create_future()
        self._held.add(held)
        timer = loop.call_later(late_s, _release, held)
        try:
            await held
        finally:
            timer.cancel()
            self._held.discard(held)

    def _listens(self, connection: Connection, value: Bytes) -> bool:
        bits = 2 if value.properties & Properties.INDICATE else 1
        return bool(connection.device.gatt_server.read_cccd(connection, value)[0] & bits)

    # What the machine says.

    def _flush(self) -> None:
        """Carry all that is due, and come back when there is more."""
        for event in self.treadmill.run_until(self.clock.now_s()):
            self._carry(event)
        self._note_change()
        if self._presence is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        wait_s = min(self.clock.wait_s(self.treadmill.due_s), self._sample_s())
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._flush) if wait_s < inf else None

    def _paced(self) -> None:
        self._flush()
        if self.connection is not None:
            self.presence.send(self._notify(self.connection, self._pace, encode_pace(self.clock.pace)))

    def _carry(self, event: Heard | Returned) -> None:
        if isinstance(event, Returned):
            if self._returned:
                self._returned.popleft().set_result(event.ok)
        elif event.uuid == CONTROL_POINT:
            self.presence.send(self._answer(event.value))
        elif event.uuid in self._values and self.connection is not None:
            self.presence.send(self._notify(self.connection, self._values[event.uuid], event.value))

    async def _answer(self, value: bytes) -> None:
        if self.mischief.mute_answers:
            return
        if self.mischief.answer_late_s:
            await asyncio.sleep(self.mischief.answer_late_s)
        connection, point = self.connection, self._values[CONTROL_POINT]
        if connection is None:
            return
        if point.properties & Properties.NOTIFY:
            await self._notify(connection, point, value)
            return
        try:
            await connection.device.indicate_subscriber(connection, point, value)
        except TimeoutError:
            log.warning("an answer was not confirmed: %s", value.hex())

    async def _notify(self, connection: Connection, value: Bytes, octets: bytes) -> None:
        await connection.device.notify_subscriber(connection, value, octets)

    # The truth.

    def _sample_s(self) -> float:
        moves = not self.treadmill.motion.standing or self.treadmill.speed_kmh > 0
        return max(_SAMPLE_S / self.clock.pace, _SHORTEST_SAMPLE_S) if self._truth.kept and moves else inf

    def _note_change(self) -> None:
        speed_kmh, motion = self.treadmill.speed_kmh, self.treadmill.motion.value
        if (
            motion != self._noted[1]
            or abs(speed_kmh - self._noted[0]) >= _SETTLED_KMH
            or (speed_kmh == 0 != self._noted[0])
        ):
            self._note({})

    def _note(self, what: dict[str, object]) -> None:
        speed_kmh, motion = self.treadmill.speed_kmh, self.treadmill.motion.value
        self._noted = speed_kmh, motion
        self._truth.note(BY_AIR, self.clock.now_s(), speed_kmh, {"motion": motion, **what})


def _release(held: asyncio.Future[None]) -> None:
    if not held.done():
        held.set_result(None)


def _structures(quirks: Quirks) -> tuple[tuple[int, bytes], ...]:
    uuid = FITNESS_MACHINE.to_bytes(2, "little")
    kinds = (_BIKE if quirks.bike else _TREADMILL).to_bytes(2, "little")
    return (
        (int(AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS), uuid),
        (int(AdvertisingData.SERVICE_DATA_16_BIT_UUID), uuid + bytes([_AVAILABLE]) + kinds),
    )
