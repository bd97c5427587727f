"""Efficiency and decoupling of a long steady stretch facing the console; on intervals they would say nothing.

Both are conventions of endurance coaches, not physiology (backward-running.md 6): efficiency is metres a minute over
beats a minute, so metres for each beat; decoupling is how much of it the second half lost against the first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from coach.core.workout import Facing
from coach.history.track import Sample

LEAST_S: Final = 1200.0  # of a stretch
STEADY_KMH: Final = 0.5  # between its slowest and its fastest second
STEADY_PCT: Final = 0.5  # of incline
SETTLED_S: Final = 180.0  # left out at its begin: 96 % of a heart's answer is there by then
WITH_HEART: Final = 0.9  # of its seconds at least
LONGEST_GAP_S: Final = 2.0  # between two seconds of one stretch
SMALL_PCT: Final = 5.0  # less decoupling is held to be little …
LARGE_PCT: Final = 10.0  # … and more to be much


@dataclass(frozen=True, slots=True)
class Steady:
    """A steady stretch; its halves are those of what lies behind its first three minutes."""

    from_s: float
    to_s: float
    speed_kmh: float  # mean
    mean_bpm: float
    m_per_beat: float  # efficiency
    decoupling_pct: float  # below 0: the second half was the better one


def steady_of(seconds: Iterable[Sample]) -> Steady | None:
    """The longest steady stretch of a session facing the console; None where none is 20 minutes long.

    `seconds` are those of a track, in order.
    """
    longest: Sequence[Sample] = ()
    for stretch in _stretches(seconds):
        best = _widest(stretch)
        if not longest or best[-1].at_s - best[0].at_s > longest[-1].at_s - longest[0].at_s:
            longest = best
    if not longest or longest[-1].at_s - longest[0].at_s + 1 < LEAST_S:
        return None
    return _steady(longest)


def _steady(stretch: Sequence[Sample]) -> Steady | None:
    settled = [one for one in stretch if one.at_s >= stretch[0].at_s + SETTLED_S]
    middle_s = (settled[0].at_s + settled[-1].at_s) / 2
    halves = [one for one in settled if one.at_s <= middle_s], [one for one in settled if one.at_s > middle_s]
    figures = [_efficiency(half) for half in halves]
    whole = _efficiency(settled)
    if whole is None or figures[0] is None or figures[1] is None:
        return None
    beating = [one.bpm for one in settled if one.bpm is not None]
    return Steady(
        stretch[0].at_s,
        stretch[-1].at_s,
        round(sum(map(_kmh, settled)) / len(settled), 2),
        round(sum(beating) / len(beating), 1),
        round(whole, 3),
        round((figures[0] - figures[1]) / figures[0] * 100, 1) + 0.0,
    )


def _efficiency(seconds: Sequence[Sample]) -> float | None:
    """Metres for each beat, over the seconds that have a heart rate; None where too few have one."""
    beating = [(_kmh(one) * 1000 / 60, one.bpm) for one in seconds if one.bpm]
    if not beating or len(beating) < WITH_HEART * len(seconds):
        return None
    return sum(metres for metres, _ in beating) / sum(bpm for _, bpm in beating)


def _kmh(one: Sample) -> float:
    return one.speed_kmh or 0.0


def _stretches(seconds: Iterable[Sample]) -> Iterator[list[Sample]]:
    """Samples without a gap, facing the console on a moving belt."""
    stretch: list[Sample] = []
    for one in seconds:
        runs = one.facing is Facing.FORWARD and one.moving and one.speed_kmh is not None
        if stretch and (not runs or one.at_s - stretch[-1].at_s > LONGEST_GAP_S):
            yield stretch
            stretch = []
        if runs:
            stretch.append(one)
    if stretch:
        yield stretch


def _widest(stretch: Sequence[Sample]) -> Sequence[Sample]:
    """Of a stretch the longest part in which speed and incline stay what they are."""
    speeds, inclines = _Spread(STEADY_KMH), _Spread(STEADY_PCT)
    first, best = 0, (0, 0)
    for last, one in enumerate(stretch):
        first = max(first, speeds.take(last, _kmh(one)), inclines.take(last, one.incline_pct or 0.0))
        if last - first > best[1] - best[0]:
            best = first, last
    return stretch[best[0] : best[1] + 1]


class _Spread:
    """Where a window may begin so that its numbers differ by no more than they may; it ends at the last one taken."""

    def __init__(self, most: float) -> None:
        self._most = most
        self._first = 0
        self._low = deque[tuple[int, float]]()  # rising: the lowest of the window stands first
        self._high = deque[tuple[int, float]]()  # falling

    def take(self, index: int, value: float) -> int:
        """Take the next number and return the first index of the window."""
        while self._low and self._low[-1][1] >= value:
            self._low.pop()
        while self._high and self._high[-1][1] <= value:
            self._high.pop()
        self._low.append((index, value))
        self._high.append((index, value))
        while self._high[0][1] - self._low[0][1] > self._most + 1e-6:
            self._first += 1
            for line in (self._low, self._high):
                while line[0][0] < self._first:
                    line.popleft()
        return self._first
