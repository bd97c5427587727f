"""What is told while a segment runs: what comes before its end, what is due, and that the belt has arrived."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from coach.core import say
from coach.core.cue import CueKind, Due, DueBy, spoken_speed, status, whole_speed
from coach.core.outlook import following
from coach.core.plan import Row
from coach.core.progress import Progress
from coach.core.scene import Scene
from coach.core.target import aim
from coach.core.workout import Facing

MARKS: Final = (30, 10, 5, 3, 2, 1)  # seconds before the end of a segment (backward-running.md 5)
SPEED_UP_S: Final = 20.0  # of the first backward block: its target follows in ten
TEN_S: Final = 10
TINY: Final = 1e-6


def countdown(scene: Scene, left_s: float) -> Progress:
    """What is said in the last half minute."""
    progress = _faster_soon(scene)
    if progress.marks >= len(MARKS) or left_s > MARKS[progress.marks] + TINY:
        return progress
    mark = MARKS[progress.marks]
    late = progress.marks + 1 < len(MARKS) and left_s <= MARKS[progress.marks + 1] + TINY
    if not late:
        after = _without_turn(following(scene), progress)
        trim = progress.share(after) if after is not None else 1.0
        words = say.ahead(progress.here(scene.plan), after, scene.belt.kmh or 0.0, mark, scene.plan.runner.spoken, trim)
        if words is not None:
            scene.say(*(_by_hand(words, mark, after) if scene.guard.prompted else words))
    return replace(progress, marks=progress.marks + 1)


def _without_turn(after: Row | None, progress: Progress) -> Row | None:
    """Where the blocks between are left out, nobody turns."""
    if after is None or not after.turn or after.segment.facing is not progress.facing:
        return after
    return replace(after, turn=False)


def _by_hand(words: tuple[CueKind, str], mark: int, after: Row | None) -> tuple[CueKind, str]:
    """What is coming where the runner stops the belt."""
    if mark in say.COUNTS or (after is not None and after.segment.target is not None):
        return words
    return (words[0], say.REST_SOON if mark > TEN_S else say.STOP_SOON)


def _faster_soon(scene: Scene) -> Progress:
    """The first block goes faster after half a minute, and that is announced (safety.md 3, backward-running.md 5)."""
    progress, run_s = scene.progress, scene.dose.run.read(scene.at_s)
    if progress.facing is not Facing.BACKWARD or progress.told_faster or run_s < SPEED_UP_S - TINY:
        return progress
    kmh = aim(scene.plan, progress, scene.belt, scene.at_s).kmh
    if run_s < SPEED_UP_S + 2.0 and kmh > scene.guard.goal_kmh + TINY:
        speed = spoken_speed(kmh, scene.plan.runner.spoken)
        scene.say(CueKind.FASTER, f"In ten: faster, {speed}. Light hands on the rails.")
        return replace(progress, told_faster=True, spoken_kmh=kmh)
    return replace(progress, told_faster=True)


def tell_dues(scene: Scene, left_s: float) -> Progress:
    """The cues whose place in the segment is reached."""
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


def capped(scene: Scene, kmh: float) -> str:
    """What is said of a speed of the belt's own that is not taken whole, or nothing."""
    held, cap_kmh = scene.progress.here(scene.plan).segment.heart, scene.guard.cap_kmh
    most_kmh = cap_kmh if held is None else min(cap_kmh, held.high_kmh)
    if kmh <= most_kmh + scene.belt.speeds.step:
        return ""
    return say.NO_FASTER.format(spoken_speed(most_kmh, scene.plan.runner.spoken))


def arrived(scene: Scene, progress: Progress) -> Progress:
    """Facing the rear a new speed is told when the belt has it."""
    if progress.spoken_kmh is None or scene.belt.kmh is None:
        return progress
    if abs(scene.belt.kmh - progress.spoken_kmh) > scene.belt.speeds.step + TINY:
        return progress
    scene.say(CueKind.TIME, f"{whole_speed(scene.belt.kmh, scene.plan.runner.spoken)}.")
    return replace(progress, spoken_kmh=None)
