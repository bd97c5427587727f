"""Cues: where in a segment they are due, and how speeds and times are spoken (backward-running.md 5)."""

from __future__ import annotations

from math import inf

import pytest

from coach.core.cue import FORM_BANK, CueKind, Due, DueBy, dues, spoken_speed, spoken_time, status, whole_speed
from coach.core.runner import SpokenUnit
from coach.core.workout import Extent, ExtentUnit, Facing, Head, Say, SayAt, Segment, Target
from tests.core.build import BACKWARD, FORWARD, UNKNOWN, backward, forward, rest

TIME, DISTANCE, OPEN = ExtentUnit.TIME, ExtentUnit.DISTANCE, ExtentUnit.OPEN
CLOCK, METRES, LEFT = DueBy.CLOCK, DueBy.METRES, DueBy.LEFT


def said(
    at: SayAt, amount: float = 0.0, *, unit: ExtentUnit = TIME, extent: float = 60.0, length_s: float | None = 60.0
) -> list[tuple[DueBy, float]]:
    """When a cue of the author is due in a forward segment too short for a bell."""
    segment = Segment(Head.FORWARD, FORWARD, Extent(unit, extent), Target(6.0), say=(Say(at, amount, "Look ahead."),))
    found = dues(segment, length_s)
    assert {(due.kind, due.text) for due in found} <= {(CueKind.SAY, "Look ahead.")}
    return [(due.by, due.amount) for due in found]


@pytest.mark.parametrize(
    ("at", "amount", "due"),
    [
        (SayAt.START, 0.0, (CLOCK, 0.0)),
        (SayAt.HALF, 0.0, (CLOCK, 30.0)),
        (SayAt.AT_S, 20.0, (CLOCK, 20.0)),
        (SayAt.BEFORE_END_S, 10.0, (LEFT, 10.0)),
        (SayAt.AT_M, 50.0, (METRES, 50.0)),
    ],
)
def test_in_a_segment_of_time_a_cue_waits_for_the_clock(at: SayAt, amount: float, due: tuple[DueBy, float]) -> None:
    assert said(at, amount) == [due]


@pytest.mark.parametrize(
    ("at", "amount", "due"),
    [
        (SayAt.HALF, 0.0, (METRES, 200.0)),
        (SayAt.AT_M, 50.0, (METRES, 50.0)),
        (SayAt.BEFORE_END_M, 50.0, (METRES, 350.0)),
        (SayAt.BEFORE_END_S, 10.0, (LEFT, 10.0)),
    ],
)
def test_in_a_segment_of_metres_it_waits_for_the_belt(at: SayAt, amount: float, due: tuple[DueBy, float]) -> None:
    assert said(at, amount, unit=DISTANCE, extent=400.0, length_s=80.0) == [due]


@pytest.mark.parametrize("at", [SayAt.HALF, SayAt.BEFORE_END_M])
def test_an_open_segment_has_no_half_and_no_metres_before_its_end(at: SayAt) -> None:
    assert said(at, 50.0, unit=OPEN, extent=inf, length_s=None) == []


def test_every_so_often_is_never_at_the_end() -> None:
    assert said(SayAt.EVERY_S, 20.0) == [(CLOCK, 20.0), (CLOCK, 40.0)]
    assert said(SayAt.EVERY_S, 60.0) == []
    assert said(SayAt.EVERY_S, 600.0, unit=OPEN, extent=inf, length_s=None)[-1] == (CLOCK, 3000.0)


def test_the_author_comes_before_the_bell_of_the_half() -> None:
    segment = Segment(Head.FORWARD, FORWARD, Extent(TIME, 90.0), Target(6.0), say=(Say(SayAt.HALF, 0.0, "Half."),))
    assert dues(segment, 90.0) == (
        Due(CLOCK, 45.0, CueKind.SAY, "Half."),
        Due(CLOCK, 45.0, CueKind.TIME, "Halfway."),
    )


@pytest.mark.parametrize(
    ("segment", "length_s", "bell"),
    [
        (forward(90.0), 90.0, True),
        (forward(89.0), 89.0, False),
        (forward(90.0), None, False),
        (rest(90.0), 90.0, False),
    ],
    ids=["long", "short", "open", "a rest"],
)
def test_the_bell_of_the_half_is_for_longer_segments(segment: Segment, length_s: float | None, bell: bool) -> None:
    assert ("Halfway." in [due.text for due in dues(segment, length_s)]) is bell


def rear(seconds: float | None) -> tuple[list[float], list[float]]:
    """When the state and the form are told in a backward block."""
    found = dues(backward(seconds or inf), seconds)
    assert {due.by for due in found} <= {CLOCK}
    times = [[due.amount for due in found if due.kind is kind] for kind in (CueKind.TIME, CueKind.FORM)]
    return times[0], times[1]


def test_facing_the_rear_the_state_is_told_every_half_minute_and_later_every_minute() -> None:
    status_s, form_s = rear(300.0)
    assert status_s == [30.0, 60.0, 90.0, 120.0, 180.0, 240.0]
    assert max(form_s) < 300.0 - 12.0


def test_the_state_and_the_form_never_meet() -> None:
    status_s, form_s = rear(600.0)
    assert min(abs(form - state) for form in form_s for state in status_s) >= 15.0


def test_the_end_of_a_block_belongs_to_the_countdown() -> None:
    assert rear(42.0) == ([], [15.0])
    assert rear(42.1) == ([30.0], [15.0])


def test_an_open_block_is_told_of_for_an_hour() -> None:
    status_s, form_s = rear(None)
    assert 3500.0 < status_s[-1] < 3588.0
    assert 3500.0 < form_s[-1] < 3588.0


def test_the_form_is_another_one_each_time() -> None:
    forms = [due.text for due in dues(backward(300.0), 300.0) if due.kind is CueKind.FORM]
    assert len(set(forms)) == len(forms)
    assert set(forms) <= set(FORM_BANK)


@pytest.mark.parametrize(
    ("kmh", "unit", "number", "words"),
    [
        (8.0, SpokenUnit.KMH, "8.0", "8.0 kilometres an hour"),
        (8.04672, SpokenUnit.MPH, "5.0", "5.0 miles an hour"),
        (10.0, SpokenUnit.PACE, "6:00", "6:00 a kilometre"),
        (11.0, SpokenUnit.PACE, "5:27", "5:27 a kilometre"),
        (3600 / 365, SpokenUnit.PACE, "6:05", "6:05 a kilometre"),
        (0.0, SpokenUnit.PACE, "120:00", "120:00 a kilometre"),  # never divided by nothing
    ],
)
def test_a_speed_is_spoken_in_the_runners_unit(kmh: float, unit: SpokenUnit, number: str, words: str) -> None:
    assert spoken_speed(kmh, unit) == number
    assert whole_speed(kmh, unit) == words


@pytest.mark.parametrize(
    ("unit", "word"), [(SpokenUnit.KMH, "km/h"), (SpokenUnit.MPH, "mph"), (SpokenUnit.PACE, "min/km")]
)
def test_the_word_behind_a_speed(unit: SpokenUnit, word: str) -> None:
    assert unit.word == word


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 seconds"),
        (17.4, "17 seconds"),
        (24.0, "20 seconds"),
        (60.0, "1 minute"),
        (90.0, "1 minute 30 seconds"),
        (118.0, "2 minutes"),
        (inf, "no end"),
    ],
)
def test_a_length_of_time_is_spoken_short(seconds: float, words: str) -> None:
    assert spoken_time(seconds) == words


@pytest.mark.parametrize(
    ("facing", "left_s", "bpm", "words"),
    [
        (BACKWARD, 60.0, 120, "Facing rear, 3.0 kilometres an hour, 1 minute left, heart 120."),
        (UNKNOWN, 60.0, None, "Facing rear, 3.0 kilometres an hour, 1 minute left."),
        (FORWARD, inf, None, "Facing console, 3.0 kilometres an hour."),
    ],
)
def test_the_state_is_told_to_somebody_who_cannot_see_it(
    facing: Facing, left_s: float, bpm: int | None, words: str
) -> None:
    assert status(facing, 3.0, left_s, bpm, SpokenUnit.KMH) == words
