"""What a cockpit needs of a keeper, wherever that runs: messages out, messages in, and whether it lives."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from coach.core.event import Key
from coach.core.plan import Plan
from coach.keeper.wire import FromKeeper, Voice


class Life(StrEnum):
    """How a keeper is, as its cockpit sees it."""

    STARTING = "starting"  # nothing heard yet
    ALIVE = "alive"
    LOST = "lost"  # it ended or hung while a session was on; the guard has the belt
    OVER = "over"  # it said Done or Refused and has ended


class Crew(Protocol):
    """A keeper, seen from the cockpit. Nothing here blocks or raises."""

    @property
    def plan(self) -> Plan:
        """What is run."""

    @property
    def life(self) -> Life:
        """How the keeper is."""

    @property
    def guarded(self) -> str:
        """What the guard did after the keeper was lost, in words, newest: nothing, "stopping", "still" or why not."""

    def poll(self) -> list[FromKeeper]:
        """All that came since the last call, in order."""

    def beat(self, serial: int) -> None:
        """The snapshot of this serial was drawn: called by the loop that draws, four times a second."""

    def press(self, key: Key, digit: str = "", serial: int | None = None) -> None:
        """A key was pressed; `serial` is that of the question on the screen."""

    def focus(self, *, on: bool) -> None:
        """Whether presses reach the screen."""

    def say(self, voice: Voice) -> None:
        """How much is to be said."""

    def mischief(self, fault: str) -> None:
        """Let something go wrong in the simulated world, now: "key:5", "drop:10", "console-stop", "strap-off:20"."""

    def flush(self) -> None:
        """Wait until all that was said is with the keeper, for a moment at most."""

    def acknowledge(self) -> None:
        """The alarm of a lost keeper was heard: it may be silent."""

    def close(self) -> None:
        """Leave: the keeper stops the belt and ends."""
