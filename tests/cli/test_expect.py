from __future__ import annotations

import pytest

from coach.cli.expect import ExpectationError, parse_expectation

FIELDS = ("ended", "turns", "trips", "forward", "segments", "max", "alarm")
FACTS: dict[str, object] = {
    "ended": "finished",
    "turns": 4,
    "alarm": False,
    "max": None,
    "trips": [{"at_s": 3.5, "trip": "key", "action": "stop"}],
    "forward": {"time_s": 120.0},
    "segments": [{"ended_by": "extent"}, {"ended_by": "trip"}],
}


@pytest.mark.parametrize(
    "text",
    [
        "ended == finished",
        'ended == "finished"',
        "ended == 'finished'",
        "ended != tripped",
        "ended contains fin",
        "turns == 4",
        "turns==4",
        "turns >= 4",
        "turns < 4.5",
        "  turns  >  3  ",
        "alarm == false",
        "alarm != true",
        "alarm != 0",
        "max == null",
        "forward.time_s <= 120",
        "segments[1].ended_by == trip",
        "segments[-1].ended_by == trip",
        "len(trips) == 1",
        "len( trips ) > 0",
        "len(ended) == 8",
        "trips contains key",
        "trips contains 3.5",
        "trips[0] contains stop",
    ],
)
def test_what_holds_has_no_failure(text: str) -> None:
    assert parse_expectation(text, FIELDS).failure(FACTS) is None


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        ("ended == tripped", 'expected ended == tripped, found "finished"'),
        ("turns > 4", "expected turns > 4, found 4"),
        ("turns == 4x", "expected turns == 4x, found 4"),
        ("ended > 4", 'expected ended > 4, found "finished"'),
        ("max < 3", "expected max < 3, found null"),
        ("alarm == 0", "expected alarm == 0, found false"),
        ("turns contains 4", "expected turns contains 4, found 4"),
        ("segments[2].ended_by == trip", "expected segments[2].ended_by == trip, but there is no segments[2]"),
        ("forward.pace == 1", "expected forward.pace == 1, but there is no forward.pace"),
        ("ended[0] == f", "expected ended[0] == f, but there is no ended[0]"),
        ("len(turns) == 4", "expected len(turns) == 4, but 4 has no length"),
        ("len(trips) == 0", "expected len(trips) == 0, found 1"),
    ],
)
def test_what_does_not_hold_is_told_with_what_was_found(text: str, failure: str) -> None:
    assert parse_expectation(text, FIELDS).failure(FACTS) == failure


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ended",
        "ended ==",
        "== finished",
        "ended = finished",
        "ended === finished",
        "ended => 3",
        "ended containsfinished",
        "len(trips == 0",
        "trips) == 0",
        "trips[x] == 0",
        "trips[ == 0",
        "trips. == 0",
        "ende == finished",
        "turns < many",
        "turns < true",
    ],
)
def test_what_is_no_expectation_is_refused(text: str) -> None:
    with pytest.raises(ExpectationError):
        parse_expectation(text, FIELDS)


def test_a_field_that_no_session_has_is_told_with_its_neighbour() -> None:
    with pytest.raises(ExpectationError, match="did you mean trips"):
        parse_expectation("trip == 1", FIELDS)
