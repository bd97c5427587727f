"""`coach scale` as a user meets it: what is written and where, what is told, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.script.check import load

Coach = Callable[..., tuple[int, str, str]]
MINE = """\
# yaml-language-server: $schema=workout.schema.json
format: 1
name: Mine
level: beginner
params: {run: 8 km/h}
steps:
  - warm-up: 5 min @ 5 km/h           # a comment
  - backward: 1 min @ 2.9 km/h
  - forward: 5 min @ $run
  - cool-down: 5 min @ 4 km/h
"""
SLOWER = """\
# yaml-language-server: $schema=workout.schema.json
format: 1
name: Mine at 95 %
level: beginner
params: {run: 7.6 km/h}
steps:
  - warm-up: 5 min @ 4.8 km/h         # a comment
  - backward: 1 min @ 2.7 km/h
  - forward: 5 min @ $run
  - cool-down: 5 min @ 3.8 km/h
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workout in a folder of its own; the current folder is another."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    file = tmp_path / "there" / "mine.yaml"
    file.parent.mkdir()
    file.write_text(MINE, encoding="utf-8")
    return file


def test_it_is_written_beside_the_file_with_its_comments(coach: Coach, mine: Path) -> None:
    code, out, err = coach("scale", str(mine), "--speed", "95%")
    file = mine.with_name("mine-95.yaml")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"{file} is written: Mine at 95 %, 4 numbers changed."
    assert "line 8: 2.9 km/h became 2.7 km/h, 93.1 %, by rounding" in out
    assert file.read_text(encoding="utf-8") == SLOWER
    assert mine.read_text(encoding="utf-8") == MINE
    assert load(str(file)).errors == ()


@pytest.mark.usefixtures("mine")
def test_a_shipped_workout_goes_into_the_current_folder_with_the_schema(coach: Coach) -> None:
    code, out, _ = coach("scale", "tempo-20", "--speed", "90")
    assert code == 0
    assert out.startswith("tempo-20-90.yaml is written: Tempo twenty at 90 %")
    assert sorted(path.name for path in Path().iterdir()) == ["tempo-20-90.yaml", "workout.schema.json"]


def test_a_shipped_workout_goes_into_the_own_folder(coach: Coach, mine: Path, settings: Callable[[str], Path]) -> None:
    settings(f'workouts = "{mine.parent.as_posix()}"\n')
    assert coach("scale", "tempo-20", "--speed", "97.5 %")[0] == 0
    assert (mine.parent / "tempo-20-97.5.yaml").exists()
    assert coach("scale", "mine", "--speed", "90%")[0] == 0
    assert (mine.parent / "mine-90.yaml").exists()
    assert list(Path().iterdir()) == []


@pytest.mark.usefixtures("mine")
def test_a_file_beside_the_runner_with_a_shipped_name_is_not_taken_for_it(coach: Coach) -> None:
    Path("tempo-20.yaml").write_text(MINE, encoding="utf-8")
    assert coach("scale", "tempo-20", "--speed", "90%", "--in-place")[0] == 1
    assert Path("tempo-20.yaml").read_text(encoding="utf-8") == MINE


@pytest.mark.usefixtures("mine")
def test_a_shorthand_is_written_with_its_rounds(coach: Coach) -> None:
    code, out, _ = coach("scale", "warm-up 5min@5 / 3x(2min@8/1min@6) / cool-down 3min@4", "--speed", "95%")
    (file,) = Path().glob("*.yaml")
    assert code == 0
    assert file.name == "warm-up-5min-5-3x-2min-8-1min-6-cool-dow-95.yaml"
    assert "  - repeat: 3\n    steps:\n      - forward: 2 min @ 7.6 km/h\n" in file.read_text(encoding="utf-8")
    assert f"{file} is written" in out


def test_in_place_changes_the_file_and_the_time_too(coach: Coach, mine: Path) -> None:
    assert coach("scale", str(mine), "--speed", "90%", "--time", "200%", "--in-place")[0] == 0
    text = mine.read_text(encoding="utf-8")
    assert "name: Mine at 90 % in 200 % of the time\n" in text
    assert "  - backward: 2 min @ 2.6 km/h\n" in text
    assert [path.name for path in mine.parent.iterdir() if path.suffix == ".yaml"] == ["mine.yaml"]


def test_nothing_is_written_over_without_force(coach: Coach, mine: Path) -> None:
    other = mine.with_name("mine-95.yaml")
    other.write_text("mine", encoding="utf-8")
    code, _, err = coach("scale", str(mine), "--speed", "95%")
    assert (code, "is there already" in err, other.read_text(encoding="utf-8")) == (1, True, "mine")
    assert coach("scale", str(mine), "--speed", "95%", "--force")[0] == 0
    assert other.read_text(encoding="utf-8") != "mine"
    assert coach("scale", str(mine), "--speed", "95%", "-o", str(mine.parent / "slow"))[0] == 0
    assert (mine.parent / "slow.yaml").exists()


def test_what_would_break_a_cap_is_said_and_not_written(coach: Coach, mine: Path) -> None:
    code, out, err = coach("scale", str(mine), "--speed", "110%")
    assert (code, out) == (1, "")
    assert "error[backward-too-fast]: backward at 3.1 km/h is above 3 km/h, the most for beginner" in err
    assert "warning" not in err
    assert err.endswith("is not written, since it would have errors\n")
    assert [path.name for path in mine.parent.iterdir()] == ["mine.yaml"]


def test_a_workout_with_errors_is_not_scaled(coach: Coach, mine: Path) -> None:
    mine.write_text(MINE.replace("2.9", "3.9"), encoding="utf-8")
    code, _, err = coach("scale", str(mine), "--speed", "50%")
    assert (code, "backward-too-fast" in err, "is not scaled" in err) == (1, True, True)


def test_the_own_values_of_the_runner_are_named_and_stay(
    coach: Coach, mine: Path, settings: Callable[[str], Path]
) -> None:
    settings('[runner.anna]\nparams = {run = "9 km/h", other = "1 km/h"}\n')
    code, out, _ = coach("scale", str(mine), "--speed", "90%")
    assert code == 0
    assert "$run is yours: 9 km/h, not scaled." in out
    assert "other" not in out
    assert "9 km/h became" not in out
    assert "run: 7.2 km/h" in mine.with_name("mine-90.yaml").read_text(encoding="utf-8")


MISTAKES = {
    "neither": ([], 2, "--speed 95%"),
    "no number": (["--speed", "fast"], 2, '"fast" is no percentage, such as 95%'),
    "a share": (["--speed", "0.95"], 2, "did you mean 95%?"),
    "nothing": (["--speed", "0%"], 2, "outside 20 to 300%"),
    "no end": (["--speed", "inf"], 2, "outside 20 to 300%"),
    "two places": (["--speed", "90%", "--in-place", "-o", "x.yaml"], 2, "not both"),
    "no folder": (["--speed", "90%", "-o", "no/where.yaml"], 1, "there is no folder no"),
}


@pytest.mark.parametrize(("words", "code", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_clear_message(coach: Coach, mine: Path, words: list[str], code: int, message: str) -> None:
    left, out, err = coach("scale", str(mine), *words)
    assert (left, out) == (code, "")
    assert message in " ".join(err.split())
    assert [path.name for path in mine.parent.iterdir()] == ["mine.yaml"]


def test_an_unknown_workout_gives_the_nearest(coach: Coach) -> None:
    code, _, err = coach("scale", "tempo-2", "--speed", "90%")
    assert (code, "did you mean tempo-20?" in err) == (1, True)
