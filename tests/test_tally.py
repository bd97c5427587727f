from __future__ import annotations

from dataclasses import replace

import pytest

import coach
from coach.core.belt import Belt
from coach.core.event import Tick
from coach.core.machine import MachineProfile
from coach.core.plan import Plan, make_plan
from coach.core.progress import Progress
from coach.core.safety import Limit
from coach.core.session import Outcome, Session
from coach.core.trip import Action, Trip
from coach.core.wish import Phase, Wish
from coach.core.workout import Facing
from coach.script.check import load
from coach.tally import Tally, Tripped

TURNS = "2min@5/back 1min@2/4min@4"  # row 2 faces the rear; a beginner's cap is 3 km/h


def plan(workout: str = TURNS) -> Plan:
    loaded = load(workout).workout
    assert loaded is not None
    return make_plan(loaded, MachineProfile(keeps_on_link_loss=False))


def facing(which: Facing, phase: Phase = Phase.RUN, row: int = 1, at_s: float = 0.0) -> Session:
    """A session in a row since an instant, on a belt that was heard at 3.6 km/h just then."""
    return Session(
        belt=Belt(link=True, kmh=3.6, heard_at_s=at_s, odometer_m=at_s),
        progress=Progress(phase=phase, facing=which, row=row, run_at_s=at_s),
        wish=Wish(facing=which),
    )


def watched(*curve: tuple[float, float], which: Facing = Facing.BACKWARD, workout: str = TURNS) -> Tally:
    """A tally that saw the belt's own speed at these instants."""
    tally, session = Tally(plan(workout)), facing(which)
    for at_s, true_kmh in curve:
        tally.take(Tick(at_s), session, session, Outcome(), true_kmh)
    return tally


@pytest.mark.parametrize("which", [Facing.BACKWARD, Facing.UNKNOWN])
def test_the_true_speed_counts_in_every_facing_but_forward(which: Facing) -> None:
    assert watched((1, 1.0), (2, 2.5), (3, 2.0), which=which).max_true_rear_kmh == 2.5


def test_the_true_speed_facing_the_console_is_not_told() -> None:
    assert watched((1, 9.0), which=Facing.FORWARD).max_true_rear_kmh is None


def test_a_forward_workout_has_no_speed_to_the_rear() -> None:
    assert watched((1, 9.0), which=Facing.UNKNOWN, workout="2min@5").max_true_rear_kmh is None


@pytest.mark.parametrize(
    ("curve", "over_s"),
    [
        ([(0, 3.0), (1, 3.3)], 0.0),
        ([(0, 3.3), (1, 3.3), (2, 3.3)], 0.0),
        ([(0, 3.0), (1, 4.0)], 0.7),
        ([(0, 4.0), (1, 3.0)], 0.7),
        ([(0, 3.0), (1, 4.0), (2, 4.0), (3, 3.0)], 0.7 + 1.0 + 0.7),
    ],
)
def test_time_over_the_cap_is_time_above_cap_and_three_tenths(curve: list[tuple[float, float]], over_s: float) -> None:
    assert watched(*curve).over_cap_s == pytest.approx(over_s)


def test_a_trip_is_told_with_what_it_did_in_the_facing_that_it_met() -> None:
    tally, forward, rear = Tally(plan()), facing(Facing.FORWARD), facing(Facing.UNKNOWN)
    tally.take(Tick(1.0), forward, rear, Outcome(trips=(Trip.LINK_LOST,)))
    tally.take(Tick(2.0), rear, forward, Outcome(trips=(Trip.LINK_LOST, Trip.QUIET)))

    assert tally.trips == [
        Tripped(1.0, Trip.LINK_LOST, Action.HOLD),
        Tripped(2.0, Trip.LINK_LOST, Action.GUIDED),
    ]


def test_a_cut_is_told_when_its_rule_begins_or_the_wish_jumps_and_not_at_each_step() -> None:
    tally, session = Tally(plan()), facing(Facing.FORWARD)
    asked: list[Limit | None] = [
        Limit("level", 4.0, 3.0),
        Limit("level", 4.0, 3.0),
        Limit("level", 4.02, 3.0),
        Limit("level", 4.04, 3.0),
        Limit("level", 5.0, 3.0),
        Limit("no-heart", 5.0, 2.4),
        None,
        Limit("no-heart", 5.0, 2.4),
    ]
    for at_s, limit in enumerate(asked):
        tally.take(Tick(float(at_s)), session, session, Outcome(limit=limit))

    assert [cut.at_s for cut in tally.limits] == [0.0, 4.0, 5.0, 7.0]


def test_a_row_under_way_is_told_up_to_now() -> None:
    tally, before, session = Tally(plan()), facing(Facing.FORWARD, Phase.RAMP), facing(Facing.BACKWARD, at_s=10.0)
    tally.take(Tick(10.0), before, session, Outcome())
    later = replace(session, belt=replace(session.belt, heard_at_s=14.0, odometer_m=14.0))
    tally.take(Tick(14.0), session, later, Outcome())
    row = tally.rows()[1]

    assert (row.start_s, row.end_s, row.time_s, row.distance_m, row.ended_by) == (10.0, None, 4.0, 4.0, None)
    assert tally.side(Facing.BACKWARD).time_s == 4.0
    assert tally.side(Facing.FORWARD).time_s == 0.0


@pytest.mark.parametrize(
    ("workout", "faults", "presses", "ended_by"),
    [
        (TURNS, [], [], ["extent", "extent", "extent"]),
        ("1min@5/200m@6/1min@4", [], [], ["extent", "extent", "extent"]),
        ("20s@5/rest 20s/20s@4", [], [], ["extent", "extent", "extent"]),
        ("1min@5/1min@6", [], ["n@segment1+10"], ["skip", "extent"]),
        ("1min@5/1min@6", [], ["space@segment1+10"], ["stop", "skipped"]),
        ("1min@5/1min@6", [], ["p@segment1+10", "yes@segment1+50"], ["extent", "extent"]),
        ("1min@5/1min@6", ["drop@segment1+10"], [], ["trip", "skipped"]),
        ("1min@5/1min@6", ["key@segment1+10"], [], ["extent", "extent"]),
        (TURNS, ["sound-lost@forward1+5"], [], ["extent", "skipped", "extent"]),
        (TURNS, ["sound-lost@backward1+10"], [], ["extent", "trip", "extent"]),
        (TURNS, ["key@backward1+10"], [], ["extent", "trip", "extent"]),
    ],
)
def test_a_row_tells_what_ended_it(workout: str, faults: list[str], presses: list[str], ended_by: list[str]) -> None:
    done = coach.simulate(workout, faults=faults, presses=presses)

    assert [row.ended_by for row in done.segments] == ended_by


def test_a_row_that_waits_for_the_heart_ends_by_it() -> None:
    assert coach.simulate("zone-2-40").segments[-1].ended_by == "until"


def test_a_row_that_never_began_has_neither_time_nor_place() -> None:
    row = coach.simulate(TURNS, faults=["sound-lost@forward1+5"]).segments[1]

    assert (row.start_s, row.end_s, row.time_s, row.distance_m, row.mean_speed_kmh) == (None, None, 0.0, 0.0, None)


def test_a_pause_is_in_the_place_of_a_row_and_not_in_its_time() -> None:
    row = coach.simulate("1min@5", presses=["p@segment1+10", "yes@segment1+50"]).segments[0]

    assert row.start_s is not None
    assert row.end_s is not None
    assert row.time_s == 60.0
    assert row.end_s - row.start_s > 100


def test_sums_of_the_rows_are_the_totals_of_their_facing() -> None:
    done = coach.simulate("five-k-retro-breaks")
    for facing_, side in (("forward", done.forward), ("backward", done.backward)):
        rows = [row for row in done.segments if row.facing == facing_ and row.kind != "rest"]

        assert side.time_s == pytest.approx(sum(row.time_s for row in rows), abs=0.1)
        assert side.distance_m == pytest.approx(sum(row.distance_m for row in rows), abs=1.0)
    assert done.distance_m > done.forward.distance_m + done.backward.distance_m


def test_time_and_distance_are_those_of_the_workout() -> None:
    done = coach.simulate("2min@6/500m@8/2min@10/1min@5")

    assert [row.time_s for row in done.segments[::2]] == [120.0, 120.0]
    assert done.segments[1].distance_m == pytest.approx(500, abs=3)
    assert done.segments[2].distance_m == pytest.approx(2 / 60 * 10_000, rel=0.03)


def test_a_turn_is_told_state_by_state() -> None:
    there, back = coach.simulate(TURNS).turn_list

    assert (there.to, back.to) == ("backward", "forward")
    states = ["slow", "rails", "stopping", "ready", "starting", "step-on", "ramp"]
    assert [state.state for state in there.states] == states
    assert there.took_s == pytest.approx(sum(state.s for state in there.states), abs=0.1)
    assert there.confirm_s == there.states[3].s
    assert there.confirm_s is not None
    assert there.confirm_s >= 4.0


def test_a_late_confirmation_is_told() -> None:
    done = coach.simulate(TURNS, faults=["late-confirm=25@turn1"])

    assert done.turn_list[0].confirm_s == 25.0


def test_a_turn_that_was_given_up_took_no_time() -> None:
    done = coach.simulate(TURNS, faults=["self-start@turn1+25"])

    assert done.turns == 0
    assert [turn.took_s for turn in done.turn_list] == [None]
    assert done.segments[1].ended_by == "skipped"


def test_no_row_and_no_facing_is_a_turn_in_a_forward_workout() -> None:
    done = coach.simulate("20s@5/rest 20s/20s@6")

    assert (done.turns, done.turn_list) == (0, ())
    assert done.max_true_speed_backward_kmh is None
