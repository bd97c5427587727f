"""Prompt mode: coach tells the runner which button to press on the treadmill, and measures (safety.md 6b, 6c, 8).

Nothing here moves a belt or counts on one that obeys: what is asked for is said once, and what the belt does is heard.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

from coach.core import say
from coach.core.cap import GENTLE_KMH, GENTLE_S
from coach.core.cue import CueKind, spoken_speed, whole_speed
from coach.core.machine import Units
from coach.core.plan import Plan
from coach.core.progress import Button, Progress, Prompt
from coach.core.runner import SpokenUnit
from coach.core.scene import Scene
from coach.core.since import others
from coach.core.target import aim
from coach.core.turn import BAND_KMH
from coach.core.wish import Phase

AGAIN_S: Final = 10.0  # between two times that the same button is asked for
END_S: Final = 30.0  # a stop of the workout is left to the runner for so long, then coach writes it too
HAND_S: Final = 10.0  # one that the runner's own key asked for
START_AGAIN_S: Final = 20.0
STEP_KMH: Final = 0.5  # a ramp, or a heart hold, is told in steps of so much, as consoles have buttons for 0.1
STEP_S: Final = 20.0  # and not more often
KEY_KMH: Final = 0.05  # what a key of the runner changes is told as it is
KEY_S: Final = 2.0  # once no further key has come
THERE_KMH: Final = 0.25  # the belt is where it should be, and nothing needs telling
OFF_S: Final = 20.0  # to press, and then the way of the belt: only after it is told that it is elsewhere
SLOWS_S: Final = 3.0  # the report has changed so lately
PCT: Final = 0.25


def asked_to_press(scene: Scene, button: Button, text: str, *, until_s: float = inf) -> Progress:
    """Ask for a button: said now, and kept where a screen can show it."""
    scene.say(CueKind.QUESTION, text)
    return show(scene, button, text, until_s=until_s)


def show(scene: Scene, button: Button, text: str, *, until_s: float = inf) -> Progress:
    """The same without a word: what is spoken now is more urgent, or nobody faces the console."""
    progress = scene.progress
    prompt = Prompt(button, progress.prompts_made + 1, scene.at_s, text, until_s=until_s)
    return replace(progress, prompt=prompt, prompts_made=prompt.serial, prompts=0)


def ask_stop(scene: Scene) -> Progress:
    """Ask for Stop on the console; what the workout asks for is waited for longer than what a key does."""
    over = scene.progress.row >= len(scene.plan.rows) or scene.progress.next is Phase.RESTING
    return asked_to_press(scene, Button.STOP, say.PRESS_STOP, until_s=scene.at_s + (END_S if over else HAND_S))


def stop_comes(scene: Scene) -> bool:
    """The belt is slowing down already: nothing need be said or written."""
    kmh, from_kmh = scene.belt.kmh or 0.0, scene.progress.slow_from_kmh
    slows = kmh < from_kmh - THERE_KMH and scene.at_s - scene.belt.steady_at_s < SLOWS_S
    longest_s = scene.plan.profile.stop_s(from_kmh) + END_S
    return scene.progress.phase is Phase.SLOW and slows and scene.in_s < longest_s


def again(scene: Scene) -> Progress:
    """The same words again, now and then, for a start and for a stop that have not come."""
    progress, prompt = scene.progress, scene.progress.prompt
    if prompt is None or stop_comes(scene):
        return progress
    every_s = START_AGAIN_S if prompt.button is Button.START else AGAIN_S
    if scene.at_s - prompt.at_s < every_s * (progress.prompts + 1) or (scene.belt.moving and every_s > AGAIN_S):
        return progress
    scene.say(CueKind.QUESTION, prompt.text)
    return replace(progress, prompts=progress.prompts + 1)


def slow_first(scene: Scene) -> Progress:
    """A belt that the console started too fast to step on is set to its lowest speed, by the runner on the rails."""
    progress, kmh, creep_kmh = scene.progress, scene.belt.kmh or 0.0, scene.creep_kmh
    fast = scene.belt.moving and kmh > creep_kmh + BAND_KMH
    settled = scene.at_s - scene.belt.steady_at_s >= scene.plan.profile.settle_s
    if not fast or not settled or (progress.prompt is not None and progress.prompt.button is Button.SPEED):
        return again(scene)
    return _told(scene, creep_kmh, None)


def ask_speed(scene: Scene) -> Progress:
    """RUN: what the console should show, once for each segment and for what changes in it."""
    progress = scene.progress
    now = aim(scene.plan, progress, scene.belt, scene.at_s)
    kmh = _within(scene, now.kmh)
    pct = now.incline_pct if scene.plan.profile.incline_control or now.incline_pct else 0.0
    if not _due(scene, kmh, pct):
        return _elsewhere(scene)
    there = scene.belt.kmh is not None and abs(scene.belt.kmh - kmh) <= THERE_KMH
    level = abs(pct - (scene.belt.incline_pct or 0.0)) <= PCT
    if there and level:
        return replace(progress, told_kmh=kmh, told_pct=pct, told_at_s=scene.at_s, told_from_kmh=kmh)
    return _told(scene, kmh, None if level else pct)


def _within(scene: Scene, kmh: float) -> float:
    """No more than coach would write itself: the caps, and the first seconds after stepping on (safety.md 7)."""
    guard, speeds = scene.guard, scene.belt.speeds
    kmh = min(kmh, scene.plan.runner.fastest_kmh, speeds.high)
    if guard.ease_row == scene.progress.row:
        kmh = min(kmh, guard.ease_kmh)
    if scene.at_s - scene.progress.stepped_at_s < GENTLE_S:
        kmh = min(kmh, GENTLE_KMH)
    return max(speeds.snap(kmh), scene.creep_kmh)


def _due(scene: Scene, kmh: float, pct: float) -> bool:
    progress = scene.progress
    if scene.belt.kmh is None or not scene.belt.link:
        return False
    if progress.told_kmh is None or progress.told_pct is None:
        return True
    change_kmh, since_s = abs(kmh - progress.told_kmh), scene.at_s - progress.told_at_s
    if progress.pressed_at_s > progress.told_at_s:
        changed = change_kmh > KEY_KMH or abs(pct - progress.told_pct) > PCT
        return changed and scene.at_s - progress.pressed_at_s >= KEY_S
    gentle = progress.told_at_s - progress.stepped_at_s < GENTLE_S <= scene.at_s - progress.stepped_at_s
    if gentle and change_kmh > KEY_KMH:
        return True
    return since_s >= STEP_S and (
        change_kmh >= max(STEP_KMH, scene.belt.speeds.step) or abs(pct - progress.told_pct) >= 1
    )


def _told(scene: Scene, kmh: float, pct: float | None) -> Progress:
    speed = console_speed(scene.plan, scene.belt.units, kmh)
    text = say.SET_SPEED.format(speed) if pct is None else say.SET_BOTH.format(speed, f"{pct:g}")
    progress = asked_to_press(scene, Button.SPEED, text)
    assert progress.prompt is not None
    prompt = replace(progress.prompt, speed_kmh=kmh, incline_pct=pct)
    return replace(
        progress,
        prompt=prompt,
        told_kmh=kmh,
        told_pct=pct if pct is not None else progress.told_pct or 0.0,
        told_at_s=scene.at_s,
        told_from_kmh=scene.belt.kmh or 0.0,
    )


def _elsewhere(scene: Scene) -> Progress:
    """The belt is not where it was asked, after the time to press and to get there: said once in a segment."""
    progress, kmh, told_kmh = scene.progress, scene.belt.kmh, scene.progress.told_kmh
    if progress.told_off or kmh is None or told_kmh is None:
        return progress
    way_kmh = told_kmh - progress.told_from_kmh
    per_s = scene.plan.profile.accel_kmh_s if way_kmh > 0 else scene.plan.profile.decel_kmh_s
    if scene.at_s - progress.told_at_s < OFF_S + abs(way_kmh) / per_s:
        return progress
    if not others(kmh, told_kmh):
        return progress
    shown, asked = (console_speed(scene.plan, scene.belt.units, speed) for speed in (kmh, told_kmh))
    scene.say(CueKind.NOTICE, say.ELSEWHERE.format(shown, asked))
    return replace(progress, told_off=True)


def console_speed(plan: Plan, units: Units, kmh: float) -> str:
    """A speed as the console shows it: a bare number only where its unit is known and is the runner's."""
    measured = units.measured and not plan.profile.unit_doubtful
    known = plan.profile.console_miles is not None or plan.profile.unit_answered or measured
    miles = plan.profile.console_miles
    if miles is None:
        miles = units.report != 1 or units.target != 1
    unit = SpokenUnit.MPH if miles else SpokenUnit.KMH
    return spoken_speed(kmh, unit) if known and unit is plan.runner.spoken else whole_speed(kmh, unit)
