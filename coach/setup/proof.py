"""The proof that the treadmill on the air is the one that the runner stands on (safety.md 5).

The runner stands on the rails of a belt at 0. Coach asks for one key of the console and must see that very change
within 20 s; then for a second one, so that a neighbour who starts at the same instant proves nothing. Nothing here
writes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import inf
from typing import Final

from coach.core.belt import Belt, observe
from coach.core.event import Event, Heard, LinkFound, LinkLost
from coach.core.ftms import MACHINE_STATUS, Status, Stopping
from coach.core.machine import MachineProfile
from coach.core.sent import Sent

WITHIN_S: Final = 20.0  # from the question to the change (safety.md 5)
STANDS_S: Final = 2.0  # at 0 for so long before a key is asked for (safety.md 1)
SILENT_S: Final = 6.0  # linked and nothing heard: a machine that falls silent when it stands, or one that is off
STEADY_S: Final = 2.0  # after the start the speed holds, so that a rise is the key and not the machine's own ramp
AWAY_S: Final = 30.0  # no link for so long
SETTLES_S: Final = 30.0  # for that
FINGER_S: Final = 0.3  # nobody presses sooner after a question
RISE_KMH: Final = 0.05  # of the report; keys go in tenths, of km/h or of miles
MOST_RISE_KMH: Final = 1.2  # one press; more is something else
STEADY_KMH: Final = 0.02  # twice what the wire can tell
QUIET_S: Final = 4.0  # nothing heard of a belt that moves


class ConsoleKey(StrEnum):
    """What somebody is asked to press."""

    NONE = ""
    START = "start"
    PLUS = "plus"
    STOP = "stop"


class Place(StrEnum):
    """How far the proof is."""

    LISTENING = "listening"  # nothing heard yet, or the belt moves
    START = "start"  # Start is asked for
    SETTLING = "settling"
    PLUS = "plus"  # + is asked for
    PROVED = "proved"  # both were seen; now Stop is asked for
    STANDS = "stands"  # and the belt stands again: over
    NOT_SEEN = "not-seen"  # over; `again` begins once more


OVER: Final = frozenset({Place.STANDS, Place.NOT_SEEN})
_WANTED: Final = {Place.START: ConsoleKey.START, Place.PLUS: ConsoleKey.PLUS, Place.PROVED: ConsoleKey.STOP}


@dataclass(frozen=True, slots=True)
class Proof:
    """The state; instants in s, speeds in km/h as reported, in whichever unit that is."""

    profile: MachineProfile
    belt: Belt = field(default_factory=Belt)
    place: Place = Place.LISTENING
    at_s: float = 0.0  # since when
    linked_at_s: float = inf
    told_moving: bool = False
    silent: bool | None = None  # it says nothing while it stands
    start_kmh: float | None = None  # where it went by itself after Start
    steady_kmh: float | None = None
    steady_at_s: float = inf
    before_kmh: float | None = None  # when the key was asked for
    seen: str = ""  # what came instead
    why: str = ""  # of NOT_SEEN, a sentence

    @property
    def wanted(self) -> ConsoleKey:
        """The key that is asked for just now."""
        return _WANTED.get(self.place, ConsoleKey.NONE)

    @property
    def proved(self) -> bool:
        """Both keys were seen."""
        return self.place in {Place.PROVED, Place.STANDS}

    @property
    def over(self) -> bool:
        """Whatever comes, it stays as it is; the belt goes on being followed."""
        return self.place in OVER


def begin(profile: MachineProfile) -> Proof:
    """A proof before anything is heard."""
    return Proof(profile)


def again(state: Proof) -> Proof:
    """Once more, on the same link and with what is known of the belt."""
    return replace(
        begin(state.profile),
        belt=state.belt,
        linked_at_s=state.linked_at_s,
        silent=state.silent,
        at_s=state.at_s,
    )


def step(state: Proof, event: Event) -> tuple[Proof, str]:
    """Take one event in: the state after it, and what is said to the runner, or nothing."""
    state = replace(state, belt=observe(state.profile, state.belt, Sent(), event))
    if state.over:
        return state, ""
    if isinstance(event, LinkFound):
        return replace(state, linked_at_s=event.at_s, at_s=event.at_s), ""
    if isinstance(event, LinkLost):
        return _not_seen(state, event.at_s, "the connection was lost")
    state = _notice(state, event)
    match state.place:
        case Place.LISTENING:
            return _listen(state, event.at_s)
        case Place.START:
            return _await_start(state, event.at_s)
        case Place.SETTLING:
            return _settle(state, event.at_s)
        case Place.PLUS:
            return _await_plus(state, event.at_s)
        case _:
            return _await_stop(state, event.at_s)


def _notice(state: Proof, event: Event) -> Proof:
    """What the machine tells beside its speed, for the sentence about what came instead."""
    status = state.belt.status
    if not isinstance(event, Heard) or event.uuid != MACHINE_STATUS or status is None:
        return _hold(state, event)
    match status.event:
        case Status.SAFETY_KEY:
            return replace(state, seen="the safety key was pulled")
        case Status.STOPPED:
            pause = status.parameter == Stopping.PAUSE
            return replace(state, seen=f"{'Pause' if pause else 'Stop'} was pressed on the console")
        case Status.TARGET_INCLINATION:
            return replace(state, seen="the incline was changed")
        case _:
            return state


def _hold(state: Proof, event: Event) -> Proof:
    """Since when the reported speed is the same."""
    kmh = state.belt.kmh
    if kmh is None or state.belt.heard_at_s < event.at_s:
        return state
    if state.steady_kmh is not None and abs(kmh - state.steady_kmh) <= STEADY_KMH:
        return state
    return replace(state, steady_kmh=kmh, steady_at_s=event.at_s)


def _listen(state: Proof, at_s: float) -> tuple[Proof, str]:
    belt = state.belt
    if belt.moving:
        if state.told_moving:
            return state, ""
        words = "The belt is moving. Stop it on the console; coach only reads."
        return replace(state, told_moving=True, steady_at_s=at_s), words
    if not belt.link:
        late = at_s - max(state.at_s, belt.link_at_s) >= AWAY_S
        return _not_seen(state, at_s, "the treadmill is out of reach") if late else (state, "")
    if belt.kmh is None:
        quiet = at_s - max(state.linked_at_s, state.at_s) >= SILENT_S
        silent_before = "The treadmill says nothing while it stands; some do. "
        return _ask_start(replace(state, silent=True), at_s, silent_before) if quiet else (state, "")
    if belt.zero_at_s is None or at_s - belt.zero_at_s < STANDS_S:
        return state, ""
    return _ask_start(replace(state, silent=False), at_s)


def _ask_start(state: Proof, at_s: float, before: str = "") -> tuple[Proof, str]:
    words = f"{before}Both feet on the rails. Now press Start on the treadmill."
    return _enter(state, Place.START, at_s), words


def _await_start(state: Proof, at_s: float) -> tuple[Proof, str]:
    if state.belt.moving:
        if at_s - state.at_s < FINGER_S:
            return _not_seen(state, at_s, "the belt began to move before anybody can have pressed")
        words = "Seen: it starts. Stay on the rails until the speed holds."
        return replace(_enter(state, Place.SETTLING, at_s), steady_at_s=at_s), words
    if at_s - state.at_s >= WITHIN_S:
        return _not_seen(state, at_s, state.seen or _standing(state))
    return state, ""


def _settle(state: Proof, at_s: float) -> tuple[Proof, str]:
    kmh = state.belt.kmh
    if not state.belt.moving or kmh is None:
        return _not_seen(state, at_s, state.seen or "the belt stopped again")
    if at_s - state.belt.heard_at_s >= QUIET_S:
        return _not_seen(state, at_s, "the treadmill fell silent")
    if at_s - state.steady_at_s >= STEADY_S:
        words = f"It runs at {kmh:.1f}. Now press + on the treadmill, once."
        state = replace(_enter(state, Place.PLUS, at_s), before_kmh=kmh, start_kmh=kmh)
        return state, words
    if at_s - state.at_s >= SETTLES_S:
        return _not_seen(state, at_s, "the speed does not hold still")
    return state, ""


def _await_plus(state: Proof, at_s: float) -> tuple[Proof, str]:
    before_kmh = state.before_kmh
    assert before_kmh is not None
    kmh = state.belt.kmh or 0.0
    rise_kmh = kmh - before_kmh
    if rise_kmh > MOST_RISE_KMH:
        return _not_seen(
            state, at_s, f"the speed went from {before_kmh:.1f} to {kmh:.1f}, which is more than one press"
        )
    if rise_kmh >= RISE_KMH and at_s - state.at_s >= FINGER_S:
        words = "Seen: this is your treadmill. Press Stop on it; coach has written nothing."
        return _enter(state, Place.PROVED, at_s), words
    if not state.belt.moving:
        return _not_seen(state, at_s, state.seen or "the belt stopped")
    if at_s - state.at_s >= WITHIN_S:
        fell = f"the speed fell to {kmh:.1f}" if kmh < before_kmh - RISE_KMH else ""
        return _not_seen(state, at_s, state.seen or fell or f"the speed stayed at {kmh:.1f}")
    return state, ""


def _await_stop(state: Proof, at_s: float) -> tuple[Proof, str]:
    """A machine that falls silent stands when it has been silent for a while."""
    belt = state.belt
    silent = at_s - belt.heard_at_s >= SILENT_S
    stands = belt.zero_at_s is not None and at_s - belt.zero_at_s >= STANDS_S
    if not stands and not silent:
        return state, ""
    quiet = silent and not stands
    return replace(_enter(state, Place.STANDS, at_s), silent=state.silent or quiet), "The belt stands. Proved."


def _standing(state: Proof) -> str:
    """What was seen instead of a start, where nothing else was told."""
    if state.belt.kmh is None:
        return "nothing was heard of this treadmill"
    return f"its speed stayed at {state.belt.kmh:.1f}"


def _enter(state: Proof, place: Place, at_s: float) -> Proof:
    return replace(state, place=place, at_s=at_s, seen="")


def _not_seen(state: Proof, at_s: float, why: str) -> tuple[Proof, str]:
    asked = {Place.START: "Start", Place.SETTLING: "a steady belt", Place.PLUS: "+"}.get(state.place, "")
    words = f"Not seen{f': {asked}' if asked else ''}. Instead {why}."
    if state.belt.moving:
        words += " Press Stop on the treadmill."
    return replace(_enter(state, Place.NOT_SEEN, at_s), why=why), words
