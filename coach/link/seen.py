"""What a scan has found so far: devices that say what they are piece by piece."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from coach.link.sighting import Sighting

WEAKEST_DBM: Final = -128  # what a signal that was not measured counts as


class Seen:
    """All devices of one scan, treadmill or not."""

    def __init__(self) -> None:
        self._all: dict[str, Sighting] = {}

    def note(self, sighting: Sighting) -> Sighting | None:
        """Take a piece; the whole where it is a treadmill or a strap and there is something new to say of it."""
        known = self._all.get(sighting.address)
        now = sighting if known is None else merged(known, sighting)
        self._all[sighting.address] = now
        new = known is None or replace(known, rssi=now.rssi) != now
        return now if new and (now.machine or now.strap) else None

    @property
    def found(self) -> tuple[Sighting, ...]:
        """The treadmills and straps; those that the system holds first, then the strongest signal."""
        return tuple(sorted((one for one in self._all.values() if one.machine or one.strap), key=_rank))


def merged(known: Sighting, new: Sighting) -> Sighting:
    """Both in one, the later one winning; a name may come only with the scan response."""
    return Sighting(
        address=new.address,
        name=new.name or known.name,
        rssi=known.rssi if new.rssi is None else new.rssi,
        services=known.services | new.services,
        types=known.types if new.types is None else new.types,
        held=known.held or new.held,
    )


def by_address(sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """One for each device."""
    found: dict[str, Sighting] = {}
    for one in sightings:
        known = found.get(one.address)
        found[one.address] = one if known is None else merged(known, one)
    return tuple(found.values())


def machine_types(service_data: bytes) -> int:
    """The machine types, whose two octets some radios swap and others leave away (ftms.md 3.2)."""
    types = 0
    for octet in service_data[1:3]:
        types |= octet
    return types


def _rank(one: Sighting) -> tuple[bool, int]:
    return not one.held, -(WEAKEST_DBM if one.rssi is None else one.rssi)
