"""Keys that act on what is shown, and on nothing else."""

from __future__ import annotations

from enum import StrEnum


class Own(StrEnum):
    """Keys that act on the screen only."""

    VOICE = "voice"
    PANEL = "panel"
