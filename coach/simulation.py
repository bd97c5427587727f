"""A workout played on a simulated treadmill under a virtual clock: simulate() and what it finds out.

The same workout, options and version give the same result, to the byte. Nothing before a fault's time differs from
the session without the fault.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Final

from coach import result
from coach.core import say
from coach.core.error import CoachError
from coach.core.level import UNLIMITED, Allowance
from coach.core.plan import Plan, make_plan, refusals
from coach.core.runner import Runner
from coach.core.session import Session
from coach.core.trip import COURSES, action
from coach.core.wish import Phase
from coach.core.workout import Facing, Level, Workout
from coach.history.account import Account
from coach.history.summary import summarised
from coach.installed import version
from coach.link.fault import Fault, parse_fault, parse_press
from coach.link.machine_file import SimMachine, find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import VirtualStrap, heart_source
from coach.link.world import Step, World, ranges
from coach.result import Json, Limit, SegmentResult, Side, Spoken, Trip, Turn, plain
from coach.script.check import Loaded, load
from coach.script.problem import Problem
from coach.sinks.canonical import text_of
from coach.sinks.header import Origin
from coach.sinks.journal import Journal
from coach.sinks.trace import Trace
from coach.tally import Tally

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
PATIENCE_S: Final = 900.0  # a session that shows no sign of life for so long is over; the engine ends it sooner
LONGEST_S: Final = 24 * 3600.0  # of virtual time
FINISHED: Final = "finished"
STOPPED: Final = "stopped"
TRIPPED: Final = "tripped"
REFUSED: Final = "refused"
SHOWN_REASONS: Final = 3  # of a refusal

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_WAITING: Final = frozenset({Phase.READY, Phase.PAUSED, Phase.RESTING})  # the session itself ends these
_ALARMS: Final = frozenset({Phase.STOP_FAILED, Phase.BELT_MOVES, Phase.KEY})  # and not these
_NONE: Final = Side()


class OptionError(CoachError, ValueError):
    """An option of a simulation that means nothing; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a simulation was made from."""

    level: str
    machine: str
    seed: int
    faults: tuple[str, ...]
    presses: tuple[str, ...]
    sha256: str  # of the workout's file, of the shorthand, or of the workout's values


@dataclass(frozen=True, slots=True)
class Simulation:
    """What came of a simulated session; its fields are those of `coach simulate --json`, in their order."""

    workout: str
    inputs: Inputs
    ended: str  # finished, stopped, tripped or refused
    reason: str
    schema: int = SCHEMA
    version: str = ""
    planned_s: float = 0.0
    planned_with_turns_s: float = 0.0
    elapsed_s: float = 0.0
    distance_m: float = 0.0  # turns and creep included
    facing_at_end: str = Facing.UNKNOWN.value
    belt_at_end_kmh: float = 0.0  # true
    alarm_at_end: bool = False  # the belt moves, or nobody knows whether it does
    prompted: str = ""  # why the runner set the speeds himself
    backward_left_out: bool = False  # on such a machine, the backward steps
    forward: Side = _NONE
    backward: Side = _NONE
    turns: int = 0  # that were done
    turn_list: tuple[Turn, ...] = ()  # those that were given up too
    writes: int = 0
    limits: tuple[Limit, ...] = ()
    trips: tuple[Trip, ...] = ()
    cues: tuple[Spoken, ...] = ()
    segments: tuple[SegmentResult, ...] = ()
    max_true_speed_backward_kmh: float | None = None  # of the belt, facing BACKWARD or UNKNOWN
    over_cap_backward_s: float = 0.0  # how long that was above the cap and 0.3 km/h
    missed: tuple[str, ...] = ()  # faults and presses whose instant the session did not come to
    unused: tuple[str, ...] = ()  # presses that changed nothing where they came
    problems: tuple[Problem, ...] = ()  # of a workout that is invalid: then there was no session

    def facts(self) -> dict[str, Json]:
        """The JSON object; of an invalid workout only its problems."""
        first: dict[str, Json] = {"schema": self.schema, "version": self.version, "workout": self.workout}
        if self.problems:
            return first | {"problems": [dict(problem.facts()) for problem in self.problems]}
        told = plain(replace(self, problems=()))
        assert isinstance(told, dict)
        del told["problems"]
        return first | told

    def json(self) -> str:
        """The JSON object as text."""
        return json.dumps(self.facts(), ensure_ascii=False, indent=2, allow_nan=False)


def simulate(
    workout: str | Path | Workout,
    machine: str | Path | SimMachine = "home",
    *,
    level: Level | str | None = None,
    faults: Iterable[str] = (),
    presses: Iterable[str] = (),
    heart: str | float = "sim",
    seed: int = 0,
    allowance: Allowance | None = None,
    sets: Mapping[str, str] | None = None,
    runner: Runner | None = None,
    params: Mapping[str, str] | None = None,
    trace: str | Path | None = None,
    journal: str | Path | None = None,
) -> Simulation:
    """Play a workout on a simulated treadmill, with a simulated runner who confirms every question.

    Args:
        workout: a path, a shipped name, a shorthand, or a workout.
        machine: a shipped machine, the path of a .toml file, or a machine.
        level: the row of caps; by default the workout's own.
        faults: what goes wrong, each as KIND@WHEN[:SECONDS].
        presses: keys of the runner, each as KEY@WHEN.
        heart: sim, none, a number of bpm, or the path of a CSV file with t_s,bpm in its first line.
        seed: of everything random.
        allowance: what history allows; by default there is no limit.
        sets: values for the parameters of the workout.
        runner: age, limits and weight.
        params: the runner's own values for the parameters of any workout; `sets` wins.
        trace: a file for one JSON line at every event.
        journal: a file for the journal of the session.

    Raises:
        CoachError: an option or a machine that cannot be read. What is wrong with the workout is no exception: it
            stands in `problems`, or the session ended `refused`.
        OSError: the trace or the journal cannot be written.
    """
    row = _level(level)
    simulated = machine if isinstance(machine, SimMachine) else find_machine(str(machine))
    broken = [(text, parse_fault(text)) for text in _texts(faults)]
    pressed = [(text, parse_press(text)) for text in _texts(presses)]
    source = heart_source(f"{heart:g}" if isinstance(heart, int | float) else str(heart))
    found = _found(workout, sets or _NOTHING, params or _NOTHING, row)
    inputs = Inputs(
        level=(row or found.level).value,
        machine=simulated.name if isinstance(machine, SimMachine) else str(machine),
        seed=seed,
        faults=tuple(text for text, _ in broken),
        presses=tuple(text for text, _ in pressed),
        sha256=found.sha256,
    )
    if found.workout is None:
        reason = next(problem.message for problem in found.problems if problem.error)
        return Simulation(found.title, inputs, REFUSED, reason, version=version(), problems=found.problems)
    allowance = allowance or UNLIMITED
    plan = make_plan(
        found.workout, profile_of(simulated), runner, level=row, allowance=allowance, strap=source is not None
    )
    treadmill = VirtualTreadmill(simulated, seed)
    refused = refusals(plan, allowance, *ranges(plan.profile, treadmill))
    if refused:
        reasons = list(dict.fromkeys(problem.message for problem in refused))
        shown, hidden = reasons[:SHOWN_REASONS], len(reasons) - SHOWN_REASONS
        more = [f"and {hidden} more"] if hidden > 0 else []
        return _simulation(plan, Tally(plan), inputs, REFUSED, "; ".join([*shown, *more]))
    world = World(
        plan,
        treadmill,
        None if source is None else VirtualStrap(source, seed),
        VirtualRunner(seed),
        [fault for _, fault in broken],
        [press for _, press in pressed],
    )
    origin = Origin(found.text, found.sha256, allowance, simulated=True, version=version())
    done = _played(world, inputs, _Files(trace, journal), origin)
    asked = [*((text, fault.when) for text, fault in broken), *((text, press.when) for text, press in pressed)]
    return replace(
        done,
        missed=tuple(text for text, when in asked if not world.reached(when)),
        unused=tuple(text for text, press in pressed if any(press is one for one in world.idle)),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """A workout, or its problems."""

    workout: Workout | None
    title: str
    level: Level
    text: str
    sha256: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Files:
    """Where a session is written down."""

    trace: str | Path | None
    journal: str | Path | None


def _found(
    workout: str | Path | Workout, sets: Mapping[str, str], params: Mapping[str, str], level: Level | None
) -> _Found:
    if isinstance(workout, Workout):
        text = text_of(workout)
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        return _Found(workout, workout.name, workout.level or Level.BEGINNER, text, sha256)
    loaded = load(str(workout), sets=sets, runner_params=params, level=level)
    if loaded.errors and level is not None:
        loaded = _own_level(loaded, load(str(workout), sets=sets, runner_params=params))
    known = loaded.workout or loaded.draft
    return _Found(
        loaded.workout,
        known.name if known is not None else loaded.title,
        (known.level if known is not None else None) or Level.BEGINNER,
        loaded.text,
        loaded.sha256,
        loaded.problems if loaded.errors else (),
    )


def _own_level(asked: Loaded, own: Loaded) -> Loaded:
    """A workout that is valid under its own level is refused under another, not invalid."""
    return asked if own.errors else own


def _level(level: Level | str | None) -> Level | None:
    if level is None:
        return None
    if level not in tuple(Level):
        raise OptionError(f"{level} is not a level; there are {', '.join(Level)}")
    return Level(level)


def _texts(texts: Iterable[str]) -> Iterable[str]:
    return (texts,) if isinstance(texts, str) else texts


def _played(world: World, inputs: Inputs, files: _Files, origin: Origin) -> Simulation:
    account = Account(world.plan, backward_sessions=origin.allowance.backward_sessions)
    count = account.tally
    trace = None if files.trace is None else Trace.open(files.trace)
    journal = None if files.journal is None else Journal.open(files.journal, world.plan, origin)
    true_kmh = 0.0
    try:
        for step in _steps(world):
            true_kmh = step.true_kmh
            account.take(step.event, step.before, step.session, step.outcome, true_kmh)
            if trace is not None:
                trace.take(step.event, step.session, true_kmh)
            if journal is not None:
                journal.take(step.event, step.outcome)
        ended, reason = _end(world.session)
        if journal is not None:
            journal.end(ended, reason, world.session, summarised(account, origin, ended, reason).facts())
    finally:
        for file in (trace, journal):
            if file is not None:
                file.close()
    return _simulation(world.plan, count, inputs, ended, reason, true_kmh)


def _steps(world: World) -> Iterator[Step]:
    """All steps to the end; a session that waits for what never comes is left after a while."""
    patience_s = PATIENCE_S + max((_length_s(fault) for fault in world.faults), default=0.0)
    lively_s = 0.0
    for step in world.run_until(LONGEST_S):
        yield step
        phase, at_s = step.session.progress.phase, step.event.at_s
        runs = step.true_kmh > 0 and step.session.belt.link and phase not in _ALARMS
        if runs or phase in _WAITING or phase is not step.before.progress.phase:
            lively_s = at_s
        elif at_s - lively_s > patience_s:
            return


def _length_s(fault: Fault) -> float:
    return fault.duration_s if fault.duration_s is not None and isfinite(fault.duration_s) else 0.0


def _end(session: Session) -> tuple[str, str]:
    """How a session ended and why; one that was left has ended by what holds it."""
    progress, guard = session.progress, session.guard
    if progress.ended == FINISHED:
        return FINISHED, "finished"
    rear = progress.facing.rear
    notes = [guard.latched] if guard.latched is not None else sorted(guard.notes, key=lambda t: -action(t, rear=rear))
    held = [trip for trip in notes if COURSES[trip].counts]
    reason = progress.reason or (held[0].replace("-", " ") if held else f"no end of {progress.phase} in sight")
    if progress.ended:
        return progress.ended, reason
    return TRIPPED if held or progress.troubled else STOPPED, reason


def _simulation(plan: Plan, count: Tally, inputs: Inputs, ended: str, reason: str, true_kmh: float = 0.0) -> Simulation:
    session, most_kmh = count.session, count.max_true_rear_kmh
    over = ended != REFUSED
    known = session.belt.link and session.belt.still and not any(cue.text == say.RUNS_ON for cue in count.cues[-1:])
    return Simulation(
        workout=plan.workout.name,
        inputs=replace(inputs, level=plan.level.value),
        ended=ended,
        reason=reason,
        version=version(),
        planned_s=result.seconds(plan.planned_s),
        planned_with_turns_s=result.seconds(plan.planned_s + plan.turns_s),
        elapsed_s=result.seconds(count.at_s),
        distance_m=result.metres(count.distance_m),
        facing_at_end=session.progress.facing.value,
        belt_at_end_kmh=result.kmh(true_kmh),
        alarm_at_end=over and not known,
        prompted=session.guard.prompted if over else "",
        backward_left_out=over and plan.workout.backward and not plan.backward,
        forward=result.side(count, Facing.FORWARD),
        backward=result.side(count, Facing.BACKWARD),
        turns=sum(turn.took_s is not None for turn in count.turns),
        turn_list=result.turns(count.turns),
        writes=count.writes,
        limits=result.limits(count.limits),
        trips=result.trips(count.trips),
        cues=result.cues(count.cues),
        segments=tuple(result.segment(row) for row in count.rows(over=True)),
        max_true_speed_backward_kmh=None if most_kmh is None else result.kmh(most_kmh),
        over_cap_backward_s=result.seconds(count.over_cap_s),
    )
