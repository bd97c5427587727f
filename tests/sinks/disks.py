"""Disks that are full, cannot be written or go away: real ones, in memory, where the tests may mount some."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def mount(*words: str) -> None:
    """Skip the test where that is not allowed."""
    program = shutil.which("mount")
    if program is None:
        pytest.skip("there is no mount here")
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False, timeout=20)
    if done.returncode:
        pytest.skip(f"a disk in memory cannot be mounted: {done.stderr.strip()}")


@contextmanager
def small_disk(folder: Path, kib: int = 64) -> Iterator[Path]:
    """A disk of so many KiB."""
    folder.mkdir()
    mount("-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, timeout=20)


def fill(folder: Path) -> Path:
    """A file that takes all the room that is left."""
    path = folder / "full"
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(1024)):
                pass
        except OSError:
            return path
    raise AssertionError("it took all and is not full")


def read_only(folder: Path, *, on: bool) -> None:
    """Whether a mounted disk can be written."""
    mount("-o", f"remount,{'ro' if on else 'rw'}", str(folder))
