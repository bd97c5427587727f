"""Hours of sessions one after the other in one process, under the virtual clock, each told to all that listens.

Workouts, machines, faults and presses are drawn from a seed. Each session is written by the real journal, told as the
broker and the page would be, taken into the history, read again, replayed and exported. After each one stands a mark:
memory, files, threads, objects, the time of an advance(), and the longest container of the session's state. The last
session is a quarter of all hours long, and the state is measured in it minute by minute.
"""

from __future__ import annotations

import gc
import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import _lru_cache_wrapper
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import thread_time
from typing import Final

from coach import places
from coach.core.level import UNLIMITED
from coach.core.plan import Plan, make_plan, refusals
from coach.core.session import Session, advance
from coach.core.workout import Level
from coach.history.export.activity import Format, activity
from coach.history.export.worker import Order, content_of, exported
from coach.history.store import Archive
from coach.history.summary import summarised
from coach.keeper.view import Surroundings, Watcher
from coach.keeper.wire import Said, Voice, encode
from coach.link.fault import parse_fault, parse_press
from coach.link.machine_file import find_machine, shipped_machines
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import ModelHeart, VirtualStrap
from coach.link.world import Step, World, ranges
from coach.network.facts import events_of, over, sample_of, state_of, status_of
from coach.page.view import Shown, view
from coach.script.check import load
from coach.simulation import _end, _steps
from coach.sinks.header import Origin
from coach.sinks.journal import Journal, read_journal
from coach.sinks.replay import replay
from tests.soak.growth import Growth, Limit, growth, told
from tests.soak.watched import look

WORKOUTS: Final = (
    *("first-steps-back", "flip-flop-short", "lunch-20", "seven-days-4", "strides", "walk-run-first", "hills-backward"),
    *("10min@5", "3x(2min@9/2min@5)", "70s@4/back 90s@2/4min@4", "2x(2min@4/back 1min@2)/4min@4"),
    *("5min@4/400m@6/3min@4", "open@4/3min@5", "5min@4->8/3min@5", "zone-2-backward-breaks"),
)
FAULTS: Final = (
    *("drop@{at}:20", "mute@{at}:6", "mute@{at}:30", "garbage@{at}:10", "refuse@{at}:20", "key@{at}:15"),
    *("console=+1.0@{at}", "console=-1.0@{at}", "console-stop@{at}", "stop-ignored@{at}:40", "strap-off@{at}:90"),
    *("strap-frozen@{at}:60", "heart=185@{at}:60", "no-confirm@{at}", "late-confirm=20@{at}", "double-confirm@{at}"),
    *("sound-lost@{at}:20", "focus-lost@{at}:20", "slept@{at}:5", "self-start@{at}"),
)
PRESSES: Final = ("up", "down", "shift+up", "shift+down", "right", "left", "p", "n", "l", "h", "space")
TYPICAL: Final = "home"
MOST_FAULTS: Final = 2
MOST_PRESSES: Final = 5
WITHIN_S: Final = (60, 1200)  # where a fault or a press falls
FIT_EACH: Final = 5  # sessions: it takes a process of its own
TIMED_EACH: Final = 7  # events
ORIGIN_AT: Final = datetime(2026, 1, 5, 18, tzinfo=UTC)
APART: Final = timedelta(hours=9)
AROUND: Final = Surroundings(
    1.0, Voice.FULL, awake=True, guarded=True, recording=True, broker="connected", page="there"
)
LONGEST_CONTAINER: Final = Limit(0.5)  # none: half an element is not
LIMITS: Final = {
    "rss_mb": Limit(2.0),  # in a third of the sessions; what the allocator keeps goes up and down by one
    "files": Limit(0.5),
    "threads": Limit(0.5),
    "objects": Limit(60),  # in a third of the sessions: one each is found where there are many
    "advance_us": Limit(2.0, 0.15),  # the machine has other work meanwhile
    "elements": Limit(8.0),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """How things stand after a session."""

    at_h: float
    session: str
    ended: str
    rss_mb: float
    files: int
    threads: int
    objects: int  # that the collector knows
    advance_us: float  # median of this session
    elements: int  # in all containers of the state, at most
    longest: str  # of them, and where


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a session is made of."""

    workout: str
    machine: str
    faults: tuple[str, ...]
    presses: tuple[str, ...]
    seed: int
    level: Level | None = None  # the workout's own


@dataclass
class Measured:
    """What is measured while a session is played."""

    advance_s: list[float] = field(default_factory=list)
    elements: list[int] = field(default_factory=list)  # each minute
    most: int = 0
    longest: tuple[int, str] = (0, "")
    events: int = 0
    _minute: int = -1

    def take(self, plan: Plan, step: Step) -> None:
        """Look at one step."""
        self.events += 1
        if self.events % TIMED_EACH == 0:
            began_s = thread_time()
            advance(plan, step.before, step.event)
            self.advance_s.append(thread_time() - began_s)
        if (minute := int(step.event.at_s // 60)) != self._minute:
            self._minute = minute
            self.elements.append(0)
        found = dict(containers(step.session))
        self.elements[-1] = max(self.elements[-1], sum(found.values()))
        self.most = max(self.most, self.elements[-1])
        self.longest = max(self.longest, *((size, place) for place, size in found.items()))


def containers(value: object, place: str = "session") -> Iterator[tuple[str, int]]:
    """Every tuple, set, list and mapping in a value, by its place, with its length."""
    if is_dataclass(value):
        for one in fields(value):
            yield from containers(getattr(value, one.name), f"{place}.{one.name}")
    elif isinstance(value, tuple | list | frozenset | set | dict):
        yield place, len(value)
        for inner in value.values() if isinstance(value, dict) else value:
            if is_dataclass(inner):
                yield from containers(inner, f"{place}[]")


def empty_caches() -> None:
    """Forget what caches with an end have: they may fill. What one without an end has stays, and counts."""
    for one in gc.get_objects():
        ours = isinstance(one, _lru_cache_wrapper) and one.__module__.startswith("coach.")
        if ours and one.cache_parameters()["maxsize"] is not None:
            one.cache_clear()


def draw(chance: Random, number: int, workouts: Sequence[str] = WORKOUTS) -> Drawn:
    """The next session."""
    machine = TYPICAL if chance.random() < 0.6 else chance.choice(sorted(shipped_machines()))
    faults = [chance.choice(FAULTS).format(at=chance.randint(*WITHIN_S)) for _ in range(chance.randint(0, MOST_FAULTS))]
    presses = [f"{chance.choice(PRESSES)}@{chance.randint(*WITHIN_S)}" for _ in range(chance.randint(0, MOST_PRESSES))]
    return Drawn(chance.choice(workouts), machine, tuple(faults), tuple(presses), number)


def long(hours: float) -> Drawn:
    """A session of so many hours with turns in it, undisturbed."""
    blocks = min(4, int((hours * 60 - 10) // 8))
    if blocks < 1:
        return Drawn(f"{hours * 60:.0f}min@5", TYPICAL, (), (), 0)
    forward_s = (hours * 3600 - 600) / blocks - 120 - 180
    text = f"5min@4/{blocks}x(back 2min@2/{forward_s / 4:.0f}s@5/{forward_s / 4:.0f}s@6/{forward_s / 2:.0f}s@5)/5min@4"
    return Drawn(text, TYPICAL, (), (), 0, Level.INTERMEDIATE)


def _world(drawn: Drawn) -> World | None:
    """The session of what was drawn; None: it is refused on that machine."""
    workout = load(drawn.workout, level=drawn.level).workout
    assert workout is not None, drawn.workout
    machine = find_machine(drawn.machine)
    plan = make_plan(workout, profile_of(machine), level=drawn.level, strap=True)
    treadmill = VirtualTreadmill(machine, drawn.seed)
    if refusals(plan, UNLIMITED, *ranges(plan.profile, treadmill)):
        return None
    faults, presses = [parse_fault(one) for one in drawn.faults], [parse_press(one) for one in drawn.presses]
    return World(plan, treadmill, VirtualStrap(ModelHeart(), drawn.seed), VirtualRunner(drawn.seed), faults, presses)


class Listeners:
    """All that a session is told to: the journal, the broker's words, the page."""

    def __init__(self, plan: Plan, origin: Origin, path: Path) -> None:
        self._plan, self._origin = plan, origin
        self._journal = Journal.open(path, plan, origin)
        self._watcher = Watcher(plan)
        self._shown = Shown(plan)
        self._second = -1
        self.bytes = 0  # that would have gone out

    def take(self, step: Step) -> None:
        """One step, and once a second how it looks."""
        wall_s = self._wall_s(step.event.at_s)
        self._journal.take(step.event, step.outcome)
        self._watcher.take(step)
        for one in events_of(self._plan, self._origin, step.event, step.before, step.session, step.outcome, wall_s):
            self.bytes += len(one.wire())
        for cue in step.outcome.cues:
            self._shown = self._shown.take(Said(cue.at_s, cue.kind, cue.text))
        if int(step.event.at_s) != self._second:
            self._second = int(step.event.at_s)
            self._show(step, wall_s)

    def _show(self, step: Step, wall_s: float) -> None:
        snapshot = self._watcher.snapshot(step.session, step.event.at_s, AROUND)
        state = state_of(self._plan, self._origin, snapshot, wall_s)
        sample = sample_of(self._plan, self._origin, snapshot, wall_s)
        self._shown = self._shown.take(snapshot)
        drawn = json.dumps(view(self._shown, step.event.at_s))
        payloads = (state.wire(), status_of(state).wire(), sample.wire(), encode(snapshot), drawn.encode())
        self.bytes += sum(map(len, payloads))

    def _wall_s(self, at_s: float) -> float:
        return datetime.fromisoformat(self._origin.started).timestamp() + at_s

    def end(self, session: Session) -> str:
        """The session is over; how it ended."""
        ended, reason = _end(session)
        done = self._watcher.done(session, "")
        self._shown = self._shown.take(done)
        self.bytes += len(json.dumps(view(self._shown, 0.0)))
        self.bytes += len(over(self._plan, self._origin, self._wall_s(0.0), done).wire())
        summary = summarised(self._watcher.account, self._origin, ended, reason)
        self._journal.end(ended, reason, session, summary.facts())
        self._journal.close()
        return ended


@dataclass
class Soak:
    """The sessions so far."""

    marks: list[Mark] = field(default_factory=list)
    at_s: float = 0.0
    refused: int = 0
    unequal: list[str] = field(default_factory=list)
    last: Measured = field(default_factory=Measured)

    def play(self, drawn: Drawn, number: int) -> None:
        """One session, from the first event to its export; nothing of it stays but a mark."""
        world = _world(drawn)
        if world is None:
            self.refused += 1
            return
        started = ORIGIN_AT + APART * number
        origin = Origin("", "", UNLIMITED, simulated=True, version="0", started=started.isoformat(timespec="seconds"))
        path = places.journals(simulated=True) / f"{started:%Y-%m-%d-%H%M%S}-soak.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        measured, listeners = Measured(), Listeners(world.plan, origin, path)
        for step in _steps(world):
            listeners.take(step)
            measured.take(world.plan, step)
        ended = listeners.end(world.session)
        self.at_s += world.at_s
        self._look_back(path, drawn, fit=number % FIT_EACH == 0)
        self.last = measured
        del world, listeners
        self._mark(drawn, ended)

    def _look_back(self, path: Path, drawn: Drawn, *, fit: bool) -> None:
        """As a user does: the history, the session again, and files for other programs."""
        with Archive() as archive:
            assert archive.find(str(path)) in archive.sessions(simulated=True)
            assert not archive.trouble
        recording = read_journal(path)
        if not replay(recording).equal:
            self.unequal.append(repr(drawn))
        ran = activity(recording)
        for to in (Format.TCX, Format.CSV, Format.JSON):
            assert content_of(ran, Order(path, to, samples=to is Format.JSON))
        if fit:
            assert exported(Order(path, Format.FIT)).content

    def _mark(self, drawn: Drawn, ended: str) -> None:
        empty_caches()
        gc.collect()
        seen, measured = look(os.getpid()), self.last
        assert seen is not None
        size, place = measured.longest
        mark = Mark(
            at_h=self.at_s / 3600,
            session=f"{drawn.workout} on {drawn.machine}",
            ended=ended,
            rss_mb=seen.rss_mb,
            files=seen.files,
            threads=threading.active_count(),
            objects=len(gc.get_objects()),
            advance_us=median(measured.advance_s) * 1e6,
            elements=measured.most,
            longest=f"{size} {place.removeprefix('session.')}",
        )
        self.marks.append(mark)
        print(
            f"{mark.at_h:6.2f} h {mark.rss_mb:7.1f} MB {mark.files:3} files {mark.threads:2} threads {mark.objects:8} "
            f"objects {mark.advance_us:5.0f} us {mark.elements:4} elements, longest {mark.longest:22} {mark.ended:8} "
            f"{mark.session}",
            flush=True,
        )

    def verdict(self) -> Iterator[Growth]:
        """Over the sessions, and within the last."""
        for name, limit in LIMITS.items():
            figures = [float(getattr(mark, name)) for mark in self.marks]
            yield growth(f"over the sessions, {name}", "", figures, limit)
        elements = [float(one) for one in self.last.elements]
        yield growth("within the long session, elements", "", elements, LONGEST_CONTAINER, max)


@contextmanager
def _at_home() -> Iterator[None]:
    """A user with nothing, for a while."""
    before = os.environ.get(places.HOME_VARIABLE)
    with TemporaryDirectory() as folder:
        os.environ[places.HOME_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[places.HOME_VARIABLE]
            if before is not None:
                os.environ[places.HOME_VARIABLE] = before


def run(hours: float, seed: int, workouts: Sequence[str] = WORKOUTS) -> bool:
    """Play them all, and print marks and verdict; True: nothing grows and every recording replays."""
    chance, soak, number = Random(seed), Soak(), 0
    with _at_home():
        while soak.at_s < hours * 3600 * 0.75:
            number += 1
            soak.play(draw(chance, number, workouts), number)
        soak.play(long(hours / 4), number + 1)
    print(f"{len(soak.marks)} sessions, {soak.at_s / 3600:.2f} virtual hours, {soak.refused} refused at the beginning")
    for one in soak.unequal:
        print(f"NOT EQUAL when folded again: {one}")
    return told(soak.verdict()) and not soak.unequal
