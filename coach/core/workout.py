"""A workout as the runner does it: segments in order, repeats unrolled, numbers in km/h, percent, s and m."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Final

KMH_PER_MPH: Final = 1.609344  # international mile


class Facing(StrEnum):
    """Which way the runner looks; FTMS knows none of it, it is what the runner says (safety.md 1)."""

    FORWARD = "forward"  # faces the console
    BACKWARD = "backward"  # faces the rear
    UNKNOWN = "unknown"  # after a stop, until the runner says so

    @property
    def rear(self) -> bool:
        """The runner may not see the console: BACKWARD or UNKNOWN."""
        return self is not _FORWARD


_FORWARD: Final = Facing.FORWARD  # a member is slow to reach in Python 3.11, and this is asked all the time


class Level(StrEnum):
    """Names of the rows of backward caps, slowest first; the rows themselves are in safety.py."""

    REHAB = "rehab"
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Head(StrEnum):
    """What a segment is called in a workout; BRIDGE is inserted by the plan, never written."""

    FORWARD = "forward"
    BACKWARD = "backward"
    WARM_UP = "warm-up"
    COOL_DOWN = "cool-down"
    REST = "rest"
    BRIDGE = "bridge"


class ExtentUnit(StrEnum):
    """What ends a segment."""

    TIME = "time"  # amount in s of the segment clock
    DISTANCE = "distance"  # amount in m of the segment
    TO_MARK = "to"  # amount in m since the last mark, turns and bridges included
    OPEN = "open"  # until the runner says so


@dataclass(frozen=True, slots=True)
class Extent:
    """How long a segment is."""

    unit: ExtentUnit
    amount: float = inf  # s or m


@dataclass(frozen=True, slots=True)
class Target:
    """What the belt should do; with an end it is a ramp from the first value to the second over the extent."""

    speed_kmh: float
    end_kmh: float | None = None
    incline_pct: float = 0.0
    end_incline_pct: float | None = None


class HeartUnit(StrEnum):
    """What a heart-rate bound is measured in."""

    BPM = "bpm"
    MAX = "%max"  # percent of maximum heart rate
    RESERVE = "%hrr"  # percent of heart-rate reserve (Karvonen)
    THRESHOLD = "%lthr"  # percent of lactate threshold heart rate
    ZONE = "zone"  # 1 to 5, as percent of maximum (backward-running.md 3.6)


@dataclass(frozen=True, slots=True)
class HeartRange:
    """A band of heart rate; both ends inclusive, equal for one zone."""

    low: float
    high: float
    unit: HeartUnit = HeartUnit.BPM


@dataclass(frozen=True, slots=True)
class HeartHold:
    """The belt follows the heart within bounds of speed; forward only."""

    range: HeartRange
    low_kmh: float
    high_kmh: float


@dataclass(frozen=True, slots=True)
class Until:
    """Ends a segment early when the heart is below (or above) a bound, not before `at_least_s`."""

    below: bool
    bound: HeartRange  # low == high
    at_least_s: float = 0.0


class SayAt(StrEnum):
    """Where in a segment a cue of the author is due; all but START and HALF take an amount."""

    START = "start"
    HALF = "half"
    AT_S = "at_s"  # segment clock
    BEFORE_END_S = "before_end_s"
    AT_M = "at_m"  # segment distance
    BEFORE_END_M = "before_end_m"
    EVERY_S = "every_s"


@dataclass(frozen=True, slots=True)
class Say:
    """A cue of the author."""

    at: SayAt
    amount: float
    text: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a workout; a rest has no target and its clock runs from STILL."""

    head: Head
    facing: Facing  # a rest keeps that of the segment before it
    extent: Extent
    target: Target | None = None
    heart: HeartHold | None = None
    until: Until | None = None
    say: tuple[Say, ...] = ()
    line: int = 0  # in the source, counted from 1
    round: int | None = None  # of the innermost repeat, counted from 1
    mark: str | None = None  # distance for TO_MARK counts from the start of this segment


@dataclass(frozen=True, slots=True)
class Workout:
    """What an author wrote, ready to be planned."""

    name: str
    segments: tuple[Segment, ...]
    level: Level | None = None  # required by the language where a segment is backward
    description: str = ""
    purpose: str = ""
    source: str = ""
    author: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    heart_limit: HeartRange | None = None  # limits: may only lower
    backward_limit_kmh: float | None = None
    ask: tuple[tuple[str, tuple[str, ...]], ...] = ()  # ("before", ("pain",)) …

    @property
    def backward(self) -> bool:
        """Some segment faces the rear."""
        return any(segment.facing is Facing.BACKWARD for segment in self.segments)
