"""Every budget, measured: `python -m tests.bench [--quick] [--only WORD] [--readme]`.

Rows come in the order of the table of budgets, then those of history and network. Nothing here is asserted in a test;
the exit code is 1 when a budget is missed, for those who want to know. It wants the machine for itself: about a quarter
of an hour, with --quick some minutes.
"""

from __future__ import annotations

import argparse
import sys

from tests.bench.row import Found, Row
from tests.bench.table import machine, markdown, measured


def main() -> int:
    """Measure, print each row when it is known, and say whether all budgets are kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds; what takes long is left out")
    parser.add_argument("--only", default="", metavar="WORD", help="rows that have this word")
    parser.add_argument("--readme", action="store_true", help="print the table of the README instead: all of it")
    asked = parser.parse_args()
    if asked.readme and (asked.quick or asked.only):
        parser.error("--readme is for all rows, measured in full: without --quick and --only")
    told = sys.stderr if asked.readme else sys.stdout
    print(machine(), file=told)
    rows: list[tuple[Row, Found]] = []
    for row, found in measured(asked.only, quick=asked.quick):
        rows.append((row, found))
        print(f"{row.what:78} {row.budget:>22}  {found.verdict:8}  {found.text}", file=told, flush=True)
    if asked.readme:
        print(*markdown(rows), sep="\n")
        for row, found in rows:
            if found.kept is None:
                print(f"not in the table, since it was left out: {row.what}", file=told)
    return 1 if not rows or any(found.kept is False for _, found in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
