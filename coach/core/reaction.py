"""What a trip does to the state: it is said, and then the worst of them leads somewhere (safety.md 8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from coach.core import say
from coach.core.course import call_off, end_block
from coach.core.cue import CueKind
from coach.core.phase import enter, stop_now
from coach.core.progress import Progress
from coach.core.scene import Scene
from coach.core.target import console
from coach.core.tell import capped
from coach.core.trip import COURSES, Action, Trip, alarms, words
from coach.core.wish import STANDING, Phase
from coach.core.workout import Facing

_TURNING: Final = frozenset(
    {Phase.SLOW, Phase.RAILS, Phase.STOPPING, Phase.STARTING, Phase.CONSOLE_START, Phase.STEP_ON, Phase.RAMP}
)
_BLOCK: Final = frozenset({Phase.STARTING, Phase.CONSOLE_START, Phase.STEP_ON, Phase.RAMP, Phase.RUN})


def react(scene: Scene, trips: tuple[Trip, ...]) -> Progress:
    """Say what was raised, then go where the worst of it leads."""
    progress, guard = scene.progress, scene.guard
    if not guard.notes and guard.latched is None and guard.console == progress.console:
        return progress
    rear = progress.facing.rear
    for trip in trips:
        by_itself = trip is Trip.CONSOLE_STOP and scene.belt.still and not rear  # nobody saw who stopped it
        most = trip is Trip.CONSOLE and not rear and capped(scene, scene.guard.console_kmh)
        if text := say.STOPPED if by_itself else most or words(trip, rear=rear, turns=scene.plan.backward):
            scene.say(CueKind.ALARM if alarms(trip, rear=rear) else CueKind.NOTICE, text)
    if any(COURSES[trip].alarms for trip in trips):
        progress = replace(progress, alarmed_at_s=scene.at_s)
        scene = scene.after(progress)
    if Trip.LINK_LOST in trips and scene.sent.stopping:  # that Stop may not have come: once more on the next link
        progress = replace(progress, stops=progress.stops + 1)
        scene = scene.after(progress)
    if Trip.LINK_LOST in guard.notes and progress.phase in _TURNING and not progress.guided:
        stops = progress.stops + 1
        why = "the link was lost"
        return enter(scene, Phase.STOP_FAILED, why=why, troubled=True, handled_at_s=scene.at_s, stops=stops)
    if Trip.CONTROL_LOST in trips and not rear:
        return progress
    if guard.console > progress.console:
        taken = replace(progress, console=guard.console)
        progress = console(scene.plan, taken, guard.console_kmh, scene.at_s)
    handled = guard.latched_at_s <= progress.handled_at_s and not guard.anew
    if guard.latched is None or handled or progress.phase is Phase.ENDED:
        return progress
    progress = replace(progress, handled_at_s=guard.latched_at_s, troubled=True, alarmed_at_s=scene.at_s)
    if guard.latched_action >= Action.GUIDED:
        progress = replace(progress, trips=progress.trips + 1)
    return _tripped(scene.after(progress), guard.latched, guard.latched_action)


def _tripped(scene: Scene, trip: Trip, does: Action) -> Progress:
    progress, why = scene.progress, trip.replace("-", " ")
    if progress.phase in {Phase.STOP_FAILED, Phase.BELT_MOVES} and does < Action.ALARM:
        return progress
    match trip:
        case Trip.BELT_MOVES:
            return enter(scene, Phase.BELT_MOVES, why="the belt moved by itself", stops=progress.stops + 1)
        case Trip.STOP_IGNORED | Trip.CONTROL_LOST:
            return enter(scene, Phase.STOP_FAILED, why=why, stops=progress.stops + 1)
        case Trip.KEY:
            moving = 0 if scene.belt.still else 1
            return enter(scene, Phase.KEY, why="the safety key was pulled", stops=progress.stops + moving)
        case Trip.STALE if scene.belt.started(scene.sent) or (progress.phase in _TURNING and not _asks_stop(progress)):
            return enter(scene, Phase.STOP_FAILED, why=why, stops=progress.stops + 1)
        case _:
            pass
    leaves = Phase.ENDED if trip is Trip.COCKPIT_LOST else Phase.PAUSED
    if trip is Trip.STALE and _asks_stop(progress):
        return stop_now(scene, why=why, leaves=progress.next)  # a machine that falls silent when it stands, perhaps
    if progress.phase in STANDING or progress.phase is Phase.KEY:
        stands = trip in {Trip.LINK_LOST, Trip.STALE, Trip.COCKPIT_LOST, Trip.COCKPIT_SILENT}
        return enter(scene, leaves, why=why) if stands and progress.phase is not Phase.CONNECTING else progress
    match does:
        case Action.END_BLOCK:
            if progress.claimed is not Facing.BACKWARD or progress.phase not in _BLOCK:
                return progress
            starting = progress.phase in {Phase.STARTING, Phase.CONSOLE_START}
            return call_off(scene, Phase.STOPPING) if starting else end_block(scene)
        case _ if progress.phase is Phase.STOPPING:
            return replace(progress, next=leaves)
        case Action.PAUSE if progress.facing.rear and scene.belt.moving:  # it may only slow (safety.md 2.5)
            return stop_now(scene, why="stopped at the console", leaves=leaves)
        case Action.PAUSE:
            return enter(scene, Phase.STOPPING, why="stopped at the console", next=leaves)
        case Action.GUIDED if scene.guard.prompted and not progress.facing.rear:
            return stop_now(scene, why=why, leaves=leaves)
        case Action.GUIDED if progress.phase in {Phase.RUN, Phase.BRIDGE, Phase.RAMP, Phase.SLOW, Phase.RAILS}:
            return enter(scene, Phase.SLOW, why=why, next=leaves, guided=True)
        case _:
            return stop_now(scene, why=why, leaves=leaves)


def _asks_stop(progress: Progress) -> bool:
    return progress.phase is Phase.SLOW and progress.prompt is not None
