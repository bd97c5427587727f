"""Whole sessions in a real terminal at three sizes, by keys alone."""

from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from coach.sinks.replay import replay
from tests.keeper.stand import PATIENCE_S
from tests.tui.terminal import LOOK_S, Hand, Terminal, needs_tmux

pytestmark = [pytest.mark.slow, needs_tmux]

SIZES = [(80, 24), (120, 40), (200, 60)]
FAST = ["--timelapse", "10", "--lapse-turns"]
LONGEST_S = 4 * PATIENCE_S


def at_all_sizes(folder: Path, words: list[str], act: Callable[[Terminal, str], None] | None = None) -> list[Terminal]:
    """The same session in three terminals at once, each with a runner, until it is done; their last screens."""
    terminals = [Terminal(folder / f"{columns}", words, (columns, rows)) for columns, rows in SIZES]
    hands, seen = [Hand(terminal) for terminal in terminals], [""] * len(terminals)
    until_s, never = monotonic() + LONGEST_S, Event()
    while not all("DONE" in screen.splitlines()[1] for screen in seen if screen) or "" in seen:
        assert monotonic() < until_s, "\n".join(seen)
        for at, terminal in enumerate(terminals):
            seen[at] = terminal.screen() or " \n "
            hands[at](seen[at])
            if act is not None:
                act(terminal, seen[at])
        never.wait(LOOK_S)
    return terminals


def over(terminals: list[Terminal], *words: str) -> None:
    """Each leaves by a key, says five lines in the shell, and its journal replays."""
    for terminal in terminals:
        screen = terminal.screen()
        for word in words:
            assert word in screen, screen
        assert terminal.leave() == 0, terminal.screen()
        shell = terminal.screen()
        assert "SIMULATED: " in shell
        assert "The belt stands." in shell
        assert "Traceback" not in shell
        recording = terminal.recorded()
        assert recording.end is not None
        assert recording.end.ended == "finished"
        assert replay(recording).equal
        terminal.close()


def test_a_forward_session_is_one_press_and_runs_to_its_end(tmp_path: Path) -> None:
    terminals = at_all_sizes(tmp_path, ["run", "1min@4/1min@5", *FAST])
    over(terminals, "DONE", "Finished as planned.")


def test_a_session_with_turns_is_run_by_keys_alone(tmp_path: Path) -> None:
    seen: dict[Terminal, set[str]] = {}

    def watch(terminal: Terminal, screen: str) -> None:
        states = ("▼▼ BACKWARD", "▲▲ FORWARD", "FACE REAR", "FACE CONSOLE", "STEP ON", "BELT STARTS", "BELT STOPS")
        seen.setdefault(terminal, set()).update(state for state in states if state in screen.split("NEXT")[0])
        assert "SIMULATED" in screen or not screen.strip()

    terminals = at_all_sizes(tmp_path, ["run", "warm-up 70s@4/back 60s@2/cool-down 3min@4", *FAST], watch)
    for terminal in terminals:
        assert {"▼▼ BACKWARD", "FACE REAR", "FACE CONSOLE", "BELT STARTS"} <= seen[terminal]
    over(terminals, "DONE", "2 clean turns")


def test_a_free_session_follows_the_arrows_and_ends_with_two_presses(tmp_path: Path) -> None:
    done: dict[Terminal, list[str]] = {}
    keys = ["Up", "Up", "Down"]

    def walk(terminal: Terminal, screen: str) -> None:
        given = done.setdefault(terminal, [])
        if "SO FAR, OPEN END" not in screen or "SLOWLY" in screen or terminal.kmh < 2.5:
            return  # on the way up any key is a stop
        given.append(keys[len(given)] if len(given) < len(keys) else "q")
        terminal.keys(given[-1])

    terminals = at_all_sizes(tmp_path, ["walk", "--timelapse", "10"], walk)
    over(terminals, "DONE")
