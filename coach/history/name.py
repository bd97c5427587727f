"""Which session is meant by what was typed: its name, the begin of it, or the newest."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from coach.core.error import CoachError
from coach.history.past import Past

LAST: Final = "last"
NOTHING: Final = "nothing is recorded yet; coach run first-steps-back records a first session"
SHOWN: Final = 5  # names in a sentence


class MeantError(CoachError):
    """Nothing or more than one session has that name; the message says what is near."""


def last(sessions: Sequence[Past]) -> Past | None:
    """The newest of them, which come newest first, that still has a recording; a real one before all simulated ones."""
    recorded = [one for one in sessions if not one.deleted]
    return next((one for one in recorded if not one.simulated), recorded[0] if recorded else None)


def named(text: str, sessions: Sequence[Past]) -> Past:
    """The session of that name, or the only one whose name begins so; they come newest first.

    Raises:
        MeantError: there is none, or there are several.
    """
    typed = text.strip().replace(" ", "-").replace(":", "")  # 2026-11-21 18:25, as it is listed
    if not typed:
        raise MeantError("a session has a name, such as 2026-11-21 or last")
    exact = [one for one in sessions if one.id == typed]
    if exact:
        return min(exact, key=lambda one: (one.simulated, one.deleted))
    begins = [one for one in sessions if one.id.startswith(typed)]
    if len(begins) == 1:
        return begins[0]
    if begins:
        raise MeantError(f"{len(begins)} sessions begin with {text!r}; write more of the name:{_names(begins)}")
    if get_close_matches(typed.casefold(), [LAST]):
        raise MeantError(f"there is no session {text!r}; did you mean {LAST}?")
    near = _near(text, sessions)
    raise MeantError(f"there is no session {text!r}" + (f"; near it:{_names(near)}" if near else _newest(sessions)))


def _near(text: str, sessions: Sequence[Past]) -> list[Past]:
    """Those with the text somewhere in their name or title, else those with a name like it."""
    wanted = text.casefold()
    inside = [one for one in sessions if wanted in one.id.casefold() or wanted in one.workout.casefold()]
    if inside:
        return inside
    by_name = {one.id: one for one in sessions}
    return [by_name[name] for name in get_close_matches(text, by_name, SHOWN)]


def _newest(sessions: Sequence[Past]) -> str:
    return f"; the newest:{_names(sessions)}" if sessions else f"; {NOTHING}"


def _names(sessions: Sequence[Past]) -> str:
    """One a line."""
    shown = "".join(f"\n  {one.id}" for one in sessions[:SHOWN])
    more = len(sessions) - SHOWN
    return f"{shown}\n  and {more} more" if more > 0 else shown
