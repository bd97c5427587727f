"""The folder of the journals: which files it has, and what each of them tells."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Final

from coach.history.entry import Entry, entry_of
from coach.history.index import Stamp
from coach.history.stub import SUFFIX, StubError, read_stub
from coach.sinks.line import JournalError
from coach.system.files import AS_IS
from coach.system.lock import take

JOURNALS: Final = ".jsonl"
SIMULATED: Final = "simulated"  # the folder of the simulated ones, inside that of the others
WRITING_S: Final = 60.0  # where nothing can be locked: who writes a journal writes more often
ASIDE: Final = (".damaged", ".other")  # behind the name of a journal: the same recording as it was found
_READ_WRITE: Final = os.O_RDWR | AS_IS
_LARGEST_NS: Final = 1 << 62  # what the index can hold
UNKNOWN: Final = Stamp(-1, 0)


@dataclass(frozen=True, slots=True)
class Found:
    """What a look into the folder found."""

    files: dict[str, Stamp]  # by their name below the folder
    trouble: tuple[str, ...] = ()  # a sentence for each part of it that cannot be read


@dataclass(frozen=True, slots=True)
class Folder:
    """Journals, what is left of deleted ones, and inside it the folder of the simulated ones."""

    path: Path

    def look(self, known: Iterable[str] = ()) -> Found:
        """Which files there are; nothing is opened.

        A list of a folder that changes at the same time may miss what is there: what was `known` and is not in it is
        looked for by its name, and what may be left of it.
        """
        files, told = dict[str, Stamp](), list[str]()
        for prefix, folder in (("", self.path), (f"{SIMULATED}/", self.path / SIMULATED)):
            try:
                with os.scandir(folder) as found:
                    files |= {f"{prefix}{name}": stamp for name, stamp in _sessions(found)}
            except FileNotFoundError:
                continue
            except OSError as error:
                told.append(f"{folder} cannot be read: {(error.strerror or str(error)).lower()}")
        missed = {one for name in known if name not in files for one in (name, left_of(name))} - files.keys()
        files |= {name: stamp for name in missed if (stamp := self.stamp(name)) is not None}
        return Found(files, tuple(told))

    def stamp(self, name: str) -> Stamp | None:
        """By what a file is known; None where it is gone."""
        try:
            return _stamp((self.path / name).stat())
        except OSError:
            return None

    def read(self, name: str) -> Entry | str | None:
        """What a file has, or why nothing can be known of it, to stand behind its name; None where it is gone."""
        path = self.path / name
        if path.exists() and not (path.is_file() or path.is_dir()):
            return "is not a file"  # to open a pipe is to wait for whoever writes it
        try:
            return read_stub(path) if name.endswith(SUFFIX) else entry_of(path)
        except FileNotFoundError:
            return None
        except (JournalError, StubError) as error:
            return str(error)
        except OSError as error:
            return f"cannot be read: {(error.strerror or str(error)).lower()}"

    def name(self, path: Path) -> str | None:
        """How a file is called below this folder; None where it is elsewhere."""
        try:
            name = path.resolve().relative_to(self.path.resolve()).as_posix()
        except (OSError, ValueError):
            return None
        return None if "/" in name.removeprefix(f"{SIMULATED}/") else name


def remove(path: Path, *, but: Path) -> None:
    """Remove a journal and what recovery has put aside of it; of several copies one may be what is left of it."""
    if path != but:
        path.unlink(missing_ok=True)
    for one in path.parent.iterdir():
        if one.name.startswith(path.name) and one.suffix in ASIDE:
            one.unlink(missing_ok=True)


def written_now(path: Path) -> bool:
    """Somebody writes it: he holds its lock, or has just written where none can be held."""
    try:
        number = os.open(path, _READ_WRITE)
        try:
            return not take(number)
        finally:
            os.close(number)
    except FileNotFoundError:
        return False
    except OSError:
        return time() - path.stat().st_mtime < WRITING_S


def left_of(name: str) -> str:
    """How the file is called that is left of a journal when it is deleted."""
    return f"{name.removesuffix(JOURNALS)}{SUFFIX}"


def _sessions(found: Iterator[os.DirEntry[str]]) -> Iterator[tuple[str, Stamp]]:
    """Those that look like sessions; one that is gone by now is none. A name may be any bytes, and is text here."""
    for one in found:
        if not one.name.endswith((JOURNALS, SUFFIX)) or one.name.startswith(".") or not _text(one.name):
            continue
        try:
            yield one.name, _stamp(one.stat())
        except FileNotFoundError:
            continue
        except OSError:  # such as a link to itself: it hides none of the others, and is told when it is read
            yield one.name, UNKNOWN


def _stamp(stat: os.stat_result) -> Stamp:
    return Stamp(stat.st_size, stat.st_mtime_ns % _LARGEST_NS)


def _text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
