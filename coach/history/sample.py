"""What held at each whole second of a session, and where the clocks stood: pauses, and sleep of the computer."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

from coach.core.workout import Facing
from coach.history.traced import Direction, Traced


@dataclass(frozen=True, slots=True)
class Sample:
    """What held at a whole second of the session clock."""

    at_s: float
    distance_m: float  # since the belt's first motion, between two reports on a straight line; to a centimetre
    climb_m: float  # height since then, from incline and distance
    speed_kmh: float | None  # as reported; None while the link is lost
    incline_pct: float | None
    bpm: int | None
    facing: Facing
    direction: Direction
    moving: bool
    paused: bool  # the timer stands, here and until the next sample


@dataclass(frozen=True, slots=True)
class Pause:
    """The belt stood and coach waited for the runner; whole seconds of the session clock."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Sleep:
    """The computer slept at this instant, for so long; the session clock did not go on."""

    at_s: float
    gap_s: float


def wall_s(sleeps: Sequence[Sleep], at_s: float) -> float:
    """Seconds of the wall clock since second 0 at an instant of the session clock."""
    return at_s + sum(sleep.gap_s for sleep in sleeps if sleep.at_s <= at_s)


def sleeps_of(traced: Traced) -> Iterator[Sleep]:
    """Where the session clock stood, in whole seconds."""
    for at_s, gap_s in traced.sleeps:
        yield Sleep(float(ceil(at_s)), float(round(gap_s)))


def pauses_of(traced: Traced, start_s: float, end_s: float) -> Iterator[Pause]:
    """Where the timer of an activity between two whole seconds stands."""
    for from_s, to_s in traced.pauses:
        pause = Pause(snapped(from_s, start_s, end_s), snapped(to_s, start_s, end_s))
        if pause.start_s < pause.end_s:
            yield pause


def snapped(at_s: float, start_s: float, end_s: float) -> float:
    """The whole second that is nearest, within an activity: ends of laps and pauses are put there, to add up."""
    return float(floor(min(max(at_s, start_s), end_s) + 0.5))


def samples_of(traced: Traced, start_s: float, pauses: Sequence[Pause]) -> Iterator[Sample]:
    """All seconds of a session whose activity begins at a whole one."""
    away = {at_s for pause in pauses for at_s in range(int(pause.start_s), int(pause.end_s))}
    odometer = _Odometer(traced.reports)
    base_m = odometer.at(start_s)
    before_m = climb_m = 0.0
    for at_s, second in enumerate(traced.seconds):
        distance_m = round(max(odometer.at(at_s) - base_m, 0.0), 2)
        climb_m += (distance_m - before_m) * (second.incline_pct or 0.0) / 100
        before_m = distance_m
        yield Sample(
            float(at_s),
            distance_m,
            climb_m,
            second.speed_kmh,
            second.incline_pct,
            second.bpm,
            second.facing,
            second.direction,
            second.moving,
            at_s in away,
        )


class _Odometer:
    """The odometer between reports."""

    def __init__(self, reports: Sequence[tuple[float, float]]) -> None:
        self._at_s = [at_s for at_s, _ in reports]
        self._m = [metres for _, metres in reports]

    def at(self, at_s: float) -> float:
        """Metres at an instant: on a straight line between two reports, as at the last one after it."""
        after = bisect_left(self._at_s, at_s)
        if after == len(self._m):
            return self._m[-1] if self._m else 0.0
        if after == 0:
            return self._m[0]
        from_s, to_s = self._at_s[after - 1], self._at_s[after]
        share = (at_s - from_s) / (to_s - from_s)
        return self._m[after - 1] + (self._m[after] - self._m[after - 1]) * share
