"""What a session needs of a simulated treadmill, wherever that runs: here, or in a process of its own."""

from __future__ import annotations

from typing import Protocol

from coach.core.event import Heard, Returned
from coach.link.machine_file import SimMachine
from coach.link.sim import Motion


class Treadmill(Protocol):
    """A machine with its belt; the caller owns the clock, and no call may be earlier than the one before.

    The properties hold at the instant of the last call.
    """

    @property
    def machine(self) -> SimMachine:
        """What it is."""

    @property
    def linked(self) -> bool:
        """The link is up."""

    @property
    def motion(self) -> Motion:
        """What the belt is about."""

    @property
    def controlled(self) -> bool:
        """Request Control was granted on this link."""

    @property
    def key_in(self) -> bool:
        """The safety key is in its place."""

    @property
    def speed_kmh(self) -> float:
        """The true speed of the belt."""

    @property
    def distance_m(self) -> float:
        """How far the belt has truly run."""

    @property
    def incline_pct(self) -> float:
        """The true incline."""

    @property
    def due_s(self) -> float:
        """The next instant at which the machine has something to say or changes what it does."""

    def connect(self, at_s: float) -> None:
        """Link and subscribe to everything."""

    def disconnect(self, at_s: float) -> None:
        """Lose the link."""

    def read(self, uuid: int) -> bytes | None:
        """The value of a characteristic; None where the machine has no such, or it cannot be read."""

    def write(self, value: bytes, at_s: float) -> None:
        """Write to the control point, with response."""

    def run_until(self, at_s: float) -> list[Heard | Returned]:
        """All that the machine has said up to an instant, that instant included, in order of time."""

    def pull_key(self, at_s: float) -> None:
        """Pull the safety key."""

    def put_key(self, at_s: float) -> None:
        """Put the safety key back."""

    def console_change(self, delta_kmh: float, at_s: float) -> None:
        """Press faster or slower on the console of a running belt."""

    def console_stop(self, at_s: float) -> None:
        """Press Stop on the console."""

    def console_start(self, at_s: float) -> None:
        """Press Start on the console."""

    def self_start(self, at_s: float) -> None:
        """Start by itself."""

    def take_control(self, at_s: float) -> None:
        """Let somebody else command the machine."""

    def mute(self, until_s: float) -> None:
        """Say nothing from now on."""

    def garbage(self, until_s: float) -> None:
        """Say random bytes for Treadmill Data from now on."""

    def refuse(self, until_s: float) -> None:
        """Answer every procedure but Stop with 04 from now on."""

    def ignore_stop(self, until_s: float) -> None:
        """Answer Stop and Pause with success and do nothing from now on."""
