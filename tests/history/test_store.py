"""The history: journals are the truth, and the index says at any time what a new one would say."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from random import Random

import pytest

from coach import places
from coach.history.indexed import AT_ONCE, TOLD
from coach.history.past import Past
from coach.history.rating import Rating
from coach.history.store import Archive, StoreError
from coach.system.lock import take
from tests.history.journals import BACK, put, read, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journals"


def days(sessions: tuple[Past, ...]) -> list[int]:
    """On which day of May each was."""
    return [one.at.day for one in sessions]


def fresh(folder: Path, tmp_path: Path) -> tuple[tuple[Past, ...], tuple[object, ...], tuple[str, ...]]:
    """What an index says that was made this very moment."""
    with Archive(folder, tmp_path / "another" / f"{len(list(tmp_path.rglob('*')))}.sqlite3") as archive:
        return archive.sessions(simulated=None), archive.windows(simulated=None), archive.trouble


def test_sessions_are_listed_newest_first_and_those_of_the_simulator_apart(folder: Path) -> None:
    for day in (3, 0, 7):
        put(folder, day)
    put(folder / "simulated", 5, simulated=True)
    with Archive(folder) as archive:
        assert days(archive.sessions()) == [11, 7, 4]
        assert days(archive.sessions(simulated=True)) == [9]
        assert days(archive.sessions(simulated=None)) == [11, 9, 7, 4]
        assert days(archive.sessions(newest=2)) == [11, 7]
        assert archive.sessions(newest=0) == ()
        assert days(archive.sessions(since=date(2026, 5, 6))) == [11, 7]
        assert days(archive.sessions(since=date(2026, 5, 7))) == [11, 7]
        assert days(archive.sessions(since=date(2026, 5, 8))) == [11]
        assert archive.trouble == ()


def test_a_simulated_session_among_the_real_ones_is_simulated(folder: Path) -> None:
    put(folder, simulated=True)
    with Archive(folder) as archive:
        assert archive.sessions() == ()
        assert days(archive.sessions(simulated=True)) == [4]


def test_without_a_folder_there_is_no_history_and_no_trouble(folder: Path) -> None:
    with Archive(folder) as archive:
        assert (archive.sessions(simulated=None), archive.windows(), archive.trouble) == ((), (), ())
        with pytest.raises(StoreError, match="nothing is recorded yet"):
            archive.find("last")


def test_the_users_own_archive_lies_where_the_sessions_are() -> None:
    put(places.journals(simulated=False))
    put(places.journals(simulated=True), 1, simulated=True)
    with Archive() as archive:
        assert days(archive.sessions(simulated=None)) == [5, 4]
    assert places.index().is_file()


def test_each_runner_has_his_own_sessions_and_an_only_one_those_without_a_name_too(folder: Path) -> None:
    for day, who in enumerate(["anna", "ben", "", "anna"]):
        put(folder, day, who=who, workout=BACK)
    with Archive(folder) as archive:
        assert days(archive.of("anna", only=False)) == [7, 4]
        assert days(archive.of("anna", only=True)) == [7, 6, 4]
        assert days(archive.of("", only=True)) == [6]
        assert days(archive.sessions(who="")) == [6]
        assert [one.at.day for one in archive.windows(who="ben", only=False)] == [5]
        assert [one.at.day for one in archive.windows(who="ben", only=True)] == [5, 6]
        assert [one.at.day for one in archive.windows()] == [4, 5, 6, 7]


def test_windows_know_whether_the_rails_were_held(folder: Path) -> None:
    put(folder, 0, workout=BACK)
    put(folder, 1, workout=BACK, summary={"held": [1]})
    put(folder, 2, workout=BACK, summary={"held": [2]})
    put(folder, 3, workout=BACK, said=[{"rails": True}])
    put(folder, 4, workout=BACK, summary={"held": [1]}, said=[{"rails": True}, {"rails": False}])
    with Archive(folder) as archive:
        assert [one.rails for one in archive.windows()] == [False, True, False, True, False]
        assert {one.session for one in archive.windows()} == {one.id for one in archive.sessions()}


def test_the_index_may_go_at_any_time(folder: Path) -> None:
    for day in range(3):
        put(folder, day, workout=BACK, who="anna", said=[{"effort": day}])
    with Archive(folder) as archive:
        before = archive.sessions(), archive.windows()
    for file in folder.glob("history*"):
        file.unlink()
    with Archive(folder) as archive:
        assert (archive.sessions(), archive.windows()) == before
        assert archive.rebuild() == 3
        assert (archive.sessions(), archive.windows()) == before


def test_nothing_is_opened_again_where_nothing_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, other = put(folder, 0), put(folder, 1)
    (folder / "bad.jsonl").write_text("nonsense\n")
    with Archive(folder):
        pass
    opened: list[Path] = []
    monkeypatch.setattr("coach.history.folder.entry_of", lambda path: opened.append(path))
    with Archive(folder) as archive:
        assert opened == []
        assert days(archive.sessions()) == [5, 4]
        assert len(archive.trouble) == 1
        monkeypatch.undo()
        put(folder, 0, said=[{"effort": 9}])
        other.unlink()
        archive.refresh()
        assert [(one.path, one.rating.effort) for one in archive.sessions()] == [(path, 9)]


@pytest.mark.parametrize("seed", range(3))
def test_after_any_changes_the_index_says_what_a_new_one_says(folder: Path, tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    with Archive(folder) as archive:
        for step in range(25):
            sessions = [one for one in archive.sessions(simulated=None) if not one.deleted]
            match chance.choice(["new", "new", "say", "claim", "delete", "gone", "bad", "copy", "rename"]):
                case "new":
                    put(folder, step, workout=chance.choice([BACK, "1min@5"]), simulated=chance.random() < 0.3)
                case "bad":
                    (folder / f"bad{step}.jsonl").write_text("nonsense\n")
                case "say" if sessions:
                    said = Rating(effort=chance.randrange(11), rails=chance.random() < 0.5)
                    assert archive.say(chance.choice(sessions), said).rating.effort == said.effort
                case "claim" if sessions:
                    assert archive.claim(chance.choice(sessions), "anna").who == "anna"
                case "delete" if sessions:
                    archive.delete(chance.choice(sessions))
                case "gone" if sessions:
                    chance.choice(sessions).path.unlink()
                case "copy" if sessions:
                    one = chance.choice(sessions).path
                    one.with_name(f"copy{step}.jsonl").write_bytes(one.read_bytes())
                case "rename" if sessions:
                    one = chance.choice(sessions).path
                    one.rename(one.with_name(f"other{step}.jsonl"))
            archive.refresh()
            found = archive.sessions(simulated=None), archive.windows(simulated=None), archive.trouble
            assert found == fresh(folder, tmp_path)


def test_more_journals_than_are_kept_at_once_are_all_kept(folder: Path) -> None:
    text = put(folder).read_text()
    for number in range(AT_ONCE + 1):
        (folder / f"{number}.jsonl").write_text(text.replace("18:00:00+00:00", f"18:00:00.{number:06}+00:00"))
    with Archive(folder) as archive:
        assert len(archive.sessions()) == AT_ONCE + 2


BAD = {
    "nothing": b"",
    "nonsense": b"nonsense\n",
    "another encoding": '{"journal": 1}\n'.encode("utf-16"),
    "a header of nothing": b'{"journal": 1}\n',
    "a capture": b'{"capture": 1}\n',
    "another format": b'{"journal": 7}\n',
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_read_is_told_and_stops_nothing(folder: Path, content: bytes) -> None:
    put(folder)
    (folder / "a.jsonl").write_bytes(content)
    (folder / "b.jsonl").mkdir()
    with Archive(folder) as archive:
        assert days(archive.sessions()) == [4]
        assert [text.partition(": it ")[0] for text in archive.trouble] == [
            "a.jsonl is left out",
            "b.jsonl is left out",
        ]


def test_many_bad_files_are_told_in_few_sentences(folder: Path) -> None:
    for number in range(TOLD + 5):
        put(folder).with_name(f"bad{number}.jsonl").write_text("nonsense\n")
    with Archive(folder) as archive:
        assert len(archive.trouble) == TOLD + 1
        assert archive.trouble[-1] == "5 more files are left out"


def test_files_of_others_in_the_folder_are_not_looked_at(folder: Path) -> None:
    put(folder)
    for name in (".hidden.jsonl", "x.txt", "x.jsonl.damaged", ".x.jsonl.part", "deleted.json"):
        (folder / name).write_text("nonsense")
    with Archive(folder) as archive:
        assert (days(archive.sessions()), archive.trouble) == ([4], ())


def test_what_a_list_of_the_folder_has_missed_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, deleted = put(folder, 1), put(folder, workout=BACK)
    with Archive(folder) as archive:
        with Archive(folder, folder.parent / "another.sqlite3") as other:
            other.delete(other.find("2026-05-04"))
        assert not deleted.exists()
        monkeypatch.setattr("coach.history.folder._sessions", lambda _: ())
        archive.refresh()
        assert [(one.id, one.deleted) for one in archive.sessions()] == [(path.stem, False), (deleted.stem, True)]


def test_a_copy_is_not_another_session(folder: Path) -> None:
    path = put(folder, workout=BACK, said=[{"effort": 3}])
    for name in ("a copy", "zz"):
        path.with_name(f"{name}.jsonl").write_bytes(path.read_bytes() + b'{"said":{"effort":4}}\n')
    with Archive(folder) as archive:
        assert [(one.id, one.rating.effort) for one in archive.sessions()] == [(path.stem, 3)]
        assert len(archive.windows()) == 1
        assert archive.trouble[0] == f"a copy.jsonl is left out: it is the same session as {path.name}"
        assert archive.find(str(folder / "zz.jsonl")).id == path.stem
        path.unlink()
        archive.refresh()
        assert [(one.id, one.rating.effort) for one in archive.sessions()] == [("a copy", 4)]


def test_two_simulations_that_went_the_same_way_are_two(folder: Path) -> None:
    path = put(folder / "simulated", simulated=True)
    header, *rest = read(path)
    del header["started"]
    for name in ("a", "b"):
        write(folder / "simulated" / f"{name}.jsonl", [header, *rest])
    path.unlink()
    with Archive(folder) as archive:
        assert {one.id for one in archive.sessions(simulated=True)} == {"a", "b"}


def test_what_is_said_is_kept_in_the_journal(folder: Path) -> None:
    path = put(folder, workout=BACK)
    with Archive(folder) as archive:
        one = archive.say(archive.find("last"), Rating(effort=5, fell=True))
        assert (one.rating.effort, one.fell) == (5, True)
        one = archive.say(one, Rating(effort=6))
        assert (one.rating.effort, one.fell) == (6, True)
        assert archive.sessions() == (one,)
    assert [list(line) for line in read(path)[-2:]] == [["said"], ["said"]]


def test_a_claim_is_kept_in_the_journal_and_everywhere_known(folder: Path) -> None:
    put(folder, workout=BACK)
    with Archive(folder) as archive:
        one = archive.claim(archive.find("last"), "anna")
        assert archive.of("anna", only=False) == (one,)
        assert (archive.summary(one).who, archive.recording(one).origin.who) == ("anna", "anna")
        assert archive.claim(one, "ben").who == "ben"
        assert archive.of("anna", only=False) == ()


def test_a_session_that_is_being_recorded_is_not_touched(folder: Path) -> None:
    path = put(folder, workout=BACK, ended=None)
    with path.open("r+b") as keeper:
        assert take(keeper.fileno())
        with Archive(folder) as archive:
            one = archive.find("last")
            assert archive.under_way(one)
            for act in (
                lambda: archive.say(one, Rating(effort=1)),
                lambda: archive.claim(one, "a"),
                lambda: archive.delete(one),
            ):
                with pytest.raises(StoreError, match="still being recorded"):
                    act()
    with Archive(folder) as archive:
        assert not archive.under_way(one)
        assert archive.say(one, Rating(effort=1)).rating.effort == 1


def test_a_session_that_was_cut_off_counts_with_what_it_had(folder: Path) -> None:
    put(folder, workout=BACK, ended=None)
    with Archive(folder) as archive:
        (one,) = archive.sessions()
        assert (one.open, one.ended) == (True, "stopped")
        assert one.backward_s > 80


def test_the_summary_and_the_recording_are_those_of_the_session(folder: Path) -> None:
    put(folder, workout=BACK, summary={"backward_s": 12.5})
    with Archive(folder) as archive:
        one = archive.find("last")
        assert archive.summary(one).backward_s == one.backward_s == 12.5
        assert archive.recording(one).plan.workout.name == one.workout
        one.path.unlink()
        for ask in (archive.summary, archive.recording):
            with pytest.raises(StoreError, match="cannot be read"):
                ask(one)


def test_a_session_elsewhere_is_found_by_its_path(folder: Path, tmp_path: Path) -> None:
    put(folder)
    path = put(tmp_path / "elsewhere", 3, workout=BACK)
    with Archive(folder) as archive:
        one = archive.find(str(path))
        assert (one.path, one.at.day) == (path, 7)
        assert archive.recording(one).end is not None
        assert archive.say(one, Rating(effort=2)).rating.effort == 2
        with pytest.raises(StoreError, match="not among your sessions"):
            archive.delete(one)
        assert days(archive.sessions()) == [4]
        for wrong, told in ((tmp_path / "no.jsonl", "no such file"), (tmp_path, "directory")):
            with pytest.raises(StoreError, match=told):
                archive.find(f"{wrong}{os.sep}" if wrong is tmp_path else str(wrong))


def test_a_path_that_is_a_link_into_the_folder_leads_to_its_session(folder: Path, tmp_path: Path) -> None:
    path = put(folder)
    (tmp_path / "link.jsonl").symlink_to(path)
    (tmp_path / "there").symlink_to(folder, target_is_directory=True)
    with Archive(folder) as archive:
        assert archive.find(str(tmp_path / "link.jsonl")) == archive.find("last")
        assert archive.find(str(tmp_path / "there" / path.name)) == archive.find("last")
        (folder / "dead.jsonl").symlink_to(tmp_path / "nowhere")
        archive.refresh()
        assert archive.trouble == ()


def test_a_session_that_was_left_before_the_belt_moved_is_none(folder: Path) -> None:
    put(folder, 3)
    left = {"distance_m": 0.0, "backward_s": 0.0, "ended": "tripped", "alarms": ["cockpit-lost"]}
    path = put(folder, 4, summary=left)
    with Archive(folder) as archive:
        assert days(archive.sessions()) == [7]
        assert archive.find("last").at.day == 7
        assert archive.find(str(path)).path == path
        archive.say(archive.find(str(path)), Rating(fell=True))
        assert days(archive.sessions()) == [8, 7]  # then it is told all the same
