"""What the tests of `show` begin with: a workout, planned, with its facts."""

from pathlib import Path

from coach.core.machine import MachineProfile
from coach.core.plan import Plan
from coach.core.runner import Runner
from coach.core.workout import Level, Workout
from coach.script.check import Loaded, check_text, load
from coach.show.facts import Facts, facts, plan_for

HERE = Path(__file__).parent
NAMES = ("blocks", "long", "rests")


def loaded(name: str) -> Loaded:
    """One of the workouts beside the tests."""
    return load(str(HERE / "workouts" / f"{name}.yaml"))


def text_of(steps: str, *, level: str = "advanced") -> Loaded:
    """A workout of these steps, one a line."""
    lines = "".join(f"  - {step.strip()}\n" for step in steps.strip().splitlines())
    return check_text(f"format: 1\nname: Made\nlevel: {level}\nsteps:\n{lines}")


def shown(
    found: Loaded | str,
    *,
    profile: MachineProfile | None = None,
    runner: Runner | None = None,
    level: Level | None = None,
) -> tuple[Facts, Plan]:
    """The facts of a workout and its plan; a text is the name of one beside the tests."""
    if isinstance(found, str):
        found = loaded(found)
    workout: Workout | None = found.workout or found.draft
    assert workout is not None, found.rendered()
    plan, unknown = plan_for(workout, profile, runner, level)
    return facts(found, plan, unknown=unknown), plan
