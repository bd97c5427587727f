"""The index of the journals: an sqlite file that holds nothing of its own, and is made again whenever it does not fit.

Several processes use it at once: each reads the journals for itself and writes what it found in short transactions, and
what two of them write of one journal is the same.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Final

from coach.core.workout import Level
from coach.history.account import Window
from coach.history.entry import Entry, must_make_sense
from coach.history.past import Past
from coach.history.rating import heard
from coach.history.tables import KIND, TABLES, TWINS, VERSION
from coach.history.trend import Seen

PATIENCE_S: Final = 30.0  # for another process that writes
# A session that was left before the belt moved is none, however it ended: it has no minutes, and no alarm counts.
_BEGAN: Final = "(distance_m > 0 OR backward_s > 0 OR key_rear OR open OR deleted OR rating <> '{}')"
_MARK: Final = "SELECT mark FROM session WHERE name = ?"
_YES_NO: Final = ("simulated", "confirmed", "alarmed", "key_rear", "open", "deleted")
_PLAIN: Final = tuple(
    one.name for one in fields(Past) if one.name not in {"path", "at", "level", "rating", *_YES_NO}
)  # columns that are fields of a session as they are
_NO_USE: Final = frozenset(
    {
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR),
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH),
    }
)  # the file may be as good as ever, but not for this process


class DamagedError(Exception):
    """The file is no index, or one that broke; its journals have all that was in it."""


class NewerError(Exception):
    """The index is of a newer coach, which would have to begin anew after this one."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a file is known to be as it was."""

    size: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sessions are asked for; None: any."""

    who: tuple[str, ...] | None = None
    simulated: bool | None = False
    since: date | None = None
    newest: int | None = None  # how many at the most


class Index:
    """An open index; paths of journals are below `folder`. It belongs to the thread that opened it."""

    def __init__(self, file: Path | None, folder: Path) -> None:
        """Open it, or begin it; without a file it lives in memory.

        Raises:
            DamagedError: the file is none.
            NewerError: the file is of a newer coach.
            OSError: it cannot be used.
        """
        self._folder = folder
        with _translated():
            self._base = sqlite3.connect(str(file or ":memory:"), timeout=PATIENCE_S, isolation_level=None)
        try:
            with _translated():
                self._begin()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Use it no more."""
        with suppress(sqlite3.Error):
            self._base.close()

    def check(self) -> None:
        """Look at all of it.

        Raises:
            DamagedError: something in it is broken.
            OSError: it cannot be used.
        """
        (told,) = self._rows("PRAGMA quick_check(1)")[0]
        if told != "ok":
            raise DamagedError(told)
        _ = self._rows("SELECT count(*) FROM file")
        _ = [*self.sessions(Wanted(simulated=None)), *self.windows(Wanted(simulated=None))]

    def stamps(self) -> dict[str, Stamp]:
        """The files that are known, by name."""
        return {row["name"]: Stamp(row["size"], row["changed_ns"]) for row in self._rows("SELECT * FROM file")}

    def trouble(self) -> tuple[tuple[str, str], ...]:
        """The files that could not be read, with why not, and those that are copies of others."""
        told = self._rows("SELECT name, trouble FROM file WHERE trouble <> '' ORDER BY name")
        twins = self._rows("SELECT name, twin FROM session WHERE twin <> '' AND NOT deleted ORDER BY name")
        copies = ((row["name"], f"is the same session as {row['twin']}") for row in twins)
        return (*((row["name"], row["trouble"]) for row in told), *copies)

    def unread(self) -> tuple[str, ...]:
        """The files that could not be read."""
        return tuple(row["name"] for row in self._rows("SELECT name FROM file WHERE trouble <> '' ORDER BY name"))

    def put(self, found: Mapping[str, tuple[Stamp, Entry | str]], gone: Iterable[str] = ()) -> None:
        """Keep what was found in files, or why nothing was, and forget those that are gone."""
        with self._change() as base:
            names = (*gone, *found)
            marks = {row["mark"] for name in names for row in base.execute(_MARK, [name])}
            base.executemany("DELETE FROM file WHERE name = ?", [(name,) for name in names])
            for name, (stamp, entry) in found.items():
                trouble = entry if isinstance(entry, str) else ""
                base.execute("INSERT INTO file VALUES (?, ?, ?, ?)", (name, stamp.size, stamp.changed_ns, trouble))
                if isinstance(entry, Entry):
                    _keep(base, name, entry)
                    marks.add(entry.mark)
            base.executemany(TWINS, [{"mark": mark} for mark in marks])

    def forget(self) -> None:
        """Begin anew."""
        with self._change() as base:
            base.execute("DELETE FROM file")

    def sessions(self, wanted: Wanted) -> Iterator[Past]:
        """The sessions that are asked for, newest first."""
        where, values = _where(wanted)
        limit = "" if wanted.newest is None else f"LIMIT {max(wanted.newest, 0)}"
        asked = f"SELECT * FROM session WHERE {where} ORDER BY at_s DESC, name DESC {limit}"
        return (self._past(row) for row in self._rows(asked, *values))

    def windows(self, wanted: Wanted) -> Iterator[Seen]:
        """The windows of the sessions that are asked for, oldest first."""
        where, values = _where(wanted)
        asked = f"SELECT * FROM session JOIN seen USING (name) WHERE {where} ORDER BY at_s, name, block"
        return (_seen(row) for row in self._rows(asked, *values))

    def named(self, name: str) -> Past | None:
        """The session of a file; where a copy of it is listed, that one."""
        asked = "SELECT * FROM session WHERE name = coalesce((SELECT nullif(twin, '') FROM session WHERE name = ?), ?)"
        return next((self._past(row) for row in self._rows(asked, name, name)), None)

    def marked(self, mark: str) -> Past | None:
        """The session of that mark, or what is left of it."""
        rows = self._rows("SELECT * FROM session WHERE mark = ? AND twin = ''", mark)
        return next((self._past(row) for row in rows), None)

    def copies(self, name: str) -> tuple[str, ...]:
        """The files of the same session as this one, and this one."""
        asked = "SELECT name FROM session WHERE name = ? OR twin = ? ORDER BY name"
        return tuple(row["name"] for row in self._rows(asked, name, name))

    def _rows(self, asked: str, *values: object) -> list[sqlite3.Row]:
        with _translated():
            return self._base.execute(asked, values).fetchall()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing, and nobody else at the same time."""
        with _translated():
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield self._base
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")

    def _begin(self) -> None:
        self._base.row_factory = sqlite3.Row
        self._base.execute("PRAGMA secure_delete = ON")  # what is deleted is gone from here too
        self._base.execute("PRAGMA synchronous = NORMAL")
        if not self._fits():
            with self._change():
                if not self._fits():  # another process may have been first
                    self._make()
        self._base.execute("PRAGMA foreign_keys = ON")
        with suppress(sqlite3.OperationalError):  # another process is about the same
            self._base.execute("PRAGMA journal_mode = WAL")

    def _fits(self) -> bool:
        (kind,) = self._base.execute("PRAGMA application_id").fetchone()
        (version,) = self._base.execute("PRAGMA user_version").fetchone()
        (tables,) = self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and kind != KIND:
            raise DamagedError("it is another program's")
        if tables and version > VERSION:
            raise NewerError(f"it is of version {version}")
        return bool(tables) and version == VERSION

    def _make(self) -> None:
        """Empty tables of this version; those of an older one are dropped, since the journals have all of it."""
        asked = "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'"
        for row in self._base.execute(asked).fetchall():
            self._base.execute(f'DROP {row["type"]} "{row["name"]}"')
        for table in TABLES:
            self._base.execute(table)
        self._base.execute(f"PRAGMA application_id = {KIND}")
        self._base.execute(f"PRAGMA user_version = {VERSION}")

    def _past(self, row: sqlite3.Row) -> Past:
        with _understood():
            given = {name: row[name] for name in _PLAIN}
            given |= {name: bool(row[name]) for name in _YES_NO}
            one = Past(
                path=self._folder / row["name"],
                at=datetime.fromisoformat(row["at"]),
                level=Level(row["level"]),
                rating=heard([json.loads(row["rating"])]),
                **given,
            )
            must_make_sense(one)
            return one


def _seen(row: sqlite3.Row) -> Seen:
    with _understood():
        window = Window(**{one.name: row[one.name] for one in fields(Window)})
        rails = heard([json.loads(row["rating"])]).rails
        held = window.block in json.loads(row["held"]) if rails is None else rails
        return Seen(row["id"], datetime.fromisoformat(row["at"]), window, held)


def _keep(base: sqlite3.Connection, name: str, entry: Entry) -> None:
    one = entry.past
    row: dict[str, object] = {
        "name": name,
        "mark": entry.mark,
        "dated": entry.dated,
        "twin": "",
        "at": one.at.isoformat(),
        "at_s": one.at.timestamp(),
        "day": one.on.isoformat(),
        "level": one.level.value,
        "rating": json.dumps(one.rating.facts()),
        "held": json.dumps(entry.held),
    }
    row |= {column: getattr(one, column) for column in (*_PLAIN, *_YES_NO)}
    marks = ", ".join(f":{column}" for column in row)
    base.execute(f"INSERT INTO session ({', '.join(row)}) VALUES ({marks})", row)
    windows = [(name, *(getattr(window, one.name) for one in fields(Window))) for window in entry.windows]
    base.executemany("INSERT INTO seen VALUES (?, ?, ?, ?, ?, ?, ?)", windows)


def _where(wanted: Wanted) -> tuple[str, list[object]]:
    asked, values = ["twin = ''", _BEGAN], list[object]()
    if wanted.who is not None:
        asked.append(f"who IN ({', '.join('?' * len(wanted.who))})")
        values += wanted.who
    if wanted.simulated is not None:
        asked.append("simulated = ?")
        values.append(wanted.simulated)
    if wanted.since is not None:
        asked.append("day >= ?")
        values.append(wanted.since.isoformat())
    return " AND ".join(asked), values


@contextmanager
def _understood() -> Iterator[None]:
    """What stands in a row is what was written there."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise DamagedError("a row makes no sense") from error


@contextmanager
def _translated() -> Iterator[None]:
    """Errors of sqlite as what they mean here."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # without its finer half
        if code in _NO_USE:
            raise OSError(str(error)) from error
        raise DamagedError(str(error)) from error
