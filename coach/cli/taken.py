"""What `--treadmill` and `--heart` come to: one of the user's own, a simulated one, or a simulated one on the air."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from coach.cli.options import AUTO, SIMULATED, STANDARD_MACHINE, USUAL
from coach.core.error import MachineError
from coach.core.machine import UNKNOWN_INCLINE, UNKNOWN_SPEED, MachineProfile, Range, Units
from coach.keeper.wire import Device
from coach.known import Known
from coach.link.machine_file import NAME_PREFIX, SimMachine, find_machine, load_machine, shipped_machines
from coach.link.profile import profile_of
from coach.link.sim import VirtualTreadmill
from coach.link.strap import heart_source
from coach.link.world import ranges
from coach.machines import Store, auto_choice, inclines_for, profile_for, speeds_for, units_for

NONE: Final = "none"  # of --heart


@dataclass(frozen=True, slots=True)
class Taken:
    """A treadmill that a session can be planned for."""

    key: str  # what --treadmill takes
    name: str
    profile: MachineProfile
    speeds: Range
    inclines: Range
    units: Units = field(default_factory=Units)  # remembered
    machine: str = ""  # the simulated one, shipped or a file; nothing where it is on the air
    device: Device | None = None

    @property
    def simulated(self) -> bool:
        """No real belt moves."""
        return self.profile.simulated


@dataclass(frozen=True, slots=True)
class Worn:
    """A strap, or none."""

    heart: str = NONE  # a simulated one, as a text
    device: Device | None = None

    @property
    def on(self) -> bool:
        """There is one."""
        return self.device is not None or self.heart != NONE


def take(treadmill: str) -> Taken:
    """The treadmill that was named; nothing: the user's own where he has proved one, else the simulated one.

    Raises:
        CoachError: there is no such treadmill, or it must not be driven yet.
    """
    kind, _, machine = treadmill.partition(":")
    if kind == SIMULATED:
        return simulated(machine or STANDARD_MACHINE)
    if treadmill.startswith(NAME_PREFIX):
        return simulated_on_air(treadmill)
    store = Store()
    mine = [one for one in store.machines() if one.proved_at and one.real]
    if store.told:
        raise MachineError(store.told)  # a treadmill that is no longer known is not the simulator
    if treadmill == USUAL and not mine and any(store.path.parent.glob(f"{store.path.stem}.damaged-*")):
        raise MachineError(
            f"What was known of your treadmills was damaged: coach setup, or say --treadmill {SIMULATED}"
        )
    if treadmill == USUAL and not mine:
        return simulated(STANDARD_MACHINE)
    known = auto_choice(store) if treadmill in {USUAL, AUTO} else store.machine(treadmill)
    if isinstance(known, MachineError):
        raise known
    return own(known)


def simulated(machine: str) -> Taken:
    """A simulated machine in a process of its own.

    Raises:
        MachineError: there is no such.
    """
    found = find_machine(machine)
    profile = profile_of(found)
    return Taken(
        f"{SIMULATED}:{machine}", found.name, profile, *ranges(profile, VirtualTreadmill(found)), machine=machine
    )


def simulated_on_air(name: str) -> Taken:
    """A simulated machine that another process serves over Bluetooth, known by its name."""
    found = next((one for one in _shipped() if one.name == name), None)
    device = Device(name=name)
    if found is None:
        profile = MachineProfile(name=name, simulated=True)
        return Taken(name, name, profile, UNKNOWN_SPEED, UNKNOWN_INCLINE, device=device)
    profile = profile_of(found)
    return Taken(name, name, profile, *ranges(profile, VirtualTreadmill(found)), device=device)


def own(known: Known) -> Taken:
    """A machine of the user's own.

    Raises:
        MachineError: it was never proved.
    """
    if not known.proved_at:
        raise MachineError(
            f"{known.name} is not proved yet: coach setup proof does it in a minute, with the belt at a stand"
        )
    profile = profile_for(known, known.name)
    device = Device(known.address, known.name)
    name = known.name or known.address
    ranges_of = speeds_for(known), inclines_for(known)
    return Taken(known.address, name, profile, *ranges_of, units=units_for(known), device=device)


def wear(heart: str, taken: Taken) -> Worn:
    """The strap that was named; nothing: a simulated one on a simulated treadmill, else the one that was bound last.

    Raises:
        CoachError: there is no such, or it is simulated and the belt is real.
    """
    if heart == NONE:
        return Worn()
    if taken.simulated:
        return _simulated_strap(heart or SIMULATED, taken)
    if heart == SIMULATED or heart.startswith(NAME_PREFIX) or heart.endswith(".csv") or heart.isdigit():
        raise MachineError(f"--heart {heart}: a real belt takes a real strap or none")
    straps = Store()
    real = (one for one in straps.straps() if not one.name.startswith(NAME_PREFIX))
    known = straps.strap(heart) if heart else next(real, None)
    if known is not None and known.name.startswith(NAME_PREFIX):
        raise MachineError(f"--heart {heart}: a real belt takes a real strap or none")
    return Worn() if known is None else Worn(device=Device(known.address, known.name))


def _simulated_strap(heart: str, taken: Taken) -> Worn:
    """On the air by its name, beside a treadmill on the air; or in this process by its source."""
    if heart.startswith(NAME_PREFIX):
        if taken.device is None:
            raise MachineError(
                f"--heart {heart}: a strap on the air goes with a treadmill on the air, not with {taken.key}"
            )
        return Worn(device=Device(name=heart))
    heart_source(heart)
    return Worn(heart)


def _shipped() -> list[SimMachine]:
    return [load_machine(source) for source in shipped_machines().values()]
