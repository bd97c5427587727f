"""`coach walk` with nobody at the keyboard: a free session has no end of its own, and finds one."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("home")]

PATIENCE_S = 60.0


def walked(*words: str) -> tuple[int, str]:
    """The exit code and what was said, with standard input that is closed."""
    command = [sys.executable, "-m", "coach", "walk", "--plain", "--auto", *words]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_free_session_that_nobody_can_end_ends() -> None:
    _, said = walked()
    assert "Nobody can press any more. Stopping." in said
    assert "Session stopped" in said


def test_a_free_session_whose_last_key_is_foretold_runs_until_it_is_pressed() -> None:
    _, said = walked("--timelapse", "20", "--press", "quit@60s", "--press", "quit@62s")
    assert "Nobody can press any more" not in said
    assert "Session finished (you left)" in said
    assert "The belt stands." in said
