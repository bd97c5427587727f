from __future__ import annotations

import pytest

from coach.core.event import Key
from coach.link.runner import BOUNCE_S, Press, VirtualRunner


def test_a_question_is_answered_after_its_words_and_a_reaction() -> None:
    for seed in range(50):
        (press,) = VirtualRunner(seed).asked(100.0, "ready")
        assert 104.0 <= press.at_s <= 106.0
        assert (press.key, press.digit) == (Key.YES, None)


def test_a_press_waits_until_it_counts() -> None:
    (press,) = VirtualRunner().asked(100.0, "ready", minimum_wait_s=8.0)
    assert 109.0 <= press.at_s <= 111.0


def test_a_digit_is_read_from_the_screen() -> None:
    (press,) = VirtualRunner().asked(0.0, "face the console", 1.5, "3")
    assert (press.key, press.digit) == (Key.DIGIT, "3")


def test_the_same_seed_reacts_the_same() -> None:
    first, second, other = VirtualRunner(4), VirtualRunner(4), VirtualRunner(5)
    answers = [[runner.asked(0.0, "ready") for _ in range(5)] for runner in (first, second, other)]
    assert answers[0] == answers[1] != answers[2]
    assert len({press.at_s for (press,) in answers[0]}) == 5


def test_misbehaving_once_changes_no_other_answer() -> None:
    good, silent, late, double = VirtualRunner(), VirtualRunner(), VirtualRunner(), VirtualRunner()
    silent.ignore_next()
    late.delay_next(25.0)
    double.double_next()
    (press,) = good.asked(10.0, "ready")
    assert silent.asked(10.0, "ready") == []
    assert late.asked(10.0, "ready") == [Press(35.0, Key.YES)]
    assert double.asked(10.0, "ready") == [press, Press(press.at_s + BOUNCE_S, Key.YES)]
    following = [runner.asked(90.0, "ready", 4.0) for runner in (good, silent, late, double)]
    assert all(answer == following[0] for answer in following)


@pytest.mark.parametrize("count", [0, 3])
def test_a_runner_remembers_what_was_asked(count: int) -> None:
    runner = VirtualRunner()
    for number in range(count):
        runner.asked(float(number), f"question {number}")
    assert runner.heard == [f"question {number}" for number in range(count)]
