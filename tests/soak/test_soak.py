"""The soak and the load in a small form: minutes of sessions, one in a real terminal, and two treadmills at once."""

from __future__ import annotations

import subprocess
import sys
from csv import DictReader
from pathlib import Path

import pytest

from tests.sinks.mosquitto import needs_mosquitto
from tests.tui.terminal import needs_tmux

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells what a process uses"),
]
ROOT = Path(__file__).parents[2]
SHORT = ("1min@5", "2min@6", "70s@4/back 60s@2/3min@4")
LIVELY = "advance_us"  # is the computer's as well: told, and not asserted


def test_minutes_of_sessions_leave_nothing_behind() -> None:
    command = [sys.executable, "-m", "tests.soak", "virtual", "--hours", "0.4", "--workouts", *SHORT]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert said.returncode in {0, 1}, said.stderr
    assert "NOT EQUAL" not in said.stdout
    rows = [line for line in said.stdout.splitlines() if line.startswith(("over the sessions", "within the long"))]
    assert len(rows) == 7
    assert all(row.endswith("kept") or LIVELY in row for row in rows), said.stdout


@needs_tmux
@needs_mosquitto
def test_every_process_of_a_real_session_is_watched_to_its_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.soak import real

    out = tmp_path / "samples.csv"
    real.run(0.5, 0.5, out, pace=5, browser=False)
    said = capsys.readouterr().out
    assert "Ended finished, belt at 0 km/h" in said
    assert "replayed equal: True" in said
    with out.open(encoding="utf-8") as file:
        rows = list(DictReader(file))
    assert {row["process"] for row in rows} == set(real.LASTING)
    assert all(float(row["rss_mb"]) > 1 and int(row["files"]) > 0 and int(row["threads"]) > 0 for row in rows)
    assert "late, median of a window" in said
    assert out.with_suffix(".late.csv").read_text().count("\n") > 3


@needs_mosquitto
def test_treadmills_at_once_all_end_finished_with_their_belts_standing() -> None:
    from tests.soak import load

    found = load.measure(2, ["10s@5/10s@4"], pace=10)
    assert [(row.ended, row.stands, row.equal, row.told, bool(row.writes_s)) for row in found.rows] == [
        ("finished", True, True, True, True)
    ] * 2
    assert found.left == 0
    assert all(row.kept for row in found.rows)
