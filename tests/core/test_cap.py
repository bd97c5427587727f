from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

import pytest

from coach.core.cap import cap_of, incline_of, soft_cap, soft_rule
from coach.core.guard import Guard
from coach.core.machine import Range
from coach.core.plan import Plan
from coach.core.trip import Action, Trip
from coach.core.wish import ON_BELT, Phase, Wish
from coach.core.workout import Facing, Level
from tests.core.build import (
    BACKWARD,
    FORWARD,
    NOW_S,
    UNKNOWN,
    backward,
    belt,
    dose,
    forward,
    forward_plan,
    guard,
    plan,
    profile,
    rear,
    rest,
    wish,
)

PLAN: Final = plan()


def cap(asked: Wish, green: Guard) -> tuple[float, str]:
    """The cap of a step, and its rule."""
    return cap_of(PLAN, green, dose(20.0), belt(3.0), asked, NOW_S)


def soft(asked: Wish, green: Guard, *, here: Plan = PLAN, cap_kmh: float = 16.0, run_s: float = 60.0) -> float:
    """What the first seconds leave of a cap."""
    return soft_cap(here, green, dose(run_s=run_s), belt(3.0), asked, cap_kmh, NOW_S)


# The heart.


@pytest.mark.parametrize("phase", list(Phase))
def test_what_a_heart_has_eased_holds_backward_in_its_row_while_somebody_may_be_on_the_belt(phase: Phase) -> None:
    eased = replace(guard(), ease_kmh=2.5, ease_row=1)
    assert cap(rear(phase), eased) == ((2.5, "heart") if phase in ON_BELT else (4.5, "level"))
    assert cap(rear(phase), replace(eased, ease_row=2)) == (4.5, "level")


@pytest.mark.parametrize(("row", "found"), [(0, (5.0, "heart")), (2, (16.0, "forward-limit"))])
def test_what_a_heart_has_eased_holds_forward_in_its_row(row: int, found: tuple[float, str]) -> None:
    assert cap(wish(row=row), replace(guard(), ease_kmh=5.0, ease_row=0)) == found


def test_the_rule_of_a_cap_is_told() -> None:
    lost = replace(guard(), heartless_at_s=NOW_S - 60)
    assert cap(rear(), lost) == (plan().caps.speed_kmh * 0.8, "no-heart")
    assert cap(wish(facing=UNKNOWN), guard()) == (0.8, "facing-unknown")
    assert cap(wish(), guard(stage=0)) == (0.8, "creep-first")
    assert cap(wish(), guard(stage=1)) == (1.8, "second-set-point")
    assert [soft_rule(wish(facing=facing)) for facing in (FORWARD, BACKWARD)] == ["after-start", "first-half-minute"]


# The first seconds.


@pytest.mark.parametrize("facing", [FORWARD, BACKWARD, UNKNOWN])
@pytest.mark.parametrize("guided", [True, False])
@pytest.mark.parametrize("does", [Action.NOTE, Action.PAUSE, Action.GUIDED, Action.STOP])
def test_on_the_way_to_a_guided_stop_nothing_is_above_creep(facing: Facing, guided: bool, does: Action) -> None:
    green = guard(latched=Trip.KEY, latched_action=does, latched_at_s=NOW_S)
    slow = guided or does is Action.GUIDED
    assert soft(wish(facing=facing, guided=guided), green, cap_kmh=4.0) == (0.8 if slow else 4.0)
    assert soft(wish(facing=facing, guided=guided), green, cap_kmh=0.5) == 0.5


@pytest.mark.parametrize(("since_s", "kmh"), [(0.0, 0.8), (4.9, 0.8), (5.0, 6.0), (60.0, 6.0)])
def test_after_a_standing_start_it_is_creep_for_five_seconds_until_something_faster_was_asked(
    since_s: float, kmh: float
) -> None:
    fresh = replace(guard(), motion_at_s=NOW_S - since_s, faster_at_s=inf)
    assert soft(wish(), fresh) == kmh
    assert soft(wish(), fresh, cap_kmh=0.5) == 0.5
    assert soft(wish(), replace(fresh, faster_at_s=NOW_S - 60), here=PLAN) == 16.0


@pytest.mark.parametrize(("motion_s", "faster_s", "turns", "alone"), [(14.9, 60.0, 16.0, 6.0), (15.0, 14.9, 6.0, 16.0)])
def test_the_gentle_seconds_count_from_motion_or_where_there_are_turns_from_the_first_faster_set_point(
    motion_s: float, faster_s: float, turns: float, alone: float
) -> None:
    fresh = replace(guard(), motion_at_s=NOW_S - motion_s, faster_at_s=NOW_S - faster_s)
    assert (soft(wish(), fresh), soft(wish(), fresh, here=forward_plan())) == (turns, alone)
    assert soft(wish(), fresh, cap_kmh=5.0) == 5.0


@pytest.mark.parametrize(("left_s", "kmh"), [(0.1, 4.5), (0.0, 16.0), (-inf, 16.0)])
def test_a_facing_that_a_press_confirmed_stays_under_the_backward_cap_for_a_while(left_s: float, kmh: float) -> None:
    asked = replace(wish(), careful_until_s=NOW_S + left_s)
    assert soft(asked, guard()) == kmh
    assert soft(asked, guard(), cap_kmh=3.0) == 3.0


@pytest.mark.parametrize(("run_s", "kmh"), [(29.9, 2.7), (30.0, 4.5)])
def test_the_first_block_begins_at_sixty_percent_of_its_fastest(run_s: float, kmh: float) -> None:
    target = backward().target
    assert target is not None
    for speeds in ((4.5, None), (2.0, 4.5), (4.5, 2.0)):
        row = replace(backward(), target=replace(target, speed_kmh=speeds[0], end_kmh=speeds[1]))
        here = plan(forward(), row, forward(180.0, 4.0))
        assert soft(rear(), guard(), here=here, cap_kmh=4.5, run_s=run_s) == pytest.approx(kmh)
        assert soft(rear(), guard(), here=here, cap_kmh=2.0, run_s=run_s) == 2.0


def test_the_first_block_begins_at_creep_at_least_and_a_rest_and_the_end_have_no_first_half_minute() -> None:
    here = plan(forward(), backward(kmh=1.2), rest(60.0, BACKWARD), forward(180.0, 4.0))
    asked = [soft(replace(rear(), row=row), guard(), here=here, cap_kmh=4.5, run_s=0.0) for row in (1, 2, 4, 5)]
    assert asked == [0.8, 4.5, 4.5, 4.5]
    assert soft(replace(rear(), row=1, facing=UNKNOWN), guard(), here=here, cap_kmh=4.5, run_s=0.0) == 4.5


# The incline.


@pytest.mark.parametrize(
    ("level", "asked_pct", "pct"),
    [
        (Level.INTERMEDIATE, 0.0, 0.2),
        (Level.INTERMEDIATE, 0.1, 0.2),
        (Level.INTERMEDIATE, 0.6, 0.6),
        (Level.INTERMEDIATE, 9.0, 3.0),
        (Level.BEGINNER, 0.0, None),
    ],
)
def test_an_incline_between_two_steps_is_never_negative_backward_nor_above_the_cap(
    level: Level, asked_pct: float, pct: float | None
) -> None:
    asked = replace(rear(), incline_pct=asked_pct)
    found = incline_of(plan(level=level), belt(3.0, inclines=Range(-1.0, 10.0, 0.4)), asked)
    assert found == (None if pct is None else pytest.approx(pct))


def test_no_incline_is_asked_where_none_is_wished_or_the_machine_has_none() -> None:
    now, none = belt(3.0, inclines=Range(0.0, 12.0, 0.5)), plan(machine=profile(incline_control=False))
    assert incline_of(PLAN, now, wish(incline_pct=2.0)) == 2.0
    assert incline_of(PLAN, now, wish()) is None
    assert incline_of(none, now, wish(incline_pct=2.0)) is None
