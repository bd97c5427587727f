"""What is noted of a set-point: when it should be reached, whether it slows, and what may still be answered to it."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from coach.core.sent import Sent, aimed
from tests.core.build import profile

MACHINE = profile(accel_kmh_s=0.5, decel_kmh_s=0.25)
UNKNOWN_MACHINE = profile(known=False, accel_kmh_s=0.5, decel_kmh_s=0.25)
RAN = Sent(target_kmh=6.0, before_kmh=5.0, target_at_s=50.0, from_kmh=5.0, ramp_until_s=54.0, slowed_at_s=-inf)


def at_100(sent: Sent, target_kmh: float, reported_kmh: float, *, known: bool = True, period_s: float = 0.5) -> Sent:
    """A set-point of second 100."""
    return aimed(MACHINE if known else UNKNOWN_MACHINE, sent, target_kmh, reported_kmh, period_s, 100.0)


def test_at_first_nothing_was_sent() -> None:
    nothing = Sent()
    assert (nothing.ramp_until_s, nothing.incline_at_s, nothing.renew_at_s) == (-inf, -inf, -inf)
    assert (nothing.slowed_from_kmh, nothing.stop_from_kmh, nothing.from_kmh) == (0.0, 0.0, 0.0)
    assert (nothing.speeds_taken, nothing.speeds_refused, nothing.renewals) == (0, 0, 0)
    assert not any((nothing.adopted, nothing.stop_unseen, nothing.stop_returned, nothing.stop_accepted))
    assert not any((nothing.stop_refused, nothing.stop_done, nothing.renewing, nothing.given_up, nothing.unsupported))
    assert nothing.answered
    assert nothing.olds == ()


@pytest.mark.parametrize(("ago_s", "lately"), [(15.0, True), (15.5, False)])
def test_a_start_explains_motion_for_a_quarter_of_a_minute(ago_s: float, lately: bool) -> None:
    assert Sent(start_at_s=100.0).started_lately(100.0 + ago_s) is lately


@pytest.mark.parametrize(
    ("returned", "refused", "accepted", "after_s", "taken"),
    [
        (True, False, True, 0.1, True),
        (True, False, False, 1.5, True),
        (True, False, False, 1.4, False),
        (True, True, True, 9.0, False),
        (False, False, True, 9.0, False),
    ],
)
def test_a_stop_is_taken_where_it_was_answered_or_came_back_to_a_machine_that_does_not_answer(
    returned: bool, refused: bool, accepted: bool, after_s: float, taken: bool
) -> None:
    sent = Sent(stop_at_s=100.0, stop_returned=returned, stop_refused=refused, stop_accepted=accepted)
    assert sent.stop_taken(100.0 + after_s) is taken


@pytest.mark.parametrize(
    ("renewing", "after_s", "renews"), [(True, 29.0, True), (True, 30.0, False), (False, 1.0, False)]
)
def test_a_link_that_was_given_up_is_back_in_half_a_minute(renewing: bool, after_s: float, renews: bool) -> None:
    assert Sent(renewing=renewing, renew_at_s=100.0).renews(100.0 + after_s) is renews


def test_a_set_point_has_the_ramp_of_its_machine_and_two_seconds() -> None:
    up, down = at_100(RAN, 8.0, 6.0), at_100(RAN, 5.0, 6.0)
    assert (up.ramp_until_s, up.from_kmh, up.before_kmh, up.target_kmh) == (106.0, 6.0, 6.0, 8.0)
    assert (down.ramp_until_s, down.from_kmh, down.before_kmh, down.target_kmh) == (106.0, 6.0, 6.0, 5.0)
    assert up.target_at_s == down.target_at_s == 100.0


def test_one_that_is_written_again_has_the_ramp_of_the_first() -> None:
    again = at_100(RAN, 6.0, 5.2)
    assert (again.ramp_until_s, again.from_kmh, again.before_kmh, again.target_at_s) == (54.0, 5.0, 5.0, 100.0)
    assert at_100(replace(RAN, ramp_until_s=200.0), 6.0, 5.5).ramp_until_s == 103.0


def test_only_what_is_below_the_report_slows() -> None:
    assert at_100(RAN, 5.0, 6.0).slowed_at_s == 100.0
    assert at_100(RAN, 5.0, 6.0).slowed_from_kmh == 6.0
    assert at_100(RAN, 6.0, 6.0).slowed_at_s == -inf
    slowed = replace(RAN, slowed_at_s=98.0, slowed_from_kmh=7.0)
    assert at_100(slowed, 8.0, 6.0).slowed_at_s == -inf  # it is faster now
    assert at_100(slowed, 8.0, 6.0).slowed_from_kmh == 7.0
    same = at_100(slowed, 6.0, 6.0)
    assert (same.slowed_at_s, same.slowed_from_kmh) == (98.0, 7.0)


@pytest.mark.parametrize(("reported_kmh", "slows"), [(12.5 * 1.12, False), (14.1, True)])
def test_on_a_belt_that_is_some_percent_too_fast_a_higher_set_point_below_the_report_is_no_slower_one(
    reported_kmh: float, slows: bool
) -> None:
    asked = replace(RAN, target_kmh=12.5, slowed_at_s=99.0)
    assert at_100(asked, 13.0, reported_kmh).slowed_at_s == (100.0 if slows else -inf)
    assert at_100(asked, 12.5, reported_kmh).slowed_at_s == 100.0  # no higher one


@pytest.mark.parametrize(
    ("ago_s", "was_kmh", "from_kmh"), [(5.0, 5.8, 5.8), (5.1, 5.8, 6.0), (5.0, 6.5, 6.0), (1.0, 5.8, 5.8)]
)
def test_of_slowing_writes_that_are_close_the_lowest_report_counts(
    ago_s: float, was_kmh: float, from_kmh: float
) -> None:
    slowed = replace(RAN, slowed_at_s=100.0 - ago_s, slowed_from_kmh=was_kmh)
    assert at_100(slowed, 5.0, 6.0).slowed_from_kmh == from_kmh


@pytest.mark.parametrize(
    ("known", "asked_kmh", "ramp_until_s", "spare_kmh"),
    [
        (True, 9.0, 101.0, 0.75),
        (False, 9.0, 101.0, 1.5),  # the fastest home machine
        (True, 9.0, 100.0, 0.0),  # its ramp is over
        (True, 6.0, 101.0, 0.0),  # it does not rise
        (True, None, 101.0, 0.0),
    ],
)
def test_a_ramp_that_is_turned_round_still_rises_for_a_report_and_a_half_second(
    known: bool, asked_kmh: float | None, ramp_until_s: float, spare_kmh: float
) -> None:
    rising = replace(RAN, target_kmh=asked_kmh, ramp_until_s=ramp_until_s)
    assert at_100(rising, 5.0, 6.0, known=known, period_s=1.0).slowed_from_kmh == 6.0 + spare_kmh


def test_where_nothing_was_asked_nothing_rises() -> None:
    assert at_100(Sent(ramp_until_s=101.0), 0.8, 0.9).slowed_from_kmh == 0.9


def test_what_was_asked_before_may_still_be_answered_for_eight_seconds() -> None:
    first = aimed(MACHINE, Sent(), 2.0, 0.8, 0.5, 100.0)
    second = aimed(MACHINE, first, 2.2, 2.0, 0.5, 101.0)
    third = aimed(MACHINE, second, 2.4, 2.2, 0.5, 102.0)
    assert (first.before_kmh, first.olds) == (None, ())
    assert (second.before_kmh, second.olds) == (2.0, ())
    assert (third.before_kmh, third.olds) == (2.2, ((2.0, 101.0),))
    assert aimed(MACHINE, third, 2.4, 2.3, 0.5, 103.0).olds == third.olds  # the same once more
    fourth = aimed(MACHINE, third, 2.6, 2.4, 0.5, 109.0)
    assert fourth.olds == ((2.0, 101.0), (2.2, 102.0))
    assert aimed(MACHINE, third, 2.6, 2.4, 0.5, 109.5).olds == ((2.2, 102.0),)


def test_what_is_written_is_not_the_consoles() -> None:
    assert not at_100(replace(RAN, adopted=True), 7.0, 6.0).adopted
