"""The key that says that the rails were held: it marks a block, and nothing of it ever reaches the belt."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random
from typing import Final

import pytest

from coach.core import say
from coach.core.event import Event, Key, Pressed, Tick
from coach.core.plan import Plan
from coach.core.press import Meaning, meaning
from coach.core.progress import Ask, Progress, Question
from coach.core.session import Session, advance, first
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.sinks.canonical import digest, text_of
from tests.core.build import (
    BACKWARD,
    FORWARD,
    NOW_S,
    UNKNOWN,
    Play,
    backward,
    forward,
    forward_plan,
    plan,
    short,
    started,
    to_the_rear,
    world,
)

STRETCHES: Final = frozenset({Phase.RUN, Phase.BRIDGE})
TWICE: Final = plan(forward(90.0), backward(40.0), forward(70.0), backward(40.0), forward(180.0, 4.0))


def back_from(block: int, made: Play | None = None) -> Play:
    """Facing the console again after so many backward blocks."""
    made = made or to_the_rear(Phase.RUN, TWICE)
    while made.progress.facing is not FORWARD or made.progress.block < block or made.phase is not Phase.RUN:
        if made.progress.question is not None:
            made.yes()
        made.follow(0.5)
    return made


# What it means, in every state.


@pytest.mark.parametrize("ask", [None, *Ask])
@pytest.mark.parametrize(("phase", "facing"), list(product(Phase, Facing)))
def test_it_means_what_a_lap_means_but_where_a_lap_counts(phase: Phase, facing: Facing, ask: Ask | None) -> None:
    question = None if ask is None else Question(ask, 7, NOW_S - 10, 4.0, "Ready?", "3" if ask is Ask.DIGIT else "")
    progress = Progress(phase=phase, facing=facing, question=question)
    lap = meaning(progress, Pressed(NOW_S, Key.LAP, "", 7))
    wanted = Meaning.RAILS if lap is Meaning.LAP else lap
    assert meaning(progress, Pressed(NOW_S, Key.RAILS, "", 7)) is wanted


@pytest.mark.parametrize("facing", [BACKWARD, UNKNOWN])
@pytest.mark.parametrize("phase", list(STRETCHES))
def test_facing_the_rear_it_is_one_of_the_keys_that_do_nothing(phase: Phase, facing: Facing) -> None:
    assert meaning(Progress(phase=phase, facing=facing), Pressed(NOW_S, Key.RAILS)) is Meaning.DEAF


def test_facing_the_rear_it_says_so_and_marks_nothing() -> None:
    made = to_the_rear(Phase.RUN, TWICE)
    made.follow(20)
    before = len(made.writes)
    made.press(Key.RAILS)
    assert (made.said[-1], made.progress.held, made.writes[before:]) == (say.DEAF, frozenset(), [])


# What it marks.


def test_it_marks_the_last_block_and_takes_it_back() -> None:
    made = back_from(1)
    made.press(Key.RAILS)
    assert (set(made.progress.held), made.said[-1]) == ({1}, "Rails held, block 1.")
    made.press(Key.RAILS)
    assert (made.progress.held, made.said[-1]) == (frozenset(), "Hands free, block 1.")


def test_each_block_has_its_own_mark() -> None:
    made = back_from(2, back_from(1))
    made.press(Key.RAILS)
    assert (set(made.progress.held), made.said[-1]) == ({2}, "Rails held, block 2.")


def test_the_mark_of_an_earlier_block_stays() -> None:
    made = back_from(1)
    made.press(Key.RAILS)
    made = back_from(2, made)
    made.press(Key.RAILS)
    assert made.progress.held == {1, 2}
    made.press(Key.RAILS)
    assert made.progress.held == {1}


def test_before_any_block_it_marks_the_coming_one() -> None:
    made = started(TWICE)
    made.press(Key.RAILS)
    assert (set(made.progress.held), made.said[-1]) == ({1}, "Rails held, block 1.")
    assert back_from(1, to_the_rear(Phase.RUN, TWICE)).progress.block == 1


def test_in_a_workout_without_backward_blocks_it_says_that_there_are_none() -> None:
    made = started(forward_plan())
    made.press(Key.RAILS)
    assert (made.progress.held, made.said[-1]) == (frozenset(), say.NO_BLOCK)


# Nothing of it reaches the belt.

FAULTS: Final = ("", "drop@forward1+20:8", "console=+1.0@forward1+20", "console-stop@forward2+5", "key@forward2+5")
MACHINES: Final = ("home", "mph-both", "keeps-target", "slow-answers")


def recorded(name: str, fault: str) -> tuple[Plan, list[Event]]:
    """A session on a simulated machine, as its events."""
    made = world(name, (fault,) if fault else (), workout=short())
    return made.plan, [step.event for step in made.run_until(600.0)]


def folded(a_plan: Plan, events: list[Event], key: Key | None, seed: int) -> list[tuple[tuple[bytes, ...], Session]]:
    """Writes and states, with a key pressed now and then facing the console, or only time passing at that instant."""
    dice, session, steps = Random(seed), first(a_plan), []
    for event in events:
        progress = session.progress
        if progress.phase in STRETCHES and progress.facing is FORWARD and dice.random() < 0.2:
            pressed = Tick(event.at_s) if key is None else Pressed(event.at_s, key)
            session, outcome = advance(a_plan, session, pressed)
            steps.append((outcome.writes, session))
        session, outcome = advance(a_plan, session, event)
        steps.append((outcome.writes, session))
    return steps


def unmarked(session: Session) -> Session:
    """The same without what the key may change: its mark, and that a key was pressed."""
    return replace(session, progress=replace(session.progress, held=frozenset(), pressed_at_s=0.0))


@pytest.mark.parametrize(("name", "fault"), [*product(MACHINES[:1], FAULTS), *product(MACHINES[1:], FAULTS[:1])])
def test_a_session_with_it_pressed_at_any_time_facing_the_console_writes_what_it_writes_without(
    name: str, fault: str
) -> None:
    a_plan, events = recorded(name, fault)
    without, with_it = folded(a_plan, events, None, 7), folded(a_plan, events, Key.RAILS, 7)
    assert [writes for writes, _ in with_it] == [writes for writes, _ in without]
    assert [unmarked(after) for _, after in with_it] == [unmarked(after) for _, after in without]
    assert any(after.progress.held for _, after in with_it)


def test_a_press_of_it_hands_out_no_write_in_its_own_step() -> None:
    a_plan, events = recorded("home", "")
    session = first(a_plan)
    for event in events:
        if session.progress.phase in STRETCHES and session.progress.facing is FORWARD:
            timed, ticked = advance(a_plan, session, Tick(event.at_s))
            after, pressed = advance(a_plan, session, Pressed(event.at_s, Key.RAILS))
            assert pressed.writes == ticked.writes
            assert (after.wish, after.control) == (timed.wish, timed.control)
        session, _ = advance(a_plan, session, event)


# Journals from before there was such a mark.


def test_a_session_without_a_mark_has_the_text_that_it_had_before_there_were_marks() -> None:
    made = back_from(1)
    assert '"held"' not in text_of(made.session)
    marked = replace(made.session, progress=replace(made.progress, held=frozenset({2, 1})))
    assert '"held":[1,2]' in text_of(marked)
    assert digest(marked) != digest(made.session)
