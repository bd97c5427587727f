"""The engine: where the session is and where it goes. It wishes, safety decides."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

from coach.core import say
from coach.core.belt import Belt
from coach.core.course import call_off, countdown, end_block, next_row, run
from coach.core.cue import Cue, CueKind
from coach.core.dose import Dose
from coach.core.event import Event, Heard, LinkFound, Pressed
from coach.core.ftms import MACHINE_STATUS, Status
from coach.core.guard import Guard
from coach.core.hand import press
from coach.core.heart import Strap
from coach.core.phase import enter, stop_now
from coach.core.plan import BRIDGE_KMH, BRIDGE_S, Plan
from coach.core.progress import Progress
from coach.core.sent import Sent
from coach.core.target import aim
from coach.core.trip import COURSES, Action, Trip
from coach.core.turn import AGAIN_KMH, AGAIN_S, COUNT_S, PAUSE_S, TABLE, Scene, holds
from coach.core.way import leave
from coach.core.wish import ON_BELT, STANDING, Phase, Wish
from coach.core.workout import Facing

ALARM_EVERY_S: Final = 3.0
STOPS_AT_S: Final = (2.0, 4.0)  # STOP_FAILED (safety.md 6c)
PAUSE_AT_S: Final = 6.0  # then Pause, once
URGENT_EVERY_S: Final = 5.0  # then Stop again, beside the lowest speed
START_LATEST_S: Final = 5.0  # a yes is used within 6 s (safety.md 6a)
MOVES_S: Final = 10.0  # a belt that is found moving: coach only reads, and says so as often
MOST_MOVES: Final = 4  # states that one event may lead through
_TURNING: Final = frozenset(
    {Phase.SLOW, Phase.RAILS, Phase.STOPPING, Phase.STARTING, Phase.CONSOLE_START, Phase.STEP_ON, Phase.RAMP}
)

_WAITING: Final = frozenset({Phase.READY, Phase.RESTING, Phase.PAUSED, Phase.STARTING, Phase.CONSOLE_START})
_BLOCK: Final = frozenset({Phase.STARTING, Phase.CONSOLE_START, Phase.STEP_ON, Phase.RAMP, Phase.RUN})


def step(
    plan: Plan,
    progress: Progress,
    guard: Guard,
    dose: Dose,
    belt: Belt,
    strap: Strap,
    sent: Sent,
    trips: tuple[Trip, ...],
    event: Event,
) -> tuple[Progress, Wish, tuple[Cue, ...]]:
    """Take one event: trips first, then the press, then what the state waits for, then the clock of the segment."""
    scene = Scene(plan, progress, belt, guard, dose, strap, sent, event.at_s, [])
    scene = _at(scene, _trips(scene, trips))
    if _gone(scene):
        scene = _at(scene, enter(scene, Phase.ENDED, why="the link was lost", troubled=True))
    if _key_out(scene, event):
        starting = scene.progress.phase in {Phase.STARTING, Phase.CONSOLE_START}
        stops = scene.progress.stops + (1 if starting else 0)  # a countdown may be under way
        scene = _at(scene, enter(scene, Phase.KEY, why="the safety key is out", stops=stops))
    if isinstance(event, Pressed):
        scene = _at(scene, press(scene, event))
    if progress.miles != (belt.units.target != 1 or belt.units.report != 1):
        scene.say(CueKind.NOTICE, say.MILES)
        scene = _at(scene, replace(scene.progress, miles=True))
    if isinstance(event, LinkFound) and scene.progress.phase is Phase.RUN and not scene.progress.facing.rear:
        scene.say(CueKind.NOTICE, say.FOUND)
    for _ in range(MOST_MOVES):
        phase, row = scene.progress.phase, scene.progress.row
        scene = _at(scene, _wait(scene))
        if scene.progress.phase is phase and scene.progress.row == row:
            break
    return scene.progress, _wish(scene), tuple(scene.cues)


def _key_out(scene: Scene, event: Event) -> bool:
    """The key was pulled while the belt stands: no incident, but nothing starts until it is back."""
    if not isinstance(event, Heard) or event.uuid != MACHINE_STATUS or scene.belt.status is None:
        return False
    waits = scene.progress.phase in _WAITING
    return waits and scene.belt.still and scene.belt.status.event == Status.SAFETY_KEY


def _gone(scene: Scene) -> bool:
    """The link has been lost for so long that nobody waits for it any more."""
    belt, phase = scene.belt, scene.progress.phase
    if belt.link or phase is Phase.ENDED or phase is Phase.CONNECTING:
        return False
    return scene.at_s - belt.link_at_s >= PAUSE_S


def _at(scene: Scene, progress: Progress) -> Scene:
    return scene if progress is scene.progress else replace(scene, progress=progress)


def _trips(scene: Scene, trips: tuple[Trip, ...]) -> Progress:
    """Say what was raised, then go where the worst of it leads."""
    progress, guard = scene.progress, scene.guard
    if not guard.notes and guard.latched is None and guard.console == progress.console:
        return progress
    rear = progress.facing.rear
    for trip in trips:
        course = COURSES[trip]
        text, does = (course.say_rear, course.rear) if rear else (course.say_forward, course.forward)
        if text:
            scene.say(CueKind.ALARM if does >= Action.GUIDED else CueKind.NOTICE, text)
    if Trip.LINK_LOST in guard.notes and progress.phase in _TURNING and not progress.guided:
        return enter(scene, Phase.STOP_FAILED, why="the link was lost", troubled=True, handled_at_s=scene.at_s)
    if Trip.CONTROL_LOST in trips and not rear:
        return progress
    if guard.console > progress.console:
        progress = replace(progress, console=guard.console, console_kmh=guard.console_kmh)
    if guard.latched is None or guard.latched_at_s <= progress.handled_at_s or progress.phase is Phase.ENDED:
        return progress
    progress = replace(progress, handled_at_s=guard.latched_at_s, troubled=True, alarmed_at_s=scene.at_s)
    if guard.latched_action >= Action.GUIDED:
        progress = replace(progress, trips=progress.trips + 1)
    return _tripped(replace(scene, progress=progress), guard.latched, guard.latched_action)


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
        case Trip.STALE if progress.phase in _TURNING:
            return enter(scene, Phase.STOP_FAILED, why=why, stops=progress.stops + 1)
        case _:
            pass
    leaves = Phase.ENDED if trip is Trip.COCKPIT_LOST else Phase.PAUSED
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
        case Action.PAUSE:
            return enter(scene, Phase.STOPPING, why="stopped at the console", next=leaves)
        case Action.GUIDED if progress.phase in {Phase.RUN, Phase.BRIDGE, Phase.RAMP, Phase.SLOW, Phase.RAILS}:
            return enter(scene, Phase.SLOW, why=why, next=leaves, guided=True)
        case _:
            return stop_now(scene, why=why, leaves=leaves)


def _wait(scene: Scene) -> Progress:
    """Let the state do what it does by itself, then take its first exit that holds."""
    if scene.progress.phase is Phase.RUN:
        return run(scene)
    scene = _at(scene, _settle(scene))
    progress = scene.progress
    for way in TABLE[progress.phase]:
        if way.when(scene):
            return leave(scene, way.to, way.why)
    return _acts(scene)


def _settle(scene: Scene) -> Progress:
    progress = scene.progress
    if holds(scene):
        return progress if progress.steady_at_s < inf else replace(progress, steady_at_s=scene.at_s)
    return progress if progress.steady_at_s == inf else replace(progress, steady_at_s=inf)


def _acts(scene: Scene) -> Progress:
    """What a state does while it waits: the second Stop, the Start, reminders, alarm words."""
    progress, in_s = scene.progress, scene.in_s
    match progress.phase:
        case Phase.STOPPING if progress.prompts == 0 and in_s >= AGAIN_S:
            kmh = scene.belt.kmh or 0.0
            stuck = kmh > AGAIN_KMH and kmh > progress.slow_from_kmh - AGAIN_KMH
            return replace(progress, prompts=1, stops=progress.stops + (1 if stuck else 0))
        case Phase.STARTING if not progress.start_told and in_s >= _start_s(scene):
            return replace(progress, start_told=True, starts=progress.starts + 1)
        case Phase.STOP_FAILED:
            return _insist(_alarm(scene), scene)
        case Phase.BELT_MOVES:
            return _alarm(scene)
        case Phase.KEY if scene.belt.still and progress.question is None:
            return enter(scene, Phase.KEY, why=progress.reason)
        case Phase.CONNECTING if scene.belt.moving and in_s >= MOVES_S * (1 + progress.prompts):
            scene.say(CueKind.NOTICE, say.MOVES)
            return replace(progress, prompts=progress.prompts + 1)
        case Phase.RESTING:
            rest = progress.here(scene.plan).planned_s
            return next_row(scene) if rest is not None and progress.clock(scene.at_s) >= rest - 1e-6 else progress
        case Phase.BRIDGE:
            return countdown(scene, BRIDGE_S - (scene.at_s - progress.bridge_at_s))
        case Phase.READY | Phase.PAUSED:
            return _remind(_alarm(scene), scene)
        case Phase.SLOW if progress.guided and not scene.belt.link:
            return _alarm(scene)
        case _:
            return progress


def _start_s(scene: Scene) -> float:
    """The count ends when the belt moves, so Start goes out earlier by what the machine needs."""
    return min(max(COUNT_S - scene.plan.profile.start_delay_s, 0.0), START_LATEST_S)


def _insist(progress: Progress, scene: Scene) -> Progress:
    """Stop again at 2 and 4 s while the belt does not fall, at 6 s Pause once (safety.md 6c)."""
    falls = (scene.belt.kmh or 0.0) <= scene.sent.stop_from_kmh - AGAIN_KMH and scene.belt.link
    if progress.prompts < len(STOPS_AT_S) and scene.in_s >= STOPS_AT_S[progress.prompts]:
        return replace(progress, prompts=progress.prompts + 1, stops=progress.stops + (0 if falls else 1))
    if progress.prompts == len(STOPS_AT_S) and scene.in_s >= PAUSE_AT_S:
        return replace(progress, prompts=progress.prompts + 1, pauses=progress.pauses + (0 if falls else 1))
    later = progress.prompts - len(STOPS_AT_S)  # a machine that obeys late must be asked late
    if later > 0 and scene.in_s >= PAUSE_AT_S + later * URGENT_EVERY_S and scene.belt.link:
        return replace(progress, prompts=progress.prompts + 1, stops=progress.stops + (0 if falls else 1))
    return progress


def _alarm(scene: Scene) -> Progress:
    """Alarm words come again every 3 s until the belt stands."""
    progress, guard = scene.progress, scene.guard
    if scene.belt.still or scene.at_s - progress.alarmed_at_s < ALARM_EVERY_S:
        return progress
    if progress.phase in STANDING and scene.belt.link:
        return progress
    trip = guard.latched if guard.latched is not None and COURSES[guard.latched].repeats else Trip.LINK_LOST
    scene.say(CueKind.ALARM, COURSES[trip].say_rear)
    return replace(progress, alarmed_at_s=scene.at_s)


def _remind(progress: Progress, scene: Scene) -> Progress:
    question = progress.question
    if question is None:
        return progress
    due_s = say.PAUSED_EVERY_S * (progress.prompts + 1)
    if progress.phase is Phase.READY:
        if progress.prompts >= len(say.REMINDERS_S):
            return progress
        due_s = say.REMINDERS_S[progress.prompts]
    if scene.at_s - question.at_s < due_s:
        return progress
    scene.say(CueKind.QUESTION, question.text)
    return replace(progress, prompts=progress.prompts + 1)


def _wish(scene: Scene) -> Wish:
    progress, belt = scene.progress, scene.belt
    target_kmh: float | None = None
    incline_pct: float | None = None
    scripted = False
    match progress.phase:
        case Phase.STARTING | Phase.CONSOLE_START:
            if belt.moving and scene.at_s - scene.guard.motion_at_s >= scene.plan.profile.settle_s:
                target_kmh = belt.creep_kmh
        case Phase.STEP_ON:
            target_kmh, incline_pct = belt.creep_kmh, aim(scene.plan, progress, belt, scene.at_s).incline_pct
        case Phase.RAMP | Phase.RUN:
            now = aim(scene.plan, progress, belt, scene.at_s)
            target_kmh, incline_pct, scripted = now.kmh, now.incline_pct, now.scripted
        case Phase.BRIDGE:
            target_kmh, incline_pct = BRIDGE_KMH, 0.0
        case Phase.SLOW | Phase.RAILS:
            target_kmh, incline_pct = belt.creep_kmh, 0.0
        case Phase.STOP_FAILED:
            target_kmh = belt.creep_kmh
        case _:
            pass
    return Wish(
        phase=progress.phase,
        facing=progress.facing,
        target_kmh=target_kmh,
        incline_pct=incline_pct,
        scripted=scripted,
        start=progress.starts,
        stop=progress.stops,
        pause=progress.pauses,
        guided=progress.guided and progress.phase is Phase.SLOW,
        alarm=progress.troubled and progress.phase not in ON_BELT - {Phase.SLOW},
        acknowledged=progress.acknowledged,
        block=progress.block,
        row=progress.row,
        careful_until_s=progress.careful_until_s,
        bad_starts=progress.bad_starts,
        stands=progress.phase is Phase.KEY and progress.question is not None,
    )
