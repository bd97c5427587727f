"""A session that was, in one line: what lists, doses and levels are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from coach.core.level import BACKWARD_DAY_S
from coach.core.workout import Level
from coach.history.rating import UNSAID, Rating
from coach.history.summary import Summary


@dataclass(frozen=True, slots=True)
class Past:
    """A recorded session; lengths in s and m."""

    id: str  # the stem of its journal's name: 2026-11-21-182530-123-first-steps-back
    path: Path
    who: str  # nothing: it was recorded where no runner had a name
    at: datetime  # its begin, with the zone in which it was
    simulated: bool
    workout: str  # its title
    sha256: str = ""  # of its file
    level: Level = Level.BEGINNER  # the row it ran under
    machine: str = ""
    ended: str = "finished"  # finished, stopped or tripped
    reason: str = ""
    elapsed_s: float = 0.0
    distance_m: float = 0.0
    forward_s: float = 0.0
    backward_s: float = 0.0  # RUN facing the rear
    backward_m: float = 0.0
    gross_kcal: float = 0.0
    mean_bpm: float | None = None
    turns: int = 0
    confirmed: bool = True  # every turn led to where it was meant to
    alarmed: bool = False  # an alarm stopped it
    key_rear: bool = False  # the safety key was pulled on a moving belt, facing the rear or turning
    rating: Rating = UNSAID
    open: bool = False  # its journal has no last line: it was cut off, or is still being written
    deleted: bool = False  # its recording is gone; what counts for doses and levels stays

    @property
    def on(self) -> date:
        """The day on which it was, in the runner's own time."""
        return self.at.date()

    @property
    def backward(self) -> bool:
        """It was a backward session: a minute or more (safety.md 3)."""
        return self.backward_s >= BACKWARD_DAY_S

    @property
    def fell(self) -> bool:
        """A fall, or the safety key pulled on a moving belt while rear (safety.md 3)."""
        return self.key_rear or self.rating.fell is True


def past(name: str, path: Path, at: datetime, summary: Summary, rating: Rating) -> Past:
    """A session's one line from all that is known of it."""
    return Past(
        id=name,
        path=path,
        who=summary.who,
        at=at,
        simulated=summary.simulated,
        workout=summary.workout,
        sha256=summary.sha256,
        level=Level(summary.level),
        machine=summary.machine,
        ended=summary.ended,
        reason=summary.reason,
        elapsed_s=summary.elapsed_s,
        distance_m=summary.distance_m,
        forward_s=summary.forward.time_s,
        backward_s=summary.backward_s,
        backward_m=summary.backward.distance_m,
        gross_kcal=round(summary.forward.gross_kcal + summary.backward.gross_kcal, 1),
        mean_bpm=summary.heart.mean_bpm,
        turns=sum(turn.took_s is not None for turn in summary.turns),
        confirmed=summary.confirmed,
        alarmed=summary.alarmed,
        key_rear=summary.key_rear,
        rating=rating,
    )
