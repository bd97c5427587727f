"""What is no file among the journals hides none of them, and nobody waits for it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from coach.history.store import Archive
from tests.history.journals import put

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names, and links need a right")


def loop(path: Path) -> None:
    path.symlink_to(path)


def pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "why"), [(loop, "cannot be read"), (pipe, "is not a file"), (Path.mkdir, "cannot be read")]
)
@pytest.mark.parametrize("known", [False, True])
def test_it_is_told_and_the_others_are_read(tmp_path: Path, make: object, why: str, *, known: bool) -> None:
    assert callable(make)
    path = put(tmp_path)
    if known:
        Archive(tmp_path).close()
    make(tmp_path / "odd.jsonl")
    for _ in range(2):
        with Archive(tmp_path) as archive:
            assert [one.path for one in archive.sessions()] == [path]
            assert archive.unread() == ("odd.jsonl",)
            assert len(archive.trouble) == 1
            assert archive.trouble[0].startswith(f"odd.jsonl is left out: it {why}")
