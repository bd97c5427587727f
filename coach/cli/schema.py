"""`coach schema`: the JSON schema of workouts, or that of training plans."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coach.cli.app import out
from coach.script.schema import plan_schema, schema, text

Plan = Annotated[bool, typer.Option("--plan", help="The schema of training plans.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there; without this it is printed.")
]


def command(*, plan: Plan = False, output: Output = None) -> None:
    """Print the JSON schema (draft 7) of workouts; `coach editor-setup` says what an editor does with it."""
    made = text(plan_schema() if plan else schema())
    if output is None:
        out(made.removesuffix("\n"))
        return
    output.write_text(made, encoding="utf-8", newline="\n")
    out(f"{output} is written")
