"""`coach history`: the sessions that were; whose they are, and those of another computer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from coach.cli import options, sessions
from coach.cli.app import complain, out
from coach.cli.belonging import UNNAMED, bring, give
from coach.cli.chosen import units
from coach.cli.left_open import close_left_open
from coach.cli.sessions import Asked, Line
from coach.cli.whose import known, whose
from coach.core.runner import SpokenUnit
from coach.history.past import Past
from coach.history.store import Archive

if TYPE_CHECKING:
    from coach.history.allowance import Standing

SHOWN: Final = 20  # sessions, where nobody says how many
MOST_WEEKS: Final = 1040  # twenty years

Words = Annotated[list[str] | None, typer.Argument(metavar="SESSION|FILE", help="Only after --claim and --import.")]
Weeks = Annotated[
    int | None,
    typer.Option("--weeks", metavar="N", min=1, max=MOST_WEEKS, help="This week and those before it, from Monday."),
]
Since = Annotated[str | None, typer.Option("--since", metavar="DATE", help="From that day on, such as 2026-05-04.")]
Titled = Annotated[str, typer.Option("--workout", metavar="TEXT", help="Only with these words in the title.")]
Backward = Annotated[bool, typer.Option("--backward", help="Only those with backward running.")]
Simulated = Annotated[bool, typer.Option("--simulated", help="Those on the simulator, which never count.")]
Limit = Annotated[
    int | None,
    typer.Option("--limit", metavar="N", min=0, help=f"How many; 0 for all. {SHOWN} without it, with --json all."),
]
Runner = Annotated[
    str | None,
    typer.Option("--runner", metavar="NAME", help="Only this runner's; with --import: whose they are to be."),
]
Claim = Annotated[
    str | None,
    typer.Option(
        "--claim",
        metavar="NAME",
        help=f"Say that the sessions named after it are this runner's; {UNNAMED}: all that are nobody's.",
    ),
]
Rebuild = Annotated[bool, typer.Option("--rebuild", help="Read all recordings again; nothing in them changes.")]
Import = Annotated[
    str | None,
    typer.Option("--import", metavar="FOLDER|FILE", help="Copy sessions of another computer here; nothing is lost."),
]


def command(
    words: Words = None,
    *,
    weeks: Weeks = None,
    since: Since = None,
    workout: Titled = "",
    backward: Backward = False,
    simulated: Simulated = False,
    runner: Runner = None,
    limit: Limit = None,
    claim: Claim = None,
    brought: Import = None,
    rebuild: Rebuild = False,
    as_json: options.Json = False,
) -> None:
    """List your sessions, newest first. A session is named by its date or `last` in other commands."""
    acts = {"--claim": claim is not None, "--import": brought is not None, "--rebuild": rebuild}
    filters = bool(workout) or backward or as_json or any(one is not None for one in (weeks, since, limit))
    _usage(words or (), [name for name, asked in acts.items() if asked], filters=filters)
    for line in close_left_open():
        complain(line)
    with Archive() as archive:
        if claim is not None:
            give(archive, words or (), claim, simulated=simulated)
        elif brought is not None:
            bring(archive, [Path(brought), *map(Path, words or ())], runner)
        elif rebuild:
            out(f"The list was made anew from the recordings: {sessions.many(archive.rebuild())}.")
        else:
            asked = Asked(_since(weeks, since), workout, backward)
            _list(archive, asked, runner, simulated=simulated, limit=limit, as_json=as_json)
        if not as_json:
            for text in archive.trouble:
                complain(text)


def _usage(words: Sequence[str], acts: Sequence[str], *, filters: bool) -> None:
    """One thing at a time.

    Raises:
        typer.BadParameter: more was typed.
    """
    if len(acts) > 1:
        raise typer.BadParameter(f"one at a time: {' or '.join(acts)}", param_hint=acts[0])
    if acts and filters:
        raise typer.BadParameter("goes without the options that choose what is listed", param_hint=acts[0])
    if words and (not acts or acts == ["--rebuild"]):
        raise typer.BadParameter(f"to look for a workout write --workout {words[0]!r}", param_hint="SESSION")


def today() -> date:
    """The day on which this is asked, where the runner is."""
    return datetime.now(UTC).astimezone().date()


def _since(weeks: int | None, since: str | None) -> date | None:
    if weeks is not None and since is not None:
        raise typer.BadParameter("one of both: --weeks or --since", param_hint="--weeks")
    if weeks is not None:
        return today() - timedelta(days=today().weekday(), weeks=weeks - 1)
    if since is None:
        return None
    try:
        return date.fromisoformat(since.strip())
    except ValueError:
        raise typer.BadParameter(f"{since!r} is not a day such as 2026-05-04", param_hint="--since") from None


def _list(
    archive: Archive, asked: Asked, runner: str | None, *, simulated: bool, limit: int | None, as_json: bool
) -> None:
    mine = _of(archive, runner, simulated=simulated)
    found = [one for one in mine if asked.wants(one)]
    most = limit if limit is not None else 0 if as_json else SHOWN
    lines = [Line(one, archive.under_way(one)) for one in (found[:most] if most else found)]
    if as_json:
        out(json.dumps(sessions.facts(lines, found, archive.trouble), ensure_ascii=False, indent=2))
        return
    for text in _page(lines, found, names=runner is None and len(known()) != 1):
        out(text)
    if not found and mine:
        out(f"None of {sessions.many(len(mine))} is like that; without these options all are listed.")
    elif not found:
        for text in _nothing(archive, simulated=simulated):
            out(text)
    for text in () if simulated else _after(archive, mine, runner):
        out(text)


def _of(archive: Archive, runner: str | None, *, simulated: bool) -> Sequence[Past]:
    """A runner's sessions; everybody's where it is not clear whose. One who is in the settings no more has a name."""
    names = known()
    if runner is None and len(names) != 1:
        return archive.sessions(simulated=simulated)
    if runner is not None and runner not in names and (found := archive.sessions(who=runner, simulated=simulated)):
        return found
    who = whose(runner)
    return archive.of(who.name, only=who.only, simulated=simulated)


def _page(lines: Sequence[Line], found: Sequence[Past], *, names: bool) -> Iterator[str]:
    if lines:
        miles = units() is SpokenUnit.MPH
        yield from sessions.table(lines, names=names and len({one.who for one in found}) > 1, miles=miles)
        yield ""
        yield from sessions.total(found, len(lines), miles=miles)


def _after(archive: Archive, mine: Sequence[Past], runner: str | None) -> Iterator[str]:
    """What is left of this week, where it is clear whose, and sessions that are nobody's, where all are listed."""
    if any(one.backward_s > 0 for one in mine) and (runner is not None or len(known()) <= 1):
        yield from sessions.wrapped(sessions.dose(_standing(archive, runner)))
    if runner is None:
        yield from _nobody(archive)


def _standing(archive: Archive, runner: str | None) -> Standing:
    """What a runner's sessions allow him, at the level of his settings."""
    from coach.cli.allowed import own_of, record_in, standing_by
    from coach.cli.whose import Whose
    from coach.history.allowance import Own

    names = known()
    named = runner or next(iter(names), "")  # another name may be one that only journals have
    own = own_of(named) if named in (*names, "") else Own()
    record = record_in(archive, Whose.among(named, names))
    return standing_by(record, own)


def _nothing(archive: Archive, *, simulated: bool) -> Iterator[str]:
    others = len(archive.sessions(simulated=not simulated))
    if simulated:
        yield "No session on the simulator yet. This runs one:"
        yield "  coach run first-steps-back --treadmill sim"
    elif others:
        yield f"No session on a real belt yet. {sessions.many(others)} on the simulator:"
        yield "  coach history --simulated"
    else:
        yield "No session is recorded yet. This runs one, and it is listed here when it has ended:"
        yield "  coach run first-steps-back"


def _nobody(archive: Archive) -> Iterator[str]:
    """Sessions that count for none of the runners in the settings, and how to name them."""
    names, real = known(), archive.sessions()
    if not names:
        return
    unnamed = [one for one in real if not one.who] if len(names) > 1 else []
    if unnamed:
        text = f"{sessions.many(len(unnamed))} without a runner's name: they count for nobody. Give them to somebody:"
        yield from ["", *sessions.wrapped(text), f"  coach history --claim {names[0]} {unnamed[0].id}"]
        yield f"  coach history --claim {names[0]} {UNNAMED}"
    for name in sorted({one.who for one in real} - {"", *names}):
        count = sum(one.who == name for one in real)
        told = f"{sessions.many(count)} of {name}, who is not in the settings: --runner {name} lists them."
        yield from ["", *sessions.wrapped(told)]
