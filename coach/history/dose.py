"""Backward minutes over days and weeks, and how much of them a week may have (safety.md 3). Pure.

What is counted is any seven days in a row, so that no boundary between two weeks gains anything. What growth is
measured against stands still for seven days at a time: blocks of seven days, counted from the first backward day after
a lay-off. A block is compared with the most of any seven days in a row among the two weeks before it; none of them
overlaps with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import ceil
from typing import Final

from coach.core.level import BACKWARD_DAY_S, LEVELS
from coach.core.workout import Level

# All of safety.md 3.
GROWTH: Final = 1.20  # of the larger of the last two weeks
GROWTH_MOST: Final = 1.30  # also where the floor would allow more
FLOOR_S: Final = 180.0  # that much more is allowed where a fifth is less
EASY: Final = 0.80  # an easy week has at most this share of the week before
EASY_EVERY: Final = 4  # weeks
LAY_OFF_DAYS: Final = 21  # without backward running: one level down, and growth begins from nothing
FORGOTTEN_DAYS: Final = 60  # beginner again

DAY: Final = timedelta(days=1)
WEEK_DAYS: Final = 7  # doses are counted by the calendar's weeks
WEEK: Final = WEEK_DAYS * DAY
AFTER_LAY_OFF_S: Final = LEVELS[Level.BEGINNER].week_s
"""The most in a week after a lay-off, whatever the level: more than that nobody begins with."""
STEP_S: Final = 5.0
"""A limit by growth is rounded up to a multiple of this: of a block that was planned some tenths are not measured, and
the same week once more must not fail by them. Neither the week of a level nor 1.30 is ever rounded."""

Days = Mapping[date, float]
"""Seconds facing the rear by day."""


def most_s(before: Sequence[float]) -> float | None:
    """The backward seconds that a week may have after these, of which only the last two count; None: from nothing."""
    larger = max(before[-2:], default=0.0)
    if larger == 0.0:
        return None
    return min(max(GROWTH * larger, larger + FLOOR_S), GROWTH_MOST * larger)


def week_s(days: Days, on: date) -> float:
    """What was run in the seven days that end with this one."""
    return sum(days.get(on - back * DAY, 0.0) for back in range(WEEK_DAYS))


def begun_on(days: Days, on: date) -> date:
    """The first day of the block of seven days in which a day is; the day itself where blocks begin with it."""
    first = _first_of(days, on)
    return on - (on - first).days % WEEK_DAYS * DAY


def larger_s(days: Days, begun: date) -> float:
    """What growth is measured against in the week that begins on a day.

    That is the most of any seven days in a row among the fourteen before it. Where those had no backward day, it is
    that of the days before them which are no lay-off ago, so that a shorter pause does not count as nothing.
    """
    backward = {day: days[day] for day in _backward(days, begun - DAY)}
    return _most_of(backward, begun - 2 * WEEK, begun) or _most_of(backward, begun - (LAY_OFF_DAYS - 1) * DAY, begun)


def growth_s(days: Days, on: date, *, growing: bool = True) -> float | None:
    """The most that growth allows in the seven days that end with this one; None: it sets no limit.

    Args:
        days: all that was run.
        on: the day.
        growing: nothing speaks against more than the larger of the last two weeks.
    """
    begun = begun_on(days, on)
    larger = larger_s(days, begun)
    most = most_s([larger]) if growing else larger or None
    if most is not None:
        return min(_up(most), GROWTH_MOST * larger)
    earlier = [day for day in _backward(days, begun - DAY) if (begun - day).days < FORGOTTEN_DAYS]
    return AFTER_LAY_OFF_S if earlier else None


def easy_s(days: Days, on: date) -> float | None:
    """What is left on a day of a week that has to be an easy one, negative where it had more; None: it need not be.

    It has to be where the three blocks before it were run without one among them that had a fifth less than the block
    before, or nothing.
    """
    begun = begun_on(days, on)
    hard, before = 0, 0.0
    start = _first_of(days, on)
    while start < begun:
        week = week_s(days, start + WEEK - DAY)
        easy = week <= _up(EASY * before)
        hard, before = 0 if easy else hard + 1, week
        start += WEEK
    if hard < EASY_EVERY - 1:
        return None
    done_s = sum(days.get(begun + ahead * DAY, 0.0) for ahead in range((on - begun).days + 1))
    return _up(EASY * before) - done_s


def _first_of(days: Days, on: date) -> date:
    """The first backward day since the last lay-off, from which blocks are counted; the day itself where none is."""
    first = last = None
    for day in _backward(days, on):
        if first is None or last is None or (day - last).days >= LAY_OFF_DAYS:
            first = day
        last = day
    if first is None or last is None or (on - last).days >= LAY_OFF_DAYS:
        return on
    return first


def _backward(days: Days, until: date) -> list[date]:
    """The backward days up to one, oldest first."""
    return sorted(day for day, seconds in days.items() if day <= until and seconds >= BACKWARD_DAY_S)


def _most_of(days: Days, start: date, end: date) -> float:
    """The most of any seven days in a row from `start` to the day before `end`."""
    return max(week_s(days, start + ahead * DAY) for ahead in range(WEEK_DAYS - 1, (end - start).days))


def _up(seconds: float) -> float:
    return ceil(seconds / STEP_S - 1e-9) * STEP_S
