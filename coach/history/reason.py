"""Why a runner may run backward as much as he may, in sentences without their full stops. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from coach.core.workout import Level
from coach.history.dose import DAY, WEEK
from coach.history.experience import ORDER, QUIET_SESSIONS, SURE_SESSIONS, Experience, Own, counted, needs, opens
from coach.history.report.tell import day as written
from coach.history.room import Room, minutes


def reasons(done: Experience, own: Own, week: Room, why_not: str, today: date) -> Iterator[str]:
    """What is said beside a refusal and at Ready, the most important first.

    Args:
        done: what his sessions come to.
        own: what he asks for.
        week: the seven days that end today.
        why_not: why there is nothing backward today; or nothing.
        today: the day.
    """
    if why_not:
        yield why_not
    if done.why:
        yield done.why
    if done.level is not own.most:
        yield missing(done, own)
    elif _balance(own):
        yield _balance(own)
    elif own.granted(today) and done.level is not Level.REHAB:
        yield f"Level {done.level} is granted by {own.granted_by}"
    if not done.practised and not done.why:
        yield "The first backward session"
    if not why_not:
        yield _left(week)


def nothing_left(week: Room) -> str:
    """That the seven days have no room; nothing where they have."""
    if week.left_s:
        return ""
    much = "Less than a minute" if week.most_s > week.done_s else "Nothing"
    told = f"{much} is left this week: {minutes(week.done_s)} of {minutes(week.most_s)} minutes are done"
    return f"{told}, and {week.why}" if week.why else told


def odd(latest: date, unread: Sequence[date], today: date) -> Iterator[str]:
    """What is not as it should be with the record: its latest session, and the recordings that may be his."""
    if latest > today + DAY:  # a day more is the journey of a runner, not a wrong clock
        yield f"A session is dated {written(latest)} and counts as today's: was the clock wrong?"
    if unread and today - unread[-1] < WEEK:
        yield f"The recording of {written(unread[-1])} cannot be read or is nobody's and counts as a long session"


def next_level(done: Experience, own: Own) -> Level | None:
    """The level above the one that is open; None where there is none, or his balance allows no more."""
    above = ORDER[ORDER.index(done.level) + 1 :]
    return above[0] if above and done.level is not own.steady else None


def missing(done: Experience, own: Own) -> str:
    """What the next level takes; nothing where there is none."""
    level = next_level(done, own)
    if level is None:
        return _balance(own)
    yours = f'Level {level} is open to you: write level = "{level}" in the settings'
    if level is Level.BEGINNER:
        return yours if own.most is Level.REHAB else "Level beginner opens again after a backward session without alarm"
    if not counted(level, done):
        sessions, least = needs(level)
        so_far = f"you have {done.sessions} and {int(done.backward_s // 60)}"
        return f"Level {level} opens after {sessions} sessions and {least} minutes; {so_far}"
    if opens(level, done):
        return yours
    if done.quiet < QUIET_SESSIONS:
        return f"Level {level} opens after {QUIET_SESSIONS} backward sessions without an alarm; you have {done.quiet}"
    turns = f"{SURE_SESSIONS} backward sessions in which every turn is confirmed"
    return f"Level {level} opens after {turns}; you have {done.sure}"


def _left(week: Room) -> str:
    told = f"{minutes(week.left_s)} of {minutes(week.most_s)} minutes are left this week"
    return f"{told}: {week.why}" if week.why else told


def _balance(own: Own) -> str:
    """What his balance has to do with the level; nothing where he asks for no more."""
    return "" if own.most is own.level else f"The balance test allows level {own.steady} at most"
