"""The console facing forward: its speed is taken where the belt had coach's, and nothing else is taken for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.core.event import Key
from coach.core.wish import Phase
from coach.core.workout import Head, HeartHold, HeartRange, HeartUnit
from tests.core.build import Play, asked_kmh, backward, forward, plan, started, target_bytes

TAKEN = "Console speed taken."
HELD = HeartHold(HeartRange(120.0, 135.0, HeartUnit.BPM), low_kmh=5.0, high_kmh=7.0)


def run(made: Play, part: float, more_kmh: float, seconds: float, *, kmh_s: float = 0.5) -> None:
    """A belt that does not do what it is asked, but so much of it and so much more."""
    end_s = made.at_s + seconds
    while made.at_s < end_s:
        goal_kmh = made.goal() * part + (more_kmh if made.goal() > 5.0 else 0.0)
        made.kmh = round(made.kmh + max(min(goal_kmh - made.kmh, kmh_s / 2), -kmh_s / 2), 2)
        made.run(0.5, made.kmh)


def running(kmh: float) -> Play:
    made = Play(plan(forward(600.0, kmh), backward(60.0), forward(200.0, 4.0))).connect()
    made.yes()
    return made.until(Phase.RUN)


@pytest.mark.parametrize("kmh_s", [0.1, 0.5, 1.0])
@pytest.mark.parametrize(("part", "more_kmh"), [(1.0, 0.6), (1.05, 0.0), (1.1, 0.0)])
@pytest.mark.parametrize("kmh", [6.5, 10.0])
def test_a_belt_that_runs_faster_than_it_is_asked_is_not_taken_for_the_console(
    kmh: float, part: float, more_kmh: float, kmh_s: float
) -> None:
    """Coach would ask for the faster speed, get one that is faster still, and so on to the cap."""
    made = running(kmh)
    run(made, part, more_kmh, 240.0, kmh_s=kmh_s)
    assert TAKEN not in made.said
    assert max(asked for value in made.written() if (asked := asked_kmh(value)) is not None) <= kmh


def test_a_press_at_the_console_is_taken_once_the_belt_has_kept_its_speed() -> None:
    made = running(6.0).follow(20.0)
    made.run(4.0, 8.0)
    writes = len(made.writes)
    made.run(4.0, 8.0)
    assert TAKEN in made.said
    assert [asked_kmh(value) for _, value in made.writes[writes:]] == [8.0]


@pytest.mark.parametrize(("kmh", "most"), [(17.5, "16.0"), (16.05, "")])
def test_what_the_console_asks_above_the_cap_is_not_said_to_be_taken(kmh: float, most: str) -> None:
    made = running(14.0).follow(40.0)
    before = len(made.said)
    made.run(8.0, kmh)
    assert made.said[before:] == [f"No faster than {most} here." if most else TAKEN]


def heart(kmh: float = 6.0) -> Play:
    segment = replace(forward(600.0, kmh), heart=HELD)
    made = Play(plan(segment, forward(180.0, 4.0)), bpm=127).connect()
    made.yes()
    return made.until(Phase.RUN).follow(20.0)


def test_a_heart_hold_goes_on_from_the_speed_of_the_console() -> None:
    made = heart()
    made.run(8.0, 6.6)
    assert made.said[-1] == TAKEN
    assert (made.progress.held_kmh, made.progress.console_kmh) == (6.6, None)
    writes = len(made.writes)
    made.run(20.0, 6.6)
    assert made.writes[writes:] == []  # not fought


def test_a_heart_hold_keeps_its_highest_speed() -> None:
    made = heart()
    made.run(8.0, 9.0)
    assert made.said[-1] == "No faster than 7.0 here."
    assert made.session.wish.target_kmh == 7.0


def test_slower_at_the_console_is_the_limit_of_a_heart_hold() -> None:
    made = heart()
    made.run(8.0, 4.0)
    assert (made.progress.held_kmh, made.progress.console_kmh) == (4.0, 4.0)
    made.bpm = 100  # below its band: it would go up
    made.follow(60.0)
    assert made.session.wish.target_kmh == 4.0
    made.bpm = 140  # above: down, and never up to its lowest
    made.follow(30.0)
    assert made.session.wish.target_kmh == 4.0
    made.press(Key.SLOWER)
    assert made.session.wish.target_kmh == pytest.approx(3.9)
    made.press(Key.MUCH_FASTER)
    assert made.session.wish.target_kmh == pytest.approx(4.4)
    assert made.progress.console_kmh is None  # a key is newer


@pytest.mark.parametrize("key", [Key.SLOWER, Key.MUCH_SLOWER])
@pytest.mark.parametrize("low_kmh", [3.0, 5.0])
def test_no_slower_key_lifts_what_the_console_has_set(key: Key, low_kmh: float) -> None:
    segment = replace(forward(600.0, 6.0), heart=replace(HELD, low_kmh=low_kmh))
    made = Play(plan(segment, forward(180.0, 4.0)), bpm=127).connect()
    made.yes()
    made.until(Phase.RUN).follow(20.0)
    made.run(8.0, 4.0)
    made.press(key)
    slower_kmh = made.session.wish.target_kmh
    assert slower_kmh is not None
    assert slower_kmh < 4.0
    made.bpm = 100
    most = 0.0
    for _ in range(400):
        made.follow(1.0)
        most = max(most, made.kmh)
    assert most <= 4.0


@pytest.mark.parametrize("period_s", [2.0, 2.4])
def test_two_reports_of_a_belt_that_passes_by_are_no_settled_ones(period_s: float) -> None:
    made = running(6.5)
    for _ in range(150):
        goal_kmh = made.goal() * (1.1 if made.goal() > 2.0 else 1.0)
        made.kmh = round(made.kmh + max(min(goal_kmh - made.kmh, 0.05 * period_s), -0.05 * period_s), 2)
        end_s = made.at_s + period_s
        while made.at_s < end_s - 0.3:
            made.tick(0.25)
        made.run(end_s - made.at_s, made.kmh)
    assert TAKEN not in made.said
    assert max(asked for value in made.written() if (asked := asked_kmh(value)) is not None) <= 6.5


def test_a_press_in_a_heart_hold_is_taken_whenever_the_heart_has_just_moved_the_belt() -> None:
    made = heart()
    made.bpm = 100
    before = made.progress.held_kmh
    while made.progress.held_kmh == before:
        made.follow(0.5)
    assert made.progress.held_kmh is not None
    made.follow(1.0)
    made.run(8.0, made.progress.held_kmh + 0.7)
    assert made.said[-1] == TAKEN


@pytest.mark.parametrize("asked", [4.0, 8.0])
def test_a_belt_that_ignores_a_slower_speed_is_told_of(asked: float) -> None:
    made = Play(plan(forward(60.0, 10.0), forward(300.0, asked), forward(60.0, 4.0))).connect()
    made.yes()
    made.until(Phase.RUN)
    while made.progress.row == 0:
        made.follow(0.5)
    made.run(60.0, 10.0)
    assert made.said.count("The treadmill does not follow.") == 1


@pytest.mark.parametrize("faster", [False, True])
def test_a_runner_s_share_makes_neither_a_heart_hold_nor_a_bridge_faster(faster: bool) -> None:
    segment = replace(forward(300.0, 6.0), heart=HELD)
    rest = forward(120.0, 6.0), replace(forward(60.0, 0.0), head=Head.REST, target=None), segment, forward(60.0, 3.0)
    made = Play(plan(*rest), bpm=127).connect()
    made.yes()
    made.until(Phase.RUN).follow(10.0)
    for _ in range(6):
        made.press(Key.MUCH_FASTER if faster else Key.MUCH_SLOWER)
    made.until(Phase.READY, 400.0).yes()
    before = len(made.writes)
    made.until(Phase.RUN).follow(10.0)
    assert max(asked for _, value in made.writes[before:] if (asked := asked_kmh(value)) is not None) == 6.0
    assert made.kmh == pytest.approx(6.0)


@pytest.mark.parametrize(("key", "word"), [(Key.MUCH_SLOWER, "faster"), (Key.MUCH_FASTER, "slower")])
def test_before_a_heart_hold_the_words_are_true_of_its_speed(key: Key, word: str) -> None:
    rows = forward(120.0, 6.0), replace(forward(300.0, 6.0), heart=HELD), forward(60.0, 3.0)
    made = Play(plan(*rows)).connect()
    made.yes()
    made.until(Phase.RUN).follow(20.0)
    for _ in range(3):
        made.press(key)
        made.follow(2.0)
    before = len(made.said)
    while made.progress.row == 0:
        made.follow(0.5)
    made.follow(10.0)
    assert f"In ten, {word}: 6.0." in made.said[before:]
    assert made.said[-1] == "Now forward: 6.0, 5 minutes."
    assert made.kmh == pytest.approx(6.0)


@pytest.mark.parametrize("kmh_s", [0.3, 0.5])
@pytest.mark.parametrize("wait_s", [0.5, 1.0, 2.0, 3.0])
def test_who_makes_it_slower_as_soon_as_the_belt_is_there_is_not_sped_up_again(wait_s: float, kmh_s: float) -> None:
    made = started(plan(forward(60.0, 4.0), forward(600.0, 9.0), forward(60.0, 3.0))).follow(20.0)
    while made.progress.row == 0:
        _ = made.follow(0.5)
    while made.kmh < 9.0 - 1e-6:
        _ = made.follow(0.5, kmh_s=kmh_s)
    _ = made.follow(wait_s)
    made.writes.append((made.at_s, target_bytes(6.0)))  # as if by the console
    since_s = made.at_s + 0.1
    _ = made.follow(40.0)
    assert TAKEN in made.said
    assert max((asked for value in made.written(since_s) if (asked := asked_kmh(value))), default=0.0) <= 6.0
