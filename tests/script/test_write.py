"""What is written as YAML reads back as it was."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.workout import Extent, ExtentUnit, HeartRange, HeartUnit, Segment, Target, Workout
from coach.script.check import check_text, load
from coach.script.find import shipped
from coach.script.outline import Outline, Rounds, outline_of, unrolled
from coach.script.write import distance_text, extent_text, scalar, speed_text, target_text, time_text, write
from tests.script.drawn import COOL_DOWN, SIGNS, TEXTS, WARM_UP, forward, workouts


def bare(segments: tuple[Segment, ...]) -> list[Segment]:
    """Segments without what only their place in a file gives them; speeds as near as they are written."""
    return [replace(one, line=0, round=None, target=one.target and near(one.target)) for one in segments]


def near(target: Target) -> Target:
    """A target to the eighth decimal."""
    end = None if target.end_kmh is None else round(target.end_kmh, 8)
    return replace(target, speed_kmh=round(target.speed_kmh, 8), end_kmh=end)


def read(text: str) -> Workout:
    """The workout of a text that has no error."""
    loaded = check_text(text)
    assert loaded.errors == (), loaded.rendered() + "\n" + text
    assert loaded.workout is not None
    return loaded.workout


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_workout_is_the_same_when_written_and_read(name: str) -> None:
    workout = load(name).workout
    assert workout is not None
    again = read(write(outline_of(workout)))
    assert bare(again.segments) == bare(workout.segments)
    assert replace(again, segments=()) == replace(workout, segments=())


@settings(deadline=None)
@given(workouts())
def test_any_workout_is_the_same_when_written_and_read(workout: Workout) -> None:
    again = read(write(outline_of(workout)))
    assert bare(again.segments) == bare(workout.segments)
    assert replace(again, segments=()) == replace(workout, segments=())


@settings(deadline=None)
@given(st.lists(forward(), min_size=1, max_size=3), st.integers(1, 2), st.integers(1, 2))
def test_rounds_are_written_as_repeats(steps: list[Segment], outer: int, inner: int) -> None:
    rounds = Rounds(outer, (Rounds(inner, tuple(steps), "The inner one."), steps[0]), "The outer one.")
    items = (WARM_UP, rounds, COOL_DOWN)
    text = write(Outline("Rounds", items, comments={1: ("Above it.",), 3: ("At the end.",)}))
    assert text.count("- repeat: ") == 2
    assert text.endswith("  # At the end.\n")
    assert "  # Above it.\n  # The outer one.\n  - repeat: " in text
    assert bare(read(text).segments) == bare(tuple(unrolled(items)))


@given(TEXTS | st.text(SIGNS + "\t\n\x07\u2028", min_size=1, max_size=30))
def test_a_text_is_quoted_where_yaml_would_read_it_otherwise(text: str) -> None:
    said = check_text(f"format: 1\nname: x\nsteps:\n  - forward: 5 min @ 5 km/h\n    say: {scalar(text)}\n")
    printable = " ".join(text.split())
    if said.workout is None:  # nothing to say, or a sign that no terminal should get
        assert not printable or not text.isprintable()
        return
    assert said.workout.segments[0].say[0].text == printable


@pytest.mark.parametrize(
    ("kmh", "text"),
    [
        (9.0, "9 km/h"), (4.5, "4.5 km/h"), (1.25, "1.25 km/h"), (6.437376, "4 mph"), (9.17326080, "5.7 mph"),
        (3600 / 401, "6:41 /km"), (3600 / 575 * 1.609344, "9:35 /mi"), (7.2, "7.2 km/h"),
        (8.123456789, "8.123456789 km/h"),
    ],
)  # fmt: skip
def test_a_speed_keeps_the_unit_in_which_it_is_round(kmh: float, text: str) -> None:
    assert speed_text(kmh) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (20, "20 s"), (90, "90 s"), (119, "119 s"), (120, "2 min"), (150, "2.5 min"), (200, "3 min 20 s"),
        (3600, "1 h"), (5400, "1.5 h"), (4000, "66 min 40 s"), (12.5, "12.5 s"), (300.5, "300.5 s"),
    ],
)  # fmt: skip
def test_a_time_is_written_as_people_write_it(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


@pytest.mark.parametrize(
    ("metres", "text"),
    [
        (400, "400 m"), (50, "50 m"), (49, "0.049 km"), (20, "0.02 km"), (1000, "1 km"), (2500, "2.5 km"),
        (1609.344, "1 mi"), (804.672, "0.5 mi"), (1234, "1234 m"),
    ],
)  # fmt: skip
def test_a_distance_is_written_as_people_write_it(metres: float, text: str) -> None:
    assert distance_text(metres) == text


def test_extents_and_targets() -> None:
    assert extent_text(Extent(ExtentUnit.TO_MARK, 2500)) == "to 2.5 km"
    assert extent_text(Extent(ExtentUnit.OPEN)) == "open"
    assert target_text(Target(4, 6)) == "4 km/h -> 6 km/h"
    assert target_text(Target(4, None, 0.0, 2.0)) == "4 km/h, 0 % -> 2 %"
    assert target_text(Target(4, 6, 1.5)) == "4 km/h -> 6 km/h, 1.5 %"


def test_the_head_of_a_file() -> None:
    outline = Outline(
        "A: b", (WARM_UP,), description="x " * 80, heart_limit=HeartRange(85, 85, HeartUnit.MAX),
        backward_limit_kmh=2.5, ask=(("before", ("pain",)), ("after", ("pain", "effort"))),
    )  # fmt: skip
    text = write(outline, schema="workout.schema.json")
    assert text.startswith('# yaml-language-server: $schema=workout.schema.json\nformat: 1\nname: "A: b"\n')
    assert "limits: {heart: 85 %max, backward: 2.5 km/h}\n" in text
    assert "ask: {before: [pain], after: [pain, effort]}\n" in text
    assert max(map(len, text.splitlines())) <= 100
    assert read(text).description == ("x " * 80).strip()
