"""Figures of the driver on BlueZ, printed and never asserted: python -m tests.lab.guest.figures, in the guest.

The peripherals are a process of their own, so that the figures are those of the driver's stack and not of a thread
that it shares an interpreter with. On the wall's clock they hold for this computer; on the others they say nothing.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Final

from coach.core.event import Heard, LinkFound, LinkLost, Returned
from coach.core.ftms import CONTROL_POINT, TREADMILL_DATA
from coach.link.driver import Driver, Told
from coach.link.habits import Habits
from coach.link.radio import Radio
from coach.link.sighting import FITNESS_MACHINE, Sighting
from tests.keeper.stand import PATIENCE_S, wait_for
from tests.lab.guest.system import CLOCK

MACHINE: Final = Sighting("C4:00:00:00:00:01", "SIM-home", services=frozenset({FITNESS_MACHINE}))
CONNECTS: Final = 10
WRITES: Final = 200
PACES: Final = (1.0, 10.0, 50.0)
LISTENS_S: Final = 10.0
PERIOD_S: Final = 0.5  # between two reports of the machine, at pace 1
REQUEST_CONTROL: Final = b"\x00"


@contextmanager
def served(pace: float) -> Iterator[None]:
    """The lab beside, with the guest's kernel on its radio."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "tests.lab.server", "--socket", str(Path(folder) / "s"), "--kernel"]
        process = subprocess.Popen([*words, "--pace", str(pace)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline()
        yield
        process.terminate()
        process.wait(PATIENCE_S)
        process.stdout.close()


@contextmanager
def driven(told: list[Told]) -> Iterator[Driver]:
    """A driver that is connected."""
    with Radio() as radio:
        driver = Driver(radio, MACHINE, Habits(), told.append)
        driver.connect()
        wait_for(lambda: any(isinstance(one, LinkFound) for one in told))
        yield driver
        driver.close(PATIENCE_S)


def connecting() -> None:
    """From the wish for a link to the link, and to the first report; the first time, and again and again."""
    found: list[float] = []
    first: list[float] = []
    with served(1.0):
        told: list[Told] = []
        began_s = monotonic()
        with driven(told) as driver:
            for _ in range(CONNECTS):
                wait_for(lambda: _instants(told, _reports))
                found.append(_instants(told, lambda one: isinstance(one, LinkFound))[0] - began_s)
                first.append(_instants(told, _reports)[0] - began_s)
                driver.disconnect()
                wait_for(lambda: _instants(told, lambda one: isinstance(one, LinkLost)))
                told.clear()
                began_s = monotonic()
                driver.connect()
            wait_for(lambda: _instants(told, _reports))
    print(f"link: the first time {found[0]:.2f} s, after it was let go {_spread(found[1:])}")
    print(f"first report: the first time {first[0]:.2f} s, after that {_spread(first[1:])}")


def answering() -> None:
    """From a write to its response and to its indication, one at a time."""
    returned: list[float] = []
    answered: list[float] = []
    with served(1.0):
        told: list[Told] = []
        with driven(told) as driver:
            for _ in range(WRITES):
                told.clear()
                began_s = monotonic()
                driver.write(REQUEST_CONTROL)
                wait_for(lambda: _instants(told, _answers) and _instants(told, lambda one: isinstance(one, Returned)))
                returned.append(_instants(told, lambda one: isinstance(one, Returned))[0] - began_s)
                answered.append(_instants(told, _answers)[0] - began_s)
    print(f"write to response: {_spread(returned)}, of which the machine takes 50 ms")
    print(f"write to indication: {_spread(answered)}, of which the machine takes 150 ms")


def listening(pace: float) -> None:
    """Reports at the pace of the machine, and what of them arrives."""
    told: list[Told] = []
    with served(pace), driven(told):
        wait_for(lambda: _instants(told, _reports))
        began_s = _instants(told, _reports)[-1]
        wait_for(lambda: monotonic() > began_s + LISTENS_S)
        heard = [at_s for at_s in _instants(told, _reports) if began_s < at_s <= began_s + LISTENS_S]
    expected = LISTENS_S * pace / PERIOD_S
    print(f"reports: {len(heard) / LISTENS_S:.1f} a second, {100 * len(heard) / expected:.1f} % of what was said")


def _reports(one: Told) -> bool:
    return isinstance(one, Heard) and one.uuid == TREADMILL_DATA


def _answers(one: Told) -> bool:
    return isinstance(one, Heard) and one.uuid == CONTROL_POINT


def _instants(told: list[Told], wanted: Callable[[Told], bool]) -> list[float]:
    return [one.at_s for one in tuple(told) if wanted(one)]


def _spread(values: list[float]) -> str:
    ordered = sorted(values)
    middle, late = ordered[len(ordered) // 2], ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]
    return f"p50 {1000 * middle:.0f} ms, p99 {1000 * late:.0f} ms"


if __name__ == "__main__":
    if not CLOCK:
        sys.exit("runs in the guest: bash tests/lab/guest.sh run -- python -m tests.lab.guest.figures")
    connecting()
    answering()
    for pace in PACES:
        listening(pace)
