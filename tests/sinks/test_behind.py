"""The file behind a thread: what was flushed is there, and a disk that fails stops nobody and costs no line."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from coach.sinks import behind
from coach.sinks.behind import Behind
from coach.sinks.claim import Claim, Name
from coach.system.lock import take
from tests.sinks.disks import fill, read_only, small_disk

LINES = [f'{{"at_s":{number},"event":"tick"}}\n' for number in range(400)]
FIRST, SECOND = LINES[:200], LINES[200:]
PATIENCE_S = 20.0


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for in seconds is waited for in hundredths."""
    monkeypatch.setattr(behind, "AGAIN_S", 0.02)
    monkeypatch.setattr(behind, "SYNC_S", 0.02)


class Heard:
    """What the runner was told."""

    def __init__(self) -> None:
        self._said: Queue[str] = Queue()

    def __call__(self, text: str) -> None:
        self._said.put(text)

    def next(self) -> str:
        """The next sentence, as soon as it is said."""
        return self._said.get(timeout=PATIENCE_S)

    def rest(self) -> list[str]:
        """What else was said so far."""
        return list(self._left())

    def _left(self) -> Iterator[str]:
        while True:
            try:
                yield self._said.get_nowait()
            except Empty:
                return


def take_down(file: Behind, lines: list[str]) -> None:
    for line in lines:
        file.write(line)
        file.flush()


def ended(file: Behind) -> None:
    assert file.settle(PATIENCE_S)
    assert file.unwritten == 0
    file.close()


def test_what_was_flushed_is_in_the_file(tmp_path: Path) -> None:
    file = Behind(tmp_path / "j")
    take_down(file, LINES)
    ended(file)
    assert (tmp_path / "j").read_text() == "".join(LINES)


def test_what_was_flushed_outlives_a_kill(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom coach.sinks.behind import Behind\n"
        "file = Behind(Path(sys.argv[1]))\n"
        "for number in range(1000):\n    file.write(f'{number}\\n')\n    file.flush()\n"
        "for _ in range(100):\n    file.flush()\n"  # each waits for 3 ms at most, and other tests run beside this one
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path / "j")], check=False, timeout=60)
    assert killed.returncode < 0
    assert (tmp_path / "j").read_text().splitlines()[-1] == "999"


# A disk that does not answer: a pipe that nobody reads takes 64 KiB, and then a write to it does not return.


def test_once_all_is_on_the_disk_both_threads_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They woke each other without an end between settle() and close(), which took a whole core."""
    looks, whole = Queue[None](), Claim.in_place

    def looked(claim: Claim) -> bool:
        looks.put(None)
        return whole(claim)

    monkeypatch.setattr(Claim, "in_place", looked)
    file = Behind(tmp_path / "one.jsonl")
    take_down(file, FIRST)
    assert file.settle(PATIENCE_S)
    before, answer = looks.qsize(), Queue[None]()
    with pytest.raises(Empty):
        answer.get(timeout=3 * behind.HURRIED_S)  # nobody answers: a while in which a resting file is looked at thrice
    assert looks.qsize() - before <= 10
    file.close()


@pytest.fixture
def stalled(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    number = os.open(path, os.O_RDWR)
    yield path, number
    os.close(number)


def read(number: int, size: int) -> str:
    """So many bytes, as soon as they come."""
    got = bytearray()

    def more() -> None:
        while len(got) < size:
            got.extend(os.read(number, 1 << 16))

    reader = Thread(target=more, daemon=True)
    reader.start()
    reader.join(PATIENCE_S)
    return got.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="a pipe that is opened to read and write blocks nobody on Linux")
def test_a_disk_that_stalls_holds_nobody_longer_than_once_and_gets_all_in_the_end(stalled: tuple[Path, int]) -> None:
    path, number = stalled
    file, text = Behind(path, name=Name.ASKED), "x" * (1 << 17) + "\n"
    waits = 0
    wait = file._change.wait

    def counted(timeout: float | None = None) -> bool:
        nonlocal waits
        waits += 1
        return wait(timeout)

    for part in [text, *LINES]:
        file.write(part)
        file._change.wait = counted  # type: ignore[method-assign]  # counts how often a flush waits
        file.flush()
        file._change.wait = wait  # type: ignore[method-assign]
    assert waits <= 5  # for the first one, in pieces; not for the others
    got = read(number, len(text) + sum(map(len, LINES)))
    ended(file)
    assert got == text + "".join(LINES)


@pytest.mark.skipif(sys.platform != "linux", reason="a pipe that is opened to read and write blocks nobody on Linux")
def test_a_disk_that_does_not_answer_for_long_is_told_once(
    stalled: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, number = stalled
    told = Heard()
    file = Behind(path, told, name=Name.ASKED)
    text = "x" * (1 << 17) + "\n"
    take_down(file, [text])
    assert told.rest() == []
    monkeypatch.setattr(behind, "LATE_S", 0.0)
    take_down(file, FIRST)
    assert "the disk does not answer" in told.next()
    assert not file.writing
    assert told.rest() == []
    read(number, len(text) + sum(map(len, FIRST)))
    assert "nothing is missing" in told.next()
    ended(file)
    assert told.rest() == []


# A disk that cannot be written at the start.


def test_a_folder_that_cannot_be_made_yet_costs_no_line(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("in the way")
    path, told = tmp_path / "folder" / "deep" / "j", Heard()
    file = Behind(path, told)
    assert not file.writing
    take_down(file, FIRST)
    assert "not a directory" in told.next() or "file exists" in told.rest()
    (tmp_path / "folder").unlink()
    assert "nothing is missing" in told.next()
    take_down(file, SECOND)
    ended(file)
    assert told.rest() == []
    assert path.read_text() == "".join(LINES)


def test_a_disk_that_is_read_only_at_the_start_gets_all_when_it_is_not(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        read_only(disk, on=True)
        told = Heard()
        file = Behind(disk / "j", told)
        take_down(file, FIRST)
        assert "read-only file system" in told.next()
        read_only(disk, on=False)
        assert "nothing is missing" in told.next()
        take_down(file, SECOND)
        ended(file)
        assert told.rest() == []
        assert (disk / "j").read_text() == "".join(LINES)


# A disk that is full.


def test_a_full_disk_is_told_once_and_all_is_written_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        told = Heard()
        file = Behind(disk / "j", told)
        full = fill(disk)
        take_down(file, LINES)  # 14 KiB: it fits into what is begun and then no more
        assert "no space left" in told.next()
        assert not file.writing
        assert file.unwritten > 0
        assert "".join(LINES).startswith((disk / "j").read_text())  # may end within a line
        full.unlink()
        assert "nothing is missing" in told.next()
        assert file.writing
        ended(file)
        assert told.rest() == []
        assert (disk / "j").read_text() == "".join(LINES)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX calls")
def test_a_line_that_was_half_written_when_the_room_ended_is_whole_in_the_end(tmp_path: Path) -> None:
    code = """
import resource, sys
from pathlib import Path
from coach.sinks import behind
behind.AGAIN_S = behind.SYNC_S = 0.02
said = []
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (1234, most))  # Python ignores the signal, so a write fails
path = Path(sys.argv[1])
file = behind.Behind(path, said.append)
for number in range(100):
    file.write(f"line {number} of a hundred\\n")
    file.flush()
while file.writing:
    file.flush()
print(path.stat().st_size, flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
print(file.settle(20), said)
"""
    path = tmp_path / "j"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    size, told = done.stdout.splitlines()
    assert size == "1234", done.stderr  # within a line
    assert told.startswith("True ['Not recorded at the moment")
    assert "file too large" in told
    assert told.count("recorded") + told.count("Recorded") == 2
    assert path.read_text() == "".join(f"line {number} of a hundred\n" for number in range(100))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX calls")
def test_what_the_system_has_dropped_with_an_error_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, told = tmp_path / "j", Heard()
    fsync, broken = os.fsync, [False]

    def drops(number: int) -> None:
        if broken[0] and os.fstat(number).st_ino == path.stat().st_ino:
            os.pwrite(number, bytes(4096), 0)  # what a system does whose disk has refused a page
            raise OSError(5, "Input/output error")
        fsync(number)

    monkeypatch.setattr(os, "fsync", drops)  # no disk here has errors
    file = Behind(path, told)
    take_down(file, FIRST)
    broken[0] = True
    take_down(file, SECOND)
    assert "input/output error" in told.next()
    assert not file.settle(0.2)
    assert told.rest() == []
    broken[0] = False
    assert "nothing is missing" in told.next()
    ended(file)
    assert path.read_text() == "".join(LINES)


# A file that goes away while it is written.


def test_a_folder_that_was_removed_is_made_again_with_the_whole_journal(tmp_path: Path) -> None:
    folder, told = tmp_path / "sessions" / "simulated", Heard()
    file = Behind(folder / "j", told)
    take_down(file, FIRST)
    shutil.rmtree(tmp_path / "sessions")
    assert "is not there any more" in told.next()
    assert "nothing is missing" in told.next()
    take_down(file, SECOND)
    ended(file)
    assert told.rest() == []
    assert (folder / "j").read_text() == "".join(LINES)


def test_a_folder_that_cannot_be_made_again_is_waited_for(tmp_path: Path) -> None:
    folder, told = tmp_path / "sessions", Heard()
    file = Behind(folder / "j", told)
    take_down(file, FIRST)
    folder.rename(tmp_path / "moved")
    folder.write_text("in the way")
    assert "is not there any more" in told.next()
    take_down(file, SECOND)
    assert not file.settle(0.1)
    assert file.unwritten == len(LINES)
    assert told.rest() == []
    folder.unlink()
    assert "nothing is missing" in told.next()
    ended(file)
    assert (folder / "j").read_text() == "".join(LINES)
    assert (tmp_path / "moved" / "j").read_text() == "".join(FIRST)


def test_what_somebody_else_put_in_its_place_is_moved_aside(tmp_path: Path) -> None:
    path, told = tmp_path / "j.jsonl", Heard()
    file = Behind(path, told)
    take_down(file, FIRST)
    (tmp_path / "new").write_text("of somebody else\n")
    (tmp_path / "new").replace(path)
    assert "is not there any more" in told.next()
    assert "nothing is missing" in told.next()
    take_down(file, SECOND)
    ended(file)
    assert path.read_text() == "".join(LINES)
    assert (tmp_path / "j.jsonl.other").read_text() == "of somebody else\n"


def test_a_copy_of_its_own_beginning_is_gone_on_with(tmp_path: Path) -> None:
    path, told = tmp_path / "j.jsonl", Heard()
    file = Behind(path, told)
    take_down(file, FIRST)
    assert file.settle(PATIENCE_S)
    shutil.copy(path, tmp_path / "copy")  # as a stick that was pulled and put back has it
    (tmp_path / "copy").replace(path)
    assert "is not there any more" in told.next()
    assert "nothing is missing" in told.next()
    take_down(file, SECOND)
    ended(file)
    assert path.read_text() == "".join(LINES)
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["j.jsonl"]


@pytest.mark.parametrize("settled", [True, False], ids=["while nothing comes", "between two lines"])
def test_a_file_that_somebody_cut_is_written_anew(tmp_path: Path, settled: bool) -> None:
    path, told = tmp_path / "j", Heard()
    file = Behind(path, told)
    take_down(file, FIRST)
    os.truncate(path, 10)
    if settled:
        assert "somebody has cut it" in told.next()
    take_down(file, SECOND)
    ended(file)
    assert path.read_text() == "".join(LINES)


# Two sessions never write one file.


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "j.jsonl").write_text("of yesterday\n")
    (tmp_path / "j-2.jsonl").write_text("of this morning\n")
    told = Heard()
    file = Behind(tmp_path / "j.jsonl", told)
    take_down(file, FIRST)
    ended(file)
    assert file.path == tmp_path / "j-3.jsonl"
    assert "this one is recorded in" in told.next()
    assert (tmp_path / "j-3.jsonl").read_text() == "".join(FIRST)
    assert (tmp_path / "j.jsonl").read_text() == "of yesterday\n"
    assert (tmp_path / "j-2.jsonl").read_text() == "of this morning\n"


def test_the_file_that_was_asked_for_is_written_over_but_not_while_another_session_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.write_text("of yesterday\n")
    one = Behind(path, name=Name.ASKED)
    take_down(one, FIRST)
    told = Heard()
    other = Behind(path, told, name=Name.ASKED)
    take_down(other, SECOND)
    ended(one)
    ended(other)
    assert path.read_text() == "".join(FIRST)
    assert other.path == tmp_path / "j-2.jsonl"
    assert other.path.read_text() == "".join(SECOND)
    assert "that of another session" in told.next()


def locked(path: Path) -> bool:
    with path.open("r+b") as file:
        return not take(file.fileno())


def test_whoever_asks_can_tell_a_file_that_is_written_from_one_that_is_not(tmp_path: Path) -> None:
    file = Behind(tmp_path / "j")
    assert locked(tmp_path / "j")
    shutil.rmtree(tmp_path / "gone", ignore_errors=True)
    ended(file)
    assert not locked(tmp_path / "j")


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
def test_the_lock_of_a_writer_that_was_killed_is_free(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom coach.sinks.behind import Behind\n"
        "file = Behind(Path(sys.argv[1]))\nprint('writes', flush=True)\nsys.stdin.read()\n"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "j")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writes\n"
        assert locked(tmp_path / "j")
        writer.send_signal(signal.SIGKILL)
    assert not locked(tmp_path / "j")


# What is kept in memory has an end.


def test_where_there_is_no_room_the_beginning_is_kept_and_that_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(behind, "MOST_BYTES", sum(map(len, FIRST)))
    (tmp_path / "folder").write_text("in the way")
    told = Heard()
    file = Behind(tmp_path / "folder" / "j", told)
    take_down(file, LINES)
    assert "Not recorded at the moment" in told.next()
    assert "Nothing more of this session is recorded" in told.next()
    assert told.rest() == []
    assert file.lost == len(SECOND)
    assert file.unwritten == len(LINES)
    (tmp_path / "folder").unlink()
    assert not file.settle(0.5)  # never, for not all of it will be there
    file.close(0.0)
    assert (tmp_path / "folder" / "j").read_text() == "".join(FIRST)


def test_a_disk_that_takes_all_needs_no_room_and_a_lost_file_is_read_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(behind, "MOST_BYTES", 2000)
    told = Heard()
    file = Behind(tmp_path / "j", told)
    for line in FIRST:
        file.write(line)
        assert file.settle(PATIENCE_S)
    assert len(file._text) <= 2000
    (tmp_path / "j").unlink()
    assert "is not there any more" in told.next()
    assert "nothing is missing" in told.next()
    file.write("last\n")
    ended(file)
    assert (tmp_path / "j").read_text() == "".join(FIRST) + "last\n"


# What cannot be written in the end.


def test_what_was_not_written_in_the_end_is_counted_and_can_be_saved_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("in the way")
    file = Behind(tmp_path / "folder" / "j")
    take_down(file, LINES)
    assert not file.settle(0.1)
    assert file.unwritten == len(LINES)
    file.rescue(tmp_path / "elsewhere")
    file.close(0.0)
    assert (tmp_path / "elsewhere").read_text() == "".join(LINES)
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        file.rescue(tmp_path / "elsewhere")
