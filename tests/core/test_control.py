from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

import pytest

from coach.core.belt import observe
from coach.core.control import Control, drive
from coach.core.event import Event, LinkFound, LinkLost, Returned, Slept, Tick
from coach.core.ftms import Op
from coach.core.machine import MILES, Ack, Preamble, Units
from coach.core.safety import Permit
from tests.core.build import (
    BACKWARD,
    CONTROL,
    FORWARD,
    NOW_S,
    PAUSE,
    START,
    STOP,
    UNKNOWN,
    answer,
    belt,
    permit,
    profile,
    sent,
    target_bytes,
)

HERE: Final = profile()
LATER_S: Final = NOW_S + 1


def idle(target_kmh: float | None = 8.0, *, at_s: float = NOW_S - 60) -> Control:
    """Nothing under way; the last set-point was written a minute ago."""
    return Control(sent=sent(target_kmh, at_s=at_s), starts=1, wanted=False, written_at_s=at_s)


def busy(op: Op, for_s: float, *, returned: bool = True, target_kmh: float | None = 8.0) -> Control:
    """A write left so long ago and is not answered."""
    at_s = NOW_S - for_s
    made = replace(idle(target_kmh), busy=op, busy_at_s=at_s, written_at_s=at_s, returned=returned)
    return replace(made, unreturned=() if returned else (op,))


def written(control: Control, allowed: Permit, kmh: float = 8.0, event: Event | None = None) -> tuple[bytes, ...]:
    """What leaves now."""
    return drive(HERE, control, allowed, belt(kmh), event or Tick(NOW_S))[1]


def heard(control: Control, allowed: Permit, event: Event, kmh: float = 8.0) -> tuple[Control, tuple[bytes, ...]]:
    """What comes of something that the machine says: the belt hears it first."""
    return drive(HERE, control, allowed, observe(HERE, belt(kmh), control.sent, event), event)


def test_nothing_is_written_when_what_holds_is_what_was_sent() -> None:
    assert written(idle(8.0), permit(8.0)) == ()


def test_a_set_point_is_the_difference_to_the_last() -> None:
    assert written(idle(8.0), permit(8.1)) == (target_bytes(8.1),)


def test_nothing_permitted_is_nothing_written() -> None:
    assert written(idle(8.0), permit(None)) == ()


@pytest.mark.parametrize(("kmh", "text"), [(8.2, "023403"), (2.3, "02e600"), (9.2, "029803"), (0.8, "025000")])
def test_speeds_are_rounded_at_the_wire_and_not_cut(kmh: float, text: str) -> None:
    assert written(idle(5.0), permit(kmh), 5.0) == (bytes.fromhex(text),)


@pytest.mark.parametrize(("unit", "kmh", "text"), [(MILES, 8.04672, "02f401"), (1.0, 8.0, "022003")])
def test_a_set_point_is_sent_in_the_unit_of_the_machine(unit: float, kmh: float, text: str) -> None:
    now = belt(5.0, units=Units(target=unit, measured=True))
    assert drive(HERE, idle(5.0), permit(kmh), now, Tick(NOW_S))[1] == (bytes.fromhex(text),)


def test_control_is_asked_for_first() -> None:
    fresh = replace(idle(8.0), wanted=True)
    control, first = drive(HERE, fresh, permit(9.0), belt(8.0), Tick(NOW_S))
    assert first == (CONTROL,)
    control, _ = drive(HERE, control, permit(9.0), belt(8.0), Returned(NOW_S + 0.05, ok=True))
    assert heard(control, permit(9.0), answer(NOW_S + 0.5, 0))[1] == (target_bytes(9.0),)


@pytest.mark.parametrize(("since_s", "writes"), [(0.39, ()), (0.4, (target_bytes(8.1),)), (0.41, (target_bytes(8.1),))])
def test_there_is_a_gap_between_writes(since_s: float, writes: tuple[bytes, ...]) -> None:
    assert written(replace(idle(8.0), written_at_s=NOW_S - since_s), permit(8.1)) == writes


@pytest.mark.parametrize("op", [Op.REQUEST_CONTROL, Op.TARGET_SPEED, Op.TARGET_INCLINATION, Op.START, Op.STOP])
@pytest.mark.parametrize("for_s", [0.0, 0.01, 0.5, 40.0])
@pytest.mark.parametrize("returned", [True, False])
def test_a_stop_waits_for_nothing(op: Op, for_s: float, returned: bool) -> None:
    assert written(busy(op, for_s, returned=returned), permit(8.0, stop=1)) == (STOP,)


def test_a_stop_is_written_once_for_each_time_it_is_wished() -> None:
    control, _ = drive(HERE, idle(), permit(8.0, stop=1), belt(8.0), Tick(NOW_S))
    assert drive(HERE, control, permit(None, stop=1), belt(7.9), Tick(NOW_S + 0.5))[1] == ()
    assert drive(HERE, control, permit(None, stop=2), belt(7.9), Tick(NOW_S + 2))[1] == (STOP,)


def test_a_stop_is_noted_with_its_instant_and_its_speed() -> None:
    control, _ = drive(HERE, idle(), permit(8.0, stop=1), belt(7.5), Tick(NOW_S))
    told = control.sent
    assert (told.stop_at_s, told.stop_from_kmh, told.stop_returned, told.stop_accepted) == (NOW_S, 7.5, False, False)
    assert told.stopping


def test_a_second_stop_does_not_move_the_instant_of_the_first() -> None:
    control, _ = drive(HERE, idle(), permit(8.0, stop=1), belt(7.5), Tick(NOW_S))
    control, _ = drive(HERE, control, permit(None, stop=2), belt(7.4), Tick(NOW_S + 2))
    assert (control.sent.stop_at_s, control.sent.stop_from_kmh) == (NOW_S, 7.5)


def test_a_stop_is_never_written_to_a_belt_that_stands() -> None:
    stood = replace(idle(None), sent=sent(None, stop_at_s=NOW_S - 60, stop_done=True))
    control, writes = drive(HERE, stood, permit(None, stop=1), belt(0.0), Tick(NOW_S))
    assert (writes, control.stops) == ((), 1)


def test_a_stop_cancels_a_start_that_has_not_moved_the_belt_yet() -> None:
    starting = replace(idle(None), sent=sent(None, start_at_s=NOW_S - 2, stop_at_s=NOW_S - 90, stop_done=True))
    assert drive(HERE, starting, permit(None, stop=1), belt(0.0), Tick(NOW_S))[1] == (STOP,)


def test_a_stop_that_came_back_with_an_error_is_written_again() -> None:
    control, _ = drive(HERE, idle(), permit(8.0, stop=1), belt(8.0), Tick(NOW_S))
    control, soon = drive(HERE, control, permit(None, stop=1), belt(8.0), Returned(NOW_S + 0.05, ok=False))
    control, later = drive(HERE, control, permit(None, stop=1), belt(8.0), Tick(NOW_S + 0.45))
    assert (soon, later) == ((), (STOP,))


def test_a_stop_that_came_back_well_is_not_written_again() -> None:
    control, _ = drive(HERE, idle(), permit(8.0, stop=1), belt(8.0), Tick(NOW_S))
    control, _ = drive(HERE, control, permit(None, stop=1), belt(8.0), Returned(NOW_S + 0.05, ok=True))
    assert drive(HERE, control, permit(None, stop=1), belt(8.0), Tick(NOW_S + 2))[1] == ()
    assert control.sent.stop_returned


@pytest.mark.parametrize("event", [LinkLost(NOW_S), Slept(NOW_S, 9.0), Tick(NOW_S)])
def test_nothing_is_written_without_a_link(event: Event) -> None:
    control, writes = drive(HERE, idle(), permit(9.0, stop=1), belt(None, link=False), event)
    assert (writes, control.stops) == ((), 0)


def test_a_stop_that_waited_for_the_link_leaves_when_it_is_back() -> None:
    now = belt(None, link_at_s=NOW_S)
    assert drive(HERE, idle(), permit(None, stop=1), now, LinkFound(NOW_S))[1] == (STOP,)


@pytest.mark.parametrize(("back_s", "writes"), [(1.99, ()), (2.0, (target_bytes(9.0),))])
def test_after_the_link_came_back_there_are_two_seconds_of_reading(back_s: float, writes: tuple[bytes, ...]) -> None:
    now = belt(8.0, link_at_s=NOW_S - back_s)
    assert drive(HERE, idle(), permit(9.0), now, Tick(NOW_S))[1] == writes


def test_a_link_that_comes_back_asks_for_control_again() -> None:
    control, _ = drive(HERE, idle(), permit(8.0), belt(8.0, link_at_s=NOW_S), LinkFound(NOW_S))
    assert drive(HERE, control, permit(8.0), belt(8.0, link_at_s=NOW_S), Tick(NOW_S + 2))[1] == (CONTROL,)


# Start.


def ready() -> Control:
    """The belt stands after a Stop of ours."""
    return replace(idle(None), sent=sent(None, stop_at_s=NOW_S - 60, stop_done=True))


def test_a_start_is_written_once() -> None:
    control, first = drive(HERE, ready(), permit(None, UNKNOWN, start=2, starting=True), belt(0.0), Tick(NOW_S))
    again = drive(HERE, control, permit(None, UNKNOWN, start=2, starting=True), belt(0.0), Tick(NOW_S + 0.5))[1]
    assert (first, again, control.sent.start_at_s) == ((START,), (), NOW_S)


def test_a_start_forgets_the_set_point_and_the_incline_of_before() -> None:
    before = replace(ready(), sent=replace(ready().sent, target_kmh=8.0, incline_pct=2.0))
    control, _ = drive(HERE, before, permit(None, UNKNOWN, start=2, starting=True), belt(0.0), Tick(NOW_S))
    assert (control.sent.target_kmh, control.sent.incline_pct) == (None, None)


@pytest.mark.parametrize("kmh", [0.1, 0.3, 3.0])
def test_a_start_is_never_written_to_a_belt_that_is_not_still(kmh: float) -> None:
    moving = belt(kmh, still=False)
    assert drive(HERE, ready(), permit(None, UNKNOWN, start=2, starting=True), moving, Tick(NOW_S))[1] == ()


def test_a_start_that_may_not_be_written_now_is_gone() -> None:
    control, _ = drive(HERE, ready(), permit(None, UNKNOWN, start=2, starting=False), belt(0.0), Tick(NOW_S))
    later = permit(None, UNKNOWN, start=2, starting=True)
    assert drive(HERE, control, later, belt(0.0), Tick(NOW_S + 5))[1] == ()


def test_a_start_is_not_written_on_a_deaf_machine() -> None:
    deaf = replace(ready(), deaf=True)
    assert drive(HERE, deaf, permit(None, UNKNOWN, start=2, starting=True), belt(0.0), Tick(NOW_S))[1] == ()


# Answers.


def test_a_rise_waits_for_the_answer_to_the_write_before() -> None:
    under_way = busy(Op.TARGET_INCLINATION, 5.0)
    assert written(under_way, permit(9.0)) == ()
    control, writes = heard(under_way, permit(9.0), answer(NOW_S, 3))
    assert writes == (target_bytes(9.0),)
    assert control.busy is Op.TARGET_SPEED


@pytest.mark.parametrize(("for_s", "writes"), [(0.99, ()), (1.0, (target_bytes(7.0),))])
@pytest.mark.parametrize("op", [Op.START, Op.TARGET_INCLINATION])
def test_a_lower_target_waits_a_second_at_most(op: Op, for_s: float, writes: tuple[bytes, ...]) -> None:
    assert written(busy(op, for_s), permit(7.0)) == writes


def test_telemetry_that_agrees_is_an_answer() -> None:
    assert written(busy(Op.TARGET_SPEED, 0.61), permit(9.0), 8.0) == (target_bytes(9.0),)
    assert written(busy(Op.TARGET_SPEED, 0.5), permit(9.0), 8.0) == ()
    assert written(busy(Op.TARGET_SPEED, 5.0), permit(9.0), 7.8) == ()
    assert written(busy(Op.TARGET_SPEED, 5.0, returned=False), permit(9.0), 8.0) == ()


@pytest.mark.parametrize(("for_s", "deaf"), [(29.9, False), (30.0, True)])
def test_half_a_minute_without_an_answer_is_deaf(for_s: float, deaf: bool) -> None:
    control, _ = drive(HERE, busy(Op.TARGET_INCLINATION, for_s), permit(8.0), belt(8.0), Tick(NOW_S))
    assert control.deaf is deaf


def test_a_deaf_machine_gets_lower_targets_and_stop_only() -> None:
    deaf = replace(idle(8.0), deaf=True)
    assert written(deaf, permit(9.0)) == ()
    assert written(deaf, permit(8.0, incline_pct=1.0)) == ()
    assert written(deaf, permit(7.0)) == (target_bytes(7.0),)
    assert written(deaf, permit(7.0, stop=1)) == (STOP,)


def test_an_answer_makes_a_machine_heard_again() -> None:
    deaf = replace(busy(Op.TARGET_SPEED, 31.0), deaf=True)
    assert heard(deaf, permit(8.0), answer(NOW_S, 2))[0].deaf is False


@pytest.mark.parametrize("ack", [Ack.STATUS, Ack.TELEMETRY])
def test_a_machine_that_does_not_indicate_has_answered_when_the_write_returns(ack: Ack) -> None:
    control, _ = drive(profile(ack=ack), idle(8.0), permit(9.0), belt(8.0), Tick(NOW_S))
    assert control.busy is Op.TARGET_SPEED
    assert drive(profile(ack=ack), control, permit(9.0), belt(8.0), Returned(NOW_S + 0.1, ok=True))[0].busy is None


def test_control_that_the_machine_says_we_do_not_have_is_asked_for_again() -> None:
    assert heard(busy(Op.TARGET_SPEED, 0.5), permit(8.0), answer(NOW_S, 2, 5))[1] == (CONTROL,)


@pytest.mark.parametrize(("since_s", "writes"), [(4.9, ()), (5.0, (CONTROL,))])
def test_control_is_asked_for_every_five_seconds_at_most(since_s: float, writes: tuple[bytes, ...]) -> None:
    assert written(replace(idle(), wanted=True, asked_at_s=NOW_S - since_s), permit(8.0)) == writes


# What is written again.


@pytest.mark.parametrize(("since_s", "writes"), [(0.99, ()), (1.0, (target_bytes(5.0),)), (9.0, (target_bytes(5.0),))])
def test_a_lower_target_that_is_not_followed_is_written_every_second(since_s: float, writes: tuple[bytes, ...]) -> None:
    assert written(idle(5.0, at_s=NOW_S - since_s), permit(5.0), 5.4) == writes


def test_a_lower_target_that_is_being_followed_is_left_alone() -> None:
    falling = belt(6.0, steady_at_s=NOW_S)
    assert drive(HERE, idle(5.0, at_s=NOW_S - 3), permit(5.0), falling, Tick(NOW_S))[1] == ()


@pytest.mark.parametrize(("kmh", "writes"), [(5.3, ()), (5.31, (target_bytes(5.0),)), (4.0, ())])
def test_a_report_within_the_tolerance_is_followed(kmh: float, writes: tuple[bytes, ...]) -> None:
    assert written(idle(5.0, at_s=NOW_S - 3), permit(5.0), kmh) == writes


def refused(target_kmh: float = 8.0) -> Control:
    """The machine said no to the last set-point."""
    return replace(idle(target_kmh, at_s=NOW_S - 3), refused=True)


def test_a_refused_rise_is_written_once_more_forward_with_every_guard_green() -> None:
    control, writes = drive(HERE, refused(), permit(8.0), belt(6.0), Tick(NOW_S))
    assert writes == (target_bytes(8.0),)
    still = replace(control, refused=True, busy=None)
    assert drive(HERE, still, permit(8.0), belt(6.0), Tick(NOW_S + 5))[1] == ()


def test_a_refused_rise_is_not_written_again_facing_the_rear_or_in_doubt() -> None:
    assert written(refused(), permit(8.0, BACKWARD), 6.0) == ()
    assert written(refused(), permit(8.0, UNKNOWN), 6.0) == ()
    assert written(refused(), permit(8.0, green=False), 6.0) == ()


def test_a_set_point_that_is_asked_for_again_is_written_again() -> None:
    control, writes = drive(HERE, idle(), permit(8.0, again=1), belt(8.0), Tick(NOW_S))
    assert writes == (target_bytes(8.0),)
    assert drive(HERE, replace(control, busy=None), permit(8.0, again=1), belt(8.0), Tick(NOW_S + 9))[1] == ()


@pytest.mark.parametrize(("since_s", "writes"), [(4.9, ()), (5.0, (target_bytes(0.8),))])
def test_after_a_stop_that_failed_the_lowest_speed_comes_every_five_seconds(
    since_s: float, writes: tuple[bytes, ...]
) -> None:
    assert written(idle(0.8, at_s=NOW_S - since_s), permit(0.8, UNKNOWN, urgent=True), 3.0) == writes


def test_pause_is_written_once() -> None:
    control, writes = drive(HERE, idle(0.8), permit(0.8, UNKNOWN, pause=1, urgent=True), belt(3.0), Tick(NOW_S))
    assert writes == (PAUSE,)
    again = permit(0.8, UNKNOWN, pause=1, urgent=True)
    assert PAUSE not in drive(HERE, replace(control, busy=None), again, belt(3.0), Tick(NOW_S + 1))[1]


# The incline.


def test_an_incline_is_written_once_and_after_the_speed() -> None:
    asked = permit(8.5, incline_pct=2.0)
    control, first = drive(HERE, idle(8.0), asked, belt(8.0, incline_pct=0.0), Tick(NOW_S))
    control, second = drive(HERE, replace(control, busy=None), asked, belt(8.0, incline_pct=0.0), Tick(LATER_S))
    third = drive(HERE, replace(control, busy=None), asked, belt(8.0, incline_pct=0.0), Tick(LATER_S + 1))[1]
    assert (first, second, third) == ((target_bytes(8.5),), (bytes.fromhex("031400"),), ())


def test_an_incline_that_the_machine_has_is_not_written() -> None:
    assert drive(HERE, idle(), permit(8.0, incline_pct=2.0), belt(8.0, incline_pct=2.0), Tick(NOW_S))[1] == ()


def test_an_incline_that_was_refused_is_not_written_again() -> None:
    control, _ = heard(busy(Op.TARGET_INCLINATION, 0.5), permit(8.0), answer(NOW_S, 3, 2))
    assert drive(HERE, control, permit(8.0, incline_pct=3.0), belt(8.0), Tick(LATER_S))[1] == ()


# Start before every target.


def test_a_machine_that_wants_a_start_before_each_target_gets_it_forward_only() -> None:
    wants = profile(preamble=Preamble.EVERY)
    control, first = drive(wants, idle(8.0), permit(9.0), belt(8.0), Tick(NOW_S))
    assert (first, control.starts, control.sent.start_at_s) == ((START,), 1, NOW_S - 300)
    assert drive(wants, replace(control, busy=None), permit(9.0), belt(8.0), Tick(LATER_S))[1] == (target_bytes(9.0),)
    for facing in (BACKWARD, UNKNOWN):
        assert drive(wants, idle(2.0), permit(2.1, facing), belt(2.0), Tick(NOW_S))[1] == (target_bytes(2.1),)
    assert drive(wants, idle(2.0), permit(2.1, FORWARD), belt(0.0), Tick(NOW_S))[1] == (target_bytes(2.1),)


# What is noted of a set-point.


def test_a_slowing_write_is_noted_with_the_report_of_then() -> None:
    told = drive(HERE, idle(8.0), permit(6.0), belt(8.0), Tick(NOW_S))[0].sent
    assert (told.target_kmh, told.before_kmh, told.target_at_s) == (6.0, 8.0, NOW_S)
    assert (told.slowed_at_s, told.slowed_from_kmh, told.ramp_until_s) == (NOW_S, 8.0, NOW_S + 2 / 0.5 + 2)


def test_of_slowing_writes_close_together_the_lowest_report_counts() -> None:
    control, _ = drive(HERE, idle(8.0), permit(7.0), belt(8.0), Tick(NOW_S))
    control = replace(control, busy=None)
    control, _ = drive(HERE, control, permit(6.0), belt(7.0), Tick(NOW_S + 2))
    assert control.sent.slowed_from_kmh == 7.0
    control = replace(control, busy=None)
    control, _ = drive(HERE, control, permit(5.0), belt(9.0), Tick(NOW_S + 4))
    assert control.sent.slowed_from_kmh == 7.0
    control = replace(control, busy=None)
    control, _ = drive(HERE, control, permit(4.0), belt(9.0), Tick(NOW_S + 9.5))
    assert control.sent.slowed_from_kmh == 9.0


def test_a_rising_write_is_no_slowing_write() -> None:
    assert drive(HERE, idle(8.0), permit(9.0), belt(8.0), Tick(NOW_S))[0].sent.slowed_at_s == -inf


def test_a_stop_is_over_when_the_belt_stands() -> None:
    control, _ = drive(HERE, idle(), permit(8.0, stop=1), belt(8.0), Tick(NOW_S))
    control, _ = drive(HERE, control, permit(None, stop=1), belt(0.0), Tick(NOW_S + 20))
    assert control.sent.stop_done
    assert not control.sent.stopping


@pytest.mark.parametrize(("for_s", "writes"), [(1.99, ()), (2.0, (target_bytes(9.0),))])
def test_control_that_is_never_granted_is_waited_for_two_seconds(for_s: float, writes: tuple[bytes, ...]) -> None:
    assert written(busy(Op.REQUEST_CONTROL, for_s), permit(9.0)) == writes
    assert written(busy(Op.REQUEST_CONTROL, for_s, returned=False), permit(9.0)) == ()


def test_writes_come_back_in_the_order_in_which_they_went_out() -> None:
    control, _ = drive(HERE, idle(8.0), permit(9.0), belt(8.0), Tick(NOW_S))
    control, _ = drive(HERE, control, permit(9.0, stop=1), belt(8.0), Tick(NOW_S + 0.01))
    assert control.unreturned == (Op.TARGET_SPEED, Op.STOP)
    control, _ = drive(HERE, control, permit(None, stop=1), belt(8.0), Returned(NOW_S + 0.05, ok=True))
    assert (control.unreturned, control.busy, control.sent.stop_returned) == ((Op.STOP,), Op.STOP, False)
    control, _ = drive(HERE, control, permit(None, stop=1), belt(8.0), Returned(NOW_S + 0.07, ok=True))
    assert (control.unreturned, control.returned, control.sent.stop_returned) == ((), True, True)


def test_the_answer_to_an_older_write_does_not_answer_the_newer() -> None:
    now = replace(busy(Op.TARGET_SPEED, 0.5), unreturned=())
    control, _ = heard(now, permit(8.0), answer(NOW_S, 3))
    assert (control.busy, control.sent.answered) == (Op.TARGET_SPEED, False)
    control, _ = heard(now, permit(8.0), answer(NOW_S, 2))
    assert (control.busy, control.sent.answered) == (None, True)


def test_a_first_write_is_a_request_for_control() -> None:
    assert drive(HERE, Control(), permit(None), belt(0.0), Tick(NOW_S))[1] == (CONTROL,)


def test_two_equal_writes_under_way_are_both_waited_for() -> None:
    now = replace(busy(Op.TARGET_SPEED, 1.5), unreturned=(Op.TARGET_SPEED, Op.TARGET_SPEED), returned=False)
    control, _ = drive(HERE, now, permit(8.0), belt(8.0), Returned(NOW_S, ok=True))
    assert (control.returned, control.unreturned) == (False, (Op.TARGET_SPEED,))
    control, _ = drive(HERE, control, permit(8.0), belt(8.0), Returned(NOW_S + 0.1, ok=True))
    assert (control.returned, control.unreturned) == (True, ())
