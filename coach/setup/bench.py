"""Where a machine is proved and tested: a treadmill that can be listened to, and on which the test can be run.

The real bench is a keeper with a radio; the simulated one (simulated.py) is for rehearsals and for tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from coach.core.cue import Cue
from coach.core.event import Event, Key
from coach.core.machine import MachineProfile
from coach.core.progress import Question
from coach.core.wish import Phase
from coach.setup.trial import Trial


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant of a machine test, and what of it concerns the person beside the treadmill; speeds in km/h."""

    at_s: float  # of the machine's time
    phase: Phase
    row: int  # of the plan, counted from 0
    cues: tuple[Cue, ...] = ()
    question: Question | None = None
    kmh: float | None = None  # as reported
    over: bool = False  # the last thing was seen: two presses of QUIT leave


@dataclass(frozen=True, slots=True)
class Touch:
    """A key of the person beside the treadmill."""

    key: Key
    digit: str = ""


class Hand(Protocol):
    """The person beside the treadmill, as a bench meets him."""

    def wait(self, seconds: float) -> tuple[float, Sequence[Touch]]:
        """Let so much of the machine's time pass, or less where a key is pressed: how much did, and the keys."""

    def see(self, moment: Moment) -> None:
        """Something happened."""


class Bench(Protocol):
    """One treadmill, chosen and accepted."""

    @property
    def name(self) -> str:
        """As it advertises itself."""

    @property
    def simulated(self) -> bool:
        """No real belt: nothing that is found here is kept."""

    @property
    def profile(self) -> MachineProfile:
        """What is known of it before it is tested."""

    def listen(self, wanted: Callable[[], str]) -> AbstractContextManager[Iterator[Event]]:
        """Everything that it says, read only: nothing is written to it, not even Request Control.

        A Tick comes at least once a second. `wanted` tells which key of the console somebody is asked for just now, as
        in proof.KEYS, or nothing; only a simulated hand looks at it.
        """

    def run(self, trial: Trial, hand: Hand) -> tuple[Event, ...]:
        """Run the machine test to its end and give all of its events; the hand meanwhile sees, waits and presses."""
