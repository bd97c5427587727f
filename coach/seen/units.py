"""Numbers as a runner reads them: speeds and distances in the unit that was chosen, times as clocks."""

from __future__ import annotations

from math import ceil
from typing import Final, TypeAlias

from coach.core.runner import SpokenUnit
from coach.core.workout import KMH_PER_MPH

Units: TypeAlias = SpokenUnit  # what is spoken is what is shown

NOTHING: Final = "–"  # stands where a number is not known
_SLOWEST_KMH: Final = 0.3  # a slower belt has no pace that says anything

LONGEST_S: Final = 6000  # a countdown of 100 minutes and more has no seconds: there is no room for them


def speed(kmh: float | None, units: Units) -> str:
    """A speed without its unit."""
    if kmh is None:
        return NOTHING
    match units:
        case Units.KMH:
            return f"{kmh:.1f}"
        case Units.MPH:
            return f"{kmh / KMH_PER_MPH:.1f}"
        case Units.PACE:
            return clock(3600 / kmh) if kmh >= _SLOWEST_KMH else NOTHING


def speed_unit(kmh: float | None, units: Units) -> str:
    """A speed with its unit."""
    return f"{speed(kmh, units)} {units.word}"


def change(from_kmh: float, to_kmh: float, units: Units) -> str:
    """How much faster or slower, with its sign; as pace in km/h, since a pace has no difference that adds up."""
    by = (to_kmh - from_kmh) / (KMH_PER_MPH if units is Units.MPH else 1.0)
    unit = " km/h" if units is Units.PACE else ""
    return f"{by:+.1f}{unit}".replace("-", "−") if abs(by) >= 0.05 else "±0.0"


def distance(metres: float, units: Units) -> str:
    """A distance with its unit; short ones in metres."""
    if units is Units.MPH:
        return f"{metres / 1000 / KMH_PER_MPH:.2f} mi"
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.2f} km"


def clock(seconds: float) -> str:
    """Minutes and seconds, hours where there are any."""
    minutes, rest = divmod(int(seconds + 1e-6), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def countdown(seconds: float) -> str:
    """A clock that reads 0:03 when "three" is said and 0:00 only when it is over; long ones in minutes, as 75:30."""
    left_s = max(ceil(seconds - 1e-6), 0)
    if left_s < LONGEST_S:
        return f"{left_s // 60}:{left_s % 60:02}"
    return f"{left_s // 3600}:{left_s // 60 % 60:02} h"


def percent(share: float) -> str:
    """A trim: 1.05 is +5 %."""
    return f"{(share - 1) * 100:+.0f} %".replace("-", "−")
