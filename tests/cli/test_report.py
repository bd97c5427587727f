"""`coach report`: a page in a file, facts for programs, and one sentence for what is wrong."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coach import places
from coach.cli.allowed import allowance_of
from tests.history.journals import BACK, lines, put, write
from tests.history.report.pages import Reading

Run = Callable[..., tuple[int, str, str]]
STEPS = "Every interval of the workout; lengths as minutes and seconds, or as written"
WEEKS = "Newest first; backward sessions have a minute or more"
NOW = datetime.now(UTC).astimezone().replace(microsecond=0)


@pytest.fixture
def folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the journals; the commands run in an empty one."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    found = places.journals(simulated=False)
    assert found.is_relative_to(home)
    found.mkdir(parents=True)
    return found


def real(folder: Path, weeks_ago: int = 0, *, bpm: float = 120.0, who: str = "", name: str = "") -> Path:
    """A backward session on a real belt, an hour ago and so many weeks."""
    at = NOW - timedelta(weeks=weeks_ago)  # in this week, whatever day and hour it is
    header, *events, came_to, end = lines(BACK)
    told = {"simulated": False, "started": at.isoformat(), "who": who}
    whole = came_to["summary"]
    assert isinstance(whole, dict)
    windows = [{**window, "bpm": bpm} for window in whole["windows"]]
    summary = {**whole, **told, "windows": windows, "workout": name or whole["workout"]}
    return write(
        folder / f"{at:%Y-%m-%d-%H%M%S}-000-back.jsonl", [{**header, **told}, *events, {"summary": summary}, end]
    )


def page(path: Path) -> Reading:
    return Reading(path.read_text(encoding="utf-8"))


def test_the_last_session_is_a_page_in_this_folder(coach: Run, folder: Path) -> None:
    path = real(folder)
    code, out, err = coach("report")
    assert (code, err) == (0, "")
    file = Path(f"{path.stem}.html")
    assert out.startswith(f"{file}: written. Well done, all of ")
    assert STEPS in page(file).tables
    assert "SIMULATED" not in out
    again = file.read_bytes()
    assert coach("report", "last")[0] == 0
    assert file.read_bytes() == again


def test_a_session_is_named_by_its_date_or_its_journal(coach: Run, folder: Path) -> None:
    old, new = real(folder, 2), real(folder)
    assert coach("report", f"{old.stem[:10]}", "-o", "a.html")[0] == 0
    assert coach("report", str(old), "-o", "b.html")[0] == 0
    assert Path("a.html").read_bytes() == Path("b.html").read_bytes()
    assert coach("report", "-o", "c.html")[0] == 0
    assert page(Path("c.html")).of("p")[0] != page(Path("a.html")).of("p")[0]
    assert new.exists()


def test_the_trend_is_told_and_stands_on_the_page(coach: Run, folder: Path) -> None:
    for weeks_ago, bpm in ((0, 120.0), (2, 127.0), (3, 131.0)):
        real(folder, weeks_ago, bpm=bpm)
    code, out, _ = coach("report", "-o", "it.html")
    assert code == 0
    assert "Facing the rear at 2.0 km/h: heart 120, was 131 three weeks ago." in out
    assert page(Path("it.html")).tables["First and last week of each"].column("Off (bpm)") == ["−11"]


def test_a_simulated_session_is_marked_and_compared_with_no_real_one(coach: Run, folder: Path) -> None:
    for weeks_ago in (2, 3):
        real(folder, weeks_ago, bpm=150.0)
    put(places.journals(simulated=True), workout=BACK, simulated=True)
    code, out, _ = coach("report", "--simulated", "-o", "it.html")
    assert code == 0
    assert "SIMULATED" in out
    assert "ago" not in out
    assert page(Path("it.html")).of("p")[0].startswith("SIMULATED")


def test_facts_are_the_summary_and_what_is_reckoned_from_it(coach: Run, folder: Path) -> None:
    path = real(folder)
    code, out, err = coach("report", "--json")
    assert (code, err) == (0, "")
    facts = json.loads(out)
    assert facts["schema"] == 1
    assert facts["session"] == path.stem
    assert facts["complete"] is True
    assert facts["summary"]["backward"]["time_s"] == 90.0
    assert facts["statistics"]["faced"][1]["time_s"] == 90.0
    assert facts["rating"] == {}
    assert facts["trend"] is None
    assert coach("report", "--json", "-o", "it.json")[1] == "it.json: written\n"
    assert json.loads(Path("it.json").read_text(encoding="utf-8")) == facts


def test_a_page_goes_to_the_terminal_or_into_a_folder(coach: Run, folder: Path) -> None:
    path = real(folder)
    code, out, _ = coach("report", "-o", "-")
    assert code == 0
    assert out.startswith("<!DOCTYPE html>")
    assert out.rstrip().endswith("</html>")
    Path("pages").mkdir()
    assert coach("report", "-o", "pages")[0] == 0
    assert Path("pages", f"{path.stem}.html").read_text(encoding="utf-8") == out


# Weeks.


def test_weeks_are_a_page_with_the_level_and_what_growth_allows(coach: Run, folder: Path) -> None:
    for weeks_ago in range(3):
        real(folder, weeks_ago)
    code, out, err = coach("report", "--weeks", "4")
    assert (code, err) == (0, "")
    file = Path(f"coach-weeks-{NOW:%Y-%m-%d}.html")
    assert out == f"{file}: written\n"
    found = page(file)
    assert found.of("h1") == ["The last 4 weeks"]
    assert sum(map(int, found.tables[WEEKS].column("Sessions"))) == 3
    assert any("Your level facing the rear: beginner." in text for text in found.of("li"))


def test_weeks_without_a_session_are_a_page_too(coach: Run, folder: Path) -> None:
    assert folder.exists()
    assert coach("report", "--weeks", "2", "-o", "it.html")[0] == 0
    assert page(Path("it.html")).tables[WEEKS].column("Sessions") == ["0", "0"]


def test_weeks_as_facts(coach: Run, folder: Path) -> None:
    real(folder)
    facts = json.loads(coach("report", "--weeks", "2", "--json")[1])
    assert (facts["schema"], facts["simulated"], len(facts["weeks"])) == (1, False, 2)
    assert facts["standing"]["sessions"] == 1
    facts = json.loads(coach("report", "--weeks", "2", "--json", "--simulated")[1])
    assert (facts["simulated"], facts["standing"]) == (True, None)


def test_weeks_reckon_with_what_cannot_be_read_and_is_nobodys_as_the_ready_screen_does(
    coach: Run, folder: Path, settings: Callable[[str], Path]
) -> None:
    settings("[runner.ann]\nbirth_year = 1980\n[runner.bob]\nbirth_year = 1990\n")
    (folder / f"{NOW - timedelta(hours=2):%Y-%m-%d-%H%M%S}-000-walk.jsonl").write_text("no journal")
    real(folder)
    facts = json.loads(coach("report", "--weeks", "1", "--runner", "ann", "--json")[1])
    assert facts["standing"]["allowance"]["reason"] == allowance_of("ann").reason
    assert "cannot be read" in facts["standing"]["allowance"]["reason"]


def test_weeks_never_read_a_journal_that_the_index_knows(coach: Run, folder: Path) -> None:
    path = real(folder)
    assert coach("history")[0] == 0
    stamp, size = path.stat().st_mtime_ns, path.stat().st_size
    path.write_bytes(b"x" * size)
    os.utime(path, ns=(stamp, stamp))
    assert coach("report", "--weeks", "1", "-o", "it.html")[0] == 0
    assert page(Path("it.html")).tables[WEEKS].column("Sessions") == ["1"]


def test_each_runner_has_weeks_of_his_own(coach: Run, folder: Path, settings: Callable[[str], Path]) -> None:
    settings("[runner.ann]\nbirth_year = 1980\n[runner.bob]\nbirth_year = 1990\n")
    real(folder, who="ann")
    code, _, err = coach("report", "--weeks", "1")
    assert code == 1
    assert "ann" in err
    for name, sessions in (("ann", "1"), ("bob", "0")):
        assert coach("report", "--weeks", "1", "--runner", name, "-o", "it.html")[0] == 0
        assert page(Path("it.html")).tables[WEEKS].column("Sessions") == [sessions]
    code, _, err = coach("report", "--runner", "bob")
    assert code == 1
    assert "no session of bob is recorded" in err


def test_sessions_without_a_name_are_those_of_the_only_runner(
    coach: Run, folder: Path, settings: Callable[[str], Path]
) -> None:
    settings("[runner.ann]\nbirth_year = 1980\n")
    real(folder)
    assert coach("report", "--runner", "ann", "-o", "it.html")[0] == 0


def test_the_units_of_weeks_are_those_that_were_chosen(coach: Run, folder: Path) -> None:
    real(folder)
    places.choices().write_text('{"units": "mph"}', encoding="utf-8")
    assert coach("report", "--weeks", "1", "-o", "it.html")[0] == 0
    assert page(Path("it.html")).tables[WEEKS].column("Distance")[0].endswith(" mi")
    for broken in ("", "[]", '{"units": 3}', "{"):
        places.choices().write_text(broken, encoding="utf-8")
        assert coach("report", "--weeks", "1", "-o", "it.html")[0] == 0
        assert page(Path("it.html")).tables[WEEKS].column("Distance")[0].endswith(" m")


# What is wrong.


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["last", "--weeks", "3"], 2, "a session, or --weeks"),
        (["--weeks", "0"], 2, "--weeks"),
        (["--weeks", "1041"], 2, "--weeks"),
        (["--weeks", "x"], 2, "--weeks"),
        (["--open", "-o", "-"], 2, "only a page that is written to a file can be shown"),
        (["--open", "--json"], 2, "only a page that is written to a file can be shown"),
        (["-o", "x.jsonl"], 1, "recordings have such names"),
        (["-o", "X.JSONL"], 1, "recordings have such names"),
        (["-o", "none/x.html"], 1, "there is no folder none"),
        (["-o", "none/"], 1, "none/ is a directory"),
        (["nonsense"], 1, "there is no session 'nonsense'"),
        (["--nonsense"], 2, "--nonsense"),
    ],
)
def test_what_is_wrong_is_one_sentence(coach: Run, folder: Path, words: list[str], code: int, said: str) -> None:
    path = real(folder)
    before = path.read_bytes()
    found, _, err = coach("report", *words)
    assert (found, said in err) == (code, True), err
    assert "Traceback" not in err
    assert path.read_bytes() == before
    assert list(Path().iterdir()) == []


def test_where_nothing_is_recorded_it_says_so(coach: Run, folder: Path) -> None:
    assert folder.exists()
    code, _, err = coach("report")
    assert code == 1
    assert "nothing is recorded yet" in err


def test_a_page_is_never_written_over_the_recording_that_it_is_of(coach: Run, folder: Path) -> None:
    path = real(folder)
    link = Path("innocent.html")
    link.symlink_to(path)
    before = path.read_bytes()
    code, _, err = coach("report", "-o", str(link))
    assert code == 1
    assert "recordings" in err
    assert path.read_bytes() == before


def test_a_session_that_was_deleted_has_no_page(coach: Run, folder: Path) -> None:
    path = real(folder)
    assert coach("delete", "last", "--yes")[0] == 0
    code, _, err = coach("report", path.stem)
    assert code == 1
    assert "deleted" in err


def test_a_recording_that_breaks_off_has_a_page(coach: Run, folder: Path) -> None:
    path = real(folder)
    text = path.read_bytes()
    path.write_bytes(text[: len(text) // 2])
    os.utime(path, (0, 0))
    assert coach("report", "-o", "it.html")[0] == 0
    assert any("The recording breaks off" in one for one in page(Path("it.html")).of("p"))


def test_a_hostile_name_and_note_are_texts(coach: Run, folder: Path) -> None:
    evil = "<script>alert(1)</script>"
    path = real(folder, name=evil)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"said": {"note": f"{evil}</p>"}}) + "\n")
    assert coach("report", "-o", "it.html")[0] == 0
    assert "<script" not in Path("it.html").read_text(encoding="utf-8")
    assert page(Path("it.html")).of("h1") == [evil]
    assert coach("report", "-o", "-")[0] == 0


def test_the_page_is_shown_by_the_browser_that_is_set(
    coach: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import webbrowser

    real(folder)
    shown = Path("shown")
    viewer = Path("viewer")
    viewer.write_text(f'#!/bin/sh\nprintf %s "$1" > {shown.absolute()}\n', encoding="utf-8")
    viewer.chmod(0o755)
    monkeypatch.setattr(webbrowser, "_tryorder", None)
    monkeypatch.setenv("BROWSER", str(viewer.absolute()))
    assert coach("report", "--open", "-o", "it.html")[0] == 0
    assert shown.read_text(encoding="utf-8") == Path("it.html").absolute().as_uri()


@pytest.mark.slow
@pytest.mark.parametrize("command", [["report"], ["report", "--weeks", "2"], ["card"], ["card", "-o", "x.svg"]])
def test_without_matplotlib_it_is_said_what_to_type(home: Path, folder: Path, command: list[str]) -> None:
    real(folder)
    run = _without_matplotlib(home, *command)
    assert run.returncode == 1
    assert "pip install '.[chart]'" in run.stderr
    assert "Traceback" not in run.stderr
    assert list(Path().iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("command", [["report", "--json"], ["report", "--weeks", "2", "--json"], ["card", "--text"]])
def test_facts_and_texts_need_no_matplotlib(home: Path, folder: Path, command: list[str]) -> None:
    real(folder)
    run = _without_matplotlib(home, *command)
    assert (run.returncode, run.stderr) == (0, "")


def _without_matplotlib(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import sys\nsys.modules['matplotlib'] = None\nsys.argv = ['coach', *sys.argv[1:]]\n"
        "from coach.__main__ import main\nmain()"
    )
    env = {**os.environ, places.HOME_VARIABLE: str(home)}
    run = [sys.executable, "-W", "error", "-c", code, *words]
    return subprocess.run(run, capture_output=True, text=True, check=False, env=env)
