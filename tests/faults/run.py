"""A session with one fault, looked at from outside: the true belt, what was written and what was said."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from math import inf
from typing import Final

from coach.core.cue import Cue
from coach.core.event import LinkFound
from coach.core.trip import Trip
from coach.link.fault import parse_fault
from coach.link.sim import VirtualTreadmill
from coach.link.world import Step
from tests.core.build import PAUSE, START, STOP, Reachable, asked_kmh
from tests.core.oracle import Judge
from tests.faults.kinds import CONTROL_TAKEN, OUTSIDE
from tests.faults.places import UNTIL_S, Place, Ways

SLOWER_KMH: Final = 0.05
STANDS_KMH: Final = 0.05
SAYS_IT_IS_LOST: Final = "Connection lost"
SAYS_IT_STANDS: Final = ("Belt stopped.", "The belt stands.")


@dataclass(slots=True)
class Run:
    """What a session showed from an instant on."""

    from_s: float
    slowed: list[tuple[float, bytes]] = field(default_factory=list)  # writes that slow the belt
    writes: list[bytes] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)
    back: tuple[float, float] | None = None  # when a link was there first, and what the belt did then
    started_s: float = inf  # when a Start was written first
    moved_s: float = inf  # when the belt truly moved first
    stood: list[float] = field(default_factory=list)  # when it came to a stand
    heard: list[float] = field(default_factory=list)  # when it told a speed that could be one
    faced_s: float = inf  # when the runner faced the console first
    rear_kmh: float | None = None  # the most while the runner may have faced the rear
    kmh: float = 0.0
    ended: str = ""  # empty: it is not over
    reason: str = ""
    broken: list[str] = field(default_factory=list)

    def same(self, other: Run) -> bool:
        """Nobody could tell one from the other."""
        return self._shown() == other._shown()

    def _shown(self) -> tuple[object, ...]:
        return self.ended, self.reason, self.writes, [cue.text for cue in self.cues]

    def see(self, step: Step, unit: float) -> None:
        """Take a step in."""
        at_s, kmh, progress = step.event.at_s, step.true_kmh, step.session.progress
        if not self.heard or step.session.belt.heard_at_s > self.heard[-1]:
            self.heard.append(step.session.belt.heard_at_s)
        if not progress.facing.rear:
            self.faced_s = min(self.faced_s, at_s)
        if progress.facing.rear:
            self.rear_kmh = max(self.rear_kmh or 0.0, kmh)
        if kmh <= STANDS_KMH < self.kmh:
            self.stood.append(at_s)
        if kmh > STANDS_KMH:
            self.moved_s = min(self.moved_s, at_s)
        self.kmh = kmh
        if START in step.outcome.writes:
            self.started_s = min(self.started_s, at_s)
        if isinstance(step.event, LinkFound) and self.back is None:
            self.back = at_s, kmh
        self.trips += step.outcome.trips
        self.cues += step.outcome.cues
        self.writes += step.outcome.writes
        self.slowed += [(at_s, write) for write in step.outcome.writes if slows(write, kmh, unit)]
        for cue in step.outcome.cues:
            if kmh > STANDS_KMH and any(words in cue.text for words in SAYS_IT_STANDS):
                self.broken.append(f"words at {at_s:.1f} s: {cue.text!r} was said at {kmh:.1f} km/h")
            if step.session.belt.link and SAYS_IT_IS_LOST in cue.text and not self.broken:  # once is enough
                self.broken.append(f"words at {at_s:.1f} s: {cue.text!r} was said with the link there")

    def silence(self, seconds: float, until_s: float = inf) -> tuple[float, float]:
        """The first so long silence that begins before an instant: the report before it and the one behind it."""
        for last_s, next_s in pairwise((*self.heard, inf)):
            if next_s - last_s >= seconds and last_s < until_s:
                return last_s, next_s
        return inf, inf


def slows(write: bytes, true_kmh: float, unit: float = 1.0) -> bool:
    """It is a Stop or a Pause, or asks for less than the belt does."""
    asked = asked_kmh(write)
    return write in {STOP, PAUSE} or (asked is not None and asked * unit < true_kmh - SLOWER_KMH)


def runs(ways: Ways, place: Place, faults: tuple[str, ...]) -> Iterator[Run]:
    """What comes of each fault at this place, and before all of them what comes of none."""
    made = ways.session(place.setting)
    judge = Judge(made)
    for step in made.run_until(place.at_s - 0.001):
        judge.see(step)
    for fault in ("", *faults):
        world, judged = _copied(made, judge)
        if fault:
            _break(world, fault, place.at_s)
        yield _rest(world, judged, place)


def _copied(made: Reachable, judge: Judge) -> tuple[Reachable, Judge]:
    """The same world in the same instant, which goes its own way from here."""
    machine = made.treadmill
    assert isinstance(machine, VirtualTreadmill)
    kept = {id(one): one for one in (made.plan, made.session, machine._dialect)}  # values, and a table of the wire
    return deepcopy((made, judge), kept)


def _break(world: Reachable, fault: str, at_s: float) -> None:
    if fault == CONTROL_TAKEN:
        world.deaf_hands = world.session.progress.facing.rear  # the console is behind whoever faces the rear
        world._later(at_s, world._take)
    elif fault in OUTSIDE:
        for event in OUTSIDE[fault](at_s):
            world.happen(event)
    else:
        world._later(at_s, partial(world._break, parse_fault(fault.format(f"{at_s:.2f}"))))


def _rest(world: Reachable, judge: Judge, place: Place) -> Run:
    run = Run(place.at_s, kmh=place.kmh)
    try:
        for step in world.run_until(UNTIL_S):
            judge.see(step)
            run.see(step, judge.unit)
        judge.end()
    except Exception:  # noqa: BLE001  # whatever it is, it is what is looked for
        run.broken.append("raises: " + traceback.format_exc().splitlines()[-1])
    progress = world.session.progress
    run.ended, run.reason = progress.ended, progress.reason
    run.broken += judge.broken
    return run
