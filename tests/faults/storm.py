"""Sessions with several things going wrong at once, on any machine, each made from its number."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from random import Random
from typing import Final

from coach.core.workout import Level
from tests.core.build import short, world
from tests.core.oracle import judged
from tests.faults.kinds import FAULTS

KEYS: Final = (
    *("space", "enter", "1", "2", "3", "4", "p", "n", "up", "down", "shift+up", "shift+down", "q", "l", "g"),
    *("right", "h"),
)
LAST_S: Final = 330.0  # nothing goes wrong later
UNTIL_S: Final = 1200.0


def storm(seed: int, machines: Sequence[str]) -> tuple[str, list[str]]:
    """One session: what went wrong in it, and which laws it broke."""
    dice = Random(seed)
    name, level = dice.choice(machines), dice.choice(tuple(Level))
    faults = [
        dice.choice(FAULTS).format(f"{dice.uniform(2.0, LAST_S):.2f}") for _ in range(dice.choice((1, 2, 2, 3, 4)))
    ]
    presses = [f"{dice.choice(KEYS)}@{dice.uniform(2.0, LAST_S):.2f}" for _ in range(dice.choice((0, 0, 1, 2, 4)))]
    text = f"{seed}: {name} {level} {' '.join(faults)} {' '.join(presses)}"
    made = world(name, faults, presses, workout=short(level), level=level, seed=seed)
    try:
        return text, judged(made, UNTIL_S).broken
    except Exception:  # noqa: BLE001  # whatever it is, it is what is looked for
        return text, ["raises: " + traceback.format_exc().splitlines()[-1]]
