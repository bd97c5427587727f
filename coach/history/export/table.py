"""A session as a table of comma-separated values: a row for each second, or one for each lap.

The first row names the columns; a name ends in its unit. Instants are those of the runner's zone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Final

from coach.history.export.activity import Activity
from coach.history.export.names import lap_name
from coach.history.lap import Lap

SECONDS: Final = (
    "time",  # wall clock, ISO 8601
    "elapsed_s",  # by the wall clock, since the belt first moved
    "timer",  # 1 while it runs, 0 in a pause
    "distance_m",  # since the belt first moved
    "speed_kmh",  # as the treadmill reports it; empty while it is out of reach
    "incline_pct",
    "climb_m",
    "heart_bpm",
    "direction",  # forward, backward, turn (or the belt stands) or unknown
    "lap",  # counted from 1
    "name",  # of the lap
)
LAPS: Final = (
    "lap",
    "name",
    "kind",
    "direction",
    "start",
    "elapsed_s",
    "timer_s",
    "moving_s",
    "distance_m",
    "mean_speed_kmh",
    "max_speed_kmh",
    "mean_heart_bpm",
    "max_heart_bpm",
    "gross_kcal",
    "ended_by",
)
_Cell = str | int | float | None


def seconds_bytes(activity: Activity) -> bytes:
    """The file with a row for each second, pauses included."""
    return _written(SECONDS, _seconds(activity))


def laps_bytes(activity: Activity) -> bytes:
    """The file with a row for each lap."""
    return _written(LAPS, (_lap(activity, number, lap) for number, lap in enumerate(activity.track.laps, 1)))


def _seconds(activity: Activity) -> Iterator[Sequence[_Cell]]:
    track = activity.track
    for number, lap in enumerate(track.laps, 1):
        name, last = lap_name(lap), number == len(track.laps)
        for sample in track.samples[int(lap.start_s) : int(lap.end_s) + last]:
            yield (
                activity.at(sample.at_s).isoformat(),
                round(track.wall_s(sample.at_s) - track.wall_s(track.start_s)),
                0 if sample.paused else 1,
                f"{sample.distance_m:.2f}",
                None if sample.speed_kmh is None else f"{sample.speed_kmh:.2f}",
                None if sample.incline_pct is None else _tenth(sample.incline_pct),
                _tenth(sample.climb_m),
                sample.bpm,
                sample.direction.name.lower(),
                number,
                name,
            )


def _lap(activity: Activity, number: int, lap: Lap) -> Sequence[_Cell]:
    return (
        number,
        lap_name(lap),
        lap.kind.value,
        lap.direction.name.lower(),
        activity.at(lap.start_s).isoformat(),
        round(lap.elapsed_s),
        round(lap.timer_s),
        round(lap.moving_s),
        f"{lap.distance_m:.2f}",
        f"{lap.mean_speed_kmh:.2f}",
        f"{lap.max_speed_kmh:.2f}",
        None if lap.mean_bpm is None else f"{lap.mean_bpm:.1f}",
        lap.max_bpm,
        f"{lap.kcal:.1f}",
        lap.ended_by,
    )


def _tenth(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}"  # no negative zero


def _written(columns: Sequence[str], rows: Iterable[Sequence[_Cell]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
