"""What a machine must be able to do before a workout may run on it (safety.md 3, 5 and 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from coach.core.level import LEVELS, UNLIMITED, Caps, caps
from coach.core.machine import LOWEST_CREEP_KMH, MachineProfile, Preamble, Range, Reported
from coach.core.rules import TINY, Problem, kmh, mean_kmh, top_kmh
from coach.core.runner import FORWARD_CAP_KMH, INCLINE_CAP_PCT
from coach.core.workout import Facing, Level, Workout

SLOWEST_STOP_S: Final = 12.0  # from 3 km/h; later turns backward off (safety.md 5)
SLOWEST_ANSWER_S: Final = 2.0  # a Stop must not wait behind the answer to another write
START_ABOVE_KMH: Final = 0.5  # above creep after settling is a bad start (safety.md 6a)
FORWARD_ONLY: Final = "run it with --forward-only, or on another treadmill"
SLOWEST_REPORT_S: Final = 1.0  # median report period for backward (safety.md 3)


def machine_problems(
    workout: Workout,
    level: Level,
    profile: MachineProfile,
    speeds: Range,
    inclines: Range,
    *,
    fastest_kmh: float = FORWARD_CAP_KMH,
    steepest_pct: float = INCLINE_CAP_PCT,
    helper: bool = False,
) -> tuple[Problem, ...]:
    """All that a machine cannot do of a workout; ranges are in km/h and percent (safety.md 3, 5 and 7)."""
    found = list(_reach(workout, profile, speeds, inclines, fastest_kmh, steepest_pct))
    if workout.backward and prompt_only(profile):
        found += _left_out(workout, profile)
    elif workout.backward:
        found += _gates(level, profile, speeds, helper=helper)
        found += _slow(workout, level, profile, speeds)
    return tuple(found)


def prompt_only(profile: MachineProfile) -> str:
    """Why coach can only tell which button to press on this machine, and measure (safety.md 6b, 6c); or nothing."""
    if profile.disobeys:
        return f"it {profile.disobeys}"
    return "" if profile.speed_control else "it does not take speeds from an app"


def _reach(
    workout: Workout, profile: MachineProfile, speeds: Range, inclines: Range, fastest_kmh: float, steepest_pct: float
) -> Iterator[Problem]:
    why = prompt_only(profile)
    if why:
        rule = "not-obeyed" if profile.disobeys else "speed-control-refused"
        message = f"{profile.name}: {why}, so you press its buttons and coach tells which"
        yield Problem(rule, 0, message, error=False)
    for segment in workout.segments:
        target = segment.target
        if target is None or (why and segment.facing is Facing.BACKWARD):
            continue
        if top_kmh(segment) > speeds.high + TINY:
            message = f"{kmh(top_kmh(segment))} is faster than {profile.name} can go ({kmh(speeds.high)})"
            yield Problem("speed-over-device", segment.line, message, f"write at most {kmh(speeds.high)}")
        elif segment.facing is Facing.FORWARD and top_kmh(segment) > fastest_kmh + TINY:
            line = f"forward_cap_kmh = {top_kmh(segment):g}"
            message = (
                f"{kmh(top_kmh(segment))} is above your forward limit of {kmh(fastest_kmh)}; the line {line} lifts it"
            )
            help_ = f"set {line} for this runner in the config, 22 at most"
            yield Problem("speed-over-limit", segment.line, message, help_)
        end_pct = target.incline_pct if target.end_incline_pct is None else target.end_incline_pct
        steepest, gentlest = max(target.incline_pct, end_pct), min(target.incline_pct, end_pct)
        if steepest > steepest_pct + TINY:
            line = f"incline_cap_pct = {steepest:g}"
            message = f"{steepest:g} % is above your limit of {steepest_pct:g} %; the line {line} lifts it"
            help_ = f"set {line} for this runner in the config, 25 at most"
            yield Problem("incline-over-limit", segment.line, message, help_)
        elif steepest > inclines.high + TINY or gentlest < inclines.low - TINY:
            rear = segment.facing is Facing.BACKWARD
            message, help_ = _tilts(profile, inclines, steep=steepest > inclines.high + TINY, rear=rear)
            yield Problem("incline-over-device", segment.line, message, help_, error=rear)


def _tilts(profile: MachineProfile, inclines: Range, *, steep: bool, rear: bool) -> tuple[str, str]:
    """What becomes of an incline that this machine does not have, and what to write."""
    if inclines.low == inclines.high == 0:
        message = f"{profile.name} has no incline" + ("" if rear else "; this step stays level")
        return message, "leave the incline out"
    message = f"{profile.name} sets inclines from {inclines.low:g} to {inclines.high:g} %"
    help_ = f"write at most {inclines.high:g} %" if steep else f"write at least {inclines.low:g} %"
    return message + ("" if rear else "; this step stays within that"), help_


def _left_out(workout: Workout, profile: MachineProfile) -> Iterator[Problem]:
    no = f"no backward running on {profile.name}: {prompt_only(profile)}"
    forward = any(segment.facing is Facing.FORWARD and segment.target is not None for segment in workout.segments)
    if forward:
        yield Problem("backward-left-out", 0, f"{no}; the backward blocks are left out", error=False)
    else:
        yield Problem("backward-left-out", 0, f"{no}, and this workout has nothing else")


def _gates(level: Level, profile: MachineProfile, speeds: Range, *, helper: bool) -> Iterator[Problem]:
    row = LEVELS[level]
    no = f"no backward running on {profile.name}: "
    if speeds.low > row.machine_min_kmh + TINY:
        yield Problem(
            "below-device-minimum",
            0,
            f"{no}its lowest speed is {kmh(speeds.low)}, above {kmh(row.machine_min_kmh)} for {level}",
            FORWARD_ONLY,
        )
    if speeds.step > row.machine_step_kmh + TINY:
        yield Problem(
            "off-device-step",
            0,
            f"{no}its speed step is {kmh(speeds.step)}, above {kmh(row.machine_step_kmh)} for {level}",
            FORWARD_ONLY,
        )
    if (profile.report_period_s or 0.0) > SLOWEST_REPORT_S + TINY:
        yield Problem(
            "slow-reports",
            0,
            f"{no}it reports only every {profile.report_period_s:g} s, not every second",
            FORWARD_ONLY,
        )
    if not profile.remote_start and (not helper or level is Level.REHAB):
        yield Problem(
            "remote-start-refused",
            0,
            f"{no}it wants its own Start key, which a runner facing the rear cannot reach",
            "run it forward only today, or with a helper at the console",
        )
    if profile.start_kmh > speeds.at_least(LOWEST_CREEP_KMH) + START_ABOVE_KMH + TINY:
        yield Problem("starts-fast", 0, f"{no}it starts at {kmh(profile.start_kmh)}, too fast to step on", FORWARD_ONLY)
    if profile.answer_s > SLOWEST_ANSWER_S:
        yield Problem(
            "slow-answers",
            0,
            f"{no}its answers take {profile.answer_s:g} s, and a Stop might have to wait",
            FORWARD_ONLY,
        )
    if not profile.stop_works:
        yield Problem("stop-refused", 0, f"{no}it does not obey Stop", FORWARD_ONLY)
    if profile.speed_needs_start or profile.preamble is Preamble.EVERY:
        yield Problem("needs-start", 0, f"{no}it wants a Start before it takes a speed", FORWARD_ONLY)
    if profile.stop_s(3.0) > SLOWEST_STOP_S:
        yield Problem(
            "slow-stop", 0, f"{no}it needs {profile.stop_s(3.0):.0f} s to stop from 3 km/h, more than 12", FORWARD_ONLY
        )
    if profile.unit_doubtful and not profile.unit_answered:
        yield Problem(
            "unit-doubtful",
            0,
            f"{no}it may count everything in miles, and nothing that it says tells",
            "coach setup asks once what its console shows, and in which unit",
        )
    if profile.reported is Reported.TARGET and not profile.unit_answered:
        yield Problem(
            "echoes-target",
            0,
            f"{no}it reports what it was asked, not what the belt does",
            "coach setup asks once what its console shows, and in which unit",
        )


def _slow(workout: Workout, level: Level, profile: MachineProfile, speeds: Range) -> Iterator[Problem]:
    creep = speeds.at_least(LOWEST_CREEP_KMH)
    cap = caps_on(profile, caps(level, UNLIMITED, workout.backward_limit_kmh)).speed_kmh
    for segment in workout.segments:
        if segment.facing is not Facing.BACKWARD or segment.target is None:
            continue
        if mean_kmh(segment) < creep - TINY:
            message = f"backward at {kmh(mean_kmh(segment))} is slower than {profile.name} can go ({kmh(creep)})"
            yield Problem("below-device-minimum", segment.line, message, FORWARD_ONLY)
        elif top_kmh(segment) > cap + TINY:
            runs = "runs" if profile.known else "may run"
            message = f"{profile.name} {runs} on when the link is lost, so backward is at most {kmh(cap)} on it"
            yield Problem("keeps-going", segment.line, message, f"write at most {kmh(cap)}", error=False)


def caps_on(profile: MachineProfile, most: Caps) -> Caps:
    """A machine that runs on when the link is lost costs one level of speed cap (safety.md 5)."""
    if not profile.keeps_on_link_loss:
        return most
    order = tuple(Level)
    lower = LEVELS[order[max(order.index(most.level) - 1, 0)]].speed_kmh
    return most if most.speed_kmh <= lower else replace(most, speed_kmh=lower)
