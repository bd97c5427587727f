"""What a training plan comes to in backward minutes, and the rules of safety.md 3 that hold over days and weeks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from coach.core.level import BACKWARD_DAY_S, LEVELS, OPENS_AFTER, Allowance
from coach.core.plan import plan_anywhere
from coach.core.rules import problems, time
from coach.core.workout import Level, Workout
from coach.history.dose import EASY, EASY_EVERY, most_s
from coach.script.check import Loaded
from coach.script.problem import Findings, Place, Problem, quoted
from coach.script.training_read import DAYS, Session, TrainingPlan, Week

TINY_S: Final = 0.5  # distances make odd seconds
NO_WORKOUT: Final = frozenset({"no-such-workout", "not-a-file", "unreadable-file"})
NO_PARAMETER: Final = "unknown-param"

_ORDER: Final = tuple(Level)
_SET: Final = "--set "  # before what the compiler says of a value that was given from outside


@dataclass(frozen=True, slots=True)
class Costed:
    """A session with what it comes to; nothing where its workout cannot be run."""

    session: Session
    loaded: Loaded
    backward_s: float = 0.0
    length_s: float = 0.0  # with the turns of a machine that nobody has tested
    turns: int = 0

    @property
    def workout(self) -> Workout | None:
        """None where it has problems."""
        return self.loaded.workout

    @property
    def backward_day(self) -> bool:
        """Its day counts as one of backward running."""
        return self.backward_s >= BACKWARD_DAY_S


@dataclass(frozen=True, slots=True)
class WeekCost:
    """A week with what it comes to."""

    week: Week
    level: Level  # of the runner in this week
    sessions: tuple[Costed, ...]
    growth: float | None = None  # against the larger of the two weeks before; None where those had nothing backward
    most_s: float | None = None  # that the two weeks before it allow; None where nothing came before

    @property
    def backward_s(self) -> float:
        """All backward running of the week."""
        return sum(one.backward_s for one in self.sessions)

    @property
    def whole(self) -> bool:
        """Every workout of it can be run, so that its minutes are all of them."""
        return all(one.workout is not None for one in self.sessions)

    @property
    def backward_days(self) -> list[int]:
        """Days of backward running, counted from the first day of the plan."""
        return [(self.week.number - 1) * DAYS + one.session.day for one in self.sessions if one.backward_day]


def cost(plan: TrainingPlan, load: Callable[[Session], Loaded]) -> tuple[WeekCost, ...]:
    """Every week with its minutes; `load` finds the workout of a session."""
    costed = list[WeekCost]()
    level = plan.level
    for week in plan.weeks:
        level = week.level or level
        sessions = tuple(_costed(session, load(session)) for session in week.sessions)
        before = [one.backward_s for one in costed[-2:]]
        here_s, larger_s = sum(one.backward_s for one in sessions), max(before, default=0.0)
        whole = all(one.workout is not None for one in sessions) and all(one.whole for one in costed[-2:])
        growth = here_s / larger_s - 1 if larger_s and whole else None
        costed.append(WeekCost(week, level, sessions, growth, most_s(before)))
    return tuple(costed)


def rules_of_weeks(plan: TrainingPlan, weeks: Sequence[WeekCost], findings: Findings) -> None:
    """Note every rule that the plan breaks; of doses only where every workout could be read."""
    if not workouts_run(weeks, findings):
        return
    for found in (*_doses(weeks), *_easy(weeks), *_neighbours(weeks)):
        findings.add(found)
    _along(plan, weeks, findings)


def workouts_run(weeks: Sequence[WeekCost], findings: Findings) -> bool:
    """Every workout is there and runs with its values; each that does not is noted."""
    found = [_readable(one, findings) for week in weeks for one in week.sessions]
    return all(found)


def _costed(session: Session, loaded: Loaded) -> Costed:
    if loaded.workout is None:
        return Costed(session, loaded)
    made = plan_anywhere(loaded.workout)
    return Costed(
        session,
        loaded,
        backward_s=made.backward_s,
        length_s=made.planned_s + made.turns_s,
        turns=made.turns,
    )


# One session


def _readable(one: Costed, findings: Findings) -> bool:
    """The workout is there and runs with its values; else that is noted at its place in the plan."""
    if one.workout is not None:
        return True
    session, errors = one.session, one.loaded.errors
    given = [problem for problem in errors if problem.message.startswith(_SET)]
    for problem in given:
        _value(session, problem, findings)
    first = next((problem for problem in errors if problem not in given), None)
    if first is None:
        return False
    if first.rule in NO_WORKOUT:
        findings.error(session.place, "unknown-workout", first.message, first.help)
    elif not given:
        findings.error(session.place, "plan-workout", _broken(session, first, len(errors)), first.help)
    return False


def _broken(session: Session, first: Problem, number: int) -> str:
    values = " with these values" if session.sets else ""
    more = f", and {number - 1} more" if number > 1 else ""
    return f"{session.workout} does not run{values}: {first.message}{more}"


def _value(session: Session, problem: Problem, findings: Findings) -> None:
    """A value that the workout cannot take."""
    message = problem.message.removeprefix(_SET)
    name = next((name for name in session.set_at if message.startswith((f"{name}=", f"{name}:"))), "")
    key, value = session.set_at.get(name, (session.place, session.place))
    if problem.rule == NO_PARAMETER:
        fix = problem.help or f"its parameters stand under params: in {session.workout}"
        findings.error(key, "plan-set", f"{session.workout} has no parameter {name}", fix)
    else:
        findings.error(value, "plan-set", message, problem.help)


def _along(plan: TrainingPlan, weeks: Sequence[WeekCost], findings: Findings) -> None:
    """What depends on how much has been done until then: the levels, and the caps of the first sessions."""
    done, minutes = OPENS_AFTER.get(plan.level, (0, 0))
    begun, done_s, level = done > 0, minutes * 60.0, plan.level
    for week in weeks:
        if _ORDER.index(week.level) > _ORDER.index(level):
            _gate(week, done, done_s, findings)
        level, week_one = week.level, not begun
        for one in week.sessions:
            if one.workout is None or not one.backward_s:
                continue
            _session(one, Allowance(level, done, week_one, reason="the level of the plan"), findings)
            begun, done, done_s = True, done + one.backward_day, done_s + one.backward_s


def _gate(week: WeekCost, done: int, done_s: float, findings: Findings) -> None:
    sessions, minutes = OPENS_AFTER.get(week.level, (0, 0))
    if done >= sessions and done_s + TINY_S >= minutes * 60:
        return
    message = (
        f"level {week.level} opens after {sessions} backward sessions and {minutes} min; "
        f"before week {week.week.number} the plan has {done} and {time(done_s)}"
    )
    findings.error(week.week.level_at, "plan-level-gate", message, "let it begin in a later week")


def _session(one: Costed, allowance: Allowance, findings: Findings) -> None:
    """The caps of the level, and those of the first sessions."""
    workout, session = one.workout, one.session
    assert workout is not None
    level = workout.level or Level.BEGINNER
    if not allowance.permits(level):
        message = f"{session.workout} is of level {level}, and here the plan has level {allowance.level}"
        fix = f"choose one of level {allowance.level}, or write level: {level} at the week where it opens"
        findings.error(session.place, "plan-level-gate", message, fix)
        return
    number = allowance.backward_sessions + 1
    for problem in problems(workout, level, allowance):
        if problem.error:
            message = f"{session.workout} as backward session {number}: {problem.message}"
            findings.error(session.place, "plan-session", message, problem.help or None)


# Weeks


def _doses(weeks: Sequence[WeekCost]) -> Iterator[Problem]:
    for one in weeks:
        number, here_s, cap_s = one.week.number, one.backward_s, LEVELS[one.level].week_s
        if here_s > cap_s + TINY_S:
            message = f"week {number} has {time(here_s)} backward, {time(cap_s)} are the most a week for {one.level}"
            yield _problem(one.week.place, "plan-week-cap", message, "take a session out, or shorten the blocks")
        elif one.most_s is not None and here_s > one.most_s + TINY_S:
            more = f"{100 * (one.growth or 0.0):.0f} % more than the larger of the two weeks before it"
            message = f"week {number} has {time(here_s)} backward, {more}; {time(one.most_s)} are the most"
            yield _problem(one.week.place, "plan-growth", message, "shorten the blocks, or put a week in between")


def _easy(weeks: Sequence[WeekCost]) -> Iterator[Problem]:
    """Every fourth week is an easy one, in every plan and at every level (safety.md 3)."""
    hard = 0
    for before, one in zip((None, *weeks), weeks, strict=False):
        most_s = EASY * before.backward_s if before is not None and before.backward_s else None
        easy = one.backward_s == 0 or (most_s is not None and one.backward_s <= most_s + TINY_S)
        hard = 0 if easy else hard + 1
        number = one.week.number
        if one.week.easy and most_s is not None and not easy:
            message = f"week {number} is called easy and has {time(one.backward_s)} backward"
            fix = f"{time(most_s)} are the most, a fifth less than the week before"
            yield _problem(one.week.easy_at, "plan-easy-week", message, fix)
        elif hard >= EASY_EVERY:
            message = f"week {number} is the {_nth(hard)} in a row without an easier one"
            fix = f"give it a fifth less than week {number - 1}, and easy: with the reason"
            yield _problem(one.week.place, "plan-easy-week", message, fix)


def _nth(number: int) -> str:
    return {4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth"}.get(number, f"{number}th")


def _neighbours(weeks: Sequence[WeekCost]) -> Iterator[Problem]:
    days = {day for week in weeks for day in week.backward_days}
    for week in weeks:
        for one in week.sessions:
            day = (week.week.number - 1) * DAYS + one.session.day
            if one.backward_day and day - 1 in days:
                before = f"day {one.session.day - 1}" if one.session.day > 1 else "the last day of the week before"
                message = f"{quoted(one.session.workout)} is backward and so is {before}, the day before it"
                fix = "leave a day between two backward days; a forward session may stand there"
                yield _problem(one.session.day_at, "plan-neighbour-days", message, fix)


def _problem(place: Place, rule: str, message: str, fix: str) -> Problem:
    return Problem(place.line, place.column, rule, message, fix)
