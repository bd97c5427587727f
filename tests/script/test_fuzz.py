"""Whatever stands in a file: the checker reports and never raises, and its places lie inside the file."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from coach.script.check import Loaded, check_text, load
from coach.script.find import find, shipped
from coach.script.problem import Findings

FILES = [(find(name, Findings()).raw or b"").decode() for name in shipped()]
PIECES = [
    "-", "  ", "\n", ":", ": ", "#", " #", "'", '"', "{", "}", "[", "]", ",", "&a ", "*a", "!", "|", ">", "%", "@", "$",
    "->", "..", "\t", "\u00a0", "\u2028", "\u2212", "\x00", "\x07", "0", "-1", "1e309", "nan", "km/h", " m", "/km",
    "repeat: 99999", "use: strides", "steps:", "backward", "between:", "vary: {a: [1, 2]}", "<<: *a", "---\n", "走",
    "\r", "heart: zone 2", "within: 5 .. 6 km/h", "until: heart < 100 bpm", "say: {half: x}",
    "to 1 km", "open", "define:",
]  # fmt: skip
SIGNS = [*"0123456789x()/@,->. $%:", "min", "km", "back ", "rest ", "3x(", "/km", "open"]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A shipped workout with a few pieces put in, taken out or moved."""
    text = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.just(text[start:end] * 2), st.just("")))
        text = text[:start] + piece + text[end:]
    return text


def sound(loaded: Loaded) -> None:
    """What holds for every result."""
    lines = loaded.text.split("\n")
    assert (loaded.workout is None) == any(problem.error for problem in loaded.problems)
    assert loaded.problems == tuple(sorted(loaded.problems, key=lambda problem: (problem.line, problem.column)))
    for problem in loaded.problems:
        assert 1 <= problem.line <= max(len(lines), loaded.text.count("\r") + len(lines))
        assert problem.column >= 1
        assert problem.message.isprintable()
    assert loaded.rendered().replace("\n", "").isprintable()


@settings(max_examples=150, deadline=None)
@given(mutated())
def test_a_mutated_workout_is_read_or_told(text: str) -> None:
    sound(check_text(text))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_told(text: str) -> None:
    sound(check_text(text))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, *string.digits, "forward: ", "min", " @ ", " km/h", "\n  - "]), max_size=12))
def test_any_step_is_read_or_told(pieces: list[str]) -> None:
    sound(check_text("format: 1\nname: Test\nlevel: beginner\nsteps:\n  - forward: " + "".join(pieces) + "\n"))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(SIGNS), max_size=20))
def test_any_shorthand_is_read_or_told(pieces: list[str]) -> None:
    loaded = load("".join(pieces) + "@")
    assert (loaded.workout is None) == any(problem.error for problem in loaded.problems)
    assert loaded.rendered().replace("\n", "").isprintable()
