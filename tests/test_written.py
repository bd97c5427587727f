"""A file is written whole or not at all."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.written import write_file

SMALL = """
import resource, signal, sys
from pathlib import Path
from coach.written import write_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
write_file(Path(sys.argv[1]), b"x" * 100, over=True)
"""


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_written_with_the_usual_mode(tmp_path: Path) -> None:
    write_file(tmp_path / "a.yaml", b"one\n", over=False)
    (tmp_path / "b.yaml").write_bytes(b"")
    assert (tmp_path / "a.yaml").read_bytes() == b"one\n"
    assert (tmp_path / "a.yaml").stat().st_mode == (tmp_path / "b.yaml").stat().st_mode


def test_nothing_is_written_over_unless_that_was_said(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="is there already"):
        write_file(file, b"yours", over=False)
    assert file.read_bytes() == b"mine"
    file.chmod(0o640)
    write_file(file, b"yours", over=True)
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"yours", 0o640)
    assert names(tmp_path) == ["a.yaml"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_bytes(b"old")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    write_file(tmp_path / "link.yaml", b"new", over=True)
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_bytes() == b"new"


@pytest.mark.parametrize("make", [Path.mkdir, getattr(os, "mkfifo", Path.mkdir)], ids=["folder", "pipe"])
def test_only_a_plain_file_is_replaced(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a")
    with pytest.raises(OSError, match="not a plain file"):
        write_file(tmp_path / "a", b"x", over=True)
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "a", b"x", over=False)
    assert names(tmp_path) == ["a"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_file(tmp_path / "nowhere" / "a.yaml", b"x", over=True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no file small")
def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"mine")
    run = subprocess.run([sys.executable, "-c", SMALL, str(file)], capture_output=True, text=True, check=False)
    assert "File too large" in run.stderr
    assert file.read_bytes() == b"mine"
    assert names(tmp_path) == ["a.yaml"]
