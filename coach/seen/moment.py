"""What is drawn at an instant of a session: the newest snapshot, and what the screen knows besides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from coach.core.plan import Plan, Row
from coach.core.wish import Phase
from coach.keeper.crew import Life
from coach.keeper.wire import Said, Snapshot
from coach.seen.states import Situation, situation
from coach.seen.units import Units

STALE_S: Final = 5.0  # an older heart rate is a dash
AHEAD_S: Final = (
    3.0  # of the session: so long the clocks go on without a snapshot (a keeper so silent is lost: safety.md 9)
)


@dataclass(frozen=True, slots=True)
class Replay:
    """How a recording is being shown."""

    speed: float  # seconds of the session to a second
    held: bool
    over: bool  # all of it was shown
    of: str  # which session, in words

    @property
    def word(self) -> str:
        """What stands where a live session has REAL BELT or SIMULATED."""
        return "REPLAY ENDS" if self.over else "REPLAY HELD" if self.held else f"REPLAY {self.speed:g}x"


@dataclass(frozen=True, slots=True)
class Moment:
    """All that is drawn at an instant."""

    plan: Plan
    snapshot: Snapshot
    units: Units = Units.KMH
    life: Life = Life.ALIVE
    guarded: str = ""  # what the guard does, once the keeper is lost
    acknowledged: bool = False
    said: tuple[Said, ...] = ()  # newest last
    replay: Replay | None = None  # it is a recording that is shown, and no belt moves

    @property
    def situation(self) -> Situation:
        """What the screen is about."""
        return situation(self.plan, self.snapshot, self.life)

    @property
    def simulated(self) -> bool:
        """No real belt moves."""
        return self.plan.profile.simulated

    @property
    def belt(self) -> str:
        """Whether a belt moves that somebody may stand on (safety.md 5)."""
        if self.replay is not None:
            return self.replay.word
        return "SIMULATED" if self.simulated else "REAL BELT"

    @property
    def heart_bridge(self) -> bool:
        """The heart is too fast for the turn: an easy stretch that is no row of the plan."""
        return self.snapshot.phase is Phase.BRIDGE and self.row.kind != "bridge"

    @property
    def row(self) -> Row:
        """The row under way, or the one that a turn leads to."""
        return self.plan.rows[min(self.snapshot.row, len(self.plan.rows) - 1)]


def aged(snapshot: Snapshot, by_s: float) -> Snapshot:
    """The same snapshot so many seconds of the wall later: clocks and ages go on, nothing else does.

    In time-lapse they go on by no more of the session than without: what is said next is of no earlier instant.
    """
    by_s = min(max(by_s, 0.0) * snapshot.pace, AHEAD_S)
    if not by_s:
        return snapshot
    runs = snapshot.runs and not snapshot.ended
    left_s = snapshot.left_s if snapshot.left_s is None or not runs else max(snapshot.left_s - by_s, 0.0)
    heart_age_s, link_age_s = snapshot.heart_age_s, snapshot.link_age_s
    return replace(
        snapshot,
        at_s=snapshot.at_s + by_s,
        clock_s=snapshot.clock_s + (by_s if runs else 0.0),
        left_s=left_s,
        heart_age_s=None if heart_age_s is None else heart_age_s + by_s,
        link_age_s=None if link_age_s is None else link_age_s + by_s,
    )
