"""What is told of a session: warm, and never more than is true."""

from dataclasses import dataclass, field

import pytest

from coach.core.trip import Trip
from coach.told import ENDED_BY, TRIPS, achieved, ending, minutes, reason_words, trip_words


@dataclass(frozen=True)
class Way:
    time_s: float = 0.0


@dataclass(frozen=True)
class Turned:
    took_s: float | None


@dataclass(frozen=True)
class Ran:
    ended_by: str | None = "extent"


@dataclass(frozen=True)
class Did:
    forward: Way = Way(600.0)
    backward: Way = Way()
    distance_m: float = 1234.0
    turns: tuple[Turned, ...] = ()
    segments: tuple[Ran, ...] = field(default_factory=lambda: (Ran(), Ran("until")))
    ended: str = "finished"
    reason: str = "finished"


def said(did: Did, name: str = "Flip-flop", *, started: bool = True) -> str:
    return achieved(did, name, lambda metres: f"{metres:.0f} m", started=started)


def test_all_of_a_workout_is_told_where_all_of_it_was_done() -> None:
    assert said(Did()) == "Well done, all of Flip-flop: 10 minutes and 1234 m."
    assert ending(Did()) == "Finished as planned."


@pytest.mark.parametrize("ended_by", sorted(set(ENDED_BY) - {"extent", "until"}))
def test_what_was_skipped_or_cut_short_is_not_all_of_it(ended_by: str) -> None:
    did = Did(segments=(Ran(), Ran(ended_by)))
    assert said(did) == "Well done: 10 minutes and 1234 m."
    assert ending(did) == "Finished."


def test_a_free_session_has_no_workout_to_be_all_of() -> None:
    assert said(Did(), "") == "Well done: 10 minutes and 1234 m."


def test_backward_minutes_and_clean_turns_are_told() -> None:
    did = Did(backward=Way(90.0), turns=(Turned(40.0), Turned(None), Turned(50.0)))
    assert said(did).endswith("1234 m, 1:30 minutes of it facing the rear and 2 clean turns.")
    assert said(Did(backward=Way(1.0))).endswith("1 second of it facing the rear.")
    assert "rear" not in said(Did(backward=Way(0.9)))


def test_a_session_that_was_stopped_is_never_well_done() -> None:
    assert said(Did(ended="stopped")) == "Every minute counts: 10 minutes and 1234 m."
    assert said(Did(forward=Way(0.4), ended="tripped")) == "No step was begun. Another time."
    assert said(Did(), started=False) == "Nothing was run today. The plan waits for you."


@pytest.mark.parametrize(
    ("ended", "reason", "told"),
    [
        ("stopped", "stopped", "Stopped before the end."),
        ("stopped", "you pressed stop", "Stopped before the end: you pressed stop."),
        ("tripped", "link-lost", "Ended for safety: the connection was lost."),
        ("tripped", "", "Ended for safety."),
    ],
)
def test_an_end_has_its_reason_in_words(ended: str, reason: str, told: str) -> None:
    assert ending(Did(ended=ended, reason=reason)) == told


def test_every_trip_has_words_and_what_is_no_trip_stays() -> None:
    assert set(TRIPS) == set(Trip)
    assert trip_words("key") == "the safety key was pulled"
    assert trip_words("comet") == "comet"
    assert reason_words("heart danger") == "the heart rate was very high"
    assert reason_words("you left") == "you left"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.4, "0 seconds"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (90, "1:30 minutes")],
)
def test_lengths_in_a_sentence(seconds: float, told: str) -> None:
    assert minutes(seconds) == told
