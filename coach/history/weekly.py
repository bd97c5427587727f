"""Weeks of sessions, each as one row: how many, how long, how far, and how much of it facing the rear. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from coach.history.past import Past


@dataclass(frozen=True, slots=True)
class WeekRow:
    """What was done from a Monday to the Sunday after it; lengths in s and m."""

    monday: date
    sessions: int = 0
    backward_sessions: int = 0  # of a minute and more facing the rear
    time_s: float = 0.0  # of the steps, both ways; turns and waiting are not in it
    distance_m: float = 0.0  # all that the belt ran
    backward_s: float = 0.0
    backward_m: float = 0.0
    most_s: float | None = None  # backward, as far as growth allowed; None: it was no limit, or is not known

    @property
    def over(self) -> bool:
        """More than growth allowed, by more than a second."""
        return self.most_s is not None and self.backward_s > self.most_s + 1.0


def monday_of(on: date) -> date:
    """The begin of its week."""
    return on - timedelta(days=on.weekday())


def weekly(sessions: Iterable[Past], today: date, count: int, most_s: Mapping[date, float | None]) -> list[WeekRow]:
    """The last weeks up to the one of today, oldest first, those without a session among them."""
    last = monday_of(today)
    by_week: dict[date, list[Past]] = {last - timedelta(weeks=ago): [] for ago in range(count - 1, -1, -1)}
    for one in sessions:
        if monday_of(one.on) in by_week:
            by_week[monday_of(one.on)].append(one)
    return [_row(monday, those, most_s.get(monday)) for monday, those in by_week.items()]


def _row(monday: date, those: list[Past], most_s: float | None) -> WeekRow:
    return WeekRow(
        monday,
        len(those),
        sum(one.backward for one in those),
        round(sum(one.forward_s + one.backward_s for one in those), 2),
        round(sum(one.distance_m for one in those), 1),
        round(sum(one.backward_s for one in those), 2),
        round(sum(one.backward_m for one in those), 1),
        most_s,
    )
