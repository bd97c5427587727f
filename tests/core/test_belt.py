from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.core.belt import Belt, observe
from coach.core.event import Event, Heard, LinkFound, LinkLost, Slept, Tick
from coach.core.machine import UNKNOWN_INCLINE, MachineProfile, Range, Reported
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


def test_before_anything_was_heard_nothing_is_known() -> None:
    unknown = Belt()
    assert (unknown.link, unknown.still, unknown.still_by_silence, unknown.rests, unknown.moving) == (False,) * 5
    assert (unknown.link_at_s, unknown.heard_at_s, unknown.steady_at_s, unknown.stood_at_s) == (-inf,) * 4
    assert (unknown.moved_at_s, unknown.status_at_s, unknown.response_at_s) == (-inf,) * 3
    assert (unknown.moved_kmh, unknown.odometer_m, unknown.counter_from_m, unknown.damaged) == (0.0, 0.0, 0.0, 0)
    assert (unknown.gaps, unknown.period_s, unknown.creep_kmh) == ((), 0.5, 0.8)


@pytest.mark.parametrize(("kmh", "moves"), [(None, False), (0.0, False), (0.05, False), (0.06, True), (3.0, True)])
def test_a_belt_moves_when_it_says_more_than_one_at_rest_does(kmh: float | None, moves: bool) -> None:
    assert belt(kmh).moving is moves


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


@pytest.mark.parametrize("event", [LinkLost(NOW_S + 1), Slept(NOW_S + 1, 9.0)])
def test_a_link_is_down_from_then_on_and_half_a_record_is_dropped(event: Event) -> None:
    lost = seen(belt(8.0), Heard(NOW_S + 0.5, DATA, h("05 00 0a 00 00")), event)
    assert (lost.link_at_s, lost.pending) == (NOW_S + 1, None)


def test_a_link_is_up_from_then_on_and_nothing_of_the_old_one_counts() -> None:
    found = seen(belt(0.0), LinkFound(NOW_S + 1))
    assert (found.link, found.link_at_s, found.zero_at_s, found.gaps) == (True, NOW_S + 1, None, ())


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


# A Start or a Stop that nothing was heard of.


@pytest.mark.parametrize(
    ("start_s", "stop_s", "moved_s", "comes"),
    [
        (5.0, inf, 9.0, True),
        (5.0, inf, 5.0, False),
        (5.0, inf, 4.0, False),
        (5.0, 5.0, 9.0, False),
        (5.0, 6.0, 9.0, True),
    ],
)
def test_a_start_may_still_move_the_belt_until_motion_or_a_stop(
    start_s: float, stop_s: float, moved_s: float, comes: bool
) -> None:
    told = sent(None, start_at_s=NOW_S - start_s, stop_at_s=NOW_S - stop_s)
    assert belt(0.0, moved_at_s=NOW_S - moved_s).started(told) is comes


@pytest.mark.parametrize(
    ("start_s", "stop_s", "moved_s", "heard_s", "unheard"),
    [
        (5.0, inf, 9.0, 6.0, True),
        (5.0, inf, 9.0, 5.0, True),
        (5.0, inf, 9.0, 4.0, False),
        (5.0, 3.0, 9.0, 4.0, True),
        (5.0, 3.0, 9.0, 3.0, True),
        (5.0, 3.0, 9.0, 2.0, False),
        (5.0, 3.0, 4.5, 4.0, False),
        (5.0, 3.0, 5.0, 4.0, False),
        (5.0, 5.0, 9.0, 4.0, False),
        (inf, 3.0, inf, 4.0, False),
        (inf, inf, inf, inf, False),
    ],
)
def test_a_belt_is_unheard_until_it_speaks_after_our_start_or_the_stop_that_called_it_off(
    start_s: float, stop_s: float, moved_s: float, heard_s: float, unheard: bool
) -> None:
    now = belt(0.0, at_s=NOW_S - heard_s, moved_at_s=NOW_S - moved_s)
    told = sent(None, start_at_s=NOW_S - start_s, stop_at_s=NOW_S - stop_s)
    assert now.unheard(told) is unheard


@pytest.mark.parametrize(
    ("start_s", "moved_s", "comes"),
    [
        (15.0, 99.0, True),
        (15.1, 99.0, False),
        (14.0, 14.0, False),
        (14.0, 13.5, False),
        (inf, inf, False),
    ],
)
@pytest.mark.parametrize(
    ("returned", "accepted", "refused", "ago_s", "taken"),
    [
        (True, True, False, 0.0, True),
        (True, True, True, 9.0, False),  # code 4
        (True, False, True, 9.0, False),
        (True, False, False, 1.4, False),  # its answer is to come
        (True, False, False, 1.5, True),
        (False, False, False, 9.0, False),
    ],
)
def test_a_start_that_was_called_off_may_come_for_fifteen_seconds_where_its_stop_was_not_taken(
    start_s: float,
    moved_s: float,
    comes: bool,
    returned: bool,
    accepted: bool,
    refused: bool,
    ago_s: float,
    taken: bool,
) -> None:
    at_s = NOW_S + ago_s
    told = sent(None, start_at_s=at_s - start_s, stop_at_s=NOW_S, stop_returned=returned, stop_accepted=accepted)
    told = replace(told, stop_refused=refused)
    assert belt(0.0, moved_at_s=at_s - moved_s).comes(told, at_s) is (comes and not taken)


@pytest.mark.parametrize(
    ("text", "after_s", "comes"), [("02 01", 1.0, False), ("03", 1.0, False), ("04", 1.0, True), ("02 01", 0.0, True)]
)
def test_a_start_does_not_come_any_more_when_the_machine_has_said_since_that_it_stopped(
    text: str, after_s: float, comes: bool
) -> None:
    told = sent(None, start_at_s=NOW_S, stop_at_s=NOW_S + 1, stop_returned=False)
    said = observe(profile(), belt(0.0, moved_at_s=NOW_S - 50), told, status(NOW_S + after_s, text))
    assert said.comes(told, NOW_S + 3) is comes


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


def test_the_period_is_that_of_the_last_nine_gaps() -> None:
    at_s, now = NOW_S, belt(3.0)
    for gap_s in (2.0, 1.8, 1.6, 1.4, 1.2, 1.0, 0.8, 0.6, 0.4, 0.2):
        at_s += gap_s
        now = seen(now, data(at_s, 3.0))
    assert now.period_s == pytest.approx(1.0)


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


@pytest.mark.parametrize(("kmh", "heard"), [(18.0, True), (18.01, False), (60.0, False)])
def test_a_speed_that_no_belt_has_was_not_heard(kmh: float, heard: bool) -> None:
    now = seen(belt(3.0, speeds=Range(0.8, 10.0, 0.1)), data(NOW_S + 0.5, kmh))  # 10, which may be in miles, and 1
    assert (now.kmh, now.damaged) == ((kmh, 0) if heard else (3.0, 1))


def test_a_record_in_two_parts_is_one() -> None:
    first, second = Heard(NOW_S + 1, DATA, h("05 00 0a 00 00")), Heard(NOW_S + 1.1, DATA, h("00 04 2c 01 00 00"))
    now = seen(belt(8.0), first, second)
    assert (now.kmh, now.counter_m, now.heard_at_s) == (3.0, 10, NOW_S + 1.1)
    assert now.pending is None


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


@pytest.mark.parametrize(("kmh", "steady"), [(8.02, True), (7.98, True), (8.03, False), (7.97, False)])
def test_a_report_is_constant_within_a_fiftieth(kmh: float, steady: bool) -> None:
    assert seen(belt(8.0), data(NOW_S + 0.5, kmh)).steady_at_s == (NOW_S - 60 if steady else NOW_S + 0.5)


def test_the_first_report_of_a_link_is_constant_from_then_on() -> None:
    assert seen(belt(None, link_at_s=NOW_S), data(NOW_S + 0.5, 8.0)).steady_at_s == NOW_S + 0.5


@pytest.mark.parametrize(
    ("kmh", "moved_kmh", "moved_s"), [(3.5, 3.5, 0.5), (0.06, 0.06, 0.5), (0.05, 0.05, 0.0), (0.0, 3.0, 0.0)]
)
def test_the_last_motion_is_kept_with_its_instant(kmh: float, moved_kmh: float, moved_s: float) -> None:
    now = seen(belt(3.0), data(NOW_S + 0.5, kmh))
    assert (now.moved_kmh, now.moved_at_s, now.rests) == (moved_kmh, NOW_S + moved_s, kmh == 0)


def test_the_last_standstill_is_kept_with_its_instant() -> None:
    now = seen(belt(3.0), data(NOW_S + 0.5, 0.0), data(NOW_S + 1, 0.0))
    assert (now.zero_at_s, now.stood_at_s, now.rests) == (NOW_S + 0.5, NOW_S + 1, True)
    now = seen(now, data(NOW_S + 1.5, 0.01))
    assert (now.zero_at_s, now.stood_at_s, now.rests) == (None, NOW_S + 1, False)


def test_the_incline_is_what_was_told_last_by_a_machine_that_tells_its_own() -> None:
    now = seen(belt(3.0, incline_pct=1.0), data(NOW_S + 0.5, 3.0, None, 2.0))
    assert (now.incline_pct, seen(now, data(NOW_S + 1, 3.0)).incline_pct) == (2.0, 2.0)
    echoes = replace(TESTED, incline_reported=False)
    assert seen(belt(3.0, incline_pct=1.0), data(NOW_S + 0.5, 3.0, None, 2.0), here=echoes).incline_pct == 1.0


@pytest.mark.parametrize(
    ("text", "low", "high", "step", "damaged"),
    [("00 00 78 00 05 00", 0.0, 12.0, 0.5, 0), ("78 00 78 00 05 00", 12.0, 12.0, 0.5, 0)],
)
def test_the_range_of_inclines_is_that_of_the_machine(
    text: str, low: float, high: float, step: float, damaged: int
) -> None:
    now = seen(belt(0.0), Heard(NOW_S, 0x2AD5, h(text)))
    assert (now.inclines.low, now.inclines.high, now.inclines.step, now.damaged) == (low, high, step, damaged)


def test_a_range_of_inclines_that_is_upside_down_is_damaged_and_one_without_a_step_has_the_usual() -> None:
    before = belt(0.0)
    upside = seen(before, Heard(NOW_S, 0x2AD5, h("78 00 00 00 05 00")))
    assert (upside.inclines, upside.damaged) == (before.inclines, 1)
    stepless = seen(before, Heard(NOW_S, 0x2AD5, h("00 00 78 00 00 00")))
    assert (stepless.inclines.step, stepless.damaged) == (UNKNOWN_INCLINE.step, 0)


# The odometer.


@pytest.mark.parametrize(("gap_s", "period_s", "metres"), [(1.0, 0.5, 2.0), (9.0, 0.5, 4.0), (9.0, 2.0, 8.0)])
def test_a_gap_counts_for_four_periods_and_four_seconds_at_most(gap_s: float, period_s: float, metres: float) -> None:
    now = seen(belt(7.2, period_s=period_s), data(NOW_S + gap_s, 7.2))
    assert now.odometer_m == pytest.approx(metres)


@pytest.mark.parametrize(("link_s", "metres", "gaps"), [(-0.1, 0.0, 0), (0.0, 2.0, 1), (5.0, 2.0, 1)])
def test_an_outage_is_no_period_and_no_way(link_s: float, metres: float, gaps: int) -> None:
    now = seen(replace(belt(7.2, link_at_s=NOW_S - link_s), gaps=()), data(NOW_S + 1, 7.2))
    assert now.odometer_m == pytest.approx(metres)
    assert len(now.gaps) == gaps


def test_the_odometer_is_held_within_a_metre_of_the_counter() -> None:
    now, metres = belt(3.6), []
    for second, counter in enumerate((100, 104, 104, 104, 104), 1):
        now = seen(now, data(NOW_S + second, 3.6, counter))
        metres.append(round(now.odometer_m, 6))
    assert metres == [1.0, 4.0, 5.0, 6.0, 6.0]
    assert (now.counter_m, seen(now, data(NOW_S + 6, 3.6)).counter_m) == (104, 104)


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
