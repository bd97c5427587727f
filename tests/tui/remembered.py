"""A past for tests of screens: sessions that a simulator made, given out as an archive would, and what was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from coach.cli.memory import looked, recorded
from coach.core.error import CoachError
from coach.history.account import Window
from coach.history.allowance import Own, standing, weeks
from coach.history.past import Past
from coach.history.past import past as past_of
from coach.history.rating import Rating
from coach.history.summary import summary_of
from coach.history.trend import Seen, trends
from coach.sinks.journal import Recording
from coach.tui.past import Listed, Looked, Outlook, Recorded
from tests.history.made import TODAY, past, recording

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 20, tzinfo=UTC)
RATED = Rating(effort=4, pain_after=1, note="Knee fine.")
STARTED = "2026-05-20T18:00:00+02:00"


@cache
def session(workout: str = "first-steps-back", *faults: str, simulated: bool = False) -> tuple[Past, Recording]:
    """A session of the simulator as its line and its recording; on a real belt, as far as anybody is told."""
    found = recording(workout, faults=faults, started=STARTED, simulated=simulated)
    at, name = datetime.fromisoformat(STARTED), f"2026-05-20-180000-000-{workout}"
    summary = replace(summary_of(found), simulated=simulated)
    return past_of(name, Path(f"/data/journals/{name}.jsonl"), at, summary, RATED), found


def many(count: int) -> tuple[Past, ...]:
    """So many sessions, newest first, three a week."""
    return tuple(past(days_ago=7 * at // 3, hour=18 - at % 3, workout=f"Workout {at}") for at in range(count))


def outlook(sessions: Sequence[Past], bpm: Callable[[int], float] = lambda week: 120.0 + 2 * week) -> Outlook:
    """Where a runner stands after those sessions; `bpm` is his heart so many weeks ago."""
    window = Window(1, 120.0, 2.5, 0.0, 0.0, 60.0)
    seen = [
        Seen(one.id, one.at, replace(window, bpm=bpm((TODAY - one.on).days // 7)), rails=False)
        for one in sessions
        if one.backward
    ]
    return Outlook(TODAY, standing(sessions, Own(), NOW), weeks(sessions, NOW, 26), trends(seen))


def season() -> tuple[Past, ...]:
    """Nine weeks of two backward sessions and a forward one, newest first."""
    ends = TODAY - timedelta(days=TODAY.weekday())
    back = (TODAY - ends).days
    days = [back + 7 * week + day for week in range(9) for day in (-1, 1, 3)]
    return tuple(
        past(days_ago=ago, backward_s=0.0 if ago % 7 == back - 1 else 180.0 - 4 * (ago // 7))
        for ago in sorted(ago for ago in days if ago >= 0)
    )


@cache
def look(workout: str = "first-steps-back", *faults: str, simulated: bool = False) -> Looked:
    """All that is shown of such a session, folded once for all tests."""
    found, recorded_ = session(workout, *faults, simulated=simulated)
    return looked(found, summary_of(recorded_), recorded_)


@dataclass
class FakeLooking:
    """Give it sessions; `fails` is raised by all, `broken` by what opens a recording."""

    real: tuple[Past, ...] = ()
    simulated: tuple[Past, ...] = ()
    recordings: dict[str, Recording] = field(default_factory=dict)
    looks: dict[str, Looked] = field(default_factory=dict)
    trouble: tuple[str, ...] = ()
    fails: str = ""
    broken: str = ""
    ahead: Outlook | None = None
    asked: list[str] = field(default_factory=list)
    rated: list[Rating] = field(default_factory=list)

    @classmethod
    def of(cls, *workouts: str, simulated: Sequence[str] = ()) -> FakeLooking:
        """A past of recorded sessions, of those workouts on a real belt and those on a simulated one."""
        found = cls()
        for workout, is_simulated in (*((one, False) for one in workouts), *((one, True) for one in simulated)):
            one, recording = session(workout, simulated=is_simulated)
            found.recordings[one.id], found.looks[one.id] = recording, look(workout, simulated=is_simulated)
        found.real = tuple(one.past for one in found.looks.values() if not one.past.simulated)
        found.simulated = tuple(one.past for one in found.looks.values() if one.past.simulated)
        return found

    def sessions(self, *, simulated: bool) -> Listed:
        self._ask("sessions")
        return Listed(self.simulated if simulated else self.real, self.trouble)

    def look(self, past: Past) -> Looked:
        self._ask("look", self.broken)
        now = next(one for one in (*self.real, *self.simulated) if one.id == past.id)
        return replace(self.looks[past.id], past=now)

    def outlook(self) -> Outlook:
        self._ask("outlook")
        return self.ahead or outlook(self.real)

    def replay(self, past: Past) -> Recorded:
        self._ask("replay", self.broken)
        return recorded(self.recordings[past.id])

    def export(self, past: Past) -> str:
        self._ask("export", self.broken)
        return f"~/{past.id}.fit"

    def rate(self, past: Past, rating: Rating) -> Past:
        self._ask("rate", self.broken)
        self.rated.append(rating)
        after = replace(past, rating=rating.over(past.rating))
        self.real = tuple(after if one.id == past.id else one for one in self.real)
        return after

    def delete(self, past: Past) -> None:
        self._ask("delete", self.broken)
        self.real = tuple(one for one in self.real if one.id != past.id)

    def _ask(self, what: str, broken: str = "") -> None:
        self.asked.append(what)
        if self.fails or broken:
            raise CoachError(self.fails or broken)
