"""The mark that a backward step carries where a format knows no direction, and by which it is known when it returns.

Backward is never silently made forward: a backward step is written as "Backward 3.0 km/h. Its own cue.", and a step
is read as backward only where its text is such a mark. The speed of a mark is absolute and wins over the step's own,
so that nobody is sent backward faster because his threshold is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from coach.core.machine import MachineProfile
from coach.core.plan import make_plan
from coach.core.runner import ANYBODY
from coach.core.workout import Facing, Head, Segment, Workout
from coach.script.convert.loss import Losses

REST: Final = "Rest, belt stopped"  # the mark of a step in which the belt stands

_NUMBER: Final = r"([0-9]{1,2}(?:\.[0-9]{1,4})?)"
_MARK: Final = re.compile(rf"Backward {_NUMBER}(?: to {_NUMBER})? km/h(?:\. (.*))?", re.DOTALL)
_REST: Final = re.compile(rf"{REST}(?:\. (.*))?", re.DOTALL)
_BACKWARD: Final = re.compile(
    r"\b(back ?wards?|retro|r(ü|ue)ckw(ä|ae)rts|facing the rear|face the rear)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Marked:
    """What a mark says: the speeds of the step, and the cue that stood behind it."""

    speed_kmh: float
    end_kmh: float | None = None
    cue: str = ""


def backward_mark(segment: Segment) -> str:
    """The name of a backward step: Backward 3.0 km/h, or Backward 2.0 to 3.0 km/h."""
    assert segment.target is not None
    end = "" if segment.target.end_kmh is None else f" to {_speed(segment.target.end_kmh)}"
    return f"Backward {_speed(segment.target.speed_kmh)}{end} km/h"


def marked(mark: str, cue: str) -> str:
    """A mark (of a backward step, or REST) with the cue that is due at the start of its step."""
    return f"{mark}. {cue}" if cue else mark


def read_mark(text: str) -> Marked | None:
    """What the mark of a backward step says; None where the text is none."""
    found = _MARK.fullmatch(text.strip())
    if found is None:
        return None
    return Marked(float(found[1]), float(found[2]) if found[2] else None, (found[3] or "").strip())


def read_rest(text: str) -> str | None:
    """The cue behind the mark of a rest, which may be empty; None where the text is no such mark."""
    found = _REST.fullmatch(text.strip())
    return None if found is None else (found[1] or "").strip()


def unmarked(text: str) -> str:
    """The cue of a forward step, such that it cannot be taken for a mark."""
    if read_mark(text) is None and read_rest(text) is None:
        return text
    return text[:1].lower() + text[1:]


def sounds_backward(text: str) -> bool:
    """A text speaks of backward; it says nothing about the step, which is read as forward, but that is told."""
    return _BACKWARD.search(text) is not None


def tell(workout: Workout, losses: Losses, target: str) -> None:
    """What no other format holds of a backward workout: its direction, its turns, bridges and level."""
    for step, segment in enumerate(workout.segments, 1):
        if segment.facing is Facing.BACKWARD and segment.target is not None:
            mark = backward_mark(segment)
            losses.changed(f'{target} knows no direction: the backward step is named "{mark}" and says so', step)
    plan = make_plan(workout, MachineProfile(), ANYBODY)
    turns = sum(row.turn for row in plan.rows)
    bridges = [row for row in plan.rows if row.segment.head is Head.BRIDGE]
    if turns:
        seconds = sum(plan.turn_s(index) for index, row in enumerate(plan.rows) if row.turn)
        what = f"{turns} turns, about {_minutes(seconds)} in which the belt slows, stops and starts again"
        losses.lost(f"{what}, are not in it; stop the belt yourself before you turn")
    if bridges:
        seconds = sum(row.planned_s or 0.0 for row in bridges)
        counted = "a walk is" if len(bridges) == 1 else f"{len(bridges)} walks are"
        losses.lost(f"{counted} not in it, {_minutes(seconds)} in all, which lead from running to a turn")


def _speed(kmh: float) -> str:
    whole, _, decimals = f"{kmh:.4f}".partition(".")
    return f"{whole}.{decimals.rstrip('0') or '0'}"


def _minutes(seconds: float) -> str:
    return f"{max(round(seconds / 60), 1)} min"
