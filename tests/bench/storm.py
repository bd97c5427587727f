"""Sessions with several things going wrong at once: `python -m tests.bench.storm [SEED] [RUNS]`."""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from random import Random

from coach.core.workout import Level
from coach.link.machine_file import shipped_machines
from tests.bench.matrix import FAULTS
from tests.core.build import short, world
from tests.core.oracle import judged

KEYS = (
    "space",
    "enter",
    "1",
    "2",
    "3",
    "4",
    "p",
    "n",
    "up",
    "down",
    "shift+up",
    "shift+down",
    "q",
    "l",
    "g",
    "right",
    "h",
)
UNTIL_S = 1200.0


def storm(seed: int) -> tuple[str, list[str]]:
    """One session: what went wrong in it, and which laws it broke."""
    dice = Random(seed)
    name, level = dice.choice(tuple(shipped_machines())), dice.choice(tuple(Level))
    last_s = 330.0
    faults = [
        dice.choice(FAULTS).format(f"{dice.uniform(2.0, last_s):.2f}") for _ in range(dice.choice((1, 2, 2, 3, 4)))
    ]
    presses = [f"{dice.choice(KEYS)}@{dice.uniform(2.0, last_s):.2f}" for _ in range(dice.choice((0, 0, 1, 2, 4)))]
    text = f"{seed}: {name} {level} {' '.join(faults)} {' '.join(presses)}"
    made = world(name, faults, presses, workout=short(level), level=level, seed=seed)
    try:
        return text, judged(made, UNTIL_S).broken
    except Exception:  # noqa: BLE001  # whatever it is, it is what is looked for
        return text, ["raises: " + traceback.format_exc().splitlines()[-1]]


def main(arguments: list[str]) -> int:
    """Run and tell what broke."""
    first = int(arguments[0]) if arguments else 0
    runs = int(arguments[1]) if len(arguments) > 1 else 500
    kinds: Counter[str] = Counter()
    for seed in range(first, first + runs):
        text, broken = storm(seed)
        for law in broken[:2]:
            kinds[law.split(" at ")[0]] += 1
            print(f"{text}\n    {law}", flush=True)
    print(f"{runs} sessions: {dict(kinds)}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
