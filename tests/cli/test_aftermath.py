"""What is told and asked when a session is over: from real journals, and nothing where anything fails."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from coach import places
from coach.cli.aftermath import NOTHING, Afterwards, next_day_words, talk
from coach.cli.whose import Whose
from coach.core.error import CoachError
from coach.history.question import Question
from coach.history.rating import Rating, heard
from coach.keeper.wire import Done, HeartResult
from coach.result import Side
from coach.seen.units import Units
from coach.sinks.journal import read_journal
from tests.cli.answers import Answers
from tests.history.journals import BACK, BEGIN, WALK, put

ASKED = (Question.EFFORT, Question.PAIN, Question.RAILS, Question.NOTE)
TODAY = (datetime.now(UTC) - BEGIN).days  # the history is asked about now


def done(path: Path | str) -> Done:
    recording = str(path)
    return Done("finished", "", 340.0, 300.0, Side(), Side(), (), (), (), HeartResult(), True, True, True, recording)


def afterwards(*, asks: bool = True, units: Units = Units.KMH) -> Afterwards:
    return Afterwards(lambda: Whose("", only=True), lambda: units, asks=asks)


@pytest.fixture
def real() -> Path:
    return places.journals(simulated=False)


@pytest.fixture
def simulated() -> Path:
    return places.journals(simulated=True)


def test_the_heart_is_compared_with_the_same_speed_three_weeks_ago_and_the_next_day_is_told(real: Path) -> None:
    put(real, TODAY - 21, workout=BACK)
    known = afterwards().aftermath(done(put(real, TODAY, workout=BACK)))
    assert known.trend.startswith("Facing the rear at 2.0 km/h: heart ")
    assert known.trend.endswith("three weeks ago.")
    assert known.next_day.startswith("The next backward day is ")
    assert known.ask == ASKED


def test_in_the_units_of_the_runner(real: Path) -> None:
    put(real, TODAY - 21, workout=BACK)
    assert "1.2 mph" in afterwards(units=Units.MPH).aftermath(done(put(real, TODAY, workout=BACK))).trend


def test_a_first_session_is_compared_with_nothing(real: Path) -> None:
    known = afterwards().aftermath(done(put(real, TODAY, workout=BACK)))
    assert known.trend == ""
    assert known.ask == ASKED


def test_a_simulated_session_is_compared_with_simulated_ones_only_and_has_no_next_day(
    real: Path, simulated: Path
) -> None:
    put(real, TODAY - 21, workout=BACK)
    here = put(simulated, TODAY, workout=BACK, simulated=True)
    assert afterwards().aftermath(done(here)) == replace(NOTHING, ask=ASKED)
    put(simulated, TODAY - 21, workout=BACK, simulated=True)
    assert afterwards().aftermath(done(here)).trend.endswith("three weeks ago.")


def test_after_a_forward_session_no_backward_day_is_told(real: Path) -> None:
    put(real, TODAY - 2, workout=BACK)
    known = afterwards().aftermath(done(put(real, TODAY, workout=WALK)))
    assert known == replace(NOTHING, ask=(Question.EFFORT, Question.NOTE))


def test_where_nobody_can_answer_nothing_is_asked(real: Path) -> None:
    assert afterwards(asks=False).aftermath(done(put(real, TODAY, workout=BACK))).ask == ()


def test_where_the_belt_may_still_move_nothing_is_asked(real: Path) -> None:
    moving = replace(done(put(real, TODAY, workout=BACK)), still=False)
    assert afterwards().aftermath(moving).ask == ()


def test_marks_of_the_way_are_handed_on(real: Path) -> None:
    here = put(real, TODAY, workout=BACK, summary={"held": [1]})
    assert afterwards().aftermath(done(here)).held == (1,)


def test_what_was_not_recorded_is_not_asked_for() -> None:
    assert afterwards().aftermath(done("")) == NOTHING


@pytest.mark.parametrize("text", [None, "", "no journal\n", '{"journal":1}\n'])
def test_a_journal_that_cannot_be_read_is_in_the_log_and_nothing_else(
    tmp_path: Path, text: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    here = tmp_path / "session.jsonl"
    if text is not None:
        here.write_text(text)
    with caplog.at_level(logging.ERROR):
        assert afterwards().aftermath(done(here)) == NOTHING
    assert str(here) in caplog.text


def test_settings_that_cannot_be_used_cost_the_trend_and_not_the_questions(
    real: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> Whose:
        raise CoachError("the settings are wrong")

    here = put(real, TODAY, workout=BACK)
    with caplog.at_level(logging.ERROR):
        known = replace(afterwards(), whose=fails).aftermath(done(here))
    assert known == replace(NOTHING, ask=ASKED)
    assert "the settings are wrong" in caplog.text


def test_a_history_that_is_too_slow_costs_the_trend_and_not_the_questions(
    real: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.cli.aftermath.LONGEST_S", 0.0)
    put(real, TODAY - 21, workout=BACK)
    assert afterwards().aftermath(done(put(real, TODAY, workout=BACK))).ask == ASKED


def test_an_answer_goes_behind_the_journal(real: Path) -> None:
    here = put(real, TODAY, workout=BACK)
    afterwards().rate(done(here), Rating(effort=6))
    assert heard(read_journal(here).said) == Rating(effort=6)


def test_in_lines_it_is_told_asked_and_kept(real: Path) -> None:
    put(real, TODAY - 21, workout=BACK)
    here, person = put(real, TODAY, workout=BACK), Answers(["6", "2", "no", ""])
    talk(afterwards(), done(here), person)
    assert person.said[0].endswith("three weeks ago.")
    assert person.said[1].startswith("The next backward day is ")
    assert person.said[-1] == "Kept: effort 6, pain 2, hands free."
    assert heard(read_journal(here).said) == Rating(effort=6, pain_after=2, rails=False)


def test_in_lines_nothing_that_was_said_is_nothing_kept(real: Path) -> None:
    person = Answers([])
    talk(afterwards(), done(put(real, TODAY, workout=WALK)), person)
    assert not any(line.startswith("Kept") for line in person.said)


def test_in_lines_what_cannot_be_kept_says_why(real: Path) -> None:
    here = put(real, TODAY, workout=WALK)

    class Late(Answers):
        def text(self, question: str) -> str:
            here.unlink(missing_ok=True)
            return super().text(question)

    person = Late(["6", "note"])
    talk(afterwards(), done(here), person)
    assert person.said[-1] == f"Not kept: {here}: no such file or directory."
    assert len(person.asked) == 1


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "You may run backward again today."),
        (0, "You may run backward again today."),
        (1, "The next backward day is tomorrow."),
        (2, "The next backward day is Friday."),
        (6, "The next backward day is Tuesday."),
        (7, "The next backward day is Wednesday, 27 May."),
    ],
)
def test_a_day_is_told_as_people_name_it(days: int, words: str) -> None:
    today = date(2026, 5, 20)
    assert next_day_words(today + timedelta(days=days), today) == words
