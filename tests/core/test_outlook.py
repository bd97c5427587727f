"""Why there is no turn to the rear now, and which row comes next then (safety.md 3, 6 and 8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from coach.core.level import FIRST, Allowance
from coach.core.machine import Range
from coach.core.outlook import following, following_index, red
from coach.core.plan import Plan
from coach.core.progress import Progress
from coach.core.scene import Scene
from coach.core.trip import Trip
from coach.core.wish import Phase
from coach.core.workout import Level
from tests.core.build import FORWARD, NOW_S, backward, belt, dose, forward, guard, plan, rest, sent, strap

HERE: Final = Progress(Phase.RUN, NOW_S - 20, FORWARD, run_at_s=NOW_S - 20)


def scene(a_plan: Plan | None = None) -> Scene:
    """Facing the console, all green: nothing speaks against a turn."""
    return Scene(a_plan or plan(), HERE, belt(6.0), guard(), dose(run_s=0.0), strap(), sent(6.0), NOW_S, [])


def noting(trip: Trip) -> Callable[[Scene], Scene]:
    """The same while a trip lasts."""
    return lambda one: one._replace(guard=replace(one.guard, notes=frozenset({trip})))


QUIET: Final = "the treadmill is quiet"
REASONS: Final[tuple[tuple[str, Callable[[Scene], Scene]], ...]] = (
    ("it does not obey", lambda one: one._replace(guard=replace(one.guard, prompted="it does not obey"))),
    ("another app has control", lambda one: one._replace(guard=replace(one.guard, control=False))),
    ("no more backward today (key)", lambda one: one._replace(guard=replace(one.guard, backward_off="key"))),
    ("the treadmill wants its own key", lambda one: one._replace(progress=replace(HERE, console_start=True))),
    ("no backward today", lambda one: one._replace(plan=plan(allowance=Allowance(backward_today=False)))),
    (QUIET, lambda one: one._replace(belt=replace(one.belt, link=False))),
    (QUIET, noting(Trip.QUIET)),
    (QUIET, noting(Trip.STALE)),
    (QUIET, noting(Trip.LINK_LOST)),
    ("there is no guard", lambda one: one._replace(guard=replace(one.guard, guarded=False))),
    ("no cue would reach you", lambda one: one._replace(guard=replace(one.guard, sound=False))),
    ("rehab needs a live heart strap", lambda one: one._replace(plan=plan(level=Level.REHAB), strap=strap(None))),
    ("presses go elsewhere", lambda one: one._replace(guard=replace(one.guard, focus_at_s=NOW_S - 1))),
    (
        "the unit of the treadmill is not known yet",
        lambda one: one._replace(belt=replace(one.belt, units=replace(one.belt.units, measured=False))),
    ),
    ("enough backward for today", lambda one: one._replace(dose=dose(run_s=720.0))),
    ("the belt cannot go slow enough", lambda one: one._replace(belt=belt(6.0, speeds=Range(4.6, 18.0, 0.1)))),
    ("first a minute at a steady speed facing the console", lambda one: one._replace(dose=dose(1.3, run_s=0.0))),
)


def test_where_all_is_green_there_is_no_reason() -> None:
    assert red(scene()) == ""
    assert following_index(scene()) == 1


@pytest.mark.parametrize(("why", "change"), REASONS)
def test_each_reason_is_told_in_words_and_leaves_the_block_out(why: str, change: Callable[[Scene], Scene]) -> None:
    changed = change(scene())
    assert red(changed) == why
    assert following_index(changed) == 2


@pytest.mark.parametrize(("first", "second"), [(REASONS[i], REASONS[i + 1]) for i in range(4)])
def test_what_lasts_longest_is_told_first(
    first: tuple[str, Callable[[Scene], Scene]], second: tuple[str, Callable[[Scene], Scene]]
) -> None:
    assert red(second[1](first[1](scene()))) == first[0]


def test_a_helper_at_the_console_makes_up_for_a_start_that_is_refused() -> None:
    own_key = replace(HERE, console_start=True)
    assert red(scene(plan(helper=True)).after(own_key)) == ""


def test_without_a_strap_only_rehab_stays_forward() -> None:
    assert red(scene()._replace(strap=strap(None))) == ""


@pytest.mark.parametrize(("run_s", "ends"), [(719.0, False), (720.0, True)])
def test_the_dose_of_a_session_is_its_levels(run_s: float, ends: bool) -> None:
    assert bool(red(scene()._replace(dose=dose(run_s=run_s)))) is ends


@pytest.mark.parametrize(("run_s", "ends"), [(179.0, False), (180.0, True)])
def test_and_of_a_first_session_less(run_s: float, ends: bool) -> None:
    beginner = plan(forward(), backward(60.0, 2.0), forward(180.0), level=Level.BEGINNER, allowance=FIRST)
    assert bool(red(scene(beginner)._replace(dose=dose(run_s=run_s)))) is ends


@pytest.mark.parametrize(("held_kmh", "ends"), [(0.8 / 0.6, False), (1.33, True)])
def test_creep_is_at_most_six_tenths_of_what_was_held(held_kmh: float, ends: bool) -> None:
    assert bool(red(scene()._replace(dose=dose(held_kmh, run_s=0.0)))) is ends


def test_with_a_block_its_bridge_is_left_out_and_a_rest_is_not() -> None:
    off = scene(plan(forward(60.0, 8.0), backward(), forward(180.0)))._replace(guard=replace(guard(), sound=False))
    assert following_index(off) == 3
    rested = off._replace(plan=plan(forward(60.0), rest(), backward(), forward(180.0)))
    assert following_index(rested) == 1


def test_where_nothing_follows_there_is_no_row() -> None:
    last = scene().after(replace(HERE, row=2))
    assert (following(last), following_index(last)) == (None, 3)
    off = scene(plan(forward(), backward()))._replace(guard=replace(guard(), sound=False))
    assert (following(off), following_index(off)) == (None, 2)
