"""`coach replay`: a recorded session through the same code again; equal events give equal writes and an equal end."""

from __future__ import annotations

import json
from typing import Annotated, Final

import typer

from coach.cli import options
from coach.cli.app import out
from coach.sinks.journal import Recording, Replay, read_journal, replay
from coach.tui.units import clock

SCHEMA: Final = 1

JournalFile = Annotated[str, typer.Argument(metavar="JOURNAL", help="A file that run or simulate has recorded.")]


def command(journal: JournalFile, *, as_json: options.Json = False) -> None:
    """Replay a journal; the exit code is 1 where the session would go another way today."""
    recording = read_journal(journal)
    done = replay(recording)
    if as_json:
        out(json.dumps(_facts(recording, done), ensure_ascii=False, indent=2))
    else:
        out(_told(journal, recording, done))
    if not done.equal:
        raise typer.Exit(1)


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
    return f"{said}\n{equal if done.equal else f'Not the same: {done.difference}.'}"
