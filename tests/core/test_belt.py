from __future__ import annotations

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.belt import Belt, observe
from coach.core.event import Event, Heard, LinkFound, LinkLost, Slept, Tick
from coach.core.machine import MachineProfile, Reported
from coach.core.sent import Sent
from coach.core.workout import Facing
from tests.core.build import (
    BACKWARD,
    DATA,
    FORWARD,
    NOW_S,
    POINT,
    STATUS,
    UNKNOWN,
    answer,
    belt,
    data,
    h,
    profile,
    sent,
    status,
)

TESTED = profile()
SILENT = profile(silent_when_stopped=True)


def seen(now: Belt, *events: Event, here: MachineProfile = TESTED, told: Sent | None = None) -> Belt:
    """What is known after some events."""
    for event in events:
        now = observe(here, now, told or sent(), event)
    return now


def zeros(seconds: float, *, every_s: float = 0.5, from_s: float = 0.5) -> list[Event]:
    """Reports of 0, the first after half a second."""
    count = int((seconds - from_s) / every_s + 1e-6) + 1
    return [data(NOW_S + from_s + index * every_s, 0.0) for index in range(count)]


# STILL, by zero.


@pytest.mark.parametrize(("seconds", "still"), [(0.5, False), (2.0, False), (2.5, True), (9.0, True)])
def test_a_belt_is_still_after_two_seconds_of_zero(seconds: float, still: bool) -> None:
    assert seen(belt(0.8), *zeros(seconds)).still is still


@pytest.mark.parametrize(("seconds", "still"), [(3.0, False), (3.5, True)])
def test_where_stray_zeros_are_known_it_takes_three_seconds(seconds: float, still: bool) -> None:
    assert seen(belt(0.8), *zeros(seconds), here=profile(stray_zeros=True)).still is still


@pytest.mark.parametrize("kmh", [0.01, 0.8, 8.0])
def test_a_report_between_zeros_begins_anew(kmh: float) -> None:
    events = [*zeros(2.0), data(NOW_S + 2.3, kmh), data(NOW_S + 2.5, 0.0), data(NOW_S + 4.4, 0.0)]
    assert not seen(belt(0.8), *events).still


@pytest.mark.parametrize(("seconds", "still"), [(11.5, False), (12.0, True)])
def test_a_belt_that_was_told_to_stop_is_not_still_before_its_stop_time(seconds: float, still: bool) -> None:
    told = sent(6.0, stop_at_s=NOW_S, stop_from_kmh=6.0)  # 6.0 / 0.5 = 12 s
    assert seen(belt(6.0), *zeros(seconds), told=told).still is still


@pytest.mark.parametrize(("here", "after_s"), [(profile(reported=Reported.TARGET), 16.0), (MachineProfile(), 26.667)])
def test_zero_of_an_echo_or_of_an_unknown_machine_waits_for_the_ramp(here: MachineProfile, after_s: float) -> None:
    before, after = int(after_s), int(after_s) + 2
    assert not seen(belt(8.0), *zeros(before), here=here).still
    assert seen(belt(8.0), *zeros(after), here=here).still


def test_one_zero_and_silence_is_not_still() -> None:
    ticks = [Tick(NOW_S + 0.5 + index / 2) for index in range(1, 20)]
    assert not seen(belt(8.0), data(NOW_S + 0.5, 0.0), *ticks).still


@pytest.mark.parametrize(("kmh", "still"), [(0.05, True), (0.06, False), (3.0, False)])
def test_a_still_belt_that_moves_is_not_still(kmh: float, still: bool) -> None:
    assert seen(belt(0.0), data(NOW_S + 0.5, kmh)).still is still


@pytest.mark.parametrize("event", [LinkLost(NOW_S + 1), Slept(NOW_S + 1, 9.0)])
def test_nothing_is_known_of_a_belt_without_a_link(event: Event) -> None:
    lost = seen(belt(0.0), event)
    assert (lost.link, lost.still, lost.kmh, lost.zero_at_s) == (False, False, None, None)
    assert not seen(lost, *zeros(20.0, from_s=2.0)[:0], Tick(NOW_S + 60)).still


def test_after_a_reconnect_standing_is_found_out_anew() -> None:
    back = seen(belt(0.0), LinkLost(NOW_S + 1), LinkFound(NOW_S + 2), data(NOW_S + 2.5, 0.0))
    assert not back.still
    assert seen(back, data(NOW_S + 3, 0.0), data(NOW_S + 4.5, 0.0)).still


# STILL, by silence.


@pytest.mark.parametrize(("seconds", "still"), [(7.9, False), (8.0, True), (30.0, True)])
def test_a_machine_that_falls_silent_stands_after_its_stop_time_and_silence(seconds: float, still: bool) -> None:
    told = sent(0.8, stop_at_s=NOW_S, stop_from_kmh=2.5)  # 5 s, and 3 s
    now = seen(belt(2.5), data(NOW_S + 1, 2.0), here=SILENT, told=told)
    after = seen(now, Tick(NOW_S + seconds), here=SILENT, told=told)
    assert (after.still, after.still_by_silence) == (still, still)


@pytest.mark.parametrize(("heard_s", "still"), [(3.1, False), (3.0, True)])
def test_silence_means_five_seconds_without_a_word(heard_s: float, still: bool) -> None:
    told = sent(0.8, stop_at_s=NOW_S, stop_from_kmh=0.8)
    now = seen(belt(0.8), data(NOW_S + heard_s, 0.5), Tick(NOW_S + 8.0), here=SILENT, told=told)
    assert now.still is still


def test_silence_without_a_stop_of_ours_is_not_standing() -> None:
    assert not seen(belt(2.0), Tick(NOW_S + 60), here=SILENT).still


def test_silence_of_a_machine_that_should_speak_is_not_standing() -> None:
    told = sent(0.8, stop_at_s=NOW_S, stop_from_kmh=0.8)
    assert not seen(belt(2.0), Tick(NOW_S + 60), told=told).still


# Stale.


@pytest.mark.parametrize(
    ("facing", "period_s", "limit_s"),
    [
        (FORWARD, 0.5, 3.0),
        (FORWARD, 0.75, 3.0),
        (FORWARD, 1.0, 4.0),
        (BACKWARD, 0.5, 2.0),
        (BACKWARD, 1.0, 3.0),
        (UNKNOWN, 0.5, 2.0),
        (UNKNOWN, 1.0, 3.0),
    ],
)
def test_the_limit_of_silence_is_by_facing_and_period(facing: Facing, period_s: float, limit_s: float) -> None:
    now = belt(3.0, period_s=period_s)
    assert now.silence(NOW_S + limit_s - 0.01, facing, sent()) < 1
    assert now.silence(NOW_S + limit_s, facing, sent()) == 1
    assert now.silence(NOW_S + 2 * limit_s, facing, sent()) == 2


def test_the_period_is_the_median_so_that_one_gap_changes_nothing() -> None:
    events = [data(NOW_S + index, 3.0) for index in range(1, 10)]
    assert seen(belt(3.0), *events).period_s == 1.0
    assert seen(belt(3.0), *events, data(NOW_S + 20, 3.0)).period_s == 1.0


def test_silence_does_not_count_while_the_belt_stands_or_stops_as_told() -> None:
    late_s = NOW_S + 60
    accepted = sent(3.0, stop_at_s=NOW_S, stop_accepted=True)
    assert belt(0.0).silence(late_s, BACKWARD, sent()) == 0
    assert belt(3.0).silence(late_s, BACKWARD, accepted) == 0
    assert belt(3.0).silence(late_s, BACKWARD, sent(3.0, stop_at_s=NOW_S, stop_accepted=False)) > 2
    assert belt(3.0, link=False).silence(late_s, BACKWARD, sent()) == 0


def test_a_link_that_is_back_is_not_stale_at_once() -> None:
    now = seen(belt(3.0), LinkLost(NOW_S + 1), LinkFound(NOW_S + 30))
    assert now.silence(NOW_S + 31, BACKWARD, sent()) == 0.5


# What is read.


def test_damaged_frames_are_counted_and_otherwise_nothing() -> None:
    now = seen(belt(3.0), Heard(NOW_S + 1, DATA, b""), Heard(NOW_S + 2, STATUS, b""), Heard(NOW_S + 3, POINT, b"\x80"))
    assert (now.kmh, now.heard_at_s, now.damaged) == (3.0, NOW_S, 3)


def test_a_record_in_two_parts_is_one() -> None:
    first, second = Heard(NOW_S + 1, DATA, h("05 00 0a 00 00")), Heard(NOW_S + 1.1, DATA, h("00 04 2c 01 00 00"))
    now = seen(belt(8.0), first, second)
    assert (now.kmh, now.counter_m, now.heard_at_s) == (3.0, 10, NOW_S + 1.1)


def test_parts_without_a_speed_are_no_sign_of_life() -> None:
    parts = [Heard(NOW_S + second, DATA, h("05 00 01 00 00")) for second in range(1, 11)]
    assert seen(belt(4.0), *parts).silence(NOW_S + 10, BACKWARD, sent(4.0)) >= 2


def test_status_and_answer_are_kept_with_their_instants() -> None:
    now = seen(belt(3.0), status(NOW_S + 1, "03"), answer(NOW_S + 2, 8))
    assert now.status is not None
    assert now.response is not None
    assert (now.status.event, now.status_at_s, now.response.op, now.response_at_s) == (3, NOW_S + 1, 8, NOW_S + 2)


@pytest.mark.parametrize(
    ("ranges", "low", "high", "step", "creep"),
    [
        ("50 00 40 06 0a 00", 0.8, 16.0, 0.1, 0.8),
        ("64 00 58 02 32 00", 1.0, 6.0, 0.5, 1.0),
        ("a0 00 08 07 0a 00", 1.6, 18.0, 0.1, 1.6),
        ("1e 00 08 07 0a 00", 0.3, 18.0, 0.1, 0.8),
        ("32 00 e8 03 0a 00", 0.5, 10.0, 0.1, 0.8),
        ("50 00 40 06 00 00", 0.8, 16.0, 0.1, 0.8),  # a step of 0
        ("40 06 50 00 0a 00", 0.8, 16.0, 0.1, 0.8),  # inverted
        ("00 00 00 00 00 00", 0.8, 16.0, 0.1, 0.8),  # empty
    ],
)
def test_creep_is_the_lowest_speed_from_0_8_up(ranges: str, low: float, high: float, step: float, creep: float) -> None:
    now = seen(belt(0.0), Heard(NOW_S, 0x2AD4, h(ranges)))
    assert (now.speeds.low, now.speeds.high, now.speeds.step) == (low, high, step)
    assert now.creep_kmh == pytest.approx(creep)


@pytest.mark.parametrize(("asked_kmh", "set_kmh"), [(3.0, 3.0), (2.99, 2.5), (2.5, 2.5), (0.3, 1.0), (9.0, 6.0)])
def test_targets_are_snapped_down(asked_kmh: float, set_kmh: float) -> None:
    coarse = seen(belt(0.0), Heard(NOW_S, 0x2AD4, h("64 00 58 02 32 00")))
    assert coarse.speeds.snap(asked_kmh) == pytest.approx(set_kmh)


# The odometer.


def test_the_odometer_goes_on_when_the_counter_jumps_to_zero() -> None:
    events = [data(NOW_S + second, 3.6, 100 + second) for second in range(1, 11)]
    events += [data(NOW_S + 10 + second, 3.6, second) for second in range(1, 11)]
    assert seen(belt(3.6), *events).odometer_m == pytest.approx(20, abs=2)


def test_the_odometer_without_a_counter_is_the_integral_of_the_speed() -> None:
    events = [data(NOW_S + second, 7.2) for second in range(1, 11)]
    assert seen(belt(7.2), *events).odometer_m == pytest.approx(20, abs=0.5)


steps = st.lists(
    st.tuples(st.sampled_from((0.1, 0.5, 1.0, 5.0)), st.sampled_from((0.0, 0.8, 8.0, 22.0)), st.integers(0, 70000)),
    max_size=20,
)


@given(steps)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_odometer_never_goes_backward_whatever_the_counter_does(told: list[tuple[float, float, int]]) -> None:
    now, at_s = belt(8.0), NOW_S
    for gap_s, kmh, metres in told:
        at_s += gap_s
        before, now = now, seen(now, data(at_s, kmh, metres))
        assert now.odometer_m >= before.odometer_m
        assert now.odometer_m - before.odometer_m < inf
