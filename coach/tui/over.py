"""What a session came to, as the lines of the Done screen: totals, heart, turns, trips, every step, the recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from coach.core.heart import zone_word
from coach.core.plan import Plan
from coach.keeper.wire import Done
from coach.result import SegmentResult, Side, Turn
from coach.seen.units import NOTHING, Units, clock, distance, speed
from coach.seen.words import achievement, belt_words, trips_told
from coach.told import ENDED_BY, ending
from coach.tui.outside import Aftermath
from coach.tui.stretch import planned, turn_lines
from coach.tui.talk import Talk, draw_talk
from coach.tui.widgets.pane import Line

WIDEST: Final = 110  # columns of text that are pleasant to read
UNKNOWN: Final = Aftermath()


def draw_done(page: tuple[Sequence[Line], int], width: int, height: int) -> list[Line]:
    """The part of the page from a line on, in the middle where there is much room."""
    lines, offset = page
    indent = " " * max((width - WIDEST) // 2, 1)
    return [((indent, "text"), *line) for line in lines[offset : offset + height]]


def draw_asked(told: Talk, width: int, height: int) -> list[Line]:
    """The talk under the page, as far from the edge."""
    indent = " " * max((width - WIDEST) // 2 - 1, 0)
    return [((indent, "text"), *line) for line in draw_talk(told, min(width, WIDEST), height)]


def page(
    plan: Plan, done: Done, units: Units = Units.KMH, width: int = 80, aftermath: Aftermath = UNKNOWN
) -> list[Line]:
    """All lines of the screen."""
    return list(_page(plan, done, units, min(width - 2, WIDEST), aftermath))


def _page(plan: Plan, done: Done, units: Units, width: int, aftermath: Aftermath) -> Iterator[Line]:
    yield ()
    yield from (((line, "strong"),) for line in wrap(achievement(plan, done, units), width))
    for sentence in (aftermath.trend, aftermath.next_day):
        yield from (((line, "good"),) for line in wrap(sentence, width))
    belt = belt_words(done)
    role = "text" if done.still or not done.started else "on-alarm"
    yield from (((line, "text"),) for line in wrap(ending(done), width))
    yield ((belt, role),)
    if done.started:
        yield from _totals(done, units)
        yield from _heart(done)
        yield from _turns(done.turns)
    yield from _trips(done)
    if done.started:
        rows = [row for row in done.segments if row.start_s is not None or not plan.free]
        yield from _table(rows, units)
    yield ()
    where = done.lost or (f"Recorded in {done.recording}" if done.recording else "Nothing was recorded.")
    yield from (((line, "dim"),) for line in wrap(where, width))


def _head(text: str) -> Iterator[Line]:
    yield ()
    yield ((text, "dim"),)


def _totals(done: Done, units: Units) -> Iterator[Line]:
    yield from _head("TOTAL")
    yield _side("▲ forward ", done.forward, units, "forward")
    if done.backward.time_s:
        yield _side("▼ backward", done.backward, units, "backward")
    kcal = done.forward.energy_kcal + done.backward.energy_kcal
    words = f"Σ in all    {clock(done.elapsed_s):>7}  {distance(done.distance_m, units):>8}  about {kcal:.0f} kcal"
    yield ((words, "text"),)


def _side(name: str, side: Side, units: Units, role: str) -> Line:
    mean_kmh = side.distance_m / side.time_s * 3.6 if side.time_s else None
    words = (
        f"{clock(side.time_s):>7}  {distance(side.distance_m, units):>8}  mean {speed(mean_kmh, units)} {units.word}"
    )
    top = f", fastest {speed(side.max_speed_kmh, units)}" if side.max_speed_kmh else ""
    return (name, role), (f"  {words}{top}", "text")


def _heart(done: Done) -> Iterator[Line]:
    yield from _head("HEART")
    heart = done.heart
    if heart.mean_bpm is None:
        yield (("No heart rate was recorded.", "text"),)
        return
    yield ((f"{heart.mean_bpm:.0f} bpm on average, {heart.max_bpm} at most", "text"),)
    longest_s = max(heart.zones_s, default=0.0)
    for zone, zone_s in enumerate(heart.zones_s):
        if zone_s >= 1:
            bar = "▮" * max(round(20 * zone_s / longest_s), 1)
            name = f"Z{zone} {zone_word(zone)}" if zone else "below Z1"
            yield (f"{name:<12}", f"zone-{zone}"), (f"{clock(zone_s):>7}  ", "text"), (bar, f"zone-{zone}")


def _turns(turns: Sequence[Turn]) -> Iterator[Line]:
    if turns:
        yield from _head("TURNS")
        yield from turn_lines(turns)


def _trips(done: Done) -> Iterator[Line]:
    yield from _head("WHAT HAPPENED")
    told = trips_told(done)
    yield from ((((f"  ! {line}", "turn"),) for line in told) if told else [(("Nothing went wrong.", "text"),)])


def _table(rows: Sequence[SegmentResult], units: Units) -> Iterator[Line]:
    yield from _head("STEP BY STEP: planned, then measured")
    word = units.word
    yield ((f" {'#':>2}   {'step':<9}{'planned':>20}  {'time':>8}{'distance':>9}{word:>8}{'heart':>6}", "dim"),)
    for row in rows:
        yield _row(row, units)


def _row(row: SegmentResult, units: Units) -> Line:
    rear = row.facing == "backward"
    mark = "■" if row.kind == "rest" else "▼" if rear else "▲"
    began = row.start_s is not None
    measured = f"{NOTHING:>8}{NOTHING:>9}{NOTHING:>8}{NOTHING:>6}"
    if began:
        heart = f"{row.mean_heart_bpm:.0f}" if row.mean_heart_bpm is not None else NOTHING
        mean = speed(row.mean_speed_kmh, units)
        measured = f"{clock(row.time_s):>8}{distance(row.distance_m, units):>9}{mean:>8}{heart:>6}"
    role = "backward" if rear else "text" if began else "dim"
    by = ENDED_BY.get(row.ended_by or "", "")
    name = row.name.replace("-", " ")
    return ((f" {row.index:>2} {mark} {name:<9}{planned(row, units):>20}  {measured} {by}", role),)
