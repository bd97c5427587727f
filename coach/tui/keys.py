"""The keys: what each press means, as a table, for the session, its footer and the help (safety.md 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import _character_to_key

from coach.core.event import Key
from coach.seen.own import Own


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A row of the table: Textual's names of keys, what they mean, and how people are told."""

    names: tuple[str, ...]
    means: Key | Own
    shown: str
    does: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A key that was pressed, read."""

    means: Key | Own
    digit: str = ""


KEYS: Final = (
    KeyRow(("space", "escape", "ctrl+@"), Key.STOP, "Space Esc", "stop the belt, always"),
    KeyRow(("enter", "pagedown", "ctrl+j"), Key.YES, "Enter PgDn", "yes when you are asked, else a gentle stop"),
    KeyRow(("1", "2", "3", "4"), Key.DIGIT, "1 2 3 4", "the digit on the screen"),
    KeyRow(("up", "+", "plus"), Key.FASTER, "↑ +", "0.1 km/h faster"),
    KeyRow(("down", "-", "minus"), Key.SLOWER, "↓ -", "0.1 km/h slower"),
    KeyRow(("shift+up",), Key.MUCH_FASTER, "Shift ↑", "0.5 km/h faster"),
    KeyRow(("shift+down",), Key.MUCH_SLOWER, "Shift ↓", "0.5 km/h slower"),
    KeyRow(("right",), Key.STEEPER, "→", "more incline"),
    KeyRow(("left",), Key.FLATTER, "←", "less incline"),
    KeyRow(("0",), Key.UNTRIM, "0", "speed and incline as written again"),
    KeyRow(("p",), Key.PAUSE, "p", "pause: the belt slows down and stops"),
    KeyRow(("n",), Key.NEXT, "n", "next step"),
    KeyRow(("l",), Key.LAP, "l", "lap"),
    KeyRow(("g",), Key.RAILS, "g", "rails held in the last backward block"),
    KeyRow(("b",), Key.BLOCK, "b", "a backward block, in a free session"),
    KeyRow(("v",), Own.VOICE, "v", "voice on or off"),
    KeyRow(("h", "question_mark", "?"), Key.HELP, "h ?", "this help"),
    KeyRow(("q", "ctrl+c"), Key.QUIT, "q Ctrl-C", "stop the belt and leave; press twice"),
    KeyRow(("f9",), Own.PANEL, "F9", "let something go wrong, on the simulator"),
)
"""Any other key is Key.OTHER: in a turn every press stops the belt."""

_BY_NAME: Final = {name: row.means for row in KEYS for name in row.names}
_STOPS: Final = frozenset({"space", "escape"})


def names_of(sends: Iterable[str]) -> frozenset[str]:
    """Textual's names of what a presenter's learnt button sends to a terminal; it means yes (safety.md 4)."""
    found: set[str] = set()
    for one in sends:
        if len(one) == 1:
            found.add(_character_to_key(one))
        else:
            keys = ANSI_SEQUENCES_KEYS.get(one)
            found.update(key.value for key in (keys if isinstance(keys, tuple) else ()))
    return frozenset(found)


def read_key(name: str, yes: frozenset[str] = frozenset()) -> Typed:
    """A key by Textual's name of it; Space and Esc stop with any modifier, and an Esc that ran into a letter is Esc.

    `yes` are the names of the runner's own button; what has a meaning in a session keeps it.
    """
    modifiers, _, sign = name.rpartition("+") if len(name) > 1 else ("", "", name)
    if sign in _STOPS or (modifiers == "alt" and len(sign) == 1):
        return Typed(Key.STOP)
    plain = sign.lower() if len(name) == 1 or (modifiers == "shift" and len(sign) == 1) else name
    means = _BY_NAME.get(plain, Key.YES if name in yes else Key.OTHER)
    return Typed(means, plain if means is Key.DIGIT else "")
