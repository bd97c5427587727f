"""Prompt mode on the screen: coach tells which button of the console to press, and measures (safety.md 6b, 6c)."""

from __future__ import annotations

from textwrap import wrap
from typing import Final

from coach.core.plan import Plan
from coach.core.progress import Button
from coach.core.prompt import PCT, THERE_KMH
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.wire import Asked, Snapshot

SIGN: Final = "◉"  # a button of the console
MODE: Final = "PROMPT MODE"
SHARES: Final = "you press, coach measures"


def open_prompt(snapshot: Snapshot) -> Asked | None:
    """What the runner was asked to press and has not pressed yet, as far as the belt tells."""
    prompt = snapshot.prompt
    if prompt is None or snapshot.ended or snapshot.phase is Phase.ENDED:
        return None
    match prompt.button:
        case Button.SPEED:
            return None if _there(snapshot, prompt) else prompt
        case Button.STOP:
            return None if snapshot.still else prompt
        case Button.START:
            return prompt


def _there(snapshot: Snapshot, prompt: Asked) -> bool:
    if snapshot.kmh is None or prompt.speed_kmh is None or abs(snapshot.kmh - prompt.speed_kmh) > THERE_KMH:
        return False
    told = snapshot.incline_pct is not None and prompt.incline_pct is not None
    return not told or abs((snapshot.incline_pct or 0.0) - (prompt.incline_pct or 0.0)) <= PCT


def next_row(plan: Plan, row: int, *, prompted: bool) -> int:
    """The place of the row that follows; a prompted session leaves out what faces the rear, and what leads there."""
    index = row + 1
    while prompted and index < len(plan.rows) and _rear(plan, index):
        index += 1
    return index


def _rear(plan: Plan, index: int) -> bool:
    row = plan.rows[index]
    return row.segment.facing is Facing.BACKWARD or row.kind == "bridge"


def mode_words(why: str, width: int) -> str:
    """That coach only prompts, and why, in the longest form that fits."""
    whole = f"{MODE}: {SHARES} ({why})."
    if len(whole) <= width:
        return whole
    short = f"{SHARES[0].upper()}{SHARES[1:]}: {why}."
    return short if len(short) <= width else wrap(short, max(width, 10))[0]
