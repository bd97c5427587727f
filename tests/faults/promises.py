"""What safety.md promises of each fault: how soon the belt is slowed, or why it need not be, and whether it alarms.

Seconds count from the fault, or from when the link is back or the belt moves, whichever is last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Final

from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.link.machine_file import SimMachine
from tests.faults.kinds import CONTROL_TAKEN
from tests.faults.places import Place

SPARE_S: Final = 0.6  # nothing happens more seldom in the simulated world, and a report is half a second old
REAR_STALE_S: Final = 2 * 2.0 + SPARE_S  # twice stale: STOP (safety.md 1, 8); a write that came back is heard, too
FORWARD_STALE_S: Final = 2 * 3.0 + SPARE_S
AT_ONCE_S: Final = SPARE_S
ASKED_S: Final = 0.5  # control is asked for between a Stop that was refused and the next (8)
BACK_S: Final = 1.5 + SPARE_S  # a guided stop when the link is back: a report and control come before it
SETTLED_S: Final = 5.0 + 3.0  # a settled difference for 5 s, after the ramp to it
MEAN_S: Final = 10.0 + SPARE_S  # the heart counts by its mean of ten seconds
FOCUS_S: Final = 5.0 + SPARE_S
CREEP_ENDS_S: Final = 1.0 + 5.0 + SPARE_S  # at creep already: SLOW, RAILS, Stop (safety.md 6a)
DANGER_S: Final = 20.0 + MEAN_S  # at creep nothing can be eased: the guided stop is next
REAR_ROW: Final = 1  # of the usual session
LATE_S: Final = 4.0  # and the stop time: LATE (safety.md 1)
OBEY_S: Final = 3.0 + SPARE_S  # a Stop that is not obeyed is an alarm (safety.md 1, NOT_OBEYED)

Due = float | str
"""Seconds until the first slowing write, or why none is needed."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised of a fault, by facing."""

    section: str
    forward: Due
    rear: Due
    turn: Due | None = None  # in a turn, where it differs from the facing
    stop: bool = False  # it is a STOP: the belt stands when its stop time is over (safety.md 1, LATE)
    alarm: bool = False  # wherever the belt moves, and facing FORWARD also
    alarm_slowed: bool = False  # where it has to be slowed


NOTED: Final = "is said, and asks for nothing slower (8)"
ACCEPTED: Final = "the new speed is accepted (8)"
STOPS_ITSELF: Final = "the machine stops by itself (8: PAUSED)"
QUIET: Final = "it is quiet for less than a Stop takes (1)"
NO_LINK: Final = "there is no link to write on (8)"
LATER: Final = "a lower speed or a Stop follows when the way asks for one (6c, 8)"
NOBODY: Final = "an answer moves no belt faster (2.6)"
HEART: Final = "under its ceiling (3)"
STRAP: Final = "the cap without a strap is above this speed (3)"
GOES_ON: Final = "a belt that runs on as asked is left running (8)"
ANNOUNCED: Final = "is observed and announced (8)"
NOT_FASTER: Final = "nothing is made faster (9)"
WRITTEN: Final = "a Stop is written already (6a)"

_LINK: Final = Promise("8 link lost", GOES_ON, BACK_S, turn=BACK_S, alarm=True)
_MUTE: Final = Promise("8 stale", FORWARD_STALE_S, REAR_STALE_S, stop=True, alarm_slowed=True)
_KEY: Final = Promise("8 safety key", AT_ONCE_S, AT_ONCE_S, stop=True, alarm=True)
_TAKEN: Final = Promise("8 control lost", ANNOUNCED, AT_ONCE_S, stop=True, alarm_slowed=True)
_SCREEN: Final = Promise("8, 9 cockpit", AT_ONCE_S, AT_ONCE_S, alarm=True)
_GUARD: Final = Promise("9 no guard", NOT_FASTER, NOT_FASTER)
_SOUND: Final = Promise("8 sound lost", NOTED, AT_ONCE_S)
_NETWORK: Final = Promise("2.4 lower is always allowed", AT_ONCE_S, AT_ONCE_S)

PROMISES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "drop@{}:1": _LINK,
        "drop@{}:8": _LINK,
        "drop@{}": Promise("8 link lost", NO_LINK, NO_LINK, alarm=True),
        "slept@{}:5": _LINK,
        "mute@{}:3": Promise("8 stale", QUIET, QUIET),
        "mute@{}:10": _MUTE,
        "mute@{}": _MUTE,
        "garbage@{}:5": _MUTE,
        "garbage@{}": _MUTE,
        "refuse@{}:20": Promise("8 not followed", LATER, LATER),
        "refuse@{}": Promise("8 not followed", LATER, LATER),
        "key@{}:8": _KEY,
        "key@{}": _KEY,
        "console=+1.0@{}": Promise("8 console changed the speed", ACCEPTED, SETTLED_S),
        "console=+4@{}": Promise("2.5, 8 console changed the speed", ACCEPTED, SETTLED_S),
        "console=-1.0@{}": Promise("8 console changed the speed", ACCEPTED, ACCEPTED),
        "console-stop@{}": Promise("8 console Stop", STOPS_ITSELF, STOPS_ITSELF),
        "self-start@{}": Promise("8 motion", AT_ONCE_S, AT_ONCE_S, alarm=True),
        "stop-ignored@{}": Promise("6c", LATER, LATER),
        "stop-ignored@{}:10": Promise("6c", LATER, LATER),
        "strap-off@{}": Promise("7, 8 heart missing", NOTED, STRAP),
        "strap-frozen@{}": Promise("7, 8 heart missing", NOTED, STRAP),
        "heart=185@{}": Promise("7, 8 heart over ceiling", NOTED, MEAN_S),
        "heart=160@{}": Promise("7, 8 heart", NOTED, HEART),
        "no-confirm@{}": Promise("4", NOBODY, NOBODY),
        "late-confirm=25@{}": Promise("4", NOBODY, NOBODY),
        "double-confirm@{}": Promise("4", NOBODY, NOBODY),
        "sound-lost@{}:10": _SOUND,
        "sound-lost@{}": _SOUND,
        "focus-lost@{}:20": Promise("4, 8 focus lost", NOTED, FOCUS_S, alarm_slowed=True),
        "focus-lost@{}": Promise("4, 8 focus lost", NOTED, FOCUS_S, alarm_slowed=True),
        CONTROL_TAKEN: _TAKEN,
        "screen-silent@{}": _SCREEN,
        "screen-closed@{}": _SCREEN,
        "guard-lost@{}:10": _GUARD,
        "guard-lost@{}": _GUARD,
        "network-stop@{}": _NETWORK,
        "network-pause@{}": _NETWORK,
    }
)

_STOPPING: Final = frozenset({Phase.STOPPING, Phase.STOP_FAILED, Phase.BELT_MOVES, Phase.KEY})
_SLOWING: Final = frozenset({Phase.SLOW, Phase.RAILS})
_CREEPING: Final = frozenset({Phase.STARTING, Phase.STEP_ON})
_TURN: Final = _SLOWING | _CREEPING | {Phase.CONSOLE_START, Phase.RAMP}
_STATES: Final = _TURN | _STOPPING - {Phase.KEY}  # of section 6: a link that is lost leads to STOP_FAILED in each


def due(fault: str, place: Place) -> Due:
    """What is promised of a fault where a session is."""
    promise, rear = PROMISES[fault], place.facing is not Facing.FORWARD
    wanted = promise.turn if promise.turn is not None and place.phase in _STATES else None
    wanted = wanted or (promise.rear if rear else promise.forward)
    if isinstance(wanted, str):
        return wanted
    return _EXCEPTIONS.get(promise, _stop_written)(place, wanted)


def _stop_written(place: Place, wanted: Due) -> Due:
    return WRITTEN if place.phase in _STOPPING else wanted


def _at_once(place: Place, wanted: Due) -> Due:
    """KEY and STOP_FAILED write a Stop of their own, whatever was written before (6a, 6c)."""
    if place.phase is Phase.KEY:
        return "the key is out, and the belt stands (6a)"
    return wanted


def _key(place: Place, wanted: Due) -> Due:
    worse = place.phase is Phase.STOP_FAILED
    return "the worst wins, and writes its own Stops (6c, 8)" if worse else _at_once(place, wanted)


def _linked(place: Place, wanted: Due) -> Due:
    """A Stop that may not have come is written again; the end that a runner was asked for is no state of a turn."""
    by_hand = place.setting.prompts and place.facing is Facing.FORWARD
    return "the runner was asked to stop it, and writes nothing on his own (8)" if by_hand else wanted


def _guided(place: Place, wanted: Due) -> Due:
    """A guided stop is a way down, and one that is under way is another's no longer."""
    slows = place.phase is Phase.SLOW and not place.setting.prompts
    return "it is slowing already (1, GUIDED STOP)" if slows else _stop_written(place, wanted)


def _moving(place: Place, wanted: Due) -> Due:
    match place.phase:
        case Phase.CONNECTING:
            return "coach only reads before the belt has stood (5)"
        case Phase.CONSOLE_START:
            return "it is the start that the screen asked for (6b, 8)"
        case Phase.BELT_MOVES | Phase.STOP_FAILED:
            return "a Stop is written already, and again while the report rises (6a)"
        case _:
            return wanted


def _sound(place: Place, wanted: Due) -> Due:
    if _to_the_console(place) or place.phase in _SLOWING:
        return "the block is over already (8: it ends the block)"
    return CREEP_ENDS_S if place.phase in _CREEPING else _stop_written(place, wanted)


def _heart(place: Place, wanted: Due) -> Due:
    if _to_the_console(place):
        return "the way leads to the console already (8: it ends the block)"
    return DANGER_S if place.phase in _TURN - {Phase.RAMP} else _stop_written(place, wanted)


def _to_the_console(place: Place) -> bool:
    return place.phase in _CREEPING and place.row != REAR_ROW


_EXCEPTIONS: Final[Mapping[Promise, Callable[[Place, Due], Due]]] = MappingProxyType(
    {
        _LINK: _linked,
        _KEY: _key,
        _TAKEN: _at_once,
        _SCREEN: _guided,
        _NETWORK: _guided,
        _SOUND: _sound,
        PROMISES["heart=185@{}"]: _heart,
        PROMISES["focus-lost@{}"]: _guided,
        PROMISES["self-start@{}"]: _moving,
    }
)
"""Where the state asks for something else than the facing does; in all others a Stop is not written twice."""


def stands_s(fault: str, place: Place, machine: SimMachine) -> float:
    """How long the belt may take from the first slowing write to a stand."""
    if place.setting.taken or place.phase is Phase.STOP_FAILED:  # it does not obey: the alarm is promised (2.7, 6c)
        return inf
    most_kmh = max(place.kmh, machine.start_kmh)
    return most_kmh / machine.decel_kmh_s + LATE_S if PROMISES[fault].stop else inf


def alarms(fault: str, *, calm: bool) -> bool:
    """It has to be an alarm, where the belt moves; some only where it has to be slowed."""
    promise = PROMISES[fault]
    return promise.alarm or (promise.alarm_slowed and not calm)


def alarms_after_stop_s(fault: str) -> float:
    """How soon after a Stop it has to be an alarm, where the machine does not obey."""
    return OBEY_S if PROMISES[fault].section == "6c" else inf


NO_EFFECT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "self-start": "the belt runs already or has no key",
        "console": "the belt stands, or the next set-point comes before it could be seen",
        "console-stop": "the belt stands",
        "key": "the key is out already",
        "stop-ignored": "no Stop follows",
        "no-confirm": "no question follows",
        "late-confirm": "no question follows",
        "double-confirm": "two presses so close are one",
        "strap-off": "the heart counts for nothing here",
        "strap-frozen": "the heart counts for nothing here",
        "heart": "the heart counts for nothing here",
        "refuse": "nothing more is asked of the machine",
        "mute": "it is heard again before anybody misses it",
        "garbage": "it is heard again before anybody misses it",
        "control-taken": "coach has no control that could be taken",
        "guard-lost": "it is back before anything is made faster",
        "focus-lost": "no press is awaited and nobody turns",
        "sound-lost": "nobody turns any more",
    }
)
"""Why a session with a fault cannot be told from one without it."""
