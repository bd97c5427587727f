"""A browser that watches: what counts as drawn, and what is never sent twice or too late."""

import pytest

from coach.page.watcher import MOST_A_S, STUCK_S, WINDOW, Watcher


def test_only_a_view_that_was_sent_can_have_been_drawn() -> None:
    one = Watcher()
    one.send(7, 100.0)
    assert not one.drew(100.0, 2.0)
    assert not one.hear('{"drawn": 8}')
    assert not one.drew(100.0, 2.0)
    assert not one.hear('{"drawn": 7}')
    assert one.drew(102.0, 2.0)
    assert not one.drew(102.1, 2.0)


def test_an_old_view_that_is_drawn_late_is_not_watching() -> None:
    one = Watcher()
    one.send(1, 100.0)
    one.send(2, 101.0)
    assert not one.hear('{"drawn": 2}')
    assert not one.hear('{"drawn": 1}')
    assert one.drew(103.0, 2.0)
    assert not one.drew(103.1, 2.0)


def test_what_was_received_and_not_drawn_is_not_watching() -> None:
    one = Watcher()
    one.send(1, 100.0)
    assert not one.hear('{"got": 1}')
    assert not one.drew(100.0, 2.0)
    assert not one.stuck(200.0)


def test_a_slow_reader_gets_no_more_than_a_few_and_then_the_newest() -> None:
    one = Watcher()
    for number in range(1, WINDOW + 1):
        assert one.wants(number)
        one.send(number, 100.0)
    assert not one.wants(WINDOW + 50)
    one.hear('{"got": 1}')
    assert one.wants(WINDOW + 50)
    assert not one.wants(WINDOW)


def test_a_reader_that_takes_nothing_is_stuck_after_a_while() -> None:
    one = Watcher()
    assert not one.stuck(1000.0)
    one.send(1, 100.0)
    assert not one.stuck(100.0 + STUCK_S - 0.1)
    assert one.stuck(100.0 + STUCK_S)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "stop",
        "true",
        "[]",
        "{}",
        '{"stop": 1}',
        '{"stop": "true"}',
        '{"stop": false}',
        '{"pause": true}',
        '{"start": true}',
        '{"kmh": 12}',
        '{"got": true}',
        '{"drawn": 1e3}',
        '{"drawn": -1}',
        '{"drawn": [1]}',
        "[" * 200,
        "\x00",
    ],
)
def test_nothing_else_that_is_said_means_anything(text: str) -> None:
    one = Watcher()
    one.send(1, 100.0)
    assert not one.hear(text)
    assert not one.drew(100.0, 2.0)
    assert one.stuck(100.0 + STUCK_S)


def test_stop_is_heard() -> None:
    assert Watcher().hear('{"stop": true}')
    assert Watcher().hear('{"stop": true, "start": true, "kmh": 12}')


def test_who_says_too_much_floods() -> None:
    one = Watcher()
    assert [one.floods(100.0) for _ in range(MOST_A_S)] == [False] * MOST_A_S
    assert one.floods(100.9)
    assert not one.floods(102.5)
