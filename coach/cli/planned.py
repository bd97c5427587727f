"""What `coach plan` says: a plan with what is done of it, as a page for a terminal and as facts for programs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from textwrap import wrap
from typing import Final

from coach.cli.allowed import history_of
from coach.core.level import OPENS_AFTER
from coach.core.rules import problems
from coach.core.workout import Level, Workout
from coach.history import allowance
from coach.history import past as recorded
from coach.history.allowance import Own
from coach.history.dose import DAY, FORGOTTEN_DAYS, LAY_OFF_DAYS
from coach.history.pain import hurt
from coach.script.training import Costed, LoadedPlan, WeekCost
from coach.shelf import lock
from coach.weeks import (
    TRIPPED,
    Because,
    Next,
    Planned,
    Ran,
    Standing,
    Why,
    days_off,
    enough,
    following,
    standing,
)

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
WIDTH: Final = 80  # columns of the narrowest usual terminal
_AGAIN: Final = {
    Why.ALARM: "an alarm stopped a session of it",
    Why.PAIN: "a session of it hurt too much",
    Why.MISSED: "seven days went by with less than two thirds of it done",
    Why.LAY_OFF: f"{LAY_OFF_DAYS} days went by without backward running",
    Why.FORGOTTEN: f"{FORGOTTEN_DAYS} days went by without backward running",
    Why.GROWTH: "a later week would have been more than a fifth above what the weeks before it really had",
}
_LEFT: Final = {
    Because.LESS: "it had less backward than the plan has for that day",
    Because.NEIGHBOUR: "two backward sessions on one day or on neighbouring days do not both count",
}
_BACK: Final = frozenset({Why.LAY_OFF, Why.FORGOTTEN, Why.GROWTH})  # said beside what comes next as well


@dataclass(frozen=True, slots=True)
class Past:
    """What a runner has on record."""

    ran: tuple[Ran, ...] = ()  # on real belts, oldest first
    since: date | None = None  # from when on it counts for a plan
    simulated: int = 0  # sessions on the simulator
    sessions: tuple[recorded.Past, ...] = ()  # all of them on real belts
    own: Own = field(default_factory=Own)
    unnamed: int = 0  # sessions on real belts that belong to nobody: there are several runners
    future: int = 0  # sessions left out, since their journals are of a day that has not come

    @property
    def counted(self) -> tuple[Ran, ...]:
        """Those that count for a plan."""
        return tuple(one for one in self.ran if self.since is None or one.on >= self.since)

    def standing(self, on: date) -> allowance.Standing:
        """Where the runner stands on a day, plan or no plan."""
        return allowance.standing(self.sessions, self.own, datetime.combine(on, time.max).astimezone())


def past(
    real: Sequence[recorded.Past], simulated: int, since: date | None, own: Own, today: date, unnamed: int = 0
) -> Past:
    """What a runner has on record, from his sessions on real belts, newest first."""
    ran = [_ran(one) for one in reversed(real)]
    past = tuple(one for one in ran if one.on <= today)
    return Past(past, since, simulated, tuple(real), own, unnamed, len(ran) - len(past))


def _ran(one: recorded.Past) -> Ran:
    """A session as the weeks of a plan take it: one that was stopped by an alarm or a fall was tripped."""
    ended = TRIPPED if one.alarmed or one.fell else one.ended
    return Ran(one.workout, one.at, ended, one.backward_s, one.sha256, bool(hurt(one.rating)))


@dataclass(frozen=True, slots=True)
class Seen:
    """A plan with where the runner is in it."""

    loaded: LoadedPlan
    past: Past
    now: Standing
    next: Next | None
    today: date
    folder: Path | None = None
    runner: str | None = None

    @property
    def costed(self) -> Costed | None:
        """The session that comes next."""
        if self.next is None:
            return None
        return self.loaded.weeks[self.next.week - 1].sessions[self.next.session - 1]

    @property
    def workout(self) -> Workout | None:
        """That of the session that comes next."""
        return None if self.costed is None else self.costed.workout

    @property
    def command(self) -> str:
        """What to type for the session that comes next."""
        return "" if self.costed is None else run_command(self.costed, self.folder, self.runner)


def seen(loaded: LoadedPlan, past: Past, today: date, folder: Path | None = None, runner: str | None = None) -> Seen:
    """Where the runner is today."""
    weeks = [[_planned(one, week.level) for one in week.sessions] for week in loaded.weeks]
    now = standing(weeks, past.counted, today)
    return Seen(loaded, past, now, following(weeks, now, past.ran, today), today, folder, runner)


def _planned(one: Costed, level: Level) -> Planned:
    return Planned(one.loaded.title, one.loaded.sha256, one.session.day, one.backward_s, level)


def run_command(one: Costed, folder: Path | None, runner: str | None) -> str:
    """What to type to run a session."""
    file = Path(one.loaded.file)
    beside = file.parent != Path() and file.parent != folder
    words = ["coach run", shlex.quote(str(file) if beside else one.session.workout.removesuffix(".yaml"))]
    words += [f'--set "{name}={value}"' for name, value in one.session.sets.items()]
    return " ".join(words + [f"--runner {runner}"] * bool(runner))


def refusal(one: Seen, machine: str) -> tuple[str, ...]:
    """Why the next session must not run there on its day, by what the runner has run and by his level."""
    if one.workout is None or one.next is None:
        return ()
    allowed = one.past.standing(one.next.on).allowance
    found = [problem.message for problem in problems(one.workout, None, allowed) if problem.error]
    if not found:
        return ()
    said = "; ".join(found)
    reason = "" if allowed.reason in said else f" {allowed.reason}."
    return (f"On {machine} coach would refuse it {_on_day(one.next.on, one.today)}: {said}.{reason}",)


# The page


def page(one: Seen, only: int | None = None, told: Sequence[str] = ()) -> Iterator[str]:
    """The plan for a terminal of 80 columns; `only` is the one week that is asked for."""
    plan = one.loaded.plan
    assert plan is not None
    yield f"{plan.name}  ({one.loaded.name})"
    if only is None:
        for text in (plan.description, plan.purpose, plan.source and f"Source: {plan.source}"):
            yield from _wrapped(text, "  ")
    for week in one.loaded.weeks:
        if only in (None, week.week.number):
            yield ""
            yield from _week(one, week, notes=only is not None)
    yield ""
    yield from _next(one, told)
    yield from _after(one)


def _week(one: Seen, week: WeekCost, *, notes: bool) -> Iterator[str]:
    number = week.week.number
    yield from _wrapped(f"WEEK {number}  {week.week.aim}", "", "        ")
    yield f"        {_minutes_of(week)}, {_done_of(one, week)}"
    if week.week.easy:
        yield from _wrapped(f"Easy: {week.week.easy}", "        ")
    if week.week.level is not None:
        yield from _wrapped(_opens(week), "        ")
    for again in one.now.again:
        if again.week == number:
            yield from _wrapped(f"Begun anew on {_day(again.on)}: {_AGAIN[again.why]}.", "        ")
    for place, session in enumerate(week.sessions, 1):
        yield from _session(one, session, (number, place), notes=notes)


def _minutes_of(week: WeekCost) -> str:
    if not week.whole:
        return "minutes unknown while there are problems"
    if not week.backward_s:
        return "nothing backward"
    if week.growth is None:
        return f"{_minutes(week.backward_s)} min backward"
    share = round(abs(week.growth) * 100)
    than = "more" if week.growth > 0 else "less"
    return f"{_minutes(week.backward_s)} min backward, " + (f"{share} % {than} than before" if share else "as before")


def _done_of(one: Seen, week: WeekCost) -> str:
    number = week.week.number
    told, done_s = f"{one.now.count(number)} of {len(week.sessions)} done", one.now.backward_s(number)
    return f"{told} with {_minutes(done_s)} min" if done_s else told


def _opens(week: WeekCost) -> str:
    sessions, minutes = OPENS_AFTER.get(week.level, (0, 0))
    if not sessions:
        return f"Level {week.level} from here on."
    return (
        f"Level {week.level} from here on: it opens after {sessions} backward sessions and {minutes} backward minutes, "
        f'and when you say so (level = "{week.level}" in the settings).'
    )


def _session(one: Seen, session: Costed, place: tuple[int, int], *, notes: bool) -> Iterator[str]:
    ran, is_next = one.now.done.get(place), one.next is not None and (one.next.week, one.next.session) == place
    mark = "done" if ran is not None else "NEXT" if is_next else ""
    name = session.session.workout.removesuffix(".yaml")
    numbers = "has problems"
    if session.workout is not None:
        backward = _minutes(session.backward_s) if session.backward_s else "-"
        numbers = f"{backward:>4} backward of {session.length_s / 60:>2.0f} min"
    when = f"  {ran.at:%d %b}" if ran is not None else ""
    yield f"  {mark:<4}  day {session.session.day}  {name:<24} {numbers}{when}".rstrip()
    if session.session.sets:
        values = ", ".join(f"{key} {value}" for key, value in session.session.sets.items())
        yield from _wrapped(f"with {values}", "               ")
    if session.session.note and (notes or is_next):
        yield from _wrapped(session.session.note, "               ")


def _next(one: Seen, told: Sequence[str]) -> Iterator[str]:
    if one.next is None:
        yield f"All done, {len(one.now.done)} sessions. --from DATE begins the plan again."
        return
    assert one.costed is not None
    where = f"week {one.next.week}, day {one.costed.session.day}: {one.costed.loaded.title}"
    why = f" ({one.next.why})" if one.next.why else ""
    yield from _wrapped(f"Next: {where}, {_from(one.next.on, one.today)}{why}.", "")
    yield f"  {one.command}"
    yield from _gone_back(one)
    locked = lock(one.workout, history_of(one.past.standing(one.today))) if one.workout is not None else ""
    for text in (locked, *told):
        yield from _wrapped(text, "  ")


def _gone_back(one: Seen) -> Iterator[str]:
    """Why it is an earlier session than the one after the last that was done."""
    last = one.now.again[-1] if one.now.again else None
    if last is None or last.week != one.now.week or last.why not in _BACK or one.now.begun is not None:
        return
    days = days_off(one.past.ran, one.today)
    told = f"{days} days without backward running" if last.why is not Why.GROWTH else _AGAIN[last.why].capitalize()
    to = "the plan begins anew" if last.week == 1 else f"the plan goes back to week {last.week}"
    yield from _wrapped(f"{told}: {to}.", "  ")


def _left_out(one: Seen) -> Iterator[str]:
    """What was recorded and does not count, with the reason."""
    for left in one.now.left:
        yield from _wrapped(f"{left.ran.workout} of {_day(left.ran.on)} does not count: {_LEFT[left.because]}.", "")
    if one.past.future:
        many = one.past.future
        what = "1 session is" if many == 1 else f"{many} sessions are"
        why = "of a day that has not come yet, and left out: was the clock wrong?"
        yield from _wrapped(f"{what} recorded as {why}", "")


def _after(one: Seen) -> Iterator[str]:
    plan, past = one.loaded.plan, one.past
    assert plan is not None
    if plan.repeat_if:
        yield ""
        yield "A week is repeated when one of these has happened:"
        for text in plan.repeat_if:
            yield from _wrapped(text, "  - ", "    ")
    left_out = list(_left_out(one))
    yield from ["", *left_out] if left_out else []
    if past.simulated and not past.counted:
        sessions = f"{past.simulated} session{'s' * (past.simulated != 1)}"
        yield ""
        do = "does" if past.simulated == 1 else "do"
        yield from _wrapped(f"The {sessions} on the simulator {do} not count, only those on a real belt.", "")
    if past.unnamed:
        many = f"{past.unnamed} session{'s' * (past.unnamed != 1)}"
        yield ""
        yield from _wrapped(f"{many} without a runner's name: `coach history` shows whose they can be.", "")


def _from(on: date, today: date) -> str:
    if on <= today:
        return "today"
    return "tomorrow" if on == today + DAY else f"from {_day(on)} on"


def _on_day(on: date, today: date) -> str:
    if on <= today:
        return "today"
    return "tomorrow" if on == today + DAY else f"on {_day(on)}"


def _day(on: date) -> str:
    return f"{on:%A} {on.day} {on:%B}"


def _minutes(seconds: float) -> str:
    return f"{round(seconds / 60, 2):g}"


def _wrapped(text: str, first: str, then: str | None = None) -> list[str]:
    return wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=first if then is None else then, break_on_hyphens=False
    )


# The list


@dataclass(frozen=True, slots=True)
class Line:
    """A plan in the list."""

    name: str
    title: str
    level: Level
    weeks: int
    sessions: int
    done: int
    least_s: float  # backward in the shortest and the longest week
    most_s: float
    description: str

    @classmethod
    def of(cls, loaded: LoadedPlan, past: Past, today: date) -> Line:
        """A plan that could be read."""
        plan, doses = loaded.plan, [week.backward_s for week in loaded.weeks]
        assert plan is not None
        return cls(
            loaded.name,
            plan.name,
            plan.level,
            len(loaded.weeks),
            sum(len(week.sessions) for week in loaded.weeks),
            len(seen(loaded, past, today).now.done),
            min(doses, default=0.0),
            max(doses, default=0.0),
            plan.description,
        )

    def facts(self) -> dict[str, object]:
        """The plan as JSON has it."""
        return {
            "name": self.name,
            "title": self.title,
            "level": self.level,
            "weeks": self.weeks,
            "sessions": self.sessions,
            "done": self.done,
            "backward_minutes_least": round(self.least_s / 60, 2),
            "backward_minutes_most": round(self.most_s / 60, 2),
            "description": self.description,
        }


def table(lines: Sequence[Line]) -> Iterator[str]:
    """The list for a terminal of 80 columns."""
    yield f"{'PLAN':<27}{'LEVEL':<14}{'WEEKS':>5}{'SESSIONS':>10}{'DONE':>6}{'BACKWARD/WEEK':>17}"
    for line in lines:
        least, most = _minutes(line.least_s), _minutes(line.most_s)
        doses = f"{most} min" if least == most else f"{least} to {most} min"
        yield f"{line.name:<27}{line.level:<14}{line.weeks:>5}{line.sessions:>10}{line.done:>6}{doses:>17}"
        yield from _wrapped(line.description, "    ")
    yield "`coach plan PLAN` shows its weeks and what comes next."


# Facts


def facts(one: Seen) -> dict[str, object]:
    """The plan as JSON has it."""
    plan = one.loaded.plan
    assert plan is not None
    return {
        "schema": SCHEMA,
        "name": one.loaded.name,
        "title": plan.name,
        "description": plan.description,
        "purpose": plan.purpose,
        "source": plan.source,
        "level": plan.level,
        "repeat_if": list(plan.repeat_if),
        "weeks": [_week_facts(one, week) for week in one.loaded.weeks],
        "next": _next_facts(one),
        "again": [{"week": again.week, "why": again.why, "on": again.on.isoformat()} for again in one.now.again],
        "not_counted": [
            {"workout": left.ran.workout, "at": left.ran.at.isoformat(), "why": left.because} for left in one.now.left
        ],
        "today": one.past.standing(one.today).facts(),
        "future_sessions": one.past.future,
        "days_off": days_off(one.past.ran, one.today),
        "simulated_sessions": one.past.simulated,
        "unnamed_sessions": one.past.unnamed,
        "problems": [problem.facts() for problem in one.loaded.problems],
    }


def _week_facts(one: Seen, week: WeekCost) -> dict[str, object]:
    return {
        "week": week.week.number,
        "aim": week.week.aim,
        "easy": week.week.easy or None,
        "level": week.level,
        "backward_minutes": round(week.backward_s / 60, 2),
        "growth": None if week.growth is None else round(week.growth, 3),
        "needed": enough(len(week.sessions)),
        "backward_minutes_done": round(one.now.backward_s(week.week.number) / 60, 2),
        "sessions": [
            _session_facts(session, one.now.done.get((week.week.number, place)))
            for place, session in enumerate(week.sessions, 1)
        ],
    }


def _session_facts(one: Costed, ran: Ran | None) -> dict[str, object]:
    return {
        "day": one.session.day,
        "workout": one.session.workout,
        "set": dict(one.session.sets),
        "note": one.session.note or None,
        "backward_minutes": round(one.backward_s / 60, 2),
        "minutes": round(one.length_s / 60, 1),
        "turns": one.turns,
        "done": None if ran is None else ran.at.isoformat(),
    }


def _next_facts(one: Seen) -> dict[str, object] | None:
    if one.next is None:
        return None
    return {
        "week": one.next.week,
        "session": one.next.session,
        "on": one.next.on.isoformat(),
        "why": one.next.why or None,
        "command": one.command,
    }
