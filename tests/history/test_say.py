"""What is said later stands behind the journal: whole lines, on the disk, whoever writes and whatever was cut off."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer

import pytest

from coach.history.rating import Rating, heard
from coach.history.say import SayError, say
from coach.sinks.journal import read_journal
from coach.sinks.replay import replay
from coach.system.lock import take
from tests.history.made import journal

AT = datetime(2026, 5, 20, 19, 0, tzinfo=UTC)
SHORT = "70s@4 / back 60s@1.5 / 3min@3"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal of its own."""
    here = tmp_path / "session.jsonl"
    here.write_bytes(journal(SHORT).read_bytes())
    return here


def said(path: Path) -> Rating:
    return heard(read_journal(path).said)


def test_what_is_said_is_read_again_and_the_session_still_replays(path: Path) -> None:
    say(path, Rating(effort=6, note="Knees fine"), AT)
    assert said(path) == Rating(effort=6, note="Knees fine")
    again = replay(path)
    assert (again.equal, again.complete) == (True, True)


def test_a_line_tells_when_it_was_said(path: Path) -> None:
    say(path, Rating(effort=6), AT)
    last = json.loads(path.read_text().splitlines()[-1])
    assert last == {"said": {"at": "2026-05-20T19:00:00+00:00", "effort": 6}}


def test_a_later_word_wins_and_the_rest_stays(path: Path) -> None:
    say(path, Rating(effort=6, pain_after=2), AT)
    say(path, Rating(effort=4), AT)
    assert said(path) == Rating(effort=4, pain_after=2)


def test_nothing_said_writes_nothing(path: Path) -> None:
    before = path.read_bytes()
    say(path, Rating(), AT)
    assert path.read_bytes() == before


def test_all_that_was_there_stays_as_it_was(path: Path) -> None:
    before = path.read_bytes()
    say(path, Rating(effort=6), AT)
    assert path.read_bytes().startswith(before)


@pytest.mark.parametrize("cut", [1, 2, 40])
def test_a_last_line_that_was_cut_off_is_ended_first(path: Path, cut: int) -> None:
    path.write_bytes(path.read_bytes()[:-cut])
    say(path, Rating(effort=6), AT)
    recording = read_journal(path)
    assert heard(recording.said) == Rating(effort=6)
    assert (recording.end is None) is (cut > 1)


def test_a_note_of_any_script_with_line_breaks_is_one_line(path: Path) -> None:
    lines = path.read_bytes().count(b"\n")
    say(path, Rating(note="Knie ✓\nrückwärts\u2028schön"), AT)
    assert path.read_bytes().count(b"\n") == lines + 1
    assert said(path).note == "Knie ✓\nrückwärts\u2028schön"


@pytest.mark.parametrize("text", ["", "hello\n", "{}\n", '{"journal":2}\n', '{"journal":1', "[1]\n", "\x00" * 100])
def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    here = tmp_path / "other.jsonl"
    here.write_text(text)
    with pytest.raises(SayError, match=r"other\.jsonl is not a journal of a session"):
        say(here, Rating(effort=6), AT)
    assert here.read_text() == text


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SayError, match="no such file"):
        say(tmp_path / "none.jsonl", Rating(effort=6), AT)
    assert not (tmp_path / "none.jsonl").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_file_that_cannot_be_written_says_why(path: Path) -> None:
    path.chmod(0o400)
    with pytest.raises(SayError, match="permission denied"):
        say(path, Rating(effort=6), AT)


def test_a_folder_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(SayError, match="directory"):
        say(tmp_path, Rating(effort=6), AT)


def test_a_journal_that_a_keeper_still_writes_is_refused_and_left_alone(path: Path) -> None:
    before = path.read_bytes()
    with path.open("ab") as keeper:
        assert take(keeper.fileno())
        with pytest.raises(SayError, match="session is still being recorded; try again"):
            say(path, Rating(effort=6), AT, patience_s=0.0)
    assert path.read_bytes() == before
    say(path, Rating(effort=6), AT, patience_s=0.0)
    assert said(path) == Rating(effort=6)


def test_a_keeper_that_is_about_to_close_is_waited_for(path: Path) -> None:
    keeper = path.open("ab")
    assert take(keeper.fileno())
    closing = Timer(0.1, keeper.close)
    closing.start()
    say(path, Rating(effort=6), AT)
    closing.join()
    assert said(path) == Rating(effort=6)


_SAYS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from coach.history.rating import Rating
from coach.history.say import say
for number in range(40):
    say(Path(sys.argv[1]), Rating(note=f"{sys.argv[2]} {number} " + "x" * 1500), datetime.now(UTC))
"""


def test_lines_of_two_processes_at_once_stay_whole(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])  # both find a line that wants its end
    people = [subprocess.Popen([sys.executable, "-c", _SAYS, str(path), name]) for name in ("a", "b")]
    assert [one.wait(60) for one in people] == [0, 0]
    notes = [str(one["note"]).partition(" x")[0] for one in read_journal(path).said]
    for name in ("a", "b"):
        assert [note for note in notes if note.startswith(name)] == [f"{name} {number}" for number in range(40)]
