"""One procedure of the control point at a time: what is under way, and what came back of it (FTMS 4.16)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf
from typing import Final

from coach.core.belt import Belt
from coach.core.event import Event, Heard, LinkFound, LinkLost, Returned, Slept
from coach.core.ftms import CONTROL_POINT, Op, Response, Result
from coach.core.machine import Ack, MachineProfile
from coach.core.sent import RENEWALS, Sent
from coach.core.value import ADDED

DEAF_S: Final = 30.0  # ATT time-out: only lower targets and Stop from here (safety.md 5)
_SET_POINTS: Final = frozenset({Op.TARGET_SPEED, Op.TARGET_INCLINATION})


@dataclass(frozen=True, slots=True)
class Control:
    """What is under way and what was done; the counts are those of the permits that were carried out."""

    sent: Sent = field(default_factory=Sent)
    busy: Op | None = None
    busy_at_s: float = -inf
    unreturned: tuple[Op, ...] = ()  # writes that have not come back, oldest first
    returned: bool = False  # the write under way came back
    written_at_s: float = -inf
    wanted: bool = True  # Request Control is to be written: at connect, and when it was taken away
    asked_at_s: float = -inf  # Request Control
    starts: int = 0
    stops: int = 0
    pauses: int = 0
    again: int = 0
    retried: bool = False
    refused: bool = False  # the last set-point was
    incline_refused_at_s: float = -inf
    deaf: bool = False
    stop_failed: bool = False  # its write came back with an error
    stop_refused_at_s: float = field(default=-inf, metadata=ADDED)  # or it was not permitted, for want of control
    prepared: float | None = None  # the target that a preamble was written for
    writes: int = 0


def hear(profile: MachineProfile, control: Control, belt: Belt, event: Event) -> Control:
    """Take in what came back, and what answers a write in its place."""
    match event:
        case Heard():
            if event.uuid == CONTROL_POINT and belt.response is not None:
                control = _answered(control, belt.response, event.at_s)
        case LinkLost() | LinkFound() | Slept():
            if isinstance(event, LinkFound) and control.sent.renewing:
                control = replace(control, sent=replace(control.sent, renewing=False))
            return replace(control, busy=None, unreturned=(), wanted=True, asked_at_s=-inf, deaf=False, returned=False)
        case Returned(_, ok) if control.unreturned:
            control = _returned(profile, control, ok=ok)
        case _:
            pass
    if belt.still and control.busy in _SET_POINTS:  # a belt that stands owes no answer to a set-point
        control = replace(control, busy=None, sent=replace(control.sent, answered=True))
    if control.sent.stop_unseen and belt.link and belt.kmh is not None:
        control = replace(control, sent=replace(control.sent, stop_unseen=False, stop_from_kmh=belt.kmh))
    if belt.still and control.sent.stopping:
        control = replace(control, sent=replace(control.sent, stop_done=True))
    if control.busy is not None and not control.deaf and event.at_s - control.busy_at_s >= DEAF_S:
        if control.busy is Op.REQUEST_CONTROL and control.returned:
            return replace(control, busy=None)  # some never answer it, and honour it (ftms.md 4.16, 4.21)
        given_up = control.sent.renewals >= RENEWALS
        return replace(control, deaf=True, busy=None, sent=replace(control.sent, given_up=given_up))
    return control


def _returned(profile: MachineProfile, control: Control, *, ok: bool) -> Control:
    """Writes come back in the order in which they went out."""
    op, rest = control.unreturned[0], control.unreturned[1:]
    control = replace(control, unreturned=rest)
    answered = not ok or profile.ack is not Ack.INDICATION
    sent = control.sent
    match op:
        case Op.STOP:
            accepted = sent.stop_accepted or (ok and answered)
            sent = replace(sent, stop_returned=sent.stop_returned or ok, stop_accepted=accepted)
            control = replace(control, stop_failed=not ok)
        case Op.START if not ok:
            sent = replace(sent, start_at_s=-inf)  # nobody has heard it: motion that follows is not ours
        case Op.TARGET_SPEED if not ok:
            control = replace(control, refused=True)
        case Op.TARGET_INCLINATION if not ok:
            sent = replace(sent, incline_pct=None)
        case Op.REQUEST_CONTROL if ok:
            control = replace(control, wanted=False)
        case _:
            pass
    if op is not control.busy or op in rest:
        return replace(control, sent=sent)
    sent = replace(sent, answered=answered)
    return replace(control, sent=sent, returned=True, busy=None if answered else control.busy)


def _answered(control: Control, response: Response, at_s: float) -> Control:
    good = response.result == Result.SUCCESS
    busy = None if response.op == control.busy else control.busy
    sent = replace(control.sent, answered=busy is None)
    match response.op:
        case Op.REQUEST_CONTROL:
            return replace(control, sent=sent, wanted=False, busy=busy, deaf=False)
        case Op.STOP:
            accepted = good or response.result == Result.FAILED
            sent = replace(sent, stop_returned=True, stop_accepted=accepted, stop_refused=not good)
            if response.result == Result.NOT_PERMITTED:
                control = replace(control, stop_refused_at_s=at_s)
        case Op.START if not good:
            sent = replace(sent, start_at_s=-inf)
        case Op.TARGET_SPEED:
            control = replace(control, refused=not good)
            sent = _told(sent, response, at_s)
        case Op.TARGET_INCLINATION if not good:
            control = replace(control, incline_refused_at_s=at_s)
            sent = replace(sent, incline_pct=None)
        case _:
            pass
    lost = response.result == Result.NOT_PERMITTED
    return replace(control, sent=sent, busy=busy, deaf=False, wanted=control.wanted or lost)


def _told(sent: Sent, response: Response, at_s: float) -> Sent:
    """Count what the machine says to set-points: one that takes none is found out by it."""
    if response.result == Result.SUCCESS:
        return replace(sent, speeds_taken=sent.speeds_taken + 1)
    return replace(
        sent,
        speeds_refused=sent.speeds_refused + 1,
        speed_refused_at_s=min(sent.speed_refused_at_s, at_s),
        unsupported=sent.unsupported or response.result == Result.NOT_SUPPORTED,
    )
