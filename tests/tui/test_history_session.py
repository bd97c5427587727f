"""One session in lines and as a curve: planned and measured, facing apart, and nothing that was not so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.core.workout import Facing
from coach.history.rating import Rating
from coach.seen.units import Units
from coach.told import RETOLD
from coach.tui.measured import MOST_POINTS, drawn, measured, planned, thinned, trace
from coach.tui.past import Looked, Point
from coach.tui.retold import TWO_FROM, retold
from coach.tui.widgets.pane import Line, length
from coach.tui.widgets.profile import BUCKETS, LINE, TURN_MARK, draw_profile
from tests.tui.remembered import look

BACK = "70s@4 / back 60s@2 / 3min@3"


def text(lines: list[Line]) -> str:
    return "\n".join("".join(part for part, _ in one) for one in lines)


def page(of: Looked | None = None, units: Units = Units.KMH, width: int = 78) -> str:
    return text(retold(of or look(BACK), units, width))


@pytest.mark.parametrize("width", [78, 118, 198])
@pytest.mark.parametrize("units", Units)
def test_every_line_fits(width: int, units: Units) -> None:
    assert max(map(length, retold(look(BACK), units, width))) <= width


@pytest.mark.parametrize(
    "words",
    [
        "20 May 2026, 18:00",
        "1 minute of it facing the rear and 2 clean turns",
        "Finished",
        "▲ forward",
        "▼ backward 1:00",
        "Σ in all",
        "HEART ZONES",
        "↻ to face the rear: took",
        "Nothing went wrong.",
        "Effort 4, pain 1.",
        "“Knee fine.”",
        "/data/journals/2026-05-20-180000-000",
        "2 ▼ backward 1:00 @ 2.0 1:00",
    ],
)
def test_it_tells(words: str) -> None:
    assert words in " ".join(page().split())


def test_a_session_that_the_rules_of_today_would_run_differently_says_so() -> None:
    assert RETOLD not in " ".join(page().split())
    assert RETOLD in " ".join(page(replace(look(BACK), as_run=False)).split())


def test_an_estimate_of_energy_never_stands_without_how_far_off_it_may_be() -> None:
    rows = [row for row in page().splitlines() if row.startswith(("▲ forward", "▼ backward", "Σ"))]
    assert len(rows) == 3
    assert all(" ± " in row for row in rows)


def test_what_was_never_said_says_how_to_say_it() -> None:
    of = look(BACK)
    silent = replace(of, past=replace(of.past, rating=Rating()))
    assert "Nothing yet. e: effort, pain and a note." in page(silent)


def test_a_note_is_told_once_and_in_one_line() -> None:
    of = look(BACK)
    noted = replace(of, past=replace(of.past, rating=Rating(note="up\x1b[2J\nand down")))
    told = page(noted)
    assert told.count("and down") == 1
    assert "Nothing yet" not in told
    assert "\x1b" not in told


def test_what_happened_stands_there_with_its_time_and_a_mark() -> None:
    told = page(look(BACK, "key@backward1+20"))
    assert "! the safety key was pulled" in told
    assert "Nothing went wrong." not in told


def test_a_recording_that_breaks_off_says_so_and_not_how_it_ended() -> None:
    of = look(BACK)
    told = page(replace(of, past=replace(of.past, open=True)))
    assert "The recording breaks off." in told
    assert "Finished" not in told


def test_the_trend_stands_near_the_top_where_there_is_one() -> None:
    told = page(replace(look(BACK), trend="Facing the rear at 2.0 km/h: heart 120, was 131 three weeks ago."))
    assert "was 131 three weeks ago" in told[: told.index("TOTAL")]


def test_on_a_wide_screen_the_steps_stand_beside_the_totals() -> None:
    narrow, wide = page(width=TWO_FROM - 1), page(width=TWO_FROM)
    assert any("TOTAL" in row and "STEP BY STEP" in row for row in wide.splitlines())
    assert not any("TOTAL" in row and "STEP BY STEP" in row for row in narrow.splitlines())


def test_a_forward_session_has_no_turns_and_no_level() -> None:
    told = page(look("90s@4 / 30s@5"))
    assert "TURNS" not in told
    assert "backward  " not in told.replace("forward  backward", "")
    assert "level" not in told


# The curve.


def points(*stretches: tuple[Facing, float, int]) -> list[Point]:
    """Seconds that face one way at one speed, stretch after stretch."""
    every = [(facing, kmh) for facing, kmh, seconds in stretches for _ in range(seconds)]
    return [Point(float(at), kmh, facing, 100 + at) for at, (facing, kmh) in enumerate(every)]


FORWARD, BACKWARD, UNKNOWN = Facing.FORWARD, Facing.BACKWARD, Facing.UNKNOWN


def test_bars_are_what_was_measured_on_its_side_of_the_axis() -> None:
    shape = measured(points((FORWARD, 4.0, 3), (BACKWARD, 2.0, 2)), 190.0)
    assert [(one.facing, one.kmh(one.from_s)) for one in shape.stretches] == [(FORWARD, 4.0)] * 3 + [
        (BACKWARD, 2.0)
    ] * 2
    assert shape.total_s == 5.0


@pytest.mark.parametrize(
    ("stretches", "turns"),
    [
        (((FORWARD, 4.0, 3), (UNKNOWN, 0.8, 4), (BACKWARD, 2.0, 3)), 1),
        (((FORWARD, 4.0, 3), (UNKNOWN, 0.8, 4), (BACKWARD, 2.0, 3), (UNKNOWN, 0.0, 2), (FORWARD, 4.0, 3)), 2),
        (((FORWARD, 4.0, 3), (UNKNOWN, 0.0, 4), (FORWARD, 4.0, 3)), 0),
        (((UNKNOWN, 0.0, 4), (FORWARD, 4.0, 3)), 0),
        (((FORWARD, 4.0, 3), (UNKNOWN, 0.0, 4)), 0),
    ],
    ids=["to the rear", "there and back", "a stop", "before the start", "at the end"],
)
def test_a_turn_is_marked_only_between_two_facings(
    stretches: tuple[tuple[Facing, float, int], ...], turns: int
) -> None:
    assert sum(one.turn for one in measured(points(*stretches), 190.0).stretches) == turns


def test_the_plan_is_drawn_where_its_steps_really_were_and_those_not_begun_not_at_all() -> None:
    rows = look(BACK).summary.segments
    whole, cut = planned(rows), planned([rows[0], replace(rows[1], start_s=None, end_s=None)])
    assert [one.from_s for one in whole.stretches] == [row.start_s for row in rows]
    assert len(cut.stretches) == 1


def test_where_the_heart_sets_the_speed_no_speed_was_planned() -> None:
    of = look(BACK)
    found = replace(of.statistics, intervals=tuple(replace(one, by_heart=True) for one in of.statistics.intervals))
    line = drawn(replace(of, statistics=found), Units.KMH).line
    assert line is not None
    assert line.stretches == ()


def test_the_heart_is_spread_over_the_whole_axis() -> None:
    assert trace([]) == {}
    found = trace(points((FORWARD, 4.0, 1000)))
    assert (min(found), max(found)) == (0, BUCKETS - 1)


@pytest.mark.parametrize("count", [0, 1, MOST_POINTS - 1, MOST_POINTS, MOST_POINTS + 1, 20_000])
def test_a_curve_never_has_more_points_than_a_screen_shows(count: int) -> None:
    some = [Point(float(at), 4.0, FORWARD, None) for at in range(count)]
    kept = thinned(some)
    assert len(kept) <= MOST_POINTS
    assert list(kept) == some[:: max(-(-count // MOST_POINTS), 1)]


@pytest.mark.parametrize("size", [(78, 8), (118, 13), (198, 20), (10, 3)])
def test_the_curve_has_bars_below_the_axis_a_planned_line_and_turns(size: tuple[int, int]) -> None:
    lines = draw_profile(drawn(look(BACK), Units.KMH), *size)
    told = text(lines)
    assert len(lines) == size[1]
    assert LINE in told
    if size[0] > 10:
        axis = next(at for at, one in enumerate(lines) if TURN_MARK in text([one]))
        assert "backward" in {role for one in lines[axis + 1 :] for _, role in one}
        assert "backward" not in {role for one in lines[:axis] for _, role in one}


def test_a_session_of_which_nothing_was_heard_has_no_curve() -> None:
    assert draw_profile(drawn(replace(look(BACK), points=()), Units.KMH), 80, 10) == []
