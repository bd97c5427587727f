"""The next morning of a session: found where it is asked for, kept where it belongs, and asked once."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach import places
from coach.cli.morning import Mornings
from coach.cli.questions import ask_morning
from coach.cli.whose import Whose
from coach.history.rating import Rating, heard
from coach.history.say import SayError
from coach.sinks.journal import read_journal
from coach.tui.outside import Morning
from tests.cli.answers import Answers
from tests.history.journals import BEGIN, WALK, put

ASKS = {"ask": [["before", ["pain"]], ["morning", ["pain"]]], "workout": "Kind knees"}
TODAY = (datetime.now(UTC).astimezone().date() - BEGIN.date()).days
MINE = Mornings(Whose("", only=True))
Put = Callable[..., Path]


@pytest.fixture
def session() -> Put:
    """A session on a real belt so many days ago, whose workout asks for the next morning."""

    def write(days_ago: int = 1, **changes: object) -> Path:
        folder = places.journals(simulated=changes.get("simulated") is True)
        how = {"workout": WALK, "summary": ASKS, "hour": 6, **changes}
        return put(folder, TODAY - days_ago, **how)  # type: ignore[arg-type]

    return write


def test_the_session_of_yesterday_is_asked_for_by_its_name_and_day(session: Put) -> None:
    path = session()
    due = MINE.due()
    assert due is not None
    assert due.session == str(path)
    assert due.words.startswith("Pain the morning after Kind knees (")
    assert due.words.endswith("day), 0 to 10?")


def test_an_answer_is_kept_and_not_asked_for_again(session: Put) -> None:
    path = session()
    due = MINE.due()
    assert due is not None
    MINE.answer(due, 2)
    assert heard(read_journal(path).said) == Rating(pain_morning=2)
    assert MINE.due() is None


def test_a_question_that_was_passed_over_is_not_asked_again_and_says_nothing(session: Put) -> None:
    path = session()
    due = MINE.due()
    assert due is not None
    MINE.answer(due, None)
    assert heard(read_journal(path).said) == Rating()
    assert MINE.due() is None


@pytest.mark.parametrize(
    "changes",
    [
        {"days_ago": 0},
        {"days_ago": 4},
        {"simulated": True},
        {"summary": {"ask": [["after", ["pain"]]]}},
        {"summary": {**ASKS, "distance_m": 0.0}},
        {"said": [{"pain_morning": 0}]},
        {"who": "anna"},
    ],
    ids=["today", "too long ago", "simulated", "not asked for", "never run", "said already", "somebody else's"],
)
def test_nothing_is_asked_where_there_is_nothing_to_ask(session: Put, changes: dict[str, object]) -> None:
    _ = session(**changes)
    assert MINE.due() is None


def test_the_newest_one_is_asked_for_first(session: Put) -> None:
    _, newest = session(2), session(1)
    due = MINE.due()
    assert due is not None
    assert due.session == str(newest)


def test_a_history_that_cannot_be_read_asks_nothing(session: Put) -> None:
    path = session()
    path.write_text("no journal\n")
    assert MINE.due() is None


def test_a_title_that_moves_the_cursor_is_one_line(session: Put) -> None:
    _ = session(summary={**ASKS, "workout": "\x1b[31mRed\r\n knees"})
    due = MINE.due()
    assert due is not None
    assert due.words.isprintable()


def test_what_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SayError, match="no such file"):
        MINE.answer(Morning(str(tmp_path / "gone.jsonl"), "?"), 3)


@pytest.mark.parametrize(("line", "kept"), [("3", Rating(pain_morning=3)), ("", Rating())])
def test_in_lines_it_is_asked_once(session: Put, line: str, kept: Rating) -> None:
    path, person = session(), Answers([line])
    ask_morning(person, MINE)
    assert person.asked[0].startswith("Pain the morning after Kind knees (")
    assert heard(read_journal(path).said) == kept
    again = Answers([])
    ask_morning(again, MINE)
    assert again.asked == []
