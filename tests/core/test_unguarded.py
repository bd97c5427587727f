"""Without its guard coach makes a belt no faster, starts none and turns nobody (safety.md 9)."""

from __future__ import annotations

import pytest

from coach.core import say
from coach.core.event import GuardFound, GuardLost, Key
from coach.core.trip import Action, Trip, action
from coach.core.wish import Phase
from coach.sinks.line import decode_event, encode_event
from tests.core.build import START, STOP, Play, asked_kmh, forward, forward_plan, play, started, to_the_rear


def alone(made: Play) -> Play:
    """The guard is gone now."""
    made.feed(GuardLost(made.at_s))
    return made


def asked(made: Play, since_s: float) -> list[float]:
    """The speeds that were written since."""
    return [kmh for value in made.written(since_s) if (kmh := asked_kmh(value)) is not None]


def test_it_is_a_hold_both_ways_and_is_said_calmly() -> None:
    assert action(Trip.UNGUARDED, rear=True) is action(Trip.UNGUARDED, rear=False) is Action.HOLD
    made = alone(started(forward_plan()))
    assert made.said[-1] == "No guard. No faster until it is back."
    assert made.raised == [Trip.UNGUARDED]
    made.follow(30)
    assert made.raised == [Trip.UNGUARDED]
    assert made.at() is Phase.RUN


def test_the_belt_gets_no_faster_by_the_workout_nor_by_a_key_but_slower() -> None:
    made = started(forward_plan(forward(60.0, 4.0), forward(60.0, 10.0), forward(60.0, 3.0)))
    made.follow(50)
    assert made.kmh == 4.0
    at_s = alone(made).at_s
    made.press(Key.MUCH_FASTER)
    assert made.said[-1] == say.HOLDS
    made.follow(60)
    assert (made.progress.row, asked(made, at_s)) == (1, [])
    made.follow(60)
    assert asked(made, at_s) == [3.0]  # the key is not kept for later


def test_with_the_guard_back_the_workout_goes_on() -> None:
    made = started(forward_plan(forward(60.0, 4.0), forward(60.0, 10.0)))
    made.follow(30)
    alone(made).follow(40)
    assert made.kmh == 4.0
    made.feed(GuardFound(made.at_s))
    assert made.said[-1] == say.GUARDED
    made.follow(20)
    assert made.kmh == 10.0


def test_a_guard_that_was_there_all_along_is_not_greeted() -> None:
    made = started(forward_plan())
    made.feed(GuardFound(made.at_s))
    assert say.GUARDED not in made.said


@pytest.mark.parametrize("backward", [False, True])
def test_no_belt_is_started_and_the_same_question_waits_for_the_guard(backward: bool) -> None:
    made = alone(to_the_rear(Phase.READY) if backward else play(forward_plan()))
    since_s, question = made.at_s, made.progress.question
    made.yes()
    assert made.at() is Phase.READY
    assert made.said[-1] == say.UNGUARDED
    assert made.progress.question == question
    made.follow(10)
    assert START not in made.written(since_s)
    made.feed(GuardFound(made.at_s))
    made.yes()
    made.until(Phase.STEP_ON)
    assert made.written(since_s).count(START) == 1


def test_a_guard_that_dies_in_the_countdown_takes_the_start_with_it() -> None:
    made = play(forward_plan())
    made.yes()
    assert made.at() is Phase.STARTING
    alone(made).run(30.0, 0.0)
    assert START not in made.written()
    assert STOP not in made.written()
    assert made.at() is Phase.PAUSED


def test_a_turn_to_the_rear_is_left_out_and_forward_goes_on() -> None:
    made = started()
    made.follow(100)
    alone(made).follow(60)
    assert made.at() is Phase.RUN
    assert made.progress.row == 2
    assert "No turn now: there is no guard." in made.said


def test_a_block_under_way_goes_on_no_faster_and_is_left_as_planned() -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(10)
    kmh, at_s = made.kmh, made.at_s
    assert kmh < 3.0
    alone(made)
    assert made.said[-1] == "No guard. No faster."
    made.follow(60)
    assert (made.at(), made.kmh) == (Phase.RUN, kmh)
    assert asked(made, at_s) == []
    made.until(Phase.SLOW, 120.0)


@pytest.mark.parametrize("event", [GuardLost(3.5), GuardFound(4.5)])
def test_the_events_are_journaled(event: GuardLost | GuardFound) -> None:
    assert decode_event(encode_event(event)) == event
