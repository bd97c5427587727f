"""The one scan of an event loop: all who look for a device share it, and it stands still while somebody connects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, Generic, ParamSpec, Protocol

from coach.core.error import LinkError

QUIET_S: Final = 3.0  # a scan stands still so long for somebody who connects; some machines need it (ecosystem.md 1.1)

SYSTEM_S: Final = 5.0  # a system that does not start or stop a scan in this time does not do so at all

P = ParamSpec("P")


class Scanner(Protocol):
    """A scan that can be started once and stopped once."""

    async def start(self) -> None:
        """Start; LinkError where the system refuses."""

    async def stop(self) -> None:
        """Stop; LinkError where it is gone already."""


class Ear(Generic[P]):
    """Starts a scan for the first who listens, stops it behind the last, and gives none to who connects.

    A system refuses two scans of one process, and some machines connect only when nobody scans.
    """

    def __init__(self, scanner: Callable[[Callable[P, None]], Scanner]) -> None:
        """`scanner` makes a scan out of who is to be told what it hears."""
        self._make = scanner
        self._listeners: list[Callable[P, None]] = []
        self._connecting: set[object] = set()
        self._scanner: Scanner | None = None
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self, heard: Callable[P, None]) -> AsyncIterator[None]:
        """Hear what is said on the air.

        A scan that runs already starts anew: it tells what it knows only once, and may have died with the service
        that ran it.

        Raises:
            LinkError: the system refuses.
        """
        self._listeners.append(heard)
        try:
            await self._stop()
            await self._fit()
            yield
        finally:
            self._listeners.remove(heard)
            await self._try_to_fit()

    @asynccontextmanager
    async def quiet(self) -> AsyncIterator[None]:
        """No scan while this lasts, but for QUIET_S at most: nobody waits for a device that does not answer another."""
        me = object()
        self._connecting.add(me)
        late = asyncio.get_running_loop().call_later(QUIET_S, self._go_on, me)
        try:
            await self._try_to_fit()
            yield
        finally:
            late.cancel()
            self._connecting.discard(me)
            await self._try_to_fit()

    def _go_on(self, one: object) -> None:
        self._connecting.discard(one)
        task = asyncio.get_running_loop().create_task(self._try_to_fit())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _try_to_fit(self) -> None:
        with suppress(LinkError):  # who listens gives up by himself, and starts anew
            await self._fit()

    async def _fit(self) -> None:
        if not self._listeners or self._connecting:
            await self._stop()
            return
        async with self._turn:
            if self._scanner is None:
                self._scanner = await self._started()

    async def _started(self) -> Scanner:
        scanner = self._make(self._tell)
        try:
            async with asyncio.timeout(SYSTEM_S):
                await scanner.start()
        except TimeoutError as error:
            raise LinkError("the Bluetooth of this computer does not answer; switch it off and on") from error
        except asyncio.CancelledError:
            with suppress(LinkError):
                await scanner.stop()  # it may run already
            raise
        return scanner

    async def _stop(self) -> None:
        async with self._turn:
            scanner, self._scanner = self._scanner, None
            if scanner is not None:
                with suppress(LinkError, TimeoutError):
                    async with asyncio.timeout(SYSTEM_S):
                        await scanner.stop()

    def _tell(self, *args: P.args, **kwargs: P.kwargs) -> None:
        for heard in tuple(self._listeners):
            heard(*args, **kwargs)
