from __future__ import annotations

from itertools import pairwise

import pytest

from coach.core.energy import (
    Rails,
    energy_margin,
    gross_kcal_per_s,
    heart_target_bpm,
    mets,
    net_kcal_per_s,
    respond,
    vo2_ml_kg_min,
)
from coach.core.workout import Facing

SPEEDS_KMH = [1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.6, 6.0, 7.0, 8.0]
FORWARD_METS = [1.5, 2.0, 2.2, 2.4, 2.7, 2.9, 3.1, 3.4, 3.7, 3.9, 4.3, 8.6]
BACKWARD_METS = [1.9, 2.7, 3.1, 3.6, 4.0, 4.4, 4.9, 5.3, 5.8, 6.5, 10.0, 11.3]
BACKWARD_KCAL_MIN = [2.3, 3.3, 3.9, 4.4, 4.9, 5.4, 5.9, 6.5, 7.1, 7.9, 12.2, 13.8]  # 70 kg; 12.2 is 10.0 METs
ROUNDED = 0.05  # the table has one decimal
FACING = [Facing.FORWARD, Facing.BACKWARD]


@pytest.mark.parametrize(("speed_kmh", "expected"), list(zip(SPEEDS_KMH, FORWARD_METS, strict=True)))
def test_forward_costs_what_the_table_says(speed_kmh: float, expected: float) -> None:
    assert mets(vo2_ml_kg_min(speed_kmh)) == pytest.approx(expected, abs=0.02 * expected + ROUNDED)


@pytest.mark.parametrize(("speed_kmh", "expected"), list(zip(SPEEDS_KMH, BACKWARD_METS, strict=True)))
def test_backward_costs_what_the_table_says(speed_kmh: float, expected: float) -> None:
    found = mets(vo2_ml_kg_min(speed_kmh, 0.0, Facing.BACKWARD))
    assert found == pytest.approx(expected, abs=0.02 * expected + ROUNDED)


@pytest.mark.parametrize(("speed_kmh", "expected"), list(zip(SPEEDS_KMH, BACKWARD_KCAL_MIN, strict=True)))
def test_backward_burns_what_the_table_says(speed_kmh: float, expected: float) -> None:
    found = 60 * gross_kcal_per_s(vo2_ml_kg_min(speed_kmh, 0.0, Facing.BACKWARD), 70)
    assert found == pytest.approx(expected, abs=0.02 * expected + ROUNDED)


def test_the_compendium_entry_for_walking_backward_up_a_hill_is_near() -> None:
    found = mets(vo2_ml_kg_min(3.5 * 1.609344, 5.0, Facing.BACKWARD))
    assert found == pytest.approx(8.0, rel=0.05)  # 17325; 17320 is in the table


@pytest.mark.parametrize("facing", list(Facing))
def test_standing_is_rest(facing: Facing) -> None:
    assert vo2_ml_kg_min(0.0, 10.0, facing) == 3.5
    assert net_kcal_per_s(3.5, 70) == 0.0


@pytest.mark.parametrize("facing", FACING)
def test_faster_and_steeper_cost_more(facing: Facing) -> None:
    speeds = [vo2_ml_kg_min(tenth / 10, 1.0, facing) for tenth in range(161)]
    inclines = [vo2_ml_kg_min(4.0, pct, facing) for pct in range(16)]
    assert all(slower < faster for slower, faster in pairwise(speeds))
    assert all(flatter < steeper for flatter, steeper in pairwise(inclines))


def test_a_steep_descent_never_costs_less_than_rest() -> None:
    assert vo2_ml_kg_min(5.0, -30.0) == 3.5


@pytest.mark.parametrize(("sessions", "factor"), [(0, 1.20), (6, 1.10), (12, 1.0), (99, 1.0)])
def test_a_novice_spends_more_backward(sessions: int, factor: float) -> None:
    practised = vo2_ml_kg_min(4.0, 0.0, Facing.BACKWARD) - 3.5
    found = vo2_ml_kg_min(4.0, 0.0, Facing.BACKWARD, backward_sessions=sessions) - 3.5
    assert found == pytest.approx(factor * practised)
    assert vo2_ml_kg_min(4.0, backward_sessions=sessions) == vo2_ml_kg_min(4.0)


@pytest.mark.parametrize(("rails", "factor"), [(Rails.FREE, 1.0), (Rails.RESTING, 0.95), (Rails.GRIPPED, 0.80)])
def test_rails_take_their_share_of_what_is_above_rest(rails: Rails, factor: float) -> None:
    free = vo2_ml_kg_min(4.0, 5.0, Facing.BACKWARD) - 3.5
    assert vo2_ml_kg_min(4.0, 5.0, Facing.BACKWARD, rails=rails) - 3.5 == pytest.approx(factor * free)


def test_backward_running_costs_a_third_more_above_rest_at_every_gradient() -> None:
    for incline_pct in (0.0, 5.0, 10.0, 25.0):
        forward = vo2_ml_kg_min(8.0, incline_pct) - 3.5
        assert vo2_ml_kg_min(8.0, incline_pct, Facing.BACKWARD) - 3.5 == pytest.approx(1.35 * forward)


def test_net_is_gross_without_rest() -> None:
    assert gross_kcal_per_s(20.0, 80) - net_kcal_per_s(20.0, 80) == pytest.approx(gross_kcal_per_s(3.5, 80))


@pytest.mark.parametrize(("speed_kmh", "margin"), [(2.9, 0.30), (3.0, 0.20), (12.0, 0.20)])
def test_an_estimate_below_3_kmh_is_wider(speed_kmh: float, margin: float) -> None:
    assert energy_margin(speed_kmh) == margin


def test_the_heart_gains_24_bpm_for_each_metre_a_second() -> None:
    assert heart_target_bpm(7.0, rest_bpm=60) - heart_target_bpm(3.4, rest_bpm=60) == pytest.approx(24.2)
    assert heart_target_bpm(0.0, rest_bpm=60) == 60


def test_the_heart_is_15_to_25_points_of_its_maximum_higher_backward() -> None:
    more = heart_target_bpm(5.0, 0.0, Facing.BACKWARD, max_bpm=190) - heart_target_bpm(5.0, max_bpm=190)
    assert 0.15 <= more / 190 <= 0.25


def test_the_heart_rises_with_the_hill_and_never_above_its_maximum() -> None:
    assert heart_target_bpm(5.0, 5.0) > heart_target_bpm(5.0)
    assert heart_target_bpm(20.0, 15.0, Facing.BACKWARD, max_bpm=180) == 180


@pytest.mark.parametrize(("after_s", "share"), [(0, 0.0), (30, 0.41), (60, 0.65), (120, 0.88), (180, 0.96)])
def test_the_heart_follows_with_its_time_constant(after_s: float, share: float) -> None:
    assert respond(70.0, 170.0, after_s) == pytest.approx(70 + 100 * share, abs=0.6)
    assert respond(170.0, 70.0, after_s) == pytest.approx(170 - 100 * share, abs=0.6)


def test_the_heart_arrives_at_the_same_place_in_one_step_or_many() -> None:
    bpm = 70.0
    for _ in range(90):
        bpm = respond(bpm, 150.0, 1.0)
    assert bpm == pytest.approx(respond(70.0, 150.0, 90.0))
