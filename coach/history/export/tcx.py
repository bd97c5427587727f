"""A session as a TCX activity: what every program reads, and people too. It knows no treadmill and no direction.

The order of elements is that of the schema (TrainingCenterDatabase v2, ActivityExtension v2). Backward laps say so in
their notes, and so does the activity. It knows no walking either: a walk is told as running unless it was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from coach.core.workout import ExtentUnit
from coach.history.export.activity import Activity, Sport
from coach.history.export.names import lap_name
from coach.history.lap import Lap, LapKind
from coach.history.track import Direction, Sample
from coach.tally import EXTENT, UNTIL

TCX: Final = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
EXTENSION: Final = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"
BACKWARD: Final = "BACKWARD"
MOST_BPM: Final = 254  # of a byte, as in FIT: diaries take no more
_RESTING: Final = frozenset({LapKind.REST, LapKind.START, LapKind.TURN, LapKind.PAUSE, LapKind.STOP})


def tcx_bytes(activity: Activity) -> bytes:
    """The file."""
    register_namespace("", TCX)
    register_namespace("ax", EXTENSION)
    root = Element(f"{{{TCX}}}TrainingCenterDatabase")
    sport = "Other" if activity.chosen and activity.sport is Sport.WALKING else "Running"
    told = _within(_within(root, "Activities"), "Activity", {"Sport": sport})
    _text(told, "Id", _time(activity.start))
    for lap, kcal in zip(activity.track.laps, activity.calories(), strict=True):
        _lap(told, activity, lap, kcal)
    _text(told, "Notes", _clean("\n".join(_notes(activity))))
    indent(root, " ")
    text: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text + b"\n"


def _notes(activity: Activity) -> Iterator[str]:
    yield activity.title
    yield activity.description
    if activity.backward():
        yield f"Laps with {BACKWARD} in their notes were run backward."


def _lap(told: Element, activity: Activity, lap: Lap, kcal: int) -> None:
    one = _within(told, "Lap", {"StartTime": _time(activity.at(lap.start_s))})
    _text(one, "TotalTimeSeconds", f"{lap.timer_s:.1f}")
    _text(one, "DistanceMeters", f"{lap.distance_m:.2f}")
    _text(one, "MaximumSpeed", f"{lap.max_speed_kmh / 3.6:.3f}")
    _text(one, "Calories", str(kcal))
    _heart(one, "AverageHeartRateBpm", lap.mean_bpm)
    _heart(one, "MaximumHeartRateBpm", lap.max_bpm)
    _text(one, "Intensity", "Resting" if lap.kind in _RESTING else "Active")
    _text(one, "TriggerMethod", _trigger(lap))
    for stretch in _stretches(activity.track.samples, lap, activity.track.end_s):
        track = _within(one, "Track")
        for sample in stretch:
            _point(track, activity, sample)
    way = f"{BACKWARD}: " if lap.direction is Direction.BACKWARD else ""
    _text(one, "Notes", f"{way}{lap_name(lap)}")


def _trigger(lap: Lap) -> str:
    if lap.row is not None and lap.ended_by == EXTENT:
        return "Time" if lap.row.segment.extent.unit is ExtentUnit.TIME else "Distance"
    return "HeartRate" if lap.ended_by == UNTIL else "Manual"


def _stretches(samples: Sequence[Sample], lap: Lap, end_s: float) -> Iterator[list[Sample]]:
    """The points of a lap, a track for each stretch in which the timer ran; its last second is the next lap's first."""
    stretch: list[Sample] = []
    for sample in samples[int(lap.start_s) : int(lap.end_s) + (lap.end_s == end_s)]:
        if not sample.paused:
            stretch.append(sample)
        elif not samples[int(sample.at_s) - 1].paused:
            yield [*stretch, sample]  # at which the timer was stopped
            stretch = []
    if stretch:
        yield stretch


def _point(track: Element, activity: Activity, sample: Sample) -> None:
    point = _within(track, "Trackpoint")
    _text(point, "Time", _time(activity.at(sample.at_s)))
    if sample.incline_pct is not None:
        _text(point, "AltitudeMeters", f"{round(sample.climb_m, 1) + 0.0:.1f}")
    _text(point, "DistanceMeters", f"{sample.distance_m:.2f}")
    _heart(point, "HeartRateBpm", sample.bpm)
    if sample.speed_kmh is not None:
        extension = SubElement(_within(point, "Extensions"), f"{{{EXTENSION}}}TPX")
        SubElement(extension, f"{{{EXTENSION}}}Speed").text = f"{sample.speed_kmh / 3.6:.3f}"


def _heart(of: Element, name: str, bpm: float | None) -> None:
    if bpm is not None:
        _text(_within(of, name), "Value", str(min(max(round(bpm), 1), MOST_BPM)))


def _within(of: Element, name: str, attributes: dict[str, str] | None = None) -> Element:
    return SubElement(of, f"{{{TCX}}}{name}", attributes or {})


def _text(of: Element, name: str, text: str) -> None:
    _within(of, name).text = text


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _clean(text: str) -> str:
    """Without the signs that no XML file may hold."""
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n")
