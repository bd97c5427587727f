"""What the explorer plays with: the real session and a small treadmill, a second at a time.

Every event goes through advance(); the machine answers in the same instant, or as its mode has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import floor
from typing import Final

from coach.core.event import Event, Heard, LinkFound, LinkLost, Returned, Tick
from coach.core.ftms import INCLINATION_RANGE, MACHINE_STATUS, SPEED_RANGE, Status
from coach.core.plan import Plan
from coach.core.session import Session, advance, first
from tests.core.build import answer, data, h, pulse
from tests.core.explore_laws import Memory, Step, noted, written
from tests.core.explore_machine import FAILED, Machine, Mode, moved, told

STEP_S: Final = 1.0  # the machine reports so often


@dataclass(slots=True)
class Happened:
    """A play of one session: where it is, what is known of it, and the steps since it was copied."""

    plan: Plan
    session: Session
    machine: Machine = field(default_factory=Machine)
    known: Memory = field(default_factory=Memory)
    at_s: float = 0.0
    metres: float = 0.0
    bpm: int | None = None
    renews: bool = False  # a new link was asked for
    steps: list[Step] = field(default_factory=list)

    def copy(self) -> Happened:
        """The same play, to go on with in another way."""
        return replace(self, steps=[])

    def feed(self, event: Event) -> None:
        """One event, and what the machine answers to what is written."""
        before, known = self.session, noted(self.plan, self.known, self.session, event)
        self.session, outcome = advance(self.plan, before, event)
        self.steps.append(Step(self.plan, before, event, self.session, outcome, self.machine, known))
        self.known = written(known, outcome, event.at_s)
        self.renews = self.renews or outcome.renew
        for value in outcome.writes:
            if self.known.linked and self.machine.mode is not Mode.DEAF:
                self.machine, result = told(self.machine, value)
                self.feed(Returned(self.at_s, ok=result != FAILED))
                if result != FAILED:
                    self.feed(answer(self.at_s, value[0], result))

    def second(self) -> None:
        """Nothing happens for a second but what was under way; the machine reports."""
        self.machine = moved(self.machine)
        self.metres += self.machine.kmh * STEP_S / 3.6
        self.at_s = floor(self.at_s) + STEP_S
        if self.renews:
            self.renews = False
            self.feed(LinkLost(self.at_s))
            self.feed(LinkFound(self.at_s))
        if self.bpm is not None:
            self.feed(pulse(self.at_s, self.bpm))
        kmh = self.machine.reports_kmh
        if self.known.linked and kmh is not None:
            self.feed(data(self.at_s, kmh, int(self.metres), 0.0))
        else:
            self.feed(Tick(self.at_s))

    def says(self, status: Status, *rest: int) -> None:
        """A machine status, where it can be heard."""
        if self.known.linked and not self.machine.mute:
            self.feed(Heard(self.at_s, MACHINE_STATUS, bytes([status, *rest])))


@dataclass(frozen=True, slots=True)
class Tiny:
    """A session that is small enough to be searched: its plan, its machine and its strap."""

    plan: Plan
    bpm: int | None = None
    machine: Machine = field(default_factory=Machine)


def connected(tiny: Tiny) -> Happened:
    """A machine that was just found, with its ranges; its belt stands."""
    play = Happened(tiny.plan, first(tiny.plan), tiny.machine, bpm=tiny.bpm)
    play.feed(LinkFound(0.0))
    play.feed(Heard(0.0, SPEED_RANGE, h("50 00 08 07 0a 00")))
    play.feed(Heard(0.0, INCLINATION_RANGE, h("00 00 78 00 05 00")))
    return play
