"""Copies of one session: an older copy hides nothing that was said since."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coach.history.store import Archive
from tests.history.journals import BACK, put

FELL = {"fell": True}
PAIN = {"effort": 3, "pain_after": 6}


def copied(journal: Path, name: str) -> Path:
    """A copy of a journal, as somebody makes it who keeps a spare one."""
    return Path(shutil.copy(journal, journal.with_name(name)))


@pytest.mark.parametrize("spare", ["session (copy).jsonl", "session-2.jsonl", "z.jsonl"])
@pytest.mark.parametrize("said", [FELL, PAIN])
def test_a_copy_from_before_something_was_said_does_not_hide_it(
    tmp_path: Path, spare: str, said: dict[str, object]
) -> None:
    journal = put(tmp_path, workout=BACK, name="session")
    copied(journal, spare)
    put(tmp_path, workout=BACK, name="session", said=[said])
    with Archive(tmp_path) as archive:
        (one,) = archive.sessions()
    assert one.rating.facts() == said
    assert one.path == journal


def test_a_copy_that_comes_back_does_not_take_the_fall_of_a_deleted_session_away(tmp_path: Path) -> None:
    journal = put(tmp_path, workout=BACK, name="session")
    content = journal.read_bytes()
    put(tmp_path, workout=BACK, name="session", said=[FELL])
    with Archive(tmp_path) as archive:
        archive.delete(archive.find("session"))
        (tmp_path / "back.jsonl").write_bytes(content)
        archive.refresh()
        (one,) = archive.sessions()
    assert one.fell


def test_without_a_fall_a_copy_that_comes_back_is_the_session_again(tmp_path: Path) -> None:
    journal = put(tmp_path, workout=BACK, name="session")
    content = journal.read_bytes()
    with Archive(tmp_path) as archive:
        archive.delete(archive.find("session"))
        (tmp_path / "back.jsonl").write_bytes(content)
        archive.refresh()
        (one,) = archive.sessions()
    assert not one.deleted
    assert not one.fell


def test_a_note_that_speaks_of_a_fall_is_none(tmp_path: Path) -> None:
    put(tmp_path, workout=BACK, name="a", said=[{"effort": 1, "note": "a long one, and nothing else was there"}])
    put(tmp_path, workout=BACK, name="b", said=[{"note": '"fell": true'}])
    with Archive(tmp_path) as archive:
        (one,) = archive.sessions()
    assert one.id == "a"
