"""Where a runner is in a plan: what counts, what begins a week anew, and when the next session may be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.core.workout import Level
from coach.history.dose import DAY
from coach.weeks import (
    FINISHED,
    TRIPPED,
    Again,
    Because,
    Left,
    Next,
    Planned,
    Ran,
    Why,
    days_off,
    enough,
    following,
    standing,
)

MONDAY = date(2026, 5, 4)
BACK, WALK = 180.0, 0.0


def week(*names: str, days: tuple[int, ...] = (1, 3, 5)) -> list[Planned]:
    """A week of workouts; those whose name begins with a small letter are backward."""
    return [
        Planned(name, day=day, backward_s=BACK if name.islower() else WALK)
        for name, day in zip(names, days, strict=False)
    ]


def ran(
    name: str,
    day: int,
    ended: str = FINISHED,
    *,
    hour: int = 18,
    sha256: str = "",
    backward_s: float | None = None,
    hurt: bool = False,
) -> Ran:
    """A session so many days after Monday."""
    at = datetime(2026, 5, 4, hour, tzinfo=UTC) + timedelta(days=day)
    usual_s = BACK if name.islower() else WALK
    return Ran(name, at, ended, usual_s if backward_s is None else backward_s, sha256, hurt)


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


def test_a_session_that_hurt_too_much_begins_the_week_anew() -> None:
    now = standing(PLAN, [ran("a", 0), ran("a", 2, hurt=True), ran("a", 4)], MONDAY + 4 * DAY)
    assert now.again == (Again(1, Why.PAIN, MONDAY + 2 * DAY),)
    assert (list(now.done), now.begun) == ([(1, 1)], MONDAY + 4 * DAY)
    assert done(ran("a", 0), ran("a", 2), ran("b", 4, hurt=True)) == []  # the last of the week as well
    assert done(ran("a", 0), ran("X", 2, hurt=True)) == [(1, 1)]  # forward


def test_weeks_that_are_done_stay_done_after_an_alarm() -> None:
    past = [ran("a", 0), ran("a", 2), ran("b", 4), ran("a", 7), ran("b", 9, TRIPPED)]
    assert done(*past, today=9) == [(1, 1), (1, 2), (1, 3)]


@pytest.mark.parametrize(("today", "left"), [(6, [(1, 1)]), (7, [])])
def test_a_week_of_which_too_little_was_done_begins_anew_after_seven_days(today: int, left: list[object]) -> None:
    assert done(ran("a", 0), today=today) == left


def test_a_week_of_which_enough_was_done_waits_for_its_last_session() -> None:
    assert done(ran("a", 0), ran("a", 2), today=20) == [(1, 1), (1, 2)]
    assert done(ran("a", 0), ran("a", 2), ran("b", 18), today=20) == [(1, 1), (1, 2), (1, 3)]


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


# Lay-offs


WHOLE = [ran("a", 0), ran("a", 2), ran("b", 4)]  # the first week of PLAN


@pytest.mark.parametrize(
    ("days", "again"),
    [
        (20, ()),
        (21, (Again(1, Why.LAY_OFF, MONDAY + 25 * DAY),)),
        (59, (Again(1, Why.LAY_OFF, MONDAY + 25 * DAY),)),
        (60, (Again(1, Why.FORGOTTEN, MONDAY + 64 * DAY),)),
        (330, (Again(1, Why.FORGOTTEN, MONDAY + 64 * DAY),)),
    ],
)
def test_a_lay_off_leads_back_to_the_first_week(days: int, again: tuple[Again, ...]) -> None:
    today = MONDAY + (4 + days) * DAY
    now = standing(PLAN, WHOLE, today)
    assert now.again == again
    assert len(now.done) == (0 if again else 3)
    assert following(PLAN, now, WHOLE, today) == Next(1 if again else 2, 1, today)


def test_a_lay_off_between_two_sessions_counts_as_well_as_one_until_today() -> None:
    past = [*WHOLE, ran("a", 40)]
    now = standing(PLAN, past, MONDAY + 41 * DAY)
    assert list(now.done) == [(1, 1)]
    assert now.done[1, 1].on == MONDAY + 40 * DAY
    assert now.again == (Again(1, Why.LAY_OFF, MONDAY + 25 * DAY),)


def test_two_sessions_of_a_week_a_hundred_days_ago_are_not_two_of_three() -> None:
    past = [ran("a", 0), ran("a", 2)]
    now = standing(PLAN, past, MONDAY + 102 * DAY)
    assert now.done == {}
    assert now.again == (Again(1, Why.FORGOTTEN, MONDAY + 62 * DAY),)
    assert days_off(past, MONDAY + 102 * DAY) == 100


def test_forward_sessions_do_not_end_a_lay_off() -> None:
    past = [*WHOLE, *(ran("W", day) for day in range(5, 30))]
    assert standing(PLAN, past, MONDAY + 30 * DAY).done == {}


def test_a_backward_session_of_any_workout_ends_a_lay_off() -> None:
    past = [*WHOLE, ran("x", 15, backward_s=300)]
    assert len(standing(PLAN, past, MONDAY + 30 * DAY).done) == 3


def test_a_session_that_was_stopped_or_had_less_than_a_minute_does_not_end_one() -> None:
    for one in (ran("x", 15, "stopped"), ran("x", 15, backward_s=59)):
        assert standing(PLAN, [*WHOLE, one], MONDAY + 30 * DAY).done == {}


def of_level(level: Level, *names: str) -> list[Planned]:
    return [Planned(one.workout, day=one.day, backward_s=one.backward_s, level=level) for one in week(*names)]


@pytest.mark.parametrize(("days", "back_to"), [(21, 2), (60, 1)])
def test_a_lay_off_leads_to_the_first_week_of_the_level_below(days: int, back_to: int) -> None:
    levels = (Level.BEGINNER, Level.INTERMEDIATE, Level.INTERMEDIATE, Level.ADVANCED)
    plan = [of_level(level, "a", "a", "a") for level in levels]
    past = [ran("a", 7 * number + day) for number in range(3) for day in (0, 2, 4)]
    now = standing(plan, past, MONDAY + (18 + days) * DAY)
    assert now.week == now.again[-1].week == back_to
    assert {number for number, _ in now.done} == set(range(1, back_to))
    later = standing(plan, past, MONDAY + (18 + days + 5) * DAY)  # it goes back once
    assert (later.week, later.again) == (now.week, now.again)


def test_a_plan_without_backward_sessions_knows_no_lay_off() -> None:
    plan = [week("V", "W"), week("V", "W")]
    assert len(standing(plan, [ran("V", 0), ran("W", 2)], MONDAY + 300 * DAY).done) == 2


def test_a_plan_that_is_done_stays_done() -> None:
    past = [ran(name, day) for name, day in zip("aababc", (0, 2, 4, 7, 9, 11), strict=True)]
    assert standing(PLAN, past, MONDAY + 300 * DAY).week == 3


# Growth by the calendar


RISING = [[Planned(name, day=day, backward_s=minutes * 60.0) for day in (1, 3, 5)]
          for name, minutes in (("a", 3), ("b", 3.5), ("c", 4), ("d", 3), ("e", 5), ("f", 6))]  # fmt: skip


def rose(number: int, first: int, *days: int) -> list[Ran]:
    """Sessions of a week of RISING."""
    one = RISING[number - 1][0]
    return [ran(one.workout, first + day, backward_s=one.backward_s) for day in days]


def test_whole_weeks_and_weeks_of_two_thirds_grow_as_the_plan_says() -> None:
    for days in ((0, 2, 4), (0, 2)):
        past = [one for number in range(1, 6) for one in rose(number, 7 * (number - 1), *days)]
        now = standing(RISING, past, MONDAY + 35 * DAY)
        assert now.again == ()
        assert [now.count(number) for number in range(1, 6)] == [len(days)] * 5


def test_a_third_session_is_not_asked_for_where_it_is_more_than_growth_allows() -> None:
    past = [*rose(1, 0, 0, 2), *rose(2, 7, 0, 2)]  # 6 min, then 7: with the third 10.5, of 7.8 that are allowed
    now = standing(RISING, past, MONDAY + 10 * DAY)
    assert following(RISING, now, past, MONDAY + 10 * DAY) == Next(3, 1, MONDAY + 14 * DAY, "a week has seven days")
    later = standing(RISING, past, MONDAY + 15 * DAY)
    assert following(RISING, later, past, MONDAY + 15 * DAY) == Next(3, 1, MONDAY + 15 * DAY)


def test_after_weeks_of_little_the_heaviest_week_that_growth_allows_comes_again() -> None:
    past = [one for number in range(1, 5) for one in rose(number, 7 * (number - 1), 0, 2, 4)]
    assert standing(RISING, past, MONDAY + 35 * DAY).week == 5
    now = standing(RISING, past, MONDAY + 45 * DAY)  # the last is 20 days ago, and all before it too long
    assert now.again == (Again(1, Why.GROWTH, MONDAY + 45 * DAY),)
    now = standing(RISING, past, MONDAY + 42 * DAY)  # six minutes are left of three weeks: 7.8 are allowed
    assert now.again == (Again(2, Why.GROWTH, MONDAY + 42 * DAY),)
    assert (now.week, sorted({number for number, _ in now.done})) == (2, [1])


@given(st.lists(st.integers(0, 120), max_size=30, unique=True), st.integers(0, 140))
def test_no_week_is_begun_that_is_more_than_growth_allows(days: list[int], today: int) -> None:
    """Whoever does what comes next on some days and nothing on others."""
    past = list[Ran]()
    for day in sorted(one for one in days if one <= today):
        on = MONDAY + day * DAY
        coming = following(RISING, standing(RISING, past, on), past, on)
        if coming is None or coming.on > on:
            continue
        planned = RISING[coming.week - 1][coming.session - 1]
        before = [one for one in past if 0 < (on - one.on).days < 21]
        if coming.week > 1 and coming.session == 1:
            larger_s = max(sum(b.backward_s for b in before if 0 <= (b.on - a.on).days < 7) for a in before)
            most_s = min(max(1.2 * larger_s, larger_s + 180), 1.3 * larger_s)
            assert 2 * planned.backward_s <= max(most_s, 360) + 1  # as much as the first week may begin from nothing
        past.append(ran(planned.workout, day, backward_s=planned.backward_s))
    now = standing(RISING, past, MONDAY + today * DAY)
    if past and today - max((one.on - MONDAY).days for one in past) >= 21 and now.week <= len(RISING):
        assert (now.week, now.done) == (1, {})


# What does not count, and why


def test_what_had_less_backward_than_planned_does_not_count_and_that_is_told() -> None:
    for backward_s, counts in ((0.0, False), (161.0, False), (162.0, True), (400.0, True)):
        one = ran("a", 0, backward_s=backward_s)
        now = standing(PLAN, [one], MONDAY)
        assert bool(now.done) is counts
        assert now.left == (() if counts else (Left(one, Because.LESS),))


def test_a_backward_session_does_not_count_for_a_forward_one_of_its_name() -> None:
    assert standing([week("W")], [ran("W", 0, backward_s=90.0)], MONDAY).done == {}


def test_of_the_sessions_of_one_workout_that_with_the_nearest_minutes_is_done() -> None:
    plan = [[Planned("a", day=1, backward_s=180.0), Planned("a", day=3, backward_s=240.0)]]
    now = standing(plan, [ran("a", 0, backward_s=240.0), ran("a", 2, backward_s=180.0)], MONDAY)
    assert {place: one.backward_s for place, one in now.done.items()} == {(1, 2): 240.0, (1, 1): 180.0}


@pytest.mark.parametrize(("days", "counted"), [((0, 0, 0), 1), ((0, 1, 2), 2), ((0, 1, 3), 2), ((0, 2, 4), 3)])
def test_backward_sessions_on_one_day_or_on_neighbours_do_not_both_count(days: tuple[int, ...], counted: int) -> None:
    plan = [week("a", "a", "a"), week("b", "b")]
    past = [ran("a", day, hour=10 + hour) for hour, day in enumerate(days)]
    now = standing(plan, past, MONDAY + 4 * DAY)
    assert len(now.done) == counted
    assert [left.because for left in now.left] == [Because.NEIGHBOUR] * (3 - counted)


def test_forward_sessions_count_beside_a_backward_day() -> None:
    plan = [week("a", "V", "W", days=(1, 2, 3))]
    assert len(standing(plan, [ran("a", 0), ran("V", 0, hour=20), ran("W", 1)], MONDAY).done) == 3


def test_what_did_not_count_before_a_lay_off_is_told_no_more() -> None:
    past = [ran("a", 0), ran("a", 1)]
    assert standing(PLAN, past, MONDAY + 2 * DAY).left == (Left(past[1], Because.NEIGHBOUR),)
    assert standing(PLAN, past, MONDAY + 40 * DAY).left == ()


# Laws


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
        if len(after.again) > len(
            before.again
        ):  # the week after it is more than growth allows: this plan breaks a rule
            assert after.again[-1].why is Why.GROWTH
            continue
        assert before.done.items() <= after.done.items()
        assert len(after.done) - len(before.done) <= 1


@given(PLANS, st.lists(SESSIONS, max_size=20, unique_by=lambda one: one.at))
def test_the_order_in_which_journals_are_found_does_not_matter(plan: list[list[Planned]], past: list[Ran]) -> None:
    assert standing(plan, past, MONDAY).done == standing(plan, past[::-1], MONDAY).done
