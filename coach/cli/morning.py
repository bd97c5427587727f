"""The next morning of a session whose workout asks for it: asked once, within three days, and never again.

That somebody passed the question over stands in the journal, too, so that nobody is asked twice.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coach.cli.allowed import now
from coach.cli.whose import Whose
from coach.core.error import CoachError
from coach.history.ends import read_ends
from coach.history.entry import summary
from coach.history.index import DamagedError
from coach.history.past import Past
from coach.history.question import asks_morning, in_line, morning_of
from coach.history.rating import Rating
from coach.history.say import say, tell
from coach.history.store import Archive
from coach.sinks.line import JournalError
from coach.tui.outside import Morning

log = logging.getLogger(__name__)

SKIPPED: Final = "skipped"  # in a line of what was said: what was asked and not answered
WHAT: Final = "pain_morning"


@dataclass(frozen=True, slots=True)
class Mornings:
    """Finds the session whose next morning is to be asked for, and keeps the answer."""

    whose: Whose

    def due(self) -> Morning | None:
        """The newest session that asks, if nobody was asked yet; None also where the history cannot be read."""
        today = now().date()
        try:
            with Archive() as archive:
                past = archive.of(self.whose.name, only=self.whose.only)
            return next((_morning(one) for one in morning_of(past, today) if _asks(one.path)), None)
        except (CoachError, OSError, DamagedError) as error:
            log.warning("no morning can be asked for: %s", error)
            return None

    def answer(self, morning: Morning, pain: int | None) -> None:
        """Keep how it was; None: the question was passed over.

        Raises:
            SayError: it cannot be kept.
        """
        if pain is None:
            tell(Path(morning.session), {SKIPPED: [WHAT]}, now())
        else:
            say(Path(morning.session), Rating(pain_morning=pain), now())


def _morning(past: Past) -> Morning:
    return Morning(str(past.path), f"Pain the morning after {in_line(past.workout)} ({past.at:%A}), 0 to 10?")


def _asks(path: Path) -> bool:
    """Its workout asks, and nobody has passed the question over."""
    with path.open("rb") as file:
        ends = read_ends(file)
    skipped = (one.get(SKIPPED) for one in ends.said)
    if any(isinstance(one, list) and WHAT in one for one in skipped):
        return False
    try:
        return asks_morning(summary(path, ends).ask)
    except JournalError:
        return False
