"""Flat YAML: the same segments again, with turns, bridges and times as comments."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.workout import Level, Workout
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.script.check import Loaded, check_text, load
from coach.script.find import shipped
from coach.script.outline import outline_of
from coach.script.write import write
from coach.show.flat import flat
from tests.script.drawn import workouts
from tests.script.test_write import bare
from tests.show.golden import golden
from tests.show.shown import NAMES, loaded, shown, text_of


def flattened(found: Loaded) -> str:
    facts, plan = shown(found)
    return flat(facts, plan)


def same(found: Loaded, again: Loaded) -> None:
    """Both have the same workout and neither has an error; speeds are compared as they are written."""
    assert found.workout is not None
    assert again.workout is not None, again.rendered()
    assert bare(again.workout.segments) == bare(found.workout.segments)
    for key in ("name", "level", "description", "purpose", "source", "author", "language", "tags", "ask"):
        assert getattr(again.workout, key) == getattr(found.workout, key)
    assert again.workout.heart_limit == found.workout.heart_limit
    assert again.workout.backward_limit_kmh == found.workout.backward_limit_kmh


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_workout_is_the_same_when_flat(name: str) -> None:
    found = load(name)
    again = check_text(flattened(found))
    same(found, again)
    assert {problem.rule for problem in again.problems} <= {problem.rule for problem in found.problems}


@pytest.mark.parametrize("name", NAMES)
def test_so_are_those_beside_the_tests(name: str) -> None:
    same(loaded(name), check_text(flattened(loaded(name))))


@settings(deadline=None, max_examples=40)
@given(workouts())
def test_any_workout_is_the_same_when_flat(workout: Workout) -> None:
    found = check_text(write(outline_of(workout)))
    same(found, check_text(flattened(found)))


@settings(deadline=None, max_examples=40)
@given(workouts(), st.integers(1, 4))
def test_repeats_are_unrolled_and_names_worked_out(workout: Workout, times: int) -> None:
    steps = "".join(f"      {line}\n" for line in ("- forward: 70 s @ $easy", "- forward: 1 min @ 80 % of $easy"))
    text = write(outline_of(workout)).replace("steps:\n", "params: {easy: 6 km/h}\nsteps:\n", 1)
    found = check_text(f"{text}  - repeat: {times}\n    steps:\n{steps}  - cool-down: 5 min @ 4 km/h\n")
    told = flattened(found)
    same(found, check_text(told))
    assert "$" not in told.replace(workout.description, "")
    assert told.count("forward: 70 s @ 6 km/h\n") >= times


def test_the_text_of_one() -> None:
    assert flattened(loaded("blocks")) == golden("blocks-flat")


def test_bridges_and_open_steps_are_comments() -> None:
    told = flattened(loaded("long"))
    assert "  # 14:45 bridge: 60 s @ 4 km/h\n  # 15:45 turn: face the rear, 75 s\n  # 17:00\n  - backward:" in told
    assert "  # A time with + is the earliest: there is a step without an end before it.\n" in told
    assert "  # 29:41\n  - forward: open @ 6 mph\n" in told
    assert "  # 29:41+\n  - forward: 1 mi @ 9 km/h\n" in told
    assert told.endswith("  # 44:24+ end\n")
    assert "bridge:" not in "".join(line for line in told.splitlines() if "#" not in line)


def test_a_rest_tells_of_its_stop() -> None:
    assert "  # 7:30 stop and start around the rest, 90 s\n  # 9:00\n  - rest: 60 s\n" in flattened(loaded("rests"))


def test_the_level_that_was_asked_for_is_written() -> None:
    found, plan = shown("blocks", level=Level.ADVANCED)
    assert "level: advanced\n" in flat(found, plan, Level.ADVANCED)
    assert "level: beginner\n" in flat(found, plan)


def test_a_machine_has_its_own_turns() -> None:
    found, plan = shown("blocks", profile=profile_of(find_machine("home")))
    told = flat(found, plan)
    assert "  # Turns and stops are as on SIM-home.\n" in told
    assert "face the rear, 90 s" not in told
    same(loaded("blocks"), check_text(told))


def test_advice_that_the_author_has_silenced_stays_silent() -> None:
    text = (
        "format: 1\nname: x\nsteps:\n  # coach: ignore[no-warmup] warm from the way here\n"
        "  - forward: 5 min @ 12 km/h\n  - cool-down: 5 min @ 5 km/h\n"
    )
    found = check_text(text)
    told = flattened(found)
    assert [problem.rule for problem in found.silenced] == ["no-warmup"]
    assert told.startswith("# coach: ignore[no-warmup] as in the file that this was made from\nformat: 1\n")
    assert check_text(told).problems == ()
    assert [problem.rule for problem in check_text(told.split("\n", 1)[1]).problems] == ["no-warmup"]


def test_a_forward_workout_has_only_times() -> None:
    told = flattened(text_of("warm-up: 5 min @ 5 km/h\nforward: 1 km @ 8 km/h", level="beginner"))
    assert told.split("steps:\n")[1] == (
        "  # Times count turns and stops; comments are for you, coach does not read them.\n"
        "  # 0:00\n  - warm-up: 5 min @ 5 km/h\n  # 5:00\n  - forward: 1 km @ 8 km/h\n  # 12:30 end\n"
    )
