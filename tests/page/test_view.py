"""What the page shows: the words of the session, never the digit, and something to do in every state."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from coach.core import say
from coach.core.cue import CueKind
from coach.core.progress import Ask, Question
from coach.core.wish import Phase
from coach.keeper.wire import Note, Said
from coach.page.lines import Words
from coach.page.view import ANSWER_S, DIGIT, PRESS, SILENT, Shown, lost, view
from coach.seen.states import ALARMS, Situation
from tests.page.served import moments, over
from tests.tui.bare import plan, snapshot
from tests.tui.local import LocalCrew


def seen(name: str) -> dict[str, Any]:
    return dict(view(Shown(plan(), moments()[name]), 0.0))


def test_facing_forward_there_are_countdown_speed_heart_and_what_comes_next() -> None:
    now = seen("forward")
    assert (now["role"], now["sign"], now["word"]) == ("forward", "▲▲", "FORWARD")
    assert (now["left"], now["speed"], now["heart"], now["heart_word"]) == ("12:34", "12.5", "115", "Z2 steady")
    assert now["next"].startswith("▲▲ FORWARD")
    assert (now["full"], now["alarm"], now["stop"]) == (None, False, True)


def test_facing_the_rear_colour_word_and_sign_are_others() -> None:
    now = seen("backward")
    assert (now["role"], now["sign"], now["word"], now["hatched"]) == ("backward", "▼▼", "BACKWARD", True)


def test_in_a_turn_it_says_what_to_do_and_when_a_press_counts() -> None:
    assert seen("rails")["full"]["do"] == ["Hold both rails.", "The belt stops next."]
    ready = moments()["ready"]
    assert ready.question is not None
    early = replace(ready, question=replace(ready.question, at_s=ready.at_s - 1.2))
    assert dict(view(Shown(plan(), early), 0.0))["full"]["press"] == "WAIT 3"  # type: ignore[index,call-overload]
    assert seen("ready")["full"]["press"] == PRESS
    assert seen("ready")["full"]["word"] == "FACE REAR"
    assert not [
        line for line in seen("ready")["full"]["do"] if "ress when" in line
    ]  # it stands there already, or not yet


def test_the_digit_is_never_on_the_page() -> None:
    now = seen("digit")
    assert now["full"]["press"] == DIGIT
    assert now["full"]["numbers"] == []
    for digit in "1234":
        asked = moments()["digit"]
        assert asked.question is not None
        shown = Shown(plan(), replace(asked, question=replace(asked.question, digit=digit)))
        assert view(shown, 0.0) == now


@pytest.mark.parametrize("digit", "1234")
def test_the_digit_is_in_no_sentence_and_no_caption_either(digit: str) -> None:
    text = f"Paused. Belt stopped. Face the console when you like. To go on, type {digit}."
    question = Question(Ask.DIGIT, 5, 95.0, 1.5, text, digit)
    shown = Shown(plan(), snapshot(phase=Phase.PAUSED, question=question, kmh=0.0, still=True, since_s=95.0))
    older = Said(96.0, CueKind.QUESTION, f"Not yet. To go on, type {digit}.")
    now: dict[str, Any] = dict(view(shown.take(older), 0.0))
    assert now["full"]["press"] == DIGIT
    assert now["full"]["do"] == ["Paused.", "Belt stopped.", "Face the console when you like."]
    assert now["captions"] == []


def test_every_sentence_that_names_the_digit_is_left_out() -> None:
    asks = [text for text in vars(say).values() if isinstance(text, str) and "type" in text.lower() and "{}" in text]
    assert len(asks) >= 6
    for text in asks:
        shown = Shown(plan(), snapshot()).take(Said(99.0, CueKind.NOTICE, text.format(3)))
        assert view(shown, 0.0)["captions"] == []


@pytest.mark.parametrize("name", ["alarm", "no link"])
def test_an_alarm_takes_the_whole_page(name: str) -> None:
    now = seen(name)
    assert now["alarm"]
    assert now["role"] == "alarm"
    assert "Rails. Step off. Pull the clip.".upper() in " ".join(now["full"]["do"]).upper()


def test_a_keeper_that_ends_without_a_last_word_is_an_alarm() -> None:
    now = dict(view(lost(Shown(plan(), snapshot())), 0.0))
    assert (now["now"], now["alarm"], now["stop"]) == (Situation.KEEPER_LOST, True, False)
    assert Situation.KEEPER_LOST in ALARMS


def test_after_the_last_word_there_is_what_it_came_to() -> None:
    shown = lost(Shown(plan(), snapshot()).take(over()))
    now: dict[str, Any] = dict(view(shown, 0.0))
    assert (now["over"], now["silent"], now["alarm"], now["stop"]) == (True, "", False, False)
    assert now["full"]["do"][0] == "The belt stands."


def test_a_belt_that_may_still_move_at_the_end_is_an_alarm() -> None:
    now: dict[str, Any] = dict(view(Shown(plan(), snapshot()).take(over(still=False)), 0.0))
    assert (now["over"], now["silent"], now["alarm"]) == (False, SILENT, True)
    assert now["full"]["word"] == "STAY OFF"
    assert now["full"]["do"][0] == "THE BELT MAY STILL MOVE. Stay off. Pull the clip."


def test_what_was_said_is_a_caption() -> None:
    now: dict[str, Any] = dict(view(Shown(plan(), snapshot()).take(Said(99.0, CueKind.SAY, "Small steps.")), 0.0))
    assert now["captions"] == [{"sign": "”", "text": "Small steps.", "loud": False}]


def test_why_a_stop_was_not_taken_is_shown_for_a_while() -> None:
    shown = replace(Shown(plan(), snapshot()).take(Note("The session is over.")), answered_s=10.0)
    assert view(shown, 10.0)["answer"] == "The session is over."
    assert view(shown, 10.0 + ANSWER_S)["answer"] == ""


def test_a_rehearsal_shows_its_words() -> None:
    now: dict[str, Any] = dict(view(Shown(None, words=Words("ALARM", ("You see it.",), alarm=True)), 0.0))
    assert (now["role"], now["alarm"], now["stop"], now["full"]["word"]) == ("alarm", True, False, "ALARM")
    assert now["belt"] == "NO SESSION YET"  # nobody has looked whether the belt stands


def test_every_moment_of_a_session_can_be_shown_and_has_the_same_fields() -> None:
    crew = LocalCrew.of("flip-flop")
    shown, fields, situations = Shown(crew.plan), set(view(Shown(crew.plan), 0.0)), set()
    while not shown.over and crew.at_s < 4000:
        for message in crew.poll():
            shown = shown.take(message)
        now = view(shown, crew.at_s)
        assert set(now) == fields
        assert json.dumps(now)
        assert now["word"]
        situations.add(now["now"])
        crew.at_s += 2.0
    assert shown.over
    assert {"forward", "backward", "ready-rear", "rails", "step-on", "ended"} <= situations


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_words(phase: Phase) -> None:
    now = view(Shown(plan(), snapshot(phase=phase)), 0.0)
    assert now["word"]
    assert now["full"] is None or now["left"] is not None
