"""`coach run`: a workout in real time, as lines."""

from __future__ import annotations

import sys
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import Annotated

import typer

from coach.cli import options
from coach.cli.app import complain, silence
from coach.cli.keyboard import KEYS_HELP, Inbox, Unseen, closed, listening
from coach.cli.lines import Feed, Lines, banner, coloured, summary
from coach.cli.live import LeftError, Live, signals, true_speed
from coach.cli.record import Record
from coach.cli.stage import Choice, Stage, staged
from coach.tally import Tally

Plain = Annotated[bool, typer.Option("--plain", help="Plain lines; the only way today, so it may be left out.")]
Lapse = Annotated[
    float,
    typer.Option(
        "--timelapse",
        metavar="N",
        min=1.0,
        max=1000.0,
        help="Time goes N times faster, but never while a press is awaited or near and in a turn.",
    ),
]
JournalFile = Annotated[
    Path | None, typer.Option("--journal", metavar="FILE", help="Record here; without it among the simulated sessions.")
]


def command(
    workout: options.Workout,
    *,
    plain: Plain = True,
    treadmill: options.Treadmill = options.SIMULATED,
    heart: options.Heart = options.SIMULATED,
    auto: options.Auto = False,
    timelapse: Lapse = 1.0,
    fault: options.Faults = None,
    press: options.Presses = None,
    seed: options.Seed = 0,
    level: options.Row = None,
    setting: options.Sets = None,
    runner: options.RunnerName = None,
    journal: JournalFile = None,
) -> None:
    """Run a workout on the simulated treadmill; you confirm each start and turn by a key."""
    del plain
    choice = Choice(treadmill, heart, fault or (), press or (), seed, auto)
    stage = staged(workout, choice, level=level, sets=setting, runner=runner)
    play(stage, auto=auto, timelapse=timelapse, journal=journal)


def play(stage: Stage, *, auto: bool, timelapse: float, journal: Path | None) -> None:
    """Show a session until it has ended.

    Raises:
        typer.Exit: it did not finish, or nobody could confirm it.
    """
    if not auto and closed():
        complain("coach: standard input is closed, so nobody can confirm; --auto lets a simulated runner do it")
        raise typer.Exit(2)
    world, plan = stage.world, stage.plan
    inbox: Inbox = SimpleQueue()
    show = _Show(inbox)
    live = Live(
        world,
        inbox,
        pace=lambda now: 1.0 if true_speed(now) else timelapse,
        goes_on_alone=auto,
        said=show,
    )
    record = Record(stage, journal, show)
    for line in (*banner(plan.workout.name, stage.machine.name, plan, timelapse), *KEYS_HELP):
        show(line)
    feed, tally = Feed(Lines(plan, colour=coloured(sys.stdout))), Tally(plan)
    with signals(inbox), listening(inbox):
        try:
            for step in live.steps():
                record.take(step)
                tally.take(step.event, step.before, step.session, step.outcome, step.true_kmh)
                for line in feed.take(step, monotonic()):
                    show(line)
        except LeftError:
            show("Left before the belt stood.")
            raise typer.Exit(1) from None
    ended = world.session.progress.ended or "stopped"
    for line in summary(tally, ended):
        show(line)
    record.end(ended, world.session)
    if ended != "finished":
        raise typer.Exit(1)


class _Show:
    """Prints lines for as long as somebody reads them; after that the session is asked to end."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._read = True

    def __call__(self, line: str) -> None:
        if not self._read:
            return
        try:
            print(line, flush=True)
        except (OSError, ValueError):  # the pipe or the terminal is gone
            self._read = False
            silence()
            self._inbox.put(Unseen())
