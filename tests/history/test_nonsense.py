"""Figures that no session on a real belt can have: it is one of which nothing is known, never one with so much room."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from coach import places
from coach.history.entry import LONGEST_S, entry_of
from coach.history.store import Archive
from coach.history.stub import StubError, read_stub
from coach.sinks.line import JournalError
from tests.history.journals import BACK, put


@pytest.mark.parametrize("seconds", [LONGEST_S + 0.1, 1e6, 1e308])
def test_more_backward_than_a_week_may_have_is_not_read(tmp_path: Path, seconds: float) -> None:
    path = put(tmp_path, workout=BACK, summary={"backward_s": seconds})
    with pytest.raises(JournalError, match="its numbers make no sense"):
        entry_of(path)
    with Archive(tmp_path) as archive:
        assert archive.unread() == (path.name,)


def test_as_much_as_a_week_may_have_is_read(tmp_path: Path) -> None:
    path = put(tmp_path, workout=BACK, summary={"backward_s": LONGEST_S})
    assert entry_of(path).past.backward_s == LONGEST_S


def test_on_the_simulator_anything_goes(tmp_path: Path) -> None:
    path = put(tmp_path, workout=BACK, summary={"backward_s": 2 * LONGEST_S}, simulated=True)
    assert entry_of(path).past.backward_s == 2 * LONGEST_S


@pytest.mark.parametrize(
    ("field", "value"),
    [("backward_s", LONGEST_S + 0.1), ("backward_s", 1e308), ("ended", "\ud800"), ("who", "\ud800")],
)
def test_what_is_left_of_a_deleted_session_makes_sense_or_is_not_read(
    tmp_path: Path, field: str, value: object
) -> None:
    put(tmp_path, workout=BACK, name="session")
    with Archive(tmp_path) as archive:
        archive.delete(archive.find("session"))
        left = tmp_path / "session.deleted.json"
        left.write_text(json.dumps(json.loads(left.read_text(encoding="utf-8")) | {field: value}), encoding="utf-8")
        with pytest.raises(StubError):
            read_stub(left)
        archive.refresh()
        assert archive.unread() == (left.name,)


@pytest.mark.parametrize(
    "spoilt",
    [
        "level = 'x'",
        "at = 'x'",
        "rating = '{'",
        "rating = '[]'",
        "backward_s = 'x'",
        "backward_s = 9e999",
        "who = x'ff'",
    ],
)
def test_a_row_of_the_index_that_makes_no_sense_is_made_anew_from_its_journal(tmp_path: Path, spoilt: str) -> None:
    put(tmp_path, workout=BACK, name="session")
    with Archive(tmp_path) as archive:
        before = archive.sessions()
    index = tmp_path / places.index().name
    with closing(sqlite3.connect(index)) as base, base:
        base.execute(f"UPDATE session SET {spoilt}")
    with Archive(tmp_path) as archive:
        assert archive.sessions() == before
    with Archive(tmp_path) as archive:
        assert archive.sessions() == before
        assert archive.trouble == ()
