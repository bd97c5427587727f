"""What the history keeps of a journal: right, or refused with a reason; never a figure that makes no sense."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from coach.history.entry import entry_of
from coach.history.summary import SCHEMA, summary_of
from coach.sinks.journal import BREAKS_OFF, read_journal
from coach.sinks.line import JournalError
from tests.history.journals import BACK, put, read, write


def test_a_session_is_known_by_its_header_and_its_summary(tmp_path: Path) -> None:
    path = put(tmp_path, workout=BACK, who="anna", summary={"backward_s": 77.5}, said=[{"effort": 3}, {"effort": 4}])
    entry = entry_of(path)
    one = entry.past
    assert (one.id, one.path, one.who, one.simulated) == (path.stem, path, "anna", False)
    assert one.at == datetime(2026, 5, 4, 18, tzinfo=UTC)
    assert (one.backward_s, one.ended, one.rating.effort, one.open) == (77.5, "finished", 4, False)
    assert [window.block for window in entry.windows] == [1]


@pytest.mark.parametrize("summary", [{"schema": SCHEMA + 1}, {"segments": "none"}, {"backward_s": "many"}])
def test_without_a_summary_of_today_the_session_is_folded_again(tmp_path: Path, summary: dict[str, object]) -> None:
    path = put(tmp_path, workout=BACK, summary=summary)
    found, kept = entry_of(path).past, entry_of(put(tmp_path, 1, workout=BACK)).past
    assert (found.backward_s, found.distance_m, found.turns) == (kept.backward_s, kept.distance_m, kept.turns)
    assert found.backward_s == pytest.approx(90, abs=1)


def test_a_session_that_breaks_off_counts_as_far_as_it_was_recorded(tmp_path: Path) -> None:
    path = put(tmp_path, workout=BACK, ended=None)
    entry = entry_of(path)
    assert (entry.past.open, entry.past.ended, entry.past.reason) == (True, "stopped", BREAKS_OFF)
    assert entry.past.backward_s == summary_of(read_journal(path)).backward_s > 80
    assert len(entry.windows) == 1


def test_a_summary_without_an_end_was_cut_off_too(tmp_path: Path) -> None:
    path = put(tmp_path, workout=BACK)
    write(path, read(path)[:-1])
    one = entry_of(path).past
    assert (one.open, one.ended) == (True, "stopped")
    assert one.backward_s == pytest.approx(90, abs=1)


def test_a_guard_that_acted_is_an_alarm_whatever_was_written_before(tmp_path: Path) -> None:
    for ended in ("finished", None):
        path = put(tmp_path, ended=ended)
        with path.open("a", encoding="utf-8") as file:
            file.write('{"guard":"still","after_s":2.5}\n')
        one = entry_of(path).past
        assert (one.ended, one.alarmed) == ("tripped", True)


def test_a_header_that_does_not_say_real_is_of_the_simulator(tmp_path: Path) -> None:
    path = put(tmp_path)
    header, *rest = read(path)
    for simulated in (True, None, 0, "false"):
        assert entry_of(write(path, [{**header, "simulated": simulated}, *rest])).past.simulated
    assert not entry_of(write(path, [{**header, "simulated": False}, *rest])).past.simulated


def test_the_day_is_that_of_the_zone_in_which_it_was(tmp_path: Path) -> None:
    path = put(tmp_path)
    header, *rest = read(path)
    one = entry_of(write(path, [{**header, "started": "2026-05-05T00:30:00+14:00"}, *rest])).past
    assert one.at == datetime(2026, 5, 5, 0, 30, tzinfo=timezone(timedelta(hours=14)))
    assert one.on.isoformat() == "2026-05-05"


def test_a_wall_clock_without_a_zone_is_in_that_of_this_computer(tmp_path: Path) -> None:
    path = put(tmp_path)
    header, *rest = read(path)
    one = entry_of(write(path, [{**header, "started": "2026-05-05T18:00:00"}, *rest])).past
    assert one.at == datetime(2026, 5, 5, 18).astimezone()
    assert one.at.tzinfo is not None


def test_a_simulated_session_without_a_wall_clock_was_when_its_file_was_written(tmp_path: Path) -> None:
    path = put(tmp_path, simulated=True)
    header, *rest = read(path)
    del header["started"]
    write(path, [header, *rest])
    os.utime(path, (1_700_000_000, 1_700_000_000))
    entry = entry_of(path)
    assert entry.past.at == datetime.fromtimestamp(1_700_000_000, UTC)
    assert not entry.dated


@pytest.mark.parametrize(
    "started", [None, "", "yesterday", 3, "9999-12-31T23:59:59+00:00", "2026-13-01T00:00:00+00:00"]
)
def test_a_real_session_that_does_not_tell_its_day_is_refused(tmp_path: Path, started: object) -> None:
    path = put(tmp_path)
    header, *rest = read(path)
    write(path, [{**header, "started": started}, *rest])
    with pytest.raises(JournalError, match="does not tell when"):
        entry_of(path)


@pytest.mark.parametrize("name", ["backward_s", "elapsed_s", "distance_m"])
@pytest.mark.parametrize("value", [-0.01, 1e400, -1e400])
def test_a_figure_that_makes_no_sense_is_refused(tmp_path: Path, name: str, value: float) -> None:
    path = put(tmp_path)
    text = json.dumps(read(path)[-2]["summary"])
    wrong = f'"{name}": {value}, "x": '.replace("inf", "1e400")
    assert f'"{name}": ' in text
    bad = text.replace(f'"{name}": ', wrong, 1)
    lines = path.read_text().splitlines()
    lines[-2] = f'{{"summary": {bad}}}'
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(JournalError, match="make no sense"):
        entry_of(path)


@pytest.mark.parametrize("who", ["", None, 3, ["anna"], "a\nb", "\x1b[31m", "x" * 81, "\ud800"])
def test_a_name_that_is_none_counts_as_no_name(tmp_path: Path, who: object) -> None:
    path = put(tmp_path, who="anna", said=[{"who": who}])
    assert entry_of(path).past.who == "anna"
    header, *rest = read(path)
    assert entry_of(write(path, [{**header, "who": who}, *rest[:-1]])).past.who == ""


def test_the_runner_who_was_named_last_is_the_one(tmp_path: Path) -> None:
    path = put(tmp_path, who="anna", said=[{"who": "ben"}, {"effort": 3}, {"who": "cleo"}, {"note": "x"}])
    one = entry_of(path).past
    assert (one.who, one.rating.effort, one.rating.note) == ("cleo", 3, "x")


def test_a_line_that_cannot_be_read_is_told_by_its_number(tmp_path: Path) -> None:
    path = put(tmp_path, ended=None)
    lines = path.read_text().splitlines()
    lines[20] = "nonsense"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(JournalError, match="line 21"):
        entry_of(path)


def test_a_title_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, summary={"workout": "\ud800"})
    with pytest.raises(JournalError, match="cannot be read"):
        entry_of(path)
