"""What a machine test found out, read from its events. What was not measured stays None, and is never guessed.

The events are folded once more: the same events give the same writes and beliefs (safety.md 2, law 9), so the events of
a journal are all there is to keep. Speeds are in km/h after the correction of the unit, instants and lengths in s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from math import inf
from statistics import median
from typing import Final

from coach.core.event import Event
from coach.core.ftms import Op, Result, Status
from coach.core.machine import Ack, Reported, Units
from coach.core.plan import Plan
from coach.setup.record import Record, Written, record

STANDS_KMH: Final = 0.05  # half of the finest step
FALLS_KMH: Final = 0.3  # a Stop that works has done so much within OBEYS_S (safety.md 1, NOT_OBEYED)
OBEYS_S: Final = 3.0  # after it a Stop counts as not obeyed (safety.md 1)
LONGEST_STOP_S: Final = 12.0  # from 3 km/h; later turns backward off (safety.md 5)
FAST_KMH: Final = 2.0  # a Stop from slower says nothing of one from 3 km/h
RAMP_KMH: Final = 0.9  # the change of set-point from which a ramp is read
QUARTER: Final = 0.25  # a ramp is read between its quarter and its three quarters, where no knee is
LEAP_KMH: Final = 1.5  # a change of set-point on which an echo shows
LEAP_S: Final = 5.0  # within
JUMP: Final = 0.8  # of it in one report: no belt does that, an echo does
JUMP_KMH_S: Final = 1.8  # and none is so quick; the quickest at home go at 1
SILENT_S: Final = 5.0  # nothing heard for so long on a link that is up (safety.md 1)
BACK_S: Final = 8.0  # after a link came back: what the belt does is told by then
HAND_S: Final = 20.0  # a hand was asked for: its key is looked for so long
COUNTER_M: Final = 3  # a counter that fell by less has not been reset
IDLE_S: Final = 10.0  # after a Start that was taken (safety.md 6a, STARTING)
STRAY_S: Final = 1.5  # zeros between two speeds for no longer than this


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of a machine after its test."""

    remote_start: bool | None = None
    start_delay_s: float | None = None  # from the write of Start to the first report of motion
    start_kmh: float | None = None  # where it goes by itself; only where coach asked for nothing yet
    settle_s: float | None = None  # from motion to the first speed that it took, where it refused one before
    accel_kmh_s: float | None = None
    decel_kmh_s: float | None = None  # the slower one of a lower target and of Stop
    stop_s: float | None = None  # from the write of Stop at FROM_KMH to the first report of 0
    stop_from_kmh: float | None = None
    stop_works: bool | None = None
    stop_resets: bool | None = None
    keeps_on_link_loss: bool | None = None
    key_status: bool | None = None  # status 03 came when the key was pulled
    console_status: bool | None = None  # status 05 came when + was pressed
    report_period_s: float | None = None
    reported: Reported | None = None
    ratio: float | None = None  # reported over asked, in what the machine sends, on a settled belt
    units: Units = field(default_factory=Units)  # as the session found them out
    ack: Ack | None = None
    answer_s: float | None = None  # from a write to its answer
    speed_control: bool | None = None
    silent_when_stopped: bool | None = None
    stray_zeros: bool | None = None
    wrong_way: bool = False  # a lower target made it faster
    ignores_stop: bool = False  # however often it was told

    @property
    def backward(self) -> str:
        """Why backward is off on this machine, as a sentence; empty where nothing found here is against it."""
        if self.stop_works is False:
            return "It did not obey Stop at once: no backward running on this treadmill."
        if self.stop_s is not None and self.stop_s > LONGEST_STOP_S:
            return f"It takes {self.stop_s:.0f} s to stop, more than {LONGEST_STOP_S:.0f}: no backward running on it."
        if self.wrong_way:
            return "It went faster when it was told to slow down: no backward running on this treadmill."
        if self.speed_control is False:
            return "It does not take speeds from an app: no backward running on this treadmill."
        if self.stop_works is None:
            return "Stop was not measured: no backward running on this treadmill until it was."
        return ""

    @property
    def miles(self) -> str:
        """What it takes or tells in miles: targets, reports, both, or nothing."""
        factors = (("targets", self.units.target), ("reports", self.units.report))
        return " and ".join(name for name, factor in factors if factor != 1.0)

    @property
    def unit_unsure(self) -> bool:
        """Its reports do not show what the belt does, so that its console must be asked for (safety.md 5)."""
        return self.reported is Reported.TARGET or not self.units.measured

    @property
    def enough(self) -> bool:
        """The machine counts as tested: Stop was tried, or it takes no speeds at all."""
        return self.stop_works is not None or self.speed_control is False

    @property
    def again(self) -> str:
        """Why a second pass, with what is known now, would find more; empty where it would not."""
        if self.ack is Ack.TELEMETRY and self.accel_kmh_s is None and self.stop_works is None:
            return "It never answers, so the test waited for answers in vain."
        return ""

    def found(self) -> Mapping[str, float | bool | str]:
        """The fields of a MachineProfile that were measured, by name; the rest is left out."""
        told: dict[str, float | bool | str] = {}
        for one in fields(self):
            value: object = getattr(self, one.name)
            if one.name in MEASURED and isinstance(value, float | bool | str):
                told[one.name] = value.value if isinstance(value, Reported | Ack) else value
        if self.wrong_way:
            told["disobeys"] = "speeds up when it is told to slow down"
        elif self.ignores_stop:
            told["disobeys"] = "does not obey Stop"
        return told


MEASURED: Final = frozenset(
    {
        "remote_start",
        "start_delay_s",
        "start_kmh",
        "settle_s",
        "accel_kmh_s",
        "decel_kmh_s",
        "stop_works",
        "stop_resets",
        "keeps_on_link_loss",
        "report_period_s",
        "reported",
        "ack",
        "answer_s",
        "speed_control",
        "silent_when_stopped",
        "stray_zeros",
        "disobeys",
    }
)
"""Fields of a MachineProfile that a test can measure."""


def findings(plan: Plan, events: Iterable[Event], start_kmh: float | None = None) -> Findings:
    """Read the events of a machine test that was run by this plan.

    `start_kmh` is where the belt went by itself when the console started it, as the proof saw it: coach's own Start is
    followed by a set-point too soon to tell.
    """
    seen = record(plan, events)
    stop = _stop(seen)
    echoes = _echoes(seen)
    up, down = ([], []) if echoes else _ramps(seen)
    slowest = [*down, *([stop.slope_kmh_s] if stop.slope_kmh_s is not None else [])]
    return Findings(
        remote_start=_remote_start(seen),
        start_delay_s=_start_delay_s(seen),
        start_kmh=_start_kmh(seen, start_kmh),
        settle_s=_settle_s(seen),
        accel_kmh_s=_rounded(median(up), 3) if up else None,
        decel_kmh_s=_rounded(min(slowest), 3) if slowest else None,
        stop_s=stop.took_s,
        stop_from_kmh=stop.from_kmh,
        stop_works=stop.works,
        stop_resets=_resets(seen),
        keeps_on_link_loss=_keeps(seen),
        key_status=_key(seen),
        console_status=_console(seen),
        report_period_s=_period_s(seen),
        reported=None if echoes is None else Reported.TARGET if echoes else Reported.ACTUAL,
        ratio=_ratio(seen) if _speed_control(seen) else None,
        units=seen.units,
        ack=_ack(seen),
        answer_s=_answer_s(seen),
        speed_control=_speed_control(seen),
        silent_when_stopped=_silent(seen),
        stray_zeros=_stray(seen),
        wrong_way=seen.wrong_way,
        ignores_stop=seen.distrusted,
    )


def _rounded(value: float, digits: int = 2) -> float:
    return round(value, digits)


def _remote_start(seen: Record) -> bool | None:
    """True: a Start of ours was followed by motion; False: it was refused, or taken and nothing came of it."""
    starts = [one for one in seen.writes if one.op == Op.START]
    if any(one.moved_s is not None and one.result in {None, Result.SUCCESS} for one in starts):
        return True
    refused = any(one.result not in {None, Result.SUCCESS} for one in starts)
    idle = any(one.ok and one.moved_s is None and min(one.until_s, seen.end_s) - one.at_s >= IDLE_S for one in starts)
    return False if refused or idle else None


def _start_delay_s(seen: Record) -> float | None:
    delays = [one.moved_s for one in seen.writes if one.op == Op.START and one.moved_s is not None]
    return _rounded(median(delays)) if delays and _remote_start(seen) else None


def _start_kmh(seen: Record, proof_kmh: float | None) -> float | None:
    """As the proof saw it, or more where a start of ours went faster still."""
    report = seen.units.report
    peaks = [one.peak_raw * report for one in seen.writes if one.op == Op.START and one.peak_raw is not None]
    fast = max(peaks, default=0.0) > seen.creep_kmh + FALLS_KMH
    known = [*([proof_kmh * report] if proof_kmh is not None else []), *([max(peaks)] if fast else [])]
    return _rounded(max(known)) if known else None


def _settle_s(seen: Record) -> float | None:
    """Where targets were refused at first: how long after the motion one was taken."""
    for at_s in seen.moved_at:
        after = [one for one in seen.speeds if at_s <= one.at_s < at_s + HAND_S]
        refused = [one for one in after if one.result is not None and one.result != Result.SUCCESS]
        taken = [one for one in after if one.result == Result.SUCCESS]
        if refused and taken and refused[0].at_s < taken[0].at_s:
            return _rounded(taken[0].at_s - at_s)
    return None


def _ramps(seen: Record) -> tuple[list[float], list[float]]:
    """Slopes up and down after set-points that changed by much, in km/h per s."""
    up: list[float] = []
    down: list[float] = []
    for before, after in seen.changes:
        change = after.kmh - before.kmh
        slope = _slope(seen, after, before.kmh, after.kmh) if abs(change) >= RAMP_KMH else None
        if slope is not None:
            (up if change > 0 else down).append(slope)
    return up, down


def _slope(seen: Record, after: Written, from_kmh: float, to_kmh: float) -> float | None:
    """Between a quarter and three quarters of a change, by what was reported; None where it was not done."""
    first_s = seen.crossed_s(after, from_kmh + QUARTER * (to_kmh - from_kmh), rises=to_kmh > from_kmh)
    last_s = seen.crossed_s(after, to_kmh - QUARTER * (to_kmh - from_kmh), rises=to_kmh > from_kmh)
    if first_s is None or last_s is None or last_s <= first_s:
        return None
    return abs(to_kmh - from_kmh) * (1 - 2 * QUARTER) / (last_s - first_s)


def _echoes(seen: Record) -> bool | None:
    """The report is the target: a big change is there in one report, quicker than any belt."""
    if not seen.followed:
        return None
    verdicts = []
    for before, after in seen.changes:
        change = after.kmh - before.kmh
        if abs(change) >= LEAP_KMH:
            near = [pair for pair in pairwise(seen.moving_reports) if 0 <= pair[1].at_s - after.at_s <= LEAP_S]
            leaps = [(late.kmh - early.kmh, late.at_s - early.at_s) for early, late in near]
            verdicts += [any(leap / change > JUMP and abs(leap) > JUMP_KMH_S * gap_s for leap, gap_s in leaps)]
    return None if not verdicts else all(verdicts)


@dataclass(frozen=True, slots=True)
class _Stopped:
    works: bool | None = None
    took_s: float | None = None
    from_kmh: float | None = None
    slope_kmh_s: float | None = None


def _stop(seen: Record) -> _Stopped:
    """The first Stop from a fast belt: does it fall before coach had to ask again, and how long does it take?"""
    fast = [one for one in seen.writes if one.op == Op.STOP and one.parameter == 1 and one.kmh >= FAST_KMH]
    if not fast:
        return _Stopped(works=False) if seen.distrusted else _Stopped()
    first = fast[0]
    after = [one for one in seen.reports if one.at_s >= first.at_s]
    fell = next((one.at_s for one in after if one.kmh <= first.kmh - FALLS_KMH), None)
    others = [one.at_s for one in seen.writes if one.at_s > first.at_s and one.op in {Op.STOP, Op.TARGET_SPEED}]
    period_s = _period_s(seen) or 0.0
    helped_s = min((at_s for at_s in others if at_s - first.at_s < OBEYS_S + LONGEST_STOP_S), default=None)
    until_s = first.at_s + OBEYS_S + period_s
    if fell is None and (not after or after[-1].at_s < until_s):
        return _Stopped(from_kmh=_rounded(first.kmh))  # cut off before anything could be told
    works = fell is not None and fell <= until_s and (helped_s is None or fell <= helped_s + period_s)
    if not works:
        return _Stopped(False, None, _rounded(first.kmh), None)
    zero = next((one.at_s for one in after if one.kmh <= STANDS_KMH), None)
    if zero is None:
        zero = _silence_s(seen, first.at_s)
    took_s = None if zero is None else _rounded(zero - first.at_s)
    return _Stopped(True, took_s, _rounded(first.kmh), _slope(seen, replace(first, until_s=inf), first.kmh, 0.0))


def _silence_s(seen: Record, at_s: float) -> float | None:
    """When a machine that falls silent was heard last; its last report is of a belt that just stands."""
    last = [one.at_s for one, after in pairwise(seen.reports) if one.at_s >= at_s and after.at_s - one.at_s >= SILENT_S]
    return last[0] if last else None


def _resets(seen: Record) -> bool | None:
    """After a Stop that was not the key's: does the distance begin again?"""
    verdicts = []
    for stop in seen.stood:
        before = [one.counter_m for one in seen.reports if one.at_s < stop.from_s and one.counter_m is not None]
        after = [one.counter_m for one in seen.reports if one.at_s >= stop.at_s and one.counter_m is not None]
        if before and after and before[-1] > COUNTER_M:
            verdicts.append(after[0] < before[-1] - COUNTER_M)
    return any(verdicts) if verdicts else None


def _keeps(seen: Record) -> bool | None:
    """What the belt did while the link was away: by the first reports after it, or by a silence that means it."""
    for lost_s, found_s in seen.outages:
        before = [one for one in seen.reports if one.at_s <= lost_s]
        stopped = any(one.op == Op.STOP and lost_s - LONGEST_STOP_S <= one.at_s <= lost_s for one in seen.writes)
        after = [one for one in seen.reports if found_s <= one.at_s <= found_s + BACK_S]
        if not before or before[-1].kmh <= STANDS_KMH or stopped:
            continue  # it would have stood without the loss
        if after:
            return after[0].kmh > STANDS_KMH
        if _silent(seen):
            return False
    return None


def _key(seen: Record) -> bool | None:
    """In the last row somebody was asked to pull the key: 03, or a belt that stopped without it."""
    begun = seen.row_at(-1)
    if begun is None:
        return None
    if any(one.event == Status.SAFETY_KEY for at_s, one in seen.statuses if at_s >= begun):
        return True
    ours = [one.at_s for one in seen.writes if one.op == Op.STOP and one.at_s >= begun]
    stood = [one.at_s for one in seen.reports if one.at_s >= begun and one.kmh <= STANDS_KMH]
    return False if stood and not any(at_s < stood[0] for at_s in ours) else None


def _console(seen: Record) -> bool | None:
    """In the row before it + was asked for: 05, or a speed that rose without it."""
    begun, over = seen.row_at(-2), seen.row_at(-1)
    if begun is None:
        return None
    until = over if over is not None else begun + HAND_S
    ours = [one.at_s for one in seen.speeds if begun - 1.0 <= one.at_s < until]
    told = [at_s for at_s, one in seen.statuses if one.event == Status.TARGET_SPEED and begun <= at_s < until]
    if any(all(abs(at_s - asked) > 1.0 for asked in ours) for at_s in told):
        return True
    slow = [one.kmh for one in seen.reports if begun - 2.0 <= one.at_s < begun]
    rose = [one for one in seen.reports if begun <= one.at_s < until and slow and one.kmh > max(slow) + STANDS_KMH]
    return False if rose else None


def _period_s(seen: Record) -> float | None:
    gaps = [late.at_s - early.at_s for early, late in pairwise(seen.moving_reports)]
    return _rounded(median(gaps)) if gaps else None


def _ratio(seen: Record) -> float | None:
    return None if not seen.ratios else _rounded(median(seen.ratios), 3)


def _ack(seen: Record) -> Ack | None:
    if seen.answers:
        return Ack.INDICATION
    return Ack.TELEMETRY if seen.returned > 1 and seen.moved_at else None


def _answer_s(seen: Record) -> float | None:
    waits = [one.answered_s for one in seen.writes if one.answered_s is not None]
    return _rounded(median(waits)) if waits else None


def _speed_control(seen: Record) -> bool | None:
    """True: one was followed that the belt had not before; False: the session found out that none ever is."""
    return True if seen.followed else False if seen.speedless else None


def _silent(seen: Record) -> bool | None:
    """After a Stop, on a link that is up: does it go on reporting while it stands?"""
    for stop in seen.stood:
        heard = [one for one in seen.reports if stop.at_s + 1.0 < one.at_s < stop.until_s]
        if heard:
            return False
        if stop.until_s - stop.at_s >= SILENT_S:
            return True
    return None


def _stray(seen: Record) -> bool | None:
    """Zeros between two speeds, for a moment, with no Stop near."""
    if not seen.moving_reports:
        return None
    for one, zero, other in zip(seen.reports, seen.reports[1:], seen.reports[2:], strict=False):
        quick = other.at_s - one.at_s <= 2 * STRAY_S
        if one.kmh > FALLS_KMH and zero.kmh <= STANDS_KMH and other.kmh > FALLS_KMH and quick:
            return True
    return False
