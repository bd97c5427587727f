"""A wall clock for a keeper that runs inside of the test: it goes on when somebody waits."""

from __future__ import annotations

from queue import SimpleQueue

from coach.keeper.run import Inbound


class Wall:
    """A little later whenever it is looked at."""

    def __init__(self, step_s: float = 1e-4) -> None:
        self.now_s = 1000.0
        self.step_s = step_s
        self.inbox = Waiting(self)

    def __call__(self) -> float:
        """What the clock says."""
        self.now_s += self.step_s
        return self.now_s


class Waiting(SimpleQueue[Inbound]):
    """An inbox that does not wait: the wall clock goes on instead."""

    def __init__(self, wall: Wall) -> None:
        self._wall = wall

    def get(self, block: bool = True, timeout: float | None = None) -> Inbound:
        """The next message, or nothing and a later hour."""
        if self.empty() and block:
            assert timeout is not None
            self._wall.now_s += timeout
        return super().get(block=False)
