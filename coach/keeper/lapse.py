"""The clock of a session on the wall clock: it may go faster than it, and never jumps when the pace changes."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

from coach.core.hand import QUIT_S
from coach.core.wish import Phase
from coach.link.world import World

TURN_NEAR_S: Final = 10.0  # before a turn time goes at its true speed (design.md 8)
_RUNS: Final = frozenset({Phase.RUN, Phase.BRIDGE, Phase.RESTING})


class Lapse:
    """Seconds of the session, `pace` of them in a second of the wall clock."""

    def __init__(self, pace: float = 1.0, clock: Callable[[], float] = monotonic, at_s: float = 0.0) -> None:
        self.pace = pace
        self._clock = clock
        self._wall_s, self._at_s = clock(), at_s

    def now_s(self) -> float:
        """The session's now."""
        return self.session_s(self._clock())

    def session_s(self, wall_s: float) -> float:
        """An instant of the wall clock, as the session's."""
        return self._at_s + (wall_s - self._wall_s) * self.pace

    def wait_s(self, at_s: float) -> float:
        """Seconds of the wall clock until an instant of the session; below 0 where it is over."""
        return (at_s - self.now_s()) / self.pace

    def wall_s(self, at_s: float) -> float:
        """When an instant of the session is, on the wall clock."""
        return self._wall_s + (at_s - self._at_s) / self.pace

    def repace(self, pace: float, at_s: float) -> None:
        """From this instant of the session on its clock goes at another speed."""
        self._wall_s, self._at_s, self.pace = self._clock(), at_s, pace


def true_speed(world: World) -> bool:
    """A press is awaited or a turn is near or under way: time may not lapse (design.md 8)."""
    session = world.session
    progress = session.progress
    if progress.phase not in _RUNS or session.guard.wait or progress.question is not None:
        return True
    if world.at_s - progress.quit_at_s < QUIT_S:
        return True  # "Press again."
    rows = world.plan.rows
    turns = progress.row + 1 < len(rows) and rows[progress.row + 1].turn
    return turns and progress.left_s(world.plan, session.belt, world.at_s) <= TURN_NEAR_S
