"""Journals that were cut off anywhere are closed: every whole line of an event survives, and nothing is taken away."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from coach import simulate
from coach.history import recover as module
from coach.history.recover import BusyError, NotNowError, Recovered, RecoverError, ended, left_open, recover
from coach.history.summary import refolded, summary_of
from coach.history.tail import PIECE_BYTES
from coach.sinks.canonical import digest
from coach.sinks.journal import Entry, Recording, read_journal
from coach.sinks.line import JournalError
from coach.sinks.replay import Replay, replay
from coach.system.lock import take

T = TypeVar("T")
KILOBYTE = 1024
GUARD = (
    b'{"guard":"keeper-lost","after_s":0.0,"kmh":3.0,"phase":"run","rear":false}\n'
    b'{"guard":"stop","after_s":0.01}\n{"guard":"still","after_s":4.2}\n'
)
SAID = json.dumps({"said": {"effort": 4, "note": "schön, ↻ 走る, 🏃 " * 60}}, ensure_ascii=False).encode() + b"\n"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A short session, as its keeper ended it: with accents and signs of other scripts in its title."""
    folder = tmp_path_factory.mktemp("finished")
    workout = folder / "läufe.yaml"
    workout.write_text("format: 1\nname: Läufe ↻ 走る\nsteps:\n  - forward: 20 s @ 5 km/h\n", encoding="utf-8")
    path = folder / "session.jsonl"
    assert simulate(str(workout), journal=path).ended == "finished"
    return path.read_bytes()


def events_of(data: bytes) -> int:
    """The whole lines of events, told without the reader; the last one may lack its end."""
    return sum(line.startswith(b'{"at_s"') and line.endswith(b"}") for line in data.split(b"\n"))


def killed(finished: bytes) -> bytes:
    """The same session without its last lines."""
    return finished[: finished.index(b'{"summary"')]


def guarded(finished: bytes) -> bytes:
    """A keeper was killed in the middle of a line, and its guard acted."""
    return killed(finished)[:-40] + b"\n" + GUARD


def said(finished: bytes) -> bytes:
    """Something was said of it later."""
    return finished + SAID + SAID


KINDS = [lambda data: data, killed, guarded, said]
NAMES = ["finished", "killed", "guarded", "said"]


def written(folder: Path, data: bytes) -> Path:
    path = folder / "2026-05-20-180000-000-session.jsonl"
    path.write_bytes(data)
    return rested(path)


def rested(path: Path) -> Path:
    """Nobody has written it for long."""
    os.utime(path, (0, 0))
    return path


def closed(path: Path, data: bytes) -> Recovered:
    """Close it, and look whether all is as it must be."""
    found = recover(path)
    recording = read_journal(path)
    assert found.events == len(recording.entries) == events_of(data)
    assert path.read_bytes().startswith(data)
    assert recording.end is not None
    assert found.summary == summary_of(recording)
    after = path.read_bytes()
    again = recover(path)
    assert again.summary == found.summary
    assert path.read_bytes() == after
    return found


def cut_everywhere(folder: Path, data: bytes, last: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut so many bytes off, one after the other; the same events are folded once only."""
    replays = dict[int, Replay]()
    monkeypatch.setattr(module, "refolded", cache_by_events(refolded))
    for cut in range(1, last + 1):
        left = data[:-cut]
        path = written(folder, left)
        has_end = b'{"ended"' in left and b"\n" in left.partition(b'{"ended"')[2]
        assert left_open(folder) == (() if has_end else (path,))
        found = closed(path, left)
        assert left_open(folder) == ()
        recording = read_journal(path)
        replayed = replays.get(found.events) or replays.setdefault(found.events, replay(recording))
        assert replayed.equal
        assert recording.end is not None
        assert recording.end.digest == digest(replayed.session)
        acted = any(line.startswith(b'{"guard"') and line.endswith(b"}") for line in left.split(b"\n"))
        assert found.summary.ended == ("tripped" if acted else replayed.session.progress.ended or "stopped")


def cache_by_events(fold: Callable[[Recording], T]) -> Callable[[Recording], T]:
    known = dict[tuple[Entry, ...], T]()

    def cached(recording: Recording) -> T:
        if recording.entries not in known:
            known[recording.entries] = fold(recording)
        return known[recording.entries]

    return cached


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_a_journal_that_is_cut_in_its_last_lines_is_closed(
    tmp_path: Path, finished: bytes, kind: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_everywhere(tmp_path, kind(finished), 12, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_a_journal_that_is_cut_at_any_byte_of_its_last_kilobyte_is_closed(
    tmp_path: Path, finished: bytes, kind: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_everywhere(tmp_path, kind(finished), KILOBYTE, monkeypatch)


def test_a_session_that_was_cut_off_is_stopped_and_says_why_and_has_its_sums(tmp_path: Path, finished: bytes) -> None:
    data = killed(finished)
    half = data[: len(data) // 2]
    found = closed(written(tmp_path, half), half)
    assert (found.summary.ended, found.summary.reason) == ("stopped", "the recording breaks off")
    last_s = json.loads(half[: half.rindex(b"\n")].split(b"\n")[-1])["at_s"]
    assert found.summary.elapsed_s == round(last_s, 2)
    assert found.summary.distance_m > 0
    assert replay(found.path).equal
    assert found.cut_off_bytes == len(half) - half.rindex(b"\n") - 1
    end = json.loads(found.path.read_bytes().splitlines()[-1])
    assert end["recovered"] is True


def test_a_session_that_a_guard_ended_is_tripped_and_says_so(tmp_path: Path, finished: bytes) -> None:
    found = closed(written(tmp_path, guarded(finished)), guarded(finished))
    assert found.summary.ended == "tripped"
    assert found.summary.reason == "the recording breaks off; the guard stopped the belt"
    assert [one.what for one in found.guard] == ["keeper-lost", "stop", "still"]
    end = json.loads(found.path.read_bytes().splitlines()[-1])
    assert end["ended"] == "tripped"


def test_a_session_that_never_began_is_closed_too(tmp_path: Path, finished: bytes) -> None:
    head = finished[: finished.index(b"\n") + 1]
    found = closed(written(tmp_path, head), head)
    assert (found.events, found.summary.elapsed_s, found.summary.ended) == (0, 0.0, "stopped")


def test_the_summary_of_a_keeper_that_was_killed_before_its_last_line_stays(tmp_path: Path, finished: bytes) -> None:
    data = finished[: finished.index(b'{"ended"')]
    found = closed(written(tmp_path, data), data)
    assert found.summary.ended == "finished"
    assert found.path.read_bytes().count(b'{"summary"') == 1


def test_a_journal_that_has_its_end_is_not_touched(tmp_path: Path, finished: bytes) -> None:
    for data in (finished, said(finished), finished + GUARD):
        path = written(tmp_path, data)
        assert ended(path)
        assert left_open(tmp_path) == ()
        recover(path)
        assert path.read_bytes() == data


# After a power cut.


TAILS = {
    "zeros": bytes(4096),
    "a zero": bytes(1),
    "zeros in two lines": b"\n" + bytes(5000) + b"\n",
    "anything": Random(1).randbytes(3000),
    "deeper than can be read": b"[" * 100_000,
    "JSON of another kind": b"5\n[]\n",
}


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS)
def test_blocks_of_zeros_or_of_anything_at_the_end_were_cut_off(tmp_path: Path, finished: bytes, tail: bytes) -> None:
    data = killed(finished) + tail
    path = written(tmp_path, data)
    assert left_open(tmp_path) == (path,)
    found = recover(path)
    assert found.events == events_of(killed(finished))
    assert found.aside is None
    assert found.cut_off_bytes == len(tail.replace(b"\n", b""))
    assert path.read_bytes().startswith(data)
    assert replay(path).equal
    assert left_open(tmp_path) == ()


def test_a_guard_that_writes_behind_zeros_is_read(tmp_path: Path, finished: bytes) -> None:
    data = killed(finished) + bytes(512) + b"\n" + GUARD
    found = recover(written(tmp_path, data))
    assert found.summary.ended == "tripped"
    assert replay(found.path).equal


def damaged_at(data: bytes, place: float) -> tuple[bytes, int]:
    """Zeros in the middle, and the number of the events before them."""
    at = round(len(data) * place)
    return data[:at] + bytes(200) + data[at + 200 :], data[:at].count(b"\n") - 1


@pytest.mark.parametrize("place", [0.5, 0.9])
def test_what_is_damaged_in_the_middle_is_closed_there_and_kept_as_it_was(
    tmp_path: Path, finished: bytes, place: float
) -> None:
    data, before = damaged_at(killed(finished), place)
    path = written(tmp_path, data + b'{"at_s":99')
    found = recover(path)
    assert found.events == before
    assert found.aside == tmp_path / f"{path.name}.damaged"
    assert found.aside.read_bytes() == data + b'{"at_s":99'
    assert replay(path).equal
    assert replay(path).complete
    assert left_open(tmp_path) == ()
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name, f"{path.name}.damaged"]


def test_what_a_guard_did_behind_the_damage_is_kept(tmp_path: Path, finished: bytes) -> None:
    data, before = damaged_at(killed(finished), 0.5)
    found = recover(written(tmp_path, data + GUARD))
    assert (found.events, found.summary.ended) == (before, "tripped")
    assert [one.what for one in read_journal(found.path).guard] == ["keeper-lost", "stop", "still"]


@pytest.mark.parametrize("size", [1, 5, 13, 14, 200, 2000])
def test_a_header_that_is_cut_off_is_set_aside_and_never_asked_for_again(
    tmp_path: Path, finished: bytes, size: int
) -> None:
    path = written(tmp_path, finished[:size])
    assert left_open(tmp_path) == (path,)
    with pytest.raises(RecoverError, match=r"its beginning is damaged\. It is kept as .*damaged$"):
        recover(path)
    assert left_open(tmp_path) == ()
    (found,) = tmp_path.iterdir()
    assert (found.name, found.read_bytes()) == (f"{path.name}.damaged", finished[:size])


def test_a_second_file_of_the_same_name_is_set_aside_beside_the_first(tmp_path: Path, finished: bytes) -> None:
    for size in (10, 20):
        with pytest.raises(RecoverError):
            recover(written(tmp_path, finished[:size]))
    assert sorted(one.stat().st_size for one in tmp_path.iterdir()) == [10, 20]


@pytest.mark.parametrize("text", ['{"journal":2,"x":1}\n{"at', '{"steps": 3}\n', "hello\n"])
def test_files_that_are_no_journals_of_ours_are_not_looked_for(tmp_path: Path, text: str) -> None:
    written(tmp_path, text.encode())
    assert left_open(tmp_path) == ()


@pytest.mark.parametrize("text", ['{"journal":2,"x":1}\n{"at', '{"steps": 3}\n'])
def test_a_file_of_another_version_stays_where_it_is(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text.encode())
    with pytest.raises(RecoverError, match="was not written by this version of coach and stays as it is"):
        recover(path)
    assert path.read_text() == text


def test_events_that_make_no_sense_are_set_aside(
    tmp_path: Path, finished: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def senseless(_: object) -> object:
        raise AssertionError("an instant before the one before it")

    monkeypatch.setattr(module, "refolded", senseless)  # no event is known that the fold does not take
    path = written(tmp_path, killed(finished))
    with pytest.raises(RecoverError, match="its numbers make no sense"):
        recover(path)
    assert path.with_name(f"{path.name}.damaged").read_bytes() == killed(finished)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tail=st.binary(max_size=400), at=st.integers(0, 400), kept=st.integers(0, 1200))
@example(tail=b'{"event":"tick"}\n', at=0, kept=0)
@example(tail=b'\n{"at_s":1e999,"event":"tick"}\n{"at_s":1,"event":"tick"}\n', at=0, kept=300)
@example(tail=b'\n{"at_s":' + b"9" * 400 + b',"event":"tick"}\n{"at_s":1,"event":"tick"}\n', at=0, kept=300)
def test_no_garbage_raises_anything_but_the_told_error(finished: bytes, tail: bytes, at: int, kept: int) -> None:
    head = finished.index(b"\n") + 1
    data = finished[: head + kept]
    place = len(data) - min(at, len(data))
    with TemporaryDirectory() as folder:
        path = written(Path(folder), data[:place] + tail + data[place:])
        try:
            recover(path)
        except RecoverError:
            assert path.with_name(f"{path.name}.damaged").exists() or b"journal" not in path.read_bytes()[:20]
        else:
            assert replay(path).complete
            assert left_open(Path(folder)) == ()


# Who may.


@contextmanager
def writer(path: Path) -> Iterator[None]:
    with path.open("r+b") as file:
        assert take(file.fileno())
        yield


def test_a_journal_that_is_being_written_is_not_open_and_is_left_alone(tmp_path: Path, finished: bytes) -> None:
    data = killed(finished)
    path = written(tmp_path, data)
    with writer(path):
        assert left_open(tmp_path) == ()
        with pytest.raises(BusyError, match="is still being written"):
            recover(path)
    assert path.read_bytes() == data
    assert left_open(tmp_path) == (path,)


@pytest.mark.parametrize(("age_s", "free"), [(0.0, False), (59.0, False), (61.0, True)])
def test_where_nothing_can_be_locked_a_journal_must_have_rested(
    tmp_path: Path, finished: bytes, monkeypatch: pytest.MonkeyPatch, age_s: float, free: bool
) -> None:
    def unlockable(_: int) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(module, "take", unlockable)  # no such file system can be mounted here
    path = written(tmp_path, killed(finished))
    now = time.time()
    os.utime(path, (now, now - age_s))
    assert left_open(tmp_path) == ((path,) if free else ())


@pytest.mark.parametrize(("age_s", "free"), [(0.0, False), (1.8, False), (2.1, True)])
def test_a_guard_may_be_about_to_take_over(tmp_path: Path, finished: bytes, age_s: float, free: bool) -> None:
    path = written(tmp_path, killed(finished))
    now = time.time()
    os.utime(path, (now, now - age_s))
    assert left_open(tmp_path) == ((path,) if free else ())


@pytest.mark.parametrize(("word", "free"), [("stop", False), ("still", True), ("unreachable", True)])
def test_after_the_last_word_of_a_guard_nobody_is_waited_for(
    tmp_path: Path, finished: bytes, word: str, free: bool
) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(killed(finished) + GUARD[: GUARD.index(b'{"guard":"stop"')])
    with path.open("a") as file:
        file.write(json.dumps({"guard": word, "after_s": 1.0}) + "\n")
    assert left_open(tmp_path) == ((path,) if free else ())


def test_an_empty_file_may_be_about_to_be_locked(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    path.touch()
    assert left_open(tmp_path) == ()
    with pytest.raises(BusyError):
        recover(path)
    os.utime(path, (0, 0))
    assert left_open(tmp_path) == (path,)
    with pytest.raises(RecoverError, match="damaged"):
        recover(path)


def test_a_file_or_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert left_open(tmp_path / "none") == ()
    with pytest.raises(NotNowError, match="cannot be closed: no such file"):
        recover(tmp_path / "none.jsonl")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="makes a pipe")
def test_a_pipe_is_never_closed_renamed_or_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(RecoverError, match="is not a file"):
        recover(tmp_path / "pipe.jsonl")
    assert [one.name for one in tmp_path.iterdir()] == ["pipe.jsonl"]
    assert left_open(tmp_path) == ()


def test_only_the_tails_are_read(tmp_path: Path, finished: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        head, middle = finished.split(b"\n", 1)
        (tmp_path / f"{number:02}.jsonl").write_bytes(head + b"\n" + middle[:10_000] * 30 + finished[-2000:])
    cut = tmp_path / "20.jsonl"
    cut.write_bytes(killed(finished))
    rested(cut)
    sizes, read = list[int](), os.read

    def counted(number: int, size: int) -> bytes:
        sizes.append(size)
        return read(number, size)

    monkeypatch.setattr(os, "read", counted)
    assert left_open(tmp_path) == (cut,)
    assert sum(sizes) <= 21 * PIECE_BYTES


def test_a_line_behind_the_end_may_be_longer_than_a_piece(tmp_path: Path, finished: bytes) -> None:
    long = json.dumps({"said": {"note": "x" * (5 * PIECE_BYTES)}}).encode() + b"\n"
    written(tmp_path, finished + long * 2)
    assert left_open(tmp_path) == ()
    path = written(tmp_path, killed(finished) + long * 2)
    assert left_open(tmp_path) == (path,)


# Killed in the middle of it, and several at once.

FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")


def forked(act: Callable[[], object]) -> int:
    """Do it in a child; its exit status."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    return child


def killed_after(size: int, path: Path) -> None:
    """Close it, and be killed when so many bytes of that are written."""
    write, left = os.write, [size]

    def some(number: int, data: bytes) -> int:
        left[0] -= write(number, data[: left[0]])
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return len(data)

    os.write = some  # type: ignore[assignment]  # in a child that ends here
    recover(path)


@FORKS
@pytest.mark.parametrize("kind", [killed, guarded], ids=["killed", "guarded"])
def test_closing_that_was_killed_at_any_place_is_done_again(
    tmp_path: Path, finished: bytes, kind: Callable[[bytes], bytes]
) -> None:
    data = kind(finished)[: -1 if kind is killed else None]
    whole = written(tmp_path, data)
    recover(whole)
    summary, lines = summary_of(read_journal(whole)), whole.read_bytes()[len(data) :]
    for size in range(1, len(lines), 149):
        path = written(tmp_path, data)
        _, status = os.waitpid(forked(partial(killed_after, size, path)), 0)
        assert os.WTERMSIG(status) == signal.SIGKILL
        assert path.read_bytes() == data + lines[:size]
        assert recover(rested(path)).summary == summary
        assert replay(path).equal
        assert path.read_bytes().startswith(data)


def killed_at(call: int, path: Path) -> None:
    """Close it, and be killed at one of its steps."""
    steps = [0]

    def step(act: Callable[..., object]) -> Callable[..., object]:
        def stepped(*words: object) -> object:
            if steps[0] == call:
                os.kill(os.getpid(), signal.SIGKILL)
            steps[0] += 1
            return act(*words)

        return stepped

    os.fsync = step(os.fsync)  # type: ignore[assignment]  # in a child that ends here
    os.replace = step(os.replace)  # type: ignore[assignment]
    Path.replace = step(Path.replace)  # type: ignore[assignment, method-assign]
    recover(path)


@FORKS
def test_keeping_a_damaged_journal_aside_can_be_killed_at_any_step(tmp_path: Path, finished: bytes) -> None:
    data, before = damaged_at(killed(finished), 0.5)
    ends = set()
    for call in range(6):
        shutil.rmtree(tmp_path / "j", ignore_errors=True)
        (tmp_path / "j").mkdir()
        path = written(tmp_path / "j", data)
        _, status = os.waitpid(forked(partial(killed_at, call, path)), 0)
        ends.add(os.WIFSIGNALED(status))
        found = recover(path)
        assert found.events == before
        assert path.with_name(f"{path.name}.damaged").read_bytes() == data
        assert replay(path).complete
    assert ends == {True, False}  # the last ones come to the end


@FORKS
def test_several_at_once_write_one_end(tmp_path: Path, finished: bytes) -> None:
    path = written(tmp_path, killed(finished))

    def close() -> None:
        while True:
            try:
                recover(path)
            except BusyError:
                continue
            return

    children = [forked(close) for _ in range(4)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert path.read_bytes().count(b'{"ended"') == 1
    assert path.read_bytes().count(b'{"summary"') == 1
    assert replay(path).equal


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the one that may write everything")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, finished: bytes) -> None:
    path = written(tmp_path, killed(finished))
    path.chmod(0o444)
    assert left_open(tmp_path) == ()
    with pytest.raises(NotNowError, match="permission denied"):
        recover(path)


def test_a_journal_that_cannot_be_read_is_still_one_error(tmp_path: Path, finished: bytes) -> None:
    data, _ = damaged_at(killed(finished), 0.5)
    path = written(tmp_path, data)
    with pytest.raises(JournalError, match=r"\.jsonl:\d+: cannot be read"):
        read_journal(path)
