"""Sessions of another computer come in whole, once, under whose name they belong, and never over another."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from coach.history.past import Past
from coach.history.rating import Rating
from coach.history.store import Archive, StoreError
from coach.sinks.replay import replay
from tests.history.journals import BACK, put, read, write


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path / "here"


@pytest.fixture
def there(tmp_path: Path) -> Path:
    return tmp_path / "there" / "data" / "journals"


def days(sessions: tuple[Past, ...]) -> list[int]:
    return [one.at.day for one in sessions]


def test_a_folder_of_another_computer_comes_in(here: Path, there: Path, tmp_path: Path) -> None:
    put(there, 0, workout=BACK, said=[{"effort": 3}])
    put(there, 2)
    put(there / "simulated", 4, simulated=True)
    put(here, 6)
    with Archive(here) as archive:
        taken = archive.take_in([tmp_path / "there"])
        assert (len(taken.added), taken.known, taken.refused) == (3, (), ())
        assert days(archive.sessions()) == [10, 6, 4]
        assert days(archive.sessions(simulated=True)) == [8]
        assert set(taken.added) == set(archive.sessions(simulated=None)) - {archive.find("last")}
    for one in taken.added:
        assert one.path.parent == (here / "simulated" if one.simulated else here)
        assert one.path.read_bytes() == (there / one.path.relative_to(here)).read_bytes()
    assert sorted(path.name for path in here.rglob("*.part")) == []


def test_it_comes_in_once_whatever_its_file_is_called(here: Path, there: Path) -> None:
    path = put(there, workout=BACK)
    with Archive(here) as archive:
        assert len(archive.take_in([path]).added) == 1
        again = archive.take_in([there])
        assert (again.added, days(again.known)) == ((), [4])
        path = path.rename(there / "renamed.jsonl")
        with path.open("a") as file:
            file.write('{"said":{"effort":9}}\n')
        assert days(archive.take_in([path]).known) == [4]
        shutil.copy(path, there / "twice.jsonl")
        put(there, 1)
        found = archive.take_in([there])
        assert (days(found.added), days(found.known)) == ([5], [4, 4])
        assert [one.rating.effort for one in archive.sessions()] == [None, None]


def test_of_two_copies_that_come_in_together_one_comes_in(here: Path, there: Path) -> None:
    path = put(there, workout=BACK)
    shutil.copy(path, there / "zz.jsonl")
    with Archive(here) as archive:
        taken = archive.take_in([there])
        assert (days(taken.added), days(taken.known)) == ([4], [4])
    assert len(list(here.glob("*.jsonl"))) == 1


def test_a_name_that_is_taken_gets_a_number(here: Path, there: Path) -> None:
    name = "2026-05-04-180000-000-session"
    put(here, 0, name=name)
    with Archive(here) as archive:
        for day in (1, 2):
            archive.take_in([put(there, day, name=name)])
        assert sorted(one.id for one in archive.sessions()) == [name, f"{name}-2", f"{name}-3"]
        archive.delete(archive.find(name))
        assert [one.id for one in archive.take_in([put(there, 3, name=name)]).added] == [name]


def test_a_name_of_a_deleted_session_is_taken_too(here: Path, there: Path) -> None:
    path = put(here, workout=BACK)
    with Archive(here) as archive:
        archive.delete(archive.find("last"))
        (one,) = archive.take_in([put(there, 1, name=path.stem)]).added
        assert one.id == f"{path.stem}-2"


def test_a_file_with_a_name_of_its_own_is_called_as_coach_would(here: Path, there: Path) -> None:
    with Archive(here) as archive:
        (one,) = archive.take_in([put(there, name="my session", summary={"workout": "Über / hills"})]).added
        assert one.id == "2026-05-04-180000-000-über-hills"
        (one,) = archive.take_in([put(there, 1, name="x", summary={"workout": "../.."})]).added
        assert one.id == "2026-05-05-180000-000-session"


def test_they_are_given_to_the_runner_who_is_named(here: Path, there: Path) -> None:
    put(there, 0)
    put(there, 1, who="me")
    with Archive(here) as archive:
        taken = archive.take_in([there], "anna")
        assert {one.who for one in taken.added} == {"anna"}
        assert days(archive.of("anna", only=False)) == [5, 4]
        assert archive.rebuild() == 2
        assert days(archive.of("anna", only=False)) == [5, 4]
    for one in taken.added:
        assert replay(one.path).equal


def test_without_a_runner_everybody_keeps_his_name(here: Path, there: Path) -> None:
    for day, who in enumerate(["", "me", "ben"]):
        put(there, day, who=who, said=[{"who": "cleo"}] * (day == 2))
    with Archive(here) as archive:
        archive.take_in([there])
        assert [one.who for one in archive.sessions()] == ["cleo", "me", ""]


def test_who_has_a_name_that_is_known_here_keeps_it(here: Path, there: Path) -> None:
    for day, who in enumerate(["", "me", "ben"]):
        put(there, day, who=who)
    with Archive(here) as archive:
        archive.take_in([there], lambda own: own if own == "ben" else "anna")
        assert [one.who for one in archive.sessions()] == ["ben", "anna", "anna"]


def test_a_last_line_that_was_cut_off_is_ended_first(here: Path, there: Path) -> None:
    path = put(there)
    path.write_bytes(path.read_bytes() + b'{"said":{"effo')
    with Archive(here) as archive:
        (one,) = archive.take_in([path], "anna").added
        assert archive.find("last") == one
        assert one.who == "anna"
        assert archive.say(one, Rating(effort=1)).rating.effort == 1


REFUSED = {
    "no journal": ("nonsense\n", "is not a journal"),
    "nothing": ("", "is not a journal"),
    "a header of nothing": ('{"journal":1}\n{"ended":"finished","reason":"","digest":""}\n', "header cannot be read"),
    "another format": ('{"journal":2}\n', "format 2"),
}


@pytest.mark.parametrize(("content", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_journal_is_refused_with_a_sentence(here: Path, there: Path, content: str, why: str) -> None:
    put(there)
    (there / "a.jsonl").write_text(content)
    with Archive(here) as archive:
        taken = archive.take_in([there])
        assert len(taken.added) == 1
        (told,) = taken.refused
        assert told.startswith(f"{there / 'a.jsonl'} is left out: it ")
        assert why in told
    assert len(list(here.glob("*.jsonl"))) == 1


def test_a_journal_whose_plan_cannot_be_read_is_refused(here: Path, there: Path) -> None:
    path = put(there)
    header, *rest = read(path)
    del header["machine"]
    write(path, [header, *rest])
    with Archive(here) as archive:
        (told,) = archive.take_in([path]).refused
        assert told.endswith("is not a journal: the header cannot be read")


def test_a_journal_without_its_end_is_refused(here: Path, there: Path) -> None:
    path = put(there, ended=None)
    with Archive(here) as archive:
        (told,) = archive.take_in([path]).refused
        assert "has no end; let coach end it on the computer that has recorded it" in told
        assert archive.sessions() == ()


def test_a_path_to_nothing_is_refused_and_an_empty_folder_has_nothing(here: Path, there: Path) -> None:
    there.mkdir(parents=True)
    with Archive(here) as archive:
        assert "no such file" in archive.take_in([there / "x.jsonl"]).refused[0]
        taken = archive.take_in([there])
        assert (taken.added, taken.known, taken.refused) == ((), (), ())


def test_the_own_folder_has_nothing_new(here: Path) -> None:
    put(here, 0)
    put(here / "simulated", 1, simulated=True)
    with Archive(here) as archive:
        taken = archive.take_in([here])
        assert (taken.added, len(taken.known), taken.refused) == ((), 2, ())


def test_what_is_left_of_deleted_sessions_comes_in_too(here: Path, there: Path) -> None:
    put(there, workout=BACK, who="me")
    with Archive(there) as other:
        other.delete(other.find("last"))
    with Archive(here) as archive:
        (one,) = archive.take_in([there], "anna").added
        assert (one.deleted, one.who) == (True, "anna")
        assert archive.sessions() == (one,)
        assert days(archive.take_in([there]).known) == [4]


def test_a_session_that_was_deleted_here_does_not_come_back(here: Path, there: Path) -> None:
    for folder in (here, there):
        put(folder, workout=BACK)
    with Archive(here) as archive:
        archive.delete(archive.find("last"))
        assert [one.deleted for one in archive.take_in([there]).known] == [True]
        assert [one.deleted for one in archive.sessions()] == [True]


def test_a_simulated_session_without_a_wall_clock_keeps_the_day_of_its_file(here: Path, there: Path) -> None:
    path = put(there, simulated=True)
    header, *rest = read(path)
    del header["started"]
    write(path, [header, *rest])
    os.utime(path, (1_700_000_000, 1_700_000_000))
    with Archive(here) as archive:
        (one,) = archive.take_in([there]).added
        assert archive.find("last").at == one.at
        assert one.at.timestamp() == 1_700_000_000


def test_where_nothing_can_be_written_that_is_said_and_what_came_in_is_whole(tmp_path: Path, there: Path) -> None:
    put(there)
    (tmp_path / "file").touch()
    with (
        Archive(tmp_path / "file" / "journals", tmp_path / "history.sqlite3") as archive,
        pytest.raises(StoreError, match="file"),
    ):
        archive.take_in([there])
