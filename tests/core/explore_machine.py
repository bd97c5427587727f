"""A treadmill in whole seconds: poorer than the simulator, and small enough to be compared and to be copied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tests.core.build import PAUSE, START, STOP, asked_kmh

ACCEL_KMH: Final = 0.5  # in a second, up and down
START_S: Final = 3  # Start to motion, as the profile of the plans has it
DELAY_S: Final = 6  # what some machines take to do what a Stop says
LOW_KMH: Final = 0.8
FAILED: Final = 0  # no result code (FTMS 4.16.2.22)


class Mode(StrEnum):
    """How a machine takes a Start or a Stop."""

    OBEYS = "obeys"
    IGNORES = "ignores Stop"
    DELAYS = "stops six seconds late"
    TOGGLES = "takes a Stop for a Start while it stands, and a Start for a Stop while it runs"
    SLOWS = "only slows when it is told to stop"
    REFUSES = "refuses Start"
    DEAF = "answers nothing and does nothing"
    BUSY = "takes no Stop in the second of a Start"
    FAILS = "takes no Stop at all"


@dataclass(frozen=True, slots=True)
class Machine:
    """A belt and what it is about; speeds in km/h, waits in whole seconds."""

    mode: Mode = Mode.OBEYS
    kmh: float = 0.0
    goal_kmh: float = 0.0
    start_in_s: int = 0  # 0: no Start is under way
    stop_in_s: int = 0
    mute: bool = False  # it reports nothing
    unheard: bool = False  # it was started at its console while nobody could hear it
    quiet: bool = False  # nor does it ever while it stands
    echoes: bool = False  # what it reports is its target
    part: float = 1.0  # of what it is asked it runs so much: belts are some percent too fast or too slow

    @property
    def reports_kmh(self) -> float | None:
        """What it says of its speed; None: nothing."""
        if self.mute or (self.quiet and self.kmh == 0):
            return None
        return self.goal_kmh if self.echoes else self.kmh


def told(machine: Machine, value: bytes) -> tuple[Machine, int]:
    """What a write does to a machine, and the result code of its answer; FAILED: its write comes back with an error."""
    kmh = asked_kmh(value)
    match machine.mode:
        case Mode.REFUSES if value == START:
            return machine, 4
        case Mode.FAILS if value == STOP:
            return machine, FAILED
        case Mode.BUSY if value == STOP and machine.start_in_s == START_S:
            return machine, FAILED
        case Mode.TOGGLES if (value == START) == (machine.kmh > 0) and value in {START, STOP}:
            return (halted(machine) if value == START else replace(machine, start_in_s=1)), 1
        case Mode.IGNORES if value in {STOP, PAUSE}:
            return machine, 1
        case Mode.SLOWS if value == STOP:
            return replace(machine, goal_kmh=min(machine.goal_kmh, LOW_KMH)), 1
        case Mode.DELAYS if value == STOP:
            return replace(machine, stop_in_s=machine.stop_in_s or DELAY_S), 1
    if value == START and machine.kmh == 0:
        return replace(machine, start_in_s=machine.start_in_s or START_S), 1
    if value in {STOP, PAUSE}:
        return halted(machine), 1
    if kmh is not None and machine.goal_kmh > 0:
        return replace(machine, goal_kmh=round(kmh * machine.part, 2)), 1
    return machine, 1


def halted(machine: Machine) -> Machine:
    """A belt on its way to a standstill."""
    return replace(machine, goal_kmh=0.0, start_in_s=0, stop_in_s=0)


def moved(machine: Machine) -> Machine:
    """The same machine a second later."""
    if machine.stop_in_s == 1:
        machine = halted(machine)
    elif machine.stop_in_s:
        machine = replace(machine, stop_in_s=machine.stop_in_s - 1)
    if machine.start_in_s == 1:
        low_kmh = round(LOW_KMH * machine.part, 2)
        return replace(machine, start_in_s=0, kmh=low_kmh, goal_kmh=low_kmh)
    if machine.start_in_s:
        return replace(machine, start_in_s=machine.start_in_s - 1)
    change = max(-ACCEL_KMH, min(ACCEL_KMH, machine.goal_kmh - machine.kmh))
    return machine if change == 0 else replace(machine, kmh=round(machine.kmh + change, 3))
