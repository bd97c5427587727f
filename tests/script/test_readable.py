"""Whatever stands in a field: it is read, or it is told why not, in a sentence with a rule."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.script.field import read_bound, read_heart, read_moment, read_until
from coach.script.problem import UnreadableError
from coach.script.quantity import read_line, read_ramp, read_value
from coach.script.unit import ANY, COUNT, DISTANCE, INCLINE, SPEED, TIME

READERS: dict[str, Callable[[str], object]] = {
    "line": read_line,
    "speed": lambda text: read_ramp(text, SPEED),
    "incline": lambda text: read_ramp(text, INCLINE),
    "within": lambda text: read_ramp(text, SPEED, between=".."),
    "time": lambda text: read_value(text, TIME),
    "distance": lambda text: read_value(text, DISTANCE),
    "rounds": lambda text: read_value(text, COUNT),
    "parameter": lambda text: read_value(text, ANY),
    "heart": read_heart,
    "bound": read_bound,
    "until": read_until,
    "moment": read_moment,
}
PARTS = st.sampled_from(
    [
        *("5", "10", "1.5", "0", "90", "1:30", "5:30", "1:00:00", "1,5", "1,000", ".", ",", ":", "e5", "nan", "²", "٣"),
        *(" ", "  ", "\t", "@", " @ ", "->", " -> ", "..", "…", "-", "–", "−", "+", "to", "of ", "x", "x3", " 3x", "/"),
        *(
            "min",
            "s",
            "h",
            "m",
            "km",
            "km/h",
            "kmh",
            "mph",
            "/km",
            "/mi",
            "%",
            "°",
            "deg",
            "'",
            '"',
            "′",
            "“",
            "”",
            "’",
        ),
        *(
            "$x",
            "${x}",
            "$x + ",
            "* ",
            "zone",
            "Z2",
            "bpm",
            "%max",
            "heart ",
            "< ",
            "> ",
            "<=",
            "open",
            "to ",
            "every ",
        ),
    ]
)


def told(name: str, text: str) -> UnreadableError | None:
    """Why a text cannot stand in a field; None where it can."""
    try:
        READERS[name](text)
    except UnreadableError as wrong:
        return wrong
    return None


@pytest.mark.parametrize("name", READERS)
@given(st.lists(PARTS, max_size=6).map("".join))
@settings(max_examples=150)
def test_a_value_is_read_or_it_is_told_why_not(name: str, text: str) -> None:
    wrong = told(name, text)
    if wrong is not None:
        assert re.fullmatch("[a-z]+(-[a-z]+)*", wrong.rule)
        assert wrong.message
        assert not wrong.message.endswith(".")
        assert 0 <= wrong.at <= len(text)
        assert wrong.help is None or wrong.help.strip() == wrong.help != "write"


@pytest.mark.parametrize("name", READERS)
@given(st.text(max_size=12))
def test_any_text_at_all_can_stand_there(name: str, text: str) -> None:
    wrong = told(name, text)
    assert wrong is None or wrong.message
