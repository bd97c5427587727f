"""Numbers and lines as a page shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.show.words import clock, columns, counted, figure, length, listed, wrapped


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.5, "1:00"), (3599, "59:59"), (3600, "1:00:00"), (7265, "2:01:05")]
)  # fmt: skip
def test_a_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(("value", "text"), [(9, "9"), (4.5, "4.5"), (8.9776, "8.98"), (0.004, "0"), (100, "100")])
def test_a_figure_has_the_decimals_that_it_needs(value: float, text: str) -> None:
    assert figure(value) == text


@pytest.mark.parametrize(("metres", "text"), [(0, "0 m"), (999, "999 m"), (999.6, "1.00 km"), (5708, "5.71 km")])
def test_a_length(metres: float, text: str) -> None:
    assert length(metres) == text


def test_counts_and_lists() -> None:
    assert (counted(1, "turn"), counted(0, "turn"), counted(4, "turn")) == ("1 turn", "0 turns", "4 turns")
    assert (listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])) == ("a", "a and b", "a, b and c")


def test_a_unit_stays_with_its_number() -> None:
    assert wrapped("steepest 1 % and 4.5 km/h", 10) == ["steepest", "1 % and", "4.5 km/h"]


@given(st.text(max_size=200), st.integers(3, 60))
def test_no_line_is_wider_than_it_may_be_and_nothing_is_lost(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(0 < columns(line) <= width or not columns(line) for line in lines)
    whole = "".join(wrapped(text, 10_000))
    assert "".join(lines).replace(" ", "") == whole.replace(" ", "")
    assert all(line.isprintable() for line in lines)


def test_wide_signs_take_two_columns() -> None:
    assert columns("走る") == 4
    assert wrapped("走る走る", 5) == ["走る", "走る"]
