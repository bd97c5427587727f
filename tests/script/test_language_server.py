"""The schemas in a real editor's hands: yaml-language-server, as VS Code, Neovim, Helix, Emacs and Zed run it."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coach.cli.editor_setup import schemas, zed
from coach.script.check import check_text
from coach.script.find import PLANS, shipped, shipped_plans
from coach.script.model import GROUPS, HEADS
from coach.script.schema import FILE, PLAN_FILE, plan_schema, schema, text
from coach.script.template import filled, templates
from tests.script import test_language
from tests.script.editor import SETTINGS, Editor
from tests.script.test_broken import ROWS

pytestmark = pytest.mark.slow

HOME = Path(__file__).parents[2] / "workouts"
VERSION = "1.25"
INSTALL_S = 180
MODELINE = f"# yaml-language-server: $schema={FILE}\n"
TOP = f"{MODELINE}format: 1\nname: Test\nlevel: intermediate\n"
STEPS = f"{TOP}steps:\n"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command of the language server: one that is installed, else one from the registry, for these tests only."""
    if found := shutil.which("yaml-language-server"):
        return [found]
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node.js with npm is not installed (apt-get install nodejs npm)")
    folder = tmp_path_factory.mktemp("node")
    wanted = f"yaml-language-server@{VERSION}"
    words = [npm, "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", str(folder), wanted]
    try:
        run = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm could not install {wanted} in {INSTALL_S} s")
    if run.returncode:
        pytest.skip(f"npm could not install {wanted}: {run.stderr.strip().splitlines()[-1:]}")
    return [node, str(folder / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server")]


@pytest.fixture(scope="module")
def editor(server: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """An editor in a folder that has the schemas."""
    folder = tmp_path_factory.mktemp("workouts")
    (folder / FILE).write_text(text(schema()), encoding="utf-8")
    (folder / PLAN_FILE).write_text(text(plan_schema()), encoding="utf-8")
    with Editor(server, folder) as opened:
        yield opened


@pytest.fixture
def file(editor: Editor) -> Path:
    """A workout that exists only in the editor."""
    return editor.folder / "mine.yaml"


# Completion

SNIPPETS = ["repeat with steps", "repeat with between", "backward with cues", "heart step"]
KEYS = ["speed", "incline", "heart", "within", "until", "at-least", "say"]


@pytest.mark.parametrize(
    "before",
    [
        STEPS + "  - |",
        STEPS + "  - forward: 5 min @ 5 km/h\n  - |",
        STEPS + "  - repeat: 3\n    steps:\n      - |",
        STEPS + "  - repeat: 3\n    steps:\n      - rest: 1 min\n    between:\n      - |",
        TOP + "define:\n  one:\n    - |",
    ],
    ids=["first", "another", "in a repeat", "in between", "in a block"],
)
def test_after_a_dash_all_heads_are_offered_and_nothing_else(editor: Editor, file: Path, before: str) -> None:
    assert sorted(editor.complete(file, before)) == sorted([*HEADS, *GROUPS, *SNIPPETS])


def test_a_head_comes_with_a_value_to_be_changed(editor: Editor, file: Path) -> None:
    offered = editor.complete(file, STEPS + "  - |")
    assert offered["forward"] == "forward: ${1:5 min} @ ${2:6 km/h}"
    assert offered["backward"] == "backward: ${1:90 s} @ ${2:1.5 km/h}"
    assert offered["rest"] == "rest: ${1:1 min}"


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_is_a_step_without_a_problem(editor: Editor, file: Path, name: str) -> None:
    offered = editor.complete(file, STEPS + "  - |")[name]
    lines = re.sub(r"\$\{[0-9]+:([^}]*)\}", r"\1", offered).split("\n")
    step = "  - " + "\n".join([lines[0], *(f"  {line}" for line in lines[1:])])
    made = f"{STEPS}  - warm-up: 5 min @ 5 km/h\n{step}\n  - cool-down: 4 min @ 4 km/h\n"
    assert check_text(made).errors == (), made
    assert editor.diagnostics(file, made) == []


@pytest.mark.parametrize(
    ("step", "keys"),
    [
        ("forward: 5 min @ 5 km/h", KEYS),
        ("warm-up: 5 min @ 5 km/h", KEYS),
        ("forward: 5 min @ 5 km/h\n    say: Go.", KEYS[:-1]),
        ("backward: 1 min @ 2 km/h", [key for key in KEYS if key not in ("heart", "within")]),
        ("rest: 1 min", ["until", "at-least", "say"]),
        ("repeat: 3", ["steps", "vary", "between"]),
        ("use: x", []),
    ],
)
def test_in_a_step_its_own_keys_are_offered(editor: Editor, file: Path, step: str, keys: list[str]) -> None:
    assert sorted(editor.complete(file, f"{STEPS}  - {step}\n    |")) == sorted(keys)


@pytest.mark.parametrize(
    ("before", "offered"),
    [
        (MODELINE + "level: |", ["rehab", "beginner", "intermediate", "advanced"]),
        (MODELINE + "ask:\n  |", ["before", "after", "morning"]),
        (MODELINE + "ask:\n  before: |", ["pain", '["pain","effort"]']),
        (MODELINE + "limits:\n  |", ["heart", "backward"]),
        (MODELINE + "params:\n  |", []),
        (MODELINE + "params:\n  easy: |", ["4.5 km/h", "6:40 /km", "5 min", "400 m", "2 %", "3"]),
        (STEPS + "  - forward: 5 min\n    speed: |", ["9 km/h", "$easy", "4 -> 6 km/h"]),
        (STEPS + "  - forward: 5 min @ 5 km/h\n    heart: |", ["zone 2", "120..135 bpm", "60..70 %max"]),
        (STEPS + "  - forward: 5 min @ 5 km/h\n    say:\n      |", ["start", "half", "1:00", "-10 s", "every 30 s"]),
    ],
)
def test_values_and_keys_are_offered(editor: Editor, file: Path, before: str, offered: list[str]) -> None:
    assert sorted(editor.complete(file, before)) == sorted(offered)


def test_an_empty_file_is_begun(editor: Editor, file: Path) -> None:
    offered = editor.complete(file, MODELINE + "|")
    assert offered["coach workout"].startswith("format: 1\nname: ${1:Easy intervals}\nsteps:\n  - ")
    assert offered["format"] == "format: 1"


# Hover


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        (STEPS + "  - back|ward: 1 min @ 2 km/h\n", ["Facing the rear", "The belt never reverses", "90 s @ 1.5 km/h"]),
        (STEPS + "  - backward: 1 m|in @ 2 km/h\n", ["Facing the rear"]),
        (STEPS + "  - forward: 1 min @ 2 km/h\n    s|ay: Go.\n", ["What coach says", "a map from times to texts"]),
        (STEPS + "  - forward: 1 min @ 2 km/h\n    say: {ha|lf: Go.}\n", ["At half of the step"]),
        (STEPS + "  - forward: 1 min @ 2 km/h\n    say: {-5| s: Go.}\n", ["A time or a distance from the start"]),
        (STEPS + "  - rep|eat: 3\n    steps: [rest: 1 min]\n", ["How many rounds"]),
        (STEPS + "  - repeat: 3\n    ste|ps: [rest: 1 min]\n", ["The steps of one round"]),
        (MODELINE + "lev|el: rehab\n", ["row of caps", "`beginner`: backward at most 3 km/h"]),
        (MODELINE + "level: re|hab\n", ["`rehab`: backward at most 2 km/h, 2 min at a time, 10 min in all"]),
        (MODELINE + "params: {ea|sy: 5 km/h}\n", ["Its default", "4.5 km/h"]),
    ],
)
def test_what_is_under_the_pointer_is_explained(editor: Editor, file: Path, before: str, shown: list[str]) -> None:
    told = editor.hover(file, before)
    assert [part for part in shown if part not in told] == []


# What is underlined

MISTAKES = {
    "an unknown key": ("  - forward: 5 min @ 9 km/h\n    spede: 3\n", ["7:5: Property spede is not allowed."]),
    "no head": ("  - speed: 5 km/h\n", ["6:5: a step is a dash, a blank and its head: "]),
    "a text for a step": ("  - forward\n", ["6:5: a step is a dash, a blank and its head: "]),
    "two heads": (
        "  - forward: 5 min @ 5 km/h\n    backward: 1 min @ 2 km/h\n",
        ["7:5: a step has one head; is a dash missing before this one?"],
    ),
    "no dash": ("  forward: 5 min @ 5 km/h\n", ["6:3: a list of steps is needed here, each with a dash"]),
    "no speed": ("  - forward: 5 min\n", ["6:5: this step has no speed; write forward: 5 min @ 5 km/h"]),
    "no unit": ("  - forward: 5 min @ 9\n", ["6:14: cannot be read as EXTENT @ SPEED, INCLINE"]),
    "a number": ("  - forward: 5 min\n    speed: 9\n", ["7:12: cannot be read as a speed"]),
    "a repeat without steps": ("  - repeat: 3\n", ["6:5: this repeat has no steps; they stand under steps:"]),
    "3x": ("  - repeat: 3x\n    steps: [rest: 1 min]\n", ["6:13: cannot be read as a number of rounds"]),
    "a heart backward": ("  - backward: 1 min @ 2 km/h\n    heart: zone 2\n", ["7:5: Property heart is not allowed."]),
    "a heart alone": ("  - forward: 1 min @ 5 km/h\n    heart: zone 2\n", ["6:5: Object is missing property within"]),
    "a rest that moves": ("  - rest: 1 min @ 3 km/h\n", ["6:11: cannot be read as the time of a rest"]),
    "a time of a cue": (
        "  - forward: 1 min @ 5 km/h\n    say: {end: Go.}\n",
        ["7:11: cannot be read as the time of a cue"],
    ),
    "a list of cues": ("  - forward: 1 min @ 5 km/h\n    say: [Go.]\n", ["7:10: a text is needed here"]),
    "nothing": ("", ["5:7: a list of steps is needed here"]),
}


@pytest.mark.parametrize(("steps", "wanted"), MISTAKES.values(), ids=MISTAKES)
def test_a_plain_mistake_is_underlined_once(editor: Editor, file: Path, steps: str, wanted: list[str]) -> None:
    assert check_text(STEPS + steps).errors
    told = editor.diagnostics(file, STEPS + steps)
    assert len(told) == len(wanted)
    assert all(one.startswith(start) for one, start in zip(told, wanted, strict=True)), told


def test_mistakes_at_the_top_are_underlined(editor: Editor, file: Path) -> None:
    wrong = MODELINE + (
        "format: 2\nnmae: x\nlevel: beginer\nask: {before: pian}\nparams: {a b: 3 km/h, c: fast}\n"
        "limits: {heart: 5}\nsteps: []\ntags: {a: b}\n"
    )
    assert sorted(editor.diagnostics(file, wrong), key=lambda told: [int(part) for part in told.split(":")[:2]]) == [
        '2:1: Missing property "name".',
        "2:9: this coach reads format: 1",
        "3:1: Property nmae is not allowed.",
        "4:8: levels are rehab, beginner, intermediate, advanced",
        "5:15: questions are pain and effort",
        "6:10: a name has letters, digits, - and _, and begins with a letter",
        "6:26: cannot be read as a value: 4.5 km/h, 6:40 /km, 5 min, 400 m, 2 % or a number of rounds",
        "7:17: cannot be read as a heart rate: 150 bpm or 85 %max",
        "8:8: Array has too few items. Expected 1 or more.",
        "9:7: a text is needed here; one with a colon in it stands in quotes",
    ]


# What is not underlined


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_workout_is_not_underlined(editor: Editor, name: str) -> None:
    assert editor.diagnostics(HOME / f"{name}.yaml") == []


@pytest.mark.parametrize("name", shipped_plans())
def test_a_shipped_plan_is_not_underlined_and_its_mistakes_are(editor: Editor, name: str) -> None:
    file = HOME / PLANS / f"{name}.yaml"
    assert editor.diagnostics(file) == []
    wrong = re.sub(r"\bworkout:", "wrkout:", file.read_text(encoding="utf-8"), count=1)
    assert any("wrkout is not allowed" in told for told in editor.diagnostics(editor.folder / "plan.yaml", wrong))


@pytest.mark.parametrize("name", templates())
def test_a_template_is_not_underlined(editor: Editor, file: Path, name: str) -> None:
    assert editor.diagnostics(file, filled(name, "Mine")) == []


def test_what_coach_reads_is_not_underlined(editor: Editor, file: Path) -> None:
    """Every good form of the language, as its own tests have them, in one file."""
    lines = [
        *(f"forward: {one}\n    speed: 3 km/h" for one, _ in _table("a_time_has_a_unit_or_a_colon")),
        *(f"forward: {one} @ 5 km/h" for one, _ in _table("an_extent_is_a_time_a_distance_a_place_or_open")),
        *(f"forward: 1 min @ {one}" for one, _ in _table("a_speed_is_kmh_mph_ms_or_a_pace")),
        *(f"forward: {one}" for one in _table("blanks_between_the_parts_of_a_step_mean_nothing")),
        *("\n    ".join([f"forward: {one[0]}", *one[1:]]) for one in _table("the_line_and_the_keys_mean_the_same")),
        *(f"forward: 5 min @ {one}" for one, _ in _table("a_ramp_goes_from_the_first_value_to_the_second")),
        *(f"forward: 5 min @ 6 km/h\n    heart: {one}\n    within: 5..7 km/h" for one, _ in _table("a_heart_step")),
        *("\n    ".join(["forward: 5 min @ 6 km/h", *keys]) for keys, _ in _table("until_ends_a_step_early")),
        *(f"forward: 5 min @ 6 km/h\n    {one}" for one, _ in _table("a_cue_is_a_text_or_a_map")),
        *(f"forward: 5 min @ {one}" for one, _ in _table("a_value_is_a_name_a_share_or_a_sum")),
        *(f"mark: {one}" for one in _table("no_scalar_is_typed_by_yaml")),
    ]
    steps = "".join(f"  - {line}\n" for line in lines)
    assert len(lines) > 80
    assert editor.diagnostics(file, f"{TOP}params: {{easy: 8 km/h}}\nsteps:\n{steps}") == []


def _table(name: str) -> list[Any]:
    """The rows of a test of the language, by the beginning of its name."""
    (test,) = (value for key, value in vars(test_language).items() if key.startswith(f"test_{name}"))
    (mark,) = test.pytestmark
    rows: list[Any] = mark.args[1]
    return rows


@pytest.mark.parametrize("said", test_language.test_no_scalar_is_typed_by_yaml.pytestmark[0].args[1])  # type: ignore[attr-defined]
def test_what_yaml_would_type_is_a_text_for_the_editor_too(editor: Editor, file: Path, said: str) -> None:
    made = (
        f"{MODELINE}format: 1\nname: {said}\ndescription: {said}\nauthor: {said}\ntags: [{said}, b]\n"
        f"steps:\n  - mark: {said}\n  - forward: 5:00 @ 6:00 /km\n    say: {{start: {said}, 1:00: {said}}}\n"
        f"  - rest: 1:30\n    say: {said}\n"
    )
    assert check_text(made).errors == ()
    assert editor.diagnostics(file, made) == []


ACCEPTED = [name for name, made, _ in ROWS if check_text(made).workout is not None]


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_only_warned_of_is_not_underlined(editor: Editor, file: Path, name: str) -> None:
    (made,) = (made for row, made, _ in ROWS if row == name)
    assert editor.diagnostics(file, MODELINE + made) == []


ODD = {
    "JSON": '{"format": "1", "name": "Test", "steps": [{"forward": "5 min @ 6 km/h"}]}',
    "quotes and blanks": 'format: " 1 "\nname: x\nlevel: " rehab "\nask: {before: [" pain "]}\n'
    'steps: [rest: "1 min", forward: 1 min @ 5 km/h]\n',
    "anchors": "format: 1\nname: x\nsteps:\n  - &a {forward: 1 min @ 5 km/h}\n  - *a\n",
    "a text over lines": "format: 1\nname: >-\n  a\n  b\nsteps:\n  - forward: |\n      1 min @ 5 km/h\n",
    "keys in any order": "steps:\n  - say: Go.\n    forward: 1 min @ 5 km/h\nname: x\nformat: 1\n",
    "one word": "format: 1\nname: x\ntags: run\nask: {after: effort}\nsteps:\n  - rest: open\n"
    "  - forward: 1 min @ 5 km/h\n",
    "nothing to say of it": "format: 1\nname: x\ndescription:\nsteps:\n  - forward: 1 min @ 5 km/h\n",
    "a count": "format: 1\nname: x\nparams: {n: 03, m: '2'}\nsteps:\n  - repeat: $n\n    steps:\n      - repeat: $m\n"
    "        vary: {k: [1, 2]}\n        steps: [{repeat: $k, steps: [forward: 1 min @ 5 km/h]}]\n",
    "a block named null": "format: 1\nname: x\ndefine: {null: [forward: 1 min @ 5 km/h]}\nsteps: [use: null]\n",
}


@pytest.mark.parametrize("made", ODD.values(), ids=ODD)
def test_odd_texts_that_coach_reads_are_not_underlined(editor: Editor, file: Path, made: str) -> None:
    assert check_text(made).errors == (), check_text(made).rendered()
    assert editor.diagnostics(file, MODELINE + made) == []


# From a user's folder

Coach = Callable[..., tuple[int, str, str]]


def test_a_new_workout_finds_its_schema_by_its_first_line(
    coach: Coach, editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert coach("new", "My tempo")[0] == 0
    file = tmp_path / "my-tempo.yaml"
    written = file.read_text(encoding="utf-8")
    assert editor.diagnostics(file) == []
    assert any("spede is not allowed" in one for one in editor.diagnostics(file, written + "    spede: 3\n"))
    assert "rehab" in editor.complete(file, re.sub("(?m)^level: .*$", "level: |", written))
    assert "What coach says" in editor.hover(file, written.replace("  say:", "  s|ay:"))


def test_the_settings_of_an_editor_find_workouts_without_that_line(
    server: list[str], tmp_path: Path, home: Path
) -> None:
    """As Zed gives them to the server, and Neovim, Helix and Emacs too; VS Code joins their names with a dot."""
    own = tmp_path / "own"
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(f'workouts = "{own.as_posix()}"\n', encoding="utf-8")
    settings = {"yaml": {**SETTINGS["yaml"], "schemas": schemas()}}
    assert '"*.workout.yaml"' in zed(schemas())
    wrong, plan = "format: 1\nname: x\nsteps:\n  - forwrd: 1 min @ 5 km/h\n", "plan: 1\nname: x\nlevel: rehab\n"
    with Editor(server, tmp_path, settings) as editor:
        for file, made, wanted in (
            (tmp_path / "there" / "a.workout.yaml", wrong, "4:5: a step is a dash, a blank"),
            (own / "b.yaml", wrong, "4:5: a step is a dash, a blank"),
            (tmp_path / "c.plan.yaml", plan, '1:1: Missing property "weeks".'),
        ):
            (told,) = editor.diagnostics(file, made)
            assert told.startswith(wanted)
        assert editor.diagnostics(tmp_path / "d.yaml", wrong) == []
