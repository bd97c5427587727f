"""Tables of seconds and of laps."""

import csv
from io import StringIO
from itertools import pairwise

import pytest

from coach.history.export.activity import activity
from coach.history.export.table import LAPS, SECONDS, laps_bytes, seconds_bytes
from tests.history.export.played import SESSIONS, active, played, renamed

NAMES = list(SESSIONS)


def rows(raw: bytes) -> list[dict[str, str]]:
    """The rows of a file by its header."""
    return list(csv.DictReader(StringIO(raw.decode(), newline=""), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_there_is_a_row_for_every_second_from_the_first_motion_to_the_last(name: str) -> None:
    ran, told = active(name).track, rows(seconds_bytes(active(name)))
    assert len(told) == ran.end_s - ran.start_s + 1
    assert told[0]["elapsed_s"] == "0"
    assert float(told[-1]["elapsed_s"]) == ran.elapsed_s
    elapsed = [int(one["elapsed_s"]) for one in told]
    assert {after - before for before, after in pairwise(elapsed)} <= {1, *(1 + round(one.gap_s) for one in ran.sleeps)}
    metres = [float(one["distance_m"]) for one in told]
    assert all(before <= after for before, after in pairwise(metres))
    assert metres[-1] == ran.distance_m


@pytest.mark.parametrize("name", NAMES)
def test_the_timer_of_the_rows_is_that_of_the_session(name: str) -> None:
    ran, told = active(name).track, rows(seconds_bytes(active(name)))
    assert sum(one["timer"] == "1" for one in told[:-1]) == ran.timer_s


@pytest.mark.parametrize("name", NAMES)
def test_rows_of_laps_add_up_to_the_session(name: str) -> None:
    ran, told = active(name).track, rows(laps_bytes(active(name)))
    assert len(told) == len(ran.laps)
    assert sum(float(one["elapsed_s"]) for one in told) == ran.elapsed_s
    assert sum(float(one["timer_s"]) for one in told) == ran.timer_s
    assert sum(round(float(one["distance_m"]) * 100) for one in told) == round(ran.distance_m * 100)
    seconds = rows(seconds_bytes(active(name)))
    assert [one["name"] for one in told] == list({one["lap"]: one["name"] for one in seconds}.values())


def test_the_columns_are_named_with_their_units() -> None:
    assert seconds_bytes(active("no heart")).splitlines()[0].decode() == ",".join(SECONDS)
    assert laps_bytes(active("no heart")).splitlines()[0].decode() == ",".join(LAPS)
    assert SECONDS == (
        "time",
        "elapsed_s",
        "timer",
        "distance_m",
        "speed_kmh",
        "incline_pct",
        "climb_m",
        "heart_bpm",
        "direction",
        "lap",
        "name",
    )


def test_what_is_not_known_is_empty() -> None:
    assert {one["heart_bpm"] for one in rows(seconds_bytes(active("no heart")))} == {""}
    assert "" in {one["speed_kmh"] for one in rows(seconds_bytes(active("link drop")))}


def test_instants_are_in_the_runners_zone() -> None:
    assert rows(seconds_bytes(active("no heart")))[0]["time"] == "2026-05-20T18:00:11+02:00"


def test_nothing_is_a_negative_zero() -> None:
    assert not any(b"-0.0" in seconds_bytes(active(name)) for name in ("ramps", "steep, rear"))


def test_the_name_of_a_workout_is_in_no_row() -> None:
    one = activity(renamed(played("no heart").recording, '=HYPERLINK("x"),"\n'))
    assert seconds_bytes(one) == seconds_bytes(active("no heart"))
    assert laps_bytes(one) == laps_bytes(active("no heart"))
