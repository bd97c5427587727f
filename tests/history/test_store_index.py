"""The file of the index: damaged, of another version, or not to be written, the history is the same."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from coach.history.index import DamagedError, Index, Stamp
from coach.history.store import Archive
from coach.history.tables import KIND, VERSION
from tests.history.journals import BACK, put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "journals"
    put(folder, 0)
    put(folder, 1, workout=BACK)
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


def days(archive: Archive) -> list[int]:
    return [one.at.day for one in archive.sessions()]


def made(folder: Path, index: Path) -> None:
    with Archive(folder, index):
        pass


def test_it_is_of_this_program_and_version_and_lets_two_use_it(folder: Path, index: Path) -> None:
    made(folder, index)
    with closing(sqlite3.connect(index)) as base:
        assert base.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert base.execute("PRAGMA application_id").fetchone() == (KIND,)
        assert base.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def overwrite(index: Path) -> None:
    index.write_bytes(b"nonsense" * 1000)


def halve(index: Path) -> None:
    index.write_bytes(index.read_bytes()[: index.stat().st_size // 2])


def spoil(index: Path) -> None:
    """All but its first page."""
    content = index.read_bytes()
    index.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


def drop(index: Path) -> None:
    with closing(sqlite3.connect(index)) as base:
        base.executescript("DROP TABLE seen; DROP TABLE session;")


def foreign(index: Path) -> None:
    index.unlink()
    with closing(sqlite3.connect(index)) as base:
        base.executescript("CREATE TABLE precious (a); INSERT INTO precious VALUES (1);")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "nonsense": overwrite,
    "half of it": halve,
    "spoilt pages": spoil,
    "no tables": drop,
    "another program's": foreign,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_index_is_put_aside_and_made_anew(
    folder: Path, index: Path, damage: Callable[[Path], object]
) -> None:
    made(folder, index)
    damage(index)
    spoilt = index.read_bytes()
    with Archive(folder, index) as archive:
        assert days(archive) == [5, 4]
        assert len(archive.windows()) == 1
        (told,) = archive.trouble
        assert "was damaged and is made anew" in told
    assert index.with_name("history.sqlite3.damaged").read_bytes() == spoilt
    with Archive(folder, index) as archive:
        assert (days(archive), archive.trouble) == ([5, 4], ())


def test_an_index_that_is_damaged_while_it_is_open_is_made_anew(folder: Path, index: Path) -> None:
    with Archive(folder, index) as archive:
        with closing(sqlite3.connect(index)) as base:
            base.executescript("DROP TABLE seen; DROP TABLE session;")
        assert days(archive) == [5, 4]
        assert len(archive.windows()) == 1


def test_one_that_another_process_has_mended_is_not_put_aside(
    folder: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive(folder, index) as archive:
        broken = iter([True])

        def stamps(self: Index) -> dict[str, Stamp]:
            if next(broken, False):
                raise DamagedError("it was, a moment ago")
            return whole(self)

        whole = Index.stamps
        monkeypatch.setattr(Index, "stamps", stamps)
        archive.refresh()
        assert (days(archive), archive.trouble) == ([5, 4], ())
    assert not index.with_name("history.sqlite3.damaged").exists()


def test_an_empty_file_is_an_index_that_was_not_begun(folder: Path, index: Path) -> None:
    index.touch()
    with Archive(folder, index) as archive:
        assert (days(archive), archive.trouble) == ([5, 4], ())


@pytest.mark.parametrize("version", [1, VERSION - 1])
def test_an_index_of_an_older_version_is_made_anew_where_it_is(folder: Path, index: Path, version: int) -> None:
    with closing(sqlite3.connect(index)) as base:
        base.executescript(
            f"PRAGMA application_id = {KIND}; PRAGMA user_version = {version};"
            "CREATE TABLE file (name TEXT PRIMARY KEY, stamp TEXT); INSERT INTO file VALUES ('old.jsonl', '1');"
            "CREATE TABLE run (name TEXT REFERENCES file, workout TEXT); INSERT INTO run VALUES ('old.jsonl', 'Old');"
            "CREATE VIEW runs AS SELECT * FROM run;"
        )
    with Archive(folder, index) as archive:
        assert (days(archive), archive.trouble) == ([5, 4], ())
    with closing(sqlite3.connect(index)) as base:
        assert base.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert base.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('run', 'runs')").fetchone() == (0,)


def test_an_index_of_a_newer_version_stays_as_it_is_and_that_is_said_once(folder: Path, index: Path) -> None:
    made(folder, index)
    with closing(sqlite3.connect(index)) as base:
        base.executescript(
            f"PRAGMA user_version = {VERSION + 1}; CREATE TABLE future (a); PRAGMA journal_mode = DELETE;"
        )
    newer = index.read_bytes()
    with Archive(folder, index) as archive:
        assert days(archive) == [5, 4]
        assert "is of a newer coach and stays as it is" in archive.trouble[0]
    with Archive(folder, index) as archive:
        assert (days(archive), archive.trouble) == ([5, 4], ())
    assert index.read_bytes() == newer


def test_where_no_index_can_be_written_it_is_in_memory_and_that_is_said(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with Archive(folder, tmp_path / "file" / "history.sqlite3") as archive:
        assert days(archive) == [5, 4]
        assert "cannot be used" in archive.trouble[0]
        put(folder, 2)
        archive.refresh()
        assert days(archive) == [6, 5, 4]


def test_a_folder_where_the_index_should_be_is_left_alone(folder: Path, index: Path) -> None:
    index.mkdir()
    with Archive(folder, index) as archive:
        assert days(archive) == [5, 4]
    assert index.is_dir()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("begun", [False, True])
def test_somebody_who_may_only_read_sees_the_history_too(*, begun: bool) -> None:
    with TemporaryDirectory() as home:
        folder, index = Path(home, "journals"), Path(home, "history.sqlite3")
        put(folder, 0)
        if begun:
            made(folder, index)
            put(folder, 1)
        for one in (folder.parent, *folder.parent.rglob("*")):
            one.chmod(0o755 if one.is_dir() else 0o644)
        told = read_only(folder, index).splitlines()
    assert told[0] == ("[5, 4]" if begun else "[4]")
    assert "cannot be used" in told[1]


def read_only(folder: Path, index: Path) -> str:
    """What a process says that gives up its rights once all its code is read."""
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom coach.history.store import Archive\n"
        "Archive(Path(sys.argv[1]), Path(sys.argv[3])).close()\n"
        "os.setgid(65534)\nos.setuid(65534)\n"
        "with Archive(Path(sys.argv[1]), Path(sys.argv[2])) as archive:\n"
        "    print([one.at.day for one in archive.sessions()])\n"
        "    print(*archive.trouble, sep='\\n')\n"
    )
    with TemporaryDirectory() as warm:
        words = [sys.executable, "-c", code, str(folder), str(index), str(Path(warm, "history.sqlite3"))]
        run = subprocess.run(words, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout
