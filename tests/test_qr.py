"""The QR code in half blocks: module for module what it should be, dark on light, with room round it."""

import pytest

from coach.qr import INK, QUIET, blocks, lines, modules

ADDRESS = "http://192.168.100.200:65535/0123456789abcdef012345/"
UPPER, LOWER = "▀█", "▄█"


@pytest.mark.parametrize("negative", [False, True])
def test_the_blocks_are_the_modules(negative: bool) -> None:
    found = [
        [(sign in half) != negative for sign in line]
        for line in blocks(ADDRESS, negative=negative)
        for half in (UPPER, LOWER)
    ]
    expected = [list(row) for row in modules(ADDRESS)]
    assert found[: len(expected)] == expected
    assert [row for row in found[len(expected) :] if any(row)] == []


def test_it_has_its_three_corners_and_light_round_it() -> None:
    found = modules(ADDRESS)
    size = len(found)
    assert all(len(row) == size for row in found)
    corner = [row[QUIET : QUIET + 7] for row in found[QUIET : QUIET + 7]]
    assert corner[0] == (True,) * 7
    assert corner[3] == (True, False, True, True, True, False, True)
    assert [row[size - QUIET - 7 : size - QUIET] for row in found[QUIET : QUIET + 7]] == corner
    assert not any(any(row) for row in (*found[:QUIET], *found[-QUIET:]))
    assert not any(any(row[:QUIET]) or any(row[-QUIET:]) for row in found)


def test_the_longest_address_fits_a_small_terminal() -> None:
    found = blocks(ADDRESS)
    assert len(found) <= 21
    assert max(map(len, found)) <= 41


def test_in_colour_it_is_black_on_white_and_else_a_negative() -> None:
    assert all(line.startswith(INK) for line in lines(ADDRESS, colour=True))
    assert lines(ADDRESS, colour=False) == blocks(ADDRESS, negative=True)
