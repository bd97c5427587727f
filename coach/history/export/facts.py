"""A session as one JSON object: what it came to, its laps and pauses, and its samples where they are asked for."""

from __future__ import annotations

import json
from typing import Final

from coach.history.export.activity import Activity
from coach.history.export.names import lap_name
from coach.history.lap import Lap
from coach.history.track import Sample
from coach.result import Json, kmh, metres, seconds

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
SAMPLE: Final = (  # the columns of `samples`, in their order
    "elapsed_s",
    "distance_m",
    "speed_kmh",
    "incline_pct",
    "heart_bpm",
    "direction",
)


def facts_bytes(activity: Activity, *, samples: bool) -> bytes:
    """The file; `samples` puts a list for each recorded second into it, in the order of `columns`."""
    return (json.dumps(facts(activity, samples=samples), ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode(
        errors="replace"
    )


def facts(activity: Activity, *, samples: bool) -> dict[str, Json]:
    """The object: lengths in s and m, speeds in km/h, instants in s of the wall clock since `start`."""
    track = activity.track
    told: dict[str, Json] = {
        "schema": SCHEMA,
        "version": activity.version,
        "simulated": activity.summary.simulated,
        "title": activity.title,
        "description": activity.description,
        "sport": activity.sport.value,
        "start": activity.start.isoformat(),
        "elapsed_s": seconds(track.elapsed_s),
        "timer_s": seconds(track.timer_s),
        "moving_s": seconds(activity.moving_s),
        "distance_m": round(track.distance_m, 2),
        "laps": [_lap(activity, lap) for lap in track.laps],
        "pauses": [
            {"start_s": _since(activity, pause.start_s), "end_s": _since(activity, pause.end_s)}
            for pause in track.pauses
        ],
        "summary": activity.summary.facts(),
    }
    if samples:
        told["columns"] = list(SAMPLE)
        told["samples"] = [_sample(activity, one) for one in track.recorded]
    return told


def _since(activity: Activity, at_s: float) -> float:
    """Seconds of the wall clock since the belt first moved."""
    return seconds(activity.track.wall_s(at_s) - activity.track.wall_s(activity.track.start_s))


def _lap(activity: Activity, lap: Lap) -> dict[str, Json]:
    return {
        "name": lap_name(lap),
        "kind": lap.kind.value,
        "index": None if lap.row is None else lap.row.index,
        "direction": lap.direction.name.lower(),
        "start_s": _since(activity, lap.start_s),
        "elapsed_s": seconds(lap.elapsed_s),
        "timer_s": seconds(lap.timer_s),
        "moving_s": seconds(lap.moving_s),
        "distance_m": round(lap.distance_m, 2),
        "mean_speed_kmh": kmh(lap.mean_speed_kmh),
        "max_speed_kmh": kmh(lap.max_speed_kmh),
        "mean_heart_bpm": None if lap.mean_bpm is None else round(lap.mean_bpm, 1),
        "max_heart_bpm": lap.max_bpm,
        "gross_kcal": round(lap.kcal, 1),
        "ended_by": lap.ended_by or None,
    }


def _sample(activity: Activity, one: Sample) -> list[Json]:
    return [
        _since(activity, one.at_s),
        round(one.distance_m, 2),
        None if one.speed_kmh is None else kmh(one.speed_kmh),
        None if one.incline_pct is None else metres(one.incline_pct),
        one.bpm,
        one.direction.name.lower(),
    ]
