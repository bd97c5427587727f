"""Whether the machine heeds what is written: one that takes no speeds is found out, and prompted for (safety.md 6c, 8).

What it answers tells, and what its belt does. Nothing is concluded from a refused Request Control: some machines refuse
it and obey (ftms.md 4.22).
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

from coach.core.belt import Belt
from coach.core.gates import prompt_only
from coach.core.guard import Guard
from coach.core.plan import Plan
from coach.core.sent import Sent
from coach.core.trip import Trip
from coach.core.wish import ON_BELT, Wish

REFUSALS: Final = 3  # answers but success, and none of success ever; some machines refuse until they run (ftms.md 4.22)
REFUSED_S: Final = 10.0  # over so long
UNHEEDED_S: Final = 10.0  # after "not followed" and the one write more (safety.md 8)
CHANGE_KMH: Final = 0.5  # a set-point so far from the report asks for motion that can be seen
MOVED_KMH: Final = 0.3  # towards it: the machine obeys, if slowly


def heed(plan: Plan, guard: Guard, belt: Belt, sent: Sent, wish: Wish, at_s: float) -> Guard:
    """Look for proof that the machine takes speeds, or that it does not, and say why coach only prompts."""
    if not guard.speedless and not wish.facing.rear and not wish.by_hand:
        guard = _find_out(guard, belt, sent, wish, at_s)
    why = _why(plan, guard, sent)
    return guard if why == guard.prompted else replace(guard, prompted=why)


def _why(plan: Plan, guard: Guard, sent: Sent) -> str:
    """The words for it, the worst first; nothing where the machine is coach's to drive."""
    if not guard.trusted:
        return "the treadmill ignored Stop"
    only = prompt_only(plan.profile)
    if only:
        return only.replace("it ", "the treadmill ", 1)
    if guard.speedless:
        return "the treadmill does not take speeds from an app"
    if sent.given_up:
        return "the treadmill does not answer"
    return "" if guard.control else "another app has control"


def _find_out(guard: Guard, belt: Belt, sent: Sent, wish: Wish, at_s: float) -> Guard:
    refused_s = at_s - sent.speed_refused_at_s
    many = sent.speeds_refused >= REFUSALS and refused_s >= REFUSED_S
    if sent.speeds_taken == 0 and not guard.followed and (sent.unsupported or many):
        return replace(guard, speedless=True)
    if guard.followed or wish.phase not in ON_BELT:
        return guard
    if _follows(belt, sent):
        return replace(guard, followed=True, unheeded_at_s=inf)
    if guard.unheeded_at_s == inf:
        return replace(guard, unheeded_at_s=at_s) if Trip.NOT_FOLLOWED in guard.notes else guard
    return replace(guard, speedless=True) if at_s - guard.unheeded_at_s >= UNHEEDED_S else guard


def _follows(belt: Belt, sent: Sent) -> bool:
    """The belt went the way that the last set-point led."""
    if belt.kmh is None or sent.target_kmh is None or belt.heard_at_s <= sent.target_at_s:
        return False
    way_kmh = sent.target_kmh - sent.from_kmh
    went_kmh = belt.kmh - sent.from_kmh
    return abs(way_kmh) >= CHANGE_KMH and (went_kmh if way_kmh > 0 else -went_kmh) >= MOVED_KMH
