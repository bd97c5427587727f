"""What a session came to, as the last lines of its journal keep it: the facts of every table, export and trend.

Whoever kept the session makes it, or anybody again from the events. `coach report --json` prints its JSON object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from coach import result
from coach.core.session import Session
from coach.core.workout import Facing
from coach.history.account import Account, Hearts, Window
from coach.result import Json, SegmentResult, Trip, Turn, plain
from coach.sinks.header import Origin
from coach.sinks.journal import BREAKS_OFF, Recording
from coach.sinks.replay import refold

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA: Final = 1  # of a summary; one of another number is made again from the events
CUT_OFF: Final = "stopped"  # how a session ended whose journal does not say it
TRIPPED: Final = "tripped"


@dataclass(frozen=True, slots=True)
class Heart:
    """A heart rate in bpm over the seconds that have one, and seconds in each zone, below zone 1 first."""

    mean_bpm: float | None = None
    max_bpm: int | None = None
    zones_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """Totals of the rows that face one way; turns, rests and the way up from creep are not in them."""

    time_s: float = 0.0
    distance_m: float = 0.0
    gross_kcal: float = 0.0  # an estimate, like the next
    net_kcal: float = 0.0  # above rest; hands free
    margin_kcal: float = 0.0  # how far off both may be, to both sides
    max_speed_kmh: float = 0.0  # reported
    heart: Heart = Heart()

    @property
    def mean_speed_kmh(self) -> float | None:
        """Over its time."""
        return self.distance_m / self.time_s * 3.6 if self.time_s > 0 else None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a session came to; lengths in s and m, speeds in km/h."""

    workout: str  # its title
    sha256: str  # of its file
    level: str  # the row of caps it ran under
    machine: str
    simulated: bool
    who: str  # name of the runner, or nothing
    started: str  # wall clock, ISO 8601 with its zone; nothing where the clock was virtual
    ended: str  # finished, stopped or tripped
    reason: str
    planned_s: float  # without turns
    planned_backward_s: float
    elapsed_s: float
    distance_m: float  # all that the belt ran
    climb_m: float
    forward: Way
    backward: Way
    backward_s: float  # RUN facing the rear: the minutes of levels and doses (safety.md 3)
    rear_s: float  # the belt moved and nobody faced the console, turns included
    heart: Heart
    max_bpm: float  # of the runner, what zones are made of
    measured_max: bool  # that was measured, not reckoned from the age
    ceiling_bpm: float  # facing the rear
    weight_kg: float
    segments: tuple[SegmentResult, ...]
    turns: tuple[Turn, ...]
    trips: tuple[Trip, ...]
    alarms: tuple[str, ...]  # trips that stopped the belt
    key_rear: bool  # the safety key was pulled on a moving belt, facing the rear or turning
    windows: tuple[Window, ...]
    laps: int
    held: tuple[int, ...] = ()  # backward blocks in which the runner marked that he held the rails, counted from 1
    ask: tuple[tuple[str, tuple[str, ...]], ...] = ()  # what the workout asks for: ("after", ("pain", "effort"))
    schema: int = SCHEMA

    @property
    def confirmed(self) -> bool:
        """Every turn that was begun led to where it was meant to."""
        return all(turn.took_s is not None for turn in self.turns)

    @property
    def alarmed(self) -> bool:
        """An alarm stopped it."""
        return bool(self.alarms) or self.ended == TRIPPED

    def facts(self) -> dict[str, Json]:
        """Its JSON object."""
        told = plain(self)
        assert isinstance(told, dict)
        return told


def summarised(account: Account, origin: Origin, ended: str, reason: str) -> Summary:
    """What a session came to, from its account at its last step."""
    plan, tally = account.plan, account.tally
    session = tally.session
    return Summary(
        workout=plan.workout.name,
        sha256=origin.sha256,
        level=plan.level.value,
        machine=plan.profile.name,
        simulated=origin.simulated,
        who=origin.who,
        started=origin.started,
        ended=ended,
        reason=reason,
        planned_s=result.seconds(plan.planned_s),
        planned_backward_s=result.seconds(plan.backward_s),
        elapsed_s=result.seconds(tally.at_s),
        distance_m=result.metres(tally.distance_m),
        climb_m=result.metres(account.climb_m),
        forward=_way(account, Facing.FORWARD),
        backward=_way(account, Facing.BACKWARD),
        backward_s=result.seconds(account.backward_s),
        rear_s=result.seconds(account.rear_s),
        heart=_heart(account.heart),
        max_bpm=round(plan.runner.max_bpm, 1),
        measured_max=plan.runner.measured_max_bpm is not None,
        ceiling_bpm=round(plan.heart_ceiling_bpm, 1),
        weight_kg=plan.runner.weight_kg,
        segments=tuple(result.segment(row) for row in tally.rows(over=True)),
        turns=result.turns(tally.turns),
        trips=result.trips(tally.trips),
        alarms=tuple(trip.value for trip in account.alarms),
        key_rear=account.key_rear,
        windows=tuple(_window(one) for one in account.seen()),
        laps=session.progress.laps,
        held=tuple(sorted(session.progress.held)),
        ask=plan.workout.ask,
    )


def summary_of(recording: Recording) -> Summary:
    """What a recorded session came to: as its keeper had it, else by folding its events once more.

    A guard that had to act is the end of a session, whatever was written before it.
    """
    kept = read_summary(recording.summary)
    end = recording.end
    if kept is None:
        account, last = refolded(recording)
        ended = end.ended if end is not None else last.progress.ended or CUT_OFF
        reason = end.reason if end is not None else last.progress.reason or BREAKS_OFF
        kept = summarised(account, recording.origin, ended, reason)
    return guarded(kept, acted=bool(recording.guard))


def guarded(summary: Summary, *, acted: bool) -> Summary:
    """The same where no guard acted; else a session that an alarm ended."""
    if not acted:
        return summary
    return replace(summary, ended=TRIPPED, reason=f"{summary.reason}; the guard stopped the belt".removeprefix("; "))


def refolded(recording: Recording) -> tuple[Account, Session]:
    """The account of a recorded session, by folding its events once more, and its last state."""
    account = Account(recording.plan, backward_sessions=recording.origin.allowance.backward_sessions)
    session = account.tally.session
    for entry, before, after, outcome in refold(recording):
        account.take(entry.event, before, after, outcome)
        session = after
    return account, session


def read_summary(kept: Mapping[str, object] | None) -> Summary | None:
    """A summary from its JSON object; None where there is none, or where another version wrote it."""
    if kept is None or kept.get("schema") != SCHEMA:
        return None
    try:
        return _summaries().validate_python(kept)
    except ValueError:
        return None


@cache
def _summaries() -> TypeAdapter[Summary]:
    from pydantic import TypeAdapter

    return TypeAdapter(Summary)


def _way(account: Account, facing: Facing) -> Way:
    side = account.tally.side(facing)
    return Way(
        result.seconds(side.time_s),
        result.metres(side.distance_m),
        round(side.energy_kcal, 1),
        round(side.net_kcal, 1),
        round(side.margin_kcal, 1),
        result.kmh(side.max_speed_kmh),
        _heart(account.hearts[facing]),
    )


def _heart(hearts: Hearts) -> Heart:
    mean_bpm = None if hearts.mean_bpm is None else round(hearts.mean_bpm, 1)
    return Heart(mean_bpm, hearts.max_bpm, tuple(result.seconds(zone_s) for zone_s in hearts.zones_s or ()))


def _window(one: Window) -> Window:
    return Window(
        one.block,
        result.seconds(one.to_s),
        result.kmh(one.speed_kmh),
        round(one.incline_pct, 2) + 0.0,
        round(one.bpm, 1),
        result.seconds(one.heart_s),
    )
