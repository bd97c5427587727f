"""What laps and activities are called."""

from dataclasses import replace

import pytest

from coach.core.plan import Row
from coach.core.workout import (
    Extent,
    ExtentUnit,
    Facing,
    Head,
    HeartHold,
    HeartRange,
    HeartUnit,
    Segment,
    Target,
)
from coach.history.export.names import description, folded, lap_name, step_name, title, workout_name
from coach.history.summary import Summary, summary_of
from coach.history.track import Lap, LapKind
from tests.history.export.played import SESSIONS, Session, play, played, tracked

TIME = Extent(ExtentUnit.TIME, 120.0)
EASY = Target(3.5)
HEADS = {
    Head.BACKWARD: Facing.BACKWARD,
    Head.FORWARD: Facing.FORWARD,
    Head.WARM_UP: Facing.FORWARD,
    Head.COOL_DOWN: Facing.FORWARD,
    Head.BRIDGE: Facing.FORWARD,
}
HOLD = HeartHold(HeartRange(2, 2, HeartUnit.ZONE), 5.0, 7.5)


def row(head: Head = Head.FORWARD, extent: Extent = TIME, target: Target | None = EASY) -> Row:
    """A row of a plan."""
    return Row(7, Segment(head, HEADS.get(head, Facing.FORWARD), extent, target), 120.0, None, turn=False, stands=False)


def lap(kind: LapKind, number: int, of: Row | None) -> Lap:
    """A lap of that row."""
    return replace(tracked("no heart").laps[0], kind=kind, number=number, row=of)


@pytest.mark.parametrize(
    ("one", "name"),
    [
        (lap(LapKind.BACKWARD, 3, row(Head.BACKWARD)), "B03 BWD 2:00 @3.5"),
        (lap(LapKind.BACKWARD, 3, row(Head.BACKWARD, target=Target(3.5, None, 1.0))), "B03 BWD 2:00 @3.5 1%"),
        (lap(LapKind.BACKWARD, 12, row(Head.BACKWARD, target=Target(3.0, None, 1.5))), "B12 BWD 2:00 @3 1.5%"),
        (lap(LapKind.BACKWARD, 123, row(Head.BACKWARD)), "B123 BWD 2:00 @3.5"),
        (lap(LapKind.WARM_UP, 1, row(Head.WARM_UP, Extent(ExtentUnit.TIME, 300.0), Target(4.5))), "W01 FWD 5:00 @4.5"),
        (lap(LapKind.COOL_DOWN, 1, row(Head.COOL_DOWN, target=Target(4.0, 3.0))), "C01 FWD 2:00 @4->3"),
        (lap(LapKind.FORWARD, 2, row(extent=Extent(ExtentUnit.DISTANCE, 400.0))), "F02 FWD 400m @3.5"),
        (lap(LapKind.FORWARD, 2, row(extent=Extent(ExtentUnit.DISTANCE, 1250.0))), "F02 FWD 1.25km @3.5"),
        (lap(LapKind.FORWARD, 2, row(extent=Extent(ExtentUnit.TO_MARK, 2500.0))), "F02 FWD to 2.5km @3.5"),
        (lap(LapKind.FORWARD, 2, row(extent=Extent(ExtentUnit.OPEN))), "F02 FWD open @3.5"),
        (lap(LapKind.FORWARD, 2, row(extent=Extent(ExtentUnit.TIME, 5400.0))), "F02 FWD 1:30:00 @3.5"),
        (lap(LapKind.FORWARD, 2, row(target=Target(6.0, None, 0.0, 3.0))), "F02 FWD 2:00 @6 0->3%"),
        (lap(LapKind.FORWARD, 2, row(target=Target(6.0, None, 2.0, 0.0))), "F02 FWD 2:00 @6 2->0%"),
        (lap(LapKind.BRIDGE, 1, row(Head.BRIDGE, target=Target(4.0))), "X01 BRIDGE 2:00 @4"),
        (lap(LapKind.REST, 1, row(Head.REST, Extent(ExtentUnit.TIME, 30.0), None)), "R01 REST 0:30"),
        (lap(LapKind.REST, 1, row(Head.REST, Extent(ExtentUnit.OPEN), None)), "R01 REST open"),
        (lap(LapKind.TURN, 2, None), "T02 TURN"),
        (lap(LapKind.START, 1, None), "START"),
        (lap(LapKind.PAUSE, 4, None), "PAUSE"),
        (lap(LapKind.STOP, 1, None), "STOP"),
    ],
)
def test_a_lap_is_called_by_its_kind_its_length_and_its_speed(one: Lap, name: str) -> None:
    assert lap_name(one) == name


def test_a_heart_hold_tells_its_bounds_and_its_band() -> None:
    one = row()
    held = replace(one, segment=replace(one.segment, heart=HOLD), heart_bpm=(120.4, 134.6))
    assert step_name(held) == "FWD 2:00 @5-7.5 HR 120-135"


@pytest.mark.parametrize("name", SESSIONS)
def test_names_are_short_plain_ascii(name: str) -> None:
    for one in tracked(name).laps:
        assert lap_name(one).isascii()
        assert lap_name(one).isprintable()
        assert len(lap_name(one)) <= 60


@pytest.mark.parametrize("name", SESSIONS)
def test_a_number_belongs_to_one_row(name: str) -> None:
    rows: dict[str, int] = {}
    for one in tracked(name).laps:
        if one.row is not None:
            assert rows.setdefault(lap_name(one).split()[0], one.row.index) == one.row.index


def test_a_block_keeps_its_number_where_the_one_before_it_was_left_out() -> None:
    ran = tracked("skip")
    assert [lap_name(one) for one in ran.laps if one.row is not None] == [
        "F01 FWD 2:00 @5",
        "F02 FWD 2:00 @7",
        "F03 FWD 2:00 @6",
    ]


def summary() -> Summary:
    """What a backward session came to."""
    return summary_of(played("backward, many turns").recording)


def test_the_title_says_how_long_and_how_far_it_went_backward() -> None:
    one = summary()
    back = replace(one.backward, time_s=540.0, distance_m=531.0)
    assert title(replace(one, backward=back)) == "Treadmill intervals: 9:00 backward (0.53 km)"


@pytest.mark.parametrize(
    ("session", "words"),
    [
        ("distances", "Treadmill intervals: 8:55 (0.90 km)"),
        ("no heart", "Treadmill walk: 2:00 (0.20 km)"),
        ("miles and heart", "Treadmill walk: 5:00 (0.56 km)"),
    ],
)
def test_the_title_of_a_forward_session_says_what_it_was(session: str, words: str) -> None:
    assert title(summary_of(played(session).recording)) == words


def test_a_fast_session_is_a_run() -> None:
    assert title(summary_of(play(Session("2min @ 9")).recording)) == "Treadmill run: 2:00 (0.30 km)"


def test_the_title_of_a_session_in_which_nothing_ran_is_the_workouts() -> None:
    one = summary_of(played("no heart").recording)
    none = replace(one, forward=replace(one.forward, time_s=0.0))
    assert title(none) == "Treadmill: 2min @ 6"


def test_a_simulated_session_says_so_in_the_title_and_in_the_first_line_of_the_description() -> None:
    one = replace(summary(), simulated=True)
    assert title(one).startswith("SIMULATED: Treadmill intervals")
    assert description(one).splitlines()[0] == "SIMULATED: nobody ran this."


def test_the_description_has_the_intervals_both_ways_and_the_turns() -> None:
    text = description(summary())
    assert text.splitlines() == [
        "2min @ 4 / back 60s @ 2 / 90s @ 4 / back 60s @ 1.5 / 90s @ 4 / back 60s @ 2 (beginner)",
        "",
        "2:00 forward at 4 km/h",
        "1:00 backward at 2 km/h",
        "1:30 forward at 4 km/h",
        "1:00 backward at 1.5 km/h",
        "1:30 forward at 4 km/h",
        "1:00 backward at 2 km/h",
        "3:00 cool-down at 4 km/h",
        "",
        "Backward: 3:00, 0.08 km, 1.7 km/h on average, heart 89.",
        "Forward: 8:00, 0.53 km, 4.0 km/h on average, heart 90.",
        "6 turns, 0:44 each on average.",
        "All that the belt ran: 0.69 km.",
    ]


def test_the_description_tells_what_was_cut_short_and_how_it_ended() -> None:
    lines = description(summary_of(played("stopped").recording)).splitlines()
    assert lines[0].endswith("(beginner), stopped early")
    assert "0:20 of 1:00 backward at 2 km/h" in lines
    assert not any("cool-down" in line for line in lines)


@pytest.mark.parametrize("name", SESSIONS)
def test_the_description_promises_nothing(name: str) -> None:
    text = description(summary_of(played(name).recording)).lower()
    assert not any(word in text for word in ("kcal", "calor", "burn", "%max", "http", "coach"))
    assert text == text.strip()
    assert "\n\n\n" not in text


def test_a_workouts_name_is_one_printable_line() -> None:
    one = replace(summary(), workout="  two\nlines\x00\x1b[2J \ud800and\u202e more ")
    assert workout_name(one) == "two lines[2J and more"
    assert workout_name(replace(one, workout="\x00 \n")) == "Workout"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], []),
        (["a"], ["a"]),
        (["a", "b", "c"], ["a", "b", "c"]),
        (["a", "a"], ["2 x: a"]),
        (["a", "b", "a", "b"], ["2 x: a / b"]),
        (["w", "a", "b", "a", "b", "a", "b", "c"], ["w", "3 x: a / b", "c"]),
        (["a", "b", "a"], ["a", "b", "a"]),
        (["a", "b", "a", "b", "a"], ["2 x: a / b", "a"]),
        (["a", "a", "b", "a", "a", "b"], ["2 x: a / a / b"]),
        (["a", "a", "a", "a"], ["4 x: a"]),
    ],
)
def test_what_comes_again_is_told_once(lines: list[str], told: list[str]) -> None:
    assert list(folded(lines)) == told


def test_a_distance_is_told_in_metres() -> None:
    lines = description(summary_of(played("distances").recording)).splitlines()
    assert lines[2:5] == ["400 m forward at 6 km/h", "200 m forward at 9 km/h", "300 m forward at 5 km/h"]


def test_a_rest_and_a_slope_are_told() -> None:
    assert "0:30 rest" in description(summary_of(played("rests").recording))
    assert "2:00 forward at 6 to 9 km/h, 2 %" in description(summary_of(played("ramps").recording))


def test_a_session_that_was_left_at_once_still_has_a_description() -> None:
    one = play(Session("1min @ 6", presses=("q@12", "q@13")))
    assert description(summary_of(one.recording)).splitlines()[0] == "1min @ 6, stopped early"
