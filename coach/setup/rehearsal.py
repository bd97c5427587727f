"""The radio of a rehearsal: one simulated strap and one simulated treadmill, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coach.link.machine_file import NAME_PREFIX
from coach.link.sighting import FITNESS_MACHINE, HEART_RATE, TREADMILL_BIT, Sighting
from coach.setup.air import Reading
from coach.setup.bench import Bench
from coach.setup.simulated import SimBench

BPM: Final = 72  # of somebody who stands
DBM: Final = -52  # as in the same room
STRAP: Final = Sighting("00:00:00:00:00:01", f"{NAME_PREFIX}strap", DBM, frozenset({HEART_RATE}))


class SimAir:
    """What would be on the air, were this treadmill and a strap there."""

    def __init__(self, bench: SimBench) -> None:
        self._bench = bench

    def straps(self) -> Sequence[Sighting]:
        """The one."""
        return (STRAP,)

    def treadmills(self) -> Sequence[Sighting]:
        """The one, and a bike beside it: a list of one is no choice."""
        bike = Sighting("00:00:00:00:00:03", f"{NAME_PREFIX}bike", DBM, frozenset({FITNESS_MACHINE}), types=0x0020)
        services = frozenset({FITNESS_MACHINE})
        return (Sighting("00:00:00:00:00:02", self._bench.name, DBM, services, types=TREADMILL_BIT), bike)

    def beat(self, strap: Sighting) -> Reading:
        """As of somebody at rest."""
        del strap
        return Reading(f"{BPM} beats a minute")

    def pace(self, treadmill: Sighting) -> Reading:
        """It stands."""
        del treadmill
        return Reading("its belt stands, at 0.0")

    def bench(self, address: str, name: str) -> Bench:
        """The one."""
        del address, name
        return self._bench
