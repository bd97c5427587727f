"""The page of weeks: what was done, what growth allowed, the level and the trends, and nothing beside them."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from coach.history.allowance import Own, standing, weeks
from coach.history.report.charts.weeks import LONGEST_DAYS, MOST_POINTS, MOST_WEEKS
from coach.history.report.charts.weeks import trend as trend_chart
from coach.history.report.charts.weeks import weeks as weeks_chart
from coach.history.report.markup import SIMULATED
from coach.history.report.tell import KILOMETRES, NOTHING, Measure
from coach.history.report.trends import MOST_CHARTS
from coach.history.report.weeks import Dose, Weeks, weeks_of, weeks_page
from coach.history.trend import Seen, trends
from coach.history.weekly import WeekRow
from coach.show.words import clock
from tests.history.made import TODAY, past
from tests.history.report.pages import Reading
from tests.history.report.weeks_made import NOW, a_year, windows

WEEKS = "Newest first; backward sessions have a minute or more"


def read(found: Weeks) -> Reading:
    reading = Reading(weeks_page(found))
    assert reading.open == []
    return reading


def text_of(reading: Reading) -> str:
    return " ".join(text for inside, text in reading.texts if inside != "style")


def test_every_week_is_a_row_the_newest_first() -> None:
    found = a_year()
    table = read(found).tables[WEEKS]
    assert table.column("Week of")[0] == "18 May 2026"
    for cells, row in zip(table.rows[1:], found.rows[::-1], strict=True):
        told = dict(zip(table.rows[0], cells, strict=True))
        assert told["Sessions"] == str(row.sessions)
        assert told["Facing rear (min:s)"] == clock(row.backward_s)
        assert told["Allowed (min:s)"] == (NOTHING if row.most_s is None else clock(row.most_s))
        assert told["Distance"] == KILOMETRES.distance(row.distance_m)


def test_allowed_is_what_growth_allowed_that_week() -> None:
    found = a_year()
    dose = weeks([], NOW, 52)
    assert [row.monday for row in found.rows] == [one.monday for one in dose]
    assert any(row.most_s is not None and row.most_s >= row.backward_s for row in found.rows)


def test_a_week_above_it_says_so() -> None:
    ran = [past(9, backward_s=180), past(2, backward_s=600)]
    dose = Dose(standing(ran, Own(), NOW), weeks(ran, NOW, 2))
    found = weeks_of(ran, [], dose, NOW, 2, measure=KILOMETRES, version="1")
    assert read(found).tables[WEEKS].column("Note") == ["above what growth allowed", ""]
    assert "Note" not in read(a_year()).tables[WEEKS].rows[0]


def test_the_level_and_what_the_next_one_takes_stand_as_the_allowance_says() -> None:
    found = a_year()
    assert found.standing is not None
    said = text_of(read(found))
    assert f"Your level facing the rear: {found.standing.level}." in said
    assert f"{found.standing.missing}." in said
    assert ".." not in said


def test_without_a_session_the_page_says_that_there_was_nothing() -> None:
    dose = Dose(standing([], Own(), NOW), weeks([], NOW, 4))
    reading = read(weeks_of([], [], dose, NOW, 4, measure=KILOMETRES, version="1"))
    assert "Nothing facing the rear in these weeks." in text_of(reading)
    assert len(reading.tables[WEEKS].rows) == 5
    assert "Your level facing the rear: beginner." in text_of(reading)


def test_simulated_weeks_are_marked_and_have_no_level() -> None:
    reading = read(a_year(simulated=True))
    assert reading.of("p")[0] == SIMULATED
    assert "Your level" not in text_of(reading)
    assert "Allowed (min:s)" not in reading.tables[WEEKS].rows[0]
    assert SIMULATED not in text_of(read(a_year()))


def test_trends_are_those_of_these_weeks() -> None:
    found = a_year(8)
    assert found.trends == trends([one for one in windows() if one.monday >= date(2026, 3, 30)])
    table = read(found).tables["First and last week of each"]
    assert table.column("Weeks") == ["8", "8"]
    assert table.column("Off (bpm)") == ["−2", "−2"]


def test_of_many_trends_the_longest_are_drawn_and_all_are_listed() -> None:
    many = [
        replace(one, window=replace(one.window, block=block))
        for block in range(1, MOST_CHARTS + 4)
        for one in windows()[: 4 + 2 * block]
    ]
    found = replace(a_year(), trends=trends(many))
    text = weeks_page(found)
    assert len(found.trends) > MOST_CHARTS
    assert len(re.findall(r'id="trend\d+-figure_1"', text)) == MOST_CHARTS
    assert len(Reading(text).tables["First and last week of each"].rows) == len(found.trends) + 1


@pytest.mark.parametrize(("count", "title"), [(1, "This week"), (2, "The last 2 weeks")])
def test_the_title_says_how_many(count: int, title: str) -> None:
    assert read(a_year(count)).of("h1") == [title]


def test_miles_are_miles_everywhere() -> None:
    said = re.sub(r"--\w+", "", text_of(read(a_year(measure=Measure(miles=True)))))
    assert " km" not in said
    assert " mi" in said


def test_its_facts_are_json_with_days_as_text() -> None:
    facts = a_year(4).facts()
    told = json.loads(json.dumps(facts))
    assert told["schema"] == 1
    assert [week["monday"] for week in told["weeks"]][-1] == "2026-05-18"
    assert told["weeks"][-1]["backward_s"] == a_year(4).rows[-1].backward_s
    assert told["standing"]["level"] == "beginner"
    assert told["standing"]["allowance"]["backward_sessions"] == a_year(4).standing.allowance.backward_sessions  # type: ignore[union-attr]
    assert told["trends"][0]["weeks"][-1]["monday"] == "2026-05-18"
    assert a_year(4, simulated=True).facts()["standing"] is None


# Charts.


@pytest.mark.parametrize("count", [1, 2, MOST_WEEKS, MOST_WEEKS + 1])
def test_weeks_are_bars_or_one_shape_where_they_are_many(count: int) -> None:
    rows = [
        WeekRow(one.monday, backward_s=60.0 * (at % 5), most_s=None if at % 3 else 400.0) for at, one in _rows(count)
    ]
    drawn = weeks_chart(rows, 88.0)
    bars = drawn.count("fill: url(#") - 1  # the legend has one
    assert bars == (count if count <= MOST_WEEKS else 1)
    assert "allowed" in drawn


def _rows(count: int) -> list[tuple[int, WeekRow]]:
    return list(enumerate(weeks_of([], [], None, NOW, count, measure=KILOMETRES, version="1").rows))


def test_without_an_allowance_there_is_no_line_and_no_word_of_it() -> None:
    assert "allowed" not in weeks_chart([one for _, one in _rows(4)], 88.0)


@pytest.mark.parametrize("count", [2, MOST_POINTS, MOST_POINTS + 1, 300])
def test_a_trend_has_its_ends_in_numbers_as_long_as_they_can_be_told_apart(count: int) -> None:
    line = trends([Seen(one.session, one.at, one.window, rails=False) for one in windows(count)])[0]
    drawn = trend_chart(line, 88.0)
    assert (f">{line.weeks[0].bpm:.0f}</text>" in drawn) is (count <= MOST_POINTS) or count == 300
    days = (line.weeks[-1].monday - line.weeks[0].monday).days
    assert ("May 2026" in drawn) is (days > LONGEST_DAYS)
    assert ("18 May" in drawn) is (days <= LONGEST_DAYS)


def test_the_days_of_the_page_are_those_of_the_runner() -> None:
    assert read(a_year(2)).of("p")[0] == f"From 11 May 2026 to {TODAY.day} May 2026"
