"""What the way to a machine costs, over real ATT and GATT in one process: `python -m tests.bench.radio`.

coach's driver, bleak and Bumble's host and controllers together; a kernel, a bus and the air come on top of it. Printed
and never asserted.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median, quantiles
from time import monotonic
from typing import Final

from coach.core.event import Heard, LinkFound, Returned
from coach.core.ftms import CONTROL_POINT, TREADMILL_DATA
from coach.link.habits import Habits
from tests.lab.rig import QUICK, Rig, heard
from tests.lab.scripted import IDLE, Shape

CONNECTS: Final = 20
WRITES: Final = 500
BURST: Final = 5000
ASK: Final = b"\x00"


def main() -> None:
    """Measure, and print a line for each figure."""
    for what, found in measured():
        print(f"{what:64} {found}")


def measured() -> Iterator[tuple[str, str]]:
    """One figure after the other."""
    gap_s = Habits().cccd_gap_s
    bare = list(_connects(QUICK))
    usual = list(_connects(Habits()))
    yield "link wanted -> found, without gaps, median / worst", _ms(median(bare), max(bare))
    yield f"link wanted -> found, {gap_s:g} s between subscriptions", _ms(median(usual), max(usual))
    with Rig() as rig:
        mill = rig.run(rig.lab.treadmill("home"))
        at_s = monotonic()
        _, log = rig.driver(mill.face.address, Habits())
        log.wait(lambda told: bool(heard(told, TREADMILL_DATA)))
        yield "link wanted -> first telemetry of the simulated treadmill", _ms(monotonic() - at_s)
    with Rig() as rig:
        odd = rig.peripheral()
        driver, log = rig.driver(odd.shape.address)
        log.some(LinkFound)
        back, answered = [], []
        for count in range(1, WRITES + 1):
            at_s = monotonic()
            driver.write(ASK)
            told = log.wait(lambda told, n=count: len(heard(told, CONTROL_POINT)) == n)  # type: ignore[misc]
            answered.append([one.at_s for one in told if isinstance(one, Heard)][-1] - at_s)
            back.append([one.at_s for one in log.some(Returned, count) if isinstance(one, Returned)][-1] - at_s)
        yield "write asked for -> returned, p50 / p99", _ms(median(back), _p99(back))
        yield "write asked for -> indication, p50 / p99", _ms(median(answered), _p99(answered))
        at_s = monotonic()
        rig.run(odd.say(TREADMILL_DATA, *[IDLE] * BURST))
        log.wait(lambda told: len(heard(told, TREADMILL_DATA)) >= BURST)
        took_s = monotonic() - at_s
        count = len(heard(log.all, TREADMILL_DATA))
        yield f"notifications, {BURST} sent and {count} heard", f"{count / took_s:.0f} a second"


def _connects(habits: Habits) -> Iterator[float]:
    with Rig() as rig:
        odd = rig.peripheral(Shape())
        for _ in range(CONNECTS):
            at_s = monotonic()
            driver, log = rig.driver(odd.shape.address, habits)
            (found,) = (one for one in log.some(LinkFound) if isinstance(one, LinkFound))
            yield found.at_s - at_s
            driver.close(10)


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]


def _ms(*values: float) -> str:
    return " / ".join(f"{value * 1000:.2f}" for value in values) + " ms"


if __name__ == "__main__":
    main()
