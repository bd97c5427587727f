"""The lock on an open file: one holder, and free again when it is closed."""

import errno
import os
from pathlib import Path

import pytest

from coach.system.lock import give, lock_byte, take


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


class Locked:
    """The lock of Windows on one byte, as msvcrt.locking has it: taken by one opened file at a time."""

    TAKE, GIVE = 2, 0

    def __init__(self) -> None:
        self.holders: dict[int, int] = {}
        self.counts: set[int] = set()

    def __call__(self, number: int, how: int, count: int, /) -> None:
        place = os.lseek(number, 0, os.SEEK_CUR)
        self.counts.add(count)
        if how == self.GIVE:
            del self.holders[place]
        elif self.holders.setdefault(place, number) != number:
            raise OSError(errno.EACCES, "somebody has it")


def test_windows_locks_one_byte_far_behind_the_text_and_the_file_stands_where_it_stood(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("text")
    one, other, locked = opened(tmp_path / "f"), opened(tmp_path / "f"), Locked()
    for number in one, other:
        os.lseek(number, 2, os.SEEK_SET)
    lock_byte(locked, one, Locked.TAKE)
    with pytest.raises(OSError, match="somebody"):
        lock_byte(locked, other, Locked.TAKE)
    lock_byte(locked, one, Locked.GIVE)
    lock_byte(locked, other, Locked.TAKE)
    assert [os.read(number, 10) for number in (one, other)] == [b"xt", b"xt"]
    assert (locked.counts, list(locked.holders)) == ({1}, [2**31 - 2])
    os.close(one)
    os.close(other)
