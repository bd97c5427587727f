"""Where a runner is in a training plan, pure: what is done, which week is done again, and what comes next and when.

Recorded sessions are taken in the order in which they were. Each counts for one session of the plan at most, for one of
the week under way, and only where it ended in order, had the backward minutes of that session, and was not the day
after another backward session that counts. A week is under way until all of it is done, or until two thirds are and a
session of the week after it was done. It is done again when an alarm stopped one of its backward sessions, when one
hurt too much, and when seven days went by with less than two thirds of it done.

Three weeks without backward running lead back to the first week of the level below, or of the plan; sixty days begin
the plan anew. A week that is more than growth allows, by the days on which the last three weeks were really run, waits
until a lighter one was done again (safety.md 3). What is allowed on a day, plan or no plan, says history/allowance.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from math import ceil
from typing import Final

from coach.core.level import BACKWARD_DAY_S
from coach.core.workout import Level
from coach.history.dose import DAY, FORGOTTEN_DAYS, LAY_OFF_DAYS, WEEK, larger_s, most_s
from coach.script.training_rule import TINY_S

ENOUGH: Final = 2 / 3  # of the sessions of a week (backward-running.md 7)
HAD: Final = 0.9  # of the backward minutes of a session, so that it is that session
FINISHED: Final = "finished"
TRIPPED: Final = "tripped"
_ORDER: Final = tuple(Level)


@dataclass(frozen=True, slots=True)
class Planned:
    """A session of a plan, as far as it matters for what was done."""

    workout: str  # its title
    sha256: str = ""  # of its file
    day: int = 1  # of the week, 1 to 7
    backward_s: float = 0.0
    level: Level = Level.BEGINNER  # of the runner in its week


@dataclass(frozen=True, slots=True)
class Ran:
    """A session that was recorded on a real belt."""

    workout: str
    at: datetime  # its begin, in the runner's own time
    ended: str  # finished, stopped or tripped
    backward_s: float = 0.0
    sha256: str = ""
    hurt: bool = False  # too much (history/pain.py)

    @property
    def on(self) -> date:
        """The day on which it was."""
        return self.at.date()

    @property
    def backward(self) -> bool:
        """It was a backward session: a minute or more, and ended in order."""
        return self.ended == FINISHED and self.backward_s >= BACKWARD_DAY_S


class Why(StrEnum):
    """Why a week is done again."""

    ALARM = "alarm"
    PAIN = "pain"
    MISSED = "missed"
    LAY_OFF = "lay-off"
    FORGOTTEN = "forgotten"
    GROWTH = "growth"


@dataclass(frozen=True, slots=True)
class Again:
    """A week was begun anew; what had been done of it, and of the weeks after it, does not count."""

    week: int  # counted from 1
    why: Why
    on: date


class Because(StrEnum):
    """Why a session of a workout of the week does not count."""

    LESS = "less"  # backward than planned
    NEIGHBOUR = "neighbour"  # of a backward day


@dataclass(frozen=True, slots=True)
class Left:
    """A session that does not count although its workout is one of the week."""

    ran: Ran
    because: Because


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the runner is; weeks and sessions are counted from 1."""

    done: dict[tuple[int, int], Ran] = field(default_factory=dict)
    week: int = 1  # under way; one more than there are when all is done
    begun: date | None = None  # the first session of the week under way
    last: date | None = None  # of the first session of the week before it
    again: tuple[Again, ...] = ()
    left: tuple[Left, ...] = ()

    def count(self, week: int) -> int:
        """How many sessions of a week are done."""
        return sum(one == week for one, _ in self.done)

    def backward_s(self, week: int) -> float:
        """What was run backward in the sessions of a week that are done."""
        return sum(ran.backward_s for (one, _), ran in self.done.items() if one == week)


@dataclass(frozen=True, slots=True)
class Next:
    """The session that comes next, and the first day on which it may."""

    week: int
    session: int
    on: date
    why: str = ""  # it is not sooner


def standing(weeks: Sequence[Sequence[Planned]], ran: Iterable[Ran], today: date) -> Standing:
    """What is done after these sessions; `today` may be past the seven days of a week that was begun."""
    now, earlier = Standing(), list[Ran]()
    for one in sorted(ran, key=lambda one: one.at):
        if now.week > len(weeks):
            break
        now = _after(weeks, _by(weeks, now, earlier, one.on), earlier, one)
        earlier.append(one)
    latest = max((one.on for one in earlier), default=today)
    return _by(weeks, now, earlier, max(today, latest)) if now.week <= len(weeks) else now


def following(weeks: Sequence[Sequence[Planned]], now: Standing, ran: Iterable[Ran], today: date) -> Next | None:
    """What comes next and when; None where all is done."""
    if now.week > len(weeks):
        return None
    earlier = tuple(ran)
    week, begun, before = now.week, now.begun, now.last
    session = _first_open(now, week, weeks[week - 1])
    if begun is not None and _too_much(weeks, now, session, earlier) and week < len(weeks):
        week, session, begun, before = week + 1, 1, None, begun
    planned = weeks[week - 1][session - 1]
    on, why = today, ""
    if begun is not None:
        on = max(on, begun + (planned.day - weeks[week - 1][0].day) * DAY)
    elif before is not None and before + WEEK > on:
        on, why = before + WEEK, "a week has seven days"
    last = max((one.on for one in earlier if one.backward_s >= BACKWARD_DAY_S), default=None)
    if planned.backward_s >= BACKWARD_DAY_S and last is not None and last + 2 * DAY >= max(on, today + DAY):
        on, why = last + 2 * DAY, "not the day after a backward day"
    same = any(one.on == on and one.ended == FINISHED for one in now.done.values())
    return Next(week, session, on + DAY, "one session a day") if same else Next(week, session, on, why)


def enough(sessions: int) -> int:
    """How many of so many sessions make a week: 2 of 3."""
    return ceil(sessions * ENOUGH - 1e-9)


def days_off(ran: Iterable[Ran], today: date) -> int | None:
    """Days since the last backward session; None where there was none."""
    last = max((one.on for one in ran if one.backward), default=None)
    return None if last is None else (today - last).days


# What a day does to a plan


def _by(weeks: Sequence[Sequence[Planned]], now: Standing, earlier: Sequence[Ran], on: date) -> Standing:
    """Where the runner is on a day, before any session of it."""
    now = _passed(weeks, _missed(weeks, _laid_off(weeks, now, earlier, on), on), earlier, on)
    return _outgrown(weeks, now, earlier, on) if now.begun is None else now


def _laid_off(weeks: Sequence[Sequence[Planned]], now: Standing, earlier: Sequence[Ran], on: date) -> Standing:
    """The plan goes back after a lay-off; once for each."""
    days = days_off(earlier, on)
    if days is None or days < LAY_OFF_DAYS or not any(one.backward for one in now.done.values()):
        return now
    last = on - days * DAY
    if days >= FORGOTTEN_DAYS:
        return _back(now, Again(1, Why.FORGOTTEN, last + FORGOTTEN_DAYS * DAY))
    if any(one.why is Why.LAY_OFF and one.on == last + LAY_OFF_DAYS * DAY for one in now.again):
        return now
    return _back(now, Again(_level_below(weeks, now.week), Why.LAY_OFF, last + LAY_OFF_DAYS * DAY))


def _level_below(weeks: Sequence[Sequence[Planned]], week: int) -> int:
    """The first week of the level below; the first of all where the plan has none of it."""
    row = _ORDER.index(weeks[week - 1][0].level) - 1
    return next((i for i in range(1, week) if _ORDER.index(weeks[i - 1][0].level) == row), 1)


def _missed(weeks: Sequence[Sequence[Planned]], now: Standing, on: date) -> Standing:
    """The week begins anew where its seven days went by with too little done."""
    if now.begun is None or on < now.begun + WEEK or now.count(now.week) >= enough(len(weeks[now.week - 1])):
        return now
    return _back(now, Again(now.week, Why.MISSED, now.begun + WEEK))


def _passed(weeks: Sequence[Sequence[Planned]], now: Standing, earlier: Sequence[Ran], on: date) -> Standing:
    """On to the next week where enough of this one is done and the rest of it would be more than growth allows."""
    if now.begun is None or on < now.begun + WEEK or now.week == len(weeks):
        return now
    session = _first_open(now, now.week, weeks[now.week - 1])
    return _moved(now) if _too_much(weeks, now, session, earlier) else now


def _moved(now: Standing) -> Standing:
    return replace(now, week=now.week + 1, begun=None, last=now.begun)


def _outgrown(weeks: Sequence[Sequence[Planned]], now: Standing, earlier: Sequence[Ran], on: date) -> Standing:
    """Back to the heaviest week before this one that growth allows; the first backward one begins from nothing."""
    allowed_s = _allowed_s(earlier, on)
    if now.week == 1 or allowed_s is None:
        return now
    allowed_s = max(allowed_s, next(filter(None, map(_least_s, weeks)), 0.0))
    if _least_s(weeks[now.week - 1]) <= allowed_s + TINY_S:
        return now
    fits = [i for i in range(1, now.week) if _least_s(weeks[i - 1]) <= allowed_s + TINY_S]
    week = max(fits, key=lambda i: (_least_s(weeks[i - 1]), -i), default=1)
    return _back(now, Again(week, Why.GROWTH, on))


def _least_s(week: Sequence[Planned]) -> float:
    """The backward seconds of as many sessions as make the week."""
    return sum(one.backward_s for one in week[: enough(len(week))])


def _allowed_s(earlier: Sequence[Ran], on: date) -> float | None:
    """What growth allows a week that begins on a day; None: nothing was run backward since a lay-off."""
    days = dict[date, float]()
    for one in earlier:
        if one.backward:
            days[one.on] = days.get(one.on, 0.0) + one.backward_s
    return most_s([larger_s(days, on)])


def _too_much(weeks: Sequence[Sequence[Planned]], now: Standing, session: int, earlier: Sequence[Ran]) -> bool:
    """Enough of the week is done, and this session as well would be more than growth allows."""
    week = weeks[now.week - 1]
    if now.begun is None or now.week == 1 or now.count(now.week) < enough(len(week)):
        return False
    allowed_s = _allowed_s([one for one in earlier if one.on < now.begun], now.begun)
    whole_s = now.backward_s(now.week) + week[session - 1].backward_s
    return allowed_s is not None and whole_s > allowed_s + TINY_S


def _back(now: Standing, again: Again) -> Standing:
    """The plan goes on with the begin of a week."""
    kept = {place: one for place, one in now.done.items() if place[0] < again.week}
    last = now.last if again.week == now.week else None
    left = () if again.why in {Why.LAY_OFF, Why.FORGOTTEN} else now.left  # long ago
    return Standing(kept, again.week, None, last, (*now.again, again), left)


# What a session does to a plan


def _after(weeks: Sequence[Sequence[Planned]], now: Standing, earlier: Sequence[Ran], one: Ran) -> Standing:
    week = weeks[now.week - 1]
    why = Why.ALARM if one.ended == TRIPPED else Why.PAIN if one.hurt else None
    named = [it for it in week if _named(one, it)]
    backward = one.backward_s or any(it.backward_s for it in named)  # it may have come to nothing, in the first turn
    if why is not None and backward and (now.begun is not None or named):
        return _back(now, Again(now.week, why, one.on))
    if one.ended != FINISHED:
        return now
    session = _open(now, now.week, week, one)
    if session:
        return _done(weeks, now, session, one)
    if now.week < len(weeks) and now.count(now.week) >= enough(len(week)):
        moved = _moved(now)
        session = _open(moved, moved.week, weeks[now.week], one)
        if session and _outgrown(weeks, moved, earlier, one.on) is moved:
            return _done(weeks, moved, session, one)
    because = _because(now, week, one)
    return replace(now, left=(*now.left, Left(one, because))) if because else now


def _first_open(now: Standing, number: int, week: Sequence[Planned]) -> int:
    return next(i for i in range(1, len(week) + 1) if (number, i) not in now.done)


def _open(now: Standing, number: int, week: Sequence[Planned], one: Ran) -> int:
    """The session of a week that is this one and not done, the nearest in minutes; 0 where there is none."""
    if _neighbour(now, one):
        return 0
    fits = [i for i, it in enumerate(week, 1) if (number, i) not in now.done and _same(one, it)]
    return min(fits, key=lambda i: abs(week[i - 1].backward_s - one.backward_s), default=0)


def _done(weeks: Sequence[Sequence[Planned]], now: Standing, session: int, one: Ran) -> Standing:
    done = {**now.done, (now.week, session): one}
    begun = now.begun or one.on
    whole = all((now.week, i) in done for i in range(1, len(weeks[now.week - 1]) + 1))
    if whole:
        return replace(now, done=done, week=now.week + 1, begun=None, last=begun)
    return replace(now, done=done, begun=begun)


def _because(now: Standing, week: Sequence[Planned], one: Ran) -> Because | None:
    """Why it does not count although an open session has its name; None where none has."""
    named = [it for i, it in enumerate(week, 1) if (now.week, i) not in now.done and _named(one, it)]
    if not named:
        return None
    return Because.NEIGHBOUR if any(_same(one, it) for it in named) else Because.LESS


def _neighbour(now: Standing, one: Ran) -> bool:
    """Another backward session counts already, on that day or the day before it."""
    if one.backward_s < BACKWARD_DAY_S:
        return False
    return any(one.on - two.on < 2 * DAY for two in now.done.values() if two.backward_s >= BACKWARD_DAY_S)


def _named(one: Ran, planned: Planned) -> bool:
    return one.workout == planned.workout or (bool(one.sha256) and one.sha256 == planned.sha256)


def _same(one: Ran, planned: Planned) -> bool:
    """It is that workout, and was run backward as long as planned."""
    if not planned.backward_s:
        return _named(one, planned) and not one.backward_s
    return _named(one, planned) and one.backward_s >= HAD * planned.backward_s
