"""What Ready says, without a screen: what is waited for, what is missing, and that coach may only prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.content import Content

from coach.core.heart import Source
from coach.core.machine import MachineProfile
from coach.core.plan import make_plan
from coach.core.progress import Ask, Question
from coach.core.wish import Phase
from coach.gate import Check
from coach.script.check import load
from coach.seen.units import Units
from coach.tui.outside import Strap
from coach.tui.readiness import (
    LOOKING,
    asked,
    belt_words,
    checked,
    connecting,
    draw_bottom,
    heart_words,
    hung,
    missing_words,
    prompt_words,
    refusal,
)
from tests.tui.bare import plan, snapshot

WHY = "the treadmill does not take speeds from an app"
MOVES = "The belt is moving. Stop it on the console."
DONE, LEFT = Check("a", True, "Do a.", 20.0), Check("b", False, "Do b.", 5.0)


def test_the_digit_is_seven_rows_high_where_there_is_room() -> None:
    bottom = asked(Question(Ask.DIGIT, 1, 0.0, 1.5, "Type 4.", "4"))
    lines = draw_bottom(bottom, 60, 7)
    assert ["█" in "".join(text for text, _ in line) for line in lines] == [True] * 7
    small = draw_bottom(bottom, 60, 3)
    assert "type 4" in "".join(text for text, _ in small[0])


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ((Check("a", False, "Do a.", 20.0, by_word=True),), "Do a. Then press c. This is the last check."),
        (
            (Check("alarm", False, "Hear it.", 20.0, by_word=True),),
            "Hear it. Press a to play it. Then press c. This is the last check.",
        ),
        ((Check("a", False, "Not today.", None), Check("b", False, "Do b.", 5.0)), "Not today."),
    ],
)
def test_what_is_missing_is_said_with_the_way_out(checks: tuple[Check, ...], words: str) -> None:
    assert missing_words(checks) == f"{words} f runs it forward only today."


def test_a_refusal_of_a_forward_workout_names_no_forward_part() -> None:
    assert refusal("no link.", (), forward=False) == "No link. Enter tries again, t takes another treadmill."


def test_in_brief_what_is_done_takes_one_line_and_what_is_not_is_told_in_full() -> None:
    checks = (DONE, replace(DONE, name="c", words="Do c."), LEFT)
    assert [line.plain for line in checked(checks, brief=True)] == ["✓ Done: a, c.", "□ Do b. (about 5 s)"]
    assert [line.plain for line in checked(checks)] == ["✓ Do a.", "✓ Do c.", "□ Do b. (about 5 s)"]
    assert [line.plain for line in checked((DONE,), brief=True)] == ["✓ Do a."]


@pytest.mark.parametrize("width", [10, 22, 40, 78])
def test_a_line_that_is_wrapped_hangs_and_loses_no_word(width: int) -> None:
    words = "Limits     beginner: backward to 3.0 km/h, a block 3 min, all 5 min, heart 144"
    first, *rest = hung(Content(words), width, 11).plain.split("\n")
    assert " ".join([first, *rest]).split() == words.split()
    assert all(line.startswith(" " * 11) for line in rest)
    assert all(len(line) <= max(width, 22) for line in (first, *rest))


def test_what_fits_is_left_as_it_is() -> None:
    assert hung(Content("Strap      none"), 40, 11).plain == "Strap      none"


@pytest.mark.parametrize(
    ("changes", "head", "words"),
    [
        (
            {"link": False, "kmh": None, "link_why": "Bluetooth is off.", "waits": "x"},
            "CONNECTING",
            "Bluetooth is off.",
        ),
        (
            {"link": False, "kmh": None, "waits": "Looking for the treadmill."},
            "CONNECTING",
            "Looking for the treadmill.",
        ),
        ({"kmh": 0.0, "waits": "The belt must stand for a moment."}, "CONNECTING", "The belt must stand for a moment."),
        ({"kmh": 3.0, "waits": MOVES}, "THE BELT MOVES", MOVES),
        ({"kmh": 3.0}, "THE BELT MOVES", MOVES),
    ],
)
def test_connecting_says_what_is_waited_for(changes: dict[str, Any], head: str, words: str) -> None:
    bottom = connecting(snapshot(phase=Phase.CONNECTING, **changes))
    assert (bottom.head, bottom.text) == (head, words)


def test_before_the_first_snapshot_it_says_what_was_said_last() -> None:
    assert connecting(None).text == LOOKING
    assert connecting(None, "The guard sleeps.").text == "The guard sleeps."


def test_a_belt_that_moves_before_the_start_is_told() -> None:
    assert "MOVES: 1.0 km/h" in belt_words(True, snapshot(kmh=1.0), Units.KMH)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bpm": 70}, "70 bpm"),
        ({"bpm": 70, "heart_from": Source.TREADMILL}, "70 bpm from the console"),
        ({"bpm": 70, "battery_pct": 19}, "70 bpm, battery 19 %"),
        ({"bpm": 70, "battery_pct": 20}, "70 bpm"),
        ({"bpm": None}, "no heart rate yet"),
    ],
)
def test_the_strap_says_its_rate_its_source_and_a_low_battery(changes: dict[str, Any], words: str) -> None:
    assert heart_words(Strap("sim", "strap"), snapshot(**changes)) == words


def test_prompt_mode_is_told_before_the_start_with_what_it_leaves_out() -> None:
    assert prompt_words(plan(), snapshot()) == ()
    mode = "PROMPT MODE: you press, coach measures"
    assert prompt_words(plan("easy-walk-30"), snapshot(prompted=WHY)) == (mode, f"({WHY})")
    workout = load("first-steps-back").workout
    assert workout is not None
    only = make_plan(workout, MachineProfile(speed_control=False))
    assert prompt_words(only, None) == (f"{mode}, backward is left out", f"({WHY})")
