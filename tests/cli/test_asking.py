"""The hand beside the treadmill: Ctrl-C stops the belt whenever it comes, not only while a key is waited for."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

from coach.cli import asking
from coach.cli.asking import Terminal
from coach.core.cue import Cue, CueKind
from coach.core.event import Key
from coach.core.wish import Phase
from coach.setup.ask import LeftError
from coach.setup.bench import Moment, Touch

LEAVES = (Touch(Key.QUIT), Touch(Key.QUIT))
STOPPED = "The belt is being stopped."
RUNNING = Moment(1.0, Phase.RUN, 0, (Cue(1.0, CueKind.FASTER, "In ten, faster: 1.5."),), kmh=0.8)


class Sent:
    """Keys of nobody: while they are waited for, something else happens."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self._meanwhile = meanwhile

    def single(self) -> None:
        """They are."""

    def sent(self, wait_s: float | None = None) -> str:
        """None comes."""
        del wait_s
        self._meanwhile()
        return ""

    def wake(self) -> None:
        """Nobody waits."""

    def forget(self) -> None:
        """Nothing was typed."""

    def close(self) -> None:
        """Nothing was changed."""


def ctrl_c() -> None:
    """As the terminal sends it."""
    signal.raise_signal(signal.SIGINT)


@pytest.fixture
def shown() -> list[str]:
    return []


@pytest.fixture
def hand(shown: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setattr(asking, "keys", lambda: Sent(lambda: None))
    before = signal.getsignal(signal.SIGINT)
    terminal = Terminal(show=shown.append)
    yield terminal
    terminal.close()
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_while_a_key_is_waited_for(hand: Terminal, shown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "keys", lambda: Sent(ctrl_c))
    _, touches = hand.wait(1.0)
    assert (touches, shown) == (LEAVES, [STOPPED])


def test_ctrl_c_while_something_is_shown_is_kept_for_the_next_look(hand: Terminal, shown: list[str]) -> None:
    assert hand.wait(1.0) == (1.0, ())
    ctrl_c()  # while the session works on an event
    hand.see(RUNNING)
    _, touches = hand.wait(1.0)
    assert (touches, shown[-1]) == (LEAVES, STOPPED)
    assert hand.wait(1.0) == (1.0, ()), "one Ctrl-C is one"


def test_the_third_leaves(hand: Terminal) -> None:
    assert hand.wait(1.0) == (1.0, ())
    for _ in range(2):
        ctrl_c()
        assert hand.wait(1.0)[1] == LEAVES
    ctrl_c()
    with pytest.raises(LeftError):
        hand.wait(1.0)


def test_after_the_test_it_is_what_it_was(hand: Terminal) -> None:
    assert hand.wait(1.0) == (1.0, ())
    hand.close()
    with pytest.raises(KeyboardInterrupt):
        ctrl_c()
    hand.close()
