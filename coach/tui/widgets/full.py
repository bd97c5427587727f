"""A state that takes the screen: one big word, what to do, why, and the belt's speed or the digit in big digits."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Final

from coach.seen.full import Full
from coach.tui.widgets.glyphs import ROWS, big, digits, word
from coach.tui.widgets.pane import Line, beside, centred, fitted

BORDER: Final = 2  # columns at either side
TEXT: Final = 40  # columns that the words keep
LABEL: Final = 17  # columns of the longest label of a number, with room


def draw_full(full: Full, width: int, height: int) -> list[Line]:
    """Word above; below at the left what to do, at the right the numbers. An alarm has a border round all of it."""
    side = BORDER if full.border else 0
    inner, rows = width - (2 * (side + 1) if side else 0), height - (2 if full.border else 0)
    lines = _inside(full, inner, rows)
    lines += [()] * (rows - len(lines))
    if not side:
        return lines[:height]
    edge: Line = ((full.border * width, "alarm"),)
    post, gap = (full.border * side, "alarm"), (" ", "text")  # a digit that touched the border would be another one
    return [edge, *((post, gap, *fitted(line, inner), gap, post) for line in lines[:rows]), edge]


def _inside(full: Full, width: int, height: int) -> list[Line]:
    roomy = height >= 3 * ROWS
    letters = word(full.word, width - 4, 2 * ROWS if roomy and height >= 5 * ROWS else ROWS)
    top: list[Line] = [centred(((row, full.role),), width) for row in letters]
    spare = max(height - len(top) - ROWS - 1, 0)
    gap: list[Line] = [()] * min(spare // 3, 3)
    below = _body(full, width, height - len(top) - 2 * len(gap))
    return [*gap, *top, *(gap or [()] if spare else []), *below]


def _body(full: Full, width: int, height: int) -> list[Line]:
    if not full.numbers:
        return [centred(((text, role),), width) for text, role in _texts(full, width - 4)]
    shown = [number.digits for number in full.numbers]
    scale = _scale(shown, width - TEXT, height - 1)
    needs = max(_columns(shown, scale), LABEL * len(shown))
    right = min(max(needs, width // 2 - 2), width - 20)
    blocks, at = list[Line](), 0
    for number, own in zip(full.numbers, _shares(shown, scale, right), strict=True):
        block = [*big(number.digits, number.role, own, scale), centred(((number.label, "dim"),), own)]
        blocks = beside(blocks, block, at) if blocks else block
        at += own
    left = [fitted((("  " + text, role),), width - right) for text, role in _texts(full, width - right - 3)]
    return beside(left, blocks, width - right)


def _shares(shown: Sequence[str], scale: int, width: int) -> list[int]:
    """Columns of each number: alike where all fit, else what each needs and an equal part of what is over."""
    needs = [max(_columns([text], scale), LABEL) for text in shown]
    if max(needs) <= width // len(shown):
        return [width // len(shown)] * len(shown)
    return [need + (width - sum(needs)) // len(shown) for need in needs]


def _scale(shown: Sequence[str], width: int, height: int) -> int:
    """The largest that fits; the same while a speed grows from 0.8 to 9.9."""
    usual = [*shown[:-1], "0.0" if len(shown[-1]) < 3 else shown[-1]]
    return next((scale for scale in (3, 2) if ROWS * scale <= height and _columns(usual, scale) <= width), 1)


def _columns(shown: Sequence[str], scale: int) -> int:
    return sum(len(digits(text, scale)[0]) + 6 for text in shown)


def _texts(full: Full, width: int) -> list[tuple[str, str]]:
    """What to do, then the rest, wrapped."""
    do = [(part, "strong") for line in full.do for part in wrap(line, max(width, 10))]
    more = [(part, "dim") for line in full.more for part in wrap(line, max(width, 10))]
    return [*do, ("", "text"), *more] if do and more else [*do, *more]
