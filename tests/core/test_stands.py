"""A machine that falls silent cannot say that its belt stands: the runner says so before he steps on (safety.md 1)."""

from __future__ import annotations

import pytest

from coach.core import say
from coach.core.event import Key, Pressed, Remote, Verb
from coach.core.progress import Ask
from coach.core.wish import Phase
from tests.core.build import (
    START,
    Play,
    backward,
    forward,
    forward_plan,
    plan,
    profile,
    started,
    steps,
    to_the_rear,
    world,
)

SILENT = profile(silent_when_stopped=True)


def silence(made: Play, seconds: float = 40.0) -> Play:
    """Time passes, and the machine says nothing."""
    end_s = made.at_s + seconds
    while made.at_s < end_s:
        made.tick(0.5)
    return made


def falls_silent(made: Play) -> Play:
    """The belt slows down as it was told, and the last that is heard of it is a crawl."""
    while made.kmh > 0.5:
        made.follow(0.5)
    made.kmh = 0.0
    return silence(made)


def asked(made: Play) -> Ask:
    question = made.progress.question
    assert question is not None, f"nothing is asked in {made.phase}"
    return question.ask


def right(made: Play) -> None:
    """The right answer, after silence that is long enough for it to count."""
    question = made.progress.question
    assert question is not None
    silence(made, question.minimum_s + 1.5)
    made.feed(Pressed(made.at_s, Key.DIGIT if question.digit else Key.YES, question.digit, question.serial))


def stopped(made: Play, *, by_network: bool) -> Play:
    """Stopped in the middle of running, and silent since."""
    made.follow(30)
    if by_network:
        made.feed(Remote(made.at_s, Verb.STOP))
    else:
        made.press(Key.STOP)
    return falls_silent(made)


@pytest.mark.parametrize("by_network", [False, True])
@pytest.mark.parametrize("rear", [False, True])
def test_after_a_pause_it_is_asked_whether_the_belt_stands_before_it_is_started(by_network: bool, rear: bool) -> None:
    made = stopped(started((plan if rear else forward_plan)(machine=SILENT)), by_network=by_network)
    assert made.phase is Phase.PAUSED
    assert made.session.belt.still_by_silence
    starts = made.written().count(START)
    right(made)
    assert (made.at(), asked(made)) == (Phase.READY, Ask.STANDS)
    assert made.said[-1] == say.STANDS
    right(made)
    assert made.at() is Phase.READY
    assert asked(made) is not Ask.STANDS
    assert made.written().count(START) == starts
    right(made)
    silence(made, 6.0)
    assert made.written().count(START) == starts + 1


def test_what_was_said_of_a_belt_that_has_moved_since_is_asked_again() -> None:
    made = stopped(started(plan(machine=SILENT)), by_network=False)
    for _ in range(3):
        right(made)
    made.until(Phase.STEP_ON)
    made.press(Key.STOP)
    falls_silent(made)
    assert made.at() is Phase.PAUSED
    right(made)
    assert (made.at(), asked(made)) == (Phase.READY, Ask.STANDS)


def test_a_machine_that_says_that_it_stands_is_believed() -> None:
    made = started(forward_plan())
    made.follow(30)
    made.press(Key.STOP)
    made.until(Phase.PAUSED)
    made.yes()
    assert made.at() is Phase.STARTING


def test_in_a_turn_it_is_asked_once() -> None:
    made = to_the_rear(Phase.STOPPING, plan(machine=SILENT))
    falls_silent(made)
    assert (made.at(), asked(made)) == (Phase.READY, Ask.STANDS)
    right(made)
    assert asked(made) is Ask.YES


def test_a_block_that_is_over_is_no_way_around_the_question() -> None:
    made = to_the_rear(Phase.RUN, plan(forward(), backward(40.0), forward(180.0, 4.0), machine=SILENT))
    while made.progress.left_s(made.plan, made.session.belt, made.at_s) > 8.0:
        made.follow(0.5)
    made.press(Key.STOP)
    falls_silent(made)
    assert made.phase is Phase.PAUSED
    starts = made.written().count(START)
    right(made)
    assert (made.at(), asked(made), made.said[-1]) == (Phase.READY, Ask.STANDS, say.STANDS)
    assert say.BLOCK_OVER in made.said
    silence(made, 6.0)
    assert made.written().count(START) == starts


def test_the_simulated_machine_of_that_kind_goes_on_after_a_pause_and_ends() -> None:
    played = list(steps(world("silent-stopped", presses=["pause@segment1+20", "yes@segment1+90"])))
    assert played[-1].session.progress.ended in {"finished", "stopped"}
    assert played[-1].true_kmh == 0
