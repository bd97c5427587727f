"""`coach check`: what it prints in each form, what it takes, its exit codes, and how it watches."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coach.cli.check import Checker, watch
from coach.cli.checked import command as workflow_command
from coach.core.machine import Range
from coach.known import Known
from coach.machines import Store
from coach.script.check import Wanted
from coach.script.problem import Problem, Severity
from coach.script.source import LARGEST_BYTES
from tests.cli.talk import _COACH, _talk

Coach = Callable[..., tuple[int, str, str]]

FINE = "format: 1\nname: Fine\nsteps:\n  - forward: 20 min @ 5 km/h\n"
WRONG = "format: 1\nname: Wrong\nparams: {a: 5 km/h}\nsteps:\n  - forward: 5 min @ 6 kmh\n  - forward: 5 m @ 6 km/h\n"
ADVICE = "format: 1\nname: Advice\nparams: {easy: 5 km/h}\nsteps:\n  - forward: 20 min @ 5 km/h\n"
HUSHED = ADVICE.replace("}", "}  # coach: ignore[unused-param] for --set")
PLAN = "plan: 1\nname: Weeks\nlevel: beginner\nweeks:\n  - sessions:\n      - workout: nothing-such\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a workout of each kind, which is where the user is."""
    here = tmp_path / "mine"
    here.mkdir()
    for name, text in {"fine": FINE, "wrong": WRONG, "advice": ADVICE, "hushed": HUSHED}.items():
        (here / f"{name}.yaml").write_text(text, encoding="utf-8")
    (here / "workout.schema.json").write_text("{}", encoding="utf-8")
    (here / "notes.txt").write_text("no workout", encoding="utf-8")
    monkeypatch.chdir(here)
    return here


# The forms


def test_as_text_each_problem_has_its_line_its_place_and_its_fix(coach: Coach) -> None:
    code, out, err = coach("check", "wrong.yaml")
    assert code == 1
    assert err == ""
    assert out == (
        'wrong.yaml:5:24: error[unknown-unit]: "kmh" is not a unit that coach knows\n'
        "    5 |   - forward: 5 min @ 6 kmh\n"
        "      |                        ^\n"
        "      = help: did you mean 6 km/h?\n"
        "wrong.yaml:6:14: error[minutes-or-metres]: 5 m is 5 metres, which is very short\n"
        "    6 |   - forward: 5 m @ 6 km/h\n"
        "      |              ^\n"
        "      = help: did you mean 5 min? so few metres are written as 0.005 km\n"
        "wrong.yaml: 2 errors\n"
        "coach rule NAME explains a rule, with an example.\n"
    )


def test_several_files_have_a_total(coach: Coach) -> None:
    code, out, _ = coach("check", "fine.yaml", "advice.yaml", "hushed.yaml")
    assert code == 0
    assert out.splitlines()[0] == "fine.yaml: no problems"
    assert out.splitlines()[-4:] == [
        "advice.yaml: 1 warning",
        "hushed.yaml: no problems, 1 silenced",
        "3 files: 1 warning, 1 silenced",
        "coach rule NAME explains a rule, with an example.",
    ]


def test_what_is_no_file_is_counted_as_a_workout(coach: Coach) -> None:
    assert coach("check", "fine.yaml", "warm-up 5min@4/20min@5/cool-down 3min@4")[1].splitlines()[-1] == (
        "2 workouts: no problems"
    )


def test_nothing_wrong_needs_no_hint(coach: Coach) -> None:
    assert coach("check", "fine.yaml") == (0, "fine.yaml: no problems\n", "")
    assert coach("check", "fine.yaml", "fine.yaml")[1].splitlines()[-1] == "2 files: no problems"


def test_as_json_it_has_all_facts(coach: Coach) -> None:
    code, out, _ = coach("check", "wrong.yaml", "hushed.yaml", "advice.yaml", "--format", "json")
    assert code == 1
    facts = json.loads(out)
    assert facts == {
        "schema": 1,
        "files": [
            {"file": "wrong.yaml", "title": "Wrong", "errors": 2, "warnings": 0, "silenced": []},
            {
                "file": "hushed.yaml",
                "title": "Advice",
                "errors": 0,
                "warnings": 0,
                "silenced": [{"line": 3, "rule": "unused-param"}],
            },
            {"file": "advice.yaml", "title": "Advice", "errors": 0, "warnings": 1, "silenced": []},
        ],
        "problems": [
            {
                "file": "wrong.yaml",
                "line": 5,
                "column": 24,
                "rule": "unknown-unit",
                "severity": "error",
                "message": '"kmh" is not a unit that coach knows',
                "help": "did you mean 6 km/h?",
                "group": "E",
            },
            {
                "file": "wrong.yaml",
                "line": 6,
                "column": 14,
                "rule": "minutes-or-metres",
                "severity": "error",
                "message": "5 m is 5 metres, which is very short",
                "help": "did you mean 5 min? so few metres are written as 0.005 km",
                "group": "E",
            },
            {
                "file": "advice.yaml",
                "line": 3,
                "column": 10,
                "rule": "unused-param",
                "severity": "warning",
                "message": "no step uses $easy",
                "help": "delete it",
                "group": "W",
            },
        ],
    }
    assert coach("check", "wrong.yaml", "hushed.yaml", "advice.yaml", "--json") == (code, out, "")


def test_for_github_it_is_one_command_for_each_problem(coach: Coach) -> None:
    code, out, _ = coach("check", "wrong.yaml", "advice.yaml", "fine.yaml", "--format", "github")
    assert code == 1
    assert out == (
        '::error file=wrong.yaml,line=5,col=24,title=unknown-unit::"kmh" is not a unit that coach knows'
        "%0Ahelp: did you mean 6 km/h?\n"
        "::error file=wrong.yaml,line=6,col=14,title=minutes-or-metres::5 m is 5 metres, which is very short"
        "%0Ahelp: did you mean 5 min? so few metres are written as 0.005 km\n"
        "::warning file=advice.yaml,line=3,col=10,title=unused-param::no step uses $easy%0Ahelp: delete it\n"
    )


def test_what_github_would_take_for_its_own_signs_is_escaped() -> None:
    problem = Problem(1, 2, "a-rule", "5 %, and: more", None, Severity.WARNING, "a,b: 5 %\n.yaml")
    said = "::warning file=a%2Cb%3A 5 %25%0A.yaml,line=1,col=2,title=a-rule::5 %25, and: more"
    assert workflow_command(problem) == said


def test_two_forms_at_once_and_a_form_that_is_none_are_usage(coach: Coach) -> None:
    assert coach("check", "fine.yaml", "--json", "--format", "github")[0] == 2
    code, _, err = coach("check", "fine.yaml", "--format", "sarif")
    assert code == 2
    assert "text" in err
    assert "github" in err


# What it takes


def test_a_folder_is_all_workouts_in_it_in_order(coach: Coach, folder: Path) -> None:
    (folder / "below").mkdir()
    (folder / "below" / "deeper.yaml").write_text(WRONG, encoding="utf-8")
    (folder / "other.yml").write_text(FINE, encoding="utf-8")
    code, out, _ = coach("check", ".", "--json")
    assert code == 1
    files = [one["file"] for one in json.loads(out)["files"]]
    assert files == ["advice.yaml", "fine.yaml", "hushed.yaml", "other.yml", "wrong.yaml"]


def test_a_folder_without_workouts_says_so(coach: Coach, folder: Path) -> None:
    (folder / "empty").mkdir()
    code, out, _ = coach("check", "empty", "fine.yaml")
    assert code == 1
    assert out.startswith('error[no-such-workout]: there is no workout in "empty"\n')
    assert "fine.yaml: no problems\n2 files: 1 error\n" in out


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_what_might_never_end_is_not_read(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    for name in ("pipe.yaml", "/dev/zero"):
        run = subprocess.run(
            [sys.executable, "-m", "coach", "check", name],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert run.returncode == 1
        assert run.stdout.startswith(
            f'{name}:1:1: error[not-a-file]: "{name}" is a pipe or a device, no plain file\n'
            "      = help: coach check - reads what is piped into it\n"
        )


def given(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))


@pytest.mark.parametrize(
    ("raw", "code", "said"),
    [
        (FINE.encode(), 0, "stdin: no problems"),
        (WRONG.encode(), 1, "stdin:5:24: error[unknown-unit]"),
        (b"", 1, "stdin:1:1: error[empty-file]"),
        (FINE.encode("utf-16"), 1, "stdin:1:1: error[not-utf-8]"),
        (b"#" * (LARGEST_BYTES + 5), 1, "stdin:1:1: error[file-too-large]"),
    ],
)
def test_a_dash_is_standard_input(
    coach: Coach, monkeypatch: pytest.MonkeyPatch, raw: bytes, code: int, said: str
) -> None:
    given(raw, monkeypatch)
    left, out, _ = coach("check", "-")
    assert left == code
    assert out.startswith(said)


def test_standard_input_is_read_once(coach: Coach) -> None:
    code, _, err = coach("check", "-", "-")
    assert code == 2
    assert "once" in err


def test_a_training_plan_is_checked_as_one(coach: Coach, folder: Path) -> None:
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    code, out, _ = coach("check", "plan.yaml", "--json")
    problems = json.loads(out)["problems"]
    assert code == 1
    assert "is-a-plan" not in {problem["rule"] for problem in problems}
    assert "nothing-such" in problems[0]["message"]
    assert problems[0]["file"] == "plan.yaml"


def test_a_training_plan_cannot_be_run_as_a_workout(coach: Coach, folder: Path) -> None:
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    code, _, err = coach("run", "plan.yaml", "--auto")
    assert code == 1
    assert "error[is-a-plan]: this is a training plan" in err


def test_values_the_level_and_the_own_folder_are_heeded(
    coach: Coach, folder: Path, settings: Callable[[str], Path]
) -> None:
    settings(f'workouts = "{folder.as_posix()}"\n[runner.ann]\nparams = {{run = "30 km/h"}}\n')
    text = "format: 1\nname: Own\nparams: {run: 5 km/h}\nsteps:\n  - forward: 20 min @ $run\n"
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    os.chdir(folder.parent)
    assert coach("check", "own")[0] == 1
    assert coach("check", "own", "--set", "run=5 km/h")[0] == 0
    back = "warm-up 5min@9/back 1min@5/cool-down 3min@4"
    assert "the most for rehab" in coach("check", back, "--level", "rehab")[1]


# The machine


def test_a_machine_is_asked_by_its_short_name_its_long_one_or_its_file(coach: Coach, folder: Path) -> None:
    (folder / "fast.yaml").write_text(FINE.replace("5 km/h", "5 -> 12 km/h"), encoding="utf-8")
    (folder / "slow.toml").write_text('name = "SIM-slow"\nmax_kmh = 11\n', encoding="utf-8")
    assert coach("check", "fast.yaml")[0] == 0
    for name, shown in (("mph-target", "SIM-mph-target"), ("sim:mph-target", "SIM-mph-target"), ("slow.toml", "slow")):
        code, out, _ = coach("check", "fast.yaml", "--machine", name, "--json")
        (problem,) = (one for one in json.loads(out)["problems"] if one["severity"] == "error")
        assert code == 1
        assert (problem["rule"], problem["group"], problem["line"]) == ("speed-over-device", "D", 4)
        assert shown in problem["message"]
    assert coach("check", "fast.yaml", "--machine", "home")[0] == 0


def test_an_own_machine_is_asked_by_name_though_it_is_not_proved(coach: Coach) -> None:
    Store().remember(Known("AA:BB:CC:DD:EE:FF", "Acme T9", speeds=Range(0.8, 4.0, 0.1)))
    code, out, _ = coach("check", "fine.yaml", "--machine", "acme")
    assert code == 1
    assert "error[speed-over-device]: 5 km/h is faster than Acme T9 can go (4 km/h)" in out


def test_the_runners_own_limits_hold_on_the_machine(
    coach: Coach, folder: Path, settings: Callable[[str], Path]
) -> None:
    settings("[runner.ann]\nforward_cap_kmh = 6\n")
    (folder / "fast.yaml").write_text(FINE.replace("5 km/h", "5 -> 6.9 km/h"), encoding="utf-8")
    assert coach("check", "fast.yaml")[0] == 0
    code, out, _ = coach("check", "fast.yaml", "--machine", "home")
    assert code == 1
    assert "error[speed-over-limit]" in out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mph-targt", "did you mean mph-target?"),
        ("Sole F85", "coach machines lists the simulated ones"),
        ("nothing.toml", "nothing.toml"),
        ("auto", "coach setup"),
    ],
)
def test_a_machine_that_nobody_knows_is_told(coach: Coach, name: str, said: str) -> None:
    code, out, err = coach("check", "fine.yaml", "--machine", name)
    assert (code, out) == (1, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_rule_of_the_machine_that_is_silenced_is_silent_in_a_check_and_refuses_a_run(
    coach: Coach, folder: Path
) -> None:
    text = FINE.replace("5 km/h", "5 -> 12 km/h  # coach: ignore[speed-over-device] not on this one")
    text += "  - cool-down: 5 min @ 5 km/h\n"
    (folder / "fast.yaml").write_text(text, encoding="utf-8")
    code, out, _ = coach("check", "fast.yaml", "--machine", "mph-target")
    assert (code, out) == (0, "fast.yaml: no problems, 1 silenced\n")
    code, _, err = coach("run", "fast.yaml", "--treadmill", "sim:mph-target", "--auto")
    assert code == 1
    assert "error[speed-over-device]" in err


def test_what_a_machine_lacks_to_be_safe_is_told_whatever_a_comment_says(coach: Coach, folder: Path) -> None:
    text = "format: 1\nname: Sup\nlevel: beginner\nsteps:\n  - warm-up: 5 min @ 5 km/h\n"
    text += "  - backward: 1 min @ 1.5 km/h\n  - cool-down: 5 min @ 4 km/h\n"
    for rule, machine in (("below-device-minimum", "minimum-1-6"), ("remote-start-refused", "refuses-start")):
        (folder / "sup.yaml").write_text(f"# coach: ignore[{rule}] I want it\n{text}", encoding="utf-8")
        code, out, _ = coach("check", "sup.yaml", "--machine", machine)
        assert code == 1
        assert f"error[{rule}]" in out
        assert "silenced\n" not in out


# Watching


def saved(path: Path, text: str) -> None:
    """As many editors write: a new file beside the old one, then in its place."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def watched(words: list[str], events: Iterator[None]) -> int:
    """Watch while `events` happen, one before each look, and Ctrl-C after the last."""

    def wait() -> None:
        try:
            next(events)
        except StopIteration:
            raise KeyboardInterrupt from None

    return watch(Checker(Wanted()), words, wait)


def test_a_file_is_checked_again_when_it_is_saved(capsys: pytest.CaptureFixture[str]) -> None:
    def events() -> Iterator[None]:
        yield
        saved(Path("fine.yaml"), ADVICE)
        yield from (None, None)
        saved(Path("fine.yaml"), FINE)
        yield from (None, None)

    assert watched(["fine.yaml"], events()) == 0
    out, err = capsys.readouterr()
    assert out == (
        "fine.yaml: no problems\n"
        "\n== fine.yaml was saved\n"
        "fine.yaml:3:10: warning[unused-param]: no step uses $easy\n"
        "    3 | params: {easy: 5 km/h}\n"
        "      |          ^\n"
        "      = help: delete it\n"
        "fine.yaml: 1 warning\n"
        "\n== fine.yaml was saved\n"
        "fine.yaml: no problems\n"
        "\n"
    )
    assert err == "Watching this file; Ctrl-C ends.\n"


def test_the_exit_code_is_that_of_what_was_found_last() -> None:
    def events() -> Iterator[None]:
        saved(Path("fine.yaml"), WRONG)
        yield from (None, None)

    assert watched(["fine.yaml"], events()) == 1
    assert watched(["fine.yaml"], iter(())) == 1


def test_a_file_that_is_gone_and_comes_back_is_checked_then(capsys: pytest.CaptureFixture[str]) -> None:
    file = Path("fine.yaml")

    def events() -> Iterator[None]:
        file.unlink()
        yield from (None, None)
        assert "fine.yaml is gone" in capsys.readouterr().out
        file.write_text(ADVICE, encoding="utf-8")
        yield from (None, None)

    assert watched(["fine.yaml"], events()) == 0
    out = capsys.readouterr().out
    assert out.startswith("\n== fine.yaml is there\n")
    assert out.endswith("fine.yaml: 1 warning\n\n")


def test_a_folder_is_watched_with_what_comes_and_goes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def events() -> Iterator[None]:
        (folder / "new.yaml").write_text(FINE, encoding="utf-8")
        yield from (None, None)
        Path("wrong.yaml").unlink()
        yield from (None, None)

    assert watched(["."], events()) == 0
    out = capsys.readouterr().out
    assert "4 files: 2 errors, 1 warning, 1 silenced\n" in out
    assert "\n== new.yaml is new\nnew.yaml: no problems\n5 files: 2 errors, 1 warning, 1 silenced\n" in out
    assert out.endswith("\n== wrong.yaml is gone\n4 files: 1 warning, 1 silenced\n\n")


def test_where_the_last_file_goes_it_is_told_and_is_no_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "w").mkdir()
    file = tmp_path / "w" / "a.yaml"
    file.write_text(WRONG, encoding="utf-8")

    def events() -> Iterator[None]:
        file.unlink()
        yield from (None, None)

    assert watched([str(tmp_path / "w")], events()) == 1
    out = capsys.readouterr().out
    assert f"\n== {file} is gone\n" in out
    assert "error[no-such-workout]: there is no workout in" in out
    assert "no problems" not in out


def test_a_file_that_goes_is_told_and_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    def events() -> Iterator[None]:
        Path("fine.yaml").unlink()
        yield from (None, None)

    assert watched(["fine.yaml"], events()) == 1
    out = capsys.readouterr().out
    assert "\n== fine.yaml is gone\nerror[no-such-workout]" in out


def test_only_what_can_be_saved_is_watched_and_only_as_text(coach: Coach) -> None:
    for words in (["tempo-20"], ["2min@5"], ["-"], ["fine.yaml", "tempo-20"]):
        code, out, err = coach("check", "--watch", *words)
        assert (code, out) == (2, "")
        assert words[-1] in err
    assert coach("check", "--watch", "--json", "fine.yaml")[0] == 2


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
def test_in_a_terminal_it_is_ended_with_ctrl_c(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(FINE, encoding="utf-8")

    def answer(tail: str) -> str | None:
        if "Ctrl-C ends." in tail:
            saved(file, WRONG)
            return "\n"
        return "\x03" if "2 errors" in tail else None

    ours, theirs = os.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", _COACH, "check", "--watch", "mine.yaml"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=tmp_path,
        env={**os.environ, "TERM": "dumb"},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        text = _talk(ours, answer)
        assert child.wait(20) == 1
    finally:
        child.kill()
        child.wait()
        os.close(ours)
    assert "mine.yaml: no problems\nWatching this file; Ctrl-C ends.\n" in text
    assert "== mine.yaml was saved\nmine.yaml:5:24: error[unknown-unit]" in text
    assert "Traceback" not in text
