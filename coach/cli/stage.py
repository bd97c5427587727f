"""From what was typed to a world that is ready to run, or to the reasons why it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import typer

from coach.cli.app import RefusedError
from coach.cli.options import SIMULATED, USUAL, each, settings
from coach.cli.taken import Taken, Worn, take, wear
from coach.core.level import FIRST, UNLIMITED, Allowance
from coach.core.plan import Plan, Problem, make_plan, refusals
from coach.core.runner import Runner
from coach.core.workout import Level, Workout
from coach.keeper.wire import World
from coach.link.fault import parse_fault, parse_press
from coach.people import People
from coach.places import configured
from coach.script.check import Loaded, load
from coach.shelf import NothingForwardError, forward_only

FORWARD: Final = "--forward-only runs it without its backward blocks today."


@dataclass(frozen=True, slots=True)
class Person:
    """Who runs, as the settings have it."""

    runner: Runner
    params: dict[str, str]
    folder: Path | None = None  # of own workouts
    name: str = ""  # under which what is known of him is kept


@dataclass(frozen=True, slots=True)
class Choice:
    """The treadmill, the strap and the options of a simulated world, as typed; nothing: what is usual."""

    treadmill: str = USUAL
    heart: str = USUAL
    faults: Sequence[str] = ()
    presses: Sequence[str] = ()
    seed: int = 0
    auto: bool = False
    timelapse: float = 1.0
    lapse_turns: bool = False

    def taken(self) -> Taken:
        """The treadmill; one that is simulated where anything else is.

        Raises:
            CoachError: there is no such, or it must not be driven.
            typer.BadParameter: what only a simulated world can do was asked of a real one.
        """
        plays = [*self.faults, *self.presses] or self.auto or self.timelapse != 1
        taken = take(SIMULATED if plays and not self.treadmill else self.treadmill)
        if plays and not taken.simulated:
            hint = "a real belt has no --auto, --timelapse, --fault or --press"
            raise typer.BadParameter(hint, param_hint="--treadmill")
        return taken

    def world(self, taken: Taken, worn: Worn) -> World:
        """What a keeper is asked to make of them."""
        return World(
            machine=taken.machine,
            treadmill=taken.device,
            strap=worn.device,
            heart=worn.heart,
            faults=tuple(self.faults),
            presses=tuple(self.presses),
            seed=self.seed,
            auto=self.auto,
            timelapse=self.timelapse,
            lapse_turns=self.lapse_turns,
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """A session that is ready to be kept, with what it was made from."""

    plan: Plan
    choice: Choice
    taken: Taken
    worn: Worn
    allowance: Allowance
    loaded: Loaded | None = None

    def world(self) -> World:
        """What a keeper is asked to make."""
        return self.choice.world(self.taken, self.worn)


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
    return Person(chosen.person(datetime.now(UTC).year), chosen.parameters(), folder, named(name))


def named(asked: str | None) -> str:
    """The name under which a runner is known: as it was asked for, else the only one of the settings, else none."""
    if asked or not configured():
        return asked or ""
    from coach.config import load as load_config

    return next(iter(load_config().runner), "")


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
    forward: bool = False,
) -> Stage:
    """Load a workout and put it on a treadmill.

    Args:
        workout: a path, a name or a shorthand.
        choice: the treadmill and what goes with it.
        level: the row of caps; the workout's own without it.
        sets: values of the workout.
        runner: whose settings.
        admit: also a treadmill that refuses it, for somebody who may choose another.
        forward: without its backward blocks.

    Raises:
        RefusedError: the workout has errors, or must not run on this machine.
        CoachError: something else that was named cannot be used.
    """
    given, who = settings(sets), person(runner)
    loaded = load(located(workout, who.folder), sets=given, runner_params=who.params, level=level)
    if loaded.workout is None:
        raise RefusedError(loaded.rendered())
    wanted = forward_only(loaded.workout) if forward else loaded.workout
    return _on_machine(wanted, choice, level=level, person=who, loaded=loaded, admit=admit)


def staged_free(workout: Workout, choice: Choice, *, runner: str | None) -> Stage:
    """Put a free session on a treadmill.

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
    taken = choice.taken()
    worn, allowance = wear(choice.heart, taken), allowance_on(taken, person.name)
    plan = make_plan(
        workout,
        taken.profile,
        person.runner,
        level=level,
        allowance=allowance,
        strap=worn.on,
        free=free,
        units=taken.units,
    )
    stage = Stage(plan, choice, taken, worn, allowance, loaded)
    reasons = () if admit else refused(stage)
    if reasons:
        where = (f"line {reason.line}: " if reason.line else "" for reason in reasons)
        told = [f"error[{one.rule}]: {at}{one.message}" for at, one in zip(where, reasons, strict=True)]
        hint = [FORWARD] if plan.backward and _runs_forward(stage) else []
        raise RefusedError("\n".join([f"{plan.workout.name} does not run on {plan.profile.name}:", *told, *hint]))
    return stage


def _runs_forward(stage: Stage) -> bool:
    """Without its backward blocks nothing is against it."""
    plan = stage.plan
    try:
        workout = forward_only(plan.workout)
    except NothingForwardError:
        return False
    forward = make_plan(workout, plan.profile, plan.runner, level=plan.level, strap=plan.strap)
    return not refused(replace(stage, plan=forward))


def allowance_on(taken: Taken, runner: str = "") -> Allowance:
    """What history and balance allow: all on a simulated treadmill; on a real one every session counts as the first.

    `runner` is the name under which his record is kept. Somebody whose balance allows no more has the rehab level only.
    """
    if taken.simulated:
        return UNLIMITED
    rehab = People().person(runner).most is Level.REHAB
    return replace(FIRST, level=Level.REHAB, reason="the balance of this runner") if rehab else FIRST


def refused(stage: Stage) -> tuple[Problem, ...]:
    """Why a plan must not run on this machine."""
    return refusals(stage.plan, stage.allowance, stage.taken.speeds, stage.taken.inclines)
