"""A session as a FIT activity, through fit-tool, which nothing else of the history imports.

Messages stand in the order of time, the summaries last. Values are set as they stand in the file: whole numbers in the
units of the profile. What laps have is the difference of what records have, so that everything adds up exactly. Running
backward is no negative speed: it stands in the developer field `direction` of records and laps, in the names of the
workout's steps, and in `backward_time` and its likes of the session.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final, TypeAlias

from coach.core.heart import Source
from coach.core.workout import ExtentUnit
from coach.history.export.activity import Activity, ExportError
from coach.history.export.fit_file import File, Kind, Own, Owned, Value, Values
from coach.history.export.fit_workout import INTENSITIES, REST, SPORTS, TREADMILL, add_workout, step_places, text_of
from coach.history.export.names import lap_name
from coach.history.lap import LAP, Lap
from coach.history.track import Sample
from coach.tally import EXTENT, SKIP, STOP

EPOCH_S: Final = 631_065_600  # of FIT: a day before the year 1990, in seconds since 1970
DEVELOPMENT: Final = 255  # the manufacturer of those that have no number
PRODUCT: Final = 25_186  # of coach among them; others may have the same, so its name is told as well
NAME: Final = "coach"
STRAP: Final = "heart strap"
MOST_LAPS: Final = 0xFFF  # the index of a message has twelve bits
MOST_BPM: Final = 254  # of a byte whose 255 means none
HIGHEST_GRADE_PCT: Final = 100.0  # more is no hill that a diary takes
_ACTIVITY_FILE: Final = 4  # of the FIT profile's file types
_CREATOR: Final = 0  # the index of a device: what wrote the file
_LOCAL, _BLUETOOTH = 5, 3  # where a device's word comes from
_HEART: Final = 1  # the type of a device on Bluetooth
_TIMER, _LAP, _WHOLE = 0, 9, 26  # events
_START, _STOP, _STOP_ALL = 0, 1, 4
_BY_TIME, _BY_DISTANCE, _BY_HAND, _AT_END, _BY_MACHINE = 1, 2, 0, 7, 8  # what ended a lap


def fit_bytes(activity: Activity) -> bytes:
    """The file.

    Raises:
        ExportError: FIT cannot hold it.
    """
    if len(activity.track.laps) > MOST_LAPS:
        raise ExportError(f"the session has {len(activity.track.laps):,} laps; a FIT file holds {MOST_LAPS:,}")
    file = File()
    _begin(file, activity)
    add_workout(file, activity)
    for _, _, kind, values, own in sorted(_course(activity), key=lambda one: one[:2]):
        file.add(kind, values, own)
    _end(file, activity)
    return file.bytes()


# What and whose it is


def _begin(file: File, activity: Activity) -> None:
    start = _at(activity, activity.track.start_s)
    file.add(
        Kind.FILE_ID,
        {
            "type": _ACTIVITY_FILE,
            "manufacturer": DEVELOPMENT,
            "product": PRODUCT,
            "serial_number": activity.serial,
            "time_created": start,
            "product_name": NAME,
        },
    )
    creator: Values = {
        "manufacturer": DEVELOPMENT,
        "product": PRODUCT,
        "serial_number": activity.serial,
        "software_version": _version(activity.version),
    }
    for index, device in enumerate(_devices(activity)):
        own = creator if index == _CREATOR else {}
        file.add(Kind.DEVICE_INFO, {"timestamp": start, "device_index": index, **own, **device})
    file.describe(_version(activity.version))


def _at(activity: Activity, at_s: float) -> int:
    """An instant of the session in the time of FIT."""
    return activity.clock_s(at_s) - EPOCH_S


def _devices(activity: Activity) -> Iterator[Values]:
    yield {"source_type": _LOCAL, "product_name": NAME}
    yield {"source_type": _BLUETOOTH, "product_name": text_of(activity.summary.machine) or "treadmill"}
    if activity.track.heart is Source.STRAP:
        yield {"source_type": _BLUETOOTH, "device_type": _HEART, "product_name": STRAP}


def _version(text: str) -> int:
    """A version as FIT shows it, with two decimals: 1.4.2 is 1.04."""
    numbers = [int(part) for part in text.split(".")[:2] if part.isdecimal()] + [0, 0]
    return min(numbers[0] * 100 + min(numbers[1], 99), 0xFFFE)


# What happened, in the order of time

_Placed: TypeAlias = tuple[int, int, Kind, Values, Owned]  # instant, and place among those of the same instant
_FROM, _SECOND, _LAP_OVER, _UNTIL = range(4)


def _course(activity: Activity) -> Iterator[_Placed]:
    yield from _timer(activity)
    climbs = any(one.incline_pct for one in activity.track.samples)
    grades = any(one.incline_pct is not None for one in activity.track.samples)
    for sample in activity.track.recorded:
        at = _at(activity, sample.at_s)
        values: dict[str, Value] = {
            "timestamp": at,
            "distance": _cm(sample.distance_m),
            "enhanced_speed": None if sample.speed_kmh is None else _mm_s(sample.speed_kmh),
        }
        if activity.track.heart is not None:
            values["heart_rate"] = _bpm(sample.bpm)
        if grades:
            values["grade"] = _grade(sample.incline_pct)
        if climbs:
            values["enhanced_altitude"] = max(round((sample.climb_m + 500) * 5), 0)
        yield at, _SECOND, Kind.RECORD, values, {Own.DIRECTION: int(sample.direction)}
    places = step_places(activity.track.laps)
    for index, (lap, kcal) in enumerate(zip(activity.track.laps, activity.calories(), strict=True)):
        own: Owned = {Own.DIRECTION: int(lap.direction), Own.STEP: lap_name(lap)}
        last = index + 1 == len(activity.track.laps)
        told = _lap(activity, lap, kcal, last=last)
        values = {"message_index": index, "wkt_step_index": places[index], **told}
        yield _at(activity, lap.end_s), _LAP_OVER, Kind.LAP, values, own


def _timer(activity: Activity) -> Iterator[_Placed]:
    """Where the timer was started and stopped: at the ends, in pauses, and where the computer slept."""
    track = activity.track
    yield _event(_at(activity, track.start_s), stops=False)
    for from_s, to_s in _away(activity):
        yield _event(from_s, stops=True)
        yield _event(to_s, stops=False)
    yield _event(_at(activity, track.end_s), stops=True)


def _away(activity: Activity) -> Iterator[tuple[int, int]]:
    track = activity.track
    for pause in track.pauses:
        yield _at(activity, pause.start_s), _at(activity, pause.end_s)
    for sleep in track.sleeps:
        paused = any(pause.start_s < sleep.at_s <= pause.end_s for pause in track.pauses)
        if track.start_s < sleep.at_s <= track.end_s and not paused:
            awake = _at(activity, sleep.at_s)
            yield awake - round(sleep.gap_s), awake


def _event(at: int, *, stops: bool) -> _Placed:
    values: Values = {"timestamp": at, "event": _TIMER, "event_type": _STOP_ALL if stops else _START, "event_group": 0}
    return at, _UNTIL if stops else _FROM, Kind.EVENT, values, {}


def _lap(activity: Activity, lap: Lap, kcal: int, *, last: bool) -> Values:
    return {
        "timestamp": _at(activity, lap.end_s),
        "event": _LAP,
        "event_type": _STOP,
        "start_time": _at(activity, lap.start_s),
        **_lengths(lap.elapsed_s, lap.timer_s, lap.moving_s, lap.distance_m),
        "total_calories": kcal,
        "enhanced_avg_speed": _mm_s(lap.mean_speed_kmh),
        "enhanced_max_speed": _mm_s(max(lap.max_speed_kmh, lap.mean_speed_kmh)),
        "avg_heart_rate": _bpm(lap.mean_bpm),
        "max_heart_rate": _bpm(lap.max_bpm),
        "intensity": INTENSITIES.get(lap.kind, REST),
        "lap_trigger": _AT_END if last else _trigger(lap),
        "sport": SPORTS[activity.sport],
        "sub_sport": TREADMILL,
    }


def _trigger(lap: Lap) -> int:
    """What ended a lap: a time, a distance, the runner's hand, or else the machine's own way."""
    if lap.row is None:
        return _BY_MACHINE
    unit = lap.row.segment.extent.unit
    if lap.ended_by in (LAP, SKIP, STOP) or unit is ExtentUnit.OPEN:
        return _BY_HAND
    if lap.ended_by == EXTENT:
        return _BY_TIME if unit is ExtentUnit.TIME else _BY_DISTANCE
    return _BY_MACHINE


def _lengths(elapsed_s: float, timer_s: float, moving_s: float, distance_m: float) -> Values:
    return {
        "total_elapsed_time": round(elapsed_s * 1000),
        "total_timer_time": round(timer_s * 1000),
        "total_moving_time": round(moving_s * 1000),
        "total_distance": _cm(distance_m),
    }


# Summaries


def _end(file: File, activity: Activity) -> None:
    track = activity.track
    end, sport = _at(activity, track.end_s), SPORTS[activity.sport]
    up_m, down_m = _climbs(track.recorded)
    beats = [one.bpm for one in track.recorded if one.bpm is not None]
    fastest_kmh = max(lap.max_speed_kmh for lap in track.laps)
    mean_kmh = track.distance_m / track.timer_s * 3.6 if track.timer_s > 0 else 0.0
    session: Values = {
        "message_index": 0,
        "timestamp": end,
        "event": _LAP,
        "event_type": _STOP,
        "start_time": _at(activity, track.start_s),
        "sport": sport,
        "sub_sport": TREADMILL,
        **_lengths(track.elapsed_s, track.timer_s, activity.moving_s, track.distance_m),
        "total_calories": sum(activity.calories()),
        "enhanced_avg_speed": _mm_s(mean_kmh),
        "enhanced_max_speed": _mm_s(max(fastest_kmh, mean_kmh)),
        "avg_heart_rate": _bpm(sum(beats) / len(beats) if beats else None),
        "max_heart_rate": _bpm(max(beats, default=None)),
        "total_ascent": round(up_m),
        "total_descent": round(down_m),
        "first_lap_index": 0,
        "num_laps": len(track.laps),
        "trigger": 0,
    }
    file.add(Kind.SESSION, session, _backward(activity))
    whole: Values = {
        "timestamp": end,
        "total_timer_time": round(track.timer_s * 1000),
        "num_sessions": 1,
        "type": 0,
        "event": _WHOLE,
        "event_type": _STOP,
        "local_timestamp": end + round((activity.began.utcoffset() or timedelta()).total_seconds()),
    }
    file.add(Kind.ACTIVITY, whole)


def _backward(activity: Activity) -> Owned:
    back = activity.backward()
    return {
        Own.BACKWARD_TIME: round(sum(lap.timer_s for lap in back)),
        Own.BACKWARD_DISTANCE: sum(lap.distance_m for lap in back),
        Own.TURN_COUNT: activity.turns,
        Own.KCAL_BACKWARD: round(sum(lap.kcal for lap in back)),
    }


def _climbs(samples: Sequence[Sample]) -> tuple[float, float]:
    """Metres up and down."""
    steps = [after.climb_m - before.climb_m for before, after in pairwise(samples)]
    return sum(step for step in steps if step > 0), -sum(step for step in steps if step < 0)


# Values as they stand in the file


def _cm(metres: float) -> int:
    return max(round(metres * 100), 0)


def _mm_s(kmh: float) -> int:
    return max(round(kmh / 0.0036), 0)


def _bpm(bpm: float | None) -> int | None:
    return None if bpm is None else min(max(round(bpm), 1), MOST_BPM)


def _grade(incline_pct: float | None) -> int | None:
    if incline_pct is None:
        return None
    return round(min(max(incline_pct, -HIGHEST_GRADE_PCT), HIGHEST_GRADE_PCT) * 100)
