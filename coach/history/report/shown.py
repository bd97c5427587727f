"""All that a report of one session is made of, gathered from its recording and from the windows of other sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from coach.core.plan import Plan
from coach.history.cadence import steps_of
from coach.history.past import Past
from coach.history.rating import Rating
from coach.history.report import tell
from coach.history.report.drawing import Drawing, drawing
from coach.history.report.tell import Measure
from coach.history.statistics import Statistics, statistics
from coach.history.steady import steady_of
from coach.history.summary import Summary
from coach.history.track import track
from coach.history.trend import Seen, Trend, sentence, trends
from coach.result import Json
from coach.sinks.journal import Recording
from coach.told import achieved

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else


@dataclass(frozen=True, slots=True)
class Shown:
    """A session with everything that is told of it."""

    id: str
    at: datetime  # its begin
    summary: Summary
    statistics: Statistics
    plan: Plan
    drawn: Drawing
    rating: Rating
    trend: str  # how the heart was against weeks before; nothing where nothing is comparable
    trends: tuple[Trend, ...]  # those that it is part of, up to it
    whole: bool  # the recording has its end
    version: str  # of coach, that recorded it
    as_run: bool  # by the rules of today too

    @property
    def measure(self) -> Measure:
        """The units of its runner."""
        return tell.measure_of(self.plan.runner.spoken)

    @property
    def sentence(self) -> str:
        """What was achieved."""
        started = any(row.start_s is not None for row in self.summary.segments)
        name = "" if self.plan.free else self.summary.workout
        return achieved(self.summary, name, self.measure.distance, started=started)

    def facts(self) -> dict[str, Json]:
        """The JSON object of `coach report --json`."""
        return {
            "schema": SCHEMA,
            "session": self.id,
            "at": self.at.isoformat(),
            "complete": self.whole,
            "as_run": self.as_run,
            "summary": self.summary.facts(),
            "statistics": self.statistics.facts(),
            "rating": self.rating.facts(),
            "trend": self.trend or None,
        }


def shown_of(past: Past, recording: Recording, summary: Summary, seen: Sequence[Seen]) -> Shown:
    """A session as it is told; `seen` are the windows of its runner, on real belts or on the simulator as it was.

    Raises:
        TrackError: the recording has no session's clock.
    """
    ran = track(recording)
    found = statistics(
        summary,
        recording.plan,
        past.rating,
        steps=steps_of(recording.entries, summary.segments),
        steady=steady_of(ran.samples),
    )
    before = [one for one in seen if one.at <= past.at]
    mine = [one for one in before if one.session == past.id]
    speed = tell.measure_of(recording.plan.runner.spoken).speed
    return Shown(
        past.id,
        past.at,
        summary,
        found,
        recording.plan,
        drawing(summary, found.intervals, ran),
        past.rating,
        sentence(before, past.id, speed),
        tuple(one for one in trends(before) if any(map(one.takes, mine))),
        recording.end is not None,
        recording.origin.version,
        ran.as_run,
    )
