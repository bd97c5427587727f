"""A workout as it would go, for checking it: rows with bridges and turns, and the places that they come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from coach.core.machine import MachineProfile
from coach.core.plan import Plan, Row, make_plan
from coach.core.rules import top_kmh
from coach.core.runner import ANYBODY
from coach.core.workout import Facing, Level, Segment, Workout
from coach.script.model import Repeat, Script, Step, Stretch
from coach.script.unit import Quantity


def planned(workout: Workout, profile: MachineProfile, level: Level) -> Plan:
    """The plan of a workout without its cues, of which a hostile file has millions."""
    silent = tuple(replace(segment, say=()) if segment.say else segment for segment in workout.segments)
    return make_plan(replace(workout, segments=silent), profile, ANYBODY, level=level)


@dataclass(frozen=True)
class Course:
    """The workout as it would go on a treadmill that nobody knows."""

    script: Script
    workout: Workout
    level: Level

    @cached_property
    def plan(self) -> Plan:
        """Rows with their bridges and turns."""
        return planned(self.workout, MachineProfile(), self.level)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The segments, and the bridges between them."""
        return self.plan.rows

    @cached_property
    def fastest_kmh(self) -> float:
        """Of the forward steps."""
        forward = (segment for segment in self.workout.segments if segment.facing is Facing.FORWARD)
        return max(map(top_kmh, forward), default=0.0)

    @cached_property
    def stretches(self) -> dict[int, list[Stretch]]:
        """The steps of the file by their line."""
        found = dict[int, list[Stretch]]()
        for steps in (self.script.steps, *self.script.define.values()):
            for stretch in _stretches(steps):
                found.setdefault(stretch.place.line, []).append(stretch)
        return found

    def stretch(self, segment: Segment) -> Stretch | None:
        """What a segment was made of; of several on its line the first that is like it."""
        found = self.stretches.get(segment.line, [])
        return found[0] if len(found) == 1 else next((one for one in found if _made(one, segment)), None)

    def place(self, segment: Segment) -> tuple[int, int]:
        """Line and column of a step; column 0 is the first sign of its line."""
        stretch = self.stretch(segment) if len(self.stretches.get(segment.line, [])) > 1 else None
        return segment.line, 0 if stretch is None else stretch.place.column

    def key_place(self, segment: Segment, key: str) -> tuple[int, int]:
        """Line and column of the value of a key; those of the step where they are not known."""
        stretch = self.stretch(segment)
        if stretch is None or key not in stretch.written:
            return self.place(segment)
        place = stretch.at(key)
        return place.line, place.column


def _made(stretch: Stretch, segment: Segment) -> bool:
    """The segment looks as if it was made of this step; names count as anything."""
    speed = None if stretch.pace is None else stretch.pace.first
    target = segment.target
    same_speed = target is None or not isinstance(speed, Quantity) or speed.amount == target.speed_kmh
    extent = stretch.extent.value
    same_extent = not isinstance(extent, Quantity) or extent.amount == segment.extent.amount
    cues = [cue.text for cue in stretch.say] == [cue.text for cue in segment.say]
    return stretch.head is segment.head and same_speed and same_extent and (cues or not segment.say)


def _stretches(steps: Sequence[Step]) -> Iterator[Stretch]:
    for step in steps:
        if isinstance(step, Stretch):
            yield step
        elif isinstance(step, Repeat):
            yield from _stretches(step.steps)
            yield from _stretches(step.between)
