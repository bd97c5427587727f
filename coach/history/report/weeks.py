"""The page of weeks: what was done in each, what growth allowed facing the rear, the level, and the trends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Final

from coach.history.allowance import DoseWeek, Standing
from coach.history.past import Past
from coach.history.report import tell
from coach.history.report.charts import weeks as chart
from coach.history.report.markup import Column, figure, head, page, section, table, tiles, told
from coach.history.report.tell import NOTHING, Measure
from coach.history.report.trends import trend_section
from coach.history.trend import Seen, Trend, trends
from coach.history.weekly import WeekRow, weekly
from coach.result import Json, plain
from coach.show.words import clock, counted

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else


@dataclass(frozen=True, slots=True)
class Dose:
    """What history allows of a runner, and allowed him in each week."""

    standing: Standing
    weeks: tuple[DoseWeek, ...]


@dataclass(frozen=True, slots=True)
class Weeks:
    """All that a page of weeks is made of."""

    rows: tuple[WeekRow, ...]  # oldest first
    now: datetime
    standing: Standing | None  # None where the sessions are simulated: those count for nothing
    trends: tuple[Trend, ...]
    measure: Measure
    version: str  # of coach

    def facts(self) -> dict[str, Json]:
        """The JSON object of `coach report --weeks N --json`."""
        return {
            "schema": SCHEMA,
            "at": self.now.isoformat(timespec="seconds"),
            "simulated": self.standing is None,
            "weeks": [_dated(row) for row in self.rows],
            "standing": None if self.standing is None else _dated(self.standing),
            "trends": [_dated(one) for one in self.trends],
        }


def weeks_of(
    sessions: Sequence[Past],
    seen: Iterable[Seen],
    dose: Dose | None,
    now: datetime,
    count: int,
    *,
    measure: Measure,
    version: str,
) -> Weeks:
    """The last so many weeks of a runner; `dose` is None for simulated sessions, which count for nothing."""
    most_s = {} if dose is None else {week.monday: week.most_s for week in dose.weeks}
    rows = weekly(sessions, now.date(), count, most_s)
    inside = [one for one in seen if one.monday >= rows[0].monday]
    standing = None if dose is None else dose.standing
    return Weeks(tuple(rows), now, standing, trends(inside), measure, version)


def weeks_page(found: Weeks) -> str:
    """The whole page.

    Raises:
        CoachError: matplotlib is not here.
    """
    title = "This week" if len(found.rows) == 1 else f"The last {len(found.rows)} weeks"
    return page(title, _body(title, found))


def _body(title: str, found: Weeks) -> Iterator[str]:
    rows, measure = found.rows, found.measure
    under = [f"From {tell.day(rows[0].monday)} to {tell.day(found.now.date())}"]
    yield from head(title, under, simulated=found.standing is None)
    yield from tiles(_tiles(rows, measure))
    yield from section("Minutes facing the rear", _backward(found))
    yield from section("Level", _level(found.standing))
    yield from trend_section(found.trends, measure)
    yield from section("Weeks", _table(rows, measure))
    foot = f"As coach {found.version} has it. Weeks begin on Monday. coach is not a medical device."
    yield f"<footer><p>{told(foot)}</p></footer>"


def _tiles(rows: Sequence[WeekRow], measure: Measure) -> Iterator[tuple[str, str]]:
    yield "Sessions", str(sum(row.sessions for row in rows))
    yield "Time in intervals", tell.span(sum(row.time_s for row in rows))
    yield "Distance of the belt", measure.distance(sum(row.distance_m for row in rows))
    yield "Facing the rear", tell.span(sum(row.backward_s for row in rows))


def _backward(found: Weeks) -> Iterator[str]:
    rows = found.rows
    if not any(row.backward_s for row in rows):
        yield "<p>Nothing facing the rear in these weeks.</p>"
        return
    most = max(rows, key=lambda row: row.backward_s)
    said = f"Minutes facing the rear in each week; the most were {clock(most.backward_s)} minutes in the week of "
    said += f"{tell.day(most.monday)}. The table of weeks has the numbers."
    caption = "Bars are minutes facing the rear in a week"
    caption += ", the line is what growth allowed." if any(row.most_s is not None for row in rows) else "."
    yield from figure("weeks", caption, said, lambda width_mm: chart.weeks(rows, width_mm))


def _level(standing: Standing | None) -> Iterator[str]:
    if standing is None:
        return
    lines = [
        f"Your level facing the rear: {standing.level}.",
        f"In the seven days up to today: {clock(standing.week_s)} of {tell.span(standing.week_most_s)} backward.",
        f"{counted(standing.sessions, 'backward session')} and {tell.span(standing.backward_s)} of them count so far.",
        *(f"{sentence}." for sentence in (standing.missing, standing.why_not_today) if sentence),
        f"The next backward day: {tell.day(standing.next_day)}.",
    ]
    yield f"<ul>{''.join(f'<li>{told(line)}</li>' for line in lines)}</ul>"


def _table(rows: Sequence[WeekRow], measure: Measure) -> Iterator[str]:
    columns = [
        Column("Week of"),
        Column("Sessions"),
        Column("Backward sessions"),
        Column("Time in intervals (min:s)"),
        Column("Distance"),
        Column("Facing rear (min:s)"),
        Column("Allowed (min:s)"),
        Column("Distance facing rear"),
        Column("Note", number=False),
    ]
    yield from table(
        "Newest first; backward sessions have a minute or more", columns, (_row(row, measure) for row in rows[::-1])
    )


def _row(row: WeekRow, measure: Measure) -> Sequence[str]:
    return (
        tell.day(row.monday),
        str(row.sessions),
        str(row.backward_sessions),
        clock(row.time_s),
        measure.distance(row.distance_m),
        clock(row.backward_s),
        NOTHING if row.most_s is None else clock(row.most_s),
        measure.distance(row.backward_m),
        "above what growth allowed" if row.over else "",
    )


def _dated(value: object) -> Json:
    """As coach.result.plain(), with days as text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_dated(one) for one in value]
    if is_dataclass(value):
        return {one.name: _dated(getattr(value, one.name)) for one in fields(value)}
    return plain(value)
