from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import inf
from types import MappingProxyType
from typing import Final

import pytest

from coach.core.belt import Belt, observe
from coach.core.dose import Dose, Stopwatch
from coach.core.event import (
    CockpitSilent,
    Event,
    FocusFound,
    FocusLost,
    GuardLost,
    Key,
    LinkFound,
    SoundFound,
    SoundLost,
    Tick,
)
from coach.core.ftms import MachineStatus, Status
from coach.core.guard import Guard, Since
from coach.core.heart import Source, Strap
from coach.core.plan import Plan
from coach.core.runner import Runner
from coach.core.safety import Permit, govern
from coach.core.sent import Sent
from coach.core.trip import COURSES, Action, Trip, action, words
from coach.core.watch import watch
from coach.core.wish import Phase, Wish
from coach.core.workout import Facing, Level
from tests.core.build import (
    BACKWARD,
    FORWARD,
    NOW_S,
    UNKNOWN,
    backward,
    belt,
    dose,
    forward,
    guard,
    plan,
    pressed,
    profile,
    sent,
    status,
    strap,
    wish,
)

PLAN: Final = plan(runner=Runner(forward_ceiling_bpm=150))  # the ceiling facing the rear is 85 % of 180: 153
REHAB: Final = plan(forward(), backward(kmh=1.2), forward(180.0, 4.0), level=Level.REHAB)
SPEED: Final = {FORWARD: 8.0, BACKWARD: 3.0, UNKNOWN: 0.8}
CAP: Final = {FORWARD: 16.0, BACKWARD: 4.5, UNKNOWN: 0.8}
FACINGS: Final = (FORWARD, BACKWARD, UNKNOWN)


BEATS: Final = strap(120)
SO_FAR: Final = dose()
NOTHING: Final = Tick(NOW_S)


@dataclass(frozen=True)
class Scene:
    """One instant: all that `watch` looks at. The defaults are a session in which nothing is wrong."""

    guard: Guard
    belt: Belt
    sent: Sent
    wish: Wish
    strap: Strap = BEATS
    dose: Dose = SO_FAR
    event: Event = NOTHING
    plan: Plan = PLAN

    def watched(self) -> tuple[Guard, tuple[Trip, ...]]:
        return watch(self.plan, self.guard, self.dose, self.belt, self.strap, self.sent, self.wish, self.event)

    def governed(self, asked: Wish | None = None) -> tuple[Guard, Permit]:
        after, _ = self.watched()
        now = self.wish if asked is None else asked
        return govern(self.plan, after, self.dose, self.belt, self.sent, now, self.event.at_s)


def calm(facing: Facing) -> Scene:
    """Nothing is wrong: RUN, or STEP_ON where the facing is not known."""
    kmh = SPEED[facing]
    phase = Phase.STEP_ON if facing is UNKNOWN else Phase.RUN
    return Scene(
        guard(set_kmh=kmh, cap_kmh=CAP[facing], rear=facing.rear),
        belt(kmh),
        sent(kmh),
        wish(phase, facing, kmh, block=1 if facing is BACKWARD else 0, row=1 if facing.rear else 0),
    )


def quiet(facing: Facing) -> Scene:
    here = calm(facing)
    return replace(here, belt=belt(SPEED[facing], at_s=NOW_S - (2.0 if facing.rear else 3.0)))


def stale(facing: Facing) -> Scene:
    here = calm(facing)
    return replace(here, belt=belt(SPEED[facing], at_s=NOW_S - (4.0 if facing.rear else 6.0)))


def link_lost(facing: Facing) -> Scene:
    return replace(calm(facing), belt=belt(None, link=False, link_at_s=NOW_S))


def heart_high(facing: Facing) -> Scene:
    return replace(calm(facing), strap=strap(154))


def heart_stays_high(facing: Facing) -> Scene:
    here = heart_high(facing)
    eased = replace(
        here.guard, notes=frozenset({Trip.HEART_HIGH}), eased_at_s=NOW_S - 45, ease_kmh=0.5, ease_row=here.wish.row
    )
    return replace(here, guard=eased)


def heart_danger(facing: Facing) -> Scene:
    here = replace(calm(facing), strap=strap(164))
    high = replace(here.guard, notes=frozenset({Trip.HEART_HIGH}), since=Since(far=NOW_S - 20))
    return replace(here, guard=high)


def heart_missing(facing: Facing) -> Scene:
    return replace(calm(facing), strap=strap(None))


def strap_missing(facing: Facing) -> Scene:
    return replace(calm(facing), strap=replace(strap(120), source=Source.TREADMILL))


def strap_required(facing: Facing) -> Scene:
    here = replace(calm(facing), strap=strap(None), plan=REHAB, belt=belt(1.2), sent=sent(1.2))
    return replace(here, guard=replace(here.guard, notes=frozenset({Trip.HEART_MISSING})))


def console(facing: Facing, change_kmh: float = -0.5) -> Scene:
    here, kmh = calm(facing), SPEED[facing]
    since = Since(console=NOW_S - 5, settled=True)
    return replace(here, belt=belt(kmh + change_kmh), guard=replace(here.guard, since=since))


def console_faster(facing: Facing) -> Scene:
    here = console(facing, +0.5)
    return replace(here, guard=replace(here.guard, cap_kmh=CAP[BACKWARD]))


def console_again(facing: Facing) -> Scene:
    here = console_faster(facing)
    return replace(here, guard=replace(here.guard, console_faster_at_s=NOW_S - 30))


def over_cap(facing: Facing) -> Scene:
    here, kmh = calm(facing), SPEED[facing]
    capped = replace(here.guard, cap_kmh=kmh, since=Since(over=NOW_S - 2.5))
    return replace(here, guard=capped, belt=belt(kmh + 0.35))


def console_incline(facing: Facing) -> Scene:
    here = calm(facing)
    level = replace(here.sent, incline_pct=0.0, incline_at_s=NOW_S - 60)
    since = Since(incline=NOW_S - 5)
    return replace(here, sent=level, belt=belt(SPEED[facing], incline_pct=1.0), guard=replace(here.guard, since=since))


def incline_stuck(facing: Facing) -> Scene:
    here = console_incline(facing)
    return replace(here, guard=replace(here.guard, incline_again=True))


def told(facing: Facing, text: str) -> Scene:
    """The machine says something, and the belt has noted it before the guard looks."""
    here, event = calm(facing), status(NOW_S, text)
    return replace(here, event=event, belt=observe(profile(), here.belt, here.sent, event))


def belt_moves(facing: Facing) -> Scene:
    here = calm(facing)
    asked = replace(here.wish, phase=Phase.PAUSED, target_kmh=None, facing=facing)
    return replace(here, belt=belt(1.0), sent=sent(None, stop_at_s=NOW_S - 60, stop_done=True), wish=asked)


def not_followed(facing: Facing) -> Scene:
    here, kmh = calm(facing), SPEED[facing]
    since = Since(off=NOW_S - 15)
    return replace(here, belt=belt(kmh - 0.6), guard=replace(here.guard, since=since))


def stop_ignored(facing: Facing) -> Scene:
    here, kmh = calm(facing), SPEED[facing]
    asked = replace(here.wish, phase=Phase.STOPPING, target_kmh=None)
    return replace(here, sent=sent(kmh, stop_at_s=NOW_S - 3, stop_from_kmh=kmh), wish=asked)


def rising(facing: Facing) -> Scene:
    here, kmh = calm(facing), SPEED[facing]
    slowed = replace(
        sent(max(kmh - 1, 0.8), at_s=NOW_S - 2), slowed_at_s=NOW_S - 2, slowed_from_kmh=kmh, ramp_until_s=NOW_S + 2
    )
    return replace(here, sent=slowed, belt=belt(kmh + 0.4), guard=replace(here.guard, cap_kmh=CAP[BACKWARD]))


def focus_lost(facing: Facing) -> Scene:
    here = calm(facing)
    away = replace(here.guard, focus_at_s=NOW_S - 5, notes=frozenset({Trip.FOCUS_AWAY}))
    return replace(here, guard=away)


def below_minimum(facing: Facing) -> Scene:
    here = replace(calm(facing), belt=belt(0.8), sent=sent(0.8))
    return replace(here, guard=replace(here.guard, cap_kmh=0.7))


def enough(facing: Facing) -> Scene:
    return replace(calm(facing), dose=replace(dose(), block=Stopwatch(300.6)))


CAUSES: Final[Mapping[Trip, Callable[[Facing], Scene]]] = MappingProxyType(
    {
        Trip.QUIET: quiet,
        Trip.STALE: stale,
        Trip.LINK_LOST: link_lost,
        Trip.HEART_HIGH: heart_high,
        Trip.HEART_STAYS_HIGH: heart_stays_high,
        Trip.HEART_DANGER: heart_danger,
        Trip.HEART_MISSING: heart_missing,
        Trip.STRAP_MISSING: strap_missing,
        Trip.STRAP_REQUIRED: strap_required,
        Trip.CONSOLE: console,
        Trip.CONSOLE_FASTER: console_faster,
        Trip.CONSOLE_AGAIN: console_again,
        Trip.OVER_CAP: over_cap,
        Trip.CONSOLE_INCLINE: console_incline,
        Trip.INCLINE_STUCK: incline_stuck,
        Trip.CONSOLE_STOP: lambda facing: told(facing, "02 01"),
        Trip.KEY: lambda facing: told(facing, "03"),
        Trip.BELT_MOVES: belt_moves,
        Trip.CONTROL_LOST: lambda facing: told(facing, "ff"),
        Trip.NOT_FOLLOWED: not_followed,
        Trip.STOP_IGNORED: stop_ignored,
        Trip.RISING: rising,
        Trip.SOUND_LOST: lambda facing: replace(calm(facing), event=SoundLost(NOW_S)),
        Trip.UNGUARDED: lambda facing: replace(calm(facing), event=GuardLost(NOW_S)),
        Trip.FOCUS_AWAY: lambda facing: replace(calm(facing), event=FocusLost(NOW_S)),
        Trip.FOCUS_LOST: focus_lost,
        Trip.COCKPIT_SILENT: lambda facing: replace(calm(facing), event=CockpitSilent(NOW_S, ended=False)),
        Trip.COCKPIT_LOST: lambda facing: replace(calm(facing), event=CockpitSilent(NOW_S, ended=True)),
        Trip.BELOW_MINIMUM: below_minimum,
        Trip.DOSE: enough,
    }
)
BACKWARD_ONLY: Final = frozenset(
    {Trip.STRAP_REQUIRED, Trip.CONSOLE_INCLINE, Trip.INCLINE_STUCK, Trip.BELOW_MINIMUM, Trip.DOSE}
)
REAR_ONLY: Final = frozenset({Trip.CONSOLE_FASTER, Trip.CONSOLE_AGAIN, Trip.OVER_CAP, Trip.FOCUS_LOST})
NOT_UNKNOWN: Final = frozenset({Trip.HEART_STAYS_HIGH, Trip.CONSOLE})  # creep is the lowest there is


def happens(trip: Trip, facing: Facing) -> bool:
    """Whether a trip can be raised with this facing."""
    if trip in NOT_UNKNOWN and facing is UNKNOWN:
        return False
    if trip in BACKWARD_ONLY:
        return facing is BACKWARD
    return facing.rear or trip not in REAR_ONLY


EVERY: Final = [(trip, facing) for trip, facing in product(Trip, FACINGS) if happens(trip, facing)]
each = pytest.mark.parametrize(("trip", "facing"), EVERY, ids=[f"{trip} {facing}" for trip, facing in EVERY])


def doing(*does: Action) -> pytest.MarkDecorator:
    """Those trips that do one of these."""
    some = [(trip, facing) for trip, facing in EVERY if action(trip, rear=facing.rear) in does]
    return pytest.mark.parametrize(("trip", "facing"), some, ids=[f"{trip} {facing}" for trip, facing in some])


def test_every_trip_has_a_cause_and_a_course() -> None:
    assert set(CAUSES) == set(Trip) == set(COURSES)


@pytest.mark.parametrize("facing", FACINGS)
def test_nothing_trips_while_nothing_is_wrong(facing: Facing) -> None:
    assert calm(facing).watched()[1] == ()


@each
def test_each_cause_raises_its_trip_and_no_other(trip: Trip, facing: Facing) -> None:
    assert CAUSES[trip](facing).watched()[1] == (trip,)


@pytest.mark.parametrize("trip", sorted(BACKWARD_ONLY | REAR_ONLY))
def test_what_concerns_the_rear_is_not_raised_facing_the_console(trip: Trip) -> None:
    assert trip not in CAUSES[trip](FORWARD).watched()[1]


@each
def test_a_trip_latches_from_the_end_of_a_block_on(trip: Trip, facing: Facing) -> None:
    after, _ = CAUSES[trip](facing).watched()
    does = action(trip, rear=facing.rear)
    latched = (trip, does, NOW_S) if does >= Action.END_BLOCK else (None, Action.NOTE, -float("inf"))
    assert (after.latched, after.latched_action, after.latched_at_s) == latched


@each
def test_a_trip_is_raised_once_while_it_lasts(trip: Trip, facing: Facing) -> None:
    here = CAUSES[trip](facing)
    after, _ = here.watched()
    assert trip not in replace(here, guard=after).watched()[1]


@doing(Action.HOLD, Action.END_BLOCK)
def test_a_hold_permits_no_rise(trip: Trip, facing: Facing) -> None:
    here = CAUSES[trip](facing)
    more = replace(here.wish, target_kmh=SPEED[facing] + 0.3)
    last_kmh = here.guard.set_kmh
    _, permit = here.governed(more)
    assert permit.target_kmh is None or last_kmh is None or permit.target_kmh <= last_kmh
    assert not permit.green


@doing(Action.PAUSE)
def test_a_pause_writes_nothing(trip: Trip, facing: Facing) -> None:
    _, permit = CAUSES[trip](facing).governed()
    assert (permit.target_kmh, permit.incline_pct, permit.stop) == (None, None, 0)


@doing(Action.GUIDED)
def test_a_guided_stop_goes_down_and_never_up(trip: Trip, facing: Facing) -> None:
    here = CAUSES[trip](facing)
    last_kmh = here.guard.set_kmh
    after, permit = here.governed(replace(here.wish, target_kmh=SPEED[facing] + 1))
    assert last_kmh is not None
    if trip is Trip.LINK_LOST:  # nothing goes down unseen: the way down begins when the link is back
        assert permit.target_kmh is None
        return
    assert permit.target_kmh is not None
    assert after.goal_kmh == 0.8
    assert permit.target_kmh < last_kmh or last_kmh == 0.8


@doing(Action.STOP, Action.ALARM)
def test_a_stop_is_permitted_in_the_step_that_trips(trip: Trip, facing: Facing) -> None:
    here = CAUSES[trip](facing)
    _, permit = here.governed()
    already = trip is Trip.STOP_IGNORED  # a Stop is under way; the engine insists on it
    assert (permit.stop, permit.target_kmh) == (0 if already else 1, None)


@doing(Action.PAUSE, Action.STOP, Action.ALARM)
def test_a_stop_stays_whatever_is_wished(trip: Trip, facing: Facing) -> None:
    here = CAUSES[trip](facing)
    after, _ = here.governed()
    stopped = replace(here.sent, stop_at_s=NOW_S, stop_done=True)
    for second, kmh in ((1, 0.5), (5, 0.0), (60, 0.0), (600, 0.0)):
        now = belt(kmh, at_s=NOW_S + second)
        asked = replace(here.wish, target_kmh=12.0, start=here.wish.start + 1)
        after, permit = govern(here.plan, after, here.dose, now, stopped, asked, NOW_S + second)
        assert (permit.target_kmh, permit.starting) == (None, False)


@doing(Action.END_BLOCK, Action.PAUSE, Action.GUIDED, Action.STOP, Action.ALARM)
def test_a_latched_trip_is_cleared_by_a_yes_on_a_still_belt_only(trip: Trip, facing: Facing) -> None:
    here = CAUSES[trip](facing)
    tripped, _ = here.watched()
    asked = replace(here.wish, acknowledged=here.wish.acknowledged + 1)
    moving, _ = govern(here.plan, tripped, here.dose, belt(0.3), here.sent, asked, NOW_S + 9)
    unasked, _ = govern(here.plan, tripped, here.dose, belt(0.0), here.sent, here.wish, NOW_S + 9)
    still, _ = govern(here.plan, tripped, here.dose, belt(0.0), here.sent, asked, NOW_S + 9)
    assert (moving.latched, unasked.latched, still.latched) == (trip, trip, None)


PAIRS: Final = [
    (first, second, facing)
    for (first, facing), (second, also) in product(EVERY, EVERY)
    if facing is also and first is not second
]


@pytest.mark.parametrize("facing", FACINGS)
def test_of_all_pairs_the_worst_wins(facing: Facing) -> None:
    for first, second, here in PAIRS:
        if here is not facing:
            continue
        does = action(first, rear=facing.rear)
        scene = CAUSES[second](facing)
        before = scene.guard
        if does >= Action.END_BLOCK:
            before = replace(before, latched=first, latched_action=does, latched_at_s=NOW_S - 1)
        after, _ = replace(scene, guard=before).watched()
        worst = max(does, action(second, rear=facing.rear))
        assert after.latched_action == (worst if worst >= Action.END_BLOCK else Action.NOTE), (first, second)


def test_trips_of_one_step_come_worst_first() -> None:
    here = replace(stale(BACKWARD), event=CockpitSilent(NOW_S, ended=False), strap=strap(None))
    assert here.watched()[1] == (Trip.STALE, Trip.COCKPIT_SILENT, Trip.HEART_MISSING)


@each
def test_backward_is_off_for_the_day_where_the_table_says_so(trip: Trip, facing: Facing) -> None:
    after, _ = CAUSES[trip](facing).watched()
    off = {"never": False, "rear": facing.rear, "always": True}[COURSES[trip].backward_off]
    assert bool(after.backward_off) is off


# At each limit: just below, on it, just above.


def heard(facing: Facing, silent_s: float, period_s: float = 0.5) -> Scene:
    """Nothing was heard for so long."""
    return replace(calm(facing), belt=belt(SPEED[facing], at_s=NOW_S - silent_s, period_s=period_s))


@pytest.mark.parametrize(
    ("facing", "silent_s", "period_s", "trip"),
    [
        (FORWARD, 2.99, 0.5, None),
        (FORWARD, 3.0, 0.5, Trip.QUIET),
        (FORWARD, 5.99, 0.5, Trip.QUIET),
        (FORWARD, 6.0, 0.5, Trip.STALE),
        (FORWARD, 3.99, 1.0, None),
        (FORWARD, 4.0, 1.0, Trip.QUIET),
        (FORWARD, 8.0, 1.0, Trip.STALE),
        (BACKWARD, 1.99, 0.5, None),
        (BACKWARD, 2.0, 0.5, Trip.QUIET),
        (BACKWARD, 3.99, 0.5, Trip.QUIET),
        (BACKWARD, 4.0, 0.5, Trip.STALE),
        (BACKWARD, 2.99, 1.0, None),
        (BACKWARD, 3.0, 1.0, Trip.QUIET),
        (BACKWARD, 6.0, 1.0, Trip.STALE),
        (UNKNOWN, 1.99, 0.5, None),
        (UNKNOWN, 2.0, 0.5, Trip.QUIET),
        (UNKNOWN, 4.0, 0.5, Trip.STALE),
    ],
)
def test_silence_is_quiet_and_twice_as_much_is_stale(
    facing: Facing, silent_s: float, period_s: float, trip: Trip | None
) -> None:
    assert heard(facing, silent_s, period_s).watched()[1] == (() if trip is None else (trip,))


@pytest.mark.parametrize("facing", FACINGS)
@pytest.mark.parametrize("still", [True, False])
def test_silence_of_a_belt_that_stands_or_stops_as_told_is_no_trip(facing: Facing, still: bool) -> None:
    here = calm(facing)
    now = belt(0.0 if still else 2.0, at_s=NOW_S - 60 if still else NOW_S - 4.5, still=still)
    stop = sent(2.0, stop_at_s=NOW_S - 4.6, stop_from_kmh=2.4)
    asked = replace(here.wish, phase=Phase.STOPPING)
    assert Trip.STALE not in replace(here, belt=now, sent=stop, wish=asked).watched()[1]


@pytest.mark.parametrize(
    ("since_s", "kmh", "period_s", "trips"),
    [
        (2.49, 3.31, 0.5, False),
        (2.5, 3.31, 0.5, True),
        (2.51, 3.31, 0.5, True),
        (2.99, 3.31, 1.0, False),
        (3.0, 3.31, 1.0, True),
        (60.0, 3.30, 0.5, False),
        (60.0, 3.29, 0.5, False),
    ],
)
def test_a_report_above_the_cap_for_two_seconds_and_a_period_stops(
    since_s: float, kmh: float, period_s: float, trips: bool
) -> None:
    here = calm(BACKWARD)
    capped = replace(here.guard, cap_kmh=3.0, since=Since(over=NOW_S - since_s))
    raised = replace(here, guard=capped, belt=belt(kmh, period_s=period_s)).watched()[1]
    assert (Trip.OVER_CAP in raised) is trips


STOPPING: Final = wish(Phase.STOPPING, UNKNOWN, None)


@pytest.mark.parametrize(
    ("since_s", "kmh", "trips"),
    [
        (2.99, 3.0, False),
        (3.0, 3.0, True),
        (3.01, 3.0, True),
        (3.0, 2.71, True),
        (3.0, 2.7, False),
        (3.0, 2.69, False),
        (9.99, 0.3, False),  # 3.0 / 0.5 + 4 s: LATE
        (10.0, 0.3, True),
        (10.0, 0.01, True),
    ],
)
def test_a_stop_that_is_not_obeyed_or_late_is_ignored(since_s: float, kmh: float, trips: bool) -> None:
    here = calm(UNKNOWN)
    stop = sent(3.0, stop_at_s=NOW_S - since_s, stop_from_kmh=3.0)
    raised = replace(here, sent=stop, belt=belt(kmh), wish=STOPPING).watched()[1]
    assert (Trip.STOP_IGNORED in raised) is trips


@pytest.mark.parametrize(
    ("since_s", "returned", "trips"), [(1.49, False, False), (1.5, False, True), (1.5, True, False)]
)
def test_a_stop_whose_write_does_not_come_back_is_ignored(since_s: float, returned: bool, trips: bool) -> None:
    stop = sent(3.0, stop_at_s=NOW_S - since_s, stop_from_kmh=3.0, stop_returned=returned)
    raised = replace(calm(UNKNOWN), sent=stop, belt=belt(2.5), wish=STOPPING).watched()[1]
    assert (Trip.STOP_IGNORED in raised) is trips


def test_a_stop_after_which_nothing_is_heard_is_ignored() -> None:
    stop = sent(3.0, stop_at_s=NOW_S - 3, stop_from_kmh=3.0)
    here = replace(calm(UNKNOWN), sent=stop, wish=STOPPING)
    unheard = replace(here, belt=belt(2.0, at_s=NOW_S - 3.1)).watched()[1]
    assert Trip.STOP_IGNORED in unheard


def test_a_stop_on_a_belt_that_stands_is_obeyed() -> None:
    stop = sent(3.0, stop_at_s=NOW_S - 60, stop_from_kmh=3.0, stop_returned=False)
    assert replace(calm(UNKNOWN), sent=stop, belt=belt(0.0), wish=STOPPING).watched()[1] == ()


@pytest.mark.parametrize(
    ("since_s", "kmh", "trips"),
    [(5.01, 8.4, False), (5.0, 8.4, True), (0.1, 8.31, True), (2.0, 8.3, False), (2.0, 8.29, False)],
)
def test_a_report_that_rises_after_a_slowing_write_stops(since_s: float, kmh: float, trips: bool) -> None:
    here = calm(FORWARD)
    slowed = replace(sent(6.0), slowed_at_s=NOW_S - since_s, slowed_from_kmh=8.0, ramp_until_s=NOW_S + 3)
    assert (Trip.RISING in replace(here, sent=slowed, belt=belt(kmh)).watched()[1]) is trips


@pytest.mark.parametrize(
    ("asked_kmh", "kmh", "since_s", "trips"),
    [
        (3.0, 2.59, 5.0, True),
        (3.0, 2.6, 5.0, False),
        (3.0, 2.59, 4.99, False),
        (14.0, 13.43, 5.0, True),  # 4 % of 14 is 0.56
        (14.0, 13.45, 5.0, False),
    ],
)
def test_a_settled_difference_is_the_console(asked_kmh: float, kmh: float, since_s: float, trips: bool) -> None:
    here = calm(FORWARD)
    settled = replace(here.guard, since=Since(console=NOW_S - since_s, settled=True))
    raised = replace(here, guard=settled, sent=sent(asked_kmh), belt=belt(kmh)).watched()[1]
    assert (Trip.CONSOLE in raised) is trips


@pytest.mark.parametrize(
    ("ago_s", "trip"), [(29.9, Trip.CONSOLE_AGAIN), (30.0, Trip.CONSOLE_AGAIN), (30.1, Trip.CONSOLE_FASTER)]
)
def test_a_second_rise_at_the_console_within_half_a_minute_is_worse(ago_s: float, trip: Trip) -> None:
    here = console_faster(BACKWARD)
    again = replace(here.guard, console_faster_at_s=NOW_S - ago_s)
    assert replace(here, guard=again).watched()[1] == (trip,)


@pytest.mark.parametrize(
    ("off_kmh", "since_s", "trips"), [(0.6, 14.9, False), (0.6, 15.0, True), (0.5, 60.0, False), (0.51, 15.0, True)]
)
def test_a_belt_off_its_target_for_a_quarter_of_a_minute_does_not_follow(
    off_kmh: float, since_s: float, trips: bool
) -> None:
    here = calm(FORWARD)
    off = replace(here.guard, since=Since(off=NOW_S - since_s))
    raised = replace(here, guard=off, belt=belt(round(8.0 - off_kmh, 2))).watched()[1]
    assert (Trip.NOT_FOLLOWED in raised) is trips


@pytest.mark.parametrize(
    ("bpm", "since_change_s", "trips"),
    [(153, 60.0, False), (154, 59.9, False), (154, 60.0, True), (163, 0.0, False), (164, 0.0, True)],
)
def test_a_heart_over_its_ceiling_has_a_minute_after_a_change(bpm: int, since_change_s: float, trips: bool) -> None:
    here = replace(calm(BACKWARD), strap=strap(bpm))
    changed = replace(here.guard, changed_at_s=NOW_S - since_change_s)
    assert (Trip.HEART_HIGH in replace(here, guard=changed).watched()[1]) is trips


@pytest.mark.parametrize(("bpm", "since_s", "trips"), [(164, 19.9, False), (164, 20.0, True), (163, 20.0, False)])
def test_a_heart_far_over_its_ceiling_is_danger_after_twenty_seconds(bpm: int, since_s: float, trips: bool) -> None:
    here = replace(calm(BACKWARD), strap=strap(bpm))
    far = replace(here.guard, since=Since(far=NOW_S - since_s))
    assert (Trip.HEART_DANGER in replace(here, guard=far).watched()[1]) is trips


@pytest.mark.parametrize(("bpm", "since_s", "trips"), [(171, 4.9, False), (171, 5.0, True), (170, 5.0, False)])
def test_a_heart_near_its_measured_maximum_is_danger_after_five_seconds(bpm: int, since_s: float, trips: bool) -> None:
    measured = plan(runner=Runner(measured_max_bpm=180, beta_blocker=True))
    here = replace(calm(BACKWARD), strap=strap(bpm), plan=measured)
    near = replace(here.guard, since=Since(near_max=NOW_S - since_s))
    assert (Trip.HEART_DANGER in replace(here, guard=near).watched()[1]) is trips


@pytest.mark.parametrize(("eased_s", "trips"), [(44.9, False), (45.0, True)])
def test_a_heart_that_stays_high_for_45_s_ends_the_block(eased_s: float, trips: bool) -> None:
    here = heart_stays_high(BACKWARD)
    eased = replace(here.guard, eased_at_s=NOW_S - eased_s)
    assert (Trip.HEART_STAYS_HIGH in replace(here, guard=eased).watched()[1]) is trips


@pytest.mark.parametrize(("away_s", "trip"), [(4.9, Trip.FOCUS_AWAY), (5.0, Trip.FOCUS_LOST)])
def test_presses_that_are_lost_for_five_seconds_facing_the_rear_stop(away_s: float, trip: Trip) -> None:
    here = calm(BACKWARD)
    away = replace(here.guard, focus_at_s=NOW_S - away_s)
    assert replace(here, guard=away).watched()[1] == (trip,)


@pytest.mark.parametrize(
    ("block_s", "run_s", "trips"),
    [(300.5, 300.5, False), (300.51, 300.51, True), (10.0, 720.5, False), (10.0, 720.51, True)],
)
def test_a_block_or_a_session_that_is_too_long_ends(block_s: float, run_s: float, trips: bool) -> None:
    long = Dose(run=Stopwatch(run_s), block=Stopwatch(block_s), number=1, held_kmh=8.0)
    assert (Trip.DOSE in replace(calm(BACKWARD), dose=long).watched()[1]) is trips


@pytest.mark.parametrize(("ago_s", "trips"), [(2.9, False), (3.0, False), (3.1, True)])
def test_a_status_of_a_stop_is_ours_for_three_seconds(ago_s: float, trips: bool) -> None:
    here = told(FORWARD, "02 01")
    ours = sent(8.0, stop_at_s=NOW_S - ago_s, start_at_s=NOW_S - 300, stop_done=True)
    assert (Trip.CONSOLE_STOP in replace(here, sent=ours).watched()[1]) is trips


@pytest.mark.parametrize("phase", [Phase.READY, Phase.RESTING, Phase.PAUSED])
@pytest.mark.parametrize(("kmh", "trips"), [(0.05, False), (0.06, True)])
def test_motion_of_a_belt_that_should_stand_is_noticed_in_every_standing_state(
    phase: Phase, kmh: float, trips: bool
) -> None:
    here = belt_moves(UNKNOWN)
    moving = replace(here, belt=belt(kmh), wish=replace(here.wish, phase=phase))
    assert (Trip.BELT_MOVES in moving.watched()[1]) is trips


@pytest.mark.parametrize(("ago_s", "trips"), [(14.9, False), (15.0, False), (15.1, True)])
def test_a_started_machine_is_ours_for_fifteen_seconds(ago_s: float, trips: bool) -> None:
    here = told(UNKNOWN, "04")
    starts = replace(here.wish, phase=Phase.STARTING, target_kmh=None)
    now = replace(belt(0.0, still=True), status=here.belt.status, status_at_s=NOW_S)
    ours = replace(here.guard, started_at_s=NOW_S - ago_s)
    raised = replace(here, guard=ours, sent=sent(None, start_at_s=NOW_S - ago_s), wish=starts, belt=now).watched()[1]
    assert (Trip.BELT_MOVES in raised) is trips


@pytest.mark.parametrize("phase", [Phase.READY, Phase.RESTING, Phase.PAUSED])
def test_a_machine_that_says_started_where_it_should_stand_is_not_ours(phase: Phase) -> None:
    here = told(UNKNOWN, "04")
    now = replace(belt(0.0, still=True), status=here.belt.status, status_at_s=NOW_S)
    ours = replace(here.guard, started_at_s=NOW_S - 5)
    waits = replace(here.wish, phase=phase, target_kmh=None)
    raised = replace(here, guard=ours, sent=sent(None, start_at_s=NOW_S - 5), wish=waits, belt=now).watched()[1]
    assert Trip.BELT_MOVES in raised


@pytest.mark.parametrize(
    ("counts_down", "permitted_s", "trips"), [(False, 5.0, False), (True, 5.0, True), (False, 4.9, True)]
)
def test_an_earlier_start_does_not_explain_one_that_comes_before_the_new(
    counts_down: bool, permitted_s: float, trips: bool
) -> None:
    here = told(UNKNOWN, "04")
    now = replace(belt(0.0, still=True), status=here.belt.status, status_at_s=NOW_S)
    permitted = replace(here.guard, started_at_s=NOW_S - permitted_s)
    starts = replace(here.wish, phase=Phase.STARTING, target_kmh=None, counts_down=counts_down)
    made = replace(here, guard=permitted, sent=sent(None, start_at_s=NOW_S - 5.0), wish=starts, belt=now)
    assert (Trip.BELT_MOVES in made.watched()[1]) is trips


def test_a_started_machine_is_not_ours_after_our_stop() -> None:
    here = told(UNKNOWN, "04")
    asked = replace(here.wish, phase=Phase.PAUSED, target_kmh=None)
    now = replace(belt(0.0), status=here.belt.status, status_at_s=NOW_S)
    cancelled = sent(None, start_at_s=NOW_S - 5, stop_at_s=NOW_S - 4, stop_done=True)
    assert Trip.BELT_MOVES in replace(here, sent=cancelled, wish=asked, belt=now).watched()[1]


def test_a_pulled_key_on_a_belt_that_stands_is_no_incident() -> None:
    here = told(UNKNOWN, "03")
    now = replace(belt(0.0), status=here.belt.status, status_at_s=NOW_S)
    asked = replace(here.wish, phase=Phase.READY, target_kmh=None)
    assert replace(here, belt=now, wish=asked).watched()[1] == ()


@pytest.mark.parametrize("phase", [Phase.CONNECTING, Phase.ENDED])
def test_nothing_is_judged_before_and_after_the_session(phase: Phase) -> None:
    for trip in Trip:
        here = CAUSES[trip](BACKWARD)
        assert replace(here, wish=replace(here.wish, phase=phase)).watched()[1] == ()


def test_sound_and_focus_that_are_back_are_no_longer_missed() -> None:
    here = calm(FORWARD)
    lost = replace(here, event=SoundLost(NOW_S)).watched()[0]
    lost = replace(here, guard=lost, event=FocusLost(NOW_S)).watched()[0]
    back = replace(here, guard=lost, event=SoundFound(NOW_S)).watched()[0]
    back = replace(here, guard=back, event=FocusFound(NOW_S)).watched()[0]
    assert (lost.notes, back.notes) == (frozenset({Trip.SOUND_LOST, Trip.FOCUS_AWAY}), frozenset())


@pytest.mark.parametrize(
    ("key", "waits"),
    [(Key.FASTER, False), (Key.MUCH_FASTER, False), (Key.YES, False), (Key.SLOWER, True), (Key.LAP, True)],
)
def test_a_link_that_is_back_waits_for_one_press_before_it_goes_faster(key: Key, waits: bool) -> None:
    lost = link_lost(FORWARD).watched()[0]
    here = calm(FORWARD)
    back = replace(here, guard=lost, event=LinkFound(NOW_S)).watched()[0]
    assert back.action is Action.HOLD
    after = replace(here, guard=back, event=pressed(NOW_S + 1, key)).watched()[0]
    assert (after.action is Action.HOLD) is waits


def test_a_cockpit_that_ended_does_not_come_back_by_a_press() -> None:
    here = calm(FORWARD)
    silent = replace(here, event=CockpitSilent(NOW_S, ended=False)).watched()[0]
    ended = replace(here, event=CockpitSilent(NOW_S, ended=True)).watched()[0]
    silent = replace(here, guard=silent, event=pressed(NOW_S)).watched()[0]
    ended = replace(here, guard=ended, event=pressed(NOW_S)).watched()[0]
    assert (silent.cockpit, ended.cockpit) == (None, Trip.COCKPIT_LOST)


def test_a_stop_that_was_ignored_is_never_trusted_again() -> None:
    here = stop_ignored(UNKNOWN)
    after, _ = here.watched()
    asked = replace(here.wish, phase=Phase.STARTING, acknowledged=9, start=9)
    stood, permit = govern(here.plan, after, here.dose, belt(0.0), here.sent, asked, NOW_S + 60)
    assert (stood.trusted, stood.latched, permit.starting) == (False, None, False)


def test_of_turns_nothing_is_said_where_there_are_none() -> None:
    assert words(Trip.SOUND_LOST, rear=False, turns=True) == "No sound. No turn until it is back."
    assert words(Trip.SOUND_LOST, rear=False, turns=False) == "No sound."
    assert words(Trip.FOCUS_AWAY, rear=False, turns=False) == "Presses go elsewhere."
    assert all(words(trip, rear=True, turns=True) == words(trip, rear=True, turns=False) for trip in Trip)


def test_a_trip_that_outdid_another_is_told_once() -> None:
    here = calm(FORWARD)
    assert not replace(here, guard=replace(here.guard, anew=True)).watched()[0].anew
    calmed, _ = here.watched()
    assert replace(here, guard=calmed).watched()[0] is calmed  # while only time passes nothing changes


@pytest.mark.parametrize(("starts", "why"), [(1, ""), (2, "it starts too fast"), (3, "it starts too fast")])
def test_two_starts_that_were_too_fast_are_the_last_to_the_rear(starts: int, why: str) -> None:
    here = calm(FORWARD)
    bad = replace(here, wish=replace(here.wish, bad_starts=starts))
    assert bad.watched()[0].backward_off == why
    off = replace(bad, guard=replace(here.guard, backward_off="it ran away"))
    assert off.watched()[0].backward_off == "it ran away"


@pytest.mark.parametrize(
    ("heard", "before_s", "after_s"),
    [
        (strap(None, at_s=NOW_S), inf, -inf),  # never heard
        (replace(strap(None, at_s=NOW_S), good_at_s=NOW_S - 3), inf, NOW_S),
        (replace(strap(None, at_s=NOW_S), good_at_s=NOW_S - 3), NOW_S - 9, NOW_S - 9),
        (strap(120), NOW_S - 9, inf),
        (strap(120), inf, inf),
    ],
)
def test_since_when_no_heart_rate_is_trusted(heard: Strap, before_s: float, after_s: float) -> None:
    here = calm(FORWARD)
    now = replace(here, strap=heard, guard=replace(here.guard, heartless_at_s=before_s))
    assert now.watched()[0].heartless_at_s == after_s


def test_a_heart_over_its_ceiling_takes_half_a_kilometre_an_hour_off() -> None:
    here = heart_high(BACKWARD)
    after, raised = here.watched()
    assert raised == (Trip.HEART_HIGH,)
    assert (after.eased_at_s, after.ease_kmh, after.ease_row) == (NOW_S, SPEED[BACKWARD] - 0.5, here.wish.row)


def test_a_console_that_is_pressed_again_before_the_first_was_written_is_taken_at_its_last_word() -> None:
    here = calm(FORWARD)

    def pressed_to(kmh: float, noted: Guard) -> tuple[Guard, tuple[Trip, ...]]:
        word = MachineStatus(Status.TARGET_SPEED, kmh)
        heard = replace(belt(kmh), status=word, status_at_s=NOW_S - 0.5)
        return replace(here, belt=heard, guard=noted).watched()

    first, raised = pressed_to(9.0, here.guard)
    assert (raised, first.console, first.console_kmh) == ((Trip.CONSOLE,), 1, 9.0)
    assert pressed_to(9.0, first)[0].console == 1
    again, raised = pressed_to(9.5, first)
    assert (raised, again.console, again.console_kmh) == ((), 2, 9.5)
