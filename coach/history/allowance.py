"""What a runner's history allows today: his level, the backward minutes that are left, and why (safety.md 3). Pure.

Only his own sessions on real belts count; whoever calls hands over no others. Every minute facing the rear counts
as dose, however the session ended and also where its recording was deleted; what counts towards a level says
experience.py. A session that is dated later than now was run by a clock that was wrong: its minutes are today's, a fall
in it holds, and nothing else of it counts. A recording that cannot be read is a session of which nothing good is known:
as long as any of its level, and stopped by an alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import floor, inf
from typing import Final

from coach.core.level import BACKWARD_DAY_S, LEVELS, Allowance
from coach.core.workout import Level
from coach.history import pain
from coach.history.dose import DAY, LAY_OFF_DAYS, WEEK, WEEK_DAYS, Days, growth_s
from coach.history.experience import Experience, Own, Ran, experience
from coach.history.past import Past
from coach.history.reason import missing, next_level, nothing_left, odd, reasons
from coach.history.room import less, level_s, room
from coach.history.summary import TRIPPED
from coach.result import Json

__all__ = ["DoseWeek", "Own", "Standing", "standing", "weeks"]

FINISHED: Final = "finished"
UNKNOWN_S: Final = LEVELS[Level.ADVANCED].week_s  # facing the rear, where the number makes no sense
LOOK_AHEAD_DAYS: Final = 3 * LAY_OFF_DAYS  # by then a pause is a lay-off, and the week that it leaves is free


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a runner stands on a day; lengths in s."""

    allowance: Allowance
    level: Level  # open to him
    next_level: Level | None  # the one above it
    sessions: int  # that count towards it
    backward_s: float  # of those
    missing: str  # what it takes, in one sentence without its full stop
    week_s: float  # run in the seven days that end today
    week_most_s: float  # that they may have
    next_day: date  # on which a backward session of the usual length is possible, no neighbour of a backward day
    why_not_today: str  # in one sentence without its full stop; nothing where backward is allowed

    def facts(self) -> dict[str, Json]:
        """Its JSON object; lengths in s."""
        return {
            "level": self.level.value,
            "next_level": None if self.next_level is None else self.next_level.value,
            "sessions": self.sessions,
            "backward_s": self.backward_s,
            "missing": self.missing or None,
            "week_s": self.week_s,
            "week_most_s": self.week_most_s,
            "left_s": self.allowance.session_s,
            "next_day": self.next_day.isoformat(),
            "why_not_today": self.why_not_today or None,
            "reason": self.allowance.reason,
        }


@dataclass(frozen=True, slots=True)
class DoseWeek:
    """A week from Monday to Sunday."""

    monday: date
    backward_s: float
    most_s: float | None  # that growth allowed; None: it set no limit
    sessions: int  # backward ones


def standing(sessions: Iterable[Past], own: Own, now: datetime, unread: Iterable[date] = ()) -> Standing:
    """Where a runner stands.

    Args:
        sessions: his own, in whatever order.
        own: what he asks for.
        now: where he is.
        unread: the days of recordings that cannot be read.
    """
    real, today, lost = _real(sessions), now.date(), sorted(min(day, now.date()) for day in unread)
    ran = sorted((*(_ran(one, now) for one in real), *map(_unread, lost)), key=lambda one: one.on)
    days, done, hurt = _days(real, now), experience(ran, own, today), pain.holds(real)
    week = less(room(days, today, level_s(done, own), hurt), lost, today, LEVELS[own.most].session_s)
    fell = next((one.fell for one in reversed(ran) if one.fell and one.on == today), "")
    why_not = f"{fell[0].upper()}{fell[1:]} today" if fell else nothing_left(week)
    left_s, latest = 0.0 if why_not else week.left_s, max((one.on for one in real), default=today)
    allowance = Allowance(
        level=done.level,
        backward_sessions=done.practised,
        week_one=done.first is None or today - done.first < WEEK,
        session_s=left_s,
        backward_today=left_s > 0,
        reason=". ".join((*reasons(done, own, week, why_not, today), *odd(latest, lost, today))),
        missing=missing(done, own),
    )
    return Standing(
        allowance,
        done.level,
        next_level(done, own),
        done.sessions,
        done.backward_s,
        allowance.missing,
        week.done_s,
        week.most_s,
        _next_day(days, today, done, own, ran, fell=bool(fell), hurt=hurt),
        why_not,
    )


def weeks(sessions: Iterable[Past], now: datetime, count: int) -> tuple[DoseWeek, ...]:
    """The last so many weeks up to this one, oldest first, each with the most that growth allowed when it was run."""
    real = _real(sessions)
    days, today = _days(real, now), now.date()
    monday = today - today.weekday() * DAY
    return tuple(_dose_week(real, days, monday - ago * WEEK, now) for ago in range(count - 1, -1, -1))


def _dose_week(real: Sequence[Past], days: Days, monday: date, now: datetime) -> DoseWeek:
    here = [monday + ahead * DAY for ahead in range(WEEK_DAYS)]
    last = max((one for one in here if days.get(one)), default=min(here[-1], now.date()))
    ran = sum(one.backward and _on(one, now) in here for one in real)
    return DoseWeek(monday, sum(days.get(one, 0.0) for one in here), growth_s(days, last), ran)


# What a session is


def _real(sessions: Iterable[Past]) -> list[Past]:
    """Each session once, oldest first; simulated ones never count."""
    return sorted({one for one in sessions if not one.simulated}, key=lambda one: (one.at, one.id))


def _on(one: Past, now: datetime) -> date:
    """The day of a session, at the latest today: somebody may have flown westward since, or the clock was wrong."""
    return min(one.on, now.date())


def _dose_s(one: Past) -> float:
    """Whole seconds: blocks end some hundredths late, and the last session of a full week must not fail by them."""
    return float(floor(one.backward_s)) if 0 <= one.backward_s < inf else UNKNOWN_S


def _days(real: Iterable[Past], now: datetime) -> Days:
    days = dict[date, float]()
    for one in real:
        on = now.date() if one.at > now else _on(one, now)
        days[on] = days.get(on, 0.0) + _dose_s(one)
    return days


def _ran(one: Past, now: datetime) -> Ran:
    future = one.at > now
    alarmed = one.alarmed or one.ended == TRIPPED
    in_order = one.ended == FINISHED and one.backward and one.backward_s < inf
    return Ran(
        on=now.date() if future else _on(one, now),
        good=in_order and not (future or alarmed or one.fell),
        backward_s=_dose_s(one),
        level=one.level,
        alarmed=alarmed,
        confirmed=one.confirmed,
        fell="the safety key was pulled on the moving belt" if one.key_rear else "a fall" if one.fell else "",
    )


def _unread(day: date) -> Ran:
    return Ran(day, good=False, alarmed=True, confirmed=False)


# When


def _next_day(
    days: Days, today: date, done: Experience, own: Own, ran: Sequence[Ran], *, fell: bool, hurt: str
) -> date:
    """The first day from today on that has room for a session of the usual length."""
    row = LEVELS[done.level]
    last = max((day for day, seconds in days.items() if seconds >= BACKWARD_DAY_S), default=None)
    first = today if last is None else max(today, last + 2 * DAY)
    first = max(first, today + DAY) if fell else first
    usual_s = next((one.backward_s for one in reversed(ran) if one.good), row.first_session_s)
    for on in (first + ahead * DAY for ahead in range(LOOK_AHEAD_DAYS)):
        week = room(days, on, level_s(done, own), hurt)
        if week.left_s >= max(min(usual_s, row.session_s, week.most_s), BACKWARD_DAY_S):
            return on
    return first + LOOK_AHEAD_DAYS * DAY
