"""Trends in lines: bars with what was allowed, the heart in the same columns, level and next day; no colour alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from coach.core.workout import Level
from coach.seen.units import Units
from coach.tui.past import Outlook
from coach.tui.standing import FEW_WEEKS, NOTHING_YET, arrow, change, days_on, gauge, shown, told
from coach.tui.widgets.pane import Line, length
from coach.tui.widgets.profile import LINE
from coach.tui.widgets.weeks import COLUMN, GUTTER, Bar, draw_bars, fitting
from tests.history.made import TODAY, past
from tests.tui.remembered import outlook, season

MONDAY = date(2026, 3, 2)


def bars(*weeks: tuple[float, float | None]) -> list[Bar]:
    return [Bar(MONDAY + timedelta(weeks=at), minutes, most) for at, (minutes, most) in enumerate(weeks)]


def text(lines: list[Line]) -> list[str]:
    return ["".join(part for part, _ in one) for one in lines]


def column(lines: list[Line], number: int) -> list[str]:
    """The cells of a week, from the top down, without axis and day."""
    from_ = GUTTER + COLUMN * number
    return [row[from_ : from_ + COLUMN].strip() for row in text(lines)[:-2]]


def flat(of: Outlook, width: int = 78, height: int = 22) -> str:
    return " ".join(" ".join(text(told(of, Units.KMH, width, height))).split())


@pytest.mark.parametrize("height", [6, 8, 13, 40])
@pytest.mark.parametrize("width", [40, 78, 198])
def test_a_chart_has_its_size(width: int, height: int) -> None:
    lines = draw_bars(bars(*[(3.0, 6.0)] * 40), width, height)
    assert len(lines) == height
    assert max(map(length, lines)) <= width
    assert len(text(lines)[-1].split()) == 2 * fitting(width)


@pytest.mark.parametrize("height", [0, 5])
def test_where_there_is_no_room_there_is_no_chart(height: int) -> None:
    assert draw_bars(bars((3.0, 6.0)), 78, height) == []


@pytest.mark.parametrize("height", [6, 8, 13, 40])
def test_a_week_within_what_was_allowed_has_its_number_and_bar_under_the_line(height: int) -> None:
    cells = column(draw_bars(bars((3.0, 6.0), (6.0, 6.0)), 78, height), 0)
    line, number = cells.index(LINE * (COLUMN - 2)), cells.index("3.0")
    assert line < number
    assert not any("!" in cell for cell in cells)


@pytest.mark.parametrize("height", [6, 8, 13, 40])
def test_a_week_over_what_was_allowed_is_marked_by_a_sign_above_the_line(height: int) -> None:
    cells = column(draw_bars(bars((9.0, 6.0), (6.0, 6.0)), 78, height), 0)
    assert cells.index("9.0!") < cells.index(LINE * (COLUMN - 2))


@pytest.mark.parametrize(("minutes", "over"), [(5.9, False), (6.0, False), (6.05, False), (6.1, True)])
def test_exactly_what_was_allowed_is_not_over_it(minutes: float, over: bool) -> None:
    assert Bar(MONDAY, minutes, 6.0).over is over


def test_a_week_without_a_session_has_its_line_and_no_number() -> None:
    cells = column(draw_bars(bars((0.0, 6.0), (3.0, 6.0)), 78, 10), 0)
    assert [cell for cell in cells if cell] == [LINE * (COLUMN - 2)]


def test_a_week_without_a_limit_has_no_line() -> None:
    cells = column(draw_bars(bars((3.0, None), (3.0, 6.0)), 78, 10), 0)
    assert "3.0" in cells
    assert not any(LINE in cell for cell in cells)


@pytest.mark.parametrize(("width", "weeks"), [(78, fitting(78)), (198, 10)])
def test_empty_weeks_before_the_first_session_give_way(width: int, weeks: int) -> None:
    of = outlook(season())
    assert len(of.weeks) == 26
    assert len(shown(of.weeks, width)) == weeks


def test_a_few_weeks_are_always_shown() -> None:
    assert len(shown(outlook([past(1)]).weeks, 198)) == FEW_WEEKS


def test_heart_rates_stand_in_the_columns_of_their_weeks() -> None:
    of = outlook(season())
    lines = text(told(of, Units.KMH, 78, 22))
    days = next(row for row in lines if row.strip().startswith("23 Mar"))
    hearts = next(row for row in lines if row.strip().startswith("1") and "↓" in row)
    cells = [(days[at : at + COLUMN].split(), hearts[at : at + COLUMN].split()) for at in range(GUTTER, 78, COLUMN)]
    assert cells[0] == (["23", "Mar"], ["134", "↓"])
    assert [heart[1] for _, heart in cells[:-1]] == ["↓"] * 8
    assert cells[-1] == (["18", "May"], ["·"])


@pytest.mark.parametrize(("by_bpm", "sign"), [(-1.0, "↓"), (-0.9, "→"), (0.0, "→"), (0.9, "→"), (1.0, "↑")])
def test_an_arrow_says_which_way_the_heart_went(by_bpm: float, sign: str) -> None:
    assert arrow(by_bpm) == sign


@pytest.mark.parametrize(
    ("last", "words"),
    [(120.0, "10 bpm lower"), (125.5, "about the same"), (134.0, "about the same"), (136.0, "6 bpm higher")],
)
def test_a_change_of_a_few_beats_is_no_change(last: float, words: str) -> None:
    trend = outlook(season()).trends[0]
    weeks = (replace(trend.weeks[0], bpm=130.0), *trend.weeks[1:-1], replace(trend.weeks[-1], bpm=last))
    assert change(replace(trend, weeks=weeks)).startswith(words)


def test_held_rails_and_incline_are_told_apart() -> None:
    of = outlook(season())
    other = replace(of.trends[0], rails=True, incline_pct=3.0)
    assert "block 1 at 2.5 km/h, 3 %, rails held" in flat(replace(of, trends=(*of.trends, other)), 118)


def test_without_anything_to_compare_it_says_what_it_takes() -> None:
    assert "it takes the same block at the same speed in two weeks" in flat(outlook([past(1)]))


def test_before_the_first_backward_session_it_says_what_to_do() -> None:
    assert NOTHING_YET in flat(outlook([past(1, backward_s=0.0)]))
    assert "Next backward day: today" in flat(outlook([]))


def test_the_level_says_how_far_it_is_to_the_next() -> None:
    of = outlook([past(days, backward_s=180.0) for days in (2, 5, 9)])
    words = flat(of)
    assert "beginner, and the next one is intermediate" in words
    assert "3 of 6" in words
    assert "9 of 18" in words
    assert "Level intermediate opens after 6 sessions and 18 minutes; you have 3 and 9." in words


def test_the_highest_level_has_nothing_above_it() -> None:
    of = outlook([past(2)])
    highest = replace(of.standing, level=Level.ADVANCED, next_level=None, missing="")
    assert "advanced, the highest one" in flat(replace(of, standing=highest))


@pytest.mark.parametrize(("done", "cells"), [(0, 0), (2.9, 9), (3, 10), (5.99, 19), (6, 20), (9, 20)])
def test_a_gauge_is_full_only_when_all_of_it_is_there(done: float, cells: int) -> None:
    assert gauge("sessions", done, 6)[1][0].count("▮") == cells


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "today"), (0, "today"), (1, "tomorrow, Thursday"), (2, "Friday, 22 May 2026, in 2 days")],
)
def test_a_day_is_named_as_people_do(days: int, words: str) -> None:
    assert days_on(TODAY + timedelta(days=days), TODAY) == words


def test_why_not_today_is_told_only_where_it_is_not_today() -> None:
    of = outlook([past(0, key_rear=True)])
    assert "Not today: The safety key was pulled" in flat(of)
    assert "Not today" not in flat(outlook([past(9)]))


@pytest.mark.parametrize(("width", "height"), [(78, 22), (118, 38), (198, 58), (58, 13)])
def test_the_numbers_that_the_page_counts_in_columns_fit(width: int, height: int) -> None:
    lines = told(outlook(season()), Units.KMH, width, height)
    assert max(map(length, lines[:3])) <= width
    assert max(map(length, lines)) <= max(width, 78)
