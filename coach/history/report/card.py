"""A session as a card to share: what stands on it, as a picture and as a few lines. No name, no weight, no machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from coach.history.report.drawing import Drawing
from coach.history.report.tell import Measure, moment, span, turns
from coach.history.summary import Summary
from coach.script.problem import printable
from coach.show.sheet import broken
from coach.show.words import clock

TITLE_PT: Final = 36.0  # read on a phone
WIDTH_MM: Final = 1080 * 25.4 / 100  # of the title, on a card with 100 pixels to the inch
BOLD: Final = 1.2  # of letters
MOST_LINES: Final = 2  # of the title; the profile needs the rest
LONGEST: Final = 200  # signs of a title that are looked at
SIMULATED: Final = "SIMULATED: no real belt moved."
FOOT: Final = "coach · forward and backward intervals on a treadmill"


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card."""

    title: tuple[str, ...]  # one line or two
    when: str
    figures: tuple[tuple[str, str, str], ...]  # each a number, what it is, and a line below that
    simulated: bool
    drawn: Drawing | None  # None: the belt never moved
    foot: str = FOOT


def card_of(summary: Summary, at: datetime | None, drawn: Drawing, measure: Measure) -> Card:
    """The card of a session; `at` is its begin, where a wall clock tells it."""
    name = printable(summary.workout)[:LONGEST].strip() or "A session"
    lines = broken(name, WIDTH_MM / BOLD, TITLE_PT)
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][:-1].rstrip() + "…"]
    return Card(
        tuple(lines),
        "" if at is None else moment(at),
        tuple(_figures(summary, measure)),
        summary.simulated,
        drawn if drawn.moved else None,
    )


def card_text(summary: Summary, at: datetime | None, measure: Measure) -> list[str]:
    """The same for a chat."""
    head = printable(" ".join(summary.workout.split()))[:LONGEST].strip() or "A session"
    lines = [head if at is None else f"{head}, {moment(at)}"]
    ran_s = summary.forward.time_s + summary.backward.time_s
    lines.append(f"{span(ran_s)}, {measure.distance(summary.distance_m)}")
    if summary.backward.time_s >= 1:
        done = sum(turn.took_s is not None for turn in summary.turns)
        back = f"{span(summary.backward.time_s)}, {measure.distance(summary.backward.distance_m)}"
        lines.append(f"Facing the rear: {back}, {turns(done)}")
    if summary.heart.mean_bpm is not None:
        lines.append(f"Heart: {summary.heart.mean_bpm:.0f} bpm on average")
    return [*lines, *([SIMULATED] if summary.simulated else [])]


def _figures(summary: Summary, measure: Measure) -> Iterator[tuple[str, str, str]]:
    ran_s = summary.forward.time_s + summary.backward.time_s
    yield clock(ran_s), f"{span(ran_s).split()[-1]} in intervals", ""
    yield measure.distance(summary.distance_m), "of belt", ""
    if summary.backward.time_s >= 1:
        yield clock(summary.backward.time_s), "min facing the rear", measure.distance(summary.backward.distance_m)
    if summary.heart.mean_bpm is not None:
        yield f"{summary.heart.mean_bpm:.0f}", "bpm on average", ""
