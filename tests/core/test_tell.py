"""What is told while a segment runs: before its end, at its places, and when a new speed is there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.core.cue import CueKind
from coach.core.plan import Plan
from coach.core.progress import Progress
from coach.core.runner import Runner, SpokenUnit
from coach.core.scene import Scene
from coach.core.tell import arrived, countdown, tell_dues
from coach.core.wish import Phase
from coach.core.workout import Extent, ExtentUnit, Head, Say, SayAt, Segment, Target
from tests.core.build import (
    BACKWARD,
    FORWARD,
    NOW_S,
    Play,
    backward,
    belt,
    dose,
    forward,
    forward_plan,
    guard,
    plan,
    sent,
    started,
    strap,
    to_the_rear,
)


def scene(a_plan: Plan, progress: Progress, *, kmh: float = 6.0, run_s: float = 60.0, goal_kmh: float = 6.0) -> Scene:
    """An instant of a segment."""
    here = replace(guard(), goal_kmh=goal_kmh)
    return Scene(a_plan, progress, belt(kmh), here, dose(run_s=run_s), strap(), sent(kmh), NOW_S, [])


def told(one: Scene) -> list[str]:
    """What was said."""
    return [cue.text for cue in one.cues]


AHEAD = Progress(Phase.RUN, NOW_S - 60, FORWARD, run_at_s=NOW_S - 60, told_faster=True)
REAR = replace(AHEAD, facing=BACKWARD, claimed=BACKWARD, row=1, block=1)
MINUTE = Extent(ExtentUnit.TIME, 60.0)
FASTER = forward_plan(forward(60.0, 6.0), forward(60.0, 9.0))


# Before the end of a segment.


@pytest.mark.parametrize(
    ("left_s", "marks", "words"),
    [
        (10.1, 1, []),
        (10.0, 1, ["In ten, faster: 9.0."]),
        (5.0, 2, ["Five."]),
        (3.0, 3, ["Three."]),
        (2.0, 4, ["Two."]),
        (1.0, 5, ["One."]),
        (0.5, 6, []),
    ],
)
def test_each_mark_is_told_once_when_it_is_reached(left_s: float, marks: int, words: list[str]) -> None:
    one = scene(FASTER, replace(AHEAD, marks=marks))
    after = countdown(one, left_s)
    assert told(one) == words
    assert after.marks == marks + (1 if words else 0)


def test_a_mark_whose_successor_is_due_already_is_passed_in_silence() -> None:
    one = scene(FASTER, replace(AHEAD, marks=0))
    after = countdown(one, 9.0)  # a segment so short, or an event so late
    assert (told(one), after.marks) == ([], 1)
    again = scene(FASTER, after)
    assert countdown(again, 9.0).marks == 2
    assert told(again) == ["In ten, faster: 9.0."]


def test_a_whole_segment_counts_down_in_order() -> None:
    made = started(FASTER)
    made.follow(61.0)
    said = made.said[made.said.index("In ten, faster: 9.0.") :]
    assert said[:6] == ["In ten, faster: 9.0.", "Five.", "Three.", "Two.", "One.", "Now forward: 9.0, 1 minute."]


# The first block goes faster after half a minute.


def test_the_first_block_is_announced_to_go_faster_ten_seconds_before() -> None:
    one = scene(plan(), replace(REAR, told_faster=False), kmh=1.8, run_s=20.0, goal_kmh=1.8)
    after = countdown(one, 90.0)
    assert told(one) == ["In ten: faster, 3.0. Light hands on the rails."]
    assert [cue.kind for cue in one.cues] == [CueKind.FASTER]
    assert (after.told_faster, after.spoken_kmh) == (True, 3.0)


@pytest.mark.parametrize(
    ("run_s", "goal_kmh"), [(20.0, 3.0), (22.0, 1.8), (80.0, 1.8)], ids=["as fast already", "late", "a later block"]
)
def test_nothing_faster_is_announced_that_does_not_come_in_ten(run_s: float, goal_kmh: float) -> None:
    one = scene(plan(), replace(REAR, told_faster=False), kmh=1.8, run_s=run_s, goal_kmh=goal_kmh)
    after = countdown(one, 90.0)
    assert (told(one), after.told_faster, after.spoken_kmh) == ([], True, None)


def test_it_is_not_announced_before_its_time() -> None:
    one = scene(plan(), replace(REAR, told_faster=False), kmh=1.8, run_s=19.0, goal_kmh=1.8)
    assert (countdown(one, 90.0).told_faster, told(one)) == (False, [])


# Cues at their places.


def saying(at: SayAt, amount: float, *, extent: Extent = MINUTE) -> Plan:
    """A segment with a cue of the author."""
    first = Segment(Head.FORWARD, FORWARD, extent, Target(6.0), say=(Say(at, amount, "Look ahead."),))
    return forward_plan(first, forward(60.0, 5.0))


def ran(made: Play) -> float:
    """Metres of the segment."""
    return made.progress.ran_m(made.session.belt)


def test_a_cue_of_the_clock_comes_at_its_second() -> None:
    made = started(saying(SayAt.AT_S, 20.0))
    made.follow(19.0)
    assert "Look ahead." not in made.said
    made.follow(1.5)
    assert made.said.count("Look ahead.") == 1
    made.follow(20.0)
    assert made.said.count("Look ahead.") == 1


def test_a_cue_of_metres_comes_when_the_belt_has_run_them() -> None:
    made = started(saying(SayAt.AT_M, 30.0))
    while "Look ahead." not in made.said:
        assert ran(made) < 30.0
        made.follow(0.5)
    assert ran(made) == pytest.approx(30.0, abs=1.5)


def test_a_cue_before_the_end_waits_for_what_is_left() -> None:
    made = started(saying(SayAt.BEFORE_END_S, 12.0))
    made.follow(47.0)
    assert "Look ahead." not in made.said
    made.follow(1.5)
    assert made.said.count("Look ahead.") == 1


def test_a_cue_before_the_end_of_a_distance_is_reckoned_with_the_speed() -> None:
    made = started(saying(SayAt.BEFORE_END_S, 10.0, extent=Extent(ExtentUnit.DISTANCE, 100.0)))
    while "Look ahead." not in made.said:
        assert made.progress.row == 0
        made.follow(0.5)
    assert 100.0 - ran(made) == pytest.approx(10.0 * 6.0 / 3.6, abs=2.0)


def test_in_an_open_segment_nothing_is_before_its_end_until_a_key_says_when_that_is() -> None:
    made = started(saying(SayAt.BEFORE_END_S, 10.0, extent=Extent(ExtentUnit.OPEN)))
    made.follow(100.0)
    assert "Look ahead." not in made.said


def test_several_cues_may_be_due_at_once_and_each_is_told_once() -> None:
    says = tuple(Say(SayAt.AT_S, 20.0, text) for text in ("One thing.", "Another."))
    a_plan = forward_plan(replace(forward(60.0), say=says), forward(60.0, 5.0))
    one = scene(a_plan, AHEAD)
    after = tell_dues(one, 40.0)
    assert told(one) == ["One thing.", "Another."]
    again = scene(a_plan, after)
    assert (tell_dues(again, 40.0), told(again)) == (after, [])


def test_the_state_that_is_told_facing_the_rear_is_that_of_the_instant() -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(31.0)
    assert "Facing rear, 1.8 kilometres an hour, 1 minute 30 seconds left, heart 110." in made.said


# A new speed.


@pytest.mark.parametrize(
    ("kmh", "words"),
    [(2.8, []), (2.9, ["2.9 kilometres an hour."]), (3.1, ["3.1 kilometres an hour."]), (3.2, [])],
)
def test_a_new_speed_is_told_when_the_belt_has_it_but_for_a_step(kmh: float, words: list[str]) -> None:
    one = scene(plan(), replace(REAR, spoken_kmh=3.0), kmh=kmh)
    after = arrived(one, one.progress)
    assert (told(one), after.spoken_kmh) == (words, None if words else 3.0)


def test_it_is_told_in_the_runners_unit_and_only_where_one_is_waited_for() -> None:
    miles = plan(forward(), backward(), forward(180.0), runner=Runner(spoken=SpokenUnit.MPH))
    one = scene(miles, replace(REAR, spoken_kmh=3.0), kmh=3.0)
    arrived(one, one.progress)
    assert told(one) == ["1.9 miles an hour."]
    none = scene(plan(), REAR, kmh=3.0)
    assert (arrived(none, REAR), told(none)) == (REAR, [])


def test_an_unheard_belt_has_not_arrived() -> None:
    one = scene(plan(), replace(REAR, spoken_kmh=3.0))
    silent = one._replace(belt=replace(one.belt, kmh=None))
    assert arrived(silent, silent.progress).spoken_kmh == 3.0
