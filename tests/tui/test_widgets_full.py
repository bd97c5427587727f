"""A state that takes the screen: what must be read from afar is whole at every size."""

from __future__ import annotations

import pytest

from coach.seen.full import Full, Number
from coach.tui.widgets.full import draw_full
from coach.tui.widgets.glyphs import digits

DIGIT = Number("1", "TYPE THIS DIGIT", "turn")
SPEED = Number("0.0", "BELT, km/h", "strong")


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 30), (120, 40), (160, 50), (200, 60), (240, 70)])
def test_digit_and_speed_are_whole_beside_each_other(width: int, height: int) -> None:
    full = Full("PAUSED", "turn", ("Paused.",), (), (DIGIT, SPEED))
    rows = ["".join(part for part, _ in line)[:width] for line in draw_full(full, width, height)]
    shown = "\n".join(rows)
    assert any(
        all(row in shown for number in (DIGIT, SPEED) for row in digits(number.digits, scale)) for scale in (1, 2, 3)
    )
    assert DIGIT.label in shown
    assert SPEED.label in shown
