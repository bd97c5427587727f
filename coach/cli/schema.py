"""`coach schema`: the JSON schema of workouts, that of training plans, or that of the payloads on MQTT."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from coach.cli.app import out
from coach.cli.placed import place, refuse_folder
from coach.script.schema import plan_schema, schema, text

Plan = Annotated[bool, typer.Option("--plan", help="The schema of training plans.")]
Mqtt = Annotated[bool, typer.Option("--mqtt", help="The schema of what is sent to an MQTT broker and read from it.")]
Output = Annotated[
    str | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there; without this it is printed.")
]


def command(*, plan: Plan = False, mqtt: Mqtt = False, output: Output = None) -> None:
    """Print the JSON schema (draft 7) of workouts; `coach editor-setup` says what an editor does with it."""
    if plan and mqtt:
        raise typer.BadParameter("--plan and --mqtt are two schemas; ask for one of them")
    made = text(_mqtt() if mqtt else plan_schema() if plan else schema())
    if output is None:
        out(made.removesuffix("\n"))
        return
    refuse_folder(output)
    place(Path(output), made, over=True)
    out(f"{output} is written")


def _mqtt() -> dict[str, Any]:  # JSON has no closer type
    from coach.network.schema import mqtt_schema

    return mqtt_schema()
