"""Whose sessions are: those without a name are given to somebody, and those of another computer come in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import typer

from coach.cli import sessions
from coach.cli.app import complain, out
from coach.cli.whose import found, known, whose
from coach.core.error import CoachError
from coach.history.past import Past
from coach.history.store import Archive

UNNAMED: Final = "unnamed"  # instead of names: all sessions that are nobody's


def give(archive: Archive, texts: Sequence[str], name: str, *, simulated: bool) -> None:
    """Give sessions to a runner, and say so.

    Raises:
        typer.BadParameter: no session is named.
        CoachError: there is no such session or runner, or it cannot be written.
    """
    if not texts:
        raise typer.BadParameter("name the sessions after it, such as last or 2026-05-04", param_hint="--claim")
    who = whose(name).name
    unnamed = [one for one in archive.sessions(simulated=simulated) if not one.who] if UNNAMED in texts else []
    named = [found(archive, text, None, simulated=simulated) for text in texts if text != UNNAMED]
    if UNNAMED in texts and not unnamed:
        out("There is no session without a name.")
    for one in dict.fromkeys([*named, *unnamed]):
        if one.who == who:
            out(f"{one.id} is {who}'s already.")
            continue
        _ = archive.claim(one, who)
        out(f"{one.id} is {who}'s now" + (f"; it was {one.who}'s." if one.who else "."))


def bring(archive: Archive, paths: Sequence[Path], runner: str | None) -> None:
    """Copy the sessions of another computer here, and say what came in.

    Raises:
        typer.Exit: some files were left out.
        CoachError: there is nothing in the folders, no such runner, or the sessions cannot be written.
    """
    names = known()
    who = whose(runner).name if runner is not None else ""

    def naming(own: str) -> str:
        return own if own in names or not who else who

    taken = archive.take_in([path.expanduser() for path in paths], naming)
    for text in taken.refused:
        complain(text)
    if not (taken.added or taken.known or taken.refused):
        raise CoachError(f"{paths[0]}: there are no sessions in it; they are files that end with .jsonl")
    if taken.added or taken.known:
        for text in _taken(taken.added, len(taken.known), names):
            out(text)
    if taken.refused:
        raise typer.Exit(1)


def counts_too(path: Path) -> tuple[str, ...]:
    """Copy a session that was recorded elsewhere among the others, for its minutes count; sentences on what failed."""
    try:
        with Archive() as archive:
            return archive.take_in([path]).refused
    except CoachError as error:
        return (str(error),)


def _taken(added: Sequence[Past], already: int, names: Sequence[str]) -> Iterator[str]:
    real = [one for one in added if not one.simulated]
    parts = [f"{len(real)} on a real belt", f"{len(added) - len(real)} on the simulator"]
    came = f"{sessions.many(len(added))} came in" + (f": {', '.join(parts)}." if added else ".")
    yield came + (f" {sessions.many(already)} already here." if already else "")
    for name in sorted({one.who for one in real}):
        count = sum(one.who == name for one in real)
        if name in names:
            yield f"  {count} of {name}"
        elif name:
            yield f"  {count} of {name}, who is not in the settings here: write [runner.{name}], or give them away"
        elif len(names) > 1:
            yield f"  {count} without a name: `coach history` shows how to give them to somebody"
