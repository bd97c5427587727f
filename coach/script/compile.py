"""Models to a Workout: repeats unrolled, each step made a segment, and what only the whole workout shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from coach.core.workout import (
    ExtentUnit,
    Facing,
    Head,
    HeartRange,
    Segment,
    Workout,
)
from coach.script.model import Mark, Repeat, Script, Step, Stretch, Use
from coach.script.names import Names
from coach.script.problem import Findings, Place, close_to, number, quoted
from coach.script.segment import Segments, constant
from coach.script.unit import ANY, COUNT, Quantity

MOST_SEGMENTS: Final = 10_000  # more than a day has; a file that unrolls to more is a slip or an attack
MOST_VISITS: Final = 50_000  # of steps while unrolling, for repeats of marks and of faulty steps
DEEPEST: Final = 12  # repeats and uses within each other
LONGEST_S: Final = 6 * 3600.0  # nobody should walk longer on a belt, and a slip of a unit shows


def compile_script(
    script: Script, findings: Findings, *, sets: Mapping[str, str], runner_params: Mapping[str, str]
) -> Workout | None:
    """The workout of a script; None where a problem kept it from being one."""
    compiler = _Compiler(script, findings)
    compiler.unroll(compiler.names.scope(sets, runner_params))
    compiler.whole(sets)
    if findings.failed:
        return None
    backward = script.limits.get("backward")
    heart = script.limits.get("heart")
    return Workout(
        name=script.name,
        segments=tuple(compiler.segments),
        level=script.level,
        description=script.description,
        purpose=script.purpose,
        source=script.source,
        author=script.author,
        language=script.language,
        tags=script.tags,
        heart_limit=heart if isinstance(heart, HeartRange) else None,
        backward_limit_kmh=backward.amount if isinstance(backward, Quantity) else None,
        ask=script.ask,
    )


class _ExplosionError(Exception):
    """Unrolling was given up; the reason is among the findings."""


class _Compiler:
    """Unrolls one script."""

    def __init__(self, script: Script, findings: Findings) -> None:
        self.script = script
        self.findings = findings
        self.segments: list[Segment] = []
        self.used_blocks: set[str] = set()
        self.varied_at: dict[str, Place] = {}  # names that a repeat varies
        self.blocks: list[str] = []  # those that are being used, outermost first
        self.visits = 0
        self.total_s = 0.0
        self.covered_m = 0.0  # since the last mark, as planned
        self.certain_m = 0.0  # the same, counting only what no heart and no runner can shorten
        self.mark: Mark | None = None  # waits for its segment
        self.constant: dict[int, Segment] = {}  # by identity of the step, which the script keeps alive
        self.whole_at = script.name_at
        self.names = Names(script, findings)
        self.make = Segments(self.names, findings)

    # Steps

    def unroll(self, scope: dict[str, Quantity]) -> None:
        """All segments, in order."""
        try:
            self._steps(self.script.steps, scope, None, 0)
        except _ExplosionError:
            return
        if self.mark is not None:
            message = f"nothing comes after the mark {quoted(self.mark.name)}"
            self.findings.warning(self.mark.place, "unused-mark", message, "delete it")

    def _steps(self, steps: tuple[Step, ...], scope: dict[str, Quantity], turn: int | None, depth: int) -> None:
        for step in steps:
            self.visits += 1
            if self.visits > MOST_VISITS:
                self._explode(step.place)
            if isinstance(step, Stretch):
                self._stretch(step, scope, turn)
            elif isinstance(step, Repeat):
                self._repeat(step, scope, depth + 1)
            elif isinstance(step, Use):
                self._use(step, scope, turn, depth + 1)
            else:
                self.mark = step
                self.covered_m = self.certain_m = 0.0

    def _repeat(self, step: Repeat, scope: dict[str, Quantity], depth: int) -> None:
        if depth > DEEPEST:
            self._too_deep(step.place)
            return
        times = self.names.resolved(step.times, scope, COUNT, step.times_at)
        if times is None:
            return
        rounds = int(times.amount)
        if rounds != times.amount or rounds < 1:
            message = f"a repeat has 1 round or more, here are {number(times.amount)}"
            self.findings.error(step.times_at, "out-of-range", message)
            return
        if rounds > MOST_SEGMENTS:
            self._explode(step.times_at)
        varied = self._varied(step, scope, rounds)
        for index in range(rounds):
            inner = {**scope, **{name: values[index] for name, values in varied.items()}} if varied else scope
            self._steps(step.steps, inner, index + 1, depth)
            if index + 1 < rounds:
                self._steps(step.between, inner, index + 1, depth)

    def _varied(self, step: Repeat, scope: dict[str, Quantity], rounds: int) -> dict[str, list[Quantity]]:
        varied = dict[str, list[Quantity]]()
        self.varied_at.update(step.vary_at)
        self.names.unreadable |= step.vary_at.keys() - step.vary.keys()
        for name, values in step.vary.items():
            if len(values) != rounds:
                message = f"{name} has {_many(len(values), 'value')} for {_many(rounds, 'round')}"
                self.findings.error(step.vary_at[name], "vary-length", message, "give it one value for each round")
            places = step.vary_places[name]
            read = [self.names.resolved(value, scope, ANY, place) for value, place in zip(values, places, strict=True)]
            known = [value for value in read if value is not None]
            if known:  # a list of the wrong length still lets the steps be checked
                varied[name] = (known * rounds)[:rounds]
        return varied

    def _use(self, step: Use, scope: dict[str, Quantity], turn: int | None, depth: int) -> None:
        self.used_blocks.add(step.block)
        block = self.script.define.get(step.block)
        if block is None:
            fix = close_to(step.block, self.script.define) or "name it under define:"
            self.findings.error(step.place, "unknown-block", f"there is no block {quoted(step.block)}", fix)
        elif step.block in self.blocks:
            self.findings.error(step.place, "use-loop", f"the block {quoted(step.block)} uses itself")
        elif depth > DEEPEST:
            self._too_deep(step.place)
        else:
            self.blocks.append(step.block)
            self._steps(block, scope, turn, depth)
            self.blocks.pop()

    def _too_deep(self, place: Place) -> None:
        message = f"repeats and uses stand more than {DEEPEST} deep within each other"
        self.findings.error(place, "too-deep", message, "write fewer, larger repeats")

    def _explode(self, place: Place) -> None:
        message = f"with its repeats the workout grows past {MOST_SEGMENTS:,} segments"
        self.findings.error(place, "repeat-explosion", message, "repeat less often")
        raise _ExplosionError

    # Segments

    def _stretch(self, step: Stretch, scope: dict[str, Quantity], turn: int | None) -> None:
        repeated = turn is not None or bool(self.blocks)
        segment = self.constant.get(id(step)) if repeated else None
        if segment is None:
            segment = self.make.segment(step, scope)
            if segment is None:
                return
            if repeated and constant(step):
                self.constant[id(step)] = segment
        if len(self.segments) >= MOST_SEGMENTS:
            self._explode(step.place)
        before = self.segments[-1].facing if self.segments else Facing.FORWARD
        facing = before if segment.head is Head.REST else segment.facing
        mark, self.mark = self.mark, None
        if facing is not segment.facing or turn is not None or mark is not None:
            segment = replace(segment, facing=facing, round=turn, mark=mark.name if mark else None)
        self._count(step, segment)
        self.segments.append(segment)

    def _count(self, step: Stretch, segment: Segment) -> None:
        """Add to the totals, and see that a `to` is still ahead."""
        extent, target = segment.extent, segment.target
        unit = extent.unit
        if target is None:
            self.total_s += extent.amount if unit is ExtentUnit.TIME else 0.0
            return
        mean_kmh = (target.speed_kmh + (target.speed_kmh if target.end_kmh is None else target.end_kmh)) / 2
        metres_per_s = max(mean_kmh, 0.01) / 3.6
        certain = segment.until is None
        if unit is ExtentUnit.TIME:
            self.total_s += extent.amount
            self.covered_m += extent.amount * metres_per_s
            self.certain_m += extent.amount * metres_per_s * 0.9 if certain and segment.heart is None else 0.0
        elif unit is ExtentUnit.DISTANCE:
            self.total_s += extent.amount / metres_per_s
            self.covered_m += extent.amount
            self.certain_m += extent.amount if certain else 0.0
        elif unit is ExtentUnit.TO_MARK:
            self._to(step, extent.amount)
            self.total_s += max(0.0, extent.amount - self.covered_m) / metres_per_s
            self.covered_m = max(self.covered_m, extent.amount)
            self.certain_m = max(self.certain_m, extent.amount if certain else 0.0)

    def _to(self, step: Stretch, amount_m: float) -> None:
        if amount_m <= self.certain_m:
            message = f"{number(amount_m)} m are already behind the runner, who has covered {number(self.certain_m)} m"
            fix = "to counts from the last mark, or from the start of the workout"
            self.findings.error(step.extent_at, "unreachable-distance", message, fix)

    # Problems of the whole

    def whole(self, sets: Mapping[str, str]) -> None:
        """What only the whole workout shows."""
        if self.total_s > LONGEST_S:
            hours, rest = divmod(round(self.total_s), 3600)
            message = f"the workout lasts {hours}:{rest // 60:02}:{rest % 60:02}, the longest is 6:00:00"
            self.findings.error(self.whole_at, "total-too-long", message, "do a part of it another day")
        if self.segments and all(segment.target is None for segment in self.segments) and not self.findings.failed:
            message, fix = "the belt never moves: there are only rests", "add a step, such as - forward: 5 min @ 4 km/h"
            self.findings.error(self.script.steps[0].place, "only-rests", message, fix)
        backward = next((segment for segment in self.segments if segment.facing is Facing.BACKWARD), None)
        if backward is not None and "level" not in self.script.places:
            message = f"line {backward.line} is backward, so the workout needs a level"
            fix = "write level: beginner (or rehab, intermediate, advanced)"
            self.findings.error(self.whole_at, "level-row", message, fix)
        for name in sets:
            if name not in self.names.used and name not in self.script.params:
                close = close_to(name, sorted({*self.script.params, *self.names.used}))
                message = f"--set {name}: the workout has no parameter {name}"
                self.findings.error(self.names.place, "unknown-param", message, close)
        if not self.findings.failed:
            self._unused()

    def _unused(self) -> None:
        places = self.script.places
        for block in self.script.define:
            if block not in self.used_blocks:
                place = places.get(f"define.{block}", places["define"])
                self.findings.warning(place, "unused-define", f"no step uses the block {quoted(block)}", "delete it")
        named = {name: places.get(f"params.{name}", places["params"]) for name in self.script.params}
        for name, place in (named | self.varied_at).items():
            if name not in self.names.used:
                self.findings.warning(place, "unused-param", f"no step uses ${name}", "delete it")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
