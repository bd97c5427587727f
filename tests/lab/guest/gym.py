"""Treadmills on the air that look real: no name and no service says that they are simulated, so coach takes them so.

Only the tests have them; whatever coach itself puts on the air is called SIM- and says what it is (safety.md 5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from bumble.core import UUID

from coach.air.clock import PacedClock
from coach.air.quirks import NO_QUIRKS, Quirks
from coach.air.strap import ServedStrap
from coach.air.treadmill import ServedTreadmill
from coach.link.machine_file import find_machine
from coach.link.sim import VirtualTreadmill
from coach.link.simulated import SIMULATED_SERVICE
from coach.link.strap import VirtualStrap, heart_source
from coach.link.truth import Truth
from tests.lab.guest.air import Air

NAME: Final = "FS-4711 LAB"
STRAP: Final = "HRM-4711"
_MODEL: Final = "test"


class Gym(Air):
    """The air round the guest with treadmills and straps that look real."""

    def belt(
        self,
        machine: str = "home",
        name: str = NAME,
        *,
        quirks: Quirks = NO_QUIRKS,
        truth: Path | None = None,
        claims: bool = False,
    ) -> ServedTreadmill:
        """Put a machine on the air; `claims`: it has the service of a simulated one all the same."""
        virtual = VirtualTreadmill(find_machine(machine))
        note, address = Truth(str(truth or "")), self._lab._address()
        mill = ServedTreadmill(virtual, PacedClock(), model=_MODEL, quirks=quirks, truth=note, address=address)
        _looks_real(mill, name, claims=claims)
        self._wait(self._lab._serve(mill))
        return mill

    def chest(self, mill: ServedTreadmill, name: str = STRAP) -> ServedStrap:
        """Put a strap on the air, worn by who runs on that machine."""
        source = heart_source("sim")
        assert source is not None

        def on_it() -> tuple[float, float]:
            return mill.treadmill.speed_kmh, mill.treadmill.incline_pct

        virtual = VirtualStrap(source)
        strap = ServedStrap(virtual, mill.clock, model=_MODEL, body=on_it, address=self._lab._address())
        _looks_real(strap, name, claims=False)
        self._wait(self._lab._serve(strap))
        return strap

    def press(self, mill: ServedTreadmill, key: str) -> Callable[[], None]:
        """A hand that presses a key of its console, or pulls or puts back its safety key, when it is called."""
        acts: dict[str, Callable[[VirtualTreadmill, float], None]] = {
            "start": lambda one, at_s: one.console_start(at_s),
            "stop": lambda one, at_s: one.console_stop(at_s),
            "+": lambda one, at_s: one.console_change(0.1, at_s),
            "-": lambda one, at_s: one.console_change(-0.1, at_s),
            "pull": lambda one, at_s: one.pull_key(at_s),
            "put": lambda one, at_s: one.put_key(at_s),
        }
        return lambda: self.hand(mill, acts[key])


def _looks_real(served: ServedTreadmill | ServedStrap, name: str, *, claims: bool) -> None:
    """What is settled for everybody else: its name, and that it offers the service of a simulated one."""
    services = [one for one in served.services if claims or one.uuid != UUID(SIMULATED_SERVICE)]
    assert claims or len(services) == len(served.services) - 1
    vars(served).update(face=replace(served.face, name=name), services=tuple(services))
