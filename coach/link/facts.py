"""What a connected device turned out to be: its services, their characteristics, and what could be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from coach.core.ftms import FEATURE, INCLINATION_RANGE, SPEED_RANGE
from coach.link.simulated import SIMULATED_SERVICE

MODEL: Final = 0x2A24  # assigned numbers of the Bluetooth SIG, this one and those below
FIRMWARE: Final = 0x2A26
HARDWARE: Final = 0x2A27
SOFTWARE: Final = 0x2A28
MAKER: Final = 0x2A29
ABOUT: Final = (MAKER, MODEL, FIRMWARE, HARDWARE, SOFTWARE)  # texts of the service 180A; the serial number is nobody's
RANGES: Final = (FEATURE, SPEED_RANGE, INCLINATION_RANGE)
_BASE: Final = "-0000-1000-8000-00805f9b34fb"


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One value of a device."""

    uuid: str  # 128 bit, lower case
    properties: frozenset[str]  # as bleak names them: read, write, write-without-response, notify, indicate


@dataclass(frozen=True, slots=True)
class Service:
    """One service of a device, its characteristics in the device's order."""

    uuid: str  # 128 bit, lower case
    characteristics: tuple[Characteristic, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """A device as it was found at one connection."""

    address: str
    name: str
    services: tuple[Service, ...]
    values: Mapping[int, bytes] = field(default_factory=lambda: MappingProxyType({}))  # what could be read

    @property
    def simulated(self) -> bool:
        """It is coach's own simulator: it has the service that nobody else has."""
        return any(service.uuid == SIMULATED_SERVICE for service in self.services)

    def text(self, uuid: int) -> str:
        """A text of the device (ABOUT); empty where it has none. Some are closed by a NUL (ftms.md 3.11)."""
        return self.values.get(uuid, b"").partition(b"\0")[0].decode("utf-8", "replace").strip()


def full(uuid: int | str) -> str:
    """The 128-bit form, lower case, of a 16-bit UUID; a longer one as it is."""
    return f"0000{uuid:04x}{_BASE}" if isinstance(uuid, int) else uuid.lower()


def short(uuid: str) -> int | None:
    """The 16-bit form; None where there is none."""
    if uuid.startswith("0000") and uuid[8:] == _BASE:
        return int(uuid[4:8], 16)
    return None
