"""Numbers and texts as a page shows them: clocks, figures, and lines that are no wider than they may be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from coach.script.problem import printable

_GLUE: Final = "\N{NO-BREAK SPACE}"  # between a number and its unit, as long as lines are broken
_UNIT: Final = re.compile(r"(?<=[0-9]) (?=(?:%|km/h|km|m|min|s|kg|bpm|kcal)(?:[ .,;:)]|$))")


def clock(seconds: float) -> str:
    """A length of time or an instant: 4:05 or 1:04:05."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def figure(value: float) -> str:
    """A number with as many decimals as it needs, two at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def length(metres: float) -> str:
    """A distance; short ones in metres."""
    return f"{metres:.0f} m" if metres < 999.5 else f"{metres / 1000:.2f} km"


def counted(number: int, noun: str) -> str:
    """A number and what it counts: 1 turn, 4 turns."""
    return f"{number} {noun}{'s' * (number != 1)}"


def listed(texts: Sequence[str]) -> str:
    """Texts as one: a, b and c."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def columns(text: str) -> float:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def wrapped(text: str, width: float, measure: Callable[[str], float] = columns) -> list[str]:
    """A text as lines that are no wider than they may be; a number keeps its unit, a word that is wider is broken."""
    lines = [""]
    for word in _UNIT.sub(_GLUE, printable(" ".join(text.split()))).split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if measure(joined) <= width:
            lines[-1] = joined
            continue
        parts = list(_broken(word, width, measure))
        lines += parts if lines[-1] else []
        if not lines[0]:
            lines = parts
    return [line.replace(_GLUE, " ") for line in lines] if lines[0] else []


def _broken(word: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    part = ""
    for sign in word:
        if part and measure(part + sign) > width:
            yield part
            part = ""
        part += sign
    yield part


def _columns(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1
