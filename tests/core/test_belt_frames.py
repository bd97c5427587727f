"""What single frames and single instants make of the belt: ranges, units, gaps, damage, and when it is not still."""

from __future__ import annotations

from math import inf

import pytest

from coach.core.belt import GAPS, STILL_S, observe
from coach.core.event import Heard, Tick
from coach.core.ftms import INCLINATION_RANGE, SPEED_RANGE
from coach.core.machine import MILES, UNKNOWN_INCLINE, Units
from coach.core.sent import Sent
from tests.core.build import DATA, NOW_S, belt, data, h, profile, sent

TESTED = profile()
SILENT = profile(silent_when_stopped=True)


@pytest.mark.parametrize(("step", "found"), [("0a 00", 1.0), ("05 00", 0.5), ("00 00", UNKNOWN_INCLINE.step)])
def test_the_step_of_inclines_is_the_machine_s_where_it_has_one(step: str, found: float) -> None:
    now = observe(TESTED, belt(8.0), sent(), Heard(NOW_S, INCLINATION_RANGE, h("00 00 64 00 " + step)))
    assert (now.inclines.low, now.inclines.high, now.inclines.step) == (0.0, 10.0, found)


def test_a_range_in_miles_is_a_range_in_miles() -> None:
    miles = belt(8.0, units=Units(target=MILES))
    now = observe(TESTED, miles, sent(), Heard(NOW_S, SPEED_RANGE, h("32 00 e8 03 0a 00")))
    found = (now.speeds.low, now.speeds.high, now.speeds.step)
    assert found == pytest.approx((0.5 * MILES, 10.0 * MILES, 0.1 * MILES))
    assert (now.raw_speeds.low, now.raw_speeds.high, now.raw_speeds.step) == (0.5, 10.0, 0.1)


def test_a_speed_in_miles_is_held_against_the_belt_in_kilometres() -> None:
    miles = belt(8.0, units=Units(report=MILES, agreed=True, measured=True))
    now = observe(TESTED, miles, sent(), data(NOW_S + 0.5, 5.0))
    assert (now.kmh, now.moved_kmh) == pytest.approx((5 * MILES, 5 * MILES))


def test_the_period_is_that_of_the_last_nine_gaps() -> None:
    now = belt(8.0)
    for number in range(1, 2 * GAPS):
        now = observe(TESTED, now, sent(), data(NOW_S + number, 8.0))
    assert now.gaps == (1.0,) * GAPS


@pytest.mark.parametrize(("value", "heard"), [("00 00 01", False), ("00 20 20 03", True)])
def test_a_damaged_frame_counts_once_and_is_heard_if_it_tells_the_speed(value: str, heard: bool) -> None:
    now = observe(TESTED, belt(8.0), sent(), Heard(NOW_S + 0.5, DATA, h(value)))
    assert now.damaged == 1
    assert (now.heard_at_s == NOW_S + 0.5) is heard
    assert now.kmh == 8.0


def test_a_report_that_differs_by_a_fiftieth_is_the_same() -> None:
    before = belt(0.0)
    assert observe(TESTED, before, sent(), data(NOW_S + 0.5, 0.02)).steady_at_s == before.steady_at_s
    assert observe(TESTED, before, sent(), data(NOW_S + 0.5, 0.03)).steady_at_s == NOW_S + 0.5


# STILL.


def test_a_silent_machine_stands_two_seconds_after_its_zero_by_the_clock() -> None:
    zero = observe(SILENT, belt(0.8), sent(), data(NOW_S + 0.5, 0.0))
    assert not observe(SILENT, zero, sent(), Tick(NOW_S + 0.4 + STILL_S)).still
    assert observe(SILENT, zero, sent(), Tick(NOW_S + 0.5 + STILL_S)).still


def test_a_belt_that_says_zero_is_not_still_by_silence() -> None:
    now = belt(0.8, still_by_silence=True)
    for number in range(1, 7):
        now = observe(TESTED, now, sent(), data(NOW_S + number / 2, 0.0))
    assert (now.still, now.still_by_silence) == (True, False)


def test_a_silent_machine_that_nobody_started_or_stopped_and_that_was_heard_moving_is_not_still() -> None:
    assert not observe(SILENT, belt(3.0), Sent(), Tick(NOW_S + 60.0)).still
    assert observe(SILENT, belt(None, heard_at_s=-inf), Sent(), Tick(NOW_S + 60.0)).still


def test_a_belt_that_stood_is_not_still_once_it_was_told_to_start_until_it_is_heard() -> None:
    told = sent(None, start_at_s=NOW_S)
    unheard = observe(TESTED, belt(0.0), told, Tick(NOW_S + 0.1))
    assert not unheard.still
    assert observe(TESTED, unheard, told, data(NOW_S + 0.5, 0.0)).still


def test_an_old_stop_that_is_done_keeps_no_belt_from_standing() -> None:
    done = sent(None, stop_at_s=NOW_S - 1.0, stop_from_kmh=8.0, stop_done=True)
    now = belt(0.8)
    for number in range(1, 7):
        now = observe(TESTED, now, done, data(NOW_S + number / 2, 0.0))
    assert now.still


def test_where_only_time_passes_the_belt_is_the_same_object() -> None:
    running = belt(8.0)
    assert observe(TESTED, running, sent(), Tick(NOW_S + 0.1)) is running
