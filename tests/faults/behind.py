"""What the journal of a session tells from a fault on, for the rows of real processes."""

from __future__ import annotations

from coach.core.cue import CueKind
from coach.sinks.journal import Recording
from coach.sinks.replay import refold
from coach.told import reason_words, trip_words
from tests.faults.row import NONE


def cues_of(recording: Recording, before: int) -> list[tuple[CueKind, str]]:
    """What was said behind so many entries."""
    found = []
    for number, (_, _, _, outcome) in enumerate(refold(recording)):
        if number >= before:
            found += [(cue.kind, cue.text) for cue in outcome.cues]
    return found


def told_of(recording: Recording, before: int) -> list[str]:
    """Alarms and notices of it."""
    return [text for kind, text in cues_of(recording, before) if kind in {CueKind.ALARM, CueKind.NOTICE}]


def alarm_of(recording: Recording, before: int, shown: list[str]) -> str:
    """Who alarmed, if anybody did: the session, the screen that was left, or the guard."""
    if any(kind is CueKind.ALARM for kind, _ in cues_of(recording, before)) or any("Rails" in line for line in shown):
        return "yes"
    return "yes, the guard's" if recording.guard else "no"


def trips_of(recording: Recording, before: int) -> str:
    """What was wrong, in words."""
    found = [trip for number, one in enumerate(refold(recording)) if number >= before for trip in one[3].trips]
    return ", ".join(trip_words(trip) for trip in dict.fromkeys(found)) or NONE


def ended_of(recording: Recording) -> str:
    """How the session ended, or who ended it."""
    if recording.end is not None:
        why = reason_words(recording.end.reason)
        return recording.end.ended if why in {"", recording.end.ended} else f"{recording.end.ended}: {why}"
    if recording.guard:
        return f"cut off, the guard's last word: {recording.guard[-1].what}"
    return "not over: paused"
