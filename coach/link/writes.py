"""The writes to the control point: one after the other, in order, and a Stop before all that waits.

Pure: values and instants in, values and instants out. What is asked for first is told first, so that whoever asked
can count; each write is told exactly once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Final

from coach.core.ftms import Op, Request, Stopping, encode_request

STOP: Final = encode_request(Request(Op.STOP, Stopping.STOP))
SPEED: Final = bytes([Op.TARGET_SPEED])
START: Final = encode_request(Request(Op.START))
PATIENCE_S: Final = (
    1.0  # a Stop waits so long for the answer to the write before it, as a lower target does (safety.md 5)
)


@dataclass(frozen=True, slots=True)
class Write:
    """One write; its number never comes again."""

    number: int
    value: bytes
    handed_at_s: float = inf  # to the stack; inf while it waits
    ok: bool | None = None  # None until it is back

    @property
    def waiting(self) -> bool:
        """Nobody has seen it yet."""
        return self.handed_at_s == inf and self.ok is None

    @property
    def outstanding(self) -> bool:
        """The stack has it and has not answered."""
        return self.handed_at_s < inf and self.ok is None


@dataclass(frozen=True, slots=True)
class Writes:
    """All that was asked for and is not told yet, oldest first."""

    rows: tuple[Write, ...] = ()
    asked: int = 0  # how many there ever were

    @property
    def due_s(self) -> float:
        """When a waiting Stop is to be handed over, whatever is outstanding; inf where none waits."""
        first = next((row for row in self.rows if row.waiting), None)
        if first is None or first.value != STOP:
            return inf
        return max((row.handed_at_s for row in self.rows if row.outstanding), default=-inf) + PATIENCE_S


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be done now: what came of the oldest writes, in order, and what goes to the stack."""

    told: tuple[bool, ...] = ()
    handed: tuple[Write, ...] = ()


def ask(writes: Writes, value: bytes, at_s: float) -> tuple[Writes, Turn]:
    """A write is wanted; a Stop throws away all that waits, but for a Stop, and a newer speed an older one.

    A Start waits for nothing.

    A Start that came late would come to another belt than the press was for (safety.md 2.2).
    """
    rows = writes.rows
    if value == STOP:
        rows = tuple(replace(row, ok=False) if row.waiting and row.value != STOP else row for row in rows)
    elif value[:1] == SPEED:
        rows = tuple(replace(row, ok=False) if row.waiting and row.value[:1] == SPEED else row for row in rows)
    late = value[:1] == START and any(row.waiting or row.outstanding for row in rows)
    wanted = Write(writes.asked, value, ok=False if late else None)
    return _flow(Writes((*rows, wanted), writes.asked + 1), at_s)


def back(writes: Writes, number: int, at_s: float, *, ok: bool) -> tuple[Writes, Turn]:
    """The stack is done with a write; one that it was given earlier and has not answered will have no answer any more.

    ATT answers in order (Core 5.4, Vol 3 Part F, 3.3.2); without that rule a Stop that was accepted could not be told
    before a write that hangs.
    """
    if not any(row.number == number and row.outstanding for row in writes.rows):
        return writes, Turn()
    lost = (row.number < number and row.outstanding for row in writes.rows)
    rows = tuple(
        replace(row, ok=ok) if row.number == number else replace(row, ok=False) if gone else row
        for row, gone in zip(writes.rows, lost, strict=True)
    )
    return _flow(replace(writes, rows=rows), at_s)


def wake(writes: Writes, at_s: float) -> tuple[Writes, Turn]:
    """Time has passed."""
    return _flow(writes, at_s)


def lose(writes: Writes) -> tuple[Writes, Turn]:
    """The link is gone, and with it everything that was not told; what was answered stays answered."""
    return replace(writes, rows=()), Turn(tuple(row.ok is True for row in writes.rows))


def _flow(writes: Writes, at_s: float) -> tuple[Writes, Turn]:
    told: list[bool] = []
    rows = list(writes.rows)
    while rows and (ok := rows[0].ok) is not None:
        told.append(ok)
        del rows[0]
    handed: list[Write] = []
    first = next((place for place, row in enumerate(rows) if row.waiting), None)
    free = not any(row.outstanding for row in rows)
    if first is not None and (free or writes.due_s <= at_s):
        rows[first] = replace(rows[first], handed_at_s=at_s)
        handed.append(rows[first])
    return replace(writes, rows=tuple(rows)), Turn(tuple(told), tuple(handed))
