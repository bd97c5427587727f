"""The formats that are known: how each is recognised, and its module, which is imported when it is asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from coach.core.workout import Facing, Level, Workout
from coach.script.convert.ahead import forward_part
from coach.script.convert.fold import standing
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.mark import sounds_backward, tell
from coach.script.convert.pace import Paces
from coach.script.outline import Outline
from coach.script.source import LARGEST_BYTES


class Format(StrEnum):
    """How a workout is written down."""

    YAML = "yaml"
    ZWO = "zwo"
    QZ = "qz"
    ICU = "icu"
    FIT = "fit"


@dataclass(frozen=True, slots=True)
class Trait:
    """What is to be known of a format before its module is."""

    name: str  # for sentences
    suffixes: tuple[str, ...]  # of its files, the usual one first
    written: bool = True
    binary: bool = False


TRAITS: Final = {
    Format.YAML: Trait("YAML", (".yaml", ".yml")),
    Format.ZWO: Trait("Zwift", (".zwo",)),
    Format.QZ: Trait("QZ", (".xml",), written=False),
    Format.ICU: Trait("intervals.icu text", (".txt", ".icu")),
    Format.FIT: Trait("FIT", (".fit",), binary=True),
}

_PROLOGUE: Final = re.compile(  # what stands before the root has one way to be read: else many of them take for ever
    rb"\s*(?:<\?(?:(?!\?>).){0,1000}+\?>\s*|<!--(?:(?!-->).){0,4000}+-->\s*)*+<([A-Za-z_][\w.-]{0,60})", re.DOTALL
)
_YAML: Final = re.compile(rb"^(?:format[ \t]*:|steps[ \t]*:|# yaml-language-server)", re.MULTILINE)
_STEP: Final = re.compile(rb"^[ \t]*-[ \t]*\S.*[0-9]", re.MULTILINE)
_ROOTS: Final = {b"workout_file": Format.ZWO, b"rows": Format.QZ}


def format_of(raw: bytes, name: str) -> Format | None:
    """The format of a file, by its content and, where that tells nothing, by its name; None where neither does."""
    return _by_content(raw) or by_name(name) or (Format.ICU if _STEP.search(raw) else None)


def by_name(name: str) -> Format | None:
    """The format whose suffix a name has."""
    return next((one for one, trait in TRAITS.items() if name.lower().endswith(trait.suffixes)), None)


def _by_content(raw: bytes) -> Format | None:
    if raw[8:12] == b".FIT":
        return Format.FIT
    begin = raw.removeprefix(b"\xef\xbb\xbf")
    if root := _PROLOGUE.match(begin):
        return _ROOTS.get(root[1].lower())
    return Format.YAML if _YAML.search(begin) else None


def read(kind: Format, raw: bytes, paces: Paces, losses: Losses, *, name: str, level: Level | None = None) -> Outline:
    """A foreign workout as an outline; `name` is for one that has none, `level` for one with backward steps.

    Raises:
        ConvertError: it cannot be read, its speeds need a reference that is not known, or nobody knows which way a
            step faces.
    """
    if len(raw) > LARGEST_BYTES:
        raise ConvertError("the file is larger than 256 KB, the most that a workout has")
    outline = _read(kind, raw, paces, losses)
    for what, text in (("name", outline.name), ("description", outline.description)):
        if sounds_backward(text):
            losses.assumed(f"the {what} speaks of backward; only steps with their mark face the rear")
    if not outline.name.strip():
        losses.assumed(f"it has no name: it is called {name}")
        outline = replace(outline, name=name)
    if losses.forward_only:
        outline = forward_part(outline, losses)
    return _levelled(outline, level, losses)


def _read(kind: Format, raw: bytes, paces: Paces, losses: Losses) -> Outline:
    match kind:
        case Format.ZWO:
            from coach.script.convert import zwo

            return zwo.read(raw, paces, losses)
        case Format.QZ:
            from coach.script.convert import qz

            return qz.read(raw, paces, losses)
        case Format.ICU:
            from coach.script.convert import icu

            return icu.read(raw, paces, losses)
        case Format.FIT:
            from coach.script.convert import fit

            return fit.read(raw, paces, losses)
        case Format.YAML:
            raise ConvertError("this is a workout of coach already")


def _levelled(outline: Outline, level: Level | None, losses: Losses) -> Outline:
    """A workout with backward steps needs a level; without one it is the careful one that a shorthand has too."""
    if level is not None:
        return replace(outline, level=level)
    if outline.level is None and any(one.facing is Facing.BACKWARD for one in standing(outline.items)):
        losses.assumed(f"it names no level for its backward steps: {Level.BEGINNER}; --level says another")
        return replace(outline, level=Level.BEGINNER)
    return outline


def write(kind: Format, workout: Workout, losses: Losses, paces: Paces) -> bytes:
    """A workout in a foreign format; backward steps carry their mark, and what is left of a turn is told.

    Raises:
        ConvertError: the format cannot hold it, or needs a reference that is not known.
    """
    result = _write(kind, workout, losses, paces)
    if workout.backward:
        tell(workout, losses, TRAITS[kind].name)
    return result


def _write(kind: Format, workout: Workout, losses: Losses, paces: Paces) -> bytes:
    match kind:
        case Format.ZWO:
            from coach.script.convert import zwo_write

            return zwo_write.write(workout, losses, paces)
        case Format.ICU:
            from coach.script.convert import icu

            return icu.write(workout, losses, paces)
        case Format.FIT:
            from coach.script.convert import fit

            return fit.write(workout, losses, paces)
        case _:
            raise ConvertError(f"coach reads {TRAITS[kind].name} and does not write it")
