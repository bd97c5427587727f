"""`coach report`: a session, or weeks of them, as a page for a browser that needs nothing from elsewhere."""

from __future__ import annotations

import json
import webbrowser
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import complain, out
from coach.cli.chosen import units
from coach.cli.placed import place, refuse, refuse_folder
from coach.cli.whose import found, known, whose
from coach.core.error import CoachError
from coach.history.past import Past
from coach.history.store import Archive

if TYPE_CHECKING:
    from coach.history.report.shown import Shown
    from coach.history.report.weeks import Weeks

LAST: Final = "last"
STANDARD_OUTPUT: Final = "-"
MOST_WEEKS: Final = 1040  # twenty years
EXAMPLE: Final = "report.html"
RECORDING: Final = ".jsonl"  # a page is never written over one

Session = Annotated[
    str | None,
    typer.Argument(metavar="SESSION", help="`last`, a date or name as `coach history` shows it, or a journal."),
]
Count = Annotated[
    int | None,
    typer.Option("--weeks", metavar="N", min=1, max=MOST_WEEKS, help="This week and those before it, not a session."),
]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="FILE", help="Where the page goes, also a folder; - is the terminal."),
]
Open = Annotated[bool, typer.Option("--open", help="Show it in the browser.")]
Simulated = Annotated[bool, typer.Option("--simulated", help="Those on the simulator, which never count.")]
Runner = Annotated[str | None, typer.Option("--runner", metavar="NAME", help="Whose; needed only with several.")]


def command(
    session: Session = None,
    *,
    weeks: Count = None,
    output: Output = None,
    open_: Open = False,
    simulated: Simulated = False,
    runner: Runner = None,
    as_json: options.Json = False,
) -> None:
    """Show a session as a page for a browser, or with --weeks N what the last weeks came to. It works offline."""
    _usage(session, weeks, output, open_=open_, as_json=as_json)
    with Archive() as archive:
        if weeks is None:
            past = found(archive, session or LAST, runner, simulated=simulated)
            told_ = _of_session(gathered(archive, past), past, as_json=as_json)
        else:
            told_ = _of_weeks(_weeks(archive, weeks, runner, simulated=simulated), as_json=as_json)
        for trouble in archive.trouble:
            complain(trouble)
    if as_json and output is None:
        out(told_.content)
        return
    file = in_folder(output, told_.name)
    give(f"{told_.content}\n", file, told_.said, told_.source)
    if open_:
        _open(Path(file).expanduser())


@dataclass(frozen=True, slots=True)
class _Told:
    """A page, or facts, with the name of a file for it."""

    content: str
    name: str
    said: str = ""  # in a sentence
    source: Path | None = None  # the recording that it is of


def _of_session(shown: Shown, past: Past, *, as_json: bool) -> _Told:
    from coach.history.report.session import session_page

    if as_json:
        return _Told(_json(shown.facts()), f"{past.id}.json", source=past.path)
    return _Told(session_page(shown), f"{past.id}.html", _said(shown), past.path)


def _of_weeks(found: Weeks, *, as_json: bool) -> _Told:
    from coach.history.report.weeks import weeks_page

    name = f"coach-weeks-{found.now:%Y-%m-%d}"
    return _Told(_json(found.facts()), f"{name}.json") if as_json else _Told(weeks_page(found), f"{name}.html")


def gathered(archive: Archive, past: Past) -> Shown:
    """All that is told of a session.

    Raises:
        CoachError: it cannot be read.
    """
    from coach.history.report.shown import shown_of

    names = known()
    only = len(names) <= 1
    who = past.who or (names[0] if names and only else "")
    seen = archive.windows(who=who, only=only, simulated=past.simulated)
    return shown_of(past, archive.recording(past), archive.summary(past), seen)


def in_folder(output: str | None, name: str) -> str:
    """The file that is written: the one that was typed, one of that name in the folder that was, or that name here."""
    if output is None:
        return name
    folder = Path(output).expanduser()
    return str(folder / name) if folder.is_dir() else output


def give(content: str, file: str, said: str, source: Path | None) -> None:
    """Write a text for the user and say where; to the terminal it goes alone.

    Raises:
        CoachError: it cannot be written there.
    """
    if file == STANDARD_OUTPUT:
        out(content.rstrip("\n"))
        return
    place(free(file, source), content, over=True)
    told(file, said)


def free(file: str, source: Path | None) -> Path:
    """The path of a file, where none of the user's recordings is.

    Raises:
        CoachError: there is one, or no file can be there.
    """
    path = Path(file).expanduser()
    refuse_folder(file, EXAMPLE)
    refuse(path, EXAMPLE)
    if path.suffix.lower() == RECORDING or (source is not None and path.exists() and path.samefile(source)):
        raise CoachError(f"{file}: recordings have such names; name another file, such as {EXAMPLE}")
    return path


def told(file: str, said: str) -> None:
    """Say where it is, and what it says."""
    out(f"{file}: written" + (f". {said}" if said else ""))


def _usage(session: str | None, weeks: int | None, output: str | None, *, open_: bool, as_json: bool) -> None:
    if session is not None and weeks is not None:
        raise typer.BadParameter("one at a time: a session, or --weeks", param_hint="--weeks")
    if open_ and (as_json or output == STANDARD_OUTPUT):
        raise typer.BadParameter("only a page that is written to a file can be shown", param_hint="--open")


def _weeks(archive: Archive, count: int, runner: str | None, *, simulated: bool) -> Weeks:
    from coach.cli.allowed import own_of, record_in, standing_by
    from coach.history.allowance import weeks
    from coach.history.report.tell import measure_of
    from coach.history.report.weeks import Dose, weeks_of
    from coach.installed import version

    who = whose(runner)
    sessions = archive.of(who.name, only=who.only, simulated=simulated)
    seen = archive.windows(who=who.name, only=who.only, simulated=simulated)
    now = datetime.now(UTC).astimezone()
    dose = (
        None if simulated else Dose(standing_by(record_in(archive, who), own_of(who.name)), weeks(sessions, now, count))
    )
    return weeks_of(sessions, seen, dose, now, count, measure=measure_of(units()), version=version())


def _said(shown: Shown) -> str:
    mark = "SIMULATED: " if shown.summary.simulated else ""
    return " ".join(filter(None, (f"{mark}{shown.sentence}", shown.trend)))


def _json(facts: object) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=2)


def _open(path: Path) -> None:
    if not webbrowser.open(path.absolute().as_uri()):
        complain(f"No browser was found; open {path} yourself.")
