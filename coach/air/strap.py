"""The simulated heart strap on the air: its measurements, where it is worn, and its battery."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from bumble.core import AdvertisingData
from bumble.device import Device
from bumble.gatt import Service

from coach.air.clock import PacedClock
from coach.air.gatt import Bytes, Properties, characteristic, constant, device_information, service
from coach.air.presence import Face, Presence
from coach.air.served import Served
from coach.core.heart import HEART_RATE_MEASUREMENT
from coach.link.sighting import BATTERY, HEART_RATE
from coach.link.simulated import PACE, SIMULATED_SERVICE, encode_pace
from coach.link.strap import VirtualStrap

NAME: Final = "SIM-heart"
ADDRESS: Final = "C4:00:00:00:00:02"
BATTERY_LEVEL: Final = 0x2A19  # of the Bluetooth SIG, like the one below
BODY_SENSOR_LOCATION: Final = 0x2A38
FULL_PCT: Final = 87  # nothing special; a level that no other number of a test is likely to be
_CHEST: Final = bytes([1])


class ServedStrap(Served):
    """One virtual strap as a GATT server; the body that wears it does what `body` says."""

    def __init__(
        self,
        strap: VirtualStrap,
        clock: PacedClock,
        *,
        model: str,
        body: Callable[[], tuple[float, float]] = lambda: (0.0, 0.0),
        name: str = NAME,
        address: str = ADDRESS,
        tell: Callable[[str, bytes], None] = lambda _what, _value: None,
    ) -> None:
        super().__init__()
        self.strap: Final = strap
        self.clock: Final = clock
        self.connections = 0  # so far
        self.face: Final = Face(name, address, _structures())
        self._body = body  # km/h and incline in percent, at this instant
        self._tell = tell
        self._battery_pct = FULL_PCT
        both = Properties.READ | Properties.NOTIFY
        self._heart = characteristic(HEART_RATE_MEASUREMENT, Properties.NOTIFY)
        self._battery = characteristic(BATTERY_LEVEL, both, read=lambda _: bytes([self._battery_pct]))
        self._pace = characteristic(PACE, both, read=lambda _: encode_pace(clock.pace))
        self.services: Final[tuple[Service, ...]] = (
            device_information(model),
            service(HEART_RATE, [self._heart, constant(BODY_SENSOR_LOCATION, _CHEST)]),
            service(BATTERY, [self._battery]),
            service(SIMULATED_SERVICE, [self._pace]),
        )

    async def serve(self, host: Device) -> None:
        """Advertise and measure on a powered host; its services must be on it already.

        Raises:
            LinkError: the controller refuses.
        """
        self._presence = Presence(host, self.face, self._met, self._left)
        self._unheed = self.clock.heed(self._paced)
        self._measure()
        await self._presence.advertise(on=True)

    @property
    def battery_pct(self) -> int:
        """What the battery has left."""
        return self._battery_pct

    def set_battery(self, level_pct: int) -> None:
        """The battery has so much left, from 0 to 100 percent; who listens is told."""
        self._battery_pct = level_pct
        self._send(self._battery, bytes([level_pct]))

    def look(self) -> VirtualStrap:
        """The strap as it is at this instant."""
        self._measure()
        return self.strap

    def _paced(self) -> None:
        self._measure()
        self._send(self._pace, encode_pace(self.clock.pace))

    def _measure(self) -> None:
        for said in self.strap.run_until(self.clock.now_s(), *self._body()):
            self._send(self._heart, said.value)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(self.clock.wait_s(self.strap.due_s), self._measure)

    def _send(self, value: Bytes, octets: bytes) -> None:
        connection = self.connection
        if connection is not None:
            self.presence.send(connection.device.notify_subscriber(connection, value, octets))

    def _met(self) -> None:
        self.connections += 1
        self._tell("connected", b"")

    def _left(self) -> None:
        self._tell("disconnected", b"")


def _structures() -> tuple[tuple[int, bytes], ...]:
    uuid = HEART_RATE.to_bytes(2, "little")
    return ((int(AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS), uuid),)
