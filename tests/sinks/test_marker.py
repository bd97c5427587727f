"""The markers of open journals: found after a kill, and after the folder was moved."""

from pathlib import Path

import pytest

from coach.sinks.marker import FOLDER, mark, marked


def journals(folder: Path) -> list[Path]:
    return [one.journal for one in marked(folder)]


def test_a_marker_is_there_until_it_is_removed(tmp_path: Path) -> None:
    assert journals(tmp_path) == []
    marker = mark(tmp_path, tmp_path / "walk.jsonl")
    assert journals(tmp_path) == [tmp_path / "walk.jsonl"]
    marker.remove()
    marker.remove()
    assert journals(tmp_path) == []


def test_a_marker_goes_with_its_folder(tmp_path: Path) -> None:
    mark(tmp_path / "here", tmp_path / "here" / "walk.jsonl")
    (tmp_path / "here").rename(tmp_path / "there")
    assert journals(tmp_path / "there") == [tmp_path / "there" / "walk.jsonl"]


@pytest.mark.parametrize("name", ["läufe ↻.jsonl", "a b.jsonl", "x" * 200 + ".jsonl", "\udcff.jsonl"])
def test_any_name_and_any_place_is_kept(tmp_path: Path, name: str) -> None:
    mark(tmp_path / "sessions", tmp_path / "elsewhere" / name)
    assert journals(tmp_path / "sessions") == [tmp_path / "elsewhere" / name]


def test_a_marker_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "a folder").mkdir()
    mark(tmp_path, tmp_path / "walk.jsonl")
    assert journals(tmp_path) == [tmp_path / "walk.jsonl"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / FOLDER).write_text("no folder")
    assert journals(tmp_path / "other") == []
    with pytest.raises(OSError, match=r"exists|directory"):
        mark(tmp_path / "other", tmp_path / "other" / "walk.jsonl")
