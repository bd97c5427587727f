"""The heartbeat of the other side: how long it has been silent, and how long it has been steady (safety.md 4, 9)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final

BROKEN_S: Final = 1.0  # two beats of 0.5 s did not come: the heartbeat was broken
TONE_S: Final = 2.0  # a cockpit that is silent for so long: danger tone (safety.md 8)
SILENT_S: Final = 3.0  # and so long: guided stop; a keeper is killed


@dataclass
class Pulse:
    """Counts from the first beat on; instants on a monotonic clock."""

    last_s: float = -inf
    since_s: float = inf  # unbroken since

    def beat(self, at_s: float) -> None:
        """A beat was heard."""
        if at_s - self.last_s > BROKEN_S:
            self.since_s = at_s
        self.last_s = at_s

    def steady_s(self, at_s: float) -> float:
        """How long the beats have come without a gap; 0 while there is one."""
        if at_s - self.last_s > BROKEN_S:
            return 0.0
        return at_s - self.since_s

    def silent_s(self, at_s: float) -> float:
        """How long nothing was heard; 0 before the first beat."""
        return at_s - self.last_s if self.last_s > -inf else 0.0

    def excuse(self, at_s: float) -> None:
        """We slept ourselves: what the other side did meanwhile is not known."""
        if self.last_s > -inf:
            self.last_s = self.since_s = at_s
