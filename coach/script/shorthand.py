"""A workout in one line, for the command line: 3x(2min@9/back 1min@3).

    WORKOUT = STEP / STEP / ...         steps one after the other
    STEP    = COUNTx(WORKOUT)           a repeat; repeats may nest
            | [HEAD] EXTENT [@ SPEED [, INCLINE %]]
    HEAD    = forward (may be left out), back or backward, warm-up, cool-down, rest
    EXTENT  = 90s  2min  1:30  400m  1.2km  to 2.5km  open
    SPEED   = 9 (km/h)  9km/h  5.6mph  6:00/km  4->6 (a ramp)

Blanks mean nothing. A workout with a backward step runs under the caps of a beginner, and where it does not end with
three minutes facing the console it is given a cool-down of 3 min at 4 km/h.
"""

from __future__ import annotations

import re
from math import inf
from typing import Final

from coach.core.workout import Head, Level
from coach.script.misread import no_heart
from coach.script.model import Repeat, Script, Step, Stretch
from coach.script.problem import Findings, Place, UnreadableError, close_to, quoted
from coach.script.quantity import read_ramp, read_reach
from coach.script.source import Text
from coach.script.unit import INCLINE, SPEED, Kind, Line, Quantity, Ramp, Reach

LONGEST: Final = 1000  # characters
DEEPEST: Final = 12  # repeats within each other
COOL_DOWN_S: Final = 180.0  # facing the console after the last turn (safety.md 6)
COOL_DOWN_KMH: Final = 4.0  # an easy walk

_HEADS: Final = {"back": Head.BACKWARD, **{head.value: head for head in Head if head is not Head.BRIDGE}}
_REPEAT: Final = re.compile(r"\s*([0-9]{1,6})\s*[xX*]\s*\(")
_ITEM: Final = re.compile(r"(?:km/h|m/s|/(?:km|mi)\b|[^/()])+")
_HEAD: Final = re.compile(r"\s*([A-Za-z-]{3,})\s+(?!.*\bof\b)(?=\S)")
_BARE: Final = re.compile(r"[-+]?[0-9.]+(?:\s*->\s*[0-9.]+)?")
_APART: Final = re.compile(r"\s*[,;+]|(?<=\S)\s+(?=(?:[A-Za-z-]+\s+)?[0-9.]+\s*[a-z]+\s*@)")  # by who knows no /


def read_shorthand(text: str, findings: Findings) -> Script:
    """The models of a shorthand."""
    if len(text) > LONGEST:
        findings.error(Place(1, 1), "too-long", f"the shorthand has {len(text)} characters, {LONGEST} are the most")
        return Script()
    reader = _Reader(text)
    try:
        steps = reader.steps(0)
        reader.end()
    except UnreadableError as wrong:
        findings.error(Place(1, wrong.at + 1), wrong.rule, wrong.message, wrong.help)
        return Script()
    backward = _rear(steps)
    if backward and _forward_s(steps)[0] < COOL_DOWN_S:
        steps = (*steps, _cool_down(len(text)))
    name = " ".join(text.split())
    places = {"level": Place(1, 1)}
    return Script(name=name, steps=steps, level=Level.BEGINNER if backward else None, places=places)


class _Reader:
    """Recursive descent over one line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.index = 0

    def steps(self, depth: int) -> tuple[Step, ...]:
        steps = [self._step(depth)]
        while self.text[self.index : self.index + 1] == "/":
            self.index += 1
            steps.append(self._step(depth))
        return tuple(steps)

    def end(self) -> None:
        """Nothing may be left."""
        if self.index < len(self.text):
            raise UnreadableError("shorthand", "a ) has no ( before it", "delete it", self.index)

    def _step(self, depth: int) -> Step:
        start = self.index
        repeat = _REPEAT.match(self.text, start)
        if repeat is None:
            return self._stretch()
        if depth >= DEEPEST:
            raise UnreadableError("too-deep", f"repeats stand more than {DEEPEST} deep within each other", None, start)
        self.index = repeat.end()
        steps = self.steps(depth + 1)
        if self.text[self.index : self.index + 1] != ")":
            raise UnreadableError("shorthand", "a ) is missing", "each ( needs its )", min(self.index, len(self.text)))
        self.index += 1
        self._blanks()
        if self.index < len(self.text) and self.text[self.index] not in "/)":
            raise _not_apart("3x(...)/5min@5", self.index)
        place = Place(1, repeat.start(1) + 1)
        times = Quantity(Kind.COUNT, float(repeat[1]))
        return Repeat(times=times, steps=steps, place=place, times_at=place)

    def _stretch(self) -> Stretch:
        start = self.index
        item = _ITEM.match(self.text, start)
        if item is None or not item[0].strip():
            raise UnreadableError("shorthand", "a step is missing here", "write one such as 2min@9", start)
        self.index = item.end()
        if self.text[self.index : self.index + 1] == "(":
            raise UnreadableError(
                "shorthand", f"{quoted(item[0].strip())} stands before a (", "a repeat is 3x(...)", start
            )
        head, at = self._head(item[0], start)
        body = item[0][at - start :]
        left, mark, right = body.partition("@")
        if "@" in right:
            apart = _APART.search(right)
            raise _not_apart("2min@6/5min@9", at + len(left) + 1 + (apart.start() if apart else right.index("@")))
        extent = read_reach(left, at)
        line = Line(extent)
        if mark:
            speed, incline, incline_at = _belt(right, at + len(left) + 1)
            line = Line(extent, speed, incline, len(left) + 1, incline_at - at)
        _agree(head, line, at)
        place = Place(1, start + len(item[0]) - len(item[0].lstrip()) + 1)
        return Stretch(head=head, line=line, text=_text(body, at), place=place)

    def _head(self, item: str, start: int) -> tuple[Head, int]:
        found = _HEAD.match(item)
        if found is None or found[1] == "open":
            return Head.FORWARD, start
        head = _HEADS.get(found[1].lower())
        if head is None:
            fix = close_to(found[1].lower(), _HEADS) or f"heads are {', '.join(_HEADS)}"
            message = f"{quoted(found[1])} is not a head of a step"
            raise UnreadableError("shorthand", message, fix, start + found.start(1))
        return head, start + found.end()

    def _blanks(self) -> None:
        while self.text[self.index : self.index + 1] == " ":
            self.index += 1


def _not_apart(example: str, at: int) -> UnreadableError:
    return UnreadableError("shorthand", "a / is missing between two steps", f"write {example}", at)


def _belt(right: str, at: int) -> tuple[Ramp, Ramp | None, int]:
    speed_text, comma, incline_text = right.partition(",")
    incline_at = at + len(speed_text) + 1
    if comma and re.fullmatch("[0-9]+", incline_text.strip()) and re.fullmatch("[0-9]+", speed_text.strip()):
        fix = f"write {speed_text.strip()}.{incline_text.strip()}, or {right.strip()}% where an incline is meant"
        raise UnreadableError("decimal-comma", f"{quoted(right.strip())} may have a decimal comma", fix, at)
    no_heart(speed_text, at, "that takes a workout file, coach new, with the speed to begin at, and below it")
    if _BARE.fullmatch(speed_text.strip()):
        speed_text = f"{speed_text.rstrip()} km/h"
    incline = read_ramp(incline_text, INCLINE, incline_at) if comma else None
    return read_ramp(speed_text, SPEED, at), incline, incline_at


def _agree(head: Head, line: Line, at: int) -> None:
    if head is Head.REST:
        if line.speed is not None:
            raise UnreadableError("rest-stands", "in a rest the belt stands, it has no speed", "write rest 1min", at)
        value = line.extent.value
        if line.extent.to or (isinstance(value, Quantity) and value.kind is Kind.DISTANCE):
            raise UnreadableError("rest-stands", "in a rest the belt stands, it has no distance", "write rest 1min", at)
    elif line.speed is None:
        raise UnreadableError("speed-missing", "this step has no speed", "write 2min@5", at)


def _text(value: str, at: int) -> Text:
    return Text(value, 1, at + 1, "", 1, at + 1 + len(value))


def _rear(steps: tuple[Step, ...]) -> bool:
    return any(
        _rear(step.steps) if isinstance(step, Repeat) else isinstance(step, Stretch) and step.head is Head.BACKWARD
        for step in steps
    )


def _forward_s(steps: tuple[Step, ...]) -> tuple[float, bool]:
    """Seconds facing the console at the end, and whether that is all there is."""
    total_s = 0.0
    for step in reversed(steps):
        if isinstance(step, Repeat):
            seconds, only = _forward_s(step.steps)
            times = step.times.amount if isinstance(step.times, Quantity) else 1.0
            total_s += seconds * times if only else seconds
            if not only:
                return total_s, False
        elif isinstance(step, Stretch):
            if step.head is Head.BACKWARD:
                return total_s, False
            total_s += 0.0 if step.head is Head.REST else _length_s(step)
    return total_s, True


def _length_s(step: Stretch) -> float:
    amount = step.extent.value
    if not isinstance(amount, Quantity) or step.extent.to:
        return 60.0  # unknown; as the plan counts it
    if amount.kind is Kind.TIME:
        return amount.amount
    speed = step.line.speed.first if step.line.speed else None
    kmh = speed.amount if isinstance(speed, Quantity) else inf
    return amount.amount * 3.6 / kmh if kmh > 0 else 0.0


def _cool_down(length: int) -> Stretch:
    line = Line(Reach(Quantity(Kind.TIME, COOL_DOWN_S)), Ramp(Quantity(Kind.SPEED, COOL_DOWN_KMH)))
    return Stretch(head=Head.COOL_DOWN, line=line, text=_text("", length - 1), place=Place(1, max(length, 1)))
