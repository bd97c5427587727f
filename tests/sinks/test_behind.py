"""The file behind a thread: what was flushed is there, and a disk that fails stops nobody."""

import os
import subprocess
import sys
from pathlib import Path
from queue import Queue

import pytest

from coach.sinks import behind
from coach.sinks.behind import Behind


def test_what_was_flushed_is_in_the_file(tmp_path: Path) -> None:
    file = Behind(tmp_path / "j")
    for number in range(100):
        file.write(f"{number}\n")
        file.flush()
    file.close()
    assert (tmp_path / "j").read_text() == "".join(f"{number}\n" for number in range(100))


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


def test_a_disk_that_stalls_holds_nobody_longer_than_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate: Queue[None] = Queue()
    write = os.write

    def stalls(number: int, data: bytes) -> int:
        gate.get(timeout=10)
        return write(number, data)

    monkeypatch.setattr(os, "write", stalls)
    file = Behind(tmp_path / "j")
    waits: list[float] = []
    wait = file._change.wait

    def counted(timeout: float | None = None) -> bool:
        waits.append(timeout if timeout is not None else -1)
        return wait(timeout)

    for number in range(50):
        file.write(f"{number}\n")
        file._change.wait = counted  # type: ignore[method-assign]  # counts how often a flush waits
        file.flush()
        file._change.wait = wait  # type: ignore[method-assign]
    assert sum(timeout >= 0 for timeout in waits) <= 2
    for _ in range(100):
        gate.put(None)
    file.close()
    assert (tmp_path / "j").read_text().count("\n") == 50


def test_a_full_disk_is_told_once_and_what_was_kept_is_written_when_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(behind, "AGAIN_S", 0.01)
    told: Queue[str] = Queue()
    full, write = [True], os.write

    def writes(number: int, data: bytes) -> int:
        if full[0]:
            raise OSError(28, "No space left on device")
        return write(number, data)

    monkeypatch.setattr(os, "write", writes)
    file = Behind(tmp_path / "j", told.put)
    file.write("one\n")
    assert "no space left" in told.get(timeout=10)
    assert not file.writing
    file.write("two\n")
    file.flush()
    full[0] = False
    assert "again" in told.get(timeout=10)
    file.close()
    assert told.empty()
    assert (tmp_path / "j").read_text() == "one\ntwo\n"


def test_a_folder_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Behind(tmp_path / "no" / "j")
