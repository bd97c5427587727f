from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from coach.core import say
from coach.core.cue import CueKind
from coach.core.event import Key, LinkFound, LinkLost, Returned
from coach.core.trip import Trip
from coach.core.wish import Phase
from coach.core.workout import Workout
from coach.link.machine_file import SimMachine
from tests.core.build import (
    CONTROL,
    START,
    STOP,
    Play,
    answer,
    asked_kmh,
    forward,
    machine,
    plan,
    short,
    started,
    world,
)
from tests.core.oracle import Judge, judged

LONG: Final = plan(forward(600.0, 6.0), forward(60.0, 9.0))


def deaf(kmh: float = 6.0) -> Play:
    """A belt that runs; the last set-point came back and was not answered for half a minute."""
    made = started(LONG)
    made.follow(20.0)
    made.obeys = False
    made.press(Key.FASTER)
    made.run(1.0, kmh)
    assert asked_kmh(made.written()[-1]) is not None
    made.feed(Returned(made.at_s, ok=True))
    made.run(31.0, kmh)
    assert made.session.control.deaf
    return made


def renewals(made: Play) -> int:
    """How often a new link was asked for."""
    return sum(outcome.renew for outcome in made.outcomes)


def stopped(made: Play) -> Play:
    """The runner stopped it at the console."""
    made.run(6.0, 0.0)
    assert made.at() is Phase.PAUSED
    return made


def renewed(made: Play, away_s: float = 3.0) -> Play:
    """The shell does what it was asked to."""
    made.feed(LinkLost(made.at_s))
    made.feed(LinkFound(made.at_s + away_s))
    made.obeys = True
    return made.run(3.0, 0.0)


def silent_after(answers: int) -> SimMachine:
    """Answers so many procedures on each link."""
    return replace(machine("goes-deaf"), answers=answers)


def test_a_machine_that_does_not_answer_is_only_slowed_and_stopped() -> None:
    made = deaf()
    since_s = made.at_s
    for key in (Key.FASTER, Key.MUCH_FASTER, Key.STEEPER, Key.FASTER):
        made.press(key)
        made.run(5.0)
    assert made.written(since_s) == []
    for _ in range(6):
        made.press(Key.MUCH_SLOWER)
        made.run(1.0)
    lower = [asked_kmh(write) for write in made.written(since_s)]
    assert lower
    assert all(kmh is not None and kmh < made.kmh for kmh in lower)
    assert made.press(Key.STOP).writes == (STOP,)


def test_a_link_is_never_renewed_while_the_belt_moves() -> None:
    made = deaf()
    made.run(120.0)
    assert renewals(made) == 0


def test_a_link_is_renewed_in_one_step_when_the_belt_stands() -> None:
    made = stopped(deaf())
    stood_at_s = made.at_s
    assert renewals(made) == 1
    made.run(50.0, 0.0)
    assert renewals(made) == 1
    assert made.written(stood_at_s) == []


def test_a_link_that_nobody_renewed_is_asked_for_again_after_a_minute() -> None:
    made = stopped(deaf())
    made.run(70.0, 0.0)
    assert renewals(made) == 2


def test_a_renewed_link_is_told_in_one_calm_sentence_and_is_no_trip() -> None:
    made = stopped(deaf())
    raised = list(made.raised)
    said = len(made.said)
    made.run(1.0, 0.0)
    renewed(made, 20.0)
    assert made.said.count(say.RENEWING) == 1
    assert not [text for text in made.said[said:] if "lost" in text.lower() or "Rails" in text]
    assert made.raised == raised
    assert CueKind.ALARM not in {cue.kind for outcome in made.outcomes for cue in outcome.cues}
    assert made.at() is Phase.PAUSED


def test_a_yes_from_before_the_new_link_starts_nothing() -> None:
    made = stopped(deaf())
    made.run(3.0, 0.0)
    question = made.progress.question
    assert question is not None
    made.feed(LinkLost(made.at_s))
    made.tick(2.0)
    made.press()
    made.feed(LinkFound(made.at_s + 1))
    made.obeys = True
    made.run(10.0, 0.0)
    asked = made.progress.question
    assert asked is not None
    assert asked.serial > question.serial
    assert made.at() is Phase.PAUSED
    assert made.written().count(START) == 1


def test_a_fresh_yes_after_it_starts_the_belt() -> None:
    made = renewed(stopped(deaf()))
    assert not made.session.control.deaf
    made.run(3.0, 0.0)
    made.press()
    made.run(3.0, 0.0)
    assert made.written().count(START) == 2


def test_a_belt_that_moves_when_the_link_is_back_is_a_belt_that_moves() -> None:
    made = stopped(deaf())
    made.feed(LinkLost(made.at_s))
    made.feed(LinkFound(made.at_s + 3))
    back_at_s = made.at_s
    made.obeys = True
    made.run(3.0, 0.8)
    assert made.at() is Phase.BELT_MOVES
    assert STOP in made.written(back_at_s)


def test_a_renewed_link_that_does_not_come_back_is_a_lost_one() -> None:
    made = stopped(deaf())
    made.feed(LinkLost(made.at_s))
    for _ in range(25):
        made.tick(1.0)
    assert Trip.LINK_LOST not in made.raised
    for _ in range(6):
        made.tick(1.0)
    assert Trip.LINK_LOST in made.raised
    for _ in range(300):
        made.tick(1.0)
    assert made.progress.ended == "tripped"


def test_a_link_that_is_lost_by_itself_is_an_alarm_as_ever() -> None:
    made = started(LONG)
    made.feed(LinkLost(made.at_s + 1))
    assert Trip.LINK_LOST in made.raised


def test_request_control_that_comes_back_and_is_never_answered_is_no_deafness() -> None:
    made = Play(LONG, obeys=False).connect()
    assert made.written() == [CONTROL]
    made.feed(Returned(made.at_s, ok=True))
    made.run(50.0, 0.0)
    assert not made.session.control.deaf
    assert renewals(made) == 0


def test_request_control_that_never_comes_back_asks_for_a_new_link() -> None:
    made = Play(LONG, obeys=False).connect()
    made.run(31.0, 0.0)
    assert renewals(made) == 1


def test_an_answer_that_comes_at_last_needs_no_new_link() -> None:
    made = deaf()
    made.feed(answer(made.at_s, 2))
    assert not made.session.control.deaf
    assert renewals(stopped(made)) == 0


def test_after_three_renewals_coach_only_prompts() -> None:
    made = Play(LONG, obeys=False).connect()
    for _ in range(4):
        made.run(31.0, 0.0)
        made.feed(LinkLost(made.at_s + 1))
        made.feed(LinkFound(made.at_s + 1))
        made.run(4.0, 0.0)
    made.run(31.0, 0.0)
    assert renewals(made) == 3
    assert made.session.guard.prompted == "the treadmill does not answer"
    made.obeys = True
    made.press()
    assert made.at() is Phase.CONSOLE_START
    assert START not in made.written()


@pytest.mark.parametrize("answers", [1, 2, 3, 4, 5, 6, 8, 12])
def test_a_machine_that_goes_deaf_at_any_procedure_is_run_within_the_laws(answers: int) -> None:
    judge = judged(world("goes-deaf", sim=silent_after(answers), workout=short()))
    assert judge.broken == []
    assert judge.world.session.progress.ended in {"finished", "stopped", "tripped"}


def test_many_rests_renew_three_times_at_most() -> None:
    made = world("goes-deaf", sim=silent_after(3), workout=Workout("a", tuple(forward(40.0, 4.0) for _ in range(3))))
    judge = Judge(made)
    for step in made.run_until(1800.0):
        judge.see(step)
    judge.end()
    assert judge.broken == []
