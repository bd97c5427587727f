"""`coach convert`: workouts of other programs to YAML, and workouts of coach to theirs; what is lost is always told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import complain, out
from coach.cli.stage import located, person
from coach.core.error import CoachError
from coach.core.workout import Facing, Level, Workout
from coach.places import configured
from coach.script import source as yaml_source
from coach.script.check import Loaded, check_text, load
from coach.script.convert.format import TRAITS, Format, by_name, format_of, read, write
from coach.script.convert.loss import Kind, Loss, Losses
from coach.script.convert.pace import Paces, Race, read_race, read_speed, read_within
from coach.script.convert.spell import outline_of_shorthand
from coach.script.find import find
from coach.script.outline import Outline, outline_of
from coach.script.problem import Findings, printable
from coach.script.source import LARGEST_BYTES
from coach.script.write import write as write_yaml
from coach.shelf import forward_only
from coach.written import write_file

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else
STANDARD: Final = "-"  # standard input or output
WIDTH: Final = 78  # columns of the narrowest usual terminal
LONGEST_SHOWN: Final = 200  # characters of a path or a shorthand
UNNAMED: Final = "Imported workout"


class Target(StrEnum):
    """What can be written."""

    YAML = "yaml"
    ZWO = "zwo"
    ICU = "icu"
    FIT = "fit"


SourceName = Annotated[
    str, typer.Argument(metavar="SOURCE", help="A file, a name from `coach list`, a quoted shorthand, or - to read.")
]
TargetName = Annotated[
    str | None, typer.Argument(metavar="TARGET", help="A file; its name says the format. Without it: to the screen.")
]
To = Annotated[Target | None, typer.Option("--to", help="The format to write, where no file name says it.")]
From = Annotated[
    Format | None, typer.Option("--from", help="The format to read, where neither content nor name says it.")
]
Threshold = Annotated[
    str | None, typer.Option("--threshold", metavar="PACE", help="Your threshold, such as '4:40 /km'.")
]
Races = Annotated[
    list[str] | None,
    typer.Option("--pace", metavar="RACE=PACE", help=f"A pace of yours, such as '5k=4:20 /km': {', '.join(Race)}."),
]
Within = Annotated[
    str | None,
    typer.Option("--within", metavar="SPEEDS", help="Bounds of steps that the heart leads, such as '5 .. 9 km/h'."),
]
Easy = Annotated[
    str | None, typer.Option("--easy", metavar="SPEED", help="The speed of steps that say none, such as '6 km/h'.")
]
Row = Annotated[Level | None, typer.Option("--level", help="The level of an imported workout with backward steps.")]
ForwardOnly = Annotated[
    bool, typer.Option("--forward-only", help="Leave backward steps out, and those that may be; none is run forward.")
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file, and write YAML that has errors.")]


@dataclass(frozen=True, slots=True)
class Options:
    """What was typed behind `coach convert`."""

    source: str
    target: str | None
    to: Format
    kind: Format | None
    paces: Paces
    level: Level | None
    forward_only: bool
    force: bool
    sets: dict[str, str]
    runner: str | None

    @property
    def file(self) -> str | None:
        """Where the result goes; None: to standard output."""
        return None if self.target in (None, STANDARD) else self.target


@dataclass(slots=True)
class Done:
    """What became of it, filled as it goes, so that a refusal can say what was known."""

    to: Format
    kind: Format | None = None
    shorthand: bool = False
    losses: Losses = field(default_factory=Losses)
    loaded: Loaded | None = None  # the result, checked
    result: bytes | None = None
    written: bool = False


class RefusedConversionError(CoachError):
    """A workout that is not written; the problems of `Done.loaded` say why."""


def command(
    source: SourceName,
    target: TargetName = None,
    *,
    to: To = None,
    kind: From = None,
    threshold: Threshold = None,
    pace: Races = None,
    within: Within = None,
    easy: Easy = None,
    level: Row = None,
    forward_only: ForwardOnly = False,
    force: Force = False,
    setting: options.Sets = None,
    runner: options.RunnerName = None,
    as_json: options.Json = False,
) -> None:
    """Bring a workout in from another program, or take one there.

    Zwift (.zwo), QZ (.xml, read only), intervals.icu text (.txt, .icu) and FIT (.fit). What the other format cannot
    hold, and what had to be assumed, is listed on standard error, always. No other format knows which way the runner
    faces: a backward step is written with a name such as "Backward 3.0 km/h", and read as backward only by it. A step
    with another name about backward is refused, and a spoken text about it is told.
    """
    typed = Options(
        source=source,
        target=target,
        to=_format(source, target, to, kind, runner),
        kind=kind,
        paces=_paces(runner, threshold, pace, within, easy),
        level=level,
        forward_only=forward_only,
        force=force,
        sets=options.settings(setting),
        runner=runner,
    )
    raise typer.Exit(run(typed, as_json=as_json))


def run(typed: Options, *, as_json: bool) -> int:
    """Convert, write, tell, and say with which exit code to leave.

    Raises:
        CoachError: it is refused; with `as_json` that is among the facts instead.
    """
    done = Done(typed.to, losses=Losses(forward_only=typed.forward_only))
    refused = None
    try:
        _convert(typed, done)
        _keep(typed, done)
    except CoachError as error:
        refused = error
    if as_json:
        out(json.dumps(facts(typed, done, refused), ensure_ascii=False, indent=2))
        return 0 if refused is None else 1
    if done.result is not None and typed.file is None and refused is None:
        out(done.result.decode().rstrip("\n"))
    for line in page(typed, done):
        complain(line)
    if refused is not None:
        raise CoachError(f"{_shown(typed.source)}: {printable(str(refused))}") from refused
    return 0


def page(typed: Options, done: Done) -> Iterator[str]:
    """What was lost, changed and assumed, and the problems of the result, for people."""
    if done.kind is None:
        return
    losses = done.losses.all()
    target = _shown(typed.file) if typed.file else "standard output"
    state = (
        f"written to {target}" if done.result is not None and (done.written or typed.file is None) else "not written"
    )
    name = "shorthand" if done.shorthand else TRAITS[done.kind].name
    yield f"{_shown(typed.source)}: {name} to {TRAITS[done.to].name}, {state}"
    if done.result is not None and not losses:
        yield "nothing was lost"
    for kind in Kind:
        found = [loss for loss in losses if loss.kind is kind]
        if found:
            yield f"{kind}:"
            for loss in found:
                yield from wrap(f"- {_told(loss)}", WIDTH, initial_indent="  ", subsequent_indent="    ")
    if done.loaded is not None and done.loaded.problems:
        yield done.loaded.rendered()


def facts(typed: Options, done: Done, refused: CoachError | None) -> dict[str, object]:
    """The same as JSON has it; `text` is the result where no file was named."""
    text = done.result.decode() if done.result is not None and typed.file is None else None
    return {
        "schema": SCHEMA,
        "source": typed.source,
        "from": done.kind,
        "target": typed.file,
        "to": done.to,
        "written": done.written,
        "refused": None if refused is None else str(refused),
        "losses": [{"kind": one.kind, "what": one.what, "steps": list(one.where)} for one in done.losses.all()],
        "problems": [] if done.loaded is None else [problem.facts() for problem in done.loaded.problems],
        "text": text,
    }


# What was typed


def _format(source: str, target: str | None, to: Target | None, kind: Format | None, runner: str | None) -> Format:
    """The format to write: by --to, by the target's name, or YAML for what comes from elsewhere."""
    named = None if target in (None, STANDARD) else by_name(target or "")
    if to is not None:
        if named is not None and named.value != to.value:
            hint = f"{target} is the name of a {TRAITS[named].name} file, and --to says {to}"
            raise typer.BadParameter(hint, param_hint="--to")
        wanted = Format(to.value)
    elif named is not None:
        wanted = named
    elif target not in (None, STANDARD):
        suffixes = ", ".join(trait.suffixes[0] for trait in TRAITS.values() if trait.written)
        raise typer.BadParameter(f"{target!r} does not say which format; end it in {suffixes}", param_hint="TARGET")
    elif (kind is Format.YAML or (kind is None and _is_ours(source))) and _is_there(source, runner):
        raise typer.BadParameter("say to which format: --to zwo, icu or fit, or a file name", param_hint="--to")
    else:
        wanted = Format.YAML
    if not TRAITS[wanted].written:
        raise typer.BadParameter(f"coach reads {TRAITS[wanted].name} files and writes none", param_hint="TARGET")
    if TRAITS[wanted].binary and target in (None, STANDARD):
        raise typer.BadParameter("a FIT file is binary; name a file to write it to", param_hint="TARGET")
    return wanted


def _is_ours(source: str) -> bool:
    """A source that is YAML by its name, a file or a shipped one."""
    path = Path(source)
    if source == STANDARD or by_name(source) not in (None, Format.YAML):
        return False
    return by_name(source) is Format.YAML or not (_is(path.is_file) or any(sign in source for sign in "@("))


def _is_there(source: str, runner: str | None) -> bool:
    """There is something to read; where there is not, reading it says why."""
    if source == STANDARD:
        return True
    found = find(located(source, person(runner).folder), Findings())
    return found.shorthand or found.raw is not None


def _is(asked: Callable[[], bool]) -> bool:
    """What a path says of itself; one that is too long, or has a NUL, is nothing."""
    try:
        return asked()
    except (OSError, ValueError):
        return False


def _paces(
    runner: str | None, threshold: str | None, races: Sequence[str] | None, within: str | None, easy: str | None
) -> Paces:
    """The runner's own speeds: those that were typed over those of the settings."""
    paces = _settled(runner)
    if threshold is not None:
        paces = replace(paces, threshold_kmh=options.each("--threshold", [threshold], read_speed)[0])
    if easy is not None:
        paces = replace(paces, easy_kmh=options.each("--easy", [easy], read_speed)[0])
    if within is not None:
        paces = replace(paces, within_kmh=options.each("--within", [within], read_within)[0])
    return replace(paces, race_kmh={**paces.race_kmh, **dict(options.each("--pace", races, _race))})


def _settled(runner: str | None) -> Paces:
    if not configured() and runner is None:
        return Paces()
    from coach.config import load as load_config

    return load_config().chosen(runner).references()


def _race(text: str) -> tuple[Race, float]:
    name, equals, pace = text.partition("=")
    if not equals:
        raise CoachError(f"{text!r} is not RACE=PACE, such as '5k=4:20 /km'")
    return read_race(name, pace)


# From the source to the result


def _convert(typed: Options, done: Done) -> None:
    outline, workout = _read(typed, done)
    if typed.to is Format.YAML:
        text = write_yaml(outline)
        done.loaded = check_text(text, file=_shown(typed.file or typed.source))
        if done.loaded.errors and not typed.force:
            raise RefusedConversionError("the result has errors, so it is not written; --force writes it all the same")
        done.result = text.encode()
        return
    if workout is None:
        raise RefusedConversionError("the workout has errors, so it is not written")
    done.result = write(typed.to, workout, done.losses, typed.paces)


def _ahead(workout: Workout, typed: Options, losses: Losses) -> Workout:
    """What of a workout of coach is wanted."""
    if not (typed.forward_only and workout.backward):
        return workout
    left_out = sum(one.facing is Facing.BACKWARD and one.target is not None for one in workout.segments)
    losses.lost(f"{left_out} backward steps are left out, as --forward-only asks")
    return forward_only(workout)


def _read(typed: Options, done: Done) -> tuple[Outline, Workout | None]:
    """The source as an outline, and as a workout where it has no error."""
    raw = _bytes(typed.source)
    if raw is None:
        return _named(typed, done)
    done.kind = typed.kind or format_of(raw, typed.source)
    if done.kind is None:
        kinds = ", ".join(Format)
        raise CoachError(f"neither its content nor its name says what it is; say so with --from: {kinds}")
    if done.kind is Format.YAML:
        return _own(typed, done, _checked(raw, typed, done))
    if typed.sets:
        raise CoachError("--set is for workouts of coach; this one has no parameters")
    if typed.kind is None and (by := by_name(typed.source)) not in (None, done.kind):
        assert by is not None
        done.losses.assumed(f"it is named like {TRAITS[by].name} and read as {TRAITS[done.kind].name}, which it is")
    outline = read(done.kind, raw, typed.paces, done.losses, name=_name(typed.source), level=typed.level)
    checked = check_text(write_yaml(outline), file=_shown(typed.source))
    if checked.workout is None and typed.to is not Format.YAML:
        done.loaded = checked
    return outline, checked.workout


def _named(typed: Options, done: Done) -> tuple[Outline, Workout | None]:
    """A shipped workout, one of the own folder, or a shorthand."""
    if by_name(typed.source) not in (None, Format.YAML):
        raise CoachError("it is a directory" if _is(Path(typed.source).is_dir) else "there is no such file")
    if typed.kind not in (None, Format.YAML):
        raise CoachError("--from says how a file or standard input is read, and this is neither")
    who = person(typed.runner)
    loaded = load(located(typed.source, who.folder), sets=typed.sets, runner_params=who.params)
    if not loaded.text:
        told = next(problem for problem in loaded.problems if problem.error)
        unknown = told.rule == "no-such-workout" and typed.source.strip()
        message = "there is no such file, and no workout of that name" if unknown else told.message
        raise CoachError(message + (f"; {told.help}" if told.help else ""))
    done.shorthand = loaded.file == "shorthand"
    _tell_own(loaded, who.params, typed, done.losses)
    outline, workout = _own(typed, done, loaded)
    spelt = done.shorthand and not (typed.forward_only and loaded.workout != workout)
    return (outline_of_shorthand(typed.source, workout) if spelt else outline), workout


def _own(typed: Options, done: Done, loaded: Loaded) -> tuple[Outline, Workout]:
    done.kind = Format.YAML
    if typed.level is not None:
        raise CoachError("--level is for workouts of other programs; this one says its own")
    if loaded.workout is None:
        done.loaded = loaded
        raise RefusedConversionError("the workout has errors")
    if typed.to is Format.YAML and not (typed.forward_only or done.shorthand):
        raise CoachError("this is a YAML workout already; copy it, or write it again with coach scale")
    workout = _ahead(loaded.workout, typed, done.losses)
    return outline_of(workout), workout


def _tell_own(loaded: Loaded, params: dict[str, str], typed: Options, losses: Losses) -> None:
    """The numbers in the result that are this runner's own: somebody else would run by them."""
    for name, value in params.items() if loaded.workout is not None else ():
        others = {one: text for one, text in params.items() if one != name}
        without = check_text(loaded.text, file=loaded.file, sets=typed.sets, runner_params=others)
        if (without.workout or without.draft) != loaded.workout:
            losses.assumed(f"${name} is {value}, as your settings have it; another runner's may be another")


def _checked(raw: bytes, typed: Options, done: Done) -> Loaded:
    findings = Findings()
    text = yaml_source.decode(raw, findings)
    if text is None:
        return Loaded(None, findings.sorted(_shown(typed.source)), "", "", _shown(typed.source), typed.source)
    params = person(typed.runner).params
    loaded = check_text(text, file=_shown(typed.source), sets=typed.sets, runner_params=params)
    _tell_own(loaded, params, typed, done.losses)
    return loaded


def _bytes(source: str) -> bytes | None:
    """What a file or standard input holds, up to one byte more than is allowed; None where it is neither."""
    if source == STANDARD:
        stream = getattr(sys.stdin, "buffer", None)
        if stream is None:
            raise CoachError("there is nothing to read from standard input")
        content = stream.read(LARGEST_BYTES + 1)
        assert isinstance(content, bytes)
        return content
    path = Path(source)
    if not _is(path.is_file):
        return None
    with path.open("rb") as opened:
        return opened.read(LARGEST_BYTES + 1)


def _name(source: str) -> str:
    if source == STANDARD:
        return UNNAMED
    words = " ".join(Path(source).stem.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:] if words else UNNAMED


# To the target, and what is told


def _keep(typed: Options, done: Done) -> None:
    if typed.file is None or done.result is None:
        return
    path = Path(typed.file)
    if _is(path.is_dir):
        raise CoachError(f"{_shown(typed.file)} is a directory; name a file")
    if _is(path.exists) and not _is(path.is_file):
        raise CoachError(f"{_shown(typed.file)} is not a plain file; name one, or leave it out and use the screen")
    try:
        write_file(path, done.result, over=typed.force)
    except FileExistsError as there:
        raise CoachError(f"{_shown(typed.file)} is there already; --force writes over it") from there
    except OSError as error:
        raise CoachError(f"{_shown(typed.file)} cannot be written: {(error.strerror or str(error)).lower()}") from error
    done.written = True


def _told(loss: Loss) -> str:
    return f"{printable(loss.what)} ({_steps(loss.where)})" if loss.where else printable(loss.what)


def _steps(numbers: Sequence[int]) -> str:
    """Step numbers for people: step 3, steps 1 to 4 and 7."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [part for run in runs for part in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run))]
    listed = f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
    return f"step{'s' * (len(numbers) > 1)} {listed}"


def _shown(name: str) -> str:
    short = name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…"
    return printable("standard input" if name == STANDARD else short) or '""'
