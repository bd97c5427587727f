from __future__ import annotations

from dataclasses import replace

import pytest

from coach.core.belt import observe
from coach.core.control import drive
from coach.core.event import Key, LinkFound, LinkLost, Pressed, Returned, SoundLost, Tick
from coach.core.ftms import Op
from coach.core.heart import Strap
from coach.core.machine import Range
from coach.core.procedure import Control
from coach.core.safety import govern
from coach.core.trip import Action, Trip
from coach.core.watch import watch
from coach.core.wish import STANDING, Phase
from coach.core.workout import Facing, Level
from coach.script.check import check_text
from tests.core.build import (
    BACKWARD,
    NOW_S,
    START,
    STOP,
    UNKNOWN,
    Play,
    backward,
    belt,
    data,
    dose,
    forward,
    forward_plan,
    guard,
    machine,
    plan,
    play,
    profile,
    rear,
    sent,
    started,
    status,
    steps,
    strap,
    target_bytes,
    to_the_rear,
    wish,
    world,
)
from tests.core.build import permit as a_permit


def ticks(made: Play, seconds: float) -> None:
    """Time passes and nothing is heard."""
    end_s = made.at_s + seconds
    while made.at_s < end_s:
        made.tick(0.5)


def test_a_start_that_a_stop_press_has_cancelled_is_never_written_after_a_reconnect() -> None:
    made = play(forward_plan())
    made.feed(LinkLost(made.at_s))
    ticks(made, 3)
    made.press(Key.YES)
    ticks(made, 3)
    made.press(Key.STOP)
    made.feed(LinkFound(made.at_s))
    made.run(20, 0.0)
    assert START not in made.written()


def test_a_yes_while_the_link_is_down_does_not_start_the_belt_when_it_is_back() -> None:
    made = play(forward_plan())
    made.feed(LinkLost(made.at_s))
    ticks(made, 3)
    made.press(Key.YES)
    ticks(made, 5)
    made.feed(LinkFound(made.at_s))
    made.run(20, 0.0)
    assert START not in made.written()


def test_a_start_is_not_written_after_a_stop_press_because_another_write_was_under_way() -> None:
    made = play(forward_plan())
    made.obeys = False
    made.run(3, 0.0)
    busy = replace(made.session.control, busy=Op.RESET, busy_at_s=made.at_s, wanted=False)
    made.session = replace(made.session, control=busy)
    made.press(Key.YES)
    made.run(3, 0.0)
    made.press(Key.STOP)
    made.feed(Returned(made.at_s, ok=False))
    made.run(20, 0.0)
    assert START not in made.written()


def test_a_belt_that_moved_before_our_start_leaves_no_start_for_the_next_standstill() -> None:
    quick = replace(machine("home"), start_countdown_s=0.2)
    yes_s = next(step.event.at_s for step in steps(world(sim=quick)) if step.session.progress.phase is Phase.STARTING)
    made = world(sim=quick, faults=(f"self-start@{yes_s + 1.5:.2f}",))
    starts = [step.session.progress.phase for step in steps(made) if START in step.outcome.writes]
    assert set(starts) <= {Phase.STARTING}


def test_one_yes_permits_one_start_even_if_an_earlier_yes_came_to_nothing() -> None:
    made = play()
    made.feed(LinkLost(made.at_s))
    ticks(made, 2)
    assert made.progress.question is not None
    ticks(made, 2)
    made.press(Key.DIGIT, made.progress.question.digit)
    ticks(made, 20)
    made.feed(LinkFound(made.at_s))
    made.run(10, 0.0)
    for _ in range(3):
        if made.phase in STANDING and made.progress.question is not None:
            before = len([value for value in made.written() if value == START])
            made.run(2, 0.0)
            made.press(Key.DIGIT, made.progress.question.digit)
            made.run(2.9, 0.0)
            assert len([value for value in made.written() if value == START]) - before <= 1


def paused_after_it_moved() -> Play:
    made = started()
    made.press(Key.STOP)
    made.until(Phase.PAUSED)
    made.run(30, 0.0)
    made.run(1.5, 1.0)
    assert made.writes[-1][1] == STOP
    made.run(20, 0.0)
    assert made.phase is Phase.PAUSED
    return made


def test_a_belt_that_moves_by_itself_again_is_stopped_again() -> None:
    made = paused_after_it_moved()
    before = len(made.writes)
    made.run(1.5, 1.0)
    assert [value for _, value in made.writes[before:]] == [STOP]


def test_a_belt_that_moves_by_itself_again_is_alarmed_again() -> None:
    made = paused_after_it_moved()
    before = len(made.said)
    made.run(8, 1.0)
    assert len([text for text in made.said[before:] if "Rails. Step off." in text]) >= 2


def test_a_belt_that_moves_by_itself_and_ignores_stop_leads_to_stop_failed() -> None:
    made = started()
    made.press(Key.STOP)
    made.until(Phase.PAUSED)
    made.run(30, 0.0)
    made.run(8, 3.0)
    assert made.phase is Phase.STOP_FAILED


def test_a_belt_that_moves_by_itself_and_ignores_stop_is_told_again() -> None:
    made = started()
    made.press(Key.STOP)
    made.until(Phase.PAUSED)
    made.run(30, 0.0)
    before = len(made.writes)
    made.run(12, 3.0)
    assert len([value for _, value in made.writes[before:] if value == STOP]) >= 2


@pytest.mark.parametrize("phase", [Phase.SLOW, Phase.RAILS, Phase.STOPPING, Phase.READY, Phase.STARTING])
def test_sound_lost_on_the_way_to_the_rear_keeps_the_runner_from_running_backward(phase: Phase) -> None:
    made = to_the_rear(phase)
    made.follow(2)
    made.feed(SoundLost(made.at_s))
    made.follow(20)
    for _ in range(2):
        if made.progress.question is not None and made.progress.row == 1:
            made.yes()
        made.follow(30)
    backward_s = made.session.dose.run.read(made.at_s)
    assert backward_s < 1


def test_no_trip_of_the_rear_is_slept_over_because_it_was_noted_facing_forward() -> None:
    here, green = plan(), guard(set_kmh=1.0)
    noted, _ = watch(here, green, dose(), belt(1.0), strap(), sent(1.0), wish(target_kmh=1.0), SoundLost(NOW_S))
    turned, _ = watch(here, noted, dose(), belt(1.0), strap(), sent(1.0), rear(target_kmh=1.0), Tick(NOW_S + 0.5))
    assert turned.latched is Trip.SOUND_LOST


def test_a_hold_of_the_rear_ends_when_the_runner_faces_the_console_again() -> None:
    here = plan()
    held, _ = watch(
        here, guard(set_kmh=1.0), dose(), belt(1.0), Strap(), sent(1.0), wish(Phase.STEP_ON, UNKNOWN, 1.0), Tick(NOW_S)
    )
    free, _ = watch(here, held, dose(), belt(1.0), Strap(), sent(1.0), wish(Phase.RAMP, target_kmh=1.0), Tick(NOW_S))
    assert free.action is Action.NOTE


def test_control_that_was_lost_facing_forward_stays_with_the_console() -> None:
    made = started()
    made.follow(20)
    made.feed(status(made.at_s, "ff"))
    before = len(made.writes)
    made.follow(100)
    assert made.writes[before:] == []


def test_a_stop_that_a_busy_machine_refuses_is_written_again_although_the_write_before_it_came_back() -> None:
    here = profile()
    control, first = drive(here, Control(wanted=False), a_permit(8.0), belt(6.0), Tick(NOW_S))
    assert first == (target_bytes(8.0),)
    control, stop = drive(here, control, a_permit(8.0, stop=1), belt(6.0), Tick(NOW_S + 0.02))
    assert stop == (STOP,)
    control, _ = drive(here, control, a_permit(None, stop=1), belt(6.0), Returned(NOW_S + 0.05, ok=True))
    control, at_once = drive(here, control, a_permit(None, stop=1), belt(6.0), Returned(NOW_S + 0.07, ok=False))
    _, later = drive(here, control, a_permit(None, stop=1), belt(6.0), Tick(NOW_S + 0.5))
    assert (*at_once, *later) == (STOP,)


def test_a_stop_pressed_on_a_single_zero_report_is_handed_over() -> None:
    made = started()
    made.follow(30)
    made.run(0.5, 0.0)
    assert made.press(Key.STOP).writes == (STOP,)


def test_a_stop_that_cancels_a_start_is_handed_over_although_zero_was_reported_since() -> None:
    made = play()
    made.yes()
    made.until(Phase.STARTING)
    made.run(2, 0.0)
    assert made.writes[-1][1] == START
    made.run(0.5, 0.1)
    made.run(0.5, 0.0)
    assert STOP in made.press(Key.STOP).writes


def test_one_zero_report_and_then_silence_is_not_a_standing_belt() -> None:
    here = profile()
    moving = belt(8.0, at_s=NOW_S, period_s=1.0)
    now = observe(here, replace(moving, gaps=(1.0,) * 9), sent(), data(NOW_S + 1, 0.0))
    for at_s in (NOW_S + 2, NOW_S + 3, NOW_S + 3.5, NOW_S + 4):
        now = observe(here, now, sent(), Tick(at_s))
    assert not now.still


def test_a_heart_over_its_ceiling_takes_half_a_kilometre_off_the_speed_not_off_the_cap() -> None:
    here = plan(forward(600.0, 8.0), backward(300.0, 2.5), forward(180.0, 4.0))
    high = round(here.heart_ceiling_bpm) + 5
    green, wrote, asked = guard(set_kmh=2.5, at_s=NOW_S - 100, cap_kmh=4.5), sent(2.5), rear(target_kmh=2.5)
    green, trips = watch(here, green, dose(), belt(2.5), strap(high), wrote, asked, Tick(NOW_S))
    green, _ = govern(here, green, dose(), belt(2.5), wrote, asked, NOW_S)
    assert (trips, green.goal_kmh) == ((Trip.HEART_HIGH,), 2.0)


def test_a_heart_that_stays_high_for_45_s_after_easing_ends_the_block() -> None:
    here = plan(forward(600.0, 8.0), backward(300.0, 4.5), forward(180.0, 4.0))
    high = round(here.heart_ceiling_bpm) + 5
    green, doses = guard(set_kmh=4.5, at_s=NOW_S - 100, cap_kmh=4.5), dose()
    raised: list[Trip] = []
    kmh, wrote = 4.5, sent(4.5, at_s=NOW_S - 100)
    for half in range(140):
        at_s = NOW_S + half / 2
        now = belt(kmh, at_s=at_s)
        heart = strap(high, at_s=at_s)
        green, trips = watch(here, green, doses, now, heart, wrote, rear(target_kmh=4.5), Tick(at_s))
        raised += trips
        green, allowed = govern(here, green, doses, now, wrote, rear(target_kmh=4.5), at_s)
        if allowed.target_kmh is not None and allowed.target_kmh != wrote.target_kmh:
            kmh = allowed.target_kmh
            wrote = sent(kmh, at_s=at_s)
    assert Trip.HEART_STAYS_HIGH in raised


def test_losing_the_strap_facing_the_rear_slows_down_and_does_not_stop() -> None:
    loaded = check_text(
        "format: 1\nname: Fast\nlevel: advanced\nsteps:\n  - warm-up: 100 s @ 11 km/h\n"
        "  - backward: 3 min @ 6 km/h\n  - cool-down: 180 s @ 4 km/h\n"
    )
    made = world(level=Level.ADVANCED, workout=loaded.workout, faults=("strap-off@backward1+90",))
    assert Trip.OVER_CAP not in [trip for step in steps(made) for trip in step.outcome.trips]


def test_motion_in_the_key_state_after_the_belt_stood_is_stopped() -> None:
    made = started()
    made.follow(20)
    made.feed(status(made.at_s, "03"))
    made.run(20, 0.0)
    assert made.phase is Phase.KEY
    before = len(made.writes)
    made.run(2, 2.0)
    assert STOP in [value for _, value in made.writes[before:]]


def test_motion_between_the_yes_and_our_start_is_stopped() -> None:
    made = play(plan(machine=profile(start_delay_s=0.2)))
    made.yes()
    made.run(1.5, 0.8)
    assert STOP in made.written()


def test_a_wanted_rise_soon_after_a_slowing_write_is_not_the_machine_going_the_wrong_way() -> None:
    made = started()
    made.follow(60)
    made.press(Key.SLOWER)
    made.follow(1)
    for _ in range(3):
        made.press(Key.MUCH_FASTER)
    made.follow(10)
    assert Trip.RISING not in made.raised


def test_leaving_with_the_key_out_does_not_end_the_session_on_a_moving_belt() -> None:
    made = started()
    made.follow(40)
    made.feed(status(made.at_s, "03"))
    made.run(0.5, 5.0)
    made.press(Key.QUIT)
    made.run(1, 5.0)
    made.press(Key.QUIT)
    assert made.phase is not Phase.ENDED


def test_a_bridge_leads_to_one_turn() -> None:
    made = started(plan(forward(120.0, 8.0), backward(), forward(180.0, 4.0)))
    made.until(Phase.READY, 400.0)
    assert made.progress.claimed is BACKWARD


@pytest.mark.parametrize(
    ("inclines", "asked_pct"), [(Range(-1.0, 10.0, 0.4), 0.0), (Range(1.0, 10.0, 0.5), 0.0)], ids=["below 0", "above"]
)
def test_the_incline_facing_the_rear_is_never_snapped_out_of_its_bounds(inclines: Range, asked_pct: float) -> None:
    asked = replace(rear(), incline_pct=asked_pct)
    here = plan(level=Level.BEGINNER)
    _, allowed = govern(here, guard(set_kmh=2.0), dose(), belt(2.0, inclines=inclines), sent(2.0), asked, NOW_S)
    assert allowed.incline_pct is None or allowed.incline_pct == 0


@pytest.mark.parametrize("facing", [BACKWARD, UNKNOWN])
def test_a_guided_stop_never_writes_more_than_the_belt_does(facing: Facing) -> None:
    green = guard(set_kmh=4.5, latched=Trip.LINK_LOST, latched_action=Action.GUIDED, latched_at_s=NOW_S - 5)
    asked = wish(Phase.SLOW, facing, 0.8, guided=True, alarm=True, row=1)
    _, allowed = govern(plan(), green, dose(), belt(1.2), sent(4.5), asked, NOW_S)
    assert allowed.target_kmh is None or allowed.target_kmh <= 1.2


def test_a_set_point_under_hold_never_raises_the_belt() -> None:
    green = replace(guard(set_kmh=10.0), wait=True)
    _, allowed = govern(plan(), green, dose(), belt(3.0), sent(10.0), wish(target_kmh=6.0), NOW_S)
    assert allowed.target_kmh is None or allowed.target_kmh <= 3.0 or allowed.target_kmh == 10.0


def test_an_early_second_yes_on_a_moving_belt_is_a_stop() -> None:
    made = to_the_rear(Phase.STEP_ON, plan(forward(), backward(kmh=1.2), forward(180.0, 4.0), level=Level.REHAB))
    assert made.progress.question is not None
    assert made.press(Key.YES).writes == (STOP,)


def test_an_answer_without_a_serial_is_no_yes() -> None:
    made = play()
    made.run(3, 0.0)
    question = made.progress.question
    assert question is not None
    made.feed(Pressed(made.at_s, Key.DIGIT, question.digit))
    assert made.phase is Phase.READY


def test_two_bad_starts_turn_backward_off() -> None:
    made = play()
    for _ in range(2):
        made.yes()
        made.run(4, 0.0)
        made.run(3, 3.0)
        made.run(20, 0.0)
    assert made.session.guard.backward_off


def test_a_refused_start_is_not_followed_by_a_stop_that_starts_the_belt() -> None:
    made = world("stop-toggle", faults=("refuse@0",))
    written = [value for step in steps(made, 120.0) for value in step.outcome.writes]
    assert STOP not in written


def test_an_outage_is_no_period_of_reports() -> None:
    now = observe(profile(), belt(3.0), sent(3.0), LinkLost(NOW_S))
    now = observe(profile(), now, sent(3.0), LinkFound(NOW_S + 8))
    now = observe(profile(), now, sent(3.0), data(NOW_S + 8.5, 3.0))
    assert now.silence(NOW_S + 12.5, BACKWARD, sent(3.0)) >= 2


def test_a_yes_after_the_console_took_control_asks_for_control_or_does_not_count_down() -> None:
    made = started(forward_plan())
    made.follow(30)
    made.feed(status(made.at_s, "ff"))
    made.follow(5)
    made.press(Key.STOP)
    made.until(Phase.PAUSED)
    made.run(5, 0.0)
    before = len(made.writes)
    made.press(Key.YES)
    made.run(5, 0.0)
    assert made.writes[before:] or made.phase is not Phase.STARTING
