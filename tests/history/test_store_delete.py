"""Deleting: the recording goes, and nothing that is allowed grows by it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from coach.core.workout import Level
from coach.history.allowance import Own, standing
from coach.history.entry import Entry, entry_of
from coach.history.past import Past
from coach.history.rating import Rating
from coach.history.store import Archive, StoreError
from coach.history.stub import SUFFIX, StubError, read_stub, stub_of, weighs, written
from tests.history.journals import BACK, put
from tests.history.made import past

KEPT = ("id", "who", "at", "level", "ended", "backward_s", "confirmed", "alarmed", "key_rear", "fell", "simulated")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journals"


def kept(one: Past) -> dict[str, object]:
    return {name: getattr(one, name) for name in KEPT}


def test_what_counts_for_doses_and_levels_stays_and_all_else_goes(folder: Path) -> None:
    path = put(folder, workout=BACK, who="anna", ended="tripped", summary={"key_rear": True, "level": "advanced"})
    with Archive(folder) as archive:
        before = archive.say(archive.find("last"), Rating(effort=7, pain_after=3, note="private", fell=True))
        archive.delete(before)
        (after,) = archive.sessions()
        assert kept(after) == kept(before)
        assert after.deleted
        assert (after.workout, after.machine, after.sha256, after.distance_m) == ("deleted", "", "", 0)
        assert after.rating == Rating(pain_after=3, fell=True)
        assert archive.windows() == ()
    assert not path.exists()
    (left,) = folder.glob("*.deleted.json")
    assert "private" not in left.read_text()
    assert b"private" not in (folder / "history.sqlite3").read_bytes()


@pytest.mark.parametrize("seed", range(40))
def test_nothing_that_is_allowed_changes_by_deleting(seed: int) -> None:
    """Whatever was run, and whatever of it is deleted: level, doses and days stay as they were."""
    chance = Random(seed)
    level = chance.choice([Level.BEGINNER, Level.INTERMEDIATE, Level.ADVANCED])
    sessions = [drawn(chance, level, days) for days in sorted(chance.sample(range(90), 30))]
    deleted = {one for one in sessions if chance.random() < 0.5}
    whole = [stub_of(Entry(one, ""), now).past for one in deleted if weighs(one)]
    now_is, was = (standing(ran, Own(level=level), now) for ran in ([*whole, *set(sessions) - deleted], sessions))
    assert now_is == was


now = datetime(2026, 5, 20, 20, tzinfo=UTC)


def drawn(chance: Random, level: Level, days_ago: int) -> Past:
    """A session of some kind."""
    before, after, morning = (chance.choice([None, None, 0, 2, 7]) for _ in range(3))
    fell = chance.choice([None] * 9 + [True])
    return past(
        days_ago,
        backward_s=chance.choice([0.0, 30.0, 90.0, 180.0, 400.0]),
        ended=chance.choice(["finished"] * 6 + ["stopped", "tripped"]),
        confirmed=chance.random() < 0.9,
        key_rear=chance.random() < 0.05,
        level=level,
        rating=Rating(chance.randrange(11), before, after, morning, fell=fell),
    )


def test_what_was_written_of_it_is_gone_from_the_index_too(folder: Path) -> None:
    for day in range(8):
        put(folder, day, said=[{"note": "other " * 20 if day else "private " * 20}])
    with Archive(folder) as archive:
        archive.delete(archive.find("2026-05-04"))
    content = (folder / "history.sqlite3").read_bytes()
    assert b"other other" in content
    assert b"private" not in content


def test_what_is_left_is_known_to_a_new_index(folder: Path) -> None:
    put(folder, workout=BACK)
    with Archive(folder) as archive:
        archive.delete(archive.find("last"))
        before = archive.sessions()
        assert archive.rebuild() == 1
        assert archive.sessions() == before


@pytest.mark.parametrize(
    ("changed", "stays"),
    [
        ({}, False),
        ({"backward_s": 0.1}, True),
        ({"alarmed": True}, True),
        ({"confirmed": False}, True),
        ({"key_rear": True}, True),
        ({"rating": Rating(fell=True)}, True),
        ({"rating": Rating(fell=False, effort=9)}, False),
        ({"backward_s": 100, "alarmed": True, "simulated": True}, False),
    ],
)
def test_something_stays_of_what_weighs(changed: dict[str, object], stays: bool) -> None:
    one = replace(past(backward_s=0.0), **changed)  # type: ignore[arg-type]
    assert weighs(one) is stays


@pytest.mark.parametrize(("workout", "simulated"), [("1min@5", False), ("1min@5", True), (BACK, True)])
def test_a_session_that_does_not_weigh_goes_wholly(folder: Path, workout: str, simulated: bool) -> None:
    put(folder, workout=workout, simulated=simulated)
    with Archive(folder) as archive:
        archive.delete(archive.find("last"))
        assert archive.sessions(simulated=None) == ()
        assert archive.rebuild() == 0
    assert list(folder.glob("*.json*")) == []


def test_its_copies_go_too(folder: Path) -> None:
    path = put(folder, workout=BACK)
    path.with_name("copy.jsonl").write_bytes(path.read_bytes())
    with Archive(folder) as archive:
        archive.delete(archive.find(path.stem))
        assert [(one.id, one.deleted) for one in archive.sessions()] == [(path.stem, True)]
    assert [one.name for one in folder.glob("*.json*")] == [f"{path.stem}{SUFFIX}"]


def test_what_recovery_put_aside_of_it_goes_too(folder: Path) -> None:
    path, other = put(folder, workout=BACK), put(folder, 1, workout=BACK)
    for name in (f"{path.name}.damaged", f"{path.name}-2.damaged", f"{path.name}.other", f"{other.name}.damaged"):
        (folder / name).write_bytes(path.read_bytes())
    with Archive(folder) as archive:
        archive.delete(archive.find(path.stem))
    assert {one.name for one in folder.iterdir() if "history" not in one.name} == {
        f"{path.stem}{SUFFIX}",
        other.name,
        f"{other.name}.damaged",
    }


def test_what_was_said_meanwhile_weighs_too(folder: Path) -> None:
    put(folder)
    with Archive(folder) as archive, Archive(folder) as other:
        one = archive.find("last")
        other.say(one, Rating(fell=True))
        archive.delete(one)
        assert [(one.deleted, one.fell) for one in archive.sessions()] == [(True, True)]


def test_a_session_that_comes_back_counts_once(folder: Path) -> None:
    path = put(folder, workout=BACK)
    content = path.read_bytes()
    for name in (path.name, "back-again.jsonl"):
        path.write_bytes(content)
        with Archive(folder) as archive:
            archive.delete(archive.find(path.stem))
            path.with_name(name).write_bytes(content)
            archive.refresh()
            (one,) = archive.sessions()
            assert (one.deleted, one.path.name) == (False, name)
            archive.delete(one)
            assert [one.deleted for one in archive.sessions()] == [True]


def test_a_deletion_that_was_cut_off_in_the_middle_leaves_the_session(folder: Path) -> None:
    path = put(folder, workout=BACK)
    path.with_name(f"{path.stem}{SUFFIX}").write_bytes(written(stub_of(entry_of(path), datetime.now(UTC))))
    with Archive(folder) as archive:
        assert [one.deleted for one in archive.sessions()] == [False]
        assert archive.trouble == ()


def test_a_deleted_session_has_no_recording_and_that_is_said(folder: Path) -> None:
    put(folder, workout=BACK)
    with Archive(folder) as archive:
        archive.delete(archive.find("last"))
        one = archive.find("2026-05-04")
        asks = (archive.summary, archive.recording, archive.delete, lambda it: archive.say(it, Rating(effort=1)))
        for ask in asks:
            with pytest.raises(StoreError, match="was deleted"):
                ask(one)
        with pytest.raises(StoreError, match="nothing is recorded yet"):
            archive.find("last")


def test_what_is_left_can_be_given_to_somebody(folder: Path) -> None:
    put(folder, workout=BACK)
    with Archive(folder) as archive:
        archive.delete(archive.find("last"))
        one = archive.claim(archive.find("2026-05-04"), "anna")
        assert one.who == "anna"
        assert archive.rebuild() == 1
        assert archive.of("anna", only=False) == (one,)


def test_what_is_left_is_written_and_read_again_equal(tmp_path: Path) -> None:
    for one in (
        past(key_rear=True),
        past(3, who="Jürgen", ended="tripped", rating=Rating(fell=True)),
        past(confirmed=False),
    ):
        path = tmp_path / f"{one.id}{SUFFIX}"
        left = stub_of(
            Entry(replace(one, path=tmp_path / f"{one.id}.jsonl"), "mark"), datetime(2026, 5, 21, tzinfo=UTC)
        )
        path.write_bytes(written(left))
        assert read_stub(path) == left
        assert left.past.reason == "deleted on 2026-05-21"


def told() -> dict[str, object]:
    """A file of what is left, as an object."""
    found = json.loads(written(stub_of(Entry(past(), "mark"), datetime(2026, 5, 21, tzinfo=UTC))))
    assert isinstance(found, dict)
    return found


WRONG = {
    "no zone": {"at": "2026-05-04T18:00:00"},
    "no day": {"at": "yesterday"},
    "no number": {"backward_s": "90"},
    "less than nothing": {"backward_s": -1},
    "without end": {"backward_s": 1e400},
    "no level": {"level": "expert"},
    "another version": {"deleted": 2},
    "nothing said": {"said": None},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
def test_what_is_left_and_makes_no_sense_is_told_and_stops_nothing(folder: Path, changed: dict[str, object]) -> None:
    put(folder)
    (folder / f"x{SUFFIX}").write_text(json.dumps({**told(), **changed}))
    with Archive(folder) as archive:
        assert len(archive.sessions()) == 1
        assert archive.trouble[0].startswith(f"x{SUFFIX} is left out: it ")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 9000, b'{"deleted":1}'])
def test_a_file_that_is_none_of_these_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / f"x{SUFFIX}"
    path.write_bytes(content)
    with pytest.raises(StubError):
        read_stub(path)


def test_words_that_are_no_yes_count_against_more(tmp_path: Path) -> None:
    path = tmp_path / f"x{SUFFIX}"
    path.write_text(json.dumps({**told(), "confirmed": "yes", "alarmed": None, "key_rear": 0}))
    one = read_stub(path).past
    assert (one.confirmed, one.alarmed, one.key_rear) == (False, True, True)
