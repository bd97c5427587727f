"""The Library: what stands in the list, what the preview says, and where the keys lead."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from coach.core.workout import Level
from coach.keeper.wire import Done
from coach.library import Library
from coach.script.check import Loaded, check_text, load
from coach.script.find import shipped
from coach.shelf import History, Source, entry
from coach.tui.app import CoachApp
from coach.tui.screens.help import HelpScreen
from coach.tui.screens.library import FREE, LibraryScreen, line, told
from coach.tui.screens.ready import ReadyScreen
from coach.tui.screens.settings import SettingsScreen
from tests.tui.opened import opened, play, shown
from tests.tui.outside import FakeOutside
from tests.tui.text import matches_snapshot, screen_lines

MINE = "format: 1\nname: Mine [b]\nsteps:\n  - forward: 5 min @ 5 km/h\n"
BROKEN = "format: 1\nname: Mine [b]\nsteps:\n  - forward: 5 m @ 5 km/h\n"


def listed(pilot: Pilot[Done | str]) -> list[str]:
    """The keys of the lines that the cursor can stand on."""
    options = pilot.app.screen.query_one(OptionList).options
    return [option.id or "" for option in options if not option.disabled]


async def look(pilot: Pilot[Done | str]) -> None:
    """The second has passed after which files are looked at."""
    assert isinstance(pilot.app.screen, LibraryScreen)
    await pilot.app.workers.wait_for_complete()
    pilot.app.screen._look_again()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
def test_the_library_looks_as_drawn(size: tuple[int, int]) -> None:
    async def test() -> None:
        async with opened(FakeOutside(), size=size) as pilot:
            await pilot.press("down")
            await pilot.pause()
            assert matches_snapshot(f"library-{size[0]}x{size[1]}", screen_lines(pilot.app))

    play(test)


def test_the_free_session_is_first_and_today_follows() -> None:
    async def test() -> None:
        async with opened(FakeOutside()) as pilot:
            assert listed(pilot) == [FREE, "today:first-steps-back", *shipped()]
            assert "Your first backward session" in shown(pilot)

    play(test)


def test_the_list_stands_on_the_screen_before_the_first_workout_is_read() -> None:
    async def test() -> None:
        before: list[str] = []

        class Slow(FakeOutside):
            def read(self, source: Source) -> Loaded:
                if not before:
                    before.append("\n".join(screen_lines(app)))
                return super().read(source)

        outside = Slow()
        app = CoachApp(outside)
        async with app.run_test() as pilot:
            await pilot.pause()
            await app.workers.wait_for_complete()
            assert "Free session" in before[0]
            assert "Reading the workouts" in before[0]
            assert sorted(outside.read_keys) == shipped()

    play(test)


def test_searching_filters_as_it_is_typed_and_esc_clears() -> None:
    async def test() -> None:
        async with opened(FakeOutside()) as pilot:
            await pilot.press("slash", *"flip")
            assert listed(pilot) == ["flip-flop", "flip-flop-plus", "flip-flop-plus-short", "flip-flop-short"]
            await pilot.press(*"xq")
            assert "No workout has 'flipxq' in its name. Esc clears." in shown(pilot)
            await pilot.press("escape")
            assert len(listed(pilot)) == len(shipped()) + 2

    play(test)


def test_enter_in_the_search_opens_what_is_under_the_cursor() -> None:
    async def test() -> None:
        async with opened(FakeOutside()) as pilot:
            await pilot.press("slash", *"flip", "down", "enter")
            assert isinstance(pilot.app.screen, ReadyScreen)
            assert pilot.app.screen.wanted.workout.name == "Flip-flop plus"

    play(test)


def test_forward_only_leaves_out_all_that_faces_the_rear() -> None:
    async def test() -> None:
        async with opened(FakeOutside()) as pilot:
            await pilot.press("f")
            workouts = {name: load(name).workout for name in shipped()}
            forward = [name for name, workout in workouts.items() if workout is not None and not workout.backward]
            assert 0 < len(forward) < len(workouts)
            assert listed(pilot)[2:] == forward
            assert listed(pilot)[1].removeprefix("today:") in forward
            await pilot.press("f")
            assert len(listed(pilot)) == len(shipped()) + 2

    play(test)


def test_keys_lead_to_their_screens_and_back() -> None:
    async def test() -> None:
        async with opened(FakeOutside()) as pilot:
            for key, screen in (("s", SettingsScreen), ("h", HelpScreen), ("question_mark", HelpScreen)):
                await pilot.press(key)
                assert isinstance(pilot.app.screen, screen)
                await pilot.press("q")
                assert isinstance(pilot.app.screen, LibraryScreen)
            await pilot.press("enter")
            assert isinstance(pilot.app.screen, ReadyScreen)

    play(test)


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
def test_leaving_the_library_leaves_at_once(key: str) -> None:
    async def test() -> None:
        async with opened(FakeOutside()) as pilot:
            await pilot.press(key)
            assert pilot.app._exit

    play(test)


def test_no_palette_and_no_suspending() -> None:
    async def test() -> None:
        async with opened(FakeOutside()) as pilot:
            await pilot.press("ctrl+p", "ctrl+z", "ctrl+backslash")
            assert len(pilot.app.screen_stack) == 2
            assert isinstance(pilot.app.screen, LibraryScreen)

    play(test)


def test_a_file_that_changes_is_read_again_and_nothing_else(tmp_path: Path) -> None:
    async def test() -> None:
        file = tmp_path / "mine.yaml"
        file.write_text(MINE)
        outside = FakeOutside(library=Library(tmp_path))
        async with opened(outside, size=(120, 40)) as pilot:
            await pilot.press("down", "down")
            assert "Mine [b]" in shown(pilot)
            outside.read_keys.clear()
            await look(pilot)
            assert outside.read_keys == []
            file.write_text(BROKEN)
            os.utime(file, ns=(1, 1))
            await look(pilot)
            assert outside.read_keys == [str(file)]
            assert "mine.yaml:4:14: error" in shown(pilot)
            assert "^" in shown(pilot)
            file.unlink()
            await look(pilot)
            assert listed(pilot)[2:] == shipped()

    play(test)


def test_a_broken_workout_does_not_open(tmp_path: Path) -> None:
    async def test() -> None:
        (tmp_path / "mine.yaml").write_text(BROKEN)
        async with opened(FakeOutside(library=Library(tmp_path))) as pilot:
            await pilot.press("down", "down", "enter")
            assert isinstance(pilot.app.screen, LibraryScreen)
            assert "problems" in shown(pilot)

    play(test)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    async def test() -> None:
        async with opened(FakeOutside(library=Library(tmp_path / "gone"))) as pilot:
            notice = pilot.app.screen.query_one("#notice", Static)
            assert notice.display
            assert str(notice.content).endswith("gone is not there.")
            assert listed(pilot)[2:] == shipped()

    play(test)


def test_a_locked_workout_says_when_it_opens() -> None:
    one = entry(Source("x", "flip-flop-plus"), load("flip-flop-plus"), History(backward_sessions=2, backward_s=300))
    _, _, words = told(one)
    assert "Opens after 6 backward sessions and 18 backward minutes" in words.plain
    assert "2 and 5 so far" in words.plain
    assert "too low" not in words.plain
    assert line(one, 40).endswith("◇")


def test_another_history_opens_it_when_the_library_is_shown_again() -> None:
    async def test() -> None:
        outside = FakeOutside()
        async with opened(outside, size=(120, 60)) as pilot:
            assert shown(pilot).count("◇") == 9
            outside.past = History(level=Level.ADVANCED)
            await pilot.press("s", "q")
            assert "◇" not in shown(pilot)

    play(test)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("format: 1\nname: Walk\nsteps:\n  - forward: 5 min @ 5 km/h\n", "    5        "),
        ("format: 1\nname: Walk\nsteps:\n  - forward: open @ 5 km/h\n", " open        "),
        ("nonsense", "  problems"),
    ],
)
def test_a_line_has_its_numbers_at_the_end(text: str, end: str) -> None:
    one = entry(Source("walk", "walk"), check_text(text), History())
    assert line(one, 30).endswith(end)
    assert len(line(one, 30)) == 30
