"""Bluetooth Low Energy through bleak, which nobody else imports: what is on the air, and single connections.

Everything here runs in one event loop (radio.py). What bleak and the systems below it raise becomes a LinkError whose
message is a sentence for the runner.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType
from typing import Final, Self, TypeVar
from weakref import WeakKeyDictionary

from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.backends.service import BleakGATTService
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakDBusError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from coach.core.error import LinkError
from coach.link.ear import Ear
from coach.link.facts import ABOUT, RANGES, Characteristic, Facts, Service, full, short
from coach.link.no_radio import DENIED, NO_SERVICE, NoRadioError, no_radio
from coach.link.seen import Seen, by_address, machine_types
from coach.link.sighting import FITNESS_MACHINE, HEART_RATE, Sighting

log = logging.getLogger(__name__)

READ_S: Final = 5.0  # for one value; slow machines take tenths of a second
ALIVE_S: Final = 2.0  # who lives answers in tenths of a second
LISTEN_S: Final = 20.0  # for one subscription, with a pairing that somebody allows where the machine wants it
WRITE_S: Final = 35.0  # ATT gives up after 30 s (Core 5.4, Vol 3 Part F, 3.3.3)
CLOSE_S: Final = 12.0  # bleak waits 10 s for the system to let go
CONNECT_S: Final = 30.0  # bleak's own limit; the caller's is shorter
INSPECT_S: Final = 30.0  # a machine may take long to tell all its services
UNHEARD_DBM: Final = -127  # what BlueZ says where it has no signal strength
EVERYBODY: Final = ("1800", "1801")  # services that every device has; what the system holds is asked for by them

T = TypeVar("T")
_Heard = Callable[[BLEDevice, AdvertisementData], None]


# What went wrong, in words.

_NO_BUS: Final = ("ServiceUnknown", "NameHasNoOwner")
_NO_OBJECT: Final = (*_NO_BUS, "UnknownObject", "UnknownMethod")
_UNTRUSTED: Final = {
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHORIZATION,
    BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION_KEY_SIZE,
    BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION,
}


def _in_words(what: str, error: Exception) -> LinkError:
    match error:
        case LinkError():
            return error
        case BleakBluetoothNotAvailableError():
            return no_radio(error.reason.name)
        case BleakDBusError() if error.dbus_error.endswith(_NO_BUS):
            return NoRadioError(NO_SERVICE)
        case BleakDBusError() if error.dbus_error.endswith("AccessDenied"):
            return no_radio(DENIED)
        case TimeoutError():
            return LinkError(f"{what}: no answer")
        case FileNotFoundError() | ConnectionRefusedError():  # the system bus of Linux is not there
            return NoRadioError(NO_SERVICE)
        case _:
            return LinkError(f"{what}: {error}" if str(error) else f"{what}: {type(error).__name__}")


@asynccontextmanager
async def _in_plain_words(what: str) -> AsyncIterator[None]:
    """What the libraries raise becomes a LinkError; whoever is cancelled meanwhile is cancelled.

    A library may cancel what it waits for when a link goes, which nobody asked for; and until Python 3.12
    asyncio.wait_for() forgets a cancellation that comes in the same instant as its result.
    """
    task = asyncio.current_task()
    assert task is not None
    before = task.cancelling()
    try:
        yield
    except asyncio.CancelledError as error:
        if task.cancelling() > before:
            raise
        raise LinkError(f"{what}: the link went") from error
    except Exception as error:  # each system's library raises its own, and none can be named on another
        log.debug("%s: %r", what, error)
        raise _in_words(what, error) from error
    if task.cancelling() > before:
        raise asyncio.CancelledError


def _wants_pairing(error: BleakError) -> bool:
    if isinstance(error, BleakGATTProtocolError):
        return error.code in _UNTRUSTED
    return isinstance(error, BleakDBusError) and "Not paired" in str(error)  # how BlueZ says it


def _restarted(error: BaseException | None) -> bool:
    """BlueZ is gone, or knows nothing of what it told before."""
    return isinstance(error, BleakDBusError) and error.dbus_error.endswith(_NO_OBJECT)


# Who is there.


async def scan(seconds: float, heard: Callable[[Sighting], None] | None = None) -> tuple[Sighting, ...]:
    """Listen for treadmills and straps, and ask the system which it holds connected.

    Args:
        seconds: how long.
        heard: is told each device once there is something new to say of it, as names often come a moment later.

    Returns:
        The strongest signal first, behind those that are connected.

    Raises:
        NoRadioError: there is no Bluetooth.
        LinkError: the system refuses.
    """
    seen = Seen()

    def note(sighting: Sighting) -> None:
        new = seen.note(sighting)
        if heard is not None and new is not None:
            heard(new)

    async with _ear().listening(lambda device, said: note(_sighted(device, said))):
        for sighting in await held((FITNESS_MACHINE, HEART_RATE)):
            note(sighting)
        await asyncio.sleep(seconds)
    return seen.found


async def held(services: Iterable[int]) -> tuple[Sighting, ...]:
    """The devices with one of these services that the system holds connected; no scan finds them, as they are silent.

    Raises:
        NoRadioError: there is no Bluetooth.
        LinkError: the system refuses.
    """
    return by_address(
        [
            Sighting(device.address, device.name or "", services=frozenset({service}), held=True)
            for service in services
            for device in await _held((full(service),))
        ]
    )


async def _held(services: tuple[str, ...]) -> list[BLEDevice]:
    async with _in_plain_words("The system does not say what is connected"):
        try:
            adapter = await BleakAdapter.get()
            return await adapter.get_connected_devices(list(services))
        except NotImplementedError:  # some systems cannot tell
            return []


def _sighted(device: BLEDevice, said: AdvertisementData) -> Sighting:
    types = said.service_data.get(full(FITNESS_MACHINE))
    return Sighting(
        address=device.address,
        name=said.local_name or device.name or "",
        rssi=None if said.rssi <= UNHEARD_DBM else said.rssi,
        services=frozenset(number for uuid in said.service_uuids if (number := short(uuid.lower())) is not None),
        types=None if types is None else machine_types(types),
    )


class _Scan:
    """A scan of bleak whose errors are ours."""

    def __init__(self, tell: _Heard) -> None:
        self._scanner = BleakScanner(tell)

    async def start(self) -> None:
        async with _in_plain_words("Bluetooth cannot be searched"):
            await self._scanner.start()

    async def stop(self) -> None:
        async with _in_plain_words("The search does not stop"):
            await self._scanner.stop()


_EARS: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, Ear[BLEDevice, AdvertisementData]]] = WeakKeyDictionary()


def _ear() -> Ear[BLEDevice, AdvertisementData]:
    return _EARS.setdefault(asyncio.get_running_loop(), Ear(_Scan))


async def _find(target: Sighting) -> BLEDevice:
    """The device with an address, or without one with a name, that the system holds or the air; waits without end."""
    for device in await _held(EVERYBODY):
        if _is(target, device.address, device.name):
            return device
    found: asyncio.Future[BLEDevice] = asyncio.get_running_loop().create_future()

    def heard(device: BLEDevice, said: AdvertisementData) -> None:
        if _is(target, device.address, said.local_name or device.name) and not found.done():
            found.set_result(device)

    async with _ear().listening(heard):
        return await found


def _is(target: Sighting, address: str, name: str | None) -> bool:
    return address.lower() == target.address.lower() if target.address else bool(name) and name == target.name


# One connection.


class Peer:
    """One connection to one device; made by open(), and thrown away when it is lost.

    All that waits raises LinkError when the device refuses, is gone, or does not answer in its time.
    """

    def __init__(self, target: Sighting, device: BLEDevice, lost: Callable[[], None], *, pair: bool) -> None:
        self.name: Final = target.name or device.name or target.address
        self.address: Final = device.address
        self._client: Final = BleakClient(device, self._gone, timeout=CONNECT_S, pair=pair)
        self._lost = lost
        self._up = False
        self._paired = False
        self._found: dict[str, BleakGATTCharacteristic] = {}
        self._services: tuple[Service, ...] = ()

    @classmethod
    async def open(cls, target: Sighting, *, lost: Callable[[], None], timeout_s: float, pair: bool = False) -> Self:
        """Find a device, connect, and discover what it has.

        Args:
            target: whose address it is, the rest of it may be empty; or without an address whose name.
            lost: is called once when the link is lost, in the same instant; never after close().
            timeout_s: for everything.
            pair: pair before connecting; else that happens where the device asks for it.

        Raises:
            NoRadioError: there is no Bluetooth.
            LinkError: it is not there, or does not let us.
        """
        who = target.name or target.address
        seen = False
        try:
            async with asyncio.timeout(timeout_s):
                device = await _find(target)
                seen = True
                peer = cls(target, device, lost, pair=pair)
                try:
                    async with _ear().quiet():
                        await peer._connect()
                except BaseException:
                    await peer.close()
                    raise
                return peer
        except TimeoutError as error:
            why = "was seen, but does not let us connect" if seen else "does not answer"
            raise LinkError(f"{who} {why}; is it switched on and near, and is no other app connected to it?") from error

    @property
    def services(self) -> frozenset[int]:
        """Its services that have a 16-bit UUID."""
        return frozenset(number for service in self._services if (number := short(service.uuid)) is not None)

    def has(self, uuid: int | str) -> bool:
        """It has this characteristic."""
        return full(uuid) in self._found

    def properties(self, uuid: int | str) -> frozenset[str]:
        """What can be done with a characteristic, in bleak's words (Characteristic.properties); empty without it."""
        found = self._found.get(full(uuid))
        return frozenset() if found is None else frozenset(found.properties)

    def facts(self, values: Mapping[int, bytes]) -> Facts:
        """What it turned out to be, with what was read of it."""
        return Facts(self.address, self.name, self._services, MappingProxyType(dict(values)))

    async def read(self, uuid: int | str) -> bytes:
        """Read a value."""
        characteristic = self._characteristic(uuid)
        async with self._asking(uuid, "read", READ_S):
            return bytes(await self._trusted(lambda: self._client.read_gatt_char(characteristic)))

    async def read_all(self, uuids: Iterable[int]) -> dict[int, bytes]:
        """Read those that are there and can be read; one that refuses is nothing."""
        values: dict[int, bytes] = {}
        for uuid in uuids:
            if "read" in self.properties(uuid):
                with suppress(LinkError):
                    values[uuid] = await self.read(uuid)
        return values

    async def listen(self, uuid: int | str, heard: Callable[[bytes], None]) -> None:
        """Subscribe, to indications or notifications, whichever there are; `heard` is called in the loop."""
        characteristic = self._characteristic(uuid)

        def tell(_: BleakGATTCharacteristic, value: bytearray) -> None:
            if self._up:
                heard(bytes(value))

        async with self._asking(uuid, "subscribed to", LISTEN_S):
            await self._trusted(lambda: self._client.start_notify(characteristic, tell))

    async def write(self, uuid: int | str, value: bytes, *, response: bool = True, again: bool = True) -> None:
        """Write; returns when the device has answered, or where no answer is wanted or offered, when it is sent.

        A device that asks to be paired is, and is written to `again` behind it: what must not come late is not.
        """
        characteristic = self._characteristic(uuid)
        offered = characteristic.properties
        response = "write" in offered and (response or "write-without-response" not in offered)
        response = response or "write-without-response" not in offered
        async with self._asking(uuid, "written", WRITE_S):
            await self._trusted(
                lambda: self._client.write_gatt_char(characteristic, value, response=response), again=again
            )

    async def alive(self) -> bool:
        """Ask it something, as after a sleep of the computer that the system may not have noticed. Never raises."""
        uuid = next((uuid for uuid, found in self._found.items() if "read" in found.properties), None)
        if uuid is None:
            return self._client.is_connected
        try:
            async with asyncio.timeout(ALIVE_S):
                await self.read(uuid)
        except TimeoutError:
            return False
        except LinkError as error:  # who refuses is there
            return isinstance(error.__cause__, BleakGATTProtocolError)
        return True

    async def close(self) -> None:
        """Let go, also of a link that was lost: else its subscriptions live on and every answer comes twice.

        Nothing is heard from it any more. Never raises.
        """
        self._up = False
        with suppress(LinkError, TimeoutError):
            async with asyncio.timeout(CLOSE_S), _in_plain_words(f"{self.name} is not let go"):
                await self._client.disconnect()

    async def _connect(self) -> None:
        async with _in_plain_words(f"{self.name} was seen, but does not let us connect"):
            await self._client.connect()
            self._note(self._client.services.services.values())
        if not self._client.is_connected:
            raise LinkError(f"{self.name} lets the link go at once; is another app connected to it?")
        self._up = True

    def _note(self, services: Iterable[BleakGATTService]) -> None:
        """In order of their handles, which is the device's own; BlueZ tells them in any order."""
        noted = []
        for service in sorted(services, key=lambda one: one.handle):
            characteristics = sorted(service.characteristics, key=lambda one: one.handle)
            for one in characteristics:
                self._found.setdefault(one.uuid, one)
            rows = (Characteristic(one.uuid, frozenset(one.properties)) for one in characteristics)
            noted.append(Service(service.uuid, tuple(rows)))
        self._services = tuple(noted)

    def _gone(self, _: BleakClient) -> None:
        self._lose()

    def _lose(self) -> None:
        if self._up:
            self._up = False
            self._lost()

    def _characteristic(self, uuid: int | str) -> BleakGATTCharacteristic:
        found = self._found.get(full(uuid))
        if found is None:
            raise LinkError(f"{self.name} has no characteristic {full(uuid)}")
        return found

    @asynccontextmanager
    async def _asking(self, uuid: int | str, done: str, timeout_s: float) -> AsyncIterator[None]:
        if not self._up:
            raise LinkError(f"{self.name} is not connected")
        name = f"{uuid:04X}" if isinstance(uuid, int) else uuid
        what = f"{name} of {self.name} cannot be {done}"
        try:
            async with asyncio.timeout(timeout_s), _in_plain_words(what):
                yield
        except TimeoutError as error:
            raise LinkError(f"{what}: no answer in {timeout_s:g} s") from error
        except LinkError as error:
            if _restarted(error.__cause__) or not self._client.is_connected:
                self._lose()  # nobody else says so when bluetoothd is started again
            raise

    async def _trusted(self, act: Callable[[], Awaitable[T]], *, again: bool = True) -> T:
        """Do something with the device, and where it asks to be paired first, pair, once, and do it `again`."""
        try:
            return await act()
        except BleakError as error:
            if self._paired or not _wants_pairing(error):
                raise
        self._paired = True
        async with _in_plain_words(f"{self.name} wants to be paired; do so in the Bluetooth settings of the system"):
            with suppress(NotImplementedError):  # where the system asks the user itself
                await self._client.pair()
        if not again:
            raise LinkError(f"{self.name} is paired now, and what was asked of it is not asked again")
        return await act()


async def inspect(target: Sighting, timeout_s: float = INSPECT_S) -> Facts:
    """Connect, read what can be read and disconnect; nothing is written, nothing subscribed to.

    Raises:
        NoRadioError: there is no Bluetooth.
        LinkError: it is not there, or does not let us.
    """
    peer = await Peer.open(target, lost=lambda: None, timeout_s=timeout_s)
    try:
        return peer.facts(await peer.read_all((*RANGES, *ABOUT)))
    finally:
        await peer.close()
