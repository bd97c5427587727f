"""A session as a signed profile: what was measured as bars, what was planned as a line, the heart as dots. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from coach.core.workout import Facing
from coach.result import SegmentResult
from coach.seen.units import Units
from coach.tui.past import Looked, Point
from coach.tui.shape import NO_SHAPE, Shape, Stretch
from coach.tui.widgets.profile import BUCKETS, Drawing

MOST_POINTS: Final = 480  # of a curve; no screen has many more columns
LAST_S: Final = 1.0  # how long the last point holds


def drawn(looked: Looked, units: Units, *, heart: bool = True) -> Drawing:
    """The whole of a session; in a low chart the dots of the heart would cover the bars."""
    by_heart = frozenset(row.index for row in looked.statistics.intervals if row.by_heart)
    return Drawing(
        measured(looked.points, looked.summary.max_bpm),
        units,
        trace=trace(looked.points) if heart else {},
        line=planned(row for row in looked.summary.segments if row.index not in by_heart),
    )


def thinned(points: Sequence[Point]) -> tuple[Point, ...]:
    """As many as a screen can show; of those that give way the first one stays, so that turns and heart do."""
    every = max(-(-len(points) // MOST_POINTS), 1)
    return tuple(points[::every])


def measured(points: Sequence[Point], max_bpm: float) -> Shape:
    """Bars of what the belt did, and a mark for a turn; where nobody had said which way he faced there is neither."""
    return Shape(tuple(_stretches(points)), max(max_bpm, 1.0)) if points else NO_SHAPE


def _stretches(points: Sequence[Point]) -> Iterator[Stretch]:
    ends = [*(point.at_s for point in points[1:]), points[-1].at_s + LAST_S]
    runs = [list(run) for _, run in groupby(zip(points, ends, strict=True), key=lambda one: one[0].facing)]
    for before, run, after in zip([None, *runs], runs, [*runs[1:], None], strict=False):
        facing = run[0][0].facing
        if facing is not Facing.UNKNOWN:
            yield from (Stretch(one.at_s, end_s, 0, facing, one.kmh, one.kmh) for one, end_s in run)
            continue
        turned = before is not None and after is not None and before[0][0].facing is not after[0][0].facing
        yield Stretch(run[0][0].at_s, run[-1][1], 0, Facing.FORWARD, turn=turned)


def planned(rows: Iterable[SegmentResult]) -> Shape:
    """The speeds of the steps that were begun, each where it really was; where the heart sets it there is none."""
    return Shape(
        tuple(
            Stretch(
                row.start_s,
                row.end_s if row.end_s is not None else row.start_s + row.time_s,
                row.index,
                Facing(row.facing),
                row.target_kmh,
                row.target_kmh if row.target_end_kmh is None else row.target_end_kmh,
            )
            for row in sorted(rows, key=lambda one: one.start_s or 0.0)
            if row.start_s is not None and row.target_kmh is not None
        ),
        1.0,
    )


def trace(points: Sequence[Point]) -> Mapping[int, int]:
    """The heart by the buckets of the axis."""
    share = BUCKETS / (points[-1].at_s + LAST_S) if points else 0.0
    return {min(int(point.at_s * share), BUCKETS - 1): point.bpm for point in points if point.bpm is not None}
