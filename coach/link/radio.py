"""The radio's thread: one event loop for the life of the program, which the libraries of all systems ask for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError as Cancelled
from concurrent.futures import TimeoutError as Late
from threading import Event, Thread
from types import TracebackType
from typing import Any, Final, Self, TypeVar, TypeVarTuple

from coach.core.error import LinkError

log = logging.getLogger(__name__)

CLOSE_S: Final = 5.0  # what still runs has so long to end; BlueZ takes 2 s for a disconnect

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Radio:
    """A daemon thread with a loop; all methods are for other threads, and none but run() and close() waits.

    bleak wants one loop for ever, and on Windows a thread that no library has set up for windows and messages.
    """

    def __init__(self) -> None:
        self._loop: Final = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = Event()
        self._thread = Thread(target=self._live, name="radio", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def run(self, coro: Coroutine[Any, Any, T], timeout_s: float) -> T:
        """Run to the end and wait for it; what it raises comes out here.

        Raises:
            LinkError: it took too long and was cancelled, or the radio is closed.
        """
        if self._closed.is_set():
            coro.close()
            raise LinkError("the radio is closed")
        done = asyncio.run_coroutine_threadsafe(coro, self._loop)
        try:
            return done.result(timeout_s)
        except Late as error:
            if done.done() and not done.cancelled() and done.exception() is error:
                raise
            done.cancel()
            raise LinkError(f"nothing came of it in {timeout_s:g} s") from error
        except Cancelled as error:
            raise LinkError("the radio is closed") from error

    def spawn(self, coro: Coroutine[Any, Any, object]) -> None:
        """Run beside everything else; it ends by itself or with the radio, and what it raises is logged."""
        if self._closed.is_set():
            coro.close()
            return
        self._loop.call_soon_threadsafe(self._start, coro)

    def soon(self, act: Callable[[*Ts], object], *args: *Ts) -> None:
        """Call in the loop as soon as it is free; nothing happens once the radio is closed."""
        if not self._closed.is_set():
            self._loop.call_soon_threadsafe(act, *args)

    def close(self) -> None:
        """End everything that runs, and the loop."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSE_S + 1)

    def _start(self, coro: Coroutine[Any, Any, object]) -> None:
        task = self._loop.create_task(coro)
        self._tasks.add(task)  # the loop itself keeps no task alive
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a task of the radio ended", exc_info=error)

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._sweep())
        finally:
            self._loop.close()

    async def _sweep(self) -> None:
        """Cancel what runs; bleak's own tasks tell the system then to let go of the machine."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE_S)
        await self._loop.shutdown_asyncgens()
