"""A console that tells its presses by status 05: what it is set to is taken, and not what the belt does meanwhile."""

from __future__ import annotations

import pytest

from coach.core.event import Key
from coach.core.trip import Trip
from coach.core.wish import Phase
from tests.core.build import Play, asked_kmh, backward, forward, plan, started, status, target_bytes, to_the_rear

TAKEN = "Console speed taken."


def hand(made: Play, kmh: float) -> None:
    """The console is set to a speed, says so, and its belt goes there."""
    made.writes.append((made.at_s, target_bytes(kmh)))
    _ = made.feed(status(made.at_s, "05 " + round(kmh * 100).to_bytes(2, "little").hex(" ")))


def asked(made: Play, since: int) -> list[float]:
    """The set-points that coach wrote."""
    writes = (value for outcome in made.outcomes[since:] for value in outcome.writes)
    return [kmh for value in writes if (kmh := asked_kmh(value)) is not None]


def running(kmh: float = 6.0) -> Play:
    return started(plan(forward(600.0, kmh), forward(60.0, 3.0))).follow(20.0)


@pytest.mark.parametrize("kmh_s", [0.1, 0.3, 1.0])
@pytest.mark.parametrize("change_kmh", [0.1, 0.2, 0.4, 0.5, 1.0, 2.0, -0.1, -0.4, -1.0, -2.5])
def test_what_the_console_was_set_to_is_what_is_asked(change_kmh: float, kmh_s: float) -> None:
    made = running()
    since, kmh = len(made.outcomes), 6.0 + change_kmh
    _ = made.follow(0.2)
    hand(made, kmh)
    _ = made.follow(40.0, kmh_s=kmh_s)
    assert {*asked(made, since)} <= {kmh}
    assert made.session.wish.target_kmh == pytest.approx(kmh)
    assert made.kmh == pytest.approx(kmh)
    assert made.said.count(TAKEN) == 1


@pytest.mark.parametrize("every_s", [0.3, 0.7, 2.0])
@pytest.mark.parametrize("step_kmh", [0.1, 0.5, -0.1, -0.5])
def test_presses_one_after_the_other_come_to_the_last(step_kmh: float, every_s: float) -> None:
    made = running()
    since = len(made.outcomes)
    for count in range(1, 6):
        hand(made, 6.0 + count * step_kmh)
        _ = made.follow(every_s)
    _ = made.follow(40.0)
    assert made.session.wish.target_kmh == pytest.approx(6.0 + 5 * step_kmh)
    assert made.kmh == pytest.approx(6.0 + 5 * step_kmh)
    assert {*asked(made, since)} <= {round(6.0 + count * step_kmh, 1) for count in range(1, 6)}
    assert not made.raised or {*made.raised} == {Trip.CONSOLE}


def test_while_the_belt_goes_to_another_set_point_the_console_counts_too() -> None:
    made = running(9.0)
    _ = made.press(Key.MUCH_SLOWER)
    _ = made.follow(2.0)
    hand(made, 7.0)
    _ = made.follow(40.0)
    assert made.session.wish.target_kmh == pytest.approx(7.0)


@pytest.mark.parametrize("kmh", [2.1, 2.3, 2.6])
def test_faster_at_the_console_behind_the_runner_is_undone_once_and_then_stopped(kmh: float) -> None:
    """safety.md 8, console facing the rear: the target once more, again within 30 s a guided stop."""
    made = to_the_rear(Phase.RUN, plan(forward(120.0, 4.0), backward(90.0, 2.0), forward(180.0, 4.0), strap=False))
    while made.kmh < 2.0 - 0.01:
        _ = made.follow(0.5)
    _ = made.follow(5.0)
    since = len(made.outcomes)
    hand(made, kmh)
    _ = made.follow(6.0)
    assert made.raised == [Trip.CONSOLE_FASTER]
    assert asked(made, since)[:1] == [2.0]
    assert made.at() is Phase.RUN
    hand(made, kmh)
    _ = made.follow(6.0)
    assert made.raised == [Trip.CONSOLE_FASTER, Trip.CONSOLE_AGAIN]
    assert made.at() is not Phase.RUN


@pytest.mark.parametrize("change_kmh", [0.1, 0.5, 1.0])
def test_there_and_back_at_the_console(change_kmh: float) -> None:
    made = running()
    for kmh in (6.0 + change_kmh, 6.0, 6.0 - change_kmh, 6.0):
        hand(made, kmh)
        _ = made.follow(3.0)
        assert made.session.wish.target_kmh == pytest.approx(kmh)
    assert {*made.raised} == {Trip.CONSOLE}


def test_the_next_segment_is_written_whatever_the_console_was_set_to() -> None:
    made = started(plan(forward(60.0, 6.0), forward(600.0, 7.0), forward(60.0, 3.0))).follow(20.0)
    hand(made, 7.0)
    while made.progress.row == 0:
        _ = made.follow(0.5)
    hand(made, 6.5)
    _ = made.follow(20.0)
    assert made.session.wish.target_kmh == pytest.approx(6.5)
    assert made.kmh == pytest.approx(6.5)


def test_what_is_above_the_cap_is_not_adopted() -> None:
    made = running(14.0)
    since = len(made.outcomes)
    hand(made, 17.5)
    _ = made.follow(40.0)
    assert asked(made, since)[-1] == 16.0
    assert made.kmh == pytest.approx(16.0)


@pytest.mark.parametrize("at_s", [0.0, 0.5, 2.0, 4.0])
def test_who_presses_faster_when_coach_has_just_slowed_is_not_stopped(at_s: float) -> None:
    made = started(plan(forward(60.0, 9.0), forward(600.0, 6.0), forward(60.0, 3.0))).follow(20.0)
    while made.progress.row == 0:
        _ = made.follow(0.5)
    _ = made.follow(6.0 + at_s)
    for count in range(1, 5):
        hand(made, 6.0 + count * 0.5)
        _ = made.follow(1.0)
    _ = made.follow(10.0)
    assert Trip.RISING not in made.raised
    assert made.session.wish.target_kmh == pytest.approx(8.0)


def test_an_old_word_of_the_console_is_not_taken_for_the_next_segment() -> None:
    made = started(plan(forward(120.0, 9.0), forward(600.0, 4.0), forward(60.0, 3.0))).follow(30.0)
    _ = made.feed(status(made.at_s + 0.1, "05 90 01"))  # 4.0 it says, and goes on as fast
    while made.progress.row == 0:
        _ = made.run(0.5, 9.0)
    since = len(made.outcomes)
    _ = made.run(2.0, 9.0)
    assert 4.0 in asked(made, since)


def test_a_machine_that_runs_away_and_says_so_is_stopped() -> None:
    """Who is not slowed by a slowing write has not been heard (safety.md 2.4)."""
    made = started(plan(forward(60.0, 9.0), forward(600.0, 6.0), forward(60.0, 3.0))).follow(20.0)
    while made.progress.row == 0:
        _ = made.follow(0.5)
    kmh = 9.0
    while kmh < 20.0 and made.at() is Phase.RUN:
        kmh = round(kmh + 0.1, 2)
        _ = made.feed(status(made.at_s + 0.01, "05" + round(kmh * 100).to_bytes(2, "little").hex()))
        _ = made.run(1.0, kmh)
    assert made.at() is not Phase.RUN
    assert kmh < 10.0


@pytest.mark.parametrize("kmh", [0.0, 0.5])
def test_a_console_that_is_stopped_and_says_0_is_not_asked_for_a_speed(kmh: float) -> None:
    """It is no speed that can be set; the belt stops, and nothing is written to it on its way."""
    made = running()
    since = len(made.outcomes)
    hand(made, kmh)
    made.kmh = 5.6
    _ = made.follow(0.5)
    assert asked(made, since) == []
    assert made.session.wish.target_kmh == pytest.approx(6.0)
