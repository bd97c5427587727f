"""Keys: the table of safety.md 4, and that nothing on the screen can take one away."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from textual import events

from coach.core.event import Key
from coach.core.wish import Phase
from coach.keeper.crew import Life
from coach.keeper.wire import Voice
from coach.seen.own import Own
from coach.tui.keys import KEYS, Typed, names_of, read_key
from coach.tui.widgets.panel import TROUBLES
from tests.tui.bare import Bare, Greedy, draw, shown
from tests.tui.local import LocalCrew
from tests.tui.text import screen_lines

TABLE = {
    "space": Key.STOP,
    "escape": Key.STOP,
    "enter": Key.YES,
    "pagedown": Key.YES,
    "up": Key.FASTER,
    "down": Key.SLOWER,
    "shift+up": Key.MUCH_FASTER,
    "shift+down": Key.MUCH_SLOWER,
    "right": Key.STEEPER,
    "left": Key.FLATTER,
    "p": Key.PAUSE,
    "n": Key.NEXT,
    "l": Key.LAP,
    "g": Key.RAILS,
    "b": Key.BLOCK,
    "h": Key.HELP,
    "question_mark": Key.HELP,
    "plus": Key.FASTER,
    "minus": Key.SLOWER,
    "0": Key.UNTRIM,
    "q": Key.QUIT,
    "ctrl+c": Key.QUIT,
    "v": Own.VOICE,
    "f9": Own.PANEL,
}
UNKNOWN = ["tab", "shift+tab", "ctrl+z", "ctrl+q", "f1", "f5", "delete", "x", "5", "9", "é", "alt+up", "ctrl+p", "home"]


def played(run: Coroutine[Any, Any, None]) -> None:
    asyncio.run(run)


@pytest.mark.parametrize(("name", "means"), TABLE.items(), ids=TABLE)
def test_each_key_means_what_safety_says(name: str, means: Key | Own) -> None:
    assert read_key(name) == Typed(means)


@pytest.mark.parametrize("digit", "1234")
def test_a_digit_says_which(digit: str) -> None:
    assert read_key(digit) == Typed(Key.DIGIT, digit)


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_key_that_is_not_in_the_table_is_another_key(name: str) -> None:
    assert read_key(name) == Typed(Key.OTHER)


@pytest.mark.parametrize("name", ["shift+space", "ctrl+space", "ctrl+@", "ctrl+escape", "alt+space", "alt+k", "alt+p"])
def test_stop_stops_whatever_is_held_down_or_ran_into_it(name: str) -> None:
    assert read_key(name) == Typed(Key.STOP)


@pytest.mark.parametrize("name", ["P", "shift+p", "Q", "N"])
def test_capitals_are_letters(name: str) -> None:
    assert read_key(name) == read_key(name[-1].lower())


def test_every_meaning_of_the_core_has_a_key_but_other() -> None:
    assert {row.means for row in KEYS} == (set(Key) - {Key.OTHER}) | set(Own)


def test_no_key_has_two_meanings() -> None:
    names = [name for row in KEYS for name in row.names]
    assert len(names) == len(set(names))


class Deaf(LocalCrew):
    """A session that notes presses and does not act on them."""

    def press(self, key: Key, digit: str = "", serial: int | None = None) -> None:
        self.pressed.append((key, digit, serial))


def running(at_s: float = 60.0, workout: str = "easy-walk-30", kind: type[LocalCrew] = LocalCrew) -> LocalCrew:
    """A session that has been played on alone."""
    crew = kind.of(workout)
    crew.at_s = at_s
    return crew


def test_every_key_reaches_the_session() -> None:
    async def run() -> None:
        crew = running(kind=Deaf)
        async with shown(crew) as (app, pilot):
            for name, means in TABLE.items():
                crew.pressed.clear()
                await pilot.press(name)
                if means is Key.HELP:
                    assert isinstance(app.screen, Greedy)
                    await pilot.press("h")
                want = [] if isinstance(means, Own) else [(means, "", None)]
                assert crew.pressed == want, name
                if means is Own.PANEL:
                    await pilot.press(name)
            assert app.is_running

    played(run())


def test_no_key_suspends_leaves_or_moves_the_focus() -> None:
    async def run() -> None:
        crew = running()
        async with shown(crew) as (app, pilot):
            await pilot.press(*(name for name in UNKNOWN if name != "é"))
            assert [key for key, _, _ in crew.pressed] == [Key.OTHER] * (len(UNKNOWN) - 1)
            assert app.is_running
            assert app.screen is app.run_screen
            assert app.focused is None

    played(run())


@pytest.mark.parametrize("name", ["space", "escape"])
@pytest.mark.parametrize("over", ["h", "f9"])
def test_stop_gets_through_whatever_lies_over_the_session(name: str, over: str) -> None:
    async def run() -> None:
        crew = running()
        async with shown(crew) as (app, pilot):
            await pilot.press(over)
            crew.pressed.clear()
            await pilot.press(name)
            assert [key for key, _, _ in crew.pressed] == [Key.STOP]
            assert app.screen is app.run_screen
            assert not app.screen.query_one("#panel").display

    played(run())


def asked() -> LocalCrew:
    """A session that waits for the first digit."""
    crew = LocalCrew.of("flip-flop", auto=False)
    crew.at_s = 6.0
    return crew


def test_an_answer_carries_the_question_that_was_drawn() -> None:
    async def run() -> None:
        crew = asked()
        async with shown(crew) as (_, pilot):
            question = crew.world.session.progress.question
            assert question is not None
            await pilot.press(question.digit)
            assert crew.pressed == [(Key.DIGIT, question.digit, question.serial)]

    played(run())


def test_an_answer_to_a_question_that_was_not_drawn_yet_carries_no_serial() -> None:
    async def run() -> None:
        crew = asked()
        crew.at_s = 1.0
        async with shown(crew) as (_, pilot):
            for _ in crew.world.run_until(6.0):  # the question has come, and nobody has drawn it
                pass
            assert crew.world.session.progress.question is not None
            await pilot.press("enter")
            assert crew.pressed == [(Key.YES, "", None)]

    played(run())


def test_an_answer_to_a_question_that_is_not_on_the_terminal_yet_carries_no_serial() -> None:
    async def run() -> None:
        crew = asked()
        crew.at_s = 1.0
        async with shown(crew) as (app, pilot):
            crew.at_s = 6.0
            app.run_screen.tick()
            app.run_screen.take_key(events.Key("enter", None))
            assert crew.pressed == [(Key.YES, "", None)]
            await pilot.pause()
            app.run_screen.take_key(events.Key("enter", None))
            assert crew.pressed[1] == (Key.YES, "", 1)

    played(run())


def test_an_answer_to_a_question_under_the_help_does_not_count() -> None:
    async def run() -> None:
        crew = asked()
        async with shown(crew) as (app, pilot):
            question = crew.world.session.progress.question
            assert question is not None
            await pilot.press("h")
            crew.pressed.clear()
            await pilot.press(question.digit)
            assert crew.pressed == [(Key.DIGIT, question.digit, None)]
            crew.at_s += 1.0
            await draw(app, pilot)
            assert crew.world.session.progress.phase is Phase.READY

    played(run())


def phase(crew: LocalCrew) -> Phase:
    return crew.world.session.progress.phase


def turning() -> LocalCrew:
    """In the first turn, slowing down."""
    return running(338.0, "flip-flop")


@pytest.mark.parametrize("name", ["h", "v", "enter", "x"])
def test_in_a_turn_any_press_stops(name: str) -> None:
    async def run() -> None:
        crew = turning()
        async with shown(crew) as (app, pilot):
            assert phase(crew) == Phase.SLOW
            await pilot.press(name)
            crew.at_s += 0.5
            await draw(app, pilot)
            assert phase(crew) == Phase.STOPPING
            assert crew.world.session.progress.next is Phase.PAUSED
            assert app.screen is app.run_screen

    played(run())


def test_a_help_goes_away_when_a_turn_begins() -> None:
    async def run() -> None:
        crew = running(330.0, "flip-flop")
        async with shown(crew) as (app, pilot):
            await pilot.press("h")
            assert app.screen is not app.run_screen
            crew.at_s = 338.0
            await draw(app, pilot)
            assert app.screen is app.run_screen

    played(run())


def test_the_beat_goes_on_under_a_help() -> None:
    async def run() -> None:
        crew = running()
        async with shown(crew, draw_s=0.02) as (app, pilot):
            await pilot.press("h")
            assert isinstance(app.screen, Greedy)
            before = len(crew.drawn)
            await pilot.pause(0.2)
            assert len(crew.drawn) > before + 2

    played(run())


def test_the_voice_goes_on_and_off_facing_the_console() -> None:
    async def run() -> None:
        crew = running()
        async with shown(crew) as (app, pilot):
            await pilot.press("v")
            assert crew.voice == Voice.FULL
            await draw(app, pilot)
            assert "♪ voice full" in screen_lines(app)[-2]
            await pilot.press("v")
            assert crew.voice.value == "captions"

    played(run())


def test_facing_the_rear_the_voice_stays_and_that_is_said() -> None:
    async def run() -> None:
        crew = running(400.0, "flip-flop")
        crew.voice = Voice.FULL
        async with shown(crew) as (app, pilot):
            await pilot.press("v")
            assert crew.voice is Voice.FULL
            assert [key for key, _, _ in crew.pressed] == [Key.OTHER]
            await draw(app, pilot)
            assert any("voice stays" in line for line in screen_lines(app))

    played(run())


@pytest.mark.parametrize("letter", TROUBLES)
def test_a_letter_of_the_panel_lets_something_go_wrong_and_closes_it(letter: str) -> None:
    async def run() -> None:
        crew = running()
        async with shown(crew) as (app, pilot):
            await pilot.press("f9", letter)
            assert crew.faults == [TROUBLES[letter].fault]
            assert crew.pressed == []
            assert not app.screen.query_one("#panel").display

    played(run())


def test_losing_the_terminals_focus_is_told_and_its_return_too() -> None:
    async def run() -> None:
        crew = running()
        async with shown(crew) as (app, pilot):
            app.app_focus = False
            await pilot.pause()
            app.app_focus = True
            await pilot.pause()
            assert crew.focused == [False, True]

    played(run())


def test_a_key_proves_the_focus() -> None:
    async def run() -> None:
        crew = running()
        async with shown(crew) as (app, pilot):
            app.app_focus = False
            await pilot.pause()
            await pilot.press("l")
            assert crew.focused == [False, True]

    played(run())


async def _lost(app: Bare, crew: LocalCrew) -> None:
    crew.life, crew.guarded = Life.LOST, "stopping"
    app.run_screen.tick()


def test_when_the_keeper_is_lost_the_first_key_silences_and_the_next_one_leaves() -> None:
    async def run() -> None:
        crew = running()
        async with shown(crew) as (app, pilot):
            await _lost(app, crew)
            await pilot.press("x")
            assert (crew.acknowledged, crew.closed, app.left) == (True, False, [])
            await pilot.press("x")
            assert crew.closed
            assert isinstance(app.left[0], str)

    played(run())


@pytest.mark.parametrize(
    ("sends", "name"), [("\x1b[15~", "f5"), ("\x1b[5~", "pageup"), ("\t", "tab"), (".", "full_stop"), ("x", "x")]
)
def test_a_button_that_was_learnt_means_yes(sends: str, name: str) -> None:
    assert read_key(name) == Typed(Key.OTHER)
    assert read_key(name, names_of([sends])) == Typed(Key.YES)


@pytest.mark.parametrize(("sends", "name", "means"), [(" ", "space", Key.STOP), ("p", "p", Key.PAUSE)])
def test_a_button_takes_no_meaning_away(sends: str, name: str, means: Key) -> None:
    assert read_key(name, names_of([sends])).means is means


def test_a_button_that_no_terminal_sends_means_nothing() -> None:
    assert names_of(["\x1b[999~", ""]) == frozenset()
