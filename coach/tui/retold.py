"""A session that was, in lines: sentence, totals by facing, zones, turns, what happened, what was said, every step.

Pure; from the facts of its recording to the lines of the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from textwrap import wrap
from typing import Final

from coach.core.workout import Facing
from coach.history.question import marked, said_in_words
from coach.history.report.tell import moment
from coach.history.statistics import Energy, Faced, Interval, Turns, Zone
from coach.seen.units import NOTHING, Units, clock, distance, speed
from coach.told import ENDED_BY, RETOLD, achieved, ending, trip_words
from coach.tui.past import Looked
from coach.tui.stretch import planned, turn_lines
from coach.tui.widgets.pane import Line, beside

WIDEST: Final = 100  # columns of text that are pleasant to read
TWO_FROM: Final = 170  # columns from which the steps stand beside the rest
ZONE_CELLS: Final = 12  # of the longest bar
_SIGNS: Final = {"forward": ("▲", "forward"), "backward": ("▼", "backward"), "all": ("Σ", "text")}
_NAMES: Final = {"forward": "forward", "backward": "backward", "all": "in all"}
_OFF_KMH: Final = 0.2  # from what was planned: such a step is marked


def retold(looked: Looked, units: Units, width: int) -> list[Line]:
    """All lines of a session; on a wide screen the steps stand at the right."""
    if width >= TWO_FROM:
        half = width // 2
        head = list(_head(looked, units, width))
        left, right = [*_story(looked, units, half - 4)], [*_steps(looked, units)]
        return [*head, *beside(left, right, half)]
    inner = min(width, WIDEST)
    return [*_head(looked, units, inner), *_story(looked, units, inner), *_steps(looked, units)]


def _head(looked: Looked, units: Units, width: int) -> Iterator[Line]:
    past, summary = looked.past, looked.summary
    level = f" · level {past.level}" if past.backward_s else ""
    about = f"{moment(past.at)} · {past.machine}{level}"
    yield (past.workout, "strong"), (f"  {about}", "dim")
    started = any(row.start_s is not None for row in summary.segments)
    name = "" if looked.free else past.workout
    sentence = achieved(summary, name, lambda metres: distance(metres, units), started=started)
    changed = "" if looked.as_run else RETOLD
    for text in (sentence, "The recording breaks off." if past.open else ending(summary), looked.trend, changed):
        yield from _text(text, width)


def _story(looked: Looked, units: Units, width: int) -> Iterator[Line]:
    statistics, past = looked.statistics, looked.past
    yield from _totals(statistics.faced, units)
    yield from _zones(statistics.zones)
    yield from _turns(statistics.turns)
    yield from _happened(looked, width)
    yield from _title("YOU SAID")
    said = said_in_words(replace(past.rating, note=None))
    if said or not past.rating.note:
        yield from _text(f"{said[0].upper()}{said[1:]}." if said else "Nothing yet. e: effort, pain and a note.", width)
    if past.rating.note:
        yield from _text(f"“{_plain(past.rating.note)}”", width)
    yield from _title("RECORDING")
    yield from _text(looked.where, width, "dim")


def _title(text: str) -> Iterator[Line]:
    yield ()
    yield ((text, "dim"),)


def _text(text: str, width: int, role: str = "text") -> Iterator[Line]:
    yield from (((part, role),) for part in wrap(text, max(width, 20)))


def _totals(faced: Sequence[Faced], units: Units) -> Iterator[Line]:
    speeds = f"{units.word:>7}{'most':>6}"
    yield from _title(f"TOTAL{'':<9}{'time':>8}{'distance':>10}{speeds}  {'kcal':<9}{'heart':>6}{'most':>6}")
    for one in faced:
        sign, role = _SIGNS[one.facing]
        heart = f"{one.mean_bpm:.0f}" if one.mean_bpm is not None else NOTHING
        most = f"{one.max_bpm}" if one.max_bpm is not None else NOTHING
        speeds = f"{speed(one.mean_speed_kmh, units):>7}{speed(one.max_speed_kmh or None, units):>6}"
        words = f"{clock(one.time_s):>8}{distance(one.distance_m, units):>10}{speeds}  {_kcal(one.energy):<9}"
        yield (f"{sign} {_NAMES[one.facing]:<12}", role), (f"{words}{heart:>6}{most:>6}", "text")


def _kcal(energy: Energy) -> str:
    """An estimate never stands without how far off it may be."""
    return f"{energy.gross_kcal:.0f} ± {energy.margin_kcal:.0f}"


def _zones(zones: Sequence[Zone]) -> Iterator[Line]:
    yield from _title(f"HEART ZONES{'':<21}{'forward':>8}{'backward':>10}{'between':>9}")
    shown = [zone for zone in zones if _zone_s(zone) >= 1]
    if not shown:
        yield (("No heart rate was recorded.", "text"),)
    longest_s = max(map(_zone_s, shown), default=0.0)
    for zone in shown:
        name = f"Z{zone.zone} {zone.word}" if zone.zone else "below Z1"
        bar = "▮" * max(round(ZONE_CELLS * _zone_s(zone) / longest_s), 1)
        times = f"{_time(zone.forward_s):>8}{_time(zone.backward_s):>10}{_time(zone.between_s):>9}"
        role = f"zone-{zone.zone}"
        yield (f"{name:<18}", role), (f"{bar:<{ZONE_CELLS + 2}}", role), (times, "text")


def _zone_s(zone: Zone) -> float:
    return zone.forward_s + zone.backward_s + zone.between_s


def _time(seconds: float) -> str:
    return clock(seconds) if seconds >= 1 else NOTHING


def _turns(turns: Turns) -> Iterator[Line]:
    if not turns.all:
        return
    yield from _title("TURNS")
    yield from turn_lines(turns.all)


def _happened(looked: Looked, width: int) -> Iterator[Line]:
    summary = looked.summary
    yield from _title("WHAT HAPPENED")
    for trip in summary.trips:
        yield ((f"{clock(trip.at_s):>7}  ! {trip_words(trip.trip)}", "turn"),)
    if not summary.trips:
        yield (("Nothing went wrong.", "text"),)
    if summary.laps:
        yield ((f"{summary.laps} lap{'s' * (summary.laps != 1)} by hand.", "text"),)
    held = marked(summary.held)
    if held:
        yield from _text(f"Rails held in {held}, as you marked it.", width)


def _steps(looked: Looked, units: Units) -> Iterator[Line]:
    yield from _title("STEP BY STEP: planned, then measured; ≠ marks a speed that was another one")
    head = f" {'#':>2}   {'step':<9}{'planned':>19}  {'time':>8}{'distance':>9}{units.word:>7}{'heart':>6}"
    yield ((head, "dim"),)
    yield from (_step(one, units) for one in looked.statistics.intervals)


def _step(one: Interval, units: Units) -> Line:
    rear, ran = one.facing == Facing.BACKWARD, one.time_s > 0
    sign = "■" if one.kind == "rest" else "▼" if rear else "▲"
    name = f"{one.name.replace('-', ' ')}{' held' if one.held else ''}"
    role = "backward" if rear else "text" if ran else "dim"
    heart = f"{one.mean_bpm:.0f}" if one.mean_bpm is not None else NOTHING
    off = "≠" if one.off_kmh is not None and abs(one.off_kmh) >= _OFF_KMH else " "
    measured = f"{NOTHING:>8}{NOTHING:>9}{NOTHING:>7} {NOTHING:>5}"
    if ran:
        mean = speed(one.mean_speed_kmh, units)
        measured = f"{clock(one.time_s):>8}{distance(one.distance_m, units):>9}{mean:>7}{off}{heart:>5}"
    by, by_heart = ENDED_BY.get(one.ended_by, one.ended_by), "♥ " if one.by_heart else ""
    return ((f" {one.index:>2} {sign} {name:<9}{by_heart + planned(one, units):>19}  {measured}  {by}", role),)


def _plain(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
