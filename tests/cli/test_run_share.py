"""`coach run --share`: the address and its code stand before the first line, and the session goes its way."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def run(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    own = {"COACH_CONFIG": "", "XDG_DATA_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    told = [sys.executable, "-m", "coach", *words]
    return subprocess.run(told, capture_output=True, text=True, check=False, env=os.environ | own, timeout=120)


@pytest.mark.parametrize(
    "words",
    [
        ["run", "5s@3", "--plain", "--auto", "--timelapse", "50", "--lapse-turns", "--share-address", "127.0.0.1"],
        ["run", "5s@3", "--plain", "--auto", "--timelapse", "50", "--share", "--share-address", "127.0.0.1"],
    ],
)
def test_the_address_stands_before_the_first_line(tmp_path: Path, words: list[str]) -> None:
    ran = run(tmp_path, *words)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = ran.stdout.splitlines()
    where = next(number for number, line in enumerate(lines) if line.startswith("Behind the treadmill: "))
    assert re.fullmatch(r"Behind the treadmill: http://127\.0\.0\.1:\d+/[\w-]{22}/", lines[where])
    assert all(set(line) <= set(" ▀▄█") for line in lines[:where])
    assert where > 10
    assert "SIMULATED" not in "".join(lines[:where])


def test_an_address_of_another_computer_is_a_sentence(tmp_path: Path) -> None:
    ran = run(tmp_path, "run", "5s@3", "--plain", "--auto", "--share-address", "192.0.2.1")
    assert ran.returncode == 1
    assert ran.stderr.startswith("coach: --share-address 192.0.2.1: is none of this computer's")
    assert "Traceback" not in ran.stderr
