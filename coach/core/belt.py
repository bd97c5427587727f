"""What the machine last said, and what follows from it: speed, standstill, silence. Bytes never raise from here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf
from typing import Final

from coach.core import ftms
from coach.core.error import DecodeError
from coach.core.event import Event, Heard, LinkFound, LinkLost, Slept
from coach.core.machine import (
    LOWEST_CREEP_KMH,
    UNKNOWN_INCLINE,
    UNKNOWN_SPEED,
    MachineProfile,
    Range,
    Reported,
    Units,
    usable,
)
from coach.core.sent import Sent
from coach.core.units import Trial, learn
from coach.core.value import evolve
from coach.core.workout import Facing

MOVING_KMH: Final = 0.05  # reports of less are a belt at rest; some machines creep at 0.1
STILL_S: Final = 2.0  # the report has been 0 for so long (safety.md 1)
STRAY_STILL_S: Final = 3.0  # where single stray zeros are known (ftms.md 4.19)
READ_S: Final = 2.0  # after a link came back: read before writing (safety.md 8)
SILENT_STILL_S: Final = 5.0  # nothing heard, from a machine that falls silent (safety.md 1)
SILENT_AFTER_STOP_S: Final = 3.0
STEADY_KMH: Final = 0.02  # a report is constant within this
GAPS: Final = 9  # of so many gaps between frames the median is the period
USUAL_PERIOD_S: Final = 0.5
IMPOSSIBLE: Final = 1.7  # times the highest speed, which may be in miles, is no report
IMPOSSIBLE_KMH: Final = 1.0
TINY: Final = 1e-6
_OVER: Final = frozenset({ftms.Status.STOPPED, ftms.Status.SAFETY_KEY})  # nothing is under way any more


@dataclass(frozen=True)
class Belt:
    """The belt as it is known; speeds in km/h after correction of the unit, instants in s."""

    link: bool = False
    link_at_s: float = -inf  # since when it is up or down
    heard_at_s: float = -inf
    gaps: tuple[float, ...] = ()
    period_s: float = USUAL_PERIOD_S  # median of the gaps
    kmh: float | None = None
    steady_at_s: float = -inf  # the report has been constant since
    zero_at_s: float | None = None  # and 0 since
    stood_at_s: float = -inf  # the last report of 0
    moved_kmh: float = 0.0  # last report above 0 since it was STILL
    moved_at_s: float = -inf  # and when it came
    rests: bool = False  # the last report was 0, on whatever link it came
    still: bool = False
    still_by_silence: bool = False
    incline_pct: float | None = None
    odometer_m: float = 0.0
    counter_m: int | None = None
    counter_from_m: float = 0.0  # odometer when the counter was 0
    raw_speeds: Range = UNKNOWN_SPEED  # as sent, in the unit of targets
    speeds: Range = UNKNOWN_SPEED  # in km/h
    creep_kmh: float = LOWEST_CREEP_KMH  # the lowest settable speed that is at least 0.8 km/h (safety.md 1)
    inclines: Range = UNKNOWN_INCLINE
    units: Units = field(default_factory=Units)
    trial: Trial = field(default_factory=Trial)
    pending: ftms.Pending | None = None
    heart_bpm: int | None = None  # the machine's own
    damaged: int = 0  # frames that could not be read whole
    status: ftms.MachineStatus | None = None
    status_at_s: float = -inf
    response: ftms.Response | None = None
    response_at_s: float = -inf

    @property
    def moving(self) -> bool:
        """The last report was above a belt at rest."""
        return self.kmh is not None and self.kmh > MOVING_KMH

    @property
    def told_started_s(self) -> float:
        """When it said that it was started (status 04), where it said nothing else since: it counts down, or runs."""
        return self.status_at_s if self.status is not None and self.status.event is ftms.Status.STARTED else -inf

    def started(self, sent: Sent) -> bool:
        """Our Start has not been answered by motion: it may come any moment."""
        return sent.start_at_s > max(sent.stop_at_s, self.moved_at_s)

    def unheard(self, sent: Sent) -> bool:
        """Nothing was heard since our Start, or the Stop that called it off: whatever it said before, it may move."""
        act_at_s = sent.stop_at_s if self._called_off(sent) else sent.start_at_s
        return self.heard_at_s <= act_at_s > -inf

    def comes(self, sent: Sent, at_s: float) -> bool:
        """Our Start may come though it was called off: that Stop has not come back, or not as done.

        A machine may take no Stop while a Start is under way (FTMS 4.16.3), and none when it has said that it stopped.
        """
        if not self._called_off(sent) or sent.stop_taken(at_s) or not sent.started_lately(at_s):
            return False
        over = self.status is not None and self.status.event in _OVER and self.status_at_s > sent.start_at_s
        return not over

    def _called_off(self, sent: Sent) -> bool:
        return sent.stop_at_s > sent.start_at_s > self.moved_at_s

    def silence(self, at_s: float, facing: Facing, sent: Sent) -> float:
        """How long nothing was heard, in units of `stale`: from 1 it is stale, from 2 a Stop (safety.md 1, 8)."""
        stands = self.still and not self.started(sent)
        if not self.link or stands or (sent.stopping and sent.stop_accepted):
            return 0.0
        limit_s = max(2.0, 3 * self.period_s) if facing.rear else max(3.0, 4 * self.period_s)
        return (at_s - max(self.heard_at_s, self.link_at_s)) / limit_s


def observe(profile: MachineProfile, belt: Belt, sent: Sent, event: Event) -> Belt:
    """Take an event in; time passes on every one."""
    match event:
        case Heard():
            try:
                belt = _hear(profile, belt, sent, event.at_s, event.uuid, event.value)
            except DecodeError:
                belt = replace(belt, damaged=belt.damaged + 1)
        case LinkLost(at_s) | Slept(at_s):
            belt = replace(belt, link=False, link_at_s=at_s, still=False, zero_at_s=None, pending=None, kmh=None)
        case LinkFound(at_s):
            belt = replace(belt, link=True, link_at_s=at_s, zero_at_s=None, gaps=())
        case _:
            pass
    if belt.still and not belt.unheard(sent) and not belt.comes(sent, event.at_s):
        return belt
    return _settle(profile, belt, sent, event.at_s)


def _hear(profile: MachineProfile, belt: Belt, sent: Sent, at_s: float, uuid: int, value: bytes) -> Belt:
    match uuid:
        case ftms.TREADMILL_DATA:
            pending, record = ftms.merge(belt.pending, ftms.decode_treadmill_data(value), at_s)
            if record is None:
                return replace(belt, pending=pending)
            return _frame(profile, replace(belt, pending=None) if belt.pending else belt, sent, at_s, record)
        case ftms.MACHINE_STATUS:
            status = ftms.decode_machine_status(value)
            belt = replace(belt, status=status, status_at_s=at_s)
            return replace(belt, still=False, zero_at_s=None) if status.event == ftms.Status.STARTED else belt
        case ftms.CONTROL_POINT:
            return replace(belt, response=ftms.decode_response(value), response_at_s=at_s)
        case ftms.SPEED_RANGE:
            sent_range = ftms.decode_speed_range(value)
            raw = usable(sent_range.min_kmh, sent_range.max_kmh, sent_range.step_kmh, UNKNOWN_SPEED)
            return _ranged(profile, belt, raw, belt.units)
        case ftms.INCLINATION_RANGE:
            sent_incline = ftms.decode_inclination_range(value)
            if sent_incline.min_pct > sent_incline.max_pct:
                return replace(belt, damaged=belt.damaged + 1)
            step = sent_incline.step_pct if sent_incline.step_pct > 0 else UNKNOWN_INCLINE.step
            told = Range(sent_incline.min_pct, sent_incline.max_pct, step)
            return replace(belt, inclines=profile.inclines(told))
        case _:
            return belt


def _frame(profile: MachineProfile, belt: Belt, sent: Sent, at_s: float, record: ftms.TreadmillData) -> Belt:
    gap_s = at_s - belt.heard_at_s if belt.heard_at_s >= belt.link_at_s else inf  # an outage is no period
    gaps = (*belt.gaps[1 - GAPS :], gap_s) if gap_s < inf else belt.gaps
    damaged = belt.damaged + (1 if record.problems else 0)
    if record.speed_kmh is None:  # the belt was not heard: what it does is not known
        return replace(belt, damaged=damaged)
    kmh = record.speed_kmh * belt.units.report
    if kmh > belt.speeds.high * IMPOSSIBLE + IMPOSSIBLE_KMH:  # no belt is so fast: the frame was not heard
        return replace(belt, damaged=belt.damaged + 1)
    before = belt.kmh if belt.kmh is not None else kmh
    moved_m = before * min(gap_s, 4 * belt.period_s, 4.0) / 3.6 if gap_s < inf else 0.0
    odometer_m, counter_from_m, counted_m = _count(belt, moved_m, record.distance_m)
    units, trial = learn(
        belt.units, belt.trial, at_s, record.speed_kmh, moved_m, counted_m, sent.target_kmh, sent.target_at_s
    )
    belt = belt if units is belt.units else _ranged(profile, belt, belt.raw_speeds, units)
    told_pct = record.incline_pct if profile.incline_reported else None
    stands = kmh == 0
    return evolve(
        belt,
        heard_at_s=at_s,
        gaps=gaps,
        period_s=sorted(gaps)[len(gaps) // 2] if gaps else USUAL_PERIOD_S,
        kmh=record.speed_kmh * units.report,
        steady_at_s=belt.steady_at_s if abs(kmh - before) <= STEADY_KMH and belt.kmh is not None else at_s,
        zero_at_s=(belt.zero_at_s if belt.zero_at_s is not None else at_s) if stands else None,
        stood_at_s=at_s if stands else belt.stood_at_s,
        moved_kmh=kmh if kmh > 0 else belt.moved_kmh,
        moved_at_s=at_s if kmh > MOVING_KMH else belt.moved_at_s,
        rests=stands,
        still=belt.still and kmh <= MOVING_KMH,
        incline_pct=told_pct if told_pct is not None else belt.incline_pct,
        odometer_m=odometer_m,
        counter_m=record.distance_m if record.distance_m is not None else belt.counter_m,
        counter_from_m=counter_from_m,
        trial=trial,
        heart_bpm=record.heart_rate_bpm,
        damaged=damaged,
    )


def _count(belt: Belt, moved_m: float, counter_m: int | None) -> tuple[float, float, float | None]:
    """The odometer follows the speed and is held within a metre of the machine's counter, which may jump to 0."""
    odometer_m = belt.odometer_m + moved_m
    if counter_m is None:
        return odometer_m, belt.counter_from_m, None
    if belt.counter_m is None or counter_m < belt.counter_m:
        return odometer_m, odometer_m - counter_m, None
    held_m = min(max(odometer_m, belt.counter_from_m + counter_m - 1), belt.counter_from_m + counter_m + 1)
    return max(held_m, belt.odometer_m), belt.counter_from_m, float(counter_m - belt.counter_m)


def begun(profile: MachineProfile, units: Units) -> Belt:
    """A belt that nothing was heard of, in remembered units, which the session has yet to agree with."""
    return _ranged(profile, Belt(), UNKNOWN_SPEED, Units(units.target, units.report))


def _ranged(profile: MachineProfile, belt: Belt, raw: Range, units: Units) -> Belt:
    """What can be set, and creep, from the range as it was sent and the unit that it means."""
    factor = units.target
    told = raw if factor == 1 else Range(raw.low * factor, raw.high * factor, raw.step * factor)
    speeds = profile.speeds(told)
    creep_kmh = speeds.at_least(LOWEST_CREEP_KMH)
    return replace(belt, raw_speeds=raw, units=units, speeds=speeds, creep_kmh=creep_kmh)


def _settle(profile: MachineProfile, belt: Belt, sent: Sent, at_s: float) -> Belt:
    """STILL as safety.md 1 has it: zero for a while and the stop time over, or silence where silence means that."""
    if not belt.link or at_s < stopped_at_s(profile, belt, sent) or belt.comes(sent, at_s):
        return _moves(belt)
    if belt.zero_at_s is not None and not belt.unheard(sent):
        waited_s = (at_s if profile.silent_when_stopped else belt.heard_at_s) - belt.zero_at_s
        if waited_s >= (STRAY_STILL_S if profile.stray_zeros else STILL_S) - TINY:
            return replace(belt, still=True, still_by_silence=False, moved_kmh=0.0)
    if profile.silent_when_stopped and at_s - _spoke_at_s(belt) >= SILENT_STILL_S:
        since_stop_s = at_s - stopped_at_s(profile, belt, sent)
        if since_stop_s >= SILENT_AFTER_STOP_S and (sent.stop_at_s > sent.start_at_s or _never_ran(belt, sent)):
            return replace(belt, still=True, still_by_silence=True, kmh=0.0, moved_kmh=0.0)
    return _moves(belt)


def _never_ran(belt: Belt, sent: Sent) -> bool:
    """It never spoke, or it stood whenever it was heard and we have started nothing."""
    return belt.heard_at_s == -inf or (belt.rests and sent.start_at_s == belt.moved_at_s == -inf)


def _spoke_at_s(belt: Belt) -> float:
    """When it said last what it does: a report, the link that it came by, or that it was started (status 04)."""
    return max(belt.heard_at_s, belt.link_at_s, belt.told_started_s)


def _moves(belt: Belt) -> Belt:
    return replace(belt, still=False) if belt.still else belt


def stopped_at_s(profile: MachineProfile, belt: Belt, sent: Sent) -> float:
    """When the belt must have come to rest by the profile's ramp, counted from our Stop or from the first zero."""
    slow = profile.reported is Reported.TARGET or not profile.known
    told_at_s = belt.zero_at_s if belt.zero_at_s is not None else -inf
    if slow and belt.zero_at_s is not None:
        told_at_s += profile.stop_s(_ran_kmh(profile, sent, belt.moved_kmh, belt.zero_at_s))
    if not sent.stopping:
        return told_at_s
    from_kmh = _ran_kmh(profile, sent, sent.stop_from_kmh, sent.stop_at_s) if slow else sent.stop_from_kmh
    return max(sent.stop_at_s + profile.stop_s(from_kmh), told_at_s)


def _ran_kmh(profile: MachineProfile, sent: Sent, told_kmh: float, at_s: float) -> float:
    """How fast it may have run that told so much: what it was asked for, while it was on its way down to that."""
    if sent.target_at_s > at_s:  # what was asked for later, as again and again after a Stop that failed, tells nothing
        return told_kmh
    return max(told_kmh, sent.from_kmh - profile.decel_kmh_s * (at_s - sent.target_at_s))
