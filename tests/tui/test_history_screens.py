"""The screens of the past: how they look, where keys lead, and that nothing in them waits or falls over."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from coach.keeper.wire import Done
from coach.shelf import Listing
from coach.tui.outside import Settings
from coach.tui.screens.help import HelpScreen
from coach.tui.screens.history import NEVER_COUNTS, HistoryScreen
from coach.tui.screens.library import LibraryScreen
from coach.tui.screens.paged import OWN_ERROR
from coach.tui.screens.session import SessionScreen
from coach.tui.screens.trends import TrendsScreen
from tests.tui.opened import opened, play, shown
from tests.tui.outside import FakeOutside
from tests.tui.remembered import FakeLooking, many, season
from tests.tui.text import matches_snapshot, screen_lines

SIZES = [(80, 24), (120, 40), (200, 60)]
NAMES = ["80x24", "120x40", "200x60"]
BACK = "70s@4 / back 60s@2 / 3min@3"


class Shelfless(FakeOutside):
    """Without workouts, which would be read each time."""

    def listing(self) -> Listing:
        return Listing(())


def past(looking: FakeLooking) -> FakeOutside:
    return Shelfless(looking=looking)


def one() -> FakeLooking:
    """A single real session, recorded."""
    return FakeLooking.of(BACK)


async def settle(pilot: Pilot[Done | str]) -> None:
    """What goes on in threads is done and drawn."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.pause()


async def press(pilot: Pilot[Done | str], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_the_list_looks_as_drawn(size: tuple[int, int]) -> None:
    async def test() -> None:
        async with opened(
            past(FakeLooking(season(), trouble=("x.jsonl is left out: it is not a journal",))), size=size
        ) as pilot:
            await press(pilot, "p", "down")
            assert matches_snapshot(f"history-{size[0]}x{size[1]}", screen_lines(pilot.app))

    play(test)


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_a_session_looks_as_drawn(size: tuple[int, int]) -> None:
    async def test() -> None:
        async with opened(past(FakeLooking.of("first-steps-back")), size=size) as pilot:
            await press(pilot, "p", "enter")
            assert matches_snapshot(f"session-{size[0]}x{size[1]}", screen_lines(pilot.app))

    play(test)


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_the_trends_look_as_drawn(size: tuple[int, int]) -> None:
    async def test() -> None:
        async with opened(past(FakeLooking(season())), size=size) as pilot:
            await press(pilot, "p", "t")
            assert matches_snapshot(f"trends-{size[0]}x{size[1]}", screen_lines(pilot.app))

    play(test)


def test_keys_lead_to_their_screens_and_back() -> None:
    async def test() -> None:
        async with opened(past(one())) as pilot:
            await press(pilot, "p")
            assert isinstance(pilot.app.screen, HistoryScreen)
            for key, screen in (("enter", SessionScreen), ("t", TrendsScreen), ("h", HelpScreen)):
                await press(pilot, key)
                assert isinstance(pilot.app.screen, screen)
                assert pilot.app.focused is None
                await press(pilot, "q")
                assert isinstance(pilot.app.screen, HistoryScreen)
            await press(pilot, "escape")
            assert isinstance(pilot.app.screen, LibraryScreen)

    play(test)


def test_real_and_simulated_sessions_are_never_mixed() -> None:
    async def test() -> None:
        looking = FakeLooking.of(BACK, simulated=["90s@4 / 30s@5"])
        async with opened(past(looking)) as pilot:
            await press(pilot, "p")
            assert "real belts" in shown(pilot)
            assert NEVER_COUNTS not in shown(pilot)
            await press(pilot, "s")
            assert NEVER_COUNTS in shown(pilot)
            assert "90s@4" in shown(pilot)
            assert "back 60s" not in shown(pilot)
            await press(pilot, "enter")
            assert NEVER_COUNTS in shown(pilot)
            await press(pilot, "q", "s")
            assert "back 60s" in shown(pilot)

    play(test)


def test_an_empty_past_says_what_to_do() -> None:
    async def test() -> None:
        async with opened(past(FakeLooking())) as pilot:
            await press(pilot, "p", "enter", "down", "end")
            assert "No session on a real belt yet. q leads back to the Library" in shown(pilot)
            await press(pilot, "s")
            assert "No simulated session yet." in shown(pilot)
            await press(pilot, "t")
            assert "No backward session on a real belt yet." in shown(pilot)

    play(test)


def test_what_is_typed_filters_and_every_letter_is_a_letter() -> None:
    async def test() -> None:
        found = tuple(
            replace(ago, workout=name) for ago, name in zip(many(3), ("Quests", "Hills", "Strides"), strict=True)
        )
        async with opened(past(FakeLooking(found))) as pilot:
            await press(pilot, "p", "slash", *"quests")
            assert "History · 1 session " in shown(pilot)
            await press(pilot, *"xt")
            assert "No session has 'questsxt'" in shown(pilot)
            await press(pilot, "escape")
            assert "History · 3 sessions" in shown(pilot)
            await press(pilot, "escape")
            assert isinstance(pilot.app.screen, LibraryScreen)

    play(test)


def test_three_thousand_sessions_are_scrolled_and_a_window_that_shrinks_keeps_the_cursor() -> None:
    async def test() -> None:
        async with opened(past(FakeLooking(many(3000)))) as pilot:
            await press(pilot, "p", "end")
            assert "▸ " in screen_lines(pilot.app)[-2]
            assert "Workout 2999" in screen_lines(pilot.app)[-2]
            await press(pilot, "pageup")
            assert "Workout 2979" in next(line for line in screen_lines(pilot.app) if "▸" in line)
            await pilot.resize_terminal(60, 12)
            await settle(pilot)
            assert "Workout 2979" in next(line for line in screen_lines(pilot.app) if "▸" in line)
            await press(pilot, "home", "slash", *"2999")
            assert "Workout 2999" in next(line for line in screen_lines(pilot.app) if "▸" in line)

    play(test)


def test_deleting_asks_first_and_leaves_the_list_without_it() -> None:
    async def test() -> None:
        looking = one()
        async with opened(past(looking)) as pilot:
            await press(pilot, "p", "enter", "d")
            assert "Delete this recording?" in shown(pilot)
            await press(pilot, "enter")  # the cursor stands on keeping it
            assert looking.real
            await press(pilot, "d", "escape")
            assert looking.real
            await press(pilot, "d", "down", "enter")
            assert not looking.real
            assert isinstance(pilot.app.screen, HistoryScreen)
            assert "No session on a real belt yet." in shown(pilot)

    play(test)


def test_an_export_says_where_it_is_or_why_there_is_none() -> None:
    async def test() -> None:
        looking = one()
        async with opened(past(looking)) as pilot:
            await press(pilot, "p", "enter", "x")
            assert f"Written: ~/{looking.real[0].id}.fit" in shown(pilot)
            looking.broken = "the disk is full"
            await press(pilot, "x")
            assert "The disk is full." in shown(pilot)
            assert "Written" not in shown(pilot)

    play(test)


def test_the_same_questions_are_asked_again_and_answers_are_kept_one_by_one() -> None:
    async def test() -> None:
        looking = one()
        async with opened(past(looking), size=(120, 60)) as pilot:
            await press(pilot, "p", "enter", "e")
            assert "How hard was it" in shown(pilot)
            await press(pilot, "7", "enter")
            assert [rating.facts() for rating in looking.rated] == [{"effort": 7}]
            await press(pilot, "enter", "y", "enter")
            assert [rating.facts() for rating in looking.rated] == [{"effort": 7}, {"rails": True}]
            await press(pilot, "n", *"qs", "enter")
            assert looking.rated[-1].facts() == {"note": "qs"}
            assert "Effort 7, pain 1, rails held." in shown(pilot)
            await press(pilot, "e", "escape")
            assert isinstance(pilot.app.screen, SessionScreen)
            assert "How hard was it" not in shown(pilot)

    play(test)


def test_a_recording_that_is_gone_or_damaged_says_so_and_leaves_the_way_back() -> None:
    async def test() -> None:
        looking = one()
        async with opened(past(looking)) as pilot:
            await press(pilot, "p")
            looking.broken = "the recording of today cannot be read: line 7"
            await press(pilot, "enter")
            assert "The recording of today cannot be read: line 7." in shown(pilot)
            await press(pilot, "r")
            assert isinstance(pilot.app.screen, SessionScreen)
            await press(pilot, "e", "q")
            assert isinstance(pilot.app.screen, HistoryScreen)

    play(test)


def test_a_folder_that_cannot_be_read_says_why() -> None:
    async def test() -> None:
        async with opened(past(FakeLooking(fails="the folder cannot be read"))) as pilot:
            await press(pilot, "p")
            assert "The folder cannot be read." in shown(pilot)
            await press(pilot, "t")
            assert "The folder cannot be read." in shown(pilot)

    play(test)


def test_a_slip_of_our_own_in_a_thread_is_told_and_the_screen_stays() -> None:
    class Slips(FakeLooking):
        def _ask(self, what: str, broken: str = "") -> None:
            raise ZeroDivisionError(what, broken)

    async def test() -> None:
        async with opened(past(Slips())) as pilot:
            await press(pilot, "p")
            assert OWN_ERROR in shown(pilot)
            await press(pilot, "t")
            assert OWN_ERROR in shown(pilot)
            await press(pilot, "q", "q")
            assert isinstance(pilot.app.screen, LibraryScreen)

    play(test)


def test_the_runner_whose_sessions_they_are_is_named() -> None:
    async def test() -> None:
        outside = Shelfless(looking=one(), people=("Ada", "Bo"), chosen=Settings(runner="Ada"))
        async with opened(outside) as pilot:
            await press(pilot, "p")
            assert "History · Ada · 1 session" in shown(pilot)

    play(test)
