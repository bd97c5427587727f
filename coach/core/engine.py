"""The engine: where the session is and where it goes. It wishes, safety decides."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

from coach.core import bridge, say
from coach.core.belt import Belt
from coach.core.cause import LATE_S
from coach.core.course import call_off, next_row, run, skip
from coach.core.cue import Cue, CueKind
from coach.core.dose import Dose
from coach.core.event import Event, GuardFound, Heard, LinkFound, Pressed, Remote
from coach.core.ftms import MACHINE_STATUS, Status
from coach.core.guard import Guard
from coach.core.hand import press
from coach.core.heart import Strap
from coach.core.phase import enter, stop_now
from coach.core.plan import BRIDGE_S, Plan
from coach.core.progress import Progress
from coach.core.prompt import again, slow_first, stop_comes
from coach.core.reaction import react
from coach.core.remote import obey
from coach.core.repeat import alarm, insist, remind
from coach.core.scene import Scene
from coach.core.sent import Sent
from coach.core.target import aim
from coach.core.trip import Trip
from coach.core.turn import AGAIN_KMH, AGAIN_S, COUNT_S, PAUSE_S, TABLE, holds
from coach.core.way import leave
from coach.core.wish import ON_BELT, Phase, Wish

MOVES_S: Final = 10.0  # a belt that is found moving: coach only reads, and says so as often
MOST_MOVES: Final = 4  # states that one event may lead through
_RUNS: Final = frozenset({Phase.RUN, Phase.BRIDGE})
_WAITING: Final = frozenset({Phase.READY, Phase.RESTING, Phase.PAUSED, Phase.STARTING, Phase.CONSOLE_START})


def step(
    plan: Plan,
    progress: Progress,
    guard: Guard,
    dose: Dose,
    belt: Belt,
    strap: Strap,
    sent: Sent,
    trips: tuple[Trip, ...],
    last: Wish,
    event: Event,
) -> tuple[Progress, Wish, tuple[Cue, ...]]:
    """Take one event: trips first, then the press, then what the state waits for, then the clock of the segment.

    `last` is the wish that came with `progress`; it stays for as long as nothing of it changes.
    """
    scene = Scene(plan, progress, belt, guard, dose, strap, sent, event.at_s, [])
    scene = scene.after(react(scene, trips))
    if _gone(scene):
        scene = scene.after(enter(scene, Phase.ENDED, why="the link was lost", troubled=True))
    if _key_out(scene, event):
        starting = scene.progress.phase in {Phase.STARTING, Phase.CONSOLE_START}
        stops = scene.progress.stops + (1 if starting else 0)  # a countdown may be under way
        scene = scene.after(enter(scene, Phase.KEY, why="the safety key is out", stops=stops))
    if isinstance(event, Pressed):
        scene = scene.after(press(scene, event))
    if isinstance(event, Remote):
        scene = scene.after(obey(scene, event))
    if progress.miles != (belt.units.target != 1 or belt.units.report != 1):
        scene.say(CueKind.NOTICE, say.MILES)
        scene = scene.after(replace(scene.progress, miles=True))
    scene = scene.after(_link(scene, event))
    scene = scene.after(_prompts(scene))
    if isinstance(event, LinkFound) and scene.progress.phase in _RUNS and not scene.progress.facing.rear:
        scene.say(CueKind.NOTICE, say.FOUND_BY_HAND if guard.prompted else say.FOUND)
    if isinstance(event, GuardFound) and not scene.progress.guarded:
        scene.say(CueKind.NOTICE, say.GUARDED)
    if scene.progress.guarded is not guard.guarded:
        scene = scene.after(replace(scene.progress, guarded=guard.guarded))
    for _ in range(MOST_MOVES):
        phase, row = scene.progress.phase, scene.progress.row
        scene = scene.after(_wait(scene))
        if scene.progress.phase is phase and scene.progress.row == row:
            break
    return scene.progress, _wish(scene, last if scene.progress is progress else None), tuple(scene.cues)


def _link(scene: Scene, event: Event) -> Progress:
    """A link that is renewed is told in one sentence, and what was asked before is asked anew (safety.md 5)."""
    progress = scene.progress
    if scene.sent.renewals > progress.renewals:
        scene.say(CueKind.NOTICE, say.RENEWING)
        progress = replace(progress, renewals=scene.sent.renewals)
    if isinstance(event, LinkFound) and scene.sent.renewing and progress.phase in {Phase.READY, Phase.PAUSED}:
        return enter(scene.after(progress), progress.phase)
    return progress


def _prompts(scene: Scene) -> Progress:
    """Coach prompts from now on, or no more: said, and what it was about to do is left to the runner."""
    progress, why = scene.progress, scene.guard.prompted
    if why == progress.prompted or progress.phase is Phase.ENDED:
        return progress
    before, progress = progress.prompted, replace(progress, prompted=why)
    if progress.phase is Phase.CONNECTING:
        return progress
    if not why:
        scene.say(CueKind.NOTICE, say.UNPROMPTED)
    elif not before and progress.phase is not Phase.STOP_FAILED:
        scene.say(CueKind.NOTICE, say.PROMPTED)
    scene = scene.after(progress)
    if before or not why or progress.facing.rear:
        return progress
    match progress.phase:
        case Phase.BRIDGE:
            return skip(scene)
        case Phase.SLOW if not progress.guided and progress.next is Phase.READY:
            return skip(scene)
        case Phase.SLOW:
            return enter(scene, Phase.SLOW)
        case Phase.RAILS if progress.next is Phase.READY:
            return call_off(scene, Phase.STOPPING)
        case _:
            return progress


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


def _wait(scene: Scene) -> Progress:
    """Let the state do what it does by itself, then take its first exit that holds."""
    if scene.progress.phase is Phase.RUN:
        return run(scene)
    scene = scene.after(_settle(scene))
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
        case Phase.STOPPING if _runs_on(scene):
            return replace(progress, stops=progress.stops + 1)
        case Phase.STARTING if not progress.start_told and in_s >= _start_s(scene):
            return replace(progress, start_told=True, starts=progress.starts + 1)
        case Phase.STOP_FAILED:
            return insist(alarm(scene), scene)
        case Phase.BELT_MOVES:
            return alarm(scene)
        case Phase.KEY if scene.belt.still and progress.question is None:
            return enter(scene, Phase.KEY, why=progress.reason)
        case Phase.KEY if not scene.belt.link and progress.question is None:
            return alarm(scene)
        case Phase.CONNECTING:
            return _connecting(scene)
        case Phase.RESTING:
            rest = progress.here(scene.plan).planned_s
            return next_row(scene) if rest is not None and progress.clock(scene.at_s) >= rest - 1e-6 else progress
        case Phase.BRIDGE:
            return bridge.before_turn(scene, BRIDGE_S - (scene.at_s - progress.bridge_at_s))
        case Phase.READY | Phase.PAUSED:
            return remind(alarm(scene), scene)
        case Phase.SLOW if progress.guided and not scene.belt.link:
            return alarm(scene)
        case Phase.SLOW if progress.prompt is not None:
            if scene.at_s < progress.prompt.until_s or stop_comes(scene):
                return again(scene)
            return stop_now(scene, why=progress.reason, leaves=progress.next)
        case Phase.CONSOLE_START if progress.by_hand:
            return slow_first(scene)
        case _:
            return progress


def _runs_on(scene: Scene) -> bool:
    """No Stop of ours is under way, the console's should be done by now, and the belt moves: some only slow it."""
    late_s = scene.plan.profile.stop_s(scene.progress.slow_from_kmh) + LATE_S
    return scene.runs_on and scene.in_s >= late_s


def _connecting(scene: Scene) -> Progress:
    """Nothing is written here: say what is waited for, and aloud where a belt was found moving (safety.md 5)."""
    progress, belt = scene.progress, scene.belt
    waits = say.NO_LINK if not belt.link else say.NOT_HEARD if belt.kmh is None else say.SETTLES
    if belt.link and belt.moving:
        waits = say.MOVES
        if scene.at_s - progress.alarmed_at_s >= MOVES_S:
            scene.say(CueKind.NOTICE, say.MOVES)
            progress = replace(progress, alarmed_at_s=scene.at_s)
    return progress if waits == progress.waits else replace(progress, waits=waits)


def _start_s(scene: Scene) -> float:
    """The count ends when the belt moves, so Start goes out earlier by what the machine needs."""
    return max(COUNT_S - scene.plan.profile.start_delay_s, 0.0)


def _wish(scene: Scene, last: Wish | None) -> Wish:
    """What is asked of the belt: the last wish where it was made of the same progress and asks for the same.

    That coach prompts has come to `progress` before (_prompts), so that nothing but the set-points is left to compare.
    """
    progress = scene.progress
    by_hand = bool(scene.guard.prompted) and (progress.by_hand or not progress.facing.rear)
    target_kmh, incline_pct, scripted = _asked(scene, by_hand=by_hand)
    if (
        last is not None
        and last.target_kmh == target_kmh
        and last.incline_pct == incline_pct
        and last.scripted is scripted
    ):
        return last
    return Wish(
        phase=progress.phase,
        facing=progress.facing,
        target_kmh=target_kmh,
        incline_pct=incline_pct,
        scripted=scripted,
        start=progress.starts,
        stop=progress.stops,
        pause=progress.pauses,
        guided=progress.guided and progress.phase is Phase.SLOW and not by_hand,
        alarm=progress.troubled and progress.phase not in ON_BELT - {Phase.SLOW},
        acknowledged=progress.acknowledged,
        block=progress.block,
        row=progress.row,
        careful_until_s=progress.careful_until_s,
        bad_starts=progress.bad_starts,
        stands=progress.phase is Phase.KEY and progress.question is not None,
        by_hand=progress.by_hand,
        asks_stop=progress.phase is Phase.SLOW and progress.prompt is not None,
        counts_down=progress.phase is Phase.STARTING and not progress.start_told,
    )


def _asked(scene: Scene, *, by_hand: bool) -> tuple[float | None, float | None, bool]:
    """Speed, incline, and whether a ramp of the workout sets them; None: nothing is asked."""
    belt = scene.belt
    match scene.progress.phase:
        case phase if by_hand and phase is not Phase.STOP_FAILED:
            return None, None, False
        case Phase.RUN | Phase.RAMP:
            return aim(scene.plan, scene.progress, belt, scene.at_s)
        case Phase.STARTING | Phase.CONSOLE_START:
            settled = belt.moving and scene.at_s - scene.guard.motion_at_s >= scene.plan.profile.settle_s
            return belt.creep_kmh if settled else None, None, False
        case Phase.STEP_ON:
            return belt.creep_kmh, aim(scene.plan, scene.progress, belt, scene.at_s).incline_pct, False
        case Phase.BRIDGE:
            return bridge.speed_kmh(scene.progress, scene.guard), 0.0, False
        case Phase.SLOW | Phase.RAILS:
            return belt.creep_kmh, 0.0, False
        case Phase.STOP_FAILED:
            return belt.creep_kmh, None, False
        case _:
            return None, None, False
