"""The workouts that come with coach, and how a workout is found."""

from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from coach.core.rules import mean_kmh
from coach.core.workout import Facing, Head, Level
from coach.script.check import load
from coach.script.find import shipped

NAMES = [
    "easy-walk-30", "eight-by-one-minute", "first-steps-back", "five-k-retro-breaks", "flip-flop", "flip-flop-plus",
    "kind-knees", "kind-knees-start", "tempo-20", "zone-2-40", "zone-2-sandwich",
]  # fmt: skip
HOME = Path(__file__).parents[2] / "workouts"


def test_these_workouts_are_shipped() -> None:
    assert shipped() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_workout_has_no_problem_not_even_a_warning(name: str) -> None:
    assert load(name).rendered() == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_workout_tells_what_it_is_for(name: str) -> None:
    workout = load(name).workout
    assert workout is not None
    assert workout.description
    assert workout.purpose
    assert workout.source
    assert workout.level is not None
    assert workout.tags


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_workout_names_the_schema_in_its_first_line(name: str) -> None:
    assert (HOME / f"{name}.yaml").read_text().startswith("# yaml-language-server: $schema=workout.schema.json\n")


@pytest.mark.parametrize(
    ("name", "level", "blocks", "minutes", "turns"),
    [
        ("first-steps-back", Level.BEGINNER, 2, 3, 4),
        ("flip-flop", Level.BEGINNER, 3, 4.5, 6),
        ("flip-flop-plus", Level.INTERMEDIATE, 5, 10, 10),
        ("zone-2-sandwich", Level.INTERMEDIATE, 3, 9, 6),
        ("kind-knees", Level.REHAB, 5, 10, 2),
        ("kind-knees-start", Level.REHAB, 3, 6, 2),
        ("five-k-retro-breaks", Level.INTERMEDIATE, 2, 6, 4),
    ],
)
def test_the_dose_of_a_shipped_workout_is_that_of_its_plan(
    name: str, level: Level, blocks: int, minutes: float, turns: int
) -> None:
    workout = load(name).workout
    assert workout is not None
    backward = [segment for segment in workout.segments if segment.head is Head.BACKWARD]
    seconds = [
        segment.extent.amount * (3.6 / mean_kmh(segment) if segment.extent.unit == "distance" else 1)
        for segment in backward
    ]
    facings = [Facing.FORWARD, *(segment.facing for segment in workout.segments)]
    assert workout.level is level
    assert len(backward) == blocks
    assert sum(seconds) / 60 == pytest.approx(minutes)
    assert sum(one is not two for one, two in pairwise(facings)) == turns


def test_a_workout_is_found_by_name_file_name_and_path() -> None:
    by_path = load(str(HOME / "flip-flop.yaml"))
    assert by_path.workout is not None
    assert load("flip-flop").workout == load("flip-flop.yaml").workout == by_path.workout
    assert by_path.sha256 == sha256((HOME / "flip-flop.yaml").read_bytes()).hexdigest()
    assert (by_path.title, by_path.file) == ("Flip-flop", str(HOME / "flip-flop.yaml"))


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("flip-flp", "did you mean flip-flop?"),
        ("Flip-Flop", "did you mean flip-flop?"),
        ("kind-kness.yaml", "did you mean kind-knees?"),
        ("some/where/tempo-2.yaml", "did you mean tempo-20?"),
        ("xyz", "coach list shows the workouts that come with coach"),
        ("", "coach list shows those that come with coach"),
        ("\0", None),
        ("a" * 5000, None),
        ("\udcff", "coach list shows the workouts that come with coach"),
    ],
)
def test_an_unknown_name_gives_the_nearest(name: str, fix: str | None) -> None:
    (problem,) = load(name).problems
    assert problem.help == fix
    assert len(problem.file) < 250


def test_a_file_beside_the_runner_wins_over_a_shipped_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("flip-flop.yaml").write_text("format: 1\nname: Mine\nsteps: [forward: 1 min @ 5 km/h]\n")
    assert load("flip-flop.yaml").title == "Mine"
    assert load("flip-flop").title == "Flip-flop"
