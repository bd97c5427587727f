"""A simulated session as messages: what a bridge sends, in order, under a virtual clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Final

from coach.core.level import UNLIMITED
from coach.core.plan import Plan, make_plan
from coach.core.runner import Runner
from coach.keeper.view import Surroundings, Watcher
from coach.keeper.wire import Snapshot
from coach.link.fault import parse_fault, parse_press
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import VirtualStrap, heart_source
from coach.link.world import Step, World
from coach.network.facts import changed, events_of, over, sample_of, state_of, status_of
from coach.network.payload import Event, Payload, State, Status, gone
from coach.network.topics import Topics
from coach.script.check import load
from coach.sinks.header import Origin

WALL_S: Final = 1_700_000_000.0
ORIGIN: Final = Origin("", "0" * 64, UNLIMITED, simulated=True, version="0", started="2023-11-14T22:13:20+00:00")
TOPICS: Final = Topics("treadmill")
WORKOUT: Final = "70s@4 / back 60s@2 / 3min@3"
MOST_S: Final = 4000.0


@dataclass(frozen=True)
class Sent:
    """A message, and the payload that it was made of."""

    at_s: float
    topic: str
    told: Payload
    retain: bool = False

    @property
    def payload(self) -> bytes:
        return self.told.wire()


def world(
    workout: str = WORKOUT,
    *,
    heart: str | Path = "sim",
    faults: Sequence[str] = (),
    presses: Sequence[str] = (),
    machine: str = "home",
) -> World:
    """A session of a virtual runner who confirms."""
    simulated, written = find_machine(machine), load(workout).workout
    assert written is not None
    source = heart_source(str(heart))
    plan = make_plan(written, profile_of(simulated), Runner(measured_max_bpm=180), strap=source is not None)
    return World(
        plan,
        VirtualTreadmill(simulated, 0),
        None if source is None else VirtualStrap(source, 0),
        VirtualRunner(0),
        [parse_fault(text) for text in faults],
        [parse_press(text) for text in presses],
    )


def shown(played: World) -> Iterator[tuple[Step, Snapshot]]:
    """Every step with the snapshot behind it."""
    watcher = Watcher(played.plan)
    for step in played.run_until(MOST_S):
        watcher.take(step)
        yield step, watcher.snapshot(step.session, step.event.at_s, Surroundings())


def sent(played: World, origin: Origin = ORIGIN, topics: Topics = TOPICS) -> Iterator[Sent]:
    """All that is sent of a session, its end and the farewell included."""
    plan: Plan = played.plan
    told: State | None = None
    status: Status | None = None
    number, sampled_s, stated_s, at_s = 0, -inf, -inf, 0.0
    for step, snapshot in shown(played):
        at_s = step.event.at_s
        wall_s = WALL_S + at_s
        state = state_of(plan, origin, snapshot, wall_s)
        if status_of(state) != status:
            status = status_of(state)
            yield Sent(at_s, topics.status, status, retain=True)
        if changed(told, state) or at_s - stated_s >= 5:
            told, stated_s = state, at_s
            yield Sent(at_s, topics.state, state, retain=True)
        if at_s - sampled_s >= 1:
            sampled_s = at_s
            yield Sent(at_s, topics.sample, sample_of(plan, origin, snapshot, wall_s))
        for event in events_of(plan, origin, step.event, step.before, step.session, step.outcome, wall_s):
            number += 1
            numbered: Event = event.model_copy(update={"number": number})
            yield Sent(at_s, topics.event, numbered)
    yield Sent(at_s, topics.state, over(plan, origin, WALL_S + at_s), retain=True)
    yield Sent(at_s, topics.status, gone(), retain=True)
