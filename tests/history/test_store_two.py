"""Two processes use the history at once: nothing is lost, nothing is seen twice, and nobody waits for ever."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from coach.history.store import Archive
from tests.history.journals import BACK, WALK, put

pytestmark = pytest.mark.slow

JOURNALS = 200
READY = """
import json, sys
from pathlib import Path
from coach.history.rating import Rating
from coach.history.store import Archive
folder = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
"""
LIST = f"""{READY}
with Archive(folder) as archive:
    print(len(archive.sessions()), len(archive.windows()), *archive.trouble)
"""
WATCH = f"""{READY}
left = 1
while left:
    with Archive(folder) as archive:
        told = archive.sessions()
    print(json.dumps([len({{one.id for one in told if one.backward_s > 0}}), len(told), archive.trouble]), flush=True)
    left = sum(not one.deleted for one in told)
"""
DELETE = f"""{READY}
with Archive(folder) as archive:
    for one in archive.sessions():
        archive.delete(one)
"""
SAY = f"""{READY}
with Archive(folder) as archive:
    for effort in range(10):
        archive.say(archive.find("last"), Rating(effort=effort, **{{sys.argv[2]: effort}}))
"""


class Other:
    """A process that has its code read, and begins when it is told to."""

    def __init__(self, code: str, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.line() == "ready"

    def go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def line(self) -> str:
        """The next one that it prints."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def lines(self) -> list[str]:
        """What it printed, when it has ended in order."""
        out, err = self._process.communicate(timeout=120)
        assert (self._process.returncode, err) == (0, "")
        return out.splitlines()


def together(*others: Other) -> list[list[str]]:
    for other in others:
        other.go()
    return [other.lines() for other in others]


def sound(index: Path) -> bool:
    """Nothing is broken in the file, and nothing in it belongs to nothing."""
    with closing(sqlite3.connect(index)) as base:
        whole = base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return whole and base.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("begun", [False, True])
def test_both_index_the_same_new_journals(tmp_path: Path, *, begun: bool) -> None:
    folder = tmp_path / "journals"
    if begun:
        with Archive(folder):
            pass
    for day in range(JOURNALS):
        put(folder, day, workout=BACK if day % 2 else WALK)
    found = together(Other(LIST, str(folder)), Other(LIST, str(folder)), Other(LIST, str(folder)))
    assert found == [[f"{JOURNALS} {JOURNALS // 2}"]] * 3
    assert sound(folder / "history.sqlite3")


def test_one_lists_while_the_other_deletes(tmp_path: Path) -> None:
    """What is left of a session is there before its recording goes, so that no list has less to count."""
    folder = tmp_path / "journals"
    for day in range(40):
        put(folder, day, workout=BACK)
    with Archive(folder):
        pass
    watching, deleting = Other(WATCH, str(folder)), Other(DELETE, str(folder))
    watching.go()
    seen = {watching.line()}
    deleting.go()
    assert deleting.lines() == []
    seen |= set(watching.lines())
    assert seen == {json.dumps([40, 40, []])}
    with Archive(folder) as archive:
        assert [one.deleted for one in archive.sessions()] == [True] * 40
    assert sound(folder / "history.sqlite3")


def test_both_damaged_it_and_both_mend_it(tmp_path: Path) -> None:
    folder = tmp_path / "journals"
    for day in range(20):
        put(folder, day, workout=BACK)
    (folder / "history.sqlite3").write_bytes(b"nonsense" * 1000)
    for one in together(Other(LIST, str(folder)), Other(LIST, str(folder)), Other(LIST, str(folder))):
        assert one[0].startswith("20 20")
    assert together(Other(LIST, str(folder))) == [["20 20"]]
    assert sound(folder / "history.sqlite3")


def test_both_say_something_of_one_session_and_all_of_it_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "journals"
    put(folder, workout=BACK)
    together(Other(SAY, str(folder), "pain_before"), Other(SAY, str(folder), "pain_after"))
    with Archive(folder) as archive:
        rating = archive.find("last").rating
        assert (rating.effort, rating.pain_before, rating.pain_after) == (9, 9, 9)
        assert len(archive.recording(archive.find("last")).said) == 20
