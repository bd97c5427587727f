"""The signed profile of a session, planned and measured, and the heart on a scale of its own below it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Final

from coach.history.report.charts.parts import (
    HEART,
    LEFT_MM,
    RIGHT_MM,
    ZONES,
    axes_in,
    bare,
    legend,
    line_of,
    patch,
    turn_mark,
)
from coach.history.report.drawing import Bar, Drawing
from coach.history.report.tell import Measure
from coach.show.figure import canvas, svg_of
from coach.show.ink import BACKWARD, BRIDGE, FORWARD, HATCHED, INK, PALE, REST, TURN
from coach.show.words import clock

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

PLANNED: Final = 0.45  # how dense a planned bar is, so that the measured line stands before it
DENSE: Final = 400  # bars; more of them have no edges
_STEPS_S: Final = (60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400)  # between marks: as clocks are read
_TICK_MM: Final = 12.0  # for each number below an axis


def profile(drawn: Drawing, zones_bpm: Sequence[float], measure: Measure, width_mm: float) -> str:
    """The signed profile and below it the heart, as SVG; `zones_bpm` are lower bounds of zones 1 to 5.

    Raises:
        CoachError: matplotlib is not here.
    """
    speed_mm, heart_mm = (62.0 if drawn.rear else 48.0), (34.0 if drawn.heart else 0.0)
    legend_mm, low_mm, gap_mm = _legend_mm(drawn, width_mm), 10.0, 4.0 if drawn.heart else 0.0
    height_mm = legend_mm + speed_mm + gap_mm + heart_mm + low_mm
    with canvas(width_mm, height_mm) as figure:
        speed = axes_in(figure, low_mm + heart_mm + gap_mm, speed_mm)
        _speed(speed, drawn, measure)
        _legend(speed, drawn, width_mm)
        lowest = speed
        if drawn.heart:
            lowest = axes_in(figure, low_mm, heart_mm)
            _heart(lowest, drawn, zones_bpm)
            speed.set_xticklabels([])
        _minutes(lowest, drawn.length_s, width_mm)
        speed.set_xticks(lowest.get_xticks())
        speed.tick_params(axis="x", length=0)
        return svg_of(figure)


def _speed(axes: Axes, drawn: Drawing, measure: Measure) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    forward, backward = measure.scaled(drawn.forward_kmh), measure.scaled(drawn.backward_kmh)
    room = 0.12 * max(forward + backward, 1.0)
    low, high = -(backward + room) if drawn.rear or backward else 0.0, max(forward, 1.0) + room
    axes.set_xlim(0, max(drawn.length_s, 1.0))
    axes.set_ylim(low, high)
    for from_s, to_s in drawn.turns:
        axes.axvspan(from_s, to_s, color=TURN, alpha=0.35, linewidth=0)
    for bar in drawn.bars:
        draw_bar(axes, bar, measure, edges=len(drawn.bars) <= DENSE)
    axes.axhline(0, color=INK, linewidth=1.0, zorder=3)
    for from_s, to_s in drawn.rests:
        axes.plot([from_s, to_s], [0, 0], color=REST, linewidth=4, solid_capstyle="butt", zorder=4)
    middles = [(from_s + to_s) / 2 for from_s, to_s in drawn.turns]
    if middles:
        marks = axes.plot(middles, [0] * len(middles), "8", color=TURN, markeredgecolor=INK, markersize=7, zorder=6)
        marks[0].set_markeredgewidth(0.8)
    for line in drawn.belt:
        axes.plot([s for s, _ in line], [measure.scaled(kmh) for _, kmh in line], color=INK, linewidth=1.2, zorder=5)
    for at_s, lasted_s in drawn.cuts:
        axes.axvline(at_s, color=PALE, linewidth=0.8, linestyle=(0, (2, 2)), zorder=2)
        axes.annotate(
            f"paused {clock(lasted_s)}",
            (at_s, high),
            (-2, -1),
            textcoords="offset points",
            rotation=90,
            ha="right",
            va="top",
            fontsize=7,
            color=PALE,
        )
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=forward + backward > 6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):g}"))
    axes.set_ylabel(measure.speed_unit, labelpad=2)
    bare(axes)


def draw_bar(axes: Axes, bar: Bar, measure: Measure, *, edges: bool) -> None:
    """A step as planned; more bars than can be told apart have no edges."""
    sign = -1 if bar.rear else 1
    first, last = sign * measure.scaled(bar.first_kmh), sign * measure.scaled(bar.last_kmh)
    times = [bar.from_s, bar.from_s, bar.to_s, bar.to_s]
    if bar.by_heart:
        axes.fill(times, [0, first, first, 0], facecolor=FORWARD, alpha=PLANNED, linewidth=0)
        axes.fill(times, [first, last, last, first], facecolor=FORWARD, alpha=PLANNED / 2, linewidth=0)
    elif bar.rear:
        axes.fill(
            times, [0, first, last, 0], facecolor=BACKWARD, edgecolor=HATCHED, hatch="////", linewidth=0.6 * edges
        )
    else:
        colour = BRIDGE if bar.bridge else FORWARD
        axes.fill(times, [0, first, last, 0], facecolor=colour, edgecolor=colour, alpha=PLANNED, linewidth=0.6 * edges)


def _heart(axes: Axes, drawn: Drawing, zones_bpm: Sequence[float]) -> None:
    beats = [beat for line in drawn.heart for _, beat in line]
    low, high = min(beats) - 4, max(beats) + 4
    axes.set_xlim(0, max(drawn.length_s, 1.0))
    axes.set_ylim(low, high)
    for zone, bound in enumerate(zones_bpm, 1):
        top = zones_bpm[zone] if zone < len(zones_bpm) else high
        if bound < high and top > low:
            axes.axhspan(max(bound, low), min(top, high), color=ZONES[zone], alpha=0.28, linewidth=0)
            middle = (max(bound, low) + min(top, high)) / 2
            if (min(top, high) - max(bound, low)) / (high - low) > 0.12:
                axes.annotate(
                    f"Z{zone}", (1, middle), (3, 0), ("axes fraction", "data"), "offset points", va="center", fontsize=7
                )
    for from_s, to_s in drawn.turns:
        axes.axvspan(from_s, to_s, color=TURN, alpha=0.35, linewidth=0)
    for line in drawn.heart:
        axes.plot([s for s, _ in line], [beat for _, beat in line], color=HEART, linewidth=1.3)
    axes.set_ylabel("bpm", labelpad=2)
    bare(axes)


def _minutes(axes: Axes, length_s: float, width_mm: float) -> None:
    most = max(int((width_mm - LEFT_MM - RIGHT_MM) // _TICK_MM), 2)
    every_s = next((step for step in _STEPS_S if length_s / step < most), _STEPS_S[-1])
    if length_s < _STEPS_S[0]:
        axes.set_xticks([0, length_s], ["0", f"{length_s:.0f} s"])
        axes.set_xlabel("seconds", labelpad=2)
        return
    ticks = [float(number * every_s) for number in range(int(length_s // every_s) + 1)]
    axes.set_xticks(ticks, [f"{at_s / 60:.0f}" for at_s in ticks])
    axes.set_xlabel("minutes", labelpad=2)


def _legend(axes: Axes, drawn: Drawing, width_mm: float) -> None:
    signs = _signs(drawn)
    legend(axes, [_shape(sign) for sign in signs], columns=_columns(len(signs), width_mm))


def _legend_mm(drawn: Drawing, width_mm: float) -> float:
    count = len(_signs(drawn))
    return 4.0 + 4.2 * ceil(count / _columns(count, width_mm))


def _columns(count: int, width_mm: float) -> int:
    return min(count, max(int(width_mm // 36), 1))


def _signs(drawn: Drawing) -> list[str]:
    """What has to be explained."""
    there = {
        "measured": True,
        "planned, console": True,
        "planned, rear": drawn.rear,
        "bridge": any(bar.bridge for bar in drawn.bars),
        "turn": bool(drawn.turns),
        "rest": bool(drawn.rests),
    }
    return [sign for sign, is_there in there.items() if is_there]


def _shape(sign: str) -> Artist:
    match sign:
        case "measured":
            return line_of(INK, sign)
        case "planned, rear":
            return patch(BACKWARD, "////", sign)
        case "turn":
            return turn_mark()
        case "rest":
            return line_of(REST, sign, 4.0)
        case _:
            return patch(BRIDGE if sign == "bridge" else FORWARD, "", sign, PLANNED)
