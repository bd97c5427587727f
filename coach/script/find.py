"""Where a workout is: a path, a shipped name, or a shorthand that is its own text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from coach.script.problem import Findings, Place, close_to, printable, quoted
from coach.script.source import LARGEST_BYTES

LONGEST_SHOWN: Final = 200  # characters of a path
SUFFIXES: Final = (".yaml", ".yml")
SHORTHAND: Final = "shorthand"  # the file before the problems of one
PLANS: Final = "plans"  # the folder of training plans, in that of the workouts
_SHORTHAND: Final = re.compile(r"[@(]|^\s*[0-9]|^\s*(rest|back|backward|forward|warm-up|cool-down)\s+[0-9]")


@dataclass(frozen=True, slots=True)
class Found:
    """A workout before it is read; raw is None where there is none, and the findings say why."""

    file: str
    raw: bytes | None = None
    shorthand: bool = False


def workouts_in(folder: Path) -> list[Path]:
    """What in a folder is named like a workout, in alphabetical order.

    Raises:
        OSError: the folder cannot be read.
    """
    return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)


def shipped() -> list[str]:
    """The names of the workouts that come with coach, in alphabetical order."""
    return sorted(item.name.removesuffix(".yaml") for item in home().iterdir() if item.name.endswith(".yaml"))


def shipped_plans() -> list[str]:
    """The names of the training plans that come with coach, in alphabetical order; no workout is among them."""
    folder = home() / PLANS
    names = (item.name for item in folder.iterdir()) if folder.is_dir() else ()
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def find(workout: str, findings: Findings) -> Found:
    """The bytes of a workout by path or shipped name, or the word that it is a shorthand."""
    name = workout.removesuffix(".yaml")
    if not _is_path(workout) and name in shipped():
        file = f"{name}.yaml"
        return Found(file, (home() / file).read_bytes())
    if not _is_file_name(workout) and _SHORTHAND.search(workout):
        return Found(SHORTHAND, shorthand=True)
    return _from_path(workout, findings)


def home() -> Traversable:
    """The folder of what is shipped: beside the modules in a wheel, beside the package in a checkout."""
    package = files("coach")
    inside = package / "workouts"
    return inside if inside.is_dir() else Path(str(package)).parent / "workouts"


def _is_path(workout: str) -> bool:
    return "/" in workout or "\\" in workout or _exists(workout)


def _is_file_name(workout: str) -> bool:
    return workout.endswith(SUFFIXES) or _exists(workout)


def _exists(workout: str) -> bool:
    try:
        return Path(workout).exists()
    except (OSError, ValueError):  # too long for a path, or with a NUL
        return False


def _from_path(workout: str, findings: Findings) -> Found:
    start = Place(1, 1)
    file = printable(workout) if len(workout) < LONGEST_SHOWN else printable(workout[:LONGEST_SHOWN]) + "…"
    if not workout.strip():
        findings.error(start, "no-such-workout", "no workout was named", "coach list shows those that come with coach")
        return Found("workout")
    try:
        path = Path(workout)
        if path.is_dir():
            findings.error(start, "not-a-file", f"{quoted(workout)} is a directory, not a workout")
            return Found(file)
        if path.exists() and not path.is_file():  # reading it might never end
            message = f"{quoted(workout)} is a pipe or a device, no plain file"
            findings.error(start, "not-a-file", message, "coach check - reads what is piped into it")
            return Found(file)
        with path.open("rb") as opened:
            return Found(file, opened.read(LARGEST_BYTES + 1))
    except FileNotFoundError:
        _unknown(workout, findings)
    except (OSError, ValueError) as refused:
        reason = refused.strerror if isinstance(refused, OSError) and refused.strerror else "it is not a path"
        findings.error(start, "unreadable-file", f"cannot read {quoted(workout)}: {reason.lower()}")
    return Found(file)


def _unknown(workout: str, findings: Findings) -> None:
    name = Path(workout).name.removesuffix(".yaml").lower()
    if name in shipped_plans():
        fix = f"{name} is a training plan: coach plan {name} says which workout comes next"
    else:
        fix = close_to(name, shipped()) or "coach list shows the workouts that come with coach"
    findings.error(Place(1, 1), "no-such-workout", f"there is no workout {quoted(workout)}", fix)
