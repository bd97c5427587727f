"""Who looks on: shown everything, obeyed in what is less, and let go where it fails."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from coach.core.event import Event, Remote, Verb
from coach.core.progress import Answer
from coach.core.session import Outcome, Session
from coach.core.wish import Phase
from coach.keeper.audience import Audience
from coach.keeper.onlooker import Command
from coach.keeper.run import Fittings
from coach.keeper.wire import Done, Snapshot
from coach.sinks.line import decode_event, encode_event
from tests.keeper.stand import wait_for
from tests.keeper.test_run import Kept, world


@dataclass
class Seat:
    """Somebody who looks on and remembers, or fails."""

    fails: bool = False
    events: list[Event] = field(default_factory=list)
    shown: list[Snapshot] = field(default_factory=list)
    ends: list[Done] = field(default_factory=list)
    calls: int = 0
    state: str = "connected"
    address: str = "http://127.0.0.1:1/x/"
    watching: int = 1

    def _call(self) -> None:
        self.calls += 1
        if self.fails:
            raise RuntimeError("out of order")

    def take(self, event: Event, before: Session, session: Session, outcome: Outcome) -> None:
        """A step."""
        del before, session, outcome
        self._call()
        self.events.append(event)

    def show(self, snapshot: Snapshot) -> None:
        """A snapshot."""
        self._call()
        self.shown.append(snapshot)

    def end(self, done: Done) -> None:
        """The end."""
        self._call()
        self.ends.append(done)

    def close(self) -> None:
        """Good bye."""
        self._call()


def watched(seat: Seat, page: Seat | None = None) -> Kept:
    kept = Kept(world(), pace=50.0)
    fittings: Fittings = kept.keeper._fit
    fittings.audience = Audience(seat, page)
    return kept


def test_everything_is_shown_in_order_and_the_snapshot_says_who_looks_on() -> None:
    seat = Seat()
    kept = watched(seat, Seat())
    kept.out()
    assert [event.at_s for event in seat.events] == [event.at_s for _, event in kept.events]
    assert [one.serial for one in seat.shown] == [one.serial for one in kept.snapshots()][: len(seat.shown)]
    last = kept.snapshots()[-1]
    assert (last.broker, last.page, last.watching) == ("connected", "http://127.0.0.1:1/x/", 1)


def test_one_that_fails_is_let_go_and_nobody_else_notices() -> None:
    bad, good = Seat(fails=True), Seat()
    kept = watched(bad, good)
    kept.out()
    wait_for(lambda: bad.calls == 2)  # once more to be closed
    last = kept.snapshots()[-1]
    assert (last.broker, last.watching) == ("failed", 1)
    assert len(good.events) == len(kept.events)
    assert kept.world.session.progress.ended == "finished"


@pytest.mark.parametrize("verb", [Verb.STOP, Verb.PAUSE])
def test_a_command_reaches_the_belt_and_its_answer_whoever_gave_it(verb: Verb) -> None:
    kept = watched(Seat())
    kept.to(Phase.RUN)
    answers: list[Answer] = []
    kept.say(Command(verb, answered=answers.append), Command(Verb.SAY, "Stop!", answers.append))
    kept.until(lambda: len(answers) == 2)
    assert [answer.done for answer in answers] == [True, False]
    kept.to(Phase.PAUSED)
    assert kept.true_kmh == 0


def test_commands_of_before_the_session_are_answered_and_do_nothing() -> None:
    kept = watched(Seat())
    answers: list[Answer] = []
    kept.say(*(Command(verb, "Tea?", answers.append) for verb in Verb))
    kept.until(lambda: len(answers) == len(Verb))
    assert not any(answer.done for answer in answers)
    assert kept.true_kmh == 0


@pytest.mark.parametrize("event", [Remote(1.5, Verb.STOP, "", 3), Remote(2.0, Verb.SAY, "Tee?\u00e4", 4)])
def test_a_command_is_in_the_journal(event: Remote) -> None:
    assert decode_event(encode_event(event)) == event
