"""What can go wrong on a belt and what is done about it: one table, the events of safety.md 8 in its order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final


class Action(IntEnum):
    """What a trip does to the belt, mildest first; the worst wins."""

    NOTE = 0  # said, nothing else
    HOLD = 1  # no increases
    END_BLOCK = 2  # the backward block ends through SLOW
    PAUSE = 3  # the machine stops by itself; nothing but a Stop is written
    GUIDED = 4  # guided stop
    STOP = 5  # Stop in this fold step
    ALARM = 6  # Stop, and alarm words every 3 s until the belt stands


class Off(StrEnum):
    """When a trip ends backward running for the day."""

    NEVER = "never"
    REAR = "rear"  # where it came while the runner may have faced the rear
    ALWAYS = "always"


class Trip(StrEnum):
    """Causes, one for each row of the event table and of the laws that stop a belt."""

    QUIET = "quiet"
    STALE = "stale"
    LINK_LOST = "link-lost"
    HEART_HIGH = "heart-high"
    HEART_STAYS_HIGH = "heart-stays-high"
    HEART_DANGER = "heart-danger"
    HEART_MISSING = "heart-missing"
    STRAP_MISSING = "strap-missing"  # and the treadmill counts in its place
    STRAP_REQUIRED = "strap-required"
    CONSOLE = "console"
    CONSOLE_FASTER = "console-faster"
    CONSOLE_AGAIN = "console-again"
    OVER_CAP = "over-cap"
    CONSOLE_INCLINE = "console-incline"
    INCLINE_STUCK = "incline-stuck"
    CONSOLE_STOP = "console-stop"
    KEY = "key"
    BELT_MOVES = "belt-moves"
    CONTROL_LOST = "control-lost"
    NOT_FOLLOWED = "not-followed"
    STOP_IGNORED = "stop-ignored"
    RISING = "rising"
    SOUND_LOST = "sound-lost"
    UNGUARDED = "unguarded"
    FOCUS_AWAY = "focus-away"
    FOCUS_LOST = "focus-lost"
    COCKPIT_SILENT = "cockpit-silent"
    COCKPIT_LOST = "cockpit-lost"
    BELOW_MINIMUM = "below-minimum"
    DOSE = "dose"


@dataclass(frozen=True, slots=True)
class Course:
    """What a trip does and says facing FORWARD, and facing BACKWARD or UNKNOWN."""

    forward: Action
    rear: Action
    say_forward: str
    say_rear: str
    backward_off: Off = Off.NEVER
    repeats: bool = False  # the words come again every 3 s while it lasts
    counts: bool = True  # told as a trip; the others are only said
    alarms: bool = False  # facing FORWARD too, though nothing is written


_RAILS: Final = "Rails. Step off. Pull the clip."

COURSES: Final[Mapping[Trip, Course]] = MappingProxyType(
    {
        Trip.QUIET: Course(Action.HOLD, Action.HOLD, "", "Treadmill quiet. Hold the rails.", counts=False),
        Trip.STALE: Course(Action.STOP, Action.STOP, "No answer from the treadmill.", "Rails. Step to the side."),
        Trip.LINK_LOST: Course(
            Action.HOLD,
            Action.GUIDED,
            "Connection lost. The belt may run on.",
            "Connection lost. " + _RAILS,
            repeats=True,
            alarms=True,
        ),
        Trip.HEART_HIGH: Course(Action.NOTE, Action.HOLD, "Heart rate is high.", "Easing off."),
        Trip.HEART_STAYS_HIGH: Course(Action.NOTE, Action.END_BLOCK, "", "Heart stays high. Ending this block."),
        Trip.HEART_DANGER: Course(
            Action.NOTE, Action.GUIDED, "Heart rate is very high.", "Heart too high. Stopping.", backward_off=Off.REAR
        ),
        Trip.HEART_MISSING: Course(Action.NOTE, Action.NOTE, "No heart rate.", "No heart rate. Slower."),
        Trip.STRAP_MISSING: Course(
            Action.NOTE, Action.NOTE, "No strap. Heart rate from the treadmill.", "No strap. Slower."
        ),
        Trip.STRAP_REQUIRED: Course(Action.NOTE, Action.END_BLOCK, "", "No heart rate. Ending this block."),
        Trip.CONSOLE: Course(Action.NOTE, Action.NOTE, "Console speed taken.", "Slower at the console. Taken."),
        Trip.CONSOLE_FASTER: Course(Action.NOTE, Action.HOLD, "", "Console faster. Slowing again."),
        Trip.CONSOLE_AGAIN: Course(Action.NOTE, Action.GUIDED, "", "Console faster again. Stopping."),
        Trip.OVER_CAP: Course(Action.NOTE, Action.STOP, "", "Too fast. Hold the rails."),
        Trip.CONSOLE_INCLINE: Course(Action.NOTE, Action.NOTE, "", "Incline changed. Setting it again."),
        Trip.INCLINE_STUCK: Course(Action.NOTE, Action.END_BLOCK, "", "Incline changed. Ending this block."),
        Trip.CONSOLE_STOP: Course(Action.PAUSE, Action.PAUSE, "Stopped at the console.", "Stopped. Are you all right?"),
        Trip.KEY: Course(
            Action.STOP,
            Action.STOP,
            "Stopped. Are you all right?",
            "Stopped. Are you all right?",
            backward_off=Off.REAR,
        ),
        Trip.BELT_MOVES: Course(
            Action.ALARM,
            Action.ALARM,
            "Belt moving. Rails. Step off.",
            "Belt moving. Rails. Step off.",
            backward_off=Off.ALWAYS,
            repeats=True,
        ),
        Trip.CONTROL_LOST: Course(Action.NOTE, Action.ALARM, "The console has control now.", _RAILS, repeats=True),
        Trip.NOT_FOLLOWED: Course(Action.HOLD, Action.HOLD, "The treadmill does not follow.", "Hold the rails."),
        Trip.STOP_IGNORED: Course(Action.ALARM, Action.ALARM, _RAILS, _RAILS, backward_off=Off.ALWAYS, repeats=True),
        Trip.RISING: Course(
            Action.STOP,
            Action.STOP,
            "Faster when told slower. Stopping.",
            "Wrong way. Hold the rails.",
            backward_off=Off.ALWAYS,
        ),
        Trip.SOUND_LOST: Course(Action.NOTE, Action.END_BLOCK, "No sound. No turn until it is back.", "Sound lost."),
        Trip.UNGUARDED: Course(
            Action.HOLD, Action.HOLD, "No guard. No faster until it is back.", "No guard. No faster."
        ),
        Trip.FOCUS_AWAY: Course(
            Action.NOTE, Action.HOLD, "Presses go elsewhere. No turn now.", "Press lost. Rails.", counts=False
        ),
        Trip.FOCUS_LOST: Course(Action.NOTE, Action.GUIDED, "", "Press lost. Stopping."),
        Trip.COCKPIT_SILENT: Course(Action.GUIDED, Action.GUIDED, "Screen lost. Stopping.", "Screen lost. Stopping."),
        Trip.COCKPIT_LOST: Course(Action.GUIDED, Action.GUIDED, "Screen closed. Stopping.", "Screen closed. Stopping."),
        Trip.BELOW_MINIMUM: Course(Action.NOTE, Action.END_BLOCK, "", "Belt cannot go slow enough."),
        Trip.DOSE: Course(Action.NOTE, Action.END_BLOCK, "", "Enough for today.", counts=False),
    }
)

ORDER: Final = tuple(Trip)


def action(trip: Trip, *, rear: bool) -> Action:
    """What a trip does, by facing."""
    return COURSES[trip].rear if rear else COURSES[trip].forward


def alarms(trip: Trip, *, rear: bool) -> bool:
    """It is said with the tone of danger."""
    return action(trip, rear=rear) >= Action.GUIDED or COURSES[trip].alarms


def words(trip: Trip, *, rear: bool, turns: bool) -> str:
    """What is said of a trip, by facing; of turns nothing where the session has none."""
    if rear:
        return COURSES[trip].say_rear
    text = COURSES[trip].say_forward
    return text if turns else text.partition(" No turn")[0]
