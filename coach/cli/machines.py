"""`coach machines`: the simulated treadmills, each with what is odd about it."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib.resources.abc import Traversable
from textwrap import wrap
from typing import Final

from coach.cli import options
from coach.cli.app import out
from coach.link.machine_file import SimMachine, about, load_machine, shipped_machines

SCHEMA: Final = 1


def command(*, as_json: options.Json = False) -> None:
    """List the simulated treadmills; --treadmill sim:NAME takes one."""
    shipped = shipped_machines()
    if as_json:
        machines = [_facts(name, source) for name, source in shipped.items()]
        out(json.dumps({"schema": SCHEMA, "machines": machines}, ensure_ascii=False, indent=2))
        return
    for name, source in shipped.items():
        first, *others = wrap(about(source), 56)
        out(f"{name:<22}{first}")
        for line in others:
            out(" " * 22 + line)
    out("Take one with --treadmill sim:NAME, or your own with --treadmill sim:FILE.toml.")


def _facts(name: str, source: Traversable) -> dict[str, object]:
    machine = load_machine(source)
    keys = {field.name: _plain(getattr(machine, field.name)) for field in fields(SimMachine) if field.name != "name"}
    return {"name": name, "advertises": machine.name, "description": about(source), **keys}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
