"""Facts: what the network hears of a session is what happened in it, and the digit of the console is no part of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import pairwise
from math import inf, nan

import pytest

from coach.core.heart import Source
from coach.core.session import Outcome
from coach.core.trip import Trip
from coach.core.wish import Phase
from coach.core.workout import Facing
from coach.keeper.view import Surroundings, Watcher
from coach.keeper.wire import Snapshot
from coach.network.facts import (
    ENDS_STEP_S,
    at_of,
    changed,
    events_of,
    over,
    sample_of,
    session_id,
    state_of,
    workout_of,
)
from coach.network.payload import (
    LONGEST_TEXT,
    MOST_SEGMENTS,
    PHASES,
    Event,
    EventType,
    Faces,
    Payload,
    Sample,
    State,
    Status,
    Workout,
    gone,
)
from coach.result import Side
from tests.network.stream import ORIGIN, TOPICS, WALL_S, Sent, sent, shown, world


@cache
def played() -> tuple[Sent, ...]:
    return tuple(sent(world()))


def told(kind: type[Payload]) -> list[Sent]:
    return [one for one in played() if type(one.told) is kind]


@cache
def snapshots() -> tuple[Snapshot, ...]:
    return tuple(snapshot for _, snapshot in shown(world()))


def events(*kinds: EventType) -> list[Event]:
    return [one.told for one in played() if isinstance(one.told, Event) and one.told.event_type in kinds]


def test_every_payload_is_read_back_as_it_was_sent() -> None:
    for one in played():
        assert type(one.told).model_validate_json(one.payload) == one.told
        assert json.loads(one.payload)["schema"] == 1


def test_payloads_stay_small() -> None:
    assert max(len(one.payload) for one in played()) < 1024


def test_a_state_comes_on_every_change_and_each_5_s() -> None:
    at_s = [one.at_s for one in told(State)]
    assert max(b - a for a, b in pairwise(at_s)) <= 5 + 1
    phases = [one.told.phase for one in told(State) if isinstance(one.told, State)]
    assert {"connecting", "ready", "starting", "step-on", "ramp", "run", "slow", "rails", "stopping", "idle"} == set(
        phases
    )


def test_a_session_in_order() -> None:
    happened = events(*(kind for kind in EventType if kind is not EventType.CUE))
    assert [(event.event_type, event.segment_index, event.facing) for event in happened] == [
        (EventType.SEGMENT, 1, Faces.CONSOLE),
        (EventType.TURN, 2, Faces.REAR),
        (EventType.SEGMENT, 2, Faces.REAR),
        (EventType.TURN, 3, Faces.CONSOLE),
        (EventType.SEGMENT, 3, Faces.CONSOLE),
        (EventType.FINISHED, None, Faces.IDLE),
    ]


def test_events_are_counted_without_gaps() -> None:
    numbers = [event.number for event in events(*EventType)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_facing_is_told_as_the_runner_says_it_and_in_between_as_not_said() -> None:
    faces = [one.told.facing for one in told(Status) if isinstance(one.told, Status)]
    order = [face for face, before in zip(faces, [None, *faces], strict=False) if face is not before]
    assert order == [
        Faces.NOT_SAID,  # before the first word
        Faces.CONSOLE,
        Faces.NOT_SAID,  # the turn
        Faces.REAR,
        Faces.NOT_SAID,
        Faces.CONSOLE,
        Faces.IDLE,
    ]


def test_a_forward_workout_faces_the_console_all_the_time() -> None:
    faces = {one.told.facing for one in sent(world("60s@4 / 30s@3")) if isinstance(one.told, State)}
    assert faces == {Faces.CONSOLE, Faces.IDLE}


def test_the_status_is_online_with_a_session_and_gone_behind_it() -> None:
    statuses = [one.told for one in told(Status)]
    assert statuses[-1] == gone() == Status(status="offline", running=False, facing=Faces.IDLE, phase="idle")
    assert {one.status for one in statuses[:-1] if isinstance(one, Status)} == {"online"}


def test_the_belt_runs_while_it_moves_and_whenever_somebody_may_stand_on_it() -> None:
    plan = world().plan
    for snapshot in snapshots():
        state = state_of(plan, ORIGIN, snapshot, WALL_S)
        if (snapshot.kmh or 0) > 0 and not snapshot.ended:
            assert state.running
        if snapshot.still:
            assert state.running is (snapshot.phase.value in {"step-on", "ramp", "run", "slow", "rails"})


@pytest.mark.parametrize("phase", [Phase.RUN, Phase.RAMP, Phase.SLOW, Phase.STEP_ON, Phase.STOP_FAILED])
def test_a_belt_that_nothing_is_heard_of_runs_while_somebody_may_stand_on_it(phase: Phase) -> None:
    snapshot = replace(snapshots()[400], phase=phase, kmh=None, link=False, still=False)
    assert state_of(world().plan, ORIGIN, snapshot, WALL_S).running


def test_the_pads_of_the_treadmill_are_no_strap() -> None:
    snapshot = next(one for one in snapshots() if one.bpm is not None)
    pads = replace(snapshot, heart_from=Source.TREADMILL)
    states = [state_of(world().plan, ORIGIN, one, WALL_S) for one in (snapshot, pads)]
    assert [(state.strap, state.heart_bpm) for state in states] == [(True, snapshot.bpm), (False, snapshot.bpm)]


def test_what_is_only_said_is_no_trip() -> None:
    played_world = world()
    step = next(iter(played_world.run_until(60)))
    outcome = Outcome(trips=(Trip.QUIET, Trip.STALE, Trip.DOSE))
    found = events_of(played_world.plan, ORIGIN, step.event, step.before, step.before, outcome, WALL_S)
    assert [(one.event_type, one.name) for one in found] == [(EventType.TRIP, "stale")]


def test_the_end_stands_still_while_all_goes_as_planned() -> None:
    """It is told to 5 s, also in a turn; that takes as long as it takes."""
    plan, ends = world().plan, []
    for snapshot in snapshots():
        state = state_of(plan, ORIGIN, snapshot, WALL_S + snapshot.at_s)
        if state.ends_at is not None and state.distance_m > 10:  # the first start is over
            ends.append(datetime.fromisoformat(state.ends_at).timestamp() - WALL_S)
    real_s = played()[-1].at_s
    assert all(abs(end - real_s) < 25 for end in ends)
    assert all(end % ENDS_STEP_S == 0 for end in ends)
    assert all(abs(a - b) <= 20 for a, b in pairwise(ends))


def test_an_open_step_has_no_end() -> None:
    open_world = world("1min@4 / open@5 / 1min@4")
    states = [one.told for one in sent(open_world) if isinstance(one.told, State)]
    assert {(state.left_s, state.ends_at) for state in states if state.segment_index in {1, 2}} == {(None, None)}
    assert any(state.ends_at for state in states if state.segment_index == 3)


def test_in_time_lapse_the_end_is_told_by_the_wall() -> None:
    plan = world().plan
    snapshot = next(one for one in snapshots() if one.phase.value == "run")
    slow = state_of(plan, ORIGIN, snapshot, WALL_S)
    fast = state_of(plan, ORIGIN, replace(snapshot, pace=10.0), WALL_S)
    assert slow.left_s == fast.left_s
    assert fast.ends_at is not None
    assert slow.left_s is not None
    assert abs(datetime.fromisoformat(fast.ends_at).timestamp() - WALL_S - slow.left_s / 10) <= ENDS_STEP_S


def test_distance_energy_and_turns_only_grow() -> None:
    states = [one.told for one in told(State) if isinstance(one.told, State)][:-1]
    for name in ("distance_m", "energy_kcal", "turns"):
        values = [getattr(state, name) for state in states]
        assert values == sorted(values)
        assert values[-1] > 0


def test_no_digit_of_the_console_goes_out() -> None:
    """It proves that the runner reads the console's screen: whoever reads it elsewhere could face the rear."""
    digits = {snapshot.question.digit for snapshot in snapshots() if snapshot.question is not None} - {""}
    assert digits
    texts = [event.text for event in events(EventType.CUE) if re.search("type", event.text, re.IGNORECASE)]
    assert texts
    assert not [text for text in texts if re.search(r"\d", text)]


def test_a_trip_is_told_in_words() -> None:
    found = [one.told for one in sent(world(faults=["key@backward1+20"])) if isinstance(one.told, Event)]
    trips = [event for event in found if event.event_type is EventType.TRIP]
    assert [(event.name, event.text) for event in trips] == [("key", "The safety key was pulled.")]


def test_a_stop_before_the_end_says_why() -> None:
    found = [
        one.told for one in sent(world(presses=["quit@segment1+10", "quit@segment1+11"])) if isinstance(one.told, Event)
    ]
    last = found[-1]
    assert (last.event_type, last.name) == (EventType.STOPPED, "stopped")
    assert last.text.startswith("The session is over: ")


def test_a_segment_that_is_taken_up_again_has_begun_once() -> None:
    found = [
        one.told
        for one in sent(world("2min@4 / 30s@3", presses=["pause@segment1+20", "yes@segment1+60"]))
        if isinstance(one.told, Event)
    ]
    begun = [event.segment_index for event in found if event.event_type is EventType.SEGMENT]
    assert begun[0] == 1
    assert begun.count(1) == 1


def test_an_old_heart_rate_is_left_out() -> None:
    snapshot = next(one for one in snapshots() if one.bpm is not None)
    for age_s, there in ((4.9, True), (5.1, False), (nan, False), (inf, False)):
        sample = sample_of(world().plan, ORIGIN, replace(snapshot, heart_age_s=age_s), WALL_S)
        assert (sample.heart_bpm is not None, sample.zone is not None) == (there, there)


def test_without_a_link_no_speed_is_told() -> None:
    snapshot = replace(snapshots()[-400], link=False)
    sample = sample_of(world().plan, ORIGIN, snapshot, WALL_S)
    assert (sample.speed_kmh, sample.incline_pct) == (None, None)


@pytest.mark.parametrize("odd", [nan, inf, -inf, -5.0, 1e30])
def test_odd_numbers_never_make_an_invalid_payload(odd: float) -> None:
    snapshot = replace(
        snapshots()[400], kmh=odd, incline_pct=odd, distance_m=odd, left_s=odd, target_kmh=odd, bpm=-7, reason="x" * 999
    )
    snapshot = replace(snapshot, forward=replace(Side(), energy_kcal=odd))
    state = state_of(world().plan, ORIGIN, snapshot, WALL_S)
    assert State.model_validate_json(state.wire()) == state
    assert len(state.reason) == LONGEST_TEXT


def test_numbers_that_go_on_are_no_change() -> None:
    one, other = (next(s for s in snapshots() if s.phase.value == "run" and s.clock_s > at) for at in (20, 23))
    plan = world().plan
    first, then = state_of(plan, ORIGIN, one, WALL_S), state_of(plan, ORIGIN, other, WALL_S + 3)
    assert first != then
    assert not changed(first, then)
    assert changed(None, first)
    for name, value in (
        ("phase", "slow"),
        ("facing", Faces.REAR),
        ("running", False),
        ("strap", False),
        ("trips", ("key",)),
    ):
        assert changed(first, first.model_copy(update={name: value}))


def test_the_name_of_a_session_tells_nothing_and_is_its_own() -> None:
    other = replace(ORIGIN, started="2023-11-14T22:13:21+00:00")
    who = replace(ORIGIN, who="anna")
    assert len({session_id(one) for one in (ORIGIN, other, who)}) == 3
    assert session_id(ORIGIN) == session_id(replace(ORIGIN))
    assert re.fullmatch("[0-9a-f]{12}", session_id(who))


def test_the_runner_is_named_nowhere() -> None:
    origin = replace(ORIGIN, who="anna-maria", script="secret: text")
    for one in sent(world("30s@4"), origin):
        assert b"anna" not in one.payload
        assert b"secret" not in one.payload
    assert b"anna" not in workout_of(world().plan, origin).wire()


def test_the_workout_lists_its_steps() -> None:
    workout = workout_of(world().plan, ORIGIN)
    assert [(step.index, step.facing, step.speed_kmh, step.planned_s, step.turn) for step in workout.segments] == [
        (1, Faces.CONSOLE, 4.0, 70.0, False),
        (2, Faces.REAR, 2.0, 60.0, True),
        (3, Faces.CONSOLE, 3.0, 180.0, True),
    ]
    assert (workout.turns, workout.left_out, workout.simulated) == (2, 0, True)


def test_a_very_long_workout_is_cut_and_counted() -> None:
    plan = world().plan
    long = replace(plan, rows=plan.rows * 100)
    workout = workout_of(long, ORIGIN)
    assert (len(workout.segments), workout.left_out) == (MOST_SEGMENTS, 300 - MOST_SEGMENTS)
    assert len(workout.wire()) < 64 * 1024
    assert Workout.model_validate_json(workout.wire()) == workout


def test_over_keeps_what_was_done() -> None:
    played_world = world("30s@4")
    watcher = Watcher(played_world.plan)
    for step in played_world.run_until(1000):
        watcher.take(step)
    done = watcher.done(played_world.session, "")
    state = over(played_world.plan, ORIGIN, WALL_S, done)
    assert (state.running, state.facing, state.phase, state.ended) == (False, Faces.IDLE, "idle", "finished")
    assert state.distance_m > 20
    assert state.energy_kcal > 0
    before = state_of(
        played_world.plan, ORIGIN, watcher.snapshot(played_world.session, watcher.tally.at_s, Surroundings()), WALL_S
    )
    assert (before.running, before.facing, before.phase) == (False, Faces.IDLE, "idle")


def test_the_words_of_phases_and_facings_are_all_there() -> None:
    assert "ended" not in PHASES
    assert PHASES[-1] == "idle"
    assert {face.value for face in Faces} == {"console", "rear", "not-said", "idle"}
    assert len(Facing) == 3


def test_an_instant_has_its_offset() -> None:
    assert at_of(1_700_000_000.25) == "2023-11-14T22:13:20.250+00:00"


def test_a_sample_is_a_part_of_the_state() -> None:
    samples = [one.told for one in told(Sample)]
    assert len(samples) == pytest.approx(played()[-1].at_s, rel=0.05)
    assert set(Sample.model_fields) < set(State.model_fields)


def test_topics_are_those_of_the_treadmill() -> None:
    assert {one.topic for one in played()} == {TOPICS.status, TOPICS.state, TOPICS.sample, TOPICS.event}
    assert {one.topic for one in played() if one.retain} == {TOPICS.status, TOPICS.state}


def test_a_bridge_before_a_turn_is_a_segment_of_its_own() -> None:
    found = [one.told for one in sent(world("2min@8 / back 60s@2 / 3min@4")) if isinstance(one.told, Event)]
    begun = [event.name for event in found if event.event_type is EventType.SEGMENT]
    assert begun == ["forward", "bridge", "backward", "forward"]
