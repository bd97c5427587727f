"""The bridge: an easy minute before a turn to the rear, and for as long as the heart is too fast for one.

An author writes it, the plan puts it in, or a heart asks for it (safety.md 6a, BRIDGE).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from coach.core import say
from coach.core.belt import READ_S, Belt
from coach.core.cue import CueKind
from coach.core.event import Key
from coach.core.guard import Guard
from coach.core.outlook import red
from coach.core.plan import BRIDGE_KMH, BRIDGE_S, Plan
from coach.core.progress import Progress
from coach.core.scene import Scene
from coach.core.target import KEY_KMH
from coach.core.tell import MARKS, TEN_S, countdown

LONGEST_S: Final = 180.0
ANNOUNCED_S: Final = 10.0  # what makes the belt faster is said so long before (safety.md 2.3)
CALM_PCT: Final = 80.0  # of maximum, or the ceiling less CALM_POINTS
CALM_POINTS: Final = 5.0
LATE_S: Final = 1.0  # events come as often at least
TINY: Final = 1e-6


def calm_bpm(plan: Plan) -> float:
    """A turn to the rear waits until the heart is below this (safety.md 6a, BRIDGE)."""
    return min(CALM_PCT, plan.caps.heart_pct - CALM_POINTS) * plan.runner.max_bpm / 100


def racing(scene: Scene) -> bool:
    """The heart is too fast for a turn to the rear, or was when it was known last, and that is not long ago."""
    strap, most_bpm = scene.strap, calm_bpm(scene.plan)
    if strap.bpm is not None:
        return (strap.mean_bpm or 0.0) > most_bpm
    return strap.known_bpm > most_bpm and scene.at_s - strap.good_at_s < LONGEST_S


def speed_kmh(progress: Progress, guard: Guard) -> float:
    """The speed of a bridge: what the runner has set on it, else an easy one that makes nobody faster."""
    if progress.console_kmh is not None:
        return progress.console_kmh
    return BRIDGE_KMH if guard.set_kmh is None else min(BRIDGE_KMH, guard.set_kmh)


def ease(progress: Progress, guard: Guard, belt: Belt, key: Key) -> Progress:
    """A key of the runner on a bridge changes the speed of it, up to that of a bridge; its incline is level."""
    now_kmh = speed_kmh(progress, guard)
    kmh = min(max(now_kmh + KEY_KMH.get(key, 0.0), belt.creep_kmh), max(now_kmh, BRIDGE_KMH))
    return progress if kmh == now_kmh else replace(progress, console_kmh=kmh)


def before_turn(scene: Scene, left_s: float) -> Progress:
    """A bridge counts down to its turn, and to nothing else: what speaks against the turn is waited for in silence.

    When that is over late there are ten seconds still, for the words that belong to a turn.
    """
    progress = scene.progress
    if progress.no_turn:
        return countdown(scene, left_s) if scene.belt.link else progress
    off = bool(red(scene))
    if off or racing(scene):
        passed = sum(left_s <= mark + TINY for mark in MARKS)
        progress = progress if passed == progress.marks else replace(progress, marks=passed)
        if left_s > ANNOUNCED_S + TINY or progress.turn_waits:
            return progress
        if not off:
            scene.say(CueKind.NOTICE, say.TURN_WAITS)
        return replace(progress, turn_waits=True)
    missed = left_s < ANNOUNCED_S - LATE_S and progress.marks <= MARKS.index(TEN_S)  # as on a link that was away
    if not progress.turn_waits and not missed:
        return countdown(scene, left_s)
    if not _read(scene):
        return progress
    return countdown(scene.after(in_ten(scene)), ANNOUNCED_S)


def in_ten(scene: Scene, *, no_turn: bool = False) -> Progress:
    """The bridge is over in ten seconds, in a turn or in the step behind it."""
    bridge_at_s = scene.at_s - (BRIDGE_S - ANNOUNCED_S)
    return replace(scene.progress, bridge_at_s=bridge_at_s, marks=MARKS.index(TEN_S), turn_waits=False, no_turn=no_turn)


def over(scene: Scene) -> bool:
    """The minute is over and a turn is announced, or what comes in its place, or there is none to announce."""
    progress = scene.progress
    if scene.at_s - progress.bridge_at_s < BRIDGE_S - TINY or not _read(scene):
        return False
    return progress.no_turn or bool(red(scene)) or not (progress.turn_waits or racing(scene))


def late(scene: Scene) -> bool:
    """What comes in the place of the turn is announced, so that it comes when the bridge has been long enough."""
    progress = scene.progress
    announced = progress.marks > MARKS.index(TEN_S) and not progress.turn_waits and not racing(scene)
    return scene.in_s >= LONGEST_S - ANNOUNCED_S and not (progress.no_turn or announced) and _read(scene)


def too_late(scene: Scene) -> str:
    """Why the turn is left out, in words."""
    if not racing(scene):
        return say.TOO_LATE
    return say.NO_HEART if scene.strap.bpm is None else say.HEART_HIGH


def _read(scene: Scene) -> bool:
    """On a link that came back it was heard again."""
    return scene.belt.link and scene.at_s - scene.belt.link_at_s >= READ_S
