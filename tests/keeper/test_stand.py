"""What the proofs read from what a belt did: the reader itself is read."""

from __future__ import annotations

import pytest

from tests.keeper.stand import Truth

START, STOP, SIX, TWO = "07", "0801", "025802", "02c800"


def told(*writes: tuple[float, str]) -> Truth:
    """A belt at 4 km/h throughout, and what it was told."""
    return Truth([{"mono": at_s, "kmh": 4.0, "write": value} for at_s, value in writes])


@pytest.mark.parametrize(
    ("at_s", "slows"),
    [(0.5, False), (1.5, False), (2.5, True), (3.5, False), (4.5, False)],
    ids=["nothing", "a faster speed", "a slower speed", "a new Start", "Stop is no set-point"],
)
def test_a_belt_slows_where_the_last_set_point_of_its_start_is_below_its_speed(at_s: float, slows: bool) -> None:
    assert told((1.0, SIX), (2.0, TWO), (3.0, START), (4.0, STOP)).slows(at_s, 4.0) is slows


def test_the_first_write_that_slows_is_a_lower_set_point_or_a_stop() -> None:
    assert told((1.0, SIX), (2.0, TWO), (3.0, STOP)).slowing_s(1.0) == 2.0
    assert told((1.0, TWO), (2.0, SIX), (3.0, STOP)).slowing_s(1.5) == 3.0
    with pytest.raises(AssertionError, match="nothing slowed"):
        told((1.0, TWO), (2.0, SIX)).slowing_s(1.5)


def test_only_starts_after_an_instant_count() -> None:
    assert told((1.0, START), (2.0, TWO), (3.0, START)).starts(1.0) == 1
