"""A peripheral on the air: it advertises while nobody is connected, and so a second central finds nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Final

from bumble import hci
from bumble.core import AdvertisingData
from bumble.device import (
    AdvertisingEventProperties,
    AdvertisingParameters,
    AdvertisingSet,
    Connection,
    Device,
    DeviceConfiguration,
)
from bumble.gatt import Service
from bumble.hci import Address
from bumble.transport.common import TransportSink, TransportSource

from coach.air.gatt import APPEARANCE, DEVICE_NAME, GENERIC_ACCESS, Properties, characteristic, constant, service
from coach.core.error import LinkError

log = logging.getLogger(__name__)

ADVERTISING_MS: Final = 100.0  # often enough to be found at once, and within what every system listens for
DISCONNECT_S: Final = 5.0  # a link that does not end in this time is left to its supervision time-out
LONGEST_DATA: Final = 31  # octets of legacy advertising data (Core 5.4, volume 3, part C, 11)
_NO_APPEARANCE: Final = bytes(2)  # unknown
_FLAGS: Final = bytes([0x06])  # general discoverable, no BR/EDR


@dataclass(frozen=True, slots=True)
class Face:
    """What somebody who scans sees."""

    name: str
    address: str  # a static random one: its two top bits are set
    structures: tuple[tuple[int, bytes], ...]  # AD type and value, behind the flags
    named: bool = True  # False: it does not say its name

    @property
    def advertised(self) -> bytes:
        """The advertising data, with the name where there is room for it."""
        structures = [(int(AdvertisingData.FLAGS), _FLAGS), *self.structures]
        data = bytes(AdvertisingData([*structures, *self._name(LONGEST_DATA)]))
        return data if len(data) <= LONGEST_DATA else bytes(AdvertisingData(structures))

    @property
    def answered(self) -> bytes:
        """The scan response: the name, shortened where it is too long."""
        return bytes(AdvertisingData(self._name(LONGEST_DATA - 2)))

    def _name(self, octets: int) -> list[tuple[int, bytes]]:
        name = self.name.encode()
        if not self.named:
            return []
        if len(name) <= octets:
            return [(int(AdvertisingData.COMPLETE_LOCAL_NAME), name)]
        shortened = name[:octets].decode("utf-8", "ignore").encode()
        return [(int(AdvertisingData.SHORTENED_LOCAL_NAME), shortened)]


def new_device(faces: Sequence[Face], source: TransportSource, sink: TransportSink) -> Device:
    """A Bumble host for peripherals with these faces, the first one its own; it has still to be powered on."""
    config = DeviceConfiguration(
        name=faces[0].name,
        address=Address(faces[0].address),
        advertising_interval_min=ADVERTISING_MS,
        advertising_interval_max=ADVERTISING_MS,
        gap_service_enabled=False,
    )
    device = Device.from_config_with_hci(config, source, sink)
    device.add_service(_generic_access(faces))
    return device


def _generic_access(faces: Sequence[Face]) -> Service:
    """Each central reads the name of the face that it is connected to; BlueZ takes it for the device's name."""
    names = {Address(face.address): face.name.encode() if face.named else b"" for face in faces}

    def name(connection: Connection) -> bytes:
        return names.get(connection.self_address, b"")

    return service(
        GENERIC_ACCESS, [characteristic(DEVICE_NAME, Properties.READ, read=name), constant(APPEARANCE, _NO_APPEARANCE)]
    )


class Presence:
    """One face on one host, and the one central that is connected to it.

    Several may share a host whose controller can advertise several addresses at once (extended advertising).
    """

    def __init__(self, host: Device, face: Face, met: Callable[[], None], left: Callable[[], None]) -> None:
        self.host: Final = host
        self.face: Final = face
        self.connection: Connection | None = None
        self._address = Address(face.address)
        self._met, self._left = met, left
        self._set: AdvertisingSet | None = None
        self._wanted = False
        self._turn = asyncio.Lock()  # of advertising: on and off may be asked for at once
        self._tasks: set[asyncio.Task[None]] = set()
        self._sending: set[asyncio.Task[None]] = set()  # of these, what is for the one who is connected
        host.on(host.EVENT_CONNECTION, self._connected)

    @property
    def advertising(self) -> bool:
        """It can be found and connected to."""
        return self._wanted and self.connection is None

    async def advertise(self, on: bool) -> None:
        """Be there for who scans, or not; whoever is connected stays connected.

        Raises:
            LinkError: the controller refuses.
        """
        self._wanted = on
        try:
            await self._settle()
        except hci.HCI_Error as error:
            raise LinkError(f"the Bluetooth adapter does not advertise: {error}") from error

    async def kick(self) -> None:
        """End the link from this side, in good order."""
        connection = self.connection
        if connection is None:
            return
        try:
            async with asyncio.timeout(DISCONNECT_S):
                await connection.disconnect()
        except (TimeoutError, hci.HCI_Error):
            log.warning("the link did not end within %.0f s", DISCONNECT_S)

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Do something beside, for as long as the peripheral is there."""
        self._start(work, self._tasks)

    def send(self, work: Coroutine[object, object, None]) -> None:
        """Do something beside for the one who is connected; it ends with the link."""
        self._start(work, self._sending)

    async def close(self) -> None:
        """Advertise no more, and leave who is connected."""
        self._wanted = False
        self.host.remove_listener(self.host.EVENT_CONNECTION, self._connected)
        await self.kick()
        try:
            await self._settle()
        except hci.HCI_Error as error:
            log.debug("advertising did not stop: %s", error)
        for task in tuple(self._tasks | self._sending):
            task.cancel()

    def _start(self, work: Coroutine[object, object, None], tasks: set[asyncio.Task[None]]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("on the air: %s: %s", type(error).__name__, error)

    def _connected(self, connection: Connection) -> None:
        if connection.self_address != self._address:
            return  # of another face on the same host
        self.connection = connection
        connection.on(connection.EVENT_DISCONNECTION, lambda _: self._disconnected(connection))
        self._met()

    def _disconnected(self, connection: Connection) -> None:
        if connection is not self.connection:
            return
        self.connection = None
        for task in tuple(self._sending):
            task.cancel()
        self._left()
        self.spawn(self._settle())

    async def _settle(self) -> None:
        async with self._turn:
            if self.host.supports_le_extended_advertising:
                await self._settle_set()
            elif self.advertising:
                await self.host.start_advertising(
                    advertising_data=self.face.advertised, scan_response_data=self.face.answered
                )
            else:
                await self.host.stop_advertising()

    async def _settle_set(self) -> None:
        if self._set is None and self.advertising:
            self._set = await self._new_set()
        if self._set is None or self._set.enabled == self.advertising:
            return
        await (self._set.start() if self.advertising else self._set.stop())

    async def _new_set(self) -> AdvertisingSet:
        legacy = AdvertisingEventProperties(is_connectable=True, is_scannable=True, is_legacy=True)
        return await self.host.create_advertising_set(
            advertising_parameters=AdvertisingParameters(
                advertising_event_properties=legacy,
                primary_advertising_interval_min=ADVERTISING_MS,
                primary_advertising_interval_max=ADVERTISING_MS,
                own_address_type=hci.OwnAddressType.RANDOM,
            ),
            random_address=self._address,
            advertising_data=self.face.advertised,
            scan_response_data=self.face.answered,
            auto_start=False,
        )
