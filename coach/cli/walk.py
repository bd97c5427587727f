"""`coach walk`: a free session; the arrows set the speed and a key puts in a backward block with its whole turn."""

from __future__ import annotations

from typing import Annotated

import typer

from coach.cli import options
from coach.cli.cockpit import play
from coach.cli.run import JournalFile, Lapse, LapseTurns, Plain, VoiceMode
from coach.cli.share import ShareAddress, ShareOption, shared
from coach.cli.stage import Choice, staged_free
from coach.core.plan import free_workout

Speed = Annotated[float, typer.Option("--speed", metavar="KMH", min=0.8, max=6.0, help="How it begins, in km/h.")]
BlockTime = Annotated[
    float, typer.Option("--block", metavar="SECONDS", min=60.0, max=180.0, help="How long a backward block is.")
]
BlockSpeed = Annotated[
    float, typer.Option("--block-speed", metavar="KMH", min=0.8, max=3.0, help="How fast it is, in km/h.")
]


def command(
    *,
    plain: Plain = False,
    speed: Speed = 3.0,
    block: BlockTime = 60.0,
    block_speed: BlockSpeed = 1.5,
    treadmill: options.OwnTreadmill = options.USUAL,
    heart: options.OwnHeart = options.USUAL,
    auto: options.Auto = False,
    timelapse: Lapse = 1.0,
    lapse_turns: LapseTurns = False,
    fault: options.Faults = None,
    press: options.Presses = None,
    seed: options.Seed = 0,
    runner: options.RunnerName = None,
    journal: JournalFile = None,
    voice: VoiceMode = None,
    share: ShareOption = False,
    share_address: ShareAddress = None,
) -> None:
    """Walk freely: arrows set the speed, b leads to a backward block, q ends it."""
    page = shared(share, share_address)
    choice = Choice(treadmill, heart, fault or (), press or (), seed, auto, timelapse, lapse_turns, share=page)
    stage = staged_free(free_workout(speed, block, block_speed), choice, runner=runner)
    play(stage, plain=plain, journal=journal, runner=runner, voice=voice)
