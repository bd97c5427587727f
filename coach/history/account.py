"""A session's account: the tally of its rows, and beside it heart, zones, climb and the windows that are compared.

It is folded along with the session by whoever keeps, simulates or replays it, and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from coach.core.energy import PRACTISED_SESSIONS
from coach.core.event import Event
from coach.core.heart import ZONE_BOUNDS_PCT, zone_of
from coach.core.plan import Plan
from coach.core.session import Outcome, Session
from coach.core.trip import Action, Trip, action
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.tally import Tally

WINDOW_FROM_S: Final = 60.0  # of a backward row's clock: what is compared over weeks (backward-running.md 6)
WINDOW_TO_S: Final = 120.0  # 88 % of a heart's answer is there by then
LEAST_HEART_S: Final = 20.0  # with a heart rate, so that a window says something
STEADY_KMH: Final = 0.3  # a window in which the belt changed by more is compared with nothing


@dataclass(slots=True)
class Hearts:
    """The heart facing one way, on a moving belt."""

    beats: float = 0.0  # integral of bpm over seconds
    seconds: float = 0.0
    max_bpm: int | None = None
    zones_s: list[float] | None = None  # below zone 1 first

    def add(self, bpm: int, zone: int, elapsed_s: float) -> None:
        """So many seconds at a heart rate."""
        zones_s = self.zones_s = self.zones_s or [0.0] * len(ZONE_BOUNDS_PCT)
        zones_s[zone] += elapsed_s
        self.beats += bpm * elapsed_s
        self.seconds += elapsed_s
        self.max_bpm = max(self.max_bpm or 0, bpm)

    @property
    def mean_bpm(self) -> float | None:
        """Over the seconds that have one."""
        return self.beats / self.seconds if self.seconds > 0 else None


@dataclass(frozen=True, slots=True)
class Window:
    """Seconds 60 to 120 of a backward row, as they are compared with those of other days."""

    block: int  # which backward block of the session, counted from 1
    to_s: float  # where the window ends on the row's clock: 120, or sooner where the row was planned shorter
    speed_kmh: float  # mean of what the belt reported
    incline_pct: float
    bpm: float  # mean
    heart_s: float  # seconds with a heart rate


@dataclass(slots=True)
class _Open:
    """A window under way."""

    block: int
    to_s: float
    seconds: float = 0.0
    metres: float = 0.0
    climb: float = 0.0  # integral of the incline in percent over seconds
    low_kmh: float = 1e9
    high_kmh: float = 0.0
    beats: float = 0.0
    heart_s: float = 0.0

    def window(self) -> Window | None:
        """What is comparable of it, where anything is."""
        if self.heart_s < LEAST_HEART_S or self.high_kmh - self.low_kmh > STEADY_KMH:
            return None
        kmh, pct = self.metres / self.seconds * 3.6, self.climb / self.seconds
        return Window(self.block, self.to_s, kmh, pct, self.beats / self.heart_s, self.heart_s)


class Account:
    """Counts a session step by step; what it says holds at the last step."""

    def __init__(self, plan: Plan, *, backward_sessions: int = PRACTISED_SESSIONS) -> None:
        self.plan = plan
        self.tally = Tally(plan, backward_sessions=backward_sessions)
        self.hearts = {facing: Hearts() for facing in Facing}  # UNKNOWN: turns, and all that is no row
        self.climb_m = 0.0
        self.alarms: list[Trip] = []  # trips that stopped the belt
        self.key_rear = False  # the safety key was pulled on a moving belt, facing the rear or turning
        self.windows: list[Window] = []
        self._open: _Open | None = None
        self._row = -1  # of the window under way

    def take(
        self, event: Event, before: Session, after: Session, outcome: Outcome, true_kmh: float | None = None
    ) -> None:
        """Count one step of the fold; as Tally.take()."""
        elapsed_s, belt = event.at_s - self.tally.at_s, before.belt
        bpm = before.strap.bpm
        if bpm is not None and elapsed_s > 0 and belt.moving:
            facing = before.progress.facing if self.plan.backward else Facing.FORWARD
            self.hearts[facing].add(bpm, zone_of(bpm, self.plan.runner.max_bpm), elapsed_s)
        if after.belt is not belt:
            ran_m = after.belt.odometer_m - belt.odometer_m
            self.climb_m += max(ran_m * (belt.incline_pct or 0.0) / 100, 0.0)
        if elapsed_s > 0 and before.progress.phase is Phase.RUN:
            self._look(before, event.at_s, elapsed_s)
        if self._open is not None and (after.progress.phase is not Phase.RUN or after.progress.row != self._row):
            self._close()
        if outcome.trips:
            rear = before.wish.facing.rear
            self.alarms += [trip for trip in outcome.trips if action(trip, rear=rear) >= Action.GUIDED]
            self.key_rear = self.key_rear or (rear and belt.moving and Trip.KEY in outcome.trips and self.plan.backward)
        self.tally.take(event, before, after, outcome, true_kmh)

    @property
    def heart(self) -> Hearts:
        """All facings together."""
        whole = Hearts()
        for one in self.hearts.values():
            if one.zones_s is not None:
                zones_s = whole.zones_s or [0.0] * len(one.zones_s)
                whole.zones_s = [a + b for a, b in zip(zones_s, one.zones_s, strict=True)]
                whole.beats, whole.seconds = whole.beats + one.beats, whole.seconds + one.seconds
                whole.max_bpm = max(whole.max_bpm or 0, one.max_bpm or 0)
        return whole

    @property
    def backward_s(self) -> float:
        """RUN facing the rear: the minutes that levels and doses are made of."""
        session = self.tally.session
        return session.dose.run.read(self.tally.at_s)

    @property
    def rear_s(self) -> float:
        """The belt moved and nobody faced the console: turns and creep included; 0 without a backward block."""
        return self.tally.session.dose.rear.read(self.tally.at_s) if self.plan.backward else 0.0

    def seen(self) -> tuple[Window, ...]:
        """The windows so far, the one under way included."""
        open_ = self._open.window() if self._open is not None else None
        return (*self.windows, open_) if open_ is not None else tuple(self.windows)

    def _look(self, before: Session, at_s: float, elapsed_s: float) -> None:
        progress = before.progress
        segment = progress.here(self.plan).segment
        if segment.facing is not Facing.BACKWARD or segment.target is None:
            return
        clock_s = progress.clock(at_s)
        planned_s = progress.here(self.plan).planned_s
        to_s = WINDOW_TO_S if planned_s is None else min(WINDOW_TO_S, planned_s)
        seconds = min(clock_s, to_s) - max(clock_s - elapsed_s, WINDOW_FROM_S)
        if seconds <= 0:
            return
        if self._open is None:
            self._open, self._row = _Open(before.wish.block, to_s), progress.row
        one, kmh, bpm = self._open, before.belt.kmh or 0.0, before.strap.bpm
        one.seconds += seconds
        one.metres += kmh / 3.6 * seconds
        one.climb += (before.belt.incline_pct or 0.0) * seconds
        one.low_kmh, one.high_kmh = min(one.low_kmh, kmh), max(one.high_kmh, kmh)
        if bpm is not None:
            one.beats += bpm * seconds
            one.heart_s += seconds

    def _close(self) -> None:
        assert self._open is not None
        window, self._open = self._open.window(), None
        if window is not None:
            self.windows.append(window)
