"""What is reckoned from a session: it adds up, is never more than the summary knows, and energy has its range."""

from dataclasses import replace
from functools import cache

import pytest

from coach.core.workout import Facing
from coach.history.cadence import Count, Steps
from coach.history.rating import Rating
from coach.history.statistics import Statistics, blocks_of, energy, statistics
from coach.history.summary import Heart, Summary, Way, summary_of
from coach.result import SegmentResult, Turn
from coach.sinks.journal import Recording
from tests.history.made import recording

SESSIONS = ("first-steps-back", "kind-knees", "zone-2-sandwich-short", "3x(30s@9/30s@6)")


@cache
def played(workout: str) -> tuple[Recording, Summary, Statistics]:
    """A session, what it came to, and what is reckoned from it."""
    found = recording(workout)
    summary = summary_of(found)
    return found, summary, statistics(summary, found.plan)


def row(facing: str = "backward", *, kind: str = "segment", began: bool = True, **changes: object) -> SegmentResult:
    """A row that ran for a minute at 3 km/h."""
    usual = SegmentResult(
        1, facing, kind, facing, 1, None, 0.0, 60.0, 60.0, None, 60.0, 50.0, 3.0, None, 0.0, 3.0, 120.0, "extent"
    )
    return replace(usual, start_s=0.0 if began else None, **changes)  # type: ignore[arg-type]


def reckoned(*rows: SegmentResult, rating: Rating = Rating(), **changes: object) -> Statistics:  # noqa: B008
    """What is reckoned from these rows."""
    found, summary, _ = played("first-steps-back")
    numbered = tuple(replace(one, index=number) for number, one in enumerate(rows, 1))
    return statistics(replace(summary, segments=numbered, **changes), found.plan, rating)  # type: ignore[arg-type]


@pytest.mark.parametrize("workout", SESSIONS)
def test_facings_are_those_of_the_summary_and_add_up(workout: str) -> None:
    _, summary, found = played(workout)
    ways = {one.facing: one for one in found.faced}
    assert ways["forward"].time_s == summary.forward.time_s
    assert ways["forward"].energy.gross_kcal == summary.forward.gross_kcal
    if not summary.planned_backward_s:
        assert list(ways) == ["forward"]
        return
    assert list(ways) == ["forward", "backward", "all"]
    assert ways["all"].time_s == pytest.approx(summary.forward.time_s + summary.backward.time_s)
    assert ways["all"].distance_m == pytest.approx(summary.forward.distance_m + summary.backward.distance_m)
    assert ways["all"].max_bpm == summary.heart.max_bpm
    for of in ("gross_kcal", "net_kcal", "margin_kcal"):
        both = getattr(ways["forward"].energy, of) + getattr(ways["backward"].energy, of)
        assert getattr(ways["all"].energy, of) == pytest.approx(both)


@pytest.mark.parametrize("workout", SESSIONS)
def test_zones_by_facing_add_up_to_all_seconds_with_a_heart(workout: str) -> None:
    _, summary, found = played(workout)
    assert [zone.zone for zone in found.zones] == [0, 1, 2, 3, 4, 5]
    for zone, whole_s in zip(found.zones, summary.heart.zones_s, strict=True):
        assert zone.forward_s + zone.backward_s + zone.between_s == pytest.approx(whole_s, abs=0.03)
    assert [zone.from_bpm for zone in found.zones] == [0.0, 90.0, 108.0, 126.0, 144.0, 162.0]
    assert [zone.to_bpm for zone in found.zones] == [90.0, 108.0, 126.0, 144.0, 162.0, None]


def test_without_a_heart_there_are_no_zones() -> None:
    found, summary, _ = played("first-steps-back")
    silent = Heart()
    ways = {name: replace(getattr(summary, name), heart=silent) for name in ("forward", "backward")}
    assert statistics(replace(summary, heart=silent, **ways), found.plan).zones == ()


@pytest.mark.parametrize("workout", SESSIONS)
def test_every_interval_is_planned_and_measured_with_what_it_is_off(workout: str) -> None:
    _, summary, found = played(workout)
    assert [one.index for one in found.intervals] == [one.index for one in summary.segments]
    for step, ran in zip(found.intervals, summary.segments, strict=True):
        assert (step.planned_s, step.time_s, step.mean_speed_kmh) == (ran.planned_s, ran.time_s, ran.mean_speed_kmh)
        if ran.planned_s is not None:
            assert step.off_s == pytest.approx(ran.time_s - ran.planned_s)


@pytest.mark.parametrize(
    ("mean", "first", "last", "off"),
    [
        (3.2, 3.0, None, 0.2),
        (2.9, 3.0, None, -0.1),
        (3.5, 3.0, 4.0, 0.0),
        (3.4, 4.0, 3.0, -0.1),
        (None, 3.0, None, None),
        (3.0, None, None, None),
    ],
    ids=["faster", "slower", "ramp", "ramp down", "never ran", "rest"],
)
def test_a_speed_is_off_its_target_or_the_middle_of_its_ramp(
    mean: float | None, first: float | None, last: float | None, off: float | None
) -> None:
    found = reckoned(row(mean_speed_kmh=mean, target_kmh=first, target_end_kmh=last))
    assert found.intervals[0].off_kmh == off


@pytest.mark.parametrize(("mean", "off"), [(4.9, -0.1), (5.0, 0.0), (5.5, 0.0), (6.0, 0.0), (6.1, 0.1)])
def test_a_heart_hold_is_off_only_beyond_its_bounds(mean: float, off: float) -> None:
    found, summary, _ = played("zone-2-sandwich-short")
    held = next(one.index for one in found.plan.rows if one.segment.heart is not None)
    rows = tuple(
        replace(one, mean_speed_kmh=mean, target_kmh=5.0, target_end_kmh=6.0) if one.index == held else one
        for one in summary.segments
    )
    step = statistics(replace(summary, segments=rows), found.plan).intervals[held - 1]
    assert (step.by_heart, step.off_kmh) == (True, off)


def test_what_never_began_is_off_nothing() -> None:
    step = reckoned(row(began=False, time_s=0.0, distance_m=0.0, mean_speed_kmh=None, ended_by="skipped")).intervals[0]
    assert (step.off_s, step.off_m, step.off_kmh, step.ended_by) == (None, None, None, "skipped")


def test_a_distance_is_off_by_metres() -> None:
    step = reckoned(row(planned_s=None, planned_m=200.0, distance_m=180.4)).intervals[0]
    assert (step.off_s, step.off_m) == (None, -19.6)


# Blocks and hands.


def test_blocks_are_counted_as_the_session_counts_them() -> None:
    rest = row("backward", kind="rest", target_kmh=None)
    forward, back, never = row("forward"), row(), row(began=False)
    assert blocks_of([forward, back, back, forward, never, back, rest, back]) == (
        None, 1, 1, None, None, 2, None, 3,
    )  # fmt: skip


@pytest.mark.parametrize("workout", ["first-steps-back", "kind-knees"])
def test_windows_and_blocks_agree(workout: str) -> None:
    _, summary, _ = played(workout)
    blocks = {block for block in blocks_of(summary.segments) if block is not None}
    assert {window.block for window in summary.windows} <= blocks
    assert len(blocks) == sum(one.facing == Facing.BACKWARD and one.kind == "segment" for one in summary.segments)


WAY = Way(600.0, 500.0, 50.0, 30.0, 10.0)


def test_hands_on_the_rails_take_a_fifth_off_all_above_rest() -> None:
    free, half, held = energy(WAY), energy(WAY, 0.5), energy(WAY, 1.0)
    assert (free.gross_kcal, free.net_kcal, free.margin_kcal) == (50.0, 30.0, 10.0)
    assert (half.gross_kcal, half.net_kcal) == (47.0, 27.0)
    assert (held.gross_kcal, held.net_kcal, held.margin_kcal) == (44.0, 24.0, 8.8)


def test_energy_has_a_range_that_is_never_below_nothing() -> None:
    assert energy(WAY).gross_range_kcal == (40.0, 60.0)
    assert energy(WAY).net_range_kcal == (20.0, 40.0)
    assert energy(Way(1.0, 1.0, 0.1, 0.1, 0.4)).net_range_kcal == (0.0, 0.5)
    assert energy(Way()).gross_range_kcal == (0.0, 0.0)


@pytest.mark.parametrize(
    ("marked", "said", "held", "share"),
    [
        ((), None, (False, False), 0.0),
        ((2,), None, (False, True), 0.25),
        ((1, 2), None, (True, True), 1.0),
        ((2,), False, (False, False), 0.0),
        ((), True, (True, True), 1.0),
        ((7,), None, (False, False), 0.0),
    ],
)
def test_held_is_what_was_said_of_the_session_else_what_was_marked(
    marked: tuple[int, ...], said: bool | None, held: tuple[bool, bool], share: float
) -> None:
    rows = row(distance_m=150.0), row("forward"), row(distance_m=50.0)
    found = reckoned(*rows, rating=Rating(rails=said), held=marked)
    assert (found.intervals[0].held, found.intervals[2].held) == held
    assert found.intervals[1].held is False
    assert found.held == share


def test_held_rails_change_the_energy_facing_the_rear_alone() -> None:
    found, summary, free = played("first-steps-back")
    held = statistics(summary, found.plan, Rating(rails=True))
    assert held.faced[0] == free.faced[0]
    assert held.faced[1].energy.net_kcal == pytest.approx(free.faced[1].energy.net_kcal * 0.8, abs=0.06)
    assert held.faced[2].energy.gross_kcal < free.faced[2].energy.gross_kcal


# Turns, steps, facts.


def test_turns_have_a_median_a_longest_and_those_that_were_given_up() -> None:
    turns = tuple(Turn(0.0, "backward", 5.0, took, ()) for took in (40.0, None, 50.0, 90.0))
    found = reckoned(row(), turns=turns).turns
    assert (found.done, found.given_up, found.median_s, found.longest_s) == (3, 1, 50.0, 90.0)
    found = reckoned(row(), turns=()).turns
    assert (found.done, found.given_up, found.median_s, found.longest_s) == (0, 0, None, None)


def test_steps_stand_beside_their_facing() -> None:
    found, summary, _ = played("first-steps-back")
    steps = Steps({Facing.FORWARD: Count(1000, 600.0), Facing.BACKWARD: Count(100, 150.0)})
    ways = statistics(summary, found.plan, steps=steps).faced
    assert [(one.steps, one.steps_per_min) for one in ways] == [(1000, 100.0), (100, 40.0), (1100, 88.0)]


@pytest.mark.parametrize("workout", SESSIONS)
def test_its_facts_are_json_with_every_field(workout: str) -> None:
    facts = played(workout)[2].facts()
    assert facts["schema"] == 1
    assert list(facts) == ["faced", "held", "zones", "intervals", "turns", "steady", "schema"]


def test_speeds_are_the_mean_over_the_time_and_the_highest_of_both() -> None:
    _, summary, found = played("first-steps-back")
    for one, way in zip(found.faced, (summary.forward, summary.backward), strict=False):
        assert one.mean_speed_kmh == pytest.approx(way.distance_m / way.time_s * 3.6, abs=0.0006)
    assert found.faced[2].max_speed_kmh == summary.forward.max_speed_kmh > summary.backward.max_speed_kmh


def test_backward_that_was_planned_and_never_run_is_a_row_of_nothing() -> None:
    found = reckoned(row("forward"), row(began=False), backward=Way())
    assert [one.facing for one in found.faced] == ["forward", "backward", "all"]
    assert (found.faced[1].time_s, found.faced[1].mean_speed_kmh, found.faced[1].mean_bpm) == (0.0, None, None)
    assert found.held == 0.0
    assert reckoned(row("forward"), held=(1,), backward=Way()).faced[-1].facing == "forward"
