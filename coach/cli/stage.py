"""From what was typed to a world that is ready to run, or to the reasons why it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

import typer

from coach.cli.app import RefusedError
from coach.cli.options import SIMULATED, USUAL, each, settings, word
from coach.cli.taken import Taken, Worn, take, wear
from coach.core.level import UNLIMITED, Allowance
from coach.core.plan import Plan, Problem, make_plan, problems, refusals
from coach.core.runner import Runner
from coach.core.workout import Level, Workout
from coach.keeper.wire import Share, World
from coach.link.fault import parse_fault, parse_press
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
    hears: bool = True  # else the page behind the treadmill is to him what sound is to others


class Reckoned(StrEnum):
    """What says how much may be run backward."""

    HISTORY = "history"  # the runner's sessions on real belts
    NONE = "none"  # nothing: on a simulated treadmill only


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
    allowance: Reckoned | None = None
    share: Share | None = None  # the page behind the treadmill

    def taken(self) -> Taken:
        """The treadmill; one that is simulated where anything else is.

        Raises:
            CoachError: there is no such, or it must not be driven.
            typer.BadParameter: there is no such simulated one, or what only such a one can do was asked of a real one.
        """
        plays = [*self.faults, *self.presses] or self.auto or self.timelapse != 1
        asked = SIMULATED if plays and not self.treadmill else self.treadmill
        simulated = asked.partition(":")[0] == SIMULATED
        taken = word("--treadmill", asked, ".toml", take) if simulated else take(asked)
        if plays and not taken.simulated:
            hint = "a real belt has no --auto, --timelapse, --fault or --press"
            raise typer.BadParameter(hint, param_hint="--treadmill")
        if self.allowance is not None and not taken.simulated:
            hint = "a real belt always goes by what you have run; take a simulated one with --treadmill sim"
            raise typer.BadParameter(hint, param_hint="--allowance")
        return taken

    def worn(self, taken: Taken) -> Worn:
        """The strap, beside this treadmill.

        Raises:
            CoachError: there is no such.
            typer.BadParameter: it is none that a simulated treadmill could have.
        """
        if not taken.simulated:
            return wear(self.heart, taken)
        return word("--heart", self.heart, ".csv", lambda heart: wear(heart, taken))

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
    who: str = ""  # the name of the runner
    pain_before: int | None = None  # 0 to 10, as he said before the session
    by_sight: bool = False  # he does not hear

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
    return Person(chosen.person(datetime.now(UTC).year), chosen.parameters(), folder, named(name), chosen.hears)


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
    worn, allowance = choice.worn(taken), allowance_on(taken, person.name, choice.allowance)
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
    stage = Stage(plan, choice, taken, worn, allowance, loaded, person.name, by_sight=not person.hears)
    reasons = () if admit else refused(stage)
    if reasons:
        where = (f"line {reason.line}: " if reason.line else "" for reason in reasons)
        told = [f"error[{one.rule}]: {at}{one.message}" for at, one in zip(where, reasons, strict=True)]
        why = [f"{text}." for text in _by_history(stage, reasons)]
        hint = [FORWARD] if plan.backward and _runs_forward(stage) else []
        raise RefusedError("\n".join([f"{plan.workout.name} does not run on {plan.profile.name}:", *told, *why, *hint]))
    return stage


def _by_history(stage: Stage, reasons: Sequence[Problem]) -> Iterator[str]:
    """What lies behind the reasons that would be none for a runner whom nothing limits."""
    plan, allowance = stage.plan, stage.allowance
    always = problems(plan.workout, plan.level, heart=plan.strap)
    ours = problems(plan.workout, plan.level, allowance, heart=plan.strap)
    if any(one in reasons and one not in always for one in ours):
        yield f"Today: {allowance.reason}"
        if not allowance.permits(plan.level) and allowance.missing not in allowance.reason:
            yield allowance.missing


def _runs_forward(stage: Stage) -> bool:
    """Without its backward blocks nothing is against it."""
    plan = stage.plan
    try:
        workout = forward_only(plan.workout)
    except NothingForwardError:
        return False
    forward = make_plan(workout, plan.profile, plan.runner, level=plan.level, strap=plan.strap)
    return not refused(replace(stage, plan=forward))


def allowance_on(taken: Taken, runner: str = "", by: Reckoned | None = None) -> Allowance:
    """What may be run backward: on a real belt by what the runner has run; on a simulated one all, unless he asks.

    Args:
        taken: the treadmill.
        runner: the name under which his record is kept.
        by: what he asked for; only a simulated treadmill heeds it.
    """
    if taken.simulated and by is not Reckoned.HISTORY:
        return UNLIMITED
    from coach.cli.allowed import allowance_of

    return allowance_of(runner)


def refused(stage: Stage) -> tuple[Problem, ...]:
    """Why a plan must not run on this machine."""
    return refusals(stage.plan, stage.allowance, stage.taken.speeds, stage.taken.inclines)
