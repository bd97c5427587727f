"""`coach scale` as a user meets it: what is written and where, what is told, and what is refused."""

import os
import subprocess
import sys
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
    "no number": (["--speed", "fast"], 2, '"fast" is not a percentage, such as 95%'),
    "a share": (["--speed", "0.95"], 2, "did you mean 95%?"),
    "a share above one": (["--speed", "1.05"], 2, "did you mean 105%?"),
    "a share with a sign": (["--speed", "0.95%"], 2, "outside 20 to 300%; write 95% for a little less"),
    "a share of nothing": (["--speed", "0.001"], 2, "outside 20 to 300%; write 95% for a little less"),
    "nothing": (["--speed", "0%"], 2, "outside 20 to 300%; write 95%"),
    "bare nothing": (["--speed", "0"], 2, "outside 20 to 300%; write 95%"),
    "below it": (["--speed", "-5"], 2, '"-5" is outside 20 to 300%; write 95%'),
    "times": (["--speed", "3"], 2, '"3" is outside 20 to 300%; write 95%'),
    "too much": (["--time", "301 %"], 2, '"301 %" is outside 20 to 300%; write 95%'),
    "no end": (["--speed", "inf"], 2, '"inf" is not a percentage, such as 95%'),
    "no number of computers": (["--speed", "nan"], 2, '"nan" is not a percentage, such as 95%'),
    "one that shouts": (["--speed", "sNaN%"], 2, '"sNaN%" is not a percentage, such as 95%'),
    "an exponent": (["--speed", "9e1"], 2, '"9e1" is not a percentage, such as 95%'),
    "other digits": (["--speed", "٩٥"], 2, "is not a percentage, such as 95%"),
    "a folder": (["--speed", "90%", "-o", "."], 1, ". is a directory; name a file in it, such as mine.yaml"),
    "a slash": (["--speed", "90%", "-o", "no/"], 1, "no/ is a directory; name a file in it, such as no/mine.yaml"),
    "a device of Windows": (["--speed", "90%", "-o", "Con"], 1, "Windows keeps this name for a device"),
    "a device": (["--speed", "90%", "-o", os.devnull + ".yaml"], 1, "Windows keeps this name")
    if os.name == "nt"
    else (["--speed", "90%", "-o", "/dev/null"], 1, "/dev/null is a pipe or a device, no plain file"),
    "two places": (["--speed", "90%", "--in-place", "-o", "x.yaml"], 2, "not both"),
    "no folder": (["--speed", "90%", "-o", "no/where.yaml"], 1, "there is no folder no"),
}


@pytest.mark.parametrize(("words", "code", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_clear_message(coach: Coach, mine: Path, words: list[str], code: int, message: str) -> None:
    left, out, err = coach("scale", str(mine), *words)
    assert (left, out) == (code, "")
    assert message in " ".join(err.split())
    assert [path.name for path in mine.parent.iterdir()] == ["mine.yaml"]


OWN_EASY = """\
format: 1
name: Sc
level: beginner
params: {easy: 5 km/h}
steps:
  - warm-up: 5 min @ 5 km/h
  - backward: 1 min @ $easy - 3 km/h
  - forward: 5 min @ $easy + 2 km/h
  - cool-down: 5 min @ 4 km/h
"""


@pytest.mark.parametrize(
    ("own", "speed", "said"),
    [
        ("5", "90%", "backward on line 7 stays at 2 km/h, more than 90 %, since $easy is your own value"),
        ("4.5", "80%", "backward on line 7 stays at 1.5 km/h, more than 80 %, since $easy is your own value"),
        (
            "4.5",
            "110%",
            "backward on line 7 would go from 2 to 2.5 km/h for others, more than 110 %, since $easy is your own value",
        ),
    ],
)
def test_nobody_is_made_faster_facing_the_rear_by_a_value_of_their_own(
    coach: Coach, mine: Path, settings: Callable[[str], Path], own: str, speed: str, said: str
) -> None:
    settings(f"[runner.anna]\neasy_kmh = {own}\n")
    mine.write_text(OWN_EASY, encoding="utf-8")
    for words in (["--in-place"], ["-o", "other.yaml"], ["--force"]):
        code, out, err = coach("scale", str(mine), "--speed", speed, *words)
        assert (code, out) == (1, "")
        assert "is not written: " in err
        assert said in err
        assert (mine.read_text(encoding="utf-8"), list(mine.parent.iterdir())) == (OWN_EASY, [mine])


def test_what_the_own_values_keep_is_not_called_rounding(
    coach: Coach, mine: Path, settings: Callable[[str], Path]
) -> None:
    settings("[runner.anna]\neasy_kmh = 5\n")
    mine.write_text(OWN_EASY.replace("$easy - 3 km/h", "2.9 km/h"), encoding="utf-8")
    code, out, _ = coach("scale", str(mine), "--speed", "95%")
    assert code == 0
    assert out.splitlines()[1:4] == [
        "$easy is yours: 5 km/h, not scaled.",
        "line 6: 5 km/h became 4.8 km/h, 96.0 %, by rounding",
        "line 7: 2.9 km/h became 2.7 km/h, 93.1 %, by rounding",
    ]
    assert "line 8" not in out
    assert "$easy + 2 km/h" in mine.with_name("mine-95.yaml").read_text(encoding="utf-8")


FULL = """
import resource, signal, sys
from coach.__main__ import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
main()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no file small")
@pytest.mark.parametrize(
    "words",
    [
        ["scale", "mine.yaml", "--speed", "90%", "--in-place"],
        ["scale", "tempo-20", "--speed", "90%", "-o", "mine.yaml", "--force"],
        ["new", "./mine", "--force"],
        ["schema", "-o", "mine.yaml"],
        ["show", "tempo-20", "-o", "mine.yaml"],
        ["show", "tempo-20", "--html", "mine.yaml"],
    ],
    ids=["in place", "scaled", "new", "schema", "shown", "printed"],
)
def test_a_full_disk_leaves_the_file_as_it_was(mine: Path, words: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-B", "-c", FULL, *words], cwd=mine.parent, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.splitlines() == ["coach: mine.yaml: cannot be written: file too large"]
    assert mine.read_text(encoding="utf-8") == MINE
    assert list(mine.parent.iterdir()) == [mine]


@pytest.mark.usefixtures("mine")
def test_a_schema_that_cannot_be_put_beside_it_is_told_and_no_failure(coach: Coach) -> None:
    Path("workout.schema.json").mkdir()
    code, out, err = coach("scale", "tempo-20", "--speed", "90")
    assert (code, Path("tempo-20-90.yaml").is_file()) == (0, True)
    assert out.startswith("tempo-20-90.yaml is written")
    assert err == "workout.schema.json cannot be put beside it, so editors do not know the language there\n"


def test_an_unknown_workout_gives_the_nearest(coach: Coach) -> None:
    code, _, err = coach("scale", "tempo-2", "--speed", "90%")
    assert (code, "did you mean tempo-20?" in err) == (1, True)
