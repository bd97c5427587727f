"""A central of Bumble's own for the tests of what is served: no code of coach between it and the air."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Final, Self, TypeVar

from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement, Connection, Device, Peer
from bumble.gatt import Characteristic
from bumble.gatt_client import CharacteristicProxy

from coach.core.ftms import CONTROL_POINT, MACHINE_STATUS, TRAINING_STATUS, TREADMILL_DATA
from tests.lab.radio import Lab, Served

PATIENCE_S: Final = 20.0  # nothing here takes so long; a test that waits so long has failed
SAID: Final = (CONTROL_POINT, TREADMILL_DATA, TRAINING_STATUS, MACHINE_STATUS)
Told = tuple[int, bytes]
T = TypeVar("T")


def run(work: Coroutine[object, object, T]) -> T:
    """Run a test's coroutine, which must end in time."""
    return asyncio.run(asyncio.wait_for(work, PATIENCE_S))


def uuid_of(uuid: int | str) -> UUID:
    return UUID.from_16_bits(uuid) if isinstance(uuid, int) else UUID(uuid)


class Central:
    """One link to one peripheral, and what it heard."""

    def __init__(self, connection: Connection, peer: Peer) -> None:
        self.connection = connection
        self.peer = peer
        self.heard: list[Told] = []
        self.lost = asyncio.Event()
        self._news = asyncio.Event()
        connection.on(connection.EVENT_DISCONNECTION, lambda _: self.lost.set())

    @classmethod
    async def to(cls, device: Device, served: Served) -> Self:
        return await cls.at(device, served.face.address)

    @classmethod
    async def at(cls, device: Device, address: str) -> Self:
        return await cls.on(await device.connect(address, timeout=PATIENCE_S))

    @classmethod
    async def on(cls, connection: Connection) -> Self:
        peer = Peer(connection)
        await peer.discover_all()  # type: ignore[no-untyped-call]
        return cls(connection, peer)

    @classmethod
    async def of(cls, lab: Lab, served: Served) -> Self:
        return await cls.to(await lab.central(), served)

    def find(self, uuid: int | str) -> CharacteristicProxy[bytes] | None:
        found = self.peer.get_characteristics_by_uuid(uuid_of(uuid))
        return found[0] if found else None

    def the(self, uuid: int | str) -> CharacteristicProxy[bytes]:
        found = self.find(uuid)
        assert found is not None, f"no {uuid}"
        return found

    async def read(self, uuid: int | str) -> bytes:
        return bytes(await self.the(uuid).read_value())

    async def listen(self, *uuids: int | str) -> None:
        for uuid in uuids:
            one = self.the(uuid)
            notifies = bool(one.properties & Characteristic.Properties.NOTIFY)
            await one.subscribe(self._hears(uuid), prefer_notify=notifies)

    def _hears(self, uuid: int | str) -> Callable[[bytes], None]:
        def hear(value: bytes) -> None:
            self.heard.append((uuid if isinstance(uuid, int) else 0, bytes(value)))
            self._news.set()

        return hear

    async def write(self, *octets: int) -> None:
        await self.the(CONTROL_POINT).write_value(bytes(octets), with_response=True)

    async def ask(self, *octets: int) -> int:
        """Write and wait for the answer's result."""
        before = len(self.heard)
        await self.write(*octets)

        def answers() -> list[bytes]:
            answered = bytes([0x80, octets[0]])
            return [value for uuid, value in self.heard[before:] if uuid == CONTROL_POINT and value[:2] == answered]

        await self.until(lambda: bool(answers()))
        return answers()[0][2]

    async def until(self, wanted: Callable[[], bool]) -> None:
        """Wait until what was heard is enough."""
        while not wanted():
            self._news.clear()
            await self._news.wait()

    def values(self, uuid: int) -> list[bytes]:
        return [value for one, value in self.heard if one == uuid]

    async def speed(self, wanted: Callable[[float], bool]) -> float:
        """Wait for a report of a speed in km/h, from now on, that is wanted."""
        seen = len(self.heard)

        def speeds() -> list[float]:
            values = [value for uuid, value in self.heard[seen:] if uuid == TREADMILL_DATA and not value[0] & 1]
            return [int.from_bytes(value[2:4], "little") / 100 for value in values]

        await self.until(lambda: any(map(wanted, speeds())))
        return next(filter(wanted, speeds()))


async def sight(device: Device, count: int) -> dict[str, AdvertisingData]:
    """What is on the air, by address, as soon as so many have been seen."""
    seen: dict[str, AdvertisingData] = {}
    enough = asyncio.Event()

    def see(advertisement: Advertisement) -> None:
        seen[advertisement.address.to_string(False)] = advertisement.data
        if len(seen) >= count:
            enough.set()

    device.on(device.EVENT_ADVERTISEMENT, see)
    await device.start_scanning(filter_duplicates=False)
    await enough.wait()
    await device.stop_scanning()
    device.remove_listener(device.EVENT_ADVERTISEMENT, see)
    return seen
