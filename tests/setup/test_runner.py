"""The steps of a runner: what each answer leaves behind, and that one may leave between the parts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.core.workout import Level
from coach.gate import Screening
from coach.people import Person
from coach.setup import runner, screening
from coach.setup.ask import LeftError
from coach.setup.button import PRESSES, Button, learn
from coach.setup.step import Step
from tests.setup.scripted import Scripted

NOW = "2026-03-01T09:00:00+00:00"
QUESTIONS = len(screening.QUESTIONS) + len(screening.FURTHER)
GROWN_UP = Person(born=1980)
CONSENTED = replace(GROWN_UP, screened_at=NOW, consented_at=NOW, consent=screening.CONSENT_VERSION, balance_s=3.0)


def screened(*answers: str | bool | int, person: Person = GROWN_UP, redo: bool = False) -> tuple[Person, Scripted]:
    asker, kept = Scripted(list(answers)), [person]
    try:
        done = runner.screen(asker, person, kept.append, NOW, redo=redo)
    except LeftError:
        done = kept[-1]
    assert done == kept[-1]
    return done, asker


def test_no_to_everything_yes_to_the_risks_and_a_good_balance() -> None:
    person, asker = screened(*[False] * QUESTIONS, "yes", "3.2")
    assert (person.screening, person.consented, person.balance_s) == (Screening.CLEAR, True, 3.2)
    assert person.done == {Step.SCREENING: NOW}
    assert all(risk in asker.all_said for risk in screening.RISKS)


@pytest.mark.parametrize("place", range(QUESTIONS))
def test_one_yes_anywhere_keeps_backward_off(place: int) -> None:
    answers = [number == place for number in range(QUESTIONS)]
    person, _ = screened(*answers, False, "yes", "")
    key = (*screening.QUESTIONS, *screening.FURTHER)[place].key
    assert (person.screening, person.yes) == (Screening.FLAGGED, (key,))


def test_a_doctor_clears_it_with_a_date_that_is_not_to_come() -> None:
    answers = [True, *[False] * (QUESTIONS - 1)]
    person, asker = screened(*answers, True, "soon", "2026-03-02", "2026-02-20", "Dr. Wu", "yes", "")
    assert (person.screening, person.cleared_on, person.cleared_by) == (Screening.CLEAR, "2026-02-20", "Dr. Wu")
    assert "soon is not a date" in asker.all_said
    assert "still to come" in asker.all_said


def test_asked_again_the_clearance_is_gone() -> None:
    cleared = replace(CONSENTED, yes=("heart",), cleared_on="2026-02-20", cleared_by="Dr. Wu")
    person, _ = screened(True, *[False] * (QUESTIONS - 1), False, "yes", "3", person=cleared, redo=True)
    assert (person.screening, person.cleared_on) == (Screening.FLAGGED, None)


@pytest.mark.parametrize("word", ["", "y", "no", "yes please"])
def test_only_the_word_is_consent(word: str) -> None:
    person, _ = screened(*[False] * QUESTIONS, word, "3.2")
    assert (person.consented, person.done) == (False, {})


def test_one_may_leave_at_any_question_and_goes_on_there() -> None:
    answers: list[str | bool | int] = [*[False] * QUESTIONS, "yes", "3.2"]
    for many in range(len(answers)):
        person, _ = screened(*answers[:many])
        parts = (person.screening is not Screening.UNASKED) * QUESTIONS + person.consented
        again, asker = screened(*answers[parts:], person=person)
        assert again.done == {Step.SCREENING: NOW}
        assert len(asker.asked) == len(answers) - parts


@pytest.mark.parametrize(("born", "refused"), [("2013", False), ("2014", True)])
def test_under_thirteen_is_refused(born: str, refused: bool) -> None:
    asker = Scripted(["", "many", born, *[False] * QUESTIONS, "", ""])
    if refused:
        with pytest.raises(runner.RefusedError, match="from 13 years"):
            runner.screen(asker, Person(), lambda _: None, NOW)
    else:
        assert runner.screen(asker, Person(), lambda _: None, NOW).born == 2013


@pytest.mark.parametrize(
    ("seconds", "level"), [(3.5, None), (3.6, Level.BEGINNER), (5.5, Level.BEGINNER), (5.6, Level.REHAB)]
)
def test_balance_decides_the_fastest_level(seconds: float, level: Level | None) -> None:
    person, asker = screened(f"{seconds:g}", person=replace(CONSENTED, balance_s=None))
    assert person.most is level
    assert screening.balance_words(seconds) in asker.all_said


@pytest.mark.parametrize(
    ("sends", "name"),
    [
        ("\x1b[6~", "PageDown"),
        ("\r", "Enter"),
        ("\x1b[5~", "PageUp"),
        (".", "full stop"),
        ("\x1b[15~", "F5"),
        ("m", "m"),
    ],
)
def test_a_button_is_learnt_from_three_presses_alike(sends: str, name: str) -> None:
    assert learn([sends] * PRESSES) == Button(sends, name)


@pytest.mark.parametrize(
    ("bursts", "why"),
    [
        ([], "Nothing came"),
        (["\r", "\r", ""], "Nothing came"),
        (["\r", "\r"], "Nothing came"),
        (["\r", "\x1b[6~", "\r"], "not alike (Enter, PageDown)"),
        ([" "] * 3, "Space, which always stops"),
        (["\x1b"] * 3, "Esc, which always stops"),
        (["\x1b[C"] * 3, "incline"),
        (["\x1bOA"] * 3, "faster"),
        (["q"] * 3, "meaning of its own"),
        (["3"] * 3, "meaning of its own"),
        (["P"] * 3, "meaning of its own"),
    ],
)
def test_a_button_that_cannot_say_yes_is_refused_with_the_reason(bursts: list[str], why: str) -> None:
    learnt = learn(bursts)
    assert isinstance(learnt, str)
    assert why in learnt


def keyboard(*answers: str | bool | int) -> tuple[Person, Scripted]:
    asker, kept = Scripted(list(answers)), [GROWN_UP]
    return runner.learn_button(asker, GROWN_UP, kept.append, NOW), asker


def test_a_presenter_that_says_page_down_needs_nothing_kept() -> None:
    person, asker = keyboard(0, *["\x1b[6~"] * 3)
    assert (person.buttons, person.done) == ({}, {Step.KEYBOARD: NOW})
    assert "Learnt: PageDown" in asker.all_said


def test_another_button_is_kept_by_what_it_sends() -> None:
    person, _ = keyboard(0, "", True, *["\x1b[5~"] * 3)
    assert person.buttons == {b"\x1b[5~".hex(): "PageUp"}


def test_the_keyboard_alone_is_fine_and_giving_up_too() -> None:
    assert keyboard(1)[0].done == {Step.KEYBOARD: NOW}
    assert keyboard(0, *[" "] * 3, False)[0].buttons == {}


class Loud:
    """Sounds, or says why it does not."""

    def __init__(self, why: str = "") -> None:
        self._why = why
        self.played: list[str] = []

    def alarm(self) -> str:
        self.played.append("alarm")
        return self._why

    def phrase(self, text: str) -> str:
        self.played.append(text)
        return ""


@pytest.mark.parametrize(
    ("why", "answers", "heard"),
    [
        ("", ["", True], True),
        ("", ["", False, True, True], True),
        ("", ["", False, False], False),
        ("No player was found.", ["", False], False),
    ],
)
def test_the_alarm_is_done_only_when_it_was_heard(why: str, answers: list[str | bool | int], heard: bool) -> None:
    asker, sound, kept = Scripted(answers), Loud(why), [GROWN_UP]
    person = runner.hear(asker, sound, GROWN_UP, kept.append, NOW)
    assert (person.heard_at is not None, Step.SOUND in person.done) == (heard, heard)
    assert (why in asker.all_said, sound.played[0]) == (True, "alarm")
    assert not asker.answers
