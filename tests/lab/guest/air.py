"""What is on the air around the guest: simulated peripherals, and the guest's own adapter as one more who hears them.

They live in a thread of the test, so that they outlive every process that a test kills.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from coach.air.quirks import Mischief, Quirks
from coach.air.strap import ServedStrap
from coach.air.treadmill import ServedTreadmill
from coach.link.radio import Radio
from coach.link.sighting import FITNESS_MACHINE, HEART_RATE, Sighting
from coach.link.sim import VirtualTreadmill
from tests.keeper.stand import PATIENCE_S
from tests.lab.guest.system import switch
from tests.lab.radio import Lab, Served

T = TypeVar("T")


class Air:
    """A lab with the guest's kernel in it; its methods are for the thread of the test."""

    def __init__(self) -> None:
        self._radio: Final = Radio()
        self._lab: Final = Lab()

    def __enter__(self) -> Self:
        self._wait(self._lab.__aenter__())
        self._wait(self._lab.kernel())
        switch(on=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._wait(self._lab.__aexit__(kind, error, at))
        self._radio.close()

    def treadmill(self, machine: str = "home", quirks: Quirks = Quirks(), truth: Path | None = None) -> ServedTreadmill:  # noqa: B008
        """Put a machine on the air."""
        return self._wait(self._lab.treadmill(machine, quirks=quirks, truth=str(truth or "")))

    def strap(self, heart: str, mill: ServedTreadmill | None = None) -> ServedStrap:
        """Put a strap on the air, worn by who runs on that machine."""
        return self._wait(self._lab.strap(heart, mill))

    def lose(self, served: Served) -> None:
        """Its link is lost, and it is there again at once."""
        self._now(lambda: self._lab.link_loss(served))

    def leave(self, served: Served, supervision_s: float = 0.0) -> None:
        """It goes out of range: it is silent, and its link is lost when the supervision time-out has run out."""
        self._now(lambda: self._lab.out_of_range(served, supervision_s))

    def come_back(self, served: Served) -> None:
        """It is in range again."""
        self._now(lambda: self._lab.in_range(served))

    def advertise(self, served: Served, *, on: bool) -> None:
        """It can be found, or not."""
        self._wait(served.advertise(on))

    def take(self, served: Served) -> Callable[[], None]:
        """Somebody else connects to it and holds it; the call that comes back lets it go."""
        central = self._wait(self._lab.central())
        connection = self._wait(central.connect(served.face.address))
        return lambda: self._wait(connection.disconnect())

    def play(self, mill: ServedTreadmill, mischief: Mischief) -> None:
        """Let something go wrong from now on; Mischief() ends it."""
        self._now(lambda: setattr(mill, "mischief", replace(mischief)))

    def hand(self, mill: ServedTreadmill, act: Callable[[VirtualTreadmill, float], None]) -> None:
        """Do something to the machine as a person would who stands beside it."""
        self._now(lambda: mill.hand(lambda at_s: act(mill.treadmill, at_s)))

    def kmh(self, mill: ServedTreadmill) -> float:
        """How fast the belt truly is."""
        return self._now(lambda: mill.look().speed_kmh)

    def written(self, mill: ServedTreadmill) -> list[bytes]:
        """What was written to the control point so far."""
        return self._now(lambda: [one.value for one in mill.writes])

    def connected(self, served: Served) -> bool:
        """Somebody is connected to it."""
        return self._now(lambda: served.connection is not None)

    def _now(self, act: Callable[[], T]) -> T:
        async def acting() -> T:
            return act()

        return self._wait(acting())

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self._radio.run(work, PATIENCE_S)


def target(served: Served) -> Sighting:
    """What coach knows of it when it has met it before."""
    service = FITNESS_MACHINE if isinstance(served, ServedTreadmill) else HEART_RATE
    return Sighting(served.face.address, served.face.name, services=frozenset({service}))
