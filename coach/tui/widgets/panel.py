"""The simulator's panel: letters that let something go wrong (F9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from coach.tui.widgets.pane import Line, fitted

WIDTH: Final = 44  # columns; the session beside it keeps its own


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a letter lets go wrong; `fault` as `--fault` has it."""

    fault: str
    does: str


TROUBLES: Final[Mapping[str, Trouble]] = MappingProxyType(
    {
        "k": Trouble("key:10", "pull the safety key for 10 s"),
        "d": Trouble("drop:10", "drop the link for 10 s"),
        "s": Trouble("self-start", "press the console's Start"),
        "c": Trouble("console-stop", "press the console's Stop"),
        "f": Trouble("console=+1.0", "console: 1 km/h faster"),
        "g": Trouble("console=-1.0", "console: 1 km/h slower"),
        "o": Trouble("strap-off:20", "take the strap off for 20 s"),
        "m": Trouble("mute:5", "the treadmill says nothing for 5 s"),
    }
)
"""Letters, so that the digits keep answering questions."""


def draw_panel(troubles: Mapping[str, Trouble], width: int, height: int) -> list[Line]:
    """A box with the letters; one that is chosen closes it."""
    del height
    inner = width - 2
    rows: list[Line] = [
        (("┌" + " SIMULATOR: let something go wrong ".center(inner, "─") + "┐", "turn"),),
        *(_row(((f" {letter} ", "key"), (f" {trouble.does}", "text")), inner) for letter, trouble in troubles.items()),
        _row(((" F9 ", "key"), (" closes  ", "text"), (" Space ", "key"), (" stops and closes", "text")), inner),
        (("└" + "─" * inner + "┘", "turn"),),
    ]
    return rows


HEIGHT: Final = len(TROUBLES) + 3


def _row(line: Line, inner: int) -> Line:
    return (("│ ", "turn"), *fitted(line, inner - 2), (" │", "turn"))
