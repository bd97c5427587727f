"""The signed profile as text: its laws, for any workout and any size."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.plan import Plan
from coach.core.workout import Facing, Workout
from coach.show.facts import plan_for
from coach.show.profile import ASCII, BLOCKS, GUTTER, GUTTER_FROM, RULER_FROM, Signs, legend, profile_lines
from coach.show.words import figure
from tests.script.drawn import workouts
from tests.show.shown import NAMES, shown, text_of

SIGNS = st.sampled_from([BLOCKS, ASCII])
WIDTHS = st.integers(2, 200)
HEIGHTS = st.integers(3, 30)


def axis_of(lines: list[str], signs: Signs, width: int) -> str:
    """The one line that is axis from the first to the last column of the drawing."""
    gutter = GUTTER if width >= GUTTER_FROM else 0
    known = {signs.axis, signs.rest, signs.turn, signs.open}
    found = [line[gutter:] for line in lines if len(line) == width and set(line[gutter:]) <= known]
    assert len(found) == 1, lines
    return found[0]


def planned(workout: Workout) -> Plan:
    return plan_for(workout)[0]


@settings(deadline=None, max_examples=40)
@given(workouts(), WIDTHS, HEIGHTS, SIGNS)
def test_it_is_never_larger_than_it_may_be_and_its_axis_is_always_there(
    workout: Workout, width: int, height: int, signs: Signs
) -> None:
    lines = profile_lines(planned(workout), width, height, signs)
    assert max(map(len, lines)) <= width
    assert len(lines) <= height
    assert len(axis_of(lines, signs, width)) == width - (GUTTER if width >= GUTTER_FROM else 0)


@settings(deadline=None, max_examples=40)
@given(workouts(), st.integers(60, 200), HEIGHTS, SIGNS)
def test_each_turn_has_a_mark_of_its_own(workout: Workout, width: int, height: int, signs: Signs) -> None:
    plan = planned(workout)
    axis = axis_of(profile_lines(plan, width, height, signs), signs, width)
    assert axis.count(signs.turn) == sum(row.turn for row in plan.rows)


@settings(deadline=None, max_examples=40)
@given(workouts(), st.integers(GUTTER_FROM, 200), st.integers(RULER_FROM, 30))
def test_the_highest_bars_are_those_of_the_fastest_rows(workout: Workout, width: int, height: int) -> None:
    plan = planned(workout)
    lines = profile_lines(plan, width, height)
    at = next(index for index, line in enumerate(lines) if line.startswith(" km/h "))
    above, below = lines[:at], lines[at + 1 : -1]
    assert len(above) == most_cells(above, BLOCKS.rises[1:])
    assert len(below) == most_cells(below, BLOCKS.hangs[1:])
    assert above[0].split()[0] == figure(fastest(plan, Facing.FORWARD))
    if plan.backward:
        assert below[-1].split()[0] == figure(fastest(plan, Facing.BACKWARD))


def most_cells(lines: list[str], signs: str) -> int:
    """How many rows the highest bar takes."""
    return max((sum(line[x : x + 1] in set(signs) for line in lines) for x in range(GUTTER, 200)), default=0)


def fastest(plan: Plan, facing: Facing) -> float:
    """The highest speed that is drawn on a side; a row that follows the heart is drawn where it begins."""
    targets = [row.segment.target for row in plan.rows if row.segment.facing is facing and row.segment.target]
    return max(max(target.speed_kmh, target.end_kmh or 0.0) for target in targets)


@settings(deadline=None, max_examples=40)
@given(workouts(), st.integers(60, 200), st.integers(12, 30))
def test_both_sides_have_one_scale(workout: Workout, width: int, height: int) -> None:
    plan = planned(workout)
    if not plan.backward:
        return
    lines = profile_lines(plan, width, height)
    at = next(index for index, line in enumerate(lines) if line.startswith(" km/h "))
    forward, backward = fastest(plan, Facing.FORWARD), fastest(plan, Facing.BACKWARD)
    up, down = at, len(lines) - at - 2
    assert abs(up / forward - down / backward) <= 1 / forward + 1 / backward


def test_a_bar_is_as_high_as_its_speed() -> None:
    _, plan = shown(text_of("forward: 5 min @ 8 km/h\nforward: 5 min @ 4 km/h\nforward: 5 min @ 1 km/h"))
    lines = profile_lines(plan, 30, 5)
    assert lines == [
        "██████████",
        "██████████",
        "████████████████████",
        "████████████████████▄▄▄▄▄▄▄▄▄▄",
        "──────────────────────────────",
    ]


def test_a_row_that_is_shorter_than_a_column_is_still_seen() -> None:
    steps = "forward: 60 min @ 5 km/h\nforward: 20 s @ 10 km/h\nforward: 60 min @ 5 km/h"
    lines = profile_lines(shown(text_of(steps))[1], 20, 5)
    assert lines[0].strip() == "█"


def test_rests_and_open_rows_show_on_the_axis() -> None:
    _, plan = shown(text_of("forward: 5 min @ 5 km/h\nforward: open @ 6 km/h\nrest: 1 min\nforward: 5 min @ 5 km/h"))
    axis = profile_lines(plan, 30, 5)[-1]
    assert "»" in axis
    assert "┄" in axis
    assert axis.index("»") < axis.index("┄")
    assert legend(plan, 80) == ["      █ facing the console   ┄ rest   » no end"]


@pytest.mark.parametrize("name", NAMES)
def test_the_ruler_begins_with_the_session(name: str) -> None:
    lines = profile_lines(shown(name)[1], 80, 12)
    assert lines[-1].startswith(" " * GUTTER + "0:00")


def test_behind_an_open_row_the_ruler_goes_on_with_the_time_of_the_session() -> None:
    _, plan = shown(text_of("forward: 5 min @ 5 km/h\nforward: open @ 6 km/h\nforward: 10 min @ 5 km/h"))
    ruler = profile_lines(plan, GUTTER + 170, 12)[-1][GUTTER:]
    assert ruler.split()[:6] == ["0:00", "1:00", "2:00", "3:00", "4:00", "5:00"]
    assert ruler.index("6:00") - ruler.index("5:00") == 30  # two minutes of it are the drawing of the open row


@pytest.mark.parametrize(("width", "height"), [(1, 10), (0, 10), (80, 2), (80, 0)])
def test_where_there_is_no_room_there_is_no_profile(width: int, height: int) -> None:
    assert profile_lines(shown("blocks")[1], width, height) == []


def test_a_forward_workout_needs_no_legend() -> None:
    assert legend(shown(text_of("forward: 5 min @ 5 km/h"))[1], 80) == []


def test_the_plain_signs_are_plain() -> None:
    for name in NAMES:
        _, plan = shown(name)
        assert "\n".join([*profile_lines(plan, 80, 12, ASCII), *legend(plan, 80, ASCII)]).isascii()
