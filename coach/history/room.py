"""How much room the seven days that end with one have for backward running, and what sets the limit. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import floor

from coach.core.level import BACKWARD_DAY_S, LEVELS
from coach.core.workout import Level
from coach.history.dose import WEEK, Days, begun_on, easy_s, growth_s, larger_s, week_s
from coach.history.experience import Experience, Own


@dataclass(frozen=True, slots=True)
class Room:
    """The seven days that end with one."""

    done_s: float
    most_s: float
    why: str  # what sets the limit, in words; nothing: the level

    @property
    def left_s(self) -> float:
        """Nothing where it is less than a minute: no turn is made for that."""
        left_s = self.most_s - self.done_s
        return left_s if left_s >= BACKWARD_DAY_S else 0.0


def room(days: Days, on: date, level_s: float, hurt: str) -> Room:
    """The room on a day.

    Args:
        days: all that was run.
        on: the day.
        level_s: what a week of the level has.
        hurt: why nothing grows now, in words; or nothing.
    """
    done_s = week_s(days, on)
    growth, easy = growth_s(days, on, growing=not hurt), easy_s(days, on)
    limits = [(level_s, "")]
    if growth is not None:
        limits.append((growth, _grows(larger_s(days, begun_on(days, on)), hurt)))
    if easy is not None:
        limits.append((done_s + easy, "every fourth week is a fifth lighter"))
    most_s, why = min(limits, key=lambda limit: limit[0])
    return Room(done_s, most_s, why)


def level_s(done: Experience, own: Own) -> float:
    """What a week of the level has that is open; who fell as a beginner keeps the week of a beginner."""
    row_s = LEVELS[done.level].week_s
    fallen = done.level is Level.REHAB and own.most is not Level.REHAB
    return min(row_s, LEVELS[Level.BEGINNER].week_s) if fallen else row_s


def less(week: Room, unread: Sequence[date], on: date, each_s: float) -> Room:
    """The same seven days with recordings among them that cannot be read; no limit is measured against those."""
    lost_s = each_s * sum(on - WEEK < day <= on for day in unread)
    return replace(week, done_s=week.done_s + lost_s)


def minutes(seconds: float) -> str:
    """Minutes for people, with one decimal and never rounded up."""
    return f"{floor(seconds / 6 + 1e-6) / 10:g}"


def _grows(larger: float, hurt: str) -> str:
    if not larger:
        return "it is the first after a lay-off"
    return f"it does not grow after {hurt}" if hurt else f"the larger of the last two weeks had {minutes(larger)}"
