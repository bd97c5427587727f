"""The facts as sentences that a person understands, for the terminal and for the page to print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from coach.core.level import OPENS_AFTER
from coach.core.workout import ExtentUnit, Level
from coach.show.facts import Facts, Range, RowFacts, Side
from coach.show.need import Need
from coach.show.words import clock, counted, figure, length, listed

BRIDGE: Final = "60 s at 4 km/h"
SIMULATOR: Final = "On the simulator it is open."
FIRST_CAPS: Final = {
    Level.REHAB: "the caps of the first 3 and of the first week",
    Level.BEGINNER: "the caps of the first one",
}


def totals(found: Facts) -> Iterator[str]:
    """How long, how far, how fast and how hard; each a sentence or two."""
    yield from _lengths(found)
    yield _distance(found)
    if found.totals.blocks:
        yield _share(found)
    yield _fastest(found)
    yield _energy(found)


def ifs(found: Facts) -> Iterator[str]:
    """What the totals do not know."""
    if found.open_rows:
        one = len(found.open_rows) == 1
        lasts = "it lasts until you say so, and counts" if one else "they last until you say so, and count"
        yield f"{_rows(found.open_rows, 'has', 'have')} no end: {lasts} nothing here."
    if found.until_rows:
        counts = "counts" if len(found.until_rows) == 1 else "count"
        yield f"{_rows(found.until_rows, 'ends', 'end')} early when the heart says so, and {counts} in full here."
    if found.heart_rows:
        yield (
            f"{_rows(found.heart_rows, 'follows', 'follow')} the heart: the distance is that of the speed in the table,"
            " the energy that of both bounds."
        )
    if found.unknown:
        yield f"Some heart rates are not told in bpm: {found.unknown}."
    elif any(row.heart or row.until for row in found.rows):
        yield f"Heart rates are for a maximum of {found.limits.max_bpm:.0f} bpm."
    if found.totals.bridges:
        yield f"Bridges are walks of {BRIDGE} that coach puts in before turns from a run."
    if found.totals.turns or found.totals.rests:
        what = "Turns" if found.totals.turns else "Stops"
        where = found.machine.name if found.machine.known else "a treadmill that nobody has tested"
        yield f"{what} are counted as on {where}."


def level(found: Facts) -> Iterator[str]:
    """The row that it runs under, what opens it, and which other rows would do."""
    need = found.need
    if not found.totals.blocks:
        where = "On this treadmill forward only, without the backward steps" if found.machine.backward_left_out else ""
        yield f"{where or 'Forward only'}: no level and no history is needed."
        return
    own = need.fit(need.level)
    if not own.fits:
        yield f"Level {need.level} does not allow it: {listed(own.reasons)}."
        yield _other(need.smallest)
        return
    yield f"Level {need.level}. {_opens(found)}"
    if need.smallest is not None and need.smallest is not need.level:
        yield f"Level {need.smallest} would do as well: --level {need.smallest}."
    if need.level is Level.REHAB:
        yield "Rehab needs a live heart strap, and somebody in earshot."
    elif need.strap:
        yield f"It needs a heart strap: without one backward is at most {figure(need.strapless_kmh)} km/h."
    yield from _limits(found)
    if found.limits.ceiling_bpm is not None:
        most = f"{found.limits.ceiling_bpm:.0f} bpm, for a maximum of {found.limits.max_bpm:.0f}"
        yield f"Facing the rear the heart stays below {most}."


def _limits(found: Facts) -> Iterator[str]:
    backward_kmh = found.limits.backward_kmh
    backward = [] if backward_kmh is None else [f"backward {figure(backward_kmh)} km/h"]
    limits = [*[f"heart {found.limits.heart}"] * bool(found.limits.heart), *backward]
    if limits:
        yield f"Its own limits: {listed(limits)}."


def extent(row: RowFacts) -> str:
    """How long a row is: a time as a clock, a distance as it is written."""
    return clock(row.length_s or 0.0) if row.extent_unit == ExtentUnit.TIME else row.extent


def heart(row: RowFacts) -> Iterator[str]:
    """What the heart does to the belt in a row."""
    if row.heart is not None:
        told = "bpm" in row.heart.band or row.heart.low_bpm is None or row.heart.high_bpm is None
        bpm = "" if told else f" ({row.heart.low_bpm:.0f} to {row.heart.high_bpm:.0f} bpm)"
        yield f"heart in {row.heart.band}{bpm}, {figure(row.heart.low_kmh)} to {figure(row.heart.high_kmh)} km/h"
    if row.until is not None:
        bpm = "" if "bpm" in row.until.text or row.until.bpm is None else f" ({row.until.bpm:.0f} bpm)"
        least = f", not before {clock(row.until.at_least_s)}" if row.until.at_least_s else ""
        yield f"ends when {row.until.text}{bpm}{least}"


def asks(found: Facts) -> str:
    """What the runner is asked, and when."""
    when: dict[str, list[str]] = {}
    for moment, questions in found.ask:
        for question in questions:
            when.setdefault(question, []).append("the next morning" if moment == "morning" else moment)
    told = [f"about {question} {listed(moments)}" for question, moments in when.items()]
    return f"It asks {', and '.join(told)}." if told else ""


def _lengths(found: Facts) -> Iterator[str]:
    all_ = found.totals
    moving_s = all_.forward.time_s + all_.backward.time_s
    parts = [f"{clock(moving_s)} on the moving belt"]
    parts += [f"{clock(all_.turns_s)} in {counted(all_.turns, 'turn')}"] * bool(all_.turns)
    resting_s = all_.rests_s + all_.rest_stops_s
    around = "the stop around it" if all_.rests == 1 else "the stops around them"
    parts += [f"{clock(resting_s)} in {counted(all_.rests, 'rest')} and {around}"] * bool(all_.rests)
    least = "At least " if found.open_rows else ""
    if len(parts) == 1:
        yield f"{least}{clock(all_.length_s)} on the belt."
    else:
        yield f"{least}{clock(all_.length_s)} in all: {listed(parts)}."


def _distance(found: Facts) -> str:
    all_ = found.totals
    if not all_.blocks:
        return f"{length(all_.distance_m)}."
    sides = (
        f"{length(all_.forward.distance_m)} facing the console and {length(all_.backward.distance_m)} facing the rear"
    )
    return f"{length(all_.distance_m)}: {sides}; the turns add a few metres."


def _share(found: Facts) -> str:
    all_ = found.totals
    times, metres = all_.backward_time_share * 100, all_.backward_distance_share * 100
    blocks = counted(all_.blocks, "block")
    return (
        f"Backward: {clock(all_.backward.time_s)} in {blocks}, {times:.0f} % of the time on the moving belt and"
        f" {metres:.0f} % of the distance."
    )


def _fastest(found: Facts) -> str:
    forward, backward = found.totals.forward, found.totals.backward
    if not found.totals.blocks:
        return f"At most {figure(forward.top_kmh)} km/h{_slope(forward)}."
    ahead = f"{figure(forward.top_kmh)} km/h{_slope(forward)} facing the console"
    return f"At most {ahead}, {figure(backward.top_kmh)} km/h{_slope(backward)} facing the rear."


def _slope(side: Side) -> str:
    return f" and {figure(side.incline_pct)} %" if side.incline_pct > 0 else ""


def _energy(found: Facts) -> str:
    energy = found.energy
    guess = "" if energy.weight_known else " (the settings name no weight)"
    told = f"Energy: {_range(energy.kcal)} kcal gross for {figure(energy.weight_kg)} kg{guess}"
    first = "" if energy.first_kcal is None else f"; {_range(energy.first_kcal)} in a first backward session"
    return f"{told}{first}."


def _range(kcal: Range) -> str:
    return f"{kcal.low:.0f} to {kcal.high:.0f}"


def _opens(found: Facts) -> str:
    need = found.need
    if need.level in OPENS_AFTER:
        history = f"{need.sessions} backward sessions and {need.minutes} backward minutes on a real belt"
        return f"It opens after {history}{_why(need)}. {SIMULATOR}"
    if need.first:
        history = f"{counted(need.sessions, 'backward session')} on a real belt"
        return f"It opens after {history}, because of {FIRST_CAPS[need.level]}: {listed(need.first)}. {SIMULATOR}"
    return "It is open to everybody, also as a first backward session."


def _why(need: Need) -> str:
    """Why not a lower level: what the row below says, where that is anything."""
    order = tuple(Level)
    below = need.fit(order[order.index(need.level) - 1])
    return f", because of the caps of {below.level}: {listed(below.reasons)}" if below.reasons else ""


def _other(smallest: Level | None) -> str:
    if smallest is None:
        return "No level allows it."
    return f"The lowest level that does is {smallest}: --level {smallest}."


def _rows(indexes: Sequence[int], one: str, many: str) -> str:
    """Step 3 has, or Steps 3 and 5 have."""
    if len(indexes) == 1:
        return f"Step {indexes[0]} {one}"
    shown = [str(index) for index in indexes[:6]] + ["others"] * (len(indexes) > 6)
    return f"Steps {listed(shown)} {many}"
