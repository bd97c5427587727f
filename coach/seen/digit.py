"""The digit that confirms the facing, where words ask for it: read at the console alone, so it is kept in elsewhere."""

from __future__ import annotations

import re
from typing import Final

_ASKS: Final = re.compile(
    r"\b(type) (?:\d\b|on the screen: \d\b|the digit(?: on the screen)?(?::? \d\b)?)", re.IGNORECASE
)


def asks_digit(text: str) -> bool:
    """Words that ask for the digit, whether they name it or not."""
    return _ASKS.search(text) is not None


def undisclosed(text: str) -> str:
    """The same words without the digit: it shows that the runner reads the console's screen."""
    return _ASKS.sub(r"\1 the digit on the screen", text)
