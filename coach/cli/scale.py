"""`coach scale`: a workout again, faster or slower, with all its comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import RefusedError, out
from coach.cli.stage import Person, located, person
from coach.core.error import CoachError
from coach.script.check import Loaded, check_text, load
from coach.script.convert.fold import folded
from coach.script.find import SUFFIXES, find
from coach.script.outline import outline_of
from coach.script.problem import Findings, quoted, render
from coach.script.scale import LEAST_PCT, MOST_PCT, WHOLE, Off, Scaled, ScaleError, Scaling, off, scale
from coach.script.schema import FILE
from coach.script.template import file_name, put_schema
from coach.script.write import write

SHOWN: Final = 12  # results that rounding has moved
LONGEST_STEM: Final = 40  # characters of a shorthand in the name of a file

Speed = Annotated[
    str | None, typer.Option("--speed", metavar="PERCENT", help="How fast, such as 95%: all speeds and paces.")
]
Time = Annotated[
    str | None,
    typer.Option("--time", metavar="PERCENT", help="How long, such as 80%: all times, rests too; no distance."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Where it goes. Without this it is NAME-95.yaml beside the file; one that comes with coach goes into your "
        "own workouts folder, where your settings have one, else into the current folder.",
    ),
]
InPlace = Annotated[bool, typer.Option("--in-place", help="Change the file itself.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]


@dataclass(frozen=True, slots=True)
class _Origin:
    """What is scaled: its text, how it is called in a file name, and its own file, where it has one."""

    text: str
    stem: str
    file: Path | None


def command(
    workout: options.Workout,
    *,
    speed: Speed = None,
    time: Time = None,
    output: Output = None,
    in_place: InPlace = False,
    force: Force = False,
    runner: options.RunnerName = None,
) -> None:
    """Write a workout again, faster or slower: an edit of its numbers, which leaves comments and order as they are.

    Speeds are rounded to 0.1 km/h or 0.1 mph, paces to whole seconds, backward ones towards the slower. What would
    break a rule is not written.
    """
    scaling = _scaling(speed, time)
    if in_place and output is not None:
        raise typer.BadParameter("give it or -o, not both", param_hint="--in-place")
    who = person(runner)
    before = load(located(workout, who.folder), runner_params=who.params)
    if before.workout is None:
        told = render(before.errors, before.text)
        raise RefusedError(f"{told}\n{before.file}: is not scaled, since it has errors" if before.text else told)
    origin = _origin(workout, before, who)
    file = _target(origin, scaling, output, who, in_place=in_place)
    if file.exists() and not (force or in_place):
        raise CoachError(f"{file} is there already; choose another with -o, or say --force to write over it")
    try:
        made = scale(origin.text, scaling)
    except ScaleError as error:
        raise CoachError(f"{before.file}: {error}") from error
    after = check_text(made.text, file=str(file), runner_params=who.params)
    if after.workout is None:
        raise RefusedError(f"{render(after.errors, made.text)}\n{file}: is not written, since it would have errors")
    _written(file, made.text)
    _tell(file, made, who.params)
    again = check_text(origin.text, runner_params=who.params)
    assert again.workout is not None, "it was read before; a shorthand as it is written reads back"
    _tell_off(list(off(again.workout, after.workout, scaling)))
    known = {(problem.rule, problem.line) for problem in again.problems}
    if news := [problem for problem in after.problems if (problem.rule, problem.line) not in known]:
        out(render(news, made.text))


def _scaling(speed: str | None, time: str | None) -> Scaling:
    if speed is None and time is None:
        raise typer.BadParameter("say how fast, such as --speed 95%, or how long, such as --time 80%")
    return Scaling(_percent("--speed", speed), _percent("--time", time))


def _percent(option: str, text: str | None) -> Decimal:
    if text is None:
        return WHOLE
    try:
        number = Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation:
        raise typer.BadParameter(f"{quoted(text)} is no percentage, such as 95%", param_hint=option) from None
    if not number.is_finite() or not LEAST_PCT <= number <= MOST_PCT:
        hint = f"; did you mean {number * 100:f}%?".replace(".00%", "%") if 0 < number <= 3 else ""
        told = f"{quoted(text)} is outside {LEAST_PCT} to {MOST_PCT}%{hint}"
        raise typer.BadParameter(told, param_hint=option)
    return number


def _origin(workout: str, loaded: Loaded, who: Person) -> _Origin:
    typed = located(workout, who.folder)
    found = find(typed, Findings())
    assert loaded.workout is not None
    if found.shorthand:
        outline = outline_of(loaded.workout)
        text = write(replace(outline, items=folded(outline.items)), schema=FILE)
        return _Origin(text, file_name(loaded.workout.name)[:LONGEST_STEM].strip("-"), None)
    assert found.raw is not None, "a workout that was loaded has bytes"
    file = Path(typed) if Path(typed).is_file() else None  # else it comes with coach
    return _Origin(found.raw.decode(), Path(found.file).stem, file)


def _target(origin: _Origin, scaling: Scaling, output: Path | None, who: Person, *, in_place: bool) -> Path:
    if in_place:
        if origin.file is None:
            raise CoachError("only a file of your own is changed in place; without --in-place a new one is written")
        return origin.file
    if output is not None:
        return output if output.suffix in SUFFIXES else output.with_name(f"{output.name}.yaml")
    numbers = [pct for pct in (scaling.speed_pct, scaling.time_pct) if pct != WHOLE] or [WHOLE]
    name = "-".join([origin.stem, *(f"{pct.normalize():f}" for pct in numbers)])
    folder = origin.file.parent if origin.file is not None else who.folder or Path()
    return folder / f"{name}.yaml"


def _written(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except FileNotFoundError:
        raise CoachError(f"there is no folder {file.parent}; make it, or choose another") from None
    if f"$schema={FILE}" in text:
        put_schema(file.parent)


def _tell(file: Path, made: Scaled, own: Mapping[str, str]) -> None:
    numbers = f"{made.changed} number{'s' * (made.changed != 1)} changed"
    out(f"{file} is written: {made.name}, {numbers}.")
    for name in sorted(made.names & own.keys()):
        out(f"${name} is yours: {own[name]}, not scaled.")


def _tell_off(found: list[Off]) -> None:
    for one in sorted(found, key=lambda one: one.line)[:SHOWN]:
        out(f"line {one.line}: {one.before} became {one.after}, {one.pct:.1f} %, by rounding")
    if len(found) > SHOWN:
        out(f"and {len(found) - SHOWN} more")
