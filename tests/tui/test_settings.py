"""Settings: each change is kept at once, and what cannot be kept is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from coach.keeper.wire import Voice
from coach.seen.units import Units
from coach.tui.app import CoachApp
from coach.tui.outside import Settings
from coach.tui.screens.library import LibraryScreen
from coach.tui.screens.settings import LOUD, rows, voice_words
from tests.tui.outside import FakeOutside
from tests.tui.text import screen_lines


def test_left_and_right_change_what_is_under_the_cursor_and_keep_it() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with CoachApp(outside).run_test() as pilot:
            await pilot.press("s", "right", "down", "right", "down", "left", "down", "right", "q")
            assert outside.saved == [
                Settings(units=Units.MPH),
                Settings(units=Units.MPH, voice=Voice.SHORT),
                Settings(units=Units.MPH, voice=Voice.SHORT, voice_forward=Voice.SHORT),
                Settings(units=Units.MPH, voice=Voice.SHORT, voice_forward=Voice.SHORT, theme="light"),
            ]
            assert pilot.app.theme == "light"
            assert isinstance(pilot.app.screen, LibraryScreen)

    asyncio.run(test())


def test_what_cannot_be_kept_is_told_and_does_not_hold() -> None:
    async def test() -> None:
        outside = FakeOutside(refuse="the disk is full")
        app = CoachApp(outside)
        async with app.run_test() as pilot:
            await pilot.press("s", "right")
            await pilot.pause()
            assert "the disk is full" in "\n".join(screen_lines(app))
            assert app.settings == Settings()

    asyncio.run(test())


def test_the_app_begins_in_the_theme_that_was_chosen() -> None:
    async def test() -> None:
        async with CoachApp(FakeOutside(chosen=Settings(theme="light"))).run_test() as pilot:
            assert pilot.app.theme == "light"

    asyncio.run(test())


@pytest.mark.parametrize("people", [(), ("anna",), ("anna", "ben")])
def test_the_runner_is_asked_for_only_where_there_are_several(people: tuple[str, ...]) -> None:
    assert ("runner" in [row.field for row in rows(people, Settings())]) is (len(people) > 1)


@pytest.mark.parametrize("by", [1, -1])
def test_every_setting_goes_round(by: int) -> None:
    settings = Settings(runner="anna")
    for row in rows(("anna", "ben"), settings):
        turned = settings
        for _ in row.values:
            turned = row.changed(turned, by)
            assert row.shown(turned)
        assert turned == settings


def test_where_one_faces_the_rear_the_voice_is_never_mute() -> None:
    row = next(row for row in rows((), Settings()) if row.field == "voice")
    assert {row.changed(Settings(voice=voice), by).voice for voice in Voice for by in (1, -1)} == set(LOUD)


@pytest.mark.parametrize(("sessions", "offered"), [(2, False), (3, True)])
def test_fewer_words_are_offered_after_three_sessions(sessions: int, offered: bool) -> None:
    assert ("fewer words" in voice_words(Settings(sessions=sessions))) is offered
    assert "fewer words" not in voice_words(replace(Settings(sessions=sessions), voice=Voice.SHORT))
