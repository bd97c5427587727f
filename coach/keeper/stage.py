"""What a keeper is asked to keep: a treadmill and a strap, simulated or on the air, with the world round them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from coach.core.error import LinkError
from coach.core.event import Key
from coach.core.plan import Plan
from coach.keeper import wire
from coach.keeper.orders import on_air
from coach.link.fault import FaultKind, parse_fault, parse_press
from coach.link.habits import Habits
from coach.link.machine_file import find_machine
from coach.link.remote import RemoteTreadmill, host
from coach.link.runner import VirtualRunner
from coach.link.strap import Strap, VirtualStrap, heart_source
from coach.link.treadmill import Machine
from coach.link.world import World

TRUTH_VARIABLE: Final = "COACH_TRUTH"  # a file for what the simulated belt truly does: tests read it
CLOSE_S: Final = 3.0  # to leave a link in order; BlueZ takes 2 s
Clock = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Ground:
    """A treadmill that is ready to be kept."""

    world: World
    duty: Mapping[str, object]  # how a guard reaches it
    address: str = ""  # of a real machine of the user's
    close: Callable[[], None] = lambda: None  # leave it in order, with the belt at a stand
    paced: Callable[[float], None] = lambda _: None  # how fast the session's clock goes from here on
    timed: Callable[[Clock], None] = lambda _: None  # from the monotonic clock to the session's
    trouble: Callable[[], str] = str  # why there is no link
    refusal: Callable[[], str] = str  # why there will be none


def ground_of(plan: Plan, asked: wire.World, wake: Callable[[], None]) -> Ground:
    """Put a plan on the treadmill that is asked for.

    Args:
        plan: of the session.
        asked: treadmill, strap, faults, presses and runner.
        wake: called from other threads when the treadmill or the strap has said something.

    Raises:
        CoachError: something that was named cannot be used.
    """
    if asked.treadmill is None:
        return _simulated(plan, asked)
    return _on_air(plan, asked, asked.treadmill, wake)


def lock_name(asked: wire.World) -> str:
    """By which nobody else drives the same treadmill."""
    device = asked.treadmill
    return f"sim:{asked.machine}" if device is None else f"air:{device.address or device.name}"


def _simulated(plan: Plan, asked: wire.World) -> Ground:
    hosted = host(asked.machine, asked.seed, os.environ.get(TRUTH_VARIABLE, ""))
    treadmill = RemoteTreadmill(hosted.port, hosted.secret, find_machine(asked.machine))
    return Ground(
        _world(plan, asked, treadmill, _virtual(asked)),
        duty={"kind": "sim", "port": hosted.port, "secret": hosted.secret},
        close=treadmill.bye,
        paced=lambda pace: setattr(treadmill, "pace", pace),
    )


def _on_air(plan: Plan, asked: wire.World, device: wire.Device, wake: Callable[[], None]) -> Ground:
    _allowed(plan, asked)
    from coach.link.models import model_of
    from coach.link.onair import AirStrap, AirTreadmill
    from coach.link.radio import Radio
    from coach.link.sighting import Sighting

    radio, model = Radio(), model_of(device.name)
    habits = model.habits if model is not None else Habits()
    target = Sighting(device.address, device.name)
    simulated, worn = plan.profile.simulated, asked.strap
    treadmill = AirTreadmill(radio, target, habits, simulated=simulated, wake=wake)
    strap: AirStrap | None = None
    if worn is not None:
        strap = AirStrap(radio, Sighting(worn.address, worn.name), simulated=simulated, wake=wake)

    def timed(session_s: Clock) -> None:
        treadmill.timed(session_s)
        if strap is not None:
            strap.timed(session_s)

    def close() -> None:
        if strap is not None:
            strap.close(CLOSE_S)
        treadmill.close(CLOSE_S)
        radio.close()

    return Ground(
        _world(plan, asked, treadmill, strap or (_virtual(asked) if simulated else None)),
        duty=on_air(device.address, device.name, habits),
        address="" if simulated else device.address,
        close=close,
        timed=timed,
        trouble=lambda: treadmill.trouble,
        refusal=lambda: treadmill.refusal,
    )


def _virtual(asked: wire.World) -> VirtualStrap | None:
    source = heart_source(asked.heart)
    return VirtualStrap(source, asked.seed) if source is not None else None


def _allowed(plan: Plan, asked: wire.World) -> None:
    """On a real belt nobody presses but the person, time is true, and nothing breaks but the link (machine test)."""
    if plan.profile.simulated:
        return
    faults = {parse_fault(fault).kind for fault in asked.faults}
    presses = {parse_press(press).key for press in asked.presses}
    if asked.auto or asked.timelapse != 1 or faults - {FaultKind.DROP} or presses - {Key.STOP}:
        raise LinkError("on a real belt there is no --auto, --timelapse, --fault or --press")


def _world(plan: Plan, asked: wire.World, treadmill: Machine, strap: Strap | None) -> World:
    return World(
        plan,
        treadmill,
        strap,
        VirtualRunner(asked.seed) if asked.auto else None,
        faults=[parse_fault(fault) for fault in asked.faults],
        presses=[parse_press(press) for press in asked.presses],
    )
