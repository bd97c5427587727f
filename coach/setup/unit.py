"""What the console shows, for a machine whose reports cannot tell in which unit it goes (safety.md 5)."""

from __future__ import annotations

from typing import Final

from coach.core.machine import MILES, Units
from coach.setup.ask import Asker, number

NEAR: Final = 0.08  # of what should be shown; consoles round to tenths
FASTEST: Final = 40.0  # more than any console shows, in either unit
_KMH, _MPH, _UNSEEN = "km/h", "miles an hour (mph)", "I did not see it"


def ask_unit(asker: Asker, asked_kmh: float) -> Units | None:
    """In which unit the machine takes and reports speeds, by what its console showed at a speed; None: not known.

    Raises:
        LeftError: left at a question.
    """
    asker.say("Its reports do not tell in which unit it goes, so its console has to.")
    place = asker.choose("In which unit does your console show the speed?", (_KMH, _MPH, _UNSEEN))
    if place == 2:
        return None
    shown = number(asker, f"What did it show when coach had asked for {asked_kmh:g} km/h?", 0.1, FASTEST)
    units = None if shown is None else units_of(shown, miles=place == 1, asked_kmh=asked_kmh)
    asker.say(
        "Understood." if units is not None else "That fits neither unit, so backward stays off until it is known."
    )
    return units


def units_of(shown: float, *, miles: bool, asked_kmh: float) -> Units | None:
    """Compare what a console shows with what was asked; None where neither unit fits."""
    true_kmh = shown * (MILES if miles else 1.0)
    for factor in (1.0, MILES):
        if abs(true_kmh / (asked_kmh * factor) - 1) <= NEAR:
            return Units(target=factor, report=factor)
    return None
