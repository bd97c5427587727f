"""`coach replay`: a recorded session through the same code again, as a check, or in the Run screen to be looked at.

Equal events give equal writes and an equal end. On the screen nothing is driven, sounds or is recorded.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import out
from coach.cli.cockpit import on_screen
from coach.cli.whose import found
from coach.history.store import Archive
from coach.installed import version
from coach.keeper.player import FASTEST, SLOWEST
from coach.seen.units import clock
from coach.sinks.journal import Recording, read_journal
from coach.sinks.replay import Replay, replay

SCHEMA: Final = 1  # of the facts as JSON; another number when a field means something else

Named = Annotated[
    str,
    typer.Argument(
        metavar="SESSION|JOURNAL", help="`last`, a date or name as `coach history` shows it, or a journal's path."
    ),
]
Screen = Annotated[bool, typer.Option("--screen", help="Show it as it was, in the screen of a session.")]
Speed = Annotated[
    float | None,
    typer.Option(
        "--speed",
        metavar="N",
        min=SLOWEST,
        max=FASTEST,
        help="With --screen: so many times faster; + and - change it.",
    ),
]


def command(
    session: Named,
    *,
    screen: Screen = False,
    speed: Speed = None,
    as_json: options.Json = False,
    simulated: options.OnSimulator = False,
    runner: options.OfRunner = None,
) -> None:
    """Replay a session; without --screen the exit code is 1 where it would go another way today."""
    _must_fit(screen=screen, speed=speed, as_json=as_json)
    path = _path(session, simulated=simulated, runner=runner)
    recording = read_journal(path)
    if screen:
        _show(recording, speed or SLOWEST)
        return
    done = replay(recording)
    if as_json:
        out(json.dumps(_facts(recording, done), ensure_ascii=False, indent=2))
    else:
        out(_told(str(path), recording, done))
    if not done.equal:
        raise typer.Exit(1)


def _must_fit(*, screen: bool, speed: float | None, as_json: bool) -> None:
    """Options that have nothing to do with each other.

    Raises:
        typer.BadParameter: such were given, or there is no terminal to draw on.
    """
    if speed is not None and not screen:
        raise typer.BadParameter("a speed is for the screen; add --screen", param_hint="--speed")
    if screen and as_json:
        raise typer.BadParameter("facts for programs are without --screen", param_hint="--json")
    if screen and not on_screen():
        raise typer.BadParameter("there is no terminal to draw on; leave it out to compare", param_hint="--screen")


def _path(session: str, *, simulated: bool, runner: str | None) -> Path:
    """The journal that is meant: a file that is there or is written like one, else that of a session."""
    file = Path(session).expanduser()
    if file.is_file() or file.suffix == ".jsonl" or file.name != session:
        return file
    with Archive() as archive:
        return found(archive, session, runner, simulated=simulated).path


def _show(recording: Recording, speed: float) -> None:
    from coach.cli.memory import recorded
    from coach.cli.screen import watch

    watch(recorded(recording, speed))


def _facts(recording: Recording, done: Replay) -> dict[str, object]:
    end = recording.end
    return {
        "schema": SCHEMA,
        "equal": done.equal,
        "difference": done.difference or None,
        "events": done.events,
        "complete": done.complete,
        "torn": recording.torn,
        "workout": recording.plan.workout.name,
        "simulated": recording.origin.simulated,
        "version": recording.origin.version,
        "started": recording.origin.started or None,
        "guard": [{"what": one.what, "after_s": one.after_s} for one in recording.guard],
        "ended": end.ended if end is not None else None,
        "reason": end.reason if end is not None else None,
    }


def _told(journal: str, recording: Recording, done: Replay) -> str:
    last_s = recording.entries[-1].event.at_s if recording.entries else 0.0
    kind = "simulated " if recording.origin.simulated else ""
    ended = f"ended {recording.end.ended}" if recording.end is not None else "was cut off"
    said = f"{journal}: {kind}{recording.plan.workout.name}, {clock(last_s)}, {done.events} events, {ended}."
    if recording.guard:
        last = recording.guard[-1]
        acts = "and the guard stopped the belt" if last.what == "still" else f"the guard's last word was {last.what}"
        said += f"\nThe part of coach that drove the belt was lost, {acts}, {last.after_s:.1f} s later."
    equal = "The same events give the same writes and the same end." if recording.end else "The writes are the same."
    return f"{said}\n{equal if done.equal else f'Not the same: {done.difference}.{_older(recording)}'}"


def _older(recording: Recording) -> str:
    """That another coach recorded it, which may be why."""
    now, then = version(), recording.origin.version
    return "" if then == now else f" It was recorded by coach {then or 'of an unknown version'}; this is {now}."
