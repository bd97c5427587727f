"""What becomes of every fault in every state of a session: one table, with what safety.md promises beside it.

Without `--machine` it is the usual one, and of one that runs on without a link what the link does.
The exit code is 1 where a law or a promise is broken. `--machine all` is every simulated machine, for hours; `--part`
takes a piece of it. `--storm` runs sessions in which several things go wrong at once, and tells the laws that break.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path

from coach.core.workout import Level
from coach.link.machine_file import shipped_machines
from tests.faults import bluez, processes
from tests.faults.kinds import ALL, kind_of, told_of
from tests.faults.places import Ways
from tests.faults.row import KEEPS, LINKS, USUAL, Row
from tests.faults.storm import storm
from tests.faults.table import FORMATS, rows


def main(arguments: list[str]) -> int:
    """Make the table that is asked for."""
    asked = _asked(arguments)
    if asked.storm:
        return _storms(asked)
    table = list(_table(asked))
    written = FORMATS[asked.format](table)
    if asked.out:
        asked.out.write_text(written, encoding="utf-8")
    else:
        print(written)
    broken = [row for row in table if row.broken]
    print(f"{len(table)} rows; a law or a promise is broken in {len(broken)}", file=sys.stderr)
    for row in broken:
        print(
            f"  {row.stack}, {row.machine}: {row.fault} while {row.place}: {row.promise}; laws: {row.laws}",
            file=sys.stderr,
        )
    return 1 if broken else 0


def _asked(arguments: list[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m tests.faults", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--machine", action="append", help="one that is shipped, or all; may be given again")
    parser.add_argument("--level", type=Level, choices=list(Level), default=Level.INTERMEDIATE)
    parser.add_argument("--fault", action="append", help="only this kind, such as mute; may be given again")
    parser.add_argument("--place", action="append", help="only places with this in their name; may be given again")
    parser.add_argument("--part", default="1/1", metavar="K/N", help="the k-th of n parts")
    parser.add_argument("--out", type=Path, metavar="FILE")
    parser.add_argument("--format", choices=list(FORMATS), default="text")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--processes", action="store_true", help="also what kills the processes of a real session")
    parser.add_argument("--bluez", action="store_true", help="also what Bluetooth can show, in the guest")
    parser.add_argument("--storm", type=int, metavar="RUNS", help="instead: so many sessions with several faults")
    parser.add_argument("--seed", type=int, default=0, help="of the first storm")
    return parser.parse_args(arguments)


def _table(asked: Namespace) -> list[Row]:
    names = asked.machine or [USUAL, KEEPS]
    part, of = (int(number) for number in asked.part.split("/"))
    table: list[Row] = []
    for name in shipped_machines() if "all" in names else names:
        ways = Ways(name, asked.level)
        places = [one for one in ways.places if not asked.place or any(part in one.words for part in asked.place)]
        differs = ALL if asked.machine or name == USUAL else [one for one in ALL if kind_of(one) in LINKS]
        faults = [
            one for one in differs if not asked.fault or any(told_of(one).startswith(kind) for kind in asked.fault)
        ]
        table += rows(ways, faults, places[part - 1 :: of], asked.jobs)
    if asked.processes:
        table += processes.rows()
    if asked.bluez:
        table += bluez.rows()
    return table


def _storms(asked: Namespace) -> int:
    kinds: Counter[str] = Counter()
    machines = tuple(shipped_machines())
    for seed in range(asked.seed, asked.seed + asked.storm):
        text, broken = storm(seed, machines)
        for law in broken[:2]:
            kinds[law.split(" at ")[0]] += 1
            print(f"{text}\n    {law}", flush=True)
    print(f"{asked.storm} sessions: {dict(kinds)}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
