"""What every chart in a file begins with: matplotlib without its windows, and SVG that always has the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import TYPE_CHECKING, Final

from coach.core.error import CoachError
from coach.show.ink import INK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MISSING: Final = (
    "pages with charts need matplotlib, which is not installed; "
    "in the folder that coach came in: pip install '.[chart]'"
)
MM_INCH: Final = 25.4  # by definition


@contextmanager
def canvas(width_mm: float, height_mm: float) -> Iterator[Figure]:
    """An empty figure; what is drawn on it within the block is drawn with our settings, nobody else's.

    Raises:
        CoachError: matplotlib is not here.
    """
    try:
        import matplotlib
        import matplotlib.style
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError as missing:
        raise CoachError(MISSING) from missing
    with (
        matplotlib.style.context("default"),
        matplotlib.rc_context(
            {
                "svg.fonttype": "none",  # text stays text
                "svg.hashsalt": "coach",  # the same ids every time
                "svg.id": None,
                "font.family": "sans-serif",
                "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib, so that every computer measures alike
                "font.size": 8.0,
                "hatch.linewidth": 0.9,
                "axes.linewidth": 0.7,
                "text.color": INK,
                "axes.labelcolor": INK,
                "xtick.color": INK,
                "ytick.color": INK,
                "text.parse_math": False,
            }
        ),
    ):
        made = Figure(figsize=(width_mm / MM_INCH, height_mm / MM_INCH))
        FigureCanvasSVG(made)
        yield made


def svg_of(drawn: Figure) -> str:
    """A figure as an SVG element without a prologue; to be called where it was drawn."""
    text = StringIO()
    drawn.savefig(text, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return text.getvalue()[text.getvalue().index("<svg") :].strip()
