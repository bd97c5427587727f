"""A year of a runner, made from lines of the history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from coach.history.account import Window
from coach.history.allowance import Own, standing, weeks
from coach.history.past import Past
from coach.history.report.tell import KILOMETRES, Measure
from coach.history.report.weeks import Dose, Weeks, weeks_of
from coach.history.trend import Seen
from tests.history.made import TODAY, past

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 20, tzinfo=UTC)


def sessions(count: int = 52) -> list[Past]:
    """Three sessions in every week but each seventh."""
    found = []
    for ago in range(count):
        if ago % 7 != 6:
            found += [past(7 * ago + day, backward_s=180.0 + (count - ago) * 2) for day in (0, 1, 2)]
    return found


def windows(count: int = 52) -> list[Seen]:
    """Two blocks a week, with a heart that falls."""
    return [
        Seen(
            f"s{ago}",
            NOW - timedelta(weeks=ago),
            Window(block, 120.0, 3.0, 0.0, 118.0 + ago / 4 + block, 60.0),
            rails=False,
        )
        for ago in range(count)
        for block in (1, 2)
    ]


@cache
def a_year(count: int = 52, *, simulated: bool = False, measure: Measure = KILOMETRES) -> Weeks:
    """The page of so many weeks."""
    ran = sessions()
    dose = None if simulated else Dose(standing(ran, Own(), NOW), weeks(ran, NOW, count))
    return weeks_of(ran, windows(), dose, NOW, count, measure=measure, version="1")
