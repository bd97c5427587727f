from __future__ import annotations

from coach.core.event import Key
from coach.core.wish import Phase
from tests.core.build import started, status


def test_a_stop_after_an_impossible_report_is_still_watched_for_obedience() -> None:
    made = started()
    made.follow(20)
    made.run(0.5, 400.0)
    made.press(Key.STOP)
    made.run(6, 6.0)
    assert made.phase is Phase.STOP_FAILED


def test_a_belt_that_stands_after_an_impossible_report_is_known_to_stand() -> None:
    made = started()
    made.follow(20)
    made.run(0.5, 400.0)
    made.press(Key.STOP)
    made.run(40, 0.0)
    assert made.phase is Phase.PAUSED


def test_a_pulled_key_that_nobody_puts_back_ends_the_session_after_a_while() -> None:
    made = started()
    made.follow(20)
    made.feed(status(made.at_s, "03"))
    made.run(700, 0.0)
    assert made.phase is Phase.ENDED
