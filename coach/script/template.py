"""Workouts to begin with: commented files in coach/templates, which teach the language as they go."""

from __future__ import annotations

import json
import re
from enum import Enum
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from coach.script.schema import FILE, TITLE, schema, text
from coach.script.write import scalar
from coach.written import write_file

USUAL: Final = "intervals"
NO_SCHEMA: Final = f"{FILE} cannot be put beside it, so editors do not know the language there"
_NAME: Final = re.compile(r"^name: .*$", re.MULTILINE)
_DESCRIPTION: Final = re.compile(r"^description: (.*)$", re.MULTILINE)


class Beside(Enum):
    """What became of the schema in the folder of a new workout."""

    WRITTEN = "written"
    RENEWED = "renewed"
    LEFT = "left"
    FAILED = "failed"  # it cannot be put there; editors do without


def templates() -> dict[str, str]:
    """What each template is, in one line, by its name."""
    there = {path.name.removesuffix(".yaml"): path for path in _home().iterdir() if path.name.endswith(".yaml")}
    return {name: _described(path.read_text(encoding="utf-8")) for name, path in sorted(there.items())}


def filled(template: str, name: str) -> str:
    """The text of a new workout of that name."""
    whole = (_home() / f"{template}.yaml").read_text(encoding="utf-8")
    return _NAME.sub(lambda _: f"name: {scalar(name)}", whole, count=1)


def file_name(name: str) -> str:
    """A name as a file has it, without its suffix: My tempo, my-tempo; nothing where no letter or digit is in it."""
    return re.sub(r"[\W_]+", "-", name.lower()).strip("-")


def spoken_name(stem: str) -> str:
    """The stem of a file as the name of its workout: my-tempo, My tempo."""
    words = " ".join(re.sub("[-_]+", " ", stem).split())
    return words[:1].upper() + words[1:]


def put_schema(folder: Path) -> Beside:
    """Write the schema into the folder of a workout, over an older one of ours; a file of somebody else is left."""
    file, ours = folder / FILE, text(schema())
    try:
        if file.exists() and not file.is_file():
            return Beside.FAILED
        there = file.read_text(encoding="utf-8") if file.exists() else None
        if there is not None and (there == ours or not _is_ours(there)):
            return Beside.LEFT
        write_file(file, ours.encode(), over=there is not None)
    except (ValueError, FileExistsError):  # no UTF-8, or somebody else was faster
        return Beside.LEFT
    except (OSError, RuntimeError):  # a loop of links
        return Beside.FAILED
    return Beside.WRITTEN if there is None else Beside.RENEWED


def _is_ours(there: str) -> bool:
    try:
        held = json.loads(there)
    except ValueError:
        return False
    return isinstance(held, dict) and held.get("title") == TITLE


def _described(whole: str) -> str:
    found = _DESCRIPTION.search(whole)
    return found[1] if found else ""


def _home() -> Traversable:
    return files("coach") / "templates"
