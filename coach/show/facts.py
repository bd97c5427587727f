"""What a session will be, before anybody steps on: every row with its time, totals, energy and what it asks for.

Only rows count: turns and the stops of rests have a time and nothing else, though the belt covers some metres in them.
An open row counts nothing, a row with `until:` counts as if nothing ended it, and one that follows the heart counts at
the speed where it begins. `facts_json` gives all of it to programs; its fields are those of the classes here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import Final

from coach.core.energy import PRACTISED_SESSIONS, energy_margin, gross_kcal_per_s, vo2_ml_kg_min
from coach.core.error import ScriptError
from coach.core.machine import MachineProfile
from coach.core.plan import Plan, Row, make_plan
from coach.core.rules import mean_kmh, top_kmh
from coach.core.runner import ANYBODY, Runner
from coach.core.workout import Facing, HeartRange, HeartUnit, Level, Segment, Workout
from coach.result import Json
from coach.script.check import Loaded
from coach.script.field import heart_text
from coach.script.write import extent_text, moment_text
from coach.show.need import Need, blocks, need_of
from coach.show.timeline import Place, timeline

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
PIECES: Final = 24  # of a ramp, for its energy


@dataclass(frozen=True, slots=True)
class Stop:
    """The belt stands before a row: for a turn, or around a rest."""

    at_s: float  # where it begins
    length_s: float
    turn: bool
    to: Facing | None  # of a turn


@dataclass(frozen=True, slots=True)
class Cue:
    """What is said in a row, and when, as an author writes it: start, half, 1:00, -10 s."""

    when: str
    text: str


@dataclass(frozen=True, slots=True)
class Heart:
    """The belt follows the heart: the band as written and in bpm, and the bounds of the speed."""

    band: str
    low_bpm: float | None  # None: in percent of a number that is not known of the runner
    high_bpm: float | None
    low_kmh: float
    high_kmh: float


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends a row early, as written and in bpm."""

    text: str
    bpm: float | None
    at_least_s: float


@dataclass(frozen=True, slots=True)
class RowFacts:
    """A row of the plan: a step, a rest, or a bridge that coach puts in before a turn."""

    index: int  # counted from 1
    head: str
    kind: str  # segment, rest or bridge
    facing: Facing
    start_s: float  # of the session, turns and stops before it included
    extent: str  # as written
    extent_unit: str  # what ends it: time, distance, to or open
    length_s: float | None  # None: open
    distance_m: float | None  # None: open, or a rest
    speed_kmh: float | None  # None: a rest
    end_kmh: float | None  # of a ramp
    pace_s_km: float | None
    incline_pct: float | None
    end_incline_pct: float | None
    heart: Heart | None
    until: Ending | None
    stop: Stop | None  # before it
    round: int | None  # of the innermost repeat
    mark: str | None  # from which the distances of `to` count
    line: int  # of the source
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """Totals facing one way."""

    time_s: float
    distance_m: float
    top_kmh: float  # of a row that follows the heart its upper bound
    incline_pct: float  # the highest


@dataclass(frozen=True, slots=True)
class Range:
    """Between two estimates."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Energy:
    """Gross, of the rows in which the belt runs."""

    weight_kg: float
    weight_known: bool
    kcal: Range  # of somebody who is practised
    first_kcal: Range | None  # of somebody who has never run backward; None where nothing is backward


@dataclass(frozen=True, slots=True)
class Totals:
    """All rows together."""

    length_s: float  # turns and stops included
    without_turns_s: float
    turns: int
    turns_s: float
    rests: int
    rests_s: float  # as written
    rest_stops_s: float  # stopping before them and starting behind them
    bridges: int
    blocks: int  # backward, divided by turns and rests
    distance_m: float
    forward: Side
    backward: Side
    backward_time_share: float  # of the time in which the belt runs
    backward_distance_share: float


@dataclass(frozen=True, slots=True)
class Machine:
    """The treadmill whose turns and creep were counted."""

    name: str
    known: bool  # False: turns are counted by the table for a machine that nobody has tested
    backward_left_out: bool  # the runner presses its buttons, so that nothing on it is run backward


@dataclass(frozen=True, slots=True)
class Limits:
    """What the heart and a backward step may come to; a workout's own limits only lower it."""

    max_bpm: float  # of the runner: what zones and percentages are reckoned from
    ceiling_bpm: float | None  # facing the rear; None where nothing is backward, or a number for it is not known
    heart: str  # as written
    backward_kmh: float | None  # as written


@dataclass(frozen=True, slots=True)
class Facts:
    """A workout as it will be."""

    name: str
    file: str
    sha256: str
    language: str
    description: str
    purpose: str
    source: str
    author: str
    tags: tuple[str, ...]
    ask: tuple[tuple[str, tuple[str, ...]], ...]  # when, and what
    level: Level  # the row of caps that it runs under
    limits: Limits
    machine: Machine
    rows: tuple[RowFacts, ...]
    totals: Totals
    energy: Energy
    need: Need
    open_rows: tuple[int, ...]  # indexes of those without an end
    until_rows: tuple[int, ...]  # of those that the heart may end early
    heart_rows: tuple[int, ...]  # of those that follow the heart
    silenced: tuple[str, ...]  # rules whose advice the author has silenced wherever it would stand
    unknown: str  # why some heart rates are not told in bpm
    runs: bool  # no rule is broken


def plan_for(
    workout: Workout, profile: MachineProfile | None = None, runner: Runner | None = None, level: Level | None = None
) -> tuple[Plan, str]:
    """The plan, and why some heart rates of it mean nothing: they are in percent of a number nobody has told."""
    profile, runner = profile or MachineProfile(), runner or Runner()
    try:
        return make_plan(workout, profile, runner, level=level), ""
    except ScriptError as unknown:
        return make_plan(workout, profile, replace(runner, threshold_bpm=ANYBODY.threshold_bpm), level=level), str(
            unknown
        )


def facts(loaded: Loaded, plan: Plan, *, weight_known: bool = False, unknown: str = "") -> Facts:
    """All that can be told of a workout that was loaded and planned; one that breaks a rule of the plan too."""
    workout, places = plan.workout, timeline(plan)
    limit = workout.heart_limit
    guessed = bool(unknown) and limit is not None and limit.unit is HeartUnit.THRESHOLD
    return Facts(
        name=workout.name,
        file=loaded.file,
        sha256=loaded.sha256,
        language=workout.language,
        description=workout.description,
        purpose=workout.purpose,
        source=workout.source,
        author=workout.author,
        tags=workout.tags,
        ask=workout.ask,
        level=plan.level,
        limits=Limits(
            plan.runner.max_bpm,
            plan.heart_ceiling_bpm if plan.backward and not guessed else None,
            "" if limit is None else _bound(limit),
            workout.backward_limit_kmh,
        ),
        machine=Machine(
            plan.profile.name if plan.profile.known else "",
            plan.profile.known,
            plan.workout.backward and not plan.backward,
        ),
        rows=tuple(_row(place, unknown) for place in places),
        totals=_totals(plan, places),
        energy=_energy(plan, weight_known=weight_known),
        need=need_of(plan),
        open_rows=tuple(place.row.index for place in places if place.open),
        until_rows=tuple(row.index for row in plan.rows if row.segment.until is not None),
        heart_rows=tuple(row.index for row in plan.rows if row.segment.heart is not None),
        silenced=_silenced(loaded),
        unknown=unknown,
        runs=not loaded.errors,
    )


def facts_json(found: Facts) -> dict[str, Json]:
    """The facts as JSON has them: seconds, metres, km/h, percent and bpm, to the third decimal.

    Every field of `Facts` is there under its own name, with `schema` before them. In `need` each row has `fits` beside
    its reasons, and `smallest` is the slowest row that allows the workout; it is null where none does, or where nothing
    is backward.
    """
    told = _plain(found)
    assert isinstance(told, dict)
    need = told["need"]
    assert isinstance(need, dict)
    need["rows"] = [
        {"level": one.level.value, "fits": one.fits, "reasons": list(one.reasons)} for one in found.need.rows
    ]
    need["smallest"] = None if found.need.smallest is None else found.need.smallest.value
    return {"schema": SCHEMA, **told}


def _silenced(loaded: Loaded) -> tuple[str, ...]:
    told = {problem.rule for problem in loaded.problems}
    return tuple(sorted({problem.rule for problem in loaded.silenced} - told))


def _row(place: Place, unknown: str) -> RowFacts:
    row = place.row
    segment, target = row.segment, row.segment.target
    speed_kmh = None if target is None else target.speed_kmh
    return RowFacts(
        index=row.index,
        head=segment.head.value,
        kind=row.kind,
        facing=segment.facing,
        start_s=place.start_s,
        extent=extent_text(segment.extent),
        extent_unit=segment.extent.unit.value,
        length_s=row.planned_s,
        distance_m=_metres(row),
        speed_kmh=speed_kmh,
        end_kmh=None if target is None else target.end_kmh,
        pace_s_km=3600 / speed_kmh if speed_kmh else None,
        incline_pct=None if target is None else target.incline_pct,
        end_incline_pct=None if target is None else target.end_incline_pct,
        heart=_heart(row, unknown),
        until=_ending(row, unknown),
        stop=_stop(place),
        round=segment.round,
        mark=segment.mark,
        line=segment.line,
        cues=tuple(Cue(moment_text(say), say.text) for say in segment.say),
    )


def _stop(place: Place) -> Stop | None:
    if not place.stop_s:
        return None
    row = place.row
    return Stop(place.stop_at_s, place.stop_s, row.turn, row.segment.facing if row.turn else None)


def _heart(row: Row, unknown: str) -> Heart | None:
    hold = row.segment.heart
    if hold is None or row.heart_bpm is None:
        return None
    known = not unknown or hold.range.unit is not HeartUnit.THRESHOLD
    low_bpm, high_bpm = row.heart_bpm if known else (None, None)
    return Heart(heart_text(hold.range), low_bpm, high_bpm, hold.low_kmh, hold.high_kmh)


def _bound(limit: HeartRange) -> str:
    return heart_text(HeartRange(limit.high, limit.high, limit.unit))


def _ending(row: Row, unknown: str) -> Ending | None:
    until = row.segment.until
    if until is None:
        return None
    known = not unknown or until.bound.unit is not HeartUnit.THRESHOLD
    text = f"heart {'<' if until.below else '>'} {heart_text(until.bound)}"
    return Ending(text, row.until_bpm if known else None, until.at_least_s)


def _metres(row: Row) -> float | None:
    """Planned metres on the belt; a heart hold counts at the speed where it begins."""
    if row.segment.target is None or row.planned_s is None:
        return None
    return row.planned_m if row.planned_m is not None else row.planned_s * mean_kmh(row.segment) / 3.6


def _totals(plan: Plan, places: tuple[Place, ...]) -> Totals:
    rests = [place for place in places if place.row.kind == "rest"]
    turns = [place for place in places if place.row.turn]
    forward, backward = _side(plan, Facing.FORWARD), _side(plan, Facing.BACKWARD)
    moving_s, metres = forward.time_s + backward.time_s, forward.distance_m + backward.distance_m
    return Totals(
        length_s=plan.planned_s + plan.turns_s,
        without_turns_s=plan.planned_s,
        turns=len(turns),
        turns_s=sum(place.stop_s for place in turns),
        rests=len(rests),
        rests_s=sum(place.length_s for place in rests),
        rest_stops_s=sum(place.stop_s for place in rests),
        bridges=sum(row.kind == "bridge" for row in plan.rows),
        blocks=len(blocks(plan.rows)),
        distance_m=metres,
        forward=forward,
        backward=backward,
        backward_time_share=backward.time_s / moving_s if moving_s else 0.0,
        backward_distance_share=backward.distance_m / metres if metres else 0.0,
    )


def _side(plan: Plan, facing: Facing) -> Side:
    rows = [row for row in plan.rows if row.segment.target is not None and row.segment.facing is facing]
    return Side(
        time_s=sum(row.planned_s or 0.0 for row in rows),
        distance_m=sum(_metres(row) or 0.0 for row in rows),
        top_kmh=max((top_kmh(row.segment) for row in rows), default=0.0),
        incline_pct=max((_steepest_pct(row.segment) for row in rows), default=0.0),
    )


def _steepest_pct(segment: Segment) -> float:
    target = segment.target
    assert target is not None
    return max(target.incline_pct, target.incline_pct if target.end_incline_pct is None else target.end_incline_pct)


def _energy(plan: Plan, *, weight_known: bool) -> Energy:
    first = _kcal(plan, backward_sessions=0) if plan.backward else None
    kcal = _kcal(plan, backward_sessions=PRACTISED_SESSIONS)
    return Energy(plan.runner.weight_kg, weight_known, kcal, first)


def _kcal(plan: Plan, *, backward_sessions: int) -> Range:
    low = high = 0.0
    for row in plan.rows:
        for end, bound in enumerate(_efforts(row)):
            for kmh, pct, seconds in bound:
                vo2 = vo2_ml_kg_min(kmh, pct, row.segment.facing, backward_sessions=backward_sessions)
                kcal = gross_kcal_per_s(vo2, plan.runner.weight_kg) * seconds
                margin = energy_margin(kmh) * kcal
                low, high = (low, high + kcal + margin) if end else (low + kcal - margin, high)
    return Range(low, high)


_Efforts = list[tuple[float, float, float]]  # speed, incline and how long


def _efforts(row: Row) -> tuple[_Efforts, _Efforts]:
    """The least and the most that a row may ask for: they differ where it follows the heart."""
    target, hold, length_s = row.segment.target, row.segment.heart, row.planned_s
    if target is None or not length_s:
        return [], []
    end_pct = target.incline_pct if target.end_incline_pct is None else target.end_incline_pct
    if hold is not None:
        slope = list(_pieces(0.0, 0.0, target.incline_pct, end_pct, length_s))
        return (
            [(hold.low_kmh, pct, seconds) for _, pct, seconds in slope],
            [(hold.high_kmh, pct, seconds) for _, pct, seconds in slope],
        )
    end_kmh = target.speed_kmh if target.end_kmh is None else target.end_kmh
    efforts = list(_pieces(target.speed_kmh, end_kmh, target.incline_pct, end_pct, length_s))
    return efforts, efforts


def _pieces(
    from_kmh: float, to_kmh: float, from_pct: float, to_pct: float, length_s: float
) -> Iterator[tuple[float, float, float]]:
    count = 1 if from_kmh == to_kmh and from_pct == to_pct else PIECES
    for piece in range(count):
        share = (piece + 0.5) / count
        yield from_kmh + (to_kmh - from_kmh) * share, from_pct + (to_pct - from_pct) * share, length_s / count


def _plain(value: object) -> Json:
    """A value as JSON has it: records become objects in the order of their fields."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, float):
        return round(value, 3) + 0.0  # no negative zero
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    assert is_dataclass(value)
    return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
