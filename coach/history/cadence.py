"""Steps and cadence by facing, from the treadmills that count steps; most do not, and then nothing is made up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from coach.core import ftms
from coach.core.error import DecodeError
from coach.core.event import Heard
from coach.core.workout import Facing
from coach.result import SegmentResult
from coach.sinks.journal import Entry

LONGEST_GAP_S: Final = 5.0  # between two counts that belong together
FASTEST_PER_S: Final = 5.0  # a sprinter's cadence; a counter that runs faster was set anew
LEAST_S: Final = 20.0  # counted facing one way, so that a cadence says something


@dataclass(frozen=True, slots=True)
class Count:
    """Steps, and the seconds over which they were counted."""

    steps: int = 0
    seconds: float = 0.0

    @property
    def per_min(self) -> float | None:
        """The cadence, where it was counted for long enough."""
        return round(self.steps / self.seconds * 60, 1) if self.seconds >= LEAST_S else None


@dataclass(frozen=True, slots=True)
class Steps:
    """What was counted facing each way, within the steps of the workout."""

    by_facing: Mapping[Facing, Count] = field(default_factory=dict)

    def of(self, facing: Facing | None) -> tuple[int | None, float | None]:
        """Steps and steps a minute facing one way, or in all; None where nothing was counted."""
        counts = [count for way, count in self.by_facing.items() if facing in {way, None}]
        whole = Count(sum(count.steps for count in counts), sum(count.seconds for count in counts))
        return (whole.steps, whole.per_min) if whole.steps else (None, None)


NO_STEPS: Final = Steps()


def steps_of(entries: Iterable[Entry], segments: Sequence[SegmentResult]) -> Steps:
    """The steps that a treadmill counted in a session, by the facing of the rows in which it did."""
    found = dict[Facing, Count]()
    rows = [row for row in segments if row.start_s is not None and row.end_s is not None and row.target_kmh is not None]
    rows.sort(key=lambda row: row.start_s or 0.0)
    here = 0
    for from_s, to_s, steps in _counted(entries):
        while here < len(rows) and (rows[here].end_s or 0.0) < to_s:
            here += 1
        if here < len(rows) and (rows[here].start_s or 0.0) <= from_s:
            facing = Facing(rows[here].facing)
            count = found.get(facing, Count())
            found[facing] = Count(count.steps + steps, count.seconds + to_s - from_s)
    return Steps(found)


def _counted(entries: Iterable[Entry]) -> Iterator[tuple[float, float, int]]:
    """Stretches between two counts in which the belt moved, and the steps in them."""
    last: tuple[float, int] | None = None
    moved = False
    for entry in entries:
        event = entry.event
        if not isinstance(event, Heard) or event.uuid != ftms.TREADMILL_DATA:
            continue
        try:
            told = ftms.decode_treadmill_data(event.value)
        except DecodeError:
            continue
        if told.speed_kmh is not None:
            moved = told.speed_kmh > 0
        if told.steps is None:
            continue
        if last is not None and moved:
            elapsed_s, steps = event.at_s - last[0], told.steps - last[1]
            if 0 < elapsed_s <= LONGEST_GAP_S and 0 <= steps <= FASTEST_PER_S * elapsed_s + 1:
                yield last[0], event.at_s, steps
        last = event.at_s, told.steps
