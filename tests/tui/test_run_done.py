"""The end of a session in words: the sentence, the five lines, the page."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from textual.pilot import Pilot

from coach.history.question import Question
from coach.history.rating import Rating
from coach.keeper.wire import Done, HeartResult
from coach.result import Side, Turn
from coach.result import Trip as TripResult
from coach.seen.units import Units
from coach.seen.words import achievement, belt_words, done_lines
from coach.told import ending, minutes, trip_words
from coach.tui.outside import Aftermath
from coach.tui.over import page
from coach.tui.screens.done import DoneScreen
from coach.tui.widgets.pane import length
from tests.tui.bare import Bare, plan
from tests.tui.local import RECORDING, LocalCrew
from tests.tui.outside import FakeOutside
from tests.tui.text import matches_snapshot, screen_lines


@cache
def done() -> Done:
    """A whole session with a turn and a trip."""
    crew = LocalCrew.of("first-steps-back")
    crew.at_s = 2400.0
    last = crew.poll()[-1]
    assert isinstance(last, Done)
    return last


def unstarted() -> Done:
    return Done("stopped", "you left", 20.0, 0.0, Side(), Side(), (), (), (), HeartResult(), True, True, False, "")


def test_the_sentence_of_a_finished_session_names_what_was_done() -> None:
    of = plan("first-steps-back")
    said = achievement(of, done())
    assert said.startswith("Well done, all of First steps back: 15 minutes and ")
    assert said.endswith("3 minutes of it facing the rear and 4 clean turns.")


def test_a_turn_that_was_given_up_is_no_clean_turn() -> None:
    given_up = Turn(1.0, "backward", None, None, ())
    assert "4 clean turns" in achievement(plan(), replace(done(), turns=(*done().turns, given_up)))


def test_a_session_that_was_stopped_is_not_called_whole() -> None:
    said = achievement(plan(), replace(done(), ended="stopped"))
    assert "all of" not in said
    assert "Well done" not in said


def test_a_session_that_never_started_claims_nothing() -> None:
    assert not any(digit in achievement(plan(), unstarted()) for digit in "0123456789")
    assert belt_words(unstarted()) == "The belt stands."
    assert belt_words(replace(unstarted(), still=False)) == "The belt was never started."


def test_what_is_wrong_with_the_recording_stands_in_place_of_its_path() -> None:
    lost = "/sessions/one.jsonl cannot be written. The recording is in /tmp/one.jsonl."
    of = replace(done(), recording="/tmp/one.jsonl", lost=lost)
    shown = ["".join(text for text, _ in line) for line in page(plan("first-steps-back"), of, width=120)]
    assert shown[-1] == done_lines(plan("first-steps-back"), of)[-1] == lost


def test_a_belt_that_may_move_is_told_in_capitals() -> None:
    moving = replace(done(), still=False)
    assert belt_words(moving).startswith("THE BELT MAY STILL MOVE.")
    assert any("THE BELT MAY STILL MOVE." in line for line in done_lines(plan(), moving))


@pytest.mark.parametrize(
    ("ended", "reason", "says"),
    [
        ("finished", "finished", "Finished as planned."),
        ("stopped", "you left", "Stopped before the end: you left."),
        ("stopped", "", "Stopped before the end."),
        ("tripped", "the safety key was pulled", "Ended for safety: the safety key was pulled."),
    ],
)
def test_an_end_says_how_and_why(ended: str, reason: str, says: str) -> None:
    assert ending(replace(done(), ended=ended, reason=reason)) == says


@pytest.mark.parametrize("units", Units)
@pytest.mark.parametrize("which", ["finished", "stopped", "tripped", "unstarted"])
def test_there_are_always_five_lines_for_the_shell(which: str, units: Units) -> None:
    of = unstarted() if which == "unstarted" else replace(done(), ended=which, reason="")
    lines = done_lines(plan(), of, units)
    assert len(lines) == 5
    assert all(line and "\n" not in line for line in lines)
    assert lines[0].startswith("SIMULATED: ")


def test_on_a_real_belt_nothing_is_called_simulated() -> None:
    real = replace(plan(), profile=replace(plan().profile, simulated=False))
    assert not any("SIMULATED" in line for line in done_lines(real, done()))


def test_trips_are_told_in_words_with_their_time() -> None:
    tripped = replace(done(), trips=(TripResult(65.0, "key", "stop"), TripResult(90.0, "stale", "stop")))
    assert "What happened: 1:05 the safety key was pulled, and 1 more." in done_lines(plan(), tripped)[2]
    assert trip_words("something new") == "something new"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (59, "59 seconds"), (60, "1 minute"), (90, "1:30 minutes"), (900, "15 minutes")],
)
def test_lengths_are_words(seconds: float, words: str) -> None:
    assert minutes(seconds) == words


def test_the_words_need_no_screen() -> None:
    code = "import sys, coach.seen.words; print('textual' in sys.modules or 'rich' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def text(of: Done, width: int = 80, units: Units = Units.KMH) -> str:
    return "\n".join("".join(part for part, _ in line) for line in page(plan("first-steps-back"), of, units, width))


@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_page_fits_the_width(width: int) -> None:
    tripped = replace(done(), trips=tuple(TripResult(65.0, name, "stop") for name in ("key", "focus-lost")))
    assert max(length(line) for line in page(plan("first-steps-back"), tripped, Units.PACE, width)) <= width - 2


def test_the_page_has_a_row_for_every_step() -> None:
    table = text(done()).partition("STEP BY STEP")[2]
    assert sum(line.strip()[:1].isdigit() for line in table.splitlines()) == len(done().segments) == 7


def test_a_free_session_has_only_the_steps_that_it_had() -> None:
    begun, *later = done().segments
    of = replace(done(), segments=(begun, *(replace(one, start_s=None) for one in later)))
    lines = page(plan("free"), of, Units.KMH, 80)
    table = "\n".join("".join(part for part, _ in line) for line in lines).partition("STEP BY STEP")[2]
    assert sum(line.strip()[:1].isdigit() for line in table.splitlines()) == 1


def test_what_was_not_begun_is_dashes_and_says_so() -> None:
    one = replace(done().segments[-1], start_s=None, ended_by="skipped")
    row = text(replace(done(), segments=(one,))).partition("STEP BY STEP")[2].splitlines()[2]
    assert row.count("–") == 4
    assert row.endswith("not begun")


@pytest.mark.parametrize("words", ["TOTAL", "HEART", "TURNS", "WHAT HAPPENED", "STEP BY STEP", "Recorded in"])
def test_the_page_has_all_its_parts(words: str) -> None:
    assert words in text(done())


def test_a_session_that_never_started_has_a_page_too() -> None:
    assert "Nothing was run today." in text(unstarted())
    assert "Nothing was recorded." in text(unstarted())
    assert "STEP BY STEP" not in text(unstarted())


class Remembering(Bare):
    """With a history behind it."""

    def __init__(self, crew: LocalCrew, outside: FakeOutside) -> None:
        super().__init__(crew)
        self.outside = outside


AFTER = Aftermath(
    trend="Facing the rear at 2.0 km/h: heart 124, was 131 three weeks ago.",
    next_day="The next backward day is Friday.",
    ask=(Question.EFFORT, Question.PAIN, Question.RAILS, Question.NOTE),
    held=(2,),
)


@asynccontextmanager
async def over(
    outside: FakeOutside, of: Done | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Remembering, Pilot[Any]]]:
    """The Done screen with all that the history knows, a while after it came up."""
    app = Remembering(LocalCrew.of("first-steps-back"), outside)
    async with app.run_test(size=size) as pilot:
        screen = DoneScreen(plan("first-steps-back"), of or done(), clock=lambda: app.wall_s)
        await app.switch_screen(screen)
        await looked(app, pilot)
        app.wall_s = 1.0
        yield app, pilot


async def looked(app: Remembering, pilot: Pilot[Any]) -> None:
    """What goes on in the thread is done, and the screen has looked."""
    screen = app.screen
    assert isinstance(screen, DoneScreen)
    if screen._desk is not None:
        await asyncio.to_thread(screen._desk._thread.submit(str).result, 10)
    screen.look()
    await pilot.pause()
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_what_the_history_knows_stands_on_top_and_the_question_at_the_bottom(size: tuple[int, int]) -> None:
    async def test() -> None:
        async with over(FakeOutside(after=AFTER), size=size) as (app, _):
            assert matches_snapshot(f"done_asks_{size[0]}x{size[1]}", screen_lines(app))

    asyncio.run(test())


def test_answers_are_kept_one_by_one_and_told() -> None:
    async def test() -> None:
        outside = FakeOutside(after=AFTER)
        async with over(outside) as (app, pilot):
            await pilot.press("6", "enter", "1", "0", "enter", "y", "enter", "n", *"fine", "enter")
            await looked(app, pilot)
            assert outside.rated == [Rating(effort=6), Rating(pain_after=10), Rating(rails=True), Rating(note="fine")]
            assert any("Kept: effort 6, pain 10, rails held, note “fine”." in line for line in screen_lines(app))
            assert app.left == []
            await pilot.press("enter")
            assert app.left == [done()]

    asyncio.run(test())


@pytest.mark.parametrize("key", ["enter", "space", "escape", "q"])
def test_whoever_wants_to_leave_is_out_by_one_press_and_nothing_was_said(key: str) -> None:
    async def test() -> None:
        outside = FakeOutside(after=AFTER)
        async with over(outside) as (app, pilot):
            await pilot.press(key)
            assert app.left == [done()]
        assert outside.rated == []

    asyncio.run(test())


def test_keys_that_were_meant_for_the_session_answer_nothing() -> None:
    async def test() -> None:
        outside = FakeOutside(after=AFTER)
        async with over(outside) as (app, pilot):
            app.wall_s = 0.99
            await pilot.press("6", "enter", "3", "enter")
            app.wall_s = 1.0
            await pilot.press("enter")
            assert app.left == [done()]
        assert outside.rated == []

    asyncio.run(test())


def test_an_answer_is_kept_also_where_the_screen_is_left_at_once() -> None:
    async def test() -> None:
        outside = FakeOutside(after=AFTER)
        async with over(outside) as (app, pilot):
            screen = app.screen
            assert isinstance(screen, DoneScreen)
            assert screen._desk is not None
            await pilot.press("6", "enter", "2", "enter", "q")
            screen._desk._thread.shutdown(wait=True)
        assert outside.rated == [Rating(effort=6), Rating(pain_after=2)]

    asyncio.run(test())


def test_what_cannot_be_kept_says_why() -> None:
    async def test() -> None:
        async with over(FakeOutside(after=AFTER, unkept="the disk is full")) as (app, pilot):
            await pilot.press("6", "enter")
            await looked(app, pilot)
            assert any("Not kept: the disk is full." in line for line in screen_lines(app))

    asyncio.run(test())


@pytest.mark.parametrize(
    "of", [replace(done(), still=False), replace(done(), recording="")], ids=["the belt may move", "not recorded"]
)
def test_nothing_is_asked_where_the_belt_may_move_or_nothing_was_recorded(of: Done) -> None:
    async def test() -> None:
        outside = FakeOutside(after=AFTER)
        async with over(outside, of) as (app, pilot):
            await pilot.press("6")
            assert "How hard was it" not in "".join(screen_lines(app))
            await pilot.press("enter")
            assert app.left == [of]
        assert outside.rated == []

    asyncio.run(test())


async def _opened(of: Done, size: tuple[int, int]) -> tuple[list[str], list[str], Bare]:
    crew = LocalCrew.of("first-steps-back")
    app = Bare(crew)
    async with app.run_test(size=size) as pilot:
        screen = DoneScreen(plan("first-steps-back"), of, clock=lambda: app.wall_s)
        app.wall_s = 0.0
        await app.switch_screen(screen)
        first = screen_lines(app)
        await pilot.press("end")
        last = screen_lines(app)
        await pilot.press("enter")
        assert app.left == []
        app.wall_s = 1.0
        await pilot.press("q")
        assert app.left == [of]
        return first, last, app


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_summary_looks_as_it_did(size: tuple[int, int]) -> None:
    first, last, _ = asyncio.run(_opened(done(), size))
    assert matches_snapshot(f"done_{size[0]}x{size[1]}", first)
    assert any(f"Recorded in {RECORDING}" in line for line in last)


def test_a_belt_that_may_move_stands_on_top_of_the_summary() -> None:
    first, _, _ = asyncio.run(_opened(replace(done(), still=False), (80, 24)))
    assert "BELT MAY MOVE" in first[1]
    assert any("THE BELT MAY STILL MOVE." in line for line in first)
