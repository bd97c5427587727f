"""The backward trend: like with like, weekly medians, and no word where there is nothing to say."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from math import inf, nan

import pytest

from coach.history.account import Window
from coach.history.trend import NOISE_BPM, Seen, Trend, Week, sentence, trends
from tests.history.made import TODAY


def seen(
    weeks_ago: float = 0,
    bpm: float = 124.0,
    *,
    kmh: float = 3.0,
    pct: float = 0.0,
    block: int = 1,
    to_s: float = 120.0,
    rails: bool = False,
    session: str = "",
) -> Seen:
    """A window of a session at six in the evening so many weeks before TODAY."""
    at = datetime(TODAY.year, TODAY.month, TODAY.day, 18, tzinfo=UTC) - timedelta(weeks=weeks_ago)
    return Seen(session or f"s{weeks_ago:g}", at, Window(block, to_s, kmh, pct, bpm, 60.0), rails)


def count(found: tuple[Trend, ...]) -> int:
    return sum(week.count for one in found for week in one.weeks)


def test_a_trend_is_the_weekly_median_oldest_first() -> None:
    windows = [seen(0, 120), seen(3, 130), seen(3.1, 140), seen(3.2, 131), seen(1, 126)]
    (found,) = trends(windows)
    assert (found.block, found.to_s, found.speed_kmh, found.incline_pct, found.rails) == (1, 120.0, 3.0, 0.0, False)
    assert [week.bpm for week in found.weeks] == [131, 126, 120]
    assert [week.count for week in found.weeks] == [3, 1, 1]
    assert found.weeks[-1] == Week(date(2026, 5, 18), 120, 3.0, 1, 2.4)
    assert found.change_bpm == -11


@pytest.mark.parametrize("kmh", [2.9, 2.95, 3.05, 3.1])
def test_speeds_within_a_tenth_are_one_speed(kmh: float) -> None:
    assert count(trends([seen(2), seen(1), seen(0, kmh=kmh)])) == 3


@pytest.mark.parametrize("kmh", [2.89, 3.11])
def test_speeds_further_apart_are_not(kmh: float) -> None:
    assert count(trends([seen(2), seen(1), seen(0, kmh=kmh)])) == 2


@pytest.mark.parametrize(("pct", "windows"), [(0.49, 3), (0.5, 3), (0.51, 2)])
def test_inclines_within_half_a_percent_are_one(pct: float, windows: int) -> None:
    assert count(trends([seen(2), seen(1), seen(0, pct=pct)])) == windows


def test_another_block_another_window_or_held_rails_is_another_trend() -> None:
    windows = [seen(1), seen(0), seen(0, block=2), seen(0, to_s=90.0), seen(0, rails=True)]
    assert count(trends(windows)) == 2
    held = [seen(1, 110, rails=True), seen(0, 108, rails=True)]
    assert [(one.rails, one.change_bpm) for one in trends([seen(1, 125), seen(0, 125), *held])] == [
        (False, 0),
        (True, -2),
    ]


def test_speeds_do_not_chain_whatever_the_order() -> None:
    windows = [seen(2), seen(1), seen(0), seen(2, kmh=3.1), seen(1, kmh=3.2), seen(0, kmh=3.2), seen(0, kmh=3.1)]
    found = {trends(order) for order in permutations(windows)}
    assert len(found) == 1
    assert [(one.speed_kmh, [week.count for week in one.weeks]) for one in found.pop()] == [
        (3.0, [2, 1, 2]),
        (3.2, [1, 1]),
    ]


def test_of_speeds_that_are_equally_common_the_slower_one_names_the_trend() -> None:
    (found,) = trends([seen(1, kmh=3.1), seen(0, kmh=3.1), seen(1, kmh=3.0), seen(0, kmh=3.0)])
    assert found.speed_kmh == 3.0


def test_one_week_is_no_trend() -> None:
    assert trends([seen(0), seen(0.1), seen(0.2)]) == ()
    assert trends([]) == ()


def test_a_week_begins_on_monday_in_the_runners_own_time() -> None:
    sunday = datetime.fromisoformat("2026-05-17T23:59:00-10:00")
    monday = datetime.fromisoformat("2026-05-18T00:01:00+14:00")  # earlier, but it is Monday there
    window = seen().window
    assert Seen("a", sunday, window, rails=False).monday == date(2026, 5, 11)
    assert Seen("b", monday, window, rails=False).monday == date(2026, 5, 18)


def test_beats_per_metre_are_bpm_over_metres_a_minute() -> None:
    assert seen(bpm=120, kmh=3.0).beats_per_m == pytest.approx(120 / 50)


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_numbers_that_mean_nothing_are_left_out(value: float) -> None:
    hostile = [
        seen(0, kmh=value),
        seen(0, pct=value),
        seen(0, value),
        seen(0, to_s=value),
        seen(0, kmh=0.0),
        seen(0, 0.0),
    ]
    assert count(trends([seen(2), seen(1), *hostile])) == 2
    assert sentence([seen(3, 140), *hostile], "s0") == ""


# The sentence.


def test_the_sentence_compares_with_three_weeks_before() -> None:
    said = sentence([seen(3, 131), seen(0, 124)], "s0")
    assert said == "Facing the rear at 3.0 km/h: heart 124, was 131 three weeks ago."


def test_a_heart_that_beats_faster_is_told_in_the_same_words() -> None:
    said = sentence([seen(3, 124), seen(0, 131)], "s0")
    assert said == "Facing the rear at 3.0 km/h: heart 131, was 124 three weeks ago."


@pytest.mark.parametrize("by", [-NOISE_BPM + 1, -1, 0, 1, NOISE_BPM - 1])
def test_a_difference_within_noise_is_no_difference(by: int) -> None:
    said = sentence([seen(3, 124 + by), seen(0, 124)], "s0")
    assert said == "Facing the rear at 3.0 km/h: heart 124, about the same as three weeks ago."


@pytest.mark.parametrize("by", [-NOISE_BPM, NOISE_BPM, NOISE_BPM + 1])
def test_a_difference_of_noise_and_more_is_told(by: int) -> None:
    assert f"was {124 + by} three weeks ago" in sentence([seen(3, 124 + by), seen(0, 124)], "s0")


@pytest.mark.parametrize(
    ("weeks", "told"),
    [
        ([1], ""),
        ([2], "two"),
        ([6], "six"),
        ([7], ""),
        ([1, 2, 4, 6], "two"),
        ([4, 5], "four"),
        ([2, 3, 4], "three"),
        ([0.2, 1, 8], ""),
    ],
)
def test_the_week_nearest_to_three_weeks_before_is_taken(weeks: list[float], told: str) -> None:
    said = sentence([*(seen(ago, 140) for ago in weeks), seen(0, 124)], "s0")
    assert said == (f"Facing the rear at 3.0 km/h: heart 124, was 140 {told} weeks ago." if told else "")


def test_a_week_in_which_nothing_is_alike_is_passed_over() -> None:
    others = [seen(3, 99, kmh=2.0), seen(3, 99, block=2), seen(3, 99, rails=True), seen(3, 99, to_s=90.0)]
    assert sentence([*others, seen(5, 140), seen(0, 124)], "s0").endswith("was 140 five weeks ago.")
    assert sentence([*others, seen(0, 124)], "s0") == ""


def test_what_came_later_is_never_compared_with() -> None:
    assert sentence([seen(-3, 110), seen(0, 124)], "s0") == ""


def test_the_median_of_that_week_is_told_and_of_the_blocks_that_pair() -> None:
    then = [seen(3, bpm, session=f"then{bpm}") for bpm in (128, 131, 150)]
    assert sentence([*then, seen(0, 124)], "s0").endswith("heart 124, was 131 three weeks ago.")
    blocks = [seen(0, 120 + 2 * block, block=block) for block in (1, 2, 3)]
    before = [seen(3, 130 + 2 * block, block=block) for block in (1, 2)]
    assert sentence([*before, *blocks], "s0").endswith("heart 123, was 133 three weeks ago.")  # of blocks 1 and 2


def test_of_blocks_at_several_speeds_one_speed_is_told() -> None:
    now = [seen(0, 118, kmh=1.5), seen(0, 124, kmh=3.0, block=2), seen(0, 126, kmh=3.0, block=3)]
    then = [seen(3, 125, kmh=1.5), seen(3, 132, kmh=3.0, block=2), seen(3.1, 134, kmh=3.0, block=2)]
    assert sentence([*now, *then], "s0") == "Facing the rear at 3.0 km/h: heart 124, was 133 three weeks ago."


def test_incline_and_held_rails_are_told() -> None:
    said = sentence([seen(3, 131, pct=1.2), seen(0, 124, pct=1.0)], "s0")
    assert said.startswith("Facing the rear at 3.0 km/h, incline 1.0 %: heart")
    said = sentence([seen(3, 131, rails=True), seen(0, 124, rails=True)], "s0")
    assert said.startswith("Facing the rear at 3.0 km/h, hands on the rails: heart")


def test_the_speed_is_written_as_the_runner_reads_it() -> None:
    said = sentence([seen(3, 131), seen(0, 124)], "s0", lambda kmh: f"{kmh / 1.609344:.1f} mph")
    assert said == "Facing the rear at 1.9 mph: heart 124, was 131 three weeks ago."


def test_a_session_without_a_window_says_nothing() -> None:
    assert sentence([seen(3, 131)], "s0") == ""
    assert sentence([], "s0") == ""


# Which windows a trend has, at its limits.


@pytest.mark.parametrize(
    ("one", "taken"),
    [
        (seen(0), True),
        (seen(0, kmh=3.1, pct=0.5), True),
        (seen(0, kmh=3.11), False),
        (seen(0, pct=0.51), False),
        (seen(0, block=2), False),
        (seen(0, to_s=90.0), False),
        (seen(0, rails=True), False),
        (seen(0, block=2, kmh=9.0), False),
    ],
)
def test_a_trend_takes_what_is_alike_to_it(one: Seen, taken: bool) -> None:
    (found,) = trends([seen(2), seen(1)])
    assert found.takes(one) is taken


def test_a_trend_is_named_by_tenths() -> None:
    (found,) = trends([seen(1, kmh=2.96, pct=1.04), seen(0, kmh=3.04, pct=0.96)])
    assert (found.speed_kmh, found.incline_pct) == (3.0, 1.0)
    (slow,) = trends([seen(1, 1.0, kmh=0.8), seen(0, 0.9, kmh=0.8)])
    assert [week.bpm for week in slow.weeks] == [1.0, 0.9]
    assert str(trends([seen(1, pct=-0.0), seen(0, pct=-0.01)])[0].incline_pct) == "0.0"


@pytest.mark.parametrize(("pct", "told"), [(0.24, False), (0.25, False), (0.26, True)])
def test_an_incline_is_told_from_half_of_what_is_alike(pct: float, told: bool) -> None:
    assert ("incline" in sentence([seen(3, 131, pct=pct), seen(0, 124, pct=pct)], "s0")) is told


def test_of_blocks_with_as_much_to_compare_the_first_one_gives_the_speed() -> None:
    now = [seen(0, 124, kmh=3.0, block=2), seen(0, 118, kmh=1.5)]
    then = [seen(3, 132, kmh=3.0, block=2), seen(3, 125, kmh=1.5)]
    assert sentence([*now, *then], "s0") == "Facing the rear at 1.5 km/h: heart 118, was 125 three weeks ago."
