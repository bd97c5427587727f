"""A key that comes before a screen is drawn: the session has it, and nothing breaks (safety.md 4)."""

from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.screen import Screen

from coach.core.event import Key
from coach.keeper.crew import Life
from coach.seen.own import Own
from coach.tui.hands import HandsFirst
from coach.tui.past import Recorded
from coach.tui.screens.done import DoneScreen
from coach.tui.screens.replay import ReplayScreen
from coach.tui.screens.run import RunScreen
from tests.tui.bare import Settings, plan
from tests.tui.opened import play
from tests.tui.remembered import session
from tests.tui.test_history_replay import BACK, REPLAY, Deaf
from tests.tui.test_run_done import done
from tests.tui.test_run_keys import TABLE, UNKNOWN, running
from tests.tui.test_run_keys import Deaf as Noting

NAMES = [*TABLE, *UNKNOWN]


class Empty(HandsFirst[Any]):
    """An app with nothing open yet."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[object] = []

    def back(self, said: object = None) -> None:
        self.said.append(said)

    def action_help(self) -> None:
        raise AssertionError("a help over a screen that is not drawn")


async def given(app: Empty, screen: Screen[None], name: str) -> None:
    """The screen is opened, and in the same moment the key comes."""
    _ = app.push_screen(screen)
    assert not screen.is_mounted
    await app.on_event(events.Key(name, None))


@pytest.mark.parametrize("name", NAMES)
def test_the_session_has_a_key_that_comes_before_its_screen(name: str) -> None:
    async def test() -> None:
        crew, app = running(kind=Noting), Empty()
        async with app.run_test() as pilot:
            await given(app, RunScreen(crew, Settings()), name)
            await pilot.pause()
        means = TABLE.get(name, Key.OTHER)
        want = Key.OTHER if isinstance(means, Own) or means is Key.HELP else means
        assert [key for key, _, _ in crew.pressed] == [want]

    play(test)


def test_a_lost_keeper_is_acknowledged_before_its_screen() -> None:
    async def test() -> None:
        crew, app = running(), Empty()
        crew.life = Life.LOST
        async with app.run_test() as pilot:
            await given(app, RunScreen(crew, Settings()), "x")
            await pilot.pause()
            assert app.is_running
            await pilot.press("x")
            assert len(app.said) == 1
            assert "MAY STILL MOVE" in str(app.said)

    play(test)


@pytest.mark.parametrize("name", NAMES)
def test_a_key_before_the_last_page_was_meant_for_the_session(name: str) -> None:
    async def test() -> None:
        app = Empty()
        async with app.run_test() as pilot:
            screen = DoneScreen(plan("first-steps-back"), replace(done(), recording=""))
            await given(app, screen, name)
            await pilot.pause()
            assert app.screen is screen
            assert app.said == []

    play(test)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"h", "question_mark"}])
def test_a_key_before_a_replay_breaks_nothing(name: str) -> None:
    async def test() -> None:
        app = Empty()
        async with app.run_test() as pilot:
            player = Deaf(session(BACK)[1], clock=lambda: 0.0)
            await given(app, ReplayScreen(Recorded(player, REPLAY.of), Settings(), clock=lambda: 0.0), name)
            await pilot.pause()
            assert app.is_running

    play(test)
