"""The course of a session: which row follows, what ends a segment early, and where the last one leads."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from coach.core import say
from coach.core.course import call_off, end_block, next_row, skip
from coach.core.dose import Dose
from coach.core.event import Key
from coach.core.outlook import red
from coach.core.plan import Plan, free_workout, make_plan
from coach.core.progress import Progress
from coach.core.scene import Scene
from coach.core.trip import Trip
from coach.core.wish import Phase
from coach.core.workout import (
    Extent,
    ExtentUnit,
    Facing,
    Head,
    HeartRange,
    HeartUnit,
    Segment,
    Target,
    Until,
)
from tests.core.build import (
    BACKWARD,
    FORWARD,
    NOW_S,
    TESTED,
    Play,
    asked_kmh,
    backward,
    belt,
    dose,
    forward,
    forward_plan,
    guard,
    plan,
    profile,
    rest,
    sent,
    started,
    strap,
    to_the_rear,
)

OPEN = Extent(ExtentUnit.OPEN)


def metres(amount: float, kmh: float = 6.0, unit: ExtentUnit = ExtentUnit.DISTANCE, mark: str | None = None) -> Segment:
    """A forward segment of a distance, or up to one."""
    return Segment(Head.FORWARD, FORWARD, Extent(unit, amount), Target(kmh), mark=mark)


def scene(
    a_plan: Plan, progress: Progress, *, bpm: int | None = 110, kmh: float = 6.0, a_dose: Dose | None = None
) -> Scene:
    """An instant of a session."""
    return Scene(
        a_plan, progress, belt(kmh), guard(set_kmh=kmh), a_dose or dose(run_s=0.0), strap(bpm), sent(kmh), NOW_S, []
    )


def scene_of(made: Play) -> Scene:
    """The instant that a session is at."""
    one, now = made.session, made.at_s
    return Scene(made.plan, one.progress, one.belt, one.guard, one.dose, one.strap, one.control.sent, now, [])


def row_of(made: Play, row: int, longest_s: float = 400.0) -> Play:
    """Follow until a row is reached."""
    end_s = made.at_s + longest_s
    while made.progress.row < row:
        assert made.at_s < end_s, f"row {row} was not reached from {made.progress.row}"
        made.follow(0.5)
    return made


# A segment that the heart ends.


def until(bpm: float, *, below: bool, at_least_s: float = 0.0, unit: HeartUnit = HeartUnit.BPM) -> Segment:
    """Two minutes that end early."""
    return replace(forward(120.0), until=Until(below, HeartRange(bpm, bpm, unit), at_least_s))


@pytest.mark.parametrize(
    ("bound", "below", "bpm", "ends"),
    [
        (105, True, 104, True),
        (105, True, 105, False),
        (105, True, 106, False),
        (105, False, 106, True),
        (105, False, 105, False),
        (105, False, 104, False),
    ],
)
def test_a_segment_ends_where_the_heart_is_beyond_its_bound(bound: int, below: bool, bpm: int, ends: bool) -> None:
    made = Play(forward_plan(until(bound, below=below), forward(60.0, 5.0)), bpm=bpm).connect()
    made.yes()
    made.until(Phase.RUN).follow(5.0)
    assert made.progress.row == (1 if ends else 0)


def test_it_does_not_end_before_its_least_time() -> None:
    made = Play(forward_plan(until(105, below=True, at_least_s=30.0), forward(60.0, 5.0)), bpm=90).connect()
    made.yes()
    made.until(Phase.RUN).follow(29.0)
    assert made.progress.row == 0
    made.follow(2.0)
    assert made.progress.row == 1


def test_without_a_heart_rate_its_extent_is_its_bound() -> None:
    made = Play(forward_plan(until(105, below=True), forward(60.0, 5.0)), bpm=None).connect()
    made.yes()
    made.until(Phase.RUN).follow(118.0)
    assert made.progress.row == 0
    made.follow(4.0)
    assert made.progress.row == 1


def test_a_bound_in_percent_is_of_this_runner() -> None:
    made = Play(forward_plan(until(50, below=True, unit=HeartUnit.MAX), forward(60.0, 5.0)), bpm=89).connect()
    assert made.plan.rows[0].until_bpm == 90.0  # 208 - 0.7 x 40
    made.yes()
    made.until(Phase.RUN).follow(5.0)
    assert made.progress.row == 1


# Distances.


def test_a_segment_of_metres_is_over_when_the_belt_has_run_them() -> None:
    made = started(forward_plan(metres(50.0), forward(60.0, 5.0)))
    from_m = made.session.belt.odometer_m
    row_of(made, 1)
    assert made.session.belt.odometer_m - from_m == pytest.approx(50.0, abs=2.0)


def test_to_a_distance_counts_from_the_mark_over_the_segments_between() -> None:
    made = started(
        forward_plan(metres(30.0, mark="here"), forward(20.0), metres(120.0, unit=ExtentUnit.TO_MARK), forward())
    )
    mark_m = made.progress.mark_m
    row_of(made, 3)
    assert made.session.belt.odometer_m - mark_m == pytest.approx(120.0, abs=2.0)


def test_distances_that_were_run_already_are_passed_and_the_session_goes_on() -> None:
    passed = tuple(metres(20.0, unit=ExtentUnit.TO_MARK) for _ in range(6))
    made = started(forward_plan(metres(50.0, mark="here"), *passed, forward(60.0, 4.0), forward(60.0, 5.0)))
    row_of(made, 1)
    made.follow(1.0)
    assert (made.progress.row, made.phase) == (7, Phase.RUN)


# On to the rear.


def test_a_turn_within_a_minute_of_the_last_waits_on_a_bridge() -> None:
    two = plan(forward(), backward(60.0), forward(20.0), backward(60.0), forward(180.0))
    here = Progress(Phase.RUN, NOW_S - 20, FORWARD, row=2, run_at_s=NOW_S - 20, turned_at_s=NOW_S - 59)
    assert next_row(scene(two, here)).phase is Phase.BRIDGE
    assert next_row(scene(two, replace(here, turned_at_s=NOW_S - 60))).phase is Phase.SLOW


@pytest.mark.parametrize(("kmh", "phase"), [(6.0, Phase.SLOW), (6.1, Phase.BRIDGE)])
def test_a_runner_who_made_it_faster_than_the_plan_walks_before_the_turn(kmh: float, phase: Phase) -> None:
    here = Progress(Phase.RUN, NOW_S - 60, FORWARD, run_at_s=NOW_S - 60)
    assert next_row(scene(plan(forward(), backward(60.0), forward(180.0)), here, kmh=kmh)).phase is phase


# Blocks that end early, or will not be.


ENDS_REAR = plan(forward(), backward(), backward(60.0, 2.0))
REAR = Progress(Phase.RUN, NOW_S - 20, BACKWARD, BACKWARD, row=1, block=1, run_at_s=NOW_S - 20)


def test_a_block_that_ends_early_leads_over_slow_to_the_question_for_the_console() -> None:
    made = end_block(scene(plan(forward(), backward(), backward(60.0, 2.0), forward(180.0)), REAR, kmh=3.0))
    assert (made.phase, made.next, made.row, made.guided) == (Phase.SLOW, Phase.READY, 3, False)


def test_where_nothing_follows_the_end_of_a_block_is_the_end() -> None:
    made = end_block(scene(ENDS_REAR, REAR, kmh=3.0))
    assert (made.phase, made.next) == (Phase.SLOW, Phase.ENDED)
    assert call_off(scene(ENDS_REAR, replace(REAR, phase=Phase.READY), kmh=0.0)).phase is Phase.ENDED


def test_a_block_that_will_not_be_asks_for_the_console_or_stops_first() -> None:
    here = scene(plan(), replace(REAR, phase=Phase.READY), kmh=0.0)
    assert (call_off(here).phase, call_off(here).row, call_off(here).claimed) == (Phase.READY, 2, FORWARD)
    stopped = call_off(here.after(replace(REAR, phase=Phase.STARTING)), Phase.STOPPING)
    assert (stopped.phase, stopped.next, stopped.row, stopped.stops) == (Phase.STOPPING, Phase.READY, 2, 1)


def test_a_block_that_is_left_out_goes_on_forward_or_finishes() -> None:
    ahead = Progress(Phase.BRIDGE, NOW_S - 20, FORWARD, row=1)
    assert (skip(scene(plan(), ahead)).phase, skip(scene(plan(), ahead)).row) == (Phase.RUN, 2)
    last = skip(scene(ENDS_REAR, ahead))
    assert (last.phase, last.next, last.guided, last.reason) == (Phase.SLOW, Phase.ENDED, True, "finished")


def test_after_a_pause_a_block_that_is_left_out_starts_the_belt_for_what_follows() -> None:
    paused = Progress(Phase.PAUSED, NOW_S - 20, Facing.UNKNOWN, row=1, starts=1)
    assert skip(scene(plan(), paused, kmh=0.0), resumed=True).phase is Phase.STARTING
    own_key = replace(paused, console_start=True)
    assert skip(scene(plan(), own_key, kmh=0.0), resumed=True).phase is Phase.CONSOLE_START
    assert skip(scene(ENDS_REAR, paused, kmh=0.0), resumed=True).phase is Phase.ENDED


def test_a_pause_in_a_block_that_is_red_by_then_goes_on_with_what_follows() -> None:
    made = to_the_rear(Phase.RUN, plan(forward(), backward(), forward(180.0, 4.0), machine=profile()))
    made.follow(10.0)
    made.press(Key.STOP)
    made.until(Phase.PAUSED)
    made.session = replace(made.session, guard=replace(made.session.guard, backward_off="key"))
    made.yes()
    assert (made.phase, made.progress.row, made.progress.claimed) == (Phase.STARTING, 2, FORWARD)


# Rests, and the end.


def resting(*segments: Segment) -> Play:
    """A session in its first rest."""
    return started(forward_plan(forward(30.0), *segments), Phase.RUN).until(Phase.RESTING)


def test_a_rest_asks_before_the_belt_starts_again() -> None:
    made = resting(rest(20.0), forward(60.0, 4.0))
    began_s = made.at_s
    made.until(Phase.READY)
    assert made.at_s - began_s == pytest.approx(20.0, abs=1.0)
    assert made.progress.question is not None
    assert not [value for value in made.written(began_s) if asked_kmh(value) or value == b"\x07"]


def test_a_rest_after_a_rest_goes_on_resting() -> None:
    made = resting(rest(20.0), rest(15.0), forward(60.0, 4.0))
    made.follow(21.0)
    assert (made.phase, made.progress.row) == (Phase.RESTING, 2)


def test_a_rest_at_the_end_ends_the_session() -> None:
    made = resting(rest(20.0))
    made.until(Phase.ENDED)
    assert made.progress.ended == "finished"


def test_an_open_rest_ends_by_a_press_and_one_of_seconds_does_not() -> None:
    made = resting(replace(rest(), extent=OPEN), forward(60.0, 4.0))
    made.follow(90.0)
    assert made.at() is Phase.RESTING
    made.press(Key.NEXT)
    assert made.at() is Phase.READY
    timed = resting(rest(60.0), forward(60.0, 4.0))
    timed.follow(5.0)
    timed.press(Key.NEXT)
    assert timed.phase is Phase.RESTING


def test_stop_in_a_rest_is_a_pause() -> None:
    made = resting(rest(60.0), forward(60.0, 4.0))
    made.follow(5.0)
    made.press(Key.STOP)
    assert made.phase is Phase.PAUSED


def test_a_yes_after_a_pause_in_a_rest_asks_again_before_it_rests() -> None:
    made = started(forward_plan(forward(80.0), rest(60.0), forward(60.0, 4.0))).until(Phase.RESTING)
    made.follow(5.0)
    made.press(Key.STOP)
    made.yes()
    assert made.at() is Phase.READY
    made.yes()
    assert made.at() is Phase.RESTING


@pytest.mark.parametrize(
    "a_plan",
    [
        forward_plan(forward(30.0), rest(60.0), forward(60.0, 4.0)),
        plan(forward(30.0), rest(60.0), backward(), forward(180.0)),
    ],
    ids=["forward follows", "a block follows"],
)
def test_a_rest_facing_the_console_goes_on_after_a_pause_whatever_speaks_against_a_turn(a_plan: Plan) -> None:
    made = started(a_plan).until(Phase.RESTING)
    made.follow(5.0)
    made.press(Key.STOP)
    assert red(scene_of(made))
    made.yes()
    assert (made.at(), made.progress.row) == (Phase.READY, 1)
    made.yes()
    assert made.at() is Phase.RESTING


def test_leaving_in_a_rest_ends_the_session() -> None:
    made = resting(rest(60.0), forward(60.0, 4.0))
    made.follow(5.0)
    made.press(Key.QUIT)
    assert (made.at(), made.said[-1]) == (Phase.RESTING, "Stop the belt and leave? Press again.")
    made.press(Key.QUIT)
    assert (made.at(), made.progress.ended) == (Phase.ENDED, "stopped")


# Open segments.


def test_an_open_segment_runs_until_a_key_says_so() -> None:
    made = started(forward_plan(replace(forward(), extent=OPEN), forward(60.0, 4.0)))
    made.follow(200.0)
    assert made.progress.row == 0
    made.press(Key.NEXT)
    assert (made.progress.row, made.phase) == (1, Phase.RUN)


def test_an_open_block_facing_the_rear_ends_by_a_press_and_a_stop_turn() -> None:
    block = replace(backward(), extent=OPEN)
    made = to_the_rear(Phase.RUN, plan(forward(), block, forward(180.0, 4.0)))
    made.follow(20.0)
    made.press(Key.YES)
    assert (made.phase, made.progress.row, made.progress.next, made.progress.guided) == (
        Phase.SLOW,
        2,
        Phase.READY,
        False,
    )


def test_a_timed_block_facing_the_rear_is_stopped_by_the_same_press() -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(20.0)
    made.press(Key.YES)
    assert (made.phase, made.progress.next, made.progress.guided) == (Phase.SLOW, Phase.PAUSED, True)


# Free sessions.


def free(blocks: int = 3) -> Play:
    """A free session that runs, facing the console."""
    whole = free_workout(5.0, 60.0, 1.5)
    made = make_plan(replace(whole, segments=whole.segments[: 1 + 2 * blocks]), TESTED, free=True)
    return started(made).follow(80.0)


def test_a_block_of_a_free_session_is_announced_and_begins_in_half_a_minute() -> None:
    made = free()
    asked_s = made.at_s
    made.press(Key.BLOCK)
    made.until(Phase.SLOW)
    assert made.at_s - asked_s == pytest.approx(30.5, abs=0.5)
    assert "Turn in thirty seconds. Belt will stop." in made.said
    made.until(Phase.READY)
    assert (made.progress.row, made.progress.claimed) == (1, BACKWARD)


def test_a_second_press_for_a_block_moves_nothing() -> None:
    made = free()
    made.press(Key.BLOCK)
    ends_s = made.progress.ends_at_s
    made.follow(10.0)
    made.press(Key.BLOCK)
    assert made.progress.ends_at_s == ends_s < inf


def test_where_no_turn_is_possible_the_reason_is_told() -> None:
    made = started(make_plan(free_workout(5.0), TESTED, free=True)).follow(10.0)
    made.press(Key.BLOCK)
    assert (made.progress.ends_at_s, made.said[-1]) == (
        inf,
        "No turn now: the unit of the treadmill is not known yet.",
    )


def test_when_all_blocks_are_run_there_is_no_more_turn() -> None:
    made = free(0)
    made.press(Key.BLOCK)
    assert (made.progress.ends_at_s, made.said[-1]) == (inf, "No turn now: no more turns today.")


def test_the_key_of_blocks_does_nothing_in_a_workout() -> None:
    made = started(plan())
    made.follow(70.0)
    before = made.progress
    made.press(Key.BLOCK)
    assert replace(made.progress, pressed_at_s=before.pressed_at_s) == before


def test_next_does_nothing_in_a_free_session() -> None:
    made = free()
    made.press(Key.NEXT)
    assert (made.progress.row, made.phase, made.progress.ends_at_s) == (0, Phase.RUN, inf)


def test_a_free_session_that_is_left_is_finished() -> None:
    made = free()
    made.press(Key.QUIT)
    made.follow(1.0)
    made.press(Key.QUIT)
    made.until(Phase.ENDED)
    assert made.progress.ended == "finished"


# What the console, a pause and the trim come to.


@pytest.mark.parametrize("speeds", [(8.0, 7.0, 9.0), (3.0, 4.0, 9.0), (5.0, 3.0, 6.0)])
def test_the_console_is_not_fought_by_a_machine_that_says_nothing_of_it(speeds: tuple[float, ...]) -> None:
    made = started(forward_plan(forward(600.0, 6.0))).follow(20.0)
    for kmh in speeds:
        before = len(made.writes)
        made.run(12.0, kmh)
        assert [asked_kmh(value) for _, value in made.writes[before:]] == [kmh]
    assert made.raised == [Trip.CONSOLE] * 3
    assert made.session.belt.units.report == made.session.belt.units.target == 1  # 3 asked as 5 are no miles


def test_a_slower_speed_that_the_belt_never_had_is_asked_for_again_each_second() -> None:
    made = started(forward_plan(forward(100.0, 8.0), forward(60.0, 5.0))).follow(20.0)
    row_of(made, 1)
    before = len(made.writes)
    made.run(10.0, 8.0)
    assert len(made.writes) - before >= 9


def backwards(after_s: float) -> Play:
    """Stopped after so long of a minute backward, and the digit typed."""
    made = to_the_rear(Phase.RUN, plan(forward(), backward(60.0), forward(180.0, 4.0)))
    made.follow(after_s)
    made.press(Key.STOP)
    made.until(Phase.PAUSED).yes()
    return made


def test_nobody_turns_twice_for_what_is_left_of_a_block() -> None:
    over = backwards(47.0)
    assert (over.phase, over.progress.row) == (Phase.STARTING, 2)
    assert say.BLOCK_OVER in over.said
    more = backwards(43.0)
    assert (more.phase, more.progress.row) == (Phase.READY, 1)
    assert say.BLOCK_OVER not in more.said


def test_a_pause_says_once_that_the_belt_slows_down() -> None:
    made = started(forward_plan()).follow(10.0)
    before = len(made.said)
    made.press(Key.PAUSE)
    assert made.said[before:] == [say.SLOWING]


@pytest.mark.parametrize(
    ("keys", "words", "kmh"),
    [
        ([Key.MUCH_FASTER, Key.MUCH_FASTER], "In ten, faster: 7.6.", "Now forward: 7.6"),
        ([Key.MUCH_SLOWER, Key.MUCH_SLOWER], "In ten, faster: 5.4.", "Now forward: 5.4"),
        ([], "In ten, faster: 6.5.", "Now forward: 6.5"),
    ],
)
def test_words_about_what_comes_know_the_trim(keys: list[Key], words: str, kmh: str) -> None:
    made = started(forward_plan(forward(60.0, 6.0), forward(60.0, 6.5), forward(200.0, 5.0))).follow(5.0)
    for key in keys:
        made.press(key)
        made.follow(1.0)
    row_of(made, 1)
    said = " ".join(made.said)
    assert words in said
    assert kmh in said
