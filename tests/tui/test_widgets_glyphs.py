"""Big signs: digits and letters, all of one height, none like another."""

import pytest

from coach.tui.widgets.glyphs import _DIGITS, _LETTERS, ROWS, digits, most_scale, word


@pytest.mark.parametrize("table", [_DIGITS, _LETTERS], ids=["digits", "letters"])
def test_every_sign_has_seven_rows_of_one_width(table: dict[str, tuple[str, ...]]) -> None:
    for sign, rows in table.items():
        assert len(rows) == ROWS == 7, sign
        assert len({len(row) for row in rows}) == 1, sign


@pytest.mark.parametrize("table", [_DIGITS, _LETTERS], ids=["digits", "letters"])
def test_no_two_signs_look_alike_but_the_two_dashes(table: dict[str, tuple[str, ...]]) -> None:
    looks = [rows for sign, rows in table.items() if sign != "–"]
    assert len(looks) == len(set(looks))


def test_all_digits_are_as_wide_so_that_a_countdown_does_not_jump() -> None:
    assert len({len(_DIGITS[sign][0]) for sign in "0123456789-"}) == 1


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_digits_grow_in_both_directions(scale: int) -> None:
    rows = digits("12:34.5", scale)
    assert len(rows) == ROWS * scale
    assert {len(row) for row in rows} == {len(digits("12:34.5")[0]) * scale}


def test_a_sign_without_a_picture_is_left_out() -> None:
    assert digits("1x2") == digits("12")


@pytest.mark.parametrize(
    ("width", "height", "across"), [(29, 7, 1), (30, 7, 2), (99, 13, 2), (44, 14, 2), (45, 14, 3), (60, 14, 4)]
)
def test_a_word_is_as_large_as_it_fits(width: int, height: int, across: int) -> None:
    assert len(word("RAI", 99)[0]) == 2 * 15
    assert len(word("RAI", width, height)[0]) == across * 15


def test_a_word_that_does_not_fit_is_written_small() -> None:
    assert word("CONSOLE", 20) == ["", "", "", "CONSOLE", "", "", ""]


@pytest.mark.parametrize(("width", "height", "scale"), [(103, 14, 1), (104, 13, 1), (104, 14, 2), (300, 21, 3)])
def test_numbers_share_the_largest_scale_that_fits_all(width: int, height: int, scale: int) -> None:
    assert len(digits("10.5")[0]) == 26
    assert most_scale(["10.5", "0.8"], width, height) == scale
