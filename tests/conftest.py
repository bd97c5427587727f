"""The replay oracle: every session that any test plays is folded again from its journal and must come out equal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO

import pytest

from coach.core.event import Event
from coach.core.level import UNLIMITED
from coach.core.plan import Plan
from coach.core.session import Outcome
from coach.link.world import Step, World
from coach.sinks.journal import Journal, Origin, parse_journal, refold, replay

ORIGIN = Origin("", "", UNLIMITED, simulated=True, version="0")


@dataclass
class Played:
    """What went through the fold of one world."""

    world: World
    steps: list[tuple[Plan, Event, Outcome]] = field(default_factory=list)


@pytest.fixture(autouse=True)
def _replayed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    played: dict[int, Played] = {}
    fold = World._fold

    def recording(world: World, event: Event) -> Step:
        plan, step = world.plan, fold(world, event)
        played.setdefault(id(world), Played(world)).steps.append((plan, event, step.outcome))
        return step

    monkeypatch.setattr(World, "_fold", recording)
    yield
    for one in played.values():
        _must_come_out_equal(one)


def _must_come_out_equal(played: Played) -> None:
    file, session = StringIO(), played.world.session
    journal = Journal(file, played.steps[0][0], ORIGIN)
    for plan, event, outcome in played.steps:
        journal.replan(plan)
        journal.take(event, outcome)
    journal.end(session.progress.ended, session.progress.reason, session)
    recording = parse_journal(file.getvalue())
    again = replay(recording)
    assert again.equal, again.difference
    assert again.session == session
    assert [outcome for *_, outcome in refold(recording)] == [outcome for *_, outcome in played.steps]
