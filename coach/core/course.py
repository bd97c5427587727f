"""The course of a session: the clock of a segment, what comes before its end, and which row is next."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

from coach.core import say
from coach.core.belt import READ_S
from coach.core.cue import CueKind, Due, DueBy, spoken_speed, status, whole_speed
from coach.core.phase import enter, stop_now
from coach.core.plan import Row
from coach.core.progress import Progress
from coach.core.rules import BETWEEN_TURNS_S, OF_FORWARD
from coach.core.target import hold
from coach.core.trip import Trip
from coach.core.turn import Scene, racing
from coach.core.wish import Phase
from coach.core.workout import ExtentUnit, Facing, Head, Level

MARKS: Final = (30, 10, 5, 3, 2, 1)  # seconds before the end of a segment (backward-running.md 5)
SPEED_UP_S: Final = 20.0  # of the first backward block: its target follows in ten
NEAR_KMH: Final = 0.5  # to the last set-point: on as before (safety.md 8, link lost)
TINY: Final = 1e-6


def run(scene: Scene) -> Progress:
    """RUN: cues, the heart's word, and the end of the segment."""
    progress = scene.progress
    if not scene.belt.link:
        return progress
    left_s = progress.left_s(scene.plan, scene.belt, scene.at_s)
    if left_s <= TINY or _until(scene):
        return next_row(scene)
    progress = countdown(scene, left_s)
    if scene.belt.link_at_s > progress.read_at_s and scene.at_s - scene.belt.link_at_s >= READ_S:
        progress = _read_again(scene, progress)
    if progress.here(scene.plan).dues:
        progress = _dues(scene if progress is scene.progress else replace(scene, progress=progress), left_s)
    progress = _arrived(scene, progress)
    return hold(scene.plan, progress, scene.strap, scene.at_s)


def _read_again(scene: Scene, progress: Progress) -> Progress:
    """A link that came back: on at the last set-point where the belt is near it, else at what is measured."""
    asked_kmh, kmh = scene.sent.target_kmh, scene.belt.kmh
    progress = replace(progress, read_at_s=scene.belt.link_at_s)
    if asked_kmh is None or kmh is None or not scene.belt.moving or abs(kmh - asked_kmh) <= NEAR_KMH:
        return progress
    scene.say(CueKind.NOTICE, f"The belt runs at {spoken_speed(kmh, scene.plan.runner.spoken)}. It stays so.")
    return replace(progress, console_kmh=kmh)


def _until(scene: Scene) -> bool:
    row = scene.progress.here(scene.plan)
    until = row.segment.until
    if until is None or row.until_bpm is None or scene.strap.bpm is None:
        return False
    clock_s = scene.progress.clock(scene.at_s)
    if clock_s <= 0 or clock_s < until.at_least_s:
        return False
    return scene.strap.bpm < row.until_bpm if until.below else scene.strap.bpm > row.until_bpm


def countdown(scene: Scene, left_s: float) -> Progress:
    """What is said in the last half minute."""
    progress = _faster_soon(scene)
    if progress.marks >= len(MARKS) or left_s > MARKS[progress.marks] + TINY:
        return progress
    mark = MARKS[progress.marks]
    late = progress.marks + 1 < len(MARKS) and left_s <= MARKS[progress.marks + 1] + TINY
    if not late:
        after = following(scene)
        words = say.ahead(progress.here(scene.plan), after, scene.belt.kmh or 0.0, mark, scene.plan.runner.spoken)
        if words is not None:
            scene.say(*words)
    return replace(progress, marks=progress.marks + 1)


def _faster_soon(scene: Scene) -> Progress:
    """The first block goes faster after half a minute, and that is announced (safety.md 3, backward-running.md 5)."""
    progress, run_s = scene.progress, scene.dose.run.read(scene.at_s)
    if progress.facing is not Facing.BACKWARD or progress.told_faster or run_s < SPEED_UP_S - TINY:
        return progress
    target = progress.here(scene.plan).segment.target
    if target is not None and run_s < SPEED_UP_S + 2.0 and target.speed_kmh > scene.guard.goal_kmh + TINY:
        speed = spoken_speed(target.speed_kmh, scene.plan.runner.spoken)
        scene.say(CueKind.FASTER, f"In ten: faster, {speed}. Light hands on the rails.")
        return replace(progress, told_faster=True, spoken_kmh=target.speed_kmh)
    return replace(progress, told_faster=True)


def _dues(scene: Scene, left_s: float) -> Progress:
    progress, done = scene.progress, scene.progress.dues
    clock_s = progress.clock(scene.at_s)
    for bit, due in enumerate(progress.here(scene.plan).dues):
        if done >> bit & 1 or not _is_due(due, clock_s, progress, scene, left_s):
            continue
        done |= 1 << bit
        text = due.text or status(
            progress.facing, scene.belt.kmh or 0.0, left_s, scene.strap.bpm, scene.plan.runner.spoken
        )
        scene.say(due.kind, text)
    return progress if done == progress.dues else replace(progress, dues=done)


def _is_due(due: Due, clock_s: float, progress: Progress, scene: Scene, left_s: float) -> bool:
    match due.by:
        case DueBy.CLOCK:
            return clock_s >= due.amount - TINY
        case DueBy.METRES:
            return progress.ran_m(scene.belt) >= due.amount - TINY
        case DueBy.LEFT:
            return left_s <= due.amount + TINY


def _arrived(scene: Scene, progress: Progress) -> Progress:
    """Facing the rear a new speed is told when the belt has it."""
    if progress.spoken_kmh is None or scene.belt.kmh is None:
        return progress
    if abs(scene.belt.kmh - progress.spoken_kmh) > scene.belt.speeds.step + TINY:
        return progress
    scene.say(CueKind.TIME, f"{whole_speed(scene.belt.kmh, scene.plan.runner.spoken)}.")
    return replace(progress, spoken_kmh=None)


def following(scene: Scene) -> Row | None:
    """The row that comes next, blocks that cannot be run left out."""
    index = _following(scene)
    return scene.plan.rows[index] if index < len(scene.plan.rows) else None


def _following(scene: Scene) -> int:
    rows, index = scene.plan.rows, scene.progress.row + 1
    if not red(scene):
        return index
    while index < len(rows) and (rows[index].segment.facing is Facing.BACKWARD or rows[index].kind == "bridge"):
        index += 1
    return index


def red(scene: Scene) -> str:
    """Why there is no turn to the rear now."""
    guard, plan, belt = scene.guard, scene.plan, scene.belt
    if not guard.control:
        return "the console has control"
    if guard.backward_off:
        return f"no more backward today ({guard.backward_off})"
    if scene.progress.console_start and not plan.helper:
        return "the treadmill wants its own key"
    if not plan.caps.backward_today:
        return "no backward today"
    if not belt.link or guard.notes & {Trip.QUIET, Trip.STALE, Trip.LINK_LOST}:
        return "the treadmill is quiet"
    if not guard.sound:
        return "there is no sound"
    if plan.level is Level.REHAB and scene.strap.bpm is None:
        return "rehab needs a live heart strap"
    if guard.focus_at_s < inf:
        return "presses go elsewhere"
    if not (belt.units.measured or plan.profile.unit_answered):
        return "the unit of the treadmill is not known yet"
    if scene.dose.run.read(scene.at_s) >= plan.caps.session_s - TINY:
        return "enough backward for today"
    if belt.creep_kmh > plan.caps.speed_kmh + TINY:
        return "the belt cannot go slow enough"
    if belt.creep_kmh > OF_FORWARD * scene.dose.held_kmh + TINY:
        return "first a minute at a steady speed facing the console"
    return ""


def next_row(scene: Scene) -> Progress:
    """The segment is over: on to what follows, over a turn, a bridge, a rest or the last stop."""
    progress, plan = scene.progress, scene.plan
    here = progress.here(plan)
    index = _following(scene)
    skipped = plan.rows[progress.row + 1 : index]
    why = red(scene) if any(row.segment.facing is Facing.BACKWARD for row in skipped) else ""
    if why and progress.facing is Facing.FORWARD:
        scene.say(CueKind.NOTICE, f"No turn now: {why}.")
    over = _fresh(scene, progress, index)
    scene = replace(scene, progress=over)
    if index >= len(plan.rows):
        return _finish(scene)
    row = plan.rows[index]
    if progress.phase is Phase.RESTING:
        return enter(scene, Phase.RESTING if row.segment.target is None else Phase.READY)
    if row.segment.target is None:
        return enter(scene, Phase.SLOW, next=Phase.RESTING, guided=False)
    if row.segment.facing is progress.facing:
        return _straight(scene, here, row)
    if row.segment.facing is Facing.BACKWARD and (racing(scene) or _too_soon(scene)):
        return replace(enter(scene, Phase.BRIDGE), bridge_at_s=scene.at_s)
    return enter(scene, Phase.SLOW, next=Phase.READY, guided=False)


def _too_soon(scene: Scene) -> bool:
    """A turn within a minute of the last waits on a bridge."""
    return scene.progress.row > 0 and scene.at_s - scene.progress.turned_at_s < BETWEEN_TURNS_S


def bridged(scene: Scene) -> Progress:
    """The bridge is over: the turn, for the row that it led to."""
    progress = scene.progress
    if progress.here(scene.plan).kind == "bridge":
        progress = _fresh(scene, progress, progress.row + 1)
    return enter(replace(scene, progress=progress), Phase.SLOW, next=Phase.READY, guided=False)


def _straight(scene: Scene, here: Row, row: Row) -> Progress:
    """The belt runs on: one write at the boundary, which is where the plan has it and not where the event came."""
    if row.segment.head is Head.BRIDGE:
        return replace(enter(scene, Phase.BRIDGE), bridge_at_s=scene.at_s)
    progress = enter(scene, Phase.RUN)
    late_s = 0.0
    if here.segment.extent.unit is ExtentUnit.TIME and here.planned_s is not None:
        late_s = min(max(scene.progress.late_s, 0.0), 1.0)
    target = row.segment.target
    changes = target is not None and row.segment.facing is Facing.BACKWARD
    return replace(
        progress,
        run_at_s=progress.run_at_s - late_s,
        spoken_kmh=target.speed_kmh if target is not None and changes else None,
    )


def _fresh(scene: Scene, progress: Progress, index: int) -> Progress:
    """Nothing of the row before is left but trims."""
    late_s = 0.0
    here = progress.here(scene.plan)
    if here.segment.extent.unit is ExtentUnit.TIME and progress.run_at_s < inf:
        late_s = progress.clock(scene.at_s) - here.segment.extent.amount
    return replace(
        progress,
        row=index,
        late_s=late_s,
        clock_s=0.0,
        ends_at_s=inf,
        metres=0.0,
        run_at_s=inf,
        marks=0,
        dues=0,
        console_kmh=None,
        held_kmh=None,
        held_at_s=-inf,
        incline_trim_pct=0.0,
        spoken_kmh=None,
    )


def end_block(scene: Scene) -> Progress:
    """The backward block ends early, through SLOW: the turn to the console follows."""
    rows, index = scene.plan.rows, scene.progress.row
    while index < len(rows) and rows[index].segment.facing is Facing.BACKWARD:
        index += 1
    over = replace(scene, progress=_fresh(scene, scene.progress, index))
    return enter(over, Phase.SLOW, next=Phase.READY if index < len(rows) else Phase.ENDED, guided=False)


def call_off(scene: Scene, to: Phase = Phase.READY) -> Progress:
    """The backward block will not be: the belt stands or is stopped, the question is for the console."""
    rows, index = scene.plan.rows, scene.progress.row
    while index < len(rows) and (rows[index].segment.facing is Facing.BACKWARD or rows[index].kind != "segment"):
        index += 1
    over = replace(scene, progress=_fresh(scene, scene.progress, index))
    if index >= len(rows):
        return enter(over, Phase.ENDED)
    if to is Phase.READY:
        return enter(over, to)
    return stop_now(over, why="", leaves=Phase.READY)


def skip(scene: Scene, *, resumed: bool = False) -> Progress:
    """Leave the backward rows out and go on facing the console."""
    rows, index = scene.plan.rows, scene.progress.row
    while index < len(rows) and (rows[index].segment.facing is Facing.BACKWARD or rows[index].kind != "segment"):
        index += 1
    over = replace(scene, progress=_fresh(scene, scene.progress, index))
    if index >= len(rows):
        return enter(over, Phase.ENDED) if resumed else _finish(over)
    if resumed:
        return enter(over, Phase.CONSOLE_START if scene.progress.console_start else Phase.STARTING)
    return enter(over, Phase.RUN)


def _finish(scene: Scene) -> Progress:
    if scene.progress.phase is Phase.RESTING:
        return enter(scene, Phase.ENDED)
    return enter(scene, Phase.SLOW, why="finished", next=Phase.ENDED, guided=True)
