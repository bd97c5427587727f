"""`coach config`: where the settings are, and what holds, each value with its origin."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Final

from coach import config
from coach.cli import options
from coach.cli.app import complain, out
from coach.places import PREFIX, config_file, journals

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else


def command(*, as_json: options.Json = False) -> None:
    """Show the settings in force and where each comes from."""
    file, found = config_file(), list(config.values(config.load()))
    if as_json:
        facts = [{"name": one.name, "value": _plain(one.value), "origin": one.origin} for one in found]
        told = {"schema": SCHEMA, "file": str(file), "exists": file.exists(), "values": facts}
        out(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        out(f"settings   {file}{'' if file.exists() else '  (there is none yet)'}")
        out(f"journals   {journals(simulated=True)}  (simulated sessions)")
        for one in found:
            out(f"{one.name:<34} {_shown(one.value):<16} {one.origin}")
        if not any(one.name.startswith("runner.") for one in found):
            out("no runner; write [runner.NAME] there, with birth_year, max_bpm, weight_kg, easy_kmh, level")
    for name in config.strays():
        complain(f"{name} sets nothing; variables of coach are {PREFIX}SOUND, {PREFIX}RUNNER__NAME__MAX_BPM and so on")


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path | date) else value


def _shown(value: object) -> str:
    if value is None or value == {}:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(f"{name} = {one}" for name, one in value.items()) if isinstance(value, dict) else str(value)
