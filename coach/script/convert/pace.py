"""A runner's own speeds, against which other programs measure: relative intensities mean nothing without them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from coach.script.convert.loss import ConvertError
from coach.script.problem import UnreadableError, close_to, number, quoted
from coach.script.quantity import read_ramp, read_value
from coach.script.unit import SPEED, Quantity

SLOWEST_KMH: Final = 1.0  # of what a runner can hold
FASTEST_KMH: Final = 30.0  # faster than any record
_WRITTEN: Final = "4:40 /km or 12.9 km/h"


class Race(StrEnum):
    """A distance at which a runner knows his speed (the references of Zwift's `pace`, in its order)."""

    MILE = "mile"
    FIVE_K = "5k"
    TEN_K = "10k"
    HALF = "half"
    MARATHON = "marathon"


@dataclass(frozen=True, slots=True)
class Paces:
    """Speeds in km/h that this runner can hold; what is not known is not there."""

    threshold_kmh: float | None = None
    race_kmh: Mapping[Race, float] = field(default_factory=dict)
    within_kmh: tuple[float, float] | None = None  # the speeds between which the belt may follow a heart rate
    easy_kmh: float | None = None  # where a step says no speed at all

    def threshold(self, why: str) -> float:
        """The threshold speed.

        Raises:
            ConvertError: it is not known; `why` says which step needs it.
        """
        return _known(self.threshold_kmh, why, "threshold", "--threshold '4:40 /km'", "as threshold")

    def race(self, race: Race, why: str) -> float:
        """The speed of a race.

        Raises:
            ConvertError: it is not known; `why` says which step needs it.
        """
        return _known(self.race_kmh.get(race), why, race, f"--pace '{race}=4:20 /km'", "under paces")

    def easy(self, why: str) -> float:
        """The speed of a step that says none.

        Raises:
            ConvertError: it is not known; `why` says which step needs it.
        """
        return _known(self.easy_kmh, why, "easy", "--easy '6 km/h'", "as easy_kmh")


def _known(kmh: float | None, why: str, which: str, flag: str, setting: str) -> float:
    if kmh is None:
        raise ConvertError(
            f"{why}, and your {which} speed is not known; give it with {flag}, or {setting} in your settings"
        )
    return kmh


def read_speed(text: str) -> float:
    """A speed or a pace as the language writes it, in km/h.

    Raises:
        ConvertError: it is none, or none that a person can hold.
    """
    try:
        value = read_value(text.strip(), SPEED)
    except UnreadableError as wrong:
        raise ConvertError(f"{wrong.message}; {wrong.fix(f'write {_WRITTEN}')}") from wrong
    if not isinstance(value, Quantity):
        raise ConvertError(f"{quoted(text)} is not a number; write {_WRITTEN}")
    if not SLOWEST_KMH <= value.amount <= FASTEST_KMH:
        least, most = number(SLOWEST_KMH), number(FASTEST_KMH)
        raise ConvertError(f"{quoted(text)} is {number(value.amount)} km/h; it must be {least} to {most} km/h")
    return value.amount


def read_race(name: str, pace: str) -> tuple[Race, float]:
    """A race and its speed.

    Raises:
        ConvertError: there is no such race, or the speed is none.
    """
    try:
        race = Race(name.strip().lower())
    except ValueError as wrong:
        fix = close_to(name.lower(), tuple(Race)) or f"there are {', '.join(Race)}"
        raise ConvertError(f"{quoted(name)} is not a race; {fix}") from wrong
    return race, read_speed(pace)


def read_within(text: str) -> tuple[float, float]:
    """The slowest and the fastest speed of steps that the heart leads.

    Raises:
        ConvertError: they are not two, or not in order.
    """
    try:
        ramp = read_ramp(text.strip(), SPEED, between="..")
    except UnreadableError as wrong:
        raise ConvertError(f"{wrong.message}; {wrong.help or 'write 5 .. 9 km/h'}") from wrong
    low, high = ramp
    if not isinstance(low, Quantity) or not isinstance(high, Quantity):
        raise ConvertError(f"{quoted(text)} is not two speeds; write 5 .. 9 km/h")
    if not 0 < low.amount < high.amount:
        raise ConvertError(f"{quoted(text)} does not go from a slower to a faster speed; write 5 .. 9 km/h")
    return low.amount, high.amount
