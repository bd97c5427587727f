"""`coach list`: the workouts that come with coach, and those of the own folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Final

import typer

from coach.cli import options
from coach.cli.app import complain, out
from coach.cli.stage import person
from coach.core.machine import MachineProfile
from coach.core.plan import make_plan
from coach.core.workout import Facing
from coach.script.check import Loaded, load
from coach.script.find import SUFFIXES, shipped

SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """A workout as the list tells it; lengths without turns."""

    name: str
    file: str
    title: str
    level: str | None
    planned_s: float
    backward_s: float
    turns: int
    description: str

    def facts(self) -> dict[str, object]:
        """The workout as JSON has it."""
        return {
            "name": self.name,
            "file": self.file,
            "title": self.title,
            "level": self.level,
            "planned_s": round(self.planned_s, 1),
            "minutes": round(self.planned_s / 60, 1),
            "backward_minutes": round(self.backward_s / 60, 1),
            "turns": self.turns,
            "description": self.description,
        }


def command(*, as_json: options.Json = False, runner: options.RunnerName = None) -> None:
    """List the workouts that come with coach, and those of your own folder."""
    who = person(runner)
    listed, broken = [], []
    for name in [*shipped(), *_own(who.folder)]:
        loaded = load(name, runner_params=who.params)
        if loaded.draft is None or loaded.workout is None:
            broken.append(loaded)
        else:
            listed.append(_listed(name, loaded))
    if as_json:
        out(json.dumps({"schema": SCHEMA, "workouts": [one.facts() for one in listed]}, ensure_ascii=False, indent=2))
    else:
        for line in table(listed):
            out(line)
    for loaded in broken:
        complain(f"{loaded.file}: has problems; coach check shows them")
    if broken:
        raise typer.Exit(1)


def table(listed: list[Listed]) -> Iterator[str]:
    """The list for a terminal of 80 columns."""
    yield f"{'WORKOUT':<22}{'LEVEL':<14}{'MINUTES':>7}{'BACKWARD':>10}{'TURNS':>7}"
    for one in listed:
        minutes, backward = f"{one.planned_s / 60:.0f}", f"{one.backward_s / 60:.3g}" if one.backward_s else "-"
        yield f"{one.name:<22}{one.level or '-':<14}{minutes:>7}{backward:>10}{one.turns or '-':>7}"
        if one.description:
            yield from wrap(one.description, 76, initial_indent="    ", subsequent_indent="    ")
    yield "Minutes are without the turns. `coach run WORKOUT` takes a name or a path."


def _listed(name: str, loaded: Loaded) -> Listed:
    workout = loaded.workout
    assert workout is not None
    rows = make_plan(workout, MachineProfile()).rows
    backward = [row for row in rows if row.segment.facing is Facing.BACKWARD and row.segment.target is not None]
    return Listed(
        name=Path(name).stem,
        file=loaded.file,
        title=workout.name,
        level=workout.level,
        planned_s=sum(row.planned_s or 0.0 for row in rows),
        backward_s=sum(row.planned_s or 0.0 for row in backward),
        turns=sum(row.turn for row in rows),
        description=" ".join(workout.description.split()),
    )


def _own(folder: Path | None) -> list[str]:
    if folder is None or not folder.is_dir():
        return []
    return sorted(str(path) for path in folder.iterdir() if path.suffix in SUFFIXES)
