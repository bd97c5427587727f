"""The rows of backward caps, and what history allows of them: a session runs under one row (safety.md 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Final

from coach.core.workout import Level


@dataclass(frozen=True, slots=True)
class Row:
    """Caps of backward running for one level; the first_* values hold for the first sessions."""

    speed_kmh: float
    first_speed_kmh: float
    first_sessions: int  # how many sessions the first_* values hold for
    incline_pct: float
    fast_incline_pct: float  # above FAST_KMH
    block_s: float
    first_block_s: float
    session_s: float
    first_session_s: float
    week_s: float
    turns: int
    heart_pct: float  # ceiling, percent of maximum heart rate
    ramp_kmh_s: float  # speeding up
    machine_min_kmh: float  # the machine's lowest speed may be at most this
    machine_step_kmh: float  # and its step at most this
    long_question_s: float  # how long "ready to face the rear?" stands before a yes counts (safety.md 4)
    turn_s: float  # length of a turn where the machine is unknown (safety.md 6)


FAST_KMH: Final = 4.5  # above it an advanced incline is at most 3 % (safety.md 3)

# Speeds: elder non-fallers 2.1 and fallers 1.6 km/h; half of a 5 to 6 km/h walk; centre of the healthy adult band
# 3.1 to 4.8; preferred walk-run switch 5.9. Times: 3 to 5 min for novices, 10 x 3 a week in the knee trial, 15 in
# Heath 2001. Heart: top of moderate 70, submaximal stop 85. Ramps are 36 to 54 times gentler than a stumble
# experiment (backward-running.md 4.2).
LEVELS: Final[Mapping[Level, Row]] = MappingProxyType(
    {
        Level.REHAB: Row(2.0, 1.2, 3, 0, 0, 120, 120, 600, 360, 1800, 2, 70, 0.1, 1.2, 0.3, 8.0, 90),
        Level.BEGINNER: Row(3.0, 2.0, 1, 0, 0, 180, 90, 300, 180, 900, 6, 80, 0.2, 1.2, 0.5, 4.0, 90),
        Level.INTERMEDIATE: Row(4.5, 4.5, 0, 3, 3, 300, 300, 720, 720, 2160, 10, 85, 0.3, 1.5, 0.5, 4.0, 75),
        Level.ADVANCED: Row(6.0, 6.0, 0, 6, 3, 600, 600, 1200, 1200, 3600, 12, 90, 0.3, 1.5, 0.5, 4.0, 75),
    }
)

OPENS_AFTER: Final[Mapping[Level, tuple[int, int]]] = MappingProxyType(
    {Level.INTERMEDIATE: (6, 18), Level.ADVANCED: (18, 70)}  # backward sessions and minutes (safety.md 3)
)
BACKWARD_DAY_S: Final = 60.0  # a day with less backward running is no backward day (safety.md 3)

_ORDER: Final = tuple(Level)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a runner's history allows today; minutes and sessions are of backward running on a real belt."""

    level: Level = Level.ADVANCED  # the runner's own row
    backward_sessions: int = 1_000_000
    week_one: bool = False
    session_s: float = inf  # left for today, of the week and of the growth rule
    speed_kmh: float = inf
    backward_today: bool = True
    reason: str = "the simulator: history does not count"
    missing: str = ""  # what the level above takes

    def permits(self, level: Level) -> bool:
        """A runner may use his own row, any slower row above rehab, and rehab's."""
        return level is Level.REHAB or _ORDER.index(level) <= _ORDER.index(self.level)


UNLIMITED: Final = Allowance()
FIRST: Final = Allowance(
    level=Level.BEGINNER, backward_sessions=0, week_one=True, reason="the first backward session of this runner"
)


@dataclass(frozen=True, slots=True)
class Caps:
    """What holds for one session: a row, narrowed by the allowance and by the workout's own limits."""

    level: Level
    speed_kmh: float
    incline_pct: float
    fast_incline_pct: float
    block_s: float
    session_s: float
    turns: int
    heart_pct: float
    ramp_kmh_s: float
    long_question_s: float
    second_yes: bool  # stepping on asks for a second press: rehab and the first 3 sessions (safety.md 6a)
    backward_today: bool


def caps(level: Level, allowance: Allowance = UNLIMITED, limit_kmh: float | None = None) -> Caps:
    """Narrow a row by what history allows and by the `limits:` of the workout, which may only lower."""
    row = LEVELS[level]
    first = allowance.backward_sessions < row.first_sessions
    speed_kmh = min(row.first_speed_kmh if first else row.speed_kmh, allowance.speed_kmh)
    short_session = first if level is Level.BEGINNER else allowance.week_one
    return Caps(
        level=level,
        speed_kmh=speed_kmh if limit_kmh is None else min(speed_kmh, limit_kmh),
        incline_pct=row.incline_pct,
        fast_incline_pct=row.fast_incline_pct,
        block_s=row.first_block_s if first else row.block_s,
        session_s=min(row.first_session_s if short_session else row.session_s, allowance.session_s),
        turns=row.turns,
        heart_pct=row.heart_pct,
        ramp_kmh_s=row.ramp_kmh_s,
        long_question_s=row.long_question_s,
        second_yes=level is Level.REHAB or allowance.backward_sessions < SECOND_YES_SESSIONS,
        backward_today=allowance.backward_today,
    )


SECOND_YES_SESSIONS: Final = 3  # safety.md 6a, STEP_ON
