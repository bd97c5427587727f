"""What a number measures: kinds, units, and what a field of a workout takes, as the language writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from coach.core.workout import KMH_PER_MPH
from coach.script.problem import number


class Kind(StrEnum):
    """What a number measures."""

    TIME = "a time"  # s
    DISTANCE = "a distance"  # m
    SPEED = "a speed"  # km/h
    PERCENT = "a percentage"
    COUNT = "a number without a unit"


class Quantity(NamedTuple):
    """A number in s, m, km/h, percent or pieces."""

    kind: Kind
    amount: float


class Reference(NamedTuple):
    """`$x`, `60 % of $x` or `$x + 0.5 km/h`."""

    name: str
    factor: float = 1.0
    plus: Quantity | None = None
    at: int = 0  # offset within its text


Value: TypeAlias = Quantity | Reference


class Ramp(NamedTuple):
    """One value, or two to go between."""

    first: Value
    last: Value | None = None


class Reach(NamedTuple):
    """An extent as written; `to` is None for `open`."""

    value: Value | None
    to: bool = False


class Line(NamedTuple):
    """The one-line form: EXTENT @ SPEED, INCLINE, with the offsets of its parts."""

    extent: Reach
    speed: Ramp | None = None
    incline: Ramp | None = None
    speed_at: int = 0
    incline_at: int = 0


@dataclass(frozen=True, slots=True, eq=False)  # by identity, since it is a key of the caches
class Want:
    """What a field takes, for its messages."""

    what: str
    kinds: tuple[Kind, ...]
    example: str


EXTENT: Final = Want("a time or a distance", (Kind.TIME, Kind.DISTANCE), "5 min, 400 m, to 2.5 km or open")
SPEED: Final = Want("a speed", (Kind.SPEED,), "9 km/h, 5.6 mph, 2.5 m/s, 6:40 /km or a ramp 4 -> 6 km/h")
INCLINE: Final = Want("an incline", (Kind.PERCENT,), "1 %")
TIME: Final = Want("a time", (Kind.TIME,), "90 s, 2 min or 1:30")
COUNT: Final = Want("a number of rounds", (Kind.COUNT,), "3")
DISTANCE: Final = Want("a distance", (Kind.DISTANCE,), "2.5 km")
ANY: Final = Want("a value", tuple(Kind), "4.5 km/h, 5 min, 400 m or 2 %")

FEWEST_METRES: Final = 50.0  # fewer are taken for minutes with a letter too few

UNITS: Final[dict[str, tuple[Kind, float]]] = {
    "s": (Kind.TIME, 1.0),
    "min": (Kind.TIME, 60.0),
    "h": (Kind.TIME, 3600.0),
    "m": (Kind.DISTANCE, 1.0),
    "km": (Kind.DISTANCE, 1000.0),
    "mi": (Kind.DISTANCE, 1000.0 * KMH_PER_MPH),
    "km/h": (Kind.SPEED, 1.0),
    "mph": (Kind.SPEED, KMH_PER_MPH),
    "m/s": (Kind.SPEED, 3.6),
    "%": (Kind.PERCENT, 1.0),
}
FOR_KIND: Final = {
    Kind.TIME: "s", Kind.DISTANCE: "m", Kind.SPEED: "km/h", Kind.PERCENT: "%", Kind.COUNT: "",
}  # fmt: skip
NUMBER: Final = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
NAME: Final = r"[A-Za-z][A-Za-z0-9_-]*"
CLOCK: Final = re.compile(r"([0-9]{1,4}):([0-9]{2})(?::([0-9]{2}))?(?:[ \t]*(/km|/mi))?")
BARE: Final = re.compile(rf"[+-]?{NUMBER}")


def shown(quantity: Quantity) -> str:
    """A quantity with its unit, as a person would write it."""
    amount = quantity.amount
    if quantity.kind is Kind.TIME and abs(amount) >= 120 and amount % 60 == 0:
        return f"{number(amount / 60)} min"
    unit = {Kind.TIME: " s", Kind.DISTANCE: " m", Kind.SPEED: " km/h", Kind.PERCENT: " %", Kind.COUNT: ""}
    return number(amount) + unit[quantity.kind]
