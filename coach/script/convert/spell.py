"""A shorthand as an outline: its repeats stay repeats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from coach.core.workout import Segment, Workout
from coach.script.model import Repeat, Step
from coach.script.outline import Item, Outline, Rounds, outline_of
from coach.script.problem import Findings
from coach.script.shorthand import read_shorthand
from coach.script.unit import Quantity

LONGEST_NAME: Final = 100  # characters, as in the language


def outline_of_shorthand(text: str, workout: Workout) -> Outline:
    """The outline of a shorthand without errors, from its models and the workout that was compiled from them."""
    steps = read_shorthand(text, Findings()).steps
    items = tuple(_items(steps, iter(workout.segments)))
    name = workout.name if len(workout.name) <= LONGEST_NAME else workout.name[: LONGEST_NAME - 1] + "…"
    return replace(outline_of(workout), name=name, items=items)


def _items(steps: Iterable[Step], segments: Iterator[Segment]) -> Iterator[Item]:
    """The steps with their segments, of which those of later rounds are passed over."""
    for step in steps:
        if not isinstance(step, Repeat):
            yield next(segments)
            continue
        assert isinstance(step.times, Quantity)  # a shorthand has no $x
        times, inner = int(step.times.amount), tuple(_items(step.steps, segments))
        yield Rounds(times, inner)
        passed = sum(map(_count, inner)) * (times - 1)
        next(islice(segments, passed, passed), None)


def _count(item: Item) -> int:
    return item.times * sum(map(_count, item.items)) if isinstance(item, Rounds) else 1
