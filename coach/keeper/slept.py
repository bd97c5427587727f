"""Whether the computer slept: the gap that only a clock which counts sleep shows (safety.md 8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from coach.system.sleep import slept_s

SLEPT_S: Final = 2.0  # a gap of more than this is sleep


class Sleeper:
    """Notices that the computer slept, from one look to the next."""

    def __init__(self, total_s: Callable[[], float] = slept_s) -> None:
        self._total_s = total_s
        self._before_s = total_s()

    def gap_s(self) -> float:
        """How long it slept since the last look; 0 where that was no sleep."""
        now_s = self._total_s()
        gap_s, self._before_s = now_s - self._before_s, now_s
        return gap_s if gap_s > SLEPT_S else 0.0
