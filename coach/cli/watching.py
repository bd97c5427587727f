"""Looks at files again and again, and says which of them have changed; the waiting between two looks is given.

Editors write a file in several ways: into it, or beside it and then in its place, so that for a moment there is none. A
change counts once two looks in a row have seen the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

POLL_S: Final = 0.25  # between two looks; a change is told after two of them


class Sign(NamedTuple):
    """What tells one state of a file from another."""

    mtime_ns: int
    size: int
    inode: int


Signs: TypeAlias = Mapping[Path, Sign | None]  # None: there is no such file


class Change(NamedTuple):
    """A file that is another now."""

    path: Path
    words: str  # was saved, is new, is gone, is there


def sign(path: Path) -> Sign | None:
    """The state of a file now."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return Sign(found.st_mtime_ns, found.st_size, found.st_ino)


def changes(paths: Callable[[], Iterable[Path]], wait: Callable[[], None]) -> Iterator[tuple[Change, ...]]:
    """What has changed since it was told last; the first of all are none, so that a check may begin there."""
    known = before = _look(paths)
    yield ()
    while True:
        wait()
        now = _look(paths)
        settled = [path for path in {**known, **now} if now.get(path) == before.get(path) != known.get(path)]
        before = now
        if settled:
            yield tuple(Change(path, _words(path, known, now)) for path in sorted(settled))
            known = {**known, **{path: now.get(path) for path in settled}}


def _look(paths: Callable[[], Iterable[Path]]) -> Signs:
    return {path: sign(path) for path in paths()}


def _words(path: Path, before: Signs, now: Signs) -> str:
    if now.get(path) is None:
        return "is gone"
    if path not in before:
        return "is new"
    return "is there" if before[path] is None else "was saved"
