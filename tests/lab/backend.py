"""bleak on Bumble: a client, a scanner and an adapter that speak HCI, L2CAP, ATT and GATT over a radio of this process.

    world = World(link)                   # a central on a LabLink
    await world.power_on()
    with world.installed(): ...           # BleakClient, BleakScanner and BleakAdapter use it

It is no better than BlueZ where that matters: a client that lost its link goes on hearing until it is disconnected, so
that every value comes twice to the next one; and a second scan is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any, Final, Literal, Self
from unittest.mock import patch

import bleak
from bleak.args import SizedBuffer
from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
    BleakGATTProtocolError,
)
from bumble import att, hci
from bumble.core import UUID, AdvertisingData, ProtocolError
from bumble.core import TimeoutError as BumbleTimeoutError
from bumble.device import Advertisement, Connection, Device, DeviceConfiguration, Peer
from bumble.gatt import Characteristic
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import Address
from bumble.keys import MemoryKeyStore

from coach.air.soft import SoftController, SoftLink

CENTRAL: Final = "F0:00:00:00:00:FD"
DISCONNECT_S: Final = 10.0
MTU: Final = 517
_P = Characteristic.Properties
_PROPERTIES: Final[dict[_P, CharacteristicPropertyName]] = {
    _P.BROADCAST: "broadcast",
    _P.READ: "read",
    _P.WRITE_WITHOUT_RESPONSE: "write-without-response",
    _P.WRITE: "write",
    _P.NOTIFY: "notify",
    _P.INDICATE: "indicate",
}
_UUID_LISTS: Final = {2: 2, 3: 2, 4: 4, 5: 4, 6: 16, 7: 16}  # AD type: octets of each
_SERVICE_DATA: Final = {0x16: 2, 0x20: 4, 0x21: 16}  # AD type: octets of the UUID


def uuid128(uuid: UUID) -> str:
    """The 128-bit form, as bleak has it."""
    octets = uuid.to_bytes(force_128=True)[::-1].hex()
    return f"{octets[:8]}-{octets[8:12]}-{octets[12:16]}-{octets[16:20]}-{octets[20:]}"


class World:
    """One computer with Bluetooth: its central, who scans, and what is connected."""

    def __init__(self, link: SoftLink, address: str = CENTRAL) -> None:
        self.controller: Final = SoftController(f"bleak {address}", link)
        config = DeviceConfiguration(name="central", address=Address(address))
        self.device: Final = Device.from_config_with_hci(config, self.controller, self.controller)
        self.connecting: Final = asyncio.Lock()  # Bumble takes one connection request at a time
        self.scanner: Scanner | None = None
        self.scans = 0
        self.connects_in_scan = 0  # connections that were asked for while a scan ran
        self.off = False
        self.deaf = False  # the Bluetooth service was started again and knows nothing of its clients
        self.seen: dict[str, BLEDevice] = {}
        self.haunted: dict[str, int] = {}  # by address, clients that lost their link and were never disconnected
        self.device.on("advertisement", self._heard)

    async def power_on(self) -> None:
        """Start the radio."""
        await self.device.power_on()
        self.device.keystore = MemoryKeyStore()

    async def power_off(self) -> None:
        """Leave all and stop the radio."""
        for connection in tuple(self.device.connections.values()):
            with suppress(ProtocolError):
                await connection.disconnect()
        await self.device.power_off()

    async def hold(self, address: str) -> None:
        """Connect as the system does, behind the back of any client."""
        async with self.connecting:
            await self.device.connect(Address(address))

    def held(self, address: str) -> Connection | None:
        """The connection to an address, whoever made it."""
        links = self.device.connections.values()
        return next((one for one in links if one.peer_address.to_string(False) == address.upper()), None)

    def check(self) -> None:
        """Raise what bleak raises where the radio is off."""
        if self.off:
            raise BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF)

    @contextmanager
    def installed(self) -> Iterator[Self]:
        """Make bleak use this world."""
        with ExitStack() as stack:
            for name, kind in (("client", Client), ("scanner", Scanner), ("adapter", Adapter)):
                mine = type(kind.__name__, (kind,), {"world": self})
                place = f"get_platform_{name}_backend_type"
                stack.enter_context(patch.object(bleak, place, lambda mine=mine: (mine, "bumble")))
            yield self

    def _heard(self, advertisement: Advertisement) -> None:
        if self.scanner is not None:
            self.scanner.on_advertisement(advertisement)


class Scanner(BaseBleakScanner):
    """bleak's scanner."""

    world: World

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: Literal["active", "passive"],
        **_: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._active = scanning_mode != "passive"

    async def start(self) -> None:
        self.world.check()
        if self.world.scanner is not None:
            raise BleakError("[org.bluez.Error.InProgress] Operation already in progress")
        self.seen_devices = {}
        self.world.scanner = self
        self.world.scans += 1
        await self.world.device.start_scanning(active=self._active, filter_duplicates=False)

    async def stop(self) -> None:
        self.world.scanner = None
        await self.world.device.stop_scanning()

    def on_advertisement(self, advertisement: Advertisement) -> None:
        said = _advertised(advertisement)
        address = advertisement.address.to_string(False)
        device = self.create_or_update_device(address, address, said.local_name, advertisement.address, said)
        self.world.seen[address] = device
        self.call_detection_callbacks(device, said)


def _advertised(advertisement: Advertisement) -> AdvertisementData:
    name: str | None = None
    uuids: list[str] = []
    services: dict[str, bytes] = {}
    for kind, raw in advertisement.data.ad_structures:
        if kind in (AdvertisingData.COMPLETE_LOCAL_NAME, AdvertisingData.SHORTENED_LOCAL_NAME):
            name = raw.decode("utf-8", "replace")
        elif octets := _UUID_LISTS.get(kind):
            uuids += [uuid128(UUID.from_bytes(raw[at : at + octets])) for at in range(0, len(raw), octets)]
        elif octets := _SERVICE_DATA.get(kind):
            services[uuid128(UUID.from_bytes(raw[:octets]))] = raw[octets:]
    return AdvertisementData(name, {}, services, uuids, None, advertisement.rssi, (advertisement,))


class Adapter(BaseBleakAdapter):
    """bleak's adapter, which knows what the system holds connected."""

    world: World

    @classmethod
    async def get(cls, **_: Any) -> Self:
        cls.world.check()
        return cls()

    async def get_connected_devices(self, service_uuids: frozenset[str]) -> list[BLEDevice]:
        found = []
        for connection in self.world.device.connections.values():
            peer = Peer(connection)
            await peer.discover_services()
            if {uuid128(service.uuid) for service in peer.services} & service_uuids:
                address = connection.peer_address.to_string(False)
                known = self.world.seen.get(address)
                found.append(BLEDevice(address, known.name if known else None, connection.peer_address))
        return found


class Client(BaseBleakClient):
    """bleak's client."""

    world: World

    def __init__(self, address_or_ble_device: BLEDevice | str, **kwargs: Any) -> None:
        super().__init__(address_or_ble_device, **kwargs)
        assert isinstance(address_or_ble_device, BLEDevice), "a string makes bleak scan for itself"
        self._device: Final = address_or_ble_device
        self._connection: Connection | None = None
        self._gone = asyncio.Event()
        self._haunts = False

    @property
    def name(self) -> str:
        return self._device.name or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        return self._connection.att_mtu if self._connection else 23

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **_: Any) -> None:
        self.world.check()
        self.world.connects_in_scan += self.world.scanner is not None
        connection = self.world.held(self.address)
        if connection is None:
            async with self.world.connecting:
                connection = await self._new_connection()
        self._connection, self._gone = connection, asyncio.Event()
        connection.on("disconnection", self._on_gone)
        try:
            async with self._asking():
                peer = Peer(connection)
                await peer.request_mtu(MTU)
                if pair:
                    await connection.pair()
                self.services = await self._discovered(peer)
        except BaseException:
            await self.disconnect()
            raise

    async def _new_connection(self) -> Connection:
        try:
            return await self.world.device.connect(self._device.details, timeout=self._timeout)
        except BumbleTimeoutError:
            raise TimeoutError from None
        except asyncio.CancelledError:
            cancel = hci.HCI_LE_Create_Connection_Cancel_Command()  # or the controller goes on trying
            await asyncio.shield(self.world.device.send_sync_command(cancel))
            raise

    async def _discovered(self, peer: Peer) -> BleakGATTServiceCollection:
        services = BleakGATTServiceCollection()
        await peer.discover_services()
        for found in peer.services:
            uuid = uuid128(found.uuid)
            if uuid.startswith("00001800-"):
                continue  # BlueZ keeps it to itself
            service = BleakGATTService(found, found.handle, uuid)
            services.add_service(service)
            for value in await found.discover_characteristics():
                properties = [name for bit, name in _PROPERTIES.items() if value.properties & bit]
                # the handle of the declaration, as BlueZ has it
                characteristic = BleakGATTCharacteristic(
                    value, value.handle - 1, uuid128(value.uuid), properties, lambda: self.mtu_size - 3, service
                )
                services.add_characteristic(characteristic)
                await value.discover_descriptors()
        return services

    def _on_gone(self, _: int) -> None:
        if self._connection is None:
            return
        self._connection = self.services = None
        if not self._haunts:
            self._haunts = True
            self.world.haunted[self.address] = self.world.haunted.get(self.address, 0) + 1
        self._gone.set()
        if self._disconnected_callback:
            self._disconnected_callback()

    async def disconnect(self) -> None:
        if self._connection is not None:
            with suppress(ProtocolError):
                await self._connection.disconnect()
            async with asyncio.timeout(DISCONNECT_S):
                await self._gone.wait()
        if self._haunts:
            self._haunts = False
            self.world.haunted[self.address] -= 1

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[Connection]:
        """ATT errors as bleak's; a request that dies with the link is not cancelled by anybody."""
        if self._connection is None:
            raise BleakError("Not connected")
        if self.world.deaf:
            raise BleakDBusError("org.freedesktop.DBus.Error.UnknownObject", ["no such object"])
        gone = self._gone
        try:
            yield self._connection
        except att.ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except ProtocolError as error:
            raise BleakError(str(error)) from error
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if gone.is_set() and task is not None and not task.cancelling():
                raise BleakError("Not connected") from None
            raise

    async def pair(self, *_args: Any, **_kwargs: Any) -> None:
        async with self._asking() as connection:
            await connection.pair()

    async def unpair(self) -> None:
        keystore = self.world.device.keystore
        if self._connection is not None and keystore is not None:
            await keystore.delete(str(self._connection.peer_address))

    async def read_gatt_char(
        self,
        characteristic: BleakGATTCharacteristic,
        *,
        use_cached: bool = False,  # noqa: ARG002
        **_: Any,
    ) -> bytearray:
        async with self._asking():
            return bytearray(await _proxy(characteristic).read_value())

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_: Any
    ) -> bytearray:
        raise NotImplementedError

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool) -> None:
        async with self._asking():
            await _proxy(characteristic).write_value(bytes(data), with_response=response)

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        raise NotImplementedError

    async def start_notify(self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_: Any) -> None:
        async with self._asking():
            await _proxy(characteristic).subscribe(partial(self._value, callback))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        async with self._asking():
            await _proxy(characteristic).unsubscribe()

    def _value(self, callback: Callable[[bytearray], None], value: bytes) -> None:
        for _ in range(1 + self.world.haunted.get(self.address, 0)):
            callback(bytearray(value))


def _proxy(characteristic: BleakGATTCharacteristic) -> CharacteristicProxy[bytes]:
    proxy = characteristic.obj
    assert isinstance(proxy, CharacteristicProxy)
    return proxy
