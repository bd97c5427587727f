from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from coach.core.belt import Belt
from coach.core.guard import Guard, Since
from coach.core.level import UNLIMITED
from coach.core.machine import Range, Reported, Units
from coach.core.plan import Plan
from coach.core.runner import Runner
from coach.core.safety import Permit, govern
from coach.core.sent import Sent
from coach.core.trip import Action, Trip
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
    forward_plan,
    guard,
    permit,
    plan,
    profile,
    rear,
    sent,
    wish,
)

HALVES = Range(1.0, 18.0, 0.5)


def allowed(
    asked: Wish, green: Guard, kmh: float = 3.0, *, here: Plan | None = None, sent_kmh: float | None = None
) -> tuple[Guard, Permit]:
    """What is allowed of a wish, on a belt that does what it was told."""
    told = sent(green.set_kmh if sent_kmh is None else sent_kmh)
    return govern(here or plan(), green, dose(), belt(kmh), told, asked, NOW_S)


def cap(facing: Facing, here: Plan | None = None, green: Guard | None = None, held_kmh: float = 20.0) -> float:
    """The cap that holds."""
    asked = wish(Phase.RUN, facing, 3.0)
    first = green or guard(set_kmh=3.0)
    return govern(here or plan(), first, dose(held_kmh), belt(3.0), sent(3.0), asked, NOW_S)[0].cap_kmh


# Caps.


@pytest.mark.parametrize(
    ("level", "kmh"), [(Level.REHAB, 2.0), (Level.BEGINNER, 3.0), (Level.INTERMEDIATE, 4.5), (Level.ADVANCED, 6.0)]
)
def test_backward_the_cap_is_that_of_the_level(level: Level, kmh: float) -> None:
    assert cap(BACKWARD, plan(level=level)) == kmh


@pytest.mark.parametrize(("sessions", "kmh"), [(0, 1.2), (2, 1.2), (3, 2.0)])
def test_the_first_sessions_of_rehab_are_slower(sessions: int, kmh: float) -> None:
    first = replace(UNLIMITED, backward_sessions=sessions)
    assert cap(BACKWARD, plan(level=Level.REHAB, allowance=first)) == kmh


@pytest.mark.parametrize(("held_kmh", "kmh"), [(5.0, 3.0), (7.5, 4.5), (8.0, 4.5), (0.0, 0.0)])
def test_backward_is_at_most_sixty_percent_of_what_was_held_forward(held_kmh: float, kmh: float) -> None:
    assert cap(BACKWARD, held_kmh=held_kmh) == pytest.approx(kmh)


def test_without_a_heart_rate_the_cap_is_a_fifth_lower_half_a_minute_later() -> None:
    lost = [cap(BACKWARD, green=replace(guard(set_kmh=3.0), heartless_at_s=NOW_S - ago_s)) for ago_s in (0, 15, 30, 99)]
    assert lost == pytest.approx([4.5, 4.05, 3.6, 3.6])
    assert cap(BACKWARD, green=replace(guard(set_kmh=3.0), heartless_at_s=-inf)) == pytest.approx(3.6)


@pytest.mark.parametrize("facing", [FORWARD, BACKWARD, UNKNOWN])
def test_nothing_is_faster_than_the_machine(facing: Facing) -> None:
    slow = belt(1.0, speeds=Range(0.8, 2.0, 0.1))
    asked = wish(Phase.RUN, facing, 9.0)
    assert govern(plan(), guard(set_kmh=1.0), dose(), slow, sent(1.0), asked, NOW_S)[0].cap_kmh <= 2.0


def test_backward_is_creep_while_the_unit_is_not_known() -> None:
    unknown = belt(3.0, units=Units(agreed=True))
    found, _ = govern(plan(), guard(set_kmh=3.0), dose(), unknown, sent(3.0), rear(), NOW_S)
    told = plan(machine=profile(unit_answered=True))
    answered, _ = govern(told, guard(set_kmh=3.0), dose(), unknown, sent(3.0), rear(), NOW_S)
    assert (found.cap_kmh, answered.cap_kmh) == (0.8, 4.5)


def test_facing_unknown_the_cap_is_creep() -> None:
    assert cap(UNKNOWN) == 0.8


@pytest.mark.parametrize(("cap_kmh", "kmh"), [(16.0, 16.0), (12.0, 12.0), (0.0, 18.0), (30.0, 18.0)])
def test_forward_the_cap_is_the_runners_and_the_machines(cap_kmh: float, kmh: float) -> None:
    assert cap(FORWARD, plan(runner=Runner(forward_cap_kmh=cap_kmh))) == kmh


@pytest.mark.parametrize(("stage", "kmh"), [(0, 0.8), (1, 1.8), (2, 16.0)])
def test_after_a_start_the_unit_is_found_out_step_by_step(stage: int, kmh: float) -> None:
    unsettled, asked = belt(0.8, steady_at_s=NOW_S), wish(target_kmh=9.0)
    found, _ = govern(plan(), guard(set_kmh=0.8, stage=stage), dose(), unsettled, sent(0.8), asked, NOW_S)
    assert found.cap_kmh == pytest.approx(kmh)


def test_a_wish_that_is_cut_is_told() -> None:
    _, permit = allowed(rear(target_kmh=9.0), guard(set_kmh=3.0))
    assert permit.limit is not None
    assert (permit.limit.rule, permit.limit.asked_kmh, permit.limit.allowed_kmh) == ("level", 9.0, 4.5)
    assert allowed(rear(target_kmh=4.5), guard(set_kmh=3.0))[1].limit is None


# Upwards facing the rear.


@pytest.mark.parametrize(("since_s", "kmh"), [(0.5, 3.0), (0.99, 3.0), (1.0, 3.3), (5.0, 3.3)])
def test_facing_the_rear_the_set_point_rises_once_a_second(since_s: float, kmh: float) -> None:
    _, permit = allowed(rear(target_kmh=4.5), guard(set_kmh=3.0, at_s=NOW_S - since_s))
    assert permit.target_kmh == pytest.approx(kmh)


@pytest.mark.parametrize(("report_kmh", "kmh"), [(2.59, 3.0), (2.6, 3.3), (3.4, 3.3), (3.41, 3.0)])
def test_it_rises_only_when_the_report_is_near_the_last(report_kmh: float, kmh: float) -> None:
    _, permit = allowed(rear(target_kmh=4.5), guard(set_kmh=3.0), report_kmh)
    assert permit.target_kmh == pytest.approx(kmh)


@pytest.mark.parametrize(
    ("level", "kmh"), [(Level.REHAB, 1.1), (Level.BEGINNER, 1.2), (Level.INTERMEDIATE, 1.3), (Level.ADVANCED, 1.3)]
)
def test_it_rises_by_the_ramp_of_the_level(level: Level, kmh: float) -> None:
    _, permit = allowed(rear(target_kmh=1.9), guard(set_kmh=1.0), 1.0, here=plan(level=level))
    assert permit.target_kmh == pytest.approx(kmh)


def test_it_rises_by_a_step_of_the_machine_where_that_is_more() -> None:
    coarse = belt(1.0, speeds=HALVES)
    _, permit = govern(plan(), guard(set_kmh=1.0), dose(), coarse, sent(1.0), rear(target_kmh=4.0), NOW_S)
    assert permit.target_kmh == 1.5


def test_it_does_not_rise_over_what_is_wished() -> None:
    assert allowed(rear(target_kmh=3.1), guard(set_kmh=3.0))[1].target_kmh == pytest.approx(3.1)


def test_it_does_not_rise_before_the_last_was_written_and_answered() -> None:
    more, green = rear(target_kmh=4.5), guard(set_kmh=3.0)
    unanswered = replace(sent(3.0), answered=False)
    assert govern(plan(), green, dose(), belt(3.0), unanswered, more, NOW_S)[1].target_kmh == 3.0
    assert allowed(more, green, sent_kmh=2.7)[1].target_kmh == 3.0


def test_it_does_not_rise_before_creep_was_agreed() -> None:
    unsettled, green = belt(0.8, steady_at_s=NOW_S), guard(set_kmh=0.8, stage=0)
    permit = govern(plan(), green, dose(), unsettled, sent(0.8), rear(target_kmh=3.0), NOW_S)[1]
    assert permit.target_kmh == 0.8


@pytest.mark.parametrize("facing", [FORWARD, BACKWARD])
def test_nothing_rises_under_hold_or_while_a_press_is_awaited(facing: Facing) -> None:
    held, waits = replace(guard(set_kmh=3.0), hold=True), replace(guard(set_kmh=3.0), wait=True)
    for green in (held, waits):
        permit = allowed(wish(Phase.RUN, facing, 4.0), green)[1]
        assert (permit.target_kmh, permit.green) == (3.0, False)


@pytest.mark.parametrize(("run_s", "kmh"), [(0.0, 2.7), (29.9, 2.7), (30.0, 3.0), (500.0, 3.0)])
def test_the_first_half_minute_backward_is_at_sixty_percent(run_s: float, kmh: float) -> None:
    here = plan(forward(), backward(kmh=4.5), forward(180.0, 4.0))
    green = guard(set_kmh=2.7)
    asked = rear(target_kmh=4.5)
    _, permit = govern(here, green, dose(run_s=run_s), belt(2.7), sent(2.7), asked, NOW_S)
    assert permit.target_kmh == pytest.approx(kmh)


# Downwards.


def test_forward_one_write_goes_all_the_way_down() -> None:
    assert allowed(wish(target_kmh=4.0), guard(set_kmh=8.0), 8.0)[1].target_kmh == 4.0


@pytest.mark.parametrize(("alarm", "kmh"), [(False, 2.7), (True, 2.5)])
def test_facing_the_rear_it_goes_down_by_steps(alarm: bool, kmh: float) -> None:
    asked = replace(rear(target_kmh=0.8), alarm=alarm)
    after, permit = allowed(asked, guard(set_kmh=3.0))
    assert permit.target_kmh == pytest.approx(kmh)
    assert after.step_at_s == pytest.approx(NOW_S + 1.0)
    soon = govern(plan(), after, dose(), belt(3.0), sent(3.0), asked, NOW_S + 0.9)[1]
    then = govern(plan(), after, dose(), belt(3.0), sent(3.0), asked, NOW_S + 1.0)[1]
    assert soon.target_kmh == permit.target_kmh
    assert then.target_kmh == pytest.approx(kmh - (3.0 - kmh))


def test_after_a_stop_that_failed_the_lowest_speed_is_asked_for_at_once() -> None:
    asked = wish(Phase.STOP_FAILED, BACKWARD, 0.8)
    permit = allowed(asked, guard(set_kmh=4.0), 4.0)[1]
    assert (permit.target_kmh, permit.urgent) == (0.8, True)


# Forward.


@pytest.mark.parametrize(("moving_s", "kmh"), [(4.9, 0.8), (5.0, 6.0), (14.9, 6.0), (15.0, 9.0)])
def test_after_a_standing_start_forward_is_gentle(moving_s: float, kmh: float) -> None:
    fresh = replace(guard(set_kmh=0.8), motion_at_s=NOW_S - moving_s, faster_at_s=inf)
    if moving_s >= 5.0:
        fresh = replace(fresh, set_kmh=5.9, faster_at_s=NOW_S - moving_s + 5)
    here = forward_plan(forward(kmh=9.0))
    asked = wish(target_kmh=9.0)
    kmh_now = fresh.set_kmh
    permit = govern(here, fresh, dose(), belt(kmh_now), sent(kmh_now), asked, NOW_S)[1]
    assert permit.target_kmh == kmh


@pytest.mark.parametrize(("since_s", "kmh"), [(14.9, 6.0), (15.0, 8.0)])
def test_after_a_turn_the_first_speed_is_six_for_a_quarter_of_a_minute(since_s: float, kmh: float) -> None:
    fresh = replace(guard(set_kmh=5.9), faster_at_s=NOW_S - since_s)
    assert allowed(wish(target_kmh=8.0), fresh, 5.9)[1].target_kmh == kmh


@pytest.mark.parametrize(
    ("asked_kmh", "scripted", "kmh"),
    [(12.0, False, 12.0), (12.1, False, 10.0), (16.0, False, 12.0), (16.0, True, 16.0)],
)
def test_a_rise_of_more_than_four_comes_in_two_halves(asked_kmh: float, scripted: bool, kmh: float) -> None:
    asked = wish(target_kmh=asked_kmh, scripted=scripted)
    after, permit = allowed(asked, guard(set_kmh=8.0), 8.0)
    assert permit.target_kmh == pytest.approx(kmh)
    soon = govern(plan(), after, dose(), belt(8.0), sent(8.0), asked, NOW_S + 4.9)[1]
    then = govern(plan(), after, dose(), belt(8.0), sent(8.0), asked, NOW_S + 5.0)[1]
    assert soon.target_kmh == pytest.approx(kmh)
    assert then.target_kmh == pytest.approx(asked_kmh)


def test_a_belt_that_somebody_made_fast_already_rises_no_more_in_halves() -> None:
    assert allowed(wish(target_kmh=9.0), guard(set_kmh=4.0), 9.0)[1].target_kmh == 9.0
    assert allowed(wish(target_kmh=9.0), guard(set_kmh=4.0), 4.9)[1].target_kmh == 6.5


@pytest.mark.parametrize(
    ("phase", "facing", "kept", "judged_s", "latched", "followed"),
    [
        (Phase.RUN, FORWARD, True, 0.0, None, True),
        (Phase.BRIDGE, FORWARD, True, 0.0, None, True),
        (Phase.SLOW, FORWARD, True, 0.0, None, False),
        (Phase.RAMP, FORWARD, True, 0.0, None, False),
        (Phase.RUN, BACKWARD, True, 0.0, None, False),
        (Phase.RUN, UNKNOWN, True, 0.0, None, False),
        (Phase.RUN, FORWARD, False, 0.0, None, False),
        (Phase.RUN, FORWARD, True, 1.0, None, False),  # another was written since
        (Phase.RUN, FORWARD, True, 0.0, Trip.RISING, False),
    ],
)
def test_facing_the_console_a_belt_that_had_its_set_point_is_left_to_the_console(
    phase: Phase, facing: Facing, kept: bool, judged_s: float, latched: Trip | None, followed: bool
) -> None:
    told = sent(3.0)
    green = guard(set_kmh=3.0, latched=latched, latched_action=Action.STOP)
    green = replace(green, since=Since(settled=True, kept=kept), judged_at_s=told.target_at_s - judged_s)
    assert governed(green, wish(phase, facing, 3.0), told=told)[1].followed is followed


def test_targets_are_snapped_down_and_never_under_creep() -> None:
    coarse = belt(4.0, speeds=HALVES)
    for asked_kmh, kmh in ((4.49, 4.0), (4.5, 4.5), (0.2, 1.0), (-3.0, 1.0)):
        asked = wish(target_kmh=asked_kmh)
        assert govern(plan(), guard(set_kmh=4.0), dose(), coarse, sent(4.0), asked, NOW_S)[1].target_kmh == kmh


def test_the_first_set_point_is_creep() -> None:
    for facing in Facing:
        assert allowed(wish(Phase.RUN, facing, 6.0), guard(set_kmh=None), 0.8)[1].target_kmh == 0.8


def test_where_nothing_is_wished_nothing_is_asked_and_the_way_begins_anew() -> None:
    after, permit = allowed(wish(target_kmh=None), guard(set_kmh=8.0), 8.0)
    assert (after.set_kmh, permit.target_kmh) == (None, None)


def test_nothing_is_asked_of_a_belt_that_stands() -> None:
    _, permit = govern(plan(), guard(set_kmh=0.8), dose(), belt(0.0), sent(0.8), wish(target_kmh=3.0), NOW_S)
    assert permit.target_kmh is None


# Learning the unit.


def learnt(stage: int, *, sent_kmh: float, report_kmh: float, settled_s: float = 3.0, agreed_once: bool = False) -> int:
    """The stage after a report that has been constant for so long."""
    first = replace(guard(set_kmh=sent_kmh, stage=stage), agreed_once=agreed_once)
    now = belt(report_kmh, steady_at_s=NOW_S - settled_s)
    told = sent(sent_kmh, at_s=NOW_S - settled_s)
    return govern(plan(), first, dose(), now, told, wish(target_kmh=sent_kmh), NOW_S)[0].stage


@pytest.mark.parametrize(
    ("report_kmh", "settled_s", "stage"), [(0.8, 2.9, 0), (0.8, 3.0, 1), (1.09, 3.0, 1), (1.11, 3.0, 0), (0.0, 9.0, 0)]
)
def test_creep_is_agreed_when_the_report_is_settled_and_near(report_kmh: float, settled_s: float, stage: int) -> None:
    assert learnt(0, sent_kmh=0.8, report_kmh=report_kmh, settled_s=settled_s) == stage


def test_the_second_set_point_frees_the_session_and_later_starts_need_creep_only() -> None:
    assert learnt(1, sent_kmh=0.8, report_kmh=0.8) == 1
    assert learnt(1, sent_kmh=1.8, report_kmh=1.8) == 2
    assert learnt(0, sent_kmh=0.8, report_kmh=0.8, agreed_once=True) == 2


# Guided stops.


def guided(kmh: float, *, sent_kmh: float = 0.8, fell_s: float = 0.0, reported: Reported = Reported.ACTUAL) -> Permit:
    """On the way to a stop; the report fell last so long ago."""
    here = plan(machine=profile(reported=reported))
    green = replace(guard(set_kmh=sent_kmh), fell_at_s=NOW_S - fell_s, fell_kmh=kmh)
    told = replace(sent(sent_kmh), ramp_until_s=NOW_S + 1)
    asked = wish(Phase.SLOW, BACKWARD, 0.8, guided=True)
    return govern(here, green, dose(), belt(kmh), told, asked, NOW_S)[1]


@pytest.mark.parametrize(("kmh", "stop"), [(1.0, 1), (1.01, 0), (0.8, 1), (0.3, 1)])
def test_a_guided_stop_ends_with_stop_at_creep(kmh: float, stop: int) -> None:
    assert guided(kmh).stop == stop


def test_a_guided_stop_waits_until_creep_was_asked_for() -> None:
    assert guided(0.8, sent_kmh=0.9).stop == 0


def test_an_echo_of_creep_is_believed_when_its_ramp_is_over() -> None:
    assert guided(0.8, reported=Reported.TARGET).stop == 0


@pytest.mark.parametrize(("fell_s", "stop"), [(3.4, 0), (3.5, 1), (9.0, 1)])
def test_a_guided_stop_that_is_not_followed_is_a_stop_at_once(fell_s: float, stop: int) -> None:
    assert guided(3.0, sent_kmh=2.7, fell_s=fell_s).stop == stop


def test_a_report_that_falls_is_followed() -> None:
    green = replace(guard(set_kmh=2.0), fell_at_s=NOW_S - 9, fell_kmh=3.1)
    asked = wish(Phase.SLOW, BACKWARD, 0.8, guided=True)
    after, permit = govern(plan(), green, dose(), belt(3.0), sent(2.0), asked, NOW_S)
    assert (permit.stop, after.fell_at_s, after.fell_kmh) == (0, NOW_S, 3.0)


@pytest.mark.parametrize("does", [Action.STOP, Action.ALARM])
def test_safety_stops_by_itself_once_for_each_trip(does: Action) -> None:
    green = guard(set_kmh=3.0, latched=Trip.KEY, latched_action=does, latched_at_s=NOW_S)
    after, first = allowed(rear(), green)
    told = sent(3.0, stop_at_s=NOW_S, stop_done=True)
    again = govern(plan(), after, dose(), belt(3.0), told, rear(), NOW_S + 1)[1]
    assert (first.stop, again.stop) == (1, 1)


def test_safety_does_not_stop_twice_where_the_engine_stops() -> None:
    green = guard(set_kmh=3.0, latched=Trip.KEY, latched_action=Action.STOP, latched_at_s=NOW_S)
    assert allowed(replace(rear(), stop=1), green)[1].stop == 1


# Start.


def starting(**changes: object) -> bool:
    """Whether a fresh wish may start a belt."""
    asked = wish(Phase(str(changes.get("phase", Phase.STARTING))), UNKNOWN, None, start=2)
    green = guard(set_kmh=None)
    if "latched" in changes:
        green = replace(green, latched=Trip.KEY, latched_action=Action.STOP)
    green = replace(green, trusted="untrusted" not in changes, control="control" not in changes)
    now = belt(0.0, link="link" not in changes, still="moving" not in changes)
    return govern(plan(), green, dose(), now, sent(None), asked, NOW_S)[1].starting


def test_a_start_is_permitted_in_starting_on_a_still_belt() -> None:
    assert starting()


@pytest.mark.parametrize("wrong", ["latched", "untrusted", "control", "link", "moving"])
def test_a_start_is_not_permitted_when_something_is_wrong(wrong: str) -> None:
    assert not starting(**{wrong: True})


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.STARTING])
def test_a_start_is_not_permitted_in_any_other_state(phase: Phase) -> None:
    assert not starting(phase=phase)


@pytest.mark.parametrize(("later_s", "may"), [(0.5, True), (1.0, True), (1.01, False), (60.0, False)])
def test_a_permitted_start_is_gone_after_a_second(later_s: float, may: bool) -> None:
    asked = wish(Phase.STARTING, UNKNOWN, None, start=2)
    after, _ = govern(plan(), guard(set_kmh=None), dose(), belt(0.0), sent(None), asked, NOW_S)
    assert govern(plan(), after, dose(), belt(0.0), sent(None), asked, NOW_S + later_s)[1].starting is may


def test_a_start_that_was_refused_does_not_come_later() -> None:
    asked = wish(Phase.STARTING, UNKNOWN, None, start=2)
    after, _ = govern(plan(), guard(set_kmh=None), dose(), belt(0.4), sent(None), asked, NOW_S)
    assert not govern(plan(), after, dose(), belt(0.0), sent(None), asked, NOW_S + 0.5)[1].starting


# Hands off, incline, pause.


def test_what_the_console_has_taken_is_left_to_it_forward_and_not_to_the_rear() -> None:
    taken = replace(guard(set_kmh=3.0), control=False)
    assert allowed(wish(target_kmh=2.0), taken)[1].target_kmh is None
    assert allowed(rear(target_kmh=2.0), taken)[1].target_kmh is not None


@pytest.mark.parametrize(
    ("level", "kmh", "asked_pct", "pct"),
    [
        (Level.BEGINNER, 2.0, 1.0, 0.0),
        (Level.INTERMEDIATE, 3.0, 3.0, 3.0),
        (Level.INTERMEDIATE, 3.0, 3.5, 3.0),
        (Level.ADVANCED, 4.5, 6.5, 6.0),
        (Level.ADVANCED, 4.6, 6.0, 3.0),
        (Level.ADVANCED, 3.0, -2.0, 0.0),
    ],
)
def test_the_incline_backward_is_that_of_the_level(level: Level, kmh: float, asked_pct: float, pct: float) -> None:
    now = belt(3.0, inclines=Range(-3.0, 12.0, 0.5))
    asked = replace(rear(target_kmh=kmh), incline_pct=asked_pct)
    permit = govern(plan(level=level), guard(set_kmh=3.0), dose(), now, sent(3.0), asked, NOW_S)[1]
    assert permit.incline_pct == pytest.approx(pct)


@pytest.mark.parametrize(("asked_pct", "pct"), [(5.0, 5.0), (20.0, 12.0), (-2.0, -2.0), (-9.0, -3.0), (4.7, 4.5)])
def test_the_incline_forward_is_that_of_the_machine(asked_pct: float, pct: float) -> None:
    now = belt(3.0, inclines=Range(-3.0, 12.0, 0.5))
    asked = wish(target_kmh=3.0, incline_pct=asked_pct)
    permit = govern(plan(), guard(set_kmh=3.0), dose(), now, sent(3.0), asked, NOW_S)[1]
    assert permit.incline_pct == pytest.approx(pct)


def test_the_incline_forward_is_at_most_the_runners() -> None:
    now = belt(3.0, inclines=Range(0.0, 40.0, 0.5))
    for most_pct, pct in ((15.0, 15.0), (5.0, 5.0), (0.0, 25.0)):
        here = plan(runner=Runner(incline_cap_pct=most_pct))
        asked = wish(target_kmh=3.0, incline_pct=40.0)
        assert govern(here, guard(set_kmh=3.0), dose(), now, sent(3.0), asked, NOW_S)[1].incline_pct == pct


def test_facing_unknown_there_is_no_incline() -> None:
    now = belt(0.8, inclines=Range(-3.0, 12.0, 0.5))
    asked = wish(Phase.STEP_ON, UNKNOWN, 0.8, incline_pct=3.0)
    assert govern(plan(), guard(set_kmh=0.8), dose(), now, sent(0.8), asked, NOW_S)[1].incline_pct == 0


def test_pause_is_permitted_in_stop_failed_only() -> None:
    for phase in Phase:
        permit = allowed(wish(phase, UNKNOWN, 0.8, pause=3), guard(set_kmh=0.8), 0.8)[1]
        assert permit.pause == (3 if phase is Phase.STOP_FAILED else 0)


def test_an_old_stop_of_the_engine_does_not_hide_a_new_trip() -> None:
    asked = replace(rear(), stop=1)
    after, first = allowed(asked, guard(set_kmh=3.0))
    tripped = replace(after, latched=Trip.OVER_CAP, latched_action=Action.STOP, latched_at_s=NOW_S + 60)
    told = sent(3.0, stop_at_s=NOW_S, stop_done=True, start_at_s=NOW_S + 30)
    again = govern(plan(), tripped, dose(), belt(3.0, at_s=NOW_S + 60), told, asked, NOW_S + 60)[1]
    assert (first.stop, again.stop) == (1, 2)


def test_a_start_begins_anew_with_creep_and_with_the_gentle_seconds() -> None:
    before = replace(guard(set_kmh=3.0), fell_at_s=NOW_S - 9, fell_kmh=1.0)
    asked = wish(Phase.STARTING, UNKNOWN, None, start=2)
    after, _ = govern(plan(), before, dose(), belt(0.0), sent(None), asked, NOW_S)
    assert (after.stage, after.set_kmh, after.faster_at_s, after.motion_at_s) == (0, None, inf, inf)
    assert (after.fell_at_s, after.fell_kmh) == (inf, inf)


def test_a_yes_on_a_still_belt_clears_what_was_awaited_too() -> None:
    lost = replace(guard(latched=Trip.LINK_LOST, latched_action=Action.GUIDED, latched_at_s=NOW_S - 9), wait=True)
    asked = wish(Phase.PAUSED, UNKNOWN, None, acknowledged=2)
    after, _ = govern(plan(), lost, dose(), belt(0.0), sent(None), asked, NOW_S)
    assert (after.latched, after.wait) == (None, False)


# What a step leaves behind.


def governed(green: Guard, asked: Wish, *, now: Belt | None = None, told: Sent | None = None) -> tuple[Guard, Permit]:
    """One step of the governor, on a belt that does what it was told."""
    kmh = green.set_kmh or 0.8
    return govern(plan(), green, dose(), now or belt(kmh), told or sent(kmh), asked, NOW_S)


@pytest.mark.parametrize(
    ("asked", "now", "told"),
    [
        (wish(target_kmh=3.0), belt(3.0), sent(3.0)),
        (rear(target_kmh=3.0), belt(3.0), sent(3.0)),
        (replace(rear(target_kmh=3.0), stop=1), belt(3.0), sent(3.0)),
        (rear(target_kmh=3.0), belt(3.0), sent(3.0, stop_at_s=NOW_S - 1)),
        (rear(target_kmh=3.0), belt(0.0), sent(3.0)),
        (wish(Phase.PAUSED, FORWARD, None), belt(0.0), sent(None)),
    ],
    ids=["forward", "rear", "the engine stops", "stopping", "still", "nothing asked"],
)
def test_where_nothing_changes_the_guard_stays_the_same_value(asked: Wish, now: Belt, told: Sent) -> None:
    first, _ = governed(guard(set_kmh=3.0), asked, now=now, told=told)
    assert governed(first, asked, now=now, told=told)[0] is first


def test_a_rise_is_noted_with_its_instant() -> None:
    before = replace(guard(set_kmh=4.0), leaping=True, faster_at_s=NOW_S - 200)
    after, _ = governed(before, wish(target_kmh=6.0))
    assert (after.set_kmh, after.goal_kmh, after.cap_kmh) == (6.0, 6.0, 16.0)
    assert (after.set_at_s, after.changed_at_s, after.step_at_s) == (NOW_S, NOW_S, NOW_S)
    assert (after.leaping, after.faster_at_s) == (False, NOW_S - 200)


def test_a_fall_is_no_change_that_a_heart_is_given_time_for() -> None:
    before = replace(guard(set_kmh=8.0), changed_at_s=NOW_S - 30)
    after, _ = governed(before, wish(target_kmh=6.0))
    assert (after.set_at_s, after.changed_at_s, after.step_at_s) == (NOW_S, NOW_S - 30, NOW_S)


@pytest.mark.parametrize(("set_kmh", "asked_kmh", "faster"), [(0.8, 0.9, True), (0.9, 0.8, False)])
def test_the_first_set_point_above_creep_is_noted(set_kmh: float, asked_kmh: float, faster: bool) -> None:
    fresh = replace(guard(set_kmh=set_kmh), faster_at_s=inf)
    assert governed(fresh, wish(target_kmh=asked_kmh))[0].faster_at_s == (NOW_S if faster else inf)


def test_the_first_set_point_of_all_is_noted_with_its_instant() -> None:
    after, _ = governed(guard(set_kmh=None), wish(target_kmh=6.0), now=belt(0.8), told=sent(None))
    assert (after.set_kmh, after.goal_kmh, after.set_at_s, after.changed_at_s) == (0.8, 6.0, NOW_S, NOW_S)


def test_the_second_half_of_a_great_rise_is_all_of_it() -> None:
    fast, asked = belt(8.0, speeds=Range(0.8, 22.0, 0.1)), wish(target_kmh=22.0)
    here = plan(runner=Runner(forward_cap_kmh=22.0))
    halfway, first = govern(here, guard(set_kmh=8.0), dose(), fast, sent(8.0), asked, NOW_S)
    _, second = govern(here, halfway, dose(), fast, sent(15.0), asked, NOW_S + 5)
    assert (first.target_kmh, halfway.leaping, second.target_kmh) == (15.0, True, 22.0)


@pytest.mark.parametrize(
    ("link", "since_s", "kmh"), [(True, 1.9, 8.0), (True, 2.0, 9.0), (False, 1.0, 8.0), (False, 60.0, 8.0)]
)
def test_set_points_stay_while_the_link_is_down_and_two_seconds_after(link: bool, since_s: float, kmh: float) -> None:
    now = belt(8.0, link=link, link_at_s=NOW_S - since_s)
    after, permit = governed(guard(set_kmh=8.0), wish(target_kmh=9.0), now=now)
    assert (after.set_kmh, permit.limit) == (kmh, None)


@pytest.mark.parametrize("link", [True, False])
def test_the_last_set_point_is_not_forgotten_while_nothing_can_be_read(link: bool) -> None:
    now = belt(8.0, link=link, link_at_s=NOW_S - 1)
    assert governed(guard(set_kmh=8.0), wish(target_kmh=None), now=now)[0].set_kmh == 8.0


def test_a_start_forgets_the_way_of_before_although_nothing_can_be_read() -> None:
    before = replace(guard(set_kmh=3.0), fell_at_s=NOW_S - 9, fell_kmh=1.0)
    asked = wish(Phase.STARTING, UNKNOWN, 0.8, start=2, guided=True)
    after, _ = governed(before, asked, now=belt(None, link_at_s=NOW_S - 1))
    assert (after.set_kmh, after.fell_at_s, after.fell_kmh) == (None, inf, inf)


def test_a_cut_by_the_first_seconds_says_so() -> None:
    fresh = replace(guard(set_kmh=5.9), faster_at_s=NOW_S - 1)
    forwards = governed(fresh, wish(target_kmh=8.0))[1].limit
    backwards = govern(plan(), guard(set_kmh=1.8), dose(run_s=0.0), belt(1.8), sent(1.8), rear(), NOW_S)[1].limit
    assert forwards is not None
    assert backwards is not None
    assert (forwards.rule, backwards.rule) == ("after-start", "first-half-minute")


# What is permitted.


@pytest.mark.parametrize("does", list(Action))
@pytest.mark.parametrize("phase", [Phase.RUN, Phase.STOP_FAILED])
def test_a_belt_that_is_being_stopped_gets_no_set_point_unless_the_stop_failed(does: Action, phase: Phase) -> None:
    green = guard(set_kmh=3.0, latched=Trip.KEY, latched_action=does, latched_at_s=NOW_S - 9)
    asked = wish(phase, BACKWARD, 3.0, incline_pct=1.0)
    now = belt(3.0, inclines=Range(0.0, 12.0, 0.5))
    _, permit = governed(green, asked, now=now, told=sent(3.0, stop_at_s=NOW_S - 1))
    silent = does in {Action.PAUSE, Action.STOP, Action.ALARM} and phase is Phase.RUN
    assert (permit.target_kmh is None, permit.incline_pct is None) == (silent, silent)


@pytest.mark.parametrize(
    ("start_s", "stop_s", "green"), [(-inf, -inf, True), (300, -inf, True), (300, 9, False), (9, 300, True)]
)
def test_after_a_stop_nothing_higher_is_written_again(start_s: float, stop_s: float, green: bool) -> None:
    told = sent(3.0, start_at_s=NOW_S - start_s if start_s > 0 else -inf, stop_at_s=NOW_S - stop_s)
    told = replace(told, stop_at_s=NOW_S - stop_s if stop_s > 0 else -inf)
    assert governed(guard(set_kmh=3.0), wish(target_kmh=3.0), told=told)[1].green is green


@pytest.mark.parametrize("control", [True, False])
@pytest.mark.parametrize("kmh", [0.0, 3.0])
def test_control_is_asked_for_again_where_it_was_lost_and_the_belt_stands(control: bool, kmh: float) -> None:
    green = replace(guard(set_kmh=3.0), control=control)
    assert governed(green, wish(target_kmh=3.0), now=belt(kmh))[1].ask_control is (not control and kmh == 0)
    assert not permit().ask_control


@pytest.mark.parametrize("control", [True, False])
@pytest.mark.parametrize(("phase", "asks"), [(Phase.STOP_FAILED, True), (Phase.RUN, False)])
def test_forward_control_is_asked_for_on_a_moving_belt_when_a_stop_has_failed(
    control: bool, phase: Phase, asks: bool
) -> None:
    green = replace(guard(set_kmh=3.0), control=control)
    assert governed(green, wish(phase, target_kmh=3.0), now=belt(3.0))[1].ask_control is (asks and not control)


@pytest.mark.parametrize("control", [True, False])
@pytest.mark.parametrize("facing", [BACKWARD, UNKNOWN])
def test_facing_the_rear_control_that_was_lost_is_asked_for_at_once(control: bool, facing: Facing) -> None:
    green = replace(guard(set_kmh=3.0), control=control)
    assert governed(green, rear(facing=facing))[1].ask_control is not control


@pytest.mark.parametrize(("kmh", "still"), [(0.0, True), (0.0, False), (None, False)])
def test_nothing_is_asked_of_a_belt_that_is_not_seen_to_move(kmh: float | None, still: bool) -> None:
    asked = wish(target_kmh=3.0, incline_pct=1.0)
    now = belt(kmh, still=still, inclines=Range(0.0, 12.0, 0.5))
    _, permit = governed(guard(set_kmh=0.8), asked, now=now)
    assert (permit.target_kmh, permit.incline_pct) == (None, None)


@pytest.mark.parametrize("phase", list(Phase))
def test_before_the_belt_has_stood_and_after_the_end_coach_only_reads(phase: Phase) -> None:
    reads = governed(guard(set_kmh=3.0), wish(phase, target_kmh=3.0))[1].reads
    assert reads is (phase in {Phase.CONNECTING, Phase.ENDED})
    assert not permit().reads


@pytest.mark.parametrize(
    ("control", "kmh", "stopping", "reads"),
    [(True, 3.0, False, False), (False, 3.0, False, True), (False, 0.0, False, False), (False, 3.0, True, False)],
    ids=["ours", "theirs", "still", "stopping"],
)
def test_a_moving_belt_that_the_console_has_is_only_read(
    control: bool, kmh: float, stopping: bool, reads: bool
) -> None:
    green = replace(guard(set_kmh=3.0), control=control)
    told = sent(3.0, stop_at_s=NOW_S - 1 if stopping else -inf)
    assert governed(green, wish(target_kmh=3.0), now=belt(kmh), told=told)[1].reads is reads


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize(("still", "link"), [(True, True), (False, True), (True, False), (False, False)])
def test_a_link_is_given_up_only_while_the_belt_stands_and_somebody_is_waited_for(
    phase: Phase, still: bool, link: bool
) -> None:
    waits = phase in {Phase.READY, Phase.RESTING, Phase.PAUSED}
    asked = wish(phase, FORWARD, None)
    renew = governed(guard(set_kmh=None), asked, now=belt(0.0, still=still, link=link), told=sent(None))[1].renew
    assert renew is (waits and still and link)
    assert not permit().renew


# Clearing.


def tripped() -> Guard:
    """A stop of a trip, on a row that was eased and with a press awaited."""
    stopped = guard(latched=Trip.KEY, latched_action=Action.STOP, latched_at_s=NOW_S - 9)
    return replace(stopped, wait=True, ease_row=0, ease_kmh=5.0)


def cleared(green: Guard, acknowledged: int, kmh: float) -> Guard:
    """The guard after so many yeses, on a belt at this speed that was stopped."""
    asked = wish(Phase.PAUSED, UNKNOWN, None, acknowledged=acknowledged)
    told = sent(None, stop_at_s=NOW_S - 5, stop_done=kmh == 0)
    return governed(green, asked, now=belt(kmh), told=told)[0]


def test_a_fresh_yes_on_a_still_belt_clears_the_trip_and_what_it_left() -> None:
    after = cleared(tripped(), 2, 0.0)
    assert (after.acknowledged, after.latched, after.latched_action) == (2, None, Action.NOTE)
    assert (after.wait, after.ease_row) == (False, -1)


@pytest.mark.parametrize(("acknowledged", "kmh"), [(1, 0.0), (0, 0.0), (2, 3.0)])
def test_an_old_yes_and_one_on_a_moving_belt_clear_nothing(acknowledged: int, kmh: float) -> None:
    after = cleared(tripped(), acknowledged, kmh)
    assert (after.latched, after.latched_action, after.wait, after.ease_row) == (Trip.KEY, Action.STOP, True, 0)
    assert after.acknowledged == max(acknowledged, 1)


def test_a_yes_without_a_trip_leaves_an_eased_row_eased() -> None:
    after = cleared(replace(tripped(), latched=None, latched_action=Action.NOTE), 2, 0.0)
    assert (after.acknowledged, after.ease_row, after.wait) == (2, 0, True)


# Learning, to the edge.


@pytest.mark.parametrize(
    ("kmh", "still", "moves"), [(0.8, False, True), (0.0, False, False), (0.0, True, False), (0.8, True, False)]
)
def test_motion_after_a_start_is_noted_once_the_belt_is_not_still(kmh: float, still: bool, moves: bool) -> None:
    waiting = replace(guard(set_kmh=0.8), motion_at_s=inf)
    asked = wish(Phase.STARTING, UNKNOWN, 0.8)
    assert governed(waiting, asked, now=belt(kmh, still=still))[0].motion_at_s == (NOW_S if moves else inf)


def test_motion_that_was_noted_keeps_its_instant() -> None:
    assert governed(guard(set_kmh=3.0), wish(target_kmh=3.0))[0].motion_at_s == NOW_S - 280


@pytest.mark.parametrize(("sent_kmh", "report_kmh", "stage"), [(0.6, 0.3, 1), (1.0, 1.0, 1)])
def test_creep_is_agreed_on_the_edge_and_at_any_speed_but_none(sent_kmh: float, report_kmh: float, stage: int) -> None:
    assert learnt(0, sent_kmh=sent_kmh, report_kmh=report_kmh) == stage


def test_what_was_heard_before_the_set_point_settled_agrees_with_nothing() -> None:
    first = guard(set_kmh=0.8, stage=0)
    early = belt(0.8, at_s=NOW_S - 6.5, steady_at_s=NOW_S - 9)
    told = sent(0.8, at_s=NOW_S - 9)
    assert governed(replace(first, agreed_once=False), wish(target_kmh=0.8), now=early, told=told)[0].stage == 0


def test_a_set_point_of_the_instant_of_the_start_is_one_after_it() -> None:
    first = replace(guard(set_kmh=0.8, stage=0), agreed_once=False)
    told = sent(0.8, at_s=NOW_S - 9, start_at_s=NOW_S - 9)
    assert governed(first, wish(target_kmh=0.8), told=told)[0].stage == 1
    assert governed(first, wish(target_kmh=0.8), told=replace(told, start_at_s=NOW_S - 8))[0].stage == 0


def test_the_second_set_point_is_remembered_for_the_session() -> None:
    first = replace(guard(set_kmh=1.8, stage=1), agreed_once=False)
    assert governed(first, wish(target_kmh=1.8))[0].agreed_once


# Guided stops, to the edge.


@pytest.mark.parametrize(("fell_s", "stop"), [(0.0, 0), (7.9, 0), (8.0, 1)])
def test_at_creep_a_stop_waits_for_the_answer_to_the_write_before(fell_s: float, stop: int) -> None:
    green = replace(guard(set_kmh=0.8), fell_at_s=NOW_S - fell_s, fell_kmh=0.8)
    asked = wish(Phase.SLOW, BACKWARD, 0.8, guided=True)
    told = replace(sent(0.8), answered=False)
    assert governed(green, asked, now=belt(0.8), told=told)[1].stop == stop


@pytest.mark.parametrize(("guided_", "stop", "fell_s"), [(True, 1, NOW_S - 1), (False, 0, inf)])
def test_a_belt_at_creep_is_stopped_on_the_way_to_a_guided_stop_only(guided_: bool, stop: int, fell_s: float) -> None:
    green = replace(guard(set_kmh=0.8), fell_at_s=NOW_S - 1, fell_kmh=0.8)
    after, permit = governed(green, wish(Phase.SLOW, BACKWARD, 0.8, guided=guided_))
    assert (permit.stop, after.fell_at_s) == (stop, fell_s)
    assert after.fell_kmh == (0.8 if guided_ else inf)


def test_a_trip_that_asks_for_a_guided_stop_ends_with_stop_at_creep() -> None:
    green = guard(set_kmh=0.8, latched=Trip.FOCUS_LOST, latched_action=Action.GUIDED, latched_at_s=NOW_S - 5)
    assert governed(green, rear(target_kmh=3.0))[1].stop == 1


@pytest.mark.parametrize("does", [Action.HOLD, Action.END_BLOCK, Action.PAUSE])
def test_a_trip_that_asks_for_no_stop_is_no_way_to_one(does: Action) -> None:
    green = guard(set_kmh=0.8, latched=Trip.HEART_MISSING, latched_action=does, latched_at_s=NOW_S - 5)
    after, permit = governed(replace(green, fell_at_s=NOW_S - 1, fell_kmh=0.8), rear(target_kmh=0.8))
    assert (permit.stop, after.fell_at_s, after.fell_kmh) == (0, inf, inf)
    assert governed(after, rear(target_kmh=0.8))[0] is after


def test_a_guided_stop_waits_for_a_report() -> None:
    after, permit = governed(guard(set_kmh=0.8), wish(Phase.SLOW, BACKWARD, 0.8, guided=True), now=belt(None))
    assert (permit.stop, after.fell_at_s) == (0, inf)


def returned(
    kmh: float | None, *, back_s: float, slowed_s: float = 60.0, start_s: float = 300.0, facing: Facing = BACKWARD
) -> int:
    """The Stops of a guided stop on a link that has been back for so long, by when it was slowed and started."""
    green = replace(guard(set_kmh=2.7), fell_at_s=NOW_S - 1, fell_kmh=3.0)
    now = belt(kmh, link_at_s=NOW_S - back_s)
    told = sent(2.7, at_s=NOW_S - slowed_s, start_at_s=NOW_S - start_s)
    return governed(green, wish(Phase.SLOW, facing, 0.8, guided=True), now=now, told=told)[1].stop


@pytest.mark.parametrize("facing", [BACKWARD, UNKNOWN])
@pytest.mark.parametrize(
    ("kmh", "back_s", "stop"), [(None, 0.9, 0), (None, 1.0, 1), (3.0, 1.0, 0), (3.0, 1.4, 0), (3.0, 1.5, 1)]
)
def test_to_the_rear_a_link_that_came_back_has_a_second_to_speak_and_a_half_more_to_slow_the_belt(
    facing: Facing, kmh: float | None, back_s: float, stop: int
) -> None:
    assert returned(kmh, back_s=back_s, facing=facing) == stop


@pytest.mark.parametrize(("slowed_s", "stop"), [(1.9, 0), (2.0, 0), (2.1, 1)])
def test_a_slowing_write_on_the_link_that_came_back_keeps_the_guided_stop(slowed_s: float, stop: int) -> None:
    assert returned(3.0, back_s=2.0, slowed_s=slowed_s) == stop


@pytest.mark.parametrize(("start_s", "stop"), [(1.9, 0), (2.0, 1), (2.1, 1)])
def test_a_start_on_the_link_that_came_back_is_waited_for(start_s: float, stop: int) -> None:
    assert returned(None, back_s=2.0, slowed_s=9.0, start_s=start_s) == stop


def test_forward_and_while_the_link_is_down_a_guided_stop_goes_on() -> None:
    assert returned(3.0, back_s=9.0, facing=FORWARD) == 0
    asked, lost = wish(Phase.SLOW, BACKWARD, 0.8, guided=True), belt(None, link=False, link_at_s=NOW_S - 9)
    assert governed(guard(set_kmh=2.7), asked, now=lost, told=sent(2.7))[1].stop == 0


@pytest.mark.parametrize("told", [sent(0.8, stop_at_s=NOW_S - 1), sent(0.8)], ids=["stopping", "still"])
def test_how_the_report_fell_is_forgotten_when_the_stop_is_out_or_the_belt_stands(told: Sent) -> None:
    green = replace(guard(set_kmh=0.8), fell_at_s=NOW_S - 9, fell_kmh=1.0)
    now = belt(0.8) if told.stopping else belt(0.0)
    after, _ = governed(green, wish(Phase.SLOW, BACKWARD, 0.8, guided=True), now=now, told=told)
    assert (after.fell_at_s, after.fell_kmh) == (inf, inf)


@pytest.mark.parametrize(("kmh", "stop"), [(0.7, 0), (1.0, 0), (1.01, 1)])
def test_a_belt_near_creep_that_was_not_told_creep_yet_follows(kmh: float, stop: int) -> None:
    assert guided(kmh, sent_kmh=0.9, fell_s=9.0).stop == stop


@pytest.mark.parametrize(("over_s", "stop"), [(-0.1, 0), (0.0, 1)])
def test_an_echo_of_creep_is_believed_from_the_end_of_its_ramp(over_s: float, stop: int) -> None:
    here = plan(machine=profile(reported=Reported.TARGET))
    green = replace(guard(set_kmh=0.8), fell_at_s=NOW_S, fell_kmh=0.8)
    told = replace(sent(0.8), ramp_until_s=NOW_S - over_s)
    asked = wish(Phase.SLOW, BACKWARD, 0.8, guided=True)
    assert govern(here, green, dose(), belt(0.8), told, asked, NOW_S)[1].stop == stop


# Under hold, and downwards to the edge.


@pytest.mark.parametrize(
    ("set_kmh", "asked_kmh", "report_kmh", "kmh"),
    [(10.0, 6.0, 3.0, 3.0), (10.0, 6.0, 9.0, 6.0), (10.0, 6.0, 0.4, 0.8), (8.0, 8.0, 6.0, 8.0), (8.0, 9.0, 6.0, 8.0)],
)
def test_under_hold_a_lower_set_point_is_never_above_the_report(
    set_kmh: float, asked_kmh: float, report_kmh: float, kmh: float
) -> None:
    held = replace(guard(set_kmh=set_kmh), wait=True)
    assert governed(held, wish(target_kmh=asked_kmh), now=belt(report_kmh))[1].target_kmh == kmh


def test_under_hold_a_lower_set_point_needs_no_report_and_without_hold_it_does_not_look_at_it() -> None:
    held = replace(guard(set_kmh=10.0), wait=True)
    assert governed(held, wish(target_kmh=6.0), now=belt(None))[0].set_kmh == 6.0
    assert governed(guard(set_kmh=10.0), wish(target_kmh=6.0), now=belt(3.0))[0].set_kmh == 6.0


@pytest.mark.parametrize(
    ("report_kmh", "kmh"), [(None, 3.0), (3.0, 2.7), (3.2, 2.7), (2.0, 1.7), (1.0, 0.8), (0.4, 0.8)]
)
def test_on_the_way_down_a_belt_that_is_slower_already_is_not_sped_up(report_kmh: float | None, kmh: float) -> None:
    after, _ = governed(guard(set_kmh=3.0), rear(target_kmh=0.8), now=belt(report_kmh), told=sent(3.0))
    assert after.set_kmh == pytest.approx(kmh)


def test_a_rise_may_come_exactly_at_the_limit_of_near() -> None:
    assert governed(guard(set_kmh=0.8), rear(target_kmh=3.0), now=belt(0.4))[1].target_kmh == pytest.approx(1.1)


def test_the_way_down_takes_as_long_as_it_is_long_also_from_between_two_steps() -> None:
    between = belt(3.2, speeds=HALVES)
    after, _ = governed(guard(set_kmh=3.2), rear(target_kmh=1.0), now=between)
    assert after.set_kmh == 2.5
    assert after.step_at_s == pytest.approx(NOW_S + 0.7 / 0.3)


# What was set facing the console, and is not for the rear.


LATER_S = NOW_S + 3.0


@pytest.mark.parametrize(
    ("set_kmh", "written_kmh", "asked_kmh", "leaping", "after_kmh"),
    [
        (6.3, 2.0, 1.0, False, 1.7),  # never written: down from what was
        (4.1, 2.0, 1.0, True, 1.7),
        (2.5, 2.0, 3.0, False, 2.0),  # no jump to it either
        (2.1, 2.0, 2.0, False, 2.0),
        (2.1, 2.0, 2.1, False, 2.1),  # a step of the ramp, which is to be written yet
        (2.1, 2.0, 3.0, False, 2.1),
        (2.0, 2.0, 1.0, True, 1.7),  # the half of a leap does not hold up who slows down
        (2.0, 2.0, 1.0, False, 2.0),  # a step of its own does
        (1.5, 2.0, 1.0, True, 1.2),  # on the way down nothing rises
        (2.5, None, 2.0, False, 2.0),
        (2.0, None, 2.5, False, 2.0),
    ],
)
def test_to_the_rear_a_set_point_goes_on_from_what_was_written(
    set_kmh: float, written_kmh: float | None, asked_kmh: float, leaping: bool, after_kmh: float
) -> None:
    green = replace(guard(set_kmh=set_kmh, rear=True), leaping=leaping, step_at_s=LATER_S, set_at_s=NOW_S)
    told = sent(written_kmh, at_s=NOW_S - 1)
    after, _ = governed(green, rear(target_kmh=asked_kmh), now=belt(min(set_kmh, 2.0)), told=told)
    assert after.set_kmh == pytest.approx(after_kmh)
    assert not after.leaping


def test_what_stands_already_is_not_set_again() -> None:
    green = replace(guard(set_kmh=2.0, rear=True), set_at_s=NOW_S - 5)
    after, _ = governed(green, rear(target_kmh=2.0), now=belt(2.0), told=sent(None))
    assert (after.set_kmh, after.set_at_s) == (2.0, NOW_S - 5)


def test_facing_the_console_a_leap_keeps_its_half() -> None:
    green = replace(guard(set_kmh=6.3), leaping=True, step_at_s=LATER_S)
    after, _ = governed(green, wish(target_kmh=9.0), now=belt(2.0), told=sent(2.0))
    assert (after.set_kmh, after.leaping) == (6.3, True)


@pytest.mark.parametrize(
    ("kmh", "part", "set_kmh"),
    [(7.6, 1.0, 8.0), (7.5, 1.0, 6.0), (9.6, 1.25, 8.0), (9.5, 1.25, 6.0), (7.6, 1.25, 6.0), (None, 1.0, 6.0)],
)
def test_on_a_link_that_came_back_only_what_the_belt_runs_already_is_set(
    kmh: float | None, part: float, set_kmh: float
) -> None:
    """Until somebody presses."""
    green = replace(guard(set_kmh=6.0), wait=True, part=part)
    assert governed(green, wish(target_kmh=8.0), now=belt(kmh), told=sent(6.0))[0].set_kmh == set_kmh
    worse = replace(green, latched=Trip.COCKPIT_SILENT, latched_action=Action.GUIDED)
    assert (governed(worse, wish(target_kmh=8.0), now=belt(kmh), told=sent(6.0))[0].set_kmh or 0.0) <= 6.0


def test_on_a_link_that_came_back_and_says_nothing_nothing_is_set() -> None:
    green = replace(guard(set_kmh=0.8), wait=True)
    assert governed(green, wish(target_kmh=1.2), now=belt(None), told=sent(0.8))[0].set_kmh == 0.8
