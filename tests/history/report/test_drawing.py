"""The profile as numbers: planned steps and the measured belt on one axis, backward below it, pauses cut out."""

from dataclasses import replace
from itertools import pairwise

import pytest

from coach.core.workout import Facing
from coach.history.report.drawing import LONGEST_GAP_S, Drawing, drawing
from coach.history.sample import Sample
from coach.history.traced import Direction
from coach.history.track import Pause, Track
from tests.history.report.pages import told

FORWARD, BACKWARD, UNKNOWN = Facing.FORWARD, Facing.BACKWARD, Facing.UNKNOWN


def sample(at_s: float, kmh: float | None, facing: Facing = FORWARD, bpm: int | None = 100) -> Sample:
    moving = bool(kmh)
    return Sample(at_s, at_s, 0.0, kmh, 0.0, bpm, facing, Direction.FORWARD, moving=moving, paused=False)


def drawn(*samples: Sample, pauses: tuple[Pause, ...] = ()) -> Drawing:
    """A session of these seconds, with nothing planned."""
    summary = replace(told().summary, segments=(), turns=())
    return drawing(summary, (), Track(samples, (), pauses, None, samples[0].at_s, samples[-1].at_s))


def test_every_interval_has_a_bar_where_it_was_run() -> None:
    shown = told()
    bars = shown.drawn.bars
    assert [bar.rear for bar in bars] == [row.facing == "backward" for row in shown.summary.segments]
    assert [bar.first_kmh for bar in bars] == [row.target_kmh for row in shown.summary.segments]
    for bar, row in zip(bars, shown.summary.segments, strict=True):
        assert bar.to_s - bar.from_s == pytest.approx(row.planned_s, abs=1)
    assert (bars[-1].first_kmh, bars[-1].last_kmh, bars[-1].top_kmh) == (4.0, 3.0, 4.0)
    assert all(before.to_s <= after.from_s + 1e-6 for before, after in pairwise(bars))


def test_the_belt_is_drawn_below_the_axis_facing_the_rear() -> None:
    shown = told()
    for bar in shown.drawn.bars:
        middle = (bar.from_s + bar.to_s) / 2
        kmh = min((point for line in shown.drawn.belt for point in line), key=lambda point: abs(point[0] - middle))[1]
        assert (kmh < 0) is bar.rear
    assert shown.drawn.forward_kmh == pytest.approx(4.5)
    assert shown.drawn.backward_kmh == pytest.approx(2.0)
    assert shown.drawn.rear


def test_all_turns_are_drawn_between_the_bars() -> None:
    shown = told()
    assert len(shown.drawn.turns) == 4
    for from_s, to_s in shown.drawn.turns:
        assert not any(bar.from_s + 1 < to_s and from_s < bar.to_s - 1 for bar in shown.drawn.bars)


def test_what_was_cut_short_is_as_long_as_it_was_planned_but_never_in_the_next_one() -> None:
    shown = told("flip-flop", presses=["space@backward1+30"])
    last = shown.drawn.bars[-1]
    assert last.rear
    assert last.to_s <= shown.drawn.length_s
    cut = told(faults=["key@backward1+20"]).drawn
    assert all(before.to_s <= after.from_s + 1e-6 for before, after in pairwise(cut.bars))


def test_what_never_began_is_not_drawn() -> None:
    shown = told("flip-flop", presses=["space@backward1+30"])
    assert len(shown.drawn.bars) == 3
    assert len(shown.statistics.intervals) == 9


def test_rests_are_told_apart() -> None:
    shown = told("kind-knees")
    assert len(shown.drawn.rests) == 4
    assert len(shown.drawn.bars) == len(shown.summary.segments) - 4


def test_a_pause_is_cut_out_and_marked() -> None:
    found = drawn(*(sample(float(at), 5.0) for at in range(101)), pauses=(Pause(20.0, 50.0),))
    assert found.length_s == 70.0
    assert found.cuts == ((20.0, 30.0),)
    assert [line[0][0] for line in found.belt] == [0.0, 20.0]
    assert [line[-1][0] for line in found.belt] == [20.0, 70.0]


@pytest.mark.parametrize(("gap", "lines"), [(LONGEST_GAP_S, 1), (LONGEST_GAP_S + 1, 2)])
def test_a_gap_is_no_line(gap: float, lines: int) -> None:
    found = drawn(sample(0.0, 5.0), sample(1.0, 5.0), sample(1.0 + gap, 5.0), sample(2.0 + gap, 5.0))
    assert (len(found.belt), len(found.heart)) == (lines, lines)


def test_a_lost_link_and_a_silent_strap_draw_nothing() -> None:
    found = drawn(sample(0.0, 5.0), sample(1.0, None, bpm=None), sample(2.0, 5.0, bpm=0))
    assert found.belt == (((0.0, 5.0), (2.0, 5.0)),)
    assert found.heart == (((0.0, 100.0),),)


@pytest.mark.parametrize(
    ("facings", "sides"),
    [
        ([FORWARD, UNKNOWN, UNKNOWN, BACKWARD], [1, 1, 1, -1]),
        ([BACKWARD, UNKNOWN, UNKNOWN, UNKNOWN], [-1, -1, -1, -1]),
        ([UNKNOWN, UNKNOWN, FORWARD, FORWARD], [1, 1, 1, 1]),
        ([UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN], [1, 1, 1, 1]),
    ],
)
def test_a_moving_belt_whose_facing_nobody_said_stays_on_its_side(facings: list[Facing], sides: list[int]) -> None:
    found = drawn(*(sample(float(at), 1.0, facing) for at, facing in enumerate(facings)))
    assert [int(kmh) for line in found.belt for _, kmh in line] == sides


def test_after_a_stop_the_next_side_begins() -> None:
    found = drawn(
        sample(0.0, 1.0), sample(1.0, 1.0, UNKNOWN), sample(2.0, 0.0, UNKNOWN), sample(3.0, 1.0, UNKNOWN),
        sample(4.0, 1.0, BACKWARD),
    )  # fmt: skip
    assert [kmh for line in found.belt for _, kmh in line] == [1.0, 1.0, 0.0, -1.0, -1.0]


def test_a_session_in_which_nothing_moved_has_nothing_to_draw() -> None:
    summary = replace(told().summary, segments=(), turns=(), distance_m=0.0)
    found = drawing(summary, (), Track((), (), (), None))
    assert (found.bars, found.belt, found.heart, found.forward_kmh, found.backward_kmh) == ((), (), (), 0.0, 0.0)
    assert found.length_s > 0


def test_time_counts_from_the_begin_of_the_activity_and_instants_outside_are_its_ends() -> None:
    shown = told("kind-knees")
    first = next(row for row in shown.summary.segments if row.start_s is not None)
    begin_s = (first.start_s or 0.0) - shown.drawn.bars[0].from_s
    assert begin_s > 10  # the runner stood on the rails before
    rests = [row for row in shown.summary.segments if row.kind == "rest"]
    for (from_s, to_s), row in zip(shown.drawn.rests, rests, strict=True):
        assert from_s == pytest.approx((row.start_s or 0.0) - begin_s, abs=1e-6)
        assert to_s - from_s == pytest.approx(row.time_s, abs=1)
    for (from_s, to_s), turn in zip(shown.drawn.turns, shown.summary.turns, strict=True):
        assert from_s == pytest.approx(turn.at_s - begin_s, abs=1e-6)
        assert to_s - from_s == pytest.approx(turn.took_s, abs=0.1)


def test_distances_are_as_long_as_they_take_at_their_speed() -> None:
    shown = told("3x(50m@6/30s@4)")
    for bar, row in zip(shown.drawn.bars, shown.summary.segments, strict=True):
        assert bar.to_s - bar.from_s >= (30.0 if row.planned_m is None else 50 / 6 * 3.6) - 0.5


def test_an_interval_that_was_cut_short_at_the_end_shows_what_was_planned_of_it() -> None:
    shown = told("flip-flop", presses=["space@backward1+30"])
    last, row = shown.drawn.bars[-1], [one for one in shown.summary.segments if one.start_s is not None][-1]
    assert row.time_s == pytest.approx(30.0, abs=1)
    assert last.to_s - last.from_s > row.time_s  # as far as the drawing goes
    assert last.to_s <= shown.drawn.length_s


def test_a_belt_that_ran_for_a_moment_has_moved() -> None:
    assert drawn(sample(0.0, 0.0), sample(1.0, 1.0), sample(2.0, 0.0)).moved
    assert not drawn(sample(0.0, 0.0), sample(1.0, 0.0)).moved


def test_what_is_measured_beyond_the_plan_has_room() -> None:
    found = drawn(sample(0.0, 12.0), sample(1.0, 3.0, BACKWARD))
    assert (found.forward_kmh, found.backward_kmh, found.rear) == (12.0, 3.0, False)
