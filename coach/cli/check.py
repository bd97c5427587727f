"""`coach check`: every problem of workout files, with its place and its fix."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import complain, out
from coach.cli.checked import Form, report, told, total
from coach.cli.stage import Person, located, person
from coach.cli.watching import POLL_S, Change, changes
from coach.core.error import MachineError
from coach.core.machine import MachineProfile, Range
from coach.script.check import PLAN, Loaded, Wanted, check_bytes, load
from coach.script.find import SUFFIXES, workouts_in
from coach.script.problem import Problem, quoted
from coach.script.source import LARGEST_BYTES

if TYPE_CHECKING:
    from coach.script.device import Machine

INPUT: Final = "-"  # instead of a path: standard input

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="WORKOUT...",
        help="Paths, folders, names from `coach list`, quoted shorthands, or - for standard input.",
    ),
]
Format = Annotated[Form, typer.Option("--format", help="For people, for programs, or as annotations on GitHub.")]
OnMachine = Annotated[
    str | None,
    typer.Option(
        "--machine",
        metavar="NAME|FILE.toml",
        help="Check also what a treadmill can do: one of `coach machines`, your own or a simulated one.",
    ),
]
Watch = Annotated[bool, typer.Option("--watch", help="Check again whenever a file is saved, until Ctrl-C.")]


def command(
    workouts: Files,
    *,
    form: Format = Form.TEXT,
    as_json: options.Json = False,
    machine: OnMachine = None,
    watch: Watch = False,
    setting: options.Sets = None,
    level: options.Row = None,
    runner: options.RunnerName = None,
) -> None:
    """Check workouts and training plans; the exit code is 1 where one has an error.

    `coach rule NAME` explains a rule. A comment in a file, `# coach: ignore[rule-name] your reason`, silences advice on
    its line, on the line below, or in the whole file where it stands before the first key.
    """
    form = _form(form, as_json=as_json)
    given, who = options.settings(setting), person(runner)
    if workouts.count(INPUT) > 1:
        raise typer.BadParameter("standard input can be read once only", param_hint="WORKOUT")
    on = None if machine is None else machine_of(machine, who)
    checker = Checker(Wanted(given, who.params, level, on), who.folder)
    if watch:
        raise typer.Exit(_watched(checker, workouts, form))
    checked = list(checker.all(workouts))
    for line in told(checked, form):
        out(line)
    if failed(checked):
        raise typer.Exit(1)


def failed(checked: Iterable[Loaded]) -> bool:
    """Some workout has an error."""
    return any(loaded.errors for loaded in checked)


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks what was named; names of the own folder go before those that come with coach."""

    wanted: Wanted
    folder: Path | None = None

    def all(self, words: Iterable[str]) -> Iterator[Loaded]:
        """What became of each workout; a folder is the workouts in it."""
        for word in words:
            if word != INPUT and _is_folder(word):
                files = files_in(Path(word))
                yield from map(self.one, map(str, files)) if files else [_empty(word)]
            else:
                yield self.one(word)

    def one(self, word: str) -> Loaded:
        """What became of one workout or training plan."""
        if word == INPUT:
            return _plan_or(check_bytes(_standard_input(), self.wanted))
        wanted = self.wanted
        return _plan_or(
            load(
                located(word, self.folder),
                sets=wanted.sets,
                runner_params=wanted.runner_params,
                level=wanted.level,
                machine=wanted.machine,
            )
        )


def files_in(folder: Path) -> list[Path]:
    """The workout files of a folder, in alphabetical order."""
    return [path for path in workouts_in(folder) if path.is_file()]


def _form(form: Form, *, as_json: bool) -> Form:
    if as_json and form is Form.GITHUB:
        raise typer.BadParameter("it is either --json or --format github", param_hint="--json")
    return Form.JSON if as_json else form


def _is_folder(word: str) -> bool:
    try:
        return Path(word).is_dir()
    except (OSError, ValueError):
        return False


def _empty(folder: str) -> Loaded:
    message, fix = f"there is no workout in {quoted(folder)}", "workouts are files whose names end in .yaml"
    problem = Problem(1, 1, "no-such-workout", message, fix, file=folder)
    return Loaded(None, (problem,), "", "", folder, folder)


def _standard_input() -> bytes:
    return b"" if sys.stdin is None else sys.stdin.buffer.read(LARGEST_BYTES + 1)


def _plan_or(loaded: Loaded) -> Loaded:
    """A training plan is checked as one."""
    if [problem.rule for problem in loaded.problems] != [PLAN]:
        return loaded
    from coach.script.training import check_plan

    return replace(loaded, problems=check_plan(loaded.text, loaded.file))


# The machine


def machine_of(name: str, who: Person) -> Machine:
    """The treadmill that was named, as far as coach knows it: a simulated one, else one of the user's own.

    One that is not proved yet will do, for nothing is driven; the radio is left alone.

    Raises:
        MachineError: there is no such.
        typer.BadParameter: there is no such simulated one.
    """
    from coach.script.device import Machine

    known = _simulated(name) or _own(name)
    profile, speeds, inclines = known
    return Machine(
        profile=profile,
        speeds=speeds,
        inclines=inclines,
        fastest_kmh=who.runner.fastest_kmh,
        steepest_pct=who.runner.steepest_pct,
    )


def _simulated(name: str) -> tuple[MachineProfile, Range, Range] | None:
    from coach.cli.taken import simulated, simulated_on_air
    from coach.link.machine_file import NAME_PREFIX, shipped_machines

    kind, _, rest = name.partition(":")
    if kind == options.SIMULATED:
        taken = options.word("--machine", rest or options.STANDARD_MACHINE, ".toml", simulated)
    elif name in shipped_machines() or name.endswith(".toml"):
        taken = simulated(name)
    elif name.startswith(NAME_PREFIX):
        taken = simulated_on_air(name)
    else:
        return None
    return taken.profile, taken.speeds, taken.inclines


def _own(name: str) -> tuple[MachineProfile, Range, Range]:
    from coach.machines import Store, auto_choice, inclines_for, profile_for, speeds_for

    store = Store()
    try:
        known = auto_choice(store) if name == options.AUTO else store.machine(name)
    except MachineError as none:
        known = none
    if isinstance(known, MachineError):
        raise MachineError(f"{known}; {_simulated_ones(name)}") from known
    return profile_for(known, known.name), speeds_for(known), inclines_for(known)


def _simulated_ones(name: str) -> str:
    from coach.link.machine_file import shipped_machines

    near = get_close_matches(name, shipped_machines(), 1)
    return f"did you mean {near[0]}?" if near else "coach machines lists the simulated ones"


# Again and again


def _watched(checker: Checker, words: Sequence[str], form: Form) -> int:
    if form is not Form.TEXT:
        raise typer.BadParameter("what is watched is told as text", param_hint="--watch")
    watched = [located(word, checker.folder) for word in words]
    strange = next((word for word in watched if not is_watchable(word)), None)
    if strange is not None:
        hint = f"{strange!r} is not a file or folder that could be saved"
        raise typer.BadParameter(hint, param_hint="--watch")
    return watch(checker, watched, lambda: sleep(POLL_S))


def is_watchable(word: str) -> bool:
    """It is a path, also of a file that is not there yet; names that come with coach and shorthands never change."""
    try:
        return word != INPUT and (word.endswith(SUFFIXES) or Path(word).exists())
    except (OSError, ValueError):
        return False


def watch(checker: Checker, words: Sequence[str], wait: Callable[[], None]) -> int:
    """Check files whenever they are saved, until Ctrl-C; returns the exit code of what was found last.

    Where nothing is left there is nothing without a problem.
    """
    results: dict[Path, Loaded] = {}
    try:
        for changed in changes(lambda: _paths(words), wait):
            _again(checker, words, changed, results)
    except KeyboardInterrupt:
        out()
    return int(not results or failed(results.values()))


def _paths(words: Sequence[str]) -> Iterator[Path]:
    """All files that are watched: those that were named, and those of a folder that are in it now."""
    for word in words:
        yield from files_in(Path(word)) if _is_folder(word) else [Path(word)]


def _again(checker: Checker, words: Sequence[str], changed: Sequence[Change], results: dict[Path, Loaded]) -> None:
    """Check what has changed, or at first everything, and tell it."""
    for one in changed:
        out(f"\n== {one.path} {one.words}")
    there = list(_paths(words))
    for gone in results.keys() - set(there):
        del results[gone]
    for path in [one.path for one in changed if one.path in there] if changed else there:
        results[path] = checker.one(str(path))
        out(report(results[path]))
    if len(results) > 1:
        out(total(list(results.values())))
    elif not results:
        out("\n".join(report(_empty(word)) for word in words))
    if not changed:
        complain(f"Watching {'this file' if len(results) == 1 else 'these files'}; Ctrl-C ends.")
