"""A session on a real belt counts wherever its journal was wanted: a copy of it is among the others."""

from __future__ import annotations

import os
from pathlib import Path

from coach import places
from coach.cli.belonging import counts_too
from coach.cli.cockpit import Opened
from coach.cli.left_open import close_left_open
from coach.history.store import Archive
from coach.sinks.marker import mark
from tests.history.journals import BACK, put


class Ended:
    """A keeper that has ended."""

    def close(self) -> None:
        pass

    def wait(self) -> None:
        pass


def counted() -> list[tuple[int, int]]:
    """The day and the backward seconds of each session that counts."""
    with Archive() as archive:
        return [(one.at.day, round(one.backward_s)) for one in archive.sessions()]


def test_it_is_copied_once(tmp_path: Path) -> None:
    path = put(tmp_path / "elsewhere", workout=BACK)
    assert counts_too(path) == ()
    assert counts_too(path) == ()
    assert counted() == [(4, 90)]
    assert path.exists()


def test_what_cannot_be_copied_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("nonsense\n")
    (told,) = counts_too(path)
    assert told == f"{path} is left out: it is not a journal"
    places.journals(simulated=False).write_text("")
    assert len(counts_too(put(tmp_path / "elsewhere"))) == 1


def test_it_counts_when_its_keeper_has_ended(tmp_path: Path) -> None:
    path = put(tmp_path / "elsewhere", workout=BACK)
    Opened(Ended(), tmp_path / "folder").close()  # type: ignore[arg-type]  # a keeper is more than is needed here
    assert counted() == []
    Opened(Ended(), tmp_path / "folder", path).close()  # type: ignore[arg-type]
    assert counted() == [(4, 90)]
    Opened(Ended(), tmp_path / "folder", tmp_path / "never-begun.jsonl").close()  # type: ignore[arg-type]
    assert counted() == [(4, 90)]


def test_it_counts_when_it_broke_off_and_was_closed_later(tmp_path: Path) -> None:
    path = put(tmp_path / "elsewhere", workout=BACK, ended=None)
    os.utime(path, (0, 0))
    mark(places.journals(simulated=False), path)
    (told,) = close_left_open()
    assert "it is closed now" in told
    assert counted() == [(4, 90)]


def test_a_simulated_one_stays_where_it_was_wanted(tmp_path: Path) -> None:
    path = put(tmp_path / "elsewhere", workout=BACK, ended=None, simulated=True)
    os.utime(path, (0, 0))
    mark(places.journals(simulated=True), path)
    close_left_open()
    with Archive() as archive:
        assert archive.sessions(simulated=None) == ()
