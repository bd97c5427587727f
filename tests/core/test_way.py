"""The ways out of the states that lead somewhere else than the table names (safety.md 6)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from coach.core import say
from coach.core.event import CockpitSilent, Key
from coach.core.plan import Plan
from coach.core.progress import Progress
from coach.core.repeat import remind
from coach.core.scene import Scene
from coach.core.trip import Trip
from coach.core.way import MOST_TRIPS, enough, leave
from coach.core.wish import Phase
from coach.core.workout import Facing
from tests.core.build import (
    BACKWARD,
    FORWARD,
    NOW_S,
    START,
    STOP,
    Play,
    asked_kmh,
    backward,
    belt,
    dose,
    forward,
    forward_plan,
    guard,
    plan,
    play,
    sent,
    started,
    status,
    strap,
    to_the_rear,
)

REAR = Progress(Phase.RUN, NOW_S - 20, BACKWARD, BACKWARD, row=1, block=1, run_at_s=NOW_S - 20)


def scene_of(made: Play) -> Scene:
    """The instant that a session is at."""
    one, now = made.session, made.at_s
    return Scene(made.plan, one.progress, one.belt, one.guard, one.dose, one.strap, one.control.sent, now, [])


# An incline that stays up.


def tilted_turn() -> Play:
    """On the way down to a turn, and the incline does not come down with the speed."""
    made = to_the_rear(Phase.SLOW, plan(forward(120.0, 4.0), backward(), forward(180.0, 4.0)))
    sent_now = replace(made.session.control.sent, incline_pct=0.0)
    made.session = replace(made.session, control=replace(made.session.control, sent=sent_now))
    return made


def test_an_incline_that_stays_up_leaves_the_block_out_facing_the_console() -> None:
    made = tilted_turn()
    here = replace(made.progress, steady_at_s=made.at_s - 2.0)
    after = leave(scene_of(made).after(here), Phase.STOPPING, "the belt does not slow down")
    assert (after.phase, after.row, after.facing) == (Phase.RUN, 2, FORWARD)


def test_facing_the_rear_it_is_stopped_anyway_and_goes_on_to_the_console() -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(30.0)
    slow = replace(made.progress, phase=Phase.SLOW, row=2, next=Phase.READY, steady_at_s=made.at_s - 2.0)
    after = leave(scene_of(made).after(slow), Phase.STOPPING, "the belt does not slow down")
    assert (after.phase, after.next, after.reason, after.facing) == (Phase.STOPPING, Phase.READY, "", Facing.UNKNOWN)
    assert after.stops == slow.stops + 1


def test_a_belt_that_does_not_slow_down_is_stopped_and_the_reason_is_kept() -> None:
    made = to_the_rear(Phase.SLOW)
    after = leave(scene_of(made), Phase.STOPPING, "the belt does not slow down")
    assert (after.phase, after.next, after.reason) == (Phase.STOPPING, Phase.READY, "the belt does not slow down")


# The stop of a turn, where coach has come to prompt meanwhile.


@pytest.mark.parametrize(("rear", "row"), [(True, 2), (False, 2)])
def test_after_the_stop_of_a_turn_nobody_is_turned_where_coach_only_prompts(rear: bool, row: int) -> None:
    prompted = replace(guard(), prompted="another app has control", control=False)
    stopping = replace(REAR, phase=Phase.STOPPING, facing=Facing.UNKNOWN, next=Phase.READY, row=1 if rear else 2)
    here = Scene(plan(), stopping, belt(0.0), prompted, dose(), strap(), sent(None), NOW_S, [])
    after = leave(here, Phase.READY, "")
    assert (after.phase, after.row, after.claimed) == (Phase.READY, row, FORWARD)


# A Start that is refused.


@pytest.mark.parametrize(("helper", "words"), [(False, say.OWN_KEY), (True, "The treadmill did not start.")])
def test_a_start_that_is_refused_facing_the_rear_needs_a_helper(helper: bool, words: str) -> None:
    made = to_the_rear(Phase.READY, plan(helper=helper))
    made.yes()
    assert made.at() is Phase.STARTING
    scene = scene_of(made)
    after = leave(scene, Phase.CONSOLE_START, "the treadmill did not start")
    assert (after.phase, after.console_start, after.reason) == (
        Phase.STOPPING,
        True,
        "the treadmill wants its own key",
    )
    assert words in [cue.text for cue in scene.cues]


def test_a_start_that_is_refused_facing_the_console_asks_for_the_machines_own_key() -> None:
    made = play(forward_plan())
    made.yes()
    scene = scene_of(made)
    after = leave(scene, Phase.CONSOLE_START, "the treadmill did not start")
    assert (after.phase, after.console_start) == (Phase.STOPPING, True)
    assert "The treadmill did not start." in [cue.text for cue in scene.cues]


# Enough.


@pytest.mark.parametrize(("trips", "troubled", "over"), [(2, True, False), (3, True, True), (3, False, False)])
def test_the_third_trip_that_stops_the_belt_ends_the_session(trips: int, troubled: bool, over: bool) -> None:
    assert MOST_TRIPS == 3
    here = replace(REAR, trips=trips, troubled=troubled)
    assert enough(Scene(plan(), here, belt(0.0), guard(), dose(), strap(), sent(None), NOW_S, [])) is over


@pytest.mark.parametrize(
    ("a_plan", "over"),
    [(plan(forward(), backward(), forward(180.0)), False), (plan(forward(), backward()), True)],
    ids=["forward is left", "nothing is left"],
)
def test_a_machine_that_ignored_stop_goes_on_only_with_what_is_forward(a_plan: Plan, over: bool) -> None:
    here = Scene(a_plan, REAR, belt(0.0), replace(guard(), trusted=False), dose(), strap(), sent(None), NOW_S, [])
    assert enough(here) is over


# What happens while the belt is stopping.


@pytest.mark.parametrize(
    ("event", "leads"),
    [(CockpitSilent(0.0, ended=True), Phase.ENDED), (CockpitSilent(0.0, ended=False), Phase.PAUSED)],
    ids=["closed", "silent"],
)
def test_a_screen_that_is_lost_while_stopping_changes_where_it_leads_and_writes_no_more(
    event: CockpitSilent, leads: Phase
) -> None:
    made = to_the_rear(Phase.STOPPING)
    before = made.progress
    assert before.next is Phase.READY
    made.feed(replace(event, at_s=made.at_s))
    made.feed(replace(event, at_s=made.at_s))
    assert (made.at(), made.progress.next, made.progress.stops) == (Phase.STOPPING, leads, before.stops)
    made.until(leads)


# Leaving.


@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.STEP_ON])
def test_leaving_while_the_belt_starts_stops_it_at_once(phase: Phase) -> None:
    made = to_the_rear(phase)
    while phase is Phase.STARTING and made.written()[-1] != START:
        made.follow(0.5)
    made.press(Key.QUIT)
    assert made.at() is Phase.STOPPING
    assert made.written()[-1] == STOP
    made.press(Key.QUIT)
    assert (made.at(), made.progress.next) == (Phase.STOPPING, Phase.ENDED)
    made.until(Phase.ENDED)
    assert made.progress.ended == "stopped"


@pytest.mark.parametrize("moves", [False, True], ids=["before the Start", "when the belt moves"])
def test_who_asked_to_leave_and_then_started_leaves_by_the_second_press(moves: bool) -> None:
    made = play(forward_plan())
    made.run(1.0)
    made.press(Key.QUIT)
    made.run(1.0)
    made.press(Key.YES)
    assert made.at() is Phase.STARTING
    if moves:
        made.run(1.5).run(1.0, 0.8)
    made.press(Key.QUIT)
    assert (made.progress.next, made.progress.reason) == (Phase.ENDED, "you left")
    assert made.at() is (Phase.STOPPING if moves else Phase.ENDED)
    assert (START in made.written(), STOP in made.written()) == (moves, moves)
    made.run(6.0, 0.0)
    assert (made.at(), made.progress.ended) == (Phase.ENDED, "stopped")


def test_leaving_a_belt_that_does_not_stop_stops_it_once_more_and_ends_when_it_stands() -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(20.0)
    made.obeys = False
    made.press(Key.STOP)
    made.run(6.0)
    assert made.at() is Phase.STOP_FAILED
    stops = made.written().count(STOP)
    made.press(Key.QUIT)
    assert made.said[-1] == say.QUIT
    made.press(Key.QUIT)
    assert made.at() is Phase.STOP_FAILED
    assert made.progress.next is Phase.ENDED
    assert made.written().count(STOP) > stops
    assert made.session.progress.ended == ""


def test_a_second_word_to_leave_that_comes_late_asks_again() -> None:
    made = started(forward_plan())
    made.press(Key.QUIT)
    made.follow(5.5)
    made.press(Key.QUIT)
    assert made.at() is Phase.RUN
    assert made.said.count(say.QUIT) == 2
    made.follow(4.5)
    made.press(Key.QUIT)
    assert (made.at(), made.progress.next, made.progress.guided) == (Phase.SLOW, Phase.ENDED, True)


def test_another_digit_is_told_which_one_it_is_and_starts_nothing() -> None:
    made = play()
    question = made.progress.question
    assert question is not None
    wrong = str(int(question.digit) % 4 + 1)
    made.run(3.0)
    writes = made.written()
    made.press(Key.DIGIT, wrong)
    assert made.said[-1] == say.WRONG.format(question.digit)
    assert (made.phase, made.progress.question, made.written()) == (Phase.READY, question, writes)


# A question that stands.


def test_a_question_at_ready_is_asked_four_times_and_then_it_is_a_pause() -> None:
    made = play(forward_plan())
    text = say.READY_FORWARD
    asked: list[float] = [0.0]
    began_s = made.progress.at_s
    while made.at() is Phase.READY:
        heard = made.said.count(text)
        made.run(0.5)
        if made.said.count(text) > heard:
            asked.append(made.at_s - began_s)
    assert asked == [0.0, 10.0, 20.0, 40.0]
    assert made.at_s - began_s == 60.0
    assert made.at() is Phase.PAUSED


def test_no_state_without_a_question_reminds_of_one() -> None:
    made = started(forward_plan())
    scene = scene_of(made)
    assert (remind(made.progress, scene), scene.cues) == (made.progress, [])


# Control that is taken on the way to a turn.


def taken(phase: Phase) -> Play:
    """Another app takes control in a state of the first turn, facing the console."""
    made = to_the_rear(phase)
    made.obeys = False  # one step is looked at
    assert made.progress.facing is FORWARD
    made.feed(status(made.at_s, "ff"))
    assert made.session.guard.prompted == "another app has control"
    assert say.PROMPTED in made.said
    return made


def test_control_that_is_taken_while_slowing_for_a_turn_leaves_the_block_out() -> None:
    made = taken(Phase.SLOW)
    assert (made.phase, made.progress.row, made.progress.facing) == (Phase.RUN, 2, FORWARD)


def test_control_that_is_taken_on_the_rails_stops_and_asks_for_the_console() -> None:
    made = taken(Phase.RAILS)
    assert (made.phase, made.progress.next, made.progress.row) == (Phase.STOPPING, Phase.READY, 2)
    assert made.written()[-1] == STOP


def test_control_that_is_taken_on_a_bridge_leaves_the_block_out() -> None:
    made = Play(plan(forward(70.0), backward(), forward(180.0, 4.0)), bpm=150).connect()
    made.yes()
    made.until(Phase.RUN).until(Phase.BRIDGE)
    made.feed(status(made.at_s, "ff"))
    assert (made.phase, made.progress.row) == (Phase.RUN, 2)


def test_control_that_is_taken_while_slowing_for_a_pause_asks_for_stop_on_the_console() -> None:
    made = started(forward_plan(forward(120.0, 8.0), forward(60.0, 4.0)))
    made.follow(40.0)
    made.press(Key.PAUSE)
    assert made.at() is Phase.SLOW
    made.feed(status(made.at_s, "ff"))
    assert (made.at(), made.progress.guided, made.progress.next) == (Phase.SLOW, True, Phase.PAUSED)
    assert made.progress.prompt is not None
    assert made.progress.prompt.text == say.PRESS_STOP


# On the way down.


def test_facing_the_rear_the_belt_is_slowed_by_at_most_three_tenths_in_a_second() -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(45.0)
    assert made.kmh == 3.0
    made.press(Key.YES)
    began_s = made.at_s
    while made.at() is Phase.SLOW:
        made.follow(0.2, every_s=0.1)
    asked = [(at_s, kmh) for at_s, value in made.writes if at_s >= began_s and (kmh := asked_kmh(value)) is not None]
    assert [kmh for _, kmh in asked] == sorted((kmh for _, kmh in asked), reverse=True)
    assert asked[-1][1] >= 0.8
    for (before_s, before), (after_s, after) in pairwise([(began_s, 3.0), *asked]):
        assert before - after <= 0.3 + 1e-6
        assert after_s - before_s >= (before - after) / 0.3 - 1.0 - 1e-6


# What a machine says badly.


@pytest.mark.parametrize("text", ["05", "05 20", "08"])
def test_a_status_without_a_speed_is_no_word_of_the_console(text: str) -> None:
    made = started(forward_plan())
    made.follow(20.0)
    goal_kmh = made.session.wish.target_kmh
    made.feed(status(made.at_s, text))
    made.follow(10.0)
    assert made.raised == []
    assert made.session.wish.target_kmh == goal_kmh


def test_a_status_with_another_speed_that_the_belt_has_is_the_consoles() -> None:
    made = started(forward_plan())
    made.follow(20.0)
    made.run(0.5, 7.0)
    made.feed(status(made.at_s, "05 bc 02"))
    assert made.raised == [Trip.CONSOLE]
    assert made.session.wish.target_kmh == 7.0
