"""A computer with Bluetooth and the air around it, for tests of who drives a machine over it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from threading import Condition
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

from coach.core.event import Heard, Returned
from coach.link.driver import Driver, StrapDriver, StrapTold, Told
from coach.link.habits import Habits
from coach.link.radio import Radio
from coach.link.sighting import Sighting
from tests.lab.backend import World
from tests.lab.radio import Lab, LabLink
from tests.lab.scripted import Scripted, Shape

PATIENCE_S: Final = 30.0  # for what must happen; a busy computer is slow
QUICK: Final = Habits(cccd_gap_s=0.01)

T = TypeVar("T")


class Log(Generic[T]):
    """What was told, in order; from the radio's thread to the test's."""

    def __init__(self) -> None:
        self._told: list[T] = []
        self._more = Condition()

    def __call__(self, told: T) -> None:
        with self._more:
            self._told.append(told)
            self._more.notify_all()

    @property
    def all(self) -> list[T]:
        with self._more:
            return list(self._told)

    def wait(self, enough: Callable[[list[T]], bool]) -> list[T]:
        """All that was told, as soon as it is enough."""
        with self._more:
            assert self._more.wait_for(lambda: enough(self._told), PATIENCE_S), f"only {self._told[-5:]}"
            return list(self._told)

    def some(self, kind: type, count: int = 1) -> list[T]:
        """Wait until so many of a kind were told."""
        return self.wait(lambda told: len(of(told, kind)) >= count)


def of(told: list[T], kind: type) -> list[T]:
    """Those of a kind."""
    return [one for one in told if isinstance(one, kind)]


def heard(told: list[T], uuid: int) -> list[bytes]:
    """The values of a characteristic."""
    return [one.value for one in told if isinstance(one, Heard) and one.uuid == uuid]


def returned(told: list[T]) -> list[bool]:
    """What came of the writes."""
    return [one.ok for one in told if isinstance(one, Returned)]


class Rig:
    """A radio of coach, a lab around it and bleak on both."""

    def __init__(self) -> None:
        self.radio: Final = Radio()
        self.link: Final = LabLink()
        self._open = ExitStack()
        self.lab: Lab
        self.world: World

    def __enter__(self) -> Self:
        self._open.callback(self.radio.close)
        self.run(self._start())
        self._open.callback(lambda: self.run(self.lab.__aexit__(None, None, None)))
        self._open.callback(lambda: self.run(self.world.power_off()))
        self._open.enter_context(self.world.installed())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    async def _start(self) -> None:
        self.lab = await Lab(self.link).__aenter__()
        self.world = World(self.link)
        await self.world.power_on()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the radio's loop."""
        return self.radio.run(work, PATIENCE_S)

    def do(self, act: Callable[[], T]) -> T:
        """Call something in the radio's loop."""

        async def work() -> T:
            return act()

        return self.run(work())

    def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so, asked in the radio's loop."""

        async def work() -> None:
            while not true():
                await asyncio.sleep(0.01)

        self.run(work())

    def peripheral(self, shape: Shape = Shape(), **state: object) -> Scripted:  # noqa: B008 - a frozen value
        """A scripted treadmill on the air."""

        async def work() -> Scripted:
            one = Scripted(self.link, shape)
            for name, value in state.items():
                setattr(one, name, value)
            await one.start()
            return one

        one = self.run(work())
        self._open.callback(lambda: self.run(one.stop()))
        return one

    def driver(self, address: str, habits: Habits = QUICK, name: str = "") -> tuple[Driver, Log[Told]]:
        """A driver that connects; it is closed at the end."""
        log = Log[Told]()
        driver = Driver(self.radio, Sighting(address, name), habits, log)
        self._open.callback(driver.close, PATIENCE_S)
        driver.connect()
        return driver, log

    def strap_driver(self, address: str) -> tuple[StrapDriver, Log[StrapTold]]:
        """The same for a strap."""
        log = Log[StrapTold]()
        driver = StrapDriver(self.radio, Sighting(address), log)
        self._open.callback(driver.close, PATIENCE_S)
        driver.connect()
        return driver, log
