"""A workout without what only coach has: distances from a mark as plain ones, repeats at most one level deep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from coach.core.plan import plan_anywhere
from coach.core.workout import Extent, ExtentUnit, Segment, Workout
from coach.script.convert.loss import Losses
from coach.script.outline import Item, Rounds, unrolled


def plain_segments(workout: Workout, losses: Losses) -> tuple[Segment, ...]:
    """The segments, each as it would be on its own."""
    rows = plan_anywhere(workout).written
    return tuple(
        _alone(segment, row.planned_m, step, losses)
        for step, (segment, row) in enumerate(zip(workout.segments, rows, strict=True), 1)
    )


def flat(items: Sequence[Item]) -> Iterator[Item]:
    """Rounds within rounds written out."""
    for item in items:
        yield item if isinstance(item, Segment) else Rounds(item.times, tuple(unrolled(item.items)))


def _alone(segment: Segment, planned_m: float | None, step: int, losses: Losses) -> Segment:
    alone = replace(segment, line=0, round=None, mark=None)
    if segment.extent.unit is not ExtentUnit.TO_MARK:
        return alone
    losses.changed("a distance counted from a mark is the one that is planned", step)
    return replace(alone, extent=Extent(ExtentUnit.DISTANCE, round(max(planned_m or 0.0, 1.0), 2)))
