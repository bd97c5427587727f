"""A row of the table: what became of one fault at one place, in words and figures."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import inf
from typing import Final

from coach.core.cue import CueKind
from coach.core.wish import Phase
from coach.link.machine_file import find_machine
from coach.told import reason_words, trip_words
from tests.faults.kinds import kind_of, lasts_s, told_of
from tests.faults.places import OWN_KEY, Place
from tests.faults.promises import NO_EFFECT, PROMISES, alarms, due, stands_s
from tests.faults.run import Run

SAME_S: Final = 0.05  # apart, and two sessions wrote the same
NEAR_S: Final = 0.6  # apart, and they said the same: a fault brings an instant of its own
KEPT: Final = "kept"
BROKEN: Final = "BROKEN"
NONE: Final = "none"
USUAL: Final = "home"  # the promises are measured on a machine that obeys; on the others the laws count


@dataclass(frozen=True, slots=True)
class Row:
    """One row; every cell has words in it."""

    stack: str  # where it ran
    machine: str
    fault: str
    place: str
    facing: str
    ended: str
    trips: str
    alarm: str
    rear: str  # the highest true speed while rear, km/h
    slowed: str  # seconds until the first slowing write
    told: str  # what the runner was told first
    promise: str  # of safety.md, and whether it was kept
    laws: str

    @property
    def broken(self) -> bool:
        """A law or a promise was."""
        return self.laws != NONE or BROKEN in self.promise


HEADS: Final = {
    "stack": "stack",
    "machine": "machine",
    "fault": "fault",
    "place": "while",
    "facing": "facing",
    "ended": "ended",
    "trips": "trips",
    "alarm": "alarm",
    "rear": "highest true km/h while rear",
    "slowed": "s to the first slowing write",
    "told": "told first",
    "promise": "safety.md",
    "laws": "laws broken",
}
assert tuple(HEADS) == tuple(field.name for field in fields(Row))


def over(machine: str, fault: str, place: Place) -> Row:
    """A fault after the end, which nobody is there to meet."""
    gone = "the session is over"
    promise = f"{PROMISES[fault].section}: {KEPT}"
    return Row(
        "simulated", machine, told_of(fault), place.words, place.facing.value, gone, "none: " + gone, "no: " + gone,
        "none: " + gone, "none needed: the belt stands and the link is let go", "nothing: " + gone, promise, NONE,
    )  # fmt: skip


def row(machine: str, fault: str, place: Place, without: Run, run: Run) -> Row:
    """What became of it, next to the same session without the fault."""
    slowed, verdict = _slowed(fault, place, without, run)
    alarmed = [cue for cue in run.cues if cue.kind is CueKind.ALARM]
    verdicts = [verdict] if verdict else []
    if alarms(fault, place) and not alarmed and place.kmh > 0 and not run.same(without) and "as without" not in slowed:
        verdicts.append("no alarm")
    return Row(
        stack="simulated",
        machine=machine,
        fault=told_of(fault),
        place=place.words,
        facing=place.facing.value,
        ended=_ended(run),
        trips=", ".join(dict.fromkeys(trip_words(trip) for trip in run.trips)) or "none",
        alarm=f"yes, {alarmed[0].at_s - run.from_s:.1f} s" if alarmed else "no",
        rear="never rear" if run.rear_kmh is None else f"{run.rear_kmh:.1f}",
        slowed=slowed,
        told=_told(without, run),
        promise=f"{PROMISES[fault].section}: {_verdict(machine, verdicts)}",
        laws="; ".join(run.broken) or NONE,
    )


def _verdict(machine: str, broken: list[str]) -> str:
    if machine not in {USUAL, OWN_KEY}:
        return "an odd machine: its laws count"
    return f"{BROKEN}, {' and '.join(broken)}" if broken else KEPT


def _ended(run: Run) -> str:
    why = "" if run.reason in {"", run.ended} else f": {reason_words(run.reason)}"
    return f"{run.ended or 'not over'}{why}"


def _told(without: Run, run: Run) -> str:
    """The first words that the session without the fault does not have about then."""
    for cue in run.cues:
        if not any(abs(cue.at_s - other.at_s) <= NEAR_S and cue.text == other.text for other in without.cues):
            return f"{cue.text} ({cue.at_s - run.from_s:.1f} s)"
    return "nothing that is not said without it"


def _slowed(fault: str, place: Place, without: Run, run: Run) -> tuple[str, str]:
    """The cell, and how the promise was broken if it was."""
    if run.same(without):
        return f"none needed: {NO_EFFECT.get(kind_of(fault), 'nothing comes of it here')}", ""
    wanted = due(fault, place)
    if isinstance(wanted, str):
        return f"none needed: {wanted}", ""
    since_s, why = _since(fault, place, run)
    if why:
        return f"none needed: {why}", ""
    later = [(at_s - since_s, _twin(without, at_s, write)) for at_s, write in run.slowed if at_s >= since_s]
    took_s, twin = next((one for one in later if not one[1]), (inf, False))
    if took_s > wanted:  # perhaps it is slowed in time anyway
        took_s, twin = next((one for one in later if one[0] <= wanted), (took_s, False))
    after = "" if since_s == run.from_s else f", {since_s - run.from_s:.1f} s after the fault"
    cell = "never" if took_s == inf else f"{took_s:.1f}{', as without it' if twin else ''}{after}"
    if took_s > wanted:
        return cell, f"{cell}, {wanted:.1f} s promised"
    return cell, _late(fault, place, run, since_s + took_s)


def _late(fault: str, place: Place, run: Run, slowed_s: float) -> str:
    """How the belt came to a stand too late."""
    wanted = stands_s(fault, place, find_machine(place.setting.machine or USUAL))
    stood_s = next((at_s for at_s in run.stood if at_s >= slowed_s), inf)
    stands = run.moved_s > slowed_s or any(run.from_s < at_s <= slowed_s for at_s in run.stood)
    if wanted == inf or stands or stood_s - slowed_s <= wanted:
        return ""
    return f"stood after {stood_s - slowed_s:.1f} s, {wanted:.1f} s promised"


def _twin(without: Run, at_s: float, write: bytes) -> bool:
    return any(abs(other_s - at_s) <= SAME_S and other == write for other_s, other in without.slowed)


def _since(fault: str, place: Place, run: Run) -> tuple[float, str]:
    """From when the seconds count; why they never do."""
    kind, since_s = kind_of(fault), run.from_s
    if kind in {"drop", "slept"}:
        if run.back is None:
            return since_s, "there is no link to write on"
        since_s, kmh = run.back
        if kmh == 0 and not (place.phase is Phase.STARTING and run.moved_s < run.started_s):
            return since_s, "the belt stands when the link is back"
    if place.kmh > 0 or kind == "self-start":
        return max(since_s, run.moved_s), ""
    if kind == "mute" and run.started_s < min(run.moved_s, since_s + lasts_s(fault)):
        return run.started_s, ""
    by_start = place.phase is Phase.STARTING or (kind == "mute" and place.phase is Phase.CONSOLE_START)
    own = by_start and run.moved_s < run.started_s
    return max(since_s, run.moved_s), "" if own else "the belt stands"
