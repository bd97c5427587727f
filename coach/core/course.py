"""The course of a session: the clock of a segment, what comes before its end, and which row is next."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

from coach.core import say
from coach.core.belt import READ_S
from coach.core.bridge import racing
from coach.core.cue import CueKind, spoken_speed
from coach.core.outlook import following_index, red
from coach.core.phase import enter, stop_now
from coach.core.plan import Row
from coach.core.progress import Progress
from coach.core.prompt import ask_speed
from coach.core.rules import BETWEEN_TURNS_S, BRIDGE_ABOVE_KMH
from coach.core.scene import Scene
from coach.core.target import aim, console, hold
from coach.core.tell import arrived, capped, countdown, tell_dues
from coach.core.wish import Phase
from coach.core.workout import ExtentUnit, Facing, Head

__all__ = ["bridged", "call_off", "end_block", "next_row", "run", "skip", "too_soon"]

NEAR_KMH: Final = 0.5  # to the last set-point: on as before (safety.md 8, link lost)
TINY: Final = 1e-6


def run(scene: Scene) -> Progress:
    """RUN: cues, the heart's word, and the end of the segment."""
    progress = scene.progress
    if not scene.belt.link:
        return progress
    row, left_s = progress.here(scene.plan), progress.left_s(scene.plan, scene.belt, scene.at_s)
    if left_s <= TINY or _until(scene, row):
        return next_row(scene)
    progress = countdown(scene, left_s)
    if scene.belt.link_at_s > progress.read_at_s and scene.at_s - scene.belt.link_at_s >= READ_S:
        progress = _read_again(scene, progress)
    if row.dues:
        progress = tell_dues(scene.after(progress), left_s)
    progress = arrived(scene, progress)
    if row.segment.heart is not None:
        progress = hold(scene.plan, progress, scene.strap, scene.at_s)
    if not scene.guard.prompted:
        return progress
    return ask_speed(scene.after(progress))


def _read_again(scene: Scene, progress: Progress) -> Progress:
    """A link that came back: on at the last set-point where the belt is near it, else at what is measured.

    What is faster than may be is not held, nor what is faster than a segment that began meanwhile.
    """
    asked_kmh, kmh = scene.sent.target_kmh, scene.belt.kmh
    progress = replace(progress, read_at_s=scene.belt.link_at_s)
    if scene.guard.prompted or asked_kmh is None or kmh is None or not scene.belt.moving:
        return progress
    own_kmh = kmh / scene.guard.part
    wished_kmh = aim(scene.plan, progress, scene.belt, scene.at_s).kmh
    if abs(own_kmh - asked_kmh) <= NEAR_KMH or wished_kmh < min(own_kmh, asked_kmh) - TINY:
        return progress
    runs, back = (spoken_speed(each, scene.plan.runner.spoken) for each in (kmh, asked_kmh))
    if capped(scene, own_kmh):
        scene.say(CueKind.NOTICE, say.RUNS_OVER.format(runs, back))
        return progress
    scene.say(CueKind.NOTICE, say.RUNS_SO.format(runs))
    return console(scene.plan, progress, own_kmh, scene.at_s)


def _until(scene: Scene, row: Row) -> bool:
    until = row.segment.until
    if until is None or row.until_bpm is None or scene.strap.bpm is None:
        return False
    clock_s = scene.progress.clock(scene.at_s)
    if clock_s <= 0 or clock_s < until.at_least_s:
        return False
    return scene.strap.bpm < row.until_bpm if until.below else scene.strap.bpm > row.until_bpm


def next_row(scene: Scene) -> Progress:
    """The segment is over: on to what follows, over a turn, a bridge, a rest or the last stop."""
    progress, plan = scene.progress, scene.plan
    here = progress.here(plan)
    index = following_index(scene)
    skipped = plan.rows[progress.row + 1 : index]
    why = red(scene) if any(row.segment.facing is Facing.BACKWARD for row in skipped) else ""
    if why and progress.facing is Facing.FORWARD:
        scene.say(CueKind.NOTICE, f"No turn now: {why}.")
    over = _fresh(scene, progress, index)
    scene = scene.after(over)
    if index >= len(plan.rows):
        return _finish(scene)
    row = plan.rows[index]
    if progress.phase is Phase.RESTING:
        return enter(scene, Phase.RESTING if row.segment.target is None else Phase.READY)
    if row.segment.target is None:
        return enter(scene, Phase.SLOW, next=Phase.RESTING, guided=False)
    if row.segment.facing is progress.facing:
        return _straight(scene, here, row)
    if row.segment.facing is Facing.BACKWARD and (racing(scene) or too_soon(scene) or _fast(scene, here)):
        scene.say(CueKind.NOTICE, say.TURN_WAITS if racing(scene) else say.EASY_FIRST)
        return replace(enter(scene, Phase.BRIDGE), bridge_at_s=scene.at_s)
    return enter(scene, Phase.SLOW, next=Phase.READY, guided=False)


def too_soon(scene: Scene) -> bool:
    """A turn within a minute of the last waits."""
    progress = scene.progress
    turned = progress.turned is Facing.FORWARD and progress.row > 0
    return turned and scene.at_s - progress.turned_at_s < BETWEEN_TURNS_S


def _fast(scene: Scene, here: Row) -> bool:
    """The runner has made it faster than one turns from, which the plan could not know (safety.md 6a, BRIDGE)."""
    return here.kind != "bridge" and (scene.guard.set_kmh or 0.0) > BRIDGE_ABOVE_KMH + TINY


def bridged(scene: Scene) -> Progress:
    """The bridge is over: the turn, for the row that it led to."""
    progress = scene.progress
    over = _fresh(scene, progress, progress.row if progress.waits_here(scene.plan) else progress.row + 1)
    return enter(scene.after(over), Phase.SLOW, next=Phase.READY, guided=False)


def _straight(scene: Scene, here: Row, row: Row) -> Progress:
    """The belt runs on: one write at the boundary, which is where the plan has it and not where the event came."""
    if row.segment.head is Head.BRIDGE:
        bridge = replace(enter(scene, Phase.BRIDGE), bridge_at_s=scene.at_s)
        return replace(bridge, run_at_s=scene.at_s, run_from_m=scene.belt.odometer_m)
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
        told_kmh=None,
        told_pct=None,
        told_off=False,
        prompt=None,
    )


def end_block(scene: Scene) -> Progress:
    """The backward block ends early, through SLOW: the turn to the console follows."""
    rows, index = scene.plan.rows, scene.progress.row
    while index < len(rows) and rows[index].segment.facing is Facing.BACKWARD:
        index += 1
    over = scene.after(_fresh(scene, scene.progress, index))
    return enter(over, Phase.SLOW, next=Phase.READY if index < len(rows) else Phase.ENDED, guided=False)


def call_off(scene: Scene, to: Phase = Phase.READY, *, why: str = "") -> Progress:
    """The backward block will not be: the belt stands or is stopped, the question is for the console."""
    if why:
        scene.say(CueKind.NOTICE, f"No backward now: {why}.")
    over = _left_out(scene)
    after = Phase.READY if over.progress.row < len(scene.plan.rows) else Phase.ENDED
    return enter(over, after) if to is Phase.READY else stop_now(over, why="", leaves=after)


def skip(scene: Scene, *, resumed: bool = False) -> Progress:
    """Leave the backward rows out and go on facing the console."""
    over = _left_out(scene)
    if over.progress.row >= len(scene.plan.rows):
        return enter(over, Phase.ENDED) if resumed else _finish(over)
    if resumed:
        silent = scene.belt.still_by_silence and not scene.progress.stands  # READY asks whether it stands
        return enter(over, Phase.READY if silent else scene.progress.starts_by)
    return enter(over, Phase.RUN)


def _left_out(scene: Scene) -> Scene:
    """At the row behind the backward ones, and the rests and bridges among them."""
    rows, index = scene.plan.rows, scene.progress.row
    while index < len(rows) and (rows[index].segment.facing is Facing.BACKWARD or rows[index].kind != "segment"):
        index += 1
    return scene.after(_fresh(scene, scene.progress, index))


def _finish(scene: Scene) -> Progress:
    if scene.progress.phase is Phase.RESTING:
        return enter(scene, Phase.ENDED)
    return enter(scene, Phase.SLOW, why="finished", next=Phase.ENDED, guided=True)
