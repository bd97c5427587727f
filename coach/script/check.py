"""A workout by path, name, shorthand or text: load() gives the Workout and every problem, and never raises."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from coach.core import rules
from coach.core.plan import problems as plan_problems
from coach.core.workout import Level, Workout
from coach.script import find, source
from coach.script.advice import advice
from coach.script.compile import compile_script
from coach.script.model import Script
from coach.script.problem import Findings, Place, Problem, by_place, render
from coach.script.read import read_script
from coach.script.shorthand import read_shorthand
from coach.script.source import Node, Table

if TYPE_CHECKING:
    from coach.script.device import Machine

PLAN: Final = "is-a-plan"  # the rule that a training plan breaks where a workout is wanted
STDIN: Final = "stdin"  # the file before the problems of what was read from there

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_COMMENT: Final = re.compile(r"#[ \t]*coach[ \t]*:", re.IGNORECASE)  # without one nothing is silenced


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a workout: it has one or an error, and perhaps warnings."""

    workout: Workout | None  # None where the workout itself has an error; what a machine cannot do leaves it whole
    problems: tuple[Problem, ...]
    text: str
    sha256: str  # of the bytes of the file, or of the shorthand
    file: str  # as it stands before each problem
    title: str  # the name of the workout, or that of its file
    draft: Workout | None = None  # the workout that breaks a rule of the plan, to be shown and never run
    silenced: tuple[Problem, ...] = ()  # by a comment of the author

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those problems that keep it from running, on any machine or on the one that was named."""
        return tuple(problem for problem in self.problems if problem.error)

    def rendered(self) -> str:
        """The problems as a terminal shows them."""
        return render(self.problems, self.text)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Under what a workout is checked: values, the row of caps, and the treadmill where it is known."""

    sets: Mapping[str, str] = field(default_factory=dict)
    runner_params: Mapping[str, str] = field(default_factory=dict)
    level: Level | None = None
    machine: Machine | None = None


@dataclass(frozen=True, slots=True)
class _Given:
    """What is checked; `root` is its tree where that is whole."""

    file: str
    text: str
    raw: bytes
    root: Node | None = None


def load(
    workout: str,
    *,
    sets: Mapping[str, str] = _NOTHING,
    runner_params: Mapping[str, str] = _NOTHING,
    level: Level | None = None,
    machine: Machine | None = None,
) -> Loaded:
    """Find and check a workout: a path, a shipped name or a shorthand. `level` is the row it would run under."""
    wanted, findings = Wanted(sets, runner_params, level, machine), Findings()
    found = find.find(workout, findings)
    if found.shorthand:
        given = _Given(found.file, workout, workout.encode(errors="surrogatepass"))
        return _loaded(read_shorthand(workout, findings), given, findings, wanted)
    return _of_bytes(found.raw, found.file, findings, wanted)


def check_text(
    text: str,
    *,
    file: str = "workout",
    sets: Mapping[str, str] = _NOTHING,
    runner_params: Mapping[str, str] = _NOTHING,
    level: Level | None = None,
    machine: Machine | None = None,
) -> Loaded:
    """Check the text of a workout file."""
    given = _Given(file, text, text.encode(errors="surrogatepass"))
    return _of_text(given, Findings(), Wanted(sets, runner_params, level, machine))


def check_bytes(raw: bytes, wanted: Wanted, *, file: str = STDIN) -> Loaded:
    """Check the bytes of a workout file, as standard input has them."""
    return _of_bytes(raw, file, Findings(), wanted)


def _of_bytes(raw: bytes | None, file: str, findings: Findings, wanted: Wanted) -> Loaded:
    text = None if raw is None else source.decode(raw, findings)
    given = _Given(file, text or "", raw or b"")
    return _loaded(None, given, findings, wanted) if text is None else _of_text(given, findings, wanted)


def _of_text(given: _Given, findings: Findings, wanted: Wanted) -> Loaded:
    root = source.read(given.text, findings)
    if root is not None and _is_plan(root):
        message = "this is a training plan, a list of workouts and none itself"
        findings.error(root.place, PLAN, message, "coach plan shows its weeks; run one of its workouts")
        root = None
    if root is None:
        return _loaded(None, given, findings, wanted)
    if not findings.failed:
        given = replace(given, root=root)
    return _loaded(read_script(root, given.text, findings), given, findings, wanted)


def _is_plan(root: Node) -> bool:
    return isinstance(root, Table) and bool(root.items) and root.items[0][0].value == "plan"


def _loaded(script: Script | None, given: _Given, findings: Findings, wanted: Wanted) -> Loaded:
    draft, on_machine = None, Findings()
    if script is not None:
        draft = compile_script(script, findings, sets=wanted.sets, runner_params=wanted.runner_params)
    if draft is not None and script is not None and not draft.segments:
        message = "nothing is run: there are only marks"
        findings.error(script.name_at, "no-steps", message, "begin with - warm-up: 5 min @ 4 km/h")
        draft = None
    if draft is not None and script is not None:
        _rules(script, draft, given, wanted, findings, on_machine)
    told, silenced = _heard(given, findings, on_machine, _asked(script, draft, wanted))
    return Loaded(
        workout=None if findings.failed else draft,
        problems=told,
        text=given.text,
        sha256=hashlib.sha256(given.raw).hexdigest(),
        file=given.file,
        title=(script.name if script else "") or given.file,
        draft=draft,
        silenced=silenced,
    )


# The rules of the plan, advice, and what a machine cannot do


def _rules(
    script: Script, draft: Workout, given: _Given, wanted: Wanted, findings: Findings, on_machine: Findings
) -> None:
    level, machine = wanted.level, wanted.machine
    _note(plan_problems(draft, level), script, given, findings)
    _note(advice(script, draft, level, machine=machine), script, given, findings)
    if machine is not None:
        from coach.script.device import device_problems

        _note(device_problems(draft, level or draft.level or Level.BEGINNER, machine), script, given, on_machine)


def _note(problems: Iterable[rules.Problem], script: Script, given: _Given, findings: Findings) -> None:
    """Give the problems of the core their places."""
    lines: list[str] = []
    for problem in problems:
        lines = lines or given.text.splitlines()
        place = script.name_at
        if 0 < problem.line <= len(lines):
            line = lines[problem.line - 1]
            place = Place(problem.line, problem.column or len(line) - len(line.lstrip()) + 1)
        note = findings.error if problem.error else findings.warning
        note(place, problem.rule, problem.message, problem.help or None)


# What the author has silenced


class _Asked(NamedTuple):
    """Which rules were all asked, so that a comment which silences none of them is one too many."""

    advice: bool
    machine: bool


def _asked(script: Script | None, draft: Workout | None, wanted: Wanted) -> _Asked:
    """Another value or another level than the author's may well leave a comment with nothing to silence."""
    if script is None or draft is None:
        return _Asked(advice=False, machine=False)
    others = wanted.sets or wanted.level is not None or wanted.runner_params.keys() & script.params.keys()
    return _Asked(advice=not others, machine=not others and wanted.machine is not None)


def _heard(
    given: _Given, findings: Findings, on_machine: Findings, asked: _Asked
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """The problems that are told, by place, and those that a comment silences."""
    if given.root is None or _COMMENT.search(given.text) is None:
        return by_place((*findings.all, *on_machine.all), given.file), ()
    from coach.script.ignore import read_ignores
    from coach.script.rule import Group

    groups = {group for group, all_asked in zip((Group.ADVICE, Group.DEVICE), asked, strict=True) if all_asked}
    told, silenced = read_ignores(given.text, given.root, findings).split(findings.all, on_machine.all, groups)
    return by_place(told, given.file), by_place(silenced, given.file)
