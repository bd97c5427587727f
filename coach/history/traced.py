"""What a fold of a recording leaves behind for its track: each whole second, each report, each stretch of a row.

It is a witness and no more: rows are under way as coach/tally.py counts them, and it is folded along with that tally.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from math import ceil, inf
from typing import Final

from coach.core.belt import Belt
from coach.core.error import CoachError
from coach.core.event import Event, Slept
from coach.core.heart import Source
from coach.core.plan import Plan
from coach.core.progress import Progress
from coach.core.session import Outcome, Session, first
from coach.core.wish import TURNING, Phase
from coach.core.workout import Facing
from coach.tally import Tally

LONGEST_S: Final = 48 * 3600.0  # twice what a simulation may last; a clock beyond that is no session's
_PAUSED: Final = frozenset({Phase.PAUSED, Phase.KEY})


class TrackError(CoachError, ValueError):
    """A recording of which no track can be made; the message is one sentence."""


class Direction(IntEnum):
    """Which way the runner went; the numbers are those of the files that are exported."""

    FORWARD = 0
    BACKWARD = 1
    TURN = 2  # between two facings, or the belt stands
    UNKNOWN = 3  # the belt moves and nobody has said which way he faces


@dataclass(frozen=True, slots=True)
class Second:
    """What held at a whole second of the session clock."""

    speed_kmh: float | None  # last report; None while nothing is heard
    incline_pct: float | None
    bpm: int | None
    facing: Facing
    direction: Direction
    moving: bool


@dataclass(slots=True)
class Stretch:
    """A row under way without a break, or up to a press of the lap key; instants of the session clock."""

    row: int  # place in the plan from 0; below 0 the bridge that a heart asked for, before row -1 - row
    start_s: float
    kcal_from: float  # gross, of all rows so far
    end_s: float = inf
    kcal_to: float = 0.0
    lap: bool = False  # the lap key ended it
    troubled: bool = False  # a trip ended it


class Traced:
    """Notes a session step by step; what it has noted holds after close()."""

    def __init__(self, plan: Plan, *, backward_sessions: int) -> None:
        self.plan = plan
        self.tally = Tally(plan, backward_sessions=backward_sessions)
        self.session = first(plan)
        self.at_s = 0.0
        self.seconds: list[Second] = []  # from second 0 on
        self.reports: list[tuple[float, float]] = []  # instant and odometer in m
        self.stretches: list[Stretch] = []
        self.pauses: list[tuple[float, float]] = []  # the belt stood, and coach waited for the runner
        self.sleeps: list[tuple[float, float]] = []  # instant, and seconds that the session clock has not
        self.first_s: float | None = None  # the belt's first motion
        self.last_s = 0.0  # it stood for good, or was heard for the last time
        self.heart: Source | None = None  # who counted it last
        self._open: Stretch | None = None
        self._paused_s: float | None = None
        self._stood = True

    def take(self, event: Event, before: Session, after: Session, outcome: Outcome) -> None:
        """Note one step of the fold.

        Raises:
            TrackError: its instant is beyond any session.
        """
        at_s = max(event.at_s, self.at_s)
        if not at_s < LONGEST_S:
            raise TrackError("the recording has an event that is more than two days after its begin")
        if isinstance(event, Slept) and 0 < at_s - self.at_s + event.gap_s < LONGEST_S:
            self._slept(at_s, event.gap_s)
        self._pass(before, at_s, whole=False)
        self.tally.take(event, before, after, outcome)
        self._hear(before.belt, after.belt)
        if after.strap.bpm is not None:
            self.heart = after.strap.source
        self._move(after, at_s)
        self._follow(before.progress, after.progress, at_s)
        self._wait(after, at_s)
        self.at_s, self.session = at_s, after

    def close(self) -> None:
        """The session is over, or its recording breaks off here."""
        self._pass(self.session, self.at_s, whole=True)
        if self._open is not None:
            self._leave(self.at_s)
        if self._paused_s is not None:
            self.pauses.append((self._paused_s, inf))

    def _pass(self, session: Session, until_s: float, *, whole: bool) -> None:
        """The whole seconds before an instant; at the end the one that follows it too."""
        while len(self.seconds) < until_s or (whole and len(self.seconds) <= ceil(until_s)):
            self.seconds.append(_second(self.plan, session))

    def _slept(self, at_s: float, gap_s: float) -> None:
        """Some clocks count sleep: then the gap is in the session's already."""
        if at_s - self.at_s < gap_s:
            self.sleeps.append((at_s, gap_s))

    def _hear(self, was: Belt, now: Belt) -> None:
        if now is was or now.heard_at_s == was.heard_at_s:
            return
        if now.odometer_m != was.odometer_m or not now.moving or not was.moving:
            self.reports.append((now.heard_at_s, now.odometer_m))

    def _move(self, after: Session, at_s: float) -> None:
        """A belt that moves before coach has anything to do with it is somebody else's."""
        if after.belt.kmh is None or after.progress.phase is Phase.CONNECTING:
            return
        moving = after.belt.moving
        if self.first_s is None and moving:
            self.first_s = at_s
        if moving or not self._stood:
            self.last_s = at_s
        self._stood = not moving

    def _follow(self, was: Progress, now: Progress, at_s: float) -> None:
        if now.laps > was.laps and self._open is not None:
            row = self._open.row
            self._open.lap = True
            self._leave(at_s)
            self._begin(row, at_s)
        if now.phase is was.phase and now.row == was.row:
            return
        row_now = _under_way(self.plan, now)
        if self._open is not None and (row_now != self._open.row or now.phase is Phase.ENDED):
            straight = now.phase in {Phase.RUN, Phase.RESTING} and now.row != self._open.row and now.run_at_s < inf
            self._open.troubled = now.troubled
            self._leave(min(now.run_at_s, at_s) if straight else at_s)
        if row_now is not None and self._open is None:
            self._begin(row_now, now.run_at_s if now.run_at_s < inf else at_s)

    def _begin(self, row: int, start_s: float) -> None:
        self._open = Stretch(row, start_s, self._kcal())

    def _leave(self, end_s: float) -> None:
        assert self._open is not None
        self._open.end_s, self._open.kcal_to = end_s, self._kcal()
        self.stretches.append(self._open)
        self._open = None

    def _kcal(self) -> float:
        return self.tally.side(Facing.FORWARD).energy_kcal + self.tally.side(Facing.BACKWARD).energy_kcal

    def _wait(self, after: Session, at_s: float) -> None:
        """A pause lasts until the belt moves again, with all questions and starts that come to nothing."""
        phase, stands = after.progress.phase, not _moving(after.belt)
        paused = stands and (phase in _PAUSED or (self._paused_s is not None and phase is not Phase.RESTING))
        if paused and self._paused_s is None:
            self._paused_s = at_s
        elif not paused and self._paused_s is not None:
            self.pauses.append((self._paused_s, at_s))
            self._paused_s = None


def _under_way(plan: Plan, now: Progress) -> int | None:
    """The row whose clock runs."""
    if now.row >= len(plan.rows):
        return None
    if now.phase in {Phase.RUN, Phase.RESTING}:
        return now.row
    if now.phase is not Phase.BRIDGE:
        return None
    return now.row if plan.rows[now.row].kind == "bridge" else -1 - now.row


def _second(plan: Plan, session: Session) -> Second:
    belt, facing = session.belt, session.progress.facing if plan.backward else Facing.FORWARD
    return Second(
        belt.kmh,
        belt.incline_pct,
        session.strap.bpm,
        facing,
        _direction(facing, session.progress.phase, moving=_moving(belt)),
        _moving(belt),
    )


def _direction(facing: Facing, phase: Phase, *, moving: bool) -> Direction:
    """By the facing of the contract (safety.md 6): the old one until a turn stops the belt, then none, then the new."""
    if not moving:
        return Direction.TURN
    match facing:
        case Facing.FORWARD:
            return Direction.FORWARD
        case Facing.BACKWARD:
            return Direction.BACKWARD
        case Facing.UNKNOWN:
            return Direction.TURN if phase in TURNING else Direction.UNKNOWN


def _moving(belt: Belt) -> bool:
    """A belt that was moving when the link was lost still is, as far as anybody knows."""
    return belt.moving if belt.kmh is not None else belt.heard_at_s > -inf and not belt.rests
