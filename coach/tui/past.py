"""What the screens of the past need of the world outside: sessions that were, weeks, recordings. The glue has it.

All but the attributes of a replay is called from a thread, and may take as long as a disk or a worker takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from coach.core.workout import Facing
from coach.keeper.crew import Crew

if TYPE_CHECKING:
    from coach.history.allowance import DoseWeek, Standing
    from coach.history.past import Past
    from coach.history.rating import Rating
    from coach.history.statistics import Statistics
    from coach.history.summary import Summary
    from coach.history.trend import Trend


@dataclass(frozen=True, slots=True)
class Listed:
    """The sessions of a runner, newest first."""

    sessions: tuple[Past, ...]
    trouble: tuple[str, ...] = ()  # sentences about what could not be read


@dataclass(frozen=True, slots=True)
class Point:
    """A second of a session as it was measured."""

    at_s: float  # of the session's clock
    kmh: float
    facing: Facing  # UNKNOWN: nobody had said it, as in a turn
    bpm: int | None


@dataclass(frozen=True, slots=True)
class Looked:
    """All that is shown of one session."""

    past: Past
    summary: Summary
    statistics: Statistics
    points: tuple[Point, ...]
    trend: str  # how the heart was weeks before at the same speed, in a sentence, or nothing
    free: bool  # it had no workout
    where: str  # the file of its recording, as people read it
    as_run: bool  # by the rules of today too


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a runner stands: level, doses, and his heart over the weeks."""

    today: date
    standing: Standing
    weeks: tuple[DoseWeek, ...]  # oldest first, the one under way last
    trends: tuple[Trend, ...]


class Replaying(Crew, Protocol):
    """A crew that is a recording; no belt moves."""

    @property
    def speed(self) -> float:
        """Seconds of the session to a second."""

    @property
    def held(self) -> bool:
        """Its clock stands."""

    @property
    def over(self) -> bool:
        """All of it was shown."""

    def play_at(self, speed: float) -> None:
        """Another speed from here on."""

    def hold(self, *, on: bool) -> None:
        """Let the clock stand, or go on."""

    def next(self) -> None:
        """To the begin of the next step."""

    def back(self) -> None:
        """To the begin of this step, or of the one before."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording that is ready to be shown again."""

    crew: Replaying
    of: str  # which session it was, in words


class Looking(Protocol):
    """The past of the runner who was chosen."""

    def sessions(self, *, simulated: bool) -> Listed:
        """His sessions on real belts, or on simulated ones.

        Raises:
            CoachError: they cannot be read; the message says why.
        """

    def look(self, past: Past) -> Looked:
        """One of them.

        Raises:
            CoachError: its recording is gone or damaged.
        """

    def outlook(self) -> Outlook:
        """Level, weeks and trends of his on real belts; simulated sessions never count.

        Raises:
            CoachError: they cannot be read.
        """

    def replay(self, past: Past) -> Recorded:
        """Its recording from the beginning.

        Raises:
            CoachError: its recording is gone or damaged.
        """

    def export(self, past: Past) -> str:
        """Write it as a FIT file; the path of the file.

        Raises:
            CoachError: it cannot be written.
        """

    def rate(self, past: Past, rating: Rating) -> Past:
        """Add what the runner says of it; the session as it is then.

        Raises:
            CoachError: it cannot be kept.
        """

    def delete(self, past: Past) -> None:
        """Delete its recording.

        Raises:
            CoachError: it cannot be deleted.
        """
