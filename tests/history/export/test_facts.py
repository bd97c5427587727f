"""The JSON object of a session."""

import json

import pytest

from coach.history.export.activity import activity
from coach.history.export.facts import SAMPLE, SCHEMA, facts_bytes
from coach.history.summary import read_summary, summary_of
from tests.history.export.played import SESSIONS, Session, active, play, played, renamed

FIELDS = [
    "schema",
    "version",
    "simulated",
    "title",
    "description",
    "sport",
    "start",
    "elapsed_s",
    "timer_s",
    "moving_s",
    "distance_m",
    "laps",
    "pauses",
    "summary",
]


@pytest.mark.parametrize("name", SESSIONS)
def test_its_laps_add_up_and_its_summary_is_the_sessions(name: str) -> None:
    told = json.loads(facts_bytes(active(name), samples=False))
    assert list(told) == FIELDS
    assert told["schema"] == SCHEMA
    for total in ("elapsed_s", "timer_s", "moving_s"):
        assert sum(lap[total] for lap in told["laps"]) == told[total]
    assert sum(round(lap["distance_m"] * 100) for lap in told["laps"]) == round(told["distance_m"] * 100)
    assert told["elapsed_s"] - told["timer_s"] >= sum(one["end_s"] - one["start_s"] for one in told["pauses"])
    assert read_summary(told["summary"]) == summary_of(played(name).recording)


@pytest.mark.parametrize("name", ["pauses", "slept", "backward, many turns"])
def test_its_samples_are_the_seconds_of_the_timer(name: str) -> None:
    told = json.loads(facts_bytes(active(name), samples=True))
    assert told["columns"] == list(SAMPLE)
    assert len(told["samples"]) == len(active(name).track.recorded)
    assert all(len(one) == len(SAMPLE) for one in told["samples"])
    assert told["samples"][0][:2] == [0.0, 0.0]
    assert told["samples"][-1][:2] == [told["elapsed_s"], told["distance_m"]]


def test_a_lap_tells_which_row_of_the_workout_it_was() -> None:
    told = json.loads(facts_bytes(active("key pulled"), samples=False))
    rows = [(lap["name"], lap["index"], lap["ended_by"]) for lap in told["laps"] if lap["index"] is not None]
    assert rows[:3] == [
        ("F01 FWD 2:00 @4", 1, "extent"),
        ("B01 BWD 1:00 @2", 2, "trip"),
        ("F02 FWD 1:30 @4", 3, "extent"),
    ]


def test_a_session_that_nobody_ran_says_so() -> None:
    told = json.loads(facts_bytes(activity(play(Session("1min @ 6"), simulated=True).recording), samples=False))
    assert told["simulated"] is True
    assert told["title"].startswith("SIMULATED: ")


def test_a_name_that_is_no_text_is_no_obstacle() -> None:
    raw = facts_bytes(activity(renamed(played("no heart").recording, "\ud800\x00<\n")), samples=False)
    assert json.loads(raw)["description"].startswith("<")
