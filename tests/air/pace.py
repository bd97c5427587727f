"""How fast a simulator on the air says that its time goes, as another program reads it."""

from __future__ import annotations

from coach.link.simulated import MAX_PACE, MIN_PACE


def decode_pace(value: bytes) -> float | None:
    """How many simulated seconds a true one has; None where the value says no pace that a simulator can have."""
    pace = int.from_bytes(value[:2], "little") / 100
    return pace if len(value) >= 2 and MIN_PACE <= pace <= MAX_PACE else None
