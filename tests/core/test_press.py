from __future__ import annotations

import itertools
from dataclasses import replace
from math import inf
from typing import Final

import pytest

from coach.core.event import Key, Pressed
from coach.core.press import Meaning, meaning
from coach.core.progress import Ask, Progress, Question
from coach.core.wish import Phase
from coach.core.workout import Facing
from tests.core.build import BACKWARD, FORWARD, KEYS, NOW_S, START, UNKNOWN, play, to_the_rear

STEPS: Final = (Phase.STARTING, Phase.CONSOLE_START, Phase.STEP_ON, Phase.RAMP, Phase.SLOW, Phase.RAILS)


def asking(ask: Ask = Ask.YES, *, stood_s: float = 10.0, minimum_s: float = 4.0, pressed_s: float = inf) -> Progress:
    """A question that has stood for so long, so long after the last press."""
    question = Question(ask, 7, NOW_S - stood_s, minimum_s, "Ready?", "3" if ask is Ask.DIGIT else "")
    return Progress(phase=Phase.READY, facing=UNKNOWN, question=question, pressed_at_s=NOW_S - pressed_s)


def yes(serial: int | None = 7, *, steady_s: float = inf) -> Pressed:
    return Pressed(NOW_S, Key.YES, "", serial, steady_s)


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("ask", [None, Ask.YES, Ask.DIGIT, Ask.STANDS])
def test_space_is_a_stop_in_every_state_and_at_every_question(phase: Phase, ask: Ask | None) -> None:
    progress = replace(asking(ask or Ask.YES), phase=phase, yes_at_s=NOW_S)
    if ask is None:
        progress = replace(progress, question=None)
    assert meaning(progress, Pressed(NOW_S, Key.STOP)) is Meaning.STOP


@pytest.mark.parametrize(("stood_s", "counts"), [(3.99, False), (4.0, True), (4.01, True), (0.0, False)])
def test_a_question_must_have_stood(stood_s: float, counts: bool) -> None:
    assert (meaning(asking(stood_s=stood_s), yes()) is Meaning.YES) is counts


@pytest.mark.parametrize(("pressed_s", "counts"), [(0.03, False), (0.99, False), (1.0, True), (1.01, True)])
def test_no_press_came_in_the_second_before(pressed_s: float, counts: bool) -> None:
    assert (meaning(asking(pressed_s=pressed_s), yes()) is Meaning.YES) is counts


@pytest.mark.parametrize(("steady_s", "counts"), [(0.0, False), (1.99, False), (2.0, True), (60.0, True)])
def test_the_heartbeats_were_unbroken(steady_s: float, counts: bool) -> None:
    assert (meaning(asking(), yes(steady_s=steady_s)) is Meaning.YES) is counts


@pytest.mark.parametrize(("serial", "counts"), [(6, False), (7, True), (8, False)])
def test_a_yes_carries_the_serial_of_what_was_asked(serial: int, counts: bool) -> None:
    assert (meaning(asking(), yes(serial)) is Meaning.YES) is counts


@pytest.mark.parametrize("digit", ["", "1", "2", "4", "33"])
def test_another_digit_is_wrong(digit: str) -> None:
    assert meaning(asking(Ask.DIGIT), Pressed(NOW_S, Key.DIGIT, digit, 7)) is Meaning.WRONG


def test_the_digit_that_the_screen_shows_is_a_yes() -> None:
    assert meaning(asking(Ask.DIGIT), Pressed(NOW_S, Key.DIGIT, "3", 7)) is Meaning.YES


def test_a_presenter_may_answer_for_the_digit_but_no_digit_for_a_yes() -> None:
    assert meaning(asking(Ask.DIGIT), yes()) is Meaning.YES
    assert meaning(asking(Ask.YES), Pressed(NOW_S, Key.DIGIT, "3", 7)) is not Meaning.YES


@pytest.mark.parametrize("key", [key for key in KEYS if key not in {Key.YES, Key.DIGIT}])
def test_no_other_key_is_ever_a_yes(key: Key) -> None:
    for ask in Ask:
        assert meaning(asking(ask), Pressed(NOW_S, key, "3", 7)) is not Meaning.YES


@pytest.mark.parametrize("key", [key for key in KEYS if key not in {Key.STOP, Key.QUIT, Key.HELP}])
@pytest.mark.parametrize("phase", STEPS)
def test_any_press_in_a_turn_is_a_stop(phase: Phase, key: Key) -> None:
    progress = Progress(phase=phase, facing=UNKNOWN)
    assert meaning(progress, Pressed(NOW_S, key)) is Meaning.STOP


@pytest.mark.parametrize(("since_s", "same"), [(0.0, True), (0.79, True), (0.8, False)])
def test_presses_soon_after_a_yes_are_the_same_press(since_s: float, same: bool) -> None:
    progress = Progress(phase=Phase.STARTING, yes_at_s=0.0, facing=UNKNOWN)
    assert (meaning(progress, Pressed(since_s, Key.YES)) is Meaning.SAME) is same


@pytest.mark.parametrize("facing", [FORWARD, BACKWARD, UNKNOWN])
@pytest.mark.parametrize("phase", [Phase.RUN, Phase.BRIDGE])
def test_a_presenter_on_a_running_belt_is_a_guided_stop(phase: Phase, facing: Facing) -> None:
    assert meaning(Progress(phase=phase, facing=facing), yes(None)) is Meaning.GUIDED


REAR_KEYS: Final = {Key.SLOWER: Meaning.TUNE, Key.MUCH_SLOWER: Meaning.TUNE, Key.YES: Meaning.GUIDED}


@pytest.mark.parametrize("key", KEYS)
def test_facing_the_rear_only_stop_yes_and_slower_exist(key: Key) -> None:
    fixed = {Key.STOP: Meaning.STOP, Key.QUIT: Meaning.QUIT, Key.HELP: Meaning.NOTHING}
    means = meaning(Progress(phase=Phase.RUN, facing=BACKWARD), Pressed(NOW_S, key))
    assert means is fixed.get(key, REAR_KEYS.get(key, Meaning.DEAF))


def test_facing_forward_the_keys_are_those_of_the_table() -> None:
    progress = Progress(phase=Phase.RUN, facing=FORWARD)
    found = {key: meaning(progress, Pressed(NOW_S, key)) for key in KEYS}
    tunes = {Key.FASTER, Key.SLOWER, Key.MUCH_FASTER, Key.MUCH_SLOWER, Key.STEEPER, Key.FLATTER, Key.UNTRIM}
    assert {key for key, means in found.items() if means is Meaning.TUNE} == tunes
    assert (found[Key.PAUSE], found[Key.NEXT], found[Key.LAP]) == (Meaning.PAUSE, Meaning.SKIP, Meaning.LAP)
    assert found[Key.DIGIT] is Meaning.NOTHING


def test_a_key_that_is_held_down_is_no_yes() -> None:
    made = play()
    question = made.progress.question
    assert question is not None
    for _ in range(300):
        made.feed(Pressed(made.at_s + 0.03, Key.DIGIT, question.digit, question.serial))
    assert START not in made.written()


def test_a_key_that_is_held_down_from_a_yes_on_cancels_the_start() -> None:
    made = to_the_rear(Phase.READY)
    made.run(6, 0.0)
    before = len(made.writes)
    for _ in range(60):
        made.press(Key.YES)
        made.tick(0.03)
    made.run(20, 0.0)
    assert START not in [value for _, value in made.writes[before:]]


def test_a_double_press_is_one_yes() -> None:
    made = to_the_rear(Phase.READY)
    made.run(6, 0.0)
    before = len(made.writes)
    made.press(Key.YES)
    made.tick(0.4)
    made.press(Key.YES)
    made.run(3, 0.0)
    assert [value for _, value in made.writes[before:]].count(START) == 1


def test_a_press_for_a_question_that_is_over_is_no_yes() -> None:
    made = play()
    old = made.progress.question
    assert old is not None
    made.run(2, 0.0)
    made.press(Key.STOP)
    made.run(5, 0.0)
    now = made.progress.question
    assert now is not None
    made.feed(Pressed(made.at_s, Key.DIGIT, now.digit, old.serial))
    made.run(5, 0.0)
    assert START not in made.written()


def test_a_press_after_broken_heartbeats_is_no_yes() -> None:
    made = play()
    question = made.progress.question
    assert question is not None
    made.run(3, 0.0)
    made.feed(Pressed(made.at_s, Key.DIGIT, question.digit, question.serial, 1.9))
    made.run(5, 0.0)
    assert START not in made.written()


def test_the_digit_is_new_each_time() -> None:
    made = play()
    seen = []
    for _ in range(6):
        question = made.progress.question
        assert question is not None
        seen.append(question.digit)
        made.run(61, 0.0)
        if made.phase is Phase.PAUSED:
            made.yes()
            made.press(Key.STOP)
            made.run(5, 0.0)
    assert all(one != two for one, two in itertools.pairwise(seen))
    assert set(seen) <= set("1234")
