"""Journals of another computer, copied among those of this one: whole or not at all, and never over another."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Final, Protocol

from coach.history.ends import read_ends
from coach.history.entry import Entry, entry_of
from coach.history.folder import JOURNALS, SIMULATED
from coach.history.past import Past
from coach.history.stub import SUFFIX, StubError, read_stub, written
from coach.places import named_for
from coach.sinks.header import read_header
from coach.sinks.line import JournalError, one_line
from coach.written import write_file

LONGEST_NAME: Final = 150  # signs of a file's name without its ending
NOT_ENDED: Final = "has no end; let coach end it on the computer that has recorded it, and bring it again"
_NAMED: Final = re.compile(r"\d{4}-\d\d-\d\d-\d{6}")  # how the names begin that coach gives


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the files that were to be taken in."""

    added: tuple[Past, ...] = ()
    known: tuple[Past, ...] = ()  # sessions that were here already, under whatever name, or were and are deleted
    refused: tuple[str, ...] = ()  # a sentence for each file that was left out


class RefusedError(Exception):
    """A file that is not taken in; the message goes behind its name."""


class Naming(Protocol):
    """Whose a session is here, by the name that it has."""

    def __call__(self, who: str, /) -> str:
        """The name of a runner, or nothing."""


@dataclass(frozen=True, slots=True)
class _Brought:
    """A file that can be taken in."""

    entry: Entry  # as it is to be here
    content: bytes
    suffix: str
    changed_ns: int


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The files that are named, and those of the folders that are named which look like sessions."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders.sort()
            yield from (Path(folder, name) for name in sorted(files) if name.endswith((JOURNALS, SUFFIX)))


def take(files: Iterable[Path], folder: Path, naming: Naming, marked: Callable[[str], Past | None]) -> Taken:
    """Copy files into the folder of the journals.

    Args:
        files: journals, and what is left of deleted ones.
        folder: where to.
        naming: whose a session is here.
        marked: the session here that has a mark.

    Raises:
        OSError: the folder cannot be written; what was copied before is whole.
    """
    added, known, refused = dict[str, Past](), list[Past](), list[str]()
    for path in files:
        try:
            brought = _brought(path, naming)
        except RefusedError as error:
            refused.append(f"{path} is left out: it {error}")
            continue
        mark = brought.entry.mark
        here = added.get(mark) or marked(mark)
        if here is None:
            added[mark] = _put(brought, folder)
        else:
            known.append(here)
    return Taken(tuple(added.values()), tuple(known), tuple(refused))


def _brought(path: Path, naming: Naming) -> _Brought:
    try:
        changed_ns = path.stat().st_mtime_ns
        if path.name.endswith(SUFFIX):
            left = read_stub(path)
            left = replace(left, past=replace(left.past, who=naming(left.past.who)))
            return _Brought(left, written(left), SUFFIX, changed_ns)
        content = path.read_bytes()
        ends = read_ends(BytesIO(content))
        if ends.end is None:
            raise RefusedError(NOT_ENDED)
        read_header(ends.head)
        entry = entry_of(path)
    except (JournalError, StubError) as error:
        raise RefusedError(str(error)) from error
    except OSError as error:
        raise RefusedError(f"cannot be read: {(error.strerror or str(error)).lower()}") from error
    who = naming(entry.past.who)
    if who != entry.past.who:
        content = content if content.endswith(b"\n") else content + b"\n"
        at = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        content += one_line({"said": {"at": at, "who": who}}).encode()
    return _Brought(replace(entry, past=replace(entry.past, who=who)), content, JOURNALS, changed_ns)


def _put(brought: _Brought, folder: Path) -> Past:
    """Write it under a name that nothing has; it keeps the time of its last change, which may be all that dates it."""
    one = brought.entry.past
    folder = folder / SIMULATED if one.simulated else folder
    folder.mkdir(parents=True, exist_ok=True)
    first = _stem(one)
    for number in count(1):
        stem = first if number == 1 else f"{first}-{number}"
        path = folder / f"{stem}{brought.suffix}"
        if any((folder / f"{stem}{suffix}").exists() for suffix in (JOURNALS, SUFFIX)):
            continue
        try:
            write_file(path, brought.content, over=False)
        except FileExistsError:
            continue
        with suppress(OSError):
            os.utime(path, ns=(brought.changed_ns, brought.changed_ns))
        return replace(one, id=stem, path=path)
    raise AssertionError("numbers do not end")


def _stem(one: Past) -> str:
    """Its own name where coach gave it; else one as coach would have given."""
    if _NAMED.match(one.id) and len(one.id) <= LONGEST_NAME:
        return one.id
    return f"{one.at:%Y-%m-%d-%H%M%S}-000-{named_for(one.workout)}"
