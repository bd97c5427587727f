"""The table: rows of one machine in the order of its faults and places, and how they are written."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from io import StringIO
from multiprocessing import get_context
from types import MappingProxyType
from typing import Final

from coach.core.wish import Phase
from tests.faults.places import Place, Ways
from tests.faults.row import HEADS, Row, over, row
from tests.faults.run import runs

SAME: Final = ("stack", "machine")  # told above the rows, where they are the same in all


def rows(ways: Ways, faults: Sequence[str], places: Sequence[Place], jobs: int = 1) -> list[Row]:
    """All rows, by fault and then by place."""
    if jobs == 1:
        found = [_at(ways, place, tuple(faults)) for place in places]
    else:
        with ProcessPoolExecutor(jobs, get_context("fork")) as pool:
            found = list(pool.map(_at, [ways] * len(places), places, [tuple(faults)] * len(places)))
    return [of_place[index] for index in range(len(faults)) for of_place in found]


def _at(ways: Ways, place: Place, faults: tuple[str, ...]) -> list[Row]:
    machine = place.setting.machine or ways.machine
    if place.phase is Phase.ENDED:
        return [over(machine, fault, place) for fault in faults]
    without, *others = runs(ways, place, faults)
    return [row(machine, fault, place, without, run) for fault, run in zip(faults, others, strict=True)]


def text(table: Sequence[Row]) -> str:
    """A block for each fault, with columns as wide as they need to be."""
    lines: list[str] = []
    shown = {name: head for name, head in HEADS.items() if name != "fault"}
    wide = {name: max([len(head), *(len(getattr(one, name)) for one in table)]) for name, head in shown.items()}
    for fault in dict.fromkeys((one.stack, one.fault) for one in table):
        lines += [f"{fault[1]} ({fault[0]})", "  " + "  ".join(head.ljust(wide[name]) for name, head in shown.items())]
        for one in table:
            if (one.stack, one.fault) == fault:
                lines.append("  " + "  ".join(getattr(one, name).ljust(wide[name]) for name in shown))
        lines.append("")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def markdown(table: Sequence[Row]) -> str:
    """One table of a page."""
    lines = [f"| {' | '.join(HEADS.values())} |", "|" + "---|" * len(HEADS)]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in asdict(one).values())} |" for one in table]
    return "\n".join(lines) + "\n"


def comma_separated(table: Sequence[Row]) -> str:
    """For a spreadsheet."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADS.values())
    writer.writerows(asdict(one).values() for one in table)
    return file.getvalue()


FORMATS: Final[Mapping[str, Callable[[Sequence[Row]], str]]] = MappingProxyType(
    {"text": text, "markdown": markdown, "csv": comma_separated}
)


def gaps(table: Sequence[Row]) -> Iterator[str]:
    """Cells with nothing in them; there are none."""
    for one in table:
        for name, cell in asdict(one).items():
            if not cell.strip():
                yield f"{one.fault}, {one.place}: {name}"
