"""The journal of a kept session: where it is, what is said of it, and a session that goes on without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue

import pytest

from coach.core.event import Tick
from coach.core.level import UNLIMITED
from coach.core.plan import Plan, make_plan
from coach.core.session import Outcome, first
from coach.history.account import Account
from coach.keeper import recorder as module
from coach.keeper.recorder import Recorder
from coach.keeper.run import Inbound, Inbox
from coach.keeper.wire import Note
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.script.check import load
from coach.sinks import behind, journal
from coach.sinks.claim import Name
from coach.sinks.header import Origin
from coach.sinks.journal import read_journal
from coach.sinks.marker import marked
from coach.sinks.replay import replay
from tests.keeper.stand import wait_for

ORIGIN = Origin("20s@5", "", UNLIMITED, simulated=True, version="0", started="2026-05-20T18:25:30+02:00")


def plan() -> Plan:
    workout = load("20s@5").workout
    assert workout is not None
    return make_plan(workout, profile_of(find_machine("home")))


def said(inbox: Inbox) -> list[str]:
    found: list[Inbound] = []
    while not inbox.empty():
        found.append(inbox.get())
    return [one.text for one in found if isinstance(one, Note)]


def ran(recorder: Recorder) -> None:
    """A session of one event, to its end."""
    recorder.journal.take(Tick(0.0), Outcome())
    recorder.end(first(plan()), Account(plan()))


@pytest.fixture
def sessions(home: Path) -> Path:
    return home / "data" / "journals" / "simulated"


@pytest.fixture
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(module, "gettempdir", lambda: str(folder))
    monkeypatch.setattr(module, "LEAVES_S", 0.1)
    return folder


def test_a_marker_says_that_the_journal_is_open_until_it_has_its_end(sessions: Path) -> None:
    inbox: Inbox = SimpleQueue()
    recorder = Recorder(str(sessions / "one.jsonl"), plan(), ORIGIN, inbox)
    assert [one.journal for one in marked(sessions)] == [sessions / "one.jsonl"]
    ran(recorder)
    assert recorder.settle(20.0)
    assert recorder.where().path == str(sessions / "one.jsonl")
    recorder.close()
    assert list(marked(sessions)) == []
    assert read_journal(sessions / "one.jsonl").end is not None
    assert said(inbox) == []


def test_a_journal_that_the_user_wanted_elsewhere_is_marked_with_its_place(sessions: Path, tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path / "my own.jsonl"), plan(), ORIGIN, SimpleQueue(), Name.ASKED)
    assert [one.journal for one in marked(sessions)] == [tmp_path / "my own.jsonl"]
    recorder.close()
    assert list(marked(sessions)) == []


def test_a_session_that_never_began_leaves_no_journal(sessions: Path) -> None:
    recorder = Recorder(str(sessions / "one.jsonl"), plan(), ORIGIN, SimpleQueue())
    assert (sessions / "one.jsonl").exists()
    recorder.close()
    assert not (sessions / "one.jsonl").exists()
    assert list(marked(sessions)) == []


def test_sums_that_fail_stop_nothing_and_the_journal_has_its_end_without_them(
    sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "summarised", failing)
    recorder = Recorder(str(sessions / "one.jsonl"), plan(), ORIGIN, SimpleQueue())
    ran(recorder)
    assert recorder.settle(20.0)
    recorder.close()
    found = read_journal(sessions / "one.jsonl")
    assert found.end is not None
    assert found.summary is None
    assert list(marked(sessions)) == []


def test_a_state_that_cannot_be_told_stops_nothing_and_the_journal_stays_open(
    sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "digest", failing)
    recorder = Recorder(str(sessions / "one.jsonl"), plan(), ORIGIN, SimpleQueue())
    ran(recorder)
    assert recorder.settle(20.0)
    recorder.close()
    found = read_journal(sessions / "one.jsonl")
    assert found.end is None
    assert len(found.entries) == 1
    assert [one.journal for one in marked(sessions)] == [sessions / "one.jsonl"]


def test_where_a_guard_waits_nothing_is_summed_up(sessions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "summarised", failing)
    recorder = Recorder(str(sessions / "one.jsonl"), plan(), ORIGIN, SimpleQueue())
    recorder.end(first(plan()), None)
    recorder.close()
    found = read_journal(sessions / "one.jsonl")
    assert found.end is not None
    assert found.summary is None


def failing(*_: object) -> None:
    raise ZeroDivisionError


def test_a_file_that_the_user_named_is_never_removed(tmp_path: Path) -> None:
    recorder = Recorder(str(tmp_path / "own.jsonl"), plan(), ORIGIN, SimpleQueue(), Name.ASKED)
    recorder.close()
    assert (tmp_path / "own.jsonl").exists()


def test_what_cannot_be_written_where_it_belongs_is_put_elsewhere_and_said(
    sessions: Path, own_temporary_folder: Path
) -> None:
    sessions.parent.parent.mkdir(parents=True)
    sessions.parent.write_text("in the way")
    inbox: Inbox = SimpleQueue()
    recorder = Recorder(str(sessions / "one.jsonl"), plan(), ORIGIN, inbox)
    assert not recorder.recording
    ran(recorder)
    assert recorder.settle(20.0)  # it has waited for as long as it does
    found = recorder.where()
    recorder.close()
    assert found.path == str(own_temporary_folder / "one.jsonl")
    assert found.lost.startswith(f"{sessions / 'one.jsonl'} cannot be written. The recording is in {found.path}: ")
    assert "`coach history --import " in found.lost
    assert read_journal(found.path).end is not None
    assert len(said(inbox)) == 1


def test_what_can_be_written_nowhere_is_counted(sessions: Path, own_temporary_folder: Path) -> None:
    sessions.parent.parent.mkdir(parents=True)
    sessions.parent.write_text("in the way")
    shutil.rmtree(own_temporary_folder)
    recorder = Recorder(str(sessions / "one.jsonl"), plan(), ORIGIN, SimpleQueue())
    ran(recorder)
    assert recorder.settle(20.0)
    found = recorder.where()
    recorder.close()
    assert found.path == ""
    assert found.lost == f"4 lines of the recording could not be written to {sessions / 'one.jsonl'} and are lost."


def test_a_journal_that_lacks_its_last_lines_keeps_its_marker(
    sessions: Path, own_temporary_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del own_temporary_folder
    monkeypatch.setattr(behind, "SYNC_S", 0.02)
    recorder = Recorder(str(sessions / "one.jsonl"), plan(), ORIGIN, SimpleQueue())
    shutil.rmtree(sessions.parent)
    sessions.parent.write_text("in the way")
    wait_for(lambda: not recorder.recording)
    ran(recorder)
    recorder.settle(20.0)
    sessions.parent.unlink()
    sessions.mkdir(parents=True)
    (sessions / ".open").mkdir()
    marker = sessions / ".open" / f"one-{os.getpid()}"
    marker.touch()
    recorder.close()
    assert marker.exists()


def session(home: Path, tmp_path: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "coach", "run", "3min@4", "--plain", "--auto", "--timelapse", "50", "--lapse-turns"]
    (tmp_path / "temporary").mkdir()
    env = os.environ | {"COACH_HOME": str(home), "TMPDIR": str(tmp_path / "temporary")}
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)


@pytest.mark.slow
def test_a_session_without_a_folder_goes_on_to_its_end_and_its_journal_is_whole(
    home: Path, sessions: Path, tmp_path: Path
) -> None:
    sessions.parent.parent.mkdir(parents=True)
    sessions.parent.write_text("in the way")
    with session(home, tmp_path) as process:
        told, _ = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert told.count("Not recorded at the moment") == 1
    assert "Recorded again" not in told
    (path,) = (tmp_path / "temporary").glob("*.jsonl")
    assert f"The recording is in {path}" in told
    assert replay(path).equal
    assert replay(path).complete


@pytest.mark.slow
def test_a_folder_that_is_removed_in_a_session_costs_nothing(home: Path, sessions: Path, tmp_path: Path) -> None:
    with session(home, tmp_path) as process:
        wait_for(lambda: any(path.stat().st_size > 5000 for path in sessions.glob("*.jsonl")))
        shutil.rmtree(sessions.parent)
        told, _ = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert told.count("Not recorded at the moment") == 1
    assert told.count("Recorded again, nothing is missing") == 1
    (path,) = sessions.glob("*.jsonl")
    assert f"Recorded in {path}" in told
    assert replay(path).equal
    assert replay(path).complete
    assert list(marked(sessions)) == []
