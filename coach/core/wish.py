"""What the engine wishes of the belt: the value between the engine, which knows the way, and safety, which decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import Final

from coach.core.value import ADDED
from coach.core.workout import Facing


class Phase(StrEnum):
    """Where the session is: the states of safety.md 6a, with the ways in and out."""

    CONNECTING = "connecting"  # nothing heard yet
    READY = "ready"  # on the rails; a press or a digit is awaited
    STARTING = "starting"
    CONSOLE_START = "console-start"  # the machine wants its own Start key (safety.md 6b)
    STEP_ON = "step-on"
    RAMP = "ramp"
    RUN = "run"  # the segment clock runs
    BRIDGE = "bridge"  # from running to a turn
    SLOW = "slow"
    RAILS = "rails"
    STOPPING = "stopping"
    RESTING = "resting"  # a rest: the belt stands, its clock runs
    PAUSED = "paused"
    BELT_MOVES = "belt-moves"
    KEY = "key"
    STOP_FAILED = "stop-failed"
    ENDED = "ended"


STANDING: Final = frozenset({Phase.CONNECTING, Phase.READY, Phase.RESTING, Phase.PAUSED, Phase.ENDED})
"""The belt stands and no Start of ours is under way: motion here is BELT_MOVES."""

READING: Final = frozenset({Phase.CONNECTING, Phase.ENDED})
"""Before and after the session: coach reads, and asks nothing of the belt."""

ON_BELT: Final = frozenset({Phase.STEP_ON, Phase.RAMP, Phase.RUN, Phase.BRIDGE, Phase.SLOW, Phase.RAILS})
"""Somebody may stand on a belt that moves as wished."""

TURNING: Final = frozenset(
    {Phase.SLOW, Phase.RAILS, Phase.STOPPING, Phase.READY, Phase.STARTING, Phase.CONSOLE_START, Phase.STEP_ON}
)
"""Between two facings, where the session has both."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Set-points and acts. Acts are counted: one more than before is one more to write, never a retry of the same."""

    phase: Phase = Phase.CONNECTING
    facing: Facing = Facing.UNKNOWN
    target_kmh: float | None = None  # None: nothing is asked
    incline_pct: float | None = None
    scripted: bool = False  # a ramp of the workout: one write for each machine step
    start: int = 0  # a fresh yes permits one Start
    stop: int = 0
    pause: int = 0
    guided: bool = False  # on the way to a stop: set-points down, then Stop
    alarm: bool = False  # ways down are the quick ones
    acknowledged: int = 0  # fresh yeses so far: each clears what tripped before it
    block: int = 0  # which backward block this is, counted from 1
    row: int = 0
    careful_until_s: float = -inf  # facing FORWARD by a press only: at most the backward cap until then
    bad_starts: int = 0  # starts that were too fast
    stands: bool = False  # the belt is STILL and no Start is under way, whatever the phase
    by_hand: bool = False  # the runner started the belt at the console, because coach only prompts
    asks_stop: bool = False  # the runner is asked to press Stop on the console
    counts_down: bool = field(default=False, metadata=ADDED)  # a yes came, and its Start is yet to be written
