"""coach: a treadmill interval coach for forward and backward walking and running.

`coach.simulate()` plays a workout on a simulated treadmill, so that people can test their own workouts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coach.simulation import Simulation, simulate

__all__ = ["Simulation", "simulate"]


def __getattr__(name: str) -> object:
    """Load the simulator when it is first named, so that the commands that do not need it start quickly."""
    if name in __all__:
        from coach import simulation

        return getattr(simulation, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
