"""A device on the air, as a scan found it or as the system holds it; no library of any radio is needed to know one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from coach.link.machine_file import NAME_PREFIX

FITNESS_MACHINE: Final = 0x1826  # service
HEART_RATE: Final = 0x180D  # service
BATTERY: Final = 0x180F  # service
TREADMILL_BIT: Final = 0x0001  # of the machine type in the service data (FTMS 3.1.3)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a device says of itself before anybody connects."""

    address: str  # what connects: six octets as hex, on macOS a UUID
    name: str = ""  # some have none
    rssi: int | None = None  # dBm; None where the system holds it connected and nothing was received
    services: frozenset[int] = field(default_factory=frozenset)  # 16-bit UUIDs that it advertises
    types: int | None = None  # machine types of its service data, bit 0 treadmill; None: it does not say
    held: bool = False  # the system holds it connected

    @property
    def machine(self) -> bool:
        """It offers the Fitness Machine Service, or says so in its service data."""
        return FITNESS_MACHINE in self.services or self.types is not None

    @property
    def other_type(self) -> bool:
        """It says what it is, and that is no treadmill (a bike, a rower)."""
        return bool(self.types) and not (self.types or 0) & TREADMILL_BIT

    @property
    def strap(self) -> bool:
        """It offers the Heart Rate Service."""
        return HEART_RATE in self.services

    @property
    def simulated(self) -> bool:
        """Its name says that it is simulated; whether it is, its services tell once it is connected."""
        return self.name.startswith(NAME_PREFIX)

    def means(self, address: str, name: str) -> bool:
        """A device is the one that is sought: by its address, or by its name where no address is known."""
        if self.address:
            return address.lower() == self.address.lower()
        return bool(self.name) and name == self.name
