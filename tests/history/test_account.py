"""The account of a session: heart and zones by facing, the windows that are compared, alarms and keys."""

from dataclasses import replace

import pytest

from coach.core.belt import Belt
from coach.core.event import Tick
from coach.core.heart import Strap
from coach.core.machine import MachineProfile
from coach.core.plan import Plan, make_plan
from coach.core.progress import Progress
from coach.core.session import Outcome, Session
from coach.core.trip import Trip
from coach.core.wish import Phase, Wish
from coach.core.workout import Facing
from coach.history.account import Account
from coach.script.check import load

TURNS = "2min@5/back 2min@2/4min@4"  # row 1 faces the rear


def plan(workout: str = TURNS) -> Plan:
    loaded = load(workout).workout
    assert loaded is not None
    return make_plan(loaded, MachineProfile())


def here(
    facing: Facing = Facing.BACKWARD, *, row: int = 1, kmh: float = 2.0, bpm: int | None = 120, block: int = 1
) -> Session:
    """A row that runs since instant 0."""
    return Session(
        belt=Belt(link=True, kmh=kmh, heard_at_s=0.0),
        strap=Strap(bpm=bpm),
        progress=Progress(phase=Phase.RUN, facing=facing, row=row, run_at_s=0.0),
        wish=Wish(facing=facing, phase=Phase.RUN, block=block),
    )


def told(*steps: tuple[float, Session], workout: str = TURNS, trips: tuple[Trip, ...] = ()) -> Account:
    """An account of sessions, each as it is until its instant; the trips come with the last."""
    account = Account(plan(workout))
    for number, (at_s, session) in enumerate(steps, 1):
        last = number == len(steps)
        after = session if last else steps[number][1]
        account.take(Tick(at_s), session, after, Outcome(trips=trips if last else ()))
    return account


def seconds(to_s: int, session: Session) -> list[tuple[float, Session]]:
    return [(float(at_s), session) for at_s in range(1, to_s + 1)]


def test_the_heart_is_kept_by_facing_and_in_all() -> None:
    account = told((10, here(Facing.FORWARD, row=0, bpm=100)), (40, here(bpm=140)))
    assert account.hearts[Facing.FORWARD].mean_bpm == 100
    assert account.hearts[Facing.BACKWARD].mean_bpm == 140
    assert account.heart.mean_bpm == pytest.approx((10 * 100 + 30 * 140) / 40)
    assert account.heart.max_bpm == 140
    assert sum(account.heart.zones_s or ()) == 40


def test_a_heart_beside_a_standing_belt_is_not_counted() -> None:
    standing = here(bpm=100)
    assert told((10, replace(standing, belt=Belt(link=True, kmh=0.0)))).heart.mean_bpm is None


def test_in_a_forward_workout_an_unknown_facing_is_forward() -> None:
    account = told((10, here(Facing.UNKNOWN, row=0)), workout="2min@5")
    assert account.hearts[Facing.FORWARD].seconds == 10


def test_the_window_is_the_second_minute_of_a_backward_row() -> None:
    slow, fast = here(bpm=100), here(bpm=130)
    account = told(*seconds(60, slow), *[(float(60 + s), fast) for s in range(1, 61)])
    (window,) = account.seen()
    assert (window.block, window.to_s, window.incline_pct) == (1, 120.0, 0.0)
    assert (window.speed_kmh, window.bpm, window.heart_s) == pytest.approx((2.0, 130.0, 60.0))


def test_a_window_ends_where_its_row_was_planned_to_end() -> None:
    account = told(*seconds(90, here()), workout="2min@5/back 90s@2/4min@4")
    assert [one.to_s for one in account.seen()] == [90]


@pytest.mark.parametrize(("heart_s", "windows"), [(19, 0), (20, 1), (21, 1)])
def test_a_window_with_too_little_heart_says_nothing(heart_s: int, windows: int) -> None:
    assert len(told(*seconds(60 + heart_s, here())).seen()) == windows


@pytest.mark.parametrize(("kmh", "windows"), [(2.29, 1), (2.31, 0)])
def test_a_window_in_which_the_belt_changed_is_compared_with_nothing(kmh: float, windows: int) -> None:
    steady, other = here(), here(kmh=kmh)
    account = told(*seconds(90, steady), *[(float(90 + s), other) for s in range(1, 31)])
    assert len(account.seen()) == windows


def test_a_forward_row_has_no_window() -> None:
    assert told(*seconds(120, here(Facing.FORWARD, row=2, block=0))).seen() == ()


def test_a_paused_row_closes_its_window_and_the_rest_of_the_minute_is_another_one() -> None:
    account = told(*seconds(90, here()), (100.0, replace(here(), progress=Progress(phase=Phase.PAUSED, row=1))))
    assert len(account.windows) == 1


@pytest.mark.parametrize("facing", [Facing.BACKWARD, Facing.UNKNOWN])
def test_a_key_pulled_on_a_moving_belt_while_rear_is_remembered(facing: Facing) -> None:
    assert told((1, here(facing)), trips=(Trip.KEY,)).key_rear


def test_a_key_is_no_incident_facing_the_console_on_a_standing_belt_or_in_a_forward_workout() -> None:
    standing = replace(here(), belt=Belt(link=True, kmh=0.0))
    assert not told((1, here(Facing.FORWARD, row=0)), trips=(Trip.KEY,)).key_rear
    assert not told((1, standing), trips=(Trip.KEY,)).key_rear
    assert not told((1, here(Facing.UNKNOWN, row=0)), trips=(Trip.KEY,), workout="2min@5").key_rear


def test_only_trips_that_stop_the_belt_are_alarms() -> None:
    assert told((1, here()), trips=(Trip.HEART_HIGH, Trip.HEART_DANGER)).alarms == [Trip.HEART_DANGER]
    assert told((1, here(Facing.FORWARD, row=0)), trips=(Trip.HEART_DANGER,)).alarms == []
