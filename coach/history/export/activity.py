"""A session as it is exported, in whatever format: its track, what it came to, its sport, title and description."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from zlib import crc32

from coach.core.energy import BACKWARD_RUN_FROM_KMH, RUN_FROM_KMH
from coach.core.error import CoachError
from coach.history.export import names
from coach.history.summary import Summary, summary_of
from coach.history.track import Direction, Lap, Track, track
from coach.sinks.journal import Recording

FIRST: Final = datetime(1999, 1, 1, tzinfo=UTC)  # a session that began before had a clock that was wrong
LAST: Final = datetime(2100, 1, 1, tzinfo=UTC)  # FIT counts seconds for a few years longer
_RUNS_FROM_KMH: Final = {Direction.FORWARD: RUN_FROM_KMH, Direction.BACKWARD: BACKWARD_RUN_FROM_KMH}


class ExportError(CoachError, ValueError):
    """A session that cannot be written in a format; the message is one sentence."""


class Format(StrEnum):
    """What a session is written as."""

    FIT = "fit"
    TCX = "tcx"
    CSV = "csv"
    JSON = "json"

    @property
    def binary(self) -> bool:
        """No text for a terminal."""
        return self is _FIT


_FIT: Final = Format.FIT


class Sport(StrEnum):
    """What an activity is said to be."""

    RUNNING = "running"
    WALKING = "walking"


@dataclass(frozen=True, slots=True)
class Activity:
    """A session that is ready to be written."""

    track: Track
    summary: Summary
    began: datetime  # the wall clock at second 0 of the session, with the zone in which it was
    sport: Sport
    chosen: bool  # the user chose the sport
    title: str
    description: str
    serial: int  # the same for the same session, whenever it is exported
    version: str  # of coach that ran it

    @property
    def workout(self) -> str:
        """The name of what was run; marked where nobody ran it."""
        name = names.workout_name(self.summary)
        return f"{names.SIMULATED}: {name}" if self.summary.simulated else name

    def at(self, at_s: float) -> datetime:
        """The wall clock at an instant of the session, in the runner's zone."""
        return self.track.at(at_s, self.began)

    def clock_s(self, at_s: float) -> int:
        """The same as whole seconds since 1970."""
        return round(self.at(at_s).timestamp())

    @property
    def start(self) -> datetime:
        """When the belt first moved."""
        return self.at(self.track.start_s)

    @property
    def moving_s(self) -> float:
        """In rows, on a moving belt."""
        return sum(lap.moving_s for lap in self.track.laps)

    def calories(self) -> Iterator[int]:
        """Whole kilocalories of each lap, which add up to the whole of their sum."""
        so_far = before = 0.0
        for lap in self.track.laps:
            so_far += lap.kcal
            yield round(so_far) - round(before)
            before = so_far

    def backward(self) -> tuple[Lap, ...]:
        """The laps that were run backward."""
        return tuple(lap for lap in self.track.laps if lap.direction is Direction.BACKWARD)

    @property
    def turns(self) -> int:
        """Turns that led to where they were meant to."""
        return sum(turn.took_s is not None for turn in self.summary.turns)


def activity(recording: Recording, *, began: datetime | None = None, sport: Sport | None = None) -> Activity:
    """A recording as an activity.

    Args:
        recording: the session.
        began: the wall clock at its first second, where its journal does not tell.
        sport: what it is said to be; without it running where most of the moving time was.

    Raises:
        ExportError: the belt never moved, or nobody knows when it was.
        TrackError: its clock is no session's.
    """
    ran = track(recording)
    if not ran.moved:
        raise ExportError("the belt never moved in this session, so there is nothing to export")
    at = ran.started or began
    if at is None:
        raise ExportError("the recording does not tell when the session was")
    if not FIRST < at < LAST:
        raise ExportError(f"the recording says that the session was in {at.year}; the clock was wrong")
    summary = summary_of(recording)
    return Activity(
        track=ran,
        summary=summary,
        began=at,
        sport=sport or _sport(ran),
        chosen=sport is not None,
        title=names.title(summary),
        description=names.description(summary),
        serial=crc32(f"{at.isoformat()} {recording.origin.sha256}".encode()) or 1,
        version=recording.origin.version,
    )


def _sport(ran: Track) -> Sport:
    """Running, where the belt was mostly too fast to walk on, facing the way that the runner did."""
    inside = ran.samples[int(ran.start_s) : int(ran.end_s)]
    moved = [one for one in inside if one.moving and one.direction in _RUNS_FROM_KMH]
    fast = sum((one.speed_kmh or 0.0) >= _RUNS_FROM_KMH[one.direction] for one in moved)
    return Sport.RUNNING if fast * 2 > len(moved) else Sport.WALKING
