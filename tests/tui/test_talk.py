"""The talk after a session: what each key says to a question, and that nobody has to answer."""

from dataclasses import replace

import pytest

from coach.history.question import NUMBERS, Question
from coach.history.rating import LONGEST_NOTE, UNSAID, Rating
from coach.tui.talk import HEIGHT, Talk, draw_talk, keys_of, press, typed_number
from coach.tui.widgets.pane import length

ALL = (Question.EFFORT, Question.PAIN, Question.RAILS, Question.FELL, Question.NOTE)
TALK = Talk(ALL)
SIGNS = {"space": " ", "full_stop": ".", "exclamation_mark": "!"}


def said(talk: Talk, *keys: str) -> tuple[Talk, Rating, list[str]]:
    """After these keys: the talk, all that was to be kept, and the keys that were not the talk's."""
    kept, others = UNSAID, list[str]()
    for key in keys:
        answer = press(talk, key, SIGNS.get(key, key if len(key) == 1 else None))
        if answer is None:
            others.append(key)
        else:
            talk, rating = answer
            kept = rating.over(kept)
    return talk, kept, others


def at(question: Question, **changes: object) -> Talk:
    return replace(TALK, at=ALL.index(question), **changes)  # type: ignore[arg-type]


# Leaving.


@pytest.mark.parametrize("key", ["enter", "space", "escape", "q", "ctrl+c", "pagedown", "up", "down", "home", "end"])
@pytest.mark.parametrize("question", ALL)
def test_before_an_answer_was_begun_no_key_that_leaves_or_scrolls_is_the_talks(question: Question, key: str) -> None:
    assert press(at(question), key, SIGNS.get(key)) is None


@pytest.mark.parametrize("key", ["space", "escape", "q", "ctrl+c", "pagedown"])
@pytest.mark.parametrize("question", ALL)
def test_in_the_middle_of_the_talk_they_leave_all_the_same(question: Question, key: str) -> None:
    assert press(at(question, begun=True), key, SIGNS.get(key)) is None


@pytest.mark.parametrize("key", ["enter", "q", "7", "y", "n", "tab", "left"])
def test_when_all_was_asked_every_key_is_as_usual(key: str) -> None:
    assert press(replace(TALK, at=len(ALL)), key, key) is None
    assert press(Talk(), key, key) is None


# Answers.


def test_a_whole_talk() -> None:
    keys = ["6", "enter", "2", "enter", "y", "enter", "n", "enter", "n", *"Knees", "space", *"ok", "full_stop", "enter"]
    after, kept, others = said(TALK, *keys)
    assert kept == Rating(effort=6, pain_after=2, rails=True, fell=False, note="Knees ok.")
    assert after.kept == kept
    assert (after.question, others) == (None, [])


def test_each_answer_is_kept_by_itself_at_once() -> None:
    after, _ = press(replace(TALK, typed="6"), "enter", None) or (None, None)
    assert after is not None
    assert press(replace(after, typed="2"), "enter", None) == (
        replace(after, at=2, kept=Rating(effort=6, pain_after=2)),
        Rating(pain_after=2),
    )


@pytest.mark.parametrize(("keys", "number"), [("0", 0), ("1", 1), ("10", 10), ("7", 7), ("73", 3), ("110", 10)])
def test_a_number_is_typed_and_enter_keeps_it(keys: str, number: int) -> None:
    assert said(TALK, *keys, "enter")[1] == Rating(effort=number)


def test_nothing_is_kept_before_enter() -> None:
    for keys in (["6"], ["6", "backspace", "enter"], ["6", "tab"], ["right", "right"]):
        assert said(TALK, *keys)[1] == UNSAID


def test_once_begun_enter_passes_a_question_over() -> None:
    after, kept, others = said(TALK, "6", "enter", "enter")
    assert (after.question, kept, others) == (Question.RAILS, Rating(effort=6), [])


def test_an_answer_can_be_corrected() -> None:
    after, kept, _ = said(TALK, "6", "enter", "shift+tab", "4", "enter")
    assert (after.question, kept, after.kept) == (Question.PAIN, Rating(effort=4), Rating(effort=4))


def test_before_the_first_question_there_is_none() -> None:
    assert press(TALK, "shift+tab", None) is None


@pytest.mark.parametrize(
    ("typed", "key", "now"),
    [
        ("", "right", "0"),
        ("", "left", "0"),
        ("0", "left", "0"),
        ("9", "right", "10"),
        ("10", "right", "10"),
        ("10", "left", "9"),
        ("1", "0", "10"),
        ("10", "0", "0"),
        ("2", "0", "0"),
        ("", "x", None),
        ("5", "space", None),
        ("5", "٣", None),
    ],
)
def test_digits_and_arrows_make_a_number_from_0_to_10(typed: str, key: str, now: str | None) -> None:
    assert typed_number(typed, key) == now


@pytest.mark.parametrize("question", [Question.RAILS, Question.FELL])
@pytest.mark.parametrize(
    ("keys", "means"), [("y", True), ("n", False), ("Y", True), ("yn", False), (["left"], True), (["left"] * 2, False)]
)
def test_yes_and_no_are_letters_or_arrows(question: Question, keys: list[str], means: bool) -> None:
    kept = said(at(question), *keys, "enter")[1]
    assert kept == (Rating(rails=means) if question is Question.RAILS else Rating(fell=means))


# The note.


def test_while_a_note_is_written_every_letter_is_its() -> None:
    after, kept, others = said(at(Question.NOTE), "n", "q", "space", "n", "1", "enter")
    assert (kept, others, after.question) == (Rating(note="q n1"), [], None)


def test_escape_gives_a_note_up_and_the_next_one_leaves() -> None:
    after, kept, others = said(at(Question.NOTE), "n", "a", "escape", "escape")
    assert (after.writing, kept, others) == (False, UNSAID, ["escape"])


def test_an_empty_note_is_none() -> None:
    after, kept, _ = said(at(Question.NOTE), "n", "space", "enter")
    assert (kept, after.question, after.writing) == (UNSAID, Question.NOTE, False)


def test_a_note_is_never_longer_than_one_may_be() -> None:
    full = at(Question.NOTE, writing=True, typed="x" * LONGEST_NOTE)
    assert said(full, "y", "enter")[1] == Rating(note="x" * LONGEST_NOTE)


@pytest.mark.parametrize("sign", ["\n", "\x1b", "\x00", "\u2028"])
def test_signs_that_print_nothing_are_not_in_a_note(sign: str) -> None:
    assert press(at(Question.NOTE, writing=True), "f13", sign) == (at(Question.NOTE, writing=True), UNSAID)


def test_ctrl_c_leaves_also_while_a_note_is_written() -> None:
    assert press(at(Question.NOTE, writing=True, typed="a"), "ctrl+c", None) is None


# How it looks.


def drawn(talk: Talk, width: int = 80) -> list[str]:
    return ["".join(text for text, _ in line) for line in draw_talk(talk, width, HEIGHT)]


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("typed", ["", "x"])
@pytest.mark.parametrize("question", ALL)
def test_every_question_fits_the_smallest_screen(question: Question, typed: str, width: int) -> None:
    typed = "10" if typed and question in NUMBERS else typed
    talk = at(question, typed=typed, held=(1, 2, 3, 4, 5), kept=Rating(10, 10, 10, 10, "x" * 2000, rails=True))
    lines = draw_talk(talk, width, HEIGHT)
    assert len(lines) == HEIGHT
    assert max(map(length, lines[:3])) <= width


def test_what_was_typed_stands_in_brackets() -> None:
    assert "  9 [10]" in drawn(replace(TALK, typed="10"))[1]
    assert " yes [no]" in drawn(at(Question.RAILS, typed="n"))[1]


def test_what_was_kept_is_told() -> None:
    assert drawn(replace(TALK, kept=Rating(effort=6, pain_after=2)))[3] == " Kept: effort 6, pain 2."


def test_what_could_not_be_kept_is_told_instead() -> None:
    assert drawn(replace(TALK, kept=Rating(effort=6), trouble="Not kept: disk full."))[3] == " Not kept: disk full."


def test_marked_blocks_stand_under_the_question_of_the_rails() -> None:
    assert "Marked with g: blocks 1 and 2." in drawn(at(Question.RAILS, held=(1, 2)))[2]
    assert "Marked" not in drawn(at(Question.RAILS))[2]


def test_the_end_of_a_long_note_is_what_is_seen() -> None:
    line = drawn(at(Question.NOTE, writing=True, typed="a" * 100 + "the end"))[1]
    assert line.endswith("the end_")
    assert len(line) < 80


def test_the_foot_says_what_enter_does() -> None:
    assert ("Enter q Esc", "leave") in keys_of(TALK)
    assert ("Enter", "keep") in keys_of(replace(TALK, typed="6", begun=True))
    assert ("Enter", "skip") in keys_of(replace(TALK, begun=True))
    assert ("Enter q Esc", "leave") in keys_of(Talk())
    assert keys_of(at(Question.NOTE, writing=True)) == (("Enter", "keep"), ("Esc", "no note"))
