"""The rules that a workout must keep before anybody steps on: caps of a level, turns and doses (safety.md 3, 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Final

from coach.core.level import FAST_KMH, LEVELS, UNLIMITED, Allowance, Caps, caps
from coach.core.workout import ExtentUnit, Facing, Level, Segment, Workout

OF_FORWARD: Final = 0.60  # backward cap as a share of the highest forward speed held (safety.md 3)
HELD_S: Final = 60.0  # for so long
BETWEEN_TURNS_S: Final = 60.0  # never a turn within 60 s of the last (safety.md 6a)
COOL_DOWN_S: Final = 180.0  # forward after the last turn (safety.md 6a)
TURN_M: Final = 6.0  # what the belt covers at creep during a turn; only for estimates of `to`
BRIDGE_ABOVE_KMH: Final = 6.0  # a turn to the rear from faster goes over a bridge (safety.md 6a)
TINY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that a workout breaks; line 0 is the workout as a whole, column 0 the first sign of the line."""

    rule: str
    line: int
    message: str
    help: str = ""
    error: bool = True
    column: int = 0  # counted from 1, where the place is known closer than by its line


def mean_kmh(segment: Segment) -> float:
    """Planned mean speed of a segment; 0 for a rest."""
    target = segment.target
    if target is None:
        return 0.0
    return target.speed_kmh if target.end_kmh is None else (target.speed_kmh + target.end_kmh) / 2


def top_kmh(segment: Segment) -> float:
    """Highest planned speed of a segment, a heart hold's upper bound included."""
    target = segment.target
    if target is None:
        return 0.0
    held = segment.heart.high_kmh if segment.heart is not None else 0.0
    return max(target.speed_kmh, target.end_kmh or 0.0, held)


def end_kmh(segment: Segment) -> float:
    """Planned speed at the end of a segment."""
    target = segment.target
    if target is None:
        return 0.0
    if segment.heart is not None:
        return segment.heart.high_kmh
    return target.speed_kmh if target.end_kmh is None else target.end_kmh


def lengths(segments: Iterable[Segment]) -> Iterator[tuple[float | None, float | None]]:
    """Planned seconds and metres of each segment, in order; metres only where the extent is a distance."""
    facing, mark_m = Facing.FORWARD, 0.0
    for segment in segments:
        turn = segment.target is not None and segment.facing is not facing
        mark_m = (0.0 if segment.mark is not None else mark_m) + (TURN_M if turn else 0.0)
        amount = segment.extent.amount
        match segment.extent.unit:
            case ExtentUnit.TO_MARK:
                length_m = max(amount - mark_m, 0.0)
                mark_m += length_m
                yield length_m * 3.6 / mean_kmh(segment), length_m
            case ExtentUnit.DISTANCE:
                mark_m += amount
                yield amount * 3.6 / mean_kmh(segment), amount
            case ExtentUnit.TIME:
                mark_m += amount * mean_kmh(segment) / 3.6
                yield amount, None
            case _:
                yield None, None
        facing = facing if segment.target is None else segment.facing


def timed(workout: Workout) -> tuple[tuple[Segment, float | None], ...]:
    """Each segment with its planned seconds; None where it is open."""
    planned = lengths(workout.segments)
    return tuple((segment, length_s) for segment, (length_s, _) in zip(workout.segments, planned, strict=True))


def problems(
    workout: Workout, level: Level | None = None, allowance: Allowance = UNLIMITED, *, heart: bool = True
) -> tuple[Problem, ...]:
    """All rules of safety.md 3 and 6 that this workout breaks under a level (default: its own)."""
    level = level or workout.level or Level.BEGINNER
    found = [*_forward(workout)]
    if workout.backward:
        found += _row(level, allowance)
        if level is Level.REHAB and not heart:
            found.append(Problem("strap-required", 0, "rehab needs a live heart strap for backward running"))
        found += _blocks(workout, caps(level, allowance), allowance, heart=heart)
        found += _turns(workout, LEVELS[level].turns, level)
    return tuple(found)


def _forward(workout: Workout) -> Iterator[Problem]:
    for segment in workout.segments:
        if segment.facing is Facing.FORWARD and segment.target is not None and top_kmh(segment) > 22 + TINY:
            yield Problem(
                "speed-over-limit", segment.line, f"{kmh(top_kmh(segment))} is above 22 km/h, the most there is"
            )
        if segment.target is not None and max(segment.target.incline_pct, segment.target.end_incline_pct or 0) > 25:
            yield Problem("incline-over-limit", segment.line, "the incline is above 25 %, the most there is")


def _row(level: Level, allowance: Allowance) -> Iterator[Problem]:
    if not allowance.permits(level):
        yield Problem(
            "level-row",
            0,
            f"level {level} is not open to this runner, whose own level is {allowance.level}",
            f"{allowance.missing or allowance.reason}; choose level {allowance.level} or rehab",
        )
    if not allowance.backward_today:
        yield Problem("backward-dose", 0, f"no backward running today: {allowance.reason}")


def _blocks(workout: Workout, most: Caps, allowance: Allowance, *, heart: bool) -> Iterator[Problem]:
    steps = timed(workout)
    whole_s = sum(length_s or 0.0 for one, length_s in steps if one.facing is Facing.BACKWARD and one.target)
    own_kmh = inf if workout.backward_limit_kmh is None else workout.backward_limit_kmh
    block_s = total_s = held_kmh = 0.0
    block_told = total_told = False
    for segment, length_s in steps:
        if segment.facing is not Facing.BACKWARD or segment.target is None:
            block_s, block_told = 0.0, False
            held = length_s is None or length_s >= HELD_S
            if segment.target is not None and segment.target.end_kmh is None and held:
                held_kmh = max(held_kmh, segment.target.speed_kmh)
            continue
        yield from _speed(segment, most, own_kmh, held_kmh, heart=heart)
        yield from _incline(segment, most)
        block_s += length_s or 0.0
        total_s += length_s or 0.0
        if block_s > most.block_s + TINY and not block_told:
            block_told = True
            yield Problem(
                "backward-too-long",
                segment.line,
                f"{time(block_s)} in one backward block is longer than {time(most.block_s)}, the most {_for(most)}",
                "split it with a forward step or a rest",
            )
        if total_s > most.session_s + TINY and not total_told and allowance.backward_today:
            total_told = True
            why = f"{allowance.reason}; " if most.session_s >= allowance.session_s else ""
            yield Problem(
                "backward-dose",
                segment.line,
                f"{time(whole_s)} of backward running is more than {time(most.session_s)}, the most in one session "
                f"{_for(most)}",
                f"{why}take a round out, or shorten the blocks",
            )


def _for(most: Caps) -> str:
    """Whose caps these are: the row's, or narrower ones."""
    row = LEVELS[most.level]
    whole = (most.speed_kmh, most.block_s, most.session_s) == (row.speed_kmh, row.block_s, row.session_s)
    return f"for {most.level}" if whole else f"here and now for {most.level}"


def _speed(segment: Segment, most: Caps, own_kmh: float, held_kmh: float, *, heart: bool) -> Iterator[Problem]:
    asked = top_kmh(segment)
    whose = "by the limits of this workout" if own_kmh < most.speed_kmh else _for(most)
    cap_kmh = min(own_kmh, most.speed_kmh) * (1.0 if heart else 0.8)
    if asked > cap_kmh + TINY:
        yield Problem(
            "backward-too-fast",
            segment.line,
            f"backward at {kmh(asked)} is above {kmh(cap_kmh)}, the most {whose}"
            + ("" if heart else " without a heart strap"),
            f"write at most {kmh(cap_kmh)}",
        )
    elif held_kmh == 0.0:
        yield Problem(
            "backward-too-fast",
            segment.line,
            "backward needs a steady forward step of a minute or more before it",
            "begin with a warm-up facing the console",
        )
    elif asked > OF_FORWARD * held_kmh + TINY:
        yield Problem(
            "backward-too-fast",
            segment.line,
            f"backward at {kmh(asked)} is above {kmh(OF_FORWARD * held_kmh)}, 0.60 of the fastest steady forward "
            f"step so far ({kmh(held_kmh)})",
            f"write at most {kmh(OF_FORWARD * held_kmh)}, or run faster forward before it",
        )


def _incline(segment: Segment, most: Caps) -> Iterator[Problem]:
    target = segment.target
    assert target is not None
    cap_pct = most.fast_incline_pct if top_kmh(segment) > FAST_KMH else most.incline_pct
    if target.incline_pct < 0:
        yield Problem(
            "negative-incline", segment.line, "backward downhill is never allowed", "write 0 % or leave it out"
        )
    elif max(target.incline_pct, target.end_incline_pct or 0.0) > cap_pct + TINY:
        yield Problem(
            "backward-incline",
            segment.line,
            f"backward at {target.incline_pct:g} % is above {cap_pct:g} %, the most {_for(most)} at this speed",
            f"write at most {cap_pct:g} %",
        )


def _turns(workout: Workout, most: int, level: Level) -> Iterator[Problem]:
    turns, since_s, facing, last_line = 0, inf, Facing.FORWARD, 0
    after_last_s = 0.0
    for segment, length_s in timed(workout):
        if segment.target is None:
            since_s += length_s or 0.0
            continue
        if segment.facing is not facing:
            turns += 1
            if since_s < BETWEEN_TURNS_S - TINY:
                yield Problem(
                    "turns-too-close",
                    last_line,
                    f"{time(since_s)} between two turns is less than {time(BETWEEN_TURNS_S)}",
                    "make this step a minute or longer",
                )
            since_s, after_last_s, facing = 0.0, 0.0, segment.facing
        since_s += inf if length_s is None else length_s
        after_last_s += BETWEEN_TURNS_S if length_s is None else length_s
        last_line = segment.line
    if turns > most:
        yield Problem(
            "too-many-turns", 0, f"{turns} turns are more than {most}, the most for {level}", "leave out a round"
        )
    if facing is Facing.BACKWARD:
        yield Problem(
            "ends-facing-rear", last_line, "the last step faces the rear", "end with 3 min facing the console"
        )
    elif after_last_s < COOL_DOWN_S - TINY:
        yield Problem(
            "no-cooldown",
            last_line,
            f"{time(after_last_s)} facing the console after the last turn is less than {time(COOL_DOWN_S)}",
            "end with a cool-down of 3 min or more",
        )


def kmh(value: float) -> str:
    """A speed for people."""
    return f"{round(value, 2):g} km/h"


def time(seconds: float) -> str:
    """A length of time for people."""
    if seconds == inf:
        return "no end"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min" if rest == 0 else f"{minutes} min {rest} s" if minutes else f"{rest} s"
