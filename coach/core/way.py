"""The ways out of the states: where an exit of the table leads, once it is taken."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

from coach.core import say
from coach.core.bridge import in_ten, racing, too_late
from coach.core.course import bridged, call_off, skip
from coach.core.cue import CueKind, spoken_speed
from coach.core.outlook import red
from coach.core.phase import enter, stop_now
from coach.core.progress import Progress
from coach.core.scene import Scene
from coach.core.wish import Phase
from coach.core.workout import Facing

MOST_TRIPS: Final = 3  # stops by trips; then something is wrong that a restart does not mend


def leave(scene: Scene, to: Phase, why: str) -> Progress:
    """Take an exit of the table; some lead somewhere else than they name."""
    progress = scene.progress
    match progress.phase, to:
        case Phase.STOPPING, Phase.ENDED:
            return enter(scene, Phase.ENDED, why=why)
        case Phase.STOPPING, _ if scene.guard.prompted and _turns_rear(scene):
            return call_off(scene)
        case Phase.STOPPING, _ if progress.not_from_creep and not scene.plan.helper and _turns_rear(scene):
            return call_off(scene, why=red(scene))  # the next start would be the console's (6a, 6b)
        case Phase.STOPPING, _:
            return enter(scene, Phase.ENDED if enough(scene) else progress.next)
        case Phase.STOP_FAILED | Phase.BELT_MOVES, Phase.PAUSED if enough(scene):
            return enter(scene, Phase.ENDED)
        case Phase.SLOW, Phase.STOPPING if progress.guided:
            return enter(scene, Phase.STOPPING)
        case Phase.SLOW, Phase.STOPPING:
            level = progress.steady_at_s < inf
            if level and not progress.facing.rear and progress.next is Phase.READY:
                scene.say(CueKind.NOTICE, "Incline stays up. No turn.")
                return skip(scene)
            marked = scene.after(replace(progress, not_from_creep=not level))
            return stop_now(marked, why="" if level else why, leaves=progress.next)
        case Phase.RAILS, Phase.STOPPING:
            slow = scene.after(replace(progress, not_from_creep=False))
            return stop_now(slow, why="", leaves=progress.next)
        case Phase.READY, Phase.PAUSED if progress.turn_waits and racing(scene):
            return call_off(scene, why=say.UNKNOWN_HEART if scene.strap.bpm is None else "heart rate stays high")
        case Phase.BRIDGE, Phase.SLOW if progress.no_turn:
            return skip(scene)
        case Phase.BRIDGE, Phase.SLOW if why_not := red(scene):
            scene.say(CueKind.NOTICE, f"No turn now: {why_not}.")
            return in_ten(scene, no_turn=True)
        case Phase.BRIDGE, Phase.SLOW:
            return bridged(scene)
        case Phase.BRIDGE, Phase.RUN:
            scene.say(CueKind.NOTICE, too_late(scene))
            return in_ten(scene, no_turn=True)
        case Phase.CONSOLE_START, Phase.PAUSED:
            tried = scene.after(replace(progress, no_starts=progress.no_starts + 1, troubled=True))
            return enter(tried, Phase.ENDED if progress.no_starts + 1 >= MOST_TRIPS else Phase.PAUSED, why=why)
        case Phase.STARTING, Phase.CONSOLE_START if not scene.guard.prompted:
            return _no_start(scene)
        case Phase.STARTING, Phase.CONSOLE_START if progress.claimed is Facing.BACKWARD:
            return call_off(scene)  # nobody who faces the rear is sent to the console (safety.md 6b)
        case ((Phase.STARTING | Phase.CONSOLE_START), Phase.STOPPING) if scene.belt.moving:
            return stop_now(scene.after(replace(progress, bad_starts=progress.bad_starts + 1)), why=why)
        case ((Phase.STARTING | Phase.CONSOLE_START), Phase.STOPPING):
            tried = scene.after(replace(progress, no_starts=progress.no_starts + 1, troubled=True))
            return stop_now(
                tried, why=why, leaves=Phase.ENDED if progress.no_starts + 1 >= MOST_TRIPS else Phase.PAUSED
            )
        case Phase.STEP_ON, Phase.STOPPING:
            return stop_now(scene, why=why)
        case Phase.RAMP, Phase.RUN if why:
            return _reached(scene)
        case _:
            return enter(scene, to, why=why or None)


def _reached(scene: Scene) -> Progress:
    """The ramp takes too long: the target becomes what was reached, where that is less (safety.md 6a, RAMP)."""
    kmh, part = scene.belt.kmh, 1.0 if scene.progress.facing.rear else scene.guard.part
    if kmh is None or kmh / part >= scene.guard.goal_kmh - scene.belt.speeds.step:
        return enter(scene, Phase.RUN)
    progress = enter(scene.after(replace(scene.progress, console_kmh=kmh)), Phase.RUN)
    scene.say(CueKind.NOTICE, say.NO_FASTER.format(spoken_speed(kmh, scene.plan.runner.spoken)))
    return progress


def _no_start(scene: Scene) -> Progress:
    """Remote Start is refused: over a Stop to the console, and no more backward without a helper (safety.md 6b)."""
    progress = replace(scene.progress, console_start=True)
    if progress.claimed is Facing.BACKWARD and not scene.plan.helper:
        scene.say(CueKind.NOTICE, say.OWN_KEY)
    else:
        scene.say(CueKind.NOTICE, "The treadmill did not start.")
    return stop_now(scene.after(progress), why="the treadmill wants its own key")


def _turns_rear(scene: Scene) -> bool:
    """The stop was made for a turn to the rear, and the session goes on."""
    progress = scene.progress
    rear = progress.here(scene.plan).segment.facing is Facing.BACKWARD
    return rear and progress.next is Phase.READY and not enough(scene)


def enough(scene: Scene) -> bool:
    """The session is over after its third trip, and where a Stop was ignored and nothing forward is left."""
    if scene.progress.troubled and scene.progress.trips >= MOST_TRIPS:
        return True
    return not scene.guard.trusted and not _forward_left(scene)


def _forward_left(scene: Scene) -> bool:
    """Something is left that the runner can do with the console (safety.md 6c)."""
    rows = scene.plan.rows[scene.progress.row :]
    return any(row.segment.facing is Facing.FORWARD and row.segment.target is not None for row in rows)
