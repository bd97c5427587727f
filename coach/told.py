"""A session in words that every place shares: what was achieved, what happened, why it ended.

For the full screen, plain lines, pages and exports; each brings its own way to write a distance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Protocol

from coach.core.trip import Trip

TRIPS: Final[Mapping[Trip, str]] = MappingProxyType(
    {
        Trip.QUIET: "the treadmill was quiet",
        Trip.STALE: "the treadmill gave no answer",
        Trip.LINK_LOST: "the connection was lost",
        Trip.HEART_HIGH: "the heart rate was above its ceiling",
        Trip.HEART_STAYS_HIGH: "the heart rate stayed above its ceiling",
        Trip.HEART_DANGER: "the heart rate was very high",
        Trip.HEART_MISSING: "there was no heart rate",
        Trip.STRAP_MISSING: "the strap was silent, and the treadmill measured the heart",
        Trip.STRAP_REQUIRED: "the strap that rehab needs was silent",
        Trip.CONSOLE: "the speed was changed at the console",
        Trip.CONSOLE_FASTER: "the console made the belt faster",
        Trip.CONSOLE_AGAIN: "the console made the belt faster again",
        Trip.OVER_CAP: "the belt was faster than allowed",
        Trip.CONSOLE_INCLINE: "the incline was changed at the console",
        Trip.INCLINE_STUCK: "the incline did not go back",
        Trip.CONSOLE_STOP: "somebody pressed stop at the console",
        Trip.KEY: "the safety key was pulled",
        Trip.BELT_MOVES: "the belt moved by itself",
        Trip.CONTROL_LOST: "the console took control",
        Trip.NOT_FOLLOWED: "the treadmill did not follow",
        Trip.STOP_IGNORED: "the treadmill ignored a stop",
        Trip.RISING: "the belt got faster when told to slow down",
        Trip.SOUND_LOST: "the cues did not get through",
        Trip.UNGUARDED: "no guard watched",
        Trip.FOCUS_AWAY: "presses went to another window",
        Trip.FOCUS_LOST: "presses went to another window for too long",
        Trip.COCKPIT_SILENT: "the screen was silent",
        Trip.COCKPIT_LOST: "the screen was closed",
        Trip.BELOW_MINIMUM: "the belt could not go slow enough",
        Trip.DOSE: "it was enough backward for today",
    }
)

_NAMES: Final = frozenset(trip.value for trip in Trip)

ENDED_BY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "extent": "done",
        "until": "by heart",
        "skip": "skipped",
        "stop": "stopped",
        "trip": "cut short",
        "skipped": "not begun",
    }
)


class Timed(Protocol):
    """Something that took a while."""

    @property
    def time_s(self) -> float:
        """How long."""


class Turned(Protocol):
    """A turn."""

    @property
    def took_s(self) -> float | None:
        """None: it was given up."""


class Ran(Protocol):
    """A row of the plan."""

    @property
    def ended_by(self) -> str | None:
        """A key of ENDED_BY; none while it is under way."""


class Did(Protocol):
    """What a session came to, whoever tells it."""

    @property
    def forward(self) -> Timed:
        """Facing the console."""

    @property
    def backward(self) -> Timed:
        """Facing the rear."""

    @property
    def distance_m(self) -> float:
        """Of the belt."""

    @property
    def turns(self) -> Sequence[Turned]:
        """Those that were begun."""

    @property
    def segments(self) -> Sequence[Ran]:
        """Every row of the plan."""

    @property
    def ended(self) -> str:
        """Finished, stopped or tripped."""

    @property
    def reason(self) -> str:
        """Why."""


RETOLD: Final = "The rules of today would have run this session differently in part: its laps may not be what was run."
_WHOLE: Final = frozenset({"extent", "until"})


def trip_words(name: str) -> str:
    """A trip by its name."""
    return TRIPS[Trip(name)] if name in _NAMES else name


def reason_words(reason: str) -> str:
    """Why the belt stands; where that is the bare name of a trip, its words."""
    return trip_words(reason.replace(" ", "-")) if reason.replace(" ", "-") in _NAMES else reason


def minutes(seconds: float) -> str:
    """A length of time in a sentence."""
    whole, rest = divmod(round(seconds), 60)
    if not whole:
        return f"{rest} second{'s' * (rest != 1)}"
    told = f"{whole}:{rest:02}" if rest else f"{whole}"
    return f"{told} minute{'s' * (told != '1')}"


def achieved(did: Did, workout: str, distance: Callable[[float], str], *, started: bool) -> str:
    """One sentence of what was done: warm where it was much, and never more than is true.

    A free session has no workout to be named; `started`: the belt was.
    """
    if not started:
        return "Nothing was run today. The plan waits for you."
    ran_s = did.forward.time_s + did.backward.time_s
    what = f"{minutes(ran_s)} and {distance(did.distance_m)}"
    if did.backward.time_s >= 1:
        count = sum(turn.took_s is not None for turn in did.turns)
        turns = f" and {count} clean turn{'s' * (count != 1)}" if count else ""
        what += f", {minutes(did.backward.time_s)} of it facing the rear{turns}"
    if did.ended == "finished":
        return f"Well done, all of {workout}: {what}." if workout and _whole(did) else f"Well done: {what}."
    if ran_s < 1:
        return "No step was begun. Another time."
    return f"Every minute counts: {what}."


def ending(did: Did) -> str:
    """How a session ended and why."""
    why = reason_words(did.reason) if did.reason not in {"", did.ended} else ""
    match did.ended:
        case "finished":
            return "Finished as planned." if _whole(did) else "Finished."
        case "tripped":
            return f"Ended for safety: {why}." if why else "Ended for safety."
        case _:
            return f"Stopped before the end: {why}." if why else "Stopped before the end."


def _whole(did: Did) -> bool:
    """Nothing was skipped, cut short or left out."""
    return all(row.ended_by in _WHOLE for row in did.segments)
