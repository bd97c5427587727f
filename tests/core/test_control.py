from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

import pytest

from coach.core.belt import Belt, observe
from coach.core.control import drive
from coach.core.event import Event, Heard, LinkFound, LinkLost, Returned, Slept, Tick
from coach.core.ftms import MachineStatus, Op, Status
from coach.core.machine import MILES, Ack, Preamble, Range, Units
from coach.core.procedure import Control
from coach.core.safety import Permit
from coach.core.sent import Sent
from coach.core.workout import Facing
from tests.core.build import (
    BACKWARD,
    CONTROL,
    FORWARD,
    NOW_S,
    PAUSE,
    POINT,
    START,
    STOP,
    UNKNOWN,
    answer,
    belt,
    data,
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


def test_no_pause_is_written_where_0_was_reported() -> None:
    """It is a key that goes on and off on some machines: there it would start the belt (safety.md 5)."""
    asked, stood = permit(0.8, UNKNOWN, pause=1, urgent=True), NOW_S - 0.5
    zero = replace(belt(0.0), still=False, zero_at_s=stood, moved_at_s=stood - 0.5, moved_kmh=1.0)
    control, writes = drive(HERE, idle(0.8), asked, zero, Tick(NOW_S))
    assert PAUSE not in writes
    assert drive(HERE, replace(control, busy=None), asked, belt(1.0), Tick(NOW_S + 1))[1] == (PAUSE,)


def test_pause_is_written_where_the_machine_said_that_it_was_started() -> None:
    """A Stop starts some machines: what they report while they count down is 0, and no rest."""
    asked, stopped = permit(0.8, UNKNOWN, pause=1, urgent=True), NOW_S - 1.0
    sent = replace(idle(0.8).sent, start_at_s=NOW_S - 9, stop_at_s=stopped, stop_accepted=True)
    zero = replace(belt(0.0), still=False, zero_at_s=stopped, link_at_s=NOW_S - 2, moved_at_s=NOW_S - 30)

    def paused(told: Status, at_s: float, *, still: bool = False) -> bool:
        now = replace(zero, status=MachineStatus(told), status_at_s=at_s, still=still)
        return PAUSE in drive(HERE, replace(idle(0.8), sent=sent), asked, now, Tick(NOW_S))[1]

    assert paused(Status.STARTED, stopped + 0.1)
    assert not paused(Status.STARTED, stopped)  # before the Stop
    assert not paused(Status.STARTED, stopped + 0.1, still=True)
    assert not paused(Status.STOPPED, stopped + 0.1)


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


# What a step leaves behind.


@pytest.mark.parametrize("start", [0, 1])
def test_where_nothing_is_due_control_stays_the_same_value(start: int) -> None:
    before = idle(8.0)
    assert drive(HERE, before, permit(8.0, start=start), belt(8.0), Tick(NOW_S))[0] is before


def test_a_write_is_noted_whole() -> None:
    before = replace(idle(8.0), busy=None, returned=True, refused=True, retried=True, writes=4)
    control, _ = drive(HERE, before, permit(9.0, again=3), belt(8.0), Tick(NOW_S))
    assert (control.busy, control.busy_at_s, control.written_at_s) == (Op.TARGET_SPEED, NOW_S, NOW_S)
    assert (control.unreturned, control.returned, control.sent.answered) == ((Op.TARGET_SPEED,), False, False)
    assert (control.writes, control.again, control.refused, control.retried) == (5, 3, False, False)


def test_a_set_point_that_is_written_again_is_a_retry_that_is_not_refused_yet() -> None:
    control, _ = drive(HERE, refused(), permit(8.0), belt(6.0), Tick(NOW_S))
    assert (control.retried, control.refused) == (True, False)


def test_a_stop_is_noted_whole() -> None:
    before = replace(busy(Op.TARGET_SPEED, 0.3), stop_failed=True, writes=4)
    before = replace(before, sent=replace(before.sent, stop_at_s=NOW_S - 400, stop_done=True, stop_accepted=True))
    control, _ = drive(HERE, before, permit(None, stop=1), belt(None), Tick(NOW_S))
    assert (control.busy, control.busy_at_s, control.written_at_s) == (Op.STOP, NOW_S, NOW_S)
    assert (control.returned, control.stop_failed, control.writes, control.stops) == (False, False, 5, 1)
    told = control.sent
    assert (told.stop_at_s, told.stop_from_kmh, told.stop_done, told.stop_accepted) == (NOW_S, 8.0, False, False)
    assert told.stop_unseen


def test_a_start_is_noted_whole_and_nothing_of_before_is_refused_any_more() -> None:
    before = replace(ready(), refused=True)
    control, _ = drive(HERE, before, permit(None, UNKNOWN, start=2, starting=True), belt(0.0), Tick(NOW_S))
    assert (control.starts, control.refused, control.busy) == (2, False, Op.START)


def test_the_first_yes_of_a_session_starts_the_belt() -> None:
    fresh = Control(wanted=False)
    assert fresh.writes == 0
    allowed = permit(None, UNKNOWN, start=1, starting=True)
    assert drive(HERE, fresh, allowed, belt(0.0), Tick(NOW_S))[1] == (START,)


def test_an_incline_is_noted_with_its_instant() -> None:
    told = drive(HERE, idle(), permit(8.0, incline_pct=2.0), belt(8.0, incline_pct=0.0), Tick(NOW_S))[0].sent
    assert (told.incline_pct, told.incline_at_s, told.answered) == (2.0, NOW_S, False)


def test_a_set_point_without_a_report_is_a_way_from_a_standing_belt() -> None:
    told = drive(HERE, idle(None), permit(0.8), belt(None), Tick(NOW_S))[0].sent
    assert told.ramp_until_s == NOW_S + 0.8 / 0.5 + 2


def test_a_set_point_is_rounded_once() -> None:
    assert written(idle(5.0), permit(1.1149), 5.0) == (bytes.fromhex("026f00"),)


def test_a_set_point_of_the_instant_of_the_start_is_not_written_again() -> None:
    told = sent(8.0, at_s=NOW_S - 60, start_at_s=NOW_S - 60)
    assert written(replace(idle(), sent=told), permit(8.0)) == ()
    assert written(replace(idle(), sent=replace(told, start_at_s=NOW_S - 59)), permit(8.0)) == (target_bytes(8.0),)


# The link.


@pytest.mark.parametrize("event", [LinkLost(NOW_S), LinkFound(NOW_S), Slept(NOW_S, 9.0)])
def test_a_link_that_was_away_begins_anew(event: Event) -> None:
    before = replace(busy(Op.START, 1.0, returned=False), returned=True, deaf=True, asked_at_s=NOW_S - 1)
    control, _ = drive(HERE, before, permit(None), belt(8.0, link_at_s=NOW_S), event)
    assert (control.busy, control.unreturned, control.returned) == (None, (), False)
    assert (control.wanted, control.asked_at_s, control.deaf) == (True, -inf, False)


def test_before_the_first_set_point_nobody_waits_for_two_seconds_of_reading() -> None:
    now = belt(0.0, link_at_s=NOW_S)
    control, writes = drive(HERE, Control(), permit(None), now, Tick(NOW_S))
    assert (writes, control.asked_at_s) == ((CONTROL,), NOW_S)


@pytest.mark.parametrize(
    ("since_s", "ask", "writes"),
    [(4.9, True, ()), (5.0, True, (CONTROL,)), (60.0, True, (CONTROL,)), (60.0, False, ())],
)
def test_control_that_is_to_be_asked_for_is_asked_for_every_five_seconds(
    since_s: float, ask: bool, writes: tuple[bytes, ...]
) -> None:
    before = replace(ready(), asked_at_s=NOW_S - since_s)
    asked = permit(None)._replace(ask_control=ask)
    control, found = drive(HERE, before, asked, belt(0.0), Tick(NOW_S))
    assert (found, control.wanted) == (writes, bool(writes))


@pytest.mark.parametrize(
    ("renew", "deaf", "renewals", "since_s", "asks"),
    [
        (True, True, 0, None, True),
        (True, True, 2, None, True),
        (True, True, 3, None, False),
        (True, True, 1, 59.9, False),
        (True, True, 1, 60.0, True),
        (False, True, 0, None, False),
        (True, False, 0, None, False),
    ],
    ids=["first", "third", "fourth", "asked", "a minute later", "not now", "heard"],
)
def test_a_new_link_is_asked_for_three_times_and_once_a_minute(
    renew: bool, deaf: bool, renewals: int, since_s: float | None, asks: bool
) -> None:
    asked_s = NOW_S - 5 if since_s is None else NOW_S - since_s
    told = replace(ready().sent, renewals=renewals, renewing=since_s is not None, renew_at_s=asked_s)
    before = replace(ready(), deaf=deaf, sent=told)
    control, writes = drive(HERE, before, permit(None)._replace(renew=renew, reads=True), belt(0.0), Tick(NOW_S))
    assert writes == ()
    assert control.sent == (replace(told, renewals=renewals + 1, renewing=True, renew_at_s=NOW_S) if asks else told)


def test_where_coach_only_reads_nothing_but_a_stop_is_written() -> None:
    reads = permit(7.0)._replace(reads=True)
    assert written(replace(idle(8.0), wanted=True), reads) == ()
    assert written(idle(8.0), reads._replace(stop=1)) == (STOP,)


@pytest.mark.parametrize(("for_s", "writes"), [(1.0, ()), (1.99, ()), (2.0, (target_bytes(7.0),))])
def test_a_lower_target_waits_for_control_that_was_asked_for(for_s: float, writes: tuple[bytes, ...]) -> None:
    assert written(busy(Op.REQUEST_CONTROL, for_s), permit(7.0)) == writes


# Answers, to the letter.


def test_an_old_answer_is_not_heard_again_with_every_report() -> None:
    now = busy(Op.TARGET_SPEED, 0.3)
    old = observe(HERE, belt(8.0), now.sent, answer(NOW_S - 5, 2))
    control, _ = drive(HERE, now, permit(8.0), old, data(NOW_S, 8.0))
    assert control.busy is Op.TARGET_SPEED


def test_an_answer_that_cannot_be_read_answers_nothing() -> None:
    now = busy(Op.TARGET_SPEED, 0.3)
    assert heard(now, permit(8.0), Heard(NOW_S, POINT, b""))[0].busy is Op.TARGET_SPEED


def test_a_machine_that_turned_deaf_has_nothing_under_way() -> None:
    control, _ = drive(HERE, busy(Op.TARGET_INCLINATION, 30.0), permit(8.0), belt(8.0), Tick(NOW_S))
    assert (control.deaf, control.busy) == (True, None)


def returned(control: Control, *, ok: bool, ack: Ack = Ack.INDICATION) -> Control:
    """What is left when a write has come back."""
    return drive(profile(ack=ack), control, permit(None), belt(8.0), Returned(NOW_S, ok=ok))[0]


@pytest.mark.parametrize(
    ("ok", "ack", "answered"),
    [(True, Ack.INDICATION, False), (False, Ack.INDICATION, True), (True, Ack.STATUS, True), (False, Ack.STATUS, True)],
)
def test_a_write_that_came_back_with_an_error_is_over_and_one_that_came_back_well_waits_for_its_answer(
    ok: bool, ack: Ack, answered: bool
) -> None:
    now = busy(Op.TARGET_SPEED, 0.1, returned=False)
    after = returned(replace(now, sent=replace(now.sent, answered=not answered)), ok=ok, ack=ack)
    assert (after.busy is None, after.sent.answered, after.returned) == (answered, answered, True)
    assert after.refused is not ok


@pytest.mark.parametrize(("ok", "pct"), [(True, 2.0), (False, None)])
def test_an_incline_whose_write_came_back_with_an_error_was_not_sent(ok: bool, pct: float | None) -> None:
    now = busy(Op.TARGET_INCLINATION, 0.1, returned=False)
    after = returned(replace(now, sent=replace(now.sent, incline_pct=2.0)), ok=ok)
    assert (after.sent.incline_pct, after.refused) == (pct, False)


@pytest.mark.parametrize("ok", [True, False])
def test_a_request_for_control_that_came_back_well_is_not_written_again(ok: bool) -> None:
    asked = replace(busy(Op.REQUEST_CONTROL, 0.1, returned=False), wanted=True, asked_at_s=NOW_S - 0.1)
    assert returned(asked, ok=ok).wanted is not ok


def stopping(*, accepted: bool = False, came_back: bool = False) -> Control:
    """A Stop left a tenth of a second ago."""
    told = sent(None, stop_at_s=NOW_S - 0.1, stop_returned=came_back, stop_accepted=accepted)
    return replace(busy(Op.STOP, 0.1, returned=False), sent=told, stops=1)


@pytest.mark.parametrize(
    ("ok", "ack", "accepted"),
    [
        (True, Ack.INDICATION, False),
        (True, Ack.STATUS, True),
        (True, Ack.TELEMETRY, True),
        (False, Ack.INDICATION, False),
        (False, Ack.STATUS, False),
    ],
)
def test_a_stop_is_accepted_by_its_answer_or_where_none_comes_by_its_return(ok: bool, ack: Ack, accepted: bool) -> None:
    after = returned(stopping(), ok=ok, ack=ack)
    assert (after.sent.stop_returned, after.sent.stop_accepted, after.stop_failed) == (ok, accepted, not ok)


def test_a_stop_that_was_accepted_stays_so_when_a_second_one_comes_back_with_an_error() -> None:
    after = returned(stopping(accepted=True, came_back=True), ok=False)
    assert (after.sent.stop_returned, after.sent.stop_accepted) == (True, True)


def test_a_stop_that_comes_back_behind_a_later_write_has_come_back() -> None:
    now = replace(stopping(), busy=Op.TARGET_SPEED, unreturned=(Op.STOP, Op.TARGET_SPEED))
    after = returned(now, ok=True)
    assert (after.sent.stop_returned, after.busy, after.returned) == (True, Op.TARGET_SPEED, False)


@pytest.mark.parametrize(("result", "accepted"), [(1, True), (2, False), (3, False), (4, True), (5, False)])
def test_the_answer_to_a_stop_says_whether_it_was_accepted(result: int, accepted: bool) -> None:
    told = heard(stopping(), permit(None, stop=1), answer(NOW_S, 8, result))[0].sent
    assert (told.stop_returned, told.stop_accepted, told.answered) == (True, accepted, True)


@pytest.mark.parametrize(("result", "start_s"), [(1, NOW_S - 2), (4, -inf), (5, -inf)])
def test_a_start_that_was_refused_was_no_start(result: int, start_s: float) -> None:
    now = replace(busy(Op.START, 2.0), sent=sent(None, start_at_s=NOW_S - 2))
    told = drive(
        HERE, now, permit(None), observe(HERE, belt(0.0), now.sent, answer(NOW_S, 7, result)), answer(NOW_S, 7)
    )
    assert told[0].sent.start_at_s == start_s


@pytest.mark.parametrize("result", [1, 4])
def test_the_answer_to_a_set_point_says_whether_it_was_refused(result: int) -> None:
    before = replace(busy(Op.TARGET_SPEED, 0.5), refused=result == 1)
    assert heard(before, permit(8.0, BACKWARD), answer(NOW_S, 2, result))[0].refused is (result != 1)


@pytest.mark.parametrize(("result", "pct"), [(1, 2.0), (4, None)])
def test_an_incline_that_was_refused_was_not_sent(result: int, pct: float | None) -> None:
    now = busy(Op.TARGET_INCLINATION, 0.5)
    now = replace(now, sent=replace(now.sent, incline_pct=2.0))
    assert heard(now, permit(8.0), answer(NOW_S, 3, result))[0].sent.incline_pct == pct


def test_an_answer_to_a_request_for_control_ends_it_whatever_it_says() -> None:
    before = replace(busy(Op.REQUEST_CONTROL, 0.5), wanted=True, deaf=True)
    before = replace(before, sent=replace(before.sent, answered=False))
    for result in (1, 5):
        after, _ = heard(before, permit(8.0), answer(NOW_S, 0, result))
        assert (after.busy, after.wanted, after.deaf, after.sent.answered) == (None, False, False, True)


# To the edge.


@pytest.mark.parametrize(("since_s", "writes"), [(0.39, ()), (0.4, (STOP,))])
def test_a_stop_that_came_back_with_an_error_is_written_again_after_the_gap(
    since_s: float, writes: tuple[bytes, ...]
) -> None:
    lost = replace(stopping(), stop_failed=True, unreturned=(), written_at_s=NOW_S - since_s)
    assert written(lost, permit(None, stop=1)) == writes


def not_permitted(*, asked_s: float, op: Op | None = None) -> Control:
    """A Stop was refused half a second ago for want of control, which was asked for so long ago."""
    refused_at_s = NOW_S - 0.5
    return replace(
        stopping(), stop_refused_at_s=refused_at_s, asked_at_s=NOW_S - asked_s, busy=op, unreturned=(), returned=True
    )


@pytest.mark.parametrize(
    ("asked_s", "op", "stops"),
    [(0.6, None, False), (0.5, None, True), (0.4, None, True), (0.4, Op.REQUEST_CONTROL, False), (inf, None, False)],
)
def test_a_stop_that_was_refused_comes_again_when_control_was_asked_for_since(
    asked_s: float, op: Op | None, stops: bool
) -> None:
    before = replace(not_permitted(asked_s=asked_s, op=op), written_at_s=NOW_S - 0.4)
    control, writes = drive(HERE, before, permit(None, stop=1), belt(8.0), Tick(NOW_S))
    assert writes == ((STOP,) if stops else ())
    assert control.stop_refused_at_s == (-inf if stops else NOW_S - 0.5)


@pytest.mark.parametrize(("since_s", "writes"), [(0.4, ()), (0.99, ()), (1.0, (STOP,))])
def test_in_an_emergency_a_stop_whose_write_fails_leaves_a_second_for_what_is_due_besides(
    since_s: float, writes: tuple[bytes, ...]
) -> None:
    lost = replace(stopping(), stop_failed=True, unreturned=(), written_at_s=NOW_S - since_s)
    assert written(lost, permit(None, stop=1, urgent=True)) == writes


def test_in_an_emergency_a_stop_that_was_refused_comes_as_soon_as_control_was_asked_for() -> None:
    before = replace(not_permitted(asked_s=0.4), written_at_s=NOW_S - 0.4)
    assert written(before, permit(None, stop=1, urgent=True)) == (STOP,)


def test_a_stop_that_was_refused_comes_after_the_gap_and_to_a_moving_belt_that_is_to_stop_only() -> None:
    before = replace(not_permitted(asked_s=0.4), written_at_s=NOW_S - 0.39)
    assert written(before, permit(None, stop=1)) == ()
    before = replace(before, written_at_s=NOW_S - 0.4)
    assert written(before, permit(None, stop=1), 0.05) == ()
    assert written(replace(before, sent=replace(before.sent, stop_done=True)), permit(None, stop=1)) == ()


def test_a_stop_that_nobody_refused_does_not_come_again_because_control_was_asked_for() -> None:
    before = replace(stopping(), busy=None, unreturned=(), asked_at_s=NOW_S - 0.05, written_at_s=NOW_S - 9)
    assert written(before, permit(None, stop=1)) == ()


def test_a_stop_that_came_back_well_before_one_that_did_not_is_not_written_again() -> None:
    came = replace(stopping(came_back=True), stop_failed=True, unreturned=(), written_at_s=NOW_S - 9)
    assert written(came, permit(None, stop=1)) == ()


def test_a_stop_of_a_session_that_has_not_written_anything_is_not_for_a_standing_belt() -> None:
    fresh = Control(wanted=False)
    assert drive(HERE, fresh, permit(None, start=0, stop=1), belt(0.0), Tick(NOW_S))[1] == ()


def test_a_stop_of_a_belt_that_somebody_else_started_is_handed_over_on_a_single_zero_report() -> None:
    fresh, now = Control(wanted=False), belt(0.0, still=False, zero_at_s=NOW_S, moved_at_s=NOW_S - 1)
    assert drive(HERE, fresh, permit(None, start=0, stop=1), now, Tick(NOW_S))[1] == (STOP,)


@pytest.mark.parametrize(("kmh", "writes"), [(0.0, ()), (1.0, (STOP,))])
def test_a_second_stop_is_written_unless_zero_is_reported(kmh: float, writes: tuple[bytes, ...]) -> None:
    now = belt(kmh, still=False)
    assert drive(HERE, stopping(), permit(None, stop=2), now, Tick(NOW_S))[1] == writes


@pytest.mark.parametrize(("for_s", "writes"), [(0.99, ()), (1.0, (target_bytes(9.0),))])
def test_after_a_stop_other_writes_wait_a_second(for_s: float, writes: tuple[bytes, ...]) -> None:
    assert written(busy(Op.STOP, for_s), permit(9.0)) == writes


@pytest.mark.parametrize(
    ("kmh", "for_s", "writes"),
    [
        (8.0, 0.9, ()),
        (8.0, 1.0, (target_bytes(9.0),)),
        (8.1, 1.0, (target_bytes(9.0),)),
        (7.9, 1.0, (target_bytes(9.0),)),
        (7.8, 1.0, ()),
    ],
)
def test_telemetry_answers_within_a_step_when_the_usual_answer_is_late(
    kmh: float, for_s: float, writes: tuple[bytes, ...]
) -> None:
    slow = profile(answer_s=0.5)
    assert drive(slow, busy(Op.TARGET_SPEED, for_s), permit(9.0), belt(kmh), Tick(NOW_S))[1] == writes


@pytest.mark.parametrize(
    ("asked_kmh", "report_kmh", "kmh", "due"),
    [
        (7.0, 8.0, 7.0, True),
        (8.0, 6.0, 7.0, True),
        (7.0, 8.0, 8.0, False),
        (None, None, 0.8, False),
        (None, 8.0, 7.0, True),
        (6.0, 6.0, 7.0, False),
    ],
    ids=["below the report", "below what was asked", "at the report", "no report", "nothing asked", "above both"],
)
def test_what_is_lower_is_below_the_report_or_below_what_was_asked(
    asked_kmh: float | None, report_kmh: float | None, kmh: float, due: bool
) -> None:
    deaf = replace(idle(asked_kmh), deaf=True)
    writes = drive(HERE, deaf, permit(kmh), belt(report_kmh), Tick(NOW_S))[1]
    assert writes == ((target_bytes(kmh),) if due else ())


@pytest.mark.parametrize(("for_s", "writes"), [(0.99, ()), (1.0, (target_bytes(7.0),))])
def test_a_lower_target_overtakes_what_is_under_way_on_a_deaf_machine_too(
    for_s: float, writes: tuple[bytes, ...]
) -> None:
    assert written(replace(busy(Op.TARGET_INCLINATION, for_s), deaf=True), permit(7.0)) == writes


@pytest.mark.parametrize(
    ("steady_s", "period_s", "due"),
    [(0.9, 0.5, False), (1.0, 0.5, True), (1.9, 1.0, False), (2.0, 1.0, True), (0.9, 0.2, False), (1.0, 0.2, True)],
)
def test_a_belt_whose_report_changed_within_two_periods_follows(steady_s: float, period_s: float, due: bool) -> None:
    now = belt(6.0, steady_at_s=NOW_S - steady_s, period_s=period_s)
    writes = drive(HERE, idle(5.0, at_s=NOW_S - 9), permit(5.0), now, Tick(NOW_S))[1]
    assert writes == ((target_bytes(5.0),) if due else ())


@pytest.mark.parametrize(
    ("kmh", "late_s", "due"), [(6.0, 15.0, True), (6.0, 14.9, False), (5.6, 15.0, False), (5.61, 15.0, True)]
)
def test_a_belt_that_goes_faster_and_faster_does_not_follow(kmh: float, late_s: float, due: bool) -> None:
    """Whatever it says: it was no faster when it was asked."""
    now = belt(kmh, steady_at_s=NOW_S)
    told = idle(5.0, at_s=NOW_S - 60)
    told = replace(told, sent=replace(told.sent, ramp_until_s=NOW_S - late_s, from_kmh=4.0))
    assert bool(drive(HERE, told, permit(5.0), now, Tick(NOW_S))[1]) is due
    rear = permit(5.0, BACKWARD)
    assert bool(drive(HERE, told, rear, now, Tick(NOW_S))[1]) is due
    falling = replace(told, sent=replace(told.sent, from_kmh=kmh))
    assert drive(HERE, falling, permit(5.0), now, Tick(NOW_S))[1] == ()


def test_without_a_report_nothing_is_seen_not_to_be_followed() -> None:
    assert drive(HERE, idle(0.5), permit(0.5), belt(None), Tick(NOW_S))[1] == ()


@pytest.mark.parametrize(("since_s", "writes"), [(0.99, ()), (1.0, (target_bytes(7.0),))])
def test_a_refused_lower_target_is_written_every_second_facing_the_rear_too(
    since_s: float, writes: tuple[bytes, ...]
) -> None:
    before = replace(idle(7.0, at_s=NOW_S - since_s), refused=True, retried=True)
    assert written(before, permit(7.0, BACKWARD, green=False), 7.2) == writes


@pytest.mark.parametrize(("since_s", "writes"), [(0.99, ()), (1.0, (target_bytes(8.0),))])
def test_a_refused_rise_is_written_again_after_a_second(since_s: float, writes: tuple[bytes, ...]) -> None:
    assert written(replace(idle(8.0, at_s=NOW_S - since_s), refused=True), permit(8.0), 6.0) == writes


@pytest.mark.parametrize(("since_s", "writes"), [(4.9, ()), (5.0, (bytes.fromhex("031400"),))])
def test_an_incline_that_was_refused_is_asked_for_after_five_seconds(since_s: float, writes: tuple[bytes, ...]) -> None:
    before = replace(idle(), incline_refused_at_s=NOW_S - since_s)
    assert written(before, permit(8.0, incline_pct=2.0)) == writes


def test_a_start_before_a_target_is_no_start_of_the_session() -> None:
    wants = profile(preamble=Preamble.EVERY)
    allowed = permit(9.0, start=1, starting=True)
    control, writes = drive(wants, idle(8.0), allowed, belt(8.0), Tick(NOW_S))
    assert (writes, control.sent.start_at_s, control.sent.target_kmh) == ((START,), NOW_S - 300, 8.0)
    assert control.prepared == 9.0


@pytest.mark.parametrize("op", [Op.TARGET_SPEED, Op.TARGET_INCLINATION])
def test_a_standing_belt_owes_no_answer_to_a_set_point(op: Op) -> None:
    waiting = busy(op, 0.5)
    waiting = replace(waiting, sent=replace(waiting.sent, answered=False))
    free, _ = drive(HERE, waiting, permit(None), belt(0.0), Tick(NOW_S))
    assert (free.busy, free.sent.answered) == (None, True)
    held, _ = drive(HERE, waiting, permit(None), belt(8.0), Tick(NOW_S))
    assert (held.busy, held.sent.answered) == (op, False)


def test_a_standing_belt_still_owes_an_answer_to_another_write() -> None:
    waiting = busy(Op.RESET, 0.5)
    waiting = replace(waiting, sent=replace(waiting.sent, answered=False))
    held, _ = drive(HERE, waiting, permit(None), belt(0.0), Tick(NOW_S))
    assert (held.busy, held.sent.answered) == (Op.RESET, False)


# A Stop that is due, at the edges of its rule.


def due(now: Belt, told: Sent) -> bool:
    """A Stop that is due is written in this step."""
    control = Control(sent=told, starts=1, wanted=False)
    _, writes = drive(HERE, control, permit(None, UNKNOWN, stop=1), now, Tick(NOW_S))
    return STOP in writes


RAN: Final = sent(None)
STOPPED: Final = sent(None, stop_at_s=NOW_S - 5)
UNHEARD: Final = belt(None, link_at_s=NOW_S - 0.5, moved_at_s=NOW_S - 9)
STANDING: Final = belt(0.0, moved_at_s=NOW_S - 60)


@pytest.mark.parametrize(
    ("now", "told", "written"),
    [
        (UNHEARD, RAN, True),
        (replace(UNHEARD, rests=True), RAN, False),
        (replace(UNHEARD, rests=True, link_at_s=NOW_S - 60), RAN, False),
        (UNHEARD, STOPPED, False),
        (UNHEARD, sent(None, stop_at_s=NOW_S - 5, stop_accepted=False), True),
        (UNHEARD, sent(None, stop_at_s=NOW_S - 5, stop_done=True), True),
        (replace(UNHEARD, link_at_s=NOW_S - 0.99), STOPPED, False),
        (replace(UNHEARD, link_at_s=NOW_S - 1.0), STOPPED, True),
        (replace(UNHEARD, rests=True), sent(None, start_at_s=NOW_S - 3), True),
        (STANDING, RAN, False),
        (STANDING, sent(None, start_at_s=NOW_S - 3), True),
        (STANDING, sent(None, start_at_s=NOW_S - 3, stop_at_s=NOW_S - 2), False),
        (replace(STANDING, still=False), RAN, False),
        (replace(STANDING, still=False, zero_at_s=NOW_S, heard_at_s=NOW_S), RAN, True),
        (replace(STANDING, still=False, zero_at_s=NOW_S, heard_at_s=NOW_S), STOPPED, False),
        (replace(STANDING, still=False, zero_at_s=NOW_S, heard_at_s=NOW_S, link_at_s=NOW_S - 2), RAN, False),
        (replace(STANDING, still=False, zero_at_s=NOW_S, heard_at_s=NOW_S, link_at_s=NOW_S - 60), RAN, True),
        (belt(0.3), RAN, True),
        (belt(0.3, link_at_s=NOW_S - 0.1), STOPPED, True),
    ],
)
def test_a_stop_waits_for_motion_where_the_belt_was_last_told_to_stand(now: Belt, told: Sent, written: bool) -> None:
    assert due(now, told) is written


def test_a_stop_that_waits_holds_nothing_else_back_and_is_dropped_when_the_belt_is_still() -> None:
    waits = replace(STANDING, still=False)
    control, writes = drive(HERE, Control(sent=RAN), permit(None, UNKNOWN, stop=1), waits, Tick(NOW_S))
    assert writes == (CONTROL,)
    assert control.stops == 0
    control, writes = drive(HERE, control, permit(None, UNKNOWN, stop=1), STANDING, Tick(NOW_S + 1))
    assert (control.stops, writes) == (1, ())


@pytest.mark.parametrize(("heard_kmh", "from_kmh"), [(2.4, 2.4), (0.0, 0.0)])
def test_what_an_unheard_stop_was_written_at_is_what_is_reported_next(heard_kmh: float, from_kmh: float) -> None:
    now = replace(UNHEARD, moved_kmh=3.0)
    control, _ = drive(HERE, Control(sent=RAN), permit(None, UNKNOWN, stop=1), now, Tick(NOW_S))
    assert (control.sent.stop_from_kmh, control.sent.stop_unseen) == (3.0, True)
    heard = replace(belt(heard_kmh), still=False)
    control, _ = drive(HERE, control, permit(None, UNKNOWN, stop=1), heard, Tick(NOW_S + 0.5))
    assert (control.sent.stop_from_kmh, control.sent.stop_unseen) == (from_kmh, False)


def test_a_stop_on_a_new_link_is_a_new_one() -> None:
    now = belt(2.0, link_at_s=NOW_S - 1)
    again = drive(HERE, Control(sent=STOPPED), permit(None, UNKNOWN, stop=1), now, Tick(NOW_S))[0].sent
    assert (again.stop_at_s, again.stop_from_kmh, again.stop_accepted, again.stop_returned) == (
        NOW_S,
        2.0,
        False,
        False,
    )
    for link_at_s in (NOW_S - 5, 0.0):
        now = belt(2.0, link_at_s=link_at_s)
        assert drive(HERE, Control(sent=STOPPED), permit(None, UNKNOWN, stop=1), now, Tick(NOW_S))[0].sent == STOPPED


@pytest.mark.parametrize("kmh", [0.8, 3.0])
def test_a_stop_on_a_single_zero_report_is_noted_with_the_speed_before_it(kmh: float) -> None:
    now = belt(0.0, still=False, zero_at_s=NOW_S, moved_kmh=kmh, moved_at_s=NOW_S - 0.5)
    told = drive(HERE, idle(kmh), permit(None, stop=1), now, Tick(NOW_S))[0].sent
    assert (told.stop_at_s, told.stop_from_kmh, told.stop_unseen) == (NOW_S, kmh, False)


def test_a_new_stop_is_not_refused_yet() -> None:
    control = Control(sent=replace(RAN, stop_refused=True))
    assert not drive(HERE, control, permit(None, UNKNOWN, stop=1), belt(2.0), Tick(NOW_S))[0].sent.stop_refused


def test_a_stop_that_came_back_is_written_again_only_to_a_belt_that_moves_or_may_start() -> None:
    back = Control(sent=replace(STOPPED, stop_returned=False), stop_failed=True, written_at_s=NOW_S - 5, wanted=False)
    unheard = belt(None, link_at_s=NOW_S - 9, moved_at_s=NOW_S - 9)
    assert drive(HERE, back, permit(None, UNKNOWN), unheard, Tick(NOW_S))[1] == ()
    assert drive(HERE, back, permit(None, UNKNOWN), belt(2.0), Tick(NOW_S))[1] == (STOP,)
    started = replace(back, sent=replace(back.sent, start_at_s=NOW_S - 6))
    assert drive(HERE, started, permit(None, UNKNOWN), unheard, Tick(NOW_S))[1] == (STOP,)


@pytest.mark.parametrize(
    ("followed", "kmh", "again"),
    [(False, 6.5, True), (True, 6.5, False), (False, 6.31, True), (True, 6.31, False), (False, 6.3, False)],
)
def test_a_belt_that_had_its_set_point_is_not_written_down_again(followed: bool, kmh: float, again: bool) -> None:
    asked = permit(6.0)._replace(followed=followed)
    writes = drive(HERE, idle(6.0, at_s=NOW_S - 10), asked, belt(kmh), Tick(NOW_S))[1]
    assert bool(writes) is again


@pytest.mark.parametrize(
    ("facing", "late_s", "kmh", "again"),
    [
        (FORWARD, 14.9, 6.5, True),
        (FORWARD, 15.0, 6.5, False),
        (FORWARD, 15.0, 6.0 * 1.12, False),
        (FORWARD, 15.0, 6.73, True),  # no belt is so far off
        (BACKWARD, 600.0, 6.5, True),
        (UNKNOWN, 600.0, 6.5, True),
    ],
)
def test_facing_the_console_a_belt_that_is_some_percent_too_fast_is_left_as_it_is(
    facing: Facing, late_s: float, kmh: float, again: bool
) -> None:
    told = idle(6.0)
    told = replace(told, sent=replace(told.sent, ramp_until_s=NOW_S - late_s))
    assert bool(drive(HERE, told, permit(6.0, facing), belt(kmh), Tick(NOW_S))[1]) is again


def test_a_lower_set_point_goes_out_whatever_the_belt_had() -> None:
    assert drive(HERE, idle(6.0), permit(5.0)._replace(followed=True), belt(6.5), Tick(NOW_S))[1] != ()


# What the console says, and what is measured on a link that came back.


def said(told_kmh: float, ago_s: float = 1.0, *, kmh: float | None = 7.0, step_kmh: float = 0.1) -> Belt:
    """A belt whose console was set to a speed."""
    word = MachineStatus(Status.TARGET_SPEED, told_kmh)
    return replace(belt(kmh, speeds=Range(1.0, 18.0, step_kmh)), status=word, status_at_s=NOW_S - ago_s)


@pytest.mark.parametrize(
    ("told_kmh", "ago_s", "step_kmh", "taken"),
    [
        (8.0, 1.0, 0.1, True),
        (8.0, 15.0, 0.1, True),
        (8.0, 15.1, 0.1, False),  # it is old
        (8.3, 1.0, 0.1, False),
        (8.25, 1.0, 0.5, True),
        (8.2, 1.0, 0.5, True),
        (8.3, 1.0, 0.5, False),
    ],
)
def test_what_the_console_was_set_to_is_not_written(
    told_kmh: float, ago_s: float, step_kmh: float, taken: bool
) -> None:
    control, writes = drive(HERE, idle(6.0), permit(8.0), said(told_kmh, ago_s, step_kmh=step_kmh), Tick(NOW_S))
    assert writes == (() if taken else (target_bytes(8.0),))
    assert control.sent.adopted is taken
    assert control.sent.target_kmh == 8.0


def test_what_was_taken_counts_from_when_it_was_said() -> None:
    before = replace(idle(6.0), refused=True)
    lately = replace(before.sent, olds=((5.0, NOW_S - 3),), slowed_at_s=NOW_S - 4, slowed_from_kmh=9.0)
    control, _ = drive(HERE, replace(before, sent=lately), permit(8.0), said(8.0), Tick(NOW_S))
    sent = control.sent
    assert (sent.target_at_s, sent.from_kmh, sent.ramp_until_s) == (NOW_S - 1, 7.0, NOW_S + 3)
    assert (sent.before_kmh, sent.olds, sent.slowed_at_s, sent.slowed_from_kmh) == (None, (), NOW_S - 4, 9.0)
    assert not control.refused
    slower = drive(HERE, replace(before, sent=lately), permit(5.5), said(5.5, kmh=5.7), Tick(NOW_S))[0].sent
    assert (slower.adopted, slower.slowed_at_s, slower.slowed_from_kmh) == (True, NOW_S - 4, 9.0)
    assert drive(HERE, idle(6.0), permit(8.0), said(8.0, kmh=None), Tick(NOW_S))[0].sent.from_kmh == 0.0


def test_nothing_is_taken_while_a_write_is_unanswered_or_facing_the_rear() -> None:
    waits = replace(idle(6.0), sent=replace(idle(6.0).sent, answered=False))
    assert not drive(HERE, waits, permit(8.0), said(8.0), Tick(NOW_S))[0].sent.adopted
    assert not drive(HERE, busy(Op.TARGET_SPEED, 0.5), permit(7.5), said(7.5), Tick(NOW_S))[0].sent.adopted
    assert not drive(HERE, idle(6.0), permit(8.0, BACKWARD), said(8.0), Tick(NOW_S))[0].sent.adopted
    assert not drive(HERE, idle(6.0), permit(None), said(8.0), Tick(NOW_S))[0].sent.adopted


def test_while_nothing_may_be_raised_what_is_measured_is_the_set_point() -> None:
    control, writes = drive(HERE, idle(6.0), permit(8.0, green=False), belt(8.0), Tick(NOW_S))
    assert writes == ()
    assert (control.sent.adopted, control.sent.target_kmh, control.sent.target_at_s) == (True, 8.0, NOW_S)
    assert drive(HERE, idle(6.0), permit(8.0), belt(8.0), Tick(NOW_S))[1] == (target_bytes(8.0),)
    lower = drive(HERE, idle(6.0), permit(5.0, green=False), belt(8.0), Tick(NOW_S))
    assert lower[1] == (target_bytes(5.0),)


@pytest.mark.parametrize(("kmh", "writes"), [(7.0, ()), (9.0, (target_bytes(8.0),))])
def test_what_does_not_follow_is_not_asked_for_more_again_while_nothing_may_be_raised(
    kmh: float, writes: tuple[bytes, ...]
) -> None:
    asked = permit(8.0, again=1, green=False)._replace(followed=True)
    assert drive(HERE, idle(8.0), asked, belt(kmh), Tick(NOW_S))[1] == writes
