"""The numbers of the wire: little-endian integers in fixed steps of a unit (FTMS 1.7), and what can be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

_Code = TypeVar("_Code", bound=IntEnum)


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which bytes differ from the specification, though they could be read."""

    rule: str  # short, kebab-case, for counting
    message: str  # a sentence for people


@dataclass(frozen=True, slots=True)
class Number:
    """How one number stands on the wire."""

    octets: int
    signed: bool = False
    per: int = 1  # wire units in one unit; 1 keeps the number whole
    absent: tuple[int, ...] = ()  # wire values that mean "not available", the specification's own first

    def read(self, value: bytes, at: int = 0) -> float:
        """Read the number that starts at an offset; whole when a wire unit is a unit."""
        raw = int.from_bytes(value[at : at + self.octets], "little", signed=self.signed)
        return raw if self.per == 1 else raw / self.per

    def write(self, number: float) -> bytes:
        """Write a number to the nearest wire unit, never truncated.

        Raises:
            ValueError: the number does not fit, or its wire value means "not available".
        """
        if not abs(number) < 2**32:  # false for nan too
            raise ValueError(f"{number} does not fit into {self.octets} octets")
        raw = round(number * self.per)
        low, high = self.bounds
        if not low <= raw <= high:
            raise ValueError(f"{number} is outside of {low / self.per:g} to {high / self.per:g}")
        if raw in self.absent:
            raise ValueError(f"{number} would be read as not available")
        return raw.to_bytes(self.octets, "little", signed=self.signed)

    def write_absent(self) -> bytes:
        """Write the wire value that means "not available".

        Raises:
            ValueError: the format has none.
        """
        if not self.absent:
            raise ValueError("the format has no value for not available")
        return self.absent[0].to_bytes(self.octets, "little", signed=self.signed)

    @property
    def bounds(self) -> tuple[int, int]:
        """Lowest and highest wire value."""
        span = 1 << (8 * self.octets)
        return (-span // 2, span // 2 - 1) if self.signed else (0, span - 1)


SPEED = Number(2, per=100)  # 0.01 km/h
INCLINE = Number(2, signed=True, per=10)  # 0.1 %
TENTH = Number(1, per=10)
BYTE = Number(1)
WORD = Number(2)
SIGNED = Number(2, signed=True)
TRIPLE = Number(3)


def known(kind: type[_Code], code: int) -> _Code | int:
    """Name a code where it has a name; others stay numbers."""
    try:
        return kind(code)
    except ValueError:
        return code


def spare(octets: int) -> tuple[Problem, ...]:
    """Complain about octets behind the last field, if there are any; they are ignored."""
    if octets <= 0:
        return ()
    return (Problem("trailing-octets", f"octets behind the last field, ignored: {octets}"),)


def shown(value: bytes) -> str:
    """Bytes in hex, for a message."""
    return value.hex(" ") or "no octets"
