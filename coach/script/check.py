"""A workout by path, name, shorthand or text: load() gives the Workout and every problem, and never raises."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from coach.core.plan import problems as plan_problems
from coach.core.workout import Level, Workout
from coach.script import find, source
from coach.script.compile import compile_script
from coach.script.model import Script
from coach.script.problem import Findings, Place, Problem, render
from coach.script.read import read_script
from coach.script.shorthand import read_shorthand

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a workout: it has one or an error, and perhaps warnings."""

    workout: Workout | None  # None where any error stands, also one of the plan's rules
    problems: tuple[Problem, ...]
    text: str
    sha256: str  # of the bytes of the file, or of the shorthand
    file: str  # as it stands before each problem
    title: str  # the name of the workout, or that of its file
    draft: Workout | None = None  # the workout that breaks a rule of the plan, to be shown and never run

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those problems that keep it from running."""
        return tuple(problem for problem in self.problems if problem.error)

    def rendered(self) -> str:
        """The problems as a terminal shows them."""
        return render(self.problems, self.text)


def load(
    workout: str,
    *,
    sets: Mapping[str, str] = _NOTHING,
    runner_params: Mapping[str, str] = _NOTHING,
    level: Level | None = None,
) -> Loaded:
    """Find and check a workout: a path, a shipped name or a shorthand. `level` is the row it would run under."""
    findings = Findings()
    found = find.find(workout, findings)
    if found.shorthand:
        script = read_shorthand(workout, findings)
        raw = workout.encode(errors="surrogatepass")
        return _loaded(script, findings, found.file, workout, raw, sets, runner_params, level)
    text = None if found.raw is None else source.decode(found.raw, findings)
    read = None if text is None else _script(text, findings)
    return _loaded(read, findings, found.file, text or "", found.raw or b"", sets, runner_params, level)


def check_text(
    text: str,
    *,
    file: str = "workout",
    sets: Mapping[str, str] = _NOTHING,
    runner_params: Mapping[str, str] = _NOTHING,
    level: Level | None = None,
) -> Loaded:
    """Check the text of a workout file."""
    findings = Findings()
    script = _script(text, findings)
    raw = text.encode(errors="surrogatepass")
    return _loaded(script, findings, file, text, raw, sets, runner_params, level)


def _script(text: str, findings: Findings) -> Script | None:
    root = source.read(text, findings)
    return None if root is None else read_script(root, text, findings)


def _loaded(
    script: Script | None,
    findings: Findings,
    file: str,
    text: str,
    raw: bytes,
    sets: Mapping[str, str],
    runner_params: Mapping[str, str],
    level: Level | None,
) -> Loaded:
    draft = None
    if script is not None:
        draft = compile_script(script, findings, sets=sets, runner_params=runner_params)
    if draft is not None and script is not None:
        _plan(draft, level, script.name_at, text, findings)
    return Loaded(
        workout=None if findings.failed else draft,
        problems=findings.sorted(file),
        text=text,
        sha256=hashlib.sha256(raw).hexdigest(),
        file=file,
        title=(script.name if script else "") or file,
        draft=draft,
    )


def _plan(workout: Workout, level: Level | None, whole: Place, text: str, findings: Findings) -> None:
    """The rules of the plan: caps, doses and turns."""
    lines: Sequence[str] = text.splitlines()
    for problem in plan_problems(workout, level):
        place = whole
        if 0 < problem.line <= len(lines):
            line = lines[problem.line - 1]
            place = Place(problem.line, len(line) - len(line.lstrip()) + 1)
        note = findings.error if problem.error else findings.warning
        note(place, problem.rule, problem.message, problem.help or None)
