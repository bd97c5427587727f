"""Laws 2, 3, 6 and 7 of safety.md 2 as judges of one step, with a memory of their own.

What a fresh yes is, and which guard is green, is reckoned here from the events alone, so that a session which is wrong
about itself is found out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf
from types import MappingProxyType
from typing import Final, TypeAlias

from coach.core import say
from coach.core.cue import CueKind
from coach.core.event import (
    CockpitSilent,
    Event,
    FocusFound,
    FocusLost,
    GuardFound,
    GuardLost,
    Heard,
    Key,
    LinkFound,
    LinkLost,
    Pressed,
    Remote,
    Slept,
    SoundFound,
    SoundLost,
    Tick,
    Verb,
)
from coach.core.ftms import CONTROL_POINT, MACHINE_STATUS, Status
from coach.core.plan import Plan
from coach.core.session import Outcome, Session, advance
from coach.core.wish import Phase
from coach.core.workout import Facing, Level
from tests.core.build import START, STOP, asked_kmh
from tests.core.explore_machine import LOW_KMH, Machine

TINY: Final = 1e-6
QUESTION_S: Final = 1.5  # a question has stood for so long (safety.md 4, yes, b)
REAR_QUESTION_S: Final = 4.0
REHAB_QUESTION_S: Final = 8.0
BOUNCE_S: Final = 1.0  # c
STEADY_S: Final = 2.0  # d
YES_S: Final = 6.0  # a Start is written within (safety.md 6)
ALARM_S: Final = 3.6  # alarm words come every 3 s
OWN_STOP_S: Final = 3.0  # a status 02 within is explained by our Stop
STALE_S: Final = 4.0  # at a report a second, facing FORWARD; 3 s while rear (safety.md 1)
_FASTER: Final = frozenset({Key.FASTER, Key.MUCH_FASTER, Key.NEXT})
_CALLS_OFF: Final = frozenset({Status.STOPPED, Status.SAFETY_KEY, Status.CONTROL_LOST})
_STOPS: Final = frozenset({Verb.STOP, Verb.PAUSE})
_GRANTED: Final = b"\x80\x00\x01"  # Request Control, success (FTMS 4.16.2.22)


@dataclass(frozen=True, slots=True)
class Memory:
    """What the laws must remember of a session; nothing of it comes from the session's own state."""

    yes_at_s: float = -inf  # the fresh yes that no Start has used and nothing has called off
    yes_phase: Phase = Phase.CONNECTING  # that it was given in
    pressed_at_s: float = -inf
    asked_kmh: float = 0.0  # the last set-point that was written since the last Start
    alarmed_at_s: float = -inf
    stopped_at_s: float = -inf
    linked: bool = False
    guarded: bool = True
    cockpit: bool = True
    closed: bool = False  # and for good
    focused: bool = True
    sound: bool = True
    control: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One event through the session."""

    plan: Plan
    before: Session
    event: Event
    after: Session
    outcome: Outcome
    machine: Machine  # when the event came
    known: Memory  # with the event, without what was written upon it


Law: TypeAlias = Callable[[Step], str]  # what is broken, in words; nothing where nothing is


def noted(plan: Plan, known: Memory, before: Session, event: Event) -> Memory:
    """What is known with an event."""
    match event:
        case Pressed(at_s, key):
            yes_at_s = at_s if fresh(plan, known, before, event) else known.yes_at_s if key is Key.HELP else -inf
            known = replace(known, pressed_at_s=at_s, cockpit=not known.closed)
            return replace(known, yes_at_s=yes_at_s, yes_phase=before.progress.phase)
        case Remote(_, verb) if verb in _STOPS:
            return replace(known, yes_at_s=-inf)
        case LinkLost() | Slept():
            return replace(known, yes_at_s=-inf, linked=False)
        case LinkFound():
            return replace(known, linked=True)
        case Heard(at_s, uuid, value) if uuid == MACHINE_STATUS and value[0] in _CALLS_OFF:
            if value[0] == Status.STOPPED and at_s - known.stopped_at_s <= OWN_STOP_S:
                return known  # our own Stop explains it (safety.md 5)
            return replace(known, yes_at_s=-inf, control=known.control and value[0] != Status.CONTROL_LOST)
        case Heard(_, uuid, value) if uuid == CONTROL_POINT and not known.control:
            return replace(known, control=value == _GRANTED)
        case GuardLost() | GuardFound():
            return replace(known, guarded=isinstance(event, GuardFound))
        case SoundLost() | SoundFound():
            return replace(known, sound=isinstance(event, SoundFound))
        case FocusLost() | FocusFound():
            return replace(known, focused=isinstance(event, FocusFound))
        case CockpitSilent(_, ended):
            return replace(known, cockpit=False, closed=known.closed or ended)
        case _:
            return known


def fresh(plan: Plan, known: Memory, before: Session, event: Pressed) -> bool:
    """Whether a press is a yes by safety.md 4."""
    question, progress = before.progress.question, before.progress
    if question is None or event.key not in {Key.YES, Key.DIGIT} or event.serial != question.serial:
        return False
    if event.key is Key.DIGIT and event.digit != question.digit:
        return False
    to_the_rear = progress.phase is Phase.READY and progress.claimed is Facing.BACKWARD
    rear_s = REHAB_QUESTION_S if plan.level is Level.REHAB else REAR_QUESTION_S
    stood = event.at_s - question.at_s >= (rear_s if to_the_rear else QUESTION_S) - TINY
    return stood and event.at_s - known.pressed_at_s >= BOUNCE_S - TINY and event.steady_s >= STEADY_S


def written(known: Memory, outcome: Outcome, at_s: float) -> Memory:
    """What is known with what was written and said."""
    for value in outcome.writes:
        kmh = asked_kmh(value)
        if value == START:
            known = replace(known, yes_at_s=-inf, asked_kmh=0.0)
        elif value == STOP:
            known = replace(known, stopped_at_s=at_s)
        elif kmh is not None:
            known = replace(known, asked_kmh=kmh)
    if any(cue.kind is CueKind.ALARM for cue in outcome.cues):
        known = replace(known, alarmed_at_s=at_s)
    return known


def law_2(step: Step) -> str:
    """A Start goes to a belt that is STILL, for one fresh yes, in STARTING, and never by anything but that yes."""
    starts = step.outcome.writes.count(START)
    if not starts:
        return ""
    known, progress, belt = step.known, step.after.progress, step.after.belt
    age_s = step.event.at_s - known.yes_at_s
    if starts > 1:
        return "two Starts at once"
    if isinstance(step.event, Remote | LinkFound | LinkLost | Slept) and START not in _by_time(step)[1].writes:
        return f"a Start by {type(step.event).__name__}"
    if progress.phase is not Phase.STARTING:
        return f"a Start in {progress.phase}"
    if known.yes_at_s == -inf:
        return "a Start without a fresh yes of its own"
    if age_s > YES_S + TINY:
        return f"a Start by a yes that is {age_s:.1f} s old"
    if known.yes_phase not in {Phase.READY, Phase.PAUSED}:
        return f"a Start by a yes in {known.yes_phase}"
    if progress.claimed is Facing.BACKWARD and known.yes_phase is not Phase.READY:
        return f"a Start to the rear by a yes in {known.yes_phase}"
    if not belt.still or not known.linked or (step.machine.kmh > 0 and not step.machine.mute):
        return f"a Start to a belt at {step.machine.kmh:.1f} km/h"
    return "" if step.after.guard.trusted else "a Start to a machine that ignored Stop"


def _by_time(step: Step) -> tuple[Session, Outcome]:
    """What would have come of this instant if nothing had happened in it."""
    return advance(step.plan, step.before, Tick(step.event.at_s))


def law_3(step: Step) -> str:
    """A higher set-point leaves in RAMP or RUN only, facing known, every guard green, by the schedule or a key."""
    for value in step.outcome.writes:
        kmh, known = asked_kmh(value), step.known
        if kmh is None or kmh <= max(known.asked_kmh, LOW_KMH) + TINY:
            continue
        rise, progress = f"{known.asked_kmh:.1f} -> {kmh:.1f} km/h", step.after.progress
        if progress.phase not in {Phase.RAMP, Phase.RUN}:
            return f"{rise} in {progress.phase}"
        if progress.facing is Facing.UNKNOWN:
            return f"{rise} while nobody knows the facing"
        if isinstance(step.event, LinkFound | LinkLost | Slept):
            return f"{rise} by {type(step.event).__name__}"
        if red := _red(step):
            return f"{rise} {red}"
        if not progress.facing.rear:
            continue
        if kmh > step.plan.caps.speed_kmh + TINY:
            return f"{rise} to the rear, cap {step.plan.caps.speed_kmh:.1f}"
        if kmh > max(known.asked_kmh, LOW_KMH) + max(0.1, step.plan.caps.ramp_kmh_s) + TINY:
            return f"{rise} at once to the rear"
    return ""


def _red(step: Step) -> str:
    known, belt, rear = step.known, step.after.belt, step.after.progress.facing.rear
    silent_s = step.event.at_s - max(belt.heard_at_s, belt.link_at_s)
    reds = {
        "without a link": not known.linked,
        "without a guard": not known.guarded,
        "without a screen": not known.cockpit,
        "without control": not known.control,
        "without sound, to the rear": rear and not known.sound,
        "without focus, to the rear": rear and not known.focused,
        "without a report": silent_s >= (STALE_S - 1 if rear else STALE_S),
    }
    return next((red for red, holds in reds.items() if holds), "")


def law_6(step: Step) -> str:
    """No press is followed, in its own step, by a set-point above the one before, but the presses that may."""
    before, after = step.before, step.after
    if not isinstance(step.event, Pressed | Remote) or may_rise(step):
        return ""
    quiet, _ = _by_time(step)
    held_kmh = max(before.guard.set_kmh or 0.0, quiet.guard.set_kmh or 0.0, LOW_KMH)
    set_kmh = after.guard.set_kmh
    if set_kmh is None or set_kmh <= held_kmh + TINY:
        return ""
    return f"{held_kmh:.1f} -> {set_kmh:.1f} km/h by {named(step.event)} in {before.progress.phase}"


def may_rise(step: Step) -> bool:
    """Faster and skip facing FORWARD; the second yes of STEP_ON, which begins RAMP (safety.md 6a); yes in READY."""
    event, progress = step.event, step.before.progress
    if not isinstance(event, Pressed):
        return False
    if event.key in _FASTER:
        return progress.facing is Facing.FORWARD
    asked = progress.phase in {Phase.READY, Phase.STEP_ON} and progress.question is not None
    return asked and event.key in {Key.YES, Key.DIGIT}


def named(event: Event) -> str:
    """An event in a word."""
    match event:
        case Pressed(_, key):
            return f"key {key}"
        case Remote(_, verb):
            return f"network {verb}"
        case _:
            return type(event).__name__


def law_7(step: Step) -> str:
    """A session ends finished, stopped or tripped, with the belt at 0 or the alarm sounding; and then it is over."""
    progress, before = step.after.progress, step.before.progress
    if before.phase is Phase.ENDED:
        if progress.phase is not Phase.ENDED or progress.ended != before.ended:
            return f"an ended session went on in {progress.phase}"
        return "" if set(step.outcome.writes) <= {STOP} else "an ended session wrote more than Stop"
    if progress.phase is not Phase.ENDED:
        return ""
    if progress.ended not in {"finished", "stopped", "tripped"}:
        return f"ended {progress.ended!r}"
    if progress.ended == "finished" and progress.row < len(step.plan.rows):
        return f"finished in row {progress.row}"
    known = written(step.known, step.outcome, step.event.at_s)
    alarmed = step.event.at_s - known.alarmed_at_s <= ALARM_S
    if before.phase is Phase.CONNECTING and step.after.belt.kmh is None:
        return ""  # a belt that coach never heard and never touched
    silent_end = any(cue.text == say.SILENT_END for cue in step.outcome.cues)
    if (step.machine.unheard or step.machine.mute) and (silent_end or step.after.belt.still_by_silence):
        return ""  # coach cannot know, and says so where the session did not come to its end
    if step.machine.kmh > 0 and not alarmed:
        return f"ended {progress.ended} at {step.machine.kmh:.1f} km/h without an alarm"
    if step.machine.kmh > 0 and progress.ended == "finished":
        return f"finished at {step.machine.kmh:.1f} km/h"
    return ""


LAWS: Final[Mapping[str, Law]] = MappingProxyType({"law 2": law_2, "law 3": law_3, "law 6": law_6, "law 7": law_7})
