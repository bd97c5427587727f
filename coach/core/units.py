"""Which unit a machine means: asked against reported on a settled belt, and speed against distance over a minute."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf
from typing import Final

from coach.core.machine import MILES, Units
from coach.core.value import ADDED

AGREES_KMH: Final = 0.3  # asked and reported (safety.md 5)
SETTLED_S: Final = 3.0  # the report was constant for so long (safety.md 5)
SUSPECT_S: Final = 1.0  # a wrong unit is corrected sooner: it only ever slows the belt
STEADY_KMH: Final = 0.02
TRIAL_S: Final = 60.0  # motion over which speed and distance are compared (safety.md 5)
ALIKE: Final = (0.85, 1.15)  # distance over the integral of speed (safety.md 5)
MILES_ALIKE: Final = (1.4, 1.8)  # both in miles (safety.md 5)
RATIO: Final = 0.04  # "about 1.609": what steps of 0.1 at creep leave uncertain
LONGEST_GAP_S: Final = 4.0  # between two reports; more is not motion that was measured
PROVES_KMH: Final = 2.0  # who agreed at so much has the unit; what differs then is the console's
DIFFERS_KMH: Final = 0.25  # a smaller difference is not a unit


@dataclass(frozen=True, slots=True)
class Trial:
    """What was measured so far: seconds and metres in motion, and since when the report is constant."""

    moving_s: float = 0.0
    speed_m: float = 0.0  # integral of the reported speed
    counter_m: float = 0.0  # reported distance
    last_at_s: float = -inf
    last_raw: float = -1.0
    steady_at_s: float = inf
    agreed_kmh: float = field(default=0.0, metadata=ADDED)  # the highest speed at which asked and reported agreed


def learn(
    units: Units,
    trial: Trial,
    at_s: float,
    raw: float,
    moved_m: float,
    counted_m: float | None,
    asked_kmh: float | None,
    asked_at_s: float,
) -> tuple[Units, Trial]:
    """Compare one report with what was asked and with the distance; corrections only ever assume the faster belt."""
    if units.measured:
        return units, trial
    alike = abs(raw - trial.last_raw) <= STEADY_KMH
    moved = raw > 0 and trial.last_raw > 0 and counted_m is not None
    trial = Trial(
        moving_s=trial.moving_s + (min(at_s - trial.last_at_s, LONGEST_GAP_S) if moved else 0.0),
        speed_m=trial.speed_m + (moved_m if moved else 0.0),
        counter_m=trial.counter_m + (counted_m or 0.0),
        last_at_s=at_s,
        last_raw=raw,
        steady_at_s=trial.steady_at_s if alike else at_s,
        agreed_kmh=trial.agreed_kmh,
    )
    if raw <= 0:
        return units, trial
    kmh, settled_s = raw * units.report, at_s - max(trial.steady_at_s, asked_at_s)
    compared = _compare(units, kmh, asked_kmh, settled_s, proved=trial.agreed_kmh >= PROVES_KMH)
    if compared.agreed and settled_s >= SETTLED_S and kmh > trial.agreed_kmh:
        trial = replace(trial, agreed_kmh=kmh)
    if (compared.target, compared.report) != (units.target, units.report):
        return compared, Trial(last_at_s=at_s, last_raw=raw, steady_at_s=trial.steady_at_s)
    return (compared, trial) if trial.moving_s < TRIAL_S else _measure(compared, trial)


def _compare(units: Units, kmh: float, asked_kmh: float | None, settled_s: float, *, proved: bool) -> Units:
    if asked_kmh is None or asked_kmh <= 0 or settled_s < SUSPECT_S:
        return units
    ratio = kmh / asked_kmh
    if abs(kmh - asked_kmh) > DIFFERS_KMH and not proved:
        if abs(ratio / MILES - 1) <= RATIO and units.target == 1:
            return replace(units, target=MILES, agreed=False)
        if abs(ratio * MILES - 1) <= RATIO and units.report == 1:
            return replace(units, report=MILES, agreed=False)
    if settled_s < SETTLED_S:
        return units
    agreed = abs(kmh - asked_kmh) <= AGREES_KMH
    return units if agreed == units.agreed else replace(units, agreed=agreed)


def _measure(units: Units, trial: Trial) -> tuple[Units, Trial]:
    """A minute of motion is over: distance against the integral of speed settles the unit, or it is tried again."""
    ratio = trial.counter_m / trial.speed_m if trial.speed_m > 0 else 0.0
    again = Trial(
        last_at_s=trial.last_at_s,
        last_raw=trial.last_raw,
        steady_at_s=trial.steady_at_s,
        agreed_kmh=trial.agreed_kmh,
    )
    if ALIKE[0] <= ratio <= ALIKE[1]:
        return replace(units, measured=True), again
    if MILES_ALIKE[0] <= ratio <= MILES_ALIKE[1] and units.report == 1:
        return Units(target=MILES, report=MILES), again
    return units, again
