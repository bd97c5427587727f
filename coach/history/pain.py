"""What pain says against more: nothing grows after a backward session that hurt, until one did not. Pure.

Numbers are 0 to 10. More than 5 is too much at any time, and so is more the next morning than before the session
(backward-running.md 3.5 and 7, W4). Where nobody said how it was, nothing is known: such a session neither hurt nor
takes the hurt of an earlier one away.
"""

from __future__ import annotations

from collections.abc import Iterable

from coach.gate import too_much
from coach.history.past import Past
from coach.history.rating import Rating
from coach.history.report.tell import day


def hurt(rating: Rating) -> str:
    """How a session hurt too much, in words that go on with its day; nothing where it did not, or nobody said so."""
    before, after, morning = rating.pain_before, rating.pain_after, rating.pain_morning
    for pain, when in ((before, "before"), (after, "after"), (morning, "on the morning after")):
        if too_much(pain):
            return f"pain {pain} of 10 {when} the session"
    known = [pain for pain in (before, after) if pain is not None]
    if morning is not None and morning > (known[0] if known else 0):
        than = f"than before it, {known[0]}" if before is not None else f"than after it, {known[0]}" if known else ""
        return f"more pain on the morning after the session, {morning}" + (f", {than}" if than else "")
    return ""


def holds(sessions: Iterable[Past]) -> str:
    """Why nothing grows now: the last session of which the runner said how it was hurt too much; oldest first."""
    told = [one for one in sessions if one.backward_s > 0 and (_answered(one.rating) or hurt(one.rating))]
    why = hurt(told[-1].rating) if told else ""
    return f"{why} of {day(told[-1].on)}" if why else ""


def _answered(rating: Rating) -> bool:
    """He said how it was; what he felt before it says nothing of that."""
    return rating.pain_after is not None or rating.pain_morning is not None
