"""Sessions for tests: lines of the history with good defaults, and recordings that the simulator made."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import coach
from coach.core.workout import Level
from coach.history.past import Past
from coach.history.rating import UNSAID, Rating
from coach.sinks.journal import Recording, read_journal

TODAY = date(2026, 5, 20)  # a Wednesday


def past(
    days_ago: int = 0,
    *,
    backward_s: float = 180.0,
    ended: str = "finished",
    alarmed: bool = False,
    confirmed: bool = True,
    key_rear: bool = False,
    simulated: bool = False,
    level: Level = Level.BEGINNER,
    rating: Rating = UNSAID,
    who: str = "",
    hour: int = 18,
    workout: str = "First steps back",
) -> Past:
    """A session at six in the evening so many days before TODAY."""
    at = datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=UTC) - timedelta(days=days_ago)
    name = f"{at:%Y-%m-%d-%H%M%S}-000-first-steps-back"
    return Past(
        name,
        Path(f"{name}.jsonl"),
        who,
        at,
        simulated,
        workout,
        level=level,
        ended=ended,
        alarmed=alarmed or ended == "tripped",
        confirmed=confirmed,
        key_rear=key_rear,
        rating=rating,
        backward_s=backward_s,
        elapsed_s=1500,
        distance_m=1200,
        forward_s=900,
        turns=4 if backward_s else 0,
    )


def as_of_other_rules(text: str) -> str:
    """A journal as a coach would have written it that set another speed once."""
    assert '"writes":["025000"]' in text
    return text.replace('"writes":["025000"]', '"writes":["025100"]', 1)


@cache
def journal(
    workout: str, machine: str = "home", faults: Sequence[str] = (), presses: Sequence[str] = (), heart: str = "sim"
) -> Path:
    """The journal of a simulated session, played once."""
    path = Path(mkdtemp(prefix="coach-test-")) / "session.jsonl"
    coach.simulate(workout, machine, faults=faults, presses=presses, heart=heart, journal=path)
    return path


def recording(
    workout: str,
    machine: str = "home",
    faults: Sequence[str] = (),
    *,
    started: str = "2026-05-20T18:00:00+02:00",
    simulated: bool = True,
    who: str = "",
) -> Recording:
    """The recording of a simulated session; `simulated=False` says that it was on a real belt."""
    found = read_journal(journal(workout, machine, tuple(faults)))
    return replace(found, origin=replace(found.origin, started=started, simulated=simulated, who=who))
