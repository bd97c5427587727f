"""Weeks: backward minutes with what was allowed, and the heart at the same work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from math import nan
from typing import Final

from coach.history.report.charts.parts import HEART, LEFT_MM, RIGHT_MM, axes_in, bare, legend, line_of, patch
from coach.history.report.tell import month, short_day
from coach.history.trend import Trend
from coach.history.weekly import WeekRow
from coach.show.figure import canvas, svg_of
from coach.show.ink import BACKWARD, HATCHED, INK, RULE

MOST_WEEKS: Final = 104  # that are bars of their own
MOST_POINTS: Final = 60  # of a trend that are marked
LONGEST_DAYS: Final = 330  # of an axis with days; a longer one has months


def weeks(rows: Sequence[WeekRow], width_mm: float) -> str:
    """Backward minutes of each week as hatched bars, and what growth allowed as a line over each, as SVG.

    Raises:
        CoachError: matplotlib is not here.
    """
    with canvas(width_mm, 58.0) as figure:
        axes = axes_in(figure, 10.0, 40.0)
        places = range(len(rows))
        minutes = [row.backward_s / 60 for row in rows]
        allowed = [nan if row.most_s is None else row.most_s / 60 for row in rows]
        if len(rows) <= MOST_WEEKS:
            axes.bar(places, minutes, 0.8, color=BACKWARD, edgecolor=HATCHED, hatch="////", linewidth=0.5)
        else:
            edges = [place - 0.5 for place in range(len(rows) + 1)]
            axes.stairs(minutes, edges, fill=True, facecolor=BACKWARD, edgecolor=HATCHED, hatch="////", linewidth=0.3)
        axes.hlines(
            allowed, [place - 0.46 for place in places], [place + 0.46 for place in places], color=INK, linewidth=1.6
        )
        axes.set_xlim(-0.6, len(rows) - 0.4)
        axes.set_ylim(0, max([3.0, *minutes, *(row.most_s / 60 for row in rows if row.most_s is not None)]) * 1.1)
        axes.set_ylabel("minutes", labelpad=2)
        every = max(1, -(-len(rows) * 18 // int(width_mm - LEFT_MM - RIGHT_MM)))
        shown = list(places)[(len(rows) - 1) % every :: every]
        named = _named(7 * len(rows))
        axes.set_xticks(shown, [named(rows[place].monday) for place in shown])
        bare(axes)
        axes.spines["bottom"].set_visible(True)
        allowance = [line_of(INK, "allowed")] if any(row.most_s is not None for row in rows) else []
        legend(axes, [patch(BACKWARD, "////", "minutes facing the rear"), *allowance])
        return svg_of(figure)


def trend(one: Trend, width_mm: float) -> str:
    """The weekly median of the heart as a line, as SVG.

    Raises:
        CoachError: matplotlib is not here.
    """
    with canvas(width_mm, 42.0) as figure:
        axes = axes_in(figure, 9.0, 29.0)
        first, last = one.weeks[0], one.weeks[-1]
        days = [(week.monday - first.monday).days for week in one.weeks]
        beats = [week.bpm for week in one.weeks]
        axes.plot(days, beats, color=HEART, linewidth=1.4, marker="o", markersize=4 if len(days) <= MOST_POINTS else 0)
        for day, beat in {days[0]: beats[0], days[-1]: beats[-1]}.items() if len(days) <= MOST_POINTS else ():
            axes.annotate(f"{beat:.0f}", (day, beat), (0, 5), textcoords="offset points", ha="center", va="bottom")
        room = max(days[-1] * 0.06, 1.0)
        axes.set_xlim(-room, days[-1] + room)
        low, high = min(beats), max(beats)
        axes.set_ylim(low - 4, high + max((high - low) * 0.35, 6))
        axes.set_ylabel("bpm", labelpad=2)
        most = max(int((width_mm - LEFT_MM - RIGHT_MM) // 16), 2)
        length = days[-1] // 7
        step = max(1, -(-length // (most - 1)))
        ticks = [length - weeks_ for weeks_ in range(0, length + 1, step)][::-1]
        named = _named(days[-1])
        at = [last.monday - timedelta(weeks=length - week) for week in ticks]
        axes.set_xticks([7 * week for week in ticks], [named(monday) for monday in at])
        bare(axes)
        axes.grid(axis="y", color=RULE, linewidth=0.4)
        axes.set_axisbelow(True)
        return svg_of(figure)


def _named(days: int) -> Callable[[date], str]:
    """How days are told on an axis that is so many long."""
    return short_day if days <= LONGEST_DAYS else month
