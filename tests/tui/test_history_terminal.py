"""A replay in a real terminal: no second process, no lock, no recording, and the journal stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.history.made import journal
from tests.tui.terminal import Terminal, needs_tmux

pytestmark = [pytest.mark.slow, needs_tmux]


def test_a_recording_is_shown_to_its_end_by_one_process_that_drives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    before = journal("70s@4 / back 60s@2 / 3min@3").read_bytes()
    path.write_bytes(before)
    with Terminal(tmp_path / "t", ["replay", str(path), "--screen", "--speed", "200"]) as terminal:
        assert "SIMULATED" not in terminal.until("REPLAY 200x", "REPLAY ENDS")
        cockpit = terminal.cockpit
        assert "The recording ends here." in terminal.until("REPLAY ENDS")
        assert not Path(f"/proc/{cockpit}/task/{cockpit}/children").read_text().split()
        terminal.keys("Space", "Enter", "1", "F9", "p")
        terminal.keys("b")
        terminal.keys("q")
        assert terminal.code() == 0
        assert "Traceback" not in terminal.screen()
    assert path.read_bytes() == before
    assert not (tmp_path / "t" / "home" / "data" / "locks").exists()
    assert not list((tmp_path / "t" / "home").rglob("*.jsonl"))
