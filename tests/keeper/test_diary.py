"""What a guard writes behind a keeper's journal, and that nobody closes the journal meanwhile."""

import os
from pathlib import Path
from threading import Timer

from coach.keeper.diary import Diary
from coach.system.lock import take
from tests.keeper.stand import wait_for


def locked(path: Path) -> bool:
    number = os.open(path, os.O_RDWR)
    try:
        return not take(number)
    finally:
        os.close(number)


def test_a_guard_on_duty_has_the_journal_until_it_leaves(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_text('{"header":1}\n{"cut o')
    diary = Diary(str(path), str(tmp_path / "report"))
    diary.note({"guard": "keeper-lost"})
    wait_for(lambda: locked(path))
    diary.note({"guard": "stop"})
    diary.close()
    assert not locked(path)
    assert path.read_text().splitlines() == ['{"header":1}', '{"cut o', '{"guard":"keeper-lost"}', '{"guard":"stop"}']


def test_a_journal_that_its_dying_keeper_still_has_is_written_at_once_and_had_later(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_text('{"header":1}\n')
    keeper = os.open(path, os.O_RDWR)
    assert take(keeper)
    diary = Diary(str(path), "")
    diary.note({"guard": "keeper-lost"})
    wait_for(lambda: "keeper-lost" in path.read_text())
    Timer(0.05, os.close, (keeper,)).start()
    diary.note({"guard": "stop"})
    wait_for(lambda: "stop" in path.read_text())
    assert locked(path)
    diary.close()


def test_a_journal_that_is_not_there_stops_nobody(tmp_path: Path) -> None:
    diary = Diary(str(tmp_path / "none"), str(tmp_path / "report"))
    diary.note({"guard": "keeper-lost"})
    diary.say("acting")
    diary.close()
    assert (tmp_path / "report").read_text() == "acting\n"
    assert not (tmp_path / "none").exists()
