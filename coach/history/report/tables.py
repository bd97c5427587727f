"""The tables of a session's page: totals by facing, heart zones, every interval, and the turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from coach.history.report import tell
from coach.history.report.charts.zones import zones
from coach.history.report.markup import Column, figure, table, told
from coach.history.report.shown import Shown
from coach.history.report.tell import FACES, NOTHING, Measure
from coach.history.statistics import Faced, Interval, Statistics
from coach.show.words import clock, counted
from coach.told import ENDED_BY

ESTIMATE: Final = (
    "Energy is an estimate from speed, incline, weight and facing; the range says how far off it may be. "
    "Backward costs more at the same speed and is done slower, so it promises no extra calories."
)


def faced(shown: Shown) -> Iterator[str]:
    """Totals by facing, with the energy and how far off it may be."""
    found, measure = shown.statistics, shown.measure
    columns = [
        Column("Facing"),
        Column("Time (min:s)"),
        Column("Distance"),
        Column(f"Mean speed ({measure.speed_unit})"),
        Column(f"Top speed ({measure.speed_unit})"),
        Column("Heart mean (bpm)"),
        Column("Heart top (bpm)"),
        Column("Steps"),
        Column("Cadence (steps/min)"),
        Column("Energy (kcal)"),
        Column("Energy, range (kcal)"),
        Column("Above rest (kcal)"),
        Column("Above rest, range (kcal)"),
    ]
    yield from table(
        "Totals of the intervals; turns are not in them", columns, (_way(one, measure) for one in found.faced)
    )
    yield f"<p>{told(ESTIMATE)}</p>"
    if found.held:
        yield f"<p>{told(_held(found.held))}</p>"


def _way(one: Faced, measure: Measure) -> Sequence[str]:
    return (
        FACES[one.facing],
        clock(one.time_s),
        measure.distance(one.distance_m),
        measure.figure(one.mean_speed_kmh),
        measure.figure(one.max_speed_kmh),
        tell.whole(one.mean_bpm),
        tell.whole(one.max_bpm),
        tell.whole(one.steps),
        tell.whole(one.steps_per_min),
        tell.whole(one.energy.gross_kcal),
        tell.spread(one.energy.gross_range_kcal),
        tell.whole(one.energy.net_kcal),
        tell.spread(one.energy.net_range_kcal),
    )


def _held(share: float) -> str:
    of = "all" if share >= 0.995 else f"{share * 100:.0f} %"
    return f"Hands held the rails in {of} of the metres facing the rear; the energy is reckoned a fifth lower there."


def zone_table(shown: Shown) -> Iterator[str]:
    """Time in heart zones by facing, as a chart and a table; nothing without a heart rate."""
    rows = shown.statistics.zones
    if not any(row.forward_s + row.backward_s + row.between_s for row in rows):
        return
    said = "Minutes in each heart zone; the table has the numbers."
    yield from figure("zones", "", said, lambda width_mm: zones(rows, width_mm))
    columns = [Column("Zone"), Column("Heart (bpm)"), Column("Facing console (min:s)"), Column("Facing rear (min:s)")]
    columns.append(Column("In between (min:s)"))
    lines = []
    for row in rows:
        upto = f"below {row.to_bpm:.0f}" if row.to_bpm is not None else ""
        heart = f"{row.from_bpm:.0f} and more" if row.to_bpm is None else f"{row.from_bpm:.0f} to {row.to_bpm:.0f}"
        name = f"Z{row.zone} {row.word}" if row.zone else "below Z1"
        ahead, behind, between = (_minutes(one) for one in (row.forward_s, row.backward_s, row.between_s))
        lines.append((name, heart if row.zone else upto, ahead, behind, between))
    yield from table("Time in heart zones, on a moving belt", columns, lines)
    measured = "which was measured" if shown.summary.measured_max else "which is reckoned from the age, and may be off"
    yield f"<p>Zones are shares of a highest heart rate of {shown.summary.max_bpm:.0f} bpm, {measured}.</p>"


def _minutes(seconds: float) -> str:
    return clock(seconds) if seconds >= 0.5 else NOTHING


def interval_table(rows: Sequence[Interval], measure: Measure) -> Iterator[str]:
    """Every interval, planned and measured."""
    unit = measure.speed_unit
    columns = [
        Column("No."),
        Column("What", number=False, breaks=True),
        Column("Faces", number=False),
        Column("Planned"),
        Column("Measured"),
        Column("Off"),
        Column("Distance"),
        Column(f"Planned ({unit})"),
        Column(f"Measured ({unit})"),
        Column(f"Off ({unit})"),
        Column("Incline (%)"),
        Column("Heart (bpm)"),
        Column("Rails", number=False),
        Column("End", number=False),
    ]
    yield from table(
        "Every interval of the workout; lengths as minutes and seconds, or as written",
        columns,
        (_step(row, measure) for row in rows),
    )


def _step(row: Interval, measure: Measure) -> Sequence[str]:
    began = row.ended_by != "skipped"
    round_ = f", round {row.round}" if row.round is not None and row.kind == "segment" else ""
    what = f"{row.name}{round_}{', by heart' * row.by_heart}"
    return (
        str(row.index),
        what,
        NOTHING if row.kind == "rest" else FACES[row.facing],
        _planned(row, measure),
        _measured(row, measure) if began else NOTHING,
        _off(row),
        measure.distance(row.distance_m) if began and row.kind != "rest" else NOTHING,
        _target(row, measure),
        measure.figure(row.mean_speed_kmh),
        NOTHING if row.off_kmh is None else tell.signed(measure.scaled(row.off_kmh)),
        f"{row.incline_pct:.1f}" if row.incline_pct else NOTHING,
        tell.whole(row.mean_bpm),
        "held" if row.held else "",
        ENDED_BY.get(row.ended_by, row.ended_by),
    )


def _planned(row: Interval, measure: Measure) -> str:
    if row.planned_s is not None:
        return clock(row.planned_s)
    return "open" if row.planned_m is None else measure.distance(row.planned_m)


def _measured(row: Interval, measure: Measure) -> str:
    return clock(row.time_s) if row.planned_m is None else measure.distance(row.distance_m)


def _off(row: Interval) -> str:
    if row.off_m is not None:
        return f"{tell.signed(row.off_m, 0)} m"
    return tell.signed_clock(row.off_s)


def _target(row: Interval, measure: Measure) -> str:
    if row.target_end_kmh is None:
        return measure.figure(row.target_kmh)
    first, last = measure.figure(row.target_kmh), measure.figure(row.target_end_kmh)
    return f"{first} to {last}" if row.by_heart else f"{first} → {last}"


def turn_table(found: Statistics) -> Iterator[str]:
    """The turns and how long they took; nothing where there were none."""
    turns = found.turns
    if not turns.all:
        return
    text = f"{counted(turns.done, 'turn')} done"
    if turns.median_s is not None and turns.longest_s is not None:
        text += f", {tell.span(turns.median_s)} each by the median, {tell.span(turns.longest_s)} the longest"
    if turns.given_up:
        text += f"; {counted(turns.given_up, 'turn')} given up"
    yield f"<p>{told(text)}.</p>"
    columns = [Column("Turn"), Column("At (min:s)"), Column("To face", number=False)]
    columns += [Column("Took (min:s)"), Column("From question to press (s)")]
    rows = [
        (
            str(number),
            clock(one.at_s),
            FACES[one.to],
            "given up" if one.took_s is None else clock(one.took_s),
            NOTHING if one.confirm_s is None else f"{one.confirm_s:.0f}",
        )
        for number, one in enumerate(turns.all, 1)
    ]
    yield from table("Turns, from slowing down to running on", columns, rows)
