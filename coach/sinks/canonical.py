"""A value of the core as plain JSON and as one canonical text: equal values have equal texts, on every computer."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from enum import Enum
from math import isinf

from coach.core.session import Session
from coach.sinks.line import Json


def digest(session: Session) -> str:
    """A session's state as one short text: equal states have equal digests, on every computer."""
    return hashlib.sha256(text_of(session).encode()).hexdigest()


def text_of(value: object) -> str:
    """A value of the core as canonical text."""
    return json.dumps(plain(value), separators=(",", ":"), allow_nan=False)


def plain(value: object) -> Json:
    """A value as JSON: what JSON has no word for becomes text, sets are sorted, whole numbers stay what they are."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, float) and isinf(value):
        return "inf" if value > 0 else "-inf"
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted((plain(item) for item in value), key=str)
    assert is_dataclass(value), f"{type(value).__name__} has no place in a journal"
    items = ((item, getattr(value, item.name)) for item in fields(value))
    return {item.name: plain(held) for item, held in items if not (item.metadata and held == item.default)}
