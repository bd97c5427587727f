"""Where a runner stands, in lines: backward minutes a week, heart at the same speed, level, next backward day. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from textwrap import wrap
from typing import Final

from coach.core.level import OPENS_AFTER
from coach.history.allowance import DoseWeek, Standing
from coach.history.report.tell import day, short_day
from coach.history.trend import NOISE_BPM, Trend, Week
from coach.seen.units import Units, speed_unit
from coach.tui.past import Outlook
from coach.tui.widgets.pane import Line
from coach.tui.widgets.profile import LINE
from coach.tui.widgets.weeks import LOWEST, Bar, draw_bars, fitting, in_columns

SAME_BPM: Final = 1.0  # a smaller step from one week to the next has a level arrow
CELLS: Final = 20  # of a full gauge
FEW_WEEKS: Final = 8  # fewer show no course
CHART_SHARE: Final = 0.4  # of the rows, at most
WIDEST: Final = 110  # columns of text that are pleasant to read
NOTHING_YET: Final = (
    "No backward session on a real belt yet. After the first one its minutes stand here, and from the second week "
    "on what your heart does at the same speed. Simulated sessions never count."
)


def told(outlook: Outlook, units: Units, width: int, height: int) -> list[Line]:
    """All lines; the chart grows with the room."""
    inner = min(width, WIDEST)
    first, last = _next_day(outlook.standing, inner, outlook.today), _level(outlook.standing, inner)
    if not any(week.backward_s for week in outlook.weeks):
        return [*_wrapped(NOTHING_YET, inner), (), *first, *last]
    rows = max(int(height * CHART_SHARE), LOWEST + 2)
    weeks = shown(outlook.weeks, width)
    return [*first, *_weeks(weeks, width, rows), *_trends(outlook.trends, weeks, units, width), *last]


def shown(weeks: Sequence[DoseWeek], width: int) -> Sequence[DoseWeek]:
    """As many of the newest as have room; empty ones before the first with a session give way, down to a few."""
    newest = weeks[-fitting(width) :]
    first = next((at for at, week in enumerate(newest) if week.backward_s), 0)
    return newest[min(first, max(len(newest) - FEW_WEEKS, 0)) :]


def _title(text: str) -> Iterator[Line]:
    yield ()
    yield ((text, "dim"),)


def _wrapped(text: str, width: int, role: str = "text") -> Iterator[Line]:
    yield from (((part, role),) for part in wrap(text, max(width, 20)))


def _weeks(weeks: Sequence[DoseWeek], width: int, rows: int) -> Iterator[Line]:
    yield ()
    yield ("BACKWARD MINUTES A WEEK", "dim"), (f"   {LINE * 2}", "turn"), (" the most that was allowed", "dim")
    most = [None if week.most_s is None else week.most_s / 60 for week in weeks]
    yield from draw_bars(
        [Bar(week.monday, week.backward_s / 60, limit) for week, limit in zip(weeks, most, strict=True)], width, rows
    )


def _trends(trends: Sequence[Trend], weeks: Sequence[DoseWeek], units: Units, width: int) -> Iterator[Line]:
    yield from _title("YOUR HEART AT THE SAME SPEED, FACING THE REAR: the middle of each week in bpm")
    if not trends:
        yield from _wrapped("Nothing to compare yet: it takes the same block at the same speed in two weeks.", width)
    mondays = [week.monday for week in weeks]
    for trend in trends:
        yield _group(trend, units)
        yield in_columns(mondays, dict(_cells(trend.weeks)))


def _group(trend: Trend, units: Units) -> Line:
    incline = f", {trend.incline_pct:g} %" if trend.incline_pct else ""
    hands = ", rails held" if trend.rails else ""
    work = f"block {trend.block} at {speed_unit(trend.speed_kmh, units)}{incline}{hands}"
    return (f"▼ {work}", "backward"), (f"  {change(trend)}", "text")


def change(trend: Trend) -> str:
    """How far the heart went since the first week, in words; a few beats are no change."""
    by, since = trend.change_bpm, short_day(trend.weeks[0].monday)
    if abs(by) < NOISE_BPM:
        return f"about the same since {since}"
    return f"{abs(by):.0f} bpm {'lower' if by < 0 else 'higher'} than in the week of {since}"


def _cells(weeks: Sequence[Week]) -> Iterator[tuple[date, str]]:
    """The median of each week, and an arrow against the one before it."""
    yield weeks[0].monday, f"{weeks[0].bpm:.0f}  "
    for before, week in pairwise(weeks):
        yield week.monday, f"{week.bpm:.0f} {arrow(week.bpm - before.bpm)}"


def arrow(by_bpm: float) -> str:
    """Up, down or level."""
    if abs(by_bpm) < SAME_BPM:
        return "→"
    return "↓" if by_bpm < 0 else "↑"


def _level(standing: Standing, width: int) -> Iterator[Line]:
    yield from _title("YOUR LEVEL")
    yield ((f"{standing.level}", "strong"), (f"{_counted(standing)}", "text"))
    if standing.next_level is not None and standing.next_level in OPENS_AFTER:
        sessions, minutes = OPENS_AFTER[standing.next_level]
        yield gauge("sessions", standing.sessions, sessions)
        yield gauge("minutes", standing.backward_s / 60, minutes)
    if standing.missing:
        yield from _wrapped(_sentence(standing.missing), width)


def _counted(standing: Standing) -> str:
    return f", and the next one is {standing.next_level}" if standing.next_level is not None else ", the highest one"


def gauge(name: str, done: float, of: float) -> Line:
    """How much of something there is, as cells and as numbers."""
    full = min(int(CELLS * done / of), CELLS)
    cells = "▮" * full + "▯" * (CELLS - full)
    return (
        (f"  {name:<9}", "text"),
        (cells, "good" if full == CELLS else "strong"),
        (f"  {int(done)} of {of:g}", "text"),
    )


def _next_day(standing: Standing, width: int, today: date) -> Iterator[Line]:
    yield ("Next backward day: ", "text"), (days_on(standing.next_day, today), "strong")
    if standing.why_not_today and standing.next_day > today:
        yield from _wrapped(f"Not today: {_sentence(standing.why_not_today)}", width)
    left = max(standing.week_most_s - standing.week_s, 0.0) / 60
    done, most = standing.week_s / 60, standing.week_most_s / 60
    if left:
        yield from _wrapped(f"In seven days up to now {done:.1f} of {most:.1f} minutes: {left:.1f} are left.", width)


def days_on(on: date, today: date) -> str:
    """A day as people name it."""
    if on <= today:
        return "today"
    if on == today + timedelta(days=1):
        return f"tomorrow, {on:%A}"
    return f"{on:%A}, {day(on)}, in {(on - today).days} days"


def _sentence(text: str) -> str:
    whole = text[0].upper() + text[1:]
    return whole if whole.endswith(".") else f"{whole}."
