"""`coach demo`: a short simulated session in time-lapse with captions; asks nothing and needs nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from math import inf
from time import monotonic, sleep
from typing import Annotated, Final, TypeAlias

import typer

from coach.cli.app import out, silence
from coach.cli.lines import Feed, Lines, coloured
from coach.cli.options import STANDARD_MACHINE
from coach.core.event import Key
from coach.core.plan import make_plan
from coach.core.wish import Phase
from coach.keeper.lapse import Lapse
from coach.keeper.view import Surroundings, Watcher
from coach.keeper.wire import Said
from coach.link.fault import parse_fault
from coach.link.machine_file import find_machine
from coach.link.profile import profile_of
from coach.link.runner import VirtualRunner
from coach.link.sim import VirtualTreadmill
from coach.link.strap import ModelHeart, VirtualStrap
from coach.link.world import Step, World
from coach.script.check import check_text

WORKOUT: Final = """\
format: 1
name: Demo
level: beginner
steps:
  - warm-up: 70 s @ 4 km/h
  - backward: 60 s @ 2 km/h
  - cool-down: 3 min @ 4 km/h
"""
PULLED: Final = "key@forward2+20"  # somebody pulls it in the cool-down

_INTRO: Final = """\
SIMULATED: no real belt moves, and nothing is asked of you. It takes 75 seconds.
A runner walks forward, turns round, walks backward for a minute and turns back.
The belt never reverses, the runner turns: so coach stops it, waits for the
runner's press, and starts it again. What it would say aloud stands after a >.
"""
_CAPTIONS: Final = {
    (Phase.READY, 0): "UNKNOWN: coach does not know which way the runner looks, so the belt stands.",
    (Phase.RUN, 0): "FORWARD: the runner faces the console. Time runs 20 times faster here.",
    (Phase.SLOW, 1): "The turn to the rear, at its true speed. The belt slows down first.",
    (Phase.STOPPING, 1): "Now it stops. Nothing starts it again but a press of the runner.",
    (Phase.READY, 1): "The runner turns round on the rails, and presses when ready.",
    (Phase.STARTING, 1): "Pressed. The belt starts at its lowest speed, and nobody is on it yet.",
    (Phase.RUN, 1): "BACKWARD: no screen in sight, so all is spoken. Time runs faster again.",
    (Phase.SLOW, 2): "The turn back, eight times faster than it is.",
    (Phase.READY, 2): "A digit on the screen shows that the runner really faces the console.",
    (Phase.KEY, 2): "Somebody pulled the safety key: the belt stops, whatever coach does.",
    (Phase.PAUSED, 2): "The key is back, the belt stands until somebody presses. The demo ends here.",
}
_OUTRO: Final = """
That was the simulator. Now you:
  coach run first-steps-back --timelapse 10    run it, with your own presses
  coach list                                   what else there is to run
  coach simulate flip-flop                     a whole session in a second
  coach --help                                 everything else"""
_LAPSE: Final = 8.0  # everything but the turn to the rear
_WALK: Final = 20.0  # the warm-up: nothing happens in it
_KEY_LAPSE: Final = 2.0  # about the key that is pulled: slow enough to be read
_TURN_ROW: Final = 1  # the backward one, whose turn is shown at true speed

Fast: TypeAlias = Annotated[bool, typer.Option("--fast", help="All lines at once, for tests.")]


def command(*, fast: Fast = False) -> None:
    """Watch a simulated session with a turn and a pulled safety key, in about 75 seconds."""
    try:
        _show(fast=fast)
    except BrokenPipeError:  # nobody watches
        silence()
    except KeyboardInterrupt:
        out("The demo ends here; its belt was never real.")
        raise typer.Exit(1) from None


def _show(*, fast: bool) -> None:
    world = _world()
    print(_INTRO)
    lines, watcher = Lines(world.plan, colour=coloured(sys.stdout)), Watcher(world.plan)
    feed = Feed(lines)
    wall: Callable[[], float] = (lambda: world.at_s) if fast else monotonic
    for step in world.run_until(inf) if fast else _steps(world):
        watcher.take(step)
        before, now = step.before.progress, step.session.progress
        if now.phase is not before.phase and (caption := _CAPTIONS.get((now.phase, now.row))):
            print(lines.caption(caption))
        for cue in step.outcome.cues:
            for line in lines.cue(Said(cue.at_s, cue.kind, cue.text)):
                print(line, flush=True)
        for line in feed.take(watcher.snapshot(step.session, step.event.at_s, Surroundings()), wall()):
            print(line, flush=True)
        if now.phase is Phase.PAUSED and before.phase is not Phase.PAUSED:
            world.press(Key.QUIT, world.at_s + 1.0)
            world.press(Key.QUIT, world.at_s + 1.5)
    print(_OUTRO)


def _steps(world: World) -> Iterator[Step]:
    """The session at the pace of the show."""
    lapse = Lapse(_pace(world))
    while not world.ended:
        due_s = max(world.due_s(), world.at_s)
        sleep(max(lapse.wait_s(due_s), 0.0))
        yield from world.run_until(due_s)
        if _pace(world) != lapse.pace:
            lapse.repace(_pace(world), world.at_s)


def _world() -> World:
    workout = check_text(WORKOUT, file="demo").workout
    assert workout is not None
    machine = find_machine(STANDARD_MACHINE)
    plan = make_plan(workout, profile_of(machine))
    return World(
        plan, VirtualTreadmill(machine), VirtualStrap(ModelHeart()), VirtualRunner(), faults=[parse_fault(PULLED)]
    )


def _pace(world: World) -> float:
    """How much faster than it is: the turn to the rear is shown as it is."""
    progress = world.session.progress
    if progress.phase in {Phase.KEY, Phase.PAUSED}:
        return _KEY_LAPSE
    if progress.phase is Phase.RUN:
        return _WALK if progress.row == 0 else _LAPSE
    return 1.0 if progress.row == _TURN_ROW else _LAPSE
