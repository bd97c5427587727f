"""What one treadmill makes of a workout: what keeps it from running there, and where the belt will do something else.

What refuses a session is in coach/core/gates.py; all that is added here are warnings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from coach.core.cap import GENTLE_KMH
from coach.core.gates import machine_problems, prompt_only
from coach.core.level import LEVELS
from coach.core.machine import LOWEST_CREEP_KMH, MachineProfile, Range
from coach.core.plan import Row
from coach.core.rules import Problem, end_kmh, kmh, time
from coach.core.runner import FORWARD_CAP_KMH, INCLINE_CAP_PCT
from coach.core.safety import HALF_S, LEAP_KMH
from coach.core.turn import RAMP_S
from coach.core.workout import Facing, Level, Segment, Workout
from coach.script.course import planned
from coach.script.incline import inclines_late
from coach.script.legs import Extent, Leg, change, extent_of, needed, reached, rises

OFF_KMH: Final = 0.1  # the step of most machines: a pace is seldom a whole number of them, and less is not worth a word
HELD_SHARE: Final = 0.5  # of a step the belt should have its speed
TINY: Final = 1e-6  # of reckoning with floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A treadmill that a workout is checked for, and who is on it; ranges are in km/h and percent."""

    profile: MachineProfile
    speeds: Range
    inclines: Range
    name: str = ""  # as it is shown; that of the profile without one
    fastest_kmh: float = FORWARD_CAP_KMH  # the runner's own forward limit
    steepest_pct: float = INCLINE_CAP_PCT  # and that of incline
    helper: bool = False  # somebody stands at the console


def device_problems(workout: Workout, level: Level, machine: Machine) -> Iterator[Problem]:
    """All that this machine cannot do of a workout, or does otherwise; the errors are those that refuse a session."""
    profile = replace(machine.profile, name=machine.name or machine.profile.name)
    speeds, inclines = machine.speeds, machine.inclines
    found = list(
        machine_problems(
            workout,
            level,
            profile,
            speeds,
            inclines,
            fastest_kmh=machine.fastest_kmh,
            steepest_pct=machine.steepest_pct,
            helper=machine.helper,
        )
    )
    if not prompt_only(profile):
        course = _Course(planned(workout, profile, level).rows, level, profile, speeds, inclines)
        found += (problem for rule in _RULES for problem in rule(course))
    yield from dict.fromkeys(found)


@dataclass(frozen=True, slots=True)
class _Course:
    """The workout as it goes on this machine."""

    rows: tuple[Row, ...]
    level: Level
    profile: MachineProfile
    speeds: Range
    inclines: Range

    @property
    def creep_kmh(self) -> float:
        """The lowest speed that is ever set."""
        return self.speeds.at_least(LOWEST_CREEP_KMH)


def _minimum(course: _Course) -> Iterator[Problem]:
    for row in course.rows:
        segment, creep_kmh = row.segment, course.creep_kmh
        if segment.facing is not Facing.FORWARD or row.kind != "segment":
            continue
        slowest = min(_speeds(segment))
        if slowest < creep_kmh - TINY:
            message = f"{kmh(slowest)} is slower than {course.profile.name} goes: its belt runs at {kmh(creep_kmh)}"
            fix = f"write at least {kmh(creep_kmh)}"
            yield Problem("below-device-minimum", segment.line, message, fix, error=False)


def _steps(course: _Course) -> Iterator[Problem]:
    for row in course.rows:
        if row.kind != "segment":
            continue
        for asked in _speeds(row.segment):
            if not course.creep_kmh - TINY <= asked <= course.speeds.high + TINY:
                continue
            runs = max(course.speeds.snap(asked), course.creep_kmh)
            if asked - runs < OFF_KMH - TINY:
                continue
            message = (
                f"{kmh(asked)} is not a step of {course.profile.name}, which goes by {kmh(course.speeds.step)}: "
                f"its belt runs at {kmh(runs)}"
            )
            over = course.speeds.at_least(asked)
            fix = f"write {kmh(runs)}" + (f" or {kmh(over)}" if row.segment.facing is Facing.FORWARD else "")
            yield Problem("off-device-step", row.segment.line, message, fix, error=False)


def _short(course: _Course) -> Iterator[Problem]:
    if not course.profile.known:
        return  # nobody has measured its ramps
    for before, row in zip((None, *course.rows), course.rows, strict=False):
        segment, extent = row.segment, extent_of(row)
        if extent is None or segment.facing is not Facing.FORWARD or row.kind != "segment" or segment.heart is not None:
            continue
        if max(_speeds(segment)) > course.speeds.high + TINY:
            continue  # which is told already
        yield from _told(course, row, extent, _legs(before, row, course))
    yield from _rear(course)


def _legs(before: Row | None, row: Row, course: _Course) -> tuple[Leg, ...]:
    """How the belt gets to the speed of a forward step, from where its clock begins."""
    target = row.segment.target
    assert target is not None
    profile, goal_kmh = course.profile, _speeds(row.segment)[-1]
    if row.stands or before is None:
        ramp_kmh = course.creep_kmh + profile.accel_kmh_s * RAMP_S  # what the ramp before the clock comes to
        first_kmh = min(target.speed_kmh, GENTLE_KMH, ramp_kmh)
    else:
        first_kmh = min(end_kmh(before.segment), course.speeds.high)
    rate = profile.accel_kmh_s if goal_kmh > first_kmh else profile.decel_kmh_s
    if goal_kmh - first_kmh <= LEAP_KMH + TINY or target.end_kmh is not None:
        return (change(first_kmh, goal_kmh, rate),)
    half_kmh = (first_kmh + goal_kmh) / 2
    way = change(first_kmh, half_kmh, rate)
    return way, Leg(max(HALF_S - way.seconds, 0.0), half_kmh, half_kmh), change(half_kmh, goal_kmh, rate)


def _told(course: _Course, row: Row, extent: Extent, legs: tuple[Leg, ...]) -> Iterator[Problem]:
    whole, segment = needed(legs, extent), row.segment
    first_kmh, goal_kmh = legs[0].first_kmh, legs[-1].last_kmh
    takes = f"{course.profile.name} takes {_amount(whole, extent)} from {kmh(first_kmh)} to {kmh(goal_kmh)}"
    scripted = segment.target is not None and segment.target.end_kmh is not None
    if whole > extent.amount + TINY:
        message = f"{takes}, and this step is over at {kmh(reached(legs, extent))}"
        fix = f"make it {_amount(whole if scripted else whole / HELD_SHARE, extent)} or longer"
    elif not scripted and extent.amount - whole < HELD_SHARE * extent.amount - TINY:
        left = extent.amount - whole
        only = f"has its speed for {_amount(left, extent, up=False)} only" if left >= 1 else "is over when it is there"
        message = f"{takes}, so this step {only}"
        fix = f"make it {_amount(whole / HELD_SHARE, extent)} or longer"
    else:
        return
    yield Problem("step-shorter-than-belt-needs", segment.line, message, fix, error=False)


def _rear(course: _Course) -> Iterator[Problem]:
    """Backward steps that the level's ramp would bring to their speed, and this belt's does not."""
    ramp_kmh_s = LEVELS[course.level].ramp_kmh_s
    if course.profile.accel_kmh_s >= ramp_kmh_s:
        return
    asked, made = rises(course.rows, ramp_kmh_s), rises(course.rows, course.profile.accel_kmh_s)
    for wish, one in zip(asked, made, strict=True):
        extent = one.extent
        if extent is None or needed(wish.legs, extent) > extent.amount + TINY:
            continue
        whole = needed(one.legs, extent)
        if whole <= extent.amount + TINY or one.legs[-1].last_kmh <= one.legs[-1].first_kmh:
            continue
        message = (
            f"{course.profile.name} gets faster by {course.profile.accel_kmh_s:g} km/h a second, so this step is over "
            f"at {kmh(reached(one.legs, extent))}"
        )
        fix = f"make it {_amount(whole, extent)} or longer, or slower"
        yield Problem("step-shorter-than-belt-needs", one.row.segment.line, message, fix, error=False)


def _inclines(course: _Course) -> Iterator[Problem]:
    per_s = course.profile.incline_pct_s
    if not per_s or not course.profile.incline_control:
        return
    for late in inclines_late(course.rows, per_s):
        if not course.inclines.low - TINY <= late.goal_pct <= course.inclines.high + TINY:
            continue
        message = (
            f"{course.profile.name} moves its incline by {per_s:g} % a second, so this step gets to "
            f"{late.got_pct:g} % and never to {late.goal_pct:g} %"
        )
        fix = f"make it {time(ceil(late.needed_s - TINY))} or longer"
        yield Problem("incline-not-reached", late.row.segment.line, message, fix, error=False)


def _speeds(segment: Segment) -> tuple[float, ...]:
    """The speeds that are written in a step."""
    target = segment.target
    if target is None:
        return ()
    return (target.speed_kmh,) if target.end_kmh is None else (target.speed_kmh, target.end_kmh)


def _amount(amount: float, extent: Extent, *, up: bool = True) -> str:
    whole = ceil(amount - TINY) if up else int(amount + TINY)
    return f"{whole} m" if extent.metres else time(whole)


_RULES: Final[tuple[Callable[[_Course], Iterator[Problem]], ...]] = (_minimum, _steps, _short, _inclines)
