"""The workout in a FIT activity: a step for each row that ran and for what lies between two, to give laps names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coach.core.rules import mean_kmh
from coach.core.workout import ExtentUnit
from coach.history.export.activity import Activity, Sport
from coach.history.export.fit_file import File, Kind, Values
from coach.history.export.names import lap_name
from coach.history.lap import Lap, LapKind

SPORTS: Final = {Sport.RUNNING: 1, Sport.WALKING: 11}
TREADMILL: Final = 1  # the sub-sport
LONGEST_BYTES: Final = 200  # of a text; a field has 255
_ACTIVE, REST, _WARM_UP, _COOL_DOWN, _RECOVERY, _INTERVAL = range(6)  # how hard a lap is meant to be
INTENSITIES: Final = {
    LapKind.WARM_UP: _WARM_UP,
    LapKind.COOL_DOWN: _COOL_DOWN,
    LapKind.FORWARD: _ACTIVE,
    LapKind.BACKWARD: _INTERVAL,
    LapKind.BRIDGE: _RECOVERY,
}
_FOR_TIME, _FOR_DISTANCE, _UNTIL_PRESSED = 0, 1, 5  # how long a step is
_AT_SPEED, _AT_ANYTHING = 0, 2
_AROUND: Final = 0.05  # a speed of a step is a range of so much on either side


def add_workout(file: File, activity: Activity) -> None:
    """Put the workout behind the other messages, as it was run."""
    laps = activity.track.laps
    places = step_places(laps)
    first = dict(zip(reversed(places), reversed(laps), strict=True))
    sport = SPORTS[activity.sport]
    title: Values = {"wkt_name": text_of(activity.workout), "sport": sport, "sub_sport": TREADMILL}
    file.add(Kind.WORKOUT, {**title, "num_valid_steps": len(first)})
    for place, lap in sorted(first.items(), key=lambda one: one[0]):
        file.add(Kind.WORKOUT_STEP, {"message_index": place, **_step(lap)})


def step_places(laps: Sequence[Lap]) -> tuple[int, ...]:
    """For each lap which step it is: a row that was interrupted is one step."""
    places: dict[tuple[LapKind, int], int] = {}
    return tuple(places.setdefault((lap.kind, lap.number), len(places)) for lap in laps)


def _step(lap: Lap) -> Values:
    step: Values = {"wkt_step_name": lap_name(lap), "intensity": INTENSITIES.get(lap.kind, REST)}
    if lap.row is None or lap.row.segment.target is None:
        goal: Values = {"target_type": _AT_ANYTHING, "target_value": 0}
    else:
        middle = mean_kmh(lap.row.segment) / 0.0036  # mm/s
        around = middle * _AROUND
        low_high: Values = {
            "custom_target_value_low": round(middle - around),
            "custom_target_value_high": round(middle + around),
        }
        goal = {"target_type": _AT_SPEED, "target_value": 0, **low_high}
    return {**step, **_extent(lap), **goal}


def _extent(lap: Lap) -> Values:
    extent = None if lap.row is None else lap.row.segment.extent
    if extent is None or extent.unit is ExtentUnit.OPEN:
        return {"duration_type": _UNTIL_PRESSED}
    if extent.unit is ExtentUnit.TIME:
        return {"duration_type": _FOR_TIME, "duration_value": max(round(extent.amount * 1000), 1)}
    return {"duration_type": _FOR_DISTANCE, "duration_value": max(round(extent.amount * 100), 1)}


def text_of(text: str) -> str:
    """As much of a printable text as a field takes."""
    shown = "".join(sign for sign in text if sign.isprintable())
    return shown.encode(errors="ignore")[:LONGEST_BYTES].decode(errors="ignore")
