"""A row of the table: what became of one fault at one place, in words and figures."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import inf
from typing import Final

from coach.core.cue import CueKind
from coach.core.wish import Phase
from coach.link.machine_file import find_machine
from coach.told import reason_words, trip_words
from tests.core.build import STOP
from tests.faults.kinds import CONTROL_TAKEN, kind_of, lasts_s, told_of
from tests.faults.places import OWN_KEY, Place
from tests.faults.promises import ASKED_S, NO_EFFECT, PROMISES, SPARE_S, alarms, alarms_after_stop_s, due, stands_s
from tests.faults.run import Run

TINY: Final = 1e-6
SAME_S: Final = 0.05  # apart, and two sessions wrote the same
NEAR_S: Final = 0.6  # apart, and they said the same: a fault brings an instant of its own
LINKS: Final = frozenset({"drop", "slept"})
SILENCES: Final = frozenset({"mute", "garbage"})
NOT_NEEDED: Final = "none needed"
AS_WITHOUT: Final = ", as without it"
WAITS: Final = "a Stop waits for motion"
SOONER: Final = ", a Stop of the way itself"
KEPT: Final = "kept"
BROKEN: Final = "BROKEN"
NONE: Final = "none"
USUAL: Final = "home"  # the promises are measured on machines that obey; on the others the laws count
KEEPS: Final = "link-loss-keeps"  # as the usual one, but that it runs on when the link is lost


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
    slowed, late = _slowed(fault, place, without, run)
    alarmed = [cue for cue in run.cues if cue.kind is CueKind.ALARM]
    verdicts = [late] if late else []
    moves = place.kmh > 0 or (place.phase is Phase.CONSOLE_START and kind_of(fault) in SILENCES)
    calm = run.same(without) or any(words in slowed for words in (AS_WITHOUT, SOONER))
    if alarms(fault, calm=slowed.startswith(NOT_NEEDED) and WAITS not in slowed) and not alarmed and moves and not calm:
        verdicts.append("no alarm")
    if _unheard(fault, run):
        verdicts.append("no alarm after a Stop that was ignored")
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


def _unheard(fault: str, run: Run) -> bool:
    """A Stop was ignored for so long that it has to be an alarm, and it was none."""
    within_s, until_s = alarms_after_stop_s(fault), run.from_s + lasts_s(fault)
    stops = [at_s for at_s, write in run.slowed if write == STOP and at_s + within_s <= until_s]
    due_s = min(stops, default=inf) + within_s
    return due_s < inf and not any(cue.kind is CueKind.ALARM and cue.at_s <= due_s for cue in run.cues)


def verdict(broken: list[str]) -> str:
    """Kept, or how it was broken."""
    return f"{BROKEN}, {' and '.join(broken)}" if broken else KEPT


def _verdict(machine: str, broken: list[str]) -> str:
    return verdict(broken) if machine in {USUAL, OWN_KEY, KEEPS} else "an odd machine: its laws count"


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
        return f"{NOT_NEEDED}: {NO_EFFECT.get(kind_of(fault), 'nothing comes of it here')}", ""
    wanted = due(fault, place)
    if isinstance(wanted, str):
        return f"{NOT_NEEDED}: {wanted}", ""
    since_s, why = _since(fault, place, run, wanted)
    if why:
        return f"{NOT_NEEDED}: {why}", ""
    if fault == CONTROL_TAKEN and any(run.from_s <= at_s < since_s and write == STOP for at_s, write in run.slowed):
        wanted += ASKED_S  # the Stop of that step came before the belt moved
    writes = [(at_s, write) for at_s, write in run.slowed if write == STOP or not PROMISES[fault].stop]
    later = [(at_s - since_s, _twin(without, at_s, write)) for at_s, write in writes if at_s >= since_s]
    took_s, twin = next((one for one in later if not one[1]), (inf, False))
    if took_s > wanted:  # perhaps it is slowed in time anyway
        took_s, twin = next((one for one in later if one[0] <= wanted), (took_s, False))
    heard_s = find_machine(place.setting.machine or USUAL).report_period_s  # the last report was so old at most
    sooner = kind_of(fault) in SILENCES and any(at_s < wanted - SPARE_S - heard_s - TINY for at_s, _ in later)
    after = "" if since_s == run.from_s else f", {since_s - run.from_s:.1f} s after the fault"
    cell = "never" if took_s == inf else f"{took_s:.1f}{AS_WITHOUT if twin else SOONER if sooner else ''}{after}"
    if took_s > wanted and kind_of(fault) in LINKS and any(since_s < at_s <= since_s + wanted for at_s in run.stood):
        return f"{NOT_NEEDED}: the belt stands before a Stop is due", ""
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


def _since(fault: str, place: Place, run: Run, wanted: float) -> tuple[float, str]:
    """From when the seconds count; why they never do."""
    kind, since_s = kind_of(fault), run.from_s
    if kind in LINKS:
        if run.back is None:
            return since_s, "there is no link to write on (8)"
        since_s, kmh = run.back
        if kmh == 0 and not (place.phase is Phase.STARTING and run.moved_s < run.started_s):
            return since_s, "the belt stands when the link is back"
    if kind == "focus-lost" and since_s < run.faced_s <= since_s + wanted:
        return since_s, "the console is faced before that (4)"
    silent = kind in SILENCES
    if silent:
        since_s, again_s = run.silence(wanted, run.from_s + lasts_s(fault))
        if since_s == inf:
            return since_s, "reports that could be true come in between (1)"
        if place.phase is Phase.CONSOLE_START:  # never Stop after 0 was reported (safety.md 5)
            return again_s, "" if again_s < inf else f"it told 0 last, and {WAITS} (5)"
    if place.kmh > 0 or kind == "self-start":
        return max(since_s, run.moved_s), ""
    if silent and run.started_s < min(run.moved_s, run.from_s + lasts_s(fault)):
        return max(since_s, run.started_s), ""
    own = place.phase is Phase.STARTING and run.moved_s < run.started_s
    return max(since_s, run.moved_s), "" if own else "the belt stands"
