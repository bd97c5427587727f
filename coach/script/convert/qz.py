"""QZ's training programmes (XML), which set a treadmill's own speeds; they are read and not written.

Rows that follow the heart need their slowest and fastest speed; a speed that is only advice in QZ is set here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from coach.core.workout import Extent, ExtentUnit, Facing, Head, HeartHold, HeartRange, HeartUnit, Segment, Target
from coach.script.compile import DEEPEST, MOST_SEGMENTS
from coach.script.convert import xml
from coach.script.convert.event import NAMES, Event, marked_by, read_events, rests, seconds, with_cues
from coach.script.convert.fold import folded, spoken, with_heads
from coach.script.convert.loss import ConvertError, Losses
from coach.script.convert.mark import names_backward, rear, unclear
from coach.script.convert.pace import Paces
from coach.script.convert.xml import Element
from coach.script.outline import Item, Outline, Rounds

UNSET_INCLINE: Final = -100.0  # and below: QZ writes -200 where a row has none

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,12})?")
_READ: Final = {
    "duration", "distance", "speed", "speedfrom", "speedto", "average_speed", "inclination", "forcespeed",
    "minspeed", "maxspeed", "zonehr", "hrmin", "hrmax",
}  # fmt: skip
_HEART: Final = ("zonehr", "hrmin", "hrmax")
_LOST: Final = {  # what a belt cannot do, in words; anything else is told by its name
    "mets": "the METs", "power": "the power", "powerzone": "the power", "cadence": "the cadence",
    "fanspeed": "the speed of the fan", "resistance": "the resistance", "maxresistance": "the resistance",
    "looptimehr": "how often the heart is looked at", "lapbutton": "the end by the lap button",
    "upper_speed": "the range around the speed", "lower_speed": "the range around the speed",
}  # fmt: skip


@dataclass(slots=True)
class _Reader:
    """Where it is in the file."""

    paces: Paces
    losses: Losses
    step: int = 0  # rows as they stand, from 1
    before_kmh: float | None = None  # the speed at which the row before ends

    def items(self, parent: Element, depth: int, times: int, total: int) -> tuple[tuple[Item, ...], int]:
        """What stands within an element, and how many segments there are with it, all repeats counted."""
        found: list[Item] = []
        for element in parent.children:
            if element.name == "row":
                self.step += 1
                total += times
                if total > MOST_SEGMENTS:
                    raise _too_many(element)
                found.append(self.row(element))
            elif element.name == "repeat":
                rounds = self.rounds(element, depth)
                xml.between(replace(element, children=[]), "the rows", Losses())
                inner, total = self.items(element, depth + 1, times * rounds, total)
                found += [Rounds(rounds, inner)] if inner else []
            else:
                xml.between(element, "the rows", self.losses)
        return tuple(found), total

    def rounds(self, element: Element, depth: int) -> int:
        if depth >= DEEPEST:
            raise ConvertError(f"line {element.line}: more than {DEEPEST} repeats stand within each other")
        times = _number(element, "times", f"the repeat in line {element.line}")
        if times is None or times < 1 or times != int(times):
            shown = spoken(element.values.get("times", ""))[:40]
            raise ConvertError(
                f'line {element.line}: a repeat has times="{shown}"; it is a whole number from 1'
                if shown
                else f'line {element.line}: a repeat does not say how often; write times="3"'
            )
        if times > MOST_SEGMENTS:
            raise _too_many(element)
        return int(times)

    def row(self, element: Element) -> Segment:
        step, losses = self.step, self.losses
        where = f"row {step} (line {element.line})"
        self.leftovers(element)
        extent = self.extent(element, where)
        incline_pct = _set(element, "inclination", where, UNSET_INCLINE) or 0.0
        events = read_events(element, step, losses)
        if rests(events, extent) or (not marked_by(events) and self.speed(element, where) == 0):
            segment = self.rest(extent, where, said=rests(events, extent))
        else:
            segment = self.moving(element, events, extent, incline_pct, where)
        segment = with_cues(segment, events, step, losses)
        if segment.facing is Facing.FORWARD and segment.target is not None:
            for name in filter(names_backward, element.said(_READ, NAMES)):
                unclear(where, name, losses, step)
                segment = rear(segment)
        return segment

    def rest(self, extent: Extent, where: str, *, said: bool) -> Segment:
        if extent.unit is not ExtentUnit.TIME:
            raise ConvertError(f"{where} has a speed of 0 and a distance, so it never ends")
        if not said:
            self.losses.assumed("a speed of 0 is a rest, in which the belt stands", self.step)
        self.before_kmh = None
        return Segment(Head.REST, Facing.FORWARD, extent)

    def moving(
        self, element: Element, events: Sequence[Event], extent: Extent, incline_pct: float, where: str
    ) -> Segment:
        heart = None
        if (mark := marked_by(events)) is not None:
            target = Target(mark.speed_kmh, mark.end_kmh)
        elif (heart := self.heart(element, where)) is not None:
            target = self.led(element, heart, where)
        else:
            target = self.target(element, where)
        target = Target(target.speed_kmh, target.end_kmh, incline_pct)
        self.before_kmh = target.speed_kmh if target.end_kmh is None else target.end_kmh
        return Segment(Head.FORWARD, Facing.FORWARD, extent, target, heart)

    def leftovers(self, element: Element) -> None:
        for key, value in element.values.items():
            if key not in _READ and value.strip() not in ("", "-1", "-200", "0"):
                self.losses.lost(_LOST.get(key, f"the attribute {key[:40]}"), self.step)
        for child in element.children:
            if child.name not in NAMES:
                self.losses.lost(f"<{child.written[:40]}> within a row", self.step)

    def extent(self, element: Element, where: str) -> Extent:
        distance_km = _set(element, "distance", where)
        text = element.values.get("duration", "").strip()
        duration_s = seconds(text) if text else None
        if text and duration_s is None:
            raise ConvertError(f'{where} has a duration of "{spoken(text)[:40]}"; durations are written 00:05:00')
        if distance_km:
            if duration_s:
                self.losses.lost("the duration of a row that has a distance too, which is what ends it", self.step)
            return Extent(ExtentUnit.DISTANCE, round(distance_km * 1000, 6))
        if not duration_s:
            raise ConvertError(f"{where} has neither a duration nor a distance, so nobody knows how long it is")
        return Extent(ExtentUnit.TIME, duration_s)

    def speed(self, element: Element, where: str) -> float | None:
        """The one speed of a row, where it has one."""
        speed_kmh = _set(element, "speed", where)
        if speed_kmh is None and (average_kmh := _set(element, "average_speed", where)) is not None:
            self.losses.assumed("the average of a range is its speed", self.step)
            return average_kmh
        return speed_kmh

    def target(self, element: Element, where: str) -> Target:
        first_kmh, last_kmh = _set(element, "speedfrom", where), _set(element, "speedto", where)
        if first_kmh is not None and last_kmh is not None:
            self.advice(element)
            return Target(first_kmh, None if last_kmh == first_kmh else last_kmh)
        if first_kmh is not None or last_kmh is not None:
            raise ConvertError(f"{where} has one end of a ramp; it needs speedfrom and speedto")
        speed_kmh = self.speed(element, where)
        if speed_kmh is None:
            easy_kmh = self.paces.easy(f"{where} says no speed")
            self.losses.assumed("a row without a speed goes at your easy speed", self.step)
            return Target(easy_kmh)
        self.advice(element)
        return Target(speed_kmh)

    def advice(self, element: Element) -> None:
        if not _forced(element):
            self.losses.assumed(
                "a speed without forcespeed is only advice in QZ; here the belt is set to it", self.step
            )

    def heart(self, element: Element, where: str) -> HeartHold | None:
        """How the belt follows the heart, where the row says so."""
        if _forced(element):
            if any(_set(element, key, where) for key in _HEART):
                self.losses.lost("the heart rate of a row whose speed is forced; the two would fight", self.step)
            return None
        band = self.band(element, where)
        if band is None:
            return None
        low_kmh, high_kmh = _set(element, "minspeed", where), _set(element, "maxspeed", where)
        if low_kmh is None or high_kmh is None:
            if self.paces.within_kmh is None:
                raise ConvertError(
                    f"{where} follows the heart without minspeed and maxspeed, so nothing bounds the belt; "
                    "give both in the file, or for all rows with --within '5 .. 9 km/h'"
                )
            self.losses.assumed("a row that follows the heart without its own bounds has those of --within", self.step)
            low_kmh, high_kmh = self.paces.within_kmh
        return HeartHold(band, low_kmh, high_kmh)

    def band(self, element: Element, where: str) -> HeartRange | None:
        zone = _set(element, "zonehr", where)
        low_bpm, high_bpm = _set(element, "hrmin", where), _set(element, "hrmax", where)
        if low_bpm and high_bpm:
            if zone:
                self.losses.lost("the heart zone of a row that has its own heart rates", self.step)
            return HeartRange(min(low_bpm, high_bpm), max(low_bpm, high_bpm))
        if low_bpm or high_bpm:
            raise ConvertError(f"{where} has one end of a heart rate; it needs hrmin and hrmax")
        if not zone:
            return None
        if zone not in (1, 2, 3, 4, 5):
            raise ConvertError(f"{where} has the heart zone {zone:g}; there are 1 to 5")
        self.losses.assumed("heart zones are those of coach, in percent of the maximum; QZ may count others", self.step)
        return HeartRange(zone, zone, HeartUnit.ZONE)

    def led(self, element: Element, heart: HeartHold, where: str) -> Target:
        """Where a row that follows the heart starts."""
        speed_kmh = self.speed(element, where)
        said = speed_kmh if speed_kmh is not None else self.before_kmh
        start_kmh = heart.low_kmh if said is None else min(max(said, heart.low_kmh), heart.high_kmh)
        if speed_kmh != start_kmh:
            self.losses.assumed("a row that follows the heart starts at the speed before it, within bounds", self.step)
        return Target(start_kmh)


def read(raw: bytes, paces: Paces, losses: Losses) -> Outline:
    """A programme as an outline; QZ gives it no name.

    Raises:
        ConvertError: it is none, or a row cannot be read or has no bounds.
    """
    root = xml.parse(raw)
    if root.name != "rows":
        raise ConvertError(f"this is not a QZ program: it begins with <{root.written[:40]}>, not with <rows>")
    device = spoken(root.values.get("device", "treadmill"))
    if device.lower() != "treadmill":
        raise ConvertError(f"this programme is for a {device[:40]}, not for a treadmill")
    items, total = _Reader(paces, losses).items(root, 0, 1, 0)
    if not total:
        raise ConvertError("the programme has no rows")
    losses.assumed("speeds are km/h and distances km, for QZ writes no units")
    return Outline("", folded(with_heads(items, losses)))


def _set(element: Element, key: str, where: str, unset: float = -1.0) -> float | None:
    """A number; None where the row has none, or the one that means so."""
    value = _number(element, key, where)
    if value is None or value <= unset:
        return None
    if value < 0 and unset == -1.0:
        raise ConvertError(f"{where} has a {key} of {value:g}, which is below 0")
    return value


def _number(element: Element, key: str, where: str) -> float | None:
    text = element.values.get(key, "").strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise ConvertError(f'{where} has a {key} of "{spoken(text)[:40]}", which is not a number')
    return float(text)


def _forced(element: Element) -> bool:
    return element.values.get("forcespeed", "").strip().lower() in ("1", "true")


def _too_many(element: Element) -> ConvertError:
    return ConvertError(
        f"line {element.line}: with its repeats the programme grows past {MOST_SEGMENTS:,} rows, the most that it has"
    )
