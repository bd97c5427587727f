"""The list of sessions: its lines, what matches, and that only what is on the screen is ever made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.history.past import Past
from coach.history.rating import Rating
from coach.seen.units import NOTHING, Units
from coach.tui import listed
from coach.tui.listed import CURSOR, Window, draw_window, ended, heading, line, matching, nothing, scrolled
from coach.tui.widgets.pane import length
from tests.history.made import past
from tests.tui.remembered import many

ONE = past(workout="First steps back", rating=Rating(effort=4, note="Knee fine"))


@pytest.mark.parametrize("width", [80, 100, 120, 200])
@pytest.mark.parametrize("units", Units)
def test_a_line_stands_under_its_heading_and_fits(width: int, units: Units) -> None:
    told, over = line(replace(ONE, mean_bpm=124.4), width, units), heading(width, units)
    assert len(told) <= width
    assert len(over) <= width
    for column, value in (("workout", "First"), ("ended", "finished")):
        assert over.index(column) == told.index(value)
    for column, value in (("min", "25"), ("back", "3.0"), ("heart", "124"), ("effort", "4")):
        end = over.index(column) + len(column)
        assert told[:end].endswith(value)


def test_a_narrow_window_keeps_the_workout_and_how_it_ended() -> None:
    for width in (60, 71):
        told = line(ONE, width, Units.KMH)
        assert "First steps" in told
        assert told.endswith("finished")
        assert heading(width, Units.KMH).index("ended") == told.index("finished")
        assert "effort" not in heading(width, Units.KMH)
    assert "effort" in heading(72, Units.KMH)


def test_a_line_has_the_distance_in_the_runners_unit() -> None:
    assert " 1.20 " in line(ONE, 80, Units.KMH)
    assert " 0.75 " in line(ONE, 80, Units.MPH)
    assert "mi" in heading(80, Units.MPH)


def test_what_is_not_known_is_a_dash() -> None:
    told = line(replace(ONE, backward_s=0.4, mean_bpm=None, rating=Rating()), 80, Units.KMH)
    assert told.split()[-4:] == [NOTHING, NOTHING, NOTHING, "finished"]


@pytest.mark.parametrize(
    ("one", "word"),
    [
        (ONE, "finished"),
        (replace(ONE, ended="stopped"), "stopped"),
        (replace(ONE, ended="tripped"), "! safety"),
        (replace(ONE, open=True, ended="stopped"), "cut off"),
        (replace(ONE, deleted=True), "deleted"),
        (replace(ONE, ended="burst"), "burst"),
    ],
)
def test_how_a_session_ended_is_one_word(one: Past, word: str) -> None:
    assert ended(one) == word


def test_a_title_that_would_move_the_cursor_stays_in_its_line() -> None:
    told = line(replace(ONE, workout="Up\x1b[2J\nand away " * 20), 80, Units.KMH)
    assert told.isprintable()
    assert len(told) <= 80


@pytest.mark.parametrize(
    "text",
    ["first", "STEPS back", "2026-05", "wednesday", "18:00", "beginner", "finished", "knee", "may knee first", ""],
)
def test_it_is_found_by_whatever_is_known_of_it(text: str) -> None:
    assert matching([ONE], text) == (ONE,)


@pytest.mark.parametrize("text", ["second", "2027", "first knees", "safety"])
def test_every_word_has_to_match(text: str) -> None:
    assert matching([ONE], text) == ()


def test_a_session_that_ended_for_safety_is_found_by_that_word() -> None:
    assert matching([replace(ONE, ended="tripped")], "safety") == (replace(ONE, ended="tripped"),)


@given(st.integers(0, 3000), st.integers(-10, 3010), st.integers(0, 3000), st.integers(1, 60))
def test_the_cursor_is_always_on_the_screen_and_no_line_is_wasted(
    count: int, cursor: int, top: int, height: int
) -> None:
    cursor, top = scrolled(count, cursor, min(top, max(count - 1, 0)), height)
    assert 0 <= cursor <= max(count - 1, 0)
    assert top <= cursor < top + height
    assert top == 0 or top + height <= count


def test_of_three_thousand_sessions_only_those_on_the_screen_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Past] = []

    def watched(one: Past, width: int, units: Units, *, cursor: bool) -> str:
        drawn.append(one)
        return line(one, width, units, cursor=cursor)

    monkeypatch.setattr(listed, "line", watched)
    sessions = many(3000)
    lines = draw_window(Window(sessions, 2000, 1990), 80, 20)
    assert drawn == list(sessions[1990:2010])
    assert len(lines) == 20


@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_line_of_the_window_fills_its_width(width: int) -> None:
    assert {length(one) for one in draw_window(Window(many(5), 2), width, 10)} == {width}


def test_the_cursor_is_a_mark_and_not_only_a_colour() -> None:
    lines = draw_window(Window(many(3), 1), 80, 10)
    assert [one[0][0].startswith(CURSOR) for one in lines] == [False, True, False]
    assert [one[0][1] for one in lines] == ["text", "key", "text"]


def test_an_empty_list_says_what_to_do_and_wraps_it() -> None:
    for simulated in (False, True):
        lines = draw_window(Window((), empty=nothing("", simulated=simulated)), 40, 10)
        assert len(lines) > 1
        assert "Library" in "".join(text for one in lines for text, _ in one)
    assert "Esc clears" in nothing("xyz", simulated=False)


def test_a_deleted_recording_is_dimmed_and_says_so() -> None:
    gone = replace(ONE, deleted=True, path=Path("gone"))
    lines = draw_window(Window((ONE, gone), 0), 80, 5)
    assert lines[1][0][1] == "dim"
    assert "deleted" in lines[1][0][0]
