"""Ten years of history: `python -m tests.bench.history [COUNT ...]` measures its index, lists, trends and memory.

Each figure is the time of the processor in a process of its own, the least of some, and the most memory that it had.
What is judged is how the time grows from the fewest sessions to the most, never how long it is. Sessions are those of
years.py; nothing of yours is read or written.
"""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.years import make, models

COUNTS = (300, 1000, 3000)
SLACK = 1.3  # over linear: the caches of a processor hold few sessions better than many
TIMES = 3
LEAST_S = 1.5  # that something is done again and again for, so that what is quick is not judged by a bad moment
WEEKS = 520
INSIDE = {  # what a process does with an open archive
    "index made anew": "archive.rebuild()",
    "opened, nothing new": "Archive().close()",
    "windows and trends": "trends(archive.windows(who='anna'))",
    "all sessions, what they allow": "standing(archive.of('anna', only=False), Own(), datetime.now(UTC))",
}
COMMANDS = {
    "coach history": ("history", "--runner", "anna"),
    "coach history --json": ("history", "--json"),
    f"coach report --weeks {WEEKS}": ("report", "--weeks", str(WEEKS), "--runner", "anna", "-o", "-"),
}
CODE = """
import sys
from datetime import UTC, datetime
from time import process_time
from coach.history.allowance import Own, standing
from coach.history.store import Archive
from coach.history.trend import trends
with Archive() as archive:
    took_s = []
    while len(took_s) < {times} or sum(took_s) < {least_s}:
        began_s = process_time()
        {act}
        took_s.append(process_time() - began_s)
print(min(took_s))
"""
# A small process between: the peak of a process has in it what was there before it was loaded, which is its parent's.
BETWEEN = """
import resource, subprocess, sys
run = subprocess.run([sys.executable, *sys.argv[1:]], check=True, stdout=subprocess.PIPE, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
print(run.stdout)
"""
SETTINGS = "[runner.anna]\n[runner.ben]\n"


@dataclass(frozen=True, slots=True)
class Taken:
    """What something took at a number of sessions."""

    seconds: float  # of the processor
    memory_mb: float  # at most, of the whole process


def main() -> int:
    """Measure, print a table, and say whether everything grows no worse than linearly."""
    parser = ArgumentParser(prog="python -m tests.bench.history", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("counts", nargs="*", type=int, metavar="COUNT", help="of sessions, ascending")
    counts = tuple(parser.parse_args().counts) or COUNTS
    kept = True
    print(f"{'':<32}" + "".join(f"{count:>16,}" for count in counts) + "   over linear")
    for what, taken in measured(counts):
        over = growth(counts, taken)
        kept = kept and over <= SLACK
        shown = "".join(f"{one.seconds:>8.3f} s{one.memory_mb:>4.0f} MB" for one in taken)
        print(f"{what:<32}{shown}   {over:.2f}, {'kept' if over <= SLACK else 'OVER'}")
    return 0 if kept else 1


def measured(counts: tuple[int, ...]) -> Iterator[tuple[str, list[Taken]]]:
    """Each of them at every number of sessions."""
    of = models()
    with TemporaryDirectory() as folder:
        homes = [Path(folder, str(count)) for count in counts]
        for home, count in zip(homes, counts, strict=True):
            make(home / "data" / "journals", count, of)
            (home / "config").mkdir()
            (home / "config" / "config.toml").write_text(SETTINGS)
        for what, act in INSIDE.items():
            yield what, [_inside(home, act) for home in homes]
        for what, words in COMMANDS.items():
            yield what, [_command(home, words) for home in homes]


def growth(counts: tuple[int, ...], taken: list[Taken]) -> float:
    """By how much more the most took than the fewest, over how many more they are: 1 is linear."""
    times = max(counts) / min(counts)
    return taken[-1].seconds / taken[0].seconds / times


def _inside(home: Path, act: str) -> Taken:
    used, found = _used(home, "-c", CODE.format(times=TIMES, least_s=LEAST_S, act=act))
    return Taken(float(found), used.memory_mb)


def _command(home: Path, words: tuple[str, ...]) -> Taken:
    taken = [_used(home, "-m", "coach", *words)[0] for _ in range(TIMES)]
    return Taken(min(one.seconds for one in taken), max(one.memory_mb for one in taken))


def _used(home: Path, *words: str) -> tuple[Taken, str]:
    """What a process used in all, and what it printed."""
    used, _, found = _run(home, "-c", BETWEEN, *words).partition("\n")
    seconds, memory_mb = map(float, used.split())
    return Taken(seconds, memory_mb), found


def _run(home: Path, *words: str) -> str:
    surroundings = {**os.environ, "COACH_HOME": str(home)}
    run = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, env=surroundings)
    if run.returncode:
        raise RuntimeError(run.stderr)
    return run.stdout


if __name__ == "__main__":
    sys.exit(main())
