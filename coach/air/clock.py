"""The clock of what is served on the air: simulated seconds, of which a true one has as many as the pace says."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Final

from coach.link.simulated import MAX_PACE, MIN_PACE

LEAST_WAIT_S: Final = 0.0005  # a loop's timer may come a little early, and then must not spin


class PacedClock:
    """Simulated seconds since it was made; the pace may change, and no instant comes twice."""

    def __init__(self, pace: float = 1.0, mono: Callable[[], float] = monotonic) -> None:
        self._mono = mono
        self._mono_s = mono()
        self._at_s = 0.0
        self._pace = _checked(pace)
        self._heeding: list[Callable[[], None]] = []

    @property
    def pace(self) -> float:
        """Simulated seconds in a true one."""
        return self._pace

    def set_pace(self, pace: float) -> None:
        """Go on from here at another pace; ValueError outside MIN_PACE to MAX_PACE."""
        pace, now_s = _checked(pace), self._mono()
        self._at_s += (now_s - self._mono_s) * self._pace
        self._mono_s, self._pace = now_s, pace
        for changed in tuple(self._heeding):
            changed()

    def heed(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call this whenever the pace has changed, until what is returned is called.

        Whoever waits for an instant waits too long or too short then.
        """
        self._heeding.append(changed)
        return lambda: self._heeding.remove(changed)

    def now_s(self) -> float:
        """The simulated now."""
        return self._at_s + (self._mono() - self._mono_s) * self._pace

    def wait_s(self, due_s: float) -> float:
        """How many true seconds there are until a simulated instant; inf for never."""
        if due_s == inf:
            return inf
        return max((due_s - self.now_s()) / self._pace, LEAST_WAIT_S)


def _checked(pace: float) -> float:
    if not MIN_PACE <= pace <= MAX_PACE:
        raise ValueError(f"pace {pace:g} is not within {MIN_PACE:g} to {MAX_PACE:g}")
    return pace
