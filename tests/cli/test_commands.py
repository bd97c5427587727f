"""The command line as a user meets it: answers, exit codes, and one clear message for each mistake."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.cli import COMMANDS
from coach.script.find import shipped

Coach = Callable[..., tuple[int, str, str]]
README = Path(__file__).parents[2] / "README.md"
BACK = "warm-up 70s@4 / back 60s@2 / cool-down 3min@4"

MISTAKES = {  # what was typed, exit code, a part of the message
    "no such command": (["chekc"], 2, "Did you mean 'check'"),
    "no such option": (["list", "--jsn"], 2, "--json"),
    "no workout": (["run"], 2, "Missing argument"),
    "an unknown workout": (["run", "first-steps-bck"], 1, "did you mean first-steps-back?"),
    "a directory": (["run", "."], 1, "is a directory"),
    "a directory without workouts": (["check", "."], 1, "there is no workout in"),
    "an unknown machine": (["run", "easy-walk-30", "--treadmill", "sim:hom"], 2, "did you mean home?"),
    "a real treadmill before setup": (["run", "easy-walk-30", "--treadmill", "auto"], 1, "coach setup"),
    "a treadmill that nobody knows": (["run", "easy-walk-30", "--treadmill", "Sole F85"], 1, "'Sole F85'"),
    "a machine file that is missing": (["run", "easy-walk-30", "--treadmill", "sim:my.toml"], 1, "my.toml"),
    "a heart that is none": (["run", "easy-walk-30", "--heart", "900"], 2, "1 to 255"),
    "a heart file that is missing": (["run", "easy-walk-30", "--heart", "my.csv"], 1, "my.csv"),
    "an address that is none": (["run", "easy-walk-30", "--share-address", "home"], 2, "home is not an address"),
    "an unknown machine of a walk": (["walk", "--auto", "--treadmill", "sim:hom"], 2, "did you mean home?"),
    "a heart of a walk that is none": (["walk", "--auto", "--heart", "900"], 2, "1 to 255"),
    "an unknown machine to check for": (["check", "easy-walk-30", "--machine", "sim:hom"], 2, "did you mean home?"),
    "an unknown machine to show for": (["show", "easy-walk-30", "--machine", "sim:hom"], 2, "did you mean home?"),
    "an unknown machine of a rehearsal": (["setup", "--treadmill", "sim:hom"], 2, "did you mean home?"),
    "an unknown rule": (["rule", "no-warm-up"], 2, "did you mean no-warmup?"),
    "an unknown fault": (["run", "easy-walk-30", "--fault", "dorp@20"], 2, "did you mean drop?"),
    "an unknown press": (["run", "easy-walk-30", "--press", "spce@20"], 2, "did you mean space?"),
    "a level that is none": (["run", "easy-walk-30", "--level", "pro"], 2, "beginner"),
    "a level in words": (["list", "--level", "easy"], 2, "for '--level': 'easy' is not one of"),
    "words for a number": (["scan", "--seconds", "x"], 2, "for '--seconds': it should be a number\n"),
    "a number out of bounds": (["scan", "--seconds", "900"], 2, "for '--seconds': it should be at most 120\n"),
    "no lapse": (["run", "easy-walk-30", "--timelapse", "0"], 2, "--timelapse"),
    "half a setting": (["check", "easy-walk-30", "--set", "easy"], 2, "NAME=VALUE"),
    "a setting that is unknown": (["check", "easy-walk-30", "--set", "esy=5 km/h"], 1, "esy"),
    "a runner that is unknown": (["run", "easy-walk-30", "--runner", "ben"], 1, "[runner.ben]"),
    "nobody who confirms": (["run", "easy-walk-30"], 2, "--auto"),
    "nobody who confirms a walk": (["walk"], 2, "--auto"),
    "no hex": (["decode", "2acd", "0g"], 1, "not hex"),
    "no value": (["decode", "2acd"], 2, "2acd '08 00"),
    "an unknown characteristic": (["decode", "1234", "00"], 1, "2acc, 2acd"),
    "no journal": (["replay", "nothing.jsonl"], 1, "nothing.jsonl"),
    "a workout for a journal": (["replay", str(README)], 1, "README.md"),
    "a machine that must not": (["run", "first-steps-back", "--treadmill", "sim:minimum-1-6"], 1, "lowest speed"),
}


@pytest.mark.parametrize(("words", "code", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_clear_message(coach: Coach, words: list[str], code: int, message: str) -> None:
    left, out, err = coach(*words)
    assert left == code
    assert message in out + err
    assert "Traceback" not in out + err


def test_help_names_every_command_in_its_group(coach: Coach) -> None:
    code, out, _ = coach("--help")
    assert code == 0
    assert all(f"  {name} " in out and entry.line in out for name, entry in COMMANDS.items())
    assert [line for line in out.splitlines() if line.endswith(":")] == ["Run:", "Write:", "Look back:", "Machine:"]
    assert max(len(line) for line in out.splitlines()) <= 100


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_its_own(coach: Coach, name: str) -> None:
    code, out, _ = coach(name, "--help")
    assert code == 0
    assert out.startswith(f"Usage: coach {name}")


@pytest.mark.parametrize("name", COMMANDS)
def test_no_help_speaks_python(coach: Coach, name: str) -> None:
    _, out, _ = coach(name, "--help")
    assert not [line for line in out.splitlines() if re.search(r"<(str|list|int|float|path)|<=x|x>=|\[\[|\{\w", line)]
    assert "......" not in out
    assert "]..." not in out.partition("\n")[0].replace("]...", "", 1)


def test_nothing_typed_without_a_terminal_is_six_lines(coach: Coach) -> None:
    code, out, _ = coach()
    assert code == 0
    assert len(out.splitlines()) == 6
    assert max(len(line) for line in out.splitlines()) <= 80


def test_our_own_fault_is_one_line_and_debug_shows_the_rest(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a test")

    monkeypatch.setattr("coach.cli.machines.shipped_machines", fail)
    code, _, err = coach("machines")
    assert code == 1
    assert len(err.splitlines()) == 1
    assert "ZeroDivisionError: a test" in err
    monkeypatch.setattr("sys.argv", ["coach", "machines", "--debug"])
    from coach.__main__ import main

    with pytest.raises(ZeroDivisionError):
        main()


def test_ctrl_c_before_a_command_listens_leaves_without_a_traceback(
    coach: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("coach.cli.app.call", interrupted)
    assert coach("machines") == (130, "", "")


def test_list_tells_length_dose_and_turns(coach: Coach) -> None:
    code, out, _ = coach("list", "--json")
    listed = json.loads(out)
    assert (code, listed["schema"]) == (0, 1)
    assert [one["name"] for one in listed["workouts"]] == shipped()
    (first,) = (one for one in listed["workouts"] if one["name"] == "first-steps-back")
    assert (first["minutes"], first["backward_minutes"], first["turns"], first["level"]) == (21.0, 3.0, 4, "beginner")
    assert first["file"] == "first-steps-back.yaml"
    code, out, _ = coach("list")
    assert code == 0
    assert max(len(line) for line in out.splitlines()) <= 80


def test_machines_tell_what_is_odd_about_them(coach: Coach) -> None:
    code, out, _ = coach("machines", "--json")
    machines = {one["name"]: one for one in json.loads(out)["machines"]}
    assert code == 0
    assert len(machines) >= 16
    assert machines["home"]["max_kmh"] == 18.0
    assert all(one["description"] and ".md" not in one["description"] for one in machines.values())
    assert coach("machines")[0] == 0


def test_check_says_all_problems_and_fails_only_for_errors(coach: Coach, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("format: 1\nname: Mine\nsteps:\n  - forward: 5 m @ 6 km/h\n", encoding="utf-8")
    code, out, _ = coach("check", str(file), "easy-walk-30")
    assert code == 1
    assert f"{file}:4:" in out
    assert "easy-walk-30.yaml: no problems" in out
    code, out, _ = coach("check", str(file), "--json")
    facts = json.loads(out)
    assert (code, facts["schema"]) == (1, 1)
    assert set(facts["problems"][0]) == {
        "file", "line", "column", "rule", "group", "severity", "message", "help",
    }  # fmt: skip


def test_decode_reads_an_argument_and_lines(coach: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = coach("decode", "0x2ACD", "08 00 20 03", "0a 00 00 00", "--json")
    assert (code, json.loads(out)["fields"]["speed_kmh"]) == (0, 8.0)
    monkeypatch.setattr("sys.stdin", iter(["2acd 00002003\n", "\n", "nonsense\n"]))
    code, out, _ = coach("decode", "-", "--json")
    read = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [one["characteristic"] for one in read] == ["2acd", None]


def test_the_demo_shows_a_turn_and_the_safety_key_and_says_what_is_next(coach: Coach) -> None:
    code, out, _ = coach("demo", "--fast")
    assert code == 0
    for words in ("SIMULATED", "BACKWARD", "UNKNOWN", "Somebody pulled the safety key", "coach run first-steps-back"):
        assert words in out
    assert max(len(line) for line in out.splitlines()) <= 80
    assert "\x1b" not in out


def test_a_session_runs_to_its_end_and_replays(coach: Coach, tmp_path: Path) -> None:
    journal = tmp_path / "session.jsonl"
    code, out, _ = coach("run", BACK, "--auto", "--timelapse", "300", "--lapse-turns", "--journal", str(journal))
    assert code == 0
    lines = out.splitlines()
    assert lines[0].startswith("SIMULATED")
    assert all(line.startswith("SIMULATED") for line in lines if "km/h  " in line or "  > " in line)
    assert "Session finished" in out
    assert "2 turns" in out
    code, out, _ = coach("replay", str(journal), "--json")
    assert (code, json.loads(out)["equal"], json.loads(out)["ended"]) == (0, True, "finished")


def test_a_session_that_is_stopped_is_exit_1_and_kept_among_the_simulated_ones(coach: Coach, home: Path) -> None:
    code, out, _ = coach(
        "run",
        "easy-walk-30",
        "--auto",
        "--timelapse",
        "200",
        "--lapse-turns",
        "--press",
        "q@forward1+30",
        "--press",
        "q@forward1+31",
    )
    assert code == 1
    assert "Session stopped (you left)" in out
    assert "The belt stands." in out
    assert len(list((home / "data" / "journals" / "simulated").glob("*-easy-walk.jsonl"))) == 1


def test_a_walk_goes_on_until_somebody_leaves(coach: Coach) -> None:
    words = [
        "--auto",
        "--timelapse",
        "200",
        "--lapse-turns",
        "--press",
        "b@forward1+70",
        "--press",
        "q@forward2+40",
        "--press",
        "q@forward2+41",
    ]
    code, out, _ = coach("walk", *words)
    assert code == 0
    assert "backward 1:00" in out
    assert "The belt stands." in out


def test_a_journal_that_cannot_be_written_is_said_before_the_session(coach: Coach, tmp_path: Path) -> None:
    code, out, err = coach("run", "easy-walk-30", "--auto", "--journal", str(tmp_path / "no" / "where.jsonl"))
    assert code == 1
    assert "where.jsonl" in err
    assert out == ""


def test_settings_of_the_runner_reach_the_workout(
    coach: Coach, settings: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "mine.yaml").write_text("format: 1\nname: Mine\nsteps:\n  - forward: 5 min @ $easy\n", encoding="utf-8")
    settings(f'workouts = "{folder.as_posix()}"\n[runner.anna]\neasy_kmh = 5\n')
    assert coach("check", "mine")[0] == 0
    assert "mine" in coach("list")[1]
    assert coach("check", str(folder / "mine.yaml"), "--runner", "ben")[0] == 1


def test_config_shows_each_value_with_its_origin(
    coach: Coach, settings: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = settings("sound = false\n[runner.anna]\nmax_bpm = 182\n")
    monkeypatch.setenv("COACH_RUNNER__ANNA__REST_BPM", "52")
    code, out, _ = coach("config", "--json")
    values = {one["name"]: (one["value"], one["origin"]) for one in json.loads(out)["values"]}
    assert code == 0
    assert values["sound"] == (False, f"{file}:1")
    assert values["runner.anna.max_bpm"] == (182, f"{file}:3")
    assert values["runner.anna.rest_bpm"] == (52, "COACH_RUNNER__ANNA__REST_BPM")
    assert values["runner.anna.weight_kg"] == (70.0, "default")
    monkeypatch.setenv("COACH_SOND", "0")
    code, out, err = coach("config")
    assert (code, str(file) in out) == (0, True)
    assert "COACH_SOND sets nothing" in err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code"), [(["--help"], 0), (["list"], 0), (["demo", "--fast"], 0), (["check", "no"], 1)]
)
def test_nobody_who_reads_is_no_error(words: list[str], code: int) -> None:
    command = [sys.executable, "-m", "coach", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(20) == code
