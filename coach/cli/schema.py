"""`coach schema`: the JSON schema of workouts, or that of training plans."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coach.cli.app import out
from coach.cli.placed import place, refuse_folder
from coach.script.schema import plan_schema, schema, text

Plan = Annotated[bool, typer.Option("--plan", help="The schema of training plans.")]
Output = Annotated[
    str | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there; without this it is printed.")
]


def command(*, plan: Plan = False, output: Output = None) -> None:
    """Print the JSON schema (draft 7) of workouts; `coach editor-setup` says what an editor does with it."""
    made = text(plan_schema() if plan else schema())
    if output is None:
        out(made.removesuffix("\n"))
        return
    refuse_folder(output)
    place(Path(output), made, over=True)
    out(f"{output} is written")
