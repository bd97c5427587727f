"""The Run screen as text at the three sizes, its clock and its beat, and what it survives."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import replace
from math import inf
from typing import Any

import pytest

from coach.core.cue import CueKind
from coach.core.event import Key
from coach.core.wish import Phase
from coach.keeper.crew import Life
from coach.keeper.wire import FromKeeper, Refused, Said
from coach.tui.screens.done import DoneScreen
from coach.tui.widgets.pane import Line, Pane
from tests.tui.bare import Bare, draw, shown, snapshot
from tests.tui.local import LocalCrew
from tests.tui.text import matches_snapshot, screen_lines

SIZES = [(80, 24), (120, 40), (200, 60)]
MOMENTS = {  # instants of flip-flop, played by a virtual runner
    "forward": 150.0,
    "slow": 340.0,
    "rails": 347.0,
    "stopping": 351.0,
    "face_rear": 356.0,
    "starting": 363.0,
    "step_on": 370.0,
    "ramp": 379.0,
    "backward": 420.0,
    "face_console": 488.5,
}

ROOMY = {"forward", "backward", "face_console"}  # of these also the larger layouts


def played(run: Coroutine[Any, Any, None]) -> None:
    asyncio.run(run)


def session(at_s: float, workout: str = "flip-flop", **how: Any) -> LocalCrew:
    crew = LocalCrew.of(workout, **how)
    crew.at_s = at_s
    return crew


async def lines_at(size: tuple[int, int], crew: LocalCrew, **how: Any) -> list[str]:
    async with shown(crew, size, **how) as (app, _):
        return screen_lines(app)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_screen_looks_as_it_did_in_every_size_and_state(size: tuple[int, int]) -> None:
    async def run() -> None:
        crew = session(0.0)
        async with shown(crew, size) as (app, pilot):
            for name, at_s in MOMENTS.items():
                crew.at_s = at_s
                await draw(app, pilot)
                lines = screen_lines(app)
                assert len(lines) == size[1]
                if size == SIZES[0] or name in ROOMY:
                    assert matches_snapshot(f"run_{name}_{size[0]}x{size[1]}", lines), name

    played(run())


def gone_wrong(press: Key | None = None, fault: str = "", after_s: float = 3.0, machine: str = "home") -> LocalCrew:
    """In the first backward block something happens."""
    crew = session(420.0, machine=machine)
    crew.poll()
    if press is not None:
        crew.press(press)
    if fault:
        crew.mischief(fault)
    crew.at_s += after_s
    return crew


WRONG: dict[str, dict[str, Any]] = {
    "paused": {"press": Key.STOP, "after_s": 8.0},
    "stop": {"press": Key.STOP, "after_s": 1.0},
    "key": {"fault": "key:60", "after_s": 10.0},
    "no_link": {"fault": "drop:30"},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_goes_wrong_takes_the_screen(name: str) -> None:
    assert matches_snapshot(f"run_{name}_80x24", asyncio.run(lines_at((80, 24), gone_wrong(**WRONG[name]))))


def test_a_machine_that_ignores_a_stop_brings_the_alarm() -> None:
    crew = session(420.0)
    crew.poll()
    crew.mischief("stop-ignored")
    crew.press(Key.STOP)
    crew.at_s += 6.0
    lines = asyncio.run(lines_at((80, 24), crew))
    assert any("RAILS. STEP OFF. PULL THE CLIP." in line for line in lines)
    assert matches_snapshot("run_step_off_80x24", lines)


def test_a_lost_keeper_takes_the_screen_and_tells_of_the_guard() -> None:
    crew = session(420.0)
    crew.poll()
    crew.life, crew.guarded = Life.LOST, "stopping"
    lines = asyncio.run(lines_at((80, 24), crew))
    assert any("The guard is stopping the belt." in line for line in lines)
    assert matches_snapshot("run_coach_lost_80x24", lines)


class Silent(LocalCrew):
    """A keeper that has said nothing, or only that there is no session."""

    messages: tuple[FromKeeper, ...] = ()

    def poll(self) -> list[FromKeeper]:
        return list(self.messages)


def silent(*messages: FromKeeper) -> Silent:
    crew = Silent(LocalCrew.of("flip-flop").world)
    crew.messages = messages
    return crew


def test_before_the_first_word_it_is_connecting_and_does_not_beat() -> None:
    async def run() -> None:
        crew = silent()
        async with shown(crew) as (app, _):
            assert any("Looking for the treadmill." in line for line in screen_lines(app))
            assert crew.drawn == []

    played(run())


def test_a_refusal_is_told_and_any_key_leaves_with_it() -> None:
    async def run() -> None:
        crew = silent(Refused("process 4711 holds this treadmill"))
        async with shown(crew) as (app, pilot):
            assert any("process 4711 holds this treadmill" in line for line in screen_lines(app))
            await pilot.press("x")
            assert app.left == ["process 4711 holds this treadmill"]

    played(run())


def test_the_newest_snapshot_is_drawn_and_its_serial_beaten() -> None:
    async def run() -> None:
        crew = silent(snapshot(serial=7, kmh=4.0), snapshot(serial=8, kmh=6.0))
        async with shown(crew) as (app, pilot):
            await draw(app, pilot)
            assert crew.drawn == [8, 8]

    played(run())


def test_what_the_screen_before_has_heard_is_not_lost() -> None:
    async def run() -> None:
        app = Bare(silent(), heard=(Said(99.0, CueKind.NOTICE, "Heard before."), snapshot(serial=3)))
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert any("Heard before." in line for line in screen_lines(app))

    played(run())


def test_it_draws_and_beats_by_itself() -> None:
    async def run() -> None:
        crew = session(150.0)
        async with shown(crew, draw_s=0.01) as (_, pilot):
            before = len(crew.drawn)
            await pilot.pause(0.2)
            assert len(crew.drawn) > before + 2

    played(run())


def test_the_countdown_goes_on_without_a_snapshot() -> None:
    async def run() -> None:
        crew = silent(snapshot(left_s=80.0, clock_s=40.0))
        async with shown(crew, (120, 40)) as (app, pilot):
            crew.messages = ()
            first = screen_lines(app)
            assert "33% done" in "".join(first)
            app.wall_s += 2.0
            await draw(app, pilot)
            assert "35% done" in "".join(screen_lines(app))

    played(run())


@pytest.mark.parametrize(
    "name", ["numbers", "ahead", "banner", "signs", "foot", "captions", "totals", "step", "profile"]
)
def test_a_pane_that_fails_is_a_dash_and_the_rest_goes_on(name: str, caplog: pytest.LogCaptureFixture) -> None:
    def slip(*_: object) -> list[Line]:
        raise KeyError("a slip")

    async def run() -> None:
        crew = silent(snapshot(serial=1))
        async with shown(crew, (120, 40)) as (app, pilot):
            pane = app.run_screen.query_one(f"#{name}", Pane)
            pane._draw_lines = slip
            crew.messages = (
                snapshot(
                    serial=2,
                    clock_s=60.0,
                    left_s=5.0,
                    kmh=6.0,
                    row=1,
                    limit="level",
                    phase=Phase.RAMP,
                    recording=False,
                    forward=replace(snapshot().forward, time_s=7.0),
                ),
            )
            await draw(app, pilot)
            pane._value = None
            await draw(app, pilot)
            assert crew.drawn[-1] == 2
            assert app.is_running

    with caplog.at_level(logging.ERROR):
        played(run())
    assert all("cannot be drawn" in record.message for record in caplog.records)


def test_a_snapshot_that_no_view_understands_leaves_dashes_and_a_beat() -> None:
    async def run() -> None:
        crew = silent(snapshot(serial=1))
        async with shown(crew, (120, 40)) as (app, pilot):
            crew.messages = (snapshot(serial=2, left_s=inf, trips=("never heard of",), kmh="fast"),)
            await draw(app, pilot)
            assert crew.drawn[-1] == 2
            assert "–" in screen_lines(app)[5:15]

    played(run())


def test_the_end_opens_the_summary_also_from_under_a_help() -> None:
    async def run() -> None:
        crew = session(1.0, "easy-walk-30")
        async with shown(crew) as (app, pilot):
            crew.at_s = 60.0
            await draw(app, pilot)
            await pilot.press("h")
            crew.at_s = 2400.0
            await draw(app, pilot)
            assert isinstance(app.screen, DoneScreen)
            app.screen._shown_at_s += 100.0  # however slow this computer is
            await pilot.press("enter")
            assert app.left == []  # too soon: the key was meant for the session
            app.screen._shown_at_s -= 101.0
            await pilot.press("enter")
            assert [getattr(done, "ended", "") for done in app.left] == ["finished"]

    played(run())


def test_a_whole_session_is_driven_by_keys_alone() -> None:
    async def run() -> None:
        crew = LocalCrew.of("first-steps-back", auto=False)
        async with shown(crew) as (app, pilot):
            screen = app.run_screen
            for at_s in range(1, 1500):
                crew.at_s = float(at_s)
                screen.tick()
                assert screen._drawn is not None
                question = screen._drawn.snapshot.question
                if crew.life is Life.OVER:
                    break
                if question is not None and at_s - question.at_s > question.minimum_s:
                    await pilot.press(question.digit or "enter")
            await pilot.pause()
            assert isinstance(app.screen, DoneScreen)
            assert crew.world.session.progress.ended == "finished"
            assert crew.world.session.progress.turns == 4

    played(run())


def test_layouts_change_with_the_size_of_the_terminal() -> None:
    async def run() -> None:
        crew = session(150.0)
        async with shown(crew, (200, 60)) as (app, pilot):
            for width, height in SIZES:
                await pilot.resize_terminal(width, height)
                await draw(app, pilot)
                lines = screen_lines(app)
                assert len(lines) == height
                assert sum("█" in line for line in lines) >= 7
                assert "Space" in lines[-1]

    played(run())
