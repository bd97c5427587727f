"""What a good coach would say of a workout that may run: warnings, each of them something that a runner can use.

Nothing here keeps a workout from running, and nothing says again what a rule of safety says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil, inf
from typing import Final

from coach.core.level import LEVELS
from coach.core.plan import BRIDGE_KMH
from coach.core.rules import BRIDGE_ABOVE_KMH, COOL_DOWN_S, HELD_S, Problem, end_kmh, kmh, time
from coach.core.safety import HALF_S, LEAP_KMH
from coach.core.workout import Facing, Head, HeartUnit, Level, Segment, Workout
from coach.script.course import Course
from coach.script.device import Machine
from coach.script.field import heart_text
from coach.script.incline import inclines_late
from coach.script.legs import needed, reached, rises
from coach.script.model import Script
from coach.script.problem import number
from coach.script.spoken import unheard

WALK_KMH: Final = 7.0  # people change from walking to running near 2 m/s
EASY_SHARE: Final = 0.8  # of the fastest step: a warm-up or a cool-down that its author calls so is no faster
WARM_UP_S: Final = 180.0  # at the least, before anything fast or backward
LAST_S: Final = 60.0  # easy at the end
USUAL_PCT_S: Final = 0.5  # how fast a usual treadmill moves its incline: the simulated one (link/machines/home.toml)
NARROW_KMH: Final = 0.5  # a heart hold moves the belt by 0.1 and 0.2 km/h: within less it hardly can
MOST_SPOKEN: Final = 500  # steps with cues of their own are looked at
TINY: Final = 1e-6  # of reckoning with floats

# What no heart does on a belt: fewer beats than the first, more than the second.
HEARTS: Final = {
    HeartUnit.BPM: (50.0, 220.0),
    HeartUnit.MAX: (30.0, 100.0),
    HeartUnit.RESERVE: (10.0, 100.0),
    HeartUnit.THRESHOLD: (35.0, 115.0),
    HeartUnit.ZONE: (1.0, 5.0),
}


def advice(
    script: Script, workout: Workout, level: Level | None, *, machine: Machine | None = None
) -> Iterator[Problem]:
    """Warnings about a workout, each once for its place.

    Args:
        script: the models that the workout was made of, for the places of its parts.
        workout: the same, compiled.
        level: the row of caps that it would run under; its own without one.
        machine: the treadmill, where one is known: what that one says is left out here.
    """
    course = Course(script, workout, level or workout.level or Level.BEGINNER)
    measured = machine is not None and machine.profile.incline_pct_s
    seen = set[tuple[str, int, int]]()
    for rule in _RULES:
        for problem in () if measured and rule is _inclines else rule(course):
            place = problem.rule, problem.line, problem.column
            if place not in seen:
                seen.add(place)
                yield replace(problem, error=False)


def _no_warmup(course: Course) -> Iterator[Problem]:
    easy_s, steady = 0.0, False
    for row in course.rows:
        segment, length_s = row.segment, inf if row.planned_s is None else row.planned_s
        target = segment.target
        if target is None:
            continue
        if segment.facing is not Facing.FORWARD:
            if steady:  # else safety asks for a forward step before it
                yield _late_warmup(course, segment, "the first backward step comes", easy_s)
            return
        fast_s = _until(segment, length_s, _easy_kmh(course, segment))
        easy_s += min(fast_s, length_s)
        if easy_s >= WARM_UP_S - TINY:
            return
        if fast_s < length_s:
            yield _late_warmup(course, segment, f"{kmh(_fastest(segment))} comes", easy_s)
            return
        steady = steady or (target.end_kmh is None and length_s >= HELD_S)


def _late_warmup(course: Course, segment: Segment, what: str, easy_s: float) -> Problem:
    if easy_s < 1:
        message = f"{what} at once, without a warm-up"
        return _problem(course, "no-warmup", segment, message, "begin with warm-up: 5 min @ 5 km/h")
    message = f"{what} after {time(easy_s)} of warming up, which is less than {time(WARM_UP_S)}"
    return _problem(course, "no-warmup", segment, message, f"warm up for {time(WARM_UP_S)} or longer")


def _ends_fast(course: Course) -> Iterator[Problem]:
    easy_s, since_turn_s = 0.0, 0.0
    found: Problem | None = None
    for row in reversed(course.rows):
        segment, length_s = row.segment, row.planned_s
        if segment.target is None:
            continue
        if segment.facing is not Facing.FORWARD:
            found = found if since_turn_s >= COOL_DOWN_S - TINY else None  # else safety asks for a cool-down
            break
        if length_s is None:
            break  # the runner ends it when he likes
        since_turn_s += length_s
        if found is None:
            slow_s = _until(_turned(segment), length_s, _easy_kmh(course, segment))
            easy_s += min(slow_s, length_s)
            if easy_s >= LAST_S - TINY:
                return
            if slow_s < length_s:
                found = _no_end(course, segment, easy_s)
    if found is not None:
        yield found


def _no_end(course: Course, fast: Segment, easy_s: float) -> Problem:
    last, fix = course.rows[-1].segment, "end with cool-down: 5 min @ 5 km/h"
    if easy_s < 1:
        return _problem(course, "ends-fast", last, f"the workout ends at {kmh(_last(fast))}, without a cool-down", fix)
    message = f"the workout ends with {time(easy_s)} of slower steps after {kmh(_fastest(fast))}"
    return _problem(course, "ends-fast", last, message, fix)


def _bridges(course: Course) -> Iterator[Problem]:
    found = dict[tuple[int, int], tuple[Segment, float, int]]()  # by the place of its step: the first, and how many
    plan, at_s, before = course.plan, 0.0, None
    for index, row in enumerate(plan.rows):
        if row.kind == "bridge" and before is not None:
            place = course.place(before)
            segment, first_s, count = found.get(place, (before, at_s, 0))
            found[place] = segment, first_s, count + 1
        at_s += inf if row.planned_s is None else row.planned_s
        at_s += plan.turn_s(index) if row.turn or row.kind == "rest" else 0.0
        before = row.segment
    for segment, first_s, count in found.values():
        when = "" if first_s == inf else f" at {_clock(first_s)}"
        again = f", {count} times in all" if count > 1 else ""
        may = "may end" if segment.heart is not None else "ends"
        message = (
            f"a minute at {kmh(BRIDGE_KMH)} is put in{when}{again}: this step {may} at {kmh(end_kmh(segment))}, "
            f"and a turn begins at {kmh(BRIDGE_ABOVE_KMH)} or slower"
        )
        fix = f"write it yourself as forward: 1 min @ {kmh(BRIDGE_KMH)}, or let the step end at {kmh(BRIDGE_ABOVE_KMH)}"
        yield _problem(course, "bridge-inserted", segment, message, fix)


def _jumps(course: Course) -> Iterator[Problem]:
    for before, row in zip(course.rows, course.rows[1:], strict=False):
        target = row.segment.target
        if target is None or row.stands or row.segment.facing is not Facing.FORWARD or target.end_kmh is not None:
            continue
        rise_kmh = target.speed_kmh - end_kmh(before.segment)
        if rise_kmh <= LEAP_KMH + TINY:
            continue
        ramp = f"{number(end_kmh(before.segment))} -> {kmh(target.speed_kmh)}"
        message = f"{ramp} at once is a rise of {kmh(rise_kmh)}, so it comes in two halves {HALF_S:.0f} s apart"
        fix = f"for one even rise write forward: {_ramp_s(rise_kmh)} s @ {ramp} before it"
        yield _problem(course, "jump-split", row.segment, message, fix)


def _ramp_s(rise_kmh: float) -> int:
    """A ramp that every belt can follow, in tens of seconds."""
    return 10 * ceil(max(rise_kmh / 0.3, 2 * HALF_S) / 10)


def _backward_too_short(course: Course) -> Iterator[Problem]:
    ramp_kmh_s = LEVELS[course.level].ramp_kmh_s
    for one in rises(course.rows, ramp_kmh_s):
        if one.extent is None or one.goal_kmh > LEVELS[course.level].speed_kmh + TINY:
            continue
        whole, got_kmh = needed(one.legs, one.extent), reached(one.legs, one.extent)
        if whole <= one.extent.amount + TINY or one.legs[-1].last_kmh <= one.legs[-1].first_kmh:
            continue
        if got_kmh <= one.slow_kmh + TINY and len(one.legs) > 1:
            why = f"the first half minute backward is no faster than {kmh(one.slow_kmh)}"
        else:
            why = f"{course.level} gets faster by {ramp_kmh_s:g} km/h a second"
        message = f"this step gets to {kmh(got_kmh)} and never to {kmh(one.goal_kmh)}: {why}"
        longer = f"{ceil(whole - TINY)} m" if one.extent.metres else time(ceil(whole - TINY))
        yield _problem(course, "backward-too-short", one.row.segment, message, f"make it {longer} or longer, or slower")


def _inclines(course: Course) -> Iterator[Problem]:
    for late in inclines_late(course.rows, USUAL_PCT_S):
        message = (
            f"most treadmills move their incline by {USUAL_PCT_S:g} % a second, so this step gets to "
            f"{late.got_pct:g} % and never to {late.goal_pct:g} %"
        )
        fix = f"make it {time(ceil(late.needed_s - TINY))} or longer"
        yield _problem(course, "incline-not-reached", late.row.segment, message, fix)


def _holds(course: Course) -> Iterator[Problem]:
    for segment in course.workout.segments:
        held = segment.heart
        if held is None or held.high_kmh - held.low_kmh >= NARROW_KMH - TINY:
            continue
        line, column = course.key_place(segment, "within")
        message = f"between {kmh(held.low_kmh)} and {kmh(held.high_kmh)} the belt can hardly follow the heart"
        fix = f"leave {kmh(NARROW_KMH)} or more between the two"
        yield Problem("heart-hold-narrow", line, message, fix, column=column)


def _untils(course: Course) -> Iterator[Problem]:
    for segment in course.workout.segments:
        if segment.until is not None and (found := _never(segment, course.workout)) is not None:
            line, column = course.key_place(segment, "until")
            yield Problem("unreachable-until", line, *found, column=column)


def _never(segment: Segment, workout: Workout) -> tuple[str, str] | None:
    """Why no heart ever ends this step."""
    assert segment.until is not None
    below, bound, limit = segment.until.below, segment.until.bound, workout.heart_limit
    low, high = HEARTS[bound.unit]
    if below and bound.low < low:
        message = f"no heart in a workout is below {heart_text(bound)}, so until: never ends this step"
        return message, "write a heart rate that an easy walk has, such as heart < 105 bpm"
    if not below and bound.low >= high:
        message = f"no heart goes above {heart_text(bound)}, so until: never ends this step"
        return message, "write a heart rate that the step can reach, such as heart > 80 %max"
    if not below and limit is not None and limit.unit is bound.unit and bound.low >= limit.high:
        message = f"limits: keeps the heart at {heart_text(limit)}, so it never goes above {heart_text(bound)}"
        return message, "write a heart rate below the limit"
    return None


def _cues(course: Course) -> Iterator[Problem]:
    rows, segments = course.rows, iter(course.workout.segments)
    done = set[tuple[object, ...]]()
    for row, after in zip(rows, (*rows[1:], None), strict=True):
        if row.kind == "bridge":
            continue
        segment = next(segments)
        if not segment.say or len(done) >= MOST_SPOKEN:
            continue
        key = id(segment.say), row.planned_s, after and (after.turn, after.segment.facing, after.segment.target)
        if key in done:
            continue
        done.add(key)
        for cue, problem in unheard(row, after, segment.say):
            line, column = _cue_at(course, segment, cue)
            yield replace(problem, line=line, column=column)


def _cue_at(course: Course, segment: Segment, cue: int) -> tuple[int, int]:
    stretch = course.stretch(segment)
    if stretch is None or len(stretch.say) <= cue:
        return course.place(segment)
    place = stretch.say[cue].place
    return place.line, place.column


def _fastest(segment: Segment) -> float:
    """Of what is written: a heart may ask for more."""
    assert segment.target is not None
    return max(segment.target.speed_kmh, segment.target.end_kmh or 0.0)


def _last(segment: Segment) -> float:
    assert segment.target is not None
    return segment.target.speed_kmh if segment.target.end_kmh is None else segment.target.end_kmh


def _turned(segment: Segment) -> Segment:
    """The same from its end to its beginning."""
    assert segment.target is not None
    target = replace(segment.target, speed_kmh=_last(segment), end_kmh=segment.target.speed_kmh)
    return replace(segment, target=target)


def _easy_kmh(course: Course, segment: Segment) -> float:
    """The most that still is warming up or cooling down."""
    named = segment.head in (Head.WARM_UP, Head.COOL_DOWN)
    return max(WALK_KMH, EASY_SHARE * course.fastest_kmh) if named else WALK_KMH


def _problem(course: Course, rule: str, segment: Segment, message: str, fix: str) -> Problem:
    line, column = course.place(segment)
    return Problem(rule, line, message, fix, error=False, column=column)


def _until(segment: Segment, length_s: float, easy_kmh: float) -> float:
    """Seconds until a step is faster than easy; its length or more where it never is."""
    assert segment.target is not None
    first, last = segment.target.speed_kmh, _last(segment)
    if first > easy_kmh + TINY:
        return 0.0
    if last <= easy_kmh + TINY:
        return inf
    return length_s * (easy_kmh - first) / (last - first)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


_RULES: Final[tuple[Callable[[Course], Iterator[Problem]], ...]] = (
    _no_warmup,
    _ends_fast,
    _bridges,
    _jumps,
    _backward_too_short,
    _inclines,
    _holds,
    _untils,
    _cues,
)
