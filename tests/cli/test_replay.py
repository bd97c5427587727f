"""`coach replay`: what is meant by a name, what the options need, and a screen that changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.cli import replay as command
from coach.history.store import Archive
from coach.installed import version
from coach.places import journals
from coach.tui.past import Recorded
from tests.history.made import as_of_other_rules, journal

Coach = Callable[..., tuple[int, str, str]]
BACK = "70s@4 / back 60s@2 / 3min@3"


@pytest.fixture
def kept() -> Path:
    """A session among the simulated ones of this user."""
    folder = journals(simulated=True)
    folder.mkdir(parents=True)
    path = folder / "2026-05-20-180000-000-back.jsonl"
    path.write_bytes(journal(BACK).read_bytes())
    return path


@pytest.mark.parametrize("name", ["last", "2026-05-20", "2026-05-20-180000-000-back"])
def test_a_session_is_meant_by_its_name_or_as_the_last(coach: Coach, kept: Path, name: str) -> None:
    code, out, err = coach("replay", name)
    assert (code, err) == (0, "")
    assert out.startswith(f"{kept}: simulated ")
    assert "The same events give the same writes and the same end." in out


@pytest.mark.parametrize(
    ("version", "sentence"),
    [("0.0.9", "It was recorded by coach 0.0.9; this is "), ("", "by coach of an unknown version"), (version(), "")],
)
def test_a_session_that_would_go_another_way_today_is_told_with_the_coach_that_recorded_it(
    coach: Coach, kept: Path, version: str, sentence: str
) -> None:
    head, _, body = as_of_other_rules(kept.read_text(encoding="utf-8")).partition("\n")
    told = json.loads(head)
    told["versions"]["coach"] = version
    kept.write_text(f"{json.dumps(told)}\n{body}", encoding="utf-8")
    code, out, _ = coach("replay", "last")
    assert code == 1
    assert "Not the same: event " in out
    assert "wrote 02 51 00, now writes 02 50 00." in out
    assert sentence in out
    assert ("recorded by" in out) is bool(sentence)


def test_a_file_is_meant_by_its_path_whatever_it_is_called(coach: Coach, kept: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(kept.read_bytes())
    code, out, _ = coach("replay", str(tmp_path / "mine"), "--json")
    assert (code, json.loads(out)["equal"]) == (0, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["last"], "nothing is recorded yet"),
        (["2026-05"], "there is no session '2026-05'"),
        (["nothing.jsonl"], "nothing.jsonl"),
        (["./nothing"], "nothing"),
    ],
)
def test_what_is_not_there_is_one_sentence_and_exit_1(coach: Coach, words: list[str], message: str) -> None:
    code, out, err = coach("replay", *words)
    assert (code, out) == (1, "")
    assert message in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--speed", "10"], "a speed is for the screen; add --screen"),
        (["--screen", "--json"], "facts for programs are without --screen"),
        (["--screen"], "there is no terminal to draw on"),
        (["--screen", "--speed", "0.5"], "'--speed'"),
        (["--screen", "--speed", "1001"], "'--speed'"),
        (["--screen", "--speed", "nan"], "'--speed'"),
        (["--screen", "--speed", "fast"], "'--speed'"),
    ],
)
def test_options_that_do_not_fit_are_usage(coach: Coach, kept: Path, options: list[str], message: str) -> None:
    code, out, err = coach("replay", str(kept), *options)
    assert (code, out) == (2, "")
    assert message in " ".join(err.replace("│", " ").split())


@pytest.mark.parametrize(("options", "speed"), [([], 1.0), (["--speed", "12.5"], 12.5), (["--speed", "1000"], 1000.0)])
def test_on_the_screen_it_is_shown_and_not_compared_and_the_journal_stays_as_it_is(
    coach: Coach, kept: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], speed: float
) -> None:
    shown: list[Recorded] = []
    monkeypatch.setattr(command, "on_screen", lambda: True)
    monkeypatch.setattr("coach.cli.screen.watch", shown.append)
    before = kept.read_bytes()
    assert coach("replay", "last", "--screen", *options) == (0, "", "")
    assert [one.crew.speed for one in shown] == [speed]
    assert shown[0].of == f"{BACK}, simulated"
    assert kept.read_bytes() == before
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


@pytest.mark.parametrize("options", [[], ["--screen"]], ids=["compared", "shown"])
def test_a_recording_that_was_torn_still_replays(
    coach: Coach, kept: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    shown: list[Recorded] = []
    monkeypatch.setattr(command, "on_screen", lambda: True)
    monkeypatch.setattr("coach.cli.screen.watch", shown.append)
    kept.write_bytes(kept.read_bytes()[:60_000])
    code, out, _ = coach("replay", str(kept), *options)
    assert code == 0
    assert ("was cut off" in out) is (not options)
    assert len(shown) == len(options)


def test_a_recording_without_an_event_says_so(coach: Coach, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "on_screen", lambda: True)
    kept.write_bytes(kept.read_bytes().splitlines(keepends=True)[0])
    code, _, err = coach("replay", str(kept), "--screen")
    assert code == 1
    assert "the recording has no event to show" in err


def test_a_session_of_somebody_else_is_not_looked_for(coach: Coach, kept: Path) -> None:
    with Archive() as archive:
        archive.claim(archive.find("last"), "Ada")
    assert coach("replay", "last", "--runner", "Ada")[0] == 0
    code, _, err = coach("replay", "last", "--runner", "Bo")
    assert code == 1
    assert "there is no runner 'Bo'" in err
    assert kept.exists()
