"""A workout as flat YAML: every step in order, repeats and names worked out; turns, bridges and times are comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from coach.core.plan import Plan
from coach.core.workout import Facing, Level
from coach.script.outline import outline_of
from coach.script.write import write
from coach.show.facts import Facts, RowFacts
from coach.show.words import clock

FIRST: Final = "Times count turns and stops; comments are for you, coach does not read them."
SILENCED: Final = "as in the file that this was made from"
_TO: Final = {Facing.BACKWARD: "face the rear", Facing.FORWARD: "face the console"}


def flat(found: Facts, plan: Plan, level: Level | None = None) -> str:
    """The text of the flat workout; `level` is written in place of its own."""
    outline = outline_of(plan.workout)
    text = write(replace(outline, level=level or outline.level, comments=_comments(found)))
    return f"# coach: ignore[{', '.join(found.silenced)}] {SILENCED}\n{text}" if found.silenced else text


def _comments(found: Facts) -> dict[int, tuple[str, ...]]:
    """By the index of a step, lines above it; those of bridges stand above the step behind them."""
    told: dict[int, tuple[str, ...]] = {0: tuple(_first(found))}
    step, later = 0, ""
    for row in found.rows:
        told[step] = (*told.get(step, ()), *_lines(row, later))
        step += row.kind != "bridge"
        later = "+" if later or row.length_s is None else ""
    told[step] = (f"{clock(found.totals.length_s)}{later} end",)
    return told


def _first(found: Facts) -> Iterator[str]:
    yield FIRST
    if found.totals.turns or found.totals.rests:
        where = found.machine.name if found.machine.known else "a treadmill that nobody has tested"
        yield f"Turns and stops are as on {where}."
    if found.open_rows:
        yield "A time with + is the earliest: there is a step without an end before it."


def _lines(row: RowFacts, later: str) -> Iterator[str]:
    if row.stop is not None and row.stop.to is not None:
        yield f"{clock(row.stop.at_s)}{later} turn: {_TO[row.stop.to]}, {row.stop.length_s:.0f} s"
    elif row.stop is not None:
        yield f"{clock(row.stop.at_s)}{later} stop and start around the rest, {row.stop.length_s:.0f} s"
    if row.kind == "bridge":
        yield f"{clock(row.start_s)}{later} bridge: {row.extent} @ {row.speed_kmh:g} km/h"
    else:
        yield f"{clock(row.start_s)}{later}"
