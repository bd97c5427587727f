"""The page to print: one self-contained HTML or SVG with the profile as a chart.

Nothing in it is fetched from anywhere, texts stay texts, and the same workout always gives the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from coach.core.plan import Plan
from coach.core.rules import top_kmh
from coach.show.facts import Facts
from coach.show.figure import canvas, svg_of
from coach.show.html_page import html
from coach.show.ink import BACKWARD, BRIDGE, FORWARD, HATCHED, INK, REST, TURN
from coach.show.sheet import MM_PT, WIDTH_MM, sheet_of
from coach.show.svg_page import svg
from coach.show.timeline import Bar, bars_of, drawn_s, envelope
from coach.show.words import figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def as_html(found: Facts, plan: Plan) -> str:
    """The page as HTML, for a browser and its printer.

    Raises:
        CoachError: matplotlib is not here.
    """
    sheet = sheet_of(found)
    return "\n".join(html(sheet, found, chart(plan, WIDTH_MM, sheet.layout.chart_mm)))


def as_svg(found: Facts, plan: Plan) -> str:
    """The page as SVG, 210 mm wide and as high as Letter, so that it prints on either paper.

    Raises:
        CoachError: matplotlib is not here.
    """
    sheet = sheet_of(found)
    return "\n".join(svg(sheet, found, chart(plan, WIDTH_MM, sheet.layout.chart_mm)))


def chart(plan: Plan, width_mm: float, height_mm: float) -> str:
    """The signed profile as an SVG element without a prologue.

    Raises:
        CoachError: matplotlib is not here.
    """
    with canvas(width_mm, height_mm) as figure_:
        left_mm, right_mm, low_mm, high_mm = 11.0, 1.0, 10.0, 7.0
        place = (
            left_mm / width_mm,
            low_mm / height_mm,
            1 - (left_mm + right_mm) / width_mm,
            1 - (low_mm + high_mm) / height_mm,
        )
        _drawn(figure_.add_axes(place), plan, (width_mm - left_mm - right_mm) / MM_PT)
        return svg_of(figure_)


_STEPS_S: Final = (60, 120, 300, 600, 900, 1200, 1800, 3600, 7200)  # between marks: as clocks are read
_MOST_TICKS: Final = 13  # more would touch each other
MOST_BESIDE: Final = 5  # entries of the legend in one line, in its usual size
MOST_BARS: Final = 400  # that are drawn one by one
DENSE: Final = 30  # bars; with more of them only the wide ones have a number


def _drawn(axes: Axes, plan: Plan, width_pt: float) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    bars = bars_of(plan)
    total_s = max(bars[-1].to_s, 1.0)
    forward = max((top_kmh(bar.place.row.segment) for bar in bars if not bar.rear), default=0.0)
    backward = max((top_kmh(bar.place.row.segment) for bar in bars if bar.rear), default=0.0)
    axes.set_xlim(0, total_s)
    room = 0.12 * max(forward + backward, 1.0)
    axes.set_ylim(-(backward + room) if backward else 0.0, forward + room)
    if len(bars) > MOST_BARS:
        _outlines(axes, bars)
    for bar in bars if len(bars) <= MOST_BARS else ():
        _bar(axes, bar)
    _figures(axes, bars, total_s / width_pt)
    axes.axhline(0, color=INK, linewidth=1.0, zorder=3)
    for bar in bars:
        if bar.place.row.kind == "rest":
            axes.plot([bar.stop_s, bar.to_s], [0, 0], color=REST, linewidth=4, solid_capstyle="butt", zorder=4)
    turns = [(bar.stop_s + bar.from_s) / 2 for bar in bars if bar.place.row.turn]
    axes.plot(
        turns, [0] * len(turns), "8", markersize=7, color=TURN, markeredgecolor=INK, markeredgewidth=0.8, zorder=5
    )
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=forward + backward > 6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: figure(abs(value))))
    axes.set_ylabel("km/h", labelpad=2)
    ticks_s = _ticks(bars)
    axes.set_xticks([drawn_s(bars, at_s) for at_s in ticks_s], [f"{at_s / 60:.0f}" for at_s in ticks_s])
    axes.set_xlabel("minutes, turns included" if turns else "minutes", labelpad=2)
    _legend(axes, plan)


def _bar(axes: Axes, bar: Bar) -> None:
    first, last = bar.speeds_kmh
    if not first:
        return
    sign = -1 if bar.rear else 1
    shape = [bar.from_s, bar.from_s, bar.to_s, bar.to_s], [0, sign * first, sign * last, 0]
    if bar.rear:
        axes.fill(*shape, facecolor=BACKWARD, edgecolor=HATCHED, hatch="////", linewidth=0.7)
    else:
        colour = BRIDGE if bar.place.row.kind == "bridge" else FORWARD
        axes.fill(*shape, facecolor=colour, edgecolor="white", linewidth=0.4)
    hold = bar.place.row.segment.heart
    for bound in (hold.low_kmh, hold.high_kmh) if hold is not None else ():
        axes.plot([bar.from_s, bar.to_s], [bound, bound], color=INK, linewidth=0.8, linestyle=(0, (3, 2)), zorder=3)


def _outlines(axes: Axes, bars: tuple[Bar, ...]) -> None:
    """More bars than can be told apart, as one shape on either side; each column has the fastest of what is in it."""
    edges_s = [column * bars[-1].to_s / MOST_BARS for column in range(MOST_BARS + 1)]
    forward, backward = envelope(bars, MOST_BARS)
    axes.stairs(forward, edges_s, fill=True, facecolor=FORWARD, edgecolor="none")
    if any(backward):
        hung = [-kmh for kmh in backward]
        axes.stairs(hung, edges_s, fill=True, facecolor=BACKWARD, edgecolor=HATCHED, hatch="////", linewidth=0.4)


def _figures(axes: Axes, bars: tuple[Bar, ...], s_pt: float) -> None:
    """The speed at the end of each bar that is wide enough for it; of equal neighbours once."""
    before: tuple[float, float, bool] | None = None
    for bar in bars:
        first, last = bar.speeds_kmh
        told = figure(first) if first == last else f"{figure(first)} → {figure(last)}"
        here = (first, last, bar.rear)
        room_pt = (4.6 if len(bars) < DENSE else 9.0) * len(told) + 2
        if first and here != before and (bar.to_s - bar.from_s) / s_pt > room_pt:
            high = top_kmh(bar.place.row.segment)
            middle_s = (bar.from_s + bar.to_s) / 2
            at = (middle_s, -high if bar.rear else high)
            offset = (0, -2 if bar.rear else 2)
            axes.annotate(
                told,
                at,
                offset,
                textcoords="offset points",
                ha="center",
                va="top" if bar.rear else "bottom",
                fontsize=7.5,
                annotation_clip=False,
            )
        before = here


def _ticks(bars: tuple[Bar, ...]) -> list[float]:
    length_s = bars[-1].place.end_s
    every_s = next((step for step in _STEPS_S if length_s / step < _MOST_TICKS), _STEPS_S[-1])
    return [float(number * every_s) for number in range(int(length_s // every_s) + 1)]


def _legend(axes: Axes, plan: Plan) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    rows = plan.rows
    shapes: list[Patch | Line2D] = [Patch(facecolor=FORWARD, edgecolor="white", label="facing the console")]
    if plan.backward:
        shapes.append(Patch(facecolor=BACKWARD, edgecolor=HATCHED, hatch="////", label="facing the rear"))
    if any(row.kind == "bridge" for row in rows):
        shapes.append(Patch(facecolor=BRIDGE, edgecolor="white", label="bridge"))
    if any(row.turn for row in rows):
        mark = Line2D([], [], marker="8", linestyle="none", markersize=7, color=TURN, markeredgecolor=INK)
        mark.set(markeredgewidth=0.8, label="turn")
        shapes.append(mark)
    if any(row.kind == "rest" for row in rows):
        shapes.append(Line2D([], [], color=REST, linewidth=4, label="rest"))
    if any(row.segment.heart is not None for row in rows):
        shapes.append(Line2D([], [], color=INK, linewidth=0.8, linestyle=(0, (3, 2)), label="heart bounds"))
    if any(row.planned_s is None for row in rows):
        shapes.append(Line2D([], [], linestyle="none", label="open: drawn for 2 min"))
    axes.legend(
        handles=shapes,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=len(shapes),
        frameon=False,
        borderaxespad=0.2,
        handlelength=1.8,
        columnspacing=1.4,
        handletextpad=0.5,
        fontsize=8 if len(shapes) <= MOST_BESIDE else 7,
    )
