"""From what was typed to a world that is ready to run, or to the reasons why it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coach.cli.app import RefusedError
from coach.cli.options import each, machine_name, settings
from coach.core.level import UNLIMITED
from coach.core.plan import Plan, Problem, make_plan, refusals
from coach.core.runner import Runner
from coach.core.workout import Level, Workout
from coach.keeper.wire import World
from coach.link.fault import parse_fault, parse_press
from coach.link.machine_file import SimMachine, find_machine
from coach.link.profile import profile_of
from coach.link.sim import VirtualTreadmill
from coach.link.strap import heart_source
from coach.link.world import ranges
from coach.places import configured
from coach.script.check import Loaded, load


@dataclass(frozen=True, slots=True)
class Person:
    """Who runs, as the settings have it."""

    runner: Runner
    params: dict[str, str]
    folder: Path | None = None  # of own workouts


@dataclass(frozen=True, slots=True)
class Choice:
    """The options of the simulated world, as typed."""

    treadmill: str
    heart: str
    faults: Sequence[str] = ()
    presses: Sequence[str] = ()
    seed: int = 0
    auto: bool = False
    timelapse: float = 1.0
    lapse_turns: bool = False

    def world(self) -> World:
        """What a keeper is asked to make of them."""
        machine = machine_name(self.treadmill)
        return World(
            machine,
            self.heart,
            tuple(self.faults),
            tuple(self.presses),
            self.seed,
            self.auto,
            self.timelapse,
            self.lapse_turns,
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """A session that is ready to be kept, with what it was made from."""

    plan: Plan
    choice: Choice
    machine: SimMachine
    loaded: Loaded | None = None


def person(name: str | None = None) -> Person:
    """The runner of that name, or the only one; settings are read only where there are any.

    Raises:
        CoachError: the settings are wrong, or it is not clear who runs.
    """
    if not configured() and name is None:
        return Person(Runner(), {})
    from datetime import UTC, datetime

    from coach.config import load as load_config

    config = load_config()
    chosen = config.chosen(name)
    folder = config.workouts.expanduser() if config.workouts is not None else None
    return Person(chosen.person(datetime.now(UTC).year), chosen.parameters(), folder)


def located(workout: str, folder: Path | None) -> str:
    """The path where the name is that of an own workout, else what was typed."""
    if folder is None or any(sign in workout for sign in "/\\@("):
        return workout
    own = [folder / f"{workout.removesuffix('.yaml')}.yaml", folder / f"{workout.removesuffix('.yml')}.yml"]
    return next((str(path) for path in own if path.is_file() and not Path(workout).exists()), workout)


def staged(
    workout: str,
    choice: Choice,
    *,
    level: Level | None,
    sets: Sequence[str] | None,
    runner: str | None,
    admit: bool = False,
) -> Stage:
    """Load a workout and put it on a simulated treadmill; `admit` one that refuses it, for somebody who may choose.

    Raises:
        RefusedError: the workout has errors, or must not run on this machine.
        CoachError: something else that was named cannot be used.
    """
    given, who = settings(sets), person(runner)
    loaded = load(located(workout, who.folder), sets=given, runner_params=who.params, level=level)
    if loaded.workout is None:
        raise RefusedError(loaded.rendered())
    return _on_machine(loaded.workout, choice, level=level, person=who, loaded=loaded, admit=admit)


def staged_free(workout: Workout, choice: Choice, *, runner: str | None) -> Stage:
    """Put a free session on a simulated treadmill.

    Raises:
        CoachError: something that was named cannot be used.
    """
    return _on_machine(workout, choice, level=None, person=person(runner), loaded=None, free=True)


def _on_machine(
    workout: Workout,
    choice: Choice,
    *,
    level: Level | None,
    person: Person,
    loaded: Loaded | None,
    free: bool = False,
    admit: bool = False,
) -> Stage:
    each("--fault", choice.faults, parse_fault)
    each("--press", choice.presses, parse_press)
    machine = find_machine(machine_name(choice.treadmill))
    strap = heart_source(choice.heart) is not None
    plan = make_plan(workout, profile_of(machine), person.runner, level=level, strap=strap, free=free)
    reasons = () if admit else refused(plan, machine)
    if reasons:
        where = (f"line {reason.line}: " if reason.line else "" for reason in reasons)
        told = [f"error[{one.rule}]: {at}{one.message}" for at, one in zip(where, reasons, strict=True)]
        raise RefusedError("\n".join([f"{plan.workout.name} does not run on {plan.profile.name}:", *told]))
    return Stage(plan, choice, machine, loaded)


def refused(plan: Plan, machine: SimMachine) -> tuple[Problem, ...]:
    """Why a plan must not run on this machine."""
    return refusals(plan, UNLIMITED, *ranges(plan.profile, VirtualTreadmill(machine)))
