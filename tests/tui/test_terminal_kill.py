"""The cockpit on a real terminal is closed, killed, frozen or broken, and the belt is slowed in time and stands."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from coach.core.event import CockpitSilent
from coach.sinks.replay import replay
from tests.keeper.stand import running, wait_for
from tests.keeper.test_kill import COCKPIT_ENDED_S, FROZEN_S, KEEPER_ENDED_S, SPARE_S, STOPS_S
from tests.tui.terminal import Terminal, needs_tmux

pytestmark = [pytest.mark.slow, needs_tmux]

RUN = ["run", "20min@3", "--auto", "--timelapse", "20", "--lapse-turns"]


@contextmanager
def at_speed(folder: Path, env: dict[str, str] | None = None) -> Iterator[Terminal]:
    """A session at 3 km/h on the screen."""
    with Terminal(folder, RUN, env=env) as terminal:
        wait_for(lambda: terminal.kmh == 3.0)
        terminal.until("▲▲ FORWARD")
        yield terminal


def slowed_and_stopped(terminal: Terminal, since_s: float, within_s: float) -> None:
    """The belt was slowed in time, came to a stand, and was never started again."""
    wait_for(lambda: terminal.kmh == 0)
    truth = terminal.truth
    assert truth.slowing_s(since_s) - since_s <= within_s + SPARE_S
    assert truth.stood_s(since_s) - since_s <= STOPS_S + within_s
    assert truth.starts(since_s) == 0


def close(terminal: Terminal) -> None:
    """Close the window."""
    terminal.close()


def send(name: str) -> Callable[[Terminal], None]:
    """Send the cockpit a signal."""
    return lambda terminal: os.kill(terminal.cockpit, getattr(signal, name))


@pytest.mark.parametrize(
    "ends",
    [close, send("SIGHUP"), send("SIGTERM"), send("SIGKILL")],
    ids=["closed terminal", "hup", "term", "kill"],
)
def test_a_screen_that_ends_is_a_guided_stop_and_the_end_of_the_session(
    tmp_path: Path, ends: Callable[[Terminal], None]
) -> None:
    with at_speed(tmp_path) as terminal:
        ended_s = monotonic()
        ends(terminal)
        slowed_and_stopped(terminal, ended_s, COCKPIT_ENDED_S)
        wait_for(lambda: terminal.recorded().end is not None)
        recording = terminal.recorded()
        assert any(isinstance(one.event, CockpitSilent) and one.event.ended for one in recording.entries)
        assert replay(recording).equal


def test_a_screen_that_is_asked_to_end_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    with at_speed(tmp_path) as terminal:
        os.kill(terminal.cockpit, signal.SIGTERM)
        assert terminal.code() == 1
        screen = terminal.screen()
        assert "Traceback" not in screen
        assert "FORWARD" not in screen  # the screen before is back
        terminal.keys("a", "b", "c", "Enter")  # `cat` shows what is typed
        terminal.until("abc")


def test_a_killed_keeper_fills_the_screen_and_the_guard_stops_the_belt(tmp_path: Path) -> None:
    with at_speed(tmp_path) as terminal:
        killed_s = monotonic()
        os.kill(terminal.keeper, signal.SIGKILL)
        terminal.until("PULL", "Pull the clip")
        slowed_and_stopped(terminal, killed_s, KEEPER_ENDED_S)
        terminal.until("stands", "stopped the belt")
        terminal.keys("Enter")
        terminal.keys("Enter")
        assert terminal.code() == 1
        assert "Traceback" not in terminal.screen()


def test_a_frozen_screen_is_a_guided_stop_and_goes_on_only_after_a_fresh_yes(tmp_path: Path) -> None:
    with at_speed(tmp_path) as terminal:
        cockpit, frozen_s = terminal.cockpit, monotonic()
        os.kill(cockpit, signal.SIGSTOP)
        wait_for(lambda: terminal.kmh == 0)
        assert terminal.truth.slowing_s(frozen_s) - frozen_s <= FROZEN_S + SPARE_S
        os.kill(cockpit, signal.SIGCONT)
        terminal.until("PAUSED", "BELT STARTS", "FORWARD")
        assert any(isinstance(one.event, CockpitSilent) for one in terminal.recorded().entries)
        assert running(cockpit)


BROKEN = """
import os, sys, threading, time

def wait():
    while "coach.tui.widgets.pane" not in sys.modules or not hasattr(sys.modules["coach.tui.widgets.pane"], "Pane"):
        time.sleep(0.01)
    from coach.tui.widgets.pane import Pane
    render = Pane.{name}
    def broken(self, *words):
        if os.path.exists(os.environ["BREAK_IF"]):
            raise RuntimeError("a slip in a widget")
        return render(self, *words)
    Pane.{name} = broken

if sys.orig_argv[1:3] == ["-m", "coach"]:
    threading.Thread(target=wait, daemon=True).start()
"""


@pytest.mark.parametrize("name", ["render_line", "show_of"])
def test_a_widget_that_slips_ends_in_a_standing_belt_or_in_a_screen_that_goes_on(tmp_path: Path, name: str) -> None:
    folder, flag = tmp_path / "site", tmp_path / "break"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(BROKEN.format(name=name))
    with at_speed(tmp_path / "run", {"PYTHONPATH": str(folder), "BREAK_IF": str(flag)}) as terminal:
        slipped_s = monotonic()
        flag.touch()
        wait_for(lambda: terminal.kmh == 0 or monotonic() - slipped_s > 6)
        if terminal.kmh == 0:
            slowed_and_stopped(terminal, slipped_s, FROZEN_S)
            assert terminal.code() == 1
        else:
            flag.unlink()
            terminal.until("FORWARD")
        assert "Traceback" not in terminal.screen()
