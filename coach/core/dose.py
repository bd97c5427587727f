"""How long and how fast so far: the dose clock, the block clock and the forward speed that was held (safety.md 3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Final

from coach.core.belt import MOVING_KMH, Belt
from coach.core.rules import HELD_S
from coach.core.wish import Phase, Wish
from coach.core.workout import Facing

PLATEAU_KMH: Final = 0.2  # a rise of more begins a new plateau of forward speed


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Seconds so far, and since when it runs (inf: it stands)."""

    so_far_s: float = 0.0
    runs_at_s: float = inf

    @property
    def runs(self) -> bool:
        """It does not stand."""
        return self.runs_at_s != inf

    def read(self, at_s: float) -> float:
        """Seconds in all."""
        return self.so_far_s if self.runs_at_s == inf else self.so_far_s + at_s - self.runs_at_s

    def turned(self, on: bool, at_s: float) -> Stopwatch:
        """Running or standing from here on; the same object where nothing changes."""
        if on is self.runs:
            return self
        return Stopwatch(self.read(at_s), at_s if on else inf)


@dataclass(frozen=True, slots=True)
class Dose:
    """What was run so far in this session."""

    rear: Stopwatch = Stopwatch()  # the belt moved and facing was not FORWARD
    run: Stopwatch = Stopwatch()  # RUN facing the rear, all blocks
    block: Stopwatch = Stopwatch()  # RUN facing the rear, this block
    number: int = 0  # of the block
    held_kmh: float = 0.0  # highest forward speed held for a minute
    plateau_kmh: float = 0.0
    plateau_at_s: float = inf


def count(dose: Dose, belt: Belt, wish: Wish, at_s: float) -> Dose:
    """Time passes on every event, whatever the engine does; `wish` is what was asked until now."""
    kmh = belt.kmh or 0.0
    moving, rear = kmh > MOVING_KMH, wish.facing.rear
    runs = rear and wish.facing is Facing.BACKWARD and wish.phase is Phase.RUN
    if (rear and moving) is not dose.rear.runs or runs is not dose.run.runs or runs is not dose.block.runs:
        dose = replace(
            dose,
            rear=dose.rear.turned(rear and moving, at_s),
            run=dose.run.turned(runs, at_s),
            block=dose.block.turned(runs, at_s),
        )
    if wish.block != dose.number:
        dose = replace(dose, number=wish.block, block=Stopwatch().turned(runs, at_s))
    return _plateau(dose, kmh if moving and not rear else 0.0, at_s)


def _plateau(dose: Dose, kmh: float, at_s: float) -> Dose:
    """The slowest since the plateau began counts, so that no peak is taken for a speed that was held."""
    if kmh == 0:
        return dose if dose.plateau_at_s == inf else replace(dose, plateau_at_s=inf, plateau_kmh=0.0)
    if dose.plateau_at_s == inf or kmh > dose.plateau_kmh + PLATEAU_KMH:
        return replace(dose, plateau_kmh=kmh, plateau_at_s=at_s)
    if kmh < dose.plateau_kmh:
        return replace(dose, plateau_kmh=kmh)
    if at_s - dose.plateau_at_s >= HELD_S and dose.plateau_kmh > dose.held_kmh:
        return replace(dose, held_kmh=dose.plateau_kmh)
    return dose
