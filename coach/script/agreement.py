"""What the keys of one step must have to do with each other."""

from __future__ import annotations

from coach.core.rules import time
from coach.core.workout import Head
from coach.script.model import Stretch
from coach.script.unit import Kind, Quantity
from coach.script.values import Values


def agree(step: Stretch, values: Values) -> None:
    """What the keys of one step must have to do with each other."""
    head, line, written = step.head, step.line, step.written
    if head is Head.REST:
        _rest(step, values)
    elif line.speed is None and "speed" not in written:
        fix = f"write {head}: {step.text.value} @ {'2' if head is Head.BACKWARD else '5'} km/h"
        values.error(step.text.place, "speed-missing", "this step has no speed", fix)
    if line.speed is not None and "speed" in written:
        values.twice(step.key_at("speed"), "speed")
    if line.incline is not None and "incline" in written:
        values.twice(step.key_at("incline"), "incline")
    if head is Head.BACKWARD and step.slope is not None and step.slope.last is not None:
        message = "a backward step keeps one incline, it has no ramp of incline"
        values.error(step.incline_at, "backward-incline", message, "write one incline, such as 1 %")
    if "heart" in written or "within" in written:
        _heart(step, values)
    if "at-least" in written and "until" not in written:
        message = "at-least: is for a step with until:"
        values.error(
            step.key_at("at-least"), "at-least-without-until", message, "add until: heart < 105 bpm, or delete it"
        )


def _heart(step: Stretch, values: Values) -> None:
    head, written = step.head, step.written
    if "heart" not in written:
        message = "within: is for a step with heart:"
        values.error(step.key_at("within"), "within-without-heart", message, "add heart: zone 2, or delete within:")
    elif head is Head.BACKWARD:
        message = "the heart cannot lead the speed while the runner faces the rear"
        values.error(step.key_at("heart"), "heart-hold-backward", message, "heart: is for forward steps")
    elif head is Head.REST:
        values.error(step.key_at("heart"), "rest-stands", "in a rest the belt stands, the heart cannot lead it")
    elif "within" not in written:
        message = "a heart: step needs the speeds between which the belt may follow"
        values.error(step.key_at("heart"), "heart-hold-without-bounds", message, "add within: 5 .. 7.5 km/h")
    elif step.pace is not None and step.pace.last is not None:
        message = "a heart: step starts at one speed, it has no ramp"
        values.error(step.speed_at, "heart-hold-ramp", message, "write the speed where it starts")
    if step.within is not None and step.within.last is None:
        message = "within: needs two speeds"
        values.error(step.at("within"), "unreadable-value", message, "write within: 5 .. 7.5 km/h")


def _rest(step: Stretch, values: Values) -> None:
    told = step.extent.value
    timed = isinstance(told, Quantity) and told.kind is Kind.TIME and told.amount > 0
    fix = f"write rest: {time(told.amount)}" if isinstance(told, Quantity) and timed else "write rest: 1 min"
    if step.pace is not None:
        values.error(step.speed_at, "rest-stands", "in a rest the belt stands, it has no speed", fix)
    if step.slope is not None:
        values.error(step.incline_at, "rest-stands", "in a rest the belt stands, it has no incline", fix)
    value = step.extent.value
    if step.extent.to or (isinstance(value, Quantity) and value.kind is Kind.DISTANCE):
        values.error(step.extent_at, "rest-stands", "in a rest the belt stands, it has no distance", fix)
