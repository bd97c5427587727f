"""What is asked of a session, and what an answer means."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from coach.history.question import (
    MORNING_DAYS,
    NUMBERS,
    SCALES,
    WORDS,
    Question,
    after,
    answered,
    asks_morning,
    marked,
    morning_of,
    rating_of,
    said_in_words,
)
from coach.history.rating import Rating, RatingError
from coach.history.summary import Summary, summary_of
from coach.sinks.journal import read_journal
from tests.history.made import TODAY, journal, past, recording

BACK = "70s@4 / back 60s@1.5 / 3min@3"
AHEAD = "70s@4 / 60s@5"
NUMBERED = sorted(NUMBERS)


@cache
def of(workout: str, faults: Sequence[str] = (), asks: tuple[str, ...] = ()) -> Summary:
    found = summary_of(recording(workout, faults=tuple(faults)))
    return replace(found, ask=(("after", asks),)) if asks else found


def test_a_forward_session_is_asked_for_effort_and_a_note() -> None:
    assert after(of(AHEAD)) == (Question.EFFORT, Question.NOTE)


def test_a_backward_session_is_asked_for_pain_and_the_rails_too() -> None:
    assert after(of(BACK)) == (Question.EFFORT, Question.PAIN, Question.RAILS, Question.NOTE)


def test_a_workout_may_ask_for_pain_also_where_all_was_forward() -> None:
    assert after(of(AHEAD, asks=("pain",))) == (Question.EFFORT, Question.PAIN, Question.NOTE)


def test_of_a_session_in_which_the_belt_never_ran_nothing_is_asked() -> None:
    assert after(replace(of(BACK), distance_m=0.0)) == ()


def test_a_block_that_was_left_out_is_not_asked_for() -> None:
    skipped = tuple(replace(one, time_s=0.0) if one.facing == "backward" else one for one in of(BACK).segments)
    assert Question.RAILS not in after(replace(of(BACK), segments=skipped))


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        ("key@backward1+20", True),
        ("drop@backward1+20:90", True),
        ("console-stop@backward1+20", False),
        ("key@forward1+20", False),
        ("heart=190@forward2+20", False),
    ],
)
def test_a_fall_is_asked_for_only_where_key_or_alarm_ended_something_facing_the_rear(fault: str, asked: bool) -> None:
    found = of(BACK, (fault,))
    assert (Question.FELL in after(found)) is asked, (found.alarms, found.ended, found.turns)


def test_every_question_has_words_and_every_number_a_scale() -> None:
    assert set(WORDS) == set(Question)
    assert set(SCALES) == NUMBERS


# Answers.


@pytest.mark.parametrize("question", NUMBERED)
@pytest.mark.parametrize("number", [0, 1, 5, 9, 10])
def test_a_number_from_0_to_10_is_an_answer(question: Question, number: int) -> None:
    assert answered(question, f" {number} ") == rating_of(question, number)
    assert list(rating_of(question, number).facts().values()) == [number]


@pytest.mark.parametrize("question", NUMBERED)
@pytest.mark.parametrize("text", ["11", "-1", "5.5", "five", "1 0", "²", "٣", "1e1", "100000000000000000000000"])
def test_nothing_else_is_one(question: Question, text: str) -> None:
    with pytest.raises(RatingError, match="whole number from 0 to 10"):
        answered(question, text)


@pytest.mark.parametrize("question", Question)
@pytest.mark.parametrize("text", ["", "  ", "\t"])
def test_an_empty_answer_says_nothing(question: Question, text: str) -> None:
    assert not answered(question, text).said


@pytest.mark.parametrize(("text", "means"), [("y", True), ("Yes", True), ("n", False), ("NO", False)])
def test_yes_and_no_are_answers(text: str, means: bool) -> None:
    assert answered(Question.RAILS, text) == Rating(rails=means)
    assert answered(Question.FELL, text) == Rating(fell=means)


@pytest.mark.parametrize("text", ["maybe", "1", "yes and no"])
def test_another_word_is_neither(text: str) -> None:
    for question in (Question.RAILS, Question.FELL):
        with pytest.raises(RatingError, match="yes or no"):
            answered(question, text)


def test_a_note_is_what_was_typed() -> None:
    assert answered(Question.NOTE, " Knees fine. ") == Rating(note="Knees fine.")


def test_a_note_that_is_too_long_says_so() -> None:
    with pytest.raises(RatingError, match="2000"):
        answered(Question.NOTE, "x" * 2001)


# Words.


@pytest.mark.parametrize(
    ("rating", "words"),
    [
        (Rating(), ""),
        (Rating(effort=6, pain_after=0), "effort 6, pain 0"),
        (Rating(pain_before=1, pain_morning=2), "pain before 1, pain the next morning 2"),
        (Rating(rails=True, fell=False), "rails held, no fall"),
        (Rating(rails=False, fell=True), "hands free, a fall"),
        (Rating(note="Knees fine"), "note “Knees fine”"),
        (Rating(note=""), "note taken out"),
    ],
)
def test_what_was_said_is_told_in_words(rating: Rating, words: str) -> None:
    assert said_in_words(rating) == words


def test_a_long_note_is_told_in_short() -> None:
    assert len(said_in_words(Rating(note="word " * 100))) < 60


@pytest.mark.parametrize(
    ("held", "words"), [((), ""), ((2,), "block 2"), ((3, 1), "blocks 1 and 3"), ((1, 2, 4), "blocks 1, 2 and 4")]
)
def test_marked_blocks_are_told(held: tuple[int, ...], words: str) -> None:
    assert marked(held) == words


# What a workout asks for.


def test_a_workout_may_ask_for_the_next_morning() -> None:
    asks = (("before", ("pain",)), ("after", ("pain", "effort")), ("morning", ("pain",)))
    assert [asks_morning(one) for one in (asks, (), (("after", ("pain",)),), (("morning", ("effort",)),))] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(("days", "asked"), [(0, False), (1, True), (MORNING_DAYS, True), (MORNING_DAYS + 1, False)])
def test_a_morning_is_asked_for_from_the_next_day_on_for_three_days(days: int, asked: bool) -> None:
    assert bool(list(morning_of([past(days)], TODAY))) is asked


def test_a_session_of_tomorrow_is_not_asked_for() -> None:
    assert not list(morning_of([past(-1)], TODAY))


def test_a_morning_is_not_asked_for_twice_nor_of_the_simulator_nor_where_nothing_was_run() -> None:
    said = past(1, rating=Rating(pain_morning=0))
    others = [
        past(1, simulated=True),
        replace(past(1), distance_m=0.0),
        replace(past(1), deleted=True),
        replace(past(1), open=True),
    ]
    assert not list(morning_of([said, *others], TODAY))


def test_sessions_stay_in_their_order() -> None:
    two = [past(1), past(2)]
    assert list(morning_of(two, TODAY)) == two


def test_what_was_marked_by_the_key_is_in_the_summary() -> None:
    found = summary_of(read_journal(journal(BACK, presses=("g@forward2+10",))))
    assert found.held == (1,)
    taken_back = summary_of(read_journal(journal(BACK, presses=("g@forward1+10", "rails@forward2+10"))))
    assert taken_back.held == ()
