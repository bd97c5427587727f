"""What a guard is told, as lines of JSON: its orders first, then what the belt last said, and `closed` in the end.

Read without any library, for what reads it must not fail when everything else has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from coach.core.error import CoachError
from coach.core.machine import MachineProfile
from coach.keeper.guard_rule import Last
from coach.link.habits import Habits, Unlock

GUARD: Final = 2  # of the lines; a guard refuses others


class OrdersError(CoachError, ValueError):
    """A line that is no order."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What sounds when the keeper is gone."""

    folder: str  # with the files of an alarm
    player: tuple[str, ...]  # the words of a command, {} for the file; none: what is found here


@dataclass(frozen=True, slots=True)
class Hosted:
    """A simulated machine in a process of its own."""

    port: int
    secret: str


@dataclass(frozen=True, slots=True)
class OnAir:
    """A machine on the air: its address, or its name where no address is known; and what it wants of the radio."""

    address: str
    name: str
    habits: Habits = field(default_factory=Habits)


@dataclass(frozen=True, slots=True)
class Orders:
    """Which belt to stop, and whom to tell."""

    machine: Hosted | OnAir
    profile: MachineProfile = field(default_factory=MachineProfile)
    record: str = ""  # the journal
    report: str = ""  # a file for the cockpit
    sound: Sound | None = None
    simulated: bool = True
    lock: tuple[str, str] = ("", "")  # folder and name of the treadmill's lock, held while the guard is on duty


def read_orders(line: bytes) -> Orders:
    """Read the first line; what its profile leaves out is that of a machine that nobody has tested.

    Raises:
        OrdersError: it is not such a line.
    """
    told = _object(line)
    if told.get("guard") != GUARD:
        raise OrdersError(f"orders of another version: {told.get('guard')}")
    return Orders(
        machine=_machine(_part(told, "machine")),
        profile=_profile(_part(told, "profile")),
        record=str(told.get("record") or ""),
        report=str(told.get("report") or ""),
        sound=_sound(_part(told, "alarm")),
        simulated=told.get("simulated") is not False,
        lock=_lock(told.get("lock")),
    )


def read_last(line: bytes) -> Last:
    """Read what the belt said last.

    Raises:
        OrdersError: it is not such a line.
    """
    told = _object(line)
    kmh = told.get("kmh", "")
    if kmh is not None and _number(kmh) is None:
        raise OrdersError(f"no report: {line[:80]!r}")
    return Last(
        kmh=_number(kmh),
        rear=told.get("rear") is not False,
        phase=str(told.get("phase") or ""),
        starting=told.get("starting") is True,
        mute=told.get("mute") is True,
    )


def closes(line: bytes) -> bool:
    """The line says that the keeper ended in order, and is whole."""
    try:
        return line.endswith(b"\n") and _object(line).get("closed") is True
    except OrdersError:
        return False


def on_air(address: str, name: str, habits: Habits) -> dict[str, object]:
    """A machine on the air as a part of the first line."""
    unlock = [[one.uuid, one.value.hex(), one.response, one.answers_on] for one in habits.unlock]
    return {"kind": "air", "address": address, "name": name, "unlock": unlock, "pair": habits.pair}


def _machine(told: Mapping[str, object]) -> Hosted | OnAir:
    match told:
        case {"kind": "sim", "port": int(port), "secret": str(secret)}:
            return Hosted(port, secret)
        case {"kind": "air", "address": str(address), "name": str(name)} if address or name:
            return OnAir(address, name, Habits(unlock=tuple(_unlocks(told)), pair=told.get("pair") is True))
        case _:
            raise OrdersError(f"no machine that can be reached: {told}")


def _unlocks(told: Mapping[str, object]) -> Iterator[Unlock]:
    """Those that are whole: half an unlock is worse than none."""
    unlocks = told.get("unlock")
    for one in unlocks if isinstance(unlocks, list) else []:
        match one:
            case [str(uuid), str(value), bool(response), str(answers_on)]:
                with suppress(ValueError):
                    yield Unlock(uuid, bytes.fromhex(value), response, answers_on)


def _profile(told: Mapping[str, object]) -> MachineProfile:
    unknown = MachineProfile()
    decel_kmh_s, gap_s = _number(told.get("decel_kmh_s")), _number(told.get("min_write_gap_s"))
    return MachineProfile(
        name=str(told.get("name") or unknown.name),
        known=True,
        decel_kmh_s=decel_kmh_s if decel_kmh_s is not None and decel_kmh_s > 0 else unknown.decel_kmh_s,
        silent_when_stopped=told.get("silent_when_stopped") is True,
        stray_zeros=told.get("stray_zeros") is True,
        min_write_gap_s=gap_s if gap_s is not None else unknown.min_write_gap_s,
    )


def _sound(told: Mapping[str, object]) -> Sound | None:
    folder, player = told.get("folder"), told.get("player")
    words = player if isinstance(player, list) else []
    return Sound(folder, tuple(str(word) for word in words)) if isinstance(folder, str) and folder else None


def _lock(told: object) -> tuple[str, str]:
    match told:
        case [str(folder), str(machine)]:
            return folder, machine
        case _:
            return "", ""


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _part(told: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = told.get(name)
    return part if isinstance(part, dict) else {}


def _object(line: bytes) -> dict[str, object]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise OrdersError(f"no order: {line[:80]!r}") from error
    if not isinstance(told, dict):
        raise OrdersError(f"no order: {line[:80]!r}")
    return told
