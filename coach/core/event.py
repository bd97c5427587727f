"""All that can happen, each with its instant; `at_s` is monotonic and never from the wall clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import TypeAlias


class Key(StrEnum):
    """What a press means (safety.md 4); the cockpit translates keyboards, presenters and words."""

    STOP = "stop"  # Space, Esc
    YES = "yes"  # Enter, PageDown, the presenter's button
    DIGIT = "digit"  # 1 to 4, the number on the screen
    PAUSE = "pause"
    NEXT = "next"
    LAP = "lap"
    RAILS = "rails"  # g: the rails were held in the last backward block, or they were not
    FASTER = "faster"  # 0.1 km/h
    SLOWER = "slower"
    MUCH_FASTER = "much-faster"  # 0.5 km/h
    MUCH_SLOWER = "much-slower"
    STEEPER = "steeper"
    FLATTER = "flatter"
    UNTRIM = "untrim"  # 0
    BLOCK = "block"  # b: insert a backward block in a free session
    HELP = "help"
    QUIT = "quit"
    OTHER = "other"  # any other key: in a turn it stops (safety.md 6)


class Verb(StrEnum):
    """All that anybody on the network may ask for; each only slows down or speaks, and there are no others."""

    STOP = "stop"
    PAUSE = "pause"
    SLOWER = "slower"
    INCLINE_DOWN = "incline-down"
    SAY = "say"


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed and nothing else happened."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A notification, an indication or a value that was read; `uuid` is the 16-bit characteristic."""

    at_s: float
    uuid: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Returned:
    """A write to the control point came back: accepted by the machine's radio, or an error."""

    at_s: float
    ok: bool


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key; `serial` is that of the question that was on the screen, `steady_s` how long the heartbeats held."""

    at_s: float
    key: Key
    digit: str = ""
    serial: int | None = None
    steady_s: float = inf


@dataclass(frozen=True, slots=True)
class Remote:
    """A command from the network; `text` is what to say, `ticket` the number of its answer."""

    at_s: float
    verb: Verb
    text: str = ""
    ticket: int = 0


@dataclass(frozen=True, slots=True)
class LinkLost:
    """The treadmill is out of reach."""

    at_s: float


@dataclass(frozen=True, slots=True)
class LinkFound:
    """The treadmill is connected and subscribed."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SoundLost:
    """The runner cannot be spoken to."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SoundFound:
    """The runner can be spoken to again."""

    at_s: float


@dataclass(frozen=True, slots=True)
class FocusLost:
    """Presses may go to another window."""

    at_s: float


@dataclass(frozen=True, slots=True)
class FocusFound:
    """Presses reach us again."""

    at_s: float


@dataclass(frozen=True, slots=True)
class GuardLost:
    """Nobody would stop the belt of a keeper that dies: the guard is not there, or was not started yet."""

    at_s: float


@dataclass(frozen=True, slots=True)
class GuardFound:
    """The guard stands by again."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Slept:
    """The computer slept for so long; the link counts as lost."""

    at_s: float
    gap_s: float


@dataclass(frozen=True, slots=True)
class CockpitSilent:
    """The cockpit has not drawn for so long, or has ended for good (safety.md 8)."""

    at_s: float
    ended: bool


Event: TypeAlias = (
    Tick
    | Heard
    | Returned
    | Pressed
    | Remote
    | LinkLost
    | LinkFound
    | SoundLost
    | SoundFound
    | FocusLost
    | FocusFound
    | GuardLost
    | GuardFound
    | Slept
    | CockpitSilent
)
