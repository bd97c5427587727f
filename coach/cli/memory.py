"""What the screens of the past need: the history of a runner, from his archive of journals.

Each call opens the archive anew and closes it: it belongs to the thread that opened it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from coach.cli.allowed import record_in
from coach.cli.export import file_name
from coach.cli.placed import place
from coach.cli.whose import Whose
from coach.core.error import CoachError
from coach.history.allowance import Own, standing, weeks
from coach.history.cadence import steps_of
from coach.history.export.activity import Format
from coach.history.export.worker import Order, exported
from coach.history.past import Past
from coach.history.rating import Rating
from coach.history.report.tell import moment
from coach.history.statistics import statistics
from coach.history.steady import steady_of
from coach.history.store import Archive
from coach.history.summary import Summary
from coach.history.track import Sample, track
from coach.history.trend import sentence, trends
from coach.keeper.player import SLOWEST, Player
from coach.seen.units import Units, speed_unit
from coach.sinks.journal import Recording
from coach.sinks.replay import SENSELESS
from coach.tui.measured import thinned
from coach.tui.past import Listed, Looked, Outlook, Point, Recorded

WEEKS: Final = 26  # half a year; the widest screen has room for 24


@dataclass(frozen=True, slots=True)
class Memory:
    """The sessions of one runner."""

    whose: Callable[[], Whose]
    own: Callable[[], Own]  # what the settings say of his level
    units: Callable[[], Units]

    def sessions(self, *, simulated: bool) -> Listed:
        """His sessions, newest first."""
        whose = self.whose()
        with Archive() as archive:
            return Listed(archive.of(whose.name, only=whose.only, simulated=simulated), archive.trouble)

    def look(self, past: Past) -> Looked:
        """One of them.

        Raises:
            CoachError: its recording is gone or damaged.
        """
        whose = self.whose()
        with Archive() as archive:
            recording, summary = archive.recording(past), archive.summary(past)
            now = archive.find(str(past.path))
            seen = archive.windows(who=whose.name, only=whose.only, simulated=past.simulated)
        trend = sentence(seen, past.id, partial(speed_unit, units=self.units()))
        try:
            return looked(now, summary, recording, trend)
        except CoachError:
            raise
        except SENSELESS as error:
            raise CoachError(f"the recording of {past.id} makes no sense") from error

    def outlook(self) -> Outlook:
        """Level, weeks and trends of his sessions on real belts."""
        whose = self.whose()
        with Archive() as archive:
            record = record_in(archive, whose)
            seen = archive.windows(who=whose.name, only=whose.only)
        now = datetime.now(UTC).astimezone()
        stands = standing(record.sessions, self.own(), now, record.unread)
        return Outlook(now.date(), stands, weeks(record.sessions, now, WEEKS), trends(seen))

    def replay(self, past: Past) -> Recorded:
        """Its recording from the beginning.

        Raises:
            CoachError: its recording is gone or damaged.
        """
        with Archive() as archive:
            return recorded(archive.recording(past))

    def export(self, past: Past) -> str:
        """Write it as a FIT file; the path of the file.

        Raises:
            CoachError: it cannot be written.
        """
        if past.deleted:
            raise CoachError(f"{past.id}: its recording was deleted")
        with Archive() as archive:
            if archive.under_way(past):
                raise CoachError(f"{past.id} is being recorded right now")
        file = _free(past)
        place(file, exported(Order(past.path, Format.FIT, began=past.at)).content, over=False)
        return _short(file.absolute())

    def rate(self, past: Past, rating: Rating) -> Past:
        """Add what the runner says of it; the session as it is then.

        Raises:
            CoachError: it cannot be kept.
        """
        with Archive() as archive:
            return archive.say(past, rating)

    def delete(self, past: Past) -> None:
        """Delete its recording.

        Raises:
            CoachError: it cannot be deleted.
        """
        with Archive() as archive:
            archive.delete(past)


def looked(past: Past, summary: Summary, recording: Recording, trend: str = "") -> Looked:
    """All that is shown of a session, its recording folded once more for its curve.

    Raises:
        TrackError: its clock is no session's.
    """
    ran = track(recording)
    samples = ran.samples
    steps = steps_of(recording.entries, summary.segments)
    found = statistics(summary, recording.plan, past.rating, steps=steps, steady=steady_of(samples))
    points = thinned([point for one in samples for point in _points(one)])
    return Looked(past, summary, found, points, trend, recording.plan.free, _short(past.path), ran.as_run)


def recorded(recording: Recording, speed: float = SLOWEST) -> Recorded:
    """A recording that is ready to be shown, and which session it was.

    Raises:
        JournalError: there is nothing in it that could be shown.
    """
    origin = recording.origin
    belt = "simulated" if origin.simulated else "real belt"
    words = (recording.plan.workout.name, belt, _when(origin.started), origin.who)
    return Recorded(Player(recording, speed=speed), ", ".join(filter(None, words)))


def _when(started: str) -> str:
    """The wall clock of a header; a virtual clock left none."""
    try:
        return moment(datetime.fromisoformat(started))
    except ValueError:
        return ""


def _free(past: Past) -> Path:
    """A file in the current folder that is not there yet, as `coach export` names it.

    Raises:
        CoachError: it was exported there before.
    """
    names = [Path(file_name(past, Format.FIT, hour=hour)) for hour in (False, True)]
    found = next((name for name in names if not name.exists()), None)
    if found is None:
        raise CoachError(f"{_short(names[0].absolute())} is there already")
    return found


def _points(one: Sample) -> list[Point]:
    """A second in which the treadmill was heard."""
    return [] if one.speed_kmh is None else [Point(one.at_s, one.speed_kmh, one.facing, one.bpm)]


def _short(path: Path) -> str:
    """As people read it."""
    with suppress(ValueError, RuntimeError):
        return str(Path("~") / path.relative_to(Path.home()))
    return str(path)
