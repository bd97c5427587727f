"""`coach delete`: the recording of a session goes; what counts for doses and levels stays."""

from __future__ import annotations

from typing import Annotated

import typer

from coach.cli import options, sessions
from coach.cli.app import complain, out
from coach.cli.whose import found
from coach.core.error import CoachError
from coach.history.past import Past
from coach.history.store import Archive
from coach.history.stub import weighs
from coach.seen.units import clock

Names = Annotated[
    list[str], typer.Argument(metavar="SESSION", help="`last`, or a date or name as `coach history` shows it.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def command(
    names: Names, *, yes: Yes = False, simulated: options.OnSimulator = False, runner: options.OfRunner = None
) -> None:
    """Delete the recording of a session. `last` is the newest on a real belt, or on the simulator if there is none."""
    with Archive() as archive:
        for one in dict.fromkeys([found(archive, name, runner, simulated=simulated) for name in names]):
            _delete(archive, one, asked=not yes)
        for text in archive.trouble:
            complain(text)


def _delete(archive: Archive, one: Past, *, asked: bool) -> None:
    title = f"{one.workout} of {sessions.day(one.at)}"
    if asked:
        for text in (f"{title}: {_what(one)}.", _stays(one)):
            for line in sessions.wrapped(text):
                out(line)
        if not _agreed(f"Delete {one.id}?"):
            out("Nothing was deleted.")
            return
    archive.delete(one)
    out(f"{title} is deleted." + (" What counts for doses and levels stays." if weighs(one) else ""))


def _what(one: Past) -> str:
    parts = [f"{clock(one.elapsed_s)} min", f"{one.distance_m / 1000:.2f} km"]
    parts += [f"{one.backward_s / 60:.1f} min backward"] * (one.backward_s > 0)
    parts += [f"{one.who}'s"] * bool(one.who)
    return ", ".join([*parts, "on the simulator" if one.simulated else "on a real belt"])


def _stays(one: Past) -> str:
    gone = "Its recording goes for good, and your note on it: nothing can show, replay or export it any more."
    if not weighs(one):
        return gone
    return (
        f"{gone} What counts for doses and levels stays: the day, whose it was, its level, its backward minutes, how"
        " it ended, alarms, falls and pain. Without that more would be allowed than your legs are used to."
    )


def _agreed(question: str) -> bool:
    """Yes or no from the terminal.

    Raises:
        CoachError: nobody answers.
    """
    while True:
        out(f"{question} (yes or no)")
        try:
            answer = input("> ").strip().casefold()
        except (EOFError, KeyboardInterrupt):
            out()
            raise CoachError("nothing was deleted; --yes deletes without a question") from None
        if answer in {"y", "yes"}:
            return True
        if answer in {"n", "no", "q"}:
            return False
