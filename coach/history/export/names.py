"""What exported sessions and their laps are called, and what is said of them for pasting; speeds in km/h.

A lap's name is a letter and a number, what it was, how long and how fast: `B03 BWD 2:00 @3.5 1%` is the third backward
block of the workout as it was planned, whatever was skipped before it. Turns, rests and bridges are counted as well; a
START, a PAUSE and a STOP have no number. All names are plain ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from coach.core.energy import RUN_FROM_KMH
from coach.core.plan import Row
from coach.core.workout import ExtentUnit, Facing, Head
from coach.history.summary import Summary, Way
from coach.history.track import Lap, LapKind
from coach.result import SegmentResult
from coach.script.convert.fold import spoken
from coach.script.problem import number
from coach.show.words import clock, counted

SIMULATED: Final = "SIMULATED"  # in every title and description of a session that nobody ran
LONGEST_ROUND: Final = 8  # lines that are told once where they come again
_LETTERS: Final = {
    LapKind.WARM_UP: "W",
    LapKind.FORWARD: "F",
    LapKind.BACKWARD: "B",
    LapKind.COOL_DOWN: "C",
    LapKind.REST: "R",
    LapKind.BRIDGE: "X",
    LapKind.TURN: "T",
}
_WORDS: Final = {LapKind.REST: "REST", LapKind.BRIDGE: "BRIDGE"}
_HEADS: Final = {"warm-up": "warm-up", "cool-down": "cool-down", "bridge": "easy before a turn"}


def lap_name(lap: Lap) -> str:
    """The name of a lap: `W01 FWD 5:00 @4.5`, `B03 BWD 2:00 @3.5 1%`, `T02 TURN`, `R01 REST 0:30`, `START`."""
    letter = _LETTERS.get(lap.kind)
    if letter is None:
        return lap.kind.upper()
    tag = f"{letter}{lap.number:02}"
    if lap.row is None:
        return f"{tag} {lap.kind.upper()}"
    return f"{tag} {step_name(lap.row)}"


def step_name(row: Row) -> str:
    """A row without its number: `BWD 2:00 @3.5 1%`."""
    segment = row.segment
    way = "BWD" if segment.facing is Facing.BACKWARD else "FWD"
    what = _WORDS.get(LapKind(segment.head.value), way)
    return " ".join(filter(None, (what, _extent(row), _speed(row), _incline(row))))


def _extent(row: Row) -> str:
    extent = row.segment.extent
    match extent.unit:
        case ExtentUnit.TIME:
            return clock(extent.amount)
        case ExtentUnit.DISTANCE:
            return _metres(extent.amount)
        case ExtentUnit.TO_MARK:
            return f"to {_metres(extent.amount)}"
        case ExtentUnit.OPEN:
            return "open"


def _metres(metres: float) -> str:
    return f"{number(metres)}m" if metres < 1000 else f"{number(metres / 1000)}km"


def _speed(row: Row) -> str:
    target, heart = row.segment.target, row.segment.heart
    if heart is not None and row.heart_bpm is not None:
        low, high = row.heart_bpm
        return f"@{number(heart.low_kmh)}-{number(heart.high_kmh)} HR {low:.0f}-{high:.0f}"
    if target is None:
        return ""
    end = "" if target.end_kmh is None else f"->{number(target.end_kmh)}"
    return f"@{number(target.speed_kmh)}{end}"


def _incline(row: Row) -> str:
    target = row.segment.target
    if target is None or not (target.incline_pct or target.end_incline_pct):
        return ""
    end = "" if target.end_incline_pct is None else f"->{number(target.end_incline_pct)}"
    return f"{number(target.incline_pct)}{end}%"


# For pasting


def title(summary: Summary) -> str:
    """One line: `Treadmill intervals: 9:00 backward (0.53 km)`."""
    mark = f"{SIMULATED}: " if summary.simulated else ""
    back, ahead = summary.backward, summary.forward
    if back.time_s > 0:
        return f"{mark}Treadmill intervals: {clock(back.time_s)} backward ({_km(back.distance_m)})"
    if ahead.time_s > 0:
        return f"{mark}Treadmill {_kind(summary)}: {clock(ahead.time_s)} ({_km(ahead.distance_m)})"
    return f"{mark}Treadmill: {workout_name(summary)}"


def workout_name(summary: Summary) -> str:
    """The workout's title on one line, without signs that no file takes."""
    return spoken(summary.workout) or "Workout"


def description(summary: Summary) -> str:
    """Lines for the description: what was run, how long each way, and the turns; no energy, which is a guess."""
    return "\n".join(_described(summary))


def _described(summary: Summary) -> Iterator[str]:
    if summary.simulated:
        yield f"{SIMULATED}: nobody ran this."
    level = f" ({summary.level})" if summary.planned_backward_s > 0 or summary.backward.time_s > 0 else ""
    ended = "" if summary.ended == "finished" else f", {summary.ended} early"
    yield f"{workout_name(summary)}{level}{ended}"
    yield ""
    yield from folded([_told(one) for one in summary.segments if one.time_s > 0])
    yield ""
    if summary.backward.time_s > 0:
        yield _way("Backward", summary.backward)
    if summary.forward.time_s > 0:
        yield _way("Forward", summary.forward)
    yield from _turns(summary)
    yield f"All that the belt ran: {_km(summary.distance_m)}."


def _kind(summary: Summary) -> str:
    """Intervals, where the belt had another speed three times or more; else by how fast it was."""
    speeds = [one.target_kmh for one in summary.segments if one.name == Head.FORWARD and one.time_s > 0]
    changes = sum(before != after for before, after in pairwise(speeds))
    if changes >= 2:
        return "intervals"
    return "run" if (summary.forward.mean_speed_kmh or 0.0) >= RUN_FROM_KMH else "walk"


def _told(one: SegmentResult) -> str:
    """`1:12 of 2:00 backward at 3.5 km/h, 1 %`."""
    what = _HEADS.get(one.kind if one.kind == "bridge" else one.name, one.name)
    if one.target_kmh is None:
        return f"{_length(one)} {what}"
    end = "" if one.target_end_kmh is None else f" to {number(one.target_end_kmh)}"
    incline = f", {number(one.incline_pct)} %" if one.incline_pct else ""
    return f"{_length(one)} {what} at {number(one.target_kmh)}{end} km/h{incline}"


def _length(one: SegmentResult) -> str:
    whole = one.ended_by == "extent"
    if one.planned_m is not None:
        planned = f"{one.planned_m:.0f} m"
        return planned if whole else f"{one.distance_m:.0f} m of {planned}"
    if one.planned_s is None:
        return clock(one.time_s)
    planned = clock(one.planned_s)
    return planned if whole else f"{clock(one.time_s)} of {planned}"


def folded(lines: Sequence[str]) -> Iterator[str]:
    """Lines that come again and again are told once: `6 x: 2:00 backward at 3.5 km/h / 1:00 forward at 4 km/h`."""
    at = 0
    while at < len(lines):
        size, times = max(
            ((size, _times(lines, at, size)) for size in range(1, LONGEST_ROUND + 1)),
            key=lambda found: (found[0] * found[1] if found[1] > 1 else 0, -found[0]),
        )
        if times > 1:
            yield f"{times} x: {' / '.join(lines[at : at + size])}"
            at += size * times
        else:
            yield lines[at]
            at += 1


def _times(lines: Sequence[str], at: int, size: int) -> int:
    """How often the lines from a place on come one after the other."""
    part, times = lines[at : at + size], 1
    while len(part) == size and lines[at + times * size : at + (times + 1) * size] == part:
        times += 1
    return times


def _way(name: str, way: Way) -> str:
    heart = f", heart {way.heart.mean_bpm:.0f}" if way.heart.mean_bpm is not None else ""
    return f"{name}: {clock(way.time_s)}, {_km(way.distance_m)}, {way.mean_speed_kmh or 0:.1f} km/h on average{heart}."


def _turns(summary: Summary) -> Iterator[str]:
    done = [turn.took_s for turn in summary.turns if turn.took_s is not None]
    if done:
        yield f"{counted(len(done), 'turn')}, {clock(sum(done) / len(done))} each on average."


def _km(metres: float) -> str:
    return f"{metres / 1000:.2f} km"
