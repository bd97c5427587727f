"""What is told, asked and kept when a session is over: the glue between its journal, the history and who shows it.

The session is over, so a look into the history may take a moment; it never takes longer than LONGEST_S, and whatever
fails in it is left out: the reason is in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, sleep
from typing import Final

from coach.cli.allowed import now, standing_of
from coach.cli.questions import ask_all
from coach.cli.whose import Whose
from coach.history.ends import Ends, read_ends
from coach.history.entry import summary
from coach.history.question import after, ran_backward, said_in_words
from coach.history.rating import UNSAID, Rating
from coach.history.say import SayError, say
from coach.history.store import Archive
from coach.history.summary import Summary
from coach.history.trend import sentence
from coach.keeper.wire import Done
from coach.seen.units import Units, speed_unit
from coach.setup.ask import Asker
from coach.tui.outside import Aftermath

log = logging.getLogger(__name__)

LONGEST_S: Final = 1.0  # a look into the history; what comes later is not told
LOOK_S: Final = 0.05  # sooner than anybody notices
NOTHING: Final = Aftermath()


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Serves whoever shows a session that is over."""

    whose: Callable[[], Whose]
    units: Callable[[], Units]
    asks: bool  # there is somebody who could answer

    def aftermath(self, done: Done) -> Aftermath:
        """What is told and asked; nothing where nothing was recorded. Never raises."""
        path = Path(done.recording)
        if not done.recording or (path.exists() and not path.is_file()):  # nothing was recorded, or on /dev/null
            return NOTHING
        try:
            return self._aftermath(done, path)
        except Exception:  # a summary that is shown must not fail on a history that is not; the log has the reason
            log.exception("nothing is known of %s", done.recording)
            return NOTHING

    def rate(self, done: Done, rating: Rating) -> None:
        """Keep what the runner says of the session, in its journal.

        Raises:
            SayError: it cannot be kept.
        """
        say(Path(done.recording), rating, now())

    def _aftermath(self, done: Done, path: Path) -> Aftermath:
        until_s = monotonic() + LONGEST_S
        over = summary(path, _ended(path, until_s))
        stands = done.still or not done.started
        asked = Aftermath(ask=after(over) if self.asks and stands else (), held=over.held)
        found: SimpleQueue[tuple[str, str]] = SimpleQueue()
        Thread(target=self._look, args=(path, over, found.put), name="history", daemon=True).start()
        try:
            trend, next_day = found.get(timeout=max(until_s - monotonic(), 0.0))
        except Empty:
            log.warning("the history was too slow to tell a trend")
            return asked
        return replace(asked, trend=trend, next_day=next_day)

    def _look(self, path: Path, over: Summary, tell: Callable[[tuple[str, str]], None]) -> None:
        try:
            tell(self._history(path, over))
        except Exception:  # as above
            log.exception("the history cannot be read")
            tell(("", ""))

    def _history(self, path: Path, over: Summary) -> tuple[str, str]:
        """The sentence of the trend, and that of the next backward day."""
        whose, units = self.whose(), self.units()
        with Archive() as archive:
            seen = archive.windows(who=over.who, only=whose.only, simulated=over.simulated)
        trend = sentence(seen, path.stem, lambda kmh: speed_unit(kmh, units))
        if over.simulated or not ran_backward(over):
            return trend, ""
        return trend, next_day_words(standing_of(whose).next_day, now().date())


def _ended(path: Path, until_s: float) -> Ends:
    """The ends of a journal whose last line may be on its way."""
    while True:
        with path.open("rb") as file:
            ends = read_ends(file)
        if ends.end is not None or monotonic() >= until_s:
            return ends
        sleep(LOOK_S)


def next_day_words(day: date, today: date) -> str:
    """When the next backward day is, in one sentence."""
    days = (day - today).days
    if days <= 0:
        return "You may run backward again today."
    if days == 1:
        return "The next backward day is tomorrow."
    if days < 7:
        return f"The next backward day is {day:%A}."
    return f"The next backward day is {day:%A}, {day.day} {day:%B}."


def talk(afterwards: Afterwards, done: Done, asker: Asker) -> None:
    """Tell what is known of a session that is over, and ask, as lines."""
    known = afterwards.aftermath(done)
    for line in (known.trend, known.next_day):
        if line:
            asker.say(line)
    kept = UNSAID
    try:
        for rating in ask_all(asker, known.ask, known.held) if known.ask else ():
            afterwards.rate(done, rating)
            kept = rating.over(kept)
    except SayError as error:
        asker.say(f"Not kept: {error}.")
    if kept.said:
        asker.say(f"Kept: {said_in_words(kept)}.")
