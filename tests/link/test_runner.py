from __future__ import annotations

import pytest

from coach.core.event import Key
from coach.core.progress import Button, Prompt
from coach.link.machine_file import find_machine
from coach.link.runner import BOUNCE_S, CONSOLE_S, SPOKEN_S, Press, VirtualRunner
from coach.link.sim import VirtualTreadmill


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


def test_a_button_is_pressed_after_the_words_and_the_way_to_it() -> None:
    prompt = Prompt(Button.START, 3, 100.0, "Press Start on the treadmill.")
    reached = {VirtualRunner(seed).reach(prompt, 100.0) for seed in range(50)}
    assert len(reached) == 50
    assert all(CONSOLE_S[0] <= at_s - 100.0 - SPOKEN_S <= CONSOLE_S[1] for at_s in reached)
    assert VirtualRunner(4).reach(prompt, 100.0) == VirtualRunner(4).reach(prompt, 100.0)


def test_the_buttons_of_the_console_do_what_they_say() -> None:
    treadmill, runner = VirtualTreadmill(find_machine("no-control")), VirtualRunner()
    treadmill.connect(0.0)
    runner.press_console(Prompt(Button.SPEED, 1, 0.0, "", 6.0), treadmill, 0.5)
    assert treadmill.speed_kmh == 0
    runner.press_console(Prompt(Button.START, 2, 0.0, ""), treadmill, 1.0)
    treadmill.run_until(10.0)
    assert treadmill.speed_kmh == pytest.approx(0.8)
    runner.press_console(Prompt(Button.SPEED, 3, 0.0, "", 6.0), treadmill, 10.0)
    treadmill.run_until(30.0)
    assert treadmill.speed_kmh == pytest.approx(6.0)
    runner.press_console(Prompt(Button.STOP, 4, 0.0, ""), treadmill, 30.0)
    treadmill.run_until(60.0)
    assert treadmill.speed_kmh == 0
