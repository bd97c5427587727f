"""What formats without a place for it carry in plain words: the level of a workout and the incline of a step.

The text of a step is its mark (mark.py), its incline and its cue: "Backward 3.0 km/h. Incline 1 %. Short steps."
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from coach.core.workout import Facing, Head, HeartRange, HeartUnit, Level, Segment, Target, Workout
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.mark import (
    CUE,
    REST,
    Marked,
    backward_mark,
    bids_backward,
    harmless,
    marked,
    names_backward,
    own_cue,
    read_mark,
    read_rest,
    rear,
    sounds_backward,
    unclear,
)
from coach.script.convert.pace import Paces
from coach.script.field import read_bound, read_heart
from coach.script.problem import UnreadableError, number
from coach.script.segment import FASTEST_KMH, STEEPEST_PCT

AROUND: Final = 2.0  # beats or percent on either side of a single heart rate
DIFFERS_KMH: Final = 0.05  # two speeds that a belt would tell apart

_NUMBER: Final = r"([0-9]{1,2}(?:\.[0-9]{1,2})?)"
_INCLINE: Final = re.compile(rf"Incline {_NUMBER}(?: to {_NUMBER})? %(?:\. (.*))?")
_WARM: Final = re.compile(r"\bwarm(?:ing)?[ -]?up\b", re.IGNORECASE)
_COOL: Final = re.compile(r"\b(?:cool|warm)(?:ing)?[ -]?down\b", re.IGNORECASE)
_PLAIN: Final = re.compile(r"main ?set|warm(?:ing)?[ -]?up|cool(?:ing)?[ -]?down", re.IGNORECASE)
_LEVEL: Final = re.compile(rf"Level: ({'|'.join(Level)})(?:\.(?: (.*))?)?")


@dataclass(frozen=True, slots=True)
class Said:
    """What the text of a step says about it."""

    cue: str
    mark: Marked | None = None  # it is a backward step
    rest: bool = False  # the belt stands
    incline_pct: float = 0.0
    end_incline_pct: float | None = None
    only_cue: bool = False  # the text says of itself that it is a cue, and not the name of the step


def text_of(segment: Segment, cue: str, *, incline: bool) -> str:
    """The text of a step at its start; with its incline where the format has no other place for it."""
    if segment.target is None:
        return marked(REST, _behind(cue))
    slope = _incline(segment.target) if incline else ""
    if segment.facing is Facing.BACKWARD:
        return marked(backward_mark(segment), marked(slope, _behind(cue)) if slope else _behind(cue))
    return marked(slope, harmless(cue)) if slope else harmless(cue)


def _behind(cue: str) -> str:
    """A cue behind a mark, where only an incline and what was made harmless mean something."""
    return harmless(cue) if cue.startswith(CUE) or _INCLINE.fullmatch(cue) else cue


def read_text(text: str, place: str) -> Said:
    """What the text of a step says; `place` is where it stands, for the message.

    Raises:
        ConvertError: it is the mark of a backward step at a speed that no workout may ask for.
    """
    if (cue := read_rest(text)) is not None:
        return Said(spoken_cue(cue), rest=True)
    mark = read_mark(text)
    cue = text if mark is None else mark.cue
    for kmh in () if mark is None else (mark.speed_kmh, mark.end_kmh):
        if kmh is not None:
            within_reach(kmh, place)
    slope = _INCLINE.fullmatch(cue)
    if slope is None or max(float(slope[1]), float(slope[2] or 0)) > STEEPEST_PCT:
        return Said(spoken_cue(cue), mark, only_cue=own_cue(cue) is not None)
    cue = slope[3] or ""
    first, last = float(slope[1]), float(slope[2]) if slope[2] else None
    return Said(spoken_cue(cue), mark, False, first, last, only_cue=own_cue(cue) is not None)


def spoken_cue(text: str) -> str:
    """A cue as its author wrote it, whether or not it was made harmless."""
    return text if (own := own_cue(text)) is None else own


def backward(segment: Segment, said: Said) -> Segment:
    """The segment as the backward step that its mark makes it; the speed of the mark wins."""
    assert said.mark is not None
    incline_pct = said.incline_pct or (0.0 if segment.target is None else segment.target.incline_pct)
    target = Target(said.mark.speed_kmh, said.mark.end_kmh, incline_pct)
    return replace(segment, head=Head.BACKWARD, facing=Facing.BACKWARD, target=target, heart=None)


def tell_overruled(segment: Segment, ends_kmh: Sequence[float] | None, step: int, losses: Losses) -> None:
    """The mark of a backward step says another speed than its target; None: the target is no speed."""
    target = segment.target
    assert target is not None
    marks_kmh = (target.speed_kmh, target.speed_kmh if target.end_kmh is None else target.end_kmh)
    if ends_kmh is None or any(abs(end - mark) > DIFFERS_KMH for end, mark in zip(ends_kmh, marks_kmh, strict=False)):
        losses.changed("the speed of a backward step is the one in its name, not its target", step)


def facing(
    segment: Segment, place: str, names: Sequence[str], cues: Sequence[str], step: int, losses: Losses
) -> Segment:
    """A step without a mark: it faces the console, unless its names or its cues say that it may be a backward one.

    Raises:
        ConvertError: they do, and backward steps are not left out.
    """
    bidden = (cue for cue in cues if own_cue(cue) is None and bids_backward(cue))
    for text in (*filter(names_backward, names), *bidden):
        unclear(place, text, losses, step)
        return rear(segment)
    for text in (*names, *cues):
        tell_backward(text, step, losses)
    return segment


def tell_backward(cue: str, step: int, losses: Losses) -> None:
    """A text of a forward step may speak of backward; that alone makes it none."""
    if sounds_backward(cue):
        losses.assumed("a text speaks of backward; the step faces the console, since nothing else says so", step)


def within_reach(kmh: float, place: str) -> float:
    """A speed that a workout may ask for.

    Raises:
        ConvertError: it is not above 0, or faster than any workout may be.
    """
    if kmh <= 0:
        raise ConvertError(f"{place} has a speed of {number(kmh)} km/h, at which the belt stands")
    if kmh > FASTEST_KMH:
        raise ConvertError(
            f"{place} has a speed of {number(kmh)} km/h, above {number(FASTEST_KMH)} km/h, the most that a workout "
            "may have"
        )
    return kmh


def bounds_kmh(paces: Paces, place: str) -> tuple[float, float]:
    """The speeds between which the belt may follow a heart rate.

    Raises:
        ConvertError: they are not known, or none that a workout may ask for.
    """
    if paces.within_kmh is None:
        raise ConvertError(
            f"{place} is a heart rate, and between which speeds the belt may follow it is not known; "
            "give them with --within '5 .. 9 km/h'"
        )
    low_kmh, high_kmh = paces.within_kmh
    return within_reach(low_kmh, place), within_reach(high_kmh, place)


def heart_band(low: float, high: float, unit: HeartUnit, place: str, step: int, losses: Losses) -> HeartRange:
    """A band of heart rates; a single one is widened, since a belt cannot hold it.

    Raises:
        ConvertError: no heart beats so.
    """
    low, high = min(low, high), max(low, high)
    if low == high and unit is not HeartUnit.ZONE:
        losses.assumed(f"a single heart rate is a band from {number(AROUND)} below it to {number(AROUND)} above", step)
        low, high = low - AROUND, min(high + AROUND, 100.0) if unit is HeartUnit.MAX else high + AROUND
    ends = f"{number(low)}..{number(high)}"
    return _possible(read_heart, f"zone {ends}" if unit is HeartUnit.ZONE else f"{ends} {unit}", place)


def heart_bound(rate: float, unit: HeartUnit, place: str) -> HeartRange:
    """One heart rate, at which a step ends.

    Raises:
        ConvertError: no heart beats so.
    """
    return _possible(read_bound, f"{number(rate)} {unit}", place)


def _possible(reader: Callable[[str], HeartRange], text: str, place: str) -> HeartRange:
    try:
        return reader(text)
    except UnreadableError as wrong:
        raise ConvertError(f"{place} has a heart rate that cannot be: {wrong.message}") from wrong


def section(title: str) -> Head | None:
    """What a title says its steps are."""
    if _WARM.search(title):
        return Head.WARM_UP
    return Head.COOL_DOWN if _COOL.search(title) else None


def plain(title: str) -> bool:
    """A title that says nothing but the kind of its section."""
    return _PLAIN.fullmatch(title.strip(" .:")) is not None


def level_text(level: Level) -> str:
    """The words that carry the level of a workout."""
    return f"Level: {level}"


def read_level(text: str) -> tuple[Level | None, str]:
    """The level that a text begins with, and what comes behind it."""
    found = _LEVEL.fullmatch(text)
    return (None, text) if found is None else (Level(found[1]), found[2] or "")


def tell_lost(workout: Workout, losses: Losses, name: str) -> None:
    """What stands at the top of a workout and has no place in a format that knows a name and a description."""
    for what, there in (
        ("the purpose", workout.purpose),
        ("the source", workout.source),
        ("the author", workout.author),
        ("the language", workout.language),
        ("the tags", workout.tags),
        ("the highest heart rate", workout.heart_limit),
        ("the highest backward speed", workout.backward_limit_kmh),
        ("what is asked before and after", workout.ask),
    ):
        if there:
            losses.lost(f"{what} {'have' if what == 'the tags' else 'has'} no place in {name}")


def _incline(target: Target) -> str:
    if target.end_incline_pct is None:
        return f"Incline {number(target.incline_pct)} %" if target.incline_pct else ""
    return f"Incline {number(target.incline_pct)} to {number(target.end_incline_pct)} %"
