"""The rows of a plan in words: the one under way, what comes next and what then."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from coach.core.plan import Plan, Row
from coach.core.workout import Facing
from coach.seen.moment import Moment
from coach.seen.prompt import SIGN, next_row
from coach.seen.units import Units, clock, distance, speed

SOON_S: Final = 10.0  # what comes next is marked
SAME_KMH: Final = 0.05  # two speeds that are shown alike


@dataclass(frozen=True, slots=True)
class Ahead:
    """What comes next, and what then; `soon` from ten seconds on."""

    next: str
    next_role: str
    then: str
    soon: str


def ahead_of(moment: Moment) -> Ahead:
    """The next two rows with direction, speed, incline and length; in prompt mode with what will be asked."""
    snapshot = moment.snapshot
    after = after_of(moment)
    then = None if after is None else _row(moment.plan, _following(moment, after.index - 1))
    left_s = snapshot.left_s
    soon = f"in {ceil(left_s - 1e-6)} s" if snapshot.runs and left_s is not None and left_s <= SOON_S else ""
    tell = _asked_for if snapshot.prompted else told
    return Ahead(
        tell(after, moment.units, moment.row),
        "turn" if after is not None and (after.turn or snapshot.prompted) else _role(after),
        tell(then, moment.units, after) if after is not None else "",
        soon,
    )


def after_of(moment: Moment) -> Row | None:
    """The row that follows what goes on; a bridge that the heart asked for leads to the row that is named."""
    row = moment.snapshot.row
    return _row(moment.plan, row if moment.heart_bridge else _following(moment, row))


def left_in_all_s(moment: Moment) -> float:
    """What is left of the step and of all behind it, turns included; open steps count nothing."""
    plan, snapshot = moment.plan, moment.snapshot
    if snapshot.row >= len(plan.rows):
        return 0.0
    left_s, index = max(snapshot.left_s or 0.0, 0.0), _following(moment, snapshot.row)
    while index < len(plan.rows):
        turns = plan.rows[index].turn and not snapshot.prompted
        left_s += (plan.rows[index].planned_s or 0.0) + (plan.turn_s(index) if turns else 0.0)
        index = _following(moment, index)
    return left_s


def _following(moment: Moment, row: int) -> int:
    return next_row(moment.plan, row, prompted=bool(moment.snapshot.prompted))


def _row(plan: Plan, index: int) -> Row | None:
    return plan.rows[index] if index < len(plan.rows) else None


def _role(row: Row | None) -> str:
    if row is None or row.segment.target is None:
        return "dim"
    return "backward" if row.segment.facing is Facing.BACKWARD else "forward"


def told(row: Row | None, units: Units, before: Row | None = None) -> str:
    """A row of a session in which coach drives the belt; None is the end."""
    del before
    if row is None:
        return "■ END, the belt stops"
    if row.segment.target is None:
        return f"■ REST {extent(row, units)}, the belt stops"
    rear = row.segment.facing is Facing.BACKWARD
    turn = "↻ turn, then " if row.turn else ""
    return f"{turn}{'▼▼ BACKWARD' if rear else '▲▲ FORWARD'} {_asked(row, units)}, {extent(row, units)}"


def _asked_for(row: Row | None, units: Units, before: Row | None) -> str:
    """A row of a session in which the runner presses: what will be asked for."""
    if row is None:
        return f"{SIGN} you press Stop, ■ END"
    if row.segment.target is None:
        return f"{SIGN} you press Stop, ■ REST {extent(row, units)}"
    where = f"▲▲ FORWARD {extent(row, units)}"
    stands = row.stands and not row.turn
    if not stands and before is not None and _alike(row, before):
        return f"{where}, same speed"
    return f"{SIGN} you {'press Start, then ' if stands else ''}set {_asked(row, units)}, {where}"


def _alike(row: Row, before: Row) -> bool:
    here, there = row.segment.target, before.segment.target
    if here is None or there is None or row.heart_bpm is not None:
        return False
    from_kmh = there.speed_kmh if there.end_kmh is None else there.end_kmh
    level = here.incline_pct == (there.incline_pct if there.end_incline_pct is None else there.end_incline_pct)
    return level and here.end_kmh in {None, here.speed_kmh} and abs(here.speed_kmh - from_kmh) < SAME_KMH


def _asked(row: Row, units: Units) -> str:
    target = row.segment.target
    assert target is not None
    words = speed(target.speed_kmh, units)
    if target.end_kmh is not None and target.end_kmh != target.speed_kmh:
        words += f" → {speed(target.end_kmh, units)}"
    words += f" {units.word}"
    if row.heart_bpm is not None:
        words = f"heart {row.heart_bpm[0]:.0f} to {row.heart_bpm[1]:.0f}, from {words}"
    return words + (f", {target.incline_pct:g} %" if target.incline_pct else "")


def extent(row: Row, units: Units) -> str:
    """How long a row is planned."""
    if row.planned_m is not None:
        return distance(row.planned_m, units)
    return clock(row.planned_s) if row.planned_s is not None else "open end"


def named(row: Row, units: Units) -> str:
    """Head, length and speed."""
    head = row.segment.head.replace("-", " ")
    return f"{head} {extent(row, units)}" + (f" @ {_asked(row, units)}" if row.segment.target is not None else "")
