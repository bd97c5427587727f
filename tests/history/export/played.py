"""Sessions to export, each played once on a simulated treadmill, with what its belt truly did."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from io import StringIO

from coach.core.level import UNLIMITED
from coach.core.plan import Plan, free_workout, make_plan
from coach.core.wish import Phase
from coach.core.workout import Facing, Workout
from coach.history.account import Account
from coach.history.export.activity import Activity, activity
from coach.history.summary import summarised
from coach.history.track import Track, track
from coach.link.fault import parse_fault, parse_press
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import VirtualStrap, heart_source
from coach.link.world import Step, World
from coach.script.check import load
from coach.sinks.header import Origin
from coach.sinks.journal import Journal, Recording, parse_journal

STARTED = "2026-05-20T18:00:00+02:00"
BEGAN = datetime.fromisoformat(STARTED)
LONGEST_S = 3600.0
BACK = "2min @ 4 / back 60s @ 2 / 90s @ 4 / back 60s @ 1.5"
TURNS = f"{BACK} / 90s @ 4 / back 60s @ 2"


@dataclass(frozen=True, slots=True)
class Truth:
    """What was so at an instant, whatever anybody reported."""

    at_s: float
    kmh: float
    metres: float  # the integral so far
    facing: Facing
    phase: Phase


@dataclass(frozen=True, slots=True)
class Played:
    """A recording and the truth beside it."""

    recording: Recording
    truth: tuple[Truth, ...]
    _instants: list[float] = field(default_factory=list)

    def at(self, at_s: float) -> Truth:
        """What was so at an instant."""
        if not self._instants:
            self._instants.extend(one.at_s for one in self.truth)
        return self.truth[max(bisect_right(self._instants, at_s) - 1, 0)]

    def metres(self, at_s: float) -> float:
        """How far the belt had run at an instant."""
        before = self.at(at_s)
        place = self.truth.index(before)
        if place + 1 == len(self.truth) or at_s <= before.at_s:
            return before.metres
        after = self.truth[place + 1]
        share = (at_s - before.at_s) / (after.at_s - before.at_s) if after.at_s > before.at_s else 0.0
        return before.metres + (after.metres - before.metres) * share


@dataclass(frozen=True, slots=True)
class Session:
    """How one is played."""

    workout: str
    machine: str = "home"
    faults: Sequence[str] = ()
    presses: Sequence[str] = ()
    heart: str = "sim"
    share: float = 1.0  # of its events, before the recording breaks off
    free: bool = False


SESSIONS = {
    "distances": Session("400m @ 6 / 200m @ 9 / 0.3km @ 5"),
    "ramps": Session("warm-up 2min @ 3->6 / 2min @ 6->9, 2% / 90s @ 9->4"),
    "rests": Session("90s @ 5 / rest 30s / 90s @ 6 / rest 20s / 1min @ 4"),
    "pauses": Session("3min @ 6 / 2min @ 8", presses=("p@60", "enter@100", "p@190", "enter@222.7")),
    "backward, many turns": Session(TURNS),
    "backward, paused": Session(BACK, presses=("p@120", "2@150", "enter@200")),
    "key pulled": Session(BACK, faults=("key@backward1+20:15",)),
    "key pulled forward": Session("4min @ 6", faults=("key@100:15",)),
    "link drop": Session("5min @ 8", faults=("drop@100:8",)),
    "mute": Session("3min @ 6", faults=("mute@80:20",)),
    "skip": Session("2min @ 5 / 2min @ 7 / 2min @ 6", presses=("n@60",)),
    "lap key": Session("3min @ 6", presses=("l@50", "l@90.2")),
    "free": Session("", presses=("up@60", "l@70", "b@120", "q@360", "q@361"), free=True),
    "miles": Session(BACK, "mph-both"),
    "miles and heart": Session("3min @ 6 / 2min @ 8, 3%", "mph-target"),
    "counters reset": Session(BACK, "resets-counters"),
    "falls silent": Session("90s @ 5 / rest 20s / 90s @ 6", "silent-stopped"),
    "splits frames": Session("3min @ 6", "splits-records"),
    "no heart": Session("2min @ 6", heart="none"),
    "steep, rear": Session("hills-backward"),
    "stopped": Session(BACK, presses=("space@backward1+20",)),
    "breaks off": Session(BACK, share=0.55),
    "slept": Session("4min @ 8", faults=("slept@100:30",)),
}


@cache
def played(name: str) -> Played:
    """A session, played once."""
    return play(SESSIONS[name])


@cache
def tracked(name: str) -> Track:
    """Its track, made once."""
    return track(played(name).recording)


@cache
def active(name: str) -> Activity:
    """The activity, made once."""
    return activity(played(name).recording)


def play(session: Session, *, simulated: bool = False, started: str = STARTED) -> Played:
    """Play a session to its end, or to where its recording breaks off."""
    machine = find_machine(session.machine)
    source = heart_source(session.heart)
    workout = free_workout() if session.free else _workout(session.workout)
    plan = make_plan(workout, profile_of(machine), strap=source is not None, free=session.free)
    world = World(
        plan,
        VirtualTreadmill(machine, 0),
        None if source is None else VirtualStrap(source, 0),
        VirtualRunner(0),
        [parse_fault(text) for text in session.faults],
        [parse_press(text) for text in session.presses],
    )
    steps = list(world.run_until(LONGEST_S))
    kept = steps[: round(len(steps) * session.share)]
    recording = _recording(plan, kept, simulated=simulated, started=started, whole=session.share == 1)
    return Played(recording, tuple(_truth(kept)))


def _workout(text: str) -> Workout:
    found = load(text)
    assert found.workout is not None, found.rendered()
    return found.workout


def _recording(plan: Plan, steps: list[Step], *, simulated: bool, started: str, whole: bool) -> Recording:
    file = StringIO()
    origin = Origin(plan.workout.name, "ab" * 32, UNLIMITED, simulated=simulated, version="1.4.2", started=started)
    journal, account = Journal(file, plan, origin), Account(plan)
    for step in steps:
        journal.take(step.event, step.outcome)
        account.take(step.event, step.before, step.session, step.outcome)
    if whole:
        progress = steps[-1].session.progress
        summary = summarised(account, origin, progress.ended or "stopped", progress.reason)
        journal.end(summary.ended, summary.reason, steps[-1].session, summary.facts())
    return parse_journal(file.getvalue())


def _truth(steps: list[Step]) -> list[Truth]:
    found: list[Truth] = []
    metres = before_s = before_kmh = 0.0
    for step in steps:
        at_s, progress = step.event.at_s, step.session.progress
        metres += (step.true_kmh + before_kmh) / 2 / 3.6 * (at_s - before_s)
        found.append(Truth(at_s, step.true_kmh, metres, progress.facing, progress.phase))
        before_s, before_kmh = at_s, step.true_kmh
    return found


def renamed(recording: Recording, name: str) -> Recording:
    """The same session of a workout with another title."""
    workout = replace(recording.plan.workout, name=name)
    return replace(recording, plan=replace(recording.plan, workout=workout), summary=None)
