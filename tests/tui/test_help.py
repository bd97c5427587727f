"""Help: every key with what it does on both sides, and a stop that stops through it."""

from __future__ import annotations

import asyncio

import pytest

from coach.core.event import Key, Pressed
from coach.core.press import Meaning, meaning
from coach.core.progress import Progress
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.seen.units import Units
from coach.tui.app import CoachApp
from coach.tui.keys import KEYS, KeyRow
from coach.tui.outside import Settings
from coach.tui.screens.help import NOTHING_REAR, PAST, REPLAY, SCREENS, HelpScreen, doing, lines, rear
from coach.tui.screens.library import LibraryScreen
from tests.tui.local import LocalCrew
from tests.tui.outside import FakeOutside
from tests.tui.text import screen_lines

REAR = Progress(phase=Phase.RUN, facing=Facing.BACKWARD, claimed=Facing.BACKWARD)
OF_SESSION = [row for row in KEYS if isinstance(row.means, Key)]


@pytest.mark.parametrize("row", KEYS, ids=lambda row: row.shown)
def test_every_key_of_a_session_stands_in_the_help(row: KeyRow) -> None:
    text = "\n".join(line.plain for line in lines())
    assert row.shown in text
    assert row.does in text


@pytest.mark.parametrize(
    ("units", "words"),
    [
        (Units.KMH, "0.1 km/h faster"),
        (Units.MPH, "0.1 km/h faster (0.06 mph)"),
        (Units.PACE, "0.1 km/h faster"),
    ],
)
def test_a_step_of_speed_is_told_in_the_runners_unit_too(units: Units, words: str) -> None:
    row = next(row for row in KEYS if row.means is Key.FASTER)
    assert doing(row, units) == words
    assert words in "\n".join(line.plain for line in lines(units))


def test_the_app_opens_it_in_the_runners_unit() -> None:
    async def test() -> None:
        async with CoachApp(FakeOutside(chosen=Settings(units=Units.MPH))).run_test() as pilot:
            await pilot.press("h")
            assert "0.5 km/h faster (0.31 mph)" in "\n".join(screen_lines(pilot.app))

    asyncio.run(test())


@pytest.mark.parametrize("row", OF_SESSION, ids=lambda row: row.shown)
def test_what_it_says_of_the_rear_is_what_the_session_does(row: KeyRow) -> None:
    assert isinstance(row.means, Key)
    means = Key.OTHER if row.means is Key.HELP else row.means  # facing the rear nobody reads a help
    deaf = meaning(REAR, Pressed(100.0, means)) is Meaning.DEAF
    assert rear(row).startswith("nothing") is deaf
    assert (rear(row) == NOTHING_REAR) is (deaf and row.means not in {Key.DIGIT, Key.HELP})


def test_without_a_session_every_usual_key_closes_it() -> None:
    async def test() -> None:
        async with CoachApp(FakeOutside()).run_test() as pilot:
            for key in ("h", "question_mark", "q", "escape", "space", "enter"):
                await pilot.press("h")
                assert isinstance(pilot.app.screen, HelpScreen)
                await pilot.press(key)
                assert isinstance(pilot.app.screen, LibraryScreen)

    asyncio.run(test())


@pytest.mark.parametrize("key", ["space", "escape"])
def test_over_a_session_a_stop_stops_and_closes(key: str) -> None:
    async def test() -> None:
        crew = LocalCrew.of("easy-walk-30")
        async with CoachApp(FakeOutside()).run_test() as pilot:
            await pilot.app.push_screen(HelpScreen(crew))
            assert "STOP THE BELT" in "\n".join(screen_lines(pilot.app))
            await pilot.press(key)
            assert crew.pressed == [(Key.STOP, "", None)]
            assert isinstance(pilot.app.screen, LibraryScreen)

    asyncio.run(test())


def test_a_second_press_opens_no_second_help() -> None:
    async def test() -> None:
        app = CoachApp(FakeOutside())
        async with app.run_test() as pilot:
            await pilot.press("h")
            app.action_help()
            await pilot.pause()
            assert len(app.screen_stack) == 3

    asyncio.run(test())


@pytest.mark.parametrize("first", ["", PAST, REPLAY])
def test_a_screen_with_a_part_of_its_own_has_it_first_and_every_part_once(first: str) -> None:
    text = [line.plain.strip() for line in lines(first=first)]
    assert text[0] == (first.upper() or "IN A SESSION")
    for title, keys in SCREENS:
        assert text.count(title.upper()) == 1
        assert all(any(does in line for line in text) for _, does in keys)
