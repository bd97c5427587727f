"""Every machine times every fault times every state: `python -m tests.bench.matrix [LEVEL] [PART/OF] [MACHINE…]`."""

from __future__ import annotations

import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import product

from coach.core.workout import Level
from coach.link.machine_file import shipped_machines
from tests.core.build import instants, short, world
from tests.core.oracle import judged

FAULTS = (
    *("drop@{}:1", "drop@{}:8", "drop@{}", "mute@{}:3", "mute@{}:10", "mute@{}", "garbage@{}:5", "garbage@{}"),
    *("refuse@{}:20", "refuse@{}", "key@{}:8", "console=+1.0@{}", "console=+4@{}", "console=-1.0@{}"),
    *("console-stop@{}", "self-start@{}", "stop-ignored@{}", "stop-ignored@{}:10", "strap-off@{}"),
    *("strap-frozen@{}", "heart=185@{}", "heart=160@{}", "no-confirm@{}", "late-confirm=25@{}"),
    *("double-confirm@{}", "sound-lost@{}:10", "sound-lost@{}", "focus-lost@{}:20", "focus-lost@{}", "slept@{}:5"),
)
UNTIL_S = 1200.0


def cells(machines: list[str], level: Level) -> Iterator[tuple[str, str, str]]:
    """Machine, state and fault with its instant."""
    for name in machines:
        for (place, at_s), fault in product(instants(name, level).items(), FAULTS):
            yield name, place, fault.format(f"{at_s:.2f}")


def main(arguments: list[str]) -> int:
    """Run and tell what broke, by law, and where."""
    level = Level(arguments[0]) if arguments else Level.INTERMEDIATE
    part, of = (int(number) for number in (arguments[1] if len(arguments) > 1 else "1/1").split("/"))
    broken: dict[str, list[str]] = defaultdict(list)
    runs = 0
    for index, (name, place, fault) in enumerate(cells(arguments[2:] or list(shipped_machines()), level)):
        if index % of != part - 1:
            continue
        runs += 1
        made = world(name, (fault,), workout=short(level))
        try:
            laws = judged(made, UNTIL_S).broken
        except Exception:  # noqa: BLE001  # whatever it is, it is what is looked for
            laws = ["raises: " + traceback.format_exc().splitlines()[-1]]
        for law in laws[:2]:
            kind = (
                f"{law.split(' at ')[0]} | {law.split(': ', 1)[-1][:40]}"
                if law.startswith("raises")
                else law.split(" at ")[0]
            )
            broken[kind].append(f"{name} {place} {fault}: {law}")
    print(f"{runs} runs")
    for kind, where in sorted(broken.items()):
        print(f"\n{kind}: {len(where)}")
        print("  machines:", dict(Counter(line.split()[0] for line in where).most_common(8)))
        print("  faults:", dict(Counter(line.split()[2].split("@")[0] for line in where).most_common(12)))
        for line in where[:12]:
            print("   ", line)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
