"""`coach run`: a workout in real time, on the whole screen or as lines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coach.cli import options
from coach.cli.cockpit import on_screen, play
from coach.cli.share import ShareAddress, ShareOption, shared
from coach.cli.stage import Choice, Reckoned, staged
from coach.keeper.wire import Voice

Plain = Annotated[bool, typer.Option("--plain", help="Lines instead of the screen, as where there is no terminal.")]
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
LapseTurns = Annotated[bool, typer.Option("--lapse-turns", hidden=True, help="In turns too: for tests, with --auto.")]
JournalFile = Annotated[
    Path | None, typer.Option("--journal", metavar="FILE", help="Record here; without it among your sessions.")
]

Forward = Annotated[bool, typer.Option("--forward-only", help="Leave the backward blocks out today.")]
AllowanceOption = Annotated[
    Reckoned | None,
    typer.Option(
        "--allowance",
        help="On a simulated treadmill: history goes by what you have run on real belts, none by nothing, as without "
        "this. A real belt always goes by what you have run.",
    ),
]
VoiceMode = Annotated[
    Voice | None,
    typer.Option("--voice", help="How much is said; on the simulator captions only, without this or the key v."),
]


def command(
    workout: options.Workout,
    *,
    plain: Plain = False,
    treadmill: options.OwnTreadmill = options.USUAL,
    heart: options.OwnHeart = options.USUAL,
    auto: options.Auto = False,
    timelapse: Lapse = 1.0,
    lapse_turns: LapseTurns = False,
    fault: options.Faults = None,
    press: options.Presses = None,
    seed: options.Seed = 0,
    level: options.Row = None,
    setting: options.Sets = None,
    runner: options.RunnerName = None,
    journal: JournalFile = None,
    voice: VoiceMode = None,
    forward: Forward = False,
    allowance: AllowanceOption = None,
    share: ShareOption = False,
    share_address: ShareAddress = None,
) -> None:
    """Run a workout on your treadmill or a simulated one; you confirm each start and turn by a key."""
    page = shared(share, share_address)
    choice = Choice(treadmill, heart, fault or (), press or (), seed, auto, timelapse, lapse_turns, allowance, page)
    screen = not plain and on_screen()
    stage = staged(workout, choice, level=level, sets=setting, runner=runner, admit=screen, forward=forward)
    play(stage, plain=plain, journal=journal, runner=runner, voice=voice)
