"""Zwift's workout files (.zwo) as coach writes them: shares of the threshold, and seconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Final

from coach.core.plan import plan_anywhere
from coach.core.rules import mean_kmh
from coach.core.workout import ExtentUnit, Facing, Head, Say, SayAt, Segment, Target, Workout
from coach.script.convert import xml
from coach.script.convert.event import Event
from coach.script.convert.fold import spoken
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.mark import CUE, REST, backward_mark, harmless, marked
from coach.script.convert.pace import Paces
from coach.script.convert.zwo import LEVEL, THRESHOLD_S, pace

NAME: Final = "Zwift workouts"


@dataclass(frozen=True, slots=True)
class _Line:
    """A step as it is written; equal ones may be folded."""

    tag: str
    values: Mapping[str, str] = field(hash=False)
    events: tuple[Event, ...] = ()


def write(workout: Workout, losses: Losses, paces: Paces) -> bytes:
    """A run whose powers are shares of the runner's threshold and whose durations are seconds.

    Raises:
        ConvertError: the threshold is not known, or a step has no length.
    """
    why = "a Zwift workout knows no speeds, only shares of your threshold"
    threshold_s = float(round(3600.0 / paces.threshold(why)))
    if not THRESHOLD_S[0] <= threshold_s <= THRESHOLD_S[1]:
        raise ConvertError(f"{pace(threshold_s)} is not a threshold; give yours with --threshold '4:40 /km'")
    _headless(workout, losses)
    lines = [
        _line(segment, seconds, step, threshold_s, losses) for step, (segment, seconds) in enumerate(_timed(workout), 1)
    ]
    return ("\n".join(_file(workout, threshold_s, lines)) + "\n").encode()


def _headless(workout: Workout, losses: Losses) -> None:
    """What the head of a Zwift file has no place for."""
    for what, there in (
        ("the purpose is not in it", workout.purpose),
        ("the source is not in it", workout.source),
        ("the language of the texts is not in it", workout.language),
        ("the questions before and after are not in it", workout.ask),
        ("the limit of the heart rate is not in it", workout.heart_limit),
        ("the limit of the backward speed is not in it", workout.backward_limit_kmh),
    ):
        if there:
            losses.lost(what)


def _timed(workout: Workout) -> Iterator[tuple[Segment, float]]:
    """Each segment with its seconds, as they are planned."""
    rows = plan_anywhere(workout).written
    for step, (segment, row) in enumerate(zip(workout.segments, rows, strict=True), 1):
        if row.planned_s is None:
            raise ConvertError(f"step {step} goes on until you say so, and a step of {NAME} has a length; give it one")
        yield segment, row.planned_s


def _line(segment: Segment, seconds: float, step: int, threshold_s: float, losses: Losses) -> _Line:
    duration_s = max(round(seconds), 1)
    if segment.extent.unit is not ExtentUnit.TIME:
        losses.changed("a distance is the time that it takes", step)
    elif abs(duration_s - seconds) > 1e-6:
        losses.changed("its length is rounded to whole seconds", step)
    if segment.heart is not None:
        losses.lost("the belt does not follow the heart, it keeps the speed at which the step starts", step)
    if segment.until is not None:
        losses.lost("the heart rate that ends the step early", step)
    if segment.mark is not None and segment.extent.unit is ExtentUnit.TO_MARK:
        losses.lost("the name of the place from which distances count", step)
    events = tuple(sorted(_events(segment, duration_s, step, losses), key=lambda event: (event.metres, event.amount)))
    if segment.target is None:
        losses.changed(f'{NAME} know no standing belt: a rest is a free step named "{REST}"', step)
        return _Line("FreeRide", {"Duration": str(duration_s), "FlatRoad": "1"}, events)
    return _moving(segment, segment.target, duration_s, threshold_s, step, losses, events)


def _moving(
    segment: Segment,
    target: Target,
    duration_s: int,
    threshold_s: float,
    step: int,
    losses: Losses,
    events: tuple[Event, ...],
) -> _Line:
    first = target.speed_kmh * threshold_s / 3600
    last = first if target.end_kmh is None else target.end_kmh * threshold_s / 3600
    values = {"Duration": str(duration_s)}
    tag = {Head.WARM_UP: "Warmup", Head.COOL_DOWN: "Cooldown"}.get(segment.head, "")
    if tag == "Cooldown" and last > first:
        losses.changed("a cool-down that gets faster is a plain ramp", step)
        tag = ""
    if tag or last != first:
        tag, values = tag or "Ramp", values | {"PowerLow": _fraction(first), "PowerHigh": _fraction(last)}
    else:
        tag, values = "SteadyState", values | {"Power": _fraction(first)}
    incline_pct = target.incline_pct
    if target.end_incline_pct is not None:
        losses.changed("a ramp of the incline is its middle", step)
        incline_pct = (target.incline_pct + target.end_incline_pct) / 2
    if incline_pct:
        values["Incline"] = _fraction(incline_pct / 100)
    return _Line(tag, values, events)


def _events(segment: Segment, duration_s: int, step: int, losses: Losses) -> Iterator[Event]:
    mark = REST if segment.target is None else backward_mark(segment) if segment.facing is Facing.BACKWARD else ""
    start = " ".join(filter(None, (spoken(cue.text) for cue in segment.say if cue.at is SayAt.START)))
    if mark:
        yield Event(0.0, marked(mark, _behind(start, step, losses)))
    elif start:
        yield Event(0.0, _harmless(start, step, losses))
    long_m = segment.extent.amount if segment.extent.unit is ExtentUnit.DISTANCE else inf
    for cue in segment.say:
        for event in _due(cue, segment, duration_s):
            if event.amount >= (long_m if event.metres else duration_s):
                losses.lost("a cue that is due after the end of its step", step)
            elif spoken(event.text):
                safe = _behind if mark and event.amount else _harmless
                yield replace(event, text=safe(event.text, step, losses))


def _harmless(text: str, step: int, losses: Losses) -> str:
    """A cue that would come back as the mark of another step stands behind a word that says what it is."""
    safe = harmless(text)
    if safe != spoken(text):
        losses.changed(f'a cue that reads like the name of another step begins with "{CUE.strip()}"', step)
    return safe


def _behind(text: str, step: int, losses: Losses) -> str:
    """A cue of a step with a mark, where no other can be taken for one."""
    line = spoken(text)
    return _harmless(line, step, losses) if line.startswith(CUE) else line


def _due(cue: Say, segment: Segment, duration_s: int) -> Iterator[Event]:
    """When a cue is due, counted from the start of its step."""
    spaced = segment.extent.unit is ExtentUnit.DISTANCE
    long_m = segment.extent.amount if spaced else mean_kmh(segment) / 3.6 * duration_s
    match cue.at:
        case SayAt.HALF:
            yield Event(float(round(duration_s / 2)), cue.text)
        case SayAt.AT_S:
            yield Event(float(round(cue.amount)), cue.text)
        case SayAt.BEFORE_END_S:
            yield Event(float(max(round(duration_s - cue.amount), 0)), cue.text)
        case SayAt.AT_M:
            yield Event(float(round(cue.amount)), cue.text, metres=True)
        case SayAt.BEFORE_END_M:
            yield Event(float(max(round(long_m - cue.amount), 0)), cue.text, metres=True)
        case SayAt.EVERY_S:
            for count in range(1, int(duration_s / cue.amount) + 1):
                if count * cue.amount < duration_s:
                    yield Event(float(round(count * cue.amount)), cue.text)


def _file(workout: Workout, threshold_s: float, lines: Sequence[_Line]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<workout_file>"
    yield f"  {xml.whole('author', workout.author)}"
    yield f"  {xml.whole('name', workout.name)}"
    yield f"  {xml.whole('description', workout.description)}"
    yield "  <sportType>run</sportType>"
    yield "  <durationType>time</durationType>"
    yield f"  <thresholdSecPerKm>{threshold_s:.0f}</thresholdSecPerKm>"
    tags = [*workout.tags, *([f"{LEVEL}{workout.level}"] if workout.level is not None else [])]
    if tags:
        yield "  <tags>"
        yield from (f"    {xml.opening('tag', {'name': tag}, closed=True)}" for tag in tags)
        yield "  </tags>"
    yield "  <workout>"
    for line in _with_intervals(lines):
        yield from _element(line)
    yield "  </workout>"
    yield "</workout_file>"


def _element(line: _Line) -> Iterator[str]:
    yield f"    {xml.opening(line.tag, line.values, closed=not line.events)}"
    for event in line.events:
        key = "distoffset" if event.metres else "timeoffset"
        yield f"      {xml.opening('textevent', {key: f'{event.amount:.0f}', 'message': event.text}, closed=True)}"
    if line.events:
        yield f"    </{line.tag}>"


def _with_intervals(lines: Sequence[_Line]) -> Iterator[_Line]:
    """Two plain steps that alternate become one IntervalsT, which is how Zwift's own files have them."""
    at = 0
    while at < len(lines):
        pair = lines[at : at + 2]
        times = 1
        while lines[at + 2 * times : at + 2 * times + 2] == pair:
            times += 1
        if times > 1 and all(one.tag == "SteadyState" and not one.events and len(one.values) == 2 for one in pair):
            on, off = (one.values for one in pair)
            values = {"Repeat": str(times), "OnDuration": on["Duration"], "OffDuration": off["Duration"]}
            yield _Line("IntervalsT", values | {"OnPower": on["Power"], "OffPower": off["Power"]})
            at += 2 * times
        else:
            yield lines[at]
            at += 1


def _fraction(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
