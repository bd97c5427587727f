"""`coach rate`: what is said of a session, by options or by answers, and what holds then."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from coach import places
from coach.history.name import NOTHING
from coach.history.rating import Rating, heard
from coach.sinks.journal import read_journal
from tests.history.journals import BACK, WALK, put

Coach = Callable[..., tuple[int, str, str]]
ASKS = {"ask": [["before", ["pain"]], ["morning", ["pain"]]]}


@pytest.fixture
def path() -> Path:
    """A backward session on a real belt."""
    return put(places.journals(simulated=False), workout=BACK)


def said(path: Path) -> Rating:
    return heard(read_journal(path).said)


def test_options_are_kept_and_told(coach: Coach, path: Path) -> None:
    words = ["--effort", "6", "--pain", "2", "--pain-before", "1", "--morning", "3", "--note", "Knees fine"]
    code, out, err = coach("rate", "last", *words, "--rails", "--no-fall")
    assert (code, err) == (0, "")
    assert said(path) == Rating(6, 1, 2, 3, "Knees fine", rails=True, fell=False)
    told = "effort 6, pain before 1, pain 2, pain the next morning 3, rails held, no fall, note “Knees fine”."
    assert told in " ".join(out.split())


def test_a_later_word_wins_and_the_rest_stays(coach: Coach, path: Path) -> None:
    coach("rate", "--effort", "6", "--note", "Hard")
    coach("rate", "--effort", "4", "--free", "--fell")
    assert said(path) == Rating(effort=4, note="Hard", rails=False, fell=True)


def test_an_empty_note_takes_the_note_back(coach: Coach, path: Path) -> None:
    coach("rate", "--note", "Hard")
    code, out, _ = coach("rate", "--note", "")
    assert code == 0
    assert "Note:" not in out
    assert said(path).note == ""


def test_without_options_and_without_a_terminal_it_says_what_holds(coach: Coach, path: Path) -> None:
    before = path.read_bytes()
    code, out, err = coach("rate")
    assert (code, err) == (0, "")
    assert "nothing was said yet." in out
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "words", [["--effort", "11"], ["--pain", "-1"], ["--morning", "x"], ["--pain-before", "5.5"], ["--sleep", "3"]]
)
def test_what_cannot_be_is_a_mistake_of_usage_and_keeps_nothing(coach: Coach, path: Path, words: list[str]) -> None:
    before = path.read_bytes()
    assert coach("rate", "last", *words)[0] == 2
    assert path.read_bytes() == before


def test_a_note_that_is_too_long_is_refused(coach: Coach, path: Path) -> None:
    code, _, err = coach("rate", "--note", "x" * 2001)
    assert (code, err) == (1, "coach: the note has 2001 signs; 2000 are the most\n")
    assert said(path) == Rating()


@pytest.mark.parametrize(("name", "words"), [("lsat", "there is no session"), ("none.jsonl", "no such file")])
def test_a_session_that_is_not_there_says_what_is_near(coach: Coach, path: Path, name: str, words: str) -> None:
    code, _, err = coach("rate", name, "--effort", "3")
    assert code == 1
    assert words in err
    assert said(path) == Rating()


def test_where_nothing_is_recorded_it_says_so(coach: Coach) -> None:
    assert coach("rate")[::2] == (
        1,
        f"coach: {NOTHING}\n",
    )


def test_a_journal_anywhere_is_rated_by_its_path(coach: Coach, tmp_path: Path) -> None:
    here = put(tmp_path / "elsewhere")
    assert coach("rate", str(here), "--effort", "3")[0] == 0
    assert said(here) == Rating(effort=3)


def test_facts_have_a_schema(coach: Coach, path: Path) -> None:
    facts = json.loads(coach("rate", "--effort", "6", "--json")[1])
    assert facts == {
        "schema": 1,
        "id": path.stem,
        "path": str(path),
        "simulated": False,
        "rating": {"effort": 6},
        "held": [],
    }


def test_what_was_marked_on_the_way_is_told_until_a_word_wins(coach: Coach) -> None:
    put(places.journals(simulated=False), workout=BACK, summary={"held": [1, 3]})
    assert "Rails held in blocks 1 and 3, as marked on the way." in coach("rate")[1]
    assert "as marked" not in coach("rate", "--free")[1]


class TestAsked:
    """At a terminal."""

    @pytest.fixture(autouse=True)
    def terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("coach.cli.rate.answers", lambda: True)

    def answers(self, monkeypatch: pytest.MonkeyPatch, *lines: str) -> list[str]:
        """Type these lines, then leave."""
        left = list(lines)

        def typed(_: str = "") -> str:
            if not left:
                raise EOFError
            return left.pop(0)

        monkeypatch.setattr("builtins.input", typed)
        return left

    def test_each_thing_is_asked_for_one_by_one(
        self, coach: Coach, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        left = self.answers(monkeypatch, "6", "2", "yes", "no", "Fine")
        code, out, err = coach("rate")
        assert (code, err, left) == (0, "", [])
        assert said(path) == Rating(effort=6, pain_after=2, rails=True, fell=False, note="Fine")
        assert "Pain before" not in out

    def test_what_the_workout_asks_for_is_asked_too_and_the_morning_from_the_next_day_on(
        self, coach: Coach, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        here = put(places.journals(simulated=False), workout=WALK, summary=ASKS)
        left = self.answers(monkeypatch, "1", "6", "2", "3", "")
        coach("rate")
        assert left == []
        assert said(here) == Rating(effort=6, pain_before=1, pain_after=2, pain_morning=3)

    def test_enter_keeps_what_was_said_before_and_it_is_shown(
        self, coach: Coach, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        coach("rate", "--effort", "6")
        self.answers(monkeypatch, "", "2", "", "", "")
        out = coach("rate")[1]
        assert "How hard was it, 0 to 10? You said 6." in out
        assert said(path) == Rating(effort=6, pain_after=2)

    def test_whoever_leaves_keeps_what_he_said(self, coach: Coach, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers(monkeypatch, "6", "q")
        code, out, _ = coach("rate")
        assert code == 0
        assert said(path) == Rating(effort=6)
        assert "effort 6." in out

    def test_nobody_is_asked_who_wants_facts(self, coach: Coach, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        left = self.answers(monkeypatch, "6")
        assert json.loads(coach("rate", "--json")[1])["rating"] == {}
        assert left == ["6"]
        assert path.exists()
