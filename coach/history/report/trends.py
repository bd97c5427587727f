"""The backward trends on a page: a chart for those with the most weeks, and all of them as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from coach.history.account import WINDOW_FROM_S
from coach.history.report import tell
from coach.history.report.charts.weeks import trend
from coach.history.report.markup import Column, section, small_figure, table, told
from coach.history.report.tell import Measure
from coach.history.trend import NOISE_BPM, Trend
from coach.show.words import clock

MOST_CHARTS: Final = 6  # the speeds with most weeks; more is no trend but a list
_LIKE: Final = (
    "Only like is compared with like: the same block of a session, the same seconds of it, the same speed and incline, "
    "hands held apart from hands free. Each week is a median. "
    f"Less than {NOISE_BPM} bpm is what a heart differs by from day to day."
)


def trend_section(trends: Sequence[Trend], measure: Measure) -> Iterator[str]:
    """The part of a page on trends; nothing where there are none."""
    yield from section("Heart facing the rear, week by week", _body(trends, measure))


def name_of(one: Trend, measure: Measure) -> str:
    """What is compared: block 2 at 3.0 km/h."""
    text = f"Block {one.block} at {measure.speed(one.speed_kmh)}"
    if one.incline_pct >= 0.05:
        text += f", {one.incline_pct:.1f} %"
    return text + (", rails held" if one.rails else "")


def _body(trends: Sequence[Trend], measure: Measure) -> Iterator[str]:
    if not trends:
        return
    yield f"<p>{told(_LIKE)}</p>"
    drawn = sorted(trends, key=lambda one: -len(one.weeks))[:MOST_CHARTS]
    yield '<div class="trends">'
    for number, one in enumerate(one for one in trends if one in drawn):
        first, last = one.weeks[0], one.weeks[-1]
        said = f"{name_of(one, measure)}: {first.bpm:.0f} bpm in the week of {tell.day(first.monday)}, "
        said += f"{last.bpm:.0f} bpm in that of {tell.day(last.monday)}."
        yield from small_figure(f"trend{number}", name_of(one, measure), said, partial(trend, one))
    yield "</div>"
    columns = [
        Column("What"),
        Column("Of the block (min:s)", number=False),
        Column("Weeks"),
        Column("First week", number=False),
        Column("Heart then (bpm)"),
        Column("Last week", number=False),
        Column("Heart now (bpm)"),
        Column("Off (bpm)"),
        Column("Beats per metre then"),
        Column("Beats per metre now"),
    ]
    yield from table("First and last week of each", columns, (_row(one, measure) for one in trends))


def _row(one: Trend, measure: Measure) -> Sequence[str]:
    first, last = one.weeks[0], one.weeks[-1]
    return (
        name_of(one, measure),
        f"{clock(WINDOW_FROM_S)} to {clock(one.to_s)}",
        str(len(one.weeks)),
        tell.day(first.monday),
        tell.whole(first.bpm),
        tell.day(last.monday),
        tell.whole(last.bpm),
        tell.signed(last.bpm - first.bpm, 0),
        f"{first.beats_per_m:.2f}",
        f"{last.beats_per_m:.2f}",
    )
