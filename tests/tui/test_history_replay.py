"""A replay on the screen: the session as it was, unmistakably a replay, whose keys move time and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from coach.core.event import Key
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.player import Player
from coach.keeper.wire import Done
from coach.seen.moment import Replay
from coach.seen.states import STATES
from coach.seen.view import banner_of, small_of
from coach.sinks.journal import Recording
from coach.tui.app import CoachApp
from coach.tui.hands import HandsFirst
from coach.tui.past import Recorded
from coach.tui.screens.help import HelpScreen
from coach.tui.screens.replay import SPEEDS, ReplayScreen
from coach.tui.screens.session import SessionScreen
from coach.tui.signs import MOST_KEYS, foot_of, signs_of
from coach.tui.widgets.pane import LOOKS
from tests.tui.bare import NEVER_S, Settings, moment
from tests.tui.opened import opened, play, shown
from tests.tui.outside import FakeOutside
from tests.tui.remembered import FakeLooking, session
from tests.tui.text import matches_snapshot, screen_lines

BACK = "70s@4 / back 60s@2 / 3min@3"
REPLAY = Replay(10, held=False, over=False, of="First steps back, real belt, 20 May 2026, 18:00")


class Deaf(Player):
    """A player that must not be touched like a keeper."""

    def press(self, key: Key, digit: str = "", serial: int | None = None) -> None:
        raise AssertionError(f"{key} {digit} {serial} was sent as a press")

    def mischief(self, fault: str) -> None:
        raise AssertionError(fault)


class Watched(HandsFirst[Any]):
    """Opens the replay of a recording; the test moves its clock."""

    def __init__(self, recording: Recording) -> None:
        super().__init__()
        self.wall_s = 0.0
        self.player = Deaf(recording, clock=lambda: self.wall_s)
        self.left = 0

    def on_mount(self) -> None:
        recorded = Recorded(self.player, REPLAY.of)
        _ = self.push_screen(ReplayScreen(recorded, Settings(), clock=lambda: self.wall_s, draw_s=NEVER_S))

    def back(self, said: Done | str | None = None) -> None:
        assert said is None
        self.left += 1
        _ = self.pop_screen()

    def action_help(self) -> None:
        _ = self.push_screen(HelpScreen())


@asynccontextmanager
async def watched(
    recording: Recording | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Watched, Pilot[Any]]]:
    app = Watched(recording or session(BACK)[1])
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def after(app: Watched, pilot: Pilot[Any], seconds: float) -> list[str]:
    """The screen so much later."""
    app.wall_s += seconds
    assert isinstance(app.screen, ReplayScreen)
    app.screen.tick()
    await pilot.pause()
    return screen_lines(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
def test_a_replay_looks_as_drawn(size: tuple[int, int]) -> None:
    async def test() -> None:
        async with watched(size=size) as (app, pilot):
            assert matches_snapshot(f"replay-{size[0]}x{size[1]}", await after(app, pilot, 75.0))

    play(test)


@pytest.mark.parametrize("phase", Phase)
def test_in_every_state_it_is_unmistakably_a_replay(phase: Phase) -> None:
    for facing in Facing:
        now = replace(moment(phase=phase, facing=facing, claimed=facing), replay=REPLAY)
        banner = banner_of(now)
        assert banner.belt == "REPLAY 10x"
        assert banner.word == f"REPLAY, {banner_of(replace(now, replay=None)).word}"
        assert signs_of(now)[0].word == "REPLAY, no belt moves"
        assert signs_of(now)[0].role in LOOKS
        assert len(foot_of(now).keys) <= MOST_KEYS
        assert not {"STOP", "stops the belt"} & {does for _, does in foot_of(now).keys}
        assert small_of(now)[-1][0] == "REPLAY 10x"
    assert STATES


@pytest.mark.parametrize(
    ("how", "word"),
    [
        (Replay(1.0, held=False, over=False, of=""), "REPLAY 1x"),
        (Replay(2.5, held=False, over=False, of=""), "REPLAY 2.5x"),
        (Replay(1000.0, held=True, over=False, of=""), "REPLAY HELD"),
        (Replay(1000.0, held=True, over=True, of=""), "REPLAY ENDS"),
    ],
)
def test_how_it_goes_stands_where_the_belt_is_named(how: Replay, word: str) -> None:
    assert how.word == word


def test_its_keys_move_time_and_no_key_of_a_session_is_one_here() -> None:
    async def test() -> None:
        async with watched() as (app, pilot):
            player = app.player
            await pilot.press("plus", "plus", "up")
            assert player.speed == SPEEDS[3]
            await pilot.press("minus", "down")
            assert player.speed == SPEEDS[1]
            await pilot.press("space")
            assert player.held
            assert "REPLAY HELD" in " ".join(screen_lines(app))
            await pilot.press("enter")
            assert not player.held
            await pilot.press("n", "n")
            assert player._session.progress.row == 2
            await pilot.press("b", "b")
            assert player._session.progress.row == 0
            await pilot.press(*"1234l0gvt", "f9", "left", "right", "tab", "home", "end", "shift+up", "ctrl+z")
            assert app.left == 0
            await pilot.press("q")
            assert app.left == 1

    play(test)


@pytest.mark.parametrize("key", ["escape", "ctrl+c", "Q"])
def test_leaving_is_one_press(key: str) -> None:
    async def test() -> None:
        async with watched() as (app, pilot):
            await pilot.press(key)
            assert app.left == 1

    play(test)


def test_the_end_stays_on_the_screen_and_can_be_gone_back_from() -> None:
    async def test() -> None:
        async with watched() as (app, pilot):
            app.player.play_at(1000.0)
            told = " ".join(" ".join(await after(app, pilot, 60.0)).split())
            while not app.player.over:
                told = " ".join(" ".join(await after(app, pilot, 60.0)).split())
            assert "REPLAY ENDS" in told
            assert "The recording ends here. Finished" in told
            await pilot.press("space", "b")
            assert "REPLAY HELD" in " ".join(screen_lines(app))
            assert "The recording ends here" not in " ".join(screen_lines(app))

    play(test)


def test_a_recording_that_breaks_off_ends_where_it_does_and_alarms_nobody() -> None:
    async def test() -> None:
        whole = session(BACK)[1]
        torn = replace(whole, entries=whole.entries[:300], end=None, summary=None, torn=True)
        async with watched(torn) as (app, pilot):
            app.player.play_at(1000.0)
            told = " ".join(" ".join(await after(app, pilot, 60.0)).split())
            assert "REPLAY ENDS" in told
            assert "The recording ends here. Stopped before the end: the recording breaks off." in told
            assert "MAY STILL MOVE" not in told

    play(test)


def test_from_a_session_it_opens_and_leads_back_to_it() -> None:
    async def test() -> None:
        async with opened(FakeOutside(looking=FakeLooking.of(BACK))) as pilot:
            for keys in (("p",), ("enter",), ("r",)):
                await pilot.press(*keys)
                await pilot.pause()
                await pilot.app.workers.wait_for_complete()
                await pilot.pause()
            assert isinstance(pilot.app.screen, ReplayScreen)
            assert "REPLAY" in shown(pilot)
            await pilot.press("q")
            assert isinstance(pilot.app.screen, SessionScreen)

    play(test)


def test_over_a_replay_the_help_stops_no_belt_and_leaving_the_first_screen_leaves_the_app() -> None:
    async def test() -> None:
        past, recording = session(BACK)
        recorded = Recorded(Deaf(recording), past.workout)
        app = CoachApp(FakeOutside(), first=recorded)
        async with app.run_test() as pilot:
            await pilot.pause()
            await pilot.press("h")
            assert isinstance(app.screen, HelpScreen)
            assert "STOP THE BELT" not in shown(pilot)
            await pilot.press("space")
            assert isinstance(app.screen, ReplayScreen)
            await pilot.press("h", "ctrl+c")
            assert app._exit
            assert app.return_value is None

    play(test)
