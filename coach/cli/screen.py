"""The cockpit on the whole screen: the app, and five lines in the shell when it was left."""

from __future__ import annotations

from pathlib import Path

import typer

from coach.cli.app import complain, out
from coach.cli.outside import Out
from coach.cli.stage import Choice, Stage
from coach.keeper.wire import Done, Voice
from coach.log import to_file
from coach.places import logs
from coach.seen.words import done_lines
from coach.tui.app import CoachApp
from coach.tui.outside import Wanted
from coach.tui.past import Recorded


def library() -> None:
    """What bare `coach` opens."""
    _run(Out(Choice()), None)


def show(stage: Stage, journal: Path | None, runner: str | None, voice: Voice | None) -> None:
    """A session that is ready to be kept.

    Raises:
        typer.Exit: it did not finish.
    """
    wanted = Wanted(stage.plan.workout, stage.loaded, stage.plan.level, stage.plan.free)
    _run(Out(stage.choice, runner=runner, journal=journal, voice=voice), wanted)


def watch(recorded: Recorded) -> None:
    """A recording in the Run screen; nothing is driven."""
    _run(Out(Choice()), recorded)


def _run(outside: Out, first: Wanted | Recorded | None) -> None:
    to_file("cockpit")
    app = CoachApp(outside, first=first)
    try:
        ended = app.run()
    finally:
        app.way_out.left.set()
        outside.close()
    if app.return_code:
        stopped = "; the belt was stopped" if outside.opened else ""
        complain(f"coach: the screen failed, an error of its own{stopped}. {logs() / 'cockpit.log'} says where.")
        raise typer.Exit(1)
    match ended:
        case Done() if app.plan is not None:
            for line in done_lines(app.plan, ended, app.settings.units):
                out(line)
            if ended.ended != "finished":
                raise typer.Exit(1)
        case str():
            out(ended)
            raise typer.Exit(1)
        case _:
            pass
