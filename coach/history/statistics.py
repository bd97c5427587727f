"""What is reckoned from a session: totals by facing, energy with its range, zones, intervals and turns. Pure.

Nothing here is more than the summary knows; energy is an estimate and always goes with how far off it may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from coach import result
from coach.core.energy import ABOVE_REST, Rails
from coach.core.heart import ZONE_BOUNDS_PCT, zone_word
from coach.core.plan import Plan
from coach.core.workout import Facing
from coach.history.cadence import NO_STEPS, Steps
from coach.history.rating import UNSAID, Rating
from coach.history.steady import Steady
from coach.history.summary import Heart, Summary, Way
from coach.result import Json, SegmentResult, plain

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else


@dataclass(frozen=True, slots=True)
class Energy:
    """An estimate in kcal; gross is with rest, net is above it, and both may be off by the margin to both sides."""

    gross_kcal: float
    net_kcal: float
    margin_kcal: float

    @property
    def gross_range_kcal(self) -> tuple[float, float]:
        """The least and the most that it may have been."""
        return max(self.gross_kcal - self.margin_kcal, 0.0), self.gross_kcal + self.margin_kcal

    @property
    def net_range_kcal(self) -> tuple[float, float]:
        """The same above rest."""
        return max(self.net_kcal - self.margin_kcal, 0.0), self.net_kcal + self.margin_kcal


@dataclass(frozen=True, slots=True)
class Faced:
    """What was done facing one way, or in all."""

    facing: str  # forward, backward or all
    time_s: float
    distance_m: float
    mean_speed_kmh: float | None
    max_speed_kmh: float
    energy: Energy
    mean_bpm: float | None
    max_bpm: int | None
    steps: int | None  # where the treadmill counts them
    steps_per_min: float | None


@dataclass(frozen=True, slots=True)
class Zone:
    """Seconds with the heart in a zone, on a moving belt; zone 0 lies below zone 1."""

    zone: int
    word: str
    from_bpm: float  # the lower bound belongs to the zone
    to_bpm: float | None  # the highest zone has no end
    forward_s: float
    backward_s: float
    between_s: float  # in turns and other stretches that are no interval


@dataclass(frozen=True, slots=True)
class Interval:
    """A step of the workout as it was planned and as it was measured; an off is measured less planned."""

    index: int  # counted from 1
    name: str
    kind: str  # segment, bridge or rest
    facing: str
    round: int | None
    block: int | None  # which backward block it belongs to, counted from 1; as marked for held rails
    planned_s: float | None  # where the extent is a time
    planned_m: float | None  # where it is a distance
    time_s: float
    distance_m: float
    off_s: float | None
    off_m: float | None
    target_kmh: float | None
    target_end_kmh: float | None  # of a ramp
    by_heart: bool  # the heart sets the speed between the two targets
    mean_speed_kmh: float | None
    off_kmh: float | None  # 0 within the targets of a heart hold
    incline_pct: float | None
    mean_bpm: float | None
    ended_by: str
    held: bool  # the hands held the rails


@dataclass(frozen=True, slots=True)
class Turns:
    """The turns of a session; times are those that led to where they were meant to."""

    done: int
    given_up: int
    median_s: float | None
    longest_s: float | None
    all: tuple[result.Turn, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is reckoned from one session."""

    faced: tuple[Faced, ...]  # forward, backward where there was any, and all
    held: float  # share of the backward metres with the hands on the rails, 0 to 1
    zones: tuple[Zone, ...]  # nothing without a heart rate
    intervals: tuple[Interval, ...]
    turns: Turns
    steady: Steady | None  # the longest steady stretch facing the console, of 20 minutes and more
    schema: int = SCHEMA

    def facts(self) -> dict[str, Json]:
        """Its JSON object."""
        told = plain(self)
        assert isinstance(told, dict)
        return told


def statistics(
    summary: Summary, plan: Plan, rating: Rating = UNSAID, *, steps: Steps = NO_STEPS, steady: Steady | None = None
) -> Statistics:
    """What is reckoned from a session; `steps` and `steady` come from its recording."""
    blocks = blocks_of(summary.segments)
    held = _held(summary, blocks, rating)
    share = _share(summary.segments, blocks, held)
    by_heart = frozenset(row.index for row in plan.rows if row.segment.heart is not None)
    rows = zip(summary.segments, blocks, strict=True)
    return Statistics(
        faced=tuple(_faced(summary, share, steps)),
        held=round(share, 3),
        zones=tuple(_zones(summary)),
        intervals=tuple(
            _interval(row, block, by_heart=row.index in by_heart, held=block in held) for row, block in rows
        ),
        turns=_turns(summary.turns),
        steady=steady,
    )


def energy(way: Way, held: float = 0.0) -> Energy:
    """The energy of a way of which this share was done with the hands on the rails.

    Hands that grip the rails take a fifth off all above rest (Berling 2006, by way of core/energy.py).
    """
    net = way.net_kcal * (1 - held * (1 - ABOVE_REST[Rails.GRIPPED]))
    gross = way.gross_kcal - way.net_kcal + net
    margin = way.margin_kcal * gross / way.gross_kcal if way.gross_kcal > 0 else way.margin_kcal
    return Energy(round(gross, 1), round(net, 1), round(margin, 1))


def blocks_of(segments: Sequence[SegmentResult]) -> tuple[int | None, ...]:
    """For every step the backward block that it belongs to, as the session counts them.

    Steps that follow each other facing the rear are one block, a rest begins another; what never began is none.
    """
    found = list[int | None]()
    block, within = 0, False
    for row in segments:
        rear = row.kind == "segment" and row.facing == Facing.BACKWARD and row.start_s is not None
        block += rear and not within
        within = rear
        found.append(block if rear else None)
    return tuple(found)


def _held(summary: Summary, blocks: Sequence[int | None], rating: Rating) -> frozenset[int]:
    """The blocks with the hands on the rails: what was said of the whole session, else what was marked."""
    if rating.rails is None:
        return frozenset(summary.held)
    return frozenset(block for block in blocks if block is not None) if rating.rails else frozenset()


def _share(segments: Sequence[SegmentResult], blocks: Sequence[int | None], held: frozenset[int]) -> float:
    """Of the backward metres: on the level the energy above rest of a walk goes with them."""
    rows = [(row.distance_m, block in held) for row, block in zip(segments, blocks, strict=True) if block is not None]
    whole_m = sum(metres for metres, _ in rows)
    return sum(metres for metres, hands in rows if hands) / whole_m if whole_m > 0 else 0.0


def _faced(summary: Summary, share: float, steps: Steps) -> Iterator[Faced]:
    forward, backward = summary.forward, summary.backward
    yield _way(Facing.FORWARD, forward, energy(forward), steps)
    if not backward.time_s and not any(row.facing == Facing.BACKWARD for row in summary.segments):
        return
    ahead, behind = energy(forward), energy(backward, share)
    yield _way(Facing.BACKWARD, backward, behind, steps)
    both = Way(
        forward.time_s + backward.time_s,
        round(forward.distance_m + backward.distance_m, 1),
        max_speed_kmh=max(forward.max_speed_kmh, backward.max_speed_kmh),
        heart=Heart(summary.heart.mean_bpm, summary.heart.max_bpm),
    )
    margin = ahead.margin_kcal + behind.margin_kcal  # what is wrong with one model is wrong with the other
    whole = Energy(
        round(ahead.gross_kcal + behind.gross_kcal, 1), round(ahead.net_kcal + behind.net_kcal, 1), round(margin, 1)
    )
    yield _way(None, both, whole, steps)


def _way(facing: Facing | None, way: Way, spent: Energy, steps: Steps) -> Faced:
    count, per_min = steps.of(facing)
    return Faced(
        "all" if facing is None else facing.value,
        result.seconds(way.time_s),
        way.distance_m,
        None if way.mean_speed_kmh is None else round(way.mean_speed_kmh, 3),
        way.max_speed_kmh,
        spent,
        way.heart.mean_bpm,
        way.heart.max_bpm,
        count,
        per_min,
    )


def _zones(summary: Summary) -> Iterator[Zone]:
    every = summary.heart.zones_s
    forward, backward = summary.forward.heart.zones_s, summary.backward.heart.zones_s
    for zone, whole_s in enumerate(every):
        ahead_s, behind_s = (zones_s[zone] if zone < len(zones_s) else 0.0 for zones_s in (forward, backward))
        low = ZONE_BOUNDS_PCT[zone - 1] * summary.max_bpm / 100 if zone else 0.0
        high = ZONE_BOUNDS_PCT[zone] * summary.max_bpm / 100 if zone < len(every) - 1 else None
        yield Zone(
            zone,
            zone_word(zone),
            round(low, 1),
            None if high is None else round(high, 1),
            ahead_s,
            behind_s,
            result.seconds(max(whole_s - ahead_s - behind_s, 0.0)),
        )


def _interval(row: SegmentResult, block: int | None, *, by_heart: bool, held: bool) -> Interval:
    ended_by = row.ended_by or "stop"
    ran = row.start_s is not None
    return Interval(
        index=row.index,
        name=row.name,
        kind=row.kind,
        facing=row.facing,
        round=row.round,
        block=block,
        planned_s=row.planned_s,
        planned_m=row.planned_m,
        time_s=row.time_s,
        distance_m=row.distance_m,
        off_s=result.seconds(row.time_s - row.planned_s) if ran and row.planned_s is not None else None,
        off_m=result.metres(row.distance_m - row.planned_m) if ran and row.planned_m is not None else None,
        target_kmh=row.target_kmh,
        target_end_kmh=row.target_end_kmh,
        by_heart=by_heart,
        mean_speed_kmh=row.mean_speed_kmh,
        off_kmh=_off_kmh(row, by_heart=by_heart),
        incline_pct=row.incline_pct,
        mean_bpm=row.mean_heart_bpm,
        ended_by=ended_by,
        held=held,
    )


def _off_kmh(row: SegmentResult, *, by_heart: bool) -> float | None:
    """Of a ramp against its middle, of a heart hold against its nearer bound."""
    mean, first = row.mean_speed_kmh, row.target_kmh
    if mean is None or first is None:
        return None
    last = first if row.target_end_kmh is None else row.target_end_kmh
    if by_heart:
        return result.kmh(mean - min(max(mean, min(first, last)), max(first, last)))
    return result.kmh(mean - (first + last) / 2)


def _turns(turns: Sequence[result.Turn]) -> Turns:
    took = [turn.took_s for turn in turns if turn.took_s is not None]
    return Turns(
        len(took),
        len(turns) - len(took),
        result.seconds(median(took)) if took else None,
        max(took, default=None),
        tuple(turns),
    )
