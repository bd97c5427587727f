"""Steps by facing, where a treadmill counts them, and nothing where it does not."""

import pytest

from coach.core import ftms
from coach.core.event import Heard, Tick
from coach.core.workout import Facing
from coach.history.cadence import FASTEST_PER_S, LEAST_S, NO_STEPS, Count, Steps, steps_of
from coach.history.summary import summary_of
from coach.link.dialect import STRIDE_M
from coach.result import SegmentResult
from coach.sinks.journal import Entry
from tests.history.made import recording


def row(facing: Facing, start_s: float | None, end_s: float | None, *, rest: bool = False) -> SegmentResult:
    target = None if rest else 3.0
    return SegmentResult(
        1, facing, "rest" if rest else "segment", facing, 1, None, start_s, end_s, 60.0, None, 60.0, 50.0, target, None,
        0.0, 3.0, None, "extent",
    )  # fmt: skip


def counted(at_s: float, steps: int, hundredths_kmh: int = 300) -> Entry:
    """Treadmill Data with a speed and a step count: flags 0x2000, speed, steps (FTMS 4.9.1, and bit 13)."""
    value = bytes.fromhex("0020") + hundredths_kmh.to_bytes(2, "little") + steps.to_bytes(2, "little")
    return Entry(Heard(at_s, ftms.TREADMILL_DATA, value), ())


FORTH = row(Facing.FORWARD, 0.0, 30.0)
BACK = row(Facing.BACKWARD, 40.0, 70.0)


def test_a_treadmill_that_counts_them_tells_them_by_facing() -> None:
    found = recording("first-steps-back", "steps-counted")
    summary = summary_of(found)
    steps = steps_of(found.entries, summary.segments)
    for facing, way in ((Facing.FORWARD, summary.forward), (Facing.BACKWARD, summary.backward)):
        count, per_min = steps.of(facing)
        assert count == pytest.approx(way.distance_m / STRIDE_M, abs=4)
        assert per_min == pytest.approx(way.distance_m / STRIDE_M / way.time_s * 60, abs=1)


def test_a_treadmill_that_does_not_tells_nothing() -> None:
    found = recording("first-steps-back")
    assert steps_of(found.entries, summary_of(found).segments).of(None) == (None, None)
    assert NO_STEPS.of(Facing.FORWARD) == (None, None)


def test_only_steps_within_an_interval_count() -> None:
    entries = [counted(float(at_s), 2 * at_s) for at_s in range(101)]
    steps = steps_of(entries, [FORTH, row(Facing.BACKWARD, 30.0, 40.0, rest=True), BACK])
    assert steps == Steps({Facing.FORWARD: Count(60, 30.0), Facing.BACKWARD: Count(60, 30.0)})
    assert steps.of(None) == (120, 120.0)


def test_what_never_began_or_never_ended_takes_none() -> None:
    entries = [counted(float(at_s), 2 * at_s) for at_s in range(31)]
    assert steps_of(entries, [row(Facing.FORWARD, None, None), row(Facing.FORWARD, 5.0, None)]) == NO_STEPS


@pytest.mark.parametrize("steps", [-7, int(FASTEST_PER_S) + 2, 60_000])
def test_a_counter_that_was_set_anew_or_jumps_is_left_out(steps: int) -> None:
    before = [counted(float(at_s), 1000 + 2 * at_s) for at_s in range(10)]
    after = [counted(10.0 + at_s, 1018 + steps + 2 * at_s) for at_s in range(11)]
    assert steps_of([*before, *after], [FORTH]) == Steps({Facing.FORWARD: Count(38, 19.0)})


def test_a_gap_and_a_standing_belt_count_nothing() -> None:
    entries = [counted(0.0, 0), counted(1.0, 2), counted(7.0, 14), counted(8.0, 14, 0), counted(9.0, 15, 0)]
    assert steps_of(entries, [FORTH]) == Steps({Facing.FORWARD: Count(2, 1.0)})


def test_other_events_and_damaged_records_are_passed_over() -> None:
    damaged = Entry(Heard(0.5, ftms.TREADMILL_DATA, b"\x00"), ())
    entries = [counted(0.0, 0), Entry(Tick(0.2), ()), damaged, counted(1.0, 2)]
    assert steps_of(entries, [FORTH]) == Steps({Facing.FORWARD: Count(2, 1.0)})


@pytest.mark.parametrize(("seconds", "per_min"), [(LEAST_S - 0.1, None), (LEAST_S, 90.0), (LEAST_S + 0.1, 89.6)])
def test_a_cadence_needs_twenty_seconds(seconds: float, per_min: float | None) -> None:
    assert Count(30, seconds).per_min == per_min
