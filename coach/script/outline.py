"""A workout before its repeats are unrolled: what other formats are read into and YAML is written from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from coach.core.workout import HeartRange, Level, Segment, Workout


@dataclass(frozen=True, slots=True)
class Rounds:
    """Items that are done several times."""

    times: int
    items: tuple[Item, ...]
    comment: str = ""  # one line above it


Item: TypeAlias = Segment | Rounds


@dataclass(frozen=True, slots=True)
class Outline:
    """A workout as its author would write it; `line` and `round` of its segments mean nothing."""

    name: str
    items: tuple[Item, ...]
    level: Level | None = None
    description: str = ""
    purpose: str = ""
    source: str = ""
    author: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    heart_limit: HeartRange | None = None
    backward_limit_kmh: float | None = None
    ask: tuple[tuple[str, tuple[str, ...]], ...] = ()
    comments: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # by index of an item: lines above it


def outline_of(workout: Workout) -> Outline:
    """A workout as a flat outline: one item for each segment, none repeated."""
    return Outline(
        name=workout.name,
        items=workout.segments,
        level=workout.level,
        description=workout.description,
        purpose=workout.purpose,
        source=workout.source,
        author=workout.author,
        language=workout.language,
        tags=workout.tags,
        heart_limit=workout.heart_limit,
        backward_limit_kmh=workout.backward_limit_kmh,
        ask=workout.ask,
    )


def unrolled(items: tuple[Item, ...]) -> Iterator[Segment]:
    """The segments in the order in which they are done."""
    for item in items:
        if isinstance(item, Rounds):
            for _ in range(item.times):
                yield from unrolled(item.items)
        else:
            yield item
