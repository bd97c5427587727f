"""Numbers on pages: each with its unit, signs that are signs, and nothing where nothing is known."""

from datetime import date, datetime

import pytest

from coach.core.runner import SpokenUnit
from coach.history.report import tell
from coach.history.report.tell import KILOMETRES, NOTHING, Measure, measure_of

MILES = Measure(miles=True)


@pytest.mark.parametrize(("unit", "miles"), [(SpokenUnit.KMH, False), (SpokenUnit.PACE, False), (SpokenUnit.MPH, True)])
def test_the_units_are_those_of_the_runner(unit: SpokenUnit, miles: bool) -> None:
    assert measure_of(unit).miles is miles


def test_speeds_have_one_decimal_and_their_unit() -> None:
    assert KILOMETRES.speed(3.0) == "3.0 km/h"
    assert MILES.speed(3.0) == "1.9 mph"
    assert KILOMETRES.speed(None) == NOTHING


@pytest.mark.parametrize(
    ("metres", "km", "mi"),
    [(0, "0 m", "0.00 mi"), (999.4, "999 m", "0.62 mi"), (999.5, "1.00 km", "0.62 mi"), (12345, "12.35 km", "7.67 mi")],
)
def test_distances_are_metres_where_they_are_short(metres: float, km: str, mi: str) -> None:
    assert (KILOMETRES.distance(metres), MILES.distance(metres)) == (km, mi)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.2, "+0.2"), (-0.2, "−0.2"), (0.04, "0"), (-0.04, "0"), (0.0, "0"), (-12.0, "−12.0"), (None, NOTHING)],
)
def test_a_difference_has_its_sign_and_0_has_none(value: float | None, text: str) -> None:
    assert tell.signed(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0"), (0.4, "0"), (-0.4, "0"), (30, "+0:30"), (-70, "−1:10"), (None, NOTHING)]
)
def test_a_difference_of_times_too(seconds: float | None, text: str) -> None:
    assert tell.signed_clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(59, "0:59 min"), (3599.4, "59:59 min"), (3599.6, "1:00:00 h"), (3661, "1:01:01 h")]
)
def test_a_length_of_time_names_its_unit(seconds: float, text: str) -> None:
    assert tell.span(seconds) == text


def test_days_are_told_in_words_whatever_the_computer_speaks() -> None:
    assert tell.day(date(2026, 5, 4)) == "4 May 2026"
    assert tell.short_day(date(2026, 9, 4)) == "4 Sep"
    assert tell.month(date(2026, 12, 4)) == "Dec 2026"
    assert tell.moment(datetime.fromisoformat("2026-05-04T08:05:00-07:00")) == "4 May 2026, 08:05"


def test_what_is_not_known_is_a_dash() -> None:
    assert (tell.bpm(None), tell.whole(None), tell.bpm(123.6), tell.whole(9.5)) == (NOTHING, NOTHING, "124 bpm", "10")
    assert tell.spread((12.4, 19.6)) == "12 to 20"
    assert (tell.turns(1), tell.turns(4)) == ("1 turn", "4 turns")
