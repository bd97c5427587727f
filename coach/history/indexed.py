"""The journals of a folder by way of their index, whatever becomes of its file.

One that is damaged is put aside, one of a newer coach stays and another is kept beside it, and where none can be
written it is in memory. Each of these is said once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import Final, TypeVar

from coach.history.folder import Folder
from coach.history.index import DamagedError, Index, NewerError
from coach.history.tables import VERSION
from coach.system.lock import take

AT_ONCE: Final = 100  # files that are written into the index together; what was read before a Ctrl-C stays
TOLD: Final = 3  # files that are told of by name
PATIENCE_S: Final = 10.0  # for another process that puts a damaged index aside
LOOK_S: Final = 0.02  # sooner than anybody notices
_T = TypeVar("_T")


class Indexed:
    """A folder of journals with its index; it belongs to the thread that opened it."""

    def __init__(self, folder: Folder, file: Path) -> None:
        """Open the index; refresh() brings it up to date."""
        self._folder = folder
        self._file = file
        self._unusual: list[str] = []
        self._index = self._opened()

    def close(self) -> None:
        """Use it no more."""
        self._index.close()

    def refresh(self) -> tuple[str, ...]:
        """Take in what is new or changed in the folder, forget what is gone, and say what is not as usual."""
        told = self.ask(self._update)
        left_out = self.ask(Index.trouble)
        return (*self._unusual, *told, *_left_out(left_out))

    def renew(self, name: str) -> None:
        """Take in what one file says now."""
        stamp, entry = self._folder.stamp(name), self._folder.read(name)
        if stamp is not None and entry is not None:
            self.ask(lambda index: index.put({name: (stamp, entry)}))

    def ask(self, act: Callable[[Index], _T]) -> _T:
        """Ask the index; one that breaks in the middle of it is made anew and asked again, at last in memory."""
        try:
            return act(self._index)
        except DamagedError:
            self._index.close()
            self._index = self._mended()
        except OSError as error:
            return self._asked_in_memory(act, error)
        try:
            _ = self._update(self._index)
            return act(self._index)
        except (DamagedError, OSError) as error:
            return self._asked_in_memory(act, error)

    def _asked_in_memory(self, act: Callable[[Index], _T], why: Exception) -> _T:
        self._index.close()
        self._index = self._in_memory(why)
        _ = self._update(self._index)
        return act(self._index)

    def _opened(self) -> Index:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            return Index(self._file, self._folder.path)
        except NewerError:
            return self._beside()
        except DamagedError:
            return self._mended()
        except OSError as error:
            return self._in_memory(error)

    def _beside(self) -> Index:
        """An index of this version beside that of a newer one."""
        other = self._file.with_name(f"{self._file.stem}-{VERSION}{self._file.suffix}")
        if not other.exists():
            self._unusual.append(f"{self._file} is of a newer coach and stays as it is; this one keeps {other.name}")
        self._file = other
        return self._opened()

    def _mended(self) -> Index:
        """A new index in place of a damaged one."""
        try:
            with _alone(self._file.with_name(f"{self._file.name}.lock")):
                if self._damaged():
                    self._put_aside()
            return Index(self._file, self._folder.path)
        except (OSError, DamagedError, NewerError) as error:
            return self._in_memory(error)

    def _damaged(self) -> bool:
        """It still is: another process may have mended it."""
        try:
            with closing(Index(self._file, self._folder.path)) as index:
                index.check()
        except DamagedError:
            return True
        return False

    def _put_aside(self) -> None:
        aside = self._file.with_name(f"{self._file.name}.damaged")
        self._file.replace(aside)
        for behind in ("-wal", "-shm"):
            self._file.with_name(f"{self._file.name}{behind}").unlink(missing_ok=True)
        self._unusual.append(f"{self._file} was damaged and is made anew; the old one is {aside.name}")

    def _in_memory(self, why: Exception) -> Index:
        reason = getattr(why, "strerror", None) or str(why)
        self._unusual.append(f"{self._file} cannot be used ({reason.lower()}); all sessions are read each time")
        return Index(None, self._folder.path)

    def _update(self, index: Index) -> tuple[str, ...]:
        """Open the files that are new or changed, and only them; what is wrong with the folder."""
        known = index.stamps()
        found = self._folder.look(known)
        gone = known.keys() - found.files.keys()
        new = ((name, stamp) for name, stamp in found.files.items() if known.get(name) != stamp)
        while (some := list(islice(new, AT_ONCE))) or gone:
            entries = ((name, stamp, self._folder.read(name)) for name, stamp in some)
            index.put({name: (stamp, entry) for name, stamp, entry in entries if entry is not None}, gone)
            gone = set()  # in one step with what is left of it, so that nobody meets neither
        return found.trouble


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """No other process is in here; where nothing can be locked, nobody can know.

    Raises:
        OSError: one is, and does not leave.
    """
    with path.open("a", encoding="utf-8") as file:
        until_s = monotonic() + PATIENCE_S
        while not take(file.fileno()):
            if monotonic() >= until_s:
                raise TimeoutError("another process mends it")
            sleep(LOOK_S)
        yield


def _left_out(files: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """A sentence for each of a few files, and one for all the rest."""
    for name, why in files[:TOLD]:
        yield f"{name} is left out: it {why}"
    more = len(files) - TOLD
    if more > 0:
        yield f"{more} more {'files are' if more > 1 else 'file is'} left out"
