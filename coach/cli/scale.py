"""`coach scale`: a workout again, faster or slower, with all its comments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import RefusedError, complain, out
from coach.cli.placed import place, refuse, refuse_folder
from coach.cli.stage import Person, located, person
from coach.core.error import CoachError
from coach.core.workout import Workout
from coach.script.check import Loaded, check_text, load
from coach.script.convert.fold import folded
from coach.script.find import SUFFIXES, find
from coach.script.outline import outline_of
from coach.script.problem import Findings, quoted, render
from coach.script.scale import LEAST_PCT, MOST_PCT, WHOLE, Off, Scaled, ScaleError, Scaling, off, scale, too_fast
from coach.script.schema import FILE
from coach.script.template import NO_SCHEMA, Beside, file_name, put_schema
from coach.script.write import write

SHOWN: Final = 12  # results that rounding has moved
LONGEST_STEM: Final = 40  # characters of a shorthand in the name of a file
_PERCENT: Final = re.compile(r"\s*([+-]?[0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(%?)\s*", re.ASCII)

Speed = Annotated[
    str | None, typer.Option("--speed", metavar="PERCENT", help="How fast, such as 95%: all speeds and paces.")
]
Time = Annotated[
    str | None,
    typer.Option("--time", metavar="PERCENT", help="How long, such as 80%: all times, rests too; no distance."),
]
Output = Annotated[
    str | None,
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
    break a rule, or make a backward step faster than was asked for, is not written.
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
    refuse(file)
    if file.exists() and not (force or in_place):
        raise _there(file)
    try:
        made = scale(origin.text, scaling, who.params)
    except ScaleError as error:
        raise CoachError(f"{before.file}: {error}") from error
    after = check_text(made.text, file=str(file), runner_params=who.params)
    if after.workout is None:
        raise RefusedError(f"{render(after.errors, made.text)}\n{file}: is not written, since it would have errors")
    again = check_text(origin.text, runner_params=who.params)
    assert again.workout is not None, "it was read before; a shorthand as it is written reads back"
    plain = _Pair(check_text(origin.text).draft, check_text(made.text).draft)
    pairs = {"": _Pair(again.workout, after.workout), " for others": plain}
    _refuse_faster(file, pairs, made, scaling, who.params)
    _written(file, made.text, over=force or in_place)
    _tell(file, made, who.params)
    _tell_off(list(off(again.workout, after.workout, scaling)), plain.off(scaling))
    known = {(problem.rule, problem.line) for problem in again.problems}
    if news := [problem for problem in after.problems if (problem.rule, problem.line) not in known]:
        out(render(news, made.text))


@dataclass(frozen=True, slots=True)
class _Pair:
    """A workout before and after, with the same values; None where those of the file alone make none."""

    before: Workout | None
    after: Workout | None

    def too_fast(self, scaling: Scaling) -> Off | None:
        """The first backward step that is faster than was asked for."""
        if self.before is None or self.after is None:
            return None
        return too_fast(self.before, self.after, scaling)

    def off(self, scaling: Scaling) -> frozenset[Off]:
        """What rounding alone has moved, where these are the values of the file."""
        if self.before is None or self.after is None:
            return frozenset()
        return frozenset(off(self.before, self.after, scaling))


def _refuse_faster(
    file: Path, pairs: Mapping[str, _Pair], made: Scaled, scaling: Scaling, own: Mapping[str, str]
) -> None:
    """Nobody is made faster facing the rear, or kept as fast where slower was asked for.

    Raises:
        CoachError: a backward step would be.
    """
    whose, found = next(((whose, one) for whose, pair in pairs.items() if (one := pair.too_fast(scaling))), ("", None))
    if found is None:
        return
    names = " and ".join(f"${name}" for name in sorted(made.names & own.keys()))
    why = f", since {names} is your own value and is not scaled" if names else ""
    went = f"would go from {found.before.removesuffix(' km/h')} to {found.after}"
    became = f"stays at {found.before}" if found.before == found.after else went
    told = f"backward on line {found.line} {became}{whose}, more than {_pct(scaling.speed_pct)}{why}"
    raise CoachError(f"{file}: is not written: {told}; write a speed there in place of the name")


def _pct(number: Decimal) -> str:
    return f"{number.normalize():f} %"


def _scaling(speed: str | None, time: str | None) -> Scaling:
    if speed is None and time is None:
        raise typer.BadParameter("say how fast, such as --speed 95%, or how long, such as --time 80%")
    return Scaling(_percent("--speed", speed), _percent("--time", time))


def _percent(option: str, text: str | None) -> Decimal:
    if text is None:
        return WHOLE
    written = _PERCENT.fullmatch(text)
    if written is None:
        raise typer.BadParameter(f"{quoted(text)} is not a percentage, such as 95%", param_hint=option)
    number = Decimal(written[1])
    if not LEAST_PCT <= number <= MOST_PCT:
        told = f"{quoted(text)} is outside {LEAST_PCT} to {MOST_PCT}%; {_percent_meant(written)}"
        raise typer.BadParameter(told, param_hint=option)
    return number


def _percent_meant(written: re.Match[str]) -> str:
    """The fix for a number that is out of range: 0.95 is a share, 3 is not."""
    share = Decimal(written[1]) * 100
    if not written[2] and "." in written[1] and LEAST_PCT <= share < 200:
        return f"did you mean {f'{share:f}'.rstrip('0').rstrip('.')}%?"
    return "write 95% for a little less, 105% for a little more"


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


def _target(origin: _Origin, scaling: Scaling, output: str | None, who: Person, *, in_place: bool) -> Path:
    if in_place:
        if origin.file is None:
            raise CoachError("only a file of your own is changed in place; without --in-place a new one is written")
        return origin.file
    if output is not None:
        refuse_folder(output)
        path = Path(output)
        refuse(path)
        return path if path.suffix in SUFFIXES else path.with_name(f"{path.name}.yaml")
    numbers = [pct for pct in (scaling.speed_pct, scaling.time_pct) if pct != WHOLE] or [WHOLE]
    name = "-".join([origin.stem, *(f"{pct.normalize():f}" for pct in numbers)])
    folder = origin.file.parent if origin.file is not None else who.folder or Path()
    return folder / f"{name}.yaml"


def _written(file: Path, text: str, *, over: bool) -> None:
    try:
        place(file, text, over=over)
    except FileExistsError:
        raise _there(file) from None
    if f"$schema={FILE}" in text and put_schema(file.parent) is Beside.FAILED:
        complain(NO_SCHEMA)


def _there(file: Path) -> CoachError:
    return CoachError(f"{file} is there already; choose another with -o, or say --force to write over it")


def _tell(file: Path, made: Scaled, own: Mapping[str, str]) -> None:
    numbers = f"{made.changed} number{'s' * (made.changed != 1)} changed"
    out(f"{file} is written: {made.name}, {numbers}.")
    for name in sorted(made.names & own.keys()):
        out(f"${name} is yours: {own[name]}, not scaled.")


def _tell_off(found: list[Off], rounded: frozenset[Off]) -> None:
    for one in sorted(found, key=lambda one: one.line)[:SHOWN]:
        why = "by rounding" if one in rounded else "with your own values"
        out(f"line {one.line}: {one.before} became {one.after}, {one.pct:.1f} %, {why}")
    if len(found) > SHOWN:
        out(f"and {len(found) - SHOWN} more")
