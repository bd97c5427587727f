"""Questions as lines: asked until there is an answer, none, or nobody any more."""

import pytest

from coach.cli.questions import SKIPS, ask_all, ask_one, ask_pain
from coach.history.question import Question
from coach.history.rating import Rating
from coach.setup.ask import LeftError
from tests.cli.answers import Answers

ALL = (Question.EFFORT, Question.PAIN, Question.RAILS, Question.FELL, Question.NOTE)


def test_every_question_is_asked_once_and_each_answer_stands_for_itself() -> None:
    person = Answers(["6", "2", "yes", "no", "Knees fine"])
    assert list(ask_all(person, ALL)) == [
        Rating(effort=6),
        Rating(pain_after=2),
        Rating(rails=True),
        Rating(fell=False),
        Rating(note="Knees fine"),
    ]
    assert person.said == [SKIPS]
    assert len(person.asked) == 5


def test_an_empty_line_passes_a_question_over() -> None:
    person = Answers(["", "2", "", "", ""])
    assert list(ask_all(person, ALL)) == [Rating(pain_after=2)]


def test_whoever_leaves_keeps_what_he_said() -> None:
    person = Answers(["6"])
    assert list(ask_all(person, ALL)) == [Rating(effort=6)]
    assert len(person.asked) == 2


@pytest.mark.parametrize("line", ["11", "-1", "hard", "6.5", "6 or 7"])
def test_what_is_no_answer_is_said_and_asked_again(line: str) -> None:
    person = Answers([line, "6"])
    assert ask_one(person, Question.EFFORT) == Rating(effort=6)
    assert person.said == ["Type a whole number from 0 to 10, or nothing."]


def test_a_scale_stands_under_a_number() -> None:
    person = Answers([""])
    ask_one(person, Question.EFFORT)
    assert person.asked == [
        "How hard was it, 0 to 10?\n  0 rest, 3 moderate, 5 hard, 7 very hard, 10 the most there is"
    ]


@pytest.mark.parametrize(
    ("held", "asked"), [((), "(yes or no)"), ((1, 3), "(yes or no)\n  marked with g: blocks 1 and 3")]
)
def test_marked_blocks_stand_behind_the_question_of_the_rails(held: tuple[int, ...], asked: str) -> None:
    person = Answers([""])
    ask_one(person, Question.RAILS, held)
    assert person.asked[0].endswith(asked)


@pytest.mark.parametrize("question", Question)
def test_no_line_of_a_question_is_longer_than_a_terminal(question: Question) -> None:
    person = Answers([""])
    ask_one(person, question, (1, 2))
    assert max(map(len, person.asked[0].splitlines())) <= 80


@pytest.mark.parametrize(("line", "backward", "told"), [("5", True, 0), ("6", True, 1), ("6", False, 0), ("", True, 0)])
def test_on_the_simulator_too_much_pain_is_told_where_there_is_backward_running(
    line: str, backward: bool, told: int
) -> None:
    person = Answers([line])
    assert ask_pain(person, backward=backward) == (int(line) if line else None)
    assert len(person.said) == told


def test_pain_that_is_asked_for_can_be_left() -> None:
    with pytest.raises(LeftError):
        ask_pain(Answers([]), backward=True)
