"""Hostile inputs for everything that reads: `python -m tests.fuzz [TARGET...] [--count N] [--seconds S] [--seed N]`.

Prints a line for each target, and what was found with the input as hex. The exit code is 1 where anything was. An input
is shown again with `python -m tests.fuzz TARGET --seed N --again BATCH.NUMBER`.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from itertools import islice
from typing import Final

from tests.fuzz.run import Account, made, run
from tests.fuzz.targets import targets

SHOWN: Final = 2000  # octets of an input that was found
SLOW_S: Final = 0.1  # of an input that is named
HEADS: Final = ("target", "inputs", "unexpected", "slowest, ms", "memory, MB", "growth, MB", "seconds")


def main(arguments: list[str]) -> int:
    """Run what is asked for and print the table."""
    parser = ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(targets())}; without any: all")
    parser.add_argument("--count", type=int, help="inputs of each target instead of its own number")
    parser.add_argument("--seconds", type=float, default=3600.0, help="no target takes longer")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--again", metavar="BATCH.NUMBER", help="print this input and run nothing")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.targets) - targets().keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(targets())}")
    names: list[str] = asked.targets or list(targets())
    if asked.again:
        batch, number = (int(part) for part in asked.again.split("."))
        for name in names:
            sys.stdout.buffer.write(next(islice(made(targets()[name], asked.seed, batch), number, None)))
        return 0
    print(f"{HEADS[0]:10}" + "".join(f"{head:>13}" for head in HEADS[1:]), flush=True)
    found = 0
    for name in names:
        account = run(name, asked.seed, asked.count or targets()[name].count, asked.seconds)
        _tell(name, account)
        found += len(account.findings)
    return 1 if found else 0


def _tell(name: str, account: Account) -> None:
    figures = (
        f"{account.inputs:,}",
        f"{account.times.total():,}",
        f"{account.slowest_s * 1000:.1f}",
        f"{account.peak_kb / 1024:.0f}",
        f"{(account.end_kb - account.begin_kb) / 1024:+.1f}",
        f"{account.seconds:.0f}",
    )
    print(f"{name:10}" + "".join(f"{figure:>13}" for figure in figures), flush=True)
    batch, number = account.slowest_at
    if account.slowest_s > SLOW_S:
        print(f"  slowest: {batch}.{number}", flush=True)
    for one in account.findings:
        batch, number = one.place
        print(f"  {account.times[one.what]} x {one.what}, first at {batch}.{number}:", flush=True)
        print(f"    {one.raw[:SHOWN].hex()}{'...' if len(one.raw) > SHOWN else ''}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
