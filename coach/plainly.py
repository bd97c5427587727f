"""What a library says about a value that was typed, as a person would say it."""

from __future__ import annotations

import re
from typing import Final

_SAID: Final = (  # pydantic's words, and ours; what stands behind a comma there is about how it was read
    (re.compile(r"^Value error, "), ""),
    (re.compile(r"^Input should be a valid (?:integer|int)\b.*"), "it should be a whole number"),
    (re.compile(r"^Input should be a valid number\b.*"), "it should be a number"),
    (re.compile(r"^Input should be a valid boolean\b.*"), "it should be true or false"),
    (re.compile(r"^Input should be a valid date\b.*"), "it should be a day, such as 2026-05-17"),
    (re.compile(r"^Input should be greater than or equal to (\S+)$"), r"it should be at least \1"),
    (re.compile(r"^Input should be less than or equal to (\S+)$"), r"it should be at most \1"),
    (re.compile(r"^Input should be greater than (\S+)$"), r"it should be more than \1"),
    (re.compile(r"^Input should be less than (\S+)$"), r"it should be less than \1"),
    (re.compile(r"^Input should "), "it should "),
)


def plainly(message: str) -> str:
    """A message of pydantic as a sentence; any other as it is."""
    for pattern, words in _SAID:
        message = pattern.sub(words, message)
    return message
