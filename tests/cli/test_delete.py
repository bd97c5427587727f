"""`coach delete`: it asks, says what goes and what stays, and takes no for an answer."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from coach import places
from coach.history.store import Archive
from tests.history.journals import BACK, put

Coach = Callable[..., tuple[int, str, str]]
Answers = Callable[[str], None]


@pytest.fixture
def real() -> Path:
    return places.journals(simulated=False)


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What is typed."""

    def typed(text: str) -> None:
        monkeypatch.setattr("sys.stdin", StringIO(text))

    return typed


def left(*, simulated: bool | None = None) -> list[tuple[int, bool]]:
    """The day of each session that is there, and whether it was deleted."""
    with Archive() as archive:
        return [(one.at.day, one.deleted) for one in archive.sessions(simulated=simulated)]


def test_it_asks_and_says_what_goes_and_what_stays(coach: Coach, real: Path, answer: Answers) -> None:
    put(real, workout=BACK, who="anna")
    answer("yes\n")
    code, out, err = coach("delete", "last")
    assert (code, err) == (0, "")
    told = " ".join(out.split())
    assert f"{BACK} of Monday 4 May 2026, 18:00: 7:" in told
    assert "1.5 min backward, anna's, on a real belt." in told
    assert "Its recording goes for good" in told
    assert "What counts for doses and levels stays: " in told
    assert "Without that more would be allowed" in told
    assert "is deleted. What counts for doses and levels stays." in told
    assert left() == [(4, True)]


def test_what_goes_wholly_is_asked_without_what_stays(coach: Coach, real: Path, answer: Answers) -> None:
    put(real, workout=BACK, simulated=True)
    answer("y\n")
    code, out, _ = coach("delete", "last")
    assert code == 0
    assert "on the simulator." in out
    assert "stays" not in out
    assert left() == []


@pytest.mark.parametrize("text", ["no\n", "n\n", "N\n", "q\n", "perhaps\n\nno\n"])
def test_a_no_deletes_nothing(coach: Coach, real: Path, answer: Answers, text: str) -> None:
    put(real)
    answer(text)
    code, out, _ = coach("delete", "last")
    assert code == 0
    assert out.endswith("Nothing was deleted.\n")
    assert left() == [(4, False)]


@pytest.mark.parametrize("text", ["", "perhaps\n", "perhaps\nye"])
def test_where_nobody_answers_nothing_is_deleted(coach: Coach, real: Path, answer: Answers, text: str) -> None:
    put(real)
    answer(text)
    code, _, err = coach("delete", "last")
    assert code == 1
    assert "nothing was deleted; --yes deletes without a question" in err
    assert left() == [(4, False)]


def test_it_does_not_ask_where_yes_is_said(coach: Coach, real: Path) -> None:
    for day in range(3):
        put(real, day)
    code, out, _ = coach("delete", "2026-05-04", "2026-05-06", "2026-05-06", "--yes")
    assert code == 0
    assert out.count("is deleted.") == 2
    assert left() == [(5, False)]


def test_one_that_is_not_there_keeps_all_of_them(coach: Coach, real: Path) -> None:
    put(real)
    code, _, err = coach("delete", "last", "2025", "--yes")
    assert code == 1
    assert "there is no session '2025'" in err
    assert left() == [(4, False)]


def test_the_last_is_the_newest_real_one(coach: Coach, real: Path) -> None:
    put(real, 0)
    put(real / "simulated", 2, simulated=True)
    put(real / "simulated", 3, simulated=True)
    assert coach("delete", "last", "--yes")[0] == 0
    assert left() == [(7, False), (6, False)]
    assert coach("delete", "last", "--yes")[0] == 0
    assert left() == [(6, False)]


def test_only_simulated_ones_are_looked_at_where_that_is_said(coach: Coach, real: Path) -> None:
    put(real, 0)
    put(real / "simulated", 2, simulated=True)
    assert coach("delete", "last", "--simulated", "--yes")[0] == 0
    assert left() == [(4, False)]
    code, _, err = coach("delete", "2026-05-04", "--simulated", "--yes")
    assert code == 1
    assert "there is no session '2026-05-04'" in err


def test_only_a_runners_sessions_are_looked_at_where_that_is_said(
    coach: Coach, real: Path, settings: Callable[[str], Path]
) -> None:
    settings("[runner.anna]\n[runner.ben]\n")
    put(real, 0, who="ben")
    put(real, 1, who="anna")
    put(real, 2)
    assert coach("delete", "last", "--runner", "ben", "--yes")[0] == 0
    assert left() == [(6, False), (5, False)]
    code, _, err = coach("delete", "last", "--runner", "cleo", "--yes")
    assert code == 1
    assert "there is no runner 'cleo'" in err


def test_an_only_runner_has_those_without_a_name(coach: Coach, real: Path, settings: Callable[[str], Path]) -> None:
    settings("[runner.anna]\n")
    put(real, 0)
    assert coach("delete", "last", "--runner", "anna", "--yes")[0] == 0
    assert left() == []


def test_what_was_deleted_is_not_deleted_again(coach: Coach, real: Path) -> None:
    put(real, workout=BACK)
    assert coach("delete", "last", "--yes")[0] == 0
    code, _, err = coach("delete", "2026-05-04", "--yes")
    assert code == 1
    assert "was deleted" in err
    assert left() == [(4, True)]
