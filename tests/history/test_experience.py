"""Which level is open: what counts, what opens a level, what takes one away, and what never does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coach.core.workout import Level
from coach.history.dose import DAY
from coach.history.experience import ORDER, Experience, Own, Ran, experience

REHAB, BEGINNER, INTERMEDIATE, ADVANCED = Level
MONDAY = date(2026, 3, 2)
FALL = "a fall"


def ran(
    day: float,
    seconds: float = 180.0,
    *,
    good: bool = True,
    level: Level = BEGINNER,
    alarmed: bool = False,
    confirmed: bool = True,
    fell: str = "",
) -> Ran:
    """A session so many days after Monday."""
    return Ran(MONDAY + int(day) * DAY, good and not (alarmed or fell), seconds, level, alarmed, confirmed, fell)


def after(sessions: Iterable[Ran], today: float | None = None, own: Own | Level = ADVANCED) -> Experience:
    """What they come to on a day; without it on that of the last one."""
    run = sorted(sessions, key=lambda one: one.on)
    on = MONDAY + int(today) * DAY if today is not None else run[-1].on if run else MONDAY
    return experience([one for one in run if one.on <= on], own if isinstance(own, Own) else Own(own), on)


def level(sessions: Iterable[Ran], today: float | None = None, own: Own | Level = ADVANCED) -> Level:
    """The level that is open."""
    return after(sessions, today, own).level


def many(number: int, seconds: float = 180.0, first: int = 0, row: Level = BEGINNER) -> list[Ran]:
    """Good sessions, two days apart."""
    return [ran(first + 2 * one, seconds, level=row) for one in range(number)]


SIX, EIGHTEEN = many(6), many(18, 240.0)  # 18 minutes; 72


def test_everybody_begins_as_a_beginner_or_lower() -> None:
    assert level([]) is BEGINNER
    assert level([], own=REHAB) is REHAB
    assert level([], own=Own(ADVANCED, rehab_only=True)) is REHAB


@pytest.mark.parametrize(
    ("number", "seconds", "open_"),
    [
        (5, 1000, BEGINNER),
        (6, 179, BEGINNER),
        (6, 180, INTERMEDIATE),
        (7, 180, INTERMEDIATE),
        (17, 300, INTERMEDIATE),
        (18, 233, INTERMEDIATE),  # 69.9 min
        (18, 234, ADVANCED),
    ],
)
def test_levels_open_after_sessions_and_minutes(number: int, seconds: float, open_: Level) -> None:
    assert level(many(number, seconds)) is open_


@pytest.mark.parametrize("asked", ORDER)
def test_nobody_has_a_level_without_his_yes(asked: Level) -> None:
    assert level(EIGHTEEN, own=asked) is asked
    assert level(EIGHTEEN, own=Own(asked, rehab_only=True)) is REHAB


def test_several_sessions_of_a_day_are_one_with_all_their_minutes() -> None:
    assert level([ran(0)] * 6) is BEGINNER
    assert after([ran(0, 100.0)] * 6).backward_s == 600.0
    assert level([*many(5), ran(8.5)]) is BEGINNER
    assert after([*many(5), ran(8.5)]).practised == 5


def test_what_did_not_end_in_order_does_not_count() -> None:
    assert level([*many(5), ran(10, 600, good=False)]) is BEGINNER
    done = after([ran(0, good=False), ran(2, alarmed=True), ran(4, fell=FALL)])
    assert (done.sessions, done.backward_s, done.practised) == (0, 0.0, 0)


# Alarms and turns


@pytest.mark.parametrize(("since", "open_"), [(0, BEGINNER), (1, BEGINNER), (2, BEGINNER), (3, INTERMEDIATE)])
def test_three_sessions_without_an_alarm_stop_come_before_a_level(since: int, open_: Level) -> None:
    past = [*SIX, ran(11, 0, good=False, alarmed=True), *many(since, first=12)]
    assert level(past) is open_


def test_a_session_on_the_day_of_an_alarm_is_not_one_of_the_three() -> None:
    assert level([*SIX, ran(12, alarmed=True), ran(12.5), ran(14), ran(16)]) is BEGINNER
    assert level([*SIX, ran(12, alarmed=True), ran(12.5), ran(14), ran(16), ran(18)]) is INTERMEDIATE


@pytest.mark.parametrize(("since", "open_"), [(0, BEGINNER), (1, BEGINNER), (2, INTERMEDIATE)])
def test_two_sessions_with_every_turn_confirmed_come_before_a_level(since: int, open_: Level) -> None:
    assert level([*SIX, ran(12, confirmed=False), *many(since, first=14)]) is open_


def test_a_level_that_was_run_under_stays_after_an_alarm_and_one_that_was_not_waits() -> None:
    alarm = ran(20, alarmed=True, level=INTERMEDIATE)
    assert level([*SIX, ran(12, level=INTERMEDIATE), alarm]) is INTERMEDIATE
    assert level([*SIX, ran(12), alarm]) is BEGINNER


def test_a_row_that_was_not_open_when_it_was_run_is_not_taken_by_running_it() -> None:
    past = [*many(5), ran(10, alarmed=True), ran(12, level=ADVANCED), ran(13, 0.0, good=False, alarmed=True)]
    assert level(past) is BEGINNER


# Falls


@pytest.mark.parametrize(
    ("past", "own", "open_"),
    [
        (EIGHTEEN, ADVANCED, INTERMEDIATE),
        (SIX, ADVANCED, BEGINNER),
        (SIX, INTERMEDIATE, BEGINNER),
        (SIX, BEGINNER, REHAB),  # down from the level that he asks for
        (many(3), ADVANCED, REHAB),
        ([], BEGINNER, REHAB),
        (SIX, REHAB, REHAB),
    ],
)
def test_a_fall_takes_one_level(past: list[Ran], own: Level, open_: Level) -> None:
    day = len(past) * 2
    assert level([*past, ran(day, fell=FALL)], own=own) is open_


def test_two_falls_take_two_levels() -> None:
    assert level([*EIGHTEEN, ran(36, fell=FALL), ran(36, fell=FALL)]) is BEGINNER


def test_after_a_fall_all_that_opens_a_level_is_done_again() -> None:
    past = [*SIX, ran(11, fell=FALL)]
    assert level([*past, *many(5, 300.0, 12)]) is BEGINNER
    assert level([*past, *many(6, 179.0, 12)]) is BEGINNER
    assert level([*past, *many(6, 180.0, 12)]) is INTERMEDIATE


def test_a_beginner_who_fell_has_rehab_until_a_session_went_well_on_another_day() -> None:
    past = [ran(0), ran(2, fell=FALL)]
    assert level(past, 3, BEGINNER) is REHAB
    assert level([*past, ran(2.5, level=REHAB)], 3, BEGINNER) is REHAB
    assert level([*past, ran(4, level=REHAB, good=False)], 4, BEGINNER) is REHAB
    assert level([*past, ran(4, level=REHAB, alarmed=True)], 4, BEGINNER) is REHAB
    assert level([*past, ran(4, 60, level=REHAB)], 4, BEGINNER) is BEGINNER
    assert level([*past, ran(4, level=REHAB), ran(5, 0, good=False, alarmed=True)], 5, BEGINNER) is REHAB


def test_who_falls_in_rehab_goes_as_slow_as_the_first_time() -> None:
    past = many(5, row=REHAB)
    assert after(past, own=REHAB).practised == 5
    fallen = after([*past, ran(11, fell=FALL)], own=REHAB)
    assert (fallen.level, fallen.practised) == (REHAB, 0)
    assert fallen.why == "As slow as the first time since 13 March 2026: a fall"


def test_why_a_level_went_is_said_until_it_is_back() -> None:
    past = [*SIX, ran(11, fell="the safety key was pulled on the moving belt")]
    why = "One level down since 13 March 2026: the safety key was pulled on the moving belt"
    assert after(past).why == why
    assert after([*past, *many(6, first=12)], own=INTERMEDIATE).why == ""
    assert after([*past, *many(6, first=12)], own=ADVANCED).why == why
    assert after(past, own=BEGINNER).why == why


# Lay-offs


@pytest.mark.parametrize(
    ("past", "days", "open_", "practised"),
    [
        (SIX, 20, INTERMEDIATE, 6),
        (SIX, 21, BEGINNER, 6),
        (SIX, 59, BEGINNER, 6),
        (SIX, 60, BEGINNER, 0),
        (EIGHTEEN, 20, ADVANCED, 18),
        (EIGHTEEN, 21, INTERMEDIATE, 18),
        (EIGHTEEN, 59, INTERMEDIATE, 18),
        (EIGHTEEN, 60, BEGINNER, 0),
        (EIGHTEEN, 999, BEGINNER, 0),
        (many(3), 21, BEGINNER, 3),  # a lay-off never leads below
    ],
)
def test_a_lay_off_takes_a_level_and_a_long_one_all_but_beginner(
    past: list[Ran], days: int, open_: Level, practised: int
) -> None:
    done = after(past, (past[-1].on - MONDAY).days + days)
    assert (done.level, done.practised) == (open_, practised)


def test_a_lay_off_between_two_sessions_counts_as_well_as_one_until_today() -> None:
    assert level([*SIX, ran(31)]) is BEGINNER
    assert level([*SIX, ran(30)]) is INTERMEDIATE
    assert level([*EIGHTEEN, *many(6, first=60)]) is INTERMEDIATE  # advanced takes all of it once more
    assert level([*EIGHTEEN, *many(18, 240.0, 60)]) is ADVANCED


def test_a_lay_off_takes_one_level_once_whatever_was_tried_in_it() -> None:
    tried = [ran(34 + 21 + day, 30, good=False) for day in (0, 5, 10)]
    assert level([*EIGHTEEN, *tried]) is INTERMEDIATE


def test_what_did_not_end_in_order_is_no_end_of_a_lay_off() -> None:
    past = [*many(7, row=INTERMEDIATE), ran(25, alarmed=True)]
    assert level(past, 32) is INTERMEDIATE
    assert level(past, 33) is BEGINNER


def test_rehab_stays_rehab_however_long_the_lay_off() -> None:
    assert level(SIX, 99, REHAB) is REHAB
    assert level([ran(0, fell=FALL)], 99, BEGINNER) is REHAB


@pytest.mark.parametrize(
    ("days", "why"),
    [
        (20, ""),
        (24, "One level down: 24 days without backward running"),
        (63, "Beginner again: 63 days without backward running"),
    ],
)
def test_a_lay_off_is_said_with_its_days(days: int, why: str) -> None:
    assert after(SIX, 10 + days, INTERMEDIATE).why == why


def test_a_beginner_hears_of_a_long_lay_off_until_his_next_session() -> None:
    assert after(many(3), 64, BEGINNER).why == "Beginner again: 60 days without backward running"
    assert after([*many(3), ran(64)], 64, BEGINNER).why == ""
    assert after(many(3), 25, BEGINNER).why == ""


# Levels that were granted


GRANTED = Own(INTERMEDIATE, "Ada")


def test_a_level_that_a_named_person_granted_needs_nothing_else() -> None:
    assert level([], own=GRANTED) is INTERMEDIATE
    assert level([], own=Own(ADVANCED, "Ada")) is ADVANCED
    assert level([ran(0, alarmed=True)], own=GRANTED) is INTERMEDIATE
    assert level([], own=replace(GRANTED, rehab_only=True)) is REHAB


def test_what_was_granted_goes_by_a_fall_and_a_lay_off_like_any_other() -> None:
    assert level([ran(0), ran(2, fell=FALL)], own=GRANTED) is BEGINNER
    assert level([ran(0)], 20, GRANTED) is INTERMEDIATE
    assert level([ran(0)], 21, GRANTED) is BEGINNER


def test_what_was_granted_goes_by_a_lay_off_after_a_session_that_came_to_nothing_too() -> None:
    assert level([ran(0, alarmed=True)], 20, GRANTED) is INTERMEDIATE
    assert level([ran(0, alarmed=True)], 21, GRANTED) is BEGINNER
    assert level([ran(0, good=False), ran(21)], 21, GRANTED) is BEGINNER


@pytest.mark.parametrize(("on", "open_"), [(1, BEGINNER), (2, BEGINNER), (3, INTERMEDIATE), (4, BEGINNER)])
def test_a_dated_grant_holds_from_its_day_on_and_over_what_was_before(on: int, open_: Level) -> None:
    """The fall is on day 2, and today is day 3."""
    own = replace(GRANTED, granted_on=MONDAY + on * DAY)
    assert level([ran(0), ran(2, fell=FALL)], 3, own) is (REHAB if on == 4 else open_)


def test_a_grant_ends_a_lay_off_and_begins_the_next() -> None:
    own = replace(GRANTED, granted_on=MONDAY + 100 * DAY)
    assert level([ran(0)], 99, own) is BEGINNER
    assert level([ran(0)], 100, own) is INTERMEDIATE
    assert level([ran(0)], 120, own) is INTERMEDIATE
    assert level([ran(0)], 121, own) is BEGINNER
    assert after([ran(0)], 100, own).practised == 0  # sixty days without running are sixty days


# Laws


LAW = settings(deadline=None)  # a computer may do other things as well
SESSIONS = st.lists(
    st.builds(
        lambda day, seconds, good, row, alarmed, confirmed, fell: ran(
            day, seconds, good=good, level=row, alarmed=alarmed, confirmed=confirmed, fell=fell
        ),
        st.integers(0, 90),
        st.sampled_from([60.0, 180.0, 300.0, 900.0]),
        st.sampled_from([True, True, True, False]),
        st.sampled_from(ORDER),
        st.sampled_from([False, False, False, True]),
        st.sampled_from([True, True, False]),
        st.sampled_from(["", "", "", "", FALL]),
    ),
    max_size=40,
).map(lambda found: sorted(found, key=lambda one: one.on))
OWNS = st.builds(Own, st.sampled_from(ORDER), st.sampled_from(["", "", "Ada"]), st.sampled_from([False, False, True]))


def no_more(one: Experience, other: Experience) -> bool:
    """Nothing of the first is more than the other has."""
    return ORDER.index(one.level) <= ORDER.index(other.level) and one.practised <= other.practised


@LAW
@given(SESSIONS, OWNS, st.integers(0, 39))
def test_an_alarm_a_fall_and_an_unconfirmed_turn_never_give_more(past: list[Ran], own: Own, at: int) -> None:
    if at >= len(past):
        return
    before = experience(past, own, past[-1].on)
    for worse in ({"alarmed": True, "good": False}, {"fell": FALL, "good": False}, {"confirmed": False}):
        spoilt = [*past[:at], replace(past[at], **worse), *past[at + 1 :]]
        assert no_more(experience(spoilt, own, past[-1].on), before)


@LAW
@given(
    SESSIONS, OWNS, st.integers(0, 90), st.sampled_from([ran(0, good=False), ran(0, alarmed=True), ran(0, fell=FALL)])
)
def test_a_session_that_does_not_count_never_gives_more(past: list[Ran], own: Own, day: int, another: Ran) -> None:
    another = replace(another, on=MONDAY + day * DAY, level=ADVANCED, backward_s=900.0)
    longer = sorted([*past, another], key=lambda one: one.on)
    today = MONDAY + 91 * DAY
    assert no_more(experience(longer, own, today), experience(past, own, today))


@LAW
@given(SESSIONS, OWNS, st.integers(0, 100))
@example(many(6), Own(ADVANCED), 60)
def test_time_never_gives_more(past: list[Ran], own: Own, days: int) -> None:
    today = past[-1].on if past else MONDAY
    assert no_more(experience(past, own, today + days * DAY), experience(past, own, today))


@LAW
@given(SESSIONS, st.sampled_from(ORDER), st.integers(0, 100))
def test_nobody_has_more_than_he_asks_for_or_than_counts(past: list[Ran], asked: Level, days: int) -> None:
    today = (past[-1].on if past else MONDAY) + days * DAY
    done = experience(past, Own(asked), today)
    good = [one for one in past if one.good]
    assert ORDER.index(done.level) <= ORDER.index(asked)
    assert done.practised <= len({one.on for one in good})
    assert done.sessions <= done.practised or done.sessions <= len({one.on for one in good})
    if done.level in (INTERMEDIATE, ADVANCED):
        sessions, minutes = (6, 18) if done.level is INTERMEDIATE else (18, 70)
        assert len({one.on for one in good}) >= sessions
        assert sum(one.backward_s for one in good) >= minutes * 60
