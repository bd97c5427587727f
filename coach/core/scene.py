"""All that a state may look at when an event comes: one value, so that every rule of the engine has the same shape."""

from __future__ import annotations

from math import inf
from typing import Final, NamedTuple, Self

from coach.core.belt import Belt
from coach.core.cue import Cue, CueKind
from coach.core.dose import Dose
from coach.core.guard import Guard
from coach.core.heart import Strap
from coach.core.plan import Plan
from coach.core.progress import Progress
from coach.core.sent import Sent

HEARD_S: Final = 3.0  # a Start wants a machine that was heard so lately (safety.md 1, stale)


class Scene(NamedTuple):
    """All that a state may look at."""

    plan: Plan
    progress: Progress
    belt: Belt
    guard: Guard
    dose: Dose
    strap: Strap
    sent: Sent
    at_s: float
    cues: list[Cue]

    def after(self, progress: Progress) -> Self:
        """The same with what has become of the session; the same object where that is nothing."""
        return self if progress is self.progress else self._replace(progress=progress)

    def say(self, kind: CueKind, text: str) -> None:
        """Something for the runner, due now."""
        self.cues.append(Cue(self.at_s, kind, text))

    @property
    def in_s(self) -> float:
        """Seconds in this state."""
        return self.at_s - self.progress.at_s

    @property
    def creep_kmh(self) -> float:
        """The machine's creep."""
        return self.belt.creep_kmh

    @property
    def heard(self) -> bool:
        """The machine was heard just now, or is one that falls silent when it stands."""
        belt = self.belt
        fresh = self.at_s - belt.heard_at_s <= max(HEARD_S, 4 * belt.period_s)
        return belt.link and (fresh or self.plan.profile.silent_when_stopped)

    @property
    def unseen(self) -> bool:
        """Nothing was heard since somebody was asked to start the belt at the console: whoever it was may have."""
        return self.belt.heard_at_s <= self.progress.asked_start_at_s > -inf

    @property
    def starts(self) -> bool:
        """A Start of ours stands and the belt has not moved: it may any moment."""
        return self.belt.link and self.belt.started(self.sent) and self.sent.started_lately(self.at_s)

    @property
    def runs_on(self) -> bool:
        """The belt moves and no Stop of ours is under way: the console was to stop it, and may only slow it."""
        return self.belt.moving and not self.sent.stopping

    def lasts(self, seconds: float) -> bool:
        """The condition of this state has held for so long."""
        return self.at_s - self.progress.steady_at_s >= seconds - 1e-6
