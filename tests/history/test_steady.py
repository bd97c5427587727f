"""Efficiency and decoupling: only of twenty minutes and more at one speed, facing the console, with a heart."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.core.workout import Facing
from coach.history.sample import Sample
from coach.history.steady import LEAST_S, STEADY_KMH, STEADY_PCT, steady_of
from coach.history.traced import Direction


def second(at_s: float, kmh: float | None = 6.0, bpm: int | None = 120, pct: float | None = 0.0) -> Sample:
    return Sample(at_s, at_s * 1.6, 0.0, kmh, pct, bpm, Facing.FORWARD, Direction.FORWARD, moving=True, paused=False)


def seconds(length: int, kmh: Callable[[int], float | None] = lambda _: 6.0) -> list[Sample]:
    return [second(float(at), kmh(at)) for at in range(length)]


@pytest.mark.parametrize(("length", "found"), [(LEAST_S - 1, False), (LEAST_S, True), (LEAST_S + 1, True)])
def test_twenty_minutes_are_needed(length: float, found: bool) -> None:
    assert (steady_of(seconds(int(length))) is not None) is found


def test_a_steady_heart_has_its_efficiency_and_no_decoupling() -> None:
    steady = steady_of(seconds(1500))
    assert steady is not None
    assert (steady.from_s, steady.to_s, steady.speed_kmh, steady.mean_bpm) == (0.0, 1499.0, 6.0, 120.0)
    assert steady.m_per_beat == pytest.approx(100 / 120, abs=0.001)
    assert steady.decoupling_pct == 0.0


def test_a_heart_that_drifts_up_in_the_second_half_decouples() -> None:
    run = [replace(one, bpm=120 if one.at_s <= 180 + 1320 / 2 else 132) for one in seconds(1501)]
    steady = steady_of(run)
    assert steady is not None
    assert steady.decoupling_pct == pytest.approx((1 - 120 / 132) * 100, abs=0.15)
    eased = steady_of([replace(one, bpm=252 - (one.bpm or 0)) for one in run])
    assert eased is not None
    assert eased.decoupling_pct < 0


def test_the_first_three_minutes_of_a_stretch_are_left_out() -> None:
    run = [replace(one, bpm=80 if one.at_s < 180 else 120) for one in seconds(1500)]
    assert steady_of(run) == steady_of(seconds(1500))


@pytest.mark.parametrize(("by", "found"), [(STEADY_KMH, True), (STEADY_KMH + 0.01, False)])
def test_a_speed_that_changes_by_more_is_not_steady(by: float, found: bool) -> None:
    run = seconds(1300, lambda at: 6.0 if at < 650 else 6.0 + by)
    assert (steady_of(run) is not None) is found


@pytest.mark.parametrize(("by", "found"), [(STEADY_PCT, True), (STEADY_PCT + 0.01, False)])
def test_an_incline_that_changes_by_more_is_not_steady(by: float, found: bool) -> None:
    run = [replace(one, incline_pct=None if one.at_s < 650 else by) for one in seconds(1300)]
    assert (steady_of(run) is not None) is found


def test_the_longest_stretch_is_found_wherever_it_is() -> None:
    run = seconds(4000, lambda at: 4.0 if at < 300 else 6.0 if at < 1800 else 8.0 if at < 3400 else 3.0)
    steady = steady_of(run)
    assert steady is not None
    assert (steady.from_s, steady.to_s, steady.speed_kmh) == (1800.0, 3399.0, 8.0)


@pytest.mark.parametrize(
    "broken",
    [
        {"facing": Facing.BACKWARD},
        {"facing": Facing.UNKNOWN},
        {"moving": False},
        {"speed_kmh": None},
    ],
    ids=["rear", "unknown", "standing", "silent"],
)
def test_a_second_that_is_no_running_to_the_console_ends_a_stretch(broken: dict[str, object]) -> None:
    run = seconds(1500)
    run[750] = replace(run[750], **broken)  # type: ignore[arg-type]
    assert steady_of(run) is None


def test_a_gap_ends_a_stretch() -> None:
    assert steady_of([one for one in seconds(1500) if not 700 <= one.at_s < 710]) is None


@pytest.mark.parametrize(("every", "found"), [(20, True), (5, False), (1, False)])
def test_most_seconds_need_a_heart(every: int, found: bool) -> None:
    run = [replace(one, bpm=None if one.at_s % every == 0 else 120) for one in seconds(1500)]
    assert (steady_of(run) is not None) is found


def test_nothing_is_steady_in_nothing() -> None:
    assert steady_of([]) is None


def test_of_two_stretches_the_longer_one_is_taken_whichever_comes_first() -> None:
    short = [second(float(at), bpm=120) for at in range(1300)]
    rear = [replace(second(float(at)), facing=Facing.BACKWARD) for at in range(1300, 1330)]
    long = [second(float(at), bpm=130) for at in range(1330, 2930)]
    found = steady_of([*short, *rear, *long])
    assert found is not None
    assert (found.from_s, found.to_s, found.mean_bpm) == (1330.0, 2929.0, 130.0)
    first = [replace(one, at_s=one.at_s - 1330) for one in long]
    after = [replace(one, at_s=one.at_s + 1700) for one in short]
    found = steady_of([*first, replace(rear[0], at_s=1650.0), *after])
    assert found is not None
    assert (found.from_s, found.to_s, found.mean_bpm) == (0.0, 1599.0, 130.0)


@pytest.mark.parametrize(("gap", "found"), [(2, True), (3, False)])
def test_two_seconds_are_no_gap(gap: int, found: bool) -> None:
    run = [second(float(at)) for at in (*range(700), *range(699 + gap, 1400))]
    assert (steady_of(run) is not None) is found


@pytest.mark.parametrize("away", [range(180, 840), range(841, 1501)], ids=["first", "second"])
def test_each_half_needs_its_heart(away: range) -> None:
    run = [replace(one, bpm=None if int(one.at_s) in away[::5] else 120) for one in seconds(1501)]
    assert steady_of(run) is None


def test_the_halves_meet_in_the_middle() -> None:
    run = [replace(one, bpm=100 if one.at_s <= 840 else 125) for one in seconds(1501)]
    steady = steady_of(run)
    assert steady is not None
    assert steady.decoupling_pct == 20.0  # 180 to 840 against 841 to 1500
    assert steady.m_per_beat == pytest.approx(100 * 1321 / (661 * 100 + 660 * 125), abs=0.0005)
