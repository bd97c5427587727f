"""What an earlier session left open is closed at the next start, and the runner is told once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coach import places
from coach.cli.left_open import close_left_open
from coach.cli.outside import Out
from coach.cli.stage import Choice
from coach.history.recover import left_open
from coach.sinks.journal import read_journal
from coach.sinks.marker import FOLDER, mark, marked
from coach.system.lock import take
from tests.history.made import journal
from tests.sinks.disks import read_only, small_disk

Run = Callable[..., tuple[int, str, str]]
NAME = "2026-05-20-182530-123-first-steps-back"
GUARD = b'{"guard":"keeper-lost","after_s":0.0}\n{"guard":"still","after_s":4.0}\n'


def cut(
    name: str = NAME, *, simulated: bool = False, at: datetime | None = None, marks: bool = True, behind: bytes = b""
) -> Path:
    """A journal among the sessions whose keeper was killed long ago."""
    sessions = places.journals(simulated=simulated)
    sessions.mkdir(parents=True, exist_ok=True)
    (sessions / FOLDER).mkdir(exist_ok=True) if marks else None
    path = sessions / f"{name}.jsonl"
    data = journal("20s@5").read_bytes()
    events = data[: data.index(b'{"summary"')]
    if at is not None:
        started = f'"simulated":true,"started":"{at.isoformat(timespec="seconds")}"'
        events = events.replace(b'"simulated":true', started.encode(), 1)
    path.write_bytes(events[: len(events) // 2] + b"\n" + behind)
    os.utime(path, (0, 0))
    if marks:
        mark(sessions, path)
    return path


def now() -> datetime:
    return datetime.now(UTC).astimezone()


def test_nothing_was_left_open() -> None:
    assert close_left_open() == ()
    assert not places.journals(simulated=False).exists()  # a look makes no folders


def test_a_session_that_broke_off_is_closed_and_told_once() -> None:
    at = now()
    path = cut(at=at)
    (said,) = close_left_open()
    elapsed_s = int(read_journal(path).entries[-1].event.at_s)
    assert said == (
        f"Your session 20s@5 of today {at:%H:%M} broke off after {elapsed_s // 60}:{elapsed_s % 60:02}; "
        f"it is closed now. `coach report {NAME}` shows it, `coach export {NAME}` writes it."
    )
    assert read_journal(path).end is not None
    assert close_left_open() == ()
    assert list(marked(path.parent)) == []


@pytest.mark.parametrize(("days", "word"), [(1, "yesterday"), (3, "")])
def test_the_day_is_told_as_people_name_it(days: int, word: str) -> None:
    at = now() - timedelta(days=days)
    cut(at=at)
    (said,) = close_left_open()
    assert f"20s@5 of {word or at.date().isoformat()} {at:%H:%M} broke off" in said


def test_a_simulated_session_is_told_as_one_and_a_guard_is_named() -> None:
    cut(simulated=True, behind=GUARD)
    (said,) = close_left_open()
    assert said.startswith("Your simulated session 20s@5 broke off after ")
    assert ", and the guard stopped the belt; it is closed now." in said


def test_a_journal_elsewhere_is_named_by_its_path(tmp_path: Path) -> None:
    path = cut(marks=False)
    elsewhere = tmp_path / "my own.jsonl"
    path.rename(elsewhere)
    mark(places.journals(simulated=False), elsewhere)
    (said,) = close_left_open()
    assert f"`coach report '{elsewhere}'` shows it" in said


def test_a_machine_test_is_closed_without_a_word() -> None:
    path = cut(marks=False)
    test = places.journals(simulated=False).parent / "tests" / "machine-test.jsonl"
    test.parent.mkdir()
    path.rename(test)
    mark(places.journals(simulated=False), test)
    assert close_left_open() == ()
    assert read_journal(test).end is not None
    assert list(places.journals(simulated=False).glob("*.jsonl")) == []


def test_a_session_that_is_being_recorded_is_left_alone() -> None:
    path = cut()
    with path.open("r+b") as file:
        assert take(file.fileno())
        assert close_left_open() == ()
    assert len(close_left_open()) == 1


def test_markers_of_journals_that_have_their_end_or_are_gone_are_removed() -> None:
    sessions = places.journals(simulated=False)
    sessions.mkdir(parents=True)
    shutil.copy(journal("20s@5"), sessions / "ended.jsonl")
    mark(sessions, sessions / "ended.jsonl")
    mark(sessions, sessions / "gone.jsonl")
    assert close_left_open() == ()
    assert list(marked(sessions)) == []
    assert (sessions / "ended.jsonl").read_bytes() == journal("20s@5").read_bytes()


def test_what_cannot_be_read_is_told_once_and_kept() -> None:
    path = cut()
    path.write_bytes(path.read_bytes()[:100])
    os.utime(path, (0, 0))
    (said,) = close_left_open()
    assert said == f"The recording {NAME} cannot be read: its beginning is damaged. It is kept as {path}.damaged."
    assert close_left_open() == ()


def test_what_was_damaged_in_the_middle_is_told_with_its_place() -> None:
    path = cut()
    lines = path.read_bytes().split(b"\n")
    lines[20] = bytes(50)
    path.write_bytes(b"\n".join(lines))
    os.utime(path, (0, 0))
    (said,) = close_left_open()
    assert said.endswith(f"Its file was damaged there and is kept as {path}.damaged.")


def test_a_journal_that_cannot_be_written_now_is_told_and_tried_again(home: Path) -> None:
    with small_disk(home) as disk:
        path = cut()
        read_only(disk, on=True)
        (said,) = close_left_open()
        assert said == f"{path} cannot be closed: read-only file system."
        read_only(disk, on=False)
        (said,) = close_left_open()
        assert "broke off after" in said


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="makes a pipe")
def test_a_pipe_or_a_device_is_no_journal_that_was_left_open(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    sessions = places.journals(simulated=False)
    mark(sessions, tmp_path / "pipe")
    assert close_left_open() == ()
    assert list(marked(sessions)) == []
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("pipe")] == ["pipe"]


def test_sessions_of_the_time_before_markers_are_looked_for_once() -> None:
    one, other = cut("one", marks=False), cut("two", marks=False, simulated=True)
    assert len(close_left_open()) == 2
    assert left_open(one.parent) == left_open(other.parent) == ()
    late = cut("three", marks=False)
    assert close_left_open() == ()  # only what has a marker is looked for from here on
    assert left_open(late.parent) == (late,)


def test_of_many_only_some_are_told_one_by_one() -> None:
    for number in range(5):
        cut(f"{number}")
    said = close_left_open()
    assert said[0] == "5 sessions broke off; all are closed now, and `coach history` lists them."
    assert len(said) == 4


def test_the_library_tells_it_until_a_session_begins() -> None:
    cut()
    out = Out(Choice())
    assert "broke off after" in out.listing().told
    assert "broke off after" in out.listing().told
    assert Out(Choice()).listing().told == ""


def test_the_history_tells_it_before_its_list(coach: Run) -> None:
    cut()
    code, _, told = coach("history")
    assert code == 0
    assert told.startswith("Your session 20s@5 broke off after ")
    assert coach("history")[2] == ""


def test_a_run_tells_it_before_it_begins(coach: Run) -> None:
    cut()
    _, _, told = coach("run", "20s@5", "--plain", "--auto", "--timelapse", "50", "--lapse-turns")
    assert told.startswith("Your session 20s@5 broke off after ")
