"""A recording as a crew: the same fold over what was recorded, at any speed, for the screen that showed it live.

There is no treadmill behind it, no pipe, no process, no lock, no sound and no file: presses do nothing, and an alarm
that was recorded is only drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from math import inf, isfinite
from time import monotonic
from typing import Final

from coach.core.error import CoachError
from coach.core.event import Event, Key
from coach.core.plan import Plan
from coach.core.session import Session, advance, first
from coach.history.summary import CUT_OFF, TRIPPED
from coach.keeper.crew import Life
from coach.keeper.view import Surroundings, Watcher
from coach.keeper.wire import Done, FromKeeper, Hello, Note, Said, Snapshot, Voice
from coach.link.world import Step
from coach.sinks.journal import BREAKS_OFF, Recording
from coach.sinks.line import JournalError
from coach.sinks.replay import SENSELESS

SLOWEST: Final = 1.0  # as it was
FASTEST: Final = 1000.0  # an hour in less than four seconds
AT_ONCE: Final = 1000  # events that are folded at one poll: about 0.1 s, and an hour of a session has 11,000
PARTS: Final = 240  # a snapshot for each of so many parts of the session, so that a fast replay leaves no gaps
MOST_MARKS: Final = 64  # places that can be gone back to without folding again from the beginning
AGAIN_S: Final = 3.0  # back within so long of a step's begin, by the clock of who looks, means the step before
SPOILT: Final = "The rest of the recording makes no sense and is left out."
STILL: Final = "still"  # a guard's last word, once the belt stands


@dataclass(frozen=True, slots=True)
class _Mark:
    """The state in which a row of the plan began."""

    index: int  # of the next entry
    row: int
    at_s: float
    session: Session
    watcher: Watcher


class Player:
    """Plays a recording; a poll folds as far as its clock has gone."""

    def __init__(self, recording: Recording, *, speed: float = SLOWEST, clock: Callable[[], float] = monotonic) -> None:
        """Begin at the beginning.

        Raises:
            JournalError: there is nothing in it that could be shown.
        """
        entries = recording.entries
        if not entries or not all(isfinite(entry.event.at_s) for entry in entries):
            raise JournalError("the recording has no event to show" if not entries else "an instant is not a number")
        self._recording = recording
        self._entries = entries
        self._clock = clock
        self._speed = _bounded(speed)
        self._held = False
        self._life = Life.ALIVE
        self._last_s = max(entry.event.at_s for entry in entries)
        self._polled_s = clock()
        self._session = first(recording.plan)
        self._watcher = Watcher(recording.plan, backward_sessions=recording.origin.allowance.backward_sessions)
        self._index = 0  # of the next entry
        self._at_s = 0.0
        self._shown_s = -inf
        self._sought = 0  # so many rows are passed by in one go
        self._told_done = False
        self._marks = [self._mark()]
        self._waiting: list[FromKeeper] = [self._hello()]

    # What a screen asks of any crew.

    @property
    def plan(self) -> Plan:
        """What was run."""
        return self._recording.plan

    @property
    def life(self) -> Life:
        """Alive until it is closed."""
        return self._life

    @property
    def guarded(self) -> str:
        """No guard is needed."""
        return ""

    def poll(self) -> list[FromKeeper]:
        """Go on as far as the clock has gone, and say what was said; the newest snapshot is behind all that."""
        now_s = self._clock()
        passed_s, self._polled_s = max(now_s - self._polled_s, 0.0), now_s
        goal_s = self._at_s if self._held else min(self._at_s + passed_s * self._speed, self._last_s)
        self._waiting += self._fold(goal_s)
        self._waiting.append(self._snapshot())
        if self.over and not self._told_done:
            self._told_done = True
            self._waiting.append(self._done())
        got, self._waiting = self._waiting, []
        return got

    def beat(self, serial: int) -> None:
        """Nobody waits for it."""

    def press(self, key: Key, digit: str = "", serial: int | None = None) -> None:
        """No belt is there that could obey."""

    def focus(self, *, on: bool) -> None:
        """Nothing depends on it."""

    def say(self, voice: Voice) -> None:
        """A recording is silent."""

    def mischief(self, fault: str) -> None:
        """What was, was."""

    def flush(self) -> None:
        """Nothing is on its way."""

    def acknowledge(self) -> None:
        """No alarm sounds."""

    def close(self) -> None:
        """Leave; there is nothing to stop."""
        self._life = Life.OVER

    # What only a replay has.

    @property
    def speed(self) -> float:
        """Seconds of the session to a second."""
        return self._speed

    @property
    def held(self) -> bool:
        """Its clock stands."""
        return self._held

    @property
    def over(self) -> bool:
        """All of it was shown."""
        return self._index == len(self._entries)

    def play_at(self, speed: float) -> None:
        """Another speed from here on, between SLOWEST and FASTEST."""
        self._speed = _bounded(speed)

    def hold(self, *, on: bool) -> None:
        """Let the clock stand, or go on."""
        self._held = on

    def next(self) -> None:
        """To the begin of the next row that was run."""
        self._sought += 1

    def back(self) -> None:
        """To the begin of this row, or of the one before where this one has just begun."""
        row = self._session.progress.row
        begun = [mark for mark in self._marks if mark.row <= row]
        fresh = begun[-1].row == row and self._at_s - begun[-1].at_s < AGAIN_S * self._speed
        self._restore(begun[-2] if fresh and len(begun) > 1 else begun[-1])

    # Going on.

    def _fold(self, goal_s: float) -> Iterator[FromKeeper]:
        """At most AT_ONCE events; a goal that is farther away is reached at a later poll."""
        until = min(self._index + AT_ONCE, len(self._entries))
        while self._index < until and (self._sought or self._entries[self._index].event.at_s <= goal_s):
            try:
                yield from self._step(self._entries[self._index].event)
            except (CoachError, *SENSELESS):  # a journal is a file, and files are written by anybody
                yield Note(SPOILT)
                self._entries = self._entries[: self._index]
                break
        if self.over:
            self._sought = 0
        elif self._index < until:
            self._at_s = max(self._at_s, goal_s)

    def _step(self, event: Event) -> Iterator[Said | Snapshot]:
        """One event, what was said at it, and now and then how it looked then."""
        before = self._session
        self._session, outcome = advance(self.plan, before, event)
        self._watcher.take(Step(event, before, self._session, outcome, self._session.belt.kmh or 0.0))
        self._index += 1
        self._at_s = max(self._at_s, event.at_s)
        if not self._sought:
            yield from (Said(cue.at_s, cue.kind, cue.text) for cue in outcome.cues)
        if self._session.progress.row != before.progress.row:
            self._sought = max(self._sought - 1, 0)
            self._remember()
        if self._at_s - self._shown_s >= self._last_s / PARTS:
            yield self._snapshot()

    def _remember(self) -> None:
        """A place to go back to; every other one is given up where there are too many."""
        if self._index > self._marks[-1].index:
            self._marks.append(self._mark())
        if len(self._marks) > MOST_MARKS:
            self._marks = self._marks[::2]

    def _mark(self) -> _Mark:
        return _Mark(self._index, self._session.progress.row, self._at_s, self._session, self._copied(self._watcher))

    def _restore(self, mark: _Mark) -> None:
        self._index, self._at_s, self._session = mark.index, mark.at_s, mark.session
        self._watcher = self._copied(mark.watcher)
        self._sought, self._shown_s, self._told_done = 0, -inf, False

    def _copied(self, watcher: Watcher) -> Watcher:
        """The plan is large and never changes, so that copies share it."""
        return deepcopy(watcher, {id(self.plan): self.plan})

    # What is told.

    def _hello(self) -> Hello:
        origin = self._recording.origin
        return Hello(origin.version, 0, self.plan.profile.name, simulated=origin.simulated, awake=False)

    def _snapshot(self) -> Snapshot:
        self._shown_s = self._at_s
        return self._watcher.snapshot(self._session, self._at_s, Surroundings(voice=Voice.CAPTIONS))

    def _done(self) -> Done:
        """How it ended by its own last line, and by what a guard did after that."""
        end, guard = self._recording.end, self._recording.guard
        done = self._watcher.done(self._session, "")
        ended = TRIPPED if guard else end.ended if end is not None else CUT_OFF
        stood = bool(guard) and guard[-1].what == STILL
        return replace(
            done, ended=ended, reason=end.reason if end is not None else BREAKS_OFF, still=done.still or stood
        )


def _bounded(speed: float) -> float:
    return min(max(speed, SLOWEST), FASTEST)
