"""Where a runner is in a training plan, pure: what is done, which week is done again, and what comes next and when.

Recorded sessions are taken in the order in which they were. Each counts for one session of the plan at most, for one of
the week under way, and only where it ended in order. A week is under way until all of it is done, or until two thirds
are and a session of the week after it was done. It is done again when an alarm ended one of its backward sessions, and
when seven days went by with less than two thirds of it done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final

from coach.core.level import BACKWARD_DAY_S

WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
ENOUGH: Final = 2 / 3  # of the sessions of a week (backward-running.md 7)
FINISHED: Final = "finished"
TRIPPED: Final = "tripped"


@dataclass(frozen=True, slots=True)
class Planned:
    """A session of a plan, as far as it matters for what was done."""

    workout: str  # its title
    sha256: str = ""  # of its file
    day: int = 1  # of the week, 1 to 7
    backward_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Ran:
    """A session that was recorded on a real belt."""

    workout: str
    at: datetime  # its begin, in the runner's own time
    ended: str  # finished, stopped or tripped
    backward_s: float = 0.0
    sha256: str = ""

    @property
    def on(self) -> date:
        """The day on which it was."""
        return self.at.date()


class Why(StrEnum):
    """Why a week is done again."""

    ALARM = "alarm"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Again:
    """A week was begun anew; what had been done of it does not count."""

    week: int  # counted from 1
    why: Why
    on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the runner is; weeks and sessions are counted from 1."""

    done: dict[tuple[int, int], Ran] = field(default_factory=dict)
    week: int = 1  # under way; one more than there are when all is done
    begun: date | None = None  # the first session of the week under way
    last: date | None = None  # of the first session of the week before it
    again: tuple[Again, ...] = ()

    def count(self, week: int) -> int:
        """How many sessions of a week are done."""
        return sum(one == week for one, _ in self.done)


@dataclass(frozen=True, slots=True)
class Next:
    """The session that comes next, and the first day on which it may."""

    week: int
    session: int
    on: date
    why: str = ""  # it is not sooner


def standing(weeks: Sequence[Sequence[Planned]], ran: Iterable[Ran], today: date) -> Standing:
    """What is done after these sessions; `today` may be past the seven days of a week that was begun."""
    now = Standing()
    for one in sorted(ran, key=lambda one: one.at):
        if now.week > len(weeks):
            break
        now = _after(weeks, _missed(weeks, now, one.on), one)
    return _missed(weeks, now, today) if now.week <= len(weeks) else now


def following(weeks: Sequence[Sequence[Planned]], now: Standing, ran: Iterable[Ran], today: date) -> Next | None:
    """What comes next and when; None where all is done."""
    if now.week > len(weeks):
        return None
    week = weeks[now.week - 1]
    session = next(i for i in range(1, len(week) + 1) if (now.week, i) not in now.done)
    planned = week[session - 1]
    first, earlier = week[0], tuple(ran)
    on, why = today, ""
    if now.begun is not None:
        on = max(on, now.begun + (planned.day - first.day) * DAY)
    elif now.last is not None and now.last + WEEK > on:
        on, why = now.last + WEEK, "a week has seven days"
    last = max((one.on for one in earlier if one.backward_s >= BACKWARD_DAY_S), default=None)
    if planned.backward_s >= BACKWARD_DAY_S and last is not None and last + 2 * DAY >= max(on, today + DAY):
        on, why = last + 2 * DAY, "not the day after a backward day"
    same = any(one.on == on and one.ended == FINISHED for one in now.done.values())
    return Next(now.week, session, on + DAY, "one session a day") if same else Next(now.week, session, on, why)


def enough(sessions: int) -> int:
    """How many of so many sessions make a week: 2 of 3."""
    return ceil(sessions * ENOUGH - 1e-9)


def _missed(weeks: Sequence[Sequence[Planned]], now: Standing, on: date) -> Standing:
    """The week begins anew where its seven days went by with too little done."""
    if now.begun is None or on < now.begun + WEEK or now.count(now.week) >= enough(len(weeks[now.week - 1])):
        return now
    return _anew(now, Why.MISSED, now.begun + WEEK)


def _anew(now: Standing, why: Why, on: date) -> Standing:
    kept = {place: one for place, one in now.done.items() if place[0] != now.week}
    return Standing(kept, now.week, None, now.last, (*now.again, Again(now.week, why, on)))


def _after(weeks: Sequence[Sequence[Planned]], now: Standing, one: Ran) -> Standing:
    week = weeks[now.week - 1]
    if one.ended == TRIPPED and one.backward_s and (now.begun is not None or any(_same(one, it) for it in week)):
        return _anew(now, Why.ALARM, one.on)
    if one.ended != FINISHED:
        return now
    session = _open(now, now.week, week, one)
    if session:
        return _done(weeks, now, session, one)
    if now.week < len(weeks) and now.count(now.week) >= enough(len(week)):
        moved = Standing(now.done, now.week + 1, None, now.begun, now.again)
        session = _open(moved, moved.week, weeks[now.week], one)
        return _done(weeks, moved, session, one) if session else now
    return now


def _open(now: Standing, number: int, week: Sequence[Planned], one: Ran) -> int:
    """The first session of a week that is this workout and not done; 0 where there is none."""
    fits = (i for i, it in enumerate(week, 1) if (number, i) not in now.done and _same(one, it))
    return next(fits, 0)


def _done(weeks: Sequence[Sequence[Planned]], now: Standing, session: int, one: Ran) -> Standing:
    done = {**now.done, (now.week, session): one}
    begun = now.begun or one.on
    whole = all((now.week, i) in done for i in range(1, len(weeks[now.week - 1]) + 1))
    if whole:
        return Standing(done, now.week + 1, None, begun, now.again)
    return Standing(done, now.week, begun, now.last, now.again)


def _same(one: Ran, planned: Planned) -> bool:
    return one.workout == planned.workout or (bool(one.sha256) and one.sha256 == planned.sha256)
