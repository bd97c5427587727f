"""Models to a Workout: repeats unrolled, names replaced by their values, every number held against its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Final

from coach.core.workout import (
    Extent,
    ExtentUnit,
    Facing,
    Head,
    HeartHold,
    HeartRange,
    Say,
    SayAt,
    Segment,
    Target,
    Until,
    Workout,
)
from coach.script.model import Cue, Mark, Repeat, Script, Step, Stretch, Use
from coach.script.problem import Findings, Place, UnreadableError, number, quoted
from coach.script.quantity import (
    ANY,
    COUNT,
    EXTENT,
    INCLINE,
    SPEED,
    TIME,
    Kind,
    Quantity,
    Reference,
    Value,
    Want,
    close_to,
    read_value,
    resolve,
    shown,
)

MOST_SEGMENTS: Final = 10_000
MOST_VISITS: Final = 50_000  # of steps while unrolling, for repeats of marks and of faulty steps
DEEPEST: Final = 12  # repeats and uses within each other
LONGEST_S: Final = 6 * 3600.0
FASTEST_KMH: Final = 22.0  # the highest that any configuration allows (safety.md 7)
STEEPEST_PCT: Final = 25.0  # the same
LOWEST_PCT: Final = -10.0  # no treadmill in our files goes lower
SHORTEST_EVERY_S: Final = 5.0  # a cue needs time to be spoken
MOST_TRIM: Final = 1.5  # of a speed, by the runner's own keys (core/target.py)

_TIME: Final = Kind.TIME  # looked up once, for the most frequent line of all
_BACKWARD: Final = {Head.BACKWARD: Facing.BACKWARD}


def compile_script(
    script: Script, findings: Findings, *, sets: Mapping[str, str], runner_params: Mapping[str, str]
) -> Workout | None:
    """The workout of a script; None where a problem kept it from being one."""
    compiler = _Compiler(script, findings)
    scope = compiler.scope(sets, runner_params)
    compiler.unroll(scope)
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
        self.used_names: set[str] = set()
        self.varied_at: dict[str, Place] = {}  # names that a repeat varies
        self.blocks: list[str] = []  # those that are being used, outermost first
        self.visits = 0
        self.total_s = 0.0
        self.covered_m = 0.0  # since the last mark, as planned
        self.certain_m = 0.0  # the same, counting only what no heart and no runner can shorten
        self.mark: Mark | None = None  # waits for its segment
        self.constant: dict[int, Segment] = {}  # by identity of the step, which the script keeps alive
        self.whole_at = script.name_at
        written = {place.partition(".")[2] for place in script.places if place.startswith("params.")}
        self.unreadable = written - script.params.keys()  # names whose own problem was told

    # Names

    def scope(self, sets: Mapping[str, str], runner_params: Mapping[str, str]) -> dict[str, Quantity]:
        """The value of each name: --set over the runner's own over the file's."""
        scope = dict(self.script.params)
        for name, text in runner_params.items():
            value = self._given(text)
            if isinstance(value, Quantity):
                scope[name] = value
            elif name in self.script.params:
                message = f"the runner's own {name} cannot be used: {value}"
                self.findings.error(self._param_at(), "runner-param", message, "correct it with coach config")
        for name, text in sets.items():
            value = self._given(text)
            if isinstance(value, Quantity):
                scope[name] = value
            else:
                message = f"--set {name}={text}: {value}"
                self.findings.error(self._param_at(), value.rule, message, value.help)
        return scope

    def _given(self, text: str) -> Quantity | UnreadableError:
        try:
            value = read_value(text, ANY)
        except UnreadableError as wrong:
            return wrong
        if isinstance(value, Reference):
            return UnreadableError(
                "unreadable-value", "a parameter is a number, it cannot use another", "write 4.5 km/h"
            )
        return value

    def _param_at(self) -> Place:
        return self.script.places.get("params", self.whole_at)

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
        times = self._resolved(step.times, scope, COUNT, step.times_at)
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
        self.unreadable |= step.vary_at.keys() - step.vary.keys()
        for name, values in step.vary.items():
            if len(values) != rounds:
                message = f"{name} has {_many(len(values), 'value')} for {_many(rounds, 'round')}"
                self.findings.error(step.vary_at[name], "vary-length", message, "give it one value for each round")
            places = step.vary_places[name]
            read = [self._resolved(value, scope, ANY, place) for value, place in zip(values, places, strict=True)]
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
            segment = self._segment(step, scope)
            if segment is None:
                return
            if repeated and _is_constant(step):
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

    def _segment(self, step: Stretch, scope: dict[str, Quantity]) -> Segment | None:
        extent = self._extent(step, scope)
        target = self._target(step, scope)
        heart = self._heart(step, scope, target) if step.heart is not None else None
        until = self._until(step, scope, extent) if step.until is not None else None
        if extent is None or (target is None and step.head is not Head.REST):
            return None
        return Segment(
            head=step.head,
            facing=_BACKWARD.get(step.head, Facing.FORWARD),
            extent=extent,
            target=target,
            heart=heart,
            until=until,
            say=self._say(step, extent, target, heart) if step.say else (),
            line=step.place.line,
        )

    def _extent(self, step: Stretch, scope: dict[str, Quantity]) -> Extent | None:
        reach = step.extent
        if reach.value is None:
            return Extent(ExtentUnit.OPEN)
        value = reach.value
        quantity = value if isinstance(value, Quantity) else self._resolved(value, scope, EXTENT, step.extent_at)
        if quantity is None:
            return None
        if quantity.kind is _TIME and quantity.amount > 0 and not reach.to:
            return Extent(ExtentUnit.TIME, quantity.amount)
        if quantity.amount <= 0:
            what = "a time" if quantity.kind is Kind.TIME else "a distance"
            message = f"{what} is above 0, here it is {shown(quantity)}"
            self.findings.error(step.extent_at, "out-of-range", message)
            return None
        if quantity.kind is Kind.TIME:
            message = f"to counts a distance, here is {shown(quantity)}"
            self.findings.error(step.extent_at, "wrong-unit", message, "write to 2.5 km")
            return None
        if step.head is Head.REST:
            message = "in a rest the belt stands, it has no distance"
            self.findings.error(step.extent_at, "rest-stands", message, "write rest: 1 min")
            return None
        return Extent(ExtentUnit.TO_MARK if reach.to else ExtentUnit.DISTANCE, quantity.amount)

    def _target(self, step: Stretch, scope: dict[str, Quantity]) -> Target | None:
        pace, slope = step.pace, step.slope
        if pace is None or step.head is Head.REST:
            return None
        first = self._speed(pace.first, scope, step, "speed")
        last = None if pace.last is None else self._speed(pace.last, scope, step, "speed")
        if first is None or (pace.last is not None and last is None):
            return None
        if slope is None:
            return Target(first, last)
        low = self._incline(slope.first, scope, step)
        high = None if slope.last is None else self._incline(slope.last, scope, step)
        return Target(first, last, low or 0.0, high)

    def _speed(self, value: Value, scope: dict[str, Quantity], step: Stretch, key: str) -> float | None:
        if not isinstance(value, Quantity):
            found = self._resolved(value, scope, SPEED, step.speed_at if key == "speed" else step.at(key))
            if found is None:
                return None
            value = found
        if not 0 < value.amount <= FASTEST_KMH:
            self._speed_out_of_range(value.amount, step.speed_at if key == "speed" else step.at(key))
        return value.amount

    def _speed_out_of_range(self, speed: float, place: Place) -> None:
        if speed > FASTEST_KMH:
            message = f"{number(speed)} km/h is above {number(FASTEST_KMH)} km/h, the most that a workout may ask for"
            self.findings.error(place, "out-of-range", message)
        elif speed == 0:
            self.findings.error(place, "out-of-range", "at 0 km/h the belt stands", "for a stop write rest: 1 min")
        else:
            message = f"{number(speed)} km/h is below 0; a speed is above 0 in either facing"
            self.findings.error(place, "out-of-range", message, "to go backward write backward: and a speed above 0")

    def _incline(self, value: Value, scope: dict[str, Quantity], step: Stretch) -> float | None:
        if not isinstance(value, Quantity):
            found = self._resolved(value, scope, INCLINE, step.incline_at)
            if found is None:
                return None
            value = found
        if not 0 <= value.amount <= STEEPEST_PCT:
            self._incline_out_of_range(value.amount, step)
        return value.amount

    def _incline_out_of_range(self, incline: float, step: Stretch) -> None:
        if incline > STEEPEST_PCT:
            message = f"{number(incline)} % is above {number(STEEPEST_PCT)} %, the most that a workout may ask for"
            self.findings.error(step.incline_at, "out-of-range", message)
        elif incline < 0 and step.head is Head.BACKWARD:
            message = "backward never goes downhill; the incline of a backward step is 0 % or more"
            self.findings.error(step.incline_at, "negative-incline", message, "leave the incline out")
        elif incline < LOWEST_PCT:
            message = f"{number(incline)} % is below {number(LOWEST_PCT)} %, the least that a workout may ask for"
            self.findings.error(step.incline_at, "negative-incline", message)

    def _heart(self, step: Stretch, scope: dict[str, Quantity], target: Target | None) -> HeartHold | None:
        if step.heart is None or step.within is None:
            return None
        place, within = step.at("within"), step.within
        low = self._speed(within.first, scope, step, "within")
        high = None if within.last is None else self._speed(within.last, scope, step, "within")
        if low is None or high is None:
            return None
        if low >= high:
            message = f"within: goes from {number(low)} to {number(high)} km/h, the slower speed comes first"
            fix = f"write {number(high)} .. {number(low)} km/h" if high < low else "leave some room between them"
            self.findings.error(place, "out-of-range", message, fix)
        elif target is not None and not low - 1e-9 <= target.speed_kmh <= high + 1e-9:
            bounds = f"{number(low)} .. {number(high)} km/h"
            message = f"this step starts at {number(target.speed_kmh)} km/h, outside its {bounds}"
            self.findings.error(step.speed_at, "heart-start-outside", message, "start within the bounds")
        return HeartHold(step.heart, low, high)

    def _until(self, step: Stretch, scope: dict[str, Quantity], extent: Extent | None) -> Until | None:
        if step.until is None:
            return None
        at_least_s = 0.0
        if step.at_least is not None:
            place = step.at("at-least")
            quantity = self._resolved(step.at_least, scope, TIME, place)
            at_least_s = quantity.amount if quantity else 0.0
            if at_least_s < 0:
                self.findings.error(place, "out-of-range", "at-least: is 0 s or more")
            if extent is not None and extent.unit is ExtentUnit.TIME and at_least_s >= extent.amount:
                message = "at-least: is as long as the step, so until: can never end it"
                self.findings.warning(place, "unreachable-until", message, "make the step longer or at-least: shorter")
        below, bound = step.until
        return Until(below, bound, at_least_s)

    def _say(self, step: Stretch, extent: Extent, target: Target | None, heart: HeartHold | None) -> tuple[Say, ...]:
        fastest_kmh = 0.0 if target is None else max(target.speed_kmh, target.end_kmh or 0.0)
        fastest_kmh = fastest_kmh if heart is None else heart.high_kmh
        for cue in step.say:
            if cue.moment is SayAt.START:
                continue
            if cue.moment is SayAt.EVERY_S and cue.amount < SHORTEST_EVERY_S:
                message = (
                    f"every {number(cue.amount)} s is too often to be spoken; the least is {number(SHORTEST_EVERY_S)} s"
                )
                self.findings.error(cue.place, "out-of-range", message)
            ends = cue.moment in (SayAt.HALF, SayAt.BEFORE_END_S, SayAt.BEFORE_END_M)
            if ends and extent.unit is ExtentUnit.OPEN:
                message = "an open step has no half and no end to count from"
                self.findings.error(cue.place, "say-in-open", message, "count from its start, such as 1:00")
            elif never := _never_said(cue, extent, fastest_kmh):
                self.findings.warning(cue.place, "say-after-end", *never)
        return tuple([Say(cue.moment, cue.amount, cue.text) for cue in step.say])

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
        backward = next((segment for segment in self.segments if segment.facing is Facing.BACKWARD), None)
        if backward is not None and "level" not in self.script.places:
            message = f"line {backward.line} is backward, so the workout needs a level"
            fix = "write level: beginner (or rehab, intermediate, advanced)"
            self.findings.error(self.whole_at, "level-row", message, fix)
        for name in sets:
            if name not in self.used_names and name not in self.script.params:
                close = close_to(name, sorted({*self.script.params, *self.used_names}))
                message = f"--set {name}: the workout has no parameter {name}"
                self.findings.error(self._param_at(), "unknown-param", message, close)
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
            if name not in self.used_names:
                self.findings.warning(place, "unused-param", f"no step uses ${name}", "delete it")

    def _resolved(self, value: Value, scope: dict[str, Quantity], want: Want, place: Place) -> Quantity | None:
        if isinstance(value, Quantity):
            return value
        self.used_names.add(value.name)
        if value.name not in scope and not self.unreadable.isdisjoint((value.name, "*")):
            return None
        try:
            return resolve(value, scope, want)
        except UnreadableError as wrong:
            self.findings.error(place, wrong.rule, str(wrong), wrong.help)
            return None


def _never_said(cue: Cue, extent: Extent, fastest_kmh: float) -> tuple[str, str] | None:
    """Why a cue is never said, and what to do; None where it may be."""
    if cue.moment is SayAt.BEFORE_END_M and extent.unit is not ExtentUnit.DISTANCE:
        message = "metres before the end are known only in a step that is a distance, so this cue is never said"
        return message, "count in seconds, such as -10 s"
    if not fastest_kmh and cue.moment is SayAt.AT_M:
        return "in a rest the belt stands, so this cue is never said", "count in seconds, such as 30 s"
    length_s = extent.amount if extent.unit is ExtentUnit.TIME else inf
    length_m = extent.amount if extent.unit is ExtentUnit.DISTANCE else inf
    if extent.unit is ExtentUnit.TIME:
        length_m = length_s * fastest_kmh * MOST_TRIM / 3.6
    timed = cue.moment in (SayAt.AT_S, SayAt.BEFORE_END_S, SayAt.EVERY_S) and cue.amount >= length_s
    spaced = cue.moment in (SayAt.AT_M, SayAt.BEFORE_END_M) and cue.amount >= length_m
    if timed or spaced:
        return "this cue is never said, the step is not that long", "say it sooner, or delete it"
    return None


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _is_constant(step: Stretch) -> bool:
    values: list[Value | None] = [step.extent.value, step.at_least]
    for ramp in (step.pace, step.slope, step.within):
        values += (ramp.first, ramp.last) if ramp is not None else ()
    return not any(isinstance(value, Reference) for value in values)
