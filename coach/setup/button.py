"""A presenter's main button, learnt from what it sends (safety.md 4: yes, and a stop while the belt moves)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

PRESSES: Final = 3  # alike

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "\r": "Enter",
        "\n": "Enter",
        "\x1b[6~": "PageDown",
        "\xe0Q": "PageDown",
        "\x1b[5~": "PageUp",
        "\xe0I": "PageUp",
        "\t": "Tab",
        ".": "full stop",
        "\x1b[15~": "F5",
        "\x1b[1;2F": "Shift-F5",
    }
)
"""What presenters are known to send, as xterm and Windows write it."""

USUAL: Final = frozenset({"Enter", "PageDown"})  # mean yes in any case
_STOPS: Final = frozenset({" ", "\x1b"})  # Space and Esc never mean anything else (safety.md 4)
_TAKEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "\x1b[A": "the arrow up, which makes the belt faster",
        "\x1b[B": "the arrow down, which makes the belt slower",
        "\x1b[C": "the arrow to the right, which changes the incline",
        "\x1b[D": "the arrow to the left, which changes the incline",
        "\x1bOA": "the arrow up, which makes the belt faster",
        "\x1bOB": "the arrow down, which makes the belt slower",
        "\x1bOC": "the arrow to the right, which changes the incline",
        "\x1bOD": "the arrow to the left, which changes the incline",
        "\xe0H": "the arrow up, which makes the belt faster",
        "\xe0P": "the arrow down, which makes the belt slower",
        "\xe0M": "the arrow to the right, which changes the incline",
        "\xe0K": "the arrow to the left, which changes the incline",
    }
)
_LETTERS: Final = "pnlhqbv+-?0123456789"  # have a meaning in a session


@dataclass(frozen=True, slots=True)
class Button:
    """A button that was learnt: what it sends, and what that is called."""

    sends: str
    name: str

    @property
    def hex(self) -> str:
        """What it sends, as it is kept."""
        return self.sends.encode().hex()


def learn(bursts: Sequence[str]) -> Button | str:
    """What the same button, pressed again and again, sends: the button, or a sentence about why it cannot be taken.

    A burst is all that came of one press.
    """
    if len(bursts) < PRESSES or not all(bursts):
        return "Nothing came of a press: the presenter may need its receiver plugged in, or its switch turned on."
    if len(set(bursts)) > 1:
        sent = ", ".join(dict.fromkeys(named(burst) for burst in bursts))
        return f"The presses were not alike ({sent}). Press one button only, and let it go at once."
    sends = bursts[0]
    if sends in _STOPS:
        return f"It sends {named(sends)}, which always stops. That is fine for a stop; take another button for yes."
    if sends in _TAKEN:
        return f"It sends {_TAKEN[sends]}. Set the presenter to its page keys, or take another button."
    if sends.lower() in _LETTERS:
        return f"It sends {named(sends)}, which has a meaning of its own in a session. Take another button."
    return Button(sends, named(sends))


def named(sends: str) -> str:
    """What a key is called."""
    if sends in NAMES:
        return NAMES[sends]
    if sends in _STOPS:
        return "Space" if sends == " " else "Esc"
    if sends in _TAKEN:
        return _TAKEN[sends].partition(",")[0]
    return sends if sends.isprintable() else f"a key of its own ({sends.encode().hex(' ')})"
