"""What a session needs of a treadmill, wherever its belt is: on the air, here, or simulated in another process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from coach.core.event import Heard, LinkFound, LinkLost, Returned
from coach.link.machine_file import SimMachine
from coach.link.sim import Motion

Told: TypeAlias = Heard | Returned | LinkFound | LinkLost
"""What a machine tells; a simulated one is told the state of its link by the world, and so never tells it."""


class Machine(Protocol):
    """A treadmill as a session knows it; the caller owns the clock, and no call may be earlier than the one before."""

    @property
    def hands(self) -> Treadmill | None:
        """What people do to it, where it is simulated; nobody has hands on a real one from here."""

    @property
    def linked(self) -> bool:
        """The link is up."""

    @property
    def due_s(self) -> float:
        """The next instant at which the machine has something to say or changes what it does."""

    def connect(self, at_s: float) -> None:
        """Link and subscribe to everything: a simulated machine at once, a real one tells LinkFound when it has."""

    def disconnect(self, at_s: float) -> None:
        """Lose the link, and stay away until `connect`."""

    def renew(self, at_s: float) -> None:
        """Give up a link that does not answer; a real machine comes back by itself."""

    def slept(self, at_s: float) -> None:
        """The computer slept: the link counts as lost; a real machine tells LinkFound where it proves alive."""

    def read(self, uuid: int) -> bytes | None:
        """The value of a characteristic; None where the machine has no such, or it cannot be read."""

    def write(self, value: bytes, at_s: float) -> None:
        """Write to the control point, with response."""

    def run_until(self, at_s: float) -> Sequence[Told]:
        """All that the machine has said up to an instant, that instant included, in order of time."""


class Treadmill(Machine, Protocol):
    """A simulated machine with its belt, and what people do to it.

    The properties hold at the instant of the last call.
    """

    @property
    def machine(self) -> SimMachine:
        """What it is."""

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
    def incline_pct(self) -> float:
        """The true incline."""

    @property
    def distance_m(self) -> float:
        """How far the belt has truly run."""

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
