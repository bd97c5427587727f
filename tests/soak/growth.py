"""What grows: figures over time, and a verdict that a few odd samples do not change.

Of the samples the first third is the warm-up. What the last third has in its middle over the second is the growth; a
row is kept when that is within its limit, which stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Final

FEWEST: Final = 6  # samples: with less there is no third that has a middle


@dataclass(frozen=True, slots=True)
class Limit:
    """How much a figure may grow from the second third to the last: an amount, and a share of what it was."""

    more: float
    share: float = 0.0

    def over(self, before: float) -> float:
        """The amount, for a figure that was so large."""
        return self.more + self.share * before


@dataclass(frozen=True, slots=True)
class Growth:
    """One row of the verdict."""

    what: str
    unit: str
    samples: int
    before: float  # of the second third
    after: float  # of the last third
    limit: float

    @property
    def kept(self) -> bool:
        """It was seen often enough, and did not grow by more than its limit."""
        return self.samples >= FEWEST and self.after - self.before <= self.limit

    def line(self) -> str:
        """As a row of the table."""
        grown = f"{self.after - self.before:+.3g}" if self.samples >= FEWEST else "not seen"
        return (
            f"{self.what:38} {self.before:10.4g} {self.after:10.4g} {self.unit:8} {grown:>9} of {self.limit:<8.3g} "
            f"{'kept' if self.kept else 'GROWS'}"
        )


HEAD: Final = f"{'':38} {'second':>10} {'last third':>10} {'':8} {'growth':>9}    limit"


def growth(
    what: str, unit: str, figures: Sequence[float], limit: Limit, of: Callable[[Sequence[float]], float] = median
) -> Growth:
    """Judge one figure by its samples, oldest first.

    `of`: what stands for a third. Of what comes and goes beside what stays, such as threads, `min`: a leak lifts it.
    """
    if len(figures) < FEWEST:
        return Growth(what, unit, len(figures), 0.0, 0.0, limit.over(0.0))
    third = len(figures) // 3
    before, after = of(figures[third : 2 * third]), of(figures[2 * third :])
    return Growth(what, unit, len(figures), before, after, limit.over(before))


def told(rows: Iterable[Growth]) -> bool:
    """Print the verdict; True: nothing grows."""
    found = list(rows)
    print(HEAD)
    for row in found:
        print(row.line())
    grown = [row.what for row in found if not row.kept]
    print(f"Verdict: {'nothing grows' if not grown else 'grows: ' + ', '.join(grown)}.", flush=True)
    return not grown


def p99(values: Iterable[float]) -> float:
    """The value that one in a hundred is above; 0 of none."""
    ordered = sorted(values) or [0.0]
    return ordered[ceil(0.99 * len(ordered)) - 1]
