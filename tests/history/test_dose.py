"""Weeks of backward minutes: how much they may grow, what they are measured against, and when one has to be easy."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.history.dose import (
    AFTER_LAY_OFF_S,
    DAY,
    GROWTH_MOST,
    STEP_S,
    begun_on,
    easy_s,
    growth_s,
    larger_s,
    most_s,
    week_s,
)

MONDAY = date(2026, 3, 2)
WEEKS = (540.0, 630.0, 750.0)  # three that rise


def on(day: int) -> date:
    """So many days after Monday."""
    return MONDAY + day * DAY


def days(run: dict[int, float]) -> dict[date, float]:
    """Seconds by day, counted from Monday."""
    return {on(day): seconds for day, seconds in run.items()}


def three_days(*weeks: float) -> dict[int, float]:
    """Weeks in thirds, on Monday, Wednesday and Friday."""
    return {7 * number + day: week / 3 for number, week in enumerate(weeks) if week for day in (0, 2, 4)}


@pytest.mark.parametrize(
    ("before", "most"),
    [
        ((), None),
        ((0.0,), None),
        ((540.0, 0.0, 0.0), None),  # only the last two
        ((100.0,), 130.0),
        ((599.0,), 778.7),  # three minutes more would be more than 1.30
        ((600.0,), 780.0),
        ((601.0,), 781.0),
        ((899.0,), 1079.0),
        ((900.0,), 1080.0),
        ((901.0,), 1081.2),
        ((900.0, 300.0), 1080.0),  # the larger
        ((300.0, 900.0), 1080.0),
        ((900.0, 300.0, 300.0), 390.0),
    ],
)
def test_a_week_grows_by_a_fifth_or_three_minutes_and_never_by_more_than_three_tenths(
    before: tuple[float, ...], most: float | None
) -> None:
    assert most_s(before) == (None if most is None else pytest.approx(most))


def test_a_week_is_the_seven_days_that_end_with_a_day() -> None:
    run = days({0: 1.0, 1: 10.0, 6: 100.0, 7: 1000.0})
    assert [week_s(run, on(day)) for day in (0, 5, 6, 7, 8, 13, 14)] == [1, 11, 111, 1110, 1100, 1000, 0]


@pytest.mark.parametrize(
    ("run", "day", "begun"),
    [
        ({}, 3, 3),
        ({0: 180}, 0, 0),
        ({0: 180}, 6, 0),
        ({0: 180}, 7, 7),
        ({0: 180}, 20, 14),
        ({0: 180}, 21, 21),  # a lay-off
        ({0: 180}, 24, 24),
        ({0: 180, 20: 180}, 27, 21),
        ({0: 180, 21: 180}, 27, 21),
        ({0: 180, 24: 180}, 30, 24),
        ({0: 59, 3: 60}, 4, 3),  # less than a minute is no backward day
        ({9: 180}, 3, 3),  # later days say nothing
    ],
)
def test_blocks_of_seven_days_begin_with_the_first_backward_day_after_a_lay_off(
    run: dict[int, float], day: int, begun: int
) -> None:
    assert begun_on(days(run), on(day)) == on(begun)


def test_growth_is_measured_against_any_seven_days_of_the_two_weeks_before() -> None:
    run = days({0: 100.0, 5: 200.0, 8: 300.0, 13: 400.0})
    assert larger_s(run, on(14)) == 700.0  # days 7 to 13; days 5 to 11 have 500
    assert larger_s(run, on(7)) == 300.0
    assert larger_s(run, on(0)) == 0.0
    assert [larger_s(days({0: 180.0}), on(day)) for day in (1, 14, 20, 21)] == [180.0, 180.0, 180.0, 0.0]


def test_a_day_of_less_than_a_minute_is_nothing_to_grow_from() -> None:
    assert larger_s(days({0: 59.0, 1: 59.0}), on(7)) == 0.0
    assert larger_s(days({0: 59.0, 1: 60.0}), on(7)) == 60.0
    assert growth_s(days({0: 59.0}), on(7)) is None
    assert growth_s(days({0: 60.0}), on(7)) == 78.0


@pytest.mark.parametrize(
    ("day", "most"),
    [
        (0, None),
        (4, None),
        (6, None),  # the first seven days begin from nothing
        (7, 702.0),
        (13, 702.0),
        (14, 702.0),
        (20, 702.0),
        (24, 468.0),  # the first of its three days is too long ago by now
        (25, AFTER_LAY_OFF_S),  # 21 days after the last one
        (63, AFTER_LAY_OFF_S),
        (64, None),
    ],
)
def test_after_one_week_the_limit_falls_while_nothing_is_run_until_it_is_a_lay_off(
    day: int, most: float | None
) -> None:
    run = three_days(540.0)
    assert growth_s(days(run), on(day)) == (None if most is None else pytest.approx(most))


def test_a_pause_that_is_no_lay_off_is_not_nothing() -> None:
    """Fifteen days after a session of five minutes nobody begins with a whole week."""
    run = days({0: 300.0, 15: 300.0})
    assert growth_s(run, on(15)) == pytest.approx(390.0)
    assert growth_s(run, on(20)) == pytest.approx(390.0)
    assert growth_s(run, on(21)) == pytest.approx(390.0)


def test_without_growth_a_week_has_what_the_larger_of_the_last_two_had() -> None:
    run = days(three_days(540.0, 630.0))
    assert growth_s(run, on(14), growing=False) == 630.0
    assert growth_s(run, on(14)) == 810.0
    assert growth_s(days({}), on(0), growing=False) is None
    assert growth_s(days({0: 600.0}), on(30), growing=False) == AFTER_LAY_OFF_S


def test_a_limit_is_rounded_up_by_less_than_five_seconds_and_never_over_three_tenths() -> None:
    assert growth_s(days({0: 897.4}), on(7)) == 1080.0  # 1077.4 by the rule
    assert growth_s(days({0: 599.0}), on(7)) == pytest.approx(778.7)


@pytest.mark.parametrize(
    ("weeks", "left"),
    [
        ((540.0,), None),
        ((540.0, 630.0), None),
        (WEEKS, 600.0),  # four fifths of 750
        ((540.0, 630.0, 504.0), None),  # that was one already
        ((540.0, 630.0, 504.9), None),
        ((540.0, 630.0, 506.0), 405.0),
        ((540.0, 0.0, 540.0), None),  # so was a week of rest
        ((540.0, 540.0, 540.0), 435.0),
        ((*WEEKS, 600.0), None),
        ((*WEEKS, 600.0, 630.0, 750.0), None),
        ((*WEEKS, 600.0, 630.0, 750.0, 900.0), 720.0),
        ((*WEEKS, 606.0), 485.0),  # it was not easy, so this one has to be
    ],
)
def test_every_fourth_week_has_a_fifth_less(weeks: tuple[float, ...], left: float | None) -> None:
    run = days(three_days(*weeks))
    assert easy_s(run, on(7 * len(weeks))) == left


def test_what_was_run_of_an_easy_week_is_taken_off() -> None:
    run = three_days(*WEEKS)
    assert easy_s(days(run | {21: 180.0}), on(23)) == 420.0
    assert easy_s(days(run | {21: 180.0, 24: 60.0}), on(23)) == 420.0  # later days say nothing
    assert easy_s(days(run | {21: 180.0, 25: 500.0}), on(27)) == -80.0
    assert easy_s(days(run | {21: 180.0, 25: 420.0}), on(28)) is None


def test_after_a_lay_off_hard_weeks_are_counted_anew() -> None:
    run = three_days(*WEEKS) | {40: 180.0}
    assert easy_s(days(run), on(41)) is None
    assert easy_s(days({}), on(0)) is None


LAW = settings(deadline=None)  # a computer may do other things as well
RUN = st.dictionaries(st.integers(0, 70), st.floats(0, 900), max_size=30)


@LAW
@given(RUN, st.integers(0, 80))
def test_growth_and_what_it_is_measured_against_are_as_they_are_defined(run: dict[int, float], day: int) -> None:
    """By trying every seven days in a row, however many there are."""
    seen = days(run)
    most = growth_s(seen, on(day))
    begun = begun_on(seen, on(day))
    assert on(day) - timedelta(days=6) <= begun <= on(day)
    back = {when: seconds for when, seconds in seen.items() if seconds >= 60 and when < begun}
    sums = {
        end: sum(seconds for when, seconds in back.items() if end - 6 * DAY <= when <= end)
        for end in (begun - ago * DAY for ago in range(1, 30))
        if end < begun
    }
    near = max(total for end, total in sums.items() if end - 6 * DAY >= begun - 14 * DAY)
    if near:
        assert most is not None
        assert most <= GROWTH_MOST * near + 1e-6
        assert most <= max(1.2 * near, near + 180) + STEP_S
        assert most >= min(max(1.2 * near, near + 180), 1.3 * near) - 1e-6
    elif most is None:
        assert not [when for when in back if (begun - when).days < 60]


@LAW
@given(RUN, st.integers(0, 60), st.integers(0, 20))
def test_a_pause_never_lifts_the_limit_before_it_is_a_lay_off(run: dict[int, float], day: int, pause: int) -> None:
    """Block after block without backward running the limit stays or falls."""
    seen = {when: seconds for when, seconds in days(run).items() if when <= on(day)}
    begun = begun_on(seen, on(day))
    backward = [when for when, seconds in seen.items() if seconds >= 60]
    later = begun + 14 * DAY + pause * DAY
    if not backward or (later - max(backward)).days >= 21 or max(backward) >= begun + 7 * DAY:
        return
    now, then = growth_s(seen, begun + 7 * DAY), growth_s(seen, later)
    assert now is not None
    assert then is not None
    assert then <= now + STEP_S
