"""The rules of safety.md 4 with real key presses in a real terminal, at true speed."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from coach.core.event import Pressed
from tests.keeper.stand import wait_for
from tests.tui.terminal import DIGIT, STEADY_S, Terminal, needs_tmux

pytestmark = [pytest.mark.slow, needs_tmux]

WALK = ["run", "20min@3", "--timelapse", "8"]  # true speed until the first step runs
BACK = ["run", "warm-up 70s@4/back 60s@2/cool-down 3min@4"]


@contextmanager
def asked(folder: Path, words: list[str], *, steady: bool = True) -> Iterator[Terminal]:
    """A session that asks its first question; the heartbeats are steady unless that is not wanted."""
    with Terminal(folder, words) as terminal:
        terminal.until("READY?")
        if steady:
            Event().wait(STEADY_S)
        yield terminal


def presses(terminal: Terminal) -> list[Pressed]:
    """What the keeper heard."""
    return [one.event for one in terminal.recorded().entries if isinstance(one.event, Pressed)]


def settled(terminal: Terminal, count: int) -> None:
    """So many presses have reached the keeper, and what they led to is done."""
    wait_for(lambda: len(presses(terminal)) >= count)


def test_one_press_starts_a_forward_session_and_a_second_within_the_same_moment_is_the_same(tmp_path: Path) -> None:
    with asked(tmp_path, WALK) as terminal:
        terminal.keys("Enter", "Enter")
        wait_for(lambda: terminal.kmh > 0)
        assert terminal.truth.starts(0.0) == 1


def test_a_press_before_the_question_has_stood_starts_nothing(tmp_path: Path) -> None:
    with asked(tmp_path, WALK, steady=False) as terminal:
        terminal.keys("Enter")
        settled(terminal, 1)
        terminal.until("Too early")
        assert terminal.truth.starts(0.0) == 0


def test_a_key_that_repeats_never_becomes_a_yes(tmp_path: Path) -> None:
    with asked(tmp_path, WALK) as terminal:
        terminal.keys("x", *["Enter"] * 30)  # in one go: no second without a press between them
        settled(terminal, 31)
        terminal.until("Too early")
        assert terminal.truth.starts(0.0) == 0


def test_a_key_that_is_held_down_through_a_start_breaks_nothing(tmp_path: Path) -> None:
    with asked(tmp_path, WALK) as terminal:
        terminal.keys(*["Enter"] * 30)  # the session's screen opens in the midst of them
        settled(terminal, 30)
        terminal.until("FORWARD", "PAUSED")
        terminal.keys("Space")
        terminal.until("PAUSED")
        assert terminal.kmh == 0


@pytest.mark.parametrize("key", ["Space", "Escape"])
def test_a_stop_key_at_ready_pauses_and_starts_nothing(tmp_path: Path, key: str) -> None:
    with asked(tmp_path, WALK) as terminal:
        terminal.keys(key)
        terminal.until("PAUSED")
        assert terminal.truth.starts(0.0) == 0


def test_another_digit_starts_nothing_and_is_told(tmp_path: Path) -> None:
    with asked(tmp_path, BACK) as terminal:
        digit = DIGIT.search(terminal.screen())
        assert digit is not None
        terminal.keys(str(int(digit[1]) % 4 + 1))
        settled(terminal, 1)
        terminal.until(f"Type the digit {digit[1]}")
        assert terminal.truth.starts(0.0) == 0


def test_a_press_that_was_kept_while_the_cockpit_was_frozen_starts_nothing(tmp_path: Path) -> None:
    with asked(tmp_path, WALK) as terminal:
        os.kill(terminal.cockpit, signal.SIGSTOP)
        Event().wait(1.5)
        terminal.keys("Enter")
        os.kill(terminal.cockpit, signal.SIGCONT)
        settled(terminal, 1)
        assert terminal.truth.starts(0.0) == 0


@pytest.mark.parametrize("key", ["Enter", "PageDown"], ids=["enter", "a presenter"])
def test_a_presenter_button_on_a_moving_belt_is_a_guided_stop(tmp_path: Path, key: str) -> None:
    with asked(tmp_path, WALK) as terminal:
        terminal.keys("Enter")
        terminal.until("FORWARD")
        wait_for(lambda: terminal.kmh >= 0.8)
        terminal.keys(key)
        terminal.until("PAUSED")
        assert terminal.kmh == 0
        assert terminal.truth.starts(0.0) == 1


@pytest.mark.parametrize(
    ("key", "before"),
    [("Space", []), ("Escape", []), ("Space", ["h"]), ("Escape", ["F9"])],
    ids=["space", "esc", "space with help open", "esc with the panel open"],
)
def test_a_stop_key_stops_a_moving_belt_whatever_is_open(tmp_path: Path, key: str, before: list[str]) -> None:
    with asked(tmp_path, WALK) as terminal:
        terminal.keys("Enter")
        terminal.until("FORWARD")
        wait_for(lambda: terminal.kmh >= 0.8)
        if before:
            terminal.keys(*before)
            terminal.until("Esc", "STOP")
        terminal.keys(key)
        wait_for(lambda: terminal.kmh == 0)
        terminal.until("PAUSED")


@pytest.mark.parametrize("key", ["x", "C-q", "C-z"])
def test_any_key_cancels_a_start(tmp_path: Path, key: str) -> None:
    with asked(tmp_path, WALK) as terminal:
        terminal.keys("Enter")
        terminal.until("BELT STARTS")
        Event().wait(0.9)  # later than the same press
        terminal.keys(key)
        terminal.until("PAUSED")
        assert terminal.kmh == 0


def test_leaving_takes_two_presses_and_stops_the_belt(tmp_path: Path) -> None:
    with asked(tmp_path, WALK) as terminal:
        terminal.keys("Enter")
        terminal.until("FORWARD")
        wait_for(lambda: terminal.kmh >= 0.8)
        terminal.keys("C-c")
        terminal.until("Press again")
        terminal.keys("C-c")
        terminal.until("SESSION OVER")
        assert terminal.kmh == 0
        assert terminal.leave() == 1
