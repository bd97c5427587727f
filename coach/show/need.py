"""What a workout asks of its runner: the row of caps it runs under, the least history, and which rows would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from coach.core.level import FAST_KMH, FIRST, LEVELS, OPENS_AFTER, Caps, caps
from coach.core.plan import Plan, Row
from coach.core.rules import TINY, kmh, time, top_kmh
from coach.core.workout import Facing, Level

STRAPLESS: Final = 0.8  # of the cap, without heart rate (safety.md 3)


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch facing the rear without a stop, counted from 1."""

    number: int
    length_s: float
    top_kmh: float
    incline_pct: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a row of caps allows a workout; a reason is a sentence such as "4 turns are more than 2"."""

    level: Level
    reasons: tuple[str, ...]  # against it

    @property
    def fits(self) -> bool:
        """Nothing is against it."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Need:
    """The row that a workout runs under, and what opens it on a real belt (safety.md 3)."""

    level: Level
    rows: tuple[Fit, ...]  # every row, slowest first; none where nothing is backward
    sessions: int = 0  # backward sessions before it, at least
    minutes: int = 0  # backward minutes before it, at least
    first: tuple[str, ...] = ()  # against it as one of the first sessions under its row
    strap: bool = False  # backward as it is written needs a heart strap
    strapless_kmh: float = 0.0  # the most without one; 0: nothing backward without one

    @property
    def smallest(self) -> Level | None:
        """The slowest row that allows it."""
        return next((one.level for one in self.rows if one.fits), None)

    def fit(self, level: Level) -> Fit:
        """What one row says to it."""
        return next((one for one in self.rows if one.level is level), Fit(level, ()))


def need_of(plan: Plan) -> Need:
    """What a plan asks for; a workout that is only forward asks for nothing."""
    found, turns = blocks(plan.rows), sum(row.turn for row in plan.rows)
    if not found:
        return Need(plan.level, ())
    row = LEVELS[plan.level]
    rows = tuple(Fit(level, tuple(_against(found, turns, caps(level)))) for level in Level)
    later = tuple(_against(found, turns, caps(plan.level)))
    first = tuple(one for one in _against(found, turns, caps(plan.level, FIRST)) if one not in later)
    sessions, minutes = OPENS_AFTER.get(plan.level, (0, 0))
    strapless_kmh = 0.0 if plan.level is Level.REHAB else row.speed_kmh * STRAPLESS
    return Need(
        plan.level,
        rows,
        sessions=max(sessions, row.first_sessions if first else 0),
        minutes=minutes,
        first=first,
        strap=max(block.top_kmh for block in found) > strapless_kmh + TINY,
        strapless_kmh=strapless_kmh,
    )


def blocks(rows: Sequence[Row]) -> tuple[Block, ...]:
    """The backward blocks; a rest divides them, as it does for the caps."""
    found: list[Block] = []
    within = False
    for row in rows:
        segment = row.segment
        rear = segment.facing is Facing.BACKWARD and segment.target is not None
        if rear:
            assert segment.target is not None
            slope_pct = max(segment.target.incline_pct, segment.target.end_incline_pct or 0.0)
            last = found.pop() if within else Block(len(found) + 1, 0.0, 0.0, 0.0)
            found.append(
                Block(
                    last.number,
                    last.length_s + (row.planned_s or 0.0),
                    max(last.top_kmh, top_kmh(segment)),
                    max(last.incline_pct, slope_pct),
                )
            )
        within = rear
    return tuple(found)


def _against(found: Sequence[Block], turns: int, most: Caps) -> Iterator[str]:
    """Why caps do not allow these blocks: of each kind the worst."""
    fastest = max(found, key=lambda block: block.top_kmh)
    longest = max(found, key=lambda block: block.length_s)
    steep = [block for block in found if block.incline_pct > _slope_pct(block, most) + TINY]
    whole_s = sum(block.length_s for block in found)
    if fastest.top_kmh > most.speed_kmh + TINY:
        yield f"block {fastest.number} at {kmh(fastest.top_kmh)} is above {kmh(most.speed_kmh)}"
    if steep:
        block = max(steep, key=lambda block: block.incline_pct)
        cap_pct = _slope_pct(block, most)
        yield f"block {block.number} at {block.incline_pct:g} % is above {cap_pct:g} %"
    if longest.length_s > most.block_s + TINY:
        yield f"block {longest.number} of {time(longest.length_s)} is longer than {time(most.block_s)}"
    if whole_s > most.session_s + TINY:
        yield f"{time(whole_s)} backward in one session is more than {time(most.session_s)}"
    if turns > most.turns:
        yield f"{turns} turns are more than {most.turns}"


def _slope_pct(block: Block, most: Caps) -> float:
    return most.fast_incline_pct if block.top_kmh > FAST_KMH else most.incline_pct
