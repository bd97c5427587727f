"""The simulated world that a keeper is asked for."""

from __future__ import annotations

from coach.core.plan import Plan
from coach.keeper import wire
from coach.link.fault import parse_fault, parse_press
from coach.link.runner import VirtualRunner
from coach.link.strap import VirtualStrap, heart_source
from coach.link.treadmill import Treadmill
from coach.link.world import World


def world_of(plan: Plan, asked: wire.World, treadmill: Treadmill) -> World:
    """Put a plan on a treadmill, with the strap, the faults and the runner that were asked for.

    Raises:
        CoachError: something that was named cannot be used.
    """
    source = heart_source(asked.heart)
    return World(
        plan,
        treadmill,
        VirtualStrap(source, asked.seed) if source is not None else None,
        VirtualRunner(asked.seed) if asked.auto else None,
        faults=[parse_fault(fault) for fault in asked.faults],
        presses=[parse_press(press) for press in asked.presses],
    )
