"""`coach show`: a workout before anybody steps on, on the terminal, as facts, as flat YAML, or as a page to print."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import RefusedError, complain, out
from coach.cli.placed import place, refuse, refuse_folder
from coach.core.error import CoachError
from coach.core.workout import Level, Workout

if TYPE_CHECKING:
    from coach.cli.stage import Person
    from coach.core.plan import Plan
    from coach.result import Json
    from coach.script.check import Loaded
    from coach.script.device import Machine
    from coach.show.facts import Facts
    from coach.show.page import Paper

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
STANDARD_OUTPUT: Final = "-"

MachineName = Annotated[
    str | None,
    typer.Option(
        "--machine",
        metavar="NAME|FILE.toml",
        help="Count turns and check for a treadmill: one of `coach machines`, your own or a simulated one.",
    ),
]
Expand = Annotated[bool, typer.Option("--expand", help="Flat YAML: every step in order, times as comments.")]
Output = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there, in place of the terminal.")
]
Html = Annotated[
    str | None, typer.Option("--html", metavar="FILE", help="A page to print, as HTML; - is the terminal.")
]
Svg = Annotated[str | None, typer.Option("--svg", metavar="FILE", help="A page to print, as SVG; - is the terminal.")]
Plain = Annotated[bool, typer.Option("--plain", help="The profile in plain letters, without colour.")]


def command(
    workout: options.Workout,
    *,
    machine: MachineName = None,
    level: options.Row = None,
    setting: options.Sets = None,
    runner: options.RunnerName = None,
    expand: Expand = False,
    html: Html = None,
    svg: Svg = None,
    output: Output = None,
    as_json: options.Json = False,
    plain: Plain = False,
) -> None:
    """Show a workout before it is run: as a table and a signed profile, as facts, or as a page to print."""
    forms = [("--json", as_json), ("--expand", expand), ("--html or --svg", bool(html or svg))]
    _usage([name for name, wanted in forms if wanted], html, svg, output)
    read = _read(workout, machine=machine, level=level, sets=options.settings(setting), runner=runner)
    if read.draft is None:
        if as_json:
            _give(None, _json({"schema": SCHEMA, "problems": _problems(read.loaded)}), output)
            raise typer.Exit(1)
        raise RefusedError(read.loaded.rendered())
    shown = _shown(read, read.draft, level, runner)
    if shown.problems and not as_json:
        complain(shown.problems)
    if html or svg:
        _print(shown, html, svg)
    elif as_json:
        _give(shown.path, _json({**_facts(shown), "problems": _problems(read.loaded)}), output)
    elif expand:
        _give(shown.path, _flat(shown, level), output)
    else:
        paper = _paper(plain=plain, file=output is not None)
        _give(shown.path, "\n".join(_page(shown, paper)), output)
    if shown.loaded.errors:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Read:
    """A workout as it was found, for a treadmill and a runner."""

    loaded: Loaded
    machine: Machine | None
    who: Person
    path: Path | None  # of its file, where it has one of its own

    @property
    def draft(self) -> Workout | None:
        """What can be shown: one that breaks a rule too."""
        return self.loaded.workout or self.loaded.draft


@dataclass(frozen=True, slots=True)
class _Shown:
    """A workout with its plan and its facts."""

    loaded: Loaded
    plan: Plan
    facts: Facts
    path: Path | None  # of its file, where it has one of its own

    @property
    def problems(self) -> str:
        """All of them where one keeps it from running; mere advice stands on the page."""
        return self.loaded.rendered() if self.loaded.errors else ""


def _usage(forms: list[str], html: str | None, svg: str | None, output: str | None) -> None:
    if len(forms) > 1:
        raise typer.BadParameter(f"{' and '.join(forms)} are two different answers; ask for one at a time")
    if output is not None and (html or svg):
        raise typer.BadParameter("--html and --svg name their own file", param_hint="--output")
    if html == STANDARD_OUTPUT == svg:
        raise typer.BadParameter("two pages do not fit into standard output", param_hint="--svg")


def _read(
    workout: str, *, machine: str | None, level: Level | None, sets: Mapping[str, str], runner: str | None
) -> _Read:
    from coach.cli.check import machine_of
    from coach.cli.stage import located, person
    from coach.script.check import load

    who = person(runner)
    on = None if machine is None else machine_of(machine, who)
    place = located(workout, who.folder)
    loaded = load(place, sets=sets, runner_params=who.params, level=level, machine=on)
    return _Read(loaded, on, who, Path(place) if place == loaded.file else None)


def _shown(read: _Read, draft: Workout, level: Level | None, runner: str | None) -> _Shown:
    from coach.show.facts import facts, plan_for

    plan, unknown = plan_for(draft, None if read.machine is None else read.machine.profile, read.who.runner, level)
    found = facts(read.loaded, plan, weight_known=_weighed(runner), unknown=unknown)
    return _Shown(read.loaded, plan, found, read.path)


def _weighed(runner: str | None) -> bool:
    """The settings say what the runner weighs."""
    from coach.places import configured

    if not configured():
        return False
    from coach.config import load as load_config

    return "weight_kg" in load_config().chosen(runner).model_fields_set


def _facts(shown: _Shown) -> dict[str, Json]:
    from coach.show.facts import facts_json

    return facts_json(shown.facts)


def _problems(loaded: Loaded) -> list[Json]:
    return [dict(problem.facts()) for problem in loaded.problems]


def _json(told: dict[str, Json]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2)


def _flat(shown: _Shown, level: Level | None) -> str:
    from coach.core.gates import prompt_only
    from coach.script.source import LARGEST_BYTES
    from coach.show.facts import facts, plan_for
    from coach.show.flat import flat

    plan, found = shown.plan, shown.facts
    if prompt_only(plan.profile):  # its plan leaves the backward blocks out, but they are in the file
        plan, unknown = plan_for(plan.workout, None, plan.runner, level)
        found = facts(shown.loaded, plan, unknown=unknown)
    text = flat(found, plan, level)
    if len(text.encode()) > LARGEST_BYTES:
        complain(f"{shown.loaded.file}: flat it has more than {LARGEST_BYTES // 1024} KB, more than coach reads again")
    return text.rstrip("\n")


def _page(shown: _Shown, paper: Paper) -> Iterator[str]:
    from coach.show.page import page

    yield from page(shown.facts, shown.plan, paper)
    if shown.loaded.problems and not shown.loaded.errors:
        yield ""
        yield shown.loaded.rendered()
    if shown.loaded.errors:
        count = len(shown.loaded.errors)
        yield ""
        yield f"It has {count} error{'s' * (count != 1)} and does not run like this."


def _print(shown: _Shown, html: str | None, svg: str | None) -> None:
    """Write the handout; a workout that does not run is not for the wall."""
    from coach.show.handout import as_html, as_svg

    if shown.loaded.errors:
        raise CoachError(f"{shown.loaded.file}: a workout with errors is not printed")
    for file, made in ((html, as_html), (svg, as_svg)):
        if file:
            text = made(shown.facts, shown.plan)
            _give(shown.path, text if file != STANDARD_OUTPUT or _encodes(text) else _references(text), file)


def _references(markup: str) -> str:
    """Markup in letters that every terminal has."""
    return markup.encode("ascii", "xmlcharrefreplace").decode()


def _give(workout: Path | None, text: str, file: str | None) -> None:
    """Show a text, or write it down and say so.

    Raises:
        CoachError: it cannot be written there.
    """
    if file is None or file == STANDARD_OUTPUT:
        out(text)
        return
    path = Path(file)
    refuse_folder(file)
    refuse(path)
    if workout is not None and path.exists() and path.samefile(workout):
        raise CoachError(f"{file}: is the workout itself; name another file")
    place(path, text + "\n", over=True)
    out(f"{file}: written")


def _paper(*, plain: bool, file: bool) -> Paper:
    """What the terminal can show; a file has 80 columns and no colour."""
    from coach.show.page import NARROWEST, WIDEST, Paper
    from coach.show.profile import ASCII, BLOCKS

    if file:
        return Paper(signs=ASCII if plain else BLOCKS)
    terminal = sys.stdout is not None and sys.stdout.isatty()
    encodes = _encodes("".join((BLOCKS.rises, BLOCKS.hangs, BLOCKS.axis, BLOCKS.rest, BLOCKS.turn, BLOCKS.open)))
    width = min(max(shutil.get_terminal_size((80, 24)).columns, NARROWEST), WIDEST)
    colour = terminal and not plain and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Paper(width, BLOCKS if encodes and not plain else ASCII, colour)


def _encodes(text: str) -> bool:
    encoding = getattr(sys.stdout, "encoding", None)
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
