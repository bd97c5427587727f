"""The person on the belt, as numbers; nothing here is guessed from the machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from coach.core.heart import tanaka_max_bpm

FORWARD_CAP_KMH: Final = 16.0  # unless the config names another (safety.md 7)
FORWARD_MOST_KMH: Final = 22.0
INCLINE_CAP_PCT: Final = 15.0
INCLINE_MOST_PCT: Final = 25.0


class SpokenUnit(StrEnum):
    """What speeds are told in, by the voice and on the screen."""

    KMH = "km/h"
    MPH = "mph"
    PACE = "pace"  # minutes for a kilometre

    @property
    def word(self) -> str:
        """What stands behind a speed."""
        return "min/km" if self is SpokenUnit.PACE else str(self)


@dataclass(frozen=True, slots=True)
class Runner:
    """Heart rates in bpm, weight in kg; a maximum that was not measured never stops a forward run."""

    age: int = 40
    measured_max_bpm: int | None = None
    rest_bpm: int = 60
    threshold_bpm: int | None = None  # lactate threshold heart rate
    weight_kg: float = 70.0
    beta_blocker: bool = False  # percent-of-maximum rules are off (backward-running.md 4.5)
    forward_ceiling_bpm: int | None = None
    forward_cap_kmh: float = FORWARD_CAP_KMH  # 0: the machine's own, never above 22
    incline_cap_pct: float = INCLINE_CAP_PCT
    spoken: SpokenUnit = SpokenUnit.KMH

    @property
    def max_bpm(self) -> float:
        """Measured, or 208 - 0.7 x age (Tanaka 2001)."""
        return self.measured_max_bpm if self.measured_max_bpm is not None else tanaka_max_bpm(self.age)

    @property
    def fastest_kmh(self) -> float:
        """The cap of forward running."""
        return min(self.forward_cap_kmh or FORWARD_MOST_KMH, FORWARD_MOST_KMH)

    @property
    def steepest_pct(self) -> float:
        """The cap of the incline facing the console."""
        return min(self.incline_cap_pct or INCLINE_MOST_PCT, INCLINE_MOST_PCT)


ANYBODY: Final = Runner(threshold_bpm=160)
"""Stands in where a workout is planned for its lengths only, and no heart rate of the plan is shown or used."""
