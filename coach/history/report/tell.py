"""Numbers and instants as pages and cards write them: each with its unit, in the units of the runner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from coach.core.runner import SpokenUnit
from coach.core.workout import KMH_PER_MPH, Facing
from coach.show.words import clock, counted

NOTHING: Final = "–"  # stands where a number is not known
FACES: Final[Mapping[str, str]] = MappingProxyType({Facing.FORWARD: "console", Facing.BACKWARD: "rear", "all": "both"})
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """How speeds and distances are written; a runner who hears his pace reads km/h, for both ways have to compare."""

    miles: bool = False

    @property
    def speed_unit(self) -> str:
        """What speeds are in."""
        return "mph" if self.miles else "km/h"

    def scaled(self, kmh: float) -> float:
        """A speed in its unit."""
        return kmh / KMH_PER_MPH if self.miles else kmh

    def figure(self, kmh: float | None) -> str:
        """A speed without its unit."""
        return NOTHING if kmh is None else f"{self.scaled(kmh):.1f}"

    def speed(self, kmh: float | None) -> str:
        """A speed."""
        return NOTHING if kmh is None else f"{self.figure(kmh)} {self.speed_unit}"

    def distance(self, metres: float) -> str:
        """A distance; short ones in metres where the unit is one of kilometres."""
        if self.miles:
            return f"{metres / 1000 / KMH_PER_MPH:.2f} mi"
        return f"{metres:.0f} m" if metres < 999.5 else f"{metres / 1000:.2f} km"


KILOMETRES: Final = Measure()


def measure_of(spoken: SpokenUnit) -> Measure:
    """How a runner reads speeds and distances."""
    return Measure(miles=spoken is SpokenUnit.MPH)


def day(on: date) -> str:
    """A day: 20 May 2026."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def short_day(on: date) -> str:
    """A day where there is little room: 20 May."""
    return f"{on.day} {_MONTHS[on.month - 1][:3]}"


def month(on: date) -> str:
    """A month, where days are too many: May 2026."""
    return f"{_MONTHS[on.month - 1][:3]} {on.year}"


def moment(at: datetime) -> str:
    """A day and a time of it: 20 May 2026, 18:00."""
    return f"{day(at.date())}, {at:%H:%M}"


def bpm(value: float | None) -> str:
    """A heart rate."""
    return NOTHING if value is None else f"{value:.0f} bpm"


def whole(value: float | None) -> str:
    """A number without decimals and without its unit."""
    return NOTHING if value is None else f"{value:.0f}"


def spread(bounds: tuple[float, float]) -> str:
    """The least and the most, without their unit."""
    return f"{bounds[0]:.0f} to {bounds[1]:.0f}"


def signed(value: float | None, decimals: int = 1) -> str:
    """A difference with its sign, without its unit; 0 has none."""
    if value is None:
        return NOTHING
    text = f"{value:+.{decimals}f}"
    return text.replace("-", "−") if text.strip("+-0.") else "0"


def signed_clock(seconds: float | None) -> str:
    """A difference of times with its sign."""
    if seconds is None:
        return NOTHING
    text = clock(abs(seconds))
    return "0" if text == "0:00" else f"{'+' if seconds > 0 else '−'}{text}"


def span(seconds: float) -> str:
    """A length of time: 20:30 min, or 1:04:05 h."""
    return f"{clock(seconds)} {'h' if round(seconds) >= 3600 else 'min'}"


def turns(number: int) -> str:
    """How many turns."""
    return counted(number, "turn")
