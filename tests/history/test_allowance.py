"""What a runner may do today: level, minutes that are left, and the reason, by all that he has run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from math import inf, nan

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coach.core.level import BACKWARD_DAY_S, LEVELS, Allowance, caps
from coach.core.workout import Level
from coach.history.allowance import DoseWeek, Own, Standing, standing, weeks
from coach.history.dose import AFTER_LAY_OFF_S, GROWTH_MOST, STEP_S
from coach.history.past import Past
from coach.history.rating import Rating
from tests.history.made import TODAY, past

REHAB, BEGINNER, INTERMEDIATE, ADVANCED = Level
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 20, tzinfo=UTC)
DAY = timedelta(days=1)
ORDER = tuple(Level)


def stands(*sessions: Past, own: Own | Level = BEGINNER, now: datetime = NOW) -> Standing:
    """Where somebody stands after these."""
    return standing(sessions, own if isinstance(own, Own) else Own(own), now)


def allowed(*sessions: Past, own: Own | Level = BEGINNER, now: datetime = NOW) -> Allowance:
    """What is allowed after these."""
    return stands(*sessions, own=own, now=now).allowance


def on(day: date, seconds: float = 180.0, *, level: Level = BEGINNER, number: int = 0) -> Past:
    """A good session of a day."""
    at = datetime(day.year, day.month, day.day, 18, number, tzinfo=UTC)
    return replace(past(backward_s=seconds, level=level), id=f"{at}", at=at)


def steady(count: int, seconds: float = 180.0, *, until: int = 2, level: Level = BEGINNER) -> list[Past]:
    """Good sessions two days apart, the last one so many days ago."""
    return [past(until + 2 * one, backward_s=seconds, level=level) for one in range(count)][::-1]


# The first sessions


def test_the_first_session_has_the_caps_of_a_first_one() -> None:
    first = allowed()
    assert first == Allowance(
        BEGINNER,
        0,
        week_one=True,
        session_s=900.0,
        reason="The first backward session. 15 of 15 minutes are left this week",
        missing="Level intermediate opens after 6 sessions and 18 minutes; you have 0 and 0",
    )
    held = caps(BEGINNER, first)
    assert (held.speed_kmh, held.block_s, held.session_s, held.second_yes) == (2.0, 90, 180, True)


@pytest.mark.parametrize(
    ("row", "sessions", "speed_kmh", "session_s", "second_yes"),
    [
        (BEGINNER, 0, 2.0, 180, True),
        (BEGINNER, 1, 3.0, 300, True),
        (BEGINNER, 3, 3.0, 300, False),
        (REHAB, 2, 1.2, 360, True),
        (REHAB, 3, 2.0, 360, True),
    ],
)
def test_the_caps_of_the_first_sessions_go_by_how_many_there_were(
    row: Level, sessions: int, speed_kmh: float, session_s: float, second_yes: bool
) -> None:
    held = caps(row, allowed(*steady(sessions, 60), own=row))
    assert (held.speed_kmh, held.session_s, held.second_yes) == (speed_kmh, session_s, second_yes)


@pytest.mark.parametrize(("ago", "week_one"), [(0, True), (6, True), (7, False), (8, False), (59, False), (60, True)])
def test_week_one_lasts_seven_days_from_the_first_session(ago: int, week_one: bool) -> None:
    assert allowed(past(ago), own=REHAB).week_one is week_one
    assert caps(REHAB, allowed(past(ago), own=REHAB)).session_s == pytest.approx(
        min(360 if week_one else 600, allowed(past(ago), own=REHAB).session_s)
    )


def test_a_first_session_that_did_not_end_in_order_is_none() -> None:
    for spoilt in (past(3, ended="stopped"), past(3, ended="tripped"), past(3, backward_s=59), past(3, key_rear=True)):
        assert (allowed(spoilt).backward_sessions, allowed(spoilt).week_one) == (0, True)
    still_open = replace(past(3, ended="stopped"), open=True)
    assert allowed(still_open).backward_sessions == 0


# Whose and which sessions


def test_simulated_sessions_never_count() -> None:
    simulated = [replace(one, simulated=True) for one in (*steady(18, 300), past(0, key_rear=True))]
    assert stands(*simulated, own=ADVANCED) == stands(own=ADVANCED)


def test_a_session_that_is_found_twice_counts_once() -> None:
    ran = steady(6)
    assert stands(*ran, *ran, own=INTERMEDIATE) == stands(*ran, own=INTERMEDIATE)


def test_a_deleted_session_counts_like_any_other() -> None:
    ran = [*steady(6), past(0, key_rear=True)]
    assert stands(*(replace(one, deleted=True, workout="deleted") for one in ran)) == stands(*ran)


# Minutes of the week


@pytest.mark.parametrize(
    ("own", "level", "week_s"),
    [
        (REHAB, REHAB, 1800),
        (BEGINNER, BEGINNER, 900),
        (Own(INTERMEDIATE, "Ada"), INTERMEDIATE, 2160),
        (Own(ADVANCED, "Ada"), ADVANCED, 3600),
    ],
)
def test_a_week_has_what_its_level_has(own: Own | Level, level: Level, week_s: float) -> None:
    found = stands(own=own)
    assert (found.level, found.week_most_s, found.allowance.session_s) == (level, week_s, week_s)


@pytest.mark.parametrize(
    ("done_s", "left_s"),
    [(839, 61), (840, 60), (841, 0), (899, 0), (900, 0), (901, 0), (2000, 0)],
)
def test_what_is_less_than_a_minute_is_nothing(done_s: float, left_s: float) -> None:
    found = allowed(past(0, backward_s=done_s))
    assert (found.session_s, found.backward_today) == (left_s, left_s > 0)


@pytest.mark.parametrize(("ago", "week_s"), [(0, 180), (6, 180), (7, 0)])
def test_the_week_is_the_seven_days_that_end_today(ago: int, week_s: float) -> None:
    assert stands(past(ago)).week_s == week_s


def test_every_minute_is_dose_however_the_session_ended() -> None:
    ran = [
        past(4, backward_s=100, ended="tripped"),
        past(3, backward_s=100, ended="stopped"),
        past(2, backward_s=30),
        replace(past(1, backward_s=100), deleted=True),
        past(0, backward_s=100),
    ]
    assert stands(*ran).week_s == 430
    assert allowed(*ran).session_s == 470


def test_several_sessions_of_today_are_taken_off() -> None:
    assert allowed(past(0, backward_s=300, hour=8), past(0, backward_s=300, hour=12)).session_s == 300


def test_hundredths_of_a_late_end_do_not_make_the_last_session_of_a_full_week_fail() -> None:
    ran = [past(ago, backward_s=600.22) for ago in (4, 2)]
    assert allowed(*ran, own=REHAB).session_s == 600


def test_growth_is_measured_by_what_was_really_run() -> None:
    week = [past(ago) for ago in (11, 9, 7)]
    found = stands(*week)
    assert (found.week_s, found.week_most_s, found.allowance.session_s) == (0, 702, 702)
    assert found.allowance.reason == "11.7 of 11.7 minutes are left this week: the larger of the last two weeks had 9"
    assert stands(*week, past(0)).allowance.session_s == 522


def test_a_fourth_week_is_an_easy_one() -> None:
    ran = [past(7 * week + day, backward_s=210) for week in (1, 2, 3) for day in (4, 2, 0)]
    found = stands(*ran, now=NOW - 2 * DAY)
    assert found.allowance.session_s == 505  # four fifths of 630, rounded up
    assert found.allowance.reason.endswith("minutes are left this week: every fourth week is a fifth lighter")


def test_an_easy_week_that_had_too_much_has_nothing_left_and_no_higher_limit() -> None:
    ran = [past(7 * week + day, backward_s=210) for week in (1, 2, 3) for day in (4, 2, 0)]
    before, after = stands(*ran, now=NOW - 2 * DAY), stands(*ran, past(2, backward_s=600), now=NOW - 2 * DAY)
    assert after.week_most_s == before.week_most_s
    assert after.allowance.session_s == 0


def test_after_a_lay_off_a_week_begins_with_fifteen_minutes_whatever_the_level() -> None:
    ran = [past(25 + 2 * one, backward_s=400, level=ADVANCED) for one in range(18)]
    found = stands(*ran, own=ADVANCED)
    assert (found.level, found.week_most_s) == (INTERMEDIATE, 900)
    assert found.allowance.reason == (
        "One level down: 25 days without backward running. "
        "Level advanced opens after 18 sessions and 70 minutes; you have 0 and 0. "
        "15 of 15 minutes are left this week: it is the first after a lay-off"
    )


# Falls and keys


@pytest.mark.parametrize("fallen", [past(0, key_rear=True), past(0, rating=Rating(fell=True))])
def test_after_a_fall_there_is_nothing_backward_that_day_and_one_level_less(fallen: Past) -> None:
    ran = steady(6)
    today = stands(*ran, fallen, own=INTERMEDIATE)
    assert (today.level, today.allowance.backward_today, today.allowance.session_s) == (BEGINNER, False, 0)
    assert today.why_not_today in {"The safety key was pulled on the moving belt today", "A fall today"}
    assert today.allowance.reason.startswith(f"{today.why_not_today}. One level down since 20 May 2026: ")
    tomorrow = stands(*ran, fallen, own=INTERMEDIATE, now=NOW + DAY)
    assert (tomorrow.level, tomorrow.allowance.backward_today, tomorrow.why_not_today) == (BEGINNER, True, "")


def test_a_fall_that_is_told_later_takes_the_level_from_its_day_on() -> None:
    ran = [*steady(5, until=4), past(2, rating=Rating(fell=True)), past(1)]
    assert stands(*ran, own=INTERMEDIATE).level is BEGINNER
    assert stands(*ran[:5], replace(ran[5], rating=Rating(fell=False)), ran[6], own=INTERMEDIATE).level is INTERMEDIATE


def test_a_key_that_was_pulled_is_one_though_nobody_fell() -> None:
    assert stands(past(1, key_rear=True, rating=Rating(fell=False))).level is REHAB


def test_a_beginner_who_fell_keeps_the_week_of_a_beginner() -> None:
    found = stands(past(8), past(1, key_rear=True, backward_s=60))
    assert (found.level, found.week_most_s) == (REHAB, 234)
    assert stands(past(1, key_rear=True, backward_s=60)).week_most_s == 900
    assert stands(past(1, key_rear=True, backward_s=60), own=REHAB).week_most_s == 1800


# Clocks


def test_a_session_of_a_day_that_has_not_come_is_todays_and_opens_nothing() -> None:
    ran = steady(5)
    later = [replace(on(TODAY + ahead * DAY), id=f"later{ahead}") for ahead in (1, 2, 30)]
    found = stands(*ran, *later, own=INTERMEDIATE)
    assert (found.level, found.sessions, found.week_s) == (BEGINNER, 5, 540 + 540)
    assert found.allowance.reason.endswith(
        "A session is dated 19 June 2026 and counts as today's: was the clock wrong?"
    )


def test_a_fall_in_a_session_of_a_day_that_has_not_come_holds() -> None:
    later = replace(on(TODAY + 3 * DAY), key_rear=True)
    assert not allowed(later).backward_today
    assert stands(later).level is REHAB


def test_a_clock_that_was_set_back_gives_no_fresh_week() -> None:
    ran = [past(ago, backward_s=300) for ago in (4, 2, 0)]
    for back in (1, 3, 8, 100):
        assert allowed(*ran, now=NOW - back * DAY).session_s == 0


def test_a_runner_who_flew_westward_has_run_today_and_not_tomorrow() -> None:
    """One in the morning of the 21st on an island in the east is noon of the 20th in London, and night in the west."""
    island, west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-10))
    ran = replace(past(), at=datetime(2026, 5, 21, 1, tzinfo=island))
    found = stands(ran, now=datetime(2026, 5, 20, 4, tzinfo=west))
    assert (found.week_s, found.allowance.backward_sessions) == (180, 1)
    assert "clock" not in found.allowance.reason


@pytest.mark.parametrize("seconds", [nan, inf, -1.0])
def test_minutes_that_make_no_sense_are_a_whole_week_and_no_session(seconds: float) -> None:
    found = allowed(past(1, backward_s=seconds))
    assert (found.session_s, found.backward_today, found.backward_sessions) == (0, False, 0)


# Recordings that cannot be read


def test_a_recording_that_cannot_be_read_is_as_long_as_any_of_its_level_and_an_alarm() -> None:
    ran = steady(6, until=3)
    found = standing(ran, Own(INTERMEDIATE), NOW, [TODAY - DAY])
    assert found.level is BEGINNER
    assert found.missing.endswith("without an alarm; you have 0")
    assert found.week_s == stands(*ran, own=INTERMEDIATE).week_s + LEVELS[INTERMEDIATE].session_s
    assert found.week_most_s <= stands(*ran, own=INTERMEDIATE).week_most_s
    told = "The recording of 19 May 2026 cannot be read or is nobody's and counts as a long session"
    assert told in found.allowance.reason


@pytest.mark.parametrize(("ago", "done_s"), [(-3, 300), (0, 300), (6, 300), (7, 0)])
def test_it_counts_for_seven_days(ago: int, done_s: float) -> None:
    found = standing([], Own(), NOW, [TODAY - ago * DAY])
    assert found.week_s == done_s
    assert ("cannot be read" in found.allowance.reason) is bool(done_s)


# Words


@pytest.mark.parametrize(
    ("ran", "own", "missing"),
    [
        ([], BEGINNER, "Level intermediate opens after 6 sessions and 18 minutes; you have 0 and 0"),
        (steady(4, 179), BEGINNER, "Level intermediate opens after 6 sessions and 18 minutes; you have 4 and 11"),
        (steady(6), BEGINNER, 'Level intermediate is open to you: write level = "intermediate" in the settings'),
        (steady(6), INTERMEDIATE, "Level advanced opens after 18 sessions and 70 minutes; you have 6 and 18"),
        (
            [*steady(6), past(1, ended="tripped", backward_s=0)],
            INTERMEDIATE,
            "Level intermediate opens after 3 backward sessions without an alarm; you have 0",
        ),
        (
            [*steady(6, until=4), past(2, confirmed=False), past(1)],
            INTERMEDIATE,
            "Level intermediate opens after 2 backward sessions in which every turn is confirmed; you have 1",
        ),
        (
            [
                *steady(6, until=9),
                past(8, ended="tripped", backward_s=0),
                *steady(2, until=4),
                past(2, confirmed=False),
            ],
            INTERMEDIATE,
            "Level intermediate opens after 2 backward sessions in which every turn is confirmed; you have 0",
        ),
        ([past(1, key_rear=True)], BEGINNER, "Level beginner opens again after a backward session without alarm"),
        ([], REHAB, 'Level beginner is open to you: write level = "beginner" in the settings'),
        ([], Own(ADVANCED, "Ada"), ""),
        ([], Own(BEGINNER, rehab_only=True), "The balance test allows level rehab at most"),
        (steady(6), Own(INTERMEDIATE, "Ada", beginner_only=True), "The balance test allows level beginner at most"),
        (steady(6), Own(BEGINNER, beginner_only=True), ""),
        (
            [past(1, key_rear=True)],
            Own(ADVANCED, beginner_only=True),
            "Level beginner opens again after a backward session without alarm",
        ),
    ],
)
def test_what_the_next_level_takes_is_a_sentence(ran: Sequence[Past], own: Own | Level, missing: str) -> None:
    found = stands(*ran, own=own)
    assert found.missing == missing
    assert (found.next_level is None) is (missing == "" or "balance" in missing)


def test_where_somebody_stands_is_told_to_programs() -> None:
    assert stands(past(0, backward_s=900)).facts() == {
        "level": "beginner",
        "next_level": "intermediate",
        "sessions": 1,
        "backward_s": 900.0,
        "missing": "Level intermediate opens after 6 sessions and 18 minutes; you have 1 and 15",
        "week_s": 900.0,
        "week_most_s": 900.0,
        "left_s": 0.0,
        "next_day": "2026-05-27",
        "why_not_today": "Nothing is left this week: 15 of 15 minutes are done",
        "reason": "Nothing is left this week: 15 of 15 minutes are done",
    }
    top = stands(own=Own(ADVANCED, "Ada")).facts()
    assert (top["next_level"], top["missing"], top["why_not_today"]) == (None, None, None)


def test_who_granted_a_level_stands_in_the_reason() -> None:
    own = Own(INTERMEDIATE, "Ada Weiss, physiotherapist")
    assert "Level intermediate is granted by Ada Weiss, physiotherapist" in allowed(own=own).reason
    assert "Ada" not in allowed(own=replace(own, granted_on=TODAY + DAY)).reason
    assert "Ada" in allowed(past(0, backward_s=2160), own=own).reason


def test_the_balance_is_the_reason_where_it_is() -> None:
    found = stands(*steady(6), own=Own(INTERMEDIATE, rehab_only=True))
    assert (found.level, found.next_level) == (REHAB, None)
    assert found.allowance.reason.startswith("The balance test allows level rehab at most. ")
    found = stands(*steady(6), own=Own(INTERMEDIATE, "Ada", beginner_only=True))
    assert (found.level, found.next_level) == (BEGINNER, None)
    assert found.allowance.reason.startswith("The balance test allows level beginner at most. ")


@pytest.mark.parametrize(
    ("ran", "why_not"),
    [
        ([past(0, backward_s=900)], "Nothing is left this week: 15 of 15 minutes are done"),
        ([past(0, backward_s=1000)], "Nothing is left this week: 16.6 of 15 minutes are done"),
        ([past(0, backward_s=870)], "Less than a minute is left this week: 14.5 of 15 minutes are done"),
        (
            [past(7), past(0, backward_s=234)],
            "Nothing is left this week: 3.9 of 3.9 minutes are done, and the larger of the last two weeks had 3",
        ),
    ],
)
def test_why_there_is_nothing_backward_today(ran: Sequence[Past], why_not: str) -> None:
    found = stands(*ran)
    assert found.why_not_today == why_not
    assert found.allowance.reason.startswith(why_not)
    assert not found.allowance.backward_today


def test_the_sentence_of_an_ordinary_day() -> None:
    assert allowed(past(4, backward_s=300), past(2, backward_s=240)).reason == "6 of 15 minutes are left this week"


# The next day


@pytest.mark.parametrize(
    ("ran", "ahead"),
    [
        ([], 0),
        ([past(3)], 0),
        ([past(1)], 1),  # never the day after a backward day
        ([past(0)], 2),
        ([past(0, backward_s=59)], 0),
        ([past(0, backward_s=60)], 2),
        ([past(0, backward_s=30, hour=8), past(0, backward_s=30)], 2),  # a minute in all
        ([past(0, backward_s=0, ended="tripped")], 0),
        ([past(0, backward_s=30, key_rear=True)], 1),
        ([past(4, backward_s=300), past(2, backward_s=300), past(0, backward_s=300)], 3),  # the first leaves the week
    ],
)
def test_the_next_backward_day(ran: Sequence[Past], ahead: int) -> None:
    assert stands(*ran).next_day == TODAY + ahead * DAY


def test_on_the_next_day_a_session_of_the_usual_length_fits() -> None:
    ran = [past(ago, backward_s=210) for ago in (13, 11, 9, 6, 4, 2)]
    found = stands(*ran)
    then = stands(*ran, now=NOW + (found.next_day - TODAY))
    assert then.allowance.session_s >= 210


def test_a_usual_session_longer_than_a_week_may_have_waits_for_a_free_week() -> None:
    found = stands(past(40, backward_s=600, level=ADVANCED), past(0, backward_s=100), own=Own(ADVANCED, "Ada"))
    assert found.next_day > TODAY


# Weeks


def test_weeks_run_from_monday_to_sunday_and_have_what_growth_allowed() -> None:
    ran = [past(ago) for ago in (16, 14, 12, 9, 7, 5, 2)]  # 4 May is a Monday, TODAY a Wednesday
    assert weeks(ran, NOW, 4) == (
        DoseWeek(date(2026, 4, 27), 0.0, None, 0),
        DoseWeek(date(2026, 5, 4), 540.0, None, 3),
        DoseWeek(date(2026, 5, 11), 540.0, 702.0, 3),
        DoseWeek(date(2026, 5, 18), 180.0, 702.0, 1),
    )


def test_the_limit_of_a_week_is_that_of_its_last_backward_day() -> None:
    """Blocks begin on a Friday here: on Wednesday that of the week before still holds."""
    friday = date(2026, 4, 24)
    first = [on(friday + ahead * DAY, 180) for ahead in (0, 2)]
    second = [on(friday + ahead * DAY, 60) for ahead in (7, 9)]
    found = {week.monday: week.most_s for week in weeks([*first, *second], NOW, 6)}
    assert found[date(2026, 4, 20)] is None
    assert found[date(2026, 4, 27)] == 468.0  # of 360, in the block that began on Friday
    assert found[date(2026, 5, 4)] == 468.0  # nothing was run: as on its Sunday
    assert found[date(2026, 5, 11)] == 156.0
    assert found[date(2026, 5, 18)] == 156.0  # as today, a Wednesday


def test_a_week_that_was_run_within_its_allowance_is_not_over() -> None:
    for week in weeks(climb(INTERMEDIATE, [0, 2, 4], 70), NOW, 12):
        assert week.most_s is None or week.backward_s <= week.most_s


# Laws


def climb(row: Level, weekdays: Sequence[int], days: int, share: float = 1.0) -> list[Past]:
    """Somebody who always runs all that he may, up to the session's cap, on some days of the week."""
    ran = list[Past]()
    for ahead in range(days, -1, -1):
        now = NOW - ahead * DAY
        if now.weekday() not in weekdays:
            continue
        found = allowed(*ran, own=Own(row, "Ada"), now=now)
        seconds = int(min(found.session_s, caps(row, found).session_s) * share)
        if found.backward_today:
            ran.append(on(now.date(), seconds, level=row))
    return ran


def week_of(ran: Sequence[Past], day: date) -> float:
    """Seconds in the seven days that end with one."""
    return sum(one.backward_s for one in ran if day - 6 * DAY <= one.on <= day)


def day_of(ran: Sequence[Past], day: date) -> float:
    """Seconds on one day."""
    return sum(one.backward_s for one in ran if one.on == day)


LAW = settings(deadline=None)  # many sessions, and a computer that does other things as well
MOMENTS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, 1, 2, 2, 3, 5, 16, 22]),
        st.floats(0.05, 1.0),
        st.sampled_from(["finished", "stopped", "tripped"]),
    ),
    max_size=40,
)


@given(MOMENTS, st.sampled_from(ORDER))
@settings(max_examples=60, deadline=None)
@example([(0, 1.0, "finished")] * 12, ADVANCED)
@example([(1, 1.0, "tripped")] * 40, REHAB)
@example([(0, 0.125, "finished"), (16, 1.0, "finished"), *[(0, 1.0, "finished")] * 3], REHAB)
def test_within_what_is_allowed_no_seven_days_are_ever_too_much(
    moments: list[tuple[int, float, str]], row: Level
) -> None:
    """Each session takes what is left of its day, or a part; whatever the days, no seven of them exceed any limit."""
    ran, now = list[Past](), NOW
    limits = dict[date, float]()
    for gap, share, ended in moments:
        now += gap * DAY + timedelta(minutes=1)
        found = stands(*ran, own=Own(row, "Ada"), now=now)
        cap = min(found.allowance.session_s, caps(found.level, found.allowance).session_s)
        seconds = float(int(cap * share))
        if not seconds:
            continue
        limits[now.date()] = found.week_most_s
        one = past(backward_s=seconds, level=row, ended=ended)
        ran.append(replace(one, id=f"{now}{len(ran)}", at=now))
    sums = {day: week_of(ran, day) for day in (NOW.date() + ahead * DAY for ahead in range(900))}
    assert max(sums.values()) <= LEVELS[row].week_s
    assert all(sums[day] <= most + 1e-6 for day, most in limits.items())
    # Growth, whatever blocks are: two steps of 1.30 at most against all that ended a week ago, or what begins anew.
    # A day of less than a minute begins nothing.
    first = min((day for day in limits if day_of(ran, day) >= BACKWARD_DAY_S), default=NOW.date())
    for day, total in sums.items():
        before = max(sums.get(day - ago * DAY, 0.0) for ago in range(7, 28))
        anew_s = LEVELS[row].week_s if (day - first).days < 14 else AFTER_LAY_OFF_S
        assert total <= max(GROWTH_MOST**2 * before + 2 * STEP_S, GROWTH_MOST * anew_s)


@pytest.mark.parametrize("weekdays", [[0, 2, 4], [6, 0], [5, 6, 0, 1], list(range(7)), [0]])
@pytest.mark.parametrize("row", ORDER)
def test_who_always_runs_all_he_may_grows_by_a_fifth_a_week_and_has_an_easy_one_in_four(
    row: Level, weekdays: list[int]
) -> None:
    ran = climb(row, weekdays, 100)
    start = ran[0].on
    totals = [sum(one.backward_s for one in ran if 0 <= (one.on - start).days - 7 * k < 7) for k in range(13)]
    assert max(week_of(ran, start + day * DAY) for day in range(100)) <= LEVELS[row].week_s
    for k in range(1, 13):
        larger = max(week_of(ran, start + (7 * k - 1 - back) * DAY) for back in range(14))
        if larger:
            limit = min(max(1.2 * larger, larger + 180) + STEP_S, 1.3 * larger)
            assert totals[k] <= limit + 1e-6
    hard = 0
    for before, total in zip([0.0, *totals], totals, strict=False):
        hard = 0 if total <= 0.8 * before + STEP_S else hard + 1
        assert hard <= 3


PASTS = st.lists(
    st.builds(
        lambda ago, seconds, ended, row, confirmed, key, rating, hour: past(
            ago, backward_s=seconds, ended=ended, level=row, confirmed=confirmed, key_rear=key, rating=rating, hour=hour
        ),
        st.integers(-3, 90),
        st.sampled_from([0.0, 59.0, 60.0, 180.0, 300.0, 600.0]),
        st.sampled_from(["finished", "finished", "finished", "stopped", "tripped"]),
        st.sampled_from(ORDER),
        st.sampled_from([True, True, True, False]),
        st.sampled_from([False] * 9 + [True]),
        st.sampled_from([Rating()] * 9 + [Rating(fell=True), Rating(pain_after=7), Rating(pain_after=1)]),
        st.integers(0, 23),
    ),
    max_size=30,
).map(lambda found: [replace(one, id=f"{number}") for number, one in enumerate(found)])
OWNS = st.builds(
    Own,
    st.sampled_from(ORDER),
    st.sampled_from(["", "", "Ada"]),
    st.sampled_from([False, False, True]),
    beginner_only=st.sampled_from([False, False, True]),
)


def no_more(one: Standing, other: Standing) -> bool:
    """Nothing of the first is more than the other has."""
    a, b = one.allowance, other.allowance
    return (
        ORDER.index(a.level) <= ORDER.index(b.level)
        and a.backward_sessions <= b.backward_sessions
        and (a.week_one or not b.week_one)
        and a.session_s <= b.session_s
        and (b.backward_today or not a.backward_today)
        and one.week_most_s <= other.week_most_s
    )


@LAW
@given(PASTS, OWNS, st.randoms())
def test_the_order_of_the_list_does_not_matter(ran: list[Past], own: Own, random: object) -> None:
    mixed = list(ran)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert stands(*mixed, own=own) == stands(*ran, own=own)
    assert weeks(mixed, NOW, 5) == weeks(ran, NOW, 5)


@LAW
@given(PASTS, OWNS, st.integers(0, 29))
def test_an_alarm_a_fall_a_key_an_unconfirmed_turn_and_pain_never_give_more(ran: list[Past], own: Own, at: int) -> None:
    if at >= len(ran):
        return
    one, before = ran[at], stands(*ran, own=own)
    for worse in (
        replace(one, alarmed=True, ended="tripped"),
        replace(one, alarmed=True),
        replace(one, ended="stopped"),
        replace(one, key_rear=True),
        replace(one, rating=replace(one.rating, fell=True)),
        replace(one, confirmed=False),
    ):
        assert no_more(stands(*ran[:at], worse, *ran[at + 1 :], own=own), before)
    last = max(ran, key=lambda each: (each.at, each.id))
    if one == last and one.rating.pain_after is None:
        hurts = replace(one, rating=replace(one.rating, pain_after=9))
        assert no_more(stands(*ran[:at], hurts, *ran[at + 1 :], own=own), before)


@LAW
@given(PASTS, OWNS, st.lists(st.integers(-3, 90), min_size=1, max_size=4))
def test_a_recording_that_cannot_be_read_never_gives_more(ran: list[Past], own: Own, ago: list[int]) -> None:
    assert no_more(standing(ran, own, NOW, [TODAY - days * DAY for days in ago]), stands(*ran, own=own))


@LAW
@given(PASTS, OWNS)
def test_deleting_never_gives_more(ran: list[Past], own: Own) -> None:
    assert stands(*(replace(one, deleted=True) for one in ran), own=own) == stands(*ran, own=own)


@LAW
@given(PASTS, OWNS)
def test_simulated_sessions_among_the_others_change_nothing(ran: list[Past], own: Own) -> None:
    played = [replace(one, id=f"sim{one.id}", simulated=True) for one in ran]
    assert stands(*ran, *played, own=own) == stands(*ran, own=own)


@LAW
@given(PASTS, OWNS, st.integers(1, 100))
def test_time_passing_lifts_no_level_and_brings_no_practice(ran: list[Past], own: Own, days: int) -> None:
    ran = [one for one in ran if one.at <= NOW]
    before, after = stands(*ran, own=own).allowance, stands(*ran, own=own, now=NOW + days * DAY).allowance
    assert ORDER.index(after.level) <= ORDER.index(before.level)
    assert after.backward_sessions <= before.backward_sessions


@LAW
@given(PASTS, OWNS, st.sampled_from([0, -1, -3]), st.sampled_from(["stopped", "tripped"]))
def test_one_more_session_of_today_that_counts_for_nothing_never_gives_more(
    ran: list[Past], own: Own, ago: int, ended: str
) -> None:
    """Also one of a day that has not come: its minutes are taken off, and nothing opens."""
    extra = replace(past(ago, ended=ended), id="another")
    assert no_more(stands(*ran, extra, own=own), stands(*ran, own=own))


@LAW
@given(PASTS, OWNS, st.integers(1, 60))
def test_a_clock_that_was_set_back_never_lifts_anything(ran: list[Past], own: Own, days: int) -> None:
    ran = [one for one in ran if one.at <= NOW]
    back = NOW - days * DAY
    found, then = stands(*ran, own=own, now=back), stands(*(one for one in ran if one.at <= back), own=own, now=back)
    assert ORDER.index(found.level) <= ORDER.index(then.level)
    assert found.allowance.backward_sessions <= then.allowance.backward_sessions
    assert found.week_s >= then.week_s


@LAW
@given(PASTS, OWNS, st.integers(-19, 42).map(lambda days: NOW + days * DAY))
def test_whatever_was_run_it_hangs_together(ran: list[Past], own: Own, now: datetime) -> None:
    found = stands(*ran, own=own, now=now)
    held = found.allowance
    assert held.backward_today == (held.session_s > 0)
    assert held.session_s == 0 or 60 <= held.session_s <= found.week_most_s - found.week_s + 1e-6
    assert found.week_most_s <= max(LEVELS[REHAB].week_s, LEVELS[held.level].week_s)
    assert bool(found.why_not_today) is not held.backward_today
    assert held.reason
    assert not held.reason.endswith(".")
    assert now.date() <= found.next_day <= now.date() + 70 * DAY
    assert held.speed_kmh == inf
    assert all(week.backward_s >= 0 for week in weeks(ran, now, 6))
