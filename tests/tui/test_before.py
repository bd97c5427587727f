"""What is asked at Ready in numbers, key by key."""

from dataclasses import replace

import pytest

from coach.history.question import Question
from coach.tui.before import Before, Told, bottom_of, keys_of, note_of, press
from coach.tui.outside import Morning

DUE = Morning("session.jsonl", "Pain the morning after Kind knees (Tuesday), 0 to 10?")
NEEDED = Before(wanted=True, needed=True)
OPENED = Before(wanted=True, opened=True)
BOTH = Before(wanted=True, opened=True, morning=DUE)


def typed(before: Before, *keys: str) -> tuple[Before, list[Told], list[str]]:
    """After these keys: what is asked, the answers, and the keys that were not for this."""
    told, others = list[Told](), list[str]()
    for key in keys:
        answer = press(before, key)
        if answer is None:
            others.append(key)
            continue
        before, one = answer
        told += [one] if one is not None else []
    return before, told, others


@pytest.mark.parametrize(
    ("before", "question"),
    [
        (Before(), None),
        (Before(wanted=True), None),
        (Before(wanted=True, morning=DUE), None),
        (Before(opened=True), None),
        (NEEDED, Question.BEFORE),
        (OPENED, Question.BEFORE),
        (replace(NEEDED, morning=DUE), Question.MORNING),
        (BOTH, Question.MORNING),
        (Before(opened=True, morning=DUE), Question.MORNING),
    ],
)
def test_nothing_is_asked_that_was_not_asked_for_or_needed(before: Before, question: Question | None) -> None:
    assert before.question is question


@pytest.mark.parametrize("key", ["3", "enter", "backspace", "escape", "left", "p", "f"])
def test_without_a_question_no_key_is_for_it(key: str) -> None:
    assert press(Before(wanted=True), key) is None


@pytest.mark.parametrize("before", [NEEDED, OPENED])
@pytest.mark.parametrize(("keys", "pain"), [("0", 0), ("7", 7), ("10", 10)])
def test_a_number_and_enter_is_an_answer(before: Before, keys: str, pain: int) -> None:
    after, told, others = typed(before, *keys, "enter")
    assert (after.pain, after.typed, after.opened) == (pain, "", False)
    assert (told, others) == ([Told(Question.BEFORE, pain)], [])


def test_what_is_needed_cannot_be_passed_over() -> None:
    assert typed(NEEDED, "enter", "enter") == (NEEDED, [], [])


def test_what_is_not_needed_can() -> None:
    after, told, _ = typed(OPENED, "enter")
    assert (after.pain, after.opened, told) == (None, False, [Told(Question.BEFORE, None)])


def test_a_number_that_was_told_before_stays_when_the_question_is_passed_over() -> None:
    assert typed(replace(OPENED, pain=4), "enter")[0].pain == 4


def test_the_morning_comes_first_and_then_the_pain_of_today() -> None:
    after, told, _ = typed(BOTH, "2", "enter", "3", "enter")
    assert told == [Told(Question.MORNING, 2), Told(Question.BEFORE, 3)]
    assert (after.pain, after.morning, after.opened) == (3, None, False)


def test_the_morning_is_passed_over_also_where_pain_is_needed() -> None:
    after, told, _ = typed(replace(NEEDED, morning=DUE), "enter")
    assert told == [Told(Question.MORNING, None)]
    assert after.question is Question.BEFORE


def test_where_only_the_morning_is_asked_its_answer_closes_the_question() -> None:
    assert typed(Before(opened=True, morning=DUE), "1", "enter")[0] == Before()


def test_escape_closes_what_was_opened_and_nothing_else() -> None:
    assert typed(replace(OPENED, typed="7"), "escape")[0] == Before(wanted=True)
    assert press(NEEDED, "escape") is None


def test_backspace_takes_a_sign_back_and_then_leaves_like_anywhere() -> None:
    after, _, others = typed(OPENED, "1", "0", "backspace", "backspace", "backspace")
    assert (after.typed, others) == ("", ["backspace"])


@pytest.mark.parametrize("key", ["f", "t", "s", "q", "p", "h", "space", "up"])
def test_other_keys_keep_their_meaning(key: str) -> None:
    assert press(replace(OPENED, typed="1"), key) is None


def test_the_words_say_what_enter_does() -> None:
    assert "Enter alone skips." in bottom_of(OPENED).text
    assert "skips" not in bottom_of(NEEDED).text
    assert "7_" in bottom_of(replace(NEEDED, typed="7")).text
    assert "Enter keeps it." in bottom_of(replace(NEEDED, typed="7")).text
    assert DUE.words in bottom_of(BOTH).text
    assert ("Enter", "skip") in keys_of(OPENED)
    assert ("Enter", "skip") not in keys_of(NEEDED)
    assert ("Enter", "keep") in keys_of(replace(NEEDED, typed="7"))


def test_a_note_tells_of_the_key_where_it_would_ask_something_new() -> None:
    assert note_of(Before(wanted=True)) == "Pain now, 0 to 10? Press p."
    assert note_of(Before(wanted=True, morning=DUE)) == f"{DUE.words} Press p."
    assert note_of(Before(wanted=True, pain=0)) == ""
    assert note_of(Before()) == ""
