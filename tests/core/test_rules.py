"""The rules of a workout, each just within its limit and just beyond it (safety.md 3 and 6)."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from coach.core.level import FIRST, Allowance
from coach.core.rules import Problem, end_kmh, kmh, lengths, mean_kmh, problems, time, top_kmh
from coach.core.workout import (
    Extent,
    ExtentUnit,
    Facing,
    Head,
    HeartHold,
    HeartRange,
    Level,
    Segment,
    Target,
    Workout,
)
from tests.core.build import BACKWARD, FORWARD, backward, forward, rest

COOL_DOWN = forward(180.0, 4.0)
HELD = Segment(
    Head.FORWARD, FORWARD, Extent(ExtentUnit.TIME, 60.0), Target(6.0), heart=HeartHold(HeartRange(120, 135), 5.0, 8.5)
)


def broken(*segments: Segment, level: Level = Level.INTERMEDIATE, **given: Allowance | bool | float) -> list[str]:
    """The rules that these segments break."""
    return [problem.rule for problem in told(*segments, level=level, **given)]


def told(
    *segments: Segment, level: Level = Level.INTERMEDIATE, **given: Allowance | bool | float
) -> tuple[Problem, ...]:
    """What is said of these segments, each on a line of its own."""
    allowance, heart, limit_kmh = (given.get(name) for name in ("allowance", "heart", "limit_kmh"))
    lined = tuple(replace(segment, line=line) for line, segment in enumerate(segments, 1))
    workout = Workout("a test", lined, level, backward_limit_kmh=limit_kmh if isinstance(limit_kmh, float) else None)
    allowed = allowance if isinstance(allowance, Allowance) else Allowance()
    return problems(workout, None, allowed, heart=heart is not False)


def forward_tilted(pct: float, end_pct: float | None = None) -> Segment:
    """A minute forward with an incline, or with a ramp of it."""
    return Segment(Head.FORWARD, FORWARD, Extent(ExtentUnit.TIME, 60.0), Target(6.0, None, pct, end_pct))


def to_the_rear(seconds: float = 60.0, kmh: float = 3.0, *, pct: float = 0.0, end_kmh: float | None = None) -> Segment:
    """A backward segment that may be a ramp."""
    return Segment(Head.BACKWARD, BACKWARD, Extent(ExtentUnit.TIME, seconds), Target(kmh, end_kmh, pct))


OPEN = Segment(Head.FORWARD, FORWARD, Extent(ExtentUnit.OPEN), Target(6.0))
LEVEL_CAPS = ((Level.REHAB, 2.0), (Level.BEGINNER, 3.0), (Level.INTERMEDIATE, 4.5), (Level.ADVANCED, 6.0))
BLOCKS_S = ((Level.REHAB, 120.0), (Level.BEGINNER, 180.0), (Level.INTERMEDIATE, 300.0), (Level.ADVANCED, 600.0))
TURNS = ((Level.REHAB, 2), (Level.BEGINNER, 6), (Level.INTERMEDIATE, 10), (Level.ADVANCED, 12))


# Speeds and lengths of a segment.


@pytest.mark.parametrize(
    ("segment", "mean", "top", "end"),
    [
        (forward(60.0, 6.0), 6.0, 6.0, 6.0),
        (forward(60.0, 4.0, end_kmh=8.0), 6.0, 8.0, 8.0),
        (forward(60.0, 8.0, end_kmh=4.0), 6.0, 8.0, 4.0),
        (rest(), 0.0, 0.0, 0.0),
        (HELD, 6.0, 8.5, 8.5),
    ],
    ids=["steady", "up", "down", "rest", "by the heart"],
)
def test_the_mean_the_highest_and_the_last_speed(segment: Segment, mean: float, top: float, end: float) -> None:
    assert (mean_kmh(segment), top_kmh(segment), end_kmh(segment)) == (mean, top, end)


@pytest.mark.parametrize(
    ("unit", "amount", "seconds"),
    [
        (ExtentUnit.TIME, 90.0, 90.0),
        (ExtentUnit.DISTANCE, 500.0, 300.0),  # at 6 km/h
        (ExtentUnit.TO_MARK, 500.0, 300.0),
        (ExtentUnit.OPEN, inf, None),
    ],
)
def test_the_planned_length_is_known_but_of_an_open_step(
    unit: ExtentUnit, amount: float, seconds: float | None
) -> None:
    one = Segment(Head.FORWARD, FORWARD, Extent(unit, amount), Target(6.0))
    assert [length_s for length_s, _ in lengths([one])] == [seconds]


@pytest.mark.parametrize(
    ("before", "to_m", "seconds"),
    [
        ([forward(300.0, 6.0)], 800.0, 176.4),  # 500 m and a turn of 6 m are behind
        ([forward(300.0, 6.0), rest(60.0)], 800.0, 176.4),
        ([forward(300.0, 6.0)], 500.0, 0.0),
        ([replace(forward(300.0, 6.0), mark="here"), backward(60.0, 6.0)], 800.0, 116.4),
    ],
)
def test_a_length_to_a_mark_counts_what_is_behind_and_turns(before: list[Segment], to_m: float, seconds: float) -> None:
    last = Segment(Head.BACKWARD, BACKWARD, Extent(ExtentUnit.TO_MARK, to_m), Target(6.0))
    assert [*lengths([*before, last])][-1][0] == pytest.approx(seconds)


def test_a_backward_block_to_a_mark_is_as_long_as_it_is() -> None:
    last = Segment(Head.BACKWARD, BACKWARD, Extent(ExtentUnit.TO_MARK, 2000.0), Target(1.5))
    workout = Workout("a test", (forward(300.0, 5.0), last, forward(300.0, 4.0)), level=Level.BEGINNER)
    assert {one.rule for one in problems(workout)} == {"backward-too-long", "backward-dose"}


# What nobody may do.


@pytest.mark.parametrize(("kmh", "rules"), [(22.0, []), (22.1, ["speed-over-limit"])])
def test_nothing_is_above_22_km_h(kmh: float, rules: list[str]) -> None:
    assert broken(forward(60.0, kmh)) == rules
    assert broken(forward(60.0, 5.0, end_kmh=kmh)) == rules


@pytest.mark.parametrize(("pct", "rules"), [(25.0, []), (25.1, ["incline-over-limit"])])
def test_nothing_is_above_25_percent(pct: float, rules: list[str]) -> None:
    assert broken(forward_tilted(pct)) == rules
    assert broken(forward_tilted(0.0, pct)) == rules


# Speeds facing the rear.


@pytest.mark.parametrize(("level", "cap_kmh"), LEVEL_CAPS)
def test_each_level_has_its_speed(level: Level, cap_kmh: float) -> None:
    fast = forward(60.0, 12.0)
    assert broken(fast, to_the_rear(60.0, cap_kmh), COOL_DOWN, level=level) == []
    assert broken(fast, to_the_rear(60.0, cap_kmh + 0.1), COOL_DOWN, level=level) == ["backward-too-fast"]
    assert broken(fast, to_the_rear(60.0, 1.0, end_kmh=cap_kmh + 0.1), COOL_DOWN, level=level) == ["backward-too-fast"]


@pytest.mark.parametrize(("level", "cap_kmh"), LEVEL_CAPS[1:])
def test_without_a_strap_it_is_four_fifths_of_it(level: Level, cap_kmh: float) -> None:
    fast = forward(60.0, 12.0)
    assert broken(fast, to_the_rear(60.0, cap_kmh * 0.8), COOL_DOWN, level=level, heart=False) == []
    (problem,) = told(fast, to_the_rear(60.0, cap_kmh * 0.8 + 0.1), COOL_DOWN, level=level, heart=False)
    assert problem.rule == "backward-too-fast"
    assert problem.message.endswith(f"the most for {level} without a heart strap")


def test_rehab_needs_a_strap_for_backward_running_and_for_nothing_else() -> None:
    assert broken(forward(60.0), to_the_rear(60.0, 1.2), COOL_DOWN, level=Level.REHAB, heart=False) == [
        "strap-required"
    ]
    assert broken(forward(60.0), COOL_DOWN, level=Level.REHAB, heart=False) == []


def test_the_limit_of_the_workout_lowers_the_cap_and_never_raises_it() -> None:
    fast = forward(60.0, 12.0)
    assert broken(fast, to_the_rear(60.0, 2.1), COOL_DOWN, limit_kmh=2.0) == ["backward-too-fast"]
    assert broken(fast, to_the_rear(60.0, 2.0), COOL_DOWN, limit_kmh=2.0) == []
    assert broken(fast, to_the_rear(60.0, 4.6), COOL_DOWN, limit_kmh=9.0) == ["backward-too-fast"]


@pytest.mark.parametrize(
    ("before", "kmh", "rules"),
    [
        (forward(60.0, 5.0), 3.0, []),  # 0.60 of it
        (forward(60.0, 5.0), 3.1, ["backward-too-fast"]),
        (forward(59.0, 5.0), 1.0, ["backward-too-fast"]),  # not held for a minute
        (forward(60.0, 4.0, end_kmh=6.0), 1.0, ["backward-too-fast"]),  # a ramp holds nothing
        (OPEN, 3.6, []),
        (rest(60.0), 1.0, ["backward-too-fast"]),
    ],
    ids=["at it", "above", "too short", "a ramp", "open", "a rest"],
)
def test_the_rear_is_at_most_six_tenths_of_what_was_held_for_a_minute(
    before: Segment, kmh: float, rules: list[str]
) -> None:
    assert broken(before, to_the_rear(60.0, kmh), COOL_DOWN) == rules


def test_what_is_held_after_the_block_does_not_count_for_it() -> None:
    assert broken(forward(60.0, 4.0), to_the_rear(60.0, 3.0), forward(180.0, 8.0)) == ["backward-too-fast"]
    assert broken(forward(60.0, 8.0), forward(60.0, 4.0), to_the_rear(60.0, 3.0), COOL_DOWN) == []


def test_it_is_told_what_may_be_written_instead() -> None:
    (problem,) = told(forward(60.0, 4.0), to_the_rear(60.0, 3.0), COOL_DOWN)
    assert (problem.line, problem.help) == (2, "write at most 2.4 km/h, or run faster forward before it")


# Inclines facing the rear.


@pytest.mark.parametrize(
    ("level", "kmh", "pct", "rule"),
    [
        (Level.BEGINNER, 2.0, 0.0, None),
        (Level.BEGINNER, 2.0, 0.5, "backward-incline"),
        (Level.INTERMEDIATE, 3.0, 3.0, None),
        (Level.INTERMEDIATE, 3.0, 3.5, "backward-incline"),
        (Level.ADVANCED, 4.5, 6.0, None),
        (Level.ADVANCED, 4.5, 6.5, "backward-incline"),
        (Level.ADVANCED, 4.6, 3.0, None),
        (Level.ADVANCED, 4.6, 3.5, "backward-incline"),
        (Level.ADVANCED, 3.0, -0.5, "negative-incline"),
    ],
)
def test_each_level_has_its_incline_and_none_goes_downhill(
    level: Level, kmh: float, pct: float, rule: str | None
) -> None:
    found = broken(forward(60.0, 12.0), to_the_rear(60.0, kmh, pct=pct), COOL_DOWN, level=level)
    assert found == ([] if rule is None else [rule])


# How long.


@pytest.mark.parametrize(("level", "block_s"), BLOCKS_S)
def test_each_level_has_its_longest_block(level: Level, block_s: float) -> None:
    before = forward(60.0)
    assert broken(before, to_the_rear(block_s, 1.0), COOL_DOWN, level=level) == []
    assert broken(before, to_the_rear(block_s + 1, 1.0), COOL_DOWN, level=level) == ["backward-too-long"]
    halves = (to_the_rear(block_s / 2, 1.0), to_the_rear(block_s / 2 + 1, 1.0))
    assert broken(before, *halves, COOL_DOWN, level=level) == ["backward-too-long"]


def test_a_step_between_begins_a_new_block_and_so_does_a_rest() -> None:
    half = to_the_rear(200.0, 2.0)
    assert broken(forward(60.0), half, forward(60.0), half, COOL_DOWN) == []
    assert broken(forward(60.0), half, rest(30.0, BACKWARD), half, COOL_DOWN) == []


def test_a_block_that_is_too_long_is_told_once_and_the_next_one_again() -> None:
    piece = to_the_rear(200.0, 2.0)
    found = told(forward(60.0), piece, piece, piece, forward(60.0), piece, piece, COOL_DOWN, level=Level.ADVANCED)
    assert [(problem.rule, problem.line) for problem in found] == []
    found = told(forward(60.0), piece, piece, piece, forward(60.0), piece, piece, COOL_DOWN)
    assert [(problem.rule, problem.line) for problem in found] == [
        ("backward-too-long", 3),
        ("backward-dose", 6),
        ("backward-too-long", 7),
    ]


def test_the_dose_of_a_session_is_all_of_its_blocks_and_told_once() -> None:
    between = forward(60.0)
    four = (to_the_rear(180.0, 2.0), between) * 4
    assert broken(between, *four, forward(120.0)) == []
    found = told(between, *four, to_the_rear(1.0, 2.0), to_the_rear(60.0, 2.0), COOL_DOWN)
    assert [(problem.rule, problem.line) for problem in found] == [("backward-dose", 10)]
    assert found[0].message.startswith("13 min 1 s of backward running is more than 12 min, the most in one session")
    assert found[0].help == "take a round out, or shorten the blocks"


def test_what_is_left_of_a_week_is_told_with_its_reason() -> None:
    left = Allowance(session_s=60.0, reason="11 of 12 min of this week are run")
    (problem,) = told(forward(60.0), to_the_rear(61.0, 2.0), COOL_DOWN, allowance=left)
    assert problem.rule == "backward-dose"
    assert "the most in one session here and now for intermediate" in problem.message
    assert problem.help == "11 of 12 min of this week are run; take a round out, or shorten the blocks"


def test_the_first_session_of_a_beginner_is_shorter_and_slower() -> None:
    def first(seconds: float, kmh: float) -> list[str]:
        return broken(forward(60.0), to_the_rear(seconds, kmh), COOL_DOWN, level=Level.BEGINNER, allowance=FIRST)

    assert first(90.0, 2.0) == []
    assert first(91.0, 2.0) == ["backward-too-long"]
    assert first(90.0, 2.1) == ["backward-too-fast"]


# Who may.


@pytest.mark.parametrize(
    ("own", "level", "opens"),
    [
        (Level.BEGINNER, Level.REHAB, True),
        (Level.BEGINNER, Level.BEGINNER, True),
        (Level.BEGINNER, Level.INTERMEDIATE, False),
        (Level.REHAB, Level.BEGINNER, False),
        (Level.ADVANCED, Level.INTERMEDIATE, True),
    ],
)
def test_a_runner_may_use_his_own_row_any_slower_one_and_rehab(own: Level, level: Level, opens: bool) -> None:
    allowance = Allowance(level=own, reason="two sessions so far")
    found = told(forward(60.0), to_the_rear(60.0, 1.0), COOL_DOWN, level=level, allowance=allowance)
    assert [problem.rule for problem in found] == ([] if opens else ["level-row"])
    assert opens or found[0].help == f"two sessions so far; choose level {own} or rehab"


def test_a_day_without_backward_running_says_why_once_and_leaves_forward_alone() -> None:
    fell = Allowance(backward_today=False, session_s=0.0, reason="a fall today")
    found = told(forward(60.0), to_the_rear(60.0, 1.0), COOL_DOWN, allowance=fell)
    assert [problem.message for problem in found] == ["no backward running today: a fall today"]
    assert broken(forward(60.0), COOL_DOWN, allowance=fell) == []


# Turns.


@pytest.mark.parametrize(("level", "most"), TURNS)
def test_each_level_has_its_turns(level: Level, most: int) -> None:
    block = (to_the_rear(60.0, 1.0), forward(60.0))
    assert most % 2 == 0
    assert "too-many-turns" not in broken(forward(60.0), *block * (most // 2), COOL_DOWN, level=level)
    (problem,) = (
        problem
        for problem in told(forward(60.0), *block * (most // 2 + 1), COOL_DOWN, level=level)
        if problem.rule == "too-many-turns"
    )
    assert problem.message == f"{most + 2} turns are more than {most}, the most for {level}"


@pytest.mark.parametrize(("seconds", "rules"), [(60.0, []), (59.0, ["turns-too-close"])])
def test_a_minute_is_between_two_turns(seconds: float, rules: list[str]) -> None:
    assert broken(forward(60.0), to_the_rear(seconds, 2.0), COOL_DOWN) == rules
    assert broken(forward(60.0), to_the_rear(), forward(seconds), to_the_rear(), COOL_DOWN) == rules


def test_a_rest_between_two_turns_counts_for_the_minute() -> None:
    block = to_the_rear(60.0, 2.0)
    assert broken(forward(60.0), block, forward(30.0), rest(30.0), block, COOL_DOWN) == []
    assert broken(forward(60.0), block, forward(30.0), rest(29.0), block, COOL_DOWN) == ["turns-too-close"]


def test_a_step_without_a_planned_end_is_long_enough_between_two_turns() -> None:
    assert broken(forward(60.0), to_the_rear(), OPEN, to_the_rear(), COOL_DOWN) == []


@pytest.mark.parametrize(("seconds", "rules"), [(180.0, []), (179.0, ["no-cooldown"])])
def test_three_minutes_facing_the_console_end_a_session(seconds: float, rules: list[str]) -> None:
    assert broken(forward(60.0), to_the_rear(), forward(seconds)) == rules
    assert broken(forward(60.0), to_the_rear(), forward(100.0), rest(300.0), forward(seconds - 100.0)) == rules


def test_no_session_ends_facing_the_rear() -> None:
    assert broken(forward(60.0), to_the_rear()) == ["ends-facing-rear"]


# Words.


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 min"),
        (1.0, "1 s"),
        (59.4, "59 s"),
        (60.0, "1 min"),
        (61.0, "1 min 1 s"),
        (600.0, "10 min"),
        (inf, "no end"),
    ],
)
def test_a_length_of_time_for_people(seconds: float, text: str) -> None:
    assert time(seconds) == text


@pytest.mark.parametrize(("speed", "text"), [(4.0, "4 km/h"), (4.5, "4.5 km/h"), (2.345, "2.35 km/h")])
def test_a_speed_for_people(speed: float, text: str) -> None:
    assert kmh(speed) == text


def test_a_workout_without_a_level_is_a_beginners() -> None:
    block = replace(backward(60.0, 3.1), line=2)
    workout = Workout("a test", (forward(60.0, 12.0), block, COOL_DOWN))
    assert [problem.rule for problem in problems(workout)] == ["backward-too-fast"]
    assert [problem.rule for problem in problems(workout, Level.INTERMEDIATE)] == []
    assert workout.segments[1].facing is Facing.BACKWARD
