"""What anybody on the network may ask of the session: less, or a word; never a start, a yes, or more (safety.md 2.2).

A command is no press: it answers no question, acknowledges no alarm and calms no trouble. What it came to is an answer.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final
from unicodedata import combining, normalize

from coach.core import bridge, say
from coach.core.cue import CueKind
from coach.core.event import Remote, Verb
from coach.core.outlook import following
from coach.core.phase import enter, stop_now
from coach.core.progress import Answer, Progress
from coach.core.scene import Scene
from coach.core.target import aim, flatten, least_incline_pct, lower
from coach.core.trip import Action
from coach.core.turn import SETTLED_STAGE
from coach.core.wish import READING, Phase
from coach.core.workout import Facing

SLOWER_EVERY_S: Final = 1.0  # one step of the machine
MESSAGE_EVERY_S: Final = 30.0
LONGEST_MESSAGE: Final = 80  # characters; what is said in five seconds
TURN_NEAR_S: Final = 35.0  # the turn is announced half a minute before (safety.md 6a, ALERT)
QUIET_END_S: Final = 12.0  # the countdown has the last seconds for itself
TINY: Final = 1e-6
_WORDS: Final = (  # that coach itself commands with: from nobody else may the runner hear them
    "accelerate back backward belt clip continue cord console danger drop emergency face facing fast faster feet"
    " forward grab halt hold hop jump key leave left off pause press pull quick quicker rail rails ready rear rest"
    " resume reverse right run running slow slower slowing slowly speed sprint stand start stay step steps stop stopped"
    " stopping straddle turn turning type walk yes"
)
COMMANDS: Final = frozenset(_WORDS.split())
_MARKUP: Final = frozenset("[]<>{}\\|`^~$")  # voices read orders in these: [[sounds]] is spoken by espeak-ng
_LETTERS: Final = r"[^\W\d_]+"
WHY: Final = {Verb.STOP: "somebody stopped it over the network", Verb.PAUSE: "somebody paused it over the network"}
NO_SESSION: Final = "no session runs"
NOT_NOW: Final = "not in this part of the session"
BY_HAND: Final = "the runner sets the speed on the treadmill"
LOWEST: Final = "it is as slow as it goes"
NO_INCLINE: Final = "coach does not set the incline of this treadmill"
FLAT: Final = "it is flat, or will be before the segment ends"
AGAIN: Final = "too soon after the last one"
REAR: Final = "only while the runner faces the console"
TURN_NEAR: Final = "a turn is near"
WORDLESS: Final = "a message has 1 to 80 characters that can be read aloud"
COMMANDING: Final = "a message must not command: {}"


def obey(scene: Scene, event: Remote) -> Progress:
    """Do what was asked, or say why not."""
    match event.verb:
        case Verb.STOP | Verb.PAUSE:
            progress, why = _stop(scene, event.verb)
        case Verb.SLOWER:
            progress, why = _slower(scene)
        case Verb.INCLINE_DOWN:
            progress, why = _flatter(scene)
        case Verb.SAY:
            progress, why = _message(scene, event.text)
    return replace(progress, answer=Answer(event.ticket, done=not why, why=why))


def _stop(scene: Scene, verb: Verb) -> tuple[Progress, str]:
    """GUIDED STOP, wherever the belt may move; a stop under way is let be, so that none ever delays it.

    Where the runner sets the speed coach cannot guide, and whoever asks may see that he cannot press: then STOP.
    """
    progress, why = scene.progress, WHY[verb]
    ends = progress.phase in {Phase.SLOW, Phase.RAILS, Phase.STOPPING} and progress.next is Phase.ENDED
    leads, why = (Phase.ENDED, progress.reason) if ends else (Phase.PAUSED, why)
    by_hand = bool(scene.guard.prompted) and not progress.facing.rear
    match progress.phase:
        case Phase.CONNECTING | Phase.ENDED:
            return progress, NO_SESSION
        case Phase.PAUSED | Phase.KEY | Phase.STOP_FAILED | Phase.BELT_MOVES:
            return progress, ""
        case Phase.READY | Phase.RESTING:
            return enter(scene, Phase.PAUSED, why=why), ""
        case Phase.STOPPING:
            return replace(progress, next=leads, stops=progress.stops + (1 if scene.runs_on else 0)), ""
        case Phase.SLOW if progress.guided and not by_hand:
            return progress, ""
        case Phase.SLOW | Phase.RAMP | Phase.RUN | Phase.BRIDGE if not by_hand:
            if progress.phase is Phase.RAMP:
                scene.say(CueKind.TURN, say.SLOWING)
            slowing = enter(scene, Phase.SLOW, why=why, next=leads, guided=True)
            return replace(slowing, broke_off=progress.phase is Phase.SLOW), ""
        case _:  # on the rails, or at creep, or by hand: nothing is left that coach could slow down
            return stop_now(scene, why=why, leaves=leads), ""


def _slower(scene: Scene) -> tuple[Progress, str]:
    """One step of the machine, once a second, never under creep."""
    progress, belt = scene.progress, scene.belt
    easy = progress.phase is Phase.BRIDGE
    why = "" if easy else _not_running(scene)
    if why:
        return progress, why
    if scene.at_s - progress.slowed_at_s < SLOWER_EVERY_S - TINY:
        return progress, AGAIN
    if easy:
        kmh = bridge.speed_kmh(progress, scene.guard) - belt.speeds.step
        if kmh < belt.creep_kmh - TINY:
            return progress, LOWEST
        return replace(progress, console_kmh=kmh, slowed_at_s=scene.at_s), ""
    now_kmh = aim(scene.plan, progress, belt, scene.at_s).kmh
    settled = scene.guard.stage == SETTLED_STAGE  # before that the cap is a moment's
    wish_kmh = (min(now_kmh, belt.speeds.snap(scene.guard.cap_kmh)) if settled else now_kmh) - belt.speeds.step
    if wish_kmh < belt.creep_kmh - TINY:
        return progress, LOWEST
    slower = lower(scene.plan, progress, belt, wish_kmh, scene.at_s)
    if aim(scene.plan, slower, belt, scene.at_s).kmh >= now_kmh - TINY:
        return progress, LOWEST
    return replace(slower, slowed_at_s=scene.at_s), ""


def _flatter(scene: Scene) -> tuple[Progress, str]:
    """Half a percent less, never a decline, and never under somebody who does not see it."""
    why = _not_running(scene) or _not_facing(scene)
    if why:
        return scene.progress, why
    if not scene.plan.profile.incline_control:
        return scene.progress, NO_INCLINE
    least_pct = least_incline_pct(scene.plan, scene.progress, scene.belt, scene.at_s)
    if least_pct <= TINY:
        return scene.progress, FLAT
    return flatten(scene.progress, least_pct), ""


def _message(scene: Scene, text: str) -> tuple[Progress, str]:
    """Words of somebody else: said as such, seldom, and never words that coach commands with."""
    progress = scene.progress
    calm = progress.phase is Phase.RUN and scene.guard.action < Action.HOLD
    why = _not_facing(scene) or ("" if calm else NOT_NOW)
    if why:
        return progress, why
    left_s, row = progress.left_s(scene.plan, scene.belt, scene.at_s), following(scene)
    turns = row is not None and row.segment.facing is not progress.facing
    if left_s < (TURN_NEAR_S if turns else QUIET_END_S):
        return progress, TURN_NEAR if turns else NOT_NOW
    if scene.at_s - progress.messaged_at_s < MESSAGE_EVERY_S - TINY:
        return progress, AGAIN
    words = " ".join(normalize("NFKC", text).split())
    if not words or len(words) > LONGEST_MESSAGE or not words.isprintable() or _MARKUP & set(words):
        return progress, WORDLESS
    if commanding := commands(words):
        return progress, COMMANDING.format(commanding)
    scene.say(CueKind.SAY, f"Message: {words}")
    return replace(progress, messaged_at_s=scene.at_s), ""


def commands(text: str) -> str:
    """The first word of a text that is one of coach's commands, also where it is spelled or cut up; else nothing."""
    plain = "".join(sign for sign in normalize("NFKD", text).casefold() if not combining(sign))
    words = re.findall(_LETTERS, plain)
    spelled = "".join(word if len(word) == 1 else " " for word in words).split()
    mended = ("".join(re.findall(_LETTERS, part)) for part in plain.split())
    return next((word for word in (*words, *spelled, *mended) if word in COMMANDS), "")


def _not_running(scene: Scene) -> str:
    if scene.progress.phase is not Phase.RUN:
        return NO_SESSION if _over(scene) else NOT_NOW
    return BY_HAND if scene.guard.prompted else ""


def _not_facing(scene: Scene) -> str:
    if _over(scene):
        return NO_SESSION
    return "" if scene.progress.facing is Facing.FORWARD else REAR


def _over(scene: Scene) -> bool:
    return scene.progress.phase in READING
