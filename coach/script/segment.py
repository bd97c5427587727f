"""One step to one segment: every number of it resolved, and held against its limits."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Final

from coach.core.workout import Extent, ExtentUnit, Facing, Head, HeartHold, Say, SayAt, Segment, Target, Until
from coach.script.model import Cue, Stretch
from coach.script.names import Names
from coach.script.problem import Findings, Place, number
from coach.script.unit import EXTENT, INCLINE, SPEED, TIME, Kind, Quantity, Reference, Value, shown

FASTEST_KMH: Final = 22.0  # the highest that any configuration allows (safety.md 7)
STEEPEST_PCT: Final = 25.0  # the same
LOWEST_PCT: Final = -10.0  # no treadmill in our files goes lower
SHORTEST_EVERY_S: Final = 5.0  # a cue needs time to be spoken
MOST_TRIM: Final = 1.5  # of a speed, by the runner's own keys (core/target.py)
_TIME: Final = Kind.TIME  # looked up once, for the most frequent line of all
_BACKWARD: Final = {Head.BACKWARD: Facing.BACKWARD}


class Segments:
    """Makes segments of steps."""

    def __init__(self, names: Names, findings: Findings) -> None:
        self.names, self.findings = names, findings

    def segment(self, step: Stretch, scope: Mapping[str, Quantity]) -> Segment | None:
        """Of a step; None where a problem kept it from being one."""
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

    def _extent(self, step: Stretch, scope: Mapping[str, Quantity]) -> Extent | None:
        reach = step.extent
        if reach.value is None:
            return Extent(ExtentUnit.OPEN)
        value = reach.value
        quantity = value if isinstance(value, Quantity) else self.names.resolved(value, scope, EXTENT, step.extent_at)
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

    def _target(self, step: Stretch, scope: Mapping[str, Quantity]) -> Target | None:
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

    def _speed(self, value: Value, scope: Mapping[str, Quantity], step: Stretch, key: str) -> float | None:
        if not isinstance(value, Quantity):
            found = self.names.resolved(value, scope, SPEED, step.speed_at if key == "speed" else step.at(key))
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

    def _incline(self, value: Value, scope: Mapping[str, Quantity], step: Stretch) -> float | None:
        if not isinstance(value, Quantity):
            found = self.names.resolved(value, scope, INCLINE, step.incline_at)
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

    def _heart(self, step: Stretch, scope: Mapping[str, Quantity], target: Target | None) -> HeartHold | None:
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

    def _until(self, step: Stretch, scope: Mapping[str, Quantity], extent: Extent | None) -> Until | None:
        if step.until is None:
            return None
        at_least_s = 0.0
        if step.at_least is not None:
            place = step.at("at-least")
            quantity = self.names.resolved(step.at_least, scope, TIME, place)
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


def constant(step: Stretch) -> bool:
    """No name is in it: it comes to the same wherever it stands."""
    values: list[Value | None] = [step.extent.value, step.at_least]
    for ramp in (step.pace, step.slope, step.within):
        values += (ramp.first, ramp.last) if ramp is not None else ()
    return not any(isinstance(value, Reference) for value in values)


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
        sooner = "later" if cue.moment in (SayAt.BEFORE_END_S, SayAt.BEFORE_END_M) else "sooner"
        return "this cue is never said, the step is not that long", f"say it {sooner}, or delete it"
    return None
