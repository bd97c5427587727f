"""Zwift's workout files (.zwo), for runs: speeds are shares of a reference, durations are seconds or metres.

A ride is refused: its powers are shares of a cyclist's watts. Programs write the format in dialects, so names are read
in any case, an incline as a share or as percent, and a cool-down from its faster to its slower end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from coach.core.workout import Extent, ExtentUnit, Facing, Head, Level, Segment, Target
from coach.script.compile import MOST_SEGMENTS
from coach.script.convert import xml
from coach.script.convert.event import (
    NAMES,
    Event,
    marked_by,
    read_events,
    rests,
    spread,
    unclear_events,
    with_cues,
)
from coach.script.convert.fold import folded, spoken, tidied
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.mark import names_backward, rear, unclear
from coach.script.convert.pace import Paces, Race
from coach.script.convert.xml import Element
from coach.script.outline import Item, Outline, Rounds, unrolled

MOST_SHARE: Final = 3.0  # of a reference; more is no share
FLATTEST: Final = 0.40  # an incline up to here is a share, beyond it percent
THRESHOLD_S: Final = (100.0, 1500.0)  # seconds a kilometre that can be a threshold
LEVEL: Final = "level "  # a tag that carries the level of a backward workout

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,12})?(?:[eE][+-]?[0-9]{1,2})?")
_ROOT: Final = frozenset(
    ("author", "name", "description", "sporttype", "durationtype", "tags", "thresholdsecperkm", "workout")
)
_PLAIN: Final = ("duration", "pace", "incline")
_KNOWN: Final = {  # what is read of each step
    "warmup": (*_PLAIN, "power", "powerlow", "powerhigh"),
    "cooldown": (*_PLAIN, "power", "powerlow", "powerhigh"),
    "ramp": (*_PLAIN, "power", "powerlow", "powerhigh"),
    "steadystate": (*_PLAIN, "power", "powerlow", "powerhigh"),
    "solidstate": (*_PLAIN, "power", "powerlow", "powerhigh"),
    "intervalst": (
        *("repeat", "onduration", "offduration", "onpower", "offpower", "pace", "incline"),
        *("poweronlow", "poweronhigh", "powerofflow", "poweroffhigh"),
    ),
    "freeride": ("duration", "incline", "flatroad"),
}
_RACES: Final = {str(index): race for index, race in enumerate(Race)}
_HEADS: Final = {"warmup": Head.WARM_UP, "cooldown": Head.COOL_DOWN}
_REFUSED: Final = {
    "restday": "is a rest day, on which there is nothing to run",
    "maxeffort": "is a MaxEffort, which says no speed: a belt cannot be told to go as fast as you can; "
    "make it a SteadyState",
}

_STEPS: Final = ("Warmup", "Cooldown", "Ramp", "SteadyState", "IntervalsT", "FreeRide")
_SPELT: Final = {
    "duration": "Duration", "power": "Power", "powerlow": "PowerLow", "powerhigh": "PowerHigh", "repeat": "Repeat",
    "onduration": "OnDuration", "offduration": "OffDuration", "onpower": "OnPower", "offpower": "OffPower",
    "incline": "Incline",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Frame:
    """What holds for all steps of a file."""

    paces: Paces
    losses: Losses
    metres: bool
    threshold_s: float | None  # of the file, seconds a kilometre

    def reference_kmh(self, element: Element, step: int) -> float:
        """The speed of which the powers of a step are shares."""
        text = element.values.get("pace", "").strip()
        if (race := _RACES.get(text)) is not None:
            return self.paces.race(race, f"{_at(element, step)} is relative to your {race} speed")
        if text:
            self.losses.assumed("a pace that Zwift does not know is taken for your threshold", step)
        elif self.threshold_s is None:
            self.losses.assumed("a step without a pace is relative to your threshold", step)
        if self.paces.threshold_kmh is None and self.threshold_s is not None:
            return 3600.0 / self.threshold_s
        return self.paces.threshold(f"{_at(element, step)} is relative to your threshold")

    def speed_kmh(self, element: Element, share: float, step: int) -> float:
        """A share of the reference; the reference itself is not rounded."""
        reference_kmh = self.reference_kmh(element, step)
        return reference_kmh if share == 1 else tidied(share * reference_kmh, self.losses, step)

    def extent(self, element: Element, key: str, step: int) -> Extent:
        """A length in metres or in seconds."""
        amount = _number(element, key, step)
        if amount is None:
            raise ConvertError(f"{_at(element, step)} has no {_spelt(key)}, so nobody knows how long it is")
        if amount <= 0:
            raise ConvertError(f"{_at(element, step)} has a {_spelt(key)} of {amount:g}; a step has a length above 0")
        return Extent(ExtentUnit.DISTANCE if self.metres else ExtentUnit.TIME, amount)


def read(raw: bytes, paces: Paces, losses: Losses) -> Outline:
    """A run as an outline.

    Raises:
        ConvertError: it is none, or a step cannot be read, or its speed needs a reference that is not known.
    """
    root = xml.parse(raw)
    if root.name != "workout_file":
        raise ConvertError(f"this is not a Zwift workout: it begins with <{root.written[:40]}> and not <workout_file>")
    _sport(root.first("sporttype"))
    frame = _Frame(paces, losses, _in_metres(root.first("durationtype"), losses), _threshold(root, paces, losses))
    for child in root.children:
        if child.name not in _ROOT:
            losses.lost(f"<{child.written[:40]}> has no place in a workout of coach")
    items = folded(tuple(_items(root, frame)))
    if not items:
        raise ConvertError("the workout has no steps")
    tags = tuple(tag for tag in _tags(root) if tag)
    level = _level(tags)
    return Outline(
        name=root.first("name"),
        items=items,
        level=level,
        description=root.first("description"),
        author=root.first("author"),
        tags=tuple(tag for tag in tags if tag != f"{LEVEL}{level}"),
    )


def _sport(sport: str) -> None:
    if "run" in sport.lower():
        return
    if not sport:
        raise ConvertError(
            "the workout names no sport, and Zwift takes it for a ride; if it is a run, write "
            "<sportType>run</sportType> into it"
        )
    raise ConvertError(
        f"the sport of this workout is {sport[:40]}: its powers are shares of watts and say nothing about a belt; "
        "coach reads those whose sportType is run"
    )


def _in_metres(kind: str, losses: Losses) -> bool:
    if kind.lower() in ("time", "distance"):
        return kind.lower() == "distance"
    said = (
        "the file does not say whether durations are metres or seconds" if not kind else f"durationType is {kind[:40]}"
    )
    losses.assumed(f"{said}: they are metres; for seconds write <durationType>time</durationType> into it")
    return True


def _threshold(root: Element, paces: Paces, losses: Losses) -> float | None:
    text = root.first("thresholdsecperkm")
    if not text:
        return None
    value = float(text) if _NUMBER.fullmatch(text) else 0.0
    if not THRESHOLD_S[0] <= value <= THRESHOLD_S[1]:
        losses.lost(f"thresholdSecPerKm is {text[:40]}, which is not a threshold")
        return None
    if paces.threshold_kmh is None:
        losses.assumed(f"your threshold is that of the file, {pace(value)}; give your own with --threshold")
    elif abs(3600 / value - paces.threshold_kmh) > 0.01 * paces.threshold_kmh:
        losses.assumed(f"shares are of your own threshold, not of {pace(value)}, which the file names")
    return value


def _tags(root: Element) -> Iterator[str]:
    for tags in root.named("tags"):
        for tag in tags.named("tag"):
            yield spoken(tag.values.get("name", "") or tag.text)


def _level(tags: Sequence[str]) -> Level | None:
    return next((level for level in Level if f"{LEVEL}{level}" in tags), None)


def _items(root: Element, frame: _Frame) -> Iterator[Item]:
    step = total = 0
    for workout in root.named("workout"):
        for element in workout.children:
            if element.name not in _KNOWN and element.name not in _REFUSED and "duration" not in element.values:
                xml.between(element, "the steps", frame.losses)
                continue
            step += 1
            items = _step(element, step, frame, MOST_SEGMENTS - total)
            total += sum(1 for _ in unrolled(items))
            yield from items


def _step(element: Element, step: int, frame: _Frame, most: int) -> tuple[Item, ...]:
    if element.name in _REFUSED:
        raise ConvertError(f"{_place(element, step)} {_REFUSED[element.name]}")
    if element.name not in _KNOWN:
        raise ConvertError(f"{_at(element, step)} is not a step that coach knows; there are {', '.join(_STEPS)}")
    if most < 1:
        raise _too_many(element, step)
    _leftovers(element, step, frame.losses)
    if element.name == "intervalst":
        return _intervals(element, step, frame, most)
    events = read_events(element, step, frame.losses)
    segment = with_cues(_segment(element, events, step, frame), events, step, frame.losses)
    if segment.facing is Facing.FORWARD and segment.target is not None:
        for name in _names(element):
            unclear(_at(element, step), name, frame.losses, step)
            segment = rear(segment)
    return (segment,)


def _names(element: Element) -> Iterator[str]:
    """What else a step is called, where that is about backward."""
    return filter(names_backward, element.said(_KNOWN[element.name], NAMES))


def _leftovers(element: Element, step: int, losses: Losses) -> None:
    known = _KNOWN[element.name]
    for key in element.values:
        if key not in known:
            losses.lost("the cadence" if key.startswith("cadence") else f"the attribute {key[:40]}", step)
    for child in element.children:
        if child.name not in NAMES:
            losses.lost(f"<{child.written[:40]}> within a step", step)


def _segment(element: Element, events: Sequence[Event], step: int, frame: _Frame) -> Segment:
    """One step; where it carries a mark, that says its speed, or that it has none."""
    extent = frame.extent(element, "duration", step)
    head = _HEADS.get(element.name, Head.FORWARD)
    if rests(events, extent):
        return Segment(Head.REST, Facing.FORWARD, extent)
    if (mark := marked_by(events)) is not None:
        return Segment(head, Facing.FORWARD, extent, Target(mark.speed_kmh, None, _incline(element, step)))
    if element.name == "freeride":
        easy_kmh = frame.paces.easy(f"{_at(element, step)} says no speed")
        frame.losses.assumed("a free step goes at your easy speed", step)
        return Segment(head, Facing.FORWARD, extent, Target(easy_kmh, None, _incline(element, step)))
    first, last = _shares(element, step, frame.losses)
    start_kmh = frame.speed_kmh(element, first, step)
    end_kmh = None if last == first else frame.speed_kmh(element, last, step)
    return Segment(head, Facing.FORWARD, extent, Target(start_kmh, end_kmh, _incline(element, step)))


def _shares(element: Element, step: int, losses: Losses) -> tuple[float, float]:
    """The shares at the start and at the end of a step."""
    low, high = _share(element, "powerlow", step), _share(element, "powerhigh", step)
    steady = _share(element, "power", step)
    if element.name in ("steadystate", "solidstate"):
        if steady is None and low is not None and high is not None:
            losses.changed("a range of powers is its middle", step)
            steady = (low + high) / 2
    elif low is not None and high is not None:
        if element.name == "cooldown" and low < high:
            losses.assumed("a cool-down goes from its faster to its slower end, whichever is named first", step)
        return (max(low, high), min(low, high)) if element.name == "cooldown" else (low, high)
    share = next((one for one in (steady, low, high) if one is not None), None)
    if share is None:
        raise ConvertError(f"{_at(element, step)} has no Power, so nobody knows how fast it is")
    return share, share


def _intervals(element: Element, step: int, frame: _Frame, most: int) -> tuple[Item, ...]:
    times = _number(element, "repeat", step)
    if times is None:
        frame.losses.assumed("intervals without a Repeat are done once", step)
        times = 1.0
    if times < 1 or times != int(times):
        raise ConvertError(f"{_at(element, step)} has a Repeat of {times:g}; it is a whole number from 1")
    if 2 * times > most:
        raise _too_many(element, step)
    sides = tuple(_side(element, side, step, frame) for side in ("on", "off"))
    events = read_events(element, step, frame.losses)
    for text in (*unclear_events(events), *_names(element)):
        unclear(_at(element, step), text, frame.losses, step)
        return (Rounds(int(times), tuple(map(rear, sides))),)
    if not events:
        return (Rounds(int(times), sides),)
    segments = sides * int(times)
    cued = [
        with_cues(one, due, step, frame.losses) for one, due in zip(segments, spread(segments, events), strict=True)
    ]
    return tuple(cued)


def _side(element: Element, side: str, step: int, frame: _Frame) -> Segment:
    extent = frame.extent(element, f"{side}duration", step)
    share = _share(element, f"{side}power", step)
    if share is None:
        low, high = _share(element, f"power{side}low", step), _share(element, f"power{side}high", step)
        if low is None or high is None:
            raise ConvertError(f"{_at(element, step)} has no {_spelt(side + 'power')}, so nobody knows how fast it is")
        frame.losses.changed("a range of powers is its middle", step)
        share = (low + high) / 2
    kmh = frame.speed_kmh(element, share, step)
    return Segment(Head.FORWARD, Facing.FORWARD, extent, Target(kmh, None, _incline(element, step)))


def _share(element: Element, key: str, step: int) -> float | None:
    value = _number(element, key, step)
    if value is None:
        return None
    if value > MOST_SHARE:
        raise ConvertError(
            f"{_at(element, step)} has a {_spelt(key)} of {value:g}, which is no share of a speed; write 0.85 for 85 %"
        )
    if value <= 0:
        raise ConvertError(f"{_at(element, step)} has a {_spelt(key)} of {value:g}, at which the belt stands")
    return value


def _incline(element: Element, step: int) -> float:
    value = _number(element, "incline", step) or 0.0
    return round(value * 100 if abs(value) <= FLATTEST else value, 4)


def _number(element: Element, key: str, step: int) -> float | None:
    text = element.values.get(key, "").strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise ConvertError(f'{_at(element, step)} has a {_spelt(key)} of "{spoken(text)[:40]}", which is not a number')
    return float(text)


def _place(element: Element, step: int) -> str:
    return f"step {step}, line {element.line},"


def _at(element: Element, step: int) -> str:
    return f"step {step} ({element.written[:40]}, line {element.line})"


def _too_many(element: Element, step: int) -> ConvertError:
    return ConvertError(
        f"{_at(element, step)} makes the workout longer than {MOST_SEGMENTS:,} steps, the most that it may have"
    )


def _spelt(key: str) -> str:
    return _SPELT.get(key, key)


def pace(seconds: float) -> str:
    """Seconds a kilometre as a pace."""
    return f"{round(seconds) // 60}:{round(seconds) % 60:02} /km"
