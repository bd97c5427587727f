"""Text events within a step, as Zwift and QZ write them: cues of the author, and marks of backward steps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Final

from coach.core.rules import mean_kmh
from coach.core.workout import Extent, ExtentUnit, Facing, Head, Say, SayAt, Segment, Target
from coach.script.convert.fold import spoken
from coach.script.convert.loss import Losses
from coach.script.convert.mark import (
    Marked,
    bids_backward,
    own_cue,
    read_mark,
    read_rest,
)
from coach.script.convert.prose import facing as facing_of
from coach.script.convert.xml import Element

NAMES: Final = ("textevent", "textnotification")
_TEXTS: Final = ("message", "text")
_PLACES: Final = {"timeoffset": False, "offset": False, "distoffset": True}  # whether it counts metres
_NUMBER: Final = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,9})?")
_CLOCK: Final = re.compile(r"([0-9]{1,3}):([0-9]{2})(?::([0-9]{2}))?")


@dataclass(frozen=True, slots=True)
class Event:
    """A text, and when it is due: seconds or metres from the start of its step."""

    amount: float
    text: str
    metres: bool = False


def read_events(element: Element, step: int, losses: Losses) -> list[Event]:
    """The texts within a step, in the order in which they are due."""
    events = []
    for child in element.named(*NAMES):
        text = spoken(next((child.values[key] for key in _TEXTS if child.values.get(key)), child.text))
        key = next((key for key in _PLACES if key in child.values), "timeoffset")
        amount = seconds(child.values.get(key, "0"))
        if not text:
            losses.lost("a text event without a text", step)
        elif amount is None:
            losses.assumed(f"the text event with an unreadable {key} is due at the start of the step", step)
            events.append(Event(0.0, text))
        else:
            events.append(Event(amount, text, _PLACES[key]))
        if "duration" in child.values:
            losses.changed("texts are spoken, for how long they are shown is left out", step)
    return sorted(events, key=lambda event: event.amount)


def seconds(text: str) -> float | None:
    """A plain number, or minutes and seconds with a colon; None where it is neither."""
    if _NUMBER.fullmatch(text.strip()):
        return float(text)
    clock = _CLOCK.fullmatch(text.strip())
    if clock is None:
        return None
    parts = [int(part) for part in clock.groups() if part is not None]
    return float(parts[0] * 3600 + parts[1] * 60 + parts[2] if len(parts) == 3 else parts[0] * 60 + parts[1])


def spread(segments: Sequence[Segment], events: Iterable[Event]) -> list[list[Event]]:
    """Events that count from the start of several segments, given to the one in which each is due."""
    found: list[list[Event]] = [[] for _ in segments]
    for event in events:
        index, amount = 0, event.amount
        while index + 1 < len(segments) and amount >= (length := _length(segments[index], metres=event.metres)):
            index, amount = index + 1, amount - length
        found[index].append(replace(event, amount=round(amount, 3)))
    return found


def with_cues(segment: Segment, events: Sequence[Event], step: int, losses: Losses) -> Segment:
    """The segment with its cues; where a text at its start is the mark of a backward step or of a rest, it is that.

    Raises:
        ConvertError: a text bids to go backward and is no mark at the start, so nobody knows which way it faces.
    """
    facing, texts = _unmarked(segment, events)
    if facing.facing is Facing.FORWARD and facing.target is not None:
        facing = facing_of(facing, f"step {step}", (), [event.text for event in texts], step, losses)
    cues: dict[tuple[SayAt, float], str] = {}
    for event in texts:
        if event.amount > 0 and event.amount >= _certain(segment, metres=event.metres):
            losses.lost("a text that is due after the end of its step", step)
            continue
        moment = SayAt.AT_M if event.metres else SayAt.AT_S
        key = (SayAt.START, 0.0) if event.amount == 0 else (moment, event.amount)
        text = event.text if (own := own_cue(event.text)) is None else own
        if key in cues:
            losses.changed("texts that are due at the same moment are one", step)
        cues[key] = f"{cues[key]} {text}" if key in cues else text
    return replace(facing, say=tuple(Say(at, amount, text) for (at, amount), text in cues.items()))


def unclear_events(events: Iterable[Event]) -> Iterator[str]:
    """The texts that bid to go backward; one that was made harmless does not."""
    return (event.text for event in events if own_cue(event.text) is None and bids_backward(event.text))


def marked_by(events: Sequence[Event]) -> Marked | None:
    """The mark of a backward step, where one text at its start is one."""
    mark = _mark(events)
    return None if mark is None else read_mark(mark.text)


def rests(events: Sequence[Event], extent: Extent) -> bool:
    """A text at the start is the mark of a rest, and the step has a time."""
    mark = _mark(events)
    return mark is not None and read_rest(mark.text) is not None and extent.unit is ExtentUnit.TIME


def _mark(events: Sequence[Event]) -> Event | None:
    """The mark at the start of a step; two of which one is backward say nothing."""
    at_start = (event for event in events if event.amount == 0)
    marks = [event for event in at_start if read_mark(event.text) or read_rest(event.text) is not None]
    alone = len(marks) == 1 or not any(read_mark(event.text) for event in marks)
    return marks[0] if marks and alone else None


def _unmarked(segment: Segment, events: Sequence[Event]) -> tuple[Segment, Sequence[Event]]:
    found = _mark(events)
    if found is not None and (mark := read_mark(found.text)) is not None:
        incline_pct = segment.target.incline_pct if segment.target is not None else 0.0
        target = Target(mark.speed_kmh, mark.end_kmh, incline_pct)
        segment = replace(segment, head=Head.BACKWARD, facing=Facing.BACKWARD, target=target, heart=None)
        return segment, _without(events, found, mark.cue)
    if found is not None and rests(events, segment.extent):
        segment = replace(segment, head=Head.REST, target=None, heart=None)
        return segment, _without(events, found, read_rest(found.text) or "")
    return segment, events


def _without(events: Sequence[Event], mark: Event, cue: str) -> Sequence[Event]:
    """The events, that with the mark with only the cue behind it."""
    behind = [replace(mark, text=cue)] if cue else []
    return [*behind, *(event for event in events if event is not mark)]


def _certain(segment: Segment, *, metres: bool) -> float:
    """The length of a segment in the unit in which it has one; in the other nobody knows before it is run."""
    certain = segment.extent.unit is (ExtentUnit.DISTANCE if metres else ExtentUnit.TIME)
    return segment.extent.amount if certain else inf


def _length(segment: Segment, *, metres: bool) -> float:
    """How long a segment is, in seconds or in metres; endless where nobody can know."""
    extent, metres_per_s = segment.extent, mean_kmh(segment) / 3.6
    if extent.unit is (ExtentUnit.DISTANCE if metres else ExtentUnit.TIME):
        return extent.amount
    if metres_per_s <= 0 or extent.unit not in (ExtentUnit.TIME, ExtentUnit.DISTANCE):
        return inf
    return extent.amount * metres_per_s if metres else extent.amount / metres_per_s
