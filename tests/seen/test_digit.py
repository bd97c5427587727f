"""The digit of the console is in no words that go elsewhere."""

import re
from typing import Final

import pytest

from coach.core import say
from coach.seen.digit import asks_digit, undisclosed

ASKING: Final = [words for words in vars(say).values() if isinstance(words, str) and re.search(r"[Tt]ype.*\{\}", words)]


def test_the_core_asks_in_some_words() -> None:
    assert len(ASKING) >= 6


@pytest.mark.parametrize("digit", "1234")
@pytest.mark.parametrize("words", ASKING)
def test_no_words_of_the_core_that_ask_for_a_digit_let_it_through(words: str, digit: str) -> None:
    told = words.format(digit)
    assert asks_digit(told)
    assert not re.search(r"\d", undisclosed(told))
    assert "the digit on the screen" in undisclosed(told)


@pytest.mark.parametrize("words", ["Type the digit.", "type the digit on the screen", "TYPE 3", "Type the digit: 3."])
def test_words_that_ask_without_it_or_otherwise_ask_too(words: str) -> None:
    assert asks_digit(words)
    assert not re.search(r"\d", undisclosed(words))


@pytest.mark.parametrize(
    "words", ["Facing rear, 1.2 kilometres an hour, 30 seconds left.", "A prototype 3.", "Type 30."]
)
def test_what_is_no_asking_stays_as_it_is(words: str) -> None:
    assert not asks_digit(words)
    assert undisclosed(words) == words
