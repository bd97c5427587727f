"""The set-point of a segment: ramps over time and over metres, trims, and the heart's hold (safety.md 4 and 7)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import inf

import pytest

from coach.core.event import Key, Remote, Verb
from coach.core.plan import Plan
from coach.core.progress import Progress
from coach.core.remote import LOWEST
from coach.core.runner import Runner
from coach.core.target import Aim, aim, hold, tune
from coach.core.wish import Phase
from coach.core.workout import Extent, ExtentUnit, Head, HeartHold, HeartRange, Segment, Target
from tests.core.build import (
    BACKWARD,
    FORWARD,
    NOW_S,
    Play,
    asked_kmh,
    belt,
    forward,
    forward_plan,
    plan,
    rest,
    strap,
)

RUNS = Progress(Phase.RUN, NOW_S - 30, FORWARD, run_at_s=NOW_S - 30, run_from_m=100.0)


def ramp(extent: Extent, *, mark: str | None = None, pct: tuple[float, float | None] = (0.0, None)) -> Segment:
    """From 4 to 8 km/h."""
    return Segment(Head.FORWARD, FORWARD, extent, Target(4.0, 8.0, *pct), mark=mark)


def aimed(a_plan: Plan, progress: Progress, *, odometer_m: float = 100.0) -> Aim:
    """The set-point now."""
    return aim(a_plan, progress, replace(belt(6.0), odometer_m=odometer_m), NOW_S)


# Ramps.


@pytest.mark.parametrize(("run_s", "kmh"), [(0.0, 4.0), (30.0, 5.0), (60.0, 6.0), (120.0, 8.0), (130.0, 8.0)])
def test_a_ramp_over_time_follows_the_clock_of_the_segment(run_s: float, kmh: float) -> None:
    made = aimed(forward_plan(ramp(Extent(ExtentUnit.TIME, 120.0))), replace(RUNS, run_at_s=NOW_S - run_s))
    assert made == Aim(kmh, 0.0, scripted=True)


@pytest.mark.parametrize(("metres", "kmh"), [(0.0, 4.0), (100.0, 5.0), (200.0, 6.0), (400.0, 8.0), (410.0, 8.0)])
def test_a_ramp_over_a_distance_follows_the_metres_of_the_segment(metres: float, kmh: float) -> None:
    a_plan = forward_plan(ramp(Extent(ExtentUnit.DISTANCE, 400.0)))
    assert aimed(a_plan, RUNS, odometer_m=100.0 + metres).kmh == kmh


def test_a_ramp_up_to_a_distance_follows_what_the_plan_has_left_for_it() -> None:
    before = Segment(Head.FORWARD, FORWARD, Extent(ExtentUnit.DISTANCE, 300.0), Target(4.0), mark="here")
    a_plan = forward_plan(before, ramp(Extent(ExtentUnit.TO_MARK, 700.0)))
    assert a_plan.rows[1].planned_m == 400.0
    assert aimed(a_plan, replace(RUNS, row=1), odometer_m=300.0).kmh == 6.0


def test_a_ramp_up_to_a_distance_that_is_run_already_stays_where_it_begins() -> None:
    before = Segment(Head.FORWARD, FORWARD, Extent(ExtentUnit.DISTANCE, 700.0), Target(4.0), mark="here")
    a_plan = forward_plan(before, ramp(Extent(ExtentUnit.TO_MARK, 700.0)))
    assert a_plan.rows[1].planned_m == 0.0
    assert aimed(a_plan, replace(RUNS, row=1), odometer_m=900.0).kmh == 4.0


def test_an_incline_may_be_a_ramp_of_its_own() -> None:
    segment = Segment(Head.FORWARD, FORWARD, Extent(ExtentUnit.TIME, 120.0), Target(6.0, None, 1.0, 3.0))
    assert aimed(forward_plan(segment), RUNS) == Aim(6.0, 1.5, scripted=False)


def test_a_ramp_is_written_in_steps_of_the_machine_and_ends_where_it_says() -> None:
    made = Play(forward_plan(forward(30.0, 4.0), ramp(Extent(ExtentUnit.TIME, 80.0)), forward(60.0, 8.0))).connect()
    made.yes()
    made.until(Phase.RUN)
    while made.progress.row == 0:
        made.follow(0.5)
    began_s = made.at_s
    made.follow(80.0)
    kmh = [speed for value in made.written(began_s + 1.0) if (speed := asked_kmh(value)) is not None]
    assert kmh == sorted(kmh)
    assert kmh[-1] == 8.0
    assert max(after - before for before, after in pairwise(kmh)) < 0.15


# A row without a speed.


def test_a_rest_is_at_creep_where_anybody_asks() -> None:
    assert aimed(forward_plan(forward(), rest(), forward()), replace(RUNS, row=1)) == Aim(0.8, 0.0, scripted=False)


# The console's word and the trims.


def test_the_console_may_make_a_block_slower_and_never_faster() -> None:
    rear = replace(RUNS, facing=BACKWARD, row=1)
    assert aimed(plan(), replace(rear, console_kmh=2.0)).kmh == 2.0
    assert aimed(plan(), replace(rear, console_kmh=4.0)).kmh == 3.0
    assert aimed(plan(), replace(RUNS, console_kmh=9.0)).kmh == 9.0


def test_slower_facing_the_rear_is_kept_and_nothing_takes_it_back_in_the_block() -> None:
    rear = replace(RUNS, facing=BACKWARD, row=1)
    slower = tune(plan(), rear, belt(3.0), Key.MUCH_SLOWER, NOW_S)
    assert aimed(plan(), slower).kmh == pytest.approx(2.5)
    assert slower.trim_forward == 1.0
    bare = tune(plan(), slower, belt(2.5), Key.UNTRIM, NOW_S)
    assert aimed(plan(), bare).kmh == pytest.approx(2.5)


def test_a_trim_is_never_under_creep_nor_without_bounds() -> None:
    slow = forward_plan(forward(60.0, 1.0))
    assert aimed(slow, tune(slow, RUNS, belt(1.0), Key.MUCH_SLOWER, NOW_S)).kmh == pytest.approx(0.8)
    fast = forward_plan(forward(60.0, 6.0))
    progress = RUNS
    for _ in range(20):
        progress = tune(fast, progress, belt(6.0), Key.MUCH_FASTER, NOW_S)
    assert aimed(fast, progress).kmh == pytest.approx(9.0)


# The heart.


HELD = HeartHold(HeartRange(120.0, 135.0), 5.0, 7.0)
BY_HEART = forward_plan(replace(forward(600.0, 6.0), heart=HELD))


def held(kmh: float | None, bpm: int | None, *, since_s: float = 60.0, slowed_s: float = inf) -> float | None:
    """The speed that the heart holds after one look at it."""
    progress = replace(RUNS, held_kmh=kmh, held_at_s=NOW_S - since_s, slowed_at_s=NOW_S - slowed_s)
    return hold(BY_HEART, progress, strap(bpm), NOW_S).held_kmh


def test_a_hold_begins_at_the_speed_of_the_segment_within_its_bounds() -> None:
    assert held(None, 110) == 6.0
    fast = forward_plan(replace(forward(600.0, 9.0), heart=HELD))
    assert hold(fast, RUNS, strap(110), NOW_S).held_kmh == 7.0


@pytest.mark.parametrize(
    ("kmh", "bpm", "since_s", "after"),
    [
        (6.0, 119, 20.0, 6.1),
        (6.0, 119, 19.0, 6.0),
        (7.0, 119, 60.0, 7.0),
        (6.0, 120, 60.0, 6.0),
        (6.0, 135, 60.0, 6.0),
        (6.0, 136, 12.0, 5.8),
        (6.0, 136, 11.0, 6.0),
        (5.1, 136, 60.0, 5.0),
        (5.0, 136, 60.0, 5.0),
        (6.0, None, 60.0, 5.0),
        (6.0, None, 59.0, 6.0),
        (5.0, None, 60.0, 5.0),
    ],
)
def test_the_belt_follows_the_heart_slowly_up_quicker_down_and_within_bounds(
    kmh: float, bpm: int | None, since_s: float, after: float
) -> None:
    assert held(kmh, bpm, since_s=since_s) == pytest.approx(after)


def test_what_the_network_has_slowed_is_sped_up_no_sooner() -> None:
    assert held(6.0, 110, slowed_s=19.0) == 6.0
    assert held(6.0, 110, slowed_s=20.0) == pytest.approx(6.1)


@pytest.mark.parametrize(
    "segment",
    [forward(600.0, 6.0), rest(600.0)],
    ids=["no hold", "a rest"],
)
def test_where_the_heart_holds_nothing_nothing_is_held(segment: Segment) -> None:
    a_plan = forward_plan(segment, forward())
    assert hold(a_plan, RUNS, strap(150), NOW_S) is RUNS


def test_the_network_is_told_where_the_bounds_of_the_heart_end() -> None:
    a_plan = plan(replace(forward(600.0, 5.0), heart=HELD), runner=Runner(measured_max_bpm=190))
    made = Play(a_plan, bpm=130).connect()
    made.yes()
    made.until(Phase.RUN).follow(40.0)
    assert made.progress.held_kmh == 5.0
    made.feed(Remote(made.at_s, Verb.SLOWER, ticket=7))
    answer = made.progress.answer
    assert answer is not None
    assert (answer.ticket, answer.done, answer.why) == (7, False, LOWEST)
    assert made.progress.held_kmh == 5.0


def test_the_network_is_told_where_creep_is() -> None:
    made = Play(forward_plan(forward(600.0, 0.8))).connect()
    made.yes()
    made.until(Phase.RUN).follow(40.0)
    made.feed(Remote(made.at_s, Verb.SLOWER, ticket=8))
    answer = made.progress.answer
    assert answer is not None
    assert (answer.done, answer.why, made.session.wish.target_kmh) == (False, LOWEST, 0.8)
