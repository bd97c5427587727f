"""A step of a FIT workout, by its field numbers, and the segment that it is.

Speeds are in mm/s, times in ms, distances in cm; a heart rate up to 100 is percent of the maximum, above it bpm + 100.
A grade has no unit that is documented, so it is read only from files that coach wrote, where it is hundredths of a
percent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final, TypeAlias

from coach.core.heart import ZONE_BOUNDS_PCT
from coach.core.rules import mean_kmh
from coach.core.workout import (
    Extent,
    ExtentUnit,
    Facing,
    Head,
    HeartHold,
    HeartRange,
    HeartUnit,
    Say,
    SayAt,
    Segment,
    Target,
    Until,
)
from coach.script.convert.fold import spoken, tidied, tidy
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.note import cut, divided, due, written
from coach.script.convert.pace import Paces
from coach.script.convert.prose import (
    Said,
    backward,
    bounds_kmh,
    facing,
    heart_band,
    heart_bound,
    plain,
    read_text,
    tell_backward,
    tell_overruled,
    text_of,
    within_reach,
)
from coach.script.field import heart_text
from coach.script.problem import number
from coach.script.segment import STEEPEST_PCT
from coach.script.write import target_text

NAME: Final = "a FIT workout"
LONGEST_TEXT: Final = 254  # bytes of a field, without the zero at its end
AROUND: Final = 0.05  # a speed is written as a range of so much on either side
BEATS: Final = 100  # heart rates up to here are percent, above it beats and so much more
NOISE_KMH: Final = 0.002  # what rounding to mm/s leaves
LONGEST_S: Final = 86_400.0  # a day; more is a slip of the other program
LONGEST_M: Final = 1_000_000.0  # 1,000 km; the same


class Field(IntEnum):
    """The fields of a workout_step message that mean something here."""

    NAME = 0
    ENDS = 1  # what ends it: one of Ends
    LENGTH = 2  # how long until then, in the unit of what ends it; of a repeat the index of its first step
    TARGET = 3  # one of Goal
    ZONE = 4  # of a repeat the number of rounds
    LOW = 5
    HIGH = 6
    INTENSITY = 7
    NOTES = 8
    SECOND = 19  # a second target, one of Goal
    SECOND_LOW = 21
    SECOND_HIGH = 22
    INDEX = 254


class Ends(IntEnum):
    """What ends a step."""

    TIME = 0
    DISTANCE = 1
    HEART_BELOW = 2
    HEART_ABOVE = 3
    OPEN = 5
    REPEAT = 6


class Goal(IntEnum):
    """What a step is to be held at."""

    SPEED = 0
    HEART = 1
    OPEN = 2
    CADENCE = 3
    POWER = 4
    GRADE = 5
    SPEED_LAP = 12
    HEART_LAP = 13


class Intensity(IntEnum):
    """What kind of step it is."""

    ACTIVE = 0
    REST = 1
    WARM_UP = 2
    COOL_DOWN = 3


Fields: TypeAlias = Mapping[int, int | str]

_SPEEDS: Final = (Goal.SPEED, Goal.SPEED_LAP)
_HEARTS: Final = (Goal.HEART, Goal.HEART_LAP)
_HEADS: Final[dict[int, Head]] = {Intensity.WARM_UP: Head.WARM_UP, Intensity.COOL_DOWN: Head.COOL_DOWN}
_INTENSITIES: Final = {Head.WARM_UP: Intensity.WARM_UP, Head.COOL_DOWN: Intensity.COOL_DOWN, Head.REST: Intensity.REST}
_ENDS: Final = {  # what no belt can wait for
    4: "a number of calories", 14: "a power", 15: "a power", 16: "a training stress", 28: "a swimmer's repetition",
    29: "a number of repetitions", **dict.fromkeys(range(19, 27), "a power"),
}  # fmt: skip
_GOALS: Final = {
    4: "a power", 6: "a resistance", 7: "a power", 8: "a power", 9: "a power", 10: "a power", 11: "a swimming stroke",
}  # fmt: skip


# Reading


@dataclass(frozen=True, slots=True)
class StepReader:
    """Reads one step; `ours` tells that coach wrote the file."""

    fields: Fields
    step: int
    paces: Paces
    losses: Losses
    ours: bool

    def segment(self) -> Segment:
        """The step.

        Raises:
            ConvertError: it ends by what no belt can wait for, or has no speed.
        """
        said, later = self._said()
        extent, until = self._ends()
        if said.rest or self._stands(extent):
            segment = self._rest(extent)
        elif said.mark is not None:
            segment = backward(Segment(Head.BACKWARD, Facing.BACKWARD, extent, self._slope(said)), said)
            segment = replace(segment, until=until)
            self._tell_overruled(segment)
        else:
            target, hold = self._target(said)
            head = _HEADS.get(self._intensity, Head.FORWARD)
            segment = Segment(head, Facing.FORWARD, extent, target, hold, until)
            notes = divided(self._text(Field.NOTES))[0]
            cues = (notes, *(cue.text for cue in later))
            segment = facing(segment, self._place, (self._text(Field.NAME),), cues, self.step, self.losses)
            if segment.facing is Facing.FORWARD:
                tell_backward(said.cue, self.step, self.losses)
        silent = not said.cue or (not self.ours and plain(said.cue) and segment.head is not Head.FORWARD)
        start = () if silent else (Say(SayAt.START, 0.0, said.cue),)
        return replace(segment, say=(*start, *due(later, extent, self.step, self.losses)))

    def _number(self, field: Field) -> int | None:
        value = self.fields.get(field)
        return value if isinstance(value, int) else None

    def _text(self, field: Field) -> str:
        value = self.fields.get(field)
        return spoken(value) if isinstance(value, str) else ""

    @property
    def _place(self) -> str:
        return f"step {self.step}"

    def _error(self, message: str) -> ConvertError:
        return ConvertError(f"{self._place} {message}")

    @property
    def _intensity(self) -> int:
        return self._number(Field.INTENSITY) or Intensity.ACTIVE

    @property
    def _goal(self) -> int:
        """Its target; a speed or a heart rate without a value is none."""
        goal = self._number(Field.TARGET)
        valued = any(self._number(field) for field in (Field.ZONE, Field.LOW, Field.HIGH))
        return Goal.OPEN if goal is None or (goal in (*_SPEEDS, *_HEARTS) and not valued) else goal

    def _said(self) -> tuple[Said, tuple[Say, ...]]:
        """What its name and its notes say, the mark may stand in either; and the cues that are due later."""
        name, (notes, later) = self._text(Field.NAME), divided(self._text(Field.NOTES))
        for text, other in ((name, notes), (notes, "" if self.ours else name)):
            said = read_text(text, self._place)
            if said.mark is not None or said.rest:
                words = read_text(other, self._place)
                return replace(said, cue=f"{said.cue} {words.cue}".strip()), later
        if self.ours or name == notes:
            return read_text(notes, self._place), later
        stop = "" if name.endswith((".", "!", "?")) else "."
        return read_text(f"{name}{stop} {notes}" if name and notes else name or notes, self._place), later

    def _ends(self) -> tuple[Extent, Until | None]:
        ends, length = self._number(Field.ENDS), self._number(Field.LENGTH)
        if ends is None:
            raise self._error("does not say how it ends")
        if ends == Ends.OPEN:
            return Extent(ExtentUnit.OPEN), None
        if ends in (Ends.HEART_BELOW, Ends.HEART_ABOVE):
            self.losses.assumed("a step that ends by the heart rate has no other end, so it is open", self.step)
            return Extent(ExtentUnit.OPEN), Until(ends == Ends.HEART_BELOW, self._bound(length or 0))
        if ends not in (Ends.TIME, Ends.DISTANCE):
            what = _ENDS.get(ends, f"the end number {ends}")
            raise self._error(f"ends by {what}, for which no belt can wait; give it a time or a distance")
        amount = (length or 0) / (1000 if ends == Ends.TIME else 100)
        unit, most = (ExtentUnit.TIME, LONGEST_S) if ends == Ends.TIME else (ExtentUnit.DISTANCE, LONGEST_M)
        if not 0 < amount <= most:
            named = f"{amount:g} s" if ends == Ends.TIME else f"{amount:g} m"
            raise self._error(f"has a length of {named}; a step is longer than 0 and at most a day or 1000 km long")
        return Extent(unit, amount), None

    def _bound(self, value: int) -> HeartRange:
        if value > BEATS:
            return heart_bound(value - BEATS, HeartUnit.BPM, self._place)
        return heart_bound(value, HeartUnit.MAX, self._place)

    def _stands(self, extent: Extent) -> bool:
        """A rest without a speed."""
        rests = self._intensity == Intensity.REST and self._goal in (Goal.OPEN, Goal.CADENCE)
        if not rests or extent.unit not in (ExtentUnit.TIME, ExtentUnit.OPEN):
            return False
        self.losses.assumed("a rest without a speed is one in which the belt stands", self.step)
        return True

    def _rest(self, extent: Extent) -> Segment:
        if extent.unit is ExtentUnit.DISTANCE:
            raise self._error("is a rest, in which the belt stands, and has a distance; give it a time")
        return Segment(Head.REST, Facing.FORWARD, extent)

    def _tell_overruled(self, segment: Segment) -> None:
        """The target of a backward step is the mean of the speeds in its name, or it is told."""
        low, high = self._number(Field.LOW), self._number(Field.HIGH)
        if self._goal == Goal.OPEN:
            return
        speeds = [(low + high) / 2 * 0.0036] if self._goal in _SPEEDS and low and high else None
        mean = replace(segment, target=Target(mean_kmh(segment)))
        tell_overruled(mean, speeds, self.step, self.losses)

    def _target(self, said: Said) -> tuple[Target, HeartHold | None]:
        goal, hold = self._goal, None
        if goal in _SPEEDS:
            kmh = self._speed()
        elif goal in _HEARTS:
            hold = self._hold()
            kmh = hold.low_kmh
        elif goal in (Goal.OPEN, Goal.CADENCE, Goal.GRADE):
            if goal == Goal.CADENCE:
                self.losses.lost("the cadence", self.step)
            kmh = within_reach(self.paces.easy(f"{self._place} says no speed"), self._place)
            self.losses.assumed("a step without a speed goes at your easy speed", self.step)
        else:
            what = _GOALS.get(goal, f"the target number {goal}")
            raise self._error(f"is to be held at {what}, which is not a speed for a belt; give it a speed")
        return replace(self._slope(said), speed_kmh=kmh), hold

    def _slope(self, said: Said) -> Target:
        """The incline; the speed comes later."""
        if said.incline_pct or said.end_incline_pct:
            return Target(0.0, None, said.incline_pct, said.end_incline_pct)
        second = self._number(Field.SECOND)
        if second == Goal.GRADE and self.ours:
            incline_pct = (self._number(Field.SECOND_LOW) or 0) / 100
            if incline_pct > STEEPEST_PCT:
                raise self._error(f"has an incline of {number(incline_pct)} %, the most is {number(STEEPEST_PCT)} %")
            return Target(0.0, None, incline_pct)
        if Goal.GRADE in (second, self._goal):
            self.losses.lost("the grade; FIT does not say in what it counts", self.step)
        elif second not in (None, Goal.OPEN) and not (second in _SPEEDS and self._goal in _HEARTS):
            self.losses.lost("the second target of a step", self.step)
        return Target(0.0)

    def _speed(self) -> float:
        low, high = self._number(Field.LOW), self._number(Field.HIGH)
        if not low and not high:
            zone = self._number(Field.ZONE)
            raise self._error(f"is in speed zone {zone} of a watch, which is not known here; give it speeds of its own")
        if not low or not high:
            raise self._error("has only one end of its range of speeds; give it both")
        if low != high and not self.ours:
            self.losses.changed("a range of speeds is its middle", self.step)
        return self._tidy(within_reach((low + high) / 2 * 0.0036, self._place))

    def _hold(self) -> HeartHold:
        """How the belt follows the heart; a second target may say between which speeds."""
        low, high = (self._number(field) or 0 for field in (Field.LOW, Field.HIGH))
        zone = self._number(Field.ZONE) or 0
        if low and high:
            band = self._band(low, high)
        elif low or high:
            raise self._error("has only one end of its range of heart rates; give it both")
        else:
            zones = "heart zones are those of coach, in percent of the maximum; a watch may count others"
            self.losses.assumed(zones, self.step)
            band = heart_band(zone, zone, HeartUnit.ZONE, self._place, self.step, self.losses)
        slow, fast = (self._number(field) or 0 for field in (Field.SECOND_LOW, Field.SECOND_HIGH))
        if self._number(Field.SECOND) in _SPEEDS and 0 < slow < fast:
            self.losses.assumed("a step that follows the heart starts at its slowest speed", self.step)
            speeds = (within_reach(end * 0.0036, self._place) for end in (slow, fast))
            low_kmh, high_kmh = map(self._tidy, speeds)
            if low_kmh < high_kmh:
                return HeartHold(band, low_kmh, high_kmh)
        low_kmh, high_kmh = bounds_kmh(self.paces, self._place)
        bounds = "the belt follows the heart within the given speeds and starts at the slower one"
        self.losses.assumed(bounds, self.step)
        return HeartHold(band, low_kmh, high_kmh)

    def _tidy(self, kmh: float) -> float:
        """A speed as a treadmill sets it; our own is as exact as mm/s are."""
        if not self.ours:
            return tidied(kmh, self.losses, self.step, NOISE_KMH)
        tidy_kmh = tidy(kmh, NOISE_KMH)
        return tidy_kmh if abs(tidy_kmh - kmh) <= NOISE_KMH else max(round(kmh, 2), 0.01)

    def _band(self, low: int, high: int) -> HeartRange:
        if (low > BEATS) is not (high > BEATS):
            raise self._error("has a range of heart rates from percent to beats; give both ends in the same")
        less, unit = (BEATS, HeartUnit.BPM) if low > BEATS else (0, HeartUnit.MAX)
        return heart_band(low - less, high - less, unit, self._place, self.step, self.losses)


# Writing


def fields_of(segment: Segment, step: int, losses: Losses) -> dict[int, int | str]:
    """A segment as the fields of a step, without its index."""
    in_words = segment.heart is not None  # the second target is taken by its speeds
    return {
        Field.NAME: cut(_name(segment), LONGEST_TEXT, NAME, step, losses),
        **_written_ends(segment, step, losses),
        **_written_target(segment, step, losses),
        Field.INTENSITY: _INTENSITIES.get(segment.head, Intensity.ACTIVE),
        **_notes(segment, step, losses, incline=in_words),
    }


def _name(segment: Segment) -> str:
    """The mark of a backward step or a rest; of others what they are."""
    if segment.target is None or segment.facing is Facing.BACKWARD:
        return text_of(segment, "", incline=False)
    led = "" if segment.heart is None else f", heart {heart_text(segment.heart.range)}"
    return f"{segment.head.value.capitalize()} {target_text(segment.target)}{led}"


def _notes(segment: Segment, step: int, losses: Losses, *, incline: bool) -> dict[int, int | str]:
    cue = " ".join(filter(None, (spoken(cue.text) for cue in segment.say if cue.at is SayAt.START)))
    plain_text = replace(segment, head=Head.FORWARD, facing=Facing.FORWARD, target=segment.target or Target(1.0))
    later = (cue for cue in segment.say if cue.at is not SayAt.START)
    text = written(text_of(plain_text, cue, incline=incline), later, LONGEST_TEXT, NAME, step, losses)
    return {Field.NOTES: text} if text else {}


def _written_ends(segment: Segment, step: int, losses: Losses) -> dict[int, int | str]:
    until, extent = segment.until, segment.extent
    if until is not None and until.at_least_s:
        losses.lost("the shortest time before a heart rate may end the step", step)
    if extent.unit is ExtentUnit.OPEN and until is not None and until.bound.unit in (HeartUnit.BPM, HeartUnit.MAX):
        ends = Ends.HEART_BELOW if until.below else Ends.HEART_ABOVE
        return {Field.ENDS: ends, Field.LENGTH: _heart_value(until.bound.high, until.bound.unit)}
    if until is not None:
        losses.lost("the heart rate that ends the step early", step)
    if extent.unit is ExtentUnit.OPEN:
        return {Field.ENDS: Ends.OPEN}
    if extent.unit is ExtentUnit.TIME:
        return {Field.ENDS: Ends.TIME, Field.LENGTH: max(round(extent.amount * 1000), 1)}
    return {Field.ENDS: Ends.DISTANCE, Field.LENGTH: max(round(extent.amount * 100), 1)}


def _written_target(segment: Segment, step: int, losses: Losses) -> dict[int, int | str]:
    target = segment.target
    if target is None:
        losses.changed(f"{NAME} knows no standing belt: a rest is a step without a target", step)
        return {Field.TARGET: Goal.OPEN}
    if segment.heart is not None and (band := _heart_values(segment.heart.range, step, losses)):
        losses.lost("the speed at which the belt starts to follow the heart", step)
        slow, fast = (round(kmh / 0.0036) for kmh in (segment.heart.low_kmh, segment.heart.high_kmh))
        speeds: dict[int, int | str] = {Field.SECOND: Goal.SPEED, Field.SECOND_LOW: slow, Field.SECOND_HIGH: fast}
        return {Field.TARGET: Goal.HEART, Field.ZONE: 0, Field.LOW: band[0], Field.HIGH: band[1], **speeds}
    if segment.heart is not None:
        losses.lost(f"the heart rate that the belt follows; {NAME} counts in beats or percent of the maximum", step)
    if target.end_kmh is not None:
        losses.changed("a ramp of the speed is its middle", step)
    losses.changed(f"a speed is a range from {AROUND * 100:.0f} % below it to {AROUND * 100:.0f} % above it", step)
    middle = round(mean_kmh(segment) / 0.0036)
    around = round(middle * AROUND)
    low_high: dict[int, int | str] = {Field.LOW: middle - around, Field.HIGH: middle + around}
    grade = {} if segment.heart is not None else _grade(target, step, losses)
    return {Field.TARGET: Goal.SPEED, Field.ZONE: 0, **low_high, **grade}


def _grade(target: Target, step: int, losses: Losses) -> dict[int, int | str]:
    incline_pct = target.incline_pct
    if target.end_incline_pct is not None:
        losses.changed("a ramp of the incline is its middle", step)
        incline_pct = (target.incline_pct + target.end_incline_pct) / 2
    if not incline_pct:
        return {}
    losses.changed("the incline is a second target, which a watch may not show", step)
    grade = round(incline_pct * 100)
    return {Field.SECOND: Goal.GRADE, Field.SECOND_LOW: grade, Field.SECOND_HIGH: grade}


def _heart_values(band: HeartRange, step: int, losses: Losses) -> tuple[int, int] | None:
    """A band as it is written; None where the runner's own numbers would be needed."""
    if band.unit is HeartUnit.ZONE:
        losses.changed("a heart zone is a band in percent of the maximum", step)
        return ZONE_BOUNDS_PCT[int(band.low) - 1], ZONE_BOUNDS_PCT[int(band.high)]
    if band.unit not in (HeartUnit.BPM, HeartUnit.MAX):
        return None
    if band.low != round(band.low) or band.high != round(band.high):
        losses.changed("heart rates are rounded to whole numbers", step)
    return _heart_value(band.low, band.unit), _heart_value(band.high, band.unit)


def _heart_value(value: float, unit: HeartUnit) -> int:
    return round(value) + BEATS if unit is HeartUnit.BPM else round(value)
