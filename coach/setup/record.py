"""The events of a machine test, folded again into what the findings are read from: reports, writes, answers, links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import inf
from typing import Final

from coach.core.event import Event, Heard, LinkFound, LinkLost, Returned, Slept
from coach.core.ftms import CONTROL_POINT, MACHINE_STATUS, MachineStatus, Op, Result, decode_request
from coach.core.machine import LOWEST_CREEP_KMH, Units
from coach.core.plan import Plan
from coach.core.session import Outcome, Session, advance, first
from coach.core.trip import Trip
from coach.core.wish import Phase

MOVING_KMH: Final = 0.05  # half of the finest step
SETTLED_S: Final = 3.0  # asked and reported agree, or a unit is wrong (safety.md 5)
FOLLOWED_KMH: Final = 0.3  # as for units (safety.md 5)
LAG_S: Final = 2.0  # reports may be so old
TINY: Final = 1e-6  # of reckoning with floats
_FINE: Final = frozenset({None, int(Result.SUCCESS)})
_UNDER_WAY: Final = frozenset({Phase.RUN, Phase.BRIDGE, Phase.RESTING})


@dataclass(frozen=True, slots=True)
class Report:
    """A speed that was reported: in km/h, as sent, and the machine's own distance."""

    at_s: float
    kmh: float
    raw: float
    counter_m: int | None


@dataclass(frozen=True, slots=True)
class Written:
    """A write to the control point and what became of it; `kmh` is the target, or for an act the reported speed."""

    at_s: float
    op: int
    kmh: float
    parameter: float | None = None
    ok: bool | None = None  # it came back, with or without an error
    result: int | None = None
    answered_s: float | None = None  # after the write
    moved_s: float | None = None  # of Start: after the write
    peak_raw: float | None = None  # of Start: the highest report before coach asked for a speed
    until_s: float = inf  # the next set-point or act


@dataclass(frozen=True, slots=True)
class Stand:
    """A time at which the belt stood: its last report in motion, 0, and the next motion or the loss of the link."""

    from_s: float
    at_s: float
    until_s: float


@dataclass(frozen=True)
class Record:
    """What was seen, in order of time."""

    reports: tuple[Report, ...] = ()
    writes: tuple[Written, ...] = ()
    statuses: tuple[tuple[float, MachineStatus], ...] = ()
    outages: tuple[tuple[float, float], ...] = ()  # link lost, link found
    rows: tuple[tuple[float, int], ...] = ()  # when a row of the plan came under way for the first time
    stood: tuple[Stand, ...] = ()
    ratios: tuple[float, ...] = ()  # reported over asked, as sent, where the belt had settled
    answers: int = 0
    returned: int = 0
    followed: bool = False
    console_start: bool = False  # the person was asked for the machine's own Start
    wrong_way: bool = False
    speedless: bool = False  # the session found out that it takes no speeds
    distrusted: bool = False  # and that it ignored a Stop
    units: Units = field(default_factory=Units)
    creep_kmh: float = LOWEST_CREEP_KMH
    last_row: int = 0
    end_s: float = 0.0  # the last event

    @property
    def speeds(self) -> list[Written]:
        """The set-points; one that was written again and again counts once, as it went out first."""
        found: list[Written] = []
        for one in self.writes:
            if one.op != Op.TARGET_SPEED:
                continue
            if not found or abs(found[-1].kmh - one.kmh) > TINY or not {found[-1].result, one.result} <= _FINE:
                found.append(one)
        return found

    @property
    def moving_reports(self) -> list[Report]:
        """Those of a belt that moves."""
        return [one for one in self.reports if one.kmh > MOVING_KMH]

    @property
    def moved_at(self) -> list[float]:
        """When the belt began to move."""
        return [late.at_s for early, late in pairwise(self.reports) if early.kmh <= MOVING_KMH < late.kmh]

    @property
    def changes(self) -> list[tuple[Written, Written]]:
        """Set-points after one another, with no Start and no Stop between them."""
        acts = [one.at_s for one in self.writes if one.op in {Op.START, Op.STOP}]
        pairs = pairwise(self.speeds)
        return [(one, two) for one, two in pairs if not any(one.at_s <= at_s <= two.at_s for at_s in acts)]

    def row_at(self, index: int) -> float | None:
        """When a row of the plan began, counted from its end where negative; None where it never did."""
        wanted = index if index >= 0 else self.last_row + 1 + index
        return next((at_s for at_s, row in self.rows if row == wanted), None)

    def crossed_s(self, after: Written, kmh: float, *, rises: bool) -> float | None:
        """When the report went through a speed after a write and before the next, between two reports in proportion."""
        for early, late in pairwise(self.reports):
            if late.at_s < after.at_s or early.at_s > after.until_s + LAG_S:
                continue
            if (early.kmh < kmh <= late.kmh) if rises else (early.kmh > kmh >= late.kmh):
                part = (kmh - early.kmh) / (late.kmh - early.kmh)
                return early.at_s + part * (late.at_s - early.at_s)
        return None


def record(plan: Plan, events: Iterable[Event]) -> Record:
    """Fold the events of a session again and keep what was seen."""
    fold = _Fold(plan)
    for event in events:
        fold.take(event)
    return fold.done()


class _Fold:
    """Goes through the events once; everything about it is over when it is done."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._session = first(plan)
        self._raws: list[tuple[float, float, int | None]] = []
        self._writes: list[Written] = []
        self._statuses: list[tuple[float, MachineStatus]] = []
        self._outages: list[tuple[float, float]] = []
        self._lost_s = inf
        self._links: list[float] = []
        self._rows: dict[int, float] = {}
        self._ratios: list[float] = []
        self._under_way: list[int] = []  # places of writes that have not come back
        self._answers = self._returned = 0
        self._followed = self._console = self._wrong_way = False
        self._end_s = 0.0

    def take(self, event: Event) -> None:
        """One event."""
        before = self._session
        self._session, outcome = advance(self._plan, before, event)
        self._end_s = event.at_s
        self._links_of(event)
        self._heard(before, event)
        self._wrote(outcome, event.at_s)
        self._wrong_way = self._wrong_way or Trip.RISING in outcome.trips
        progress = self._session.progress
        if progress.phase in _UNDER_WAY:
            self._rows.setdefault(progress.row, event.at_s)
        self._console = self._console or progress.phase is Phase.CONSOLE_START

    def done(self) -> Record:
        """All of it; reports by the unit as it is known in the end."""
        units = self._session.belt.units
        reports = tuple(Report(at_s, raw * units.report, raw, counter_m) for at_s, raw, counter_m in self._raws)
        whole = Record(
            reports=reports,
            statuses=tuple(self._statuses),
            outages=tuple(self._outages),
            rows=tuple((at_s, row) for row, at_s in sorted(self._rows.items(), key=lambda item: item[1])),
            ratios=tuple(self._ratios),
            answers=self._answers,
            returned=self._returned,
            followed=self._followed,
            console_start=self._console,
            wrong_way=self._wrong_way,
            speedless=self._session.guard.speedless,
            distrusted=not self._session.guard.trusted,
            units=units,
            creep_kmh=self._session.belt.creep_kmh,
            last_row=len(self._plan.rows) - 1,
            end_s=self._end_s,
        )
        writes = tuple(_started(whole, self._writes, one) for one in self._writes)
        return replace(whole, writes=writes, stood=tuple(self._stood(reports)))

    def _links_of(self, event: Event) -> None:
        if isinstance(event, LinkLost | LinkFound | Slept):
            self._under_way.clear()
        if isinstance(event, LinkLost | Slept):
            self._lost_s = min(self._lost_s, event.at_s)
            self._links.append(event.at_s)
        elif isinstance(event, LinkFound) and self._lost_s < inf:
            self._outages.append((self._lost_s, event.at_s))
            self._lost_s = inf

    def _heard(self, before: Session, event: Event) -> None:
        if isinstance(event, Returned) and self._under_way:
            index = self._under_way.pop(0)
            self._writes[index] = replace(self._writes[index], ok=event.ok)
            self._returned += event.ok
        if not isinstance(event, Heard):
            return
        belt = self._session.belt
        if event.uuid == CONTROL_POINT and belt.response is not None and belt.response_at_s == event.at_s:
            self._answered(belt.response.op, belt.response.result, event.at_s)
        elif event.uuid == MACHINE_STATUS and belt.status is not None and belt.status_at_s == event.at_s:
            self._statuses.append((event.at_s, belt.status))
        elif belt.heard_at_s == event.at_s and before.belt.heard_at_s < event.at_s and belt.kmh is not None:
            self._raws.append((event.at_s, belt.kmh / belt.units.report, belt.counter_m))
            self._compared(before, event.at_s)

    def _answered(self, op: int, result: int, at_s: float) -> None:
        self._answers += 1
        for index, one in enumerate(self._writes):
            if one.op == op and one.result is None:
                self._writes[index] = replace(one, result=int(result), answered_s=at_s - one.at_s)
                return

    def _compared(self, before: Session, at_s: float) -> None:
        """A settled report against what was asked, both as they went through the air."""
        belt, sent = self._session.belt, before.control.sent
        if sent.target_kmh is None or not belt.moving or belt.kmh is None or sent.stopping:
            return
        if at_s - max(sent.target_at_s, belt.steady_at_s) < SETTLED_S or sent.target_at_s < sent.start_at_s:
            return
        self._ratios.append((belt.kmh / belt.units.report) / (sent.target_kmh / belt.units.target))
        above = sent.target_kmh > belt.creep_kmh + FOLLOWED_KMH
        self._followed = self._followed or (above and abs(belt.kmh - sent.target_kmh) <= FOLLOWED_KMH)

    def _wrote(self, outcome: Outcome, at_s: float) -> None:
        for value in outcome.writes:
            request = decode_request(value)
            number = request.parameter if isinstance(request.parameter, int | float) else None
            if request.op == Op.TARGET_SPEED:
                kmh = (number or 0.0) * self._session.belt.units.target
            else:
                kmh = self._session.belt.kmh or 0.0
            self._under_way.append(len(self._writes))
            self._writes.append(Written(at_s, int(request.op), kmh, number))

    def _stood(self, reports: tuple[Report, ...]) -> Iterable[Stand]:
        """Each time that the belt came to a stand after a motion."""
        cuts = sorted(self._links)
        for index, (early, late) in enumerate(pairwise(reports)):
            falls = early.kmh > MOVING_KMH >= late.kmh
            silence = early.kmh > MOVING_KMH and late.at_s - early.at_s > SETTLED_S
            if any(early.at_s < cut <= late.at_s for cut in cuts) or not (falls or silence):
                continue
            at_s = late.at_s if falls else early.at_s
            after = reports[index + 1 if silence else index + 2 :]
            until_s = next((one.at_s for one in after if one.kmh > MOVING_KMH), self._end_s)
            until_s = min([until_s, *(cut for cut in cuts if cut > at_s)])
            yield Stand(early.at_s, at_s, until_s)


def _started(seen: Record, writes: list[Written], one: Written) -> Written:
    """A write with what came next: of a Start, the motion that followed it."""
    next_s = min((w.at_s for w in writes if w.at_s > one.at_s and w.op != Op.REQUEST_CONTROL), default=inf)
    one = replace(one, until_s=next_s)
    if one.op != Op.START:
        return one
    acts = [other.at_s for other in writes if other.op in {Op.START, Op.STOP} and other.at_s > one.at_s]
    over_s = min(acts, default=inf)
    asked_s = min(
        (other.at_s for other in writes if other.op == Op.TARGET_SPEED and other.at_s > one.at_s), default=inf
    )
    moves = [report for report in seen.reports if one.at_s < report.at_s < over_s and report.kmh > MOVING_KMH]
    if not moves:
        return one
    own = [report.raw for report in moves if report.at_s <= asked_s]
    return replace(one, moved_s=moves[0].at_s - one.at_s, peak_raw=max(own, default=None))
