from __future__ import annotations

import pytest

from coach.link.motion import Ramp, TrueBelt


def test_a_ramp_holds_its_goal() -> None:
    ramp = Ramp(10.0, 2.0, 8.0, 0.5)
    assert (ramp.end_s, ramp.value(10), ramp.value(16), ramp.value(22), ramp.value(99)) == (22, 2, 5, 8, 8)


def test_the_area_is_a_trapezium_and_then_a_rectangle() -> None:
    assert Ramp(0.0, 2.0, 8.0, 0.5).area(20) == (2 + 8) / 2 * 12 + 8 * 8


def test_distance_is_the_integral_of_speed() -> None:
    belt = TrueBelt(0.5, 0.25, 0.5)
    changes = [(5.0, 8.0), (11.0, 3.0), (40.0, 12.5), (41.0, 0.8), (60.0, 0.0), (90.0, 6.0)]
    integral_m, step_s = 0.0, 0.01
    for tick in range(12_000):
        at_s = tick * step_s
        while changes and changes[0][0] <= at_s:
            belt.head_for(changes.pop(0)[1], at_s)
        integral_m += belt.speed_kmh(at_s + step_s / 2) / 3.6 * step_s  # exact on a ramp, one step off at each bend
    assert belt.distance_m(120.0) == pytest.approx(integral_m, abs=0.01)


def test_only_a_belt_that_moves_counts_its_time() -> None:
    belt = TrueBelt(0.5, 0.5, 0.5)
    belt.head_for(2.0, 10.0)
    belt.head_for(0.0, 20.0)  # stands at 24
    assert belt.moved_s(30.0) == 14.0
    belt.head_for(1.0, 40.0)
    assert belt.moved_s(45.0) == 19.0


def test_a_belt_remembers_how_fast_it_was() -> None:
    belt = TrueBelt(1.0, 1.0, 0.5, memory_s=2.0)
    belt.head_for(5.0, 10.0)
    belt.head_for(0.0, 13.0)
    belt.head_for(4.0, 14.0)
    assert [belt.speed_kmh(at_s) for at_s in (12.0, 13.0, 13.5, 14.0, 15.0)] == [2.0, 3.0, 2.5, 2.0, 3.0]


def test_a_quicker_stop_can_be_asked_for() -> None:
    belt = TrueBelt(1.0, 0.5, 0.5)
    belt.head_for(6.0, 0.0)
    belt.head_for(0.0, 10.0, at_least_kmh_s=3.0)
    assert belt.reached_s == 12.0


def test_the_incline_takes_its_time() -> None:
    belt = TrueBelt(1.0, 1.0, 0.5)
    belt.tilt(4.0, 0.0)
    belt.tilt(0.0, 4.0)
    assert [belt.incline_pct(at_s) for at_s in (4.0, 6.0, 9.0)] == [2.0, 1.0, 0.0]
