"""TCX activities, read back by a reader as strict as the schema about what stands where, and how often."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element, fromstring

import pytest

from coach.core.workout import Facing
from coach.history.export.activity import Sport, activity
from coach.history.export.names import lap_name
from coach.history.export.tcx import EXTENSION, TCX, tcx_bytes
from coach.history.track import LapKind
from tests.history.export.played import SESSIONS, Session, active, play, played, renamed

NAMES = list(SESSIONS)
HOSTILE = "<b>&amp;\"'\x00\x08\x1b ]]>\ud800\ufffe\ufdd0 <!-- \u2028 --> \N{RUNNER} <?xml ?>"


class Child(NamedTuple):
    """An element within another: its name, and how often it may stand there."""

    name: str
    least: int = 1
    most: int = 1


MANY: Final = 1_000_000
WHOLE: Final = re.compile(r"\d+")
DECIMAL: Final = re.compile(r"-?\d+(\.\d+)?")
INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ANYTHING: Final = re.compile(r"(?s).+")
SCHEMA: Final[
    Mapping[str, Sequence[Child]]
] = {  # TrainingCenterDatabase v2 and ActivityExtension v2, what is used here
    "TrainingCenterDatabase": [Child("Activities")],
    "Activities": [Child("Activity")],
    "Activity": [Child("Id"), Child("Lap", 1, MANY), Child("Notes", 0)],
    "Lap": [
        Child("TotalTimeSeconds"),
        Child("DistanceMeters"),
        Child("MaximumSpeed", 0),
        Child("Calories"),
        Child("AverageHeartRateBpm", 0),
        Child("MaximumHeartRateBpm", 0),
        Child("Intensity"),
        Child("TriggerMethod"),
        Child("Track", 0, MANY),
        Child("Notes", 0),
    ],
    "Track": [Child("Trackpoint", 1, MANY)],
    "Trackpoint": [
        Child("Time"),
        Child("AltitudeMeters", 0),
        Child("DistanceMeters", 0),
        Child("HeartRateBpm", 0),
        Child("Extensions", 0),
    ],
    "Extensions": [Child("TPX")],
    "TPX": [Child("Speed")],
    "AverageHeartRateBpm": [Child("Value")],
    "MaximumHeartRateBpm": [Child("Value")],
    "HeartRateBpm": [Child("Value")],
}
TEXTS: Final = {
    "Id": INSTANT,
    "Time": INSTANT,
    "TotalTimeSeconds": DECIMAL,
    "DistanceMeters": DECIMAL,
    "MaximumSpeed": DECIMAL,
    "AltitudeMeters": DECIMAL,
    "Speed": DECIMAL,
    "Calories": WHOLE,
    "Value": WHOLE,
    "Intensity": re.compile("Active|Resting"),
    "TriggerMethod": re.compile("Manual|Distance|Location|Time|HeartRate"),
    "Notes": ANYTHING,
}
ATTRIBUTES: Final = {"Activity": ("Sport", re.compile("Running|Biking|Other")), "Lap": ("StartTime", INSTANT)}


def checked(element: Element) -> Element:
    """An element, when all that is in it stands where the schema has it."""
    name = local(element)
    attribute = ATTRIBUTES.get(name)
    assert set(element.attrib) == ({attribute[0]} if attribute else set())
    assert attribute is None or attribute[1].fullmatch(element.attrib[attribute[0]])
    assert element.tag == f"{{{EXTENSION if name in ('TPX', 'Speed') else TCX}}}{name}"
    if name not in SCHEMA:
        assert len(element) == 0
        assert TEXTS[name].fullmatch(element.text or ""), f"{name}: {element.text!r}"
        return element
    assert not (element.text or "").strip()
    left = [local(child) for child in element]
    for child in SCHEMA[name]:
        count = next((place for place, one in enumerate(left) if one != child.name), len(left))
        assert child.least <= count <= child.most, f"{name}: {count} of {child.name}"
        left = left[count:]
    assert left == [], f"{name}: {left}"
    for child_element in element:
        checked(child_element)
    return element


def local(element: Element) -> str:
    """Its name without its space."""
    return element.tag.rpartition("}")[2]


def read(raw: bytes) -> Element:
    """The activity of a file."""
    root = checked(fromstring(raw))
    return root[0][0]


def all_of(element: Element, *path: str) -> list[Element]:
    """The elements at a path."""
    return element.findall("/".join(f"{{{TCX}}}{name}" for name in path))


def text(element: Element, *path: str) -> str:
    """The text of the only element at a path."""
    (found,) = all_of(element, *path)
    return found.text or ""


def when(stamp: str) -> datetime:
    """An instant."""
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_as_the_schema_has_it(name: str) -> None:
    raw = tcx_bytes(active(name))
    assert raw.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase xmlns=')
    assert read(raw).attrib["Sport"] == "Running"


@pytest.mark.parametrize("name", NAMES)
def test_laps_add_up_to_the_session(name: str) -> None:
    told, ran = read(tcx_bytes(active(name))), active(name).track
    laps = all_of(told, "Lap")
    assert sum(float(text(lap, "TotalTimeSeconds")) for lap in laps) == ran.timer_s
    assert sum(round(float(text(lap, "DistanceMeters")) * 100) for lap in laps) == round(ran.distance_m * 100)
    assert sum(int(text(lap, "Calories")) for lap in laps) == sum(active(name).calories())


@pytest.mark.parametrize("name", NAMES)
def test_points_are_a_second_apart_and_their_distance_never_falls(name: str) -> None:
    told, ran = read(tcx_bytes(active(name))), active(name).track
    points = all_of(told, "Lap", "Track", "Trackpoint")
    metres = [float(text(point, "DistanceMeters")) for point in points]
    assert metres[0] == 0
    assert metres[-1] == ran.distance_m
    assert all(before <= after for before, after in pairwise(metres))
    times = [when(text(point, "Time")) for point in points]
    assert all(before < after for before, after in pairwise(times))
    assert len(points) == len(ran.recorded)
    for track in all_of(told, "Lap", "Track"):
        inside = [when(text(point, "Time")) for point in all_of(track, "Trackpoint")]
        steps = {(after - before).total_seconds() for before, after in pairwise(inside)}
        assert steps <= {1.0, *(1 + sleep.gap_s for sleep in ran.sleeps)}


@pytest.mark.parametrize("name", NAMES)
def test_points_stand_in_the_lap_of_their_time(name: str) -> None:
    told = read(tcx_bytes(active(name)))
    laps = all_of(told, "Lap")
    begins = [when(lap.attrib["StartTime"]) for lap in laps]
    assert when(text(told, "Id")) == begins[0]
    for lap, from_, to in zip(laps[:-1], begins, begins[1:], strict=False):
        assert all(from_ <= when(text(point, "Time")) < to for point in all_of(lap, "Track", "Trackpoint"))


@pytest.mark.parametrize("name", NAMES)
def test_backward_laps_say_so_and_no_others(name: str) -> None:
    told, ran = read(tcx_bytes(active(name))), active(name).track
    notes = [text(lap, "Notes") for lap in all_of(told, "Lap")]
    assert notes == [f"{'BACKWARD: ' if lap.kind is LapKind.BACKWARD else ''}{lap_name(lap)}" for lap in ran.laps]
    faced_rear = any(row.segment.facing is Facing.BACKWARD for row in played(name).recording.plan.rows)
    assert ("BACKWARD" in text(told, "Notes")) is any("BACKWARD" in note for note in notes)
    assert faced_rear or "BACKWARD" not in text(told, "Notes")


def test_a_pause_parts_the_track_of_a_lap() -> None:
    told = read(tcx_bytes(active("pauses")))
    paused = [lap for lap in all_of(told, "Lap") if text(lap, "Notes") == "PAUSE"]
    assert [len(all_of(lap, "Track")) for lap in paused] == [2, 2]


def test_turns_and_rests_are_resting() -> None:
    for name in ("backward, many turns", "rests"):
        for lap, one in zip(all_of(read(tcx_bytes(active(name))), "Lap"), active(name).track.laps, strict=True):
            ran = one.row is not None and one.row.segment.target is not None
            assert text(lap, "Intensity") == ("Active" if ran else "Resting")


@pytest.mark.parametrize(
    ("name", "triggers"),
    [
        ("distances", ["Manual", "Distance", "Distance", "Distance", "Manual"]),
        ("skip", ["Manual", "Manual", "Time", "Time", "Manual"]),
    ],
)
def test_a_lap_says_what_ended_it(name: str, triggers: list[str]) -> None:
    told = read(tcx_bytes(active(name)))
    assert [text(lap, "TriggerMethod") for lap in all_of(told, "Lap")] == triggers


def test_a_row_that_the_heart_ended_says_so() -> None:
    one = active("no heart")
    first, run, last = one.track.laps
    by_heart = replace(one, track=replace(one.track, laps=(first, replace(run, ended_by="until"), last)))
    assert text(all_of(read(tcx_bytes(by_heart)), "Lap")[1], "TriggerMethod") == "HeartRate"


def test_without_a_strap_there_is_no_heart_rate() -> None:
    raw = tcx_bytes(active("no heart"))
    assert b"HeartRate" not in raw.replace(b"TriggerMethod>HeartRate", b"")


def test_the_title_and_the_description_are_the_notes() -> None:
    one = active("distances")
    assert text(read(tcx_bytes(one)), "Notes") == f"{one.title}\n{one.description}"


@pytest.mark.parametrize("name", [HOSTILE, "\x00", "ü" * 3000])
def test_whatever_a_workout_is_called_the_file_can_be_read(name: str) -> None:
    one = activity(renamed(played("no heart").recording, name))
    notes = text(read(tcx_bytes(one)), "Notes")
    assert notes == f"{one.title}\n{one.description}"
    assert all(sign.isprintable() or sign == "\n" for sign in notes)


@pytest.mark.parametrize(("sport", "told"), [(None, "Running"), (Sport.RUNNING, "Running"), (Sport.WALKING, "Other")])
def test_a_walk_is_running_unless_it_was_chosen(sport: Sport | None, told: str) -> None:
    one = activity(played("no heart").recording, sport=sport)
    assert read(tcx_bytes(one)).attrib["Sport"] == told


def test_a_session_that_nobody_ran_says_so() -> None:
    one = activity(play(Session("1min @ 6"), simulated=True).recording)
    assert text(read(tcx_bytes(one)), "Notes").startswith("SIMULATED: ")
