"""Lines that the screens of a session that is over share: its turns, and how a step was planned. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from coach.result import Turn
from coach.seen.units import Units, clock, distance, speed
from coach.tui.widgets.pane import Line

_FACES: Final = {"backward": "the rear", "forward": "the console"}


class Planned(Protocol):
    """What a step was planned as: a time, a distance or an open end, at one speed or between two; a rest has none."""

    @property
    def planned_s(self) -> float | None:
        """Where it is a time."""

    @property
    def planned_m(self) -> float | None:
        """Where it is a distance."""

    @property
    def target_kmh(self) -> float | None:
        """Its speed, or that of its beginning."""

    @property
    def target_end_kmh(self) -> float | None:
        """The speed of its end."""


def turn_lines(turns: Sequence[Turn]) -> Iterator[Line]:
    """A line for each turn, with the time that it took."""
    for turn in turns:
        took = f"took {clock(turn.took_s)}" if turn.took_s is not None else "was given up"
        sure = f", confirmed after {turn.confirm_s:.0f} s" if turn.confirm_s is not None else ""
        yield ((f"{clock(turn.at_s):>7}  ↻ to face {_FACES[turn.to]}: {took}{sure}", "text"),)


def planned(step: Planned, units: Units) -> str:
    """How long and how fast it was meant to be."""
    long = "open end"
    if step.planned_m is not None:
        long = distance(step.planned_m, units)
    elif step.planned_s is not None:
        long = clock(step.planned_s)
    if step.target_kmh is None:
        return long
    to = step.target_end_kmh
    end = f"→{speed(to, units)}" if to is not None and to != step.target_kmh else ""
    return f"{long} @ {speed(step.target_kmh, units)}{end}"
