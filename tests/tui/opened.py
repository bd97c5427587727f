"""The app in a test: opened, played and read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from coach.keeper.wire import Done
from coach.tui.app import CoachApp
from coach.tui.outside import Wanted
from tests.tui.outside import FakeOutside
from tests.tui.text import screen_lines


@asynccontextmanager
async def opened(
    outside: FakeOutside, first: Wanted | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[Done | str]]:
    """The app at its first screen, with all workouts read."""
    app = CoachApp(outside, first=first)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        yield pilot


def play(test: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run a test of a screen."""
    asyncio.run(test())


def shown(pilot: Pilot[Done | str]) -> str:
    """What stands on the screen, in one line with single blanks."""
    return " ".join(" ".join(screen_lines(pilot.app)).split())
