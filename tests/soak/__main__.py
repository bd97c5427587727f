"""What grows in a long time, and what ten treadmills cost: `python -m tests.soak virtual|real|load`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(words: list[str]) -> int:
    """Run what is asked for; 0: nothing grows."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    kinds = parser.add_subparsers(dest="kind", required=True)
    virtual = kinds.add_parser("virtual", help="hours of sessions under the virtual clock")
    virtual.add_argument("--hours", type=float, default=8.0)
    virtual.add_argument("--seed", type=int, default=0)
    virtual.add_argument("--workouts", nargs="*", metavar="WORKOUT", help="what sessions are drawn from")
    real = kinds.add_parser("real", help="one session in real time with everything on")
    real.add_argument("--minutes", type=float, default=60.0)
    real.add_argument("--every", type=float, default=30.0, metavar="SECONDS")
    real.add_argument("--out", type=Path, help="the samples as CSV")
    load = kinds.add_parser("load", help="many treadmills at once")
    load.add_argument("--treadmills", type=int, default=10)
    asked = parser.parse_args(words)
    return 0 if _kept(asked) else 1


def _kept(asked: argparse.Namespace) -> bool:
    match asked.kind:
        case "virtual":
            from tests.soak import virtual

            return virtual.run(asked.hours, asked.seed, asked.workouts or virtual.WORKOUTS)
        case "load":
            from tests.soak import load

            return load.run(asked.treadmills)
        case _:
            from tests.soak import real

            return real.run(asked.minutes, asked.every, asked.out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
