"""The banner: which way to face by word, arrow, pattern and colour, and whether the belt is real."""

from __future__ import annotations

from typing import Final

from coach.seen.view import Banner
from coach.tui.widgets.glyphs import ROWS, word
from coach.tui.widgets.pane import Line, apart, fitted

BIG_FROM: Final = ROWS + 2  # rows of a banner whose word is in big letters
HATCH: Final = "╱"
_STOPS: Final = frozenset({"■", "■ ▽", "■ ‖", "✕", "‼"})


def draw_banner(banner: Banner, width: int, height: int) -> list[Line]:
    """A field of colour with the word in its middle; backward is hatched, a stop has cut corners like its road sign."""
    edge = HATCH if banner.hatched else " "
    if height >= BIG_FROM:
        return _big(banner, width, height, edge)
    middle = _label(banner, width, edge)
    rows: list[Line] = [((edge * width, banner.role),)] * height
    rows[height // 2] = middle
    if banner.sign in _STOPS and height >= 3:
        rows[0] = _corners("◢", "◣", width, banner.role)
        rows[-1] = _corners("◥", "◤", width, banner.role)
    return rows


def _label(banner: Banner, width: int, edge: str) -> Line:
    """The word in the middle whatever stands at the right."""
    text = f"  {banner.sign} {banner.word} {banner.sign}  "
    belt = f" {banner.belt} "
    side = max((width - len(text)) // 2, 0)
    rest = width - side - len(text) - len(belt) - 1
    if rest < 1:
        return apart(((f" {banner.sign} {banner.word}", banner.role),), ((belt, "strong"),), width, banner.role)
    return fitted(
        (
            (edge * side, banner.role),
            (text, banner.role),
            (edge * rest, banner.role),
            (belt, "strong"),
            (edge, banner.role),
        ),
        width,
        banner.role,
    )


def _big(banner: Banner, width: int, height: int, edge: str) -> list[Line]:
    text = banner.word.partition(",")[0].partition(":")[2].strip() or banner.word.partition(",")[0]
    letters = word(text, width - 4)
    inner = len(letters[0])
    side = max((width - inner - 4) // 2, 0)
    rows: list[Line] = [
        ((edge * side, banner.role), (f"  {row:<{inner}}  ", banner.role), (edge * width, banner.role))
        for row in letters
    ]
    above = (height - len(rows) - 1) // 2
    blank: Line = ((edge * width, banner.role),)
    lines = [*[blank] * above, *(fitted(row, width, banner.role) for row in rows)]
    lines += [blank] * (height - 1 - len(lines))
    return [*lines, _label(banner, width, edge)]


def _corners(left: str, right: str, width: int, role: str) -> Line:
    on = role.removeprefix("on-")
    return ((left, on if on != "plain" else "dim"), (" " * (width - 2), role), (right, on if on != "plain" else "dim"))
