"""`coach check`: every problem of workout files, with its place and its fix."""

from __future__ import annotations

import json
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import out
from coach.cli.stage import located, person
from coach.script.check import Loaded, load

SCHEMA: Final = 1

Files = Annotated[
    list[str], typer.Argument(metavar="WORKOUT...", help="Paths, names from `coach list`, or quoted shorthands.")
]


def command(
    workouts: Files,
    *,
    as_json: options.Json = False,
    setting: options.Sets = None,
    level: options.Row = None,
    runner: options.RunnerName = None,
) -> None:
    """Check workouts; the exit code is 1 where one has an error."""
    given, who = options.settings(setting), person(runner)
    checked = [load(located(one, who.folder), sets=given, runner_params=who.params, level=level) for one in workouts]
    problems = [problem.facts() for loaded in checked for problem in loaded.problems]
    if as_json:
        out(json.dumps({"schema": SCHEMA, "problems": problems}, ensure_ascii=False, indent=2))
    else:
        for loaded in checked:
            out(_told(loaded))
    if any(loaded.errors for loaded in checked):
        raise typer.Exit(1)


def _told(loaded: Loaded) -> str:
    errors, warnings = len(loaded.errors), len(loaded.problems) - len(loaded.errors)
    if not loaded.problems:
        return f"{loaded.file}: no problems"
    counted = [_counted(errors, "error")] * bool(errors) + [_counted(warnings, "warning")] * bool(warnings)
    return f"{loaded.rendered()}\n{loaded.file}: {', '.join(counted)}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
