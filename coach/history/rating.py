"""What a runner says of a session: effort, pain, hands, a note. Lines behind a journal's end; a later word wins.

Effort is the CR-10 scale of session effort (0 rest, 10 the most there is), pain the numeric scale of 0 to 10.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

from coach.core.error import CoachError
from coach.result import Json

MOST: Final = 10  # of effort and of pain
LONGEST_NOTE: Final = 2000  # signs
_NUMBERS: Final = ("effort", "pain_before", "pain_after", "pain_morning")


class RatingError(CoachError, ValueError):
    """A word about a session that means nothing; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Rating:
    """What was said; None and an empty note: nothing."""

    effort: int | None = None  # 0 to 10
    pain_before: int | None = None  # 0 to 10
    pain_after: int | None = None
    pain_morning: int | None = None  # the next one
    note: str | None = None  # an empty one takes the earlier one back
    rails: bool | None = None  # the hands held the rails facing the rear, in all blocks; None: as marked, or not asked
    fell: bool | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            RatingError: a number is not 0 to 10, or the note is too long.
        """
        for name in _NUMBERS:
            value = getattr(self, name)
            if value is not None and not 0 <= value <= MOST:
                raise RatingError(f"{name.replace('_', ' ')} is a number from 0 to {MOST}, not {value}")
        if self.note is not None and len(self.note) > LONGEST_NOTE:
            raise RatingError(f"the note has {len(self.note)} signs; {LONGEST_NOTE} are the most")

    @property
    def said(self) -> bool:
        """There is something in it."""
        return any(getattr(self, one.name) is not None for one in fields(self))

    def over(self, earlier: Rating) -> Rating:
        """This one where it says something, else the earlier one."""
        told = {one.name: value for one in fields(self) if (value := getattr(self, one.name)) is not None}
        return replace(earlier, **told)

    def facts(self) -> dict[str, Json]:
        """What is said as a JSON object, without what is not."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name)) is not None}


UNSAID: Final = Rating()


def heard(said: Iterable[Mapping[str, object]]) -> Rating:
    """All that was said of a session, oldest first; what cannot be read counts as not said."""
    whole = UNSAID
    for one in said:
        whole = _read(one).over(whole)
    return whole


def _read(one: Mapping[str, object]) -> Rating:
    note = one.get("note")
    return Rating(
        effort=_number(one.get("effort")),
        pain_before=_number(one.get("pain_before")),
        pain_after=_number(one.get("pain_after")),
        pain_morning=_number(one.get("pain_morning")),
        note=note[:LONGEST_NOTE] if isinstance(note, str) else None,
        rails=_yes_no(one.get("rails")),
        fell=_yes_no(one.get("fell")),
    )


def _yes_no(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        return None
    return value
