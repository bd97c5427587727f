"""A treadmill that says again what a capture has."""

from __future__ import annotations

from math import inf
from typing import Final

from coach.core.belt import Belt, observe
from coach.core.event import Heard, LinkFound, LinkLost, Returned
from coach.core.ftms import FEATURE, INCLINATION_RANGE, SPEED_RANGE
from coach.core.machine import MachineProfile
from coach.core.sent import Sent
from coach.link.captured import Capture, LinkChange, Said
from coach.link.facts import full, short
from coach.link.treadmill import Told

_STRANGER: Final = MachineProfile()
_SILENT: Final = Sent()
_READ: Final = (FEATURE, SPEED_RANGE, INCLINATION_RANGE)  # what the core wants to know of every link


class ReplayedTreadmill:
    """A Machine (link/treadmill.py) that says what a capture has, from the instant of the first `connect` on.

    It obeys nothing: every write comes back as failed, and the belt does what it did. While the link is down, by the
    capture or by the caller, time goes on and nothing is heard.
    """

    def __init__(self, capture: Capture) -> None:
        self.capture: Final = capture
        self._wanted = False  # the caller's end of the link
        self._up = True  # the machine's end of it, as captured
        self._from_s: float | None = None
        self._next = 0
        self._out: list[Told] = []
        self._belt = Belt()

    @property
    def hands(self) -> None:
        """Nobody can touch what is over."""

    @property
    def linked(self) -> bool:
        """The link is up."""
        return self._wanted and self._up

    @property
    def speed_kmh(self) -> float:
        """The speed that was reported last; 0 before the first report and while the link is down."""
        return self._belt.kmh or 0.0

    @property
    def incline_pct(self) -> float:
        """The incline that was reported last; 0 before."""
        return self._belt.incline_pct or 0.0

    @property
    def belt(self) -> Belt:
        """The belt as the core knows it from these bytes alone."""
        return self._belt

    @property
    def due_s(self) -> float:
        """The next instant at which something is said; infinity when all of it was."""
        if self._out:
            return self._out[0].at_s
        if self._from_s is None or self._next >= len(self.capture.said):
            return inf
        return self._from_s + self.capture.said[self._next].at_s

    def connect(self, at_s: float) -> None:
        """Link: the recording begins, or, after a `disconnect`, is heard again at where it is by then.

        Where the captured link is down by then, LinkFound is told as soon as it is up.
        """
        self._catch_up(at_s)
        if self._from_s is None:
            self._from_s = at_s
        self._wanted = True
        for event in self._found(at_s) if self.linked else ():
            self._know(event)

    def disconnect(self, at_s: float) -> None:
        """Lose the link, and stay away until `connect`."""
        self._catch_up(at_s)
        self._wanted = False
        self._know(LinkLost(at_s))

    def renew(self, at_s: float) -> None:
        """Lose the link and have it again at once."""
        self._catch_up(at_s)
        if self.linked:
            self._tell(LinkLost(at_s), *self._found(at_s))

    def slept(self, at_s: float) -> None:
        """The computer slept; the link proves alive at once."""
        self._catch_up(at_s)
        if self.linked:
            self._tell(LinkFound(at_s))

    def read(self, uuid: int) -> bytes | None:
        """The value that was read; None where there was none."""
        return self.capture.header.values.get(full(uuid))

    def write(self, value: bytes, at_s: float) -> None:
        """A write fails at once: what is recorded obeys nobody."""
        del value
        self._catch_up(at_s)
        self._tell(Returned(at_s, ok=False))

    def run_until(self, at_s: float) -> list[Told]:
        """All that was said up to an instant, that instant included, in order of time."""
        self._catch_up(at_s)
        out, self._out = self._out, []
        return out

    def _catch_up(self, at_s: float) -> None:
        while self._from_s is not None and self._next < len(self.capture.said):
            said = self.capture.said[self._next]
            said_at_s = self._from_s + said.at_s
            if said_at_s > at_s:
                return
            self._next += 1
            self._say(said, said_at_s)

    def _say(self, said: Said, at_s: float) -> None:
        if isinstance(said, LinkChange):
            changed, self._up = said.linked is not self._up, said.linked
            if changed and self._wanted:
                self._tell(*self._found(at_s)) if said.linked else self._tell(LinkLost(at_s))
        elif self.linked and (uuid := short(said.uuid)) is not None:  # the core knows nothing of a maker's own
            self._tell(Heard(at_s, uuid, said.value))

    def _found(self, at_s: float) -> list[Told]:
        values = ((uuid, self.read(uuid)) for uuid in _READ)
        return [LinkFound(at_s), *(Heard(at_s, uuid, value) for uuid, value in values if value is not None)]

    def _tell(self, *events: Told) -> None:
        for event in events:
            self._out.append(event)
            self._know(event)

    def _know(self, event: Told) -> None:
        self._belt = observe(_STRANGER, self._belt, _SILENT, event)
