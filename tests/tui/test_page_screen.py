"""The address of the page behind the treadmill on the full screen: shown before a session, and in nobody's way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from coach.core.event import Key
from coach.gate import Facts
from coach.qr import blocks
from coach.tui.app import CoachApp
from coach.tui.readiness import page_words
from coach.tui.screens.help import SCREENS
from coach.tui.screens.page import PageScreen
from coach.tui.screens.ready import ReadyScreen
from tests.test_gate_by_sight import ALL
from tests.tui.bare import snapshot
from tests.tui.outside import FakeOutside
from tests.tui.test_ready import BACKWARD, REAL

ADDRESS = "http://192.168.1.20:8000/0123456789abcdef012345/"


def play(
    outside: FakeOutside, told: Callable[[CoachApp, Pilot[Any]], Coroutine[Any, Any, None]], size: tuple[int, int]
) -> None:
    async def run() -> None:
        app = CoachApp(outside, first=BACKWARD)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await told(app, pilot)

    asyncio.run(run())


def test_it_is_shown_at_ready_until_a_key_that_answers_nothing() -> None:
    outside = FakeOutside(address=ADDRESS)

    async def told(app: CoachApp, pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, PageScreen)
        shown = app.screen.query_one("#code", Static)
        assert str(shown.content).splitlines() == list(blocks(ADDRESS))
        region = shown.region
        assert region.y >= 0
        assert region.bottom <= 24
        assert region.height == len(blocks(ADDRESS))
        assert app.screen.query_one("#address", Static).region.bottom <= 24
        await pilot.press("enter")
        assert isinstance(app.screen, ReadyScreen)
        assert [key for key, _, _ in outside.crews[0].pressed] == [Key.OTHER]
        await pilot.press("o")
        assert isinstance(app.screen, PageScreen)
        await pilot.press("h")
        assert isinstance(app.screen, ReadyScreen)
        assert {key for key, _, _ in outside.crews[0].pressed} == {Key.OTHER}  # presses, and no answer

    play(outside, told, (80, 24))


def test_space_stops_with_the_address_over_the_screen() -> None:
    outside = FakeOutside(address=ADDRESS)

    async def told(app: CoachApp, pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, PageScreen)
        await pilot.press("space")
        assert [key for key, _, _ in outside.crews[0].pressed] == [Key.STOP]
        assert isinstance(app.screen, ReadyScreen)

    play(outside, told, (120, 40))


def test_nobody_asked_so_there_is_none() -> None:
    async def told(app: CoachApp, pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, ReadyScreen)
        await pilot.press("o")
        assert isinstance(app.screen, ReadyScreen)
        assert "Page" not in str(app.screen.query_one("#lines", Static).content)

    play(FakeOutside(), told, (80, 24))


def test_the_address_stands_among_the_lines_of_ready() -> None:
    async def told(app: CoachApp, pilot: Pilot[Any]) -> None:
        await pilot.press("x")
        assert ADDRESS in str(app.screen.query_one("#lines", Static).content)

    play(FakeOutside(address=ADDRESS), told, (120, 40))


def test_how_many_look_at_it_is_told() -> None:
    assert page_words(ADDRESS, None)[1] == "o shows its code"
    assert page_words(ADDRESS, snapshot(watching=1))[1] == "1 screen shows it"
    assert page_words(ADDRESS, snapshot(watching=2))[1] == "2 screens show it"


def test_for_who_does_not_hear_the_check_waits_for_a_screen_and_is_then_his_word() -> None:
    outside = FakeOutside(treadmills=(REAL,), known=replace(ALL, shared=True))

    async def told(app: CoachApp, pilot: Pilot[Any]) -> None:
        await pilot.press("c")
        assert outside.confirmed == []
        outside.known = replace(outside.known, watched=True)
        screen = app.screen
        assert isinstance(screen, ReadyScreen)
        screen._poll()
        await pilot.pause()
        assert "you see the alarm" in str(screen.query_one("#checks", Static).content)
        await pilot.press("a")
        assert outside.alarms == 1
        await pilot.press("c")
        assert outside.confirmed == ["alarm"]

    play(outside, told, (120, 40))


def test_without_a_page_he_may_run_forward_only() -> None:
    known: Facts = ALL
    outside = FakeOutside(treadmills=(REAL,), known=known)

    async def told(app: CoachApp, pilot: Pilot[Any]) -> None:
        assert "start coach with --share" in str(app.screen.query_one("#checks", Static).content)
        assert outside.crews == []
        await pilot.press("f")
        assert len(outside.crews) == 1

    play(outside, told, (120, 40))


def test_the_key_is_in_the_help() -> None:
    keys = [key for title, rows in SCREENS if title == "Ready" for key, _ in rows]
    assert "o" in keys
