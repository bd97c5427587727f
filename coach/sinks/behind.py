"""A text file behind threads: what is flushed is with the system when flush() returns, unless the disk is slow.

A disk that stalls, fills up, cannot be written or goes away never stops the fold. All the text is kept in memory too,
so that a file which was lost is written anew, whole, as soon as that can be done. One thread writes; another lets the
disk have it each second and looks whether the file is still there.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from pathlib import Path
from threading import Condition, Event, Thread
from time import monotonic
from typing import Final

from coach.sinks.claim import Claim, CutError, Name, claim_again, claim_first, sync_folder

PATIENCE_S: Final = 0.003  # a flush waits so long; a write to the page cache takes a tenth of a millisecond
STARVED_S: Final = 0.05  # the same on a computer so busy that the thread which writes does not get to ask the system
SYNC_S: Final = 1.0  # what is older is on the disk (safety.md 2.10)
AGAIN_S: Final = 2.0  # between tries after an error
HURRIED_S: Final = 0.1  # the same once nothing more comes
LATE_S: Final = 5.0  # a disk that takes nothing for so long is told
OPENS_S: Final = 1.0  # so long the beginning of a session waits for its file
LEAVES_S: Final = 5.0  # so long the end of a session waits for its file
ENDS_S: Final = 1.0  # threads end so fast, or hang on a disk that does
MOST_BYTES: Final = 32 << 20  # of text in memory: a day and more
_CHUNK: Final = 1 << 16  # minutes of a session


class Behind:
    """Takes the place of a text file: write(), flush(), close()."""

    def __init__(
        self,
        path: Path,
        told: Callable[[str], None] = lambda _: None,
        *,
        name: Name = Name.FRESH,
        opened: Callable[[Path], None] = lambda _: None,
    ) -> None:
        """Begin a file, now or when that can be done.

        Args:
            path: of the file; see `path` for the one that it became.
            told: called once when recording fails, and once when nothing is missing any more; from any thread.
            name: what is done where there is such a file.
            opened: called with the path whenever the file was begun, from a thread; it must not raise.
        """
        self.path = path
        self.writing = True  # all is well, as far as anybody knows
        self.lost = 0  # lines that were not even kept
        self._asked, self._name, self._told, self._opened = path, name, told, opened
        self._text = bytearray()  # all of it, but for what MOST_BYTES has no room for
        self._base = 0  # where in the file _text begins
        self._done = self._synced = 0  # up to here it is with the system, and on the disk
        self._claim: Claim | None = None
        self._again = False  # a file was begun before, and lost
        self._source: Claim | None = None  # a lost file, from which what is before _base can still be read
        self._spent: list[Claim] = []  # lost files that are still open
        self._since_s = inf  # since when something waits
        self._change = Condition()
        self._slow = self._gone = self._failed = self._hurried = self._left = False
        self._asking = False  # the system was asked to write, and has not answered
        self._wake, self._leave = Event(), Event()
        self._threads = [Thread(target=work, name="journal", daemon=True) for work in (self._write, self._sync)]
        for thread in self._threads:
            thread.start()
        with self._change:
            self._change.wait_for(lambda: self._claim is not None or not self.writing, OPENS_S)

    def write(self, text: str) -> int:
        """Hand text over. Where it has no room, nothing that comes after it is kept either: it would mean nothing."""
        data = text.encode(errors="replace")
        full = ""
        with self._change:
            if self.lost or (len(self._text) + len(data) > MOST_BYTES and not self._make_room(len(data))):
                full = "" if self.lost else f"Nothing more of this session is recorded: {self.path}: there is no room."
                self.lost += data.count(b"\n")
            else:
                self._text += data
                self._since_s = min(self._since_s, monotonic())
                self._change.notify_all()
        if full:
            self.writing = False
            self._told(full)
        return len(text)

    def flush(self) -> None:
        """Wait until all is with the system; not at all where the disk was slow the last time."""
        if self._slow:
            if monotonic() - self._since_s > LATE_S:
                self._trouble("the disk does not answer")
            return
        until_s = monotonic() + STARVED_S
        with self._change:
            while self._done < self._end and self.writing and monotonic() < until_s:
                if not self._change.wait(PATIENCE_S) and self._asking:
                    break
            self._slow = self._done < self._end and (self._asking or not self.writing)

    @property
    def unwritten(self) -> int:
        """Lines that the system does not have; a part of one counts."""
        with self._change:
            done = 0 if self._gone else self._done
            return self._text[max(done - self._base, 0) :].count(b"\n") + self.lost

    @property
    def settled(self) -> bool:
        """All is on the disk, and under its name."""
        return self.writing and not self._gone and self._synced == self._end

    def settle(self, timeout_s: float) -> bool:
        """Nothing more comes: wait until all is on the disk; False where it takes longer. It may be asked again."""
        with self._change:
            self._hurried = True
            self._change.notify_all()
        self._wake.set()
        with self._change:
            return self._change.wait_for(lambda: self.settled, timeout_s)

    def rescue(self, path: Path) -> None:
        """Write all that is kept into another file, which must not be there.

        Raises:
            OSError: that cannot be done either, or not all is kept.
        """
        if self.lost or self._base:
            raise OSError("not all is kept")
        with path.open("xb") as file:
            try:
                path.chmod(0o600)
                file.write(bytes(self._text))
                file.flush()
            except OSError:
                path.unlink()
                raise

    def close(self, timeout_s: float = LEAVES_S) -> None:
        """End it; what cannot be written within so many seconds stays unwritten."""
        self.settle(timeout_s)
        with self._change:
            self._left = True
            self._change.notify_all()
        self._leave.set()
        self._wake.set()
        for thread in self._threads:
            thread.join(ENDS_S)

    @property
    def _end(self) -> int:
        return self._base + len(self._text)

    def _make_room(self, size: int) -> bool:
        """Forget what is on the disk."""
        safe = self._synced - self._base
        if not self.writing or len(self._text) - safe + size > MOST_BYTES:
            return False
        del self._text[:safe]
        self._base += safe
        return True

    # The thread that writes.

    def _write(self) -> None:
        while self._due():
            try:
                self._put()
            except CutError as error:
                self._begin_again(str(error))
            except OSError as error:
                self._failed = True
                self._trouble((error.strerror or str(error)).lower())

    def _due(self) -> bool:
        """Wait until there is something to do; False when it is over."""
        if self._failed:
            self._leave.wait(HURRIED_S if self._hurried else AGAIN_S)
        with self._change:
            while self._claim is not None and not self._gone and self._done == self._end and not self._left:
                self._slow, self._since_s = False, inf
                if self._hurried and self._synced < self._done:
                    self._wake.set()
                self._change.notify_all()
                self._change.wait()
            return not self._left

    def _put(self) -> None:
        self._asking = True
        try:
            claim = self._claim if self._claim is not None and not self._gone else self._open()
            at = self._done
            count = claim.write(self._kept(at), at)
        finally:
            self._asking = False
        with self._change:
            if self._done == at:  # else it has to be written again
                self._done += count
            self._failed = False
            self._change.notify_all()

    def _kept(self, at: int) -> bytes:
        with self._change:
            if at >= self._base:
                return bytes(self._text[at - self._base : at - self._base + _CHUNK])
        if self._source is None or not (data := self._source.read(min(self._base - at, _CHUNK), at)):
            raise OSError("the beginning is gone")
        return data

    def _open(self) -> Claim:
        """Begin the file, or the one that takes the place of a lost one."""
        if self._claim is not None:
            with self._change:
                self._lose(self._claim)
        claim = claim_again(self.path, self._ours) if self._again else claim_first(self._asked, self._name)
        self._opened(claim.path)
        if claim.path != self.path:
            self._told(f"{self.path} is that of another session; this one is recorded in {claim.path}.")
        with self._change:
            self.path, self._claim, self._again, self._gone = claim.path, claim, True, False
            self._change.notify_all()
        return claim

    def _lose(self, claim: Claim) -> None:
        claim.let_go()
        source = claim if self._base and self._done >= self._base else self._source
        self._spent += [one for one in (claim, self._source) if one is not None and one is not source]
        self._source = source
        self._claim, self._done, self._synced = None, 0, 0

    def _ours(self, path: Path) -> bool:
        """What lies there is the beginning of our text: the disk was away and is back."""
        if self._base or path.stat().st_size > len(self._text):
            return False
        return self._text.startswith(path.read_bytes())

    # The thread that lets the disk have it.

    def _sync(self) -> None:
        while not self._left:
            self._wake.wait(HURRIED_S if self._hurried else SYNC_S)
            self._wake.clear()
            claim = self._claim
            if claim is not None and not self._gone:
                self._look_after(claim)
            while self._spent:
                self._spent.pop().close()
        for claim in (self._claim, self._source):
            if claim is not None:
                claim.close()

    def _look_after(self, claim: Claim) -> None:
        done, whole = self._done, self._done == self._end
        if not claim.in_place():
            with self._change:
                self._gone = True
                self._change.notify_all()
            self._trouble("it is not there any more")
            return
        try:
            if self._synced < done:
                claim.sync(done)
            if self._synced == 0:
                sync_folder(claim.path.parent)
        except OSError as error:  # the system may have dropped anything
            self._begin_again((error.strerror or str(error)).lower())
            return
        with self._change:
            self._synced = min(done, self._done)
            self._change.notify_all()
        if whole:
            self._mended()

    def _begin_again(self, why: str) -> None:
        """All is written again, into the same file."""
        with self._change:
            self._done = self._synced = self._base
            self._failed = True
            self._change.notify_all()
        self._trouble(why)

    # What the runner is told.

    def _trouble(self, why: str) -> None:
        with self._change:
            new, self.writing = self.writing, False
            self._change.notify_all()
        if new:
            self._told(f"Not recorded at the moment: {self.path}: {why}. It is kept, and written as soon as it can be.")

    def _mended(self) -> None:
        with self._change:
            new, self.writing = not self.writing and not self.lost, self.writing or not self.lost
            self._change.notify_all()
        if new:
            self._told(f"Recorded again, nothing is missing: {self.path}.")
