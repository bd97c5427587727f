"""What comes next: the row that follows, and why there is no turn to the rear now."""

from __future__ import annotations

from math import inf
from typing import Final

from coach.core.cap import unit_known
from coach.core.plan import Row
from coach.core.rules import OF_FORWARD
from coach.core.scene import Scene
from coach.core.trip import Trip
from coach.core.workout import Facing, Level

TINY: Final = 1e-6


def following(scene: Scene) -> Row | None:
    """The row that comes next, blocks that cannot be run left out; the one that a bridge of no author waits for."""
    if scene.progress.waits_here(scene.plan) and not scene.progress.no_turn and not red(scene):
        return scene.progress.here(scene.plan)
    index = following_index(scene)
    return scene.plan.rows[index] if index < len(scene.plan.rows) else None


def following_index(scene: Scene) -> int:
    """Its place among the rows; one more than the last where nothing follows."""
    rows, index = scene.plan.rows, scene.progress.row + 1
    if not scene.progress.no_turn and not red(scene):
        return index
    while index < len(rows) and (rows[index].segment.facing is Facing.BACKWARD or rows[index].kind == "bridge"):
        index += 1
    return index


def red(scene: Scene) -> str:
    """Why there is no turn to the rear now."""
    guard, plan, belt = scene.guard, scene.plan, scene.belt
    if guard.prompted or not guard.control:
        return guard.prompted or "another app has control"
    if guard.backward_off:
        return f"no more backward today ({guard.backward_off})"
    if scene.progress.by_console and not plan.helper:
        return "the treadmill wants its own key" if scene.progress.console_start else "the belt did not slow down"
    if not plan.caps.backward_today:
        return "no backward today"
    if not belt.link or guard.notes & {Trip.QUIET, Trip.STALE, Trip.LINK_LOST}:
        return "the treadmill is quiet"
    if not guard.guarded:
        return "there is no guard"
    if not guard.sound:
        return "no cue would reach you"
    if plan.level is Level.REHAB and scene.strap.worn_bpm is None:
        return "rehab needs a live heart strap"
    if guard.focus_at_s < inf:
        return "presses go elsewhere"
    if not unit_known(plan.profile, belt):
        return "the unit of the treadmill is not known yet"
    if scene.dose.run.read(scene.at_s) >= plan.caps.session_s - TINY:
        return "enough backward for today"
    if belt.creep_kmh > plan.caps.speed_kmh + TINY:
        return "the belt cannot go slow enough"
    if belt.creep_kmh > OF_FORWARD * scene.dose.held_kmh + TINY:
        return "first a minute at a steady speed facing the console"
    return ""
