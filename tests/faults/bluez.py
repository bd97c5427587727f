"""The rows that Bluetooth can show, made in the guest by its tests and gathered here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.faults.row import Row

ROOT: Final = Path(__file__).parents[2]
TESTS: Final = "tests/lab/guest/test_faults.py"
LIMIT_S: Final = 2400
ROWS: Final = "FAULT_ROWS"
"""The variable that names the file to which a test in the guest adds its rows."""


def keep(row: Row) -> None:
    """Add a row, in the guest, where somebody gathers them."""
    if name := os.environ.get(ROWS):
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row)) + "\n")


def rows() -> list[Row]:
    """Boot the guest from this tree and gather what its tests have written."""
    with TemporaryDirectory() as name:
        out = Path(name) / "out"
        file = out / "rows.jsonl"
        guest = ["bash", str(ROOT / "tests/lab/guest.sh"), "test", "--clock", "free", "--timeout", str(LIMIT_S)]
        said = ["--env", f"{ROWS}={file}", "--env", f"PYTHONPATH={ROOT}"]  # the processes of a session are this tree's
        tests = [TESTS, "-k", "test_it_ends or test_it_alarms", "-m", ""]
        env = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        words = [*guest, "--out", str(out), *said, "--", *tests]
        done = subprocess.run(words, cwd=ROOT, env=env, stdout=sys.stderr, check=False)
        if done.returncode not in {0, 1} or not file.exists():
            raise SystemExit(f"the guest gave no rows: exit {done.returncode}")
        return [Row(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]
