"""The history of this user: his journals, and an index of them that is brought up to date whenever it is opened.

The journals are the truth, the index may go at any time. What is said of a session later stands in its journal, what is
left of a deleted one in a small file beside the others, so that a new index knows the same. Two processes may use
it at once. Nothing here runs while a belt moves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType

from coach import places
from coach.core.error import CoachError
from coach.history.ends import read_ends
from coach.history.entry import entry_of, summary
from coach.history.folder import JOURNALS, Folder, remove, written_now
from coach.history.index import Index, Wanted
from coach.history.indexed import Indexed
from coach.history.name import LAST, NOTHING, MeantError, last, named
from coach.history.past import Past
from coach.history.rating import Rating
from coach.history.say import SayError, say, tell
from coach.history.stub import StubError, place, read_stub, stub_of, weighs, written
from coach.history.summary import Summary
from coach.history.take import Naming, Taken, files_of, take
from coach.history.trend import Seen
from coach.sinks.claim import sync_folder
from coach.sinks.journal import Recording, read_journal
from coach.sinks.line import JournalError
from coach.written import write_file


class StoreError(CoachError):
    """What was asked of the history cannot be done; the message is a sentence."""


class Archive:
    """The recorded sessions of a folder, newest first; it belongs to the thread that opened it.

    `trouble` has a sentence for each thing that could not be read, or that is not as usual.
    """

    def __init__(self, folder: Path | None = None, index: Path | None = None) -> None:
        """Open it, and bring its index up to date.

        Args:
            folder: of the journals; the user's own without it.
            index: the file of the index; without it the usual one, or one inside the folder that was given.
        """
        self.folder = Folder(folder or places.journals(simulated=False))
        usual = places.index() if folder is None else folder / places.index().name
        self._indexed = Indexed(self.folder, index or usual)
        self.trouble: tuple[str, ...] = ()
        self.refresh()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Use it no more."""
        self._indexed.close()

    def sessions(
        self,
        *,
        who: str | None = None,
        simulated: bool | None = False,
        since: date | None = None,
        newest: int | None = None,
    ) -> tuple[Past, ...]:
        """The sessions, newest first.

        Args:
            who: the name of a runner; nothing for those without a name, None for everybody's.
            simulated: only those on the simulator, only those on real belts, or None for both.
            since: from that day on.
            newest: how many at the most.
        """
        wanted = Wanted(None if who is None else (who,), simulated, since, newest)
        return self._indexed.ask(lambda index: tuple(index.sessions(wanted)))

    def of(self, who: str, *, only: bool, simulated: bool | None = False) -> tuple[Past, ...]:
        """The sessions of a runner, newest first; where he is the only one, those without a name are his too."""
        wanted = Wanted((who, "") if only else (who,), simulated)
        return self._indexed.ask(lambda index: tuple(index.sessions(wanted)))

    def unread(self) -> tuple[str, ...]:
        """The files that could not be read, by their names below the folder; whose they are nobody knows."""
        return self._indexed.ask(Index.unread)

    def windows(self, *, who: str | None = None, only: bool = True, simulated: bool | None = False) -> tuple[Seen, ...]:
        """The windows that are compared over weeks, oldest first; whose, as sessions() and of()."""
        names = None if who is None else (who, "") if only else (who,)
        return self._indexed.ask(lambda index: tuple(index.windows(Wanted(names, simulated))))

    def find(self, text: str, *, who: str | None = None, simulated: bool | None = None) -> Past:
        """The session that is meant.

        Args:
            text: `last`, the name of a session, the begin of one that no other has, also as a list shows day and hour,
                or the path of a journal. The last one is the newest on a real belt, or on the simulator where there is
                none.
            who: only those of a runner.
            simulated: only those on the simulator, or only those on real belts.

        Raises:
            StoreError: there is none, or there are several; the message says what is near.
        """
        if text.endswith(JOURNALS) or any(sign in text for sign in "/\\"):
            return self._at(Path(text).expanduser())
        sessions = self.sessions(who=who, simulated=simulated)
        if text != LAST:
            try:
                return named(text, sessions)
            except MeantError as error:
                raise StoreError(str(error)) from error
        found = last(sessions)
        if found is None:
            raise StoreError(NOTHING)
        return found

    def summary(self, past: Past) -> Summary:
        """What a session came to.

        Raises:
            StoreError: it was deleted, or cannot be read.
        """
        self._must_be_there(past)
        try:
            with past.path.open("rb") as file:
                found = summary(past.path, read_ends(file))
        except (OSError, JournalError) as error:
            raise _unreadable(past, error) from error
        return replace(found, who=past.who, simulated=past.simulated)

    def recording(self, past: Past) -> Recording:
        """All of a session, with the name of its runner as it is known today.

        Raises:
            StoreError: it was deleted, or cannot be read.
        """
        self._must_be_there(past)
        try:
            found = read_journal(past.path)
        except JournalError as error:
            raise _unreadable(past, error) from error
        return replace(found, origin=replace(found.origin, who=past.who))

    def say(self, past: Past, rating: Rating) -> Past:
        """Keep what the runner says of a session, in its journal, and return it as it is now.

        Raises:
            StoreError: it was deleted, is still being recorded, or cannot be written.
        """
        self._must_be_still(past)
        try:
            say(past.path, rating, datetime.now(UTC).astimezone())
        except SayError as error:
            raise StoreError(str(error)) from error
        return self._again(past)

    def claim(self, past: Past, who: str) -> Past:
        """Say whose a session is, in its journal or in what is left of it, and return it as it is now.

        Raises:
            StoreError: it is still being recorded, or cannot be written.
        """
        try:
            if past.deleted:
                left = read_stub(past.path)
                write_file(past.path, written(replace(left, past=replace(left.past, who=who))), over=True)
            else:
                self._must_be_still(past)
                tell(past.path, {"who": who}, datetime.now(UTC).astimezone())
        except (SayError, StubError) as error:
            raise StoreError(str(error)) from error
        except OSError as error:
            raise _unwritten(past.path, error) from error
        return self._again(past)

    def delete(self, past: Past) -> None:
        """Delete the recording of a session, copies included. What counts for doses and levels stays (stub.py).

        Raises:
            StoreError: it is not in this folder, was deleted before, is still being recorded, or cannot be deleted.
        """
        self._must_be_still(past)
        name = self.folder.name(past.path)
        if name is None:
            raise StoreError(f"{past.path} is not among your sessions; delete the file itself")
        try:
            entry = entry_of(past.path)
            if weighs(entry.past):
                write_file(place(past), written(stub_of(entry, datetime.now(UTC).astimezone())), over=True)
                sync_folder(past.path.parent)  # the one is on the disk before the other goes
            for copy in self._indexed.ask(lambda index: index.copies(name)):
                remove(self.folder.path / copy, but=place(past))
        except JournalError as error:
            raise _unreadable(past, error) from error
        except OSError as error:
            raise _unwritten(past.path, error) from error
        self.refresh()

    def take_in(self, paths: Iterable[Path], who: str | Naming = "") -> Taken:
        """Copy journals of another computer here; nothing is written over.

        Args:
            paths: journals, or folders of them.
            who: whose they all are, or a function that says whose each is by the name that it has; nothing leaves
                every name as it is.

        Raises:
            StoreError: the folder of the journals cannot be written.
        """
        naming = who if callable(who) else (lambda own: who or own)
        try:
            taken = take(files_of(paths), self.folder.path, naming, self._marked)
        except OSError as error:
            raise _unwritten(self.folder.path, error) from error
        self.refresh()
        return taken

    def under_way(self, past: Past) -> bool:
        """It is still being recorded: who writes a journal holds its lock, or has just written where none can be."""
        return past.open and written_now(past.path)

    def refresh(self) -> None:
        """Take in what is new or changed in the folder, and forget what is gone."""
        self.trouble = self._indexed.refresh()

    def rebuild(self) -> int:
        """Make the index anew from the journals, and return how many sessions there are."""
        self._indexed.ask(Index.forget)
        self.refresh()
        return len(self.sessions(simulated=None))

    def _at(self, path: Path) -> Past:
        """The session of a journal's path, also of one that is elsewhere."""
        name = self.folder.name(path)
        here = None if name is None else self._indexed.ask(lambda index: index.named(name))
        if here is not None:
            return here
        try:
            return entry_of(path).past
        except FileNotFoundError:
            raise StoreError(f"{path}: there is no such file") from None
        except JournalError as error:
            raise StoreError(f"{path}: {error}") from error
        except OSError as error:
            raise StoreError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error

    def _marked(self, mark: str) -> Past | None:
        return self._indexed.ask(lambda index: index.marked(mark))

    def _again(self, past: Past) -> Past:
        """A session after a change to its file."""
        name = self.folder.name(past.path)
        if name is not None:
            self._indexed.renew(name)
        elif past.deleted:
            return read_stub(past.path).past
        return self._at(past.path)

    def _must_be_there(self, past: Past) -> None:
        if past.deleted:
            raise StoreError(f"the recording of {past.id} was deleted")

    def _must_be_still(self, past: Past) -> None:
        """Nobody writes behind the back of a keeper."""
        self._must_be_there(past)
        if self.under_way(past):
            raise StoreError(f"{past.id} is still being recorded; try again when it has ended")


def _unreadable(past: Past, error: Exception) -> StoreError:
    return StoreError(f"the recording of {past.id} cannot be read: {getattr(error, 'strerror', None) or error}")


def _unwritten(path: Path, error: OSError) -> StoreError:
    return StoreError(f"{path}: {(error.strerror or str(error)).lower()}")
