"""What a guard does when the keeper is gone: it stops the belt, by all that is left, and does nothing else.

Pure: (duty, event) -> (duty, acts); instants are those of the events. It never writes Stop to a belt that said 0,
which starts some machines (safety.md 5), but for a Start of the keeper that is under way.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from math import inf
from typing import Final, TypeAlias

from coach.core.belt import Belt, observe
from coach.core.event import Heard, LinkFound, LinkLost, Returned, Tick
from coach.core.ftms import CONTROL_POINT, TREADMILL_DATA, Op, Result
from coach.core.machine import MachineProfile
from coach.core.sent import Sent

Event: TypeAlias = Tick | Heard | Returned | LinkFound | LinkLost


class Act(Enum):
    """All that a guard can write: no Start, no speed."""

    STOP = b"\x08\x01"
    PAUSE = b"\x08\x02"
    CONTROL = b"\x00"


class Word(StrEnum):
    """How far a guard is."""

    ACTING = "acting"  # the keeper is gone, nothing is written yet
    STOPPING = "stopping"
    STILL = "still"
    UNREACHABLE = "unreachable"


LADDER: Final = ((Act.STOP, 0.0), (Act.STOP, 2.0), (Act.STOP, 2.0), (Act.PAUSE, 2.0))
"""What is written while the belt does not slow down, and how long after the one before (safety.md 6c)."""
AFTERWARDS: Final = (Act.STOP, 5.0)  # a machine that ignored the ladder is asked on, but not without a pause
FALLS_S: Final = 2.0  # a belt whose report fell less than this ago is on its way
FALLS_KMH: Final = 0.05  # finer than the step of any machine
RISES_KMH: Final = 0.3  # a report that rose by so much is no longer falling (safety.md 2.4)
CONTROL_WAITS_S: Final = 1.0  # for the answer to Request Control; Stop follows whether or not it was granted
CONTROL_EVERY_S: Final = 5.0  # as often as Stop is written then
UNKNOWN_S: Final = 2.0  # a belt of which nobody ever knew anything has so long to say something
LATE_S: Final = 15.0  # motion may follow a Start so late (safety.md 6a)


@dataclass(frozen=True, slots=True)
class Last:
    """What the keeper said last."""

    kmh: float | None = None  # the report; None: nothing was heard yet
    rear: bool = True
    phase: str = ""
    starting: bool = False  # a Start was written and the belt has not moved since
    mute: bool = False  # a simulated belt that nobody wants to hear


@dataclass(frozen=True, slots=True)
class Duty:
    """What a guard knows and has done; speeds in km/h, instants in s."""

    belt: Belt
    kmh: float | None  # the last report that anybody heard
    starting: bool  # a Start of the keeper is under way: Stop goes out though the belt said 0
    late_until_s: float  # motion may come of a Start that nobody told of
    sent: Sent = field(default_factory=Sent)
    rung: int = 0  # of LADDER, the next
    act_at_s: float = -inf  # the last Stop or Pause
    written_at_s: float = -inf
    lowest_kmh: float = inf
    fell_at_s: float = -inf
    refused: bool = False  # Stop was answered with 05
    control_at_s: float = -inf
    asking: bool = False  # Request Control waits for its answer
    unreturned: tuple[Act, ...] = ()
    lost: bool = False  # the last Stop came back with an error

    @property
    def word(self) -> Word:
        """How far it is."""
        if self.belt.still:
            return Word.STILL
        return Word.STOPPING if self.act_at_s > -inf else Word.ACTING

    @property
    def disobeyed(self) -> bool:
        """The belt was told more than once and does not slow down."""
        return self.rung > 1

    def over(self, at_s: float) -> bool:
        """The belt stands, and no Start can still be on its way."""
        return self.belt.still and at_s >= self.late_until_s


def take_over(last: Last, at_s: float) -> Duty:
    """Begin, with the link not yet there."""
    moving = last.kmh is not None and last.kmh > 0
    return Duty(
        Belt(kmh=last.kmh, moved_kmh=last.kmh or 0.0),
        kmh=last.kmh,
        starting=last.starting,
        late_until_s=-inf if moving else at_s + LATE_S,
    )


def step(profile: MachineProfile, duty: Duty, event: Event) -> tuple[Duty, tuple[Act, ...]]:
    """Take an event in, and say what is to be written now."""
    duty = _hear(replace(duty, belt=observe(profile, duty.belt, duty.sent, event)), event)
    if duty.belt.still:
        duty = replace(duty, kmh=0.0, starting=False)
    free = duty.belt.link and event.at_s - duty.written_at_s >= profile.min_write_gap_s
    act = _due(profile, duty, event.at_s) if free else None
    if act is None:
        return duty, ()
    return _done(duty, act, event.at_s), (act,)


# What was heard.


def _hear(duty: Duty, event: Event) -> Duty:
    match event:
        case Heard(at_s, uuid, _) if uuid == TREADMILL_DATA and duty.belt.heard_at_s == at_s:
            return _report(duty, duty.belt.kmh, at_s)
        case Heard(at_s, uuid, _) if uuid == CONTROL_POINT and duty.belt.response_at_s == at_s:
            return _answer(duty)
        case Returned(_, ok) if duty.unreturned:
            act, *rest = duty.unreturned
            duty = replace(duty, unreturned=tuple(rest))
            return duty if act is Act.CONTROL else replace(duty, lost=not ok)
        case LinkLost():
            return replace(duty, unreturned=(), refused=False, asking=False, lost=False)
        case LinkFound():
            return replace(duty, rung=0)
        case _:
            return duty


def _report(duty: Duty, kmh: float | None, at_s: float) -> Duty:
    if kmh is None:
        return duty
    if kmh == 0:
        return replace(duty, kmh=kmh, starting=False)
    if not duty.kmh:  # it stood, or nobody knew
        return replace(duty, kmh=kmh, sent=Sent(), rung=0, lowest_kmh=kmh, fell_at_s=-inf)
    duty = replace(duty, kmh=kmh)
    if kmh < duty.lowest_kmh - FALLS_KMH:
        falls = duty.lowest_kmh < inf
        return replace(duty, lowest_kmh=kmh, fell_at_s=at_s if falls else duty.fell_at_s)
    return replace(duty, lowest_kmh=kmh, fell_at_s=-inf) if kmh > duty.lowest_kmh + RISES_KMH else duty


def _answer(duty: Duty) -> Duty:
    response = duty.belt.response
    if response is None:
        return duty
    if response.op == Op.STOP and response.result == Result.NOT_PERMITTED:
        return replace(duty, refused=True)
    if response.op == Op.REQUEST_CONTROL and duty.asking:
        return replace(duty, asking=False, rung=0)  # Stop follows, granted or not
    return duty


# What is written.


def _due(profile: MachineProfile, duty: Duty, at_s: float) -> Act | None:
    if duty.starting:
        return Act.STOP
    if not _to_stop(profile, duty, at_s):
        return None
    if duty.asking:
        return Act.STOP if at_s - duty.control_at_s >= CONTROL_WAITS_S else None
    if duty.refused and at_s - duty.control_at_s >= CONTROL_EVERY_S:
        return Act.CONTROL
    if duty.lost:
        return Act.STOP
    act, after_s = _rung(duty)
    slowing = at_s - duty.fell_at_s < max(FALLS_S, 2 * duty.belt.period_s)
    return act if at_s - duty.act_at_s >= after_s and not slowing else None


def _rung(duty: Duty) -> tuple[Act, float]:
    return LADDER[duty.rung] if duty.rung < len(LADDER) else AFTERWARDS


def _to_stop(profile: MachineProfile, duty: Duty, at_s: float) -> bool:
    """The belt moves as far as anybody knows; one that fell silent as it does when it stands is left alone."""
    if duty.kmh is None:
        unknown_s = at_s - max(duty.belt.link_at_s, duty.act_at_s)
        return not profile.silent_when_stopped and unknown_s >= UNKNOWN_S
    silent_s = at_s - duty.belt.heard_at_s
    gone_silent = profile.silent_when_stopped and duty.fell_at_s > -inf and silent_s >= FALLS_S
    return duty.kmh > 0 and not gone_silent


def _done(duty: Duty, act: Act, at_s: float) -> Duty:
    duty = replace(duty, unreturned=(*duty.unreturned, act), written_at_s=at_s)
    if act is Act.CONTROL:
        return replace(duty, control_at_s=at_s, asking=True, refused=False)
    sent = duty.sent if duty.sent.stopping else Sent(stop_at_s=at_s, stop_from_kmh=duty.kmh or 0.0)
    return replace(
        duty,
        sent=sent,
        act_at_s=at_s,
        starting=False,
        asking=False,
        refused=False,
        lost=False,
        rung=duty.rung + 1,
    )
