"""What a set-up wants of the radio: who is on the air, with a reading, and a bench for the chosen treadmill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from coach.core.machine import Range
from coach.link.sighting import Sighting
from coach.setup.bench import Bench

NEAR_DBM: Final = -60  # as phones and straps are heard within two metres
FAR_DBM: Final = -80  # behind a wall, or ten metres away


@dataclass(frozen=True, slots=True)
class Reading:
    """What a device says of itself once it is connected: a number in words, or why there is none."""

    words: str
    good: bool = True
    speeds: Range | None = None  # of a treadmill, as it sent them
    inclines: Range | None = None


class Air(Protocol):
    """The radio, or a rehearsal of it."""

    def straps(self) -> Sequence[Sighting]:
        """Heart straps on the air.

        Raises:
            LinkError: there is no radio.
        """

    def treadmills(self) -> Sequence[Sighting]:
        """Fitness machines on the air, other kinds too.

        Raises:
            LinkError: there is no radio.
        """

    def beat(self, strap: Sighting) -> Reading:
        """Connect to a strap and read its heart rate."""

    def pace(self, treadmill: Sighting) -> Reading:
        """Connect to a treadmill, read only, and read the speed of its belt."""

    def bench(self, address: str, name: str) -> Bench:
        """The treadmill of that address, to be proved and tested."""


def told(sighting: Sighting) -> str:
    """A device in a list: its name, how near it is, and where it is taken."""
    name = "".join(sign if sign.isprintable() else "?" for sign in sighting.name).strip() or "(no name)"
    return f"{name}, {signal(sighting)}, {sighting.address}"


def signal(sighting: Sighting) -> str:
    """How strong it is received, in words; strength never chooses (safety.md 5)."""
    if sighting.rssi is None:
        return "connected to this computer" if sighting.held else "signal unknown"
    words = "near" if sighting.rssi >= NEAR_DBM else "far" if sighting.rssi < FAR_DBM else "in the room"
    return f"{words} ({sighting.rssi} dBm)"


def wrong_kind(sighting: Sighting) -> str:
    """Why it cannot be the treadmill, by what it says of itself; empty where it can."""
    return "says that it is another kind of machine, not a treadmill" if sighting.other_type else ""
