"""A treadmill whose radio does what a test tells it: no belt, only a GATT server with habits."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Final

from bumble import att
from bumble.device import Connection, Device

from coach.air.gatt import Bytes, Properties, characteristic, constant, service
from coach.air.presence import Face, Presence, new_device
from coach.air.soft import SoftController, SoftLink
from coach.core.ftms import (
    CONTROL_POINT,
    FEATURE,
    FITNESS_MACHINE,
    MACHINE_STATUS,
    SPEED_RANGE,
    TRAINING_STATUS,
    TREADMILL_DATA,
)

FEATURES: Final = bytes.fromhex("4512000001000000")  # Yesoul W2 Pro
SPEEDS: Final = bytes.fromhex("320062020a00")  # Yesoul W2 Pro: 0.5 to 6.1 km/h by 0.1
IDLE: Final = bytes.fromhex("8404000000000000000000000000")  # Horizon, standing


@dataclass(frozen=True, slots=True)
class Shape:
    """How the peripheral is made."""

    name: str = "ODD"
    address: str = "C4:00:00:00:01:01"
    advertised: tuple[tuple[int, bytes], ...] = ((0x02, b"\x26\x18"), (0x16, b"\x26\x18\x01\x01\x00"))
    control: Properties | None = Properties.WRITE | Properties.INDICATE  # None: no control point
    data: int = TREADMILL_DATA
    values: tuple[tuple[int, bytes], ...] = ((FEATURE, FEATURES), (SPEED_RANGE, SPEEDS))
    encrypted: bool = False  # writing to the control point needs an encrypted link
    refused: tuple[int, ...] = ()  # values that are there and refuse to be read


class Scripted:
    """One such peripheral, on the air from start() to stop()."""

    def __init__(self, link: SoftLink, shape: Shape) -> None:
        self.shape: Final = shape
        self.controller: Final = SoftController(shape.name, link)
        self.writes: list[bytes] = []  # as they reached the control point
        self.met = 0  # connections so far
        self.answers = True  # an indication behind each write
        self.gate = asyncio.Event()  # while it is closed no write is answered
        self.gate.set()
        self.error: int | None = None  # ATT error that each write is answered with
        self.drops = False  # every new link is ended at once
        self.greeting: tuple[tuple[int, bytes], ...] = ()  # notified as soon as it is subscribed to
        self._tasks: set[asyncio.Task[None]] = set()
        self._face = Face(shape.name, shape.address, shape.advertised, bool(shape.name))
        self._said: dict[int, Bytes] = dict(self._speaking())
        self._device: Device = new_device([self._face], self.controller, self.controller)
        read = [constant(uuid, value) for uuid, value in shape.values if uuid not in shape.refused]
        read += [characteristic(uuid, Properties.READ) for uuid in shape.refused]
        self._device.add_services([service(FITNESS_MACHINE, [*read, *self._said.values()])])
        self._presence = Presence(self._device, self._face, self._on_met, lambda: None)

    async def start(self) -> None:
        """Go on the air."""
        await self._device.power_on()
        await self._presence.advertise(on=True)

    async def stop(self) -> None:
        """Leave the air."""
        await self._presence.close()
        await self._device.power_off()

    async def say(self, uuid: int, *values: bytes) -> None:
        """Notify or indicate, as whoever is connected has subscribed."""
        for value in values:
            await self._device.notify_subscribers(self._said[uuid], value)
            await self._device.indicate_subscribers(self._said[uuid], value)

    @property
    def connected(self) -> bool:
        """Somebody is connected."""
        return self._presence.connection is not None

    @property
    def encrypted(self) -> bool:
        """The link is encrypted."""
        connection = self._presence.connection
        return connection is not None and bool(connection.is_encrypted)

    def _speaking(self) -> Sequence[tuple[int, Bytes]]:
        told = [self.shape.data, MACHINE_STATUS, TRAINING_STATUS]
        rows = [(uuid, characteristic(uuid, Properties.NOTIFY)) for uuid in told]
        if self.shape.control is not None:
            control = characteristic(
                CONTROL_POINT, self.shape.control, write=self._written, encrypted=self.shape.encrypted
            )
            rows.append((CONTROL_POINT, control))
        for uuid, said in rows:
            said.on(said.EVENT_SUBSCRIPTION, lambda *subscribed, uuid=uuid: self._greet(uuid, *subscribed))
        return rows

    def _greet(self, uuid: int, *_: object) -> None:
        for number, value in self.greeting:
            if number == uuid:
                self._spawn(self.say(uuid, value))

    def _on_met(self) -> None:
        self.met += 1
        if self.drops:
            self._spawn(self._presence.kick())

    async def _written(self, _: Connection, value: bytes) -> None:
        self.writes.append(value)
        await self.gate.wait()
        if self.error is not None:
            raise att.ATT_Error(self.error)
        if self.answers:
            self._spawn(self.say(CONTROL_POINT, bytes([0x80, value[0], 0x01])))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
