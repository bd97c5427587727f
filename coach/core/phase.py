"""Entering a state: what is set, what is said and what is asked (safety.md 6a, the second column)."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final, TypedDict, Unpack

from coach.core import say
from coach.core.cue import CueKind
from coach.core.machine import Reported
from coach.core.plan import BRIDGE_KMH, BRIDGE_S
from coach.core.press import YES_S
from coach.core.progress import Ask, Button, Progress, Question
from coach.core.prompt import ask_stop, asked_to_press, show
from coach.core.scene import Scene
from coach.core.tell import MARKS, TEN_S
from coach.core.turn import asks_twice
from coach.core.wish import STANDING, Phase
from coach.core.workout import Facing

DIGITS: Final = "31424213"  # new each time, never twice in a row
CAREFUL_S: Final = 20.0  # facing the console by a press: at most the backward cap for so long (safety.md 4)
LEFT: Final = "you left"
_SLOWING: Final = frozenset({Phase.RUN, Phase.BRIDGE})


class Changes(TypedDict, total=False):
    """What else changes with a state."""

    next: Phase
    guided: bool
    troubled: bool
    stops: int
    handled_at_s: float
    row: int


def enter(scene: Scene, to: Phase, why: str | None = None, **changes: Unpack[Changes]) -> Progress:
    """The progress in a state that begins now."""
    before, prompted = scene.progress, bool(scene.guard.prompted)
    if prompted and to is Phase.STARTING:
        to = Phase.CONSOLE_START
    if to is Phase.ENDED and before.phase in {*STANDING, Phase.KEY} and scene.starts:  # nobody would stop it any more
        to, changes["next"], changes["stops"] = Phase.STOPPING, Phase.ENDED, before.stops + 1
    progress = halted(scene, before)
    if before.waits_here(scene.plan):  # what was counted and made slower was the bridge, and not the row behind it
        progress = replace(progress, marks=0, console_kmh=None)
    if before.phase is Phase.BRIDGE and (before.console_kmh or 0.0) > BRIDGE_KMH:  # nobody is made faster for a turn
        progress = replace(progress, console_kmh=None)
    progress = replace(
        progress,
        phase=to,
        at_s=scene.at_s,
        steady_at_s=inf,
        question=None,
        prompts=0,
        prompt=None,
        waits="",
        turn_waits=False,
        no_turn=False,
        reason=before.reason if why is None else why,
        **changes,
    )
    scene = scene.after(progress)
    match to:
        case Phase.READY:
            return _ready(scene)
        case Phase.STARTING:
            scene.say(CueKind.TURN, say.STARTING)
            claimed = progress.here(scene.plan).segment.facing
            return replace(progress, start_told=False, claimed=claimed, guided=False, by_hand=False)
        case Phase.CONSOLE_START:
            return _console_start(scene)
        case Phase.STEP_ON:
            return _step_on(scene)
        case Phase.RAMP:
            return _ramp(scene)
        case Phase.RUN:
            return _run(scene)
        case Phase.SLOW if prompted and not progress.facing.rear:
            slowing = replace(progress, slow_from_kmh=scene.belt.kmh or 0.0, guided=True)
            return ask_stop(scene.after(slowing))
        case Phase.SLOW:
            if before.phase in _SLOWING:
                scene.say(CueKind.TURN, say.SLOWING)
            return replace(progress, slow_from_kmh=scene.belt.kmh or 0.0)
        case Phase.RAILS:
            scene.say(CueKind.TURN, say.RAILS)
            return progress
        case Phase.STOPPING:
            return _stopping(scene, before)
        case Phase.RESTING:
            scene.say(CueKind.TURN, "Rest on the rails.")
            return replace(progress, run_at_s=scene.at_s, run_from_m=scene.belt.odometer_m, clock_s=0.0)
        case Phase.PAUSED | Phase.KEY:
            return _paused(scene)
        case Phase.ENDED:
            return _ended(scene, before.phase)
        case _:
            rear = progress.facing is Facing.BACKWARD
            progress = replace(progress, facing=Facing.UNKNOWN) if rear else progress
            progress = replace(progress, alarmed_at_s=scene.at_s, slow_from_kmh=scene.belt.kmh or 0.0)
            return _stop_by_hand(scene.after(progress))


def halted(scene: Scene, progress: Progress) -> Progress:
    """The clocks of the segment stand."""
    if progress.run_at_s == inf:
        return progress
    return replace(
        progress,
        clock_s=progress.clock(scene.at_s),
        metres=progress.ran_m(scene.belt),
        run_at_s=inf,
    )


def stop_now(scene: Scene, why: str, leaves: Phase = Phase.PAUSED) -> Progress:
    """STOP: one more Stop is wished in this step."""
    return enter(scene, Phase.STOPPING, why=why, next=leaves, stops=scene.progress.stops + 1)


def _ask(scene: Scene, ask: Ask, text: str, minimum_s: float = YES_S) -> Progress:
    progress = scene.progress
    digit = DIGITS[progress.digits % len(DIGITS)]
    text = text.format(digit)
    scene.say(CueKind.QUESTION, text)
    question = Question(ask, progress.asked + 1, scene.at_s, minimum_s, text, digit if ask is Ask.DIGIT else "")
    digits = progress.digits + (1 if ask is Ask.DIGIT else 0)
    return replace(progress, question=question, asked=progress.asked + 1, digits=digits)


def _stop_by_hand(scene: Scene) -> Progress:
    """A Stop is written, and where nobody can count on it the runner is asked for it as well."""
    if not scene.guard.prompted or scene.belt.still or not scene.belt.moving:
        return scene.progress
    progress = scene.progress
    told = progress.prompted and (progress.by_hand or not progress.facing.rear)
    return (asked_to_press if told else show)(scene, Button.STOP, say.PRESS_STOP)


def _ready(scene: Scene) -> Progress:
    progress, plan = scene.progress, scene.plan
    row = progress.here(plan)
    first = progress.starts == 0 and progress.stepped_at_s == -inf
    unknown = Facing.UNKNOWN if plan.backward else Facing.FORWARD
    progress = replace(progress, facing=unknown, claimed=row.segment.facing, guided=False, troubled=False)
    scene = scene.after(progress)
    if scene.belt.still_by_silence and not progress.stands:
        return _ask(scene, Ask.STANDS, say.STANDS)
    rear = row.segment.facing is Facing.BACKWARD
    text = say.ready(plan, row, first=first, digit="{}", by_hand=bool(scene.guard.prompted))
    ask = Ask.DIGIT if plan.backward and not rear else Ask.YES
    return _ask(scene, ask, text, plan.caps.long_question_s if rear else YES_S)


def _step_on(scene: Scene) -> Progress:
    stepped_at_s = scene.at_s if scene.progress.by_hand else -inf
    read_at_s = scene.belt.link_at_s  # it was heard, and a link that comes back behind this is another
    progress = replace(scene.progress, stepped_at_s=stepped_at_s, read_at_s=read_at_s, not_from_creep=False)
    scene = scene.after(progress)
    if asks_twice(scene):
        return _ask(scene, Ask.YES, say.STEP_ON_YES)
    scene.say(CueKind.TURN, say.STEP_ON)
    return replace(scene.progress, question=None)


def _ramp(scene: Scene) -> Progress:
    progress = scene.progress
    rear = progress.claimed is Facing.BACKWARD
    careful = progress.presenter and not rear
    by_hand = bool(scene.guard.prompted) and not rear
    words = say.RAMP_REAR if rear else say.RAMP_CAREFUL if careful else say.RAMP_CONSOLE
    if not by_hand:
        scene.say(CueKind.TURN, words)
    until_s = scene.at_s + CAREFUL_S if careful else -inf
    fresh = rear and progress.clock_s == 0.0
    block = progress.block + (1 if fresh else 0)
    return replace(
        progress, facing=progress.claimed, block=block, stands=False, careful_until_s=until_s, presenter=False
    )


def _run(scene: Scene) -> Progress:
    progress, row = scene.progress, scene.progress.here(scene.plan)
    fresh = progress.clock_s == 0.0 and progress.metres == 0.0
    if fresh:
        scene.say(CueKind.NOW, say.now(row, scene.plan.runner.spoken, progress.share(row)))
    mark_m = scene.belt.odometer_m if fresh and row.segment.mark is not None else progress.mark_m
    if fresh and progress.turned is not row.segment.facing:
        progress = replace(progress, turns=progress.turns + 1, turned_at_s=scene.at_s, turned=row.segment.facing)
    progress = replace(
        progress,
        run_at_s=scene.at_s,
        run_from_m=scene.belt.odometer_m,
        mark_m=mark_m,
        facing=row.segment.facing,
    )
    return _on_bridge(progress, scene.at_s) if row.kind == "bridge" else progress


def _on_bridge(progress: Progress, at_s: float) -> Progress:
    """Back on a bridge after a pause: what is left of its minute, and ten seconds at least for what is announced."""
    left_s = max(BRIDGE_S - progress.clock_s, float(TEN_S))
    marks = sum(mark > left_s for mark in MARKS)
    return replace(progress, phase=Phase.BRIDGE, bridge_at_s=at_s - (BRIDGE_S - left_s), marks=marks)


def _console_start(scene: Scene) -> Progress:
    by_hand = bool(scene.guard.prompted)
    claimed = scene.progress.here(scene.plan).segment.facing
    progress = replace(scene.progress, claimed=claimed, guided=False, by_hand=by_hand, asked_start_at_s=scene.at_s)
    rear = progress.claimed is Facing.BACKWARD
    if by_hand:
        return asked_to_press(scene.after(progress), Button.START, say.CONSOLE_START)
    scene.say(CueKind.QUESTION, say.HELPER_START if rear else say.CONSOLE_START)
    return progress


def _stopping(scene: Scene, before: Progress) -> Progress:
    progress = scene.progress
    turning = progress.next in {Phase.READY, Phase.RESTING} or progress.broke_off
    unknown = scene.plan.backward and (turning or before.facing is not Facing.FORWARD)
    scene = scene.after(_stop_by_hand(scene))
    return replace(
        scene.progress,
        turning=turning or (before.phase in {Phase.SLOW, Phase.RAILS} and not before.guided),
        broke_off=False,
        stands=False,
        facing=Facing.UNKNOWN if unknown else before.facing,
        slow_from_kmh=scene.belt.kmh or 0.0,
    )


def _paused(scene: Scene) -> Progress:
    progress, plan = scene.progress, scene.plan
    if progress.phase is Phase.KEY:
        if not scene.belt.still:
            return progress
        progress = replace(progress, facing=Facing.UNKNOWN if plan.backward else Facing.FORWARD)
        return _ask(scene.after(progress), Ask.DIGIT, say.KEY_BACK)
    if (progress.troubled or progress.turning) and plan.backward:
        progress = replace(progress, facing=Facing.UNKNOWN)
    progress = replace(progress, guided=False)
    unseen = scene.unseen
    text = say.PAUSED_DIGIT if plan.backward else say.PAUSED_YES
    if unseen:
        text = say.PAUSED_UNSEEN if plan.backward else say.PAUSED_UNSEEN_YES
    if not scene.guard.trusted:
        scene.say(CueKind.NOTICE, say.UNSEEN if unseen else say.NOT_TRUSTED)
        text = say.PAUSED_HAND if plan.backward else say.PAUSED_HAND_YES
    return _ask(scene.after(progress), Ask.DIGIT if plan.backward else Ask.YES, text)


def _ended(scene: Scene, before: Phase) -> Progress:
    progress = scene.progress
    still = scene.belt.still and (scene.heard or before is not Phase.STOP_FAILED)  # else it stood when heard last
    told = not scene.belt.still_by_silence and scene.plan.profile.reported is Reported.ACTUAL
    still = still and (scene.guard.trusted or told)  # of a machine that ignored Stop neither silence nor an echo tells
    done = progress.row >= len(scene.plan.rows) or (scene.plan.free and progress.reason == LEFT)
    moving = not still and progress.row == 0 and scene.progress.starts == 0
    if done and not still:
        progress = replace(progress, troubled=True, reason="the belt was not stopped")
    elif done and not scene.plan.free and scene.plan.rows[-1].segment.facing is Facing.FORWARD:
        progress = replace(progress, facing=Facing.FORWARD)  # a last rest keeps the facing before it
    done = done and still
    ended = "finished" if done else "tripped" if progress.troubled or moving else "stopped"
    if not still and (scene.belt.moving or not scene.belt.link or scene.belt.still):
        scene.say(CueKind.ALARM, say.RUNS_ON)
    elif not still or not scene.heard or scene.unseen or (scene.belt.still_by_silence and not done):
        scene.say(CueKind.NOTICE, say.SILENT_END)  # it stood when it was heard last, and may have been started since
    elif not scene.guard.trusted:
        scene.say(CueKind.NOTICE, say.NOT_TRUSTED)
    else:
        scene.say(CueKind.TIME, say.FINISHED if done else "Session over. Belt stopped.")
    alarmed = progress.troubled and scene.plan.backward
    return replace(progress, ended=ended, guided=False, facing=Facing.UNKNOWN if alarmed else progress.facing)
