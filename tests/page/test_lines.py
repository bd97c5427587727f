"""The lines between a keeper and its page: each comes out as it went in, and anything else is refused."""

import pytest

from coach.page.lines import (
    LineError,
    NotServed,
    Opening,
    Served,
    Stop,
    Up,
    Watching,
    Words,
    address,
    opening_line,
    read_opening,
    read_up,
    read_words,
    up_line,
    words_line,
)


@pytest.mark.parametrize("said", [Served("127.0.0.1", 8000), NotServed("why"), Watching(3), Stop()])
def test_what_a_page_says_is_read_as_it_was_written(said: Up) -> None:
    assert read_up(up_line(said)) == said


@pytest.mark.parametrize(
    "line",
    [b"", b"nothing", b"[]", b"{}", b'{"stop":false}', b'{"stop":"yes"}', b'{"pause":true}', b'{"watching":"1"}'],
)
def test_a_page_cannot_say_anything_else(line: bytes) -> None:
    with pytest.raises(LineError):
        read_up(line)


@pytest.mark.parametrize("opening", [Opening("127.0.0.1", 0, "token"), Opening("::1", 80, "token", {"journal": 1})])
def test_the_first_line_is_read_as_it_was_written(opening: Opening) -> None:
    assert read_opening(opening_line(opening)) == opening


@pytest.mark.parametrize("line", [b"", b"{}", b'{"host":"127.0.0.1","port":0,"token":"","header":null}'])
def test_without_a_secret_nothing_is_served(line: bytes) -> None:
    with pytest.raises(LineError):
        read_opening(line)


def test_the_words_of_a_rehearsal_are_read_as_they_were_written() -> None:
    words = Words("ALARM", ("You see it.",), alarm=True)
    assert read_words(words_line(words)) == words
    assert read_words(b'{"kind":"beat"}') is None


def test_an_address_has_brackets_round_a_long_host() -> None:
    assert address("192.168.1.20", 80, "t") == "http://192.168.1.20:80/t/"
    assert address("fe80::1", 80, "t") == "http://[fe80::1]:80/t/"


def test_the_secret_is_in_no_message_and_no_representation() -> None:
    assert "token" not in repr(Opening("127.0.0.1", 0, "the-token")).replace("token=", "")
    with pytest.raises(LineError) as error:
        read_opening(opening_line(Opening("127.0.0.1", 0, "the-token"))[:-3])
    assert "the-token" not in str(error.value)
    assert error.value.__cause__ is None
