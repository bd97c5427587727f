"""The facts of a session as JSON has them: rounded, in fixed order, made from a tally when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from coach.core.cue import Cue
from coach.core.plan import Row
from coach.core.workout import ExtentUnit, Facing, Segment

if TYPE_CHECKING:  # it brings the whole session, which a screen does without
    from coach import tally
    from coach.tally import Cut, RowResult, Tally, Tripped

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | int | bool | None"


@dataclass(frozen=True, slots=True)
class Side:
    """Totals facing one way; bridges are in them, turns, rests and the way up from creep are not."""

    time_s: float = 0.0
    distance_m: float = 0.0
    energy_kcal: float = 0.0  # gross, an estimate
    max_speed_kmh: float = 0.0  # reported


@dataclass(frozen=True, slots=True)
class TurnState:
    """A state of a turn and how long it took."""

    state: str
    s: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn; one that was given up has took no time that could be told."""

    at_s: float
    to: str  # forward or backward
    confirm_s: float | None  # from the question to the accepted yes
    took_s: float | None  # from slowing down to running on
    states: tuple[TurnState, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A rule that began to cut a wish."""

    at_s: float
    asked_kmh: float
    allowed_kmh: float
    rule: str


@dataclass(frozen=True, slots=True)
class Trip:
    """A trip and what it did."""

    at_s: float
    trip: str
    action: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A cue."""

    at_s: float
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class SegmentResult:
    """A row of the session: a segment, a bridge or a rest."""

    index: int  # counted from 1
    name: str
    kind: str
    facing: str
    line: int
    round: int | None
    start_s: float | None
    end_s: float | None
    planned_s: float | None  # where the extent is a time
    planned_m: float | None  # where it is a distance
    time_s: float
    distance_m: float
    target_kmh: float | None  # of a ramp its start, of a heart hold its lower bound, of a rest none
    target_end_kmh: float | None  # of a ramp its end, of a heart hold its upper bound
    incline_pct: float | None
    mean_speed_kmh: float | None
    mean_heart_bpm: float | None
    ended_by: str | None  # extent, until, skip, stop, trip or skipped; none while it is under way


def side(count: Tally, facing: Facing) -> Side:
    """What was run facing one way."""
    total = count.side(facing)
    return Side(seconds(total.time_s), metres(total.distance_m), round(total.energy_kcal, 1), kmh(total.max_speed_kmh))


def turns(done: Sequence[tally.Turn]) -> tuple[Turn, ...]:
    """Turns in order of time."""
    return tuple(
        Turn(
            seconds(turn.at_s),
            turn.to.value,
            maybe_seconds(turn.confirm_s),
            maybe_seconds(turn.took_s),
            tuple(TurnState(phase.value, seconds(lasted_s)) for phase, lasted_s in turn.states),
        )
        for turn in done
    )


def limits(cuts: Sequence[Cut]) -> tuple[Limit, ...]:
    """Cuts in order of time."""
    return tuple(
        Limit(seconds(cut.at_s), kmh(cut.limit.asked_kmh), kmh(cut.limit.allowed_kmh), cut.limit.rule) for cut in cuts
    )


def trips(tripped: Sequence[Tripped]) -> tuple[Trip, ...]:
    """Trips in order of time."""
    return tuple(Trip(seconds(one.at_s), one.trip.value, one.action.name.lower().replace("_", "-")) for one in tripped)


def cues(said: Sequence[Cue]) -> tuple[Spoken, ...]:
    """Cues in order of time."""
    return tuple(Spoken(seconds(cue.at_s), cue.kind.value, cue.text) for cue in said)


def segment(done: RowResult) -> SegmentResult:
    """A row of the session."""
    row, of = done.row, done.row.segment
    target_kmh, target_end_kmh = targets(of)
    planned_s, planned_m = planned(row)
    return SegmentResult(
        index=row.index,
        name=of.head.value,
        kind=row.kind,
        facing=of.facing.value,
        line=of.line,
        round=of.round,
        start_s=maybe_seconds(done.start_s),
        end_s=maybe_seconds(done.end_s),
        planned_s=planned_s,
        planned_m=planned_m,
        time_s=seconds(done.time_s),
        distance_m=metres(done.distance_m),
        target_kmh=target_kmh,
        target_end_kmh=target_end_kmh,
        incline_pct=None if of.target is None else round(of.target.incline_pct, 2),
        mean_speed_kmh=None if done.mean_speed_kmh is None else kmh(done.mean_speed_kmh),
        mean_heart_bpm=None if done.mean_heart_bpm is None else round(done.mean_heart_bpm, 1),
        ended_by=done.ended_by,
    )


def targets(of: Segment) -> tuple[float | None, float | None]:
    """The speed of a row, and the end of its ramp; a heart hold's bounds."""
    if of.heart is not None:
        return kmh(of.heart.low_kmh), kmh(of.heart.high_kmh)
    if of.target is None:
        return None, None
    return kmh(of.target.speed_kmh), None if of.target.end_kmh is None else kmh(of.target.end_kmh)


def planned(row: Row) -> tuple[float | None, float | None]:
    """Seconds of a row that is as long as a time, metres of one that is as long as a distance."""
    if row.segment.extent.unit is ExtentUnit.TIME:
        return maybe_seconds(row.planned_s), None
    if row.segment.extent.unit is ExtentUnit.OPEN:
        return None, None
    return None, None if row.planned_m is None else metres(row.planned_m)


def seconds(value: float) -> float:
    """Time to a hundredth."""
    return round(value, 2) + 0.0  # no negative zero


def maybe_seconds(value: float | None) -> float | None:
    """Time to a hundredth, where there is one."""
    return None if value is None else seconds(value)


def metres(value: float) -> float:
    """Distance to a tenth."""
    return round(value, 1) + 0.0


def kmh(value: float) -> float:
    """Speed to a hundredth."""
    return round(value, 2) + 0.0


def plain(value: object) -> Json:
    """A value as JSON has it: records become objects in the order of their fields."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    assert is_dataclass(value)
    return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
