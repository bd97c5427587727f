"""The examples of a rule, checked as they stand: what `coach rule` shows is what `coach check` says today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coach.core.machine import MachineProfile, Preamble, Range, Reported, StartWhenRunning
from coach.script.check import check_text, load
from coach.script.device import Machine
from coach.script.problem import Problem
from coach.script.rule import Of, Rule

FILE: Final = "example.yaml"  # as it stands before the problems of an example
SPEEDS: Final = Range(0.8, 18.0, 0.1)  # km/h, where an example says nothing else
INCLINES: Final = Range(0.0, 12.0, 0.5)  # percent

_WORDS: Final = {"reported": Reported, "preamble": Preamble, "start_when_running": StartWhenRunning}


def problems_of(rule: Rule, text: str) -> tuple[Problem, ...]:
    """What the checker says about an example of a rule; nothing where it is told in words only."""
    match rule.of:
        case Of.WORDS:
            return ()
        case Of.SHORTHAND:
            return load(text).problems
        case Of.PLAN:
            from coach.script.training import check_plan

            return check_plan(f"{text}\n", FILE)
        case Of.FILE:
            return check_text(f"{text}\n", file=FILE, machine=machine_of(rule.machine)).problems


def machine_of(facts: Mapping[str, object]) -> Machine | None:
    """The treadmill of an example: the facts of its profile, and its ranges as [lowest, highest, step]."""
    if not facts:
        return None
    named = {name: _WORDS[name](str(fact)) if name in _WORDS else fact for name, fact in facts.items()}
    speeds, inclines = named.pop("speeds", None), named.pop("inclines", None)
    profile = MachineProfile(**{"known": True, **named})  # type: ignore[arg-type]  # a wrong fact fails the tests of rules
    return Machine(profile=profile, speeds=_range(speeds, SPEEDS), inclines=_range(inclines, INCLINES))


def _range(ends: object, usual: Range) -> Range:
    if not isinstance(ends, list):
        return usual
    low, high, step = ends
    return Range(low, high, step)
