"""What all charts share: where axes stand, signs, legends and colours.

Colours are Okabe and Ito's, and none stands alone: backward hangs and is hatched, a turn has its mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from coach.show.figure import MM_INCH
from coach.show.ink import BACKWARD, HATCHED, INK, TURN

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

HEART: Final = "#D55E00"
ZONES: Final = ("#CCCCCC", "#999999", "#56B4E9", "#009E73", "#E69F00", "#D55E00")  # below zone 1 first
STROKE: Final = "#000000"  # of hatches on zones, whose colours are never dark
LEFT_MM: Final = 12.0  # of axes: room for their numbers
RIGHT_MM: Final = 9.0  # room for half of the last figure


def place(
    figure: Figure, left_mm: float, low_mm: float, wide_mm: float, high_mm: float
) -> tuple[float, float, float, float]:
    """A rectangle of a figure, as axes are placed."""
    width, height = figure.get_size_inches() * MM_INCH
    return left_mm / width, low_mm / height, wide_mm / width, high_mm / height


def axes_in(figure: Figure, low_mm: float, high_mm: float) -> Axes:
    """Axes across the figure, from so far above its lower edge, and so high."""
    wide_mm = float(figure.get_size_inches()[0]) * MM_INCH - LEFT_MM - RIGHT_MM
    return figure.add_axes(place(figure, LEFT_MM, low_mm, wide_mm, high_mm))


def bare(axes: Axes) -> None:
    """No frame but the line at the left."""
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)


def patch(colour: str, hatch: str, label: str, alpha: float | None = None) -> Patch:
    """An area in a legend."""
    from matplotlib.patches import Patch

    edge = HATCHED if colour == BACKWARD else STROKE if hatch else colour
    return Patch(facecolor=colour, edgecolor=edge, hatch=hatch, linewidth=0.5, alpha=alpha, label=label)


def line_of(colour: str, label: str, width: float = 1.4) -> Line2D:
    """A line in a legend."""
    from matplotlib.lines import Line2D

    return Line2D([], [], color=colour, linewidth=width, label=label)


def turn_mark() -> Line2D:
    """The octagon of a turn in a legend."""
    from matplotlib.lines import Line2D

    mark = Line2D([], [], marker="8", linestyle="none", markersize=7, color=TURN, markeredgecolor=INK, label="turn")
    mark.set_markeredgewidth(0.8)
    return mark


def legend(axes: Axes, shapes: Sequence[Artist], *, columns: int = 3) -> None:
    """What the signs mean, above the axes."""
    axes.legend(
        handles=list(shapes),
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=columns,
        frameon=False,
        borderaxespad=0.2,
        handlelength=1.8,
        columnspacing=1.2,
        handletextpad=0.5,
        labelspacing=0.3,
        fontsize=8.0,
    )
