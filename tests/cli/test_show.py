"""`coach show` as a user meets it: the page, facts, flat YAML and a page to print, and one clear message a mistake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.script.check import check_text, load
from coach.script.find import shipped
from tests.script.test_write import bare
from tests.show.golden import golden
from tests.show.shown import HERE

Coach = Callable[..., tuple[int, str, str]]
BLOCKS, LONG, RESTS = (str(HERE / "workouts" / f"{name}.yaml") for name in ("blocks", "long", "rests"))
TOO_FAST = "5min@6 / back 1min@5 / 5min@5"

MISTAKES = {  # what was typed, exit code, a part of the message
    "a descriptor": (["tempo-20", "-o", "/dev/stdout"], 1, "/dev/stdout is a pipe or a device, no plain file"),
    "a folder": (["tempo-20", "--html", "."], 1, ". is a directory; name a file in it"),
    "a folder with a slash": (["tempo-20", "-o", "no/"], 1, "no/ is a directory; name a file in it"),
    "no workout": ([], 2, "Missing argument"),
    "an unknown workout": (["first-steps-bck"], 1, "did you mean first-steps-back?"),
    "a directory": (["."], 1, "is a directory"),
    "half a shorthand": (["3x(2min@9"], 1, "a ) is missing"),
    "a level that is none": ([BLOCKS, "--level", "pro"], 2, "beginner"),
    "half a setting": ([BLOCKS, "--set", "easy"], 2, "NAME=VALUE"),
    "an unknown setting": ([BLOCKS, "--set", "esy=5 km/h"], 1, "did you mean easy?"),
    "a runner that is unknown": ([BLOCKS, "--runner", "ben"], 1, "[runner.ben]"),
    "an unknown machine": ([BLOCKS, "--machine", "hom"], 1, "did you mean home?"),
    "an unknown simulated machine": ([BLOCKS, "--machine", "sim:hom"], 2, "did you mean home?"),
    "two answers": ([BLOCKS, "--json", "--expand"], 2, "ask for one at a time"),
    "an answer and a page": ([BLOCKS, "--json", "--html", "x.html"], 2, "ask for one at a time"),
    "two pages on the terminal": ([BLOCKS, "--html", "-", "--svg", "-"], 2, "two pages do not fit"),
    "a file twice": ([BLOCKS, "--html", "x.html", "-o", "y.html"], 2, "name their own file"),
    "a file that cannot be": (
        [BLOCKS, "-o", "/nowhere/x.txt"],
        1,
        "there is no folder /nowhere; make it, or choose another",
    ),
    "a page of what does not run": ([TOO_FAST, "--html", "-"], 1, "a workout with errors is not printed"),
}


@pytest.mark.parametrize(("words", "code", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_clear_message(coach: Coach, words: list[str], code: int, message: str) -> None:
    left, out, err = coach("show", *words)
    assert left == code
    assert message in out + err
    assert "Traceback" not in out + err
    assert not Path("x.html").exists()


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_workout_is_shown_within_eighty_columns(coach: Coach, name: str) -> None:
    code, out, err = coach("show", name)
    assert (code, err) == (0, "")
    assert max(len(line) for line in out.splitlines() if ": warning[" not in line and " | " not in line) <= 80
    assert "\x1b" not in out


def test_the_page_is_the_golden_one(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    assert coach("show", BLOCKS) == (0, golden("blocks-80"), "")
    monkeypatch.setenv("COLUMNS", "120")
    assert coach("show", RESTS) == (0, golden("rests-120"), "")


def test_advice_stands_below_the_page(coach: Coach) -> None:
    code, out, err = coach("show", LONG)
    assert (code, err) == (0, "")
    assert out.startswith(golden("long-80").rstrip("\n"))
    assert "warning[bridge-inserted]" in out


def test_what_breaks_a_rule_is_shown_below_its_problem(coach: Coach) -> None:
    code, out, err = coach("show", TOO_FAST)
    assert code == 1
    assert "error[backward-too-fast]" in err
    assert "Level beginner does not allow it: block 1 at 5 km/h is above 3 km/h." in out
    assert out.endswith("does not run like this.\n")
    assert " backward  rear" in out


def test_a_shorthand_needs_no_file_and_has_no_lines(coach: Coach) -> None:
    code, out, _ = coach("show", "5min@5 / open@6 / 3min@4")
    assert code == 0
    assert "line" not in out.split("\n\n")[2].splitlines()[0]
    assert "Step 2 has no end" in out


def test_values_and_level_are_those_that_were_typed(coach: Coach) -> None:
    code, out, _ = coach("show", BLOCKS, "--set", "easy=6 km/h", "--level", "intermediate")
    assert code == 0
    assert "At most 6 km/h facing the console" in out
    assert "Level intermediate. It opens after 6 backward sessions" in out


def test_a_machine_counts_the_turns_and_has_its_say(coach: Coach) -> None:
    code, out, _ = coach("show", BLOCKS, "--machine", "home")
    assert (code, "Turns are counted as on SIM-home." in out) == (0, True)
    code, out, err = coach("show", BLOCKS, "--machine", "minimum-1-6")
    assert code == 1
    assert "error[below-device-minimum]" in err
    assert "does not run like this" in out
    assert coach("show", BLOCKS, "--machine", "sim:home")[1] == coach("show", BLOCKS, "--machine", "home")[1]


def test_a_machine_that_takes_no_speeds_leaves_the_backward_blocks_out(coach: Coach) -> None:
    code, out, _ = coach("show", BLOCKS, "--machine", "no-control")
    assert code == 0
    assert "warning[backward-left-out]" in out
    assert " rear " not in out
    code, out, _ = coach("show", BLOCKS, "--machine", "no-control", "--expand")
    assert (code, out.count("- backward:")) == (0, 2)


def test_the_runner_has_a_weight_and_values_of_his_own(coach: Coach, settings: Callable[[str], Path]) -> None:
    settings("[runner.ada]\nweight_kg = 55\nmax_bpm = 190\neasy_kmh = 5.5\n")
    code, out, _ = coach("show", BLOCKS, "--runner", "ada")
    assert code == 0
    assert "kcal gross for 55 kg;" in out
    assert "152 bpm, for a maximum of 190" in out
    assert " 5.5 " in out
    settings("[runner.ada]\n")
    assert "kcal gross for 70 kg (the settings name no weight)" in coach("show", BLOCKS)[1]


def test_the_facts_as_json(coach: Coach) -> None:
    code, out, _ = coach("show", LONG, "--json")
    told = json.loads(out)
    assert (code, told["schema"], told["level"], told["runs"]) == (0, 1, "intermediate", True)
    assert {problem["rule"] for problem in told["problems"]} >= {"bridge-inserted"}
    assert [row["head"] for row in told["rows"]][2:4] == ["bridge", "backward"]
    assert told["totals"]["turns"] == 2
    assert told["need"]["smallest"] == "intermediate"


def test_json_of_what_breaks_a_rule_and_of_what_is_no_workout(coach: Coach) -> None:
    code, out, err = coach("show", TOO_FAST, "--json")
    told = json.loads(out)
    assert (code, err, told["runs"], told["need"]["smallest"]) == (1, "", False, "advanced")
    code, out, err = coach("show", "nothing.yaml", "--json")
    told = json.loads(out)
    assert (code, err, list(told), told["problems"][0]["rule"]) == (1, "", ["schema", "problems"], "no-such-workout")


def test_flat_yaml_goes_to_a_file_that_runs(coach: Coach, tmp_path: Path) -> None:
    file = tmp_path / "flat.yaml"
    assert coach("show", BLOCKS, "--expand", "-o", str(file)) == (0, f"{file}: written\n", "")
    assert file.read_bytes().decode() == golden("blocks-flat")
    again, first = load(str(file)).workout, load(BLOCKS).workout
    assert again is not None
    assert first is not None
    assert bare(again.segments) == bare(first.segments)
    assert coach("check", str(file))[:2] == (0, f"{file}: no problems\n")


def test_flat_yaml_has_the_values_and_the_level_that_were_typed(coach: Coach) -> None:
    code, out, _ = coach("show", BLOCKS, "--expand", "--set", "easy=5:00 /km", "--level", "advanced")
    assert code == 0
    assert "level: advanced\n" in out
    assert "warm-up: 3 min @ 12 km/h" in out
    assert check_text(out).workout is not None


def test_a_workout_is_never_written_over_by_what_is_made_of_it(coach: Coach, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(Path(BLOCKS).read_text(encoding="utf-8"), encoding="utf-8")
    for words in (["--expand", "-o"], ["--html"], ["--svg"], ["-o"]):
        code, _, err = coach("show", str(file), *words, str(file))
        assert code == 1
        assert "is the workout itself" in err
    assert file.read_text(encoding="utf-8") == Path(BLOCKS).read_text(encoding="utf-8")


def test_pages_to_print_go_to_files_or_to_the_terminal(coach: Coach, tmp_path: Path) -> None:
    html, svg = tmp_path / "a.html", tmp_path / "a.svg"
    code, out, _ = coach("show", BLOCKS, "--html", str(html), "--svg", str(svg))
    assert (code, out) == (0, f"{html}: written\n{svg}: written\n")
    assert html.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    code, out, _ = coach("show", BLOCKS, "--svg", "-")
    assert (code, out) == (0, svg.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_without_matplotlib_it_is_said_what_to_type(home: Path) -> None:
    code = (
        "import sys\nsys.modules['matplotlib'] = None\nsys.argv = ['coach', 'show', *sys.argv[1:]]\n"
        "from coach.__main__ import main\nmain()"
    )
    del home
    for words, left in ((["--html", "-"], 1), (["--expand"], 0), ([], 0)):
        run = subprocess.run([sys.executable, "-c", code, BLOCKS, *words], capture_output=True, text=True, check=False)
        assert run.returncode == left
        assert "Traceback" not in run.stderr
    run = subprocess.run(
        [sys.executable, "-c", code, BLOCKS, "--svg", "-"], capture_output=True, text=True, check=False
    )
    assert "pip install '.[chart]'" in run.stderr
    assert "pip install '.[chart]'" in run.stderr


def test_help_is_quick() -> None:
    code = (
        "import sys\nsys.argv = ['coach', 'show', '--help']\nfrom coach.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nprint(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(run.stdout.splitlines()[-1].split())
    assert not modules & {
        "matplotlib",
        "yaml",
        "textual",
        "bleak",
        "coach.script.check",
        "coach.show.facts",
    }


def on_a_terminal(*words: str, **variables: str) -> str:
    """What a terminal of so many columns gets."""
    import pty

    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "PYTHONIOENCODING": "utf-8", **variables}
    child = subprocess.Popen([sys.executable, "-m", "coach", "show", *words], stdout=theirs, stdin=theirs, env=env)
    os.close(theirs)
    text = b""
    try:
        while more := os.read(ours, 65536):
            text += more
    except OSError:  # the command has ended
        pass
    finally:
        os.close(ours)
        assert child.wait(30) == 0
    return text.decode()


@pytest.mark.slow
def test_colour_is_for_terminals_that_want_it() -> None:
    painted = on_a_terminal(BLOCKS)
    assert "\x1b[35m▒" in painted
    assert "\x1b[33m↻" in painted
    bare_ = on_a_terminal(BLOCKS, NO_COLOR="1")
    assert "\x1b" not in bare_
    assert "▒" in bare_
    assert "\x1b" not in on_a_terminal(BLOCKS, TERM="dumb")
    assert "\x1b" not in on_a_terminal(BLOCKS, "--plain")


@pytest.mark.slow
def test_signs_that_an_encoding_has_not_are_letters(coach: Coach) -> None:
    plain = coach("show", RESTS, "--plain")[1]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = subprocess.run([sys.executable, "-m", "coach", "show", RESTS], capture_output=True, check=True, env=env)
    assert run.stdout.decode("ascii") == plain
    assert "////" in plain
    assert "# facing the console   / facing the rear   T turn   . rest" in plain


@pytest.mark.slow
def test_a_page_for_a_terminal_of_plain_letters_is_still_whole() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    words = [sys.executable, "-m", "coach", "show", BLOCKS, "--html", "-"]
    run = subprocess.run(words, capture_output=True, check=True, env=env)
    assert "<h1>Zwei Bl&#246;cke</h1>" in run.stdout.decode("ascii")
