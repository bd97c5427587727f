"""Minutes in each heart zone, by facing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.history.report.charts.parts import STROKE, ZONES, bare, legend, patch, place
from coach.history.statistics import Zone
from coach.show.figure import canvas, svg_of

if TYPE_CHECKING:
    from matplotlib.patches import Patch


def zones(rows: Sequence[Zone], width_mm: float) -> str:
    """Seconds in each zone as bars, those facing the rear hatched, as SVG.

    Raises:
        CoachError: matplotlib is not here.
    """
    height_mm = 8.0 * len(rows) + 18.0
    with canvas(width_mm, height_mm) as figure:
        axes = figure.add_axes(place(figure, 21.0, 9.0, width_mm - 25.0, 8.0 * len(rows)))
        for row in rows:
            colour, from_s = ZONES[min(row.zone, len(ZONES) - 1)], 0.0
            for lasted_s, hatch in ((row.forward_s, ""), (row.backward_s, "////"), (row.between_s, "||||")):
                edge = STROKE if hatch else colour
                axes.barh(row.zone, lasted_s / 60, 0.72, from_s / 60, color=colour, hatch=hatch, edgecolor=edge, lw=0)
                from_s += lasted_s
        axes.set_yticks([row.zone for row in rows], [_zone(row) for row in rows])
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.set_xlabel("minutes", labelpad=2)
        bare(axes)
        axes.tick_params(axis="y", length=0)
        legend(axes, [patch(ZONES[0], "", "console"), *_hatched(rows)])
        return svg_of(figure)


def _hatched(rows: Sequence[Zone]) -> list[Patch]:
    shapes = []
    if any(row.backward_s for row in rows):
        shapes.append(patch(ZONES[0], "////", "rear"))
    if any(row.between_s for row in rows):
        shapes.append(patch(ZONES[0], "||||", "in between"))
    return shapes


def _zone(row: Zone) -> str:
    return f"Z{row.zone} {row.word}" if row.zone else "below Z1"
