"""A screen of a terminal as SVG: cells of one size, blocks as rectangles, words where they stand, nothing from outside.

Rectangles, for a font has its own idea of how high a block is; a word at a time, for not every program keeps blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Final, NamedTuple

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

WIDE: Final = 10  # of a cell, in pixels
HIGH: Final = 20
MARGIN: Final = 8
FONT: Final = "ui-monospace,Menlo,Consolas,DejaVu Sans Mono,monospace"
PAPER: Final = "#111111"
INK: Final = "#f2f2f2"

EIGHTHS: Final = 8
LOWER: Final = "▁▂▃▄▅▆▇█"  # from below, so many eighths
LEFT: Final = "▏▎▍▌▋▊▉"
SHADES: Final = {"░": 0.25, "▒": 0.5, "▓": 0.75}
QUARTERS: Final = {  # upper left, upper right, lower left, lower right
    "▘": "1000", "▝": "0100", "▖": "0010", "▗": "0001", "▚": "1001", "▞": "0110",
    "▙": "1011", "▟": "0111", "▛": "1110", "▜": "1101",
}  # fmt: skip


class Box(NamedTuple):
    """A part of a cell, in its own measure from 0 to 1."""

    x: float = 0.0
    y: float = 0.0
    width: float = 1.0
    height: float = 1.0
    opacity: float = 1.0


EDGES: Final = {
    "─": Box(y=0.475, height=0.05),
    "▀": Box(height=0.5),
    "▐": Box(x=0.5, width=0.5),
    "▔": Box(height=1 / EIGHTHS),
    "▕": Box(x=1 - 1 / EIGHTHS, width=1 / EIGHTHS),
}


def boxes(letter: str) -> tuple[Box, ...]:
    """The rectangles of a block; nothing for what a font has to draw."""
    if letter in LOWER:
        height = (LOWER.index(letter) + 1) / EIGHTHS
        return (Box(y=1 - height, height=height),)
    if letter in LEFT:
        return (Box(width=(LEFT.index(letter) + 1) / EIGHTHS),)
    if letter in SHADES:
        return (Box(opacity=SHADES[letter]),)
    if letter in QUARTERS:
        corners = (Box(0, 0, 0.5, 0.5), Box(0.5, 0, 0.5, 0.5), Box(0, 0.5, 0.5, 0.5), Box(0.5, 0.5, 0.5, 0.5))
        return tuple(box for box, there in zip(corners, QUARTERS[letter], strict=True) if there == "1")
    return (EDGES[letter],) if letter in EDGES else ()


class Look(NamedTuple):
    """How a piece of the screen looks."""

    ink: str
    paper: str
    bold: bool


def svg(rows: Sequence[Sequence[Segment]], width: int, title: str) -> str:
    """The whole picture; the same screen gives the same text."""
    across, down = width * WIDE + 2 * MARGIN, len(rows) * HIGH + 2 * MARGIN
    drawn = [line for at, row in enumerate(rows) for line in _row(row, at * HIGH)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" role="img">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{across}" height="{down}" rx="6" fill="{PAPER}"/>',
            f'<g transform="translate({MARGIN} {MARGIN})" font-family="{FONT}" font-size="16.6">',
            *drawn,
            "</g>",
            "</svg>",
            "",
        ]
    )


def _row(row: Sequence[Segment], y: int) -> Iterator[str]:
    """Papers first, then what stands on them."""
    cells = [(letter, _look(piece.style)) for piece in row for letter in piece.text]
    pieces = [(look, [letter for letter, _ in same]) for look, same in groupby(cells, key=lambda cell: cell[1])]
    x = 0
    for look, letters in pieces:
        if look.paper != PAPER:
            yield _rect(x, y, len(letters) * WIDE, HIGH, look.paper)
        x += len(letters) * WIDE
    x = 0
    for look, letters in pieces:
        yield from _letters("".join(letters), look, x, y)
        x += len(letters) * WIDE


def _letters(text: str, look: Look, x: int, y: int) -> Iterator[str]:
    """Runs of one block, and words with a single blank between them."""
    blocks = re.escape("".join([LOWER, LEFT, *SHADES, *QUARTERS, *EDGES]))
    for run in re.finditer(rf"([{blocks}])\1*|[^\s{blocks}]+(?: [^\s{blocks}]+)*", text):
        left, long = x + run.start() * WIDE, len(run[0]) * WIDE
        parts = boxes(run[0][0])
        if not parts:
            bold = ' font-weight="bold"' * look.bold
            words = escape(run[0], quote=False)
            yield f'<text x="{left}" y="{y + 15}" fill="{look.ink}"{bold} textLength="{long}">{words}</text>'
            continue
        for box in parts:
            whole = box.width == 1
            for at in (left,) if whole else range(left, left + long, WIDE):
                across = long if whole else WIDE * box.width
                yield _rect(at + box.x * WIDE, y + box.y * HIGH, across, box.height * HIGH, look.ink, box.opacity)


def _rect(x: float, y: float, width: float, height: float, fill: str, opacity: float = 1.0) -> str:
    seen = "" if opacity == 1 else f' fill-opacity="{opacity:g}"'
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"{seen}'
        f' shape-rendering="crispEdges"/>'
    )


def _look(style: Style | None) -> Look:
    if style is None:
        return Look(INK, PAPER, bold=False)
    ink, paper = _hex(style.color, INK), _hex(style.bgcolor, PAPER)
    return Look(*((paper, ink) if style.reverse else (ink, paper)), bold=bool(style.bold))


def _hex(color: Color | None, usual: str) -> str:
    return usual if color is None or color.is_default else color.get_truecolor().hex
