"""Numbers as a runner reads them."""

import pytest

from coach.seen.units import Units, change, clock, countdown, distance, percent, speed, speed_unit


@pytest.mark.parametrize(
    ("kmh", "units", "shown"),
    [
        (None, Units.KMH, "–"),
        (0.0, Units.KMH, "0.0"),
        (16.0, Units.KMH, "16.0"),
        (1.609344, Units.MPH, "1.0"),
        (10.0, Units.PACE, "6:00"),
        (0.8, Units.PACE, "1:15:00"),
        (0.29, Units.PACE, "–"),
        (None, Units.PACE, "–"),
    ],
)
def test_a_speed_is_shown_in_each_unit(kmh: float | None, units: Units, shown: str) -> None:
    assert speed(kmh, units) == shown
    assert speed_unit(kmh, units) == f"{shown} {units.word}"


@pytest.mark.parametrize(
    ("was", "now", "units", "shown"),
    [
        (5.0, 5.3, Units.KMH, "+0.3"),
        (5.0, 4.7, Units.KMH, "−0.3"),
        (5.0, 5.04, Units.KMH, "±0.0"),
        (5.0, 6.609344, Units.MPH, "+1.0"),
        (5.0, 5.3, Units.PACE, "+0.3 km/h"),
    ],
)
def test_a_difference_has_its_sign(was: float, now: float, units: Units, shown: str) -> None:
    assert change(was, now, units) == shown


@pytest.mark.parametrize(
    ("metres", "units", "shown"),
    [(999.4, Units.KMH, "999 m"), (1000.0, Units.PACE, "1.00 km"), (1609.344, Units.MPH, "1.00 mi")],
)
def test_a_distance_has_its_unit(metres: float, units: Units, shown: str) -> None:
    assert distance(metres, units) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (59.9, "0:59"), (60, "1:00"), (3600, "1:00:00")])
def test_a_clock_counts_whole_seconds(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(-1, "0:00"), (0.01, "0:01"), (59.01, "1:00"), (60, "1:00")])
def test_a_countdown_is_over_only_at_its_end(seconds: float, shown: str) -> None:
    assert countdown(seconds) == shown


@pytest.mark.parametrize(("share", "shown"), [(1.05, "+5 %"), (0.9, "−10 %"), (1.0, "+0 %")])
def test_a_trim_is_a_percentage(share: float, shown: str) -> None:
    assert percent(share) == shown
