from __future__ import annotations

import json
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import NamedTuple

import pytest

from coach.cli.app import call
from coach.cli.simulate import AllowanceError, read_allowance
from coach.core.error import CoachError
from coach.core.level import FIRST, Allowance
from coach.core.workout import Level
from coach.sinks.replay import replay


class Said(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


class Coach:
    """The command line in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> Said:
        code = call(["simulate", *words])
        said = self._capsys.readouterr()
        return Said(code, said.out, said.err)


@pytest.fixture
def coach(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Coach:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return Coach(capsys)


def test_a_finished_session_is_a_page_for_people(coach: Coach) -> None:
    said = coach("20s@5/20s@6")

    assert said.code == 0
    assert "Finished after" in said.out
    assert "At the end the belt stands. The runner faces the console." in said.out


def test_json_is_one_object(coach: Coach) -> None:
    said = coach("20s@5", "--json")

    assert said.code == 0
    assert json.loads(said.out)["ended"] == "finished"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["20s@5", "--press", "space@segment1+5"], 1),
        (["20s@5", "--press", "space@segment1+5", "--expect", "ended == stopped"], 0),
        (["20s@5", "--expect", "ended == stopped"], 1),
        (["20s@5", "--expect", "ended == finished", "--expect", "turns == 1"], 1),
        (["90s@20"], 1),
        (["90s@20", "--expect", "ended == refused"], 0),
        (["20s@5", "--fault", "key@turn9"], 1),
        (["20s@5", "--press", "space@600"], 1),
        (["20s@5", "--fault", "key@turn9", "--expect", "ended == finished"], 1),
        (["20s@5", "--fault", "key@turn9", "--expect", "missed contains key@turn9"], 0),
        (["20s@5", "--fault", "key@turn9", "--expect", "len(missed) == 0"], 1),
        (["20s@", "--json"], 1),
        (["20s@", "--json", "--expect", "len(problems) == 1"], 0),
        (["20s@"], 1),
        (["no-such-workout"], 1),
        (["flip-flop", "--level", "rehab"], 1),
        (["flip-flop", "--allowance", "first", "--level", "advanced"], 1),
        (["20s@5", "--expect", "ended"], 2),
        (["20s@5", "--fault", "sneeze@3"], 2),
        (["20s@5", "--press", "sneeze@3"], 2),
        (["20s@5", "--treadmill", "real"], 2),
        (["20s@5", "--treadmill", "sim:hom"], 2),
        (["20s@5", "--heart", "900"], 2),
        (["20s@5", "--heart", "heart"], 2),
        (["20s@5", "--level", "expert"], 2),
        (["20s@5", "--set", "x"], 2),
        (["20s@5", "--seed", "x"], 2),
        ([], 2),
    ],
)
def test_the_exit_code_says_whether_it_ended_as_expected(coach: Coach, words: Sequence[str], code: int) -> None:
    assert coach(*words).code == code


def test_an_expectation_that_failed_is_told_on_standard_error(coach: Coach) -> None:
    said = coach("20s@5", "--json", "--expect", "turns == 1")

    assert json.loads(said.out)["turns"] == 0
    assert said.err == "expected turns == 1, found 0\n"


def test_what_never_happened_is_told_and_is_a_problem(coach: Coach) -> None:
    said = coach("20s@5", "--fault", "key@turn9", "--fault", "mute@5:1", "--press", "space@600")

    assert json.loads(coach("20s@5", "--fault", "key@turn9", "--json").out)["missed"] == ["key@turn9"]

    assert said.code == 1
    key, space = said.err.splitlines()
    assert key.startswith("key@turn9 never happened: the session did not come to it (0 turns, ")
    assert space.startswith("space@600 never happened: ")


@pytest.mark.parametrize("press", ["yes@0", "1@1", "up@1", "h@segment1+5", "0@segment1+5"])
def test_a_press_that_came_where_it_means_nothing_is_told(coach: Coach, press: str) -> None:
    said = coach("2min@5", "--press", press, "--expect", f"unused contains {press}")

    assert (said.code, said.err) == (0, f"{press} changed nothing: there was nothing for it to do.\n")


@pytest.mark.parametrize("press", ["up@segment1+5", "l@segment1+5", "p@segment1+5", "q@segment1+5"])
def test_a_press_that_means_something_is_not_told(coach: Coach, press: str) -> None:
    assert coach("2min@5", "--press", press, "--expect", "len(unused) == 0")[::2] == (0, "")


def test_a_press_in_the_rear_that_is_answered_with_words_is_not_told(coach: Coach) -> None:
    assert coach("first-steps-back", "--press", "up@backward1+20").err == ""


def test_what_is_wrong_with_a_workout_is_shown_with_its_place(coach: Coach) -> None:
    said = coach("20s@")

    assert said.out == ""
    assert "error[" in said.err
    assert "^" in said.err


def test_a_refusal_says_why(coach: Coach) -> None:
    assert "Refused before the belt moved: 20 km/h is faster than" in coach("90s@20").out


def test_trips_and_alarms_are_on_the_page(coach: Coach) -> None:
    said = coach("1min@5", "--treadmill", "sim:link-loss-keeps", "--fault", "drop@30")

    assert "trip link-lost: hold" in said.out
    assert "THE BELT MAY STILL MOVE" in said.out


def test_trace_and_journal_are_written(coach: Coach, tmp_path: Path) -> None:
    trace, journal = tmp_path / "trace", tmp_path / "journal"
    said = coach("20s@5", "--trace", str(trace), "--journal", str(journal))

    assert said.code == 0
    assert trace.read_text().count("\n") == replay(journal).events
    assert replay(journal).equal


@pytest.mark.parametrize(
    "words",
    [
        ["--trace", "nowhere/trace"],
        ["--journal", "nowhere/journal"],
        ["--treadmill", "sim:nowhere.toml"],
        ["--heart", "nowhere.csv"],
        ["--allowance", "nowhere.toml"],
    ],
)
def test_a_file_that_cannot_be_used_is_a_problem_in_one_sentence(coach: Coach, words: Sequence[str]) -> None:
    with pytest.raises(CoachError) as problem:
        coach("20s@5", *words)

    assert "nowhere" in str(problem.value)
    assert "\n" not in str(problem.value)


# Allowances.


def test_first_is_the_first_session() -> None:
    assert read_allowance("first") == FIRST


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", 'level = "rehab"\nbackward_sessions = 2\nsession_s = 120\nweek_one = true\nreason = "knee"'),
        ("a.json", '{"level": "rehab", "backward_sessions": 2, "session_s": 120, "week_one": true, "reason": "knee"}'),
    ],
)
def test_an_allowance_is_read_from_a_file(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)

    assert read_allowance(str(path)) == Allowance(Level.REHAB, 2, True, 120.0, inf, True, "knee")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("levle = 'rehab'", "levle is not part of an allowance; there are level, backward_sessions"),
        ("level = 'expert'", "it must be rehab, beginner"),
        ("level = 3", "it must be rehab, beginner"),
        ("backward_sessions = 1.5", "it must be a whole number"),
        ("backward_sessions = true", "it must be a whole number"),
        ("backward_sessions = -1", "it must be a whole number"),
        ("session_s = 'long'", "it must be a number"),
        ("week_one = 1", "it must be true or false"),
        ("reason = 1", "it must be text"),
        ("level", "is neither TOML nor"),
    ],
)
def test_what_is_no_allowance_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "allowance.toml"
    path.write_text(text)

    with pytest.raises(AllowanceError) as refused:
        read_allowance(str(path))

    assert why in str(refused.value)
