"""The shelf of workouts, pure: what each comes to, what opens it, what fits today, and the forward part of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import ceil, inf
from typing import Final

from coach.core.error import CoachError
from coach.core.level import BACKWARD_DAY_S, OPENS_AFTER, UNLIMITED, Allowance
from coach.core.plan import Plan, Row, plan_anywhere, problems
from coach.core.workout import Extent, ExtentUnit, Facing, Level, Segment, Workout
from coach.history.dose import LAY_OFF_DAYS
from coach.script.check import Loaded

FIRST: Final = "first-steps-back"
# Which workout comes next, by the backward sessions so far: two weeks of first steps, then the same turn until it
# is dull, then what the level opens, shorter ones first (backward-running.md 7).
FIRST_SESSIONS: Final = 4
BACKWARD: Final = {
    Level.REHAB: ("kind-knees-start", "kind-knees"),
    Level.BEGINNER: (FIRST, "flip-flop-short", "flip-flop", "zone-2-backward-breaks"),
    Level.INTERMEDIATE: (
        *(FIRST, "flip-flop-plus-short", "zone-2-sandwich-short", "hills-backward", "five-k-retro-breaks"),
        *("tempo-backward-recovery", "zone-2-sandwich", "flip-flop-plus"),
    ),
    Level.ADVANCED: (
        *(FIRST, "flip-flop-plus", "zone-2-sandwich", "five-k-retro-breaks", "tempo-backward-recovery"),
        *("hills-backward-steep", "fifteen-back"),
    ),
}
SHORT: Final = "-short"  # behind the name of a longer one; who has done that one has passed this one
A_WEEK: Final = 3  # backward sessions, on days that are not neighbours (backward-running.md 7)
_ORDER: Final = tuple(Level)


class NothingForwardError(CoachError):
    """A workout has no forward part that could be run alone; the message says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a workout is."""

    key: str  # what coach.script.check.load takes
    name: str  # as it is typed
    own: bool = False  # of the runner's own folder
    stamp: tuple[int, int] = (0, 0)  # changes with the file


@dataclass(frozen=True, slots=True)
class Listing:
    """Which workouts there are."""

    sources: tuple[Source, ...]
    told: str = ""  # what is wrong with the own folder


@dataclass(frozen=True, slots=True)
class Recent:
    """A session that was."""

    name: str  # of its workout, as it is typed, or its title
    when: datetime
    backward_s: float
    ended: str  # finished, stopped or tripped
    simulated: bool


@dataclass(frozen=True, slots=True)
class History:
    """What was run before, and what it allows; the counts are of backward sessions on real belts."""

    recent: tuple[Recent, ...] = ()  # newest first
    backward_sessions: int = 0  # that count towards the next level
    backward_s: float = 0.0  # of those
    level: Level = Level.BEGINNER  # open to the runner
    next_level: Level | None = None  # None: there is none that he could have
    missing: str = ""  # what that one takes, without a full stop; or why there is none
    allowance: Allowance = UNLIMITED  # of today, on a real belt
    why_not_today: str = ""  # without a full stop; nothing where backward is allowed

    @property
    def real(self) -> tuple[Recent, ...]:
        """Those that count: simulated ones never do (safety.md 3)."""
        return tuple(one for one in self.recent if not one.simulated)


@dataclass(frozen=True, slots=True)
class Entry:
    """A workout on the shelf; lengths include the turns of a machine that nobody has tested."""

    source: Source
    title: str
    loaded: Loaded
    plan: Plan | None = field(default=None, compare=False)  # also of one with problems, to be looked at
    minutes: int = 0
    open_end: bool = False  # it goes on until the runner says so
    backward_s: float = 0.0
    turns: int = 0
    lock: str = ""  # what opens it, in words

    @property
    def name(self) -> str:
        """As it is typed."""
        return self.source.name

    @property
    def workout(self) -> Workout | None:
        """What can be run; None where there are problems."""
        return self.loaded.workout

    @property
    def broken(self) -> bool:
        """It has problems that keep it from running."""
        return self.loaded.workout is None

    @property
    def backward(self) -> bool:
        """Some of it faces the rear."""
        return self.plan is not None and self.plan.backward

    @property
    def easy(self) -> bool:
        """Good for a day after a hard one."""
        workout = self.workout
        return workout is not None and ("easy" in workout.tags or _row(workout) < _ORDER.index(Level.INTERMEDIATE))


def entry(source: Source, loaded: Loaded, history: History) -> Entry:
    """What a workout comes to."""
    draft = loaded.workout or loaded.draft
    if draft is None:
        return Entry(source, loaded.title, loaded)
    plan = plan_anywhere(draft)
    return Entry(
        source,
        draft.name,
        loaded,
        plan,
        minutes=minutes(plan),
        open_end=any(row.segment.extent.unit is ExtentUnit.OPEN for row in plan.rows),
        backward_s=plan.backward_s,
        turns=plan.turns,
        lock=lock(draft, history),
    )


def minutes(plan: Plan) -> int:
    """Whole minutes, turns and the stops around rests included."""
    return round((plan.planned_s + plan.turns_s) / 60)


def lock(workout: Workout, history: History) -> str:
    """What opens a workout and how far the runner is; nothing where it is open."""
    level = workout.level or Level.BEGINNER
    own = _ORDER.index(history.level)
    if not workout.backward or level is Level.REHAB or _ORDER.index(level) <= own:
        return ""
    if level not in OPENS_AFTER or (history.missing and history.next_level is None):
        told = history.missing or f"Opens when your level is {level}; it is {history.level} now"
        return f"{told}. On the simulator it is open."
    sessions, least = OPENS_AFTER[level]
    done = int(history.backward_s // 60)
    if history.backward_sessions >= sessions and done >= least:
        yours = f'Open to you when you say so: level = "{level}" in the settings'
        return f"{history.missing if level is history.next_level else yours}. On the simulator it is open."
    missing = max(sessions - history.backward_sessions, ceil((least - done) * sessions / least))
    weeks = ceil(missing / A_WEEK)
    return (
        f"Opens after {sessions} backward sessions and {least} backward minutes on a real belt; "
        f"{history.backward_sessions} and {done} so far: in about {weeks} week{'s' * (weeks != 1)}, "
        f"at {A_WEEK} sessions a week. On the simulator it is open."
    )


def matching(entries: Iterable[Entry], text: str = "", *, forward_only: bool = False) -> tuple[Entry, ...]:
    """Those with every word of the text in their name, title, level or tags."""
    words = text.casefold().split()
    return tuple(
        one for one in entries if all(word in _found_by(one) for word in words) and not (forward_only and one.backward)
    )


def _found_by(one: Entry) -> str:
    workout = one.workout or one.loaded.draft
    more = (*workout.tags, workout.level or "") if workout is not None else ()
    return " ".join((one.name, one.title, *more)).casefold()


@dataclass(frozen=True, slots=True)
class Pick:
    """What fits today."""

    entry: Entry
    why: str  # one line


def pick(entries: Sequence[Entry], history: History, now: datetime, *, forward: bool = False) -> Pick | None:
    """What fits now, from the shelf and the real sessions so far; None where nothing on the shelf can be run.

    `forward`: nothing backward is wanted.
    """
    whole = [one for one in entries if not one.broken and not one.lock]
    history = replace(history, recent=_typed(history.recent, entries))
    rest = "Forward only, as you chose." if forward else _no_backward(history, now)
    if not rest:
        found = _backward_pick(whole, history, now)
        if found is not None:
            return found
        rest = f"Nothing backward on the shelf fits {_room(history)}: forward."
    return _forward_pick(whole, history, now, rest)


def _typed(recent: Iterable[Recent], entries: Iterable[Entry]) -> tuple[Recent, ...]:
    """Sessions under the names of their workouts on the shelf; journals have the titles."""
    names = {one.title: one.name for one in entries}
    return tuple(replace(one, name=names.get(one.name, one.name)) for one in recent)


def _room(history: History) -> str:
    left_s = history.allowance.session_s
    return "today" if left_s == inf else f"into the {spoken(left_s)} that this week has left"


def _no_backward(history: History, now: datetime) -> str:
    """Why today is no backward day; nothing where it may be one."""
    days = [_days(one, now) for one in history.real if one.backward_s >= BACKWARD_DAY_S]
    if history.why_not_today:
        return f"{history.why_not_today}. Forward today."
    if 0 in days:
        return "You ran backward today already: forward now."
    if 1 in days:
        return "You ran backward yesterday: forward today, backward again tomorrow."
    return ""


def _backward_pick(whole: Sequence[Entry], history: History, now: datetime) -> Pick | None:
    known = {one.name: one for one in whole if one.backward}
    for name, why in _next_backward(history, now):
        found = known.get(name)
        if found is None:
            continue
        if _fits(found, history):
            return Pick(found, why.format(spoken(found.backward_s)))
    return None


def _next_backward(history: History, now: datetime) -> Iterator[tuple[str, str]]:
    """Names with their reason, best first."""
    names = BACKWARD[history.level]
    backward = [one for one in history.real if one.backward_s >= BACKWARD_DAY_S]
    if not backward:
        yield names[0], "Your first backward session: {} backward, the rest is learning the turn."
    elif backward[0].ended == "tripped":
        yield names[0], "The last backward session ended in an alarm: the gentlest one again, {} backward."
    elif _days(backward[0], now) >= LAY_OFF_DAYS:
        yield names[0], f"{_days(backward[0], now)} days without backward running: begin gently, {{}} backward."
    elif len(backward) < FIRST_SESSIONS:
        yield names[0], f"Backward session {len(backward) + 1}: {{}} backward, until the turn is dull."
    else:
        last = {one.name: one.when for one in reversed(backward)}
        ahead = [name for name in names[1:] if name.removesuffix(SHORT) == name or name.removesuffix(SHORT) not in last]
        for name in sorted(ahead, key=lambda one: last.get(one, datetime.min.replace(tzinfo=now.tzinfo))):
            yield name, "A day without backward running is behind you: {} backward."


def _forward_pick(whole: Sequence[Entry], history: History, now: datetime, why: str) -> Pick | None:
    known = {one.name: one for one in whole}
    done = [one for one in history.real if _days(one, now) <= 1]
    hard = any(one.name in known and not known[one.name].easy for one in done)
    ahead = [one for one in whole if not one.backward]
    last = {one.name: one.when for one in reversed(history.real)}
    never = datetime.min.replace(tzinfo=now.tzinfo)
    ahead.sort(key=lambda one: (not one.easy if hard or not done else False, last.get(one.name, never)))
    if not ahead:
        return None
    return Pick(ahead[0], "An easy day after a hard one. " + why if hard and ahead[0].easy else why)


def _days(one: Recent, now: datetime) -> int:
    today: date = now.date()
    return (today - one.when.astimezone(now.tzinfo).date()).days


def _fits(one: Entry, history: History) -> bool:
    """A real belt would take it today, with a heart strap."""
    workout = one.workout
    return workout is not None and not any(found.error for found in problems(workout, None, history.allowance))


def spoken(seconds: float) -> str:
    """A length for people: 3 minutes, 4 ½ minutes, 45 seconds."""
    if seconds < 60:
        return f"{seconds:.0f} seconds"
    halves = round(seconds / 30)
    whole, half = divmod(halves, 2)
    return f"{whole}{' ½' if half else ''} minute{'s' if halves != 2 else ''}"


def _row(workout: Workout) -> int:
    return _ORDER.index(workout.level or Level.BEGINNER)


def forward_only(workout: Workout) -> Workout:
    """The forward part of a workout: backward steps are left out, never run forward.

    Rests facing the rear go with them, and so do the cues of a step before a turn, which may speak of it. A step that
    counts from a mark behind which something was left out becomes as long as it was planned.

    Raises:
        NothingForwardError: nothing forward is left, or what is left breaks a rule.
    """
    if not workout.backward:
        return workout
    kept = tuple(_ahead(workout))
    if not any(segment.target is not None for segment in kept):
        raise NothingForwardError(f"{workout.name} has no forward part.")
    forward = replace(workout, name=f"{workout.name}, forward only", segments=kept)
    wrong = [one.message for one in problems(forward) if one.error]
    if wrong:
        raise NothingForwardError(f"The forward part of {workout.name} does not run alone: {'; '.join(wrong)}.")
    return forward


def _ahead(workout: Workout) -> Iterator[Segment]:
    rows = plan_anywhere(workout).written
    after: Sequence[Row | None] = (*rows[1:], None)
    left_out = False  # something since the last mark
    for row, then in zip(rows, after, strict=True):
        segment = row.segment
        left_out = left_out and segment.mark is None
        if segment.facing is Facing.BACKWARD:
            left_out = True
            continue
        if left_out and segment.extent.unit is ExtentUnit.TO_MARK:
            if not row.planned_m:
                continue
            segment = replace(segment, extent=Extent(ExtentUnit.DISTANCE, row.planned_m))
        if then is not None and then.segment.facing is Facing.BACKWARD:
            segment = replace(segment, say=())
        yield segment
