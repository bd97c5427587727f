"""`coach export`: sessions as files for other programs, with a title and a description to paste beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import complain, out
from coach.cli.placed import no_folder, place, refuse
from coach.cli.whose import found as meant
from coach.cli.whose import known, whose
from coach.core.error import CoachError
from coach.history.export.activity import ExportError, Format, Sport
from coach.history.export.worker import Exported, Order, exported
from coach.history.past import Past
from coach.history.store import Archive
from coach.places import named_for
from coach.told import RETOLD

STANDARD: Final = "-"  # the terminal, or whatever is behind it
NOBODY: Final = "This session was simulated: nobody ran it. Its title says so; it is not training."

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="SESSION", help="`last`, a date or name as `coach history` shows it, or a file of one."),
]
To = Annotated[
    Format | None,
    typer.Option(
        "--to", case_sensitive=False, help="The format; if left out, what the name after --out says, else fit."
    ),
]
Out = Annotated[
    str | None,
    typer.Option("--out", "-o", metavar="FILE|FOLDER|-", help="Where it goes; if left out, the current folder."),
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]
AsSport = Annotated[
    Sport | None,
    typer.Option("--sport", case_sensitive=False, help="What it counts as; if left out, what was mostly done."),
]
Laps = Annotated[bool, typer.Option("--laps", help="CSV: a row for each lap, not for each second.")]
Samples = Annotated[bool, typer.Option("--samples", help="JSON: with every second.")]
All = Annotated[bool, typer.Option("--all", help="All your sessions.")]
Since = Annotated[str | None, typer.Option("--since", metavar="DATE", help="All from that day on, such as 2026-05-04.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print no title and no description.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, once it is clear."""

    to: Format
    target: str | None
    force: bool
    sport: Sport | None
    laps: bool
    samples: bool
    quiet: bool

    def order(self, one: Past) -> Order:
        """What a worker is to do with a session."""
        return Order(one.path, self.to, self.sport, one.at, self.laps, self.samples)


def command(
    names: Names = None,
    *,
    to: To = None,
    target: Out = None,
    force: Force = False,
    sport: AsSport = None,
    laps: Laps = False,
    samples: Samples = False,
    everything: All = False,
    since: Since = None,
    simulated: options.OnSimulator = False,
    runner: options.OfRunner = None,
    quiet: Quiet = False,
) -> None:
    """Write sessions as FIT, TCX, CSV or JSON, old ones as well; FIT is what most training diaries want."""
    asked = Asked(_format(to, target), target, force, sport, laps, samples, quiet)
    _must_fit(asked)
    day = _day(since)
    many = everything or day is not None
    if many == bool(names):
        hint = "name sessions or say --all, not both" if names else "name a session, such as last, or say --all"
        raise typer.BadParameter(hint, param_hint="SESSION")
    with Archive() as archive:
        if many:
            found = _all(archive, runner, day, simulated=simulated)
        else:
            found = [meant(archive, name, runner, simulated=simulated) for name in names or ()]
        for text in archive.trouble:
            complain(text)
        under_way = {one.path for one in found if archive.under_way(one)}
    found = list(dict.fromkeys(found))
    if many or len(found) > 1:
        _several(asked, found, under_way, skip=many)
    else:
        _one(asked, found[0], under_way)


# What was typed


def _format(to: Format | None, target: str | None) -> Format:
    """The format: by --to, by the name of the file, or FIT."""
    suffix = "" if target is None or Path(target).is_dir() else Path(target).suffix.lower().removeprefix(".")
    named = Format(suffix) if suffix in tuple(Format) else None
    if to is not None and named is not None and named is not to:
        hint = f"{target} is the name of a {named.upper()} file, and --to says {to}"
        raise typer.BadParameter(hint, param_hint="--to")
    if to is None and named is None and suffix:
        hint = f"{target} does not say which format; end it in {', '.join(f'.{one}' for one in Format)}, or say --to"
        raise typer.BadParameter(hint, param_hint="--out")
    return to or named or Format.FIT


def _must_fit(asked: Asked) -> None:
    if asked.laps and asked.to is not Format.CSV:
        hint = "only CSV has either laps or seconds; the other formats have the laps anyway"
        raise typer.BadParameter(hint, param_hint="--laps")
    if asked.samples and asked.to is not Format.JSON:
        raise typer.BadParameter("only JSON has its seconds left out without it", param_hint="--samples")
    if asked.target == STANDARD and asked.to.binary:
        raise typer.BadParameter("a FIT file is binary; name a file or a folder", param_hint="--out")
    if asked.sport is not None and asked.to is Format.CSV:
        raise typer.BadParameter("a CSV file does not tell a sport", param_hint="--sport")


def _day(since: str | None) -> date | None:
    try:
        return None if since is None else date.fromisoformat(since.strip())
    except ValueError:
        raise typer.BadParameter(f"{since!r} is not a day such as 2026-05-04", param_hint="--since") from None


def _all(archive: Archive, runner: str | None, day: date | None, *, simulated: bool) -> list[Past]:
    """A runner's sessions, oldest first; everybody's where there are several runners and none is named."""
    if runner is None and len(known()) > 1:
        mine = archive.sessions(simulated=simulated)
    else:
        who = whose(runner)
        mine = archive.of(who.name, only=who.only, simulated=simulated)
    found = [one for one in reversed(mine) if not one.deleted and (day is None or one.on >= day)]
    if not found:
        where = "on the simulator" if simulated else "on a real belt"
        raise CoachError(f"there is no session {where}" + (f" since {day}" if day is not None else "") + " to export")
    return found


# One session, with all that there is to paste


def _one(asked: Asked, one: Past, under_way: set[Path]) -> None:
    file = None if asked.target == STANDARD else _file(asked, one)
    if file is not None:
        _must_be_free(file, force=asked.force)
    done = _export(asked, one, under_way)
    if done.simulated:
        complain(NOBODY)
    if not done.as_run:
        complain(RETOLD)
    if file is None:
        out(done.content.decode().rstrip("\n"))
        return
    _put(asked, file, done)
    if not asked.quiet:
        for line in ("", "To paste as title and description:", "", done.title, "", done.description):
            out(line)


def _file(asked: Asked, one: Past) -> Path:
    """Where a session goes: the file that was named, or one with a name of its own in the folder that was."""
    if asked.target is None:
        return Path(file_name(one, asked.to, laps=asked.laps))
    path = Path(asked.target).expanduser()
    if _is_folder(asked.target, path):
        return path / file_name(one, asked.to, laps=asked.laps)
    return path


def _is_folder(typed: str, path: Path) -> bool:
    """What was typed is a folder.

    Raises:
        CoachError: it should be one by its last sign, and is none.
    """
    try:
        if path.is_dir():
            return True
    except (OSError, ValueError):
        pass
    if typed.endswith(("/", "\\")):
        raise no_folder(typed)
    return False


def file_name(one: Past, to: Format, *, laps: bool = False, hour: bool = False) -> str:
    """The day and the workout: 2026-05-20-first-steps-back.fit; a simulated session says so."""
    at = f"{one.at:%Y-%m-%d-%H%M%S}" if hour else f"{one.at:%Y-%m-%d}"
    ends = ["laps"] * laps + ["simulated"] * one.simulated
    return f"{'-'.join([at, named_for(one.workout), *ends])}.{to.value}"


def _must_be_free(file: Path, *, force: bool) -> None:
    """Say at once of a place that nothing is put there, before anything takes long.

    Raises:
        CoachError: it is no place for a file, or there is one.
    """
    refuse(file)
    if file.exists() and not force:
        raise CoachError(f"{file} is there already; --force writes over it")
    if not file.parent.is_dir():
        raise no_folder(file.parent)


def _export(asked: Asked, one: Past, under_way: set[Path]) -> Exported:
    if one.deleted:
        raise CoachError(f"{one.id}: its recording was deleted, so there is nothing to export")
    if one.path in under_way:
        raise CoachError(f"{one.id} is being recorded right now; export it when it has ended")
    try:
        return exported(asked.order(one))
    except ExportError as error:
        raise CoachError(f"{one.id}: {error}") from error


def _put(asked: Asked, file: Path, done: Exported) -> None:
    try:
        place(file, done.content, over=asked.force)
    except FileExistsError:  # it was not, when this began
        raise CoachError(f"{file} is there already; --force writes over it") from None
    out(f"Written: {file} ({_size(len(done.content))})")


def _size(count: int) -> str:
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"


# Several: a line for each


def _several(asked: Asked, found: Sequence[Past], under_way: set[Path], *, skip: bool) -> None:
    """Into a folder; `skip`: nobody named them one by one, so what need not be written is no problem."""
    folder = _folder(asked.target)
    there, problems, simulated = 0, 0, 0
    for one, file in _placed(asked, found, folder):
        if skip and one.distance_m <= 0:
            complain(f"{one.id} is left out: the belt never moved.")
            continue
        if skip and file.exists() and not asked.force:
            there += 1
            continue
        try:
            _must_be_free(file, force=asked.force)
            done = _export(asked, one, under_way)
            _put(asked, file, done)
        except CoachError as error:
            complain(f"{error}")
            problems += 1
            continue
        simulated += done.simulated
        if not done.as_run:
            complain(f"{one.id}: {RETOLD}")
        if not asked.quiet:
            out(f"  {done.title}")
    if there == 1:
        out("1 file was there already and stays as it is; --force writes over it.")
    elif there:
        out(f"{there} files were there already and stay as they are; --force writes over them.")
    if simulated:
        complain(f"{simulated} of them were simulated: nobody ran them. Their titles say so.")
    if problems:
        raise typer.Exit(1)


def _folder(target: str | None) -> Path:
    if target is None:
        return Path()
    if target == STANDARD:
        raise typer.BadParameter("several sessions go into a folder", param_hint="--out")
    path = Path(target).expanduser()
    if _is_folder(target, path):
        return path
    if path.is_file():
        raise typer.BadParameter(f"{target} is a file; several sessions go into a folder", param_hint="--out")
    raise no_folder(target)


def _placed(asked: Asked, found: Sequence[Past], folder: Path) -> Iterator[tuple[Past, Path]]:
    """Each with its file; those of one day that would have the same name tell the hour too."""
    names = [file_name(one, asked.to, laps=asked.laps) for one in found]
    for one, name in zip(found, names, strict=True):
        own = name if names.count(name) == 1 else file_name(one, asked.to, laps=asked.laps, hour=True)
        yield one, folder / own
