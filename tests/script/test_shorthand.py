"""A workout in one line."""

import pytest

from coach.core.workout import Facing, Head, Level, Target
from coach.script.check import Loaded, load


def lines(loaded: Loaded) -> list[str]:
    """The segments, each as one short line."""
    assert loaded.errors == ()
    assert loaded.workout is not None
    shown = []
    for segment in loaded.workout.segments:
        target = segment.target or Target(0)
        ends = [f"{target.speed_kmh:g}"] + ([f"{target.end_kmh:g}"] if target.end_kmh is not None else [])
        shown.append(f"{segment.head} {segment.extent.amount:g} {'-'.join(ends)} {target.incline_pct:g}")
    return shown


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("2min@9", ["forward 120 9 0"]),
        ("400m@12", ["forward 400 12 0"]),
        ("1:30@6:00/km", ["forward 90 10 0"]),
        ("5 min @ 9 km/h, 1 %", ["forward 300 9 1"]),
        ("5min@9,2%", ["forward 300 9 2"]),
        ("warm-up 5min@4->6/open@6", ["warm-up 300 4-6 0", "forward inf 6 0"]),
        ("1km@9/to 2km@10", ["forward 1000 9 0", "forward 2000 10 0"]),
        ("2x(1min@9/2min@5)", ["forward 60 9 0", "forward 120 5 0"] * 2),
        ("2x(2x(1min@9)/rest 30s)/cool-down 3min@4", [
            *["forward 60 9 0", "forward 60 9 0", "rest 30 0 0"] * 2, "cool-down 180 4 0"]),
        ("5km@6:00/km/5min@5", ["forward 5000 10 0", "forward 300 5 0"]),
        ("3min@5/back 1min@3/3min@4", ["forward 180 5 0", "backward 60 3 0", "forward 180 4 0"]),
        ("3min@5/backward 1min@2.5/3x(1min@4)", ["forward 180 5 0", "backward 60 2.5 0", *["forward 60 4 0"] * 3]),
    ],
)  # fmt: skip
def test_a_shorthand_is_steps_and_repeats(text: str, segments: list[str]) -> None:
    assert lines(load(text)) == segments


def test_a_shorthand_with_backward_runs_under_the_caps_of_a_beginner_and_ends_forward() -> None:
    loaded = load("3x(2min@9/back 1min@3)")
    assert lines(loaded) == [*["forward 120 9 0", "backward 60 3 0"] * 3, "cool-down 180 4 0"]
    assert loaded.workout is not None
    assert loaded.workout.level is Level.BEGINNER
    assert loaded.workout.segments[-1].facing is Facing.FORWARD
    assert loaded.title == "3x(2min@9/back 1min@3)"


def test_a_forward_shorthand_has_no_level_and_nothing_added() -> None:
    loaded = load("2x(1min@9)")
    assert loaded.workout is not None
    assert loaded.workout.level is None
    assert {segment.head for segment in loaded.workout.segments} == {Head.FORWARD}


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("2@9", 1, "bare-number-needs-unit: 2 has no unit; a time or a distance is needed here"),
        ("2min@9,5", 6, 'decimal-comma: "9,5" may have a decimal comma'),
        ("5m@9", 1, "minutes-or-metres: 5m is 5 metres, which is very short"),
        ("3x(2min@9", 10, "shorthand: a ) is missing"),
        ("2min@9)", 7, "shorthand: a ) has no ( before it"),
        ("3x(2min@9)5min@4", 11, "shorthand: a / is missing between two steps"),
        ("2min@6, 4min@12", 7, "shorthand: a / is missing between two steps"),
        ("2min@6; 4min@12", 7, "shorthand: a / is missing between two steps"),
        ("2min@6 + 4min@12", 7, "shorthand: a / is missing between two steps"),
        ("2min @ 6 km/h 4 min @ 12", 14, "shorthand: a / is missing between two steps"),
        ("2min@6 back 1min@2", 7, "shorthand: a / is missing between two steps"),
        ("rest 1min/2min@6@9", 17, "shorthand: a / is missing between two steps"),
        ("2min@9//3min@4", 8, "shorthand: a step is missing here"),
        ("bac 1min@3", 1, 'shorthand: "bac" is not a head of a step'),
        ("rest 1min@3", 6, "rest-stands: in a rest the belt stands, it has no speed"),
        ("3min@5/back 1min@-3", 18, "out-of-range: -3 km/h is below 0; a speed is above 0 in either facing"),
        ("2min@99", 6, "out-of-range: 99 km/h is above 22 km/h, the most that a workout may ask for"),
        ("99999x(1min@9)", 1, "repeat-explosion: with its repeats the workout grows past 10,000 segments"),
        ("1x(" * 13 + "1min@9" + ")" * 13, 37, "too-deep: repeats stand more than 12 deep within each other"),
        ("2min@9/" * 200, 1, "too-long: the shorthand has 1400 characters, 1000 are the most"),
        ("5min@6/back 1min@3.1", 1, "backward-too-fast: backward at 3.1 km/h is above 3 km/h, the most for beginner"),
        ("2min@zone 2", 6, 'wrong-unit: "zone 2" is a heart rate; a speed is needed here'),
        ("2 min@−9", 7, 'odd-character: there is a minus sign (U+2212) in "−9"'),
    ],
)
def test_a_mistake_in_a_shorthand_has_its_column(text: str, column: int, said: str) -> None:
    problem, *_ = load(text).problems
    assert (problem.file, problem.line) == ("shorthand", 1)
    assert (problem.column, f"{problem.rule}: {problem.message}") == (column, said)
