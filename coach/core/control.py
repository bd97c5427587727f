"""The control point: one procedure at a time, as a state machine without I/O.

It writes what govern() permits and nothing else. Stop goes out in the step that decides it, whatever is under way.
Start is written once for each permit. Set-points are the difference to what was last sent (safety.md 5).
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from math import inf, nextafter
from typing import Final

from coach.core.belt import READ_S, Belt
from coach.core.event import Event
from coach.core.ftms import Op, Request, encode_request
from coach.core.machine import MachineProfile, Preamble
from coach.core.procedure import Control, hear
from coach.core.safety import Permit
from coach.core.sent import MEASURE, RENEWALS, Sent, aimed
from coach.core.since import FOLLOW_S, told_kmh

LOWER_WAITS_S: Final = 1.0  # a lower target waits so long for an answer, and comes again every second (safety.md 5)
HEARD_S: Final = 1.0  # after a Stop that was accepted, a new link is listened to for so long
URGENT_EVERY_S: Final = 5.0  # the lowest speed after a Stop that failed (safety.md 6c)
CONTROL_WAITS_S: Final = 2.0  # Request Control may never be answered and yet be honoured (ftms.md 4.16, 4.21)
CONTROL_EVERY_S: Final = 5.0
INCLINE_EVERY_S: Final = 5.0  # between an incline that was refused and the next try
RENEW_AGAIN_S: Final = 60.0  # whoever was asked for a new link has not made one: ask again
ANSWER_SPARE_S: Final = 0.5  # on top of a machine's usual answer, before telemetry counts as one
FOLLOWED_KMH: Final = 0.3
TINY: Final = 1e-6


def drive(
    profile: MachineProfile, control: Control, permit: Permit, belt: Belt, event: Event
) -> tuple[Control, tuple[bytes, ...]]:
    """Write what is permitted now; at most one write but for a Stop, which passes everything."""
    control = hear(profile, control, belt, event)
    if permit.start > control.starts and not permit.starting:
        control = replace(control, starts=permit.start)
    if not belt.link:
        return control, ()
    at_s = event.at_s
    if permit.stop > control.stops or _stop_lost(profile, control, permit, belt, at_s):
        match _halt(control.sent, belt, at_s):
            case Halt.NOW:
                return _stop(control, permit, belt, at_s)
            case Halt.NEVER:
                return replace(control, stops=permit.stop), ()
            case Halt.HEARD:
                pass
    if not permit.facing.rear and control.sent.target_at_s > -inf and at_s - belt.link_at_s < READ_S:
        return control, ()
    if permit.ask_control and not control.wanted and at_s - control.asked_at_s >= CONTROL_EVERY_S:
        control = replace(control, wanted=True)
    control = _renew(control, permit, at_s)
    if permit.reads:
        return control, ()
    control = _adopt(profile, control, permit, belt, at_s)
    request = _next(profile, control, permit, belt, at_s)
    if request is None:
        return control, ()
    return _write(profile, control, permit, belt, request, at_s)


def _renew(control: Control, permit: Permit, at_s: float) -> Control:
    """Ask for a new link where this one does not answer, and nothing but this waits for it (safety.md 5)."""
    sent = control.sent
    asked = sent.renewing and at_s - sent.renew_at_s < RENEW_AGAIN_S
    if not permit.renew or not control.deaf or asked or sent.renewals >= RENEWALS:
        return control
    return replace(control, sent=replace(sent, renewals=sent.renewals + 1, renewing=True, renew_at_s=at_s))


def _stop_lost(profile: MachineProfile, control: Control, permit: Permit, belt: Belt, at_s: float) -> bool:
    """A Stop that is to be written again.

    Its write came back with an error, as while another procedure runs (FTMS 4.16.3), or it was refused for want of
    control, and that has been asked for since, granted or not (safety.md 8). One that came back while it was to
    call a Start off is written again for as long as that Start may come, and one that was refused when the belt moves.
    """
    sent = control.sent
    failed = control.stop_failed and not sent.stop_returned
    asked = control.asked_at_s >= control.stop_refused_at_s > -inf and control.busy is not Op.REQUEST_CONTROL
    again = sent.stopping and (((failed or asked) and belt.moving) or (failed and belt.comes(sent, at_s)))
    starves = permit.urgent and not asked  # what is due besides goes out between two
    gap_s = LOWER_WAITS_S if starves else profile.min_write_gap_s
    return again and at_s - control.written_at_s >= gap_s - TINY


def _adopt(profile: MachineProfile, control: Control, permit: Permit, belt: Belt, at_s: float) -> Control:
    """What the console was set to and says so is the set-point: writing it would only come between two presses.

    So is what is measured on a link that came back, until somebody presses.
    """
    sent, target = control.sent, permit.target_kmh
    if target is None or permit.facing.rear or control.busy is not None or not sent.answered:
        return control
    told = told_kmh(belt, sent) if at_s - belt.status_at_s <= FOLLOW_S else None
    said = told is not None and abs(told - target) <= belt.speeds.step / 2
    raised = sent.target_kmh is not None and target > sent.target_kmh + TINY
    if not said and (permit.green or not raised):  # nothing is raised then but to what is measured
        return control
    taken = aimed(profile, sent, target, belt.kmh or 0.0, belt.period_s, belt.status_at_s if said else at_s)
    taken = replace(
        taken,
        adopted=True,
        before_kmh=None,
        olds=(),
        slowed_at_s=sent.slowed_at_s,
        slowed_from_kmh=sent.slowed_from_kmh,
    )
    return replace(control, sent=taken, refused=False)


class Halt(Enum):
    """When a Stop that is due is written: never after 0 was reported, which starts some machines (safety.md 5)."""

    NOW = auto()
    HEARD = auto()  # when motion is reported; it waits behind nothing else
    NEVER = auto()  # the belt stands


def _halt(sent: Sent, belt: Belt, at_s: float) -> Halt:
    """A belt that may be moving is stopped at once, and one that a Start of ours may still move whatever it says.

    One that stood when it was heard last is listened to first.
    """
    if belt.started(sent) or (belt.comes(sent, at_s) and not sent.stop_refused):
        return Halt.NOW
    if belt.still:
        return Halt.NEVER
    if belt.kmh is None:
        stopped = sent.stopping and sent.stop_accepted and at_s - belt.link_at_s < HEARD_S - TINY
        return Halt.HEARD if belt.rests or stopped else Halt.NOW
    moved = belt.moved_kmh > 0 and belt.moved_at_s >= belt.link_at_s
    single = belt.zero_at_s == belt.heard_at_s and moved and not sent.stopping
    return Halt.HEARD if belt.kmh == 0 and not single else Halt.NOW  # a single zero may be a stray one (ftms.md 4.19)


def _stop(control: Control, permit: Permit, belt: Belt, at_s: float) -> tuple[Control, tuple[bytes, ...]]:
    """Stop, whatever is under way; one that is written again on the same link is the same Stop."""
    sent = control.sent
    if not sent.stopping or sent.stop_at_s < belt.link_at_s:
        sent = replace(
            sent,
            stop_at_s=max(at_s, nextafter(sent.start_at_s, inf)),  # after a Start of the same instant
            stop_from_kmh=belt.kmh or belt.moved_kmh,  # a single zero may be a stray one
            stop_unseen=belt.kmh is None,
            stop_returned=False,
            stop_accepted=False,
            stop_refused=False,
            stop_done=False,
        )
    control = replace(
        control,
        sent=sent,
        stops=permit.stop,
        stop_failed=False,
        stop_refused_at_s=-inf,
        busy=Op.STOP,
        unreturned=(*control.unreturned, Op.STOP),
        busy_at_s=at_s,
        returned=False,
        written_at_s=at_s,
        writes=control.writes + 1,
    )
    return control, (encode_request(Request(Op.STOP, 1)),)


def _next(profile: MachineProfile, control: Control, permit: Permit, belt: Belt, at_s: float) -> Request | None:
    """What is due, most needed first; nothing but a lower target goes out while something else is under way."""
    if at_s - control.written_at_s < profile.min_write_gap_s - TINY:
        return None
    lower = _lower(control, permit, belt)
    slows = lower and _speed_due(control, permit, belt, at_s, lower=True)
    if not _free(profile, control, belt, at_s):
        patient = not slows or at_s - control.busy_at_s < LOWER_WAITS_S or control.busy is Op.REQUEST_CONTROL
        return None if patient else _target(profile, control, permit, belt)
    if control.wanted and not control.deaf and at_s - control.asked_at_s >= CONTROL_EVERY_S:
        return Request(Op.REQUEST_CONTROL)
    if permit.start > control.starts and permit.starting:
        return Request(Op.START) if belt.still and not control.deaf else None
    starts = belt.told_started_s > control.sent.stop_at_s
    if permit.pause > control.pauses and not belt.still and (starts or _halt(control.sent, belt, at_s) is Halt.NOW):
        return Request(Op.STOP, 2)
    if permit.target_kmh is not None and (slows or _speed_due(control, permit, belt, at_s, lower=lower)):
        return _target(profile, control, permit, belt)
    return _incline(control, permit, belt, at_s)


def _incline(control: Control, permit: Permit, belt: Belt, at_s: float) -> Request | None:
    """The incline where it is another than was sent; one that was refused is asked for again now and then."""
    if permit.incline_pct is None or control.deaf or at_s - control.incline_refused_at_s < INCLINE_EVERY_S:
        return None
    there_pct = control.sent.incline_pct if control.sent.incline_pct is not None else belt.incline_pct
    if there_pct is not None and abs(permit.incline_pct - there_pct) <= TINY:
        return None
    return Request(Op.TARGET_INCLINATION, permit.incline_pct)


def _free(profile: MachineProfile, control: Control, belt: Belt, at_s: float) -> bool:
    """The write before has been answered, or what answers it in its place is there."""
    waited_s = at_s - control.busy_at_s
    match control.busy:
        case None:
            return True
        case Op.REQUEST_CONTROL:
            return control.returned and waited_s >= CONTROL_WAITS_S
        case Op.STOP:
            return waited_s >= LOWER_WAITS_S
        case Op.TARGET_SPEED if control.returned and waited_s >= profile.answer_s + ANSWER_SPARE_S:
            asked = control.sent.target_kmh
            return belt.kmh is not None and asked is not None and abs(belt.kmh - asked) <= belt.speeds.step + TINY
        case _:
            return False


def _lower(control: Control, permit: Permit, belt: Belt) -> bool:
    """The set-point asks for less than the belt does, or than was asked before."""
    if permit.target_kmh is None:
        return False
    asked = control.sent.target_kmh
    return permit.target_kmh < (belt.kmh or 0.0) - TINY or (asked is not None and permit.target_kmh < asked - TINY)


def _speed_due(control: Control, permit: Permit, belt: Belt, at_s: float, *, lower: bool) -> bool:
    target, sent = permit.target_kmh, control.sent
    assert target is not None
    if control.deaf and not lower:
        return False
    if sent.target_kmh is None or sent.start_at_s > sent.target_at_s or abs(target - sent.target_kmh) > TINY:
        return True
    if permit.again > control.again and (permit.green or lower):
        return True
    since_s = at_s - sent.target_at_s
    if permit.urgent:
        return since_s >= URGENT_EVERY_S
    kmh = belt.kmh or 0.0
    if kmh > target + FOLLOWED_KMH:
        changes = at_s - belt.steady_at_s < max(LOWER_WAITS_S, 2 * belt.period_s)
        late = at_s - sent.ramp_until_s >= FOLLOW_S and kmh > max(sent.from_kmh, target * (1 + MEASURE))
        follows = changes and not late
        held = permit.followed or _told_enough(sent, permit, target, kmh, at_s)
        return since_s >= LOWER_WAITS_S and not follows and not held
    if lower and control.refused:
        return since_s >= LOWER_WAITS_S
    unanswered = control.refused and not control.retried
    return unanswered and permit.green and not permit.facing.rear and since_s >= LOWER_WAITS_S


def _told_enough(sent: Sent, permit: Permit, target: float, kmh: float, at_s: float) -> bool:
    """Facing the console a belt that runs some percent too fast is left as it is (safety.md 8)."""
    late = not permit.facing.rear and at_s - sent.ramp_until_s >= FOLLOW_S
    return late and kmh <= target * (1 + MEASURE)


def _target(profile: MachineProfile, control: Control, permit: Permit, belt: Belt) -> Request:
    target = permit.target_kmh
    assert target is not None
    preamble = profile.preamble is Preamble.EVERY and not permit.facing.rear and belt.moving
    if preamble and not control.deaf and control.prepared != target:
        return Request(Op.START)
    return Request(Op.TARGET_SPEED, round(target / belt.units.target, 2))


def _write(
    profile: MachineProfile, control: Control, permit: Permit, belt: Belt, request: Request, at_s: float
) -> tuple[Control, tuple[bytes, ...]]:
    sent = control.sent
    match request.op:
        case Op.REQUEST_CONTROL:
            control = replace(control, asked_at_s=at_s)
        case Op.START if permit.start > control.starts and permit.starting:
            sent = replace(sent, start_at_s=at_s, target_kmh=None, incline_pct=None)
            control = replace(control, starts=permit.start, refused=False)
        case Op.START:
            control = replace(control, prepared=permit.target_kmh)
        case Op.STOP:
            control = replace(control, pauses=permit.pause)
        case Op.TARGET_SPEED:
            repeated = sent.target_kmh is not None and abs(sent.target_kmh - (permit.target_kmh or 0.0)) <= TINY
            sent = aimed(profile, sent, permit.target_kmh or 0.0, belt.kmh or 0.0, belt.period_s, at_s)
            control = replace(control, again=permit.again, retried=repeated, refused=False)
        case _:
            sent = replace(sent, incline_pct=permit.incline_pct, incline_at_s=at_s)
    op = Op(request.op)
    sent = replace(sent, answered=False)
    control = replace(
        control,
        sent=sent,
        busy=op,
        busy_at_s=at_s,
        unreturned=(*control.unreturned, op),
        returned=False,
        written_at_s=at_s,
        writes=control.writes + 1,
    )
    return control, (encode_request(request),)
