"""Which level is open to a runner by what he has run on real belts (safety.md 3). Pure.

What counts are days with a backward session that ended in order: finished, a minute or more facing the rear, no alarm,
no fall. Several on one day are one. A level opens when there were enough of them, three of them since the last alarm
stop of any session, and two since the last turn that was not confirmed. It is the runner's own from the first session
that he runs under it, and stays so until something takes it away:

- a fall, or the safety key pulled on a moving belt while rear: one level down, from beginner to rehab; beginner opens
  again after one backward session that ended in order;
- 21 days without backward running: one level down, never below beginner; 60 days: beginner, and the first sessions'
  caps hold once more.

From then on all that opens a level has to be done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from coach.core.level import OPENS_AFTER
from coach.core.workout import Level
from coach.history.dose import FORGOTTEN_DAYS, LAY_OFF_DAYS
from coach.history.report.tell import day

QUIET_SESSIONS: Final = 3  # without an alarm stop, so that a level opens
SURE_SESSIONS: Final = 2  # with every turn confirmed, so that a level opens
ORDER: Final = tuple(Level)
_LOWEST: Final = ORDER.index(Level.BEGINNER)  # of a lay-off


@dataclass(frozen=True, slots=True)
class Own:
    """What a runner asks for and what others say of him."""

    level: Level = Level.BEGINNER  # his own word
    granted_by: str = ""  # the name of the person who granted that level, whatever was run
    rehab_only: bool = False  # his balance allows no other
    granted_on: date | None = None  # from then on; None: from the beginning
    beginner_only: bool = False  # his balance allows none above it

    @property
    def most(self) -> Level:
        """No higher one opens."""
        return self.level if self.steady is None else min(self.level, self.steady, key=ORDER.index)

    @property
    def steady(self) -> Level | None:
        """The highest level that his balance allows; None: any."""
        return Level.REHAB if self.rehab_only else Level.BEGINNER if self.beginner_only else None

    def granted(self, on: date) -> bool:
        """On that day somebody had granted the level."""
        return bool(self.granted_by) and (self.granted_on is None or self.granted_on <= on)


@dataclass(frozen=True, slots=True)
class Ran:
    """A session, as far as it matters for levels."""

    on: date
    good: bool  # it counts towards a level
    backward_s: float = 0.0
    level: Level = Level.BEGINNER  # the row it ran under
    alarmed: bool = False
    confirmed: bool = True
    fell: str = ""  # how, in words; nothing where nobody did


@dataclass(frozen=True, slots=True)
class Experience:
    """What the sessions come to."""

    level: Level = Level.BEGINNER  # open to the runner
    sessions: int = 0  # days of backward sessions in order, since something took a level away
    backward_s: float = 0.0  # of them
    quiet: int = 0  # such days after that of the last alarm stop
    sure: int = 0  # such days after that of the last turn which was not confirmed
    practised: int = 0  # such days since the last long lay-off: what the caps of the first sessions go by
    first: date | None = None  # of those
    last: date | None = None  # of all, the first session whatever it came to, or the day of a grant
    why: str = ""  # something took a level away, and it is not back
    alarmed_on: date | None = None
    unsure_on: date | None = None
    counted_on: date | None = None  # the last day that counted; none before it counts any more
    off_days: int = 0  # of the lay-off since the last day that was heeded: 0, 21 or 60


def experience(sessions: Sequence[Ran], own: Own, today: date) -> Experience:
    """What sessions come to on a day; oldest first, none of them later than it."""
    done = Experience(min((Level.BEGINNER, own.most), key=ORDER.index))
    granted = False
    for one in sessions:
        if not granted and own.granted(one.on):
            done, granted = _granted(done, own), True
        done = _after(_rested(done, own, one.on), own, one)
        done = done if done.last is not None else replace(done, last=one.on)  # a lay-off may follow on any session
    if not granted and own.granted(today):
        done = _granted(done, own)
    done = _rested(done, own, today)
    level = opened(done, own)
    again = level is not own.most or (done.practised == 0 and done.last is not None)
    return replace(done, level=level, why=done.why if again else "")


def opened(done: Experience, own: Own) -> Level:
    """The highest level that is open, at most the one that the runner asks for."""
    above = [level for level in ORDER[ORDER.index(done.level) + 1 : ORDER.index(own.most) + 1] if opens(level, done)]
    return above[-1] if above else done.level


def opens(level: Level, done: Experience) -> bool:
    """All that a level needs was done."""
    return counted(level, done) and calm(level, done)


def counted(level: Level, done: Experience) -> bool:
    """There were enough sessions and minutes for a level."""
    sessions, minutes = needs(level)
    return done.sessions >= sessions and done.backward_s >= minutes * 60


def calm(level: Level, done: Experience) -> bool:
    """Nothing happened of late that keeps a level closed."""
    if level not in OPENS_AFTER:
        return done.quiet >= 1
    return done.quiet >= QUIET_SESSIONS and done.sure >= SURE_SESSIONS


def needs(level: Level) -> tuple[int, int]:
    """Backward sessions and minutes that open a level; beginner is closed only after a fall."""
    return OPENS_AFTER.get(level, (1, 1))


def below(level: Level, by: int = 1) -> Level:
    """A level so many rows down; there is none below rehab."""
    return ORDER[max(ORDER.index(level) - by, 0)]


def _granted(done: Experience, own: Own) -> Experience:
    """A named person has opened the level; what was before says nothing against it any more."""
    if own.granted_on is not None:
        done = replace(_rested(done, own, own.granted_on), last=own.granted_on, off_days=0)
    return replace(done, level=max(done.level, own.most, key=ORDER.index), why="")


def _after(done: Experience, own: Own, one: Ran) -> Experience:
    """One more session."""
    level = opened(done, own)
    if one.fell:
        return _fallen(done, level, one)
    if one.alarmed:
        done = replace(done, quiet=0, alarmed_on=one.on)
    if not one.confirmed:
        done = replace(done, sure=0, unsure_on=one.on)
    if not one.good:
        return done
    taken = max(done.level, min(level, one.level, key=ORDER.index), key=ORDER.index)
    another = done.counted_on is None or one.on > done.counted_on
    return replace(
        done,
        level=taken,
        sessions=done.sessions + another,
        backward_s=done.backward_s + one.backward_s,
        quiet=done.quiet + (another and one.on != done.alarmed_on),
        sure=done.sure + (another and one.on != done.unsure_on),
        practised=done.practised + another,
        first=done.first or one.on,
        last=max(done.last or one.on, one.on),
        counted_on=max(done.counted_on or one.on, one.on),
        off_days=0,
    )


def _fallen(done: Experience, level: Level, one: Ran) -> Experience:
    """One level down; where there is none below it, as slow as at the first time."""
    down = "One level down" if level is not Level.REHAB else "As slow as the first time"
    fallen = _anew(done, below(level), f"{down} since {day(one.on)}: {one.fell}")
    fallen = replace(fallen, alarmed_on=one.on, counted_on=one.on)
    return fallen if level is not Level.REHAB else replace(fallen, practised=0, first=None)


def _rested(done: Experience, own: Own, on: date) -> Experience:
    """A lay-off that lasts until a day; each is heeded once."""
    days = 0 if done.last is None else (on - done.last).days
    level = opened(done, own)
    lowest = min(ORDER.index(level), _LOWEST)
    if days >= FORGOTTEN_DAYS:
        again = "Beginner again" if level is not Level.REHAB else "As slow as the first time"
        rested = _anew(done, ORDER[lowest], f"{again}: {days} days without backward running")
        return replace(rested, practised=0, first=None, off_days=FORGOTTEN_DAYS)
    if days < LAY_OFF_DAYS or done.off_days:
        return done
    down = ORDER[max(ORDER.index(level) - 1, lowest)]
    why = done.why if down is level else f"One level down: {days} days without backward running"
    return replace(_anew(done, down, why), off_days=LAY_OFF_DAYS)


def _anew(done: Experience, level: Level, why: str) -> Experience:
    """All that opens a level has to be done again."""
    return replace(done, level=level, sessions=0, backward_s=0.0, quiet=0, sure=0, why=why)
