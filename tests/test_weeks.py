"""Where a runner is in a plan: what counts, what begins a week anew, and when the next session may be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.weeks import DAY, FINISHED, TRIPPED, Again, Next, Planned, Ran, Why, enough, following, standing

MONDAY = date(2026, 5, 4)
BACK, WALK = 180.0, 0.0


def week(*names: str, days: tuple[int, ...] = (1, 3, 5)) -> list[Planned]:
    """A week of workouts; those whose name begins with a small letter are backward."""
    return [
        Planned(name, day=day, backward_s=BACK if name.islower() else WALK)
        for name, day in zip(names, days, strict=False)
    ]


def ran(name: str, day: int, ended: str = FINISHED, *, hour: int = 18, sha256: str = "") -> Ran:
    """A session so many days after Monday."""
    at = datetime(2026, 5, 4, hour, tzinfo=UTC) + timedelta(days=day)
    return Ran(name, at, ended, BACK if name.islower() else WALK, sha256)


PLAN = [week("a", "a", "b"), week("a", "b", "c")]


def done(*past: Ran, today: int = 0) -> list[tuple[int, int]]:
    """The sessions of PLAN that are done, on a day."""
    return sorted(standing(PLAN, past, MONDAY + today * DAY).done)


def test_nothing_is_done_of_a_plan_that_nobody_began() -> None:
    assert done() == []
    assert following(PLAN, standing(PLAN, (), MONDAY), (), MONDAY) == Next(1, 1, MONDAY)


def test_each_session_counts_once_and_in_the_order_of_the_week() -> None:
    assert done(ran("a", 0)) == [(1, 1)]
    assert done(ran("a", 0), ran("a", 2)) == [(1, 1), (1, 2)]
    assert done(ran("a", 0), ran("a", 2), ran("a", 4)) == [(1, 1), (1, 2), (2, 1)]  # two of three make a week


@pytest.mark.parametrize("ended", ["stopped", "refused", ""])
def test_a_session_that_did_not_end_in_order_does_not_count(ended: str) -> None:
    assert done(ran("a", 0, ended)) == []


def test_a_session_of_another_workout_does_not_count() -> None:
    assert done(ran("x", 0), ran("c", 1)) == []


def test_a_workout_that_got_another_name_counts_by_its_file() -> None:
    plan = [[Planned("a", sha256="f00", backward_s=BACK)]]
    assert list(standing(plan, [ran("renamed", 0, sha256="f00")], MONDAY).done) == [(1, 1)]
    assert list(standing(plan, [ran("renamed", 0)], MONDAY).done) == []


def test_the_order_of_files_does_not_matter() -> None:
    past = [ran("b", 4), ran("a", 2), ran("a", 0)]
    assert done(*past) == [(1, 1), (1, 2), (1, 3)]


def test_a_later_session_of_the_week_may_be_done_first() -> None:
    assert done(ran("b", 0), ran("a", 2)) == [(1, 1), (1, 3)]


def test_the_next_week_waits_for_two_thirds_of_this_one() -> None:
    assert done(ran("a", 0), ran("c", 2)) == [(1, 1)]
    assert done(ran("a", 0), ran("b", 2), ran("c", 7)) == [(1, 1), (1, 3), (2, 3)]


def test_an_alarm_begins_the_week_anew() -> None:
    now = standing(PLAN, [ran("a", 0), ran("a", 2, TRIPPED), ran("a", 4)], MONDAY + 4 * DAY)
    assert now.again == (Again(1, Why.ALARM, MONDAY + 2 * DAY),)
    assert list(now.done) == [(1, 1)]
    assert now.begun == MONDAY + 4 * DAY


def test_an_alarm_of_a_forward_session_does_not() -> None:
    assert done(ran("a", 0), ran("X", 2, TRIPPED)) == [(1, 1)]


def test_weeks_that_are_done_stay_done_after_an_alarm() -> None:
    past = [ran("a", 0), ran("a", 2), ran("b", 4), ran("a", 7), ran("b", 9, TRIPPED)]
    assert done(*past, today=9) == [(1, 1), (1, 2), (1, 3)]


@pytest.mark.parametrize(("today", "left"), [(6, [(1, 1)]), (7, [])])
def test_a_week_of_which_too_little_was_done_begins_anew_after_seven_days(today: int, left: list[object]) -> None:
    assert done(ran("a", 0), today=today) == left


def test_a_week_of_which_enough_was_done_waits_for_its_last_session() -> None:
    assert done(ran("a", 0), ran("a", 2), today=40) == [(1, 1), (1, 2)]
    assert done(ran("a", 0), ran("a", 2), ran("b", 30), today=40) == [(1, 1), (1, 2), (1, 3)]


@pytest.mark.parametrize(("sessions", "least"), [(1, 1), (2, 2), (3, 2), (4, 3), (6, 4), (7, 5)])
def test_two_of_three_make_a_week(sessions: int, least: int) -> None:
    assert enough(sessions) == least


def test_a_plan_that_is_done_has_no_next_session() -> None:
    past = [ran(name, day) for name, day in zip("aababc", (0, 2, 4, 7, 9, 11), strict=True)]
    now = standing(PLAN, past, MONDAY)
    assert now.week == 3
    assert following(PLAN, now, past, MONDAY) is None


@pytest.mark.parametrize(
    ("past", "today", "expected"),
    [
        ([ran("a", 0)], 0, Next(1, 2, MONDAY + 2 * DAY, "not the day after a backward day")),
        ([ran("a", 0)], 1, Next(1, 2, MONDAY + 2 * DAY, "not the day after a backward day")),
        ([ran("a", 0)], 5, Next(1, 2, MONDAY + 5 * DAY)),
        ([ran("x", 0)], 0, Next(1, 1, MONDAY + 2 * DAY, "not the day after a backward day")),  # not of the plan
        ([ran("X", 0)], 0, Next(1, 1, MONDAY)),
        ([ran("a", 0), ran("a", 2), ran("b", 4)], 5, Next(2, 1, MONDAY + 7 * DAY, "a week has seven days")),
        ([ran("a", 0), ran("a", 2), ran("b", 4)], 9, Next(2, 1, MONDAY + 9 * DAY)),
        ([ran("a", 0), ran("a", 2), ran("b", 6)], 6, Next(2, 1, MONDAY + 8 * DAY, "not the day after a backward day")),
    ],
)
def test_the_next_session_is_not_sooner_than_the_calves_allow(past: list[Ran], today: int, expected: Next) -> None:
    on = MONDAY + today * DAY
    assert following(PLAN, standing(PLAN, past, on), past, on) == expected


def test_a_forward_day_may_follow_a_backward_day_and_there_is_one_session_a_day() -> None:
    plan = [week("a", "W", "V", days=(1, 2, 3))]
    past = [ran("a", 0)]
    assert following(plan, standing(plan, past, MONDAY), past, MONDAY) == Next(1, 2, MONDAY + DAY)
    past = [ran("a", 0), ran("W", 1)]
    on = MONDAY + DAY
    assert following(plan, standing(plan, past, on), past, on) == Next(1, 3, MONDAY + 2 * DAY)
    late = [ran("a", 0), ran("W", 5)]
    on = MONDAY + 5 * DAY
    assert following(plan, standing(plan, late, on), late, on) == Next(1, 3, MONDAY + 6 * DAY, "one session a day")


SESSIONS = st.builds(ran, st.sampled_from("abcxW"), st.integers(0, 40), st.sampled_from([FINISHED, TRIPPED, "stopped"]))
PLANS = st.lists(st.lists(st.sampled_from("abcW"), min_size=1, max_size=4), min_size=1, max_size=5).map(
    lambda weeks: [week(*names, days=(1, 3, 5, 7)) for names in weeks]
)


@given(PLANS, st.lists(SESSIONS, max_size=25), st.integers(0, 60))
def test_whatever_was_run_the_laws_of_counting_hold(plan: list[list[Planned]], past: list[Ran], today: int) -> None:
    on = MONDAY + today * DAY
    now = standing(plan, past, on)
    for (number, place), one in now.done.items():
        assert one.workout == plan[number - 1][place - 1].workout
        assert one.ended == FINISHED
    counted = [id(one) for one in now.done.values()]
    assert len(counted) == len(set(counted)) <= len([one for one in past if one.ended == FINISHED])
    for number in range(1, now.week):  # every week before this one is one
        assert now.count(number) >= enough(len(plan[number - 1]))
    assert all(number <= now.week for number, _ in now.done)
    latest = [max(one.at for place, one in now.done.items() if place[0] == number) for number in range(1, now.week)]
    assert latest == sorted(latest)
    coming = following(plan, now, past, on)
    assert (coming is None) == (now.week > len(plan))
    if coming is not None:
        planned = plan[coming.week - 1][coming.session - 1]
        assert (coming.week, coming.session) not in now.done
        assert coming.on >= on
        if planned.backward_s:
            assert all(coming.on - one.on > DAY for one in past if one.backward_s)


@given(PLANS, st.lists(SESSIONS.filter(lambda one: one.ended != TRIPPED), max_size=20))
def test_another_session_at_the_end_takes_nothing_away(plan: list[list[Planned]], past: list[Ran]) -> None:
    past = sorted(past, key=lambda one: one.at)
    for many in range(len(past)):
        before, after = (standing(plan, past[:end], past[many].on) for end in (many, many + 1))
        assert before.done.items() <= after.done.items()
        assert len(after.done) - len(before.done) <= 1


@given(PLANS, st.lists(SESSIONS, max_size=20, unique_by=lambda one: one.at))
def test_the_order_in_which_journals_are_found_does_not_matter(plan: list[list[Planned]], past: list[Ran]) -> None:
    assert standing(plan, past, MONDAY).done == standing(plan, past[::-1], MONDAY).done
