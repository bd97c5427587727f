"""Training plans: several weeks of workouts in one file, with the same care as a workout.

    plan: 1                             # makes it a plan; the format
    name: Two weeks
    level: beginner                     # of the runner on the first day
    repeat-if: Something hurt more than 5 out of 10.
    weeks:
      - aim: Learn the turn.            # a week; easy: REASON makes it an easy one, level: opens a level
        sessions:
          - {day: 1, workout: first-steps-back, note: Let somebody be at home.}
          - {day: 3, workout: flip-flop-short, set: {block: 1 min}}

A workout is a shipped name or a file beside the plan. Its values come from `set`, then from the runner, then from its
file. check_plan() gives every problem at its place: those of the text, those of its workouts, and those of the weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from coach.script import find, source
from coach.script.check import Loaded, load
from coach.script.problem import Findings, Place, Problem, close_to, printable, quoted, render
from coach.script.training_read import Session, TrainingPlan, Week, read_training
from coach.script.training_rule import Costed, WeekCost, cost, rules_of_weeks, workouts_run

__all__ = [
    "Costed", "LoadedPlan", "Session", "TrainingPlan", "Week", "WeekCost", "check_plan", "load_plan", "own_plans",
]  # fmt: skip

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """What became of a plan: it has one or an error; with an error of its weeks it has both."""

    plan: TrainingPlan | None
    weeks: tuple[WeekCost, ...]
    problems: tuple[Problem, ...]
    text: str
    file: str  # as it stands before each problem
    name: str  # as it is typed

    def rendered(self) -> str:
        """The problems as a terminal shows them."""
        return render(self.problems, self.text)


def own_plans(folder: Path | None) -> dict[str, Path]:
    """The plans in the runner's own folder of workouts, by name."""
    inside = None if folder is None else folder / find.PLANS
    if inside is None or not inside.is_dir():
        return {}
    return {path.stem: path for path in sorted(inside.iterdir()) if path.suffix in find.SUFFIXES}


def load_plan(plan: str, *, folder: Path | None = None, runner_params: Mapping[str, str] = _NOTHING) -> LoadedPlan:
    """Find and check a plan by path or name. `folder` is the runner's own, which comes before what is shipped."""
    findings = Findings()
    file, raw, beside = _found(plan, folder, findings)
    text = None if raw is None else source.decode(raw, findings)
    name = Path(plan).name.removesuffix(".yaml") or plan
    finder = _Finder(beside, folder, runner_params)
    return _loaded(text or "", file, name, finder, findings, read=text is not None)


def check_plan(text: str, file: str) -> tuple[Problem, ...]:
    """Every problem of the text of a plan; workouts beside `file` are found, and so are shipped ones."""
    findings = Findings()
    path = Path(file)
    beside = path.parent if path.is_file() else None
    return _loaded(text, file, path.stem, _Finder(beside), findings, read=True).problems


def _loaded(
    text: str, file: str, name: str, finder: Callable[[Session], Loaded], findings: Findings, *, read: bool
) -> LoadedPlan:
    root = source.read(text, findings) if read else None
    draft = None if root is None else read_training(root, text, findings)
    weeks = () if draft is None else cost(draft, finder)
    if draft is None or findings.failed:  # workouts are looked for all the same, so that all is told at once
        workouts_run(weeks, findings)
        return LoadedPlan(None, (), findings.sorted(file), text, file, name)
    rules_of_weeks(draft, weeks, findings)
    return LoadedPlan(draft, weeks, findings.sorted(file), text, file, name)


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds the workout of a session: beside the plan, in the runner's own folder, among the shipped ones."""

    beside: Path | None = None
    folder: Path | None = None
    runner_params: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, session: Session) -> Loaded:
        own = (self._in(folder, session.workout) for folder in (self.beside, self.folder))
        key = next((str(path) for path in own if path is not None), session.workout)
        return load(key, sets=session.sets, runner_params=self.runner_params)

    @staticmethod
    def _in(folder: Path | None, workout: str) -> Path | None:
        if folder is None or "\0" in workout:
            return None
        name = workout if workout.endswith(find.SUFFIXES) else f"{workout}.yaml"
        return folder / name if (folder / name).is_file() else None


def _found(plan: str, folder: Path | None, findings: Findings) -> tuple[str, bytes | None, Path | None]:
    """How the file is called, its bytes, and the folder beside which its workouts are."""
    own, name = own_plans(folder), plan.removesuffix(".yaml")
    if name in own and not _is_path(plan):
        return _from_path(own[name], str(own[name]), findings)
    if name in find.shipped_plans() and not _is_path(plan):
        return f"{name}.yaml", (find.home() / find.PLANS / f"{name}.yaml").read_bytes(), None
    if plan.endswith(find.SUFFIXES) or _is_path(plan):
        return _from_path(Path(plan), plan, findings)
    _unknown(plan, [*own, *find.shipped_plans()], findings)
    return printable(plan), None, None


def _is_path(plan: str) -> bool:
    return "/" in plan or "\\" in plan


def _from_path(path: Path, shown: str, findings: Findings) -> tuple[str, bytes | None, Path | None]:
    file, start = printable(shown), Place(1, 1)
    try:
        with path.open("rb") as opened:
            return file, opened.read(source.LARGEST_BYTES + 1), path.parent
    except FileNotFoundError:
        _unknown(shown, find.shipped_plans(), findings)
    except IsADirectoryError:
        findings.error(start, "not-a-file", f"{quoted(shown)} is a directory, not a plan")
    except (OSError, ValueError) as refused:
        reason = refused.strerror if isinstance(refused, OSError) and refused.strerror else "it is not a path"
        findings.error(start, "unreadable-file", f"cannot read {quoted(shown)}: {reason.lower()}")
    return file, None, None


def _unknown(plan: str, known: Sequence[str], findings: Findings) -> None:
    name = Path(plan).name.removesuffix(".yaml").lower()
    fix = close_to(name, known) or "coach plan lists those that come with coach"
    if name in find.shipped():
        fix = f"{name} is a workout: coach run {name}"
    findings.error(Place(1, 1), "no-such-plan", f"there is no plan {quoted(plan)}", fix)
