"""What the runner's hand does: a press, once it is read, changes the state (safety.md 4)."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

from coach.core import say
from coach.core.bridge import ease, in_ten, racing
from coach.core.course import bridged, call_off, next_row, skip, too_soon
from coach.core.cue import CueKind
from coach.core.event import Key, Pressed
from coach.core.outlook import red
from coach.core.phase import enter, stop_now
from coach.core.press import FASTER, STEPS, Meaning, meaning
from coach.core.progress import Ask, Progress
from coach.core.scene import Scene
from coach.core.target import tune
from coach.core.trip import Action
from coach.core.wish import STANDING, Phase
from coach.core.workout import Facing

BLOCK_IN_S: Final = 30.5  # so that the turn is announced at 30 s (safety.md 6a, ALERT)
LEAST_S: Final = 15.0  # of a backward block that was paused; less is not worth two turns
QUIT_S: Final = 5.0  # the second press to leave comes within


def press(scene: Scene, event: Pressed) -> Progress:
    """What a press does in the state that it meets."""
    progress = scene.progress
    means = meaning(progress, event)
    after = replace(progress, pressed_at_s=event.at_s)
    scene = scene.after(after)
    match means:
        case Meaning.YES:
            return _yes(scene, presenter=event.key is Key.YES)
        case Meaning.STOP:
            return _stop_pressed(scene)
        case Meaning.GUIDED | Meaning.PAUSE | Meaning.SKIP | Meaning.LAP | Meaning.BLOCK | Meaning.TUNE:
            return _run_pressed(scene, means, event.key)
        case Meaning.QUIT:
            return _quit(scene)
        case Meaning.RAILS:
            return _rails(scene)
        case Meaning.EARLY:
            scene.say(CueKind.QUESTION, say.EARLY)
        case Meaning.WRONG if progress.question is not None:
            scene.say(CueKind.QUESTION, say.WRONG.format(progress.question.digit))
        case Meaning.DEAF:
            scene.say(CueKind.NOTICE, say.DEAF)
        case _ if progress.phase is Phase.RESTING and event.key in {Key.YES, Key.NEXT}:
            return next_row(scene) if scene.progress.here(scene.plan).planned_s is None else after
        case _:
            pass
    return after


def _yes(scene: Scene, *, presenter: bool) -> Progress:
    progress, plan = scene.progress, scene.plan
    question = progress.question
    assert question is not None
    if not scene.heard:
        scene.say(CueKind.NOTICE, say.UNHEARD)
        return progress
    if not scene.guard.guarded and not scene.belt.moving:
        scene.say(CueKind.NOTICE, say.UNGUARDED)
        return progress
    if progress.phase is Phase.READY and progress.claimed is Facing.BACKWARD and racing(scene):
        scene.say(CueKind.NOTICE, say.TURN_WAITS)
        return replace(progress, turn_waits=True)
    if progress.phase is Phase.READY and progress.claimed is Facing.BACKWARD and too_soon(scene):
        scene.say(CueKind.NOTICE, say.TOO_SOON)
        return progress
    progress = replace(
        progress, yes_at_s=scene.at_s, acknowledged=progress.acknowledged + 1, question=None, troubled=False
    )
    progress = replace(progress, presenter=presenter and question.ask is Ask.DIGIT)
    scene = scene.after(progress)
    if question.ask is Ask.STANDS:
        return enter(scene.after(replace(progress, stands=True)), Phase.READY)
    match progress.phase:
        case Phase.READY if progress.claimed is Facing.BACKWARD and (why := red(scene)):
            return call_off(scene, why=why)
        case Phase.READY if progress.here(plan).segment.target is None:
            return enter(scene, Phase.RESTING)
        case Phase.READY if progress.starts == 0 and question.ask is Ask.DIGIT:
            facing = scene.after(replace(progress, facing=Facing.FORWARD))  # the digit says so
            return enter(facing, progress.starts_by)
        case Phase.READY:
            return enter(scene, progress.starts_by)
        case Phase.STEP_ON:
            return enter(scene, Phase.RAMP)
        case Phase.KEY:
            return enter(scene, Phase.PAUSED, why="the safety key was pulled")
        case _:
            pass
    row = progress.here(plan)
    if row.segment.target is None or row.segment.facing is Facing.BACKWARD:
        off = row.segment.facing is Facing.BACKWARD and (bool(red(scene)) or _over(scene))  # a rest goes on
        return skip(scene, resumed=True) if off else enter(scene, Phase.READY)
    if scene.belt.still_by_silence and not progress.stands:
        return enter(scene, Phase.READY)  # which asks whether it stands
    return enter(scene, progress.starts_by)


def _over(scene: Scene) -> bool:
    """So little of the block is left that nobody turns twice for it."""
    progress, rows = scene.progress, scene.plan.rows
    more = progress.row + 1 < len(rows) and rows[progress.row + 1].segment.facing is Facing.BACKWARD
    over = not more and progress.clock_s > 0 and progress.left_s(scene.plan, scene.belt, scene.at_s) < LEAST_S
    if over:
        scene.say(CueKind.NOTICE, say.BLOCK_OVER)
    return over


def _stop_pressed(scene: Scene) -> Progress:
    progress = scene.progress
    match progress.phase:
        case Phase.CONNECTING:
            if scene.belt.moving:
                scene.say(CueKind.NOTICE, say.MOVES)
            return progress
        case Phase.PAUSED | Phase.KEY | Phase.ENDED:
            return progress
        case Phase.READY | Phase.RESTING:
            return enter(scene, Phase.PAUSED, why="you pressed stop", troubled=False)
        case Phase.STOP_FAILED | Phase.BELT_MOVES:
            return replace(progress, stops=progress.stops + 1)
        case Phase.STOPPING:
            leads = Phase.ENDED if progress.next is Phase.ENDED else Phase.PAUSED
            return replace(progress, next=leads, stops=progress.stops + (1 if scene.runs_on else 0))
        case _:
            leaving = progress.guided and progress.next is Phase.ENDED
            calm = scene.after(replace(progress, troubled=False))
            return stop_now(calm, why="you pressed stop", leaves=Phase.ENDED if leaving else Phase.PAUSED)


def _run_pressed(scene: Scene, means: Meaning, key: Key) -> Progress:
    progress, plan = scene.progress, scene.plan
    opens = progress.here(plan).planned_s is None and progress.phase is Phase.RUN
    held = scene.guard.action is Action.HOLD and not scene.guard.prompted
    match means:
        case Meaning.GUIDED if opens and progress.facing.rear:
            return next_row(scene)
        case Meaning.GUIDED | Meaning.PAUSE:
            why = "you paused" if means is Meaning.PAUSE else "you pressed stop"
            return enter(scene, Phase.SLOW, why=why, next=Phase.PAUSED, guided=True, troubled=False)
        case Meaning.SKIP:
            return progress if plan.free else _skip(scene)
        case Meaning.BLOCK:
            return _block(scene)
        case Meaning.LAP:
            scene.say(CueKind.TIME, f"Lap {progress.laps + 1}.")
            return replace(progress, laps=progress.laps + 1)
        case _ if scene.guard.released_at_s == scene.at_s:
            return progress  # the press says go on, and no more
        case _ if key in FASTER and held:  # or all of them would come at once when it ends
            scene.say(CueKind.NOTICE, say.HOLDS)
            return progress
        case _ if progress.phase is Phase.BRIDGE:
            return ease(progress, scene.guard, scene.belt, key)
        case _:
            most_kmh = scene.guard.set_kmh if held else None
            return tune(plan, progress, scene.belt, key, scene.at_s, most_kmh=most_kmh)


def _skip(scene: Scene) -> Progress:
    """On to what follows; on a bridge that is the turn, or where something speaks against it the step behind."""
    progress = scene.progress
    if progress.phase is not Phase.BRIDGE:
        return next_row(scene)
    if progress.no_turn:
        return progress
    if too_soon(scene) and not progress.waits_here(scene.plan):
        scene.say(CueKind.NOTICE, say.TOO_SOON)
        return progress
    if not progress.waits_here(scene.plan) and not racing(scene) and not red(scene):
        return bridged(scene)
    scene.say(CueKind.NOTICE, say.LEFT_OUT)
    return in_ten(scene, no_turn=True)


def _rails(scene: Scene) -> Progress:
    """Mark that the rails were held in the last backward block, or in the coming first one; again takes it back.

    It is a word for the history: no wish is made of it (tests/core/test_held.py).
    """
    progress = scene.progress
    if not scene.plan.backward:
        scene.say(CueKind.NOTICE, say.NO_BLOCK)
        return progress
    block = max(progress.block, 1)
    held = progress.held ^ {block}
    scene.say(CueKind.NOTICE, (say.HELD if block in held else say.FREE).format(block))
    return replace(progress, held=held)


def _block(scene: Scene) -> Progress:
    """The next backward block of a free session, with its whole turn: half a minute from now."""
    progress, rows = scene.progress, scene.plan.rows
    if not scene.plan.free or progress.ends_at_s < inf or progress.phase is Phase.BRIDGE:
        return progress
    why = red(scene) or ("" if progress.row + 1 < len(rows) else "no more turns today")
    if why:
        scene.say(CueKind.NOTICE, f"No turn now: {why}.")
        return progress
    return replace(progress, ends_at_s=scene.at_s + BLOCK_IN_S, marks=0)


def _quit(scene: Scene) -> Progress:
    progress = scene.progress
    if progress.phase is Phase.ENDED:
        return progress
    if scene.at_s - progress.quit_at_s > QUIT_S:
        scene.say(CueKind.QUESTION, say.QUIT)
        progress = replace(progress, quit_at_s=scene.at_s)
        return _stop_pressed(scene.after(progress)) if progress.phase in STEPS else progress
    if progress.phase is Phase.KEY and not scene.belt.still:
        return progress
    if progress.phase in STANDING or progress.phase is Phase.KEY:
        return enter(scene, Phase.ENDED, why="you left", troubled=False)
    if progress.phase in {Phase.STOP_FAILED, Phase.BELT_MOVES, Phase.STOPPING}:
        return replace(progress, next=Phase.ENDED, stops=progress.stops + 1)
    if progress.phase in {Phase.STARTING, Phase.CONSOLE_START, Phase.STEP_ON}:
        return stop_now(scene, why="you left", leaves=Phase.ENDED)
    return enter(scene, Phase.SLOW, why="you left", next=Phase.ENDED, guided=True, troubled=False)
