"""The radio of a set-up: scans, readings, and listening to a treadmill without writing to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Final

from coach.core import heart
from coach.core.belt import Belt, observe
from coach.core.error import LinkError
from coach.core.event import Event, Heard, LinkFound, LinkLost, Returned, Tick
from coach.core.ftms import INCLINATION_RANGE, SPEED_RANGE
from coach.core.heart import HEART_RATE_MEASUREMENT, Strap
from coach.core.machine import MachineProfile, Range
from coach.core.sent import Sent
from coach.keeper.lock import HeldError, apart
from coach.link import ble
from coach.link.driver import Driver, StrapDriver, StrapFound, Told, Trouble
from coach.link.driver import StrapTold as SaidByStrap
from coach.link.habits import Habits
from coach.link.radio import Radio
from coach.link.sighting import Sighting
from coach.machines import habits_for
from coach.setup.air import Reading
from coach.setup.bench import Bench

SCAN_S: Final = 8.0  # long enough for a device that advertises seldom
SCAN_SPARE_S: Final = 10.0  # some systems start and end a scan slowly
LINK_S: Final = 30.0  # to connect
SPEAKS_S: Final = 6.0  # after that something is heard, or the machine is silent while it stands
BEAT_S: Final = 25.0  # a strap that was just put on needs a while to find the beat
CLOSE_S: Final = 3.0  # a system that hangs keeps nobody
TICK_S: Final = 1.0  # as in a session
_HIDES: Final = "it is simulated, though its name does not say so"


class RealAir:
    """The radio of this computer; `bench` makes one for a treadmill, by its address and name."""

    def __init__(self, radio: Radio, bench: Callable[[str, str], Bench], scan_s: float = SCAN_S) -> None:
        self._radio = radio
        self._bench = bench
        self._scan_s = scan_s

    def straps(self) -> Sequence[Sighting]:
        """Heart straps on the air; one that is simulated is nobody's."""
        return [one for one in self._scan() if one.strap and not one.machine and not one.simulated]

    def treadmills(self) -> Sequence[Sighting]:
        """Fitness machines on the air, other kinds too."""
        return [one for one in self._scan() if one.machine]

    def beat(self, strap: Sighting) -> Reading:
        """Connect to a strap and read its heart rate."""
        told: SimpleQueue[SaidByStrap] = SimpleQueue()
        try:
            with apart(strap.address, strap.name):
                driver = StrapDriver(self._radio, strap, told.put)
                driver.connect()
                try:
                    reading = _beat(told)
                    hides = driver.facts is not None and driver.facts.simulated
                    return Reading(_HIDES, good=False) if hides else reading
                finally:
                    driver.close(CLOSE_S)
        except HeldError as error:
            return Reading(str(error), good=False)

    def pace(self, treadmill: Sighting) -> Reading:
        """Connect to a treadmill, read only, and read the speed of its belt."""
        try:
            with listening(self._radio, treadmill) as (events, driver):
                reading = _pace(events)
                facts = driver.facts
        except (LinkError, HeldError) as error:
            return Reading(str(error), good=False)
        truly = facts is not None and facts.simulated
        if truly and not treadmill.simulated:
            return Reading(_HIDES, good=False)
        if treadmill.simulated and not truly:
            return Reading("its name says that it is simulated, and it is not", good=False)
        return replace(reading, words=f"SIMULATED, {reading.words}") if truly else reading

    def bench(self, address: str, name: str) -> Bench:
        """The treadmill of that address, to be proved and tested."""
        return self._bench(address, name)

    def _scan(self) -> Sequence[Sighting]:
        return self._radio.run(ble.scan(self._scan_s), self._scan_s + SCAN_SPARE_S)


@contextmanager
def listening(radio: Radio, target: Sighting) -> Iterator[tuple[Iterator[Event], Driver]]:
    """A link on which nothing is written, not even what a model wants before it speaks (safety.md 5).

    Raises:
        HeldError: another coach drives it.
        LinkError: the treadmill cannot be reached, from the iterator.
    """
    told: SimpleQueue[Told] = SimpleQueue()
    with apart(target.address, target.name):
        driver = Driver(radio, target, _reading_only(habits_for(None, target.name)), told.put)
        driver.connect()
        try:
            yield _events(told), driver
        finally:
            driver.close(CLOSE_S)


def _reading_only(habits: Habits) -> Habits:
    return replace(habits, unlock=())


def _events(told: SimpleQueue[Told]) -> Iterator[Event]:
    """Ticks at least once a second; instants are those of the monotonic clock from the first call on."""
    began_s, trouble, linked = monotonic(), "it does not answer", False
    while True:
        try:
            one = told.get(timeout=TICK_S)
        except Empty:
            if not linked and monotonic() - began_s > LINK_S:
                raise LinkError(trouble) from None
            yield Tick(monotonic() - began_s)
            continue
        match one:
            case Trouble(_, text, _):
                trouble = text
            case Returned():
                pass
            case LinkFound() | LinkLost() | Heard():
                linked = linked or isinstance(one, LinkFound)
                yield replace(one, at_s=one.at_s - began_s)


def _pace(events: Iterator[Event]) -> Reading:
    """What the belt is reported to do; the ranges as they were sent."""
    belt, found_s = Belt(), float("inf")
    speeds: Range | None = None
    inclines: Range | None = None
    for event in events:
        belt = observe(MachineProfile(), belt, Sent(), event)
        if isinstance(event, LinkFound):
            found_s = event.at_s
        if isinstance(event, Heard) and event.uuid == SPEED_RANGE:
            speeds = belt.raw_speeds
        if isinstance(event, Heard) and event.uuid == INCLINATION_RANGE:
            inclines = belt.inclines
        if belt.kmh is not None:
            moves = "its belt moves at" if belt.moving else "its belt stands, at"
            return Reading(f"{moves} {belt.kmh:.1f}", speeds=speeds, inclines=inclines)
        if event.at_s - found_s >= SPEAKS_S:
            return Reading("connected; it says nothing while it stands", speeds=speeds, inclines=inclines)
    return Reading("nothing was heard", good=False)


def _beat(told: SimpleQueue[SaidByStrap]) -> Reading:
    strap, until_s, trouble = Strap(), monotonic() + BEAT_S, "it does not answer"
    while monotonic() < until_s:
        try:
            one = told.get(timeout=TICK_S)
        except Empty:
            continue
        match one:
            case Trouble(_, text, _):
                trouble = text
            case StrapFound():
                trouble = "connected, and it tells no heart rate: is it on the skin?"
            case Heard(at_s, uuid, value) if uuid == HEART_RATE_MEASUREMENT:
                strap = heart.hear(strap, value, at_s)
                if strap.bpm:
                    return Reading(f"{strap.bpm} beats a minute")
            case _:
                pass
    return Reading(trouble, good=False)
