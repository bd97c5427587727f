from __future__ import annotations

import itertools
from typing import Final

import pytest

from coach.core.event import FocusFound, FocusLost, Key, LinkFound, LinkLost, Tick
from coach.core.trip import Trip
from coach.core.turn import TABLE
from coach.core.wish import Phase
from coach.core.workout import Level
from tests.core.build import (
    BACKWARD,
    FORWARD,
    PAUSE,
    START,
    STOP,
    UNKNOWN,
    Play,
    answer,
    asked_kmh,
    backward,
    forward,
    forward_plan,
    plan,
    play,
    profile,
    rest,
    started,
    status,
    target_bytes,
    to_the_rear,
)

TURN: Final = (Phase.SLOW, Phase.RAILS, Phase.STARTING, Phase.STEP_ON, Phase.RAMP)
REHAB: Final = plan(forward(), backward(kmh=1.2), forward(180.0, 4.0), level=Level.REHAB)


def lasting(made: Play, phase: Phase, longest_s: float = 400.0) -> float:
    """How long a state lasts from now on, in steps of half a second."""
    since_s = made.at_s
    while made.at() is phase and made.at_s - since_s < longest_s:
        made.follow(0.5)
    return made.at_s - since_s


def standing(made: Play, seconds: float) -> Play:
    """The belt stands, and that is reported."""
    return made.run(seconds, 0.0)


def speeds(writes: list[bytes]) -> list[float]:
    """The set-points among writes."""
    return [kmh for kmh in map(asked_kmh, writes) if kmh is not None]


def test_every_state_has_its_row() -> None:
    assert set(TABLE) == set(Phase)


def test_nothing_is_left_by_time_towards_motion_but_starting() -> None:
    ways = {(phase, way.to) for phase, row in TABLE.items() for way in row}
    onto = {Phase.STARTING, Phase.STEP_ON, Phase.RAMP, Phase.RUN}
    stood = {Phase.CONNECTING, Phase.READY, Phase.STOPPING, Phase.PAUSED, Phase.KEY, Phase.STOP_FAILED, Phase.RESTING}
    assert not [(phase, to) for phase, to in ways if phase in stood and to in onto]


# ALERT.


def test_a_turn_is_announced_at_thirty_ten_three_two_one() -> None:
    made = to_the_rear(Phase.SLOW)
    words = ("Turn in thirty seconds. Belt will stop.", "Ten. Hold the rails.", "Three.", "Two.", "One.")
    assert [text for text in made.said if text in words] == list(words)
    assert made.said[-1] == "Slowing. Hold the rails."


# SLOW.


def test_slowing_from_forward_is_one_write() -> None:
    made = to_the_rear(Phase.SLOW)
    since_s = made.at_s
    made.until(Phase.RAILS)
    assert made.written(since_s) == [target_bytes(0.8)]
    assert made.progress.facing is FORWARD


def test_slowing_from_the_rear_goes_down_a_third_of_a_kilometre_a_second() -> None:
    made = to_the_rear(Phase.RUN)
    made.until(Phase.SLOW, 300.0)
    since_s = made.at_s
    made.until(Phase.RAILS)
    steps = speeds(made.written(since_s))
    times = [at_s for at_s, value in made.writes if at_s >= since_s and asked_kmh(value) is not None]
    assert steps[0] == pytest.approx(2.7)
    assert steps[-1] == pytest.approx(0.8)
    assert all(0 < one - two <= 0.3 + 1e-6 for one, two in itertools.pairwise(steps))
    assert all(two - one >= 0.5 for one, two in itertools.pairwise(times))


@pytest.mark.parametrize(("kmh", "leaves"), [(1.0, True), (1.01, False)])
def test_slow_is_left_for_the_rails_after_a_second_at_creep(kmh: float, leaves: bool) -> None:
    made = to_the_rear(Phase.SLOW)
    made.run(0.5, kmh)
    made.run(0.5, kmh)
    assert made.at() is Phase.SLOW
    made.run(0.5, kmh)
    assert (made.at() is Phase.RAILS) is leaves


def test_a_belt_that_does_not_slow_down_is_stopped_after_twenty_seconds_and_its_way_down() -> None:
    made = to_the_rear(Phase.SLOW)
    since_s = made.at_s
    made.run(20 + 5.2 / 0.5 - 0.9, 1.5)  # from 6.0 to creep at 0.5 km/h a second
    assert STOP not in made.written(since_s)
    made.run(1.5, 1.5)
    assert STOP in made.written(since_s)


# RAILS and STOPPING.


def test_the_rails_are_held_for_five_seconds_and_then_the_belt_is_stopped() -> None:
    made = to_the_rear(Phase.RAILS)
    since_s = made.at_s
    assert made.said[-1] == "Hold both rails. Belt stops."
    assert lasting(made, Phase.RAILS) == 5.0
    assert (made.phase, made.written(since_s)) == (Phase.STOPPING, [STOP])


def test_the_facing_is_unknown_from_the_stop_until_stepping_on_is_over() -> None:
    made = to_the_rear(Phase.RAILS)
    facings = [(made.phase, made.progress.facing)]
    while made.at() is not Phase.RUN or made.progress.facing is not BACKWARD:
        if made.at() is Phase.READY:
            made.yes()
        made.follow(0.5)
        if made.at() is not facings[-1][0]:
            facings.append((made.phase, made.progress.facing))
    assert facings == [
        (Phase.RAILS, FORWARD),
        (Phase.STOPPING, UNKNOWN),
        (Phase.READY, UNKNOWN),
        (Phase.STARTING, UNKNOWN),
        (Phase.STEP_ON, UNKNOWN),
        (Phase.RAMP, BACKWARD),
        (Phase.RUN, BACKWARD),
    ]


@pytest.mark.parametrize(("kmh", "again"), [(0.8, True), (0.51, True), (0.5, False), (0.3, False)])
def test_a_stop_is_written_again_after_two_seconds_where_the_belt_does_not_fall(kmh: float, again: bool) -> None:
    made = to_the_rear(Phase.STOPPING)
    since_s = made.at_s
    made.run(1.5, kmh)
    assert made.written(since_s) == [STOP]
    made.run(1.0, kmh)
    assert made.written(since_s) == [STOP] * (2 if again else 1)


def test_a_belt_that_stands_leads_to_ready() -> None:
    made = to_the_rear(Phase.STOPPING)
    made.run(1.9, 0.0)
    assert made.at() is Phase.STOPPING
    made.run(0.6, 0.0)
    assert made.at() is Phase.READY


def test_a_stop_that_is_not_obeyed_leads_to_stop_failed() -> None:
    made = to_the_rear(Phase.STOPPING)
    made.run(2.9, 0.8)
    assert made.at() is Phase.STOPPING
    made.run(0.2, 0.8, every_s=0.1)
    assert made.at() is Phase.STOP_FAILED


# READY.


def test_ready_asks_and_asks_again_and_gives_up_after_a_minute() -> None:
    made = to_the_rear(Phase.READY)
    text = made.said[-1]
    assert text == "Feet on the rails. Clip to your back. Cord free. Face the rear. Press when ready."
    since_s, heard = made.at_s, len(made.said)
    asked = []
    while made.at() is Phase.READY:
        standing(made, 0.5)
        if len(made.said) > heard and made.said[-1] == text:
            asked.append(made.at_s - since_s)
        heard = len(made.said)
    assert (asked, made.phase, made.at_s - since_s) == ([10.0, 20.0, 40.0], Phase.PAUSED, 60.0)


@pytest.mark.parametrize(("level", "minimum_s"), [(Level.REHAB, 8.0), (Level.BEGINNER, 4.0), (Level.ADVANCED, 4.0)])
def test_a_yes_to_the_rear_counts_when_the_question_has_stood(level: Level, minimum_s: float) -> None:
    for early in (True, False):
        made = to_the_rear(Phase.READY, plan(forward(), backward(kmh=1.2), forward(180.0, 4.0), level=level))
        standing(made, minimum_s - (0.1 if early else 0.0))
        made.press(Key.YES)
        assert (made.at() is Phase.STARTING) is not early


# STARTING.


@pytest.mark.parametrize(("delay_s", "start_s"), [(3.0, 1.0), (4.0, 0.0), (6.2, 0.0), (0.0, 4.0)])
def test_the_count_ends_when_the_belt_moves(delay_s: float, start_s: float) -> None:
    made = play(plan(machine=profile(start_delay_s=delay_s)))
    made.yes()
    since_s = made.at_s
    assert made.said[-1] == "Stay on the rails. Three, two, one."
    standing(made, 4.5)
    assert [at_s - since_s for at_s, value in made.writes if value == START] == [start_s]


def test_the_first_speed_after_a_start_is_creep_and_waits_for_motion_and_settling() -> None:
    made = play()
    made.yes()
    since_s = made.at_s
    made.until(Phase.STEP_ON)
    moved_s = since_s + 4.0
    targets = [(at_s, value) for at_s, value in made.writes if at_s > since_s and value != START]
    assert [value for _, value in targets] == [target_bytes(0.8)]
    assert targets[0][0] >= moved_s + 1.0


@pytest.mark.parametrize(("kmh", "steps_on"), [(0.2, False), (0.21, True), (1.1, True), (1.11, False)])
def test_stepping_on_waits_for_three_seconds_in_the_band_of_creep(kmh: float, steps_on: bool) -> None:
    made = play()
    made.yes()
    standing(made, 4.0)
    made.run(0.5, kmh)
    made.run(2.5, kmh)
    assert made.at() is not Phase.STEP_ON
    made.run(0.5, kmh)
    assert (made.at() is Phase.STEP_ON) is steps_on


@pytest.mark.parametrize(("kmh", "stops"), [(2.3, False), (2.31, True), (9.0, True)])
def test_a_start_that_is_ever_too_fast_is_stopped_at_once(kmh: float, stops: bool) -> None:
    made = play()
    made.yes()
    standing(made, 4.0)
    made.run(0.5, kmh)
    assert (made.writes[-1][1] == STOP) is stops
    assert (made.at() is Phase.STOPPING) is stops


def test_a_start_that_settles_too_fast_is_stopped() -> None:
    made = play()
    made.yes()
    standing(made, 4.0)
    made.run(12.0, 1.4)
    assert STOP in made.written()


@pytest.mark.parametrize("result", [2, 4, 5])
def test_a_refused_start_leads_to_the_console(result: int) -> None:
    made = play()
    made.obeys = False
    made.yes()
    standing(made, 1.5)
    made.feed(answer(made.at_s, 7, result))
    standing(made, 3.0)
    assert made.at() is Phase.PAUSED
    assert made.progress.console_start


def test_no_motion_ten_seconds_after_a_start_leads_to_the_console() -> None:
    made = play()
    made.yes()
    standing(made, 10.5)
    assert made.at() is Phase.STARTING
    standing(made, 1.0)
    assert made.at() is Phase.PAUSED


def test_late_motion_after_a_start_that_failed_is_stopped() -> None:
    made = play()
    made.yes()
    standing(made, 15.0)
    before = len(made.writes)
    made.run(1.0, 0.8)
    assert made.at() is Phase.BELT_MOVES
    assert STOP in [value for _, value in made.writes[before:]]


# STEP_ON and RAMP.


def test_stepping_on_takes_ten_seconds() -> None:
    made = to_the_rear(Phase.STEP_ON)
    assert made.said[-1] == "Step on. Hold the rails."
    assert lasting(made, Phase.STEP_ON) == 10.0
    assert made.at() is Phase.RAMP


def test_stepping_on_takes_five_seconds_where_nothing_is_backward() -> None:
    assert lasting(started(forward_plan(), Phase.STEP_ON), Phase.STEP_ON) == 5.0


def test_rehab_steps_on_with_a_second_yes() -> None:
    made = to_the_rear(Phase.STEP_ON, REHAB)
    made.follow(12)
    assert made.at() is Phase.STEP_ON
    made.press(Key.YES)
    assert (made.phase, made.progress.facing) == (Phase.RAMP, BACKWARD)


def test_without_the_second_yes_the_belt_is_stopped_after_half_a_minute() -> None:
    made = to_the_rear(Phase.STEP_ON, REHAB)
    since_s = made.at_s
    assert lasting(made, Phase.STEP_ON) == 30.0
    assert (made.phase, made.progress.next, made.written(since_s)) == (Phase.STOPPING, Phase.PAUSED, [STOP])


@pytest.mark.parametrize("level", list(Level))
def test_the_way_up_facing_the_rear_is_the_ramp_of_the_level(level: Level) -> None:
    here = plan(forward(120.0, 6.0), backward(kmh=1.2), forward(180.0, 4.0), level=level)
    made = to_the_rear(Phase.STEP_ON, here)
    if made.progress.question is not None:
        made.follow(2)
        made.press(Key.YES)
    since_s = made.at_s
    made.follow(25)
    ups = [(at_s, kmh) for at_s, value in made.writes if at_s >= since_s and (kmh := asked_kmh(value)) is not None]
    at_s, before = since_s - 1, 0.8
    for up_s, kmh in ups:
        assert kmh - before <= max(here.caps.ramp_kmh_s, 0.1) + 1e-6
        assert up_s - at_s >= 1.0
        at_s, before = up_s, kmh
    assert before == pytest.approx(min(1.2, max(0.8, 0.6 * 1.2)))


def test_a_ramp_that_is_not_reached_in_45_s_goes_on_with_what_was_reached() -> None:
    made = to_the_rear(Phase.RAMP)
    made.run(44.5, 1.1)
    assert made.at() is Phase.RAMP
    made.run(1.0, 1.1)
    assert made.at() is Phase.RUN
    since_s = made.at_s
    made.run(10, 1.1)
    assert all(kmh <= 1.1 + 1e-6 for kmh in speeds(made.written(since_s)))


# PAUSED, KEY, BELT_MOVES.


def paused() -> Play:
    """A stop was pressed and the belt stands."""
    made = started()
    made.press(Key.STOP)
    return made.until(Phase.PAUSED)


def test_a_pause_reminds_each_minute_and_ends_after_five() -> None:
    made = paused()
    since_s, text, heard = made.at_s, made.said[-1], len(made.said)
    asked = []
    while made.at() is Phase.PAUSED:
        standing(made, 0.5)
        if len(made.said) > heard and made.said[-1] == text:
            asked.append(made.at_s - since_s)
        heard = len(made.said)
    assert (asked, made.at_s - since_s) == ([60.0, 120.0, 180.0, 240.0], 300.0)
    assert (made.phase, made.progress.ended) == (Phase.ENDED, "stopped")


def test_a_pause_is_left_by_the_digit_on_the_screen() -> None:
    made = paused()
    made.yes()
    assert made.at() is Phase.STARTING


def test_a_pause_facing_the_rear_is_left_through_ready() -> None:
    made = to_the_rear(Phase.RUN)
    made.press(Key.STOP)
    made.until(Phase.PAUSED)
    assert made.progress.facing is UNKNOWN
    made.yes()
    assert (made.phase, made.progress.claimed) == (Phase.READY, BACKWARD)


def test_a_pause_of_a_forward_workout_is_left_by_one_press() -> None:
    made = started(forward_plan())
    made.press(Key.STOP)
    made.until(Phase.PAUSED)
    assert made.progress.facing is FORWARD
    standing(made, 2)
    made.press(Key.YES)
    assert made.at() is Phase.STARTING


def test_a_pulled_key_stops_and_asks_for_the_digit_before_anything_else() -> None:
    made = started()
    made.follow(30)
    assert STOP in made.feed(status(made.at_s, "03")).writes
    assert made.said[-1] == "Stopped. Are you all right?"
    made.follow(20)
    assert made.at() is Phase.KEY
    made.yes()
    assert made.at() is Phase.PAUSED


def test_motion_in_ready_is_stopped_and_alarmed_until_the_belt_stands() -> None:
    made = play()
    before = len(made.writes)
    made.run(0.5, 1.0)
    assert (made.phase, [value for _, value in made.writes[before:]]) == (Phase.BELT_MOVES, [STOP])
    heard = len(made.said)
    made.run(1.0, 0.7)
    made.run(1.0, 0.4)
    made.run(1.5, 0.1)
    assert made.said[heard:].count("Belt moving. Rails. Step off.") == 1
    standing(made, 10)
    assert (made.phase, made.session.guard.backward_off) == (Phase.PAUSED, Trip.BELT_MOVES)


# 6b: the machine wants its own key.


def at_the_console() -> Play:
    """Start was refused and the person has typed the digit."""
    made = play()
    made.obeys = False
    made.yes()
    standing(made, 1.5)
    made.feed(answer(made.at_s, 7, 4))
    made.obeys = True
    standing(made, 4)
    question = made.progress.question
    assert question is not None
    made.press(Key.DIGIT, question.digit)
    assert made.at() is Phase.CONSOLE_START
    return made


def test_a_machine_that_wants_its_own_key_is_started_by_hand() -> None:
    made = at_the_console()
    before = len(made.writes)
    assert made.said[-1] == "Stand on the rails. Press Start on the treadmill."
    standing(made, 5)
    made.run(5, 0.8)
    assert made.at() is Phase.STEP_ON
    assert START not in [value for _, value in made.writes[before:]]


def test_a_console_key_that_is_not_pressed_within_a_minute_pauses() -> None:
    made = at_the_console()
    standing(made, 59.5)
    assert made.at() is Phase.CONSOLE_START
    standing(made, 0.5)
    assert made.at() is Phase.PAUSED


def test_without_a_helper_there_is_no_backward_on_a_machine_that_wants_its_own_key() -> None:
    made = at_the_console()
    standing(made, 2)
    made.run(4, 0.8)
    since_s = made.at_s
    while made.at_s < since_s + 400 and made.at() is not Phase.ENDED:
        made.kmh = made.session.guard.set_kmh or 0.8
        made.run(0.5)
        assert made.progress.facing is not BACKWARD
    assert any("own key" in text for text in made.said)


# 6c: Stop is ignored.


def test_a_stop_that_is_ignored_is_insisted_on() -> None:
    made = started()
    made.follow(20)
    made.press(Key.STOP)
    since_s = made.at_s
    made.run(3.0, 6.0)
    assert made.at() is Phase.STOP_FAILED
    failed_s = made.at_s
    made.run(20.0, 6.0)
    stops = [round(at_s - failed_s, 1) for at_s, value in made.writes if value == STOP and at_s >= since_s]
    assert stops[:5] == [-3.0, -1.0, 0.0, 2.0, 4.0]
    assert [round(at_s - failed_s, 1) for at_s, value in made.writes if value == PAUSE] == [6.0]
    lowest = [
        round(at_s - failed_s, 1) for at_s, value in made.writes if at_s > failed_s and value == target_bytes(0.8)
    ]
    assert len(lowest) >= 3
    assert all(two - one >= 5 for one, two in itertools.pairwise(lowest))


def test_alarm_words_come_every_three_seconds_until_the_belt_stands() -> None:
    made = started()
    made.follow(20)
    made.press(Key.STOP)
    made.run(3.0, 6.0)
    heard = len(made.said)
    made.run(12.0, 6.0)
    assert made.said[heard:].count("Rails. Step off. Pull the clip.") == 4


def test_a_machine_that_ignored_a_stop_is_not_started_again() -> None:
    made = started()
    made.follow(20)
    made.press(Key.STOP)
    made.run(5.0, 6.0)
    made.run(30.0, 0.0)
    before = len(made.writes)
    if made.progress.question is not None:
        made.yes()
    standing(made, 30)
    assert START not in [value for _, value in made.writes[before:]]


# Presses in each state.


@pytest.mark.parametrize("key", [Key.STOP, Key.YES, Key.DIGIT, Key.PAUSE, Key.NEXT, Key.LAP, Key.FASTER, Key.SLOWER])
@pytest.mark.parametrize("phase", TURN)
def test_any_press_in_a_turn_stops_and_pauses(phase: Phase, key: Key) -> None:
    made = to_the_rear(phase)
    made.run(1.0)
    before = len(made.writes)
    made.press(key, "1")
    moved = phase is not Phase.STARTING
    assert made.phase in {Phase.STOPPING, Phase.PAUSED}
    assert made.at() is Phase.PAUSED or made.progress.next is Phase.PAUSED
    assert (STOP in [value for _, value in made.writes[before:]]) or not moved
    standing(made, 30)
    assert made.at() is Phase.PAUSED
    assert START not in [value for _, value in made.writes[before:]]


def test_a_press_while_stopping_turns_the_turn_into_a_pause() -> None:
    made = to_the_rear(Phase.STOPPING)
    made.press(Key.STOP)
    standing(made, 10)
    assert made.at() is Phase.PAUSED


@pytest.mark.parametrize("phase", [Phase.READY, Phase.RESTING])
def test_space_on_a_standing_belt_pauses_and_is_never_a_yes(phase: Phase) -> None:
    here = plan(forward(), rest(60.0), forward(180.0, 4.0))
    made = play(here) if phase is Phase.READY else started(here).until(Phase.RESTING, 400.0)
    standing(made, 5)
    made.press(Key.STOP)
    assert made.at() is Phase.PAUSED


def test_facing_the_console_by_a_press_the_belt_stays_at_the_backward_cap_for_twenty_seconds() -> None:
    made = play(plan(forward(300.0, 8.0), backward(), forward(300.0)))
    standing(made, 5)
    made.press(Key.YES)
    made.follow(60)
    began_s = next(at_s for at_s, value in made.writes if value[0] == 2 and value > b"\x02\x50\x00")
    first = [value for at_s, value in made.writes if value[0] == 2 and at_s < began_s + 19]
    assert max(int.from_bytes(value[1:], "little") for value in first) <= 100 * made.plan.caps.speed_kmh
    assert (made.session.belt.kmh or 0) > made.plan.caps.speed_kmh
    assert "You face the console. Faster in twenty. Press to stop." in made.said


@pytest.mark.parametrize("key", [key for key in Key if key not in {Key.DIGIT, Key.YES}])
def test_no_key_but_an_answer_starts_a_belt_that_waits_for_the_digit(key: Key) -> None:
    made = play()
    standing(made, 5)
    for _ in range(3):
        made.press(key)
        standing(made, 2)
    assert START not in made.written()


@pytest.mark.parametrize("key", [key for key in Key if key is not Key.YES])
def test_no_key_but_yes_starts_a_belt_facing_the_rear(key: Key) -> None:
    made = to_the_rear(Phase.READY)
    standing(made, 5)
    before = len(made.writes)
    for _ in range(3):
        made.press(key, "1")
        standing(made, 2)
    assert START not in [value for _, value in made.writes[before:]]


@pytest.mark.parametrize("key", [Key.FASTER, Key.MUCH_FASTER, Key.STEEPER, Key.UNTRIM, Key.PAUSE, Key.NEXT, Key.LAP])
def test_facing_the_rear_other_keys_do_nothing_and_say_so(key: Key) -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(40)
    before, goal_kmh = len(made.writes), made.session.guard.goal_kmh
    made.press(key)
    made.follow(3)
    assert (made.phase, made.session.guard.goal_kmh, made.writes[before:]) == (Phase.RUN, goal_kmh, [])
    assert "Only stop and slower work now." in made.said


def test_slower_facing_the_rear_is_slower() -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(60)
    before = len(made.writes)
    made.press(Key.MUCH_SLOWER)
    made.follow(5)
    assert speeds([value for _, value in made.writes[before:]])[-1] == pytest.approx(2.5)


@pytest.mark.parametrize("facing", [FORWARD, BACKWARD])
def test_a_presenter_while_the_belt_moves_is_a_guided_stop(facing: object) -> None:
    made = to_the_rear(Phase.RUN) if facing is BACKWARD else started()
    made.follow(60)
    before = len(made.writes)
    made.press(Key.YES)
    assert made.at() is Phase.SLOW
    made.until(Phase.PAUSED)
    writes = [value for _, value in made.writes[before:]]
    assert writes[-1] == STOP
    assert speeds(writes)[-1] == pytest.approx(0.8)
    assert speeds(writes) == sorted(speeds(writes), reverse=True)


def test_leaving_takes_two_presses() -> None:
    made = started()
    made.follow(10)
    made.press(Key.QUIT)
    assert made.at() is Phase.RUN
    made.follow(1)
    made.press(Key.QUIT)
    made.until(Phase.ENDED)
    assert (made.progress.ended, made.writes[-1][1]) == ("stopped", STOP)


# Link and focus.


@pytest.mark.parametrize("phase", [Phase.SLOW, Phase.RAILS, Phase.STOPPING, Phase.STARTING, Phase.STEP_ON, Phase.RAMP])
def test_a_link_that_is_lost_in_a_turn_is_stop_failed_and_a_stop_when_it_is_back(phase: Phase) -> None:
    made = to_the_rear(phase)
    made.run(2.0)
    moves = made.kmh > 0
    made.feed(LinkLost(made.at_s))
    assert made.at() is Phase.STOP_FAILED
    for _ in range(10):
        made.feed(Tick(made.at_s + 0.5))
    before = len(made.writes)
    made.feed(LinkFound(made.at_s))
    made.run(3.0, 0.8 if moves else 0.0)
    writes = [value for _, value in made.writes[before:]]
    assert (STOP in writes) or not moves
    assert START not in writes


def test_presses_that_are_lost_facing_the_rear_stop_after_five_seconds() -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(60)
    made.feed(FocusLost(made.at_s))
    assert made.said[-1] == "Press lost. Rails."
    made.follow(4.5)
    assert made.at() is Phase.RUN
    made.follow(0.5)
    assert made.at() is Phase.SLOW


def test_presses_that_are_back_in_time_stop_nothing() -> None:
    made = to_the_rear(Phase.RUN)
    made.follow(60)
    made.feed(FocusLost(made.at_s))
    made.follow(4)
    made.feed(FocusFound(made.at_s))
    made.follow(10)
    assert made.at() is Phase.RUN
