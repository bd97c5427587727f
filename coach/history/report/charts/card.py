"""A session as a picture to share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Final
from warnings import catch_warnings, simplefilter

from coach.history.report.card import Card
from coach.history.report.charts.profile import DENSE, draw_bar
from coach.history.report.drawing import Drawing
from coach.history.report.tell import KILOMETRES
from coach.show.figure import MM_INCH, canvas, svg_of
from coach.show.ink import INK, PALE, TURN, rooted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CARD_DPI: Final = 100.0  # pixels are whole then
CARD_MM: Final = (1200 / CARD_DPI * MM_INCH, 630 / CARD_DPI * MM_INCH)  # 1200 x 630 pixels, which sites show whole


def card_svg(card: Card) -> str:
    """A card of 1200 by 630 as SVG.

    Raises:
        CoachError: matplotlib is not here.
    """
    with _drawn(card) as figure:
        sized = rooted(svg_of(figure), 'width="1200" height="630"')
    return sized.replace(">", f">\n <title>{escape(' '.join(card.title))}</title>", 1)


def card_png(card: Card) -> bytes:
    """A card of 1200 by 630 as PNG.

    Raises:
        CoachError: matplotlib is not here.
    """
    with _drawn(card) as figure:
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        FigureCanvasAgg(figure)
        made = BytesIO()
        figure.savefig(made, format="png", dpi=CARD_DPI, metadata={"Software": None})
    return made.getvalue()


@contextmanager
def _drawn(card: Card) -> Iterator[Figure]:
    with canvas(*CARD_MM) as figure, catch_warnings():
        simplefilter("ignore", UserWarning)  # a sign that the font lacks is a box in a PNG; an SVG has it as text
        _card(figure, card)
        yield figure


def _card(figure: Figure, card: Card) -> None:
    def told(x: float, y: float, text: str, size: float, colour: str = INK, weight: str = "normal") -> None:
        figure.text(x / 1200, 1 - y / 630, text, fontsize=size, color=colour, fontweight=weight, va="baseline")

    for number, line in enumerate(card.title):
        told(60, 108 + 60 * number, line, 36, weight="bold")
    y = 108 + 60 * len(card.title) - 12
    told(60, y, card.when, 18, PALE)
    for number, (value, name, more) in enumerate(card.figures):
        x = 60 + 1080 / max(len(card.figures), 3) * number
        told(x, y + 92, value, 32, weight="bold")
        told(x, y + 124, name, 15, PALE)
        told(x, y + 150, more, 15, PALE)
    if card.drawn is not None:
        low, high = 60.0, y + 178.0
        axes = figure.add_axes((60 / 1200, low / 630, 1080 / 1200, (630 - low - high) / 630))
        _miniature(axes, card.drawn)
    told(60, 606, card.foot, 14, PALE)
    if card.simulated:
        figure.text(
            1140 / 1200,
            1 - 46 / 630,
            "SIMULATED",
            fontsize=18,
            fontweight="bold",
            color="#000000",
            ha="right",
            va="center",
            bbox={"facecolor": TURN, "edgecolor": "#000000", "pad": 7.0},
        )


def _miniature(axes: Axes, drawn: Drawing) -> None:
    axes.set_xlim(0, max(drawn.length_s, 1.0))
    forward, backward = drawn.forward_kmh, drawn.backward_kmh
    axes.set_ylim(-backward * 1.08 - 0.05, max(forward, 0.5) * 1.08)
    for bar in drawn.bars:
        draw_bar(axes, bar, KILOMETRES, edges=len(drawn.bars) <= DENSE)
    for line in drawn.belt:
        axes.plot([s for s, _ in line], [kmh for _, kmh in line], color=INK, linewidth=2.0, zorder=5)
    axes.axhline(0, color=INK, linewidth=1.6, zorder=3)
    middles = [(from_s + to_s) / 2 for from_s, to_s in drawn.turns]
    axes.plot(middles, [0] * len(middles), "8", color=TURN, markeredgecolor=INK, markersize=11, zorder=6)
    axes.axis("off")
