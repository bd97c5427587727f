"""A session as a track: a sample for each whole second, laps that follow each other without a gap, and pauses.

The activity lasts from the belt's first motion until it stands for good: what a runner waited before and after is no
part of it. The timer runs in turns and rests and stands in pauses. Moving time and what is told of a direction are
those of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

from coach.core.heart import Source
from coach.history.lap import Course, Lap, LapKind, laps_of
from coach.history.sample import Pause, Sample, Sleep, pauses_of, samples_of, sleeps_of, wall_s
from coach.history.traced import Direction, Traced, TrackError
from coach.sinks.journal import Recording
from coach.sinks.replay import refold

__all__ = ["Direction", "Lap", "LapKind", "Pause", "Sample", "Sleep", "Track", "TrackError", "track"]


@dataclass(frozen=True, slots=True)
class Track:
    """A session, second by second; `samples` has all of it, the rest only the activity."""

    samples: tuple[Sample, ...]  # sample n is second n of the session clock
    laps: tuple[Lap, ...]
    pauses: tuple[Pause, ...]
    started: datetime | None  # the wall clock at second 0; None where the recording does not tell
    start_s: float = 0.0  # of the activity
    end_s: float = 0.0
    sleeps: tuple[Sleep, ...] = ()
    heart: Source | None = None  # who counted it; None: nobody
    as_run: bool = True  # False: the rules have changed since, and the same events lead elsewhere (coach.told.RETOLD)

    @property
    def moved(self) -> bool:
        """There was an activity at all."""
        return bool(self.laps)

    @property
    def recorded(self) -> tuple[Sample, ...]:
        """The samples of the activity while its timer ran, both ends of a pause among them."""
        inside = self.samples[int(self.start_s) : int(self.end_s) + 1]
        begins = {pause.start_s for pause in self.pauses}
        return tuple(one for one in inside if not one.paused or one.at_s in begins)

    @property
    def elapsed_s(self) -> float:
        """Length of the activity by the wall clock."""
        return sum(lap.elapsed_s for lap in self.laps)

    @property
    def timer_s(self) -> float:
        """Without pauses."""
        return sum(lap.timer_s for lap in self.laps)

    @property
    def distance_m(self) -> float:
        """All that the belt ran."""
        return self.samples[int(self.end_s)].distance_m if self.laps else 0.0

    def wall_s(self, at_s: float) -> float:
        """Seconds of the wall clock since second 0 at an instant of the session clock."""
        return wall_s(self.sleeps, at_s)

    def at(self, at_s: float, began: datetime) -> datetime:
        """The wall clock at an instant of the session clock; `began` is it at second 0."""
        return began + timedelta(seconds=self.wall_s(at_s))


def track(recording: Recording) -> Track:
    """Make the track of a recording by folding its events once more.

    Raises:
        TrackError: its clock is no session's.
    """
    traced = Traced(recording.plan, backward_sessions=recording.origin.allowance.backward_sessions)
    as_run = True
    for entry, before, after, outcome in refold(recording):
        as_run = as_run and outcome.writes == entry.writes
        traced.take(entry.event, before, after, outcome)
    traced.close()
    started, sleeps = _started(recording.origin.started), tuple(sleeps_of(traced))
    if traced.first_s is None:
        return Track(
            tuple(samples_of(traced, 0.0, ())), (), (), started, sleeps=sleeps, heart=traced.heart, as_run=as_run
        )
    start_s, end_s = float(floor(traced.first_s)), float(ceil(traced.last_s))
    pauses = tuple(pauses_of(traced, start_s, end_s))
    samples = tuple(samples_of(traced, start_s, pauses))
    laps = tuple(laps_of(traced, Course(samples, pauses, sleeps, start_s, end_s)))
    return Track(samples, laps, pauses, started, start_s, end_s, sleeps, traced.heart, as_run)


def _started(text: str) -> datetime | None:
    """The wall clock of a header; one without a zone is in that of this computer."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo is not None else at.astimezone()).replace(microsecond=0)
    except (ValueError, OverflowError, OSError):
        return None
