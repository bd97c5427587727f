"""What both forms of the printed page share: its colours, its signs, its foot and the language of its texts."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final, TypeAlias

from coach.core.workout import Facing
from coach.script.problem import printable
from coach.show.facts import Facts
from coach.show.sheet import Line, Sheet

FONTS: Final = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
MARGIN_MM: Final = 10.0  # what every printer leaves

# Okabe-Ito colours, dark enough for paper; each has its shape and its word too (backward-running.md 5).
FORWARD: Final = "#0072B2"  # solid, rises
BRIDGE: Final = "#56B4E9"  # solid, lower
BACKWARD: Final = "#CC79A7"  # hatched, hangs
HATCHED: Final = "#7A2F5F"
TURN: Final = "#F0E442"  # an octagon on the axis
REST: Final = "#999999"  # a thick axis
INK: Final = "#1A1A1A"
PALE: Final = "#555555"
RULE: Final = "#BBBBBB"

LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
OURS: Final = "en"  # the language of all that is not the author's

Section: TypeAlias = tuple[str, tuple[str, ...]]  # a title and sentences

_TOLD: Final = "What it comes to"
_RULES: Final = "Every time"
_LEVEL: Final = "Who may"


def halves(sheet: Sheet) -> tuple[tuple[Section, ...], ...]:
    """The foot of the page: on the left and on the right, titles with their sentences."""
    return ((_TOLD, sheet.told),), ((_RULES, sheet.rules), (_LEVEL, sheet.level))


def footer(found: Facts) -> str:
    """The last line: where the page comes from."""
    level = f"level {found.level}, " if found.totals.blocks else ""
    return f"{printable(PurePath(found.file).name)}, {level}as coach shows it. Speeds are those of the belt."


def language_of(sheet: Sheet) -> str:
    """The language of the author's texts; what is no name of a language is ours."""
    return sheet.language if LANGUAGE.fullmatch(sheet.language) else OURS


def rooted(drawn: str, attributes: str) -> str:
    """The chart with another size or place."""
    box = re.search(r'viewBox="[^"]*"', drawn)
    assert box is not None
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return re.sub(r"<svg [^>]*>", lambda _: f"<svg {attributes} {box[0]} {names}>", drawn, count=1)


def mark(line: Line) -> str:
    """A sign of 4 by 4, the shape and colour of the chart."""
    if line.faces:
        points = "1.2,0.1 2.8,0.1 3.9,1.2 3.9,2.8 2.8,3.9 1.2,3.9 0.1,2.8 0.1,1.2"
        return f'<polygon points="{points}" fill="{TURN}" stroke="{INK}" stroke-width="0.3"/>'
    if not line.speed or line.stop:
        return f'<rect x="0" y="1.5" width="4" height="1" fill="{REST}"/>'
    if line.facing is Facing.BACKWARD:
        box = (
            f'<rect x="0.2" y="0.2" width="3.6" height="3.6" fill="{BACKWARD}" stroke="{HATCHED}" stroke-width="0.3"/>'
        )
        return box + f'<path d="M0.2,2 L2,0.2 M0.2,3.8 L3.8,0.2 M2,3.8 L3.8,2" stroke="{HATCHED}" stroke-width="0.4"/>'
    return f'<rect x="0" y="0" width="4" height="4" fill="{BRIDGE if line.what == "bridge" else FORWARD}"/>'
