"""The set-point of a segment at an instant: its ramp, the trim, the console's word and the heart's."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from coach.core.belt import Belt
from coach.core.event import Key
from coach.core.heart import Strap
from coach.core.plan import Plan, Row
from coach.core.progress import Progress
from coach.core.workout import ExtentUnit, Facing, HeartHold

HOLD_UP_KMH: Final = 0.1  # slow steps up …
HOLD_UP_S: Final = 20.0  # … at most 0.3 km/h in a minute (backward-running.md 7, W3)
HOLD_DOWN_KMH: Final = 0.2  # quicker down
HOLD_DOWN_S: Final = 12.0  # h/p/cosmos cardio mode steps down every 12 s (backward-running.md 3.6)
HOLD_LOST_S: Final = 60.0  # without a heart rate for so long: the lowest speed of the bounds (safety.md 7)
KEY_KMH: Final = {Key.FASTER: 0.1, Key.SLOWER: -0.1, Key.MUCH_FASTER: 0.5, Key.MUCH_SLOWER: -0.5}
KEY_PCT: Final = {Key.STEEPER: 0.5, Key.FLATTER: -0.5}
LEAST_TRIM: Final = 0.5
MOST_TRIM: Final = 1.5
FREE_TRIM: Final = 6.0  # in a free session the keys are the workout


class Aim(NamedTuple):
    """What the belt should do now."""

    kmh: float
    incline_pct: float
    scripted: bool  # on a ramp of the workout


def aim(plan: Plan, progress: Progress, belt: Belt, at_s: float) -> Aim:
    """The set-point of the row under way, before safety has its say."""
    row = progress.here(plan)
    target = row.segment.target
    if target is None:
        return Aim(belt.creep_kmh, 0.0, scripted=False)
    part = _part(row, progress, belt, at_s)
    kmh = _between(target.speed_kmh, target.end_kmh, part)
    incline_pct = _between(target.incline_pct, target.end_incline_pct, part)
    if row.segment.facing is Facing.BACKWARD:
        kmh *= progress.trim(Facing.BACKWARD)
        if progress.console_kmh is not None:
            kmh = min(kmh, progress.console_kmh)
        return Aim(kmh, incline_pct, target.end_kmh is not None)
    if progress.held_kmh is not None:
        kmh = progress.held_kmh if progress.console_kmh is None else min(progress.held_kmh, progress.console_kmh)
    elif progress.console_kmh is not None:
        kmh = progress.console_kmh
    else:
        kmh *= progress.share(row)
    return Aim(kmh, incline_pct + progress.incline_trim_pct, target.end_kmh is not None)


def _part(row: Row, progress: Progress, belt: Belt, at_s: float) -> float:
    """How much of the extent is done, 0 to 1."""
    target = row.segment.target
    if target is None or (target.end_kmh is None and target.end_incline_pct is None):
        return 0.0
    extent = row.segment.extent
    if extent.unit is ExtentUnit.TIME:
        return min(progress.clock(at_s) / extent.amount, 1.0)
    length_m = extent.amount if extent.unit is ExtentUnit.DISTANCE else row.planned_m
    return min(progress.ran_m(belt) / length_m, 1.0) if length_m else 0.0


def _between(first: float, last: float | None, part: float) -> float:
    return first if last is None else first + (last - first) * part


def hold(plan: Plan, progress: Progress, strap: Strap, at_s: float) -> Progress:
    """A heart hold: the belt follows the heart in slow steps up and quicker ones down, within its bounds."""
    row = progress.here(plan)
    held, band, target = row.segment.heart, row.heart_bpm, row.segment.target
    if held is None or band is None or target is None:
        return progress
    if progress.held_kmh is None:
        return replace(progress, held_kmh=min(max(target.speed_kmh, held.low_kmh), held.high_kmh), held_at_s=at_s)
    if strap.bpm is None or strap.mean_bpm is None:
        if at_s - max(strap.good_at_s, progress.held_at_s) >= HOLD_LOST_S and progress.held_kmh > held.low_kmh:
            return replace(progress, held_kmh=held.low_kmh, held_at_s=at_s)
        return progress
    since_s = at_s - progress.held_at_s
    high_kmh = held.high_kmh if progress.console_kmh is None else min(held.high_kmh, progress.console_kmh)
    if strap.mean_bpm > band[1] and since_s >= HOLD_DOWN_S:
        kmh = max(progress.held_kmh - HOLD_DOWN_KMH, min(held.low_kmh, high_kmh))
    elif strap.mean_bpm < band[0] and min(since_s, at_s - progress.slowed_at_s) >= HOLD_UP_S:
        kmh = min(progress.held_kmh + HOLD_UP_KMH, high_kmh)
    else:
        return progress
    return replace(progress, held_kmh=kmh, held_at_s=at_s) if kmh != progress.held_kmh else progress


def console(plan: Plan, progress: Progress, kmh: float, at_s: float) -> Progress:
    """What the console was set to holds for this segment; the heart goes on from there, slower is its limit."""
    held = progress.here(plan).segment.heart
    if held is None or progress.held_kmh is None:
        return replace(progress, console_kmh=kmh)
    limit_kmh = kmh if kmh < progress.held_kmh else None
    return replace(progress, held_kmh=min(kmh, held.high_kmh), held_at_s=at_s, console_kmh=limit_kmh)


def tune(plan: Plan, progress: Progress, belt: Belt, key: Key, at_s: float, most_kmh: float | None = None) -> Progress:
    """A key of the runner: 0.1 or 0.5 km/h, kept as percent for this facing until the end; 0 takes it back.

    `most_kmh` is where the belt is held below what is wished: slower is slower than that.
    """
    if key is Key.UNTRIM:
        return _untrim(plan, progress, belt, at_s)
    if key in KEY_PCT:
        return replace(progress, incline_trim_pct=progress.incline_trim_pct + KEY_PCT[key])
    now_kmh = aim(plan, progress, belt, at_s).kmh
    now_kmh = now_kmh if most_kmh is None else min(now_kmh, most_kmh)
    return _wished(plan, progress, belt, max(now_kmh + KEY_KMH[key], belt.creep_kmh), at_s)


def lower(plan: Plan, progress: Progress, belt: Belt, wish_kmh: float, at_s: float) -> Progress:
    """A lower speed, as a key would make it; where the bounds of the segment would make it a higher one, nothing."""
    now_kmh = aim(plan, progress, belt, at_s).kmh
    changed = _wished(plan, progress, belt, wish_kmh, at_s)
    changed = replace(changed, held_at_s=progress.held_at_s)  # the heart slows the belt down no later for it
    return changed if aim(plan, changed, belt, at_s).kmh < now_kmh else progress


def least_incline_pct(plan: Plan, progress: Progress, belt: Belt, at_s: float) -> float:
    """The least that the row under way comes to from here on: on a ramp its end, where that is lower."""
    now_pct, target = aim(plan, progress, belt, at_s).incline_pct, progress.here(plan).segment.target
    if target is None or target.end_incline_pct is None:
        return now_pct
    return min(now_pct, target.end_incline_pct + progress.incline_trim_pct)


def flatten(progress: Progress, incline_pct: float) -> Progress:
    """Half a percent less; `incline_pct` is the least that is aimed for, and stays flat at least."""
    return replace(progress, incline_trim_pct=progress.incline_trim_pct + max(KEY_PCT[Key.FLATTER], -incline_pct))


def _wished(plan: Plan, progress: Progress, belt: Belt, wish_kmh: float, at_s: float) -> Progress:
    """The row under way at another speed, kept as percent for this facing until the end."""
    now_kmh = aim(plan, progress, belt, at_s).kmh
    held = progress.here(plan).segment.heart
    if progress.held_kmh is not None and held is not None:
        return _of_heart(progress, held, wish_kmh, now_kmh, at_s)
    if progress.console_kmh is not None:
        return replace(progress, console_kmh=wish_kmh)
    trim = wish_kmh / now_kmh if now_kmh > 0 else 1.0
    if progress.facing is Facing.FORWARD:
        most = FREE_TRIM if plan.free else MOST_TRIM
        return replace(progress, trim_forward=_bounded(progress.trim_forward * trim, most))
    return replace(progress, trim_backward=min(_bounded(progress.trim_backward * trim, 1.0), progress.trim_backward))


def _of_heart(progress: Progress, held: HeartHold, wish_kmh: float, now_kmh: float, at_s: float) -> Progress:
    """Within the bounds of the hold, or below them where the console was set there; slower lifts no limit."""
    kmh = min(max(wish_kmh, min(held.low_kmh, now_kmh)), held.high_kmh)
    limit_kmh = progress.console_kmh if wish_kmh < now_kmh else None
    if limit_kmh is not None and now_kmh <= held.low_kmh:
        kmh = limit_kmh = wish_kmh
    return replace(progress, held_kmh=kmh, held_at_s=at_s, console_kmh=limit_kmh)


def _untrim(plan: Plan, progress: Progress, belt: Belt, at_s: float) -> Progress:
    """Take the trim back; where that is faster, only from the next segment on (safety.md 2.6)."""
    now_kmh = aim(plan, progress, belt, at_s).kmh
    bare = replace(progress, trim_forward=1.0, trim_backward=1.0, incline_trim_pct=0.0)
    return replace(bare, console_kmh=now_kmh) if aim(plan, bare, belt, at_s).kmh > now_kmh else bare


def _bounded(trim: float, most: float) -> float:
    return min(max(trim, 1 / most if most > 1 else LEAST_TRIM), most)
