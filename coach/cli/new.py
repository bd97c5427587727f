"""`coach new`: a workout to begin with, and its schema beside it."""

from __future__ import annotations

import shlex
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Final

import typer

from coach.cli.app import complain, out
from coach.cli.placed import place, refuse, refuse_folder
from coach.cli.stage import person
from coach.core.error import CoachError
from coach.script.find import SUFFIXES
from coach.script.problem import close_to, quoted
from coach.script.read import LONGEST_NAME
from coach.script.schema import FILE
from coach.script.template import NO_SCHEMA, USUAL, Beside, file_name, filled, put_schema, spoken_name, templates

Name = Annotated[
    str, typer.Argument(metavar="NAME", help='A name, such as tempo or "My tempo", or a path.', show_default=False)
]
Template = Annotated[str, typer.Option("--template", metavar="TEMPLATE", help="Which one; --list shows them.")]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        metavar="FOLDER",
        help="Where a name becomes a file: without this in your own workouts folder, where your settings have one "
        "(then its name is enough for every command), else in the current folder. A path says it itself.",
    ),
]
List = Annotated[bool, typer.Option("--list", help="Show the templates.")]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]

_SCHEMA_TOLD: Final = {
    Beside.WRITTEN: f"{FILE} is put beside it, for editors.",
    Beside.RENEWED: f"{FILE} beside it is renewed.",
}
_NEXT: Final = {
    "check": "every problem, after each change",
    "show": "see it as a table and a profile",
    "run": "run it, on the simulated treadmill at first",
}


def command(
    name: Name = "",
    *,
    template: Template = USUAL,
    folder: Folder = None,
    listed: List = False,
    force: Force = False,
) -> None:
    """Begin a workout: a commented file that is complete, to be changed."""
    known = templates()
    if listed:
        for one, told in known.items():
            out("\n".join(wrap(told, 80, initial_indent=f"{one:<16}", subsequent_indent=" " * 16)))
        return
    if template not in known:
        fix = close_to(template.lower(), known) or f"templates are {', '.join(known)}"
        raise typer.BadParameter(f"there is no template {quoted(template)}; {fix}", param_hint="--template")
    name = " ".join(name.split())
    if not name:
        raise typer.BadParameter('what is its name? such as tempo, "My tempo" or a path', param_hint="NAME")
    file, title, own = _file(name, folder)
    _write(file, filled(template, title), force=force)
    beside = put_schema(file.parent)
    if beside is Beside.FAILED:
        complain(NO_SCHEMA)
    out(" ".join([f"{file} is made from the template {template}.", *filter(None, [_SCHEMA_TOLD.get(beside)])]))
    out("Next:")
    typed = shlex.quote(file.stem if own else str(file))
    for word, why in _NEXT.items():
        out(f"  coach {word + ' ' + typed:<26}  {why}")


def _file(name: str, folder: Path | None) -> tuple[Path, str, bool]:
    """The file, what its workout is called, and whether its bare name is enough from now on."""
    path = Path(name)
    if name.endswith(SUFFIXES) or "/" in name or "\\" in name:
        if folder is not None:
            raise typer.BadParameter("a path says its folder itself", param_hint="--folder")
        title = _title(spoken_name(path.stem))
        refuse_folder(name)
        refuse(path)
        return path if path.suffix in SUFFIXES else path.with_name(f"{path.name}.yaml"), title, False
    title = _title(name if " " in name else spoken_name(name))
    own = person().folder if folder is None else None
    if own is not None and not own.is_dir():
        raise CoachError(f"your workouts folder {own} is not there; make it, or say --folder .")
    return (own or folder or Path()) / f"{file_name(name)}.yaml", title, own is not None


def _title(name: str) -> str:
    if not file_name(name):
        raise typer.BadParameter(f"{quoted(name)} has no letter and no digit", param_hint="NAME")
    if not name.isprintable():
        raise typer.BadParameter(f"{quoted(name)} has a sign that cannot be shown", param_hint="NAME")
    if len(name) > LONGEST_NAME:
        told = f"it has {len(name)} characters, {LONGEST_NAME} are the most"
        raise typer.BadParameter(told, param_hint="NAME")
    return name


def _write(file: Path, whole: str, *, force: bool) -> None:
    try:
        place(file, whole, over=force)
    except FileExistsError:
        raise CoachError(f"{file} is there already; choose another name, or say --force to write over it") from None
