"""Weeks of sessions: each in its own, the empty ones among them, and no others."""

from dataclasses import replace
from datetime import date

import pytest

from coach.history.weekly import WeekRow, monday_of, weekly
from tests.history.made import TODAY, past

MONDAY = date(2026, 5, 18)


def test_weeks_are_those_up_to_today_oldest_first() -> None:
    rows = weekly([], TODAY, 3, {})
    assert [row.monday for row in rows] == [date(2026, 5, 4), date(2026, 5, 11), MONDAY]
    assert all(row == WeekRow(row.monday) for row in rows)


@pytest.mark.parametrize(("on", "monday"), [(date(2026, 5, 17), date(2026, 5, 11)), (MONDAY, MONDAY), (TODAY, MONDAY)])
def test_a_week_begins_on_monday(on: date, monday: date) -> None:
    assert monday_of(on) == monday


def test_sessions_are_summed_up_in_their_week_and_older_ones_left_out() -> None:
    sessions = [past(0), past(2, backward_s=59.9), past(3), past(30)]
    *_, before, now = weekly(sessions, TODAY, 2, {MONDAY: 400.0})
    assert now == WeekRow(MONDAY, 2, 1, 2 * 900 + 180 + 59.9, 2400.0, 239.9, 0.0, 400.0)
    assert (before.sessions, before.backward_s, before.most_s) == (1, 180.0, None)


def test_a_session_of_next_week_is_in_none() -> None:
    assert weekly([past(-7)], TODAY, 1, {})[0].sessions == 0


@pytest.mark.parametrize(
    ("most_s", "over"), [(None, False), (241.0, False), (240.0, False), (239.0, False), (238.9, True)]
)
def test_a_second_above_what_was_allowed_is_measurement(most_s: float | None, over: bool) -> None:
    assert WeekRow(MONDAY, backward_s=240.0, most_s=most_s).over is over


def test_sums_are_as_exact_as_sessions_are() -> None:
    sessions = [replace(past(0), forward_s=0.111, backward_s=0.222, distance_m=0.33, backward_m=0.33)]
    (row,) = weekly(sessions, TODAY, 1, {})
    assert (row.time_s, row.backward_s, row.distance_m, row.backward_m) == (0.33, 0.22, 0.3, 0.3)
