"""`coach new` as a user meets it, and the templates: each is a workout that teaches and that runs."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import coach as package
from coach.script.check import check_text, load
from coach.script.schema import FILE, schema, text
from coach.script.template import USUAL, file_name, filled, spoken_name, templates

Coach = Callable[..., tuple[int, str, str]]
HOME = Path(package.__file__ or "").parent / "templates"
NAMES = ["backward-intro", "forward-easy", "hills", "intervals", "pyramid", "rehab", "zone2-mix"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_these_templates_are_there() -> None:
    assert list(templates()) == NAMES == sorted(path.stem for path in HOME.glob("*.yaml"))
    assert all(templates().values())


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_no_problem_and_its_modeline_first(name: str) -> None:
    made = filled(name, "Mine")
    assert check_text(made).rendered() == ""
    assert made.startswith(f"# yaml-language-server: $schema={FILE}\n#\n")
    assert "\nname: Mine\n" in made
    assert max(map(len, made.splitlines())) <= 120


@pytest.mark.parametrize("easy", ["3.5", "5", "6", "9"])
@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_no_problem_whoever_runs_it(name: str, easy: str) -> None:
    assert check_text(filled(name, "Mine"), runner_params={"easy": f"{easy} km/h"}).rendered() == ""


@pytest.mark.parametrize("name", NAMES)
def test_a_template_teaches_as_it_goes(name: str) -> None:
    """It says what is new in it, and comments stand at the steps."""
    made = filled(name, "Mine")
    steps = made[made.index("format: 1") :]
    assert name == "forward-easy" or "What is new here: " in made
    assert len(re.findall(r" # \S", steps)) >= 2 or name == "forward-easy"


@pytest.mark.parametrize("name", NAMES)
def test_a_template_runs_to_its_end(name: str) -> None:
    workout = check_text(filled(name, "Mine")).workout
    assert workout is not None
    assert package.simulate(workout).ended == "finished"


def test_a_name_becomes_a_file_and_is_what_the_runner_hears(coach: Coach, here: Path) -> None:
    code, out, err = coach("new", "My tempo")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"my-tempo.yaml is made from the template {USUAL}. {FILE} is put beside it, for editors.",
        "Next:",
        "  coach check my-tempo.yaml         every problem, after each change",
        "  coach show my-tempo.yaml          see it as a table and a profile",
        "  coach run my-tempo.yaml           run it, on the simulated treadmill at first",
    ]
    assert sorted(path.name for path in here.iterdir()) == ["my-tempo.yaml", FILE]
    assert (here / FILE).read_text(encoding="utf-8") == text(schema())
    workout = load("my-tempo.yaml").workout
    assert workout is not None
    assert workout.name == "My tempo"


@pytest.mark.parametrize(
    ("typed", "file", "name"),
    [
        ("tempo", "tempo.yaml", "Tempo"),
        ("my-tempo_2", "my-tempo-2.yaml", "My tempo 2"),
        ("  On:  the #1 hill  ", "on-the-1-hill.yaml", "On: the #1 hill"),
        ("Größer", "größer.yaml", "Größer"),
        ("5:00", "5-00.yaml", "5:00"),
        ("off", "off.yaml", "Off"),
        ("tempo.yml", "tempo.yml", "Tempo"),
        ("My tempo.yaml", "My tempo.yaml", "My tempo"),
        ("sub/x", "sub/x.yaml", "X"),
        ("sub/long-run.yaml", "sub/long-run.yaml", "Long run"),
    ],
)
def test_a_name_or_a_path(coach: Coach, here: Path, typed: str, file: str, name: str) -> None:
    (here / "sub").mkdir()
    assert coach("new", typed)[0] == 0
    workout = load(str(here / file)).workout
    assert workout is not None
    assert workout.name == name
    assert (here / file).with_name(FILE).exists()


def test_a_bare_name_goes_into_the_own_folder_and_is_enough_then(
    coach: Coach, here: Path, tmp_path: Path, settings: Callable[[str], Path]
) -> None:
    own = tmp_path / "own"
    settings(f'workouts = "{own.as_posix()}"\n')
    code, _, err = coach("new", "tempo")
    assert (code, "is not there; make it, or say --folder ." in err) == (1, True)
    own.mkdir()
    code, out, _ = coach("new", "tempo")
    assert code == 0
    assert "  coach run tempo " in out
    assert sorted(path.name for path in own.iterdir()) == ["tempo.yaml", FILE]
    assert coach("check", "tempo")[0] == 0
    assert coach("new", "tempo", "--folder", ".")[0] == 0
    assert coach("new", "./other")[0] == 0
    assert sorted(path.name for path in here.iterdir()) == ["other.yaml", "tempo.yaml", FILE]


def test_nothing_is_written_over_without_force(coach: Coach, here: Path) -> None:
    file = here / "tempo.yaml"
    file.write_text("mine", encoding="utf-8")
    code, _, err = coach("new", "tempo")
    assert (code, err) == (
        1,
        "coach: tempo.yaml is there already; choose another name, or say --force to write over it\n",
    )
    assert (file.read_text(encoding="utf-8"), (here / FILE).exists()) == ("mine", False)
    assert coach("new", "tempo", "--force", "--template", "hills")[0] == 0
    assert file.read_text(encoding="utf-8") == filled("hills", "Tempo")


@pytest.mark.parametrize(
    ("there", "kept", "told"),
    [
        (text(schema()), True, ""),
        ('{"title": "somebody else\'s"}', True, ""),
        ("[1]", True, ""),
        ("no JSON", True, ""),
        (json.dumps({"title": "coach workout", "type": "object"}), False, f"{FILE} beside it is renewed."),
    ],
)
def test_a_schema_that_is_there_is_left_unless_it_is_an_older_one_of_ours(
    coach: Coach, here: Path, there: str, kept: bool, told: str
) -> None:
    (here / FILE).write_text(there, encoding="utf-8")
    code, out, _ = coach("new", "tempo")
    assert code == 0
    assert out.splitlines()[0] == f"tempo.yaml is made from the template {USUAL}. {told}".strip()
    assert (here / FILE).read_text(encoding="utf-8") == (there if kept else text(schema()))


@pytest.mark.parametrize("command", ["make", "link"])
def test_a_schema_that_cannot_be_put_there_is_told_and_the_workout_is_there(
    coach: Coach, here: Path, command: str
) -> None:
    if command == "make":
        (here / FILE).mkdir()
    else:
        (here / FILE).symlink_to(FILE)
    code, out, err = coach("new", "tempo")
    assert (code, (here / "tempo.yaml").is_file()) == (0, True)
    assert out.startswith("tempo.yaml is made from")
    assert err == f"{FILE} cannot be put beside it, so editors do not know the language there\n"


def test_a_path_is_taken_as_typed_and_makes_no_folder(coach: Coach, here: Path, tmp_path: Path) -> None:
    (here / "a").mkdir()
    assert coach("new", "a/../../up")[0] == 0
    assert (tmp_path / "up.yaml").is_file()
    code, _, err = coach("new", "../etc/foo")
    assert (code, err) == (1, "coach: there is no folder ../etc; make it, or choose another\n")
    assert not (tmp_path / "etc").exists()


def test_a_loop_of_links_is_told(coach: Coach, here: Path) -> None:
    (here / "loop.yaml").symlink_to("loop.yaml")
    code, _, err = coach("new", "loop", "--force")
    assert (code, err) == (1, "coach: loop.yaml: cannot be written: its links go in a circle\n")


@pytest.mark.parametrize("typed", ["sub/", "./sub", "sub/../sub"])
def test_a_folder_is_no_name(coach: Coach, here: Path, typed: str) -> None:
    (here / "sub").mkdir()
    code, _, err = coach("new", typed)
    assert (code, "is a directory; name a file in it, such as " in err) == (1, True)
    assert [path.name for path in here.rglob("*")] == ["sub"]


def test_the_list_has_one_line_for_each(coach: Coach) -> None:
    code, out, _ = coach("new", "--list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines() if line[0] != " "] == NAMES
    assert max(map(len, out.splitlines())) <= 80


MISTAKES = {
    "no name": ([], 2, "what is its name?"),
    "only blanks": (["  "], 2, "what is its name?"),
    "no letter": (["!!"], 2, '"!!" has no letter and no digit'),
    "up": (["../"], 2, "no letter and no digit"),
    "too long": (["x" * 101], 2, "101 characters"),
    "an unknown template": (["x", "--template", "pyrmid"], 2, "did you mean pyramid?"),
    "a template that is nothing like one": (["x", "--template", "yoga"], 2, ", ".join(NAMES)),
    "a folder twice": (["a/b", "--folder", "c"], 2, "a path says its folder itself"),
    "no such folder": (["x", "--folder", "no"], 1, "there is no folder no"),
    "no such path": (["no/x"], 1, "there is no folder no"),
    "no such folder with a slash": (["no/"], 1, "no/ is a directory; name a file in it, such as no/mine.yaml"),
    "a device of Windows": (["CON"], 1, "con.yaml: Windows keeps this name for a device; choose another"),
    "another": (["nul.yaml"], 1, "nul.yaml: Windows keeps this name"),
    "a device with a number": (["./Com1.fast"], 1, "Windows keeps this name"),
    "a device with blanks": (["./lpt9 .yaml"], 1, "Windows keeps this name"),
    "a sign of a terminal": (["a\x1b[2J"], 2, "cannot be shown"),
}


@pytest.mark.parametrize(("words", "code", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_clear_message(coach: Coach, here: Path, words: list[str], code: int, message: str) -> None:
    left, out, err = coach("new", *words)
    assert (left, out) == (code, "")
    assert message in " ".join(err.split())
    assert "\x1b" not in err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "stem"),
    [("My tempo", "my-tempo"), ("  5 x 1' ", "5-x-1"), ("a__b", "a-b"), ("…", ""), ("Straße", "straße")],
)
def test_file_names(name: str, stem: str) -> None:
    assert file_name(name) == stem


def test_a_stem_is_spoken_with_blanks() -> None:
    assert (spoken_name("my-tempo_2"), spoken_name("-"), spoken_name("hIIT")) == ("My tempo 2", "", "HIIT")
