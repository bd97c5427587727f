"""A session as a cockpit shows it: the snapshot of an instant, and what it came to in the end."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite
from typing import Final

from coach import result
from coach.core.energy import PRACTISED_SESSIONS
from coach.core.event import Heard
from coach.core.outlook import red
from coach.core.plan import Plan
from coach.core.progress import Progress
from coach.core.scene import Scene
from coach.core.session import Session
from coach.core.target import aim
from coach.core.trip import ORDER, Trip, action
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.history.account import Account
from coach.keeper.wire import Asked, Done, HeartResult, Snapshot, Voice
from coach.link.world import Step
from coach.tally import Tripped

_RUNS: Final = frozenset({Phase.RUN, Phase.BRIDGE, Phase.RESTING})
_AIMS: Final = frozenset({Phase.RAMP, Phase.RUN})
BATTERY_LEVEL: Final = 0x2A19  # one octet in percent (BAS 3.1)
FULL_PCT: Final = 100  # of a battery; what is above it is no level
CONSOLE: Final = "stopped at the console"  # as the core has it
STOOD_BACK: Final = "the link was lost, and the belt stood when it came back"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a snapshot tells beside the session: the state of the process that keeps it."""

    pace: float = 1.0
    voice: Voice = Voice.CAPTIONS
    awake: bool = False
    guarded: bool = False
    recording: bool = False
    link_why: str = ""  # why there is no link, as the radio knows it
    broker: str = ""  # "connected", or why not
    page: str = ""  # its address
    watching: int = 0  # screens that show the page


class Watcher:
    """Follows a session step by step and says at any instant how it looks."""

    def __init__(self, plan: Plan, *, backward_sessions: int = PRACTISED_SESSIONS) -> None:
        """`backward_sessions` is how many the runner has done."""
        self.plan = plan
        self.account = Account(plan, backward_sessions=backward_sessions)
        self.tally = self.account.tally
        self._serial = 0
        self._limit = ""
        self._battery_pct: int | None = None
        self._away = False  # the link was lost, and no motion was heard since
        self._stood_back: list[float] = []  # instants at which the belt was found standing then

    def take(self, step: Step) -> None:
        """Count one step."""
        limit = step.outcome.limit
        self._limit = limit.rule if limit is not None else ""
        self._hear(step)
        self.account.take(step.event, step.before, step.session, step.outcome, step.true_kmh)

    def _hear(self, step: Step) -> None:
        """What the core has no use for: the battery of the strap, and whether a stop may have come of a lost link."""
        event, belt = step.event, step.session.belt
        if isinstance(event, Heard) and event.uuid == BATTERY_LEVEL and len(event.value) == 1:
            pct = event.value[0]
            self._battery_pct = pct if pct <= FULL_PCT else self._battery_pct
        if not belt.link:
            self._away = self._away or step.before.belt.link
        elif belt.moving:
            self._away = False
        if self._away and Trip.CONSOLE_STOP in step.outcome.trips:
            self._stood_back.append(event.at_s)

    def snapshot(self, session: Session, at_s: float, around: Surroundings) -> Snapshot:
        """How the session looks at an instant."""
        self._serial += 1
        plan, progress, belt, strap, guard = self.plan, session.progress, session.belt, session.strap, session.guard
        left_s = progress.left_s(plan, belt, at_s)
        rear = progress.facing.rear
        return Snapshot(
            serial=self._serial,
            at_s=at_s,
            pace=around.pace,
            phase=progress.phase,
            since_s=progress.at_s,
            facing=progress.facing,
            claimed=progress.claimed,
            row=progress.row,
            clock_s=max(progress.clock(at_s), 0.0),
            left_s=left_s if isfinite(left_s) else None,
            left_m=_left_m(plan, session),
            runs=progress.phase in _RUNS and progress.run_at_s < inf,
            next=progress.next,
            guided=progress.guided,
            question=progress.question,
            waits=progress.waits if progress.phase is Phase.CONNECTING else "",
            prompted=guard.prompted,
            prompt=_asked(progress),
            trusted=guard.trusted,
            reason=self._reason(session),
            ended=progress.ended,
            kmh=belt.kmh,
            still=belt.still,
            target_kmh=aim(plan, progress, belt, at_s).kmh if progress.phase in _AIMS else session.wish.target_kmh,
            asked_kmh=session.control.sent.target_kmh,
            limit=self._limit,
            incline_pct=belt.incline_pct,
            trim=progress.trim(progress.claimed),
            incline_trim_pct=progress.incline_trim_pct,
            bpm=strap.bpm,
            heart_age_s=_age(strap.good_at_s, at_s),
            heart_why=str(strap.why),
            heart_from=strap.source if strap.bpm is not None else None,
            battery_pct=self._battery_pct,
            link=belt.link,
            link_age_s=_age(belt.heard_at_s, at_s),
            link_why="" if belt.link else around.link_why,
            sound=guard.sound,
            voice=around.voice,
            focus=guard.focus_at_s == inf,
            awake=around.awake,
            guarded=around.guarded,
            recording=around.recording,
            broker=around.broker,
            page=around.page,
            watching=around.watching,
            trips=tuple(sorted(guard.notes, key=lambda trip: (-action(trip, rear=rear), ORDER.index(trip)))),
            no_backward=_red(plan, session, at_s) if plan.backward else "",
            forward=result.side(self.tally, Facing.FORWARD),
            backward=result.side(self.tally, Facing.BACKWARD),
            distance_m=self.tally.distance_m,
            climb_m=self.account.climb_m,
            turns=progress.turns,
            laps=progress.laps,
        )

    def done(self, session: Session, recording: str, lost: str = "") -> Done:
        """What the session came to; where it is recorded, and what is wrong with that."""
        whole = self.account.heart
        heart = HeartResult(whole.mean_bpm, whole.max_bpm, tuple(whole.zones_s or ()))
        tally, progress = self.tally, session.progress
        return Done(
            ended=progress.ended or "stopped",
            reason=self._reason(session),
            elapsed_s=tally.at_s,
            distance_m=tally.distance_m,
            forward=result.side(tally, Facing.FORWARD),
            backward=result.side(tally, Facing.BACKWARD),
            segments=tuple(result.segment(row) for row in tally.rows(over=True)),
            turns=result.turns(tally.turns),
            trips=result.trips([one for one in tally.trips if not self._blames_nobody(one)]),
            heart=heart,
            still=session.belt.still,
            trusted=session.guard.trusted,
            started=progress.starts > 0 or session.belt.odometer_m > 0,
            recording=recording,
            lost=lost,
        )

    def _reason(self, session: Session) -> str:
        """Why the belt stands; a belt that stopped while the link was away was not stopped by anybody we know of."""
        progress = session.progress
        late = self._stood_back and self._stood_back[-1] >= progress.handled_at_s > -inf
        return STOOD_BACK if late and progress.reason == CONSOLE else progress.reason

    def _blames_nobody(self, one: Tripped) -> bool:
        return one.trip is Trip.CONSOLE_STOP and one.at_s in self._stood_back


def _asked(progress: Progress) -> Asked | None:
    prompt = progress.prompt
    if prompt is None:
        return None
    return Asked(prompt.button, prompt.serial, prompt.text, prompt.speed_kmh, prompt.incline_pct)


def _age(then_s: float, at_s: float) -> float | None:
    return at_s - then_s if then_s > -inf else None


def _left_m(plan: Plan, session: Session) -> float | None:
    row = session.progress.here(plan)
    return None if row.planned_m is None else max(row.planned_m - session.progress.ran_m(session.belt), 0.0)


def _red(plan: Plan, session: Session, at_s: float) -> str:
    """Why there is no turn to the rear now."""
    return red(
        Scene(
            plan,
            session.progress,
            session.belt,
            session.guard,
            session.dose,
            session.strap,
            session.control.sent,
            at_s,
            [],
        )
    )
