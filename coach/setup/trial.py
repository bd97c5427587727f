"""The machine test: an ordinary forward session on an empty belt, and what it is to find out (safety.md 5).

Everything that moves the belt goes through the governor, as in any session; the person stands beside the treadmill
with the safety key in the hand and says yes to each start. The Pause of backward-running.md 4.9 is left out: Pause is
written only after a Stop that failed (safety.md 5), and where that happens here it is read like everything else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from coach.core import say
from coach.core.event import Key
from coach.core.machine import Ack, MachineProfile
from coach.core.plan import Plan, make_plan
from coach.core.trip import COURSES, Trip
from coach.core.wish import Phase
from coach.core.workout import Extent, ExtentUnit, Facing, Head, Level, Say, SayAt, Segment, Target, Workout
from coach.link.fault import FaultKind
from coach.setup.findings import Findings, findings

__all__ = ["FROM_KMH", "MINUTES", "NAME", "Findings", "Trial", "findings", "trial"]

NAME: Final = "Machine test"
MINUTES: Final = 6  # with the starts, on the slowest machine
STAIRS_KMH: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 2.0, 1.0)  # slow enough for a machine of which nothing is known
STAIR_S: Final = 15.0  # the slowest ramp recorded needs 5 s for a step down of 1 km/h, and reports may be 2 s late
FROM_KMH: Final = 3.0  # from here Stop is timed (backward-running.md 4.9)
STOP_AT_S: Final = 20.0  # 2 km/h more at 0.2 km/h a second take 10 s
STOP_ROW_S: Final = 22.0  # Stop comes at STOP_AT_S
DROP_AT_S: Final = 12.0  # the words are over and the belt is slow again
DROP_S: Final = 20.0  # backward-running.md 4.9
DROP_ROW_S: Final = 45.0  # DROP_AT_S and DROP_S, and time to connect
HAND_AT_S: Final = 3.0  # when a hand is asked for, so that the words before are over
HAND_ROW_S: Final = 30.0  # somebody has to reach the console
SIMULATED_HAND_S: Final = 8.0  # after its row began
KEY_AWAY_S: Final = 10.0  # the belt stands by then

_LET_GO: Final = "I let go of the connection for twenty seconds. Stay off, and watch the belt."
_PRESS_PLUS: Final = "Press plus on the console, once."
_PULL_KEY: Final = "Now pull the safety key, and leave it out."


@dataclass(frozen=True, slots=True)
class Trial:
    """A session with what happens in it, as the texts that a keeper takes: KIND@WHEN and KEY@WHEN of link/fault.py.

    `hands` are the console and the key, which a person works; on a simulated machine they are faults.
    """

    plan: Plan
    faults: tuple[str, ...]  # the link is dropped on purpose
    presses: tuple[str, ...]  # coach stops the belt by itself once
    hands: tuple[str, ...]

    def over(self, row: int, phase: Phase, *, still: bool) -> bool:
        """The key of the last row was pulled and the belt stands: nothing is to be started again, two QUIT leave."""
        return row >= len(self.plan.rows) - 1 and phase in {Phase.KEY, Phase.PAUSED} and still


def trial(profile: MachineProfile, found: Findings | None = None) -> Trial:
    """The machine test for a machine that nobody has tested; `found` is what a first pass of it found out.

    Only what the control point needs to know is taken from the first pass: a machine that never answers is waited for
    by its belt, one that falls silent when it stands is found standing by that.
    """
    plan = make_plan(_workout(), replace(profile, known=False), strap=False)
    if found is not None:
        plan = replace(plan, profile=_learnt(plan.profile, found))
    stop_row = len(STAIRS_KMH) + 1
    drop_row, plus_row, key_row = stop_row + 1, stop_row + 2, stop_row + 3
    return Trial(
        plan,
        faults=(f"{FaultKind.DROP}@segment{drop_row}+{DROP_AT_S:g}:{DROP_S:g}",),
        presses=(f"{Key.STOP}@segment{stop_row}+{STOP_AT_S:g}",),
        hands=(
            f"{FaultKind.CONSOLE}=+0.1@segment{plus_row}+{SIMULATED_HAND_S:g}",
            f"{FaultKind.KEY}@segment{key_row}+{SIMULATED_HAND_S:g}:{KEY_AWAY_S:g}",
        ),
    )


def words(text: str) -> str:
    """What is said in a session, for somebody who stands beside the belt; nothing where it is meant for one on it."""
    if text.startswith("Now forward: "):
        return ""
    return _WORDS.get(text, text)


_WORDS: Final = MappingProxyType(
    {
        say.READY_FORWARD: "Nobody on the belt? The key in your hand? Press Enter, and it starts.",
        say.READY_GO_ON: "Nobody on the belt? Press Enter, and it starts again.",
        say.PAUSED_YES: "The belt stands. Nobody on it? Press Enter, and it starts again.",
        say.STARTING: "Stay off. Three, two, one.",
        say.CONSOLE_START: "Press Start on the treadmill, and stay off the belt.",
        say.STEP_ON: "It runs. Stay off.",
        say.RAMP_CONSOLE: "",
        say.SLOWING: "Slowing.",
        say.QUIT: "Stop the belt and leave? Press q again.",
        COURSES[Trip.KEY].say_forward: "The safety key is out.",
        COURSES[Trip.LINK_LOST].say_forward: "No connection. Does the belt run on?",
        COURSES[Trip.SOUND_LOST].say_forward: "",
        say.FOUND: "Connected again.",
        say.FINISHED: "The machine test is over. The belt stands.",
        **dict.fromkeys(say.COUNTS.values(), ""),
    }
)


def _learnt(profile: MachineProfile, found: Findings) -> MachineProfile:
    silent = profile.silent_when_stopped if found.silent_when_stopped is None else found.silent_when_stopped
    return replace(profile, ack=Ack(found.ack or profile.ack), silent_when_stopped=silent)


def _workout() -> Workout:
    stairs = tuple(_row(kmh, STAIR_S) for kmh in STAIRS_KMH)
    slow_kmh = STAIRS_KMH[0]
    rows = (
        *stairs,
        _row(FROM_KMH, STOP_ROW_S),
        _row(slow_kmh, DROP_ROW_S, _LET_GO, at_s=HAND_AT_S),
        _row(slow_kmh, HAND_ROW_S, _PRESS_PLUS, at_s=HAND_AT_S),
        _row(slow_kmh, HAND_ROW_S, _PULL_KEY, at_s=HAND_AT_S),
    )
    return Workout(NAME, rows, Level.BEGINNER, "On an empty belt, the safety key in your hand.")


def _row(kmh: float, seconds: float, text: str = "", *, at_s: float = 0.0) -> Segment:
    say = (Say(SayAt.AT_S, at_s, text),) if text else ()
    return Segment(Head.FORWARD, Facing.FORWARD, Extent(ExtentUnit.TIME, seconds), Target(kmh), say=say)
