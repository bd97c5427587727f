"""A player that takes as long as each sound lasts, and makes none."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SCRIPT: Final = """#!/bin/sh
exec sleep "$(soxi -D "$1" 2>/dev/null || echo 1)"
"""


def silent_player(folder: Path) -> Path:
    """Write it into a folder; its path is what COACH_PLAYER takes."""
    path = folder / "player"
    path.write_text(SCRIPT, encoding="utf-8")
    path.chmod(0o755)
    return path
