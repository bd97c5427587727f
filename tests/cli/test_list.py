"""`coach list`: groups by level, words that find, and what is said of an own folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.cli.list import TITLES
from coach.core.workout import Level
from coach.script.check import load
from coach.script.find import shipped

Coach = Callable[..., tuple[int, str, str]]


def names(coach: Coach, *words: str) -> list[str]:
    """What is listed."""
    code, out, err = coach("list", *words, "--json")
    assert (code, err) == (0, "")
    return [one["name"] for one in json.loads(out)["workouts"]]


def test_the_list_has_every_workout_once_in_the_group_of_its_level(coach: Coach) -> None:
    code, out, _ = coach("list")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    group, found = "", dict[str, str]()
    for line in out.splitlines():
        title = line.split("  ")[0]
        if title in TITLES.values():
            group = title
        elif line[:2] == "  " and line[2:3].strip():
            assert line.split()[0] not in found
            found[line.split()[0]] = group
    assert sorted(found) == shipped()
    for name, title in found.items():
        workout = load(name).workout
        assert workout is not None
        assert title == (TITLES[workout.level or Level.BEGINNER] if workout.backward else "FORWARD ONLY")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["hills", "--level", "advanced"], ["hills-backward-steep"]),
        (["KNEE"], ["kind-knees", "kind-knees-start", "knee-friendly"]),
        (["rehab", "first"], ["kind-knees-start"]),
        (["tempo", "--forward-only"], ["progression-run", "tempo-20"]),
        (["nothing like it"], []),
    ],
)
def test_words_a_level_and_a_facing_narrow_it(coach: Coach, words: list[str], found: list[str]) -> None:
    assert names(coach, *words) == found


def test_minutes_include_the_turns_as_in_coach_plan(coach: Coach) -> None:
    code, out, _ = coach("list", "first steps", "--json")
    (one,) = json.loads(out)["workouts"]
    _, planned, _ = coach("plan", "eight-weeks-backward", "--json")
    assert (code, one["planned_s"]) == (0, 900.0)  # of the steps alone
    assert one["turns_s"] == 360.0
    assert one["minutes"] == json.loads(planned)["weeks"][0]["sessions"][0]["minutes"] == 21.0
    _, out, _ = coach("list", "first steps")
    assert "  first-steps-back                       21         3      4" in out.splitlines()
    assert "Minutes include the turns." in out
    (walk,) = json.loads(coach("list", "lunch", "--json")[1])["workouts"]
    assert (walk["turns_s"], walk["minutes"]) == (0.0, walk["planned_s"] / 60)


def test_a_level_has_only_its_own(coach: Coach) -> None:
    for level in Level:
        found = names(coach, "--level", level)
        assert found
        workouts = [load(name).workout for name in found]
        assert all(workout is not None and workout.level is level for workout in workouts)


def test_forward_only_has_no_backward_one(coach: Coach) -> None:
    workouts = [load(name).workout for name in names(coach, "--forward-only")]
    assert workouts
    assert all(workout is not None and not workout.backward for workout in workouts)


def test_nothing_found_is_said(coach: Coach) -> None:
    code, out, _ = coach("list", "xyzzy")
    assert (code, out) == (0, "No workout is like that; coach list shows them all.\n")


def test_the_own_folder_comes_first_and_what_is_broken_in_it_is_told(
    coach: Coach, settings: Callable[[str], Path], tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text("format: 1\nname: Mine\nsteps: [forward: 5 min @ 5 km/h]\n")
    (tmp_path / "plans").mkdir()
    settings(f"workouts = '{tmp_path}'\n")
    code, out, _ = coach("list")
    assert code == 0
    assert out.startswith("YOUR FOLDER")
    assert out.splitlines()[1].split() == ["mine", "5", "-", "-"]
    (tmp_path / "broken.yaml").write_text("format: 1\n")
    code, out, err = coach("list")
    assert code == 1
    assert "mine" in out
    assert "broken.yaml: has problems; coach check shows them" in err


def test_an_own_folder_that_is_not_there_is_told_beside_the_list(
    coach: Coach, settings: Callable[[str], Path], tmp_path: Path
) -> None:
    settings(f"workouts = '{tmp_path / 'gone'}'\n")
    code, out, err = coach("list")
    assert code == 0
    assert "easy-walk-30" in out
    assert err == f"Your folder {tmp_path / 'gone'} is not there.\n"
