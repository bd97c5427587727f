"""The backward trend: what the heart does at the same speed, week by week.

Only like is compared with like: the same block of the session, the same window of its clock, speed within 0.1 km/h and
incline within 0.5 %, hands held apart from hands free (backward-running.md 6). Pure; what another strap or a medicine
does to a heart it cannot know.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite
from statistics import median
from typing import Final

from coach.history.account import Window

ALIKE_KMH: Final = 0.1  # to both sides, on the limit included
ALIKE_PCT: Final = 0.5  # the usual step of an incline
LEAST_WEEKS: Final = 2  # of a trend
NOISE_BPM: Final = 5  # a heart at the same work differs by 5 ± 2 from day to day at best (Lamberts 2004)
NEAREST_WEEKS: Final = 3  # before the week of a session: the one that it is compared with, or the nearest to it
_TINY: Final = 1e-6  # figures come rounded to hundredths
_AGO: Final = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}  # no other week is compared with


@dataclass(frozen=True, slots=True)
class Seen:
    """A window with the session that it is of; `rails`: the hands held the rails in it."""

    session: str
    at: datetime  # begin of the session, in the runner's own time
    window: Window
    rails: bool

    @property
    def monday(self) -> date:
        """The week that it counts for."""
        on = self.at.date()
        return on - timedelta(days=on.weekday())

    @property
    def beats_per_m(self) -> float:
        """Heart beats for each metre of belt."""
        return self.window.bpm / (self.window.speed_kmh * 1000 / 60)


@dataclass(frozen=True, slots=True)
class Week:
    """A week of a trend."""

    monday: date
    bpm: float  # median of its windows
    speed_kmh: float  # median
    count: int  # of windows
    beats_per_m: float  # median


@dataclass(frozen=True, slots=True)
class Trend:
    """Windows that can be compared, by week, oldest first; two weeks at least."""

    block: int  # of the session, counted from 1
    to_s: float  # where the windows end on the clock of the block
    speed_kmh: float  # the commonest of them, to a tenth
    incline_pct: float
    rails: bool
    weeks: tuple[Week, ...]

    @property
    def change_bpm(self) -> float:
        """From the first week to the last."""
        return self.weeks[-1].bpm - self.weeks[0].bpm

    def takes(self, one: Seen) -> bool:
        """A window is alike to those in it."""
        same = (one.window.block, one.window.to_s, one.rails) == (self.block, self.to_s, self.rails)
        return same and _near(one, self.speed_kmh, self.incline_pct)


def trends(seen: Iterable[Seen]) -> tuple[Trend, ...]:
    """What can be compared over weeks: by block, then speed, then incline, free before held.

    Speeds do not chain: the commonest speed and incline takes all that is alike to it, then the commonest of the rest.
    """
    same = defaultdict[tuple[int, float, bool], list[Seen]](list)
    for one in filter(_sound, seen):
        same[one.window.block, one.window.to_s, one.rails].append(one)
    found = [
        Trend(block, to_s, kmh, pct, rails, weeks)
        for (block, to_s, rails), those in same.items()
        for (kmh, pct), alike in _alike(those)
        if len(weeks := _weeks(alike)) >= LEAST_WEEKS
    ]
    return tuple(sorted(found, key=lambda one: (one.block, one.to_s, one.speed_kmh, one.incline_pct, one.rails)))


def sentence(seen: Iterable[Seen], session: str, speed: Callable[[float], str] = lambda kmh: f"{kmh:.1f} km/h") -> str:
    """How the heart was in a session and weeks before, in one sentence; nothing where nothing is comparable.

    It is compared with the week nearest to three weeks before, of those two to six before it. Of several blocks those
    at one speed count, each against the same block of that week, and the medians of both are told.
    """
    all_ = list(filter(_sound, seen))
    mine = [one for one in all_ if one.session == session]
    if not mine:
        return ""
    for ago in sorted(_AGO, key=lambda weeks: (abs(weeks - NEAREST_WEEKS), weeks)):
        monday = mine[0].monday - timedelta(weeks=ago)
        week = [one for one in all_ if one.monday == monday and one.session != session]
        pairs = [(one, those) for one in mine if (those := [other for other in week if _comparable(one, other)])]
        if pairs:
            return _told(pairs, ago, speed)
    return ""


def _told(pairs: Sequence[tuple[Seen, list[Seen]]], ago: int, speed: Callable[[float], str]) -> str:
    """The sentence on the pairs at that speed of which there is most to compare."""
    chief = max(pairs, key=lambda pair: (len(pair[1]), -pair[0].window.block))[0]
    pairs = [pair for pair in pairs if _same_work(pair[0], chief)]
    now = round(median(one.window.bpm for one, _ in pairs))
    then = round(median(median(other.window.bpm for other in those) for _, those in pairs))
    pct = chief.window.incline_pct
    work = speed(chief.window.speed_kmh) + (f", incline {pct:.1f} %" if pct > ALIKE_PCT / 2 else "")
    hands = ", hands on the rails" if chief.rails else ""
    was = f"was {then} {_AGO[ago]} weeks ago"
    if abs(now - then) < NOISE_BPM:
        was = f"about the same as {_AGO[ago]} weeks ago"
    return f"Facing the rear at {work}{hands}: heart {now}, {was}."


def _sound(one: Seen) -> bool:
    """It has numbers that mean something; journals are files, and files are written by anybody."""
    window = one.window
    numbers = (window.speed_kmh, window.incline_pct, window.bpm, window.to_s)
    return all(map(isfinite, numbers)) and window.speed_kmh > 0 and window.bpm > 0


def _comparable(one: Seen, other: Seen) -> bool:
    return (one.window.block, one.window.to_s) == (other.window.block, other.window.to_s) and _same_work(one, other)


def _same_work(one: Seen, other: Seen) -> bool:
    return one.rails == other.rails and _near(one, other.window.speed_kmh, other.window.incline_pct)


def _near(one: Seen, kmh: float, pct: float) -> bool:
    window = one.window
    return abs(window.speed_kmh - kmh) <= ALIKE_KMH + _TINY and abs(window.incline_pct - pct) <= ALIKE_PCT + _TINY


def _alike(seen: Sequence[Seen]) -> Iterator[tuple[tuple[float, float], list[Seen]]]:
    """Windows around the commonest speed and incline, then around the commonest of the rest; the slower of equals."""
    left = list(seen)
    while left:
        common = Counter((round(one.window.speed_kmh, 1), round(one.window.incline_pct, 1) + 0.0) for one in left)
        kmh, pct = min(common, key=lambda work: (-common[work], work))
        yield (kmh, pct), [one for one in left if _near(one, kmh, pct)]
        left = [one for one in left if not _near(one, kmh, pct)]


def _weeks(seen: Sequence[Seen]) -> tuple[Week, ...]:
    by_week = defaultdict[date, list[Seen]](list)
    for one in seen:
        by_week[one.monday].append(one)
    return tuple(_week(monday, by_week[monday]) for monday in sorted(by_week))


def _week(monday: date, seen: Sequence[Seen]) -> Week:
    return Week(
        monday,
        median(one.window.bpm for one in seen),
        median(one.window.speed_kmh for one in seen),
        len(seen),
        median(one.beats_per_m for one in seen),
    )
