"""When the shell must come back, so that nothing that is due comes late (design.md 10)."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from coach.core.plan import Plan
from coach.core.progress import Progress
from coach.core.session import TICK_S, Session, wake_at_s
from coach.core.wish import Phase
from coach.core.workout import Extent, ExtentUnit, Head, Say, SayAt, Segment, Target
from tests.core.build import FORWARD, NOW_S, forward, forward_plan

MINUTE = forward_plan(forward(60.0), forward(60.0))


def wakes_s(a_plan: Plan, clock_s: float, *, marks: int = 0, dues: int = 0, phase: Phase = Phase.RUN) -> float:
    """Seconds from now until the shell comes back, with so much of the first segment run."""
    run_at_s = NOW_S - clock_s if phase is Phase.RUN else inf
    progress = Progress(phase, NOW_S - clock_s, FORWARD, run_at_s=run_at_s, marks=marks, dues=dues)
    return wake_at_s(a_plan, Session(progress=progress), NOW_S) - NOW_S


@pytest.mark.parametrize(
    ("clock_s", "marks", "wait_s"),
    [
        (10.0, 0, TICK_S),  # nothing is near
        (29.4, 0, 0.6),  # the mark at 30 s
        (59.2, 6, 0.8),  # the end
        (57.5, 4, 0.5),  # two
        (30.0, 0, TICK_S),  # it is now, and this event takes it
    ],
)
def test_it_is_there_at_each_mark_and_at_the_end(clock_s: float, marks: int, wait_s: float) -> None:
    assert wakes_s(MINUTE, clock_s, marks=marks) == pytest.approx(wait_s)


@pytest.mark.parametrize("marks", [4, 5, 6])
def test_a_mark_that_is_over_does_not_hide_the_next_one(marks: int) -> None:
    assert wakes_s(MINUTE, 58.4, marks=marks) == pytest.approx(0.6 if marks < 6 else TICK_S)
    assert wakes_s(MINUTE, 59.5, marks=marks) == pytest.approx(0.5)


def test_when_all_is_over_it_comes_as_always() -> None:
    assert wakes_s(MINUTE, 61.0, marks=6) == TICK_S


def test_a_distance_has_no_instant_of_its_own() -> None:
    run = Segment(Head.FORWARD, FORWARD, Extent(ExtentUnit.DISTANCE, 100.0), Target(6.0))
    assert wakes_s(forward_plan(run, forward()), 59.4) == TICK_S


def test_it_is_there_for_a_cue_of_the_clock_that_was_not_told() -> None:
    says = (Say(SayAt.AT_S, 10.5, "Look ahead."), Say(SayAt.AT_M, 1.0, "Stay tall."))
    run = Segment(Head.FORWARD, FORWARD, Extent(ExtentUnit.DISTANCE, 100.0), Target(6.0), say=says)
    a_plan = forward_plan(run, forward())
    assert wakes_s(a_plan, 10.0) == pytest.approx(0.5)
    assert wakes_s(a_plan, 10.0, dues=1) == TICK_S
    assert wakes_s(a_plan, 10.5) == TICK_S


@pytest.mark.parametrize(("in_s", "wait_s"), [(0.0, 1.0), (0.4, 0.6), (3.0, 1.0), (7.9, 0.1)])
def test_the_other_states_wait_whole_seconds(in_s: float, wait_s: float) -> None:
    assert wakes_s(MINUTE, in_s, phase=Phase.RAILS) == pytest.approx(wait_s)


def test_a_clock_that_stands_is_no_reason_to_come() -> None:
    standing = Session(progress=replace(Progress(), phase=Phase.RUN, at_s=NOW_S, run_at_s=inf))
    assert wake_at_s(MINUTE, standing, NOW_S) == NOW_S + TICK_S
