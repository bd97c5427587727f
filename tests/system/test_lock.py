"""The lock on an open file: one holder, and free again when it is closed."""

import os
from pathlib import Path

import pytest

from coach.locked import give, take


def opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT)


def test_a_file_has_one_holder_until_it_gives_it_back_or_closes_it(tmp_path: Path) -> None:
    one, other = opened(tmp_path / "f"), opened(tmp_path / "f")
    assert take(one)
    assert not take(other)
    give(one)
    assert take(other)
    assert not take(one)
    os.close(other)
    assert take(one)
    os.close(one)


def test_a_lock_keeps_nobody_from_reading_and_moves_no_place(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("text")
    number = opened(tmp_path / "f")
    os.lseek(number, 2, os.SEEK_SET)
    assert take(number)
    assert (tmp_path / "f").read_text() == "text"
    assert os.read(number, 10) == b"xt"
    os.close(number)


def test_what_is_not_open_is_an_error(tmp_path: Path) -> None:
    number = opened(tmp_path / "f")
    os.close(number)
    with pytest.raises(OSError, match="Bad file descriptor"):
        take(number)
