"""What a conversion could not carry over, for the report that every conversion prints."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from coach.core.error import ScriptError


class Kind(StrEnum):
    """How a thing fared."""

    LOST = "lost"  # it is not in the result
    CHANGED = "changed"  # it is there in another form
    ASSUMED = "assumed"  # the source did not say, this was taken


@dataclass(frozen=True, slots=True)
class Loss:
    """One kind of thing that did not come over as it was, and how often."""

    kind: Kind
    what: str  # a sentence without a full stop, such as "the incline has no place in intervals.icu text"
    where: tuple[int, ...] = ()  # steps, counted from 1 in the order in which they stand; empty: the whole workout


@dataclass(slots=True)
class Losses:
    """Collects losses; the same thing at several steps is one loss with several places.

    With `forward_only` backward steps are left out of what is read, and those that may be backward go with them.
    """

    forward_only: bool = False
    _found: dict[tuple[Kind, str], list[int]] = field(default_factory=dict)

    def lost(self, what: str, step: int | None = None) -> None:
        """It is not in the result."""
        self._note(Kind.LOST, what, step)

    def changed(self, what: str, step: int | None = None) -> None:
        """It is there in another form."""
        self._note(Kind.CHANGED, what, step)

    def assumed(self, what: str, step: int | None = None) -> None:
        """The source did not say, this was taken."""
        self._note(Kind.ASSUMED, what, step)

    def _note(self, kind: Kind, what: str, step: int | None) -> None:
        places = self._found.setdefault((kind, what), [])
        if step is not None and step not in places:
            places.append(step)

    def all(self) -> tuple[Loss, ...]:
        """What was found, in the order in which it was met."""
        return tuple(Loss(kind, what, tuple(places)) for (kind, what), places in self._found.items())


class ConvertError(ScriptError):
    """A workout that cannot be converted; the message says what, where and what would help."""
