"""What the tests of the core run through, lines and branches: `python -m tests.covered [PYTEST OPTION…]`.

A gap is a line or a branch that no quick test of `tests/core` takes; options and folders add to them. Each must be
explained in UNREACHED; the exit code is 1 where one is not, or where an explanation is of something that a test does
take.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
CORE: Final = "coach/core"
TESTS: Final = (str(ROOT / "tests/core"), "-m", "not slow and not matrix")
ALL_NAMED: Final = (
    "every value of the type has its case, so that none is left to pass this last one by (mypy checks it)"
)
UNREACHED: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "coach/core/control.py": {
            "case Halt.HEARD: -> if not permit.facing.rear and control.sent.target_at_s > -inf"
            " and at_s - belt.link_at_s < READ_S:": ALL_NAMED,
        },
        "coach/core/cue.py": {
            "case SayAt.EVERY_S: -> for say in segment.say:": ALL_NAMED,
            "case SpokenUnit.PACE: -> the end": ALL_NAMED,
        },
        "coach/core/heart.py": {"case HeartUnit.ZONE: -> the end": ALL_NAMED},
        "coach/core/remote.py": {
            "case Verb.SAY: -> return replace(progress, answer=Answer(event.ticket, done=not why, why=why))": ALL_NAMED,
        },
        "coach/core/tell.py": {"case DueBy.LEFT: -> the end": ALL_NAMED},
    }
)
"""File, then what stands in the line (and where the branch leads, behind an arrow), then why no test goes there."""


@dataclass(frozen=True, slots=True)
class File:
    """What was reached of a file: lines and branches, and the gaps as they are written in UNREACHED."""

    name: str
    lines: tuple[int, int]  # reached, of so many
    branches: tuple[int, int]
    gaps: tuple[tuple[int, str], ...]  # line number and text


def main(arguments: list[str]) -> int:
    """Run the tests of the core, and print what they left out."""
    parser = ArgumentParser(prog="python -m tests.covered", description=(__doc__ or "").partition(":")[0])
    parser.epilog = "What else is said goes to pytest."
    _, arguments = parser.parse_known_args(arguments)
    files = tuple(measured(arguments))
    unexplained = 0
    for file in files:
        print(f"{file.name:32} {_share(file.lines)}  {_share(file.branches)}")
        known = UNREACHED.get(file.name, {})
        for line, text in file.gaps:
            unexplained += text not in known
            print(f"    {line:4}  {text}: {known.get(text, 'NOT EXPLAINED')}")
        for text in known.keys() - {text for _, text in file.gaps}:
            unexplained += 1
            print(f"          {text}: is explained, and reached or gone")
    lines = _sum(file.lines for file in files)
    branches = _sum(file.branches for file in files)
    print(f"{'all of ' + CORE:32} {_share(lines)}  {_share(branches)}  {unexplained} gaps not explained")
    return 1 if unexplained else 0


def measured(arguments: list[str]) -> Iterator[File]:
    """Each file of the core, by name.

    Raises:
        SystemExit: a test failed, and nothing is said of code that is wrong.
    """
    import coverage
    import pytest

    with TemporaryDirectory() as folder:
        watch = coverage.Coverage(data_file=None, branch=True, source=[str(ROOT / CORE)])
        watch.start()
        code = pytest.main(["-p", "no:cacheprovider", *TESTS, *arguments])
        watch.stop()
        if code:
            raise SystemExit(int(code))
        report = Path(folder) / "report.json"
        watch.json_report(outfile=str(report))
        told = json.loads(report.read_text("utf-8"))
    for name, found in sorted(told["files"].items()):
        yield _file(Path(name).resolve().relative_to(ROOT).as_posix(), found)


def _file(name: str, found: dict[str, Any]) -> File:
    summary, text = found["summary"], (ROOT / name).read_text("utf-8").splitlines()
    missing = set(found["missing_lines"])
    gaps = [(line, text[line - 1].strip()) for line in missing]
    for start, end in found["missing_branches"]:
        if start not in missing and end not in missing:
            leads = text[end - 1].strip() if end > 0 else "the end"
            gaps.append((start, f"{text[start - 1].strip()} -> {leads}"))
    return File(
        name,
        (summary["covered_lines"], summary["num_statements"]),
        (summary["covered_branches"], summary["num_branches"]),
        tuple(sorted(gaps)),
    )


def _sum(pairs: Iterator[tuple[int, int]]) -> tuple[int, int]:
    first, second = zip(*pairs, strict=True)
    return sum(first), sum(second)


def _share(pair: tuple[int, int]) -> str:
    reached, of = pair
    return f"{reached:4} of {of:4} {100 * reached / of if of else 100:6.2f} %"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
