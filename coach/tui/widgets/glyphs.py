"""Big signs of full blocks: digits seven rows high, and letters for the words of a state. Readable at two metres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coach.tui.widgets.pane import Line, centred

ROWS: Final = 7  # of a sign that is drawn
GAP: Final = 1  # columns between two signs, before scaling
BLOCK: Final = "█"

# Digits: strokes two columns and one row thick, which are about as wide as high in a terminal.
_DIGITS: Final = {
    "0": (" ##### ", "##   ##", "##   ##", "##   ##", "##   ##", "##   ##", " ##### "),
    "1": ("  ###  ", " ####  ", "   ##  ", "   ##  ", "   ##  ", "   ##  ", " ##### "),
    "2": (" ##### ", "##   ##", "     ##", " ##### ", "##     ", "##     ", "#######"),
    "3": (" ##### ", "##   ##", "     ##", "  #### ", "     ##", "##   ##", " ##### "),
    "4": ("##   ##", "##   ##", "##   ##", "#######", "     ##", "     ##", "     ##"),
    "5": ("#######", "##     ", "##     ", "###### ", "     ##", "##   ##", " ##### "),
    "6": (" ##### ", "##     ", "##     ", "###### ", "##   ##", "##   ##", " ##### "),
    "7": ("#######", "     ##", "     ##", "    ## ", "   ##  ", "  ##   ", "  ##   "),
    "8": (" ##### ", "##   ##", "##   ##", " ##### ", "##   ##", "##   ##", " ##### "),
    "9": (" ##### ", "##   ##", "##   ##", " ######", "     ##", "     ##", " ##### "),
    ":": ("  ", "##", "##", "  ", "##", "##", "  "),
    ".": ("  ", "  ", "  ", "  ", "  ", "##", "##"),
    "-": ("       ", "       ", "       ", "#######", "       ", "       ", "       "),
    "–": ("       ", "       ", "       ", "#######", "       ", "       ", "       "),
    " ": ("   ",) * ROWS,
}

# Letters: five dots wide; a dot is one or two columns, as there is room.
_LETTERS: Final = {
    "A": (" ### ", "#   #", "#   #", "#####", "#   #", "#   #", "#   #"),
    "B": ("#### ", "#   #", "#   #", "#### ", "#   #", "#   #", "#### "),
    "C": (" ####", "#    ", "#    ", "#    ", "#    ", "#    ", " ####"),
    "D": ("#### ", "#   #", "#   #", "#   #", "#   #", "#   #", "#### "),
    "E": ("#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#####"),
    "F": ("#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#    "),
    "G": (" ####", "#    ", "#    ", "#  ##", "#   #", "#   #", " ####"),
    "H": ("#   #", "#   #", "#   #", "#####", "#   #", "#   #", "#   #"),
    "I": ("###", " # ", " # ", " # ", " # ", " # ", "###"),
    "J": ("  ###", "   # ", "   # ", "   # ", "   # ", "#  # ", " ##  "),
    "K": ("#   #", "#  # ", "# #  ", "##   ", "# #  ", "#  # ", "#   #"),
    "L": ("#    ", "#    ", "#    ", "#    ", "#    ", "#    ", "#####"),
    "M": ("#   #", "## ##", "# # #", "# # #", "#   #", "#   #", "#   #"),
    "N": ("#   #", "##  #", "##  #", "# # #", "#  ##", "#  ##", "#   #"),
    "O": (" ### ", "#   #", "#   #", "#   #", "#   #", "#   #", " ### "),
    "P": ("#### ", "#   #", "#   #", "#### ", "#    ", "#    ", "#    "),
    "Q": (" ### ", "#   #", "#   #", "#   #", "# # #", "#  # ", " ## #"),
    "R": ("#### ", "#   #", "#   #", "#### ", "# #  ", "#  # ", "#   #"),
    "S": (" ####", "#    ", "#    ", " ### ", "    #", "    #", "#### "),
    "T": ("#####", "  #  ", "  #  ", "  #  ", "  #  ", "  #  ", "  #  "),
    "U": ("#   #", "#   #", "#   #", "#   #", "#   #", "#   #", " ### "),
    "V": ("#   #", "#   #", "#   #", "#   #", " # # ", " # # ", "  #  "),
    "W": ("#   #", "#   #", "#   #", "# # #", "# # #", "## ##", "#   #"),
    "X": ("#   #", "#   #", " # # ", "  #  ", " # # ", "#   #", "#   #"),
    "Y": ("#   #", "#   #", " # # ", "  #  ", "  #  ", "  #  ", "  #  "),
    "Z": ("#####", "    #", "   # ", "  #  ", " #   ", "#    ", "#####"),
    " ": ("  ",) * ROWS,
    "?": (" ### ", "#   #", "    #", "  ## ", "  #  ", "     ", "  #  "),
}
DIGITS: Final = frozenset(_DIGITS)
LETTERS: Final = frozenset(_LETTERS)


def digits(text: str, scale: int = 1) -> list[str]:
    """Digits seven rows high, or a multiple of that; a sign that has no picture is left out."""
    return _set([_DIGITS[sign] for sign in text if sign in _DIGITS], scale, scale)


def word(text: str, width: int, height: int = ROWS) -> list[str]:
    """A word in the largest letters that fit; one that fits in none stands small in the middle row."""
    signs = [_LETTERS[sign] for sign in text.upper() if sign in _LETTERS]
    for across, down in ((4, 2), (3, 2), (2, 1), (1, 1)):
        rows = _set(signs, across, down)
        if rows and len(rows[0]) <= width and len(rows) <= height:
            return rows
    return ["", "", "", text, "", "", ""]


def most_scale(texts: Sequence[str], width: int, height: int) -> int:
    """The largest scale at which each text has its share of the width; 1 where none has."""
    for scale in (3, 2):
        if ROWS * scale <= height and all(len(digits(text, scale)[0]) <= width // len(texts) for text in texts):
            return scale
    return 1


def big(text: str, role: str, width: int, scale: int = 1) -> list[Line]:
    """Digits as lines in the middle of a width."""
    return [centred(((row, role),), width) for row in digits(text, scale)]


def _set(signs: Sequence[Sequence[str]], across: int, down: int) -> list[str]:
    rows = []
    for y in range(ROWS):
        row = (" " * GAP).join(sign[y] for sign in signs)
        rows += ["".join((BLOCK if dot == "#" else " ") * across for dot in row)] * down
    return rows
