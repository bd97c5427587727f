"""A link that was lost and is back: what is written on it first, facing each way, whatever the belt did meanwhile."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import inf
from os import environ
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core import say
from coach.core.event import Key, LinkFound, LinkLost
from coach.core.wish import Phase
from coach.link.machine_file import LinkLoss, SimMachine, StopWhenStopped
from tests.core.build import (
    CONTROL,
    START,
    STOP,
    Play,
    Reachable,
    asked_kmh,
    forward,
    forward_plan,
    instants,
    machine,
    plan,
    play,
    profile,
    short,
    started,
    status,
    target_bytes,
    to_the_rear,
    world,
)

REPORT_S: Final = 0.5
TURNS: Final = (Phase.SLOW, Phase.RAILS, Phase.STEP_ON, Phase.RAMP)


def lost(made: Play, for_s: float = 3.0) -> Play:
    """The link is gone for so long, and back now."""
    made.feed(LinkLost(made.at_s))
    for _ in range(int(for_s)):
        made.tick(1.0)
    made.feed(LinkFound(made.at_s))
    return made


def rear() -> Play:
    """Running backward at 3 km/h."""
    made = to_the_rear(Phase.RUN)
    made.follow(45)
    assert made.kmh == 3.0
    return made


# Facing the rear the guided stop begins at once.


def test_facing_the_rear_control_is_asked_for_at_once_and_the_first_report_is_slowed_down() -> None:
    made = lost(rear())
    back_s = made.at_s
    assert made.writes[-1] == (back_s, CONTROL)
    made.run(0.5)
    at_s, value = made.writes[-1]
    assert asked_kmh(value) == 2.5
    assert at_s - back_s <= REPORT_S
    made.follow(20)
    assert (made.at(), made.kmh) == (Phase.PAUSED, 0.0)
    slower = [kmh for value in made.written(back_s) if (kmh := asked_kmh(value)) is not None]
    assert slower == sorted(slower, reverse=True)
    assert made.written(back_s).count(STOP) == 1
    assert START not in made.written(back_s)


def test_facing_the_rear_control_that_is_not_answered_is_not_waited_for_but_stopped() -> None:
    made = rear()
    made.obeys = False
    back_s = lost(made).at_s
    made.run(1.0)
    assert made.written(back_s) == [CONTROL]
    made.run(0.5)
    assert made.writes[-1] == (back_s + 1.5, STOP)
    assert [kmh for value in made.written(back_s) if (kmh := asked_kmh(value)) is not None] == []


def test_facing_the_rear_a_machine_that_tells_nothing_on_the_new_link_is_stopped_after_a_second() -> None:
    made = rear()
    back_s = lost(made).at_s
    made.tick(0.9)
    assert STOP not in made.written(back_s)
    made.tick(0.1)
    assert made.writes[-1] == (back_s + 1.0, STOP)


def test_facing_the_rear_a_belt_that_was_slowed_meanwhile_is_not_sped_up() -> None:
    made = lost(rear())
    back_s = made.at_s
    made.run(0.5, 1.2)
    made.follow(20)
    asked = [kmh for value in made.written(back_s) if (kmh := asked_kmh(value)) is not None]
    assert asked
    assert max(asked) <= 1.2
    assert made.at() is Phase.PAUSED


def test_facing_the_rear_a_belt_that_stands_on_return_is_left_alone() -> None:
    made = lost(rear())
    back_s = made.at_s
    made.run(10.0, 0.0)
    assert set(made.written(back_s)) <= {CONTROL}
    assert made.at() is Phase.PAUSED


def test_facing_forward_two_seconds_are_read_before_anything_is_written() -> None:
    made = started(forward_plan())
    made.follow(40)
    back_s = lost(made).at_s
    made.run(1.5)
    assert made.written(back_s) == []
    made.run(1.0)
    assert made.written(back_s) == [CONTROL]


# A Stop is due on return: never on a belt that stands, at once on one that may move.


def test_a_start_that_was_not_written_yet_leaves_nothing_to_stop() -> None:
    made = to_the_rear(Phase.READY)
    made.yes()
    assert made.at() is Phase.STARTING
    assert START not in made.written(made.at_s - 2)
    back_s = lost(made, 2.0).at_s
    assert made.at() is Phase.STOP_FAILED
    made.run(8.0, 0.0)
    assert made.at() is Phase.PAUSED
    assert STOP not in made.written(back_s)


def test_the_first_start_of_a_session_that_was_not_written_yet_leaves_nothing_to_stop() -> None:
    made = play()
    made.yes()
    made.run(0.5, 0.0)
    assert START not in made.written()
    back_s = lost(made, 2.0).at_s
    made.run(8.0, 0.0)
    assert made.at() is Phase.PAUSED
    assert STOP not in made.written(back_s)


def test_a_start_that_was_written_is_stopped_at_once_on_return() -> None:
    made = to_the_rear(Phase.READY)
    made.yes()
    made.run(2.0, 0.0)
    assert START in made.written(made.at_s - 2)
    back_s = lost(made, 2.0).at_s
    assert made.writes[-1] == (back_s, STOP)


def test_a_belt_that_stood_and_moves_on_return_is_stopped_on_its_first_report() -> None:
    made = to_the_rear(Phase.READY)
    made.yes()
    back_s = lost(made, 2.0).at_s
    assert STOP not in made.written(back_s)
    made.run(0.5, 0.8)
    assert made.writes[-1] == (back_s + 0.5, STOP)


def test_a_stop_that_was_accepted_is_listened_for_a_second_and_then_written_again() -> None:
    made = to_the_rear(Phase.STOPPING)
    assert made.kmh > 0
    back_s = lost(made, 2.0).at_s
    made.tick(0.9)
    assert STOP not in made.written(back_s)
    made.tick(0.1)
    assert made.writes[-1] == (back_s + 1.0, STOP)


@pytest.mark.parametrize(("kmh", "stops"), [(0.0, 0), (0.8, 1)])
def test_a_stop_that_was_accepted_is_written_again_to_a_belt_that_moves_only(kmh: float, stops: int) -> None:
    made = to_the_rear(Phase.STOPPING)
    back_s = lost(made, 2.0).at_s
    made.run(0.5, kmh)
    made.run(8.0, 0.0)
    assert made.written(back_s).count(STOP) == stops
    assert made.at() is Phase.PAUSED


@pytest.mark.parametrize("phase", TURNS)
def test_a_belt_that_may_move_is_stopped_in_the_step_in_which_the_link_is_back(phase: Phase) -> None:
    made = to_the_rear(phase)
    back_s = lost(made, 1.0).at_s
    assert made.writes[-1] == (back_s, STOP)


def test_a_key_after_a_stop_at_the_console_writes_nothing_to_the_belt_that_stands() -> None:
    made = started(forward_plan())
    made.follow(40)
    made.feed(status(made.at_s, "02 01"))
    made.run(1.0, 1.0)
    made.run(4.0, 0.0)
    at_s, question = made.at_s, made.progress.question
    assert question is not None
    made.run(3.0)
    made.press(Key.YES)
    assert made.at() is Phase.STARTING
    assert made.press(Key.STOP).writes == ()
    assert STOP not in made.written(at_s)


# What a Stop on a link that was lost proves.


@pytest.mark.parametrize("phase", TURNS)
def test_a_belt_that_obeys_after_an_outage_is_trusted_and_only_a_pause_is_said(phase: Phase) -> None:
    made = lost(to_the_rear(phase), 5.0)
    made.follow(30)
    assert made.at() is Phase.PAUSED
    assert made.session.guard.trusted
    assert say.NOT_TRUSTED not in made.said
    assert made.progress.question is not None
    assert made.said[-1] == made.progress.question.text
    assert made.said[-1].startswith("Paused. Belt stopped.")


def test_a_belt_that_slows_since_the_stop_of_the_new_link_has_obeyed() -> None:
    made = lost(to_the_rear(Phase.RAMP), 5.0)
    for kmh in (2.9, 2.8, 2.6, 2.4, 2.2, 2.0, 1.8, 1.6, 1.2, 0.8, 0.4):
        made.run(0.5, kmh)
    made.run(4.0, 0.0)
    assert made.session.guard.trusted
    assert made.at() is Phase.PAUSED


@pytest.mark.parametrize("for_s", [1.0, 40.0])
def test_a_stop_that_is_ignored_on_the_new_link_is_not_forgiven(for_s: float) -> None:
    made = lost(to_the_rear(Phase.RAMP), for_s)
    made.run(2.5, 2.0)
    assert made.session.guard.trusted
    made.run(0.5, 2.0)
    assert not made.session.guard.trusted
    assert made.at() is Phase.STOP_FAILED


def test_where_a_stop_was_ignored_the_pause_says_what_is_left() -> None:
    made = rear()
    made.press(Key.STOP)
    made.run(5.0, 3.0)
    assert not made.session.guard.trusted
    made.run(5.0, 0.0)
    assert made.at() is Phase.PAUSED
    assert say.NOT_TRUSTED in made.said
    assert made.progress.question is not None
    assert made.said[-1] == say.PAUSED_HAND.format(made.progress.question.digit)


def test_where_a_stop_was_ignored_on_a_workout_without_blocks_a_press_goes_on() -> None:
    made = started(forward_plan())
    made.follow(30)
    made.press(Key.STOP)
    made.run(5.0)
    made.run(15.0, 0.0)
    assert made.said[-1] == say.PAUSED_HAND_YES


def test_a_machine_that_falls_silent_after_its_stop_is_not_stopped_twice_when_it_is_back() -> None:
    made = to_the_rear(Phase.STOPPING, plan(machine=profile(silent_when_stopped=True)))
    made.run(1.0, 0.0)
    back_s = lost(made, 2.0).at_s
    for _ in range(20):
        made.tick(0.5)
    assert STOP not in made.written(back_s)
    assert made.session.belt.still


# Over worlds.

KINDS: Final = tuple((needs, loss) for needs in (False, True) for loss in LinkLoss)


@cache
def toggles(needs_control: bool, on_link_loss: LinkLoss) -> SimMachine:
    """A machine that a Stop starts when it stands."""
    kind = machine("stop-toggle")
    assert kind.stop_when_stopped is StopWhenStopped.START
    return replace(kind, needs_control=needs_control, on_link_loss=on_link_loss)


@cache
def whole_s() -> float:
    """About how long the short session takes."""
    return max(instants("stop-toggle").values())


def judge(made: Reachable, until_s: float) -> None:
    """No Stop goes to a belt that truly stands and was last told to; a Start that no motion has answered may be."""
    said_kmh, answered, zeros = 0.0, True, 0
    hands = made.treadmill.hands
    assert hands is not None
    for step in made.run_until(until_s):
        kmh = step.session.belt.kmh
        if step.session.belt.heard_at_s == step.event.at_s and kmh is not None:
            zeros = zeros + 1 if kmh == 0 else 0
            said_kmh, answered = kmh, answered or kmh > 0
        for value in step.outcome.writes:
            stood = said_kmh == 0 and zeros != 1 and step.true_kmh == 0
            assert value != STOP or not stood or not answered, (step.event, step.session.progress)
            answered = answered if value != START else False
            answered = answered or value == STOP


faults = st.sampled_from(("", "console-stop@{}", "key@{}:5", "mute@{}:4"))


@given(
    part=st.floats(0.02, 0.99),
    gap_s=st.sampled_from((0.4, 1.0, 2.0, 5.0, 12.0)),
    kind=st.sampled_from(KINDS),
    fault=faults,
    after_s=st.floats(0.0, 6.0),
    pressed_s=st.floats(-2.0, 6.0) | st.just(inf),
)
@settings(max_examples=int(environ.get("LAWS", "25")), deadline=None, derandomize="LAWS" not in environ)
def test_no_stop_is_written_to_a_belt_that_stands_and_said_so(
    part: float, gap_s: float, kind: tuple[bool, LinkLoss], fault: str, after_s: float, pressed_s: float
) -> None:
    at_s = part * whole_s()
    breaks = [f"drop@{at_s:.2f}:{gap_s}", *([fault.format(f"{at_s + after_s:.2f}")] if fault else [])]
    presses = [] if pressed_s == inf else [f"stop@{max(at_s + pressed_s, 0.0):.2f}"]
    judge(world(faults=breaks, presses=presses, workout=short(), sim=toggles(*kind)), at_s + gap_s + 60)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("phase", ["starting0", "stopping1", "starting1", "stopping2", "starting2"])
@pytest.mark.parametrize("gap_s", [2.0, 12.0])
def test_no_stop_is_written_to_a_belt_that_stands_wherever_a_start_or_a_stop_was_under_way(
    kind: tuple[bool, LinkLoss], phase: str, gap_s: float
) -> None:
    at_s = instants("stop-toggle")[phase]
    for shift_s in (-1.5, 0.0, 1.0):
        drop = f"drop@{at_s + shift_s:.2f}:{gap_s}"
        judge(world(faults=[drop], workout=short(), sim=toggles(*kind)), at_s + gap_s + 20)


@pytest.mark.parametrize("back_kmh", [6.6, 8.0, 10.0])
def test_facing_the_console_what_is_measured_on_the_way_back_is_held_until_a_press(back_kmh: float) -> None:
    """safety.md 8, link lost: further than 0.5 km/h from the last target it is held, and asked about."""
    made = came_back(6.0)
    since_s = made.at_s
    _ = made.run(60.0, back_kmh)
    assert [value for value in made.written(since_s) if asked_kmh(value) is not None] == []
    assert made.said[-1] == f"The belt runs at {back_kmh:.1f}. It stays so."
    _ = made.press(Key.FASTER)
    _ = made.run(10.0, back_kmh)
    assert {asked_kmh(value) for value in made.written(since_s)} - {None} <= {back_kmh, round(back_kmh + 0.1, 1)}


@pytest.mark.parametrize("back_kmh", [16.8, 19.0, 22.0])
def test_what_is_faster_than_may_be_is_not_held(back_kmh: float) -> None:
    made = came_back(12.0)
    since_s = made.at_s
    _ = made.run(6.0, back_kmh)
    assert target_bytes(12.0) in made.written(since_s)
    assert made.said[-1] == f"The belt runs at {back_kmh:.1f}. Back to 12.0."


def test_a_belt_that_goes_faster_still_on_the_link_that_came_back_is_slowed() -> None:
    made = came_back(6.0)
    _ = made.run(10.0, 8.0)
    since_s = made.at_s
    _ = made.run(3.0, 8.6)
    assert target_bytes(8.0) in made.written(since_s)


def test_each_key_for_slower_counts_on_the_link_that_came_back() -> None:
    made = came_back(6.0)
    _ = made.run(10.0, 8.0)
    since_s = made.at_s
    _ = made.press(Key.MUCH_SLOWER)
    _ = made.run(2.0, 7.8)
    assert target_bytes(7.5) in made.written(since_s)


def test_a_segment_that_is_a_little_slower_counts_on_the_link_that_came_back() -> None:
    made = started(plan(forward(60.0, 6.0), forward(600.0, 7.7), forward(60.0, 3.0))).follow(20.0)
    back(made, 4.0)
    since_s = made.at_s
    _ = made.run(60.0, 8.0)
    assert target_bytes(7.7) in made.written(since_s)


def test_a_belt_that_runs_away_on_the_link_that_came_back_is_stopped_whatever_the_next_segment_asks() -> None:
    made = started(plan(forward(60.0, 6.0), forward(600.0, 12.0), forward(60.0, 3.0))).follow(20.0)
    back(made, 4.0)
    while made.progress.row == 0:
        _ = made.run(0.5, 8.0)
    kmh = 8.0
    while kmh < 12.0 and made.at() is Phase.RUN:
        kmh = round(kmh + 0.1, 2)
        _ = made.run(2.0, kmh)
    assert made.at() is not Phase.RUN
    assert kmh <= 9.5


def test_a_slower_segment_that_began_without_a_link_is_not_waited_for() -> None:
    made = started(plan(forward(60.0, 12.0), forward(600.0, 4.0), forward(60.0, 3.0))).follow(20.0)
    while made.progress.row == 0 and made.progress.left_s(made.plan, made.session.belt, made.at_s) > 3.0:
        _ = made.follow(0.5)
    back(made, 6.0)
    since_s = made.at_s
    _ = made.run(10.0, 11.2)
    assert made.progress.row == 1
    assert target_bytes(4.0) in made.written(since_s)
    assert not [text for text in made.said if "It stays so" in text]


def test_the_next_segment_slows_the_belt_on_a_link_that_came_back() -> None:
    made = started(plan(forward(60.0, 6.0), forward(600.0, 5.0), forward(60.0, 3.0))).follow(20.0)
    back(made, 4.0)
    since_s = made.at_s
    _ = made.run(60.0, 8.0)
    assert target_bytes(5.0) in made.written(since_s)


def came_back(kmh: float) -> Play:
    """In RUN at this speed, on a link that was lost for a moment."""
    made = started(plan(forward(600.0, kmh), forward(60.0, 3.0))).follow(30.0)
    back(made, 4.0)
    return made


def back(made: Play, seconds: float) -> None:
    """The link is lost for so long."""
    _ = made.feed(LinkLost(made.at_s))
    _ = made.tick(seconds)
    _ = made.feed(LinkFound(made.at_s))
