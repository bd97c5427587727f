"""The ways out of each state, one by one, on values: what the table says at each of its limits."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

import pytest

from coach.core.belt import Belt
from coach.core.bridge import calm_bpm, racing
from coach.core.cue import Cue, CueKind
from coach.core.ftms import Op, Response, Result
from coach.core.guard import Guard
from coach.core.heart import Strap
from coach.core.machine import Range, Reported
from coach.core.plan import Plan
from coach.core.progress import Ask, Progress, Question
from coach.core.sent import Sent
from coach.core.turn import TABLE, Scene, asks_twice, holds
from coach.core.wish import Phase
from coach.core.workout import Facing, Level, Target
from tests.core.build import (
    BACKWARD,
    FORWARD,
    NOW_S,
    STOP,
    UNKNOWN,
    backward,
    belt,
    dose,
    forward,
    forward_plan,
    guard,
    plan,
    profile,
    rest,
    sent,
    strap,
    to_the_rear,
)

PLAN: Final = plan()
REHAB: Final = plan(forward(), backward(kmh=1.2), forward(180.0, 4.0), level=Level.REHAB)
HALVES: Final = Range(1.0, 18.0, 0.5)
QUESTION: Final = Question(Ask.YES, 7, NOW_S - 5, 1.5, "Ready?")


def at(
    phase: Phase,
    in_s: float = 10.0,
    *,
    kmh: float | None = 3.0,
    still: bool = False,
    steady_s: float = -inf,
    guided: bool = False,
    facing: Facing = FORWARD,
    claimed: Facing = FORWARD,
    slow_from_kmh: float = 5.8,
    bridge_s: float = -inf,
    here: Plan = PLAN,
    now: Belt | None = None,
    told: Sent | None = None,
    green: Guard | None = None,
    heart: Strap | None = None,
    question: Question | None = None,
    row: int = 0,
) -> Scene:
    """A state that was entered so long ago, in which its condition has held for `steady_s`."""
    progress = Progress(
        phase=phase,
        at_s=NOW_S - in_s,
        facing=facing,
        claimed=claimed,
        row=row,
        guided=guided,
        question=question,
        steady_at_s=NOW_S - steady_s,
        slow_from_kmh=slow_from_kmh,
        bridge_at_s=NOW_S - bridge_s,
    )
    return Scene(
        here,
        progress,
        now or belt(kmh, still=still),
        green or guard(),
        dose(),
        heart or strap(),
        told or sent(0.8, at_s=NOW_S - 400, start_at_s=NOW_S - 500),
        NOW_S,
        [],
    )


def leads(scene: Scene) -> Phase | None:
    """Where the first exit that holds leads."""
    return next((way.to for way in TABLE[scene.progress.phase] if way.when(scene)), None)


# What every state may look at.


def test_what_is_said_is_due_now() -> None:
    scene = at(Phase.RUN)
    scene.say(CueKind.ALARM, "Rails.")
    assert scene.cues == [Cue(NOW_S, CueKind.ALARM, "Rails.")]


def test_the_time_in_a_state_is_counted_from_its_entry() -> None:
    assert (at(Phase.RUN, 12.5).in_s, at(Phase.RUN).creep_kmh) == (12.5, 0.8)


@pytest.mark.parametrize(
    ("silent_s", "period_s", "heard"), [(3.0, 0.5, True), (3.1, 0.5, False), (4.0, 1.0, True), (4.1, 1.0, False)]
)
def test_a_machine_was_heard_just_now_within_three_seconds_or_four_periods(
    silent_s: float, period_s: float, heard: bool
) -> None:
    now = belt(3.0, at_s=NOW_S - silent_s, period_s=period_s)
    assert at(Phase.READY, now=now).heard is heard


@pytest.mark.parametrize("silent_s", [0.0, 60.0])
@pytest.mark.parametrize("link", [True, False])
@pytest.mark.parametrize("silent", [True, False])
def test_a_machine_that_falls_silent_is_heard_while_the_link_is_up(silent_s: float, link: bool, silent: bool) -> None:
    here = plan(machine=profile(silent_when_stopped=silent))
    now = belt(0.0, at_s=NOW_S - silent_s, link=link)
    assert at(Phase.READY, here=here, now=now).heard is (link and (silent or silent_s == 0))


# By time, and on a belt that stands.


@pytest.mark.parametrize(
    ("phase", "after_s", "to"),
    [
        (Phase.CONNECTING, 300.0, Phase.ENDED),
        (Phase.RAILS, 5.0, Phase.STOPPING),
        (Phase.READY, 60.0, Phase.PAUSED),
        (Phase.STEP_ON, 10.0, Phase.RAMP),
        (Phase.RAMP, 45.0, Phase.RUN),
        (Phase.PAUSED, 300.0, Phase.ENDED),
        (Phase.BELT_MOVES, 300.0, Phase.ENDED),
        (Phase.STOP_FAILED, 300.0, Phase.ENDED),
        (Phase.STOPPING, inf, None),
        (Phase.KEY, inf, None),
        (Phase.RESTING, inf, None),
        (Phase.RUN, inf, None),
        (Phase.ENDED, inf, None),
    ],
)
def test_a_state_is_left_by_time_at_its_limit_and_not_before(phase: Phase, after_s: float, to: Phase | None) -> None:
    assert leads(at(phase, min(after_s, 9000.0))) is to
    assert leads(at(phase, min(after_s, 9000.0) - 0.1)) is None


@pytest.mark.parametrize(
    ("phase", "to"),
    [
        (Phase.CONNECTING, Phase.READY),
        (Phase.STOPPING, Phase.READY),
        (Phase.BELT_MOVES, Phase.PAUSED),
        (Phase.STOP_FAILED, Phase.PAUSED),
        (Phase.KEY, None),
        (Phase.READY, None),
        (Phase.PAUSED, None),
        (Phase.RESTING, None),
    ],
)
def test_a_belt_that_stands_leads_on(phase: Phase, to: Phase | None) -> None:
    assert leads(at(phase, 1.0, kmh=0.0, still=True)) is to


@pytest.mark.parametrize(
    ("still", "silent_s", "to"), [(True, 3.0, Phase.PAUSED), (True, 3.1, None), (False, 0.0, None)]
)
def test_a_stop_that_failed_is_over_when_the_belt_was_just_heard_to_stand(
    still: bool, silent_s: float, to: Phase | None
) -> None:
    now = belt(0.0, at_s=NOW_S - silent_s, still=still)
    assert leads(at(Phase.STOP_FAILED, 9.0, now=now)) is to


@pytest.mark.parametrize(
    ("in_s", "still", "to"), [(299.9, True, None), (300.0, True, Phase.ENDED), (300.0, False, None)]
)
def test_a_key_that_stays_away_ends_the_session_on_a_belt_that_stands(
    in_s: float, still: bool, to: Phase | None
) -> None:
    assert leads(at(Phase.KEY, in_s, still=still)) is to


# BRIDGE.


@pytest.mark.parametrize(
    ("in_s", "bridge_s", "bpm", "to"),
    [
        (60.0, 59.9, 100, None),
        (60.0, 60.0, 100, Phase.SLOW),
        (60.0, 60.0, 144, Phase.SLOW),
        (60.0, 60.0, 145, None),
        (169.9, 169.9, 145, None),
        (170.0, 170.0, 145, Phase.RUN),  # ten seconds before, for the words
        (170.0, 170.0, 100, Phase.SLOW),
        (60.0, 60.0, None, Phase.SLOW),
    ],
)
def test_a_bridge_waits_for_a_minute_and_for_the_heart(
    in_s: float, bridge_s: float, bpm: int | None, to: Phase | None
) -> None:
    assert leads(at(Phase.BRIDGE, in_s, bridge_s=bridge_s, heart=strap(bpm))) is to


@pytest.mark.parametrize(
    ("bpm", "waits", "off", "red", "to"),
    [
        (100, False, False, False, Phase.SLOW),
        (100, True, False, False, None),
        (145, False, True, False, Phase.SLOW),  # and from there to the step behind it
        (145, True, False, True, Phase.SLOW),
        (100, True, False, True, Phase.SLOW),
    ],
)
def test_a_bridge_ends_in_what_was_announced(bpm: int, waits: bool, off: bool, red: bool, to: Phase | None) -> None:
    here = at(Phase.BRIDGE, 60.0, bridge_s=60.0, heart=strap(bpm))
    here = here.after(replace(here.progress, turn_waits=waits, no_turn=off))
    assert leads(here._replace(guard=replace(here.guard, sound=not red))) is to


@pytest.mark.parametrize(("link", "ago_s", "ends"), [(False, 99.0, False), (True, 1.9, False), (True, 2.0, True)])
@pytest.mark.parametrize(("in_s", "bpm", "to"), [(60.0, 100, Phase.SLOW), (170.0, 145, Phase.RUN)])
def test_a_bridge_does_not_end_while_nothing_is_heard(
    in_s: float, bpm: int, to: Phase, link: bool, ago_s: float, ends: bool
) -> None:
    here = at(Phase.BRIDGE, in_s, bridge_s=in_s, heart=strap(bpm))
    heard = here._replace(belt=replace(here.belt, link=link, link_at_s=NOW_S - ago_s))
    assert leads(heard) is (to if ends else None)


@pytest.mark.parametrize(
    ("level", "pct"), [(Level.REHAB, 65), (Level.BEGINNER, 75), (Level.INTERMEDIATE, 80), (Level.ADVANCED, 80)]
)
def test_a_bridge_waits_for_eighty_percent_or_the_ceiling_less_five_points(level: Level, pct: float) -> None:
    assert calm_bpm(plan(level=level)) == pytest.approx(pct * PLAN.runner.max_bpm / 100)


def test_a_heart_that_is_not_heard_or_has_no_mean_is_not_racing() -> None:
    heard = Strap(bpm=170, good=((NOW_S, 170),))
    assert racing(at(Phase.BRIDGE, heart=heard))
    assert not racing(at(Phase.BRIDGE, heart=replace(heard, bpm=None)))
    assert not racing(at(Phase.BRIDGE, heart=replace(heard, good=())))


# SLOW.


@pytest.mark.parametrize(
    ("kmh", "step", "slow"),
    [(1.0, 0.1, True), (1.01, 0.1, False), (1.5, 0.5, True), (1.51, 0.5, False), (None, 0.1, False)],
)
def test_slow_is_creep_and_two_tenths_or_a_step(kmh: float | None, step: float, slow: bool) -> None:
    now = belt(kmh, speeds=HALVES) if step == 0.5 else belt(kmh)
    assert holds(at(Phase.SLOW, 0.0, now=now)) is slow


@pytest.mark.parametrize(
    ("known", "reported", "from_kmh", "in_s", "slow"),
    [
        (True, Reported.ACTUAL, 5.8, 0.0, True),
        (True, Reported.TARGET, 5.8, 9.9, False),
        (True, Reported.TARGET, 5.8, 10.0, True),
        (False, Reported.ACTUAL, 5.8, 9.9, False),
        (False, Reported.ACTUAL, 5.8, 10.0, True),
        (False, Reported.TARGET, 0.5, 0.0, True),
    ],
)
def test_an_echo_and_an_unknown_machine_are_slow_when_their_ramp_is_over(
    known: bool, reported: Reported, from_kmh: float, in_s: float, slow: bool
) -> None:
    here = plan(machine=profile(known=known, reported=reported))
    assert holds(at(Phase.SLOW, in_s, kmh=0.8, here=here, slow_from_kmh=from_kmh)) is slow


@pytest.mark.parametrize(
    ("guided", "stopping", "still", "to"),
    [
        (True, True, False, Phase.STOPPING),
        (True, False, True, Phase.STOPPING),
        (True, False, False, None),
        (False, True, False, None),
        (False, False, True, None),
    ],
)
def test_a_guided_stop_is_over_when_the_stop_is_out_or_the_belt_stands(
    guided: bool, stopping: bool, still: bool, to: Phase | None
) -> None:
    told = sent(0.8, stop_at_s=NOW_S - 1 if stopping else -inf)
    assert leads(at(Phase.SLOW, 9.0, guided=guided, still=still, told=told)) is to


@pytest.mark.parametrize(
    ("steady_s", "guided", "to"), [(0.9, False, None), (1.0, False, Phase.RAILS), (5.0, True, None)]
)
def test_creep_for_a_second_leads_to_the_rails_unless_the_stop_is_guided(
    steady_s: float, guided: bool, to: Phase | None
) -> None:
    assert leads(at(Phase.SLOW, 9.0, steady_s=steady_s, guided=guided)) is to


def inclined(target: Target | None, incline_pct: float | None, in_s: float = 9.0, *, control: bool = True) -> Scene:
    """At creep, in a row with this target, on a belt that was told to be level."""
    rows = (rest() if target is None else replace(forward(), target=target), backward(), forward(180.0, 4.0))
    here = plan(*rows, machine=profile(incline_control=control))
    told = replace(sent(0.8, at_s=NOW_S - 400), incline_pct=0.0)
    return at(Phase.SLOW, in_s, steady_s=5.0, here=here, told=told, now=belt(0.8, incline_pct=incline_pct))


@pytest.mark.parametrize(("pct", "level"), [(0.5, True), (0.6, False), (-0.5, True), (-0.6, False), (0.0, True)])
def test_the_rails_wait_until_the_belt_is_level(pct: float, level: bool) -> None:
    assert (leads(inclined(Target(6.0), pct)) is Phase.RAILS) is level


def test_a_machine_without_incline_and_a_belt_that_was_not_inclined_are_level() -> None:
    here = inclined(Target(6.0), 5.0)
    assert leads(here) is None
    assert leads(inclined(Target(6.0), 5.0, control=False)) is Phase.RAILS
    assert leads(here._replace(sent=replace(here.sent, incline_pct=None))) is Phase.RAILS


@pytest.mark.parametrize(
    ("target", "waits"),
    [
        (Target(6.0), False),
        (None, False),
        (Target(6.0, end_incline_pct=0.0), False),
        (Target(6.0, incline_pct=2.0), True),
        (Target(6.0, incline_pct=1.0), True),
        (Target(6.0, incline_pct=-2.0), True),
        (Target(6.0, end_incline_pct=2.0), True),
    ],
)
def test_an_incline_that_is_not_reported_is_given_twenty_seconds(target: Target | None, waits: bool) -> None:
    assert leads(inclined(target, None, 19.9)) is (None if waits else Phase.RAILS)
    assert leads(inclined(target, None, 20.0)) is Phase.RAILS


@pytest.mark.parametrize(("in_s", "to"), [(39.9, None), (40.0, Phase.STOPPING)])
def test_an_incline_that_is_stuck_is_waited_for_forty_seconds(in_s: float, to: Phase | None) -> None:
    assert leads(inclined(Target(6.0), 5.0, in_s)) is to


@pytest.mark.parametrize(
    ("facing", "decel", "from_kmh", "after_s"),
    [
        (FORWARD, 0.5, 5.8, 30.0),
        (BACKWARD, 0.5, 3.8, 30.0),
        (UNKNOWN, 0.5, 3.8, 30.0),
        (BACKWARD, 0.2, 3.8, 35.0),
        (FORWARD, 0.5, 0.0, 20.0),
    ],
)
def test_a_belt_that_does_not_slow_is_stopped_after_twenty_seconds_and_its_way(
    facing: Facing, decel: float, from_kmh: float, after_s: float
) -> None:
    here = plan(machine=profile(decel_kmh_s=decel))
    for in_s, guided, to in ((after_s, False, Phase.STOPPING), (after_s - 0.1, False, None), (after_s, True, None)):
        scene = at(Phase.SLOW, in_s, facing=facing, slow_from_kmh=from_kmh, here=here, guided=guided)
        assert leads(scene) is to


def test_the_second_stop_comes_after_two_seconds() -> None:
    for kmh, stops in ((0.8, 2), (0.5, 1)):
        made = to_the_rear(Phase.STOPPING)
        since_s = made.at_s
        made.run(1.9, kmh)
        assert made.written(since_s) == [STOP]
        made.run(0.2, kmh, every_s=0.1)
        assert made.written(since_s) == [STOP] * stops


# STARTING and CONSOLE_START.

STARTS: Final = (Phase.STARTING, Phase.CONSOLE_START)


@pytest.mark.parametrize("phase", STARTS)
@pytest.mark.parametrize(
    ("kmh", "good"), [(None, False), (0.0, False), (0.2, False), (0.21, True), (1.1, True), (1.11, False)]
)
def test_the_band_of_creep_is_from_motion_to_three_tenths_above(phase: Phase, kmh: float | None, good: bool) -> None:
    assert holds(at(phase, kmh=kmh)) is good


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in {*STARTS, Phase.SLOW}])
def test_no_other_state_measures_a_condition(phase: Phase) -> None:
    assert not holds(at(phase, kmh=0.8))


@pytest.mark.parametrize("phase", STARTS)
@pytest.mark.parametrize(("steady_s", "to"), [(2.9, None), (3.0, Phase.STEP_ON)])
def test_a_start_is_settled_after_three_seconds_in_the_band(phase: Phase, steady_s: float, to: Phase | None) -> None:
    told = sent(None, start_at_s=NOW_S - 5)
    assert leads(at(phase, 6.0, kmh=0.8, steady_s=steady_s, told=told, green=moved(2.0))) is to


def moved(ago_s: float) -> Guard:
    """Motion after the Start was first seen so long ago."""
    return replace(guard(set_kmh=0.8), motion_at_s=NOW_S - ago_s)


@pytest.mark.parametrize("phase", STARTS)
@pytest.mark.parametrize(
    ("start_kmh", "kmh", "to"),
    [
        (0.8, 2.3, None),
        (0.8, 2.31, Phase.STOPPING),
        (0.5, 2.3, None),
        (2.0, 3.5, None),
        (2.0, 3.51, Phase.STOPPING),
        (0.8, None, None),
    ],
)
def test_a_start_far_above_creep_is_stopped_at_once(
    phase: Phase, start_kmh: float, kmh: float | None, to: Phase | None
) -> None:
    here = plan(machine=profile(start_kmh=start_kmh))
    told = sent(None, start_at_s=NOW_S - 3)
    assert leads(at(phase, 4.0, kmh=kmh, here=here, told=told, green=moved(0.0))) is to


@pytest.mark.parametrize("phase", STARTS)
@pytest.mark.parametrize(
    ("decel", "settle_s", "kmh", "moved_s", "to"),
    [
        (0.5, 1.0, 1.8, 8.0, None),
        (0.5, 1.0, 1.8, 8.1, Phase.STOPPING),
        (0.25, 1.0, 1.8, 10.0, None),
        (0.25, 1.0, 1.8, 10.1, Phase.STOPPING),
        (0.5, 3.0, 1.8, 10.0, None),
        (0.5, 3.0, 1.8, 10.1, Phase.STOPPING),
        (0.5, 1.0, 1.4, 7.1, None),
        (0.5, 1.0, 1.4, 7.3, Phase.STOPPING),
        (0.5, 1.0, 1.3, 60.0, None),
        (0.5, 1.0, 1.31, 60.0, Phase.STOPPING),
    ],
)
def test_a_start_that_settles_above_creep_is_stopped_when_it_had_time_to_settle(
    phase: Phase, decel: float, settle_s: float, kmh: float, moved_s: float, to: Phase | None
) -> None:
    here = plan(machine=profile(decel_kmh_s=decel, settle_s=settle_s))
    told = sent(0.8, at_s=NOW_S - 4, start_at_s=NOW_S - 9)
    assert leads(at(phase, 9.0, kmh=kmh, here=here, told=told, green=moved(moved_s))) is to


@pytest.mark.parametrize(("target_s", "to"), [(9.1, None), (9.0, None), (8.9, Phase.STOPPING)])
def test_a_start_is_not_too_fast_before_it_was_told_creep(target_s: float, to: Phase | None) -> None:
    told = sent(0.8, at_s=NOW_S - target_s, start_at_s=NOW_S - 9)
    assert leads(at(Phase.STARTING, 9.0, kmh=1.4, told=told, green=moved(60.0))) is to


def refused(op: Op, result: Result, ago_s: float, kmh: float) -> Scene:
    """An answer came so long ago, to a Start of a second ago, in a state of two seconds."""
    now = replace(belt(kmh), response=Response(op, result), response_at_s=NOW_S - ago_s)
    return at(Phase.STARTING, 2.0, now=now, told=sent(None, start_at_s=NOW_S - 1), green=moved(0.0))


@pytest.mark.parametrize(
    ("op", "result", "ago_s", "kmh", "to"),
    [
        (Op.START, Result.NOT_SUPPORTED, 0.5, 0.0, Phase.CONSOLE_START),
        (Op.START, Result.FAILED, 0.5, 0.0, Phase.CONSOLE_START),
        (Op.START, Result.NOT_PERMITTED, 0.5, 0.0, Phase.CONSOLE_START),
        (Op.START, Result.FAILED, 2.0, 0.0, Phase.CONSOLE_START),
        (Op.START, Result.FAILED, 2.1, 0.0, None),
        (Op.START, Result.FAILED, 0.5, 0.8, None),
        (Op.START, Result.SUCCESS, 0.5, 0.0, None),
        (Op.STOP, Result.FAILED, 0.5, 0.0, None),
    ],
)
def test_a_start_is_refused_by_an_answer_of_this_state_on_a_belt_that_does_not_move(
    op: Op, result: Result, ago_s: float, kmh: float, to: Phase | None
) -> None:
    assert leads(refused(op, result, ago_s, kmh)) is to


@pytest.mark.parametrize(("delay_s", "after_s"), [(3.0, 10.0), (5.0, 10.0), (7.0, 12.0), (0.0, 10.0)])
def test_no_motion_in_the_start_delay_and_five_seconds_is_no_start(delay_s: float, after_s: float) -> None:
    here = plan(machine=profile(start_delay_s=delay_s))
    for start_s, kmh, to in (
        (after_s, 0.0, Phase.CONSOLE_START),
        (after_s - 0.1, 0.0, None),
        (after_s, 0.8, None),
    ):
        told = sent(None, start_at_s=NOW_S - start_s)
        assert leads(at(Phase.STARTING, after_s, kmh=kmh, here=here, told=told, green=moved(0.0))) is to


@pytest.mark.parametrize(
    ("in_s", "start_s", "to"),
    [(13.9, 20.0, None), (14.0, 20.0, Phase.STOPPING), (14.0, 14.0, None), (14.0, 5.0, None), (12.0, 12.1, None)],
)
def test_a_start_that_could_not_be_written_is_given_up_after_its_count_and_ten_seconds(
    in_s: float, start_s: float, to: Phase | None
) -> None:
    told = sent(None, start_at_s=NOW_S - start_s)
    assert leads(at(Phase.STARTING, in_s, kmh=0.8, told=told, green=moved(0.0))) is to


@pytest.mark.parametrize(
    ("prompted", "start_s", "to"),
    [("taken", 2.1, Phase.CONSOLE_START), ("taken", 2.0, None), ("taken", 1.0, None), ("", 2.1, None)],
)
def test_the_console_starts_where_coach_only_prompts_and_its_start_was_not_written(
    prompted: str, start_s: float, to: Phase | None
) -> None:
    told = sent(None, start_at_s=NOW_S - start_s)
    green = replace(moved(0.0), prompted=prompted)
    assert leads(at(Phase.STARTING, 2.0, kmh=0.0, told=told, green=green)) is to


def by_hand(in_s: float, kmh: float, *, stood_s: float = 900.0, hand: bool = True, told: Sent | None = None) -> Scene:
    """The runner pressed Start on the treadmill, whose belt was last seen to stand so long ago."""
    now = replace(belt(kmh), stood_at_s=NOW_S - stood_s)
    here = at(Phase.CONSOLE_START, in_s, now=now, told=told or sent(None, start_at_s=NOW_S - 400), green=moved(200.0))
    return here.after(replace(here.progress, by_hand=hand))


@pytest.mark.parametrize(
    ("in_s", "stood_s", "kmh", "hand", "to"),
    [
        (60.0, 60.0, 2.0, True, Phase.STOPPING),
        (59.9, 900.0, 2.0, True, None),
        (200.0, 59.9, 2.0, True, None),
        (60.0, 60.0, 2.0, False, None),
        (60.0, 60.0, 0.0, True, Phase.PAUSED),
    ],
    ids=["a minute", "not here yet", "not moving yet", "coach slows it", "never moved"],
)
def test_a_start_by_hand_is_given_a_minute_of_motion_to_be_slowed(
    in_s: float, stood_s: float, kmh: float, hand: bool, to: Phase | None
) -> None:
    assert leads(by_hand(in_s, kmh, stood_s=stood_s, hand=hand)) is to


@pytest.mark.parametrize(("hand", "to"), [(True, None), (False, Phase.STOPPING)])
def test_a_start_by_hand_is_slowed_by_the_runner_and_not_too_fast_by_what_coach_asked(
    hand: bool, to: Phase | None
) -> None:
    told = sent(0.8, at_s=NOW_S - 390, start_at_s=NOW_S - 400)
    assert leads(by_hand(30.0, 2.0, hand=hand, told=told)) is to


@pytest.mark.parametrize(("claimed", "after_s"), [(FORWARD, 60.0), (BACKWARD, 20.0)])
def test_the_console_key_is_waited_for_a_minute_and_the_helper_twenty_seconds(claimed: Facing, after_s: float) -> None:
    for in_s, kmh, to in ((after_s, 0.0, Phase.PAUSED), (after_s - 0.1, 0.0, None), (after_s, 0.8, None)):
        told = sent(None, start_at_s=NOW_S - 400)
        assert leads(at(Phase.CONSOLE_START, in_s, kmh=kmh, claimed=claimed, told=told)) is to


# STEP_ON and RAMP.


@pytest.mark.parametrize(
    ("here", "claimed", "asks", "after_s", "to"),
    [
        (PLAN, BACKWARD, False, 10.0, Phase.RAMP),
        (PLAN, FORWARD, False, 10.0, Phase.RAMP),
        (forward_plan(), FORWARD, False, 5.0, Phase.RAMP),
        (REHAB, FORWARD, False, 10.0, Phase.RAMP),
        (REHAB, BACKWARD, True, 30.0, Phase.STOPPING),
        (plan(forward(), level=Level.REHAB), BACKWARD, False, 5.0, Phase.RAMP),
    ],
    ids=["backward", "forward", "forward only", "rehab forward", "rehab backward", "rehab forward only"],
)
def test_stepping_on_takes_its_time_or_a_second_yes(
    here: Plan, claimed: Facing, asks: bool, after_s: float, to: Phase
) -> None:
    assert asks_twice(at(Phase.STEP_ON, here=here, claimed=claimed)) is asks
    assert leads(at(Phase.STEP_ON, after_s, here=here, claimed=claimed)) is to
    assert leads(at(Phase.STEP_ON, after_s - 0.1, here=here, claimed=claimed)) is None


@pytest.mark.parametrize(("in_s", "to"), [(10.0, None), (29.9, None), (30.0, Phase.STOPPING)])
def test_stepping_on_waits_for_a_question_that_stands(in_s: float, to: Phase | None) -> None:
    assert leads(at(Phase.STEP_ON, in_s, question=QUESTION)) is to


@pytest.mark.parametrize(
    ("kmh", "set_kmh", "goal_kmh", "stage", "in_s", "ramped"),
    [
        (3.0, 3.0, 3.0, 2, 9.0, True),
        (3.0, 3.0, 3.0, 2, 1.0, True),
        (2.9, 3.0, 3.0, 2, 9.0, True),
        (3.1, 3.0, 3.0, 2, 9.0, True),
        (2.89, 3.0, 3.0, 2, 9.0, False),
        (3.11, 3.0, 3.0, 2, 9.0, False),
        (3.0, 2.9, 3.0, 2, 9.0, False),
        (3.0, 3.1, 3.0, 2, 9.0, False),
        (3.0, 3.0, 3.0, 1, 9.0, False),
        (3.0, 3.0, 3.0, 0, 9.0, False),
        (3.0, 3.0, 3.0, 2, 0.0, False),
        (None, 3.0, 3.0, 2, 9.0, False),
        (3.0, None, 3.0, 2, 9.0, False),
    ],
)
def test_a_ramp_is_over_within_a_step_of_where_it_goes(
    kmh: float | None, set_kmh: float | None, goal_kmh: float, stage: int, in_s: float, ramped: bool
) -> None:
    green = replace(guard(set_kmh=set_kmh, stage=stage), goal_kmh=goal_kmh)
    assert (leads(at(Phase.RAMP, in_s, kmh=kmh, green=green)) is Phase.RUN) is ramped


@pytest.mark.parametrize(("prompted", "to"), [("taken", Phase.RUN), ("", None)])
def test_where_the_runner_sets_the_speed_there_is_no_ramp(prompted: str, to: Phase | None) -> None:
    green = replace(guard(set_kmh=3.0), goal_kmh=6.0, prompted=prompted)
    assert leads(at(Phase.RAMP, 1.0, green=green)) is to
